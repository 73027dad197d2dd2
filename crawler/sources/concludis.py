"""concludis' career portals. https://www.concludis.de ({name}.concludis.de/prj/lst/…/GesamtlisteOffenePositionen.htm)

A page for people, 25 lines each; "N Stellen gefunden" is its own count; `?page=` leads on. A line's id is the post's
number; it is opened by a script, whose call holds the address. The advert's page holds a JobPosting at most tenants;
some answer it with a redirect, then the line is all there is. State of knowledge 2026-11.
"""

import re
from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import job_posting
from crawler.sources.base import ContractError, Page, Source, text
from pipelines.items import Posting

LIST = "/prj/lst/a181a603769c1f98ad927e7367c7aa51/GesamtlisteOffenePositionen.htm"  # the same on every tenant
ADDRESS = re.compile(r"openJob\('([^']+)'|OpenAngebot\('([^']+)'|href=\"([^\"]*/prj/shw/[^\"]+)\"")
PLACE = re.compile(r"am Standort ([^-–|,]{2,60}?)(?= CH-| [0-9]{4,5}\b|\s*[-–|,]|$)")


class Concludis(Source):
    """Texts and dates stand on the adverts' own pages."""

    kind = "concludis"
    home = "https://{name}.concludis.de"
    links = (r"https?://(?P<name>(?!www\.)[\w-]+)\.concludis\.de",)
    marks = ("cJobboard.openJob", "/prj/lst/")

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The first page of the list of all posts."""
        yield Request(self.address(board) + LIST, meta={"page": 1, "shown": 0})

    def adverts(self, response: Response) -> Page:
        """The lines of a page."""
        stated = re.search(r"[0-9]+", response.xpath("string(//div[contains(@class, 'stellensum')])").get(default=""))
        lines = response.xpath("//div[starts-with(@id, 'line_')]")
        if not stated and not lines:
            raise ContractError("this page is no list of concludis'")
        adverts = [_line(each, response) for each in lines]
        total, shown, page = (
            int(stated[0]) if stated else None,
            response.meta["shown"] + len(lines),
            response.meta["page"],
        )
        more = bool(lines) and total is not None and shown < total
        url = f"{response.url.partition('?')[0]}?page={page + 1}"
        return Page(adverts, total, (Request(url, meta={"page": page + 1, "shown": shown}),) if more else ())

    def source_id(self, listed: dict[str, Any]) -> str:
        """The post's number."""
        return text(listed["id"])

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The advert's own page."""
        return Request(text(listed["url"]))

    def read_detail(self, response: Response) -> dict[str, Any]:
        """Its JobPosting, or its words."""
        return job_posting.of_page(response)

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map what the line says, and the page."""
        return job_posting.card(listed, detail, source_id=self.source_id(listed))


def _line(line: Any, response: Response) -> dict[str, Any]:
    address = ADDRESS.search(line.get())
    teaser = " ".join(line.xpath("string(.//span[contains(@class, 'kurzb')])").get(default="").split())
    place = PLACE.search(teaser)
    title = line.xpath("string((.//*[contains(@class, 'stellenlink')] | .//a)[1])").get(default="")
    return {
        "id": line.attrib["id"].removeprefix("line_"),
        "title": " ".join(title.split()),
        "url": response.urljoin(next(filter(None, address.groups())).replace("&amp;", "&")) if address else None,
        "place": place[1].strip() if place else "",
        "teaser": teaser,
    }
