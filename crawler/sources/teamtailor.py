"""Teamtailor's JSON Feed of a career site. https://www.jsonfeed.org/version/1.1/ (/jobs.json; /jobs.rss is its twin)

One document, `next_url` where it goes on, no total. Each item holds a schema.org JobPosting; the text stands in
`content_html` or in its description. State of knowledge 2026-11.
"""

import re
from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import job_posting
from crawler.sources.base import Page, Source, answer, identifier, text
from pipelines.items import Posting


class Teamtailor(Source):
    """The list says all."""

    kind = "teamtailor"
    home = "https://{name}.teamtailor.com"
    links = (r"https?://(?P<name>(?!www\.|api\.|app\.|support\.)[\w-]+(?:\.na)?)\.teamtailor\.com",)
    marks = ("teamtailor-cdn.com", "assets-aws.teamtailor")

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The whole board."""
        yield Request(f"{self.address(board)}/jobs.json")

    def adverts(self, response: Response) -> Page:
        """The items of the feed; an item names its employer only through the feed's title."""
        feed = answer(response, "items")
        following = feed.get("next_url")
        return Page(feed["items"], next=(Request(response.urljoin(following)),) if following else ())

    def source_id(self, listed: dict[str, Any]) -> str:
        """The number of the job, which also begins the last part of its address."""
        stated = (listed.get("_jobposting") or {}).get("identifier")
        if isinstance(stated, dict) and stated.get("value"):
            return identifier(stated["value"])
        found = re.search(r"/jobs/([0-9]+)", text(listed["url"]))
        return found[1] if found else text(listed["id"])

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map the item's JobPosting."""
        node = {"title": listed.get("title"), **(listed.get("_jobposting") or {})}
        node["description"] = node.get("description") or listed.get("content_html") or listed.get("content_text")
        node["datePosted"] = node.get("datePosted") or listed.get("date_published")
        return job_posting.posting(node, source_id=self.source_id(listed), url=listed["url"])
