"""d.vinci's list of publications. https://documentation.dvinci-hr.com (jobPublication/list.json, public by design)

One document for the whole board, no total; a portal of its own stands under /portal/{name}, which is then part of the
row's url. Quirks: `locations` have a name ("Hauptverwaltung, Wuppertal") and often no address; pay comes as numbers or
as a German text alone; `startDate` is often null, then the page's own `datePosted` is `createdDate`; `responsibleUser`
is a person and is not read; an unknown or closed portal answers 400, 403, 404 or 422. State of knowledge 2026-11.
"""

import html
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import job_posting, words
from crawler.sources.base import ContractError, Page, Source, identifier, many, read_json, text
from pipelines.items import Posting

PARTS = ("introduction", "tasks", "profile", "weOffer", "closingText")


class Dvinci(Source):
    """The list says all."""

    kind = "dvinci"
    home = "https://{name}.dvinci-hr.com"
    links = (
        r"https?://(?P<name>[\w-]+)\.dvinci-hr\.com(?!/portal/)",
        r"(?P<url>https?://(?P<name>[\w-]+)\.dvinci(?:-hr|-easy)?\.(?:com|de)(?:/portal/[\w-]+)?)",
    )
    marks = ("DvinciData", "dvinci-hr.com")

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The whole board, in German."""
        yield Request(f"{self.address(board)}/jobPublication/list.json?language=de")

    def adverts(self, response: Response) -> Page:
        """A bare list, or one under a name."""
        found = read_json(response)
        if isinstance(found, dict):
            found = found.get("jobPublications", found.get("data"))
        if not isinstance(found, list):
            raise ContractError("a list of publications expected")
        return Page(found)

    def refusal(self, status: int) -> str:
        """A portal that is not there, or not open, answers in four ways."""
        return super().refusal(404 if status in (400, 403, 422) else status).replace("404", str(status))

    def source_id(self, listed: dict[str, Any]) -> str:
        """The publication's number."""
        return identifier(listed["id"])

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map a publication and the opening that it publishes."""
        opening = _object(listed.get("jobOpening"))
        pay, created, place = _object(opening.get("salary")), opening.get("createdDate"), opening.get("location")
        parts = [each for name in PARTS for each in many(listed.get(name))]
        stated = _object(pay.get("value"))
        if not (words.amount(stated.get("minValue")) or words.amount(stated.get("maxValue"))):
            parts += [f"<p>Gehalt: {html.escape(str(each))}</p>" for each in many(opening.get("salaryRange"))]
        times = [each for each in many(opening.get("workingTimes")) if isinstance(each, dict)]
        node = {
            "title": text(listed["position"]),
            "hiringOrganization": opening.get("company"),
            "identifier": opening.get("reference"),
            "jobLocation": [_location(each) for each in many(opening.get("locations")) if isinstance(each, dict)],
            "description": parts,
            "datePosted": listed.get("startDate") or created,
            "validThrough": listed.get("endDate"),
            "jobStartDate": opening.get("earliestEntryDate"),
            "employmentType": [
                *(each.get(name) for each in times for name in ("internalName", "name")),
                _object(opening.get("contractPeriod")).get("name"),
            ],
            "baseSalary": pay,
        }
        found = job_posting.posting(node, source_id=self.source_id(listed), url=listed.get("jobPublicationURL"))
        return replace(
            found,
            place=place if isinstance(place, str) and place else None,
            first_published_on=created if isinstance(created, str) else None,
        )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _location(stated: dict[str, Any]) -> dict[str, Any]:
    address = _object(stated.get("address"))
    return {
        "name": stated.get("name"),
        "address": {
            "addressLocality": address.get("city"),
            "postalCode": address.get("zipCode"),
            "addressCountry": address.get("country") or stated.get("country"),
        },
        "geo": stated,
    }
