"""Greenhouse's job board API. https://developers.greenhouse.io/job-board.html

One document for the whole board; `meta.total` is its own count. Quirks: `content` is HTML written as entities; European
boards answer on the same host; `absolute_url` may be a page of the employer's; pay comes in cents and without a period,
only where `pay_transparency` is asked for. State of knowledge 2026-11.
"""

import html
from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import words
from crawler.sources.base import Page, Source, answer, identifier, many, text
from pipelines.items import Place, Posting


class Greenhouse(Source):
    """The list says all."""

    kind = "greenhouse"
    home = "https://boards-api.greenhouse.io"
    links = (
        r"https?://boards-api\.greenhouse\.io/v1/boards/(?P<name>\w+)",
        r"https?://(?:job-)?boards(?:\.eu)?\.greenhouse\.io/embed/job_board(?:/js)?\?for=(?P<name>\w+)",
        r"https?://(?:job-)?boards(?:\.eu)?\.greenhouse\.io/(?P<name>(?!embed\b)\w+)",
    )

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The whole board, with the texts."""
        yield Request(f"{self.address(board)}/v1/boards/{board.name}/jobs?content=true&pay_transparency=true")

    def adverts(self, response: Response) -> Page:
        """Every job."""
        found = answer(response, "jobs")
        total = (found.get("meta") or {}).get("total")
        return Page(found["jobs"], int(total) if total is not None else None)

    def source_id(self, listed: dict[str, Any]) -> str:
        """The job post's number."""
        return identifier(listed["id"])

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map a job; where the employer's offices are named as the place, they say it better."""
        pay: dict[str, Any] = next(iter(many(listed.get("pay_input_ranges"))), {})
        low, high = words.amount(pay.get("min_cents")), words.amount(pay.get("max_cents"))
        place = (listed.get("location") or {}).get("name")
        kinds = [each.get("value") for each in many(listed.get("metadata")) if isinstance(each, dict)]
        content = listed.get("content")
        return Posting(
            source_id=self.source_id(listed),
            title=text(listed["title"]).strip(),
            url=listed.get("absolute_url"),
            employer=(listed.get("company_name") or "").strip() or None,
            places=tuple(Place(city=each.strip()) for each in (place or "").split(";") if each.strip()),
            description=html.unescape(content) if isinstance(content, str) and content else None,
            published_on=listed.get("first_published") or listed.get("updated_at"),
            first_published_on=listed.get("first_published"),
            apply_by=listed.get("application_deadline") or None,
            modified_at=listed.get("updated_at"),
            hours=words.hours(*kinds),
            remote=words.remote(place),
            reference=listed.get("requisition_id") or None,
            pay_min=low and low / 100,
            pay_max=high and high / 100,
            pay_period=words.period(pay.get("title")) if low or high else None,
            pay_currency=pay.get("currency_type") if low or high else None,
        )
