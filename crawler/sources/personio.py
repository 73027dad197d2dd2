"""Personio's XML feed. https://developer.personio.de/docs/retrieving-open-job-positions

One document for the whole board, no total, no addresses in it. Quirks: no charset in the header, it is UTF-8; an id may
stand there twice; `jobDescriptions` is empty when the text exists in another language alone (then the English feed is
asked); a salary may have one bound or none; `createdAt` is when the position was made. Employers switch the feed on
themselves: where it answers 404 or HTML, the career page is read, which carries its jobs (no texts) in the data that
React draws them from. State of knowledge 2026-11.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import job_posting, words
from crawler.sources.base import ContractError, Page, Source, identifier, many, text, tree, xml
from pipelines.items import Posting

_DRAWN = re.compile(r'self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)')


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
        if _is_feed(response):
            feed = xml(response)
            if feed.root.tag != "workzag-jobs":
                raise ContractError(f"workzag-jobs expected, found {feed.root.tag}")
            found = [tree(each) for each in feed.xpath("./position")]
        else:
            found = [{**each, "on_page": True} for each in _drawn(response.text)]
        return Page([{**each, "url": response.urljoin(f"/job/{each.get('id')}")} for each in found])

    def otherwise(self, response: Response) -> Page | None:
        """Ask for the career page where the feed is switched off."""
        is_off = response.status in (404, 410) or b"<html" in response.body[:2000].lower()
        return Page(next=(Request(response.urljoin("/?language=de")),)) if is_off and _is_feed(response) else None

    def source_id(self, listed: dict[str, Any]) -> str:
        """The position's number."""
        number = identifier(listed["id"])
        if not re.fullmatch(r"[0-9]{1,18}", number):
            raise ValueError(f"a number expected, found {number!r:.60}")
        return number

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The English feed where the German one has no text; the advert's page where there is no feed."""
        if _parts(listed):
            return None
        if listed.get("on_page"):
            return Request(f"{listed['url']}?language=de")
        return Request(listed["url"].rpartition("/job/")[0] + "/xml?language=en", meta={"wanted": listed["id"]})

    def read_detail(self, response: Response) -> dict[str, Any]:
        """The same position in the English feed, {} when it is not there; or what its page says."""
        if not _is_feed(response):
            return job_posting.of_page(response)
        found = (tree(each) for each in xml(response).xpath("./position"))
        return next((each for each in found if each.get("id") == response.meta["wanted"]), {})

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map a position; its offices are free text, and some are none: Remote, Hybrid."""
        detail = detail or {}
        offices = [*_texts(listed, "office", "main_office"), *_texts(listed, "additionalOffices", "additional_offices")]
        pay = listed.get("salaryInformation")
        pay = pay if isinstance(pay, dict) else {}
        page = detail.get("text") or detail.get("node", {}).get("description")
        node = {
            "title": text(listed["name"]),
            "hiringOrganization": listed.get("subcompany"),
            "jobLocation": [{"address": {"addressLocality": each}} for each in offices],
            "jobLocationType": [each for each in offices if words.remote(each) != "none"],  # Head Office: a mere name
            "description": _parts(listed) or _parts(detail) or page,
            "datePosted": listed.get("createdAt") or listed.get("published_at"),
            "employmentType": _texts(listed, "employmentType", "employment_type_slug", "schedule", "schedule_slug"),
            "baseSalary": {"currency": pay.get("currencyCode"), "minValue": pay.get("min"), "maxValue": pay.get("max"),
                           "unitText": pay.get("type")},
        }  # fmt: skip
        return job_posting.posting(node, source_id=self.source_id(listed), url=listed["url"])


def _is_feed(response: Response) -> bool:
    return urlsplit(response.url).path.rstrip("/").endswith("/xml")


def _drawn(page: str) -> list[dict[str, Any]]:
    """Return the jobs in the data that a career page is drawn from; raises ContractError where it has none."""
    data = "".join(json.loads(each) for each in _DRAWN.findall(page))
    start = re.search(r'"jobs":(?=\[)', data)
    if start is None:
        raise ContractError("neither a feed nor the jobs of a career page")
    jobs, _ = json.JSONDecoder().raw_decode(data, start.end())
    return [each for each in jobs if isinstance(each, dict)]


def _texts(advert: dict[str, Any], *names: str) -> list[str]:
    """Return the texts under some names: bare, in a list, or once more under one name (`office`)."""
    stated = [each for name in names for each in many(advert.get(name))]
    inner = [each for part in stated for each in (many(part.get("office")) if isinstance(part, dict) else [part])]
    return [each.strip() for each in inner if isinstance(each, str) and each.strip()]


def _parts(advert: dict[str, Any]) -> list[str]:
    stated = advert.get("jobDescriptions")
    return [
        (f"<h3>{html.escape(each['name'])}</h3>" if isinstance(each.get("name"), str) and each["name"] else "")
        + each["value"]
        for each in many(stated.get("jobDescription") if isinstance(stated, dict) else None)
        if isinstance(each, dict) and isinstance(each.get("value"), str) and each["value"]
    ]
