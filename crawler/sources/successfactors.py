"""SAP SuccessFactors' career sites, on the employer's own host. https://help.sap.com/docs/successfactors-recruiting

Four surfaces; a board has one, and a row's `url` may name it: the RSS (`/sitemal.xml`, sic, or `/googlefeed.xml`: whole
board, with texts), the tiles (`/tile-search-results/`, mostly 25 each), the newer sites' `/services/recruiting/v1/jobs`
(POST, 10 each, `totalJobs`, one locale at a time: those that `/search/` offers, German first, then English). Asked in
this order until one answers as such: a feed that is switched off may answer 200 with a page. Quirks: RSS titles end in
"(City, State, CC)"; 6/18/26 is read where the locale says that the month stands first; the advert's page holds
microdata, not JSON-LD. State of knowledge 2026-11.
"""

import dataclasses
import html
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import job_posting
from crawler.sources.base import ContractError, Page, Source, answer, identifier, many, text, tree, xml
from pipelines.items import Place, Posting

FEEDS, TILES = ("/sitemal.xml", "/googlefeed.xml"), "/tile-search-results/"
SEARCH, JOBS = "/search/", "/services/recruiting/v1/jobs"
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
            return self._jobs(response)
        if response.url.endswith(SEARCH):
            offered = {*re.findall(r"[?&;]locale=((?:de|en)_[A-Z]{2})\b", response.text)}
            first = sorted(offered, key=lambda each: (each != "de_DE", each[:2] != "de", each != "en_US", each))
            return Page(next=(_locale(response.url.removesuffix(SEARCH), _state(first or [*LOCALES])),))
        if TILES in response.url:
            return self._tiles(response)
        feed = xml(response)
        if not feed.xpath("self::rss/channel"):
            raise ContractError(f"an RSS feed expected, found {feed.root.tag}")
        return Page([tree(each) for each in feed.xpath("./channel/item")])

    def _jobs(self, response: Response) -> Page:
        """One locale after the other; an advert in two of them is taken, and counted, in the first."""
        found, state = answer(response, "jobSearchResult"), response.meta["state"]
        base = response.url.removesuffix(JOBS)
        stated, records = int(found["totalJobs"]), [_record(each) for each in found["jobSearchResult"]]
        new = [
            {**each, "base": base, "locale": state["locales"][0]}
            for each in records
            if each.get("id") is None or each["id"] not in state["earlier"]
        ]
        state = {**state, "page": state["page"] + 1, "here": [*state["here"], *(each.get("id") for each in new)]}
        state["again"] += len(records) - len(new)
        total, later = state["before"] + stated - state["again"], state["locales"][1:]
        if not records or state["page"] * 10 >= stated:
            if not later:
                return Page(new, total)
            state = _state(later, [*state["earlier"], *state["here"]], total)
        return Page(new, total, (_locale(base, state),))

    def _tiles(self, response: Response) -> Page:
        tiles = Selector(text=response.text, type="html").xpath("//li[contains(@class, 'job-id-')]")
        adverts = {each["id"]: each for each in (_tile(tile, response) for tile in tiles)}
        shown, before = response.meta["shown"], response.url.partition("?")[0]
        new = [each for number, each in adverts.items() if number not in shown]
        if not tiles and not shown:  # an empty shell: a newer site
            return Page(next=(*_surface(before.removesuffix(TILES), JOBS),))
        start = response.meta["start"] + len(tiles)
        following = Request(f"{before}{QUERY}{start}", meta={"shown": [*shown, *adverts], "start": start})
        return Page(new, next=(following,) if new else ())

    def otherwise(self, response: Response) -> Page | None:
        """Ask the next surface."""
        base, path = response.url.partition("?")[0], urlsplit(response.url).path
        if path.endswith(FEEDS[0]):
            return Page(next=tuple(_surface(base.removesuffix(FEEDS[0]), FEEDS[1])))
        if path.endswith(FEEDS[1]):
            return Page(next=tuple(_surface(base.removesuffix(FEEDS[1]), TILES)))
        if path.endswith(SEARCH):
            return Page(next=(_locale(base.removesuffix(SEARCH), _state([*LOCALES])),))
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
            places = [
                " ".join(re.sub(r"<[^<>]*>", " ", each).split()) for each in _texts(listed.get("jobLocationShort"))
            ]
            card |= {"title": listed["unifiedStandardTitle"], "published": _day(listed)}
        elif "link" in listed:
            places = _texts(listed.get("location")) or _texts(_ending(listed))
            card |= {"title": text(listed["title"]).removesuffix(f" ({places[0]})" if places else "")}
            places = places or _texts(_label(listed))
            card |= {"employer": listed.get("employer"), "published": listed.get("pubDate")}
            card |= {"until": listed.get("expiration_date"), "text": listed.get("description")}
        else:
            places = _texts(listed["place"])
        found = job_posting.card({**card, "place": next(iter(places), "")}, detail, source_id=self.source_id(listed))
        if len(places) > 1 and not found.places:  # a place's words are read one by one, wherever they stand
            return dataclasses.replace(found, place=None, places=tuple(Place(city=each) for each in places))
        return found


def _texts(stated: Any) -> list[str]:
    return [each.strip() for each in many(stated) if isinstance(each, str) and each.strip()]


def _record(stated: Any) -> dict[str, Any]:
    """Return a record of the newer sites' list; one of another form stays for itself, without an id."""
    inner = stated.get("response") if isinstance(stated, dict) else None
    return inner if isinstance(inner, dict) else {"odd": stated}


def _day(listed: dict[str, Any]) -> str | None:
    """Return the day of a record as its locale writes it: 20.11.23, or 6/18/26 with the month first in America."""
    stated = listed.get("unifiedStandardStart")
    found = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{2})", stated) if isinstance(stated, str) else None
    return f"20{found[3]}-{found[1]:0>2}-{found[2]:0>2}" if found and listed["locale"] == "en_US" else stated


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
        yield Request(base + SEARCH)
    elif path.rstrip("/") == TILES.rstrip("/"):
        yield Request(f"{base}{TILES}{QUERY}0", meta={"shown": [], "start": 0})
    else:
        yield Request(base + path)


def _state(locales: list[str], earlier: Sequence[Any] = (), before: int = 0) -> dict[str, Any]:
    """Return what is known before the first of the locales is read: the ids, and the number, of those before it."""
    return {"locales": locales, "page": 0, "earlier": [*earlier], "here": [], "before": before, "again": 0}


def _locale(base: str, state: dict[str, Any]) -> Request:
    asked = {
        "keywords": "", "locale": state["locales"][0], "location": "", "pageNumber": state["page"], "sortBy": "recent",
    }  # fmt: skip
    return Request(
        base + JOBS, method="POST", body=json.dumps(asked), headers={"Content-Type": "application/json"},
        meta={"state": state},
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
        title = html.unescape(str(listed.get("unifiedUrlTitle") or listed.get("urlTitle") or "job"))  # for the eye only
        title = re.sub(r"[?#/\s]+", "-", title)
        return f"{listed['base']}/job/{title}/{identifier(listed['id'])}-{listed['locale']}"
    return text(listed.get("link") or listed["url"])
