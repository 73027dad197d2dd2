"""The federal administration's portal service.bund.de: its RSS feed of posts in the public sector, an aggregator.

https://www.service.bund.de/Content/Globals/Functions/RSSFeed/RSSGenerator_Stellen.xml: the newest 500 posts of all
Germany (about two and a half days), no filter, no total; so a missing item says nothing of its post. Quirks: employer,
place ("34117 Kassel") and deadline stand as labels in the description; `guid` is the clean address, `link` carries a
mark for counting. The advert's page is plain HTML and tells grade, hours and contract; robots.txt asks for 30 seconds
between requests. State of knowledge 2026-11.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import job_posting
from crawler.sources.base import ContractError, Page, Source, many, text, tree, xml
from pipelines.items import Posting

FEED = "https://www.service.bund.de/Content/Globals/Functions/RSSFeed/RSSGenerator_Stellen.xml"


class Bund(Source):
    """The feed says who, where and until when; the text stands on the advert's own page."""

    kind = "bund"
    made_by_search = True

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The feed."""
        yield Request(FEED)

    def adverts(self, response: Response) -> Page:
        """Its items."""
        feed = xml(response)
        if not feed.xpath("self::rss/channel"):
            raise ContractError(f"an RSS feed expected, found {feed.root.tag}")
        return Page([tree(each) for each in feed.xpath("./channel/item")])

    def source_id(self, listed: dict[str, Any]) -> str:
        """The number that ends the post's address, or the whole of it."""
        address = _address(listed)
        found = re.search(r"([0-9]{4,})\.html$", address)
        return found[1] if found else address

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The advert's own page."""
        return Request(_address(listed))

    def read_detail(self, response: Response) -> dict[str, Any]:
        """Its words."""
        return job_posting.of_page(response)

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map an item, and what its page adds."""
        labels = next((each for each in many(listed.get("description")) if isinstance(each, str)), "")
        labels = html.unescape(labels) if "&lt;strong" in labels else labels
        card = {
            "title": listed["title"], "url": _address(listed), "employer": _label("Arbeitgeber", labels),
            "place": _label("(?:Arbeits|Dienst)?[Oo]rt", labels), "published": listed.get("pubDate"),
            "until": _label("Bewerbungsfrist", labels), "text": labels,
        }  # fmt: skip
        return job_posting.card(card, detail, source_id=self.source_id(listed))


def _address(item: dict[str, Any]) -> str:
    guid = item.get("guid")
    return (guid if isinstance(guid, str) and guid.startswith("http") else text(item["link"])).partition("#")[0]


def _label(name: str, labels: str) -> str | None:
    found = re.search(rf"\b{name}:\s*(?:<strong>)?\s*([^<\n]{{1,200}})", labels)
    return found[1] if found else None
