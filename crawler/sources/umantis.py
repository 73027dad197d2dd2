"""Haufe's umantis career portals. https://recruitingapp-{number}.umantis.com/Jobs/All (also …de.umantis.com), no API

A page for people, 10 links each, no total; `tc{table}=p{n}` leads on; past the end it answers 404 or 410, or shows what
it has shown. The advert's page is plain HTML, seldom with a JobPosting. A row's name is the number, with .de where the
host has it. State of knowledge 2026-11.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources.base import ContractError, Page, Source
from crawler.sources.cards import Cards
from pipelines import places

SIZE = 10
LINK = "a[contains(@class, 'HSTableLinkSubTitle')][contains(@href, '/Vacancies/')]"
ROW = f"(ancestor::tr[count(.//{LINK}) = 1][1] | ancestor::div[contains(@class, 'tableaslist_cell')][1])[1]"
DAY = r"\W+(?:bis )?([0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4})"
LABELS = {
    "published": rf"(?:Online seit|Publiziert am|Veröffentlicht am|Published){DAY}",
    "until": rf"(?:Bewerbungsfrist|Bewerbungsschluss|Bewerben|Bewerbung|Apply){DAY}",
    "place": r"\b(?:Arbeitsort|Standort|Einsatzort|Dienstort|Ort|Location|Place of work): [| ]*([^|]{2,100})",
}


class Umantis(Cards, Source):
    """Texts stand on the adverts' own pages."""

    kind = "umantis"
    home = "https://recruitingapp-{name}.umantis.com"
    links = (r"https?://recruitingapp-(?P<name>[0-9]+(?:\.de|\.ch)?)\.umantis\.com",)

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The first page of the list of all posts."""
        base = self.address(board)
        yield Request(base if "/Jobs/" in base else f"{base}/Jobs/All", meta={"page": 1, "shown": []})

    def adverts(self, response: Response) -> Page:
        """The links of a page that the pages before have not shown."""
        links = response.xpath(f"//{LINK}")
        table = re.search(r'"TableNr"\s*:\s*"?([0-9]+)|[?&;]tc([0-9]+)=p[0-9]', html.unescape(response.text))
        if not links and not table and response.meta["page"] == 1:
            raise ContractError("this page is no list of umantis'")
        adverts = {each["id"]: each for each in (_link(link, response) for link in links)}
        shown, page = response.meta["shown"], response.meta["page"]
        new = [each for number, each in adverts.items() if number not in shown]
        following: tuple[Request, ...] = ()
        if len(links) >= SIZE and new and table:
            url = f"{response.url.partition('?')[0]}?tc{table[1] or table[2]}=p{page + 1}"
            following = (Request(url, meta={"page": page + 1, "shown": [*shown, *adverts]}),)
        return Page(new, next=following)

    def otherwise(self, response: Response) -> Page | None:
        """A page that does not exist follows the last."""
        return Page() if response.status in (404, 410) and response.meta["page"] > 1 else None


def _link(link: Any, response: Response) -> dict[str, Any]:
    """Return a link with what the cells beside it say: their order is each customer's own, so labels and towns tell."""
    found = re.search(r"/Vacancies/([0-9]+)/", link.attrib["href"])
    cells = [" ".join(each.split()).strip("| ") for each in link.xpath(f"{ROW}//text()[not(ancestor::a)]").getall()]
    row = " | ".join(filter(None, cells))
    told = {name: hit[1].strip() if (hit := re.search(label, row)) else "" for name, label in LABELS.items()}
    return {
        **told,
        "id": found[1] if found else None,
        "title": " ".join(link.xpath("string(.)").get(default="").split()) or link.attrib.get("aria-label", ""),
        "url": response.urljoin(link.attrib["href"]),
        "place": told["place"] or next((each for each in cells if each and places.towns(each)), ""),
    }
