"""The federal administration's portal service.bund.de: its RSS feed of posts in the public sector, an aggregator.

https://www.service.bund.de/Content/Globals/Functions/RSSFeed/RSSGenerator_Stellen.xml: the newest 500 posts of all
Germany (about two and a half days), no filter, no total; so a missing item says nothing of its post. Quirks: employer,
place ("34117 Kassel") and deadline stand as labels in the description; `guid` is the clean address, `link` carries a
mark for counting. State of knowledge 2026-11.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources.base import ContractError, Page, Source, text, tree, xml
from pipelines.items import Posting

FEED = "https://www.service.bund.de/Content/Globals/Functions/RSSFeed/RSSGenerator_Stellen.xml"


class Bund(Source):
    """The list says all that can be read by a machine."""

    kind = "bund"
    made_by_search = True

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The feed."""
        yield Request(FEED)

    def adverts(self, response: Response) -> Page:
        """Its items."""
        feed = xml(response)
        if feed.root.tag != "rss":
            raise ContractError(f"rss expected, found {feed.root.tag}")
        return Page([tree(each) for each in feed.xpath("./channel/item")])

    def source_id(self, listed: dict[str, Any]) -> str:
        """The number that ends the post's address, or the whole of it."""
        address = _address(listed)
        found = re.search(r"([0-9]{4,})\.html$", address)
        return found[1] if found else address

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map an item."""
        labels = listed.get("description") or ""
        return Posting(
            source_id=self.source_id(listed),
            title=text(listed["title"]),
            url=_address(listed),
            employer=_label("Arbeitgeber", labels),
            place=_label("Ort", labels),
            description=labels or None,
            published_on=listed.get("pubDate"),
            apply_by=_label("Bewerbungsfrist", labels),
        )


def _address(item: dict[str, Any]) -> str:
    return text(item.get("guid") or item["link"]).partition("#")[0]


def _label(name: str, labels: str) -> str | None:
    found = re.search(rf"{name}:\s*(?:<strong>)?\s*([^<\n]{{1,200}})", labels)
    return html.unescape(found[1]).strip() or None if found else None
