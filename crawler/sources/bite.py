"""B-ITE's jobs API, at home in the public sector. https://www.b-ite.com (jobs.b-ite.com/api/v1/postings/search)

A career page loads a script of the customer's (a row's `url`); it holds a key of 40 hex digits, with which the list is
asked: POST, 100 adverts a page, `page.total` is its own count. The advert's own answer holds text and pay. Quirks: keys
under `custom` differ from customer to customer; more than eight requests at a time are answered 429. State of knowledge
2026-11.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import words
from crawler.sources.base import ContractError, Page, Source, answer, text
from pipelines.items import Place, Posting

API, SIZE = "https://jobs.b-ite.com", 100


class Bite(Source):
    """Texts and pay stand in the adverts' own answers."""

    kind = "bite"
    links = (
        r"(?P<url>https?://cs-assets\.b-ite\.com/(?P<name>[\w-]+)/jobs-api/[\w-]+\.(?:min\.)?js)",
        r"data-bite-jobs-api-listing=[\"'](?P<name>[\w-]+:[\w-]+)",
    )

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The customer's script; a row named customer:listing has its address in the name."""
        customer, _, listing = board.name.partition(":")
        yield Request(board.url or f"https://cs-assets.b-ite.com/{customer}/jobs-api/{listing}.min.js")

    def adverts(self, response: Response) -> Page:
        """The script, which leads to the list, or a page of the list."""
        if "key" not in response.meta:
            key = re.search(r"[\"']([0-9a-f]{40})[\"']", response.text)
            if not key:
                raise ContractError("no key of 40 hex digits in the script")
            return Page(next=(_page(key[1], 0),))
        found, offset = answer(response, "jobPostings"), response.meta["offset"] + SIZE
        total = int(found["page"]["total"])
        more = bool(found["jobPostings"]) and offset < total
        return Page(found["jobPostings"], total, (_page(response.meta["key"], offset),) if more else ())

    def source_id(self, listed: dict[str, Any]) -> str:
        """The 40 hex digits of the posting."""
        found = re.search(r"/jobposting/([0-9a-f]{40})", listed.get("url") or "")
        return found[1] if found else text(listed.get("hash") or listed["id"])

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The advert's own answer."""
        return Request(f"{API}/jobposting/{self.source_id(listed)}/json?locale=de&contentRendered=true")

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map an advert."""
        told = {**listed, **{key: value for key, value in (detail or {}).items() if value}}
        address, pay, custom = (told.get(name) or {} for name in ("address", "baseSalary", "custom"))
        low, high = words.amount(pay.get("minValue")), words.amount(pay.get("maxValue"))
        country = address.get("country")
        return Posting(
            source_id=self.source_id(listed),
            title=text(told["title"]),
            url=listed.get("url"),
            employer=(told.get("employer") or {}).get("name") or None,
            places=(
                Place(
                    city=address.get("city") or None, postal_code=address.get("postCode") or None,
                    country="Deutschland" if country in ("de", "DE") else country or None,
                    lat=address.get("latitude"), lon=address.get("longitude"),
                ),
            ) if address.get("city") or address.get("postCode") else (),
            description=((told.get("content") or {}).get("html") or {}).get("rendered") or None,
            published_on=next(filter(None, map(told.get, ("activatedOn", "startsOn", "createdOn", "createdAt"))), None),
            first_published_on=told.get("createdOn") or told.get("createdAt"),
            apply_by=told.get("endsOn") or None,
            modified_at=told.get("modifiedOn"),
            contract=words.contract(told.get("employmentType"), custom.get("befristung")),
            hours=words.hours(told.get("employmentType"), custom.get("umfang")),
            reference=told.get("identification") or None,
            pay_min=low,
            pay_max=high,
            pay_period=words.period(pay.get("unitText") or "month") if low or high else None,
            pay_currency=pay.get("currency") if low or high else None,
        )  # fmt: skip


def _page(key: str, offset: int) -> Request:
    asked = {"key": key, "channel": 0, "locale": "de", "page": {"num": SIZE, "offset": offset}}
    return Request(
        f"{API}/api/v1/postings/search", method="POST", body=json.dumps(asked),
        headers={"Content-Type": "application/json"}, meta={"key": key, "offset": offset},
    )  # fmt: skip
