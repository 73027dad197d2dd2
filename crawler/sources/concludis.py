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
from crawler.sources.base import ContractError, Page, Source
from crawler.sources.cards import Cards

LIST = "/prj/lst/a181a603769c1f98ad927e7367c7aa51/GesamtlisteOffenePositionen.htm"  # the same on every tenant
ADDRESS = re.compile(r"openJob\('([^']+)'|OpenAngebot\('([^']+)'|href=\"([^\"]*/prj/shw/[^\"]+)\"")
PLACE = re.compile(r"am Standort ([^-–|,]{2,60}?)(?= CH-| [0-9]{4,5}\b|\s*[-–|,]|$)")


class Concludis(Cards, Source):
    """Texts and dates stand on the adverts' own pages."""

    kind = "concludis"
    home = "https://{name}.concludis.de"
    links = (r"https?://(?P<name>(?!www\.)[\w-]+)\.concludis\.de",)
    marks = ("cJobboard.openJob", "/prj/lst/")

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The first page of the list of all posts."""
        base = self.address(board)
        yield Request(base if "/prj/lst/" in base else base + LIST, meta={"page": 1, "shown": []})

    def adverts(self, response: Response) -> Page:
        """The lines of a page that the pages before have not shown."""
        sums = response.xpath("//*[contains(@class, 'stellensum')]")
        lines = response.xpath("//div[starts-with(@id, 'line_') and number(substring(@id, 6)) >= 0]")
        shown, page = response.meta["shown"], response.meta["page"]
        if not sums and not lines and not shown:
            raise ContractError("this page is no list of concludis'")
        stated = re.search(r"[0-9][0-9.]*", "".join(sums[:1].xpath(".//text()").getall()))
        total = int(stated[0].replace(".", "")) if stated else None
        new = [each for each in (_line(line, response) for line in lines) if each["id"] not in shown]
        shown = [*shown, *(each["id"] for each in new)]
        more = bool(new) and (total is None or len(shown) < total)
        url = f"{response.url.partition('?')[0]}?page={page + 1}"
        return Page(new, total, (Request(url, meta={"page": page + 1, "shown": shown}),) if more else ())


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
        "text": teaser,
    }
