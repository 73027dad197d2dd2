"""Arbeitnow's open job board API, an aggregator. https://www.arbeitnow.com/api/job-board-api

Pages of 100 through `links.next`, newest first; no total, no pay. Quirks: `created_at` counts seconds; `job_types` is
free text in two languages. A link back to the advert is asked for, and given: it is the URL. Read are PAGES pages;
what lies beyond is older. State of knowledge 2026-11.
"""

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import words
from crawler.sources.base import Page, Source, answer, text
from pipelines.items import Place, Posting

PAGES = 30


class Arbeitnow(Source):
    """The list says all."""

    kind = "arbeitnow"
    made_by_search = True

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The first page; the API cannot search."""
        yield Request("https://www.arbeitnow.com/api/job-board-api?page=1", meta={"page": 1})

    def adverts(self, response: Response) -> Page:
        """One page."""
        found, page = answer(response, "data"), response.meta["page"]
        following = (found.get("links") or {}).get("next") if found["data"] else None
        if not following or page >= PAGES:
            return Page(found["data"])
        return Page(found["data"], next=(Request(response.urljoin(following), meta={"page": page + 1}),))

    def source_id(self, listed: dict[str, Any]) -> str:
        """The advert's slug."""
        return text(listed["slug"])

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map an advert."""
        place = listed.get("location")
        return Posting(
            source_id=self.source_id(listed),
            title=text(listed["title"]),
            url=listed.get("url"),
            employer=listed.get("company_name") or None,
            places=(Place(city=place),) if isinstance(place, str) and place else (),
            description=listed.get("description") or None,
            published_on=str(listed["created_at"]) if listed.get("created_at") else None,
            contract=words.contract(listed.get("job_types")),
            hours=words.hours(listed.get("job_types")),
            remote="full" if listed.get("remote") is True else None,
        )
