"""Lever's postings API. https://github.com/lever/postings-api (published postings may be read by third parties)

One bare list for the whole board, no total; European customers live on api.eu.lever.co (a row's `url`). Quirks:
`createdAt` counts milliseconds and is not documented; list entries are bare <li>; the same text comes whole in
`description` and split in `opening` and `descriptionBody`. State of knowledge 2026-11.
"""

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import words
from crawler.sources.base import ContractError, Page, Source, many, read_json, text
from pipelines.items import Place, Posting


class Lever(Source):
    """The list says all."""

    kind = "lever"
    home = "https://api.lever.co"
    links = (
        r"https?://jobs\.lever\.co/(?P<name>[\w.-]+)",
        r"https?://api\.lever\.co/v0/postings/(?P<name>[\w.-]+)",
    )

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The whole board."""
        yield Request(f"{self.address(board)}/v0/postings/{board.name}?mode=json")

    def adverts(self, response: Response) -> Page:
        """Every posting."""
        found = read_json(response)
        if not isinstance(found, list):
            raise ContractError("a list of postings expected")
        return Page(found)

    def source_id(self, listed: dict[str, Any]) -> str:
        """The posting's UUID."""
        return text(listed["id"])

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map a posting."""
        categories = listed.get("categories") or {}
        places = many(categories.get("allLocations")) or many(categories.get("location"))
        pay = listed.get("salaryRange") or {}
        low, high = words.amount(pay.get("min")), words.amount(pay.get("max"))
        return Posting(
            source_id=self.source_id(listed),
            title=text(listed["text"]),
            url=listed.get("hostedUrl"),
            places=tuple(Place(city=each, country=_country(listed)) for each in dict.fromkeys(places) if each),
            description="\n".join(_parts(listed)) or None,
            published_on=str(listed["createdAt"]) if listed.get("createdAt") else None,
            contract=words.contract(categories.get("commitment")),
            hours=words.hours(categories.get("commitment")),
            remote=words.remote(listed.get("workplaceType")),
            pay_min=low,
            pay_max=high,
            pay_period=words.period(pay.get("interval")) if low or high else None,
            pay_currency=pay.get("currency") if low or high else None,
        )


def _country(posting: dict[str, Any]) -> str | None:
    return "Deutschland" if posting.get("country") == "DE" else posting.get("country") or None


def _parts(posting: dict[str, Any]) -> Iterator[str]:
    parts = (*many(posting.get("lists")), posting.get("additional"), posting.get("salaryDescription"))
    for part in (posting.get("description"), *parts):
        if isinstance(part, dict):
            yield f"<h3>{part.get('text') or ''}</h3><ul>{part.get('content') or ''}</ul>"
        elif isinstance(part, str) and part:
            yield part
