"""Haufe's umantis career portals. https://recruitingapp-{number}.umantis.com/Jobs/All (also …de.umantis.com), no API

A page for people, 10 links each, no total; `tc{table}=p{n}` leads on; past the end it answers 404 or 410, or shows what
it has shown. The advert's page is plain HTML, seldom with a JobPosting. A row's name is the number, with .de where the
host has it. State of knowledge 2026-11.
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

SIZE = 10


class Umantis(Source):
    """Texts stand on the adverts' own pages."""

    kind = "umantis"
    home = "https://recruitingapp-{name}.umantis.com"
    links = (r"https?://recruitingapp-(?P<name>[0-9]+(?:\.de|\.ch)?)\.umantis\.com",)

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The first page of the list of all posts."""
        yield Request(f"{self.address(board)}/Jobs/All", meta={"page": 1, "shown": []})

    def adverts(self, response: Response) -> Page:
        """The links of a page that the pages before have not shown."""
        links = response.xpath("//a[contains(@class, 'HSTableLinkSubTitle')]")
        table = re.search(r'"TableNr"\s*:\s*"?([0-9]+)', response.text)
        if not links and not table:
            raise ContractError("this page is no list of umantis'")
        adverts = {each["id"]: each for each in (_link(link, response) for link in links)}
        shown, page = response.meta["shown"], response.meta["page"]
        new = [each for number, each in adverts.items() if number not in shown]
        following: tuple[Request, ...] = ()
        if len(links) >= SIZE and new and table:
            url = f"{response.url.partition('?')[0]}?tc{table[1]}=p{page + 1}"
            following = (Request(url, meta={"page": page + 1, "shown": [*shown, *adverts]}),)
        return Page(new, next=following)

    def otherwise(self, response: Response) -> Page | None:
        """A page that does not exist follows the last."""
        return Page() if response.status in (404, 410) and response.meta["page"] > 1 else None

    def source_id(self, listed: dict[str, Any]) -> str:
        """The vacancy's number."""
        return text(listed["id"])

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The advert's own page."""
        return Request(listed["url"])

    def read_detail(self, response: Response) -> dict[str, Any]:
        """Its JobPosting, or its words."""
        return job_posting.of_page(response)

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map what the list says, and the page."""
        return job_posting.card(listed, detail, source_id=self.source_id(listed))


def _link(link: Any, response: Response) -> dict[str, Any]:
    found = re.search(r"/Vacancies/([0-9]+)/", link.attrib["href"])
    row = link.xpath("ancestor::tr[1]")
    words = [" ".join(each.split()) for each in row.xpath(".//text()[not(ancestor::a)]").getall()]
    return {
        "id": found[1] if found else None,
        "title": " ".join(link.xpath("string(.)").get(default="").split()),
        "url": response.urljoin(link.attrib["href"]),
        "told": [each for each in words if each],
    }
