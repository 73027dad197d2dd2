"""Teamtailor's JSON Feed of a career site. https://www.jsonfeed.org/version/1.1/ (/jobs.json; /jobs.rss is its twin)

Pages linked by `next_url` (a job may stand on two), no total. The RSS has departments, but neither postal codes nor
states, so the JSON is read. Each item holds a schema.org JobPosting; the text stands in `content_html` or, encoded
twice, in its description; who hires is at times told by the feed's title alone. State of knowledge 2026-11.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

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
        """The whole board, or its first page."""
        yield Request(f"{self.address(board)}/jobs.json")

    def adverts(self, response: Response) -> Page:
        """The items of the feed, with the feed's title; the next page is asked of this host, whatever the link says."""
        feed = answer(response, "items")
        link = urlsplit(feed["next_url"]) if isinstance(feed.get("next_url"), str) and feed["next_url"] else None
        following = (Request(response.urljoin(f"{link.path}?{link.query}")),) if link else ()
        site = feed.get("title")
        return Page(
            [{**each, "site": site} if isinstance(each, dict) else each for each in feed["items"]], next=following
        )

    def source_id(self, listed: dict[str, Any]) -> str:
        """The number of the job, which also begins the last part of its address."""
        stated = _node(listed).get("identifier")
        if isinstance(stated, dict) and stated.get("value"):
            return identifier(stated["value"])
        found = re.search(r"/jobs/([0-9]+)", text(listed["url"]))
        return found[1] if found else text(listed["id"])

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map the item's JobPosting."""
        node = _node(listed)
        node = {
            **node,
            "title": node.get("title") or listed.get("title"),
            "description": node.get("description") or listed.get("content_html") or listed.get("content_text"),
            "datePosted": node.get("datePosted") or listed.get("date_published"),
            "hiringOrganization": node.get("hiringOrganization") or listed.get("site"),
        }
        return job_posting.posting(node, source_id=self.source_id(listed), url=listed["url"])


def _node(listed: dict[str, Any]) -> dict[str, Any]:
    stated = listed.get("_jobposting")
    return stated if isinstance(stated, dict) else {}
