"""Ashby's job board API. https://developers.ashbyhq.com/docs/public-job-posting-api

One document for the whole board, no total. Quirks: `id` may be missing, it is also the end of `jobUrl`; `isRemote` is
true for hybrid posts too, `workplaceType` is exact; jobs that are not listed are sent along; an unknown board may
answer with an empty list. State of knowledge 2026-11.
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


class Ashby(Source):
    """The list says all."""

    kind = "ashby"
    home = "https://api.ashbyhq.com"
    links = (r"https?://(?:jobs\.ashbyhq\.com|api\.ashbyhq\.com/posting-api/job-board)/(?P<name>[\w.%-]+)",)

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The whole board, with pay."""
        yield Request(f"{self.address(board)}/posting-api/job-board/{board.name}?includeCompensation=true")

    def adverts(self, response: Response) -> Page:
        """Every job that is listed."""
        return Page([each for each in answer(response, "jobs")["jobs"] if each.get("isListed") is not False])

    def source_id(self, listed: dict[str, Any]) -> str:
        """The job's UUID."""
        return text(listed.get("id") or text(listed["jobUrl"]).rstrip("/").rpartition("/")[2])

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map a job."""
        pay = _salary(listed)
        low, high = words.amount(pay.get("minValue")), words.amount(pay.get("maxValue"))
        return Posting(
            source_id=self.source_id(listed),
            title=text(listed["title"]).strip(),
            url=listed.get("jobUrl"),
            places=tuple(dict.fromkeys(_place(each) for each in (listed, *many(listed.get("secondaryLocations"))))),
            description=listed.get("descriptionHtml") or listed.get("descriptionPlain") or None,
            published_on=listed.get("publishedAt"),
            contract={"Temporary": "fixed term"}.get(listed.get("employmentType") or ""),
            hours={"FullTime": "full", "PartTime": "part"}.get(listed.get("employmentType") or ""),
            remote=words.remote((listed.get("workplaceType") or "").replace("OnSite", "on site")),
            pay_min=low,
            pay_max=high,
            pay_period=words.period(pay.get("interval")) if low or high else None,
            pay_currency=pay.get("currencyCode") if low or high else None,
        )


def _salary(job: dict[str, Any]) -> dict[str, Any]:
    """The component that is a salary: not equity, not a bonus."""
    for tier in many((job.get("compensation") or {}).get("compensationTiers")):
        for each in many(tier.get("components")):
            if each.get("compensationType") == "Salary":
                return dict(each)
    return {}


def _place(stated: dict[str, Any]) -> Place:
    address = stated.get("address") or {}
    address = address.get("postalAddress", address)
    country = address.get("addressCountry") or None
    return Place(
        city=address.get("addressLocality") or stated.get("location") or None,
        state=address.get("addressRegion") or None,
        country="Deutschland" if country in ("Germany", "DE") else country,
    )
