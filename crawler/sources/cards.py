"""What the kinds share whose list is a page for people: cards, each with an id and a link to the advert's own page."""

from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.sources import job_posting
from crawler.sources.base import text
from pipelines.items import Posting


class Cards:
    """The half of a Source that reads cards; the other half finds them: `id`, `title`, `url`, and what they say."""

    def source_id(self, listed: dict[str, Any]) -> str:
        """The post's number, as found in its address."""
        return text(listed["id"])

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The advert's own page; a card that leads nowhere is all there is."""
        return Request(listed["url"]) if listed["url"] else None

    def read_detail(self, response: Response) -> dict[str, Any]:
        """Its JobPosting, or its words."""
        return job_posting.of_page(response)

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map what the card says, and the page."""
        return job_posting.card(listed, detail, source_id=self.source_id(listed))
