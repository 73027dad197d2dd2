"""Workday's career sites (CXS). https://{tenant}.wd3.myworkdayjobs.com/wday/cxs/{tenant}/{site}/jobs, not documented

POST, 20 adverts a page; the first page alone states the total, which never exceeds 2,000. Quirks: past the end pages
begin anew; `locationsText` may be "3 Locations"; `postedOn` says "Posted 5 Days Ago" in the site's language and is left
out, for it changes each day; a detail that is gone may answer 422. A row's name is tenant/site, its url the site's.
State of knowledge 2026-11.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import words
from crawler.sources.base import ContractError, Page, Source, answer, many, text
from pipelines.items import Place, Posting

SIZE, CAP = 20, 2_000


class Workday(Source):
    """Texts, places and dates stand on the adverts' own pages."""

    kind = "workday"
    links = (
        r"(?P<url>https?://(?P<tenant>[\w-]+)\.wd[0-9]+\.myworkdayjobs\.com/(?:[a-z]{2}-[A-Z]{2}/)?(?P<name>(?!wday/)[\w-]+))",
    )

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The first page of the whole board."""
        parts = urlsplit(board.url)
        site = re.sub(r"^/[a-z]{2}-[A-Z]{2}(?=/)", "", parts.path).strip("/")
        tenant = parts.netloc.partition(".")[0]
        yield _page(f"{parts.scheme}://{parts.netloc}/wday/cxs/{tenant}/{site}/jobs", 0, None)

    def adverts(self, response: Response) -> Page:
        """One page; the total is carried on from the first."""
        found = answer(response, "jobPostings")
        offset, total = response.meta["offset"], response.meta["total"]
        total = int(found["total"]) if total is None else total
        base = response.url.removesuffix("/jobs")
        adverts = [
            {"base": base, **{key: each[key] for key in each if key != "postedOn"}} for each in found["jobPostings"]
        ]
        more = offset + SIZE < total and bool(adverts)
        return Page(adverts, total, (_page(response.url, offset + SIZE, total),) if more else (), capped=total >= CAP)

    def source_id(self, listed: dict[str, Any]) -> str:
        """The requisition, which ends the advert's path."""
        return text(text(listed["externalPath"]).rpartition("/")[2].rpartition("_")[2])

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The advert's own page."""
        return Request(listed["base"] + text(listed["externalPath"]), headers={"Accept": "application/json"})

    def read_detail(self, response: Response) -> dict[str, Any]:
        """What is told of the posting."""
        found = super().read_detail(response).get("jobPostingInfo")
        if not isinstance(found, dict):
            raise ContractError("jobPostingInfo is missing")
        return found

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map an advert."""
        told = detail or {}
        places = (
            [told.get("location"), *many(told.get("additionalLocations"))] if told else [listed.get("locationsText")]
        )
        country = told.get("country")
        country = country.get("descriptor") if isinstance(country, dict) else None
        country = "Deutschland" if country in ("Germany", "Deutschland") else country
        site = listed["base"].replace("/wday/cxs/" + urlsplit(listed["base"]).netloc.partition(".")[0], "")
        return Posting(
            source_id=self.source_id(listed),
            title=text(told.get("title") or listed["title"]),
            url=told.get("externalUrl") or site + listed["externalPath"],
            places=tuple(
                Place(city=each, country=country if number == 0 else None)
                for number, each in enumerate(dict.fromkeys(places))
                if isinstance(each, str) and each and not re.fullmatch(r"[0-9]+ \w+", each)
            ),
            description=told.get("jobDescription") or None,
            published_on=told.get("startDate"),
            apply_by=told.get("endDate"),
            contract=words.contract(told.get("timeType")),
            hours=words.hours(told.get("timeType")),
            remote=words.remote(told.get("remoteType")),
            reference=told.get("jobReqId") or next(iter(many(listed.get("bulletFields"))), None),
        )


def _page(url: str, offset: int, total: int | None) -> Request:
    asked = {"appliedFacets": {}, "limit": SIZE, "offset": offset, "searchText": ""}
    return Request(
        url, method="POST", body=json.dumps(asked), meta={"offset": offset, "total": total},
        headers={"Content-Type": "application/json", "Accept": "application/json"},
    )  # fmt: skip
