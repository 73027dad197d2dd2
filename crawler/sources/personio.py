"""Personio's XML feed. https://developer.personio.de/docs/retrieving-open-job-positions

One document for the whole board, no total, no address in it. Quirks: no charset in the header, it is UTF-8; an id may
stand there twice; `jobDescriptions` is empty when the text exists in another language alone (then the English feed is
asked); a salary may have one bound or none; the feed is opt-in, so 404 means switched off, never empty.
State of knowledge 2026-11.
"""

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import words
from crawler.sources.base import ContractError, Page, Source, identifier, many, text, tree, xml
from pipelines.items import Place, Posting


class Personio(Source):
    """German first; English only for a wanted advert that has no German text."""

    kind = "personio"
    home = "https://{name}.jobs.personio.de"
    links = (r"https?://(?P<name>[\w-]+)\.jobs\.personio\.(?:de|com)",)

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The whole board."""
        yield Request(f"{self.address(board)}/xml?language=de")

    def adverts(self, response: Response) -> Page:
        """Every position, with the address of its page, which the feed leaves out."""
        feed = xml(response)
        if feed.root.tag != "workzag-jobs":
            raise ContractError(f"workzag-jobs expected, found {feed.root.tag}")
        return Page(
            [
                {"url": response.urljoin(f"/job/{each.get('id')}"), **each}
                for each in map(tree, feed.xpath("./position"))
            ]
        )

    def source_id(self, listed: dict[str, Any]) -> str:
        """The position's number."""
        return str(int(identifier(listed["id"])))

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The English feed, where the German one has no text."""
        if _parts(listed):
            return None
        return Request(listed["url"].rpartition("/job/")[0] + "/xml?language=en", meta={"wanted": listed["id"]})

    def read_detail(self, response: Response) -> dict[str, Any]:
        """The same position in the English feed; {} when it is not there."""
        found = (tree(each) for each in xml(response).xpath("./position"))
        return next((each for each in found if each.get("id") == response.meta["wanted"]), {})

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map a position; its office is free text."""
        offices = [listed.get("office"), *_texts(listed.get("additionalOffices"))]
        pay = listed.get("salaryInformation")
        pay = pay if isinstance(pay, dict) else {}
        low, high = words.amount(pay.get("min")), words.amount(pay.get("max"))
        return Posting(
            source_id=self.source_id(listed),
            title=text(listed["name"]),
            url=listed["url"],
            employer=listed.get("subcompany") or None,
            places=tuple(Place(city=each) for each in dict.fromkeys(offices) if isinstance(each, str) and each),
            description="\n".join(_parts(listed) or _parts(detail or {})) or None,
            published_on=listed.get("createdAt") or None,
            contract=words.contract(listed.get("employmentType")),
            hours=words.hours(listed.get("schedule")),
            remote=words.remote(*(each for each in offices if each and words.remote(each) == "full")),
            pay_min=low,
            pay_max=high,
            pay_period=words.period(pay.get("type")) if low or high else None,
            pay_currency=(pay.get("currencyCode") or None) if low or high else None,
        )


def _texts(value: Any) -> list[str]:
    """The texts in a value: bare, or under one name, once or several times."""
    inner = [each for part in value.values() for each in many(part)] if isinstance(value, dict) else many(value)
    return [each for each in inner if isinstance(each, str) and each]


def _parts(advert: dict[str, Any]) -> list[str]:
    stated = advert.get("jobDescriptions")
    parts = many(stated.get("jobDescription")) if isinstance(stated, dict) else []
    return [
        (f"<h3>{each['name']}</h3>" if each.get("name") else "") + each["value"]
        for each in parts
        if isinstance(each, dict) and each.get("value")
    ]
