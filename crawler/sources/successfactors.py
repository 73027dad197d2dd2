"""SAP SuccessFactors' career sites, on the employer's own host. https://help.sap.com/docs/successfactors-recruiting

Four surfaces; a board has one, and a row's `url` may name it: the RSS (`/sitemal.xml`, sic, or `/googlefeed.xml`: whole
board, with texts), the tiles (`/tile-search-results/`, 25 each), the newer sites' `/services/recruiting/v1/jobs` (POST,
10 each, `totalJobs`, one locale at a time). Asked in this order until one answers as such: a feed that is switched off
may answer 200 with a page. Quirks: RSS titles end in "(City, State, CC)"; dates like 6/18/26 may mean two days and are
not read; the advert's page holds microdata, not JSON-LD. State of knowledge 2026-11.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import job_posting
from crawler.sources.base import Page, Source, answer, identifier, text, tree, xml
from pipelines.items import Posting

FEEDS, TILES, JOBS = ("/sitemal.xml", "/googlefeed.xml"), "/tile-search-results/", "/services/recruiting/v1/jobs"
QUERY = "?q=&sortColumn=referencedate&sortDirection=desc&startrow="
LOCALES = ("de_DE", "en_US")


class SuccessFactors(Source):
    """The RSS says all; for the others texts and dates stand on the adverts' own pages."""

    kind = "successfactors"
    home = "https://{name}"
    marks = (TILES, "jobs2web", "rmkcdn.successfactors.com", JOBS)

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The surface that the row names, else the RSS."""
        base = self.address(board)
        named = next((each for each in (*FEEDS, TILES.rstrip("/"), JOBS) if base.endswith(each)), FEEDS[0])
        yield from _surface(base.removesuffix(named), named)

    def adverts(self, response: Response) -> Page:
        """The adverts of one answer of one surface."""
        if response.url.endswith(JOBS):
            found = answer(response, "jobSearchResult")
            total, page, locale = int(found["totalJobs"]), response.meta["page"] + 1, response.meta["locale"]
            base = response.url.removesuffix(JOBS)
            adverts = [{"base": base, "locale": locale, **each["response"]} for each in found["jobSearchResult"]]
            more = bool(adverts) and page * 10 < total
            return Page(adverts, total, (_locale(base, locale, page),) if more else ())
        if TILES in response.url:
            return self._tiles(response)
        feed = xml(response)
        return Page([tree(each) for each in feed.xpath("./channel/item")])

    def _tiles(self, response: Response) -> Page:
        tiles = Selector(text=response.text, type="html").xpath("//li[contains(@class, 'job-tile')]")
        adverts = {each["id"]: each for each in (_tile(tile, response) for tile in tiles)}
        shown, before = response.meta["shown"], response.url.partition("?")[0]
        new = [each for number, each in adverts.items() if number not in shown]
        if not tiles and not shown:  # an empty shell: a newer site
            return Page(next=tuple(_surface(before.removesuffix(TILES), JOBS)))
        start = response.meta["start"] + len(tiles)
        following = Request(f"{before}{QUERY}{start}", meta={"shown": [*shown, *adverts], "start": start})
        return Page(new, next=(following,) if new and len(tiles) >= 25 else ())

    def otherwise(self, response: Response) -> Page | None:
        """Ask the next surface."""
        base, path = response.url.partition("?")[0], urlsplit(response.url).path
        if path.endswith(FEEDS[0]):
            return Page(next=tuple(_surface(base.removesuffix(FEEDS[0]), FEEDS[1])))
        if path.endswith(FEEDS[1]):
            return Page(next=tuple(_surface(base.removesuffix(FEEDS[1]), TILES)))
        return None

    def source_id(self, listed: dict[str, Any]) -> str:
        """The requisition's number, which ends the advert's address; else what the feed calls its id."""
        if "link" not in listed:
            return identifier(listed["id"])
        found = re.search(r"/([0-9]{5,12})/?(?:\?|$)", listed["link"])
        return found[1] if found else text(listed.get("id") or listed.get("guid") or listed["link"])

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The advert's own page, where the list has no text."""
        return None if "link" in listed else Request(_address(listed))

    def read_detail(self, response: Response) -> dict[str, Any]:
        """Its microdata, or its words."""
        return job_posting.of_page(response)

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map what the list says, and the page."""
        card = {**listed, "url": _address(listed)}
        if "base" in listed:
            places = [re.sub(r"<[^<>]*>", " ", each).strip() for each in listed.get("jobLocationShort") or []]
            card |= {"title": listed["unifiedStandardTitle"], "place": next(iter(places), "")}
            card |= {"published": listed.get("unifiedStandardStart")}
        elif "link" in listed:
            place = listed.get("location") or _ending(listed)
            card |= {"title": text(listed["title"]).removesuffix(f" ({place})"), "place": place or _label(listed)}
            card |= {"employer": listed.get("employer"), "published": listed.get("pubDate")}
            card |= {"until": listed.get("expiration_date"), "text": listed.get("description")}
        return job_posting.card(card, detail, source_id=self.source_id(listed))


def _ending(item: dict[str, Any]) -> str:
    """The place in brackets that the feed adds to a title; other words in brackets are the title's own."""
    found = re.search(r" \((([^(),]+),[^()]*)\)$", text(item["title"]))
    elsewhere = f"{item['link']} {item.get('description') or ''}".casefold().replace(" ", "-")
    return found[1] if found and found[2].strip().casefold().replace(" ", "-") in elsewhere else ""


def _label(item: dict[str, Any]) -> str:
    """The place that a text begins with: <strong>Location:</strong> Luanda."""
    words = item.get("description") or ""
    found = re.search(r"(?:Location|Standort|Einsatzort|Ort):\s*(?:</\w+>)?\s*([^<&\n]{2,60})", words)
    return found[1].strip() if found else ""


def _surface(base: str, path: str) -> Iterator[Request]:
    """Yield the first request of a surface."""
    if path == JOBS:
        yield from (_locale(base, each, 0) for each in LOCALES)
    elif path.rstrip("/") == TILES.rstrip("/"):
        yield Request(f"{base}{TILES}{QUERY}0", meta={"shown": [], "start": 0})
    else:
        yield Request(base + path)


def _locale(base: str, locale: str, page: int) -> Request:
    asked = {"keywords": "", "locale": locale, "location": "", "pageNumber": page, "sortBy": "recent"}
    return Request(
        base + JOBS, method="POST", body=json.dumps(asked), headers={"Content-Type": "application/json"},
        meta={"page": page, "locale": locale}, cb_kwargs={"listing": locale},
    )  # fmt: skip


def _tile(tile: Selector, response: Response) -> dict[str, Any]:
    number = re.search(r"job-id-([0-9]+)", tile.attrib["class"])
    title = tile.xpath("string(.//a[contains(@class, 'jobTitle-link')])").get(default="")
    city = tile.xpath("string(.//*[contains(@id, '-section-city-value') or contains(@id, 'section-location-value')])")
    return {
        "id": number[1] if number else None,
        "title": " ".join(title.split()),
        "url": response.urljoin(tile.attrib.get("data-url", "")),
        "place": " ".join(city.get(default="").split()),
    }


def _address(listed: dict[str, Any]) -> str:
    if "base" in listed:
        return f"{listed['base']}/job/{html.unescape(listed['unifiedUrlTitle'])}/{listed['id']}-{listed['locale']}"
    return text(listed.get("link") or listed["url"])
