"""rexx systems' career portals. https://www.rexx-systems.com ({name}-portal.rexx-systems.com/stellenangebote.html)

A page for people: cards with title and place; `data-all-count` is its own count (`data-count` that of the page);
`?start=` leads on until nothing new comes. The advert's page holds a JobPosting split over several fields. Its id is
the number after -j; -f is the form to apply, on older portals the advert itself. There is no feed. State of knowledge
2026-11.
"""

import re
from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources.base import ContractError, Page, Source
from crawler.sources.cards import Cards

ADDRESS = re.compile(r"-([jf])([0-9]+)\.html")
LIST = "//*[@id='joboffer_table_container' or @id='joboffers' or contains(@class, 'joboffer_container')]"
CARD = "ancestor::*[contains(@class, 'joboffer_container') or self::article or self::tr][1]"


class Rexx(Cards, Source):
    """Texts and dates stand on the adverts' own pages."""

    kind = "rexx"
    home = "https://{name}-portal.rexx-systems.com"
    links = (r"https?://(?P<name>[\w-]+)-portal\.rexx-systems\.com",)
    marks = ("joboffer_container", "rexx-systems.com")

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The list."""
        base = self.address(board)
        yield Request(base if base.endswith(".html") else f"{base}/stellenangebote.html", meta={"shown": []})

    def adverts(self, response: Response) -> Page:
        """The cards of a page that the pages before have not shown."""
        stated, lists = response.xpath("//@data-all-count").get(""), response.xpath(LIST)
        links = (lists or response).xpath(".//a[contains(@href, '.html')]")
        found = [(match, link) for link in links if (match := ADDRESS.search(link.attrib["href"]))]
        adverts: dict[str, dict[str, Any]] = {}
        for match, link in sorted(found, key=lambda each: each[0][1] == "f"):  # the form, only where there is no more
            if match[2] not in adverts and (title := _words(link, "job_details")):
                place = _words(link.xpath(f"{CARD}//*[contains(@class, 'job_standort')]"))
                url = response.urljoin(link.attrib["href"])
                adverts[match[2]] = {"id": match[2], "title": title, "url": url, "place": place}
        shown = response.meta["shown"]
        if not adverts and not lists and not shown:
            raise ContractError("this page is no list of rexx's")
        new = [each for number, each in adverts.items() if number not in shown]
        shown, total = [*shown, *(each["id"] for each in new)], int(stated) if stated.isdecimal() else None
        more = bool(new) and (total is None or len(shown) < total)
        url = f"{response.url.partition('?')[0]}?start={len(shown)}"
        return Page(new, total, (Request(url, meta={"shown": shown}),) if more else ())


def _words(nodes: Any, without: str = "nothing") -> str:
    return " ".join(
        "".join(nodes.xpath(f".//text()[not(ancestor::*[contains(@class, '{without}')])]").getall()).split()
    )
