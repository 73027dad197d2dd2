"""Workable's public widget. https://help.workable.com (apply.workable.com/api/v1/widget/accounts/{name})

One document for the whole board, no total. Quirks: a job in several places stands there once for each, under the same
shortcode; dates are days, and `created_at` is no publication; an unknown account answers 404; the host answers 429
readily. State of knowledge 2026-11.
"""

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import job_posting
from crawler.sources.base import Page, Source, answer, many, text
from pipelines.items import Posting


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
        jobs: dict[Any, Any] = {}
        for number, each in enumerate(found["jobs"]):
            if not isinstance(each, dict):
                jobs[number] = each
                continue
            code = each.get("shortcode")
            job = jobs.setdefault(code if isinstance(code, str) else number, each | {"places": []})
            job["account"] = found.get("name")
            job["places"] += many(each.get("locations")) or [each]
        return Page([*jobs.values()])

    def source_id(self, listed: dict[str, Any]) -> str:
        """The job's shortcode."""
        return text(listed["shortcode"])

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map a job."""
        mode = listed.get("workplace_type") or listed.get("workplace")
        node = {
            "title": text(listed["title"]),
            "hiringOrganization": listed["account"],
            "identifier": listed.get("code"),
            "jobLocation": [_location(each) for each in listed["places"] if isinstance(each, dict)],
            "jobLocationType": mode or ("remote" if listed.get("telecommuting") is True else None),
            "description": [
                each for name in ("description", "requirements", "benefits") for each in many(listed.get(name))
            ],
            "datePosted": listed.get("published_on") or listed.get("created_at"),
            "employmentType": listed.get("employment_type"),
        }
        url = listed.get("url") or listed.get("shortlink")
        return job_posting.posting(node, source_id=self.source_id(listed), url=url)


def _location(stated: dict[str, Any]) -> dict[str, Any]:
    return {
        "addressLocality": stated.get("city"),
        "addressRegion": stated.get("region") or stated.get("state"),
        "addressCountry": stated.get("country") or stated.get("countryCode"),
    }
