"""d.vinci's list of publications. https://documentation.dvinci-hr.com (jobPublication/list.json, public by design)

One document for the whole board, no total. Quirks: `locations` may be null inside, then only `jobOpening.location`, a
free text, is left; pay comes as numbers and as a German text; `responsibleUser` is a person and is not read; an unknown
or closed portal answers 400, 403, 404 or 422. State of knowledge 2026-11.
"""

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import words
from crawler.sources.base import ContractError, Page, Source, identifier, many, text
from pipelines.items import Place, Posting

PARTS = ("introduction", "tasks", "profile", "weOffer", "closingText")


class Dvinci(Source):
    """The list says all."""

    kind = "dvinci"
    home = "https://{name}.dvinci-hr.com"
    links = (
        r"https?://(?P<name>[\w-]+)\.dvinci-hr\.com",
        r"(?P<url>https?://(?P<name>[\w-]+)\.dvinci-easy\.com)",
    )
    marks = ("DvinciData", "dvinci-hr.com")

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The whole board, in German."""
        yield Request(f"{self.address(board)}/jobPublication/list.json?language=de")

    def adverts(self, response: Response) -> Page:
        """A bare list, or one under a name."""
        found = response.json()  # type: ignore[attr-defined]  # a TextResponse, or the engine reports the error
        if isinstance(found, dict):
            found = found.get("jobPublications", found.get("data"))
        if not isinstance(found, list):
            raise ContractError("a list of publications expected")
        return Page(found)

    def source_id(self, listed: dict[str, Any]) -> str:
        """The publication's number."""
        return identifier(listed["id"])

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map a publication."""
        opening = listed.get("jobOpening") or {}
        company, pay = opening.get("company") or {}, opening.get("salary") or {}
        value: dict[str, Any] = pay.get("value") or {}
        low, high = words.amount(value.get("minValue")), words.amount(value.get("maxValue"))
        parts = [listed.get(name) for name in PARTS]
        if not (low or high) and opening.get("salaryRange"):
            parts.append(f"<p>Gehalt: {opening['salaryRange']}</p>")
        return Posting(
            source_id=self.source_id(listed),
            title=text(listed["position"]),
            url=listed.get("jobPublicationURL"),
            employer=company.get("name") or None,
            places=tuple(_places(opening)),
            place=opening.get("location") or None,
            description="\n".join(each for each in parts if isinstance(each, str) and each) or None,
            published_on=listed.get("startDate") or opening.get("createdDate"),
            first_published_on=opening.get("createdDate"),
            apply_by=listed.get("endDate"),
            starts_on=opening.get("earliestEntryDate") if isinstance(opening.get("earliestEntryDate"), str) else None,
            contract=words.contract((opening.get("contractPeriod") or {}).get("name")),
            hours=words.hours(*(each.get("internalName") for each in many(opening.get("workingTimes")))),
            reference=opening.get("reference") or None,
            pay_min=low,
            pay_max=high,
            pay_period=words.period(value.get("unitText") or "") if low or high else None,
            pay_currency=pay.get("currency") if low or high else None,
        )


def _places(opening: dict[str, Any]) -> Iterator[Place]:
    for each in many(opening.get("locations")):
        address = each.get("address") if isinstance(each, dict) else None
        if isinstance(address, dict):
            country = address.get("country") or each.get("country")
            country = country.get("name") if isinstance(country, dict) else country
            yield Place(
                city=address.get("city") or None, postal_code=address.get("zipCode") or address.get("zip") or None,
                country=country if isinstance(country, str) else None,
                lat=each.get("latitude"), lon=each.get("longitude"),
            )  # fmt: skip
        elif isinstance(address, str) and address:
            yield Place(city=address)
