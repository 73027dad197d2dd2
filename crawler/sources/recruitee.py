"""Recruitee's (Tellent's) open offers. https://docs.recruitee.com/reference/offers

One document for the whole board, no total. From 2027-02-10 the JSON answers 401 without a token of the employer's; then
the XML feed is asked, which has the same names. Quirks: salaries are texts or null; a site that was given up shows one
"(Sample)" offer. State of knowledge 2026-11.
"""

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import words
from crawler.sources.base import Page, Source, answer, identifier, many, text, tree, xml
from pipelines.items import Place, Posting


class Recruitee(Source):
    """The list says all."""

    kind = "recruitee"
    home = "https://{name}.recruitee.com"
    links = (r"https?://(?P<name>(?!api\.|www\.|support\.|docs\.)[\w-]+)\.recruitee\.com",)
    marks = ("recruitee-careers", "careers-analytics.recruitee.com", "recruiteecdn.com")

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The whole board."""
        yield Request(f"{self.address(board)}/api/offers")

    def adverts(self, response: Response) -> Page:
        """Every offer, of the JSON or of the XML feed."""
        if response.url.endswith(".xml"):
            feed = xml(response)
            return Page([tree(each) for each in feed.xpath(".//offer")])
        return Page(answer(response, "offers")["offers"])

    def otherwise(self, response: Response) -> Page | None:
        """Ask for the XML feed where the JSON wants a token."""
        if response.status not in (401, 403) or response.url.endswith(".xml"):
            return None
        return Page(next=(Request(response.urljoin("/api/feeds/offers.xml")),))

    def source_id(self, listed: dict[str, Any]) -> str:
        """The offer's number."""
        return identifier(listed["id"])

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map an offer."""
        pay = listed.get("salary")
        pay = pay if isinstance(pay, dict) else {}
        low, high = words.amount(pay.get("min")), words.amount(pay.get("max"))
        kind = listed.get("employment_type_code")
        parts = [listed.get(name) for name in ("description", "requirements")]
        return Posting(
            source_id=self.source_id(listed),
            title=text(listed["title"]),
            url=listed.get("careers_url"),
            employer=listed.get("company_name") or None,
            places=tuple(_places(listed)),
            description="\n".join(each for each in parts if isinstance(each, str) and each) or None,
            published_on=listed.get("published_at") or listed.get("created_at"),
            first_published_on=listed.get("created_at"),
            apply_by=listed.get("close_at") or None,
            modified_at=listed.get("updated_at"),
            contract=words.contract(kind),
            hours=words.hours(kind),
            remote=_remote(listed),
            pay_min=low,
            pay_max=high,
            pay_period=words.period(pay.get("period")) if low or high else None,
            pay_currency=(pay.get("currency") or None) if low or high else None,
        )


def _remote(offer: dict[str, Any]) -> str | None:
    said = [
        name for name, key in (("hybrid", "hybrid"), ("full", "remote"), ("none", "on_site")) if _yes(offer.get(key))
    ]
    return "hybrid" if "hybrid" in said or len(said) > 1 else next(iter(said), None)


def _yes(value: Any) -> bool:
    return value is True or value == "true"


def _places(offer: dict[str, Any]) -> Iterator[Place]:
    stated = offer.get("locations")
    stated = many(stated.get("location")) if isinstance(stated, dict) else many(stated)
    found = [_place(each) for each in stated if isinstance(each, dict)]
    yield from dict.fromkeys(each for each in found or [_place(offer)] if each != Place())


def _place(stated: dict[str, Any]) -> Place:
    def name(*keys: str) -> str | None:
        return next((stated[key] for key in keys if isinstance(stated.get(key), str) and stated[key]), None)

    country = name("country", "country_name", "country_code")
    return Place(
        city=name("city", "name") if "city" in stated or "country_code" in stated else name("name"),
        postal_code=name("postal_code"), state=name("state", "state_name"),
        country="Deutschland" if country in ("DE", "Germany", "Deutschland") else country,
    )  # fmt: skip
