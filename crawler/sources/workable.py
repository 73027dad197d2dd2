"""Workable's public widget. https://help.workable.com (apply.workable.com/api/v1/widget/accounts/{name})

One document for the whole board, no total. Quirks: a job in several places stands there once for each, under the same
shortcode; dates are days; unknown accounts answer 404; the host answers 429 readily. State of knowledge 2026-11.
"""

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import words
from crawler.sources.base import Page, Source, answer, many, text
from pipelines.items import Place, Posting


class Workable(Source):
    """The list says all."""

    kind = "workable"
    home = "https://apply.workable.com"
    links = (r"https?://apply\.workable\.com/(?:api/v1/widget/accounts/)?(?P<name>(?!api/|j/)[\w-]+)",)

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The whole board, with the texts."""
        yield Request(f"{self.address(board)}/api/v1/widget/accounts/{board.name}?details=true")

    def adverts(self, response: Response) -> Page:
        """Each job once, with all its places, and with the account's name, which only the whole answer states."""
        found = answer(response, "jobs")
        jobs: dict[str, dict[str, Any]] = {}
        for each in found["jobs"]:
            first = jobs.setdefault(str(each.get("shortcode")), {**each, "account": found.get("name"), "places": []})
            first["places"].extend(many(each.get("locations")) or [each])
        return Page([*jobs.values()])

    def source_id(self, listed: dict[str, Any]) -> str:
        """The job's shortcode."""
        return text(listed["shortcode"])

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map a job."""
        return Posting(
            source_id=self.source_id(listed),
            title=text(listed["title"]),
            url=listed.get("url") or listed.get("shortlink"),
            employer=listed.get("account") or None,
            places=tuple(dict.fromkeys(_place(each) for each in listed["places"] if each)),
            description=listed.get("description") or None,
            published_on=listed.get("published_on") or listed.get("created_at"),
            first_published_on=listed.get("created_at"),
            contract=words.contract(listed.get("employment_type")),
            hours=words.hours(listed.get("employment_type")),
            remote="full" if listed.get("telecommuting") is True else None,
            reference=listed.get("code") or None,
        )


def _place(stated: dict[str, Any]) -> Place:
    country = stated.get("country") or None
    return Place(
        city=stated.get("city") or None, state=stated.get("region") or stated.get("state") or None,
        country="Deutschland" if country == "Germany" else country,
    )  # fmt: skip
