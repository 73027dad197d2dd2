"""softgarden's feed of a career site, a schema.org DataFeed. https://dev.softgarden.de (a site's /llms.txt names it)

One document for the whole board; `numberOfItems` is its own count. Quirks: `baseSalary` is 0-0; "-" is a place holder;
`identifier` is the number of the post or, on some sites, the organisation's address (then the number in the URL counts;
the words after it change with the title); `validThrough` is the publication plus two years. Boards at
{name}.softgarden.io have no feed and are not read. State of knowledge 2026-11.
"""

import re
from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import job_posting
from crawler.sources.base import Page, Source, answer, text
from pipelines.items import Posting


class Softgarden(Source):
    """Every advert is a whole JobPosting."""

    kind = "softgarden"
    home = "https://{name}.career.softgarden.de"
    links = (r"https?://(?P<name>[\w-]+)\.career\.softgarden\.de",)
    marks = ("jobs.feed.json", "career.softgarden.de/", "certificates.softgarden.io")

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The whole board."""
        yield Request(f"{self.address(board)}/jobs.feed.json")

    def adverts(self, response: Response) -> Page:
        """The items of the feed."""
        feed = answer(response, "dataFeedElement")
        total = str(feed.get("numberOfItems"))
        return Page(feed["dataFeedElement"], int(total) if re.fullmatch(r"[0-9]{1,9}", total) else None)

    def source_id(self, listed: dict[str, Any]) -> str:
        """The number of the post."""
        stated = listed["item"].get("identifier")
        value = stated.get("value") if isinstance(stated, dict) else stated
        if re.fullmatch(r"[0-9]{3,12}", str(value)):
            return str(value)
        found = re.search(r"/jobs?/([0-9]{3,12})(?:/|$)", text(listed["item"]["url"]))
        if not found:
            raise KeyError("identifier")
        return found[1]

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map the item."""
        node = {"dateModified": listed.get("dateModified"), **listed["item"]}
        return job_posting.posting(node, source_id=self.source_id(listed), url=node.get("url"))
