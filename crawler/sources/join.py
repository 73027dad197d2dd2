"""join.com's company pages: the data that a page is built from. https://join.com/companies/{name}, no open API

Five adverts a page, `pagination.total` is its own count. Off: its robots.txt and a bot check stand before the sitemap;
one company at a time, by hand, is all it may be used for. Quirks: pay in cents; the number in an advert's address is
not its id; contact persons stand in the details and are not read. State of knowledge 2026-11.
"""

import json
from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import words
from crawler.sources.base import ContractError, Page, Source, identifier, text
from pipelines.items import Place, Posting

PARTS = ("intro", "tasks", "requirements", "benefits", "outro")


class Join(Source):
    """Texts stand on the adverts' own pages."""

    kind = "join"
    home = "https://join.com/companies/{name}"
    links = (r"https?://join\.com/companies/(?P<name>[\w-]+)",)

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The first page."""
        yield Request(f"{self.address(board)}?page=1")

    def adverts(self, response: Response) -> Page:
        """One page; the company's name stands beside the adverts."""
        state = _state(response)
        jobs, pagination = state["jobs"]["items"], state["jobs"]["pagination"]
        base, page = response.url.partition("?")[0], int(pagination["page"])
        more = page < int(pagination["pageCount"])
        adverts = [{"base": base, "company": (state.get("company") or {}).get("name"), **each} for each in jobs]
        return Page(adverts, int(pagination["total"]), (Request(f"{base}?page={page + 1}"),) if more else ())

    def source_id(self, listed: dict[str, Any]) -> str:
        """The advert's number."""
        return identifier(listed["id"])

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The advert's own page."""
        return Request(f"{listed['base']}/{text(listed['idParam'])}")

    def read_detail(self, response: Response) -> dict[str, Any]:
        """The texts, in Markdown; no contact person."""
        job = _state(response)["job"]
        return {name: job.get(name) for name in ("id", "updatedAt", *PARTS)}

    def detail_id(self, detail: dict[str, Any]) -> str | None:
        """The same number."""
        return identifier(detail["id"])

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map an advert."""
        told, city = detail or {}, listed.get("city") or {}
        shown = (listed.get("settings") or {}).get("showSalary") is not False
        low, high = (
            words.amount((listed.get(name) or {}).get("amount")) if shown else None
            for name in ("salaryAmountFrom", "salaryAmountTo")
        )
        currency = (listed.get("salaryAmountFrom") or listed.get("salaryAmountTo") or {}).get("currency")
        country = city.get("countryName") or (listed.get("country") or {}).get("iso3166")
        return Posting(
            source_id=self.source_id(listed),
            title=text(listed["title"]),
            url=f"{listed['base']}/{text(listed['idParam'])}",
            employer=listed.get("company") or None,
            places=(
                Place(city=city.get("cityName"), country="Deutschland" if country in ("Germany", "DE") else country),
            ) if city.get("cityName") else (),
            description="\n\n".join(told[name] for name in PARTS if isinstance(told.get(name), str)) or None,
            published_on=listed.get("createdAt"),
            modified_at=told.get("updatedAt"),
            hours=words.hours((listed.get("employmentType") or {}).get("name")),
            remote=words.remote((listed.get("workplaceType") or "").replace("ONSITE", "on site")),
            pay_min=low and low / 100,
            pay_max=high and high / 100,
            pay_period=words.period(listed.get("salaryFrequency")) if low or high else None,
            pay_currency=currency if low or high else None,
        )  # fmt: skip


def _state(response: Response) -> dict[str, Any]:
    data = response.xpath("//script[@id='__NEXT_DATA__']/text()").get()
    if not data:
        raise ContractError("the page holds no __NEXT_DATA__")
    return dict(json.loads(data)["props"]["pageProps"]["initialState"])
