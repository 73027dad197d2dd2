"""rexx systems' career portals. https://www.rexx-systems.com ({name}-portal.rexx-systems.com/stellenangebote.html)

A page for people: cards with title, place and address; `data-all-count` is its own count; `?start=` leads on where
not all are shown. The advert's page holds a JobPosting split over several fields. Its id is the number after -j
(older: -f). There is no feed. State of knowledge 2026-11.
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

ADDRESS = re.compile(r"-(?:[a-z]{2})-[jf]([0-9]+)\.html")


class Rexx(Source):
    """Texts and dates stand on the adverts' own pages."""

    kind = "rexx"
    home = "https://{name}-portal.rexx-systems.com"
    links = (r"https?://(?P<name>[\w-]+)-portal\.rexx-systems\.com",)
    marks = ("joboffer_container", "rexx-systems.com")

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The list."""
        yield Request(f"{self.address(board)}/stellenangebote.html", meta={"shown": 0})

    def adverts(self, response: Response) -> Page:
        """The cards of a page: whatever links to an advert."""
        stated = response.xpath("//@data-all-count") or response.xpath(
            "//*[@id='joboffer_table_container']/@data-count"
        )
        total = int(stated.get() or 0) if stated else None
        adverts: dict[str, dict[str, Any]] = {}
        for link in response.xpath("//a[contains(@href, '.html')]"):
            found = ADDRESS.search(link.attrib["href"])
            title = " ".join(
                "".join(link.xpath(".//text()[not(ancestor::div[contains(@class, 'job_details')])]").getall()).split()
            )
            if found and title and found[1] not in adverts:
                card = link.xpath("(ancestor::article | ancestor::tr)[last()]")
                place = card.xpath("string(.//*[contains(@class, 'job_standort')])").get(default="").strip()
                url = response.urljoin(link.attrib["href"])
                adverts[found[1]] = {"id": found[1], "title": title, "url": url, "place": place}
        if not adverts and not stated and not response.xpath("//*[contains(@class, 'joboffer')]"):
            raise ContractError("this page is no list of rexx's")
        shown = response.meta["shown"] + len(adverts)
        more = bool(adverts) and total is not None and shown < total
        url = f"{response.url.partition('?')[0]}?start={shown}"
        return Page([*adverts.values()], total, (Request(url, meta={"shown": shown}),) if more else ())

    def source_id(self, listed: dict[str, Any]) -> str:
        """The number in the address."""
        return text(listed["id"])

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The advert's own page."""
        return Request(listed["url"])

    def read_detail(self, response: Response) -> dict[str, Any]:
        """Its JobPosting."""
        return job_posting.of_page(response)

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map what the card says, and the page."""
        return job_posting.card(listed, detail, source_id=self.source_id(listed))
