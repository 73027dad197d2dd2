"""What a kind of source answers: where to start, which adverts a page holds, which field is which of ours."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from pipelines.items import Posting


class ContractError(Exception):
    """The source answers in a form we do not know; raised by a source, caught by the engine, ends the list loudly."""


class NotOfferedError(Exception):
    """A page offers no job, or no longer; raised by `read_detail`, and the advert is filtered with this reason."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one list answer holds."""

    adverts: list[dict[str, Any]] = field(default_factory=list)
    total: int | None = None  # adverts in the whole list, as the source states it
    next: tuple[Request, ...] = ()  # the pages that belong to the same list and are known only now
    capped: bool = False  # the source shows no more than this, though it has more


DEEPEST = 60  # objects and lists in each other; adverts reach 8


def read_json(response: Response) -> Any:
    """Return the JSON of an answer; raises ValueError for anything that is not strict JSON of a sane depth.

    Python's own reader takes NaN and Infinity, which are no JSON, and gives up with a RecursionError on deep nesting.
    Numbers of more than 4,300 digits are a ValueError already; of two equal keys the last one counts, as in every
    browser.
    """
    body = response.body.removeprefix(b"\xef\xbb\xbf")
    if not _is_flat(body) and not _is_flat(_TEXTS.sub(b"", body)):  # brackets inside texts disturb the quick look
        raise ValueError(f"JSON of more than {DEEPEST} levels, or cut")
    return json.loads(body.decode(), parse_constant=_no_number)


_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*"')


def _is_flat(body: bytes) -> bool:
    """Say whether DEEPEST times taking away innermost pairs of brackets leaves none."""
    brackets = body.translate(None, _NO_BRACKETS)
    for _ in range(DEEPEST):
        if not brackets:
            return True
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
    return not brackets


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


class Source(ABC):
    """One kind. No cleaning, no retries, no catching, no storing: the engine does all that.

    An advert is a dict as the source sends it; what an answer says only outside of it (its address, say) is added
    under a key of its own, so that the dict alone can be mapped again later.
    A request's `cb_kwargs["listing"]` names the list it belongs to; a board may have several.
    """

    kind: str
    home: str = ""  # where a board of this kind stands, `{name}` for its name; a row's own `url` outranks it
    searches_by_place = False  # True: what it lists lies in the circle of the search, even if it does not say where
    made_by_search = False  # an aggregator: a search makes the board, it has no row in boards.csv
    links: tuple[str, ...] = ()  # patterns of links that name a board, with the groups `name` and, if needed, `url`
    marks: tuple[str, ...] = ()  # words of a page's source that betray the vendor; the board then stands on that host
    lists_titles = True  # False: what an advert is about stands on its own page alone, which is then read unjudged

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

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """Return the request for an advert's own page; None when the list says all."""
        return None

    def read_detail(self, response: Response) -> dict[str, Any]:
        """Return what an advert's own page says; raises ContractError or NotOfferedError."""
        detail = read_json(response)
        if not isinstance(detail, dict):
            raise ContractError("no object in the answer")
        return detail

    def detail_id(self, detail: dict[str, Any]) -> str | None:
        """Return the id that an advert's own page states, to tell a mixed-up answer; None where it states none."""
        return None

    def otherwise(self, response: Response) -> Page | None:
        """Say what a list answer means that is refused or cannot be read: None for a fault.

        A Page where it is no fault: the list ends here, or the board has another surface to ask (`Page.next`).
        """
        return None

    def refusal(self, status: int) -> str:
        """Say what it means when a list answers with this status, not 200."""
        if status in (404, 410):
            return f"no such board, or its list is switched off (HTTP {status})"
        return f"HTTP {status}"

    def address(self, board: Board) -> str:
        """Return where a board stands, without a slash at its end."""
        return (board.url or self.home.format(name=board.name)).rstrip("/")


def answer(response: Response, key: str) -> dict[str, Any]:
    """Return a JSON answer, an object that holds a list under `key`; raises ContractError for any other."""
    found = read_json(response)
    if not isinstance(found, dict) or not isinstance(found.get(key), list):
        raise ContractError(f"{key} is missing")
    return found


# Signs that XML does not know; people paste them into texts, and one would cost the whole feed.
_NO_XML = re.compile(rb"&#(?:x([0-9a-fA-F]{1,12})|([0-9]{1,12}));|[\x01-\x08\x0b\x0c\x0e-\x1f]")


def _kept(found: re.Match[bytes]) -> bytes:
    number = int(found[1], 16) if found[1] else int(found[2] or 0)
    known = number in (9, 10, 13) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD
    return found[0] if known or 0x10000 <= number <= 0x10FFFF else b""


_XML = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def xml(response: Response) -> Selector:
    """Return an XML answer, its names without their namespaces; raises as `document` does."""
    return document(response.body)


def document(body: bytes) -> Selector:
    """Return an XML document, its names without their namespaces.

    Raises ContractError for HTML (a feed that is switched off often answers so) and for a document that defines
    entities; SyntaxError for anything that is not XML.
    """
    body = _NO_XML.sub(_kept, body.removeprefix(b"\xef\xbb\xbf").lstrip())
    if b"<html" in body[:2000].lower():
        raise ContractError("HTML instead of XML: the feed is switched off, or the board has moved")
    if b"<!DOCTYPE" in body[:10_000] or b"<!ENTITY" in body[:10_000]:
        raise ContractError("the XML defines a document type or entities of its own")
    selector = Selector(root=etree.fromstring(body, _XML), type="xml")
    selector.remove_namespaces()
    return selector


def tree(element: Selector) -> dict[str, Any]:
    """Return an XML element's children as a dict: text, or a dict again; a list where a name occurs twice.

    >>> tree(Selector("<a><id>7<!-- seven --></id><b><c>x</c></b><d>1</d><d>2</d></a>", type="xml"))
    {'id': '7', 'b': {'c': 'x'}, 'd': ['1', '2']}
    """
    return _tree(element.root)


def _tree(element: etree._Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element.iterchildren("*"):
        name = child.tag
        value: Any = _tree(child) if child.find("*") is not None else _own_text(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _own_text(leaf: etree._Element) -> str:
    """Return an element's text, passing over comments that stand in it."""
    return "".join((leaf.text or "", *(each.tail or "" for each in leaf))).strip()


def many(value: Any) -> list[Any]:
    """Return a list as it is, nothing as [], anything else as a list of one."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """Return a text that must be there; raises TypeError for anything else."""
    if not isinstance(value, str) or not value.strip():
        raise TypeError(f"text expected, found {value!r:.60}")
    return value


def identifier(value: Any) -> str:
    """Return an id as text; raises TypeError for anything but a text or a whole number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value).strip()
