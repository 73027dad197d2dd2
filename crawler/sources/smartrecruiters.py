"""SmartRecruiters' posting API. https://developers.smartrecruiters.com/docs/posting-api

100 adverts a page, `totalFound` is its own count. Off: the API host's robots.txt forbids it to all but one agent,
though the vendor documents the endpoint as public. Quirks: an unknown company answers 200 with nothing; `ref` is an
address of the API, not of a page. State of knowledge 2026-11.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import words
from crawler.sources.base import Page, Source, answer, identifier, text
from pipelines.items import Place, Posting

SIZE = 100
PARTS = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")


class SmartRecruiters(Source):
    """Texts stand on the adverts' own pages."""

    kind = "smartrecruiters"
    home = "https://api.smartrecruiters.com"
    links = (
        r"https?://(?:jobs|careers)\.smartrecruiters\.com/(?P<name>[\w-]+)",
        r"https?://api\.smartrecruiters\.com/v1/companies/(?P<name>[\w-]+)",
    )

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The first page."""
        yield _page(f"{self.address(board)}/v1/companies/{board.name}/postings", 0)

    def adverts(self, response: Response) -> Page:
        """One page."""
        found = answer(response, "content")
        total, offset = int(found["totalFound"]), response.meta["offset"] + SIZE
        more = bool(found["content"]) and offset < total
        return Page(found["content"], total, (_page(response.url.partition("?")[0], offset),) if more else ())

    def source_id(self, listed: dict[str, Any]) -> str:
        """The posting's number."""
        return identifier(listed["id"])

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The advert's own answer."""
        return Request(text(listed["ref"]))

    def detail_id(self, detail: dict[str, Any]) -> str | None:
        """The same number."""
        return detail.get("id")

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map a posting."""
        advert = {**listed, **(detail or {})}
        company, place = advert.get("company") or {}, advert.get("location") or {}
        sections = (advert.get("jobAd") or {}).get("sections") or {}
        told = [sections[name] for name in PARTS if (sections.get(name) or {}).get("text")]
        page = f"https://jobs.smartrecruiters.com/{company.get('identifier')}/{advert['id']}"
        kind = (advert.get("typeOfEmployment") or {}).get("label")
        country = place.get("country")
        return Posting(
            source_id=self.source_id(listed),
            title=text(advert["name"]),
            url=advert.get("postingUrl") or (page if company.get("identifier") else None),
            employer=company.get("name") or None,
            places=(
                Place(
                    city=place.get("city") or None, postal_code=place.get("postalCode") or None,
                    state=place.get("region") or None,
                    country="Deutschland" if country == "de" else (country or "").upper() or None,
                ),
            ) if place else (),
            description="\n".join(f"<h3>{each.get('title') or ''}</h3>{each['text']}" for each in told) or None,
            published_on=advert.get("releasedDate"),
            contract=words.contract(kind),
            hours=words.hours(kind),
            remote="hybrid" if place.get("hybrid") is True else "full" if place.get("remote") is True else None,
            reference=advert.get("refNumber") or None,
            industry=(advert.get("industry") or {}).get("label") or None,
        )  # fmt: skip


def _page(url: str, offset: int) -> Request:
    return Request(f"{url}?{urlencode({'limit': SIZE, 'offset': offset})}", meta={"offset": offset})
