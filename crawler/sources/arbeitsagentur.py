"""The federal employment agency's job search: search v6, details v4 (there is no official documentation; see
https://github.com/bundesAPI/jobsuche-api, whose v4 search died in August 2026). State of knowledge 2026-11.

Quirks: titles in lists are cut at 100 characters; `ergebnisliste` is absent, not empty, where nothing is left;
page * size may not pass 10,000; a listed advert's detail may answer 404 and the advert still be good; a 403 may be
a passing whim of the gateway, so it is asked once more; contact data stand behind a captcha and are never asked for.
"""

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources.base import ContractError, Page, Source, read_json, text
from pipelines import titles
from pipelines.items import Place, Posting

API = "https://rest.arbeitsagentur.de/jobboerse/jobsuche-service"
HEADERS = {"X-API-Key": "jobboerse-jobsuche", "Accept": "application/json"}  # a public client id, not a secret
SIZE, CAP, TITLE_CUT = 100, 10_000, 100
RADII = (10, 25, 50, 100, 150, 200)  # km; the circles that the agency's own site offers
WORK = "1"  # angebotsart ARBEIT: neither training nor self-employment

PERIODS = {
    "JAHRESGEHALT": "year", "MONATSGEHALT": "month", "MONATSENTGELT": "month", "WOCHENLOHN": "week",
    "WOCHENENTGELT": "week", "TAGESLOHN": "day", "TAGESENTGELT": "day", "STUNDENLOHN": "hour",
}  # fmt: skip
CONTRACTS = {"UNBEFRISTET": "permanent", "BEFRISTET": "fixed term"}
PART_TIME = ("Vormittag", "Nachmittag", "Abend", "Flexibel")
FULLY_REMOTE = ("VOLLSTAENDIG", "AUSSCHLIESSLICH")


class Arbeitsagentur(Source):
    """One list for each phrase of the role; the same advert may stand in several."""

    kind = "arbeitsagentur"
    searches_by_place = True
    made_by_search = True

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """Ask for each phrase of the role in the smallest circle offered that holds the search's."""
        circle = next(radius for radius in RADII if radius >= search.radius_km)
        for phrase in titles.role(search.role).phrases:
            query = {
                "was": phrase, "wo": search.place, "umkreis": circle, "angebotsart": WORK, "size": SIZE, "page": 1,
            }  # fmt: skip
            yield self._request(f"{API}/pc/v6/jobs?{urlencode(query, quote_via=quote)}", cb_kwargs={"listing": phrase})

    def adverts(self, response: Response) -> Page:
        """Read one page; the total is the query's own."""
        answer = read_json(response)
        if not isinstance(answer, dict) or not str(answer.get("maxErgebnisse")).isdecimal():
            raise ContractError("maxErgebnisse is missing")
        total = int(answer["maxErgebnisse"])
        url, number = _page_of(response.url)
        found = answer.get("ergebnisliste", [])
        if not isinstance(found, list) or (not found and total and number == 1):
            raise ContractError(f"ergebnisliste is missing, though {total} adverts are stated")
        is_last = number * SIZE >= total or not found  # past the end there is no list, whatever the total says
        capped = not is_last and (number + 1) * SIZE > CAP
        following = () if is_last or capped else (self._request(f"{url}&page={number + 1}"),)
        return Page(found, total, following, capped)

    def source_id(self, listed: dict[str, Any]) -> str:
        """The reference number, for instance 10001-1003443040-S."""
        return text(listed["referenznummer"])

    def detail(self, listed: dict[str, Any]) -> Request:
        """The advert's text and its whole title."""
        reference = quote(base64.b64encode(self.source_id(listed).encode()).decode(), safe="")
        return self._request(f"{API}/pc/v4/jobdetails/{reference}")

    def detail_id(self, detail: dict[str, Any]) -> str | None:
        """The reference number again."""
        return detail.get("referenznummer")

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map an advert; where list and detail both speak, the detail does (the list cuts its title)."""
        advert = {**listed, **(detail or {})}
        title = text(advert["stellenangebotsTitel"])
        period = PERIODS.get(advert.get("verguetungsangabe", ""))
        fixed = advert.get("festgehalt")
        agency = (advert.get("istPrivateArbeitsvermittlung"), advert.get("istArbeitnehmerUeberlassung"))
        return Posting(
            source_id=self.source_id(listed),
            title=title,
            title_is_cut=detail is None and len(title) >= TITLE_CUT,
            url="https://www.arbeitsagentur.de/jobsuche/jobdetail/" + quote(listed["referenznummer"], safe=""),
            employer=advert.get("firma"),
            employer_is_agency=any(agency) if any(each is not None for each in agency) else None,
            places=tuple(_place(each) for each in advert.get("stellenlokationen") or ()),
            distance_km=_number(listed.get("entfernung")),
            description=advert.get("stellenangebotsBeschreibung"),
            occupation=advert.get("hauptberuf"),
            published_on=(advert.get("veroeffentlichungszeitraum") or {}).get("von"),
            first_published_on=advert.get("datumErsteVeroeffentlichung"),
            starts_on=(advert.get("eintrittszeitraum") or {}).get("von"),
            modified_at=advert.get("aenderungsdatum"),
            contract=CONTRACTS.get(advert.get("vertragsdauer", "")),
            hours=_hours(advert),
            remote=_remote(advert),
            reference=advert.get("chiffrenummer"),
            pay_min=_amount(fixed if fixed is not None else advert.get("gehaltsspanneVon")) if period else None,
            pay_max=_amount(fixed if fixed is not None else advert.get("gehaltsspanneBis")) if period else None,
            pay_period=period,
            pay_currency="EUR" if period else None,
        )

    def refusal(self, status: int) -> str:
        """A search that is refused is a changed contract, never an empty list."""
        if status in (403, 404):
            return f"contract changed: the search answers HTTP {status}; the next version's path may be in force"
        return f"HTTP {status}"

    def _request(self, url: str, **kwargs: Any) -> Request:
        return Request(url, headers=HEADERS, meta={"ambiguous_403": True}, **kwargs)


def _page_of(url: str) -> tuple[str, int]:
    """Split a search URL into the part before its page number, and the number."""
    before, _, _ = url.rpartition("&page=")
    return before, int(parse_qs(urlsplit(url).query)["page"][0])


def _number(value: Any) -> float | None:
    return float(value) if value is not None else None


def _amount(value: Any) -> float | None:
    """Pay that is no number says nothing; the advert is not lost for it."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _place(stated: dict[str, Any]) -> Place:
    address = stated.get("adresse") or {}
    return Place(
        city=address.get("ort"),
        postal_code=address.get("plz"),
        state=_name(address.get("region")),
        country=_name(address.get("land")),
        lat=_number(stated.get("breite")),
        lon=_number(stated.get("laenge")),
    )


def _name(enum: str | None) -> str | None:
    """Write the agency's capitals as a name: NORDRHEIN_WESTFALEN is Nordrhein-Westfalen."""
    if enum is None:
        return None
    name = (
        enum.replace("UE", "Ü")
        if enum in ("BADEN_WUERTTEMBERG", "THUERINGEN")
        else enum.replace("OESTERREICH", "ÖSTERREICH")
    )
    return "-".join(part.capitalize() for part in name.split("_"))


def _hours(advert: dict[str, Any]) -> str | None:
    """All false is common for partners' adverts and says nothing."""
    full = advert.get("arbeitszeitVollzeit") is True
    part = any(advert.get(f"arbeitszeitTeilzeit{each}") is True for each in PART_TIME)
    return {(True, False): "full", (False, True): "part", (True, True): "full or part"}.get((full, part))


def _remote(advert: dict[str, Any]) -> str | None:
    if advert.get("homeofficemoeglich") is not True:
        return "none" if advert.get("homeofficemoeglich") is False else None
    return "full" if advert.get("homeofficetyp") in FULLY_REMOTE else "hybrid"
