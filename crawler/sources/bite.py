"""B-ITE's jobs API, at home in the public sector. https://www.b-ite.com (jobs.b-ite.com/api/v1/postings/search)

A career page loads a script of the customer's (a row's `url`); it holds a key of 40 hex digits, with which the list is
asked: POST, 100 adverts a page, `page.total` is its own count. The advert's own answer holds text and pay. Quirks: keys
under `custom` differ from customer to customer; more than eight requests at a time are answered 429. State of knowledge
2026-11.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import job_posting
from crawler.sources.base import ContractError, Page, Source, answer, identifier, many
from pipelines.items import Posting

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
        found = answer(response, "jobPostings")
        offset, total = response.meta["offset"] + len(found["jobPostings"]), int(found["page"]["total"])
        more = bool(found["jobPostings"]) and offset < total
        return Page(found["jobPostings"], total, (_page(response.meta["key"], offset),) if more else ())

    def source_id(self, listed: dict[str, Any]) -> str:
        """The 40 to 42 hex digits of the posting."""
        found = re.search(r"/jobposting/([0-9a-f]{40,42})\b", listed.get("url") or "")
        return found[1] if found else identifier(listed.get("hash") or listed["id"])

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The advert's own answer."""
        return Request(f"{API}/jobposting/{self.source_id(listed)}/json?locale=de&contentRendered=true")

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map an advert."""
        told = {**listed, **{key: value for key, value in (detail or {}).items() if value}}
        address, pay, custom, content = (
            told[name] if isinstance(told.get(name), dict) else {}
            for name in ("address", "baseSalary", "custom", "content")
        )
        words_of, created = content.get("html"), told.get("createdOn") or told.get("createdAt")
        begun = (told.get(name) for name in ("activatedOn", "activatedAt", "startsOn", "startAt"))
        terms = (told.get("employmentType"), custom.get("umfang"), custom.get("befristung"))
        town = {"addressLocality": address.get("city"), "postalCode": address.get("postCode")}
        node = {  # B-ITE's names are nearly schema.org's
            "title": told["title"],
            "employmentType": [word for each in terms for word in many(each)],
            "description": words_of.get("rendered") if isinstance(words_of, dict) else words_of,
            "hiringOrganization": told.get("employer"), "identifier": told.get("identification"),
            "jobLocation": {"address": {**town, "addressCountry": address.get("country")}, "geo": address},
            "datePosted": next(filter(None, begun), created), "validThrough": told.get("endsOn") or told.get("endAt"),
            "dateModified": told.get("modifiedOn") or told.get("modifiedAt"),
            "baseSalary": {**pay, "unitText": pay.get("unitText") or "month"},
        }  # fmt: skip
        found = job_posting.posting(node, source_id=self.source_id(listed), url=listed.get("url"))
        return replace(found, first_published_on=str(created) if created else None)


def _page(key: str, offset: int) -> Request:
    asked = {"key": key, "channel": 0, "locale": "de", "page": {"num": SIZE, "offset": offset}}
    return Request(
        f"{API}/api/v1/postings/search", method="POST", body=json.dumps(asked),
        headers={"Content-Type": "application/json"}, meta={"key": key, "offset": offset},
    )  # fmt: skip
