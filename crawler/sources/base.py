"""What a kind of source answers: where to start, which adverts a page holds, which field is which of ours."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from pipelines.items import Posting


class ContractError(Exception):
    """The source answers in a form we do not know; raised by `adverts`, caught by the engine, ends the list loudly."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one list answer holds."""

    adverts: list[dict[str, Any]] = field(default_factory=list)
    total: int | None = None  # adverts in the whole list, as the source states it
    next: Request | None = None
    capped: bool = False  # the source shows no more than this, though it has more


class Source(ABC):
    """One kind. No cleaning, no retries, no catching, no storing: the engine does all that.

    A request's `cb_kwargs["listing"]` names the list it belongs to; a board may have several.
    """

    kind: str

    @abstractmethod
    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """Yield the first request of each list of a board."""

    @abstractmethod
    def adverts(self, response: Response) -> Page:
        """Return the adverts of a list answer with status 200; raises ContractError for an unknown form."""

    @abstractmethod
    def source_id(self, listed: dict[str, Any]) -> str:
        """Return the id of a listed advert; raises KeyError or TypeError when there is none."""

    @abstractmethod
    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map an advert to our names; a missing required field raises KeyError or TypeError."""

    def detail(self, source_id: str) -> Request | None:
        """Return the request for an advert's own page; None when the list says all."""
        return None

    def detail_id(self, detail: dict[str, Any]) -> str | None:
        """Return the id that an advert's own page states, to tell a mixed-up answer; None where it states none."""
        return None

    def refusal(self, status: int) -> str:
        """Say what it means when a list answers with this status, not 200."""
        return f"HTTP {status}"
