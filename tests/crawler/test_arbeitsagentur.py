"""The federal employment agency's answers, written by us in the recorded shape, and what we make of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from scrapy.http import TextResponse

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources.arbeitsagentur import Arbeitsagentur
from crawler.sources.base import ContractError, Page
from pipelines import titles
from pipelines.items import Place, Posting
from tests.sources_on_loopback import corpus_folder, recorded_adverts

SOURCE = Arbeitsagentur()
BOARD = Board("arbeitsagentur", "dortmund_itleiter")
SEARCH_URL = (
    "https://rest.arbeitsagentur.de/jobboerse/jobsuche-service/pc/v6/jobs"
    "?was=IT-Leiter&wo=Dortmund&umkreis=50&angebotsart=1&size=100&page="
)
LISTED: dict[str, Any] = {
    "stellenangebotsart": "ARBEIT",
    "stellenangebotsTitel": "IT-Leiter (m/w/d)",
    "eintrittszeitraum": {"von": "2027-01-01"},
    "verguetungsangabe": "KEINE_ANGABEN",
    "vertragsdauer": "UNBEFRISTET",
    "arbeitszeitVollzeit": True,
    "arbeitszeitTeilzeitFlexibel": False,
    "stellenlokationen": [
        {
            "adresse": {
                "strasse": "Ostwall", "plz": "44135", "ort": "Dortmund", "region": "NORDRHEIN_WESTFALEN",
                "land": "DEUTSCHLAND",
            },
            "breite": 51.5149,
            "laenge": 7.466,
        }
    ],
    "homeofficemoeglich": True,
    "homeofficetyp": "NACH_VEREINBARUNG",
    "veroeffentlichungszeitraum": {"von": "2026-11-20"},
    "datumErsteVeroeffentlichung": "2026-10-01",
    "aenderungsdatum": "2026-11-21T07:57:38.033",
    "hauptberuf": "Leiter/in - IT",
    "firma": "Muster GmbH",
    "referenznummer": "10001-1003443040-S",
    "entfernung": 3,
    "chiffrenummer": "MU-2026-17",
}  # fmt: skip


def answer(content: Any, page: int = 1) -> TextResponse:
    """One answer of the search."""
    return TextResponse(f"{SEARCH_URL}{page}", body=json.dumps(content).encode(), encoding="utf-8")


def page_of(total: Any, adverts: int | None, number: int = 1) -> Page:
    """Read page `number` of a list that states `total` and shows so many adverts (None: the list is absent)."""
    content: dict[str, Any] = {"maxErgebnisse": total, "page": number, "size": 100}
    if adverts is not None:
        content["ergebnisliste"] = [LISTED] * adverts
    return SOURCE.adverts(answer(content, number))


def posting(detail: dict[str, Any] | None = None, **listed: Any) -> Posting:
    """Map an advert; None leaves a key out."""
    return SOURCE.posting({key: value for key, value in (LISTED | listed).items() if value is not None}, detail)


# ---------------------------------------------------------------- asking


def test_first_requests_ask_for_every_phrase_of_the_role_once() -> None:
    requests = list(SOURCE.start(BOARD, Search("it-leiter", "Dortmund")))

    assert requests[0].url == SEARCH_URL + "1"
    assert [each.cb_kwargs["listing"] for each in requests] == list(titles.role("it-leiter").phrases)
    assert [parse_qs(urlsplit(each.url).query)["was"] for each in requests] == [
        [phrase] for phrase in titles.role("it-leiter").phrases
    ]


def test_every_request_shows_the_public_client_id() -> None:
    requests = [
        *SOURCE.start(BOARD, Search("it-leiter", "Dortmund")),
        SOURCE.detail({"referenznummer": "10001-1003443040-S"}),
    ]

    assert {each.headers["X-API-Key"] for each in requests} == {b"jobboerse-jobsuche"}
    assert {each.headers["Accept"] for each in requests} == {b"application/json"}
    assert {urlsplit(each.url).netloc for each in requests} == {"rest.arbeitsagentur.de"}
    assert {each.method for each in requests} == {"GET"}


@pytest.mark.parametrize(
    ("radius_km", "circle"),
    [(1, "10"), (10, "10"), (10.5, "25"), (50, "50"), (51, "100"), (200, "200")],
    ids=["1", "10", "10.5", "50", "51", "200"],
)
def test_smallest_circle_on_offer_that_holds_the_search_is_asked_for(radius_km: float, circle: str) -> None:
    first = next(iter(SOURCE.start(BOARD, Search("it-leiter", "Dortmund", radius_km))))

    assert parse_qs(urlsplit(first.url).query)["umkreis"] == [circle]


def test_town_with_umlauts_and_spaces_is_encoded() -> None:
    first = next(iter(SOURCE.start(BOARD, Search("it-leiter", "Bad Sülze"))))

    assert "&wo=Bad%20S%C3%BClze&" in first.url


@pytest.mark.parametrize(
    ("source_id", "path"),
    [
        ("10001-1003443040-S", "MTAwMDEtMTAwMzQ0MzA0MC1T"),
        ("13635-f2892967_JB5215351-S", "MTM2MzUtZjI4OTI5NjdfSkI1MjE1MzUxLVM%3D"),
        ("17296-0007817:01-S", "MTcyOTYtMDAwNzgxNzowMS1T"),
        ("13319-816659/1_544997LS-S", "MTMzMTktODE2NjU5LzFfNTQ0OTk3TFMtUw%3D%3D"),
        ("13398-k12330.26411-S", "MTMzOTgtazEyMzMwLjI2NDExLVM%3D"),
        ("ü?>", "w7w%2FPg%3D%3D"),
    ],
    ids=["plain", "underscore", "colon", "slash", "dot", "a slash in base64"],
)
def test_detail_is_addressed_by_the_number_in_base64(source_id: str, path: str) -> None:
    assert SOURCE.detail({"referenznummer": source_id}).url == (
        f"https://rest.arbeitsagentur.de/jobboerse/jobsuche-service/pc/v4/jobdetails/{path}"
    )


# ---------------------------------------------------------------- lists


def test_page_gives_its_adverts_and_the_total_of_the_query() -> None:
    page = page_of(250, 100)

    assert (page.adverts, page.total, page.capped) == ([LISTED] * 100, 250, False)


def test_pages_follow_each_other_to_the_stated_total() -> None:
    pages = [page_of(250, 100, 1), page_of(250, 100, 2), page_of(250, 50, 3)]

    assert [[each.url for each in page.next] for page in pages] == [[SEARCH_URL + "2"], [SEARCH_URL + "3"], []]


@pytest.mark.parametrize(
    ("total", "number", "following"),
    [(100, 1, None), (101, 1, "2"), (200, 2, None), (1, 1, None)],
    ids=["one full page", "one more", "two full pages", "one advert"],
)
def test_last_page_is_told_by_the_total(total: int, number: int, following: str | None) -> None:
    page = page_of(total, min(total, 100), number)

    assert [each.url for each in page.next] == ([SEARCH_URL + following] if following else [])


def test_short_page_in_the_middle_does_not_end_the_list() -> None:
    assert [each.url for each in page_of(250, 60, 1).next] == [SEARCH_URL + "2"]


def test_search_without_a_match_has_no_list() -> None:
    assert page_of(0, None) == Page([], 0, (), capped=False)


def test_absent_list_past_the_end_ends_the_list() -> None:
    assert page_of(250, None, 4) == Page([], 250, (), capped=False)
    assert page_of(250, None, 2) == Page([], 250, (), capped=False)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"maxErgebnisse": 250}, "ergebnisliste is missing, though 250 adverts are stated"),
        ({"maxErgebnisse": 250, "ergebnisliste": []}, "ergebnisliste is missing"),
        ({"maxErgebnisse": 250, "ergebnisliste": {"a": 1}}, "ergebnisliste is missing"),
        ({"ergebnisliste": [LISTED]}, "maxErgebnisse is missing"),
        ({"maxErgebnisse": None, "ergebnisliste": [LISTED]}, "maxErgebnisse is missing"),
        ({"maxErgebnisse": -1}, "maxErgebnisse is missing"),
        ({"maxErgebnisse": True}, "maxErgebnisse is missing"),
        ({"maxErgebnisse": "viele"}, "maxErgebnisse is missing"),
        ([LISTED], "maxErgebnisse is missing"),
        ("Wartung", "maxErgebnisse is missing"),
        (None, "maxErgebnisse is missing"),
        ({"stellenangebote": [], "maxErgebnisse": 250}, "ergebnisliste is missing"),
    ],
    ids=[
        "no list on page 1", "empty list on page 1", "list is no list", "no total", "total is null", "negative total",
        "total is true", "total is a word", "a bare list", "a text", "null", "the names of v4",
    ],
)  # fmt: skip
def test_answer_in_another_form_is_a_changed_contract(content: Any, words: str) -> None:
    with pytest.raises(ContractError, match=words):
        SOURCE.adverts(answer(content))


def test_answer_that_is_no_json_is_the_engines_to_report() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        SOURCE.adverts(TextResponse(SEARCH_URL + "1", body=b"<html>Wartung</html>"))


def test_total_as_text_is_read() -> None:
    assert page_of("250", 100).total == 250


@pytest.mark.parametrize(
    ("total", "number", "capped"),
    [(12_000, 99, False), (12_000, 100, True), (10_000, 100, False), (10_001, 100, True)],
    ids=["page 99", "page 100 of 120", "exactly 10,000", "one more than 10,000"],
)
def test_ten_thousand_adverts_are_all_that_the_source_shows(total: int, number: int, capped: bool) -> None:
    page = page_of(total, 100, number)

    assert page.capped == capped
    assert (page.next == ()) == (number == 100)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "contract changed: the search answers HTTP 403"),
        (404, "contract changed: the search answers HTTP 404"),
        (503, "HTTP 503"),
    ],
    ids=str,
)
def test_refusal(status: int, words: str) -> None:
    assert SOURCE.refusal(status).startswith(words)


# ---------------------------------------------------------------- mapping


def test_listed_advert_is_mapped_field_by_field() -> None:
    assert posting() == Posting(
        source_id="10001-1003443040-S",
        title="IT-Leiter (m/w/d)",
        url="https://www.arbeitsagentur.de/jobsuche/jobdetail/10001-1003443040-S",
        employer="Muster GmbH",
        places=(
            Place(
                city="Dortmund", postal_code="44135", state="Nordrhein-Westfalen", country="Deutschland", lat=51.5149,
                lon=7.466,
            ),
        ),
        distance_km=3.0,
        occupation="Leiter/in - IT",
        published_on="2026-11-20",
        first_published_on="2026-10-01",
        starts_on="2027-01-01",
        modified_at="2026-11-21T07:57:38.033",
        contract="permanent",
        hours="full",
        remote="hybrid",
        reference="MU-2026-17",
    )  # fmt: skip


def test_advert_with_the_least_is_mapped() -> None:
    assert SOURCE.posting({"referenznummer": "1-S", "stellenangebotsTitel": "CIO"}, None) == Posting(
        source_id="1-S", title="CIO", url="https://www.arbeitsagentur.de/jobsuche/jobdetail/1-S"
    )


@pytest.mark.parametrize(
    "listed",
    [
        {"stellenangebotsTitel": "CIO"},
        {"referenznummer": "1-S"},
        {"referenznummer": "", "stellenangebotsTitel": "CIO"},
        {"referenznummer": "1-S", "stellenangebotsTitel": "  "},
        {"referenznummer": 1, "stellenangebotsTitel": "CIO"},
        {"referenznummer": "1-S", "stellenangebotsTitel": None},
        {"referenznummer": "1-S", "stellenangebotsTitel": "CIO", "firma": {"name": "Werk"}},
        {"referenznummer": "1-S", "stellenangebotsTitel": "CIO", "stellenlokationen": [{"breite": "nördlich"}]},
        "CIO",
        None,
    ],
    ids=["no id", "no title", "blank id", "blank title", "id is a number", "title is null", "employer", "place", "text",
         "null"],
)  # fmt: skip
def test_advert_without_what_is_required_is_refused(listed: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        SOURCE.posting(listed, None)


def test_detail_brings_the_text_and_the_whole_title() -> None:
    whole = "Leiter der Abteilung Informationstechnik " * 4
    found = posting(
        {"stellenangebotsTitel": whole, "stellenangebotsBeschreibung": "Sie führen."}, stellenangebotsTitel=whole[:100]
    )

    assert (found.title, found.title_is_cut, found.description) == (whole, False, "Sie führen.")


@pytest.mark.parametrize(
    ("title", "cut"),
    [("x" * 100, True), ("x" * 99, False), ("x" * 101, True)],
    ids=["100 characters", "99 characters", "more"],
)
def test_title_of_a_hundred_characters_is_known_to_be_cut(title: str, cut: bool) -> None:
    assert posting(stellenangebotsTitel=title).title_is_cut == cut


@pytest.mark.parametrize(
    ("flags", "agency"),
    [
        ({}, None),
        ({"istPrivateArbeitsvermittlung": False, "istArbeitnehmerUeberlassung": False}, False),
        ({"istPrivateArbeitsvermittlung": True, "istArbeitnehmerUeberlassung": False}, True),
        ({"istArbeitnehmerUeberlassung": True}, True),
    ],
    ids=["not said", "employer", "recruiter", "temp work"],
)
def test_agency_or_employer(flags: dict[str, bool], agency: bool | None) -> None:
    assert posting(flags).employer_is_agency is agency


@pytest.mark.parametrize(
    ("stated", "pay"),
    [
        ({}, (None, None, None, None)),
        ({"verguetungsangabe": "KEINE_ANGABEN", "festgehalt": 5}, (None, None, None, None)),
        (
            {"verguetungsangabe": "JAHRESGEHALT", "gehaltsspanneVon": 60772.4, "gehaltsspanneBis": 87110},
            (60772.4, 87110.0, "year", "EUR"),
        ),
        ({"verguetungsangabe": "MONATSGEHALT", "festgehalt": 6500}, (6500.0, 6500.0, "month", "EUR")),
        ({"verguetungsangabe": "MONATSENTGELT", "festgehalt": 6500}, (6500.0, 6500.0, "month", "EUR")),
        ({"verguetungsangabe": "STUNDENLOHN", "gehaltsspanneVon": 30.32}, (30.32, None, "hour", "EUR")),
        ({"verguetungsangabe": "TAGESLOHN", "festgehalt": 400}, (400.0, 400.0, "day", "EUR")),
        ({"verguetungsangabe": "WOCHENENTGELT", "festgehalt": 900}, (900.0, 900.0, "week", "EUR")),
        ({"verguetungsangabe": "JAHRESGEHALT"}, (None, None, "year", "EUR")),
        ({"verguetungsangabe": "AUSBILDUNGSVERGUETUNG_NACH_JAHREN", "festgehalt": 1}, (None, None, None, None)),
    ],
    ids=["absent", "none stated", "range", "month", "month, older name", "hour, from", "day", "week", "period alone",
         "training"],
)  # fmt: skip
def test_pay(stated: dict[str, Any], pay: tuple[float | None, float | None, str | None, str | None]) -> None:
    found = posting(**{"verguetungsangabe": None} | stated)

    assert (found.pay_min, found.pay_max, found.pay_period, found.pay_currency) == pay


@pytest.mark.parametrize(
    ("full", "part", "hours"),
    [
        (True, False, "full"),
        (False, True, "part"),
        (True, True, "full or part"),
        (False, False, None),
        (None, None, None),
        ("true", None, None),
    ],
    ids=["full", "part", "both", "all false says nothing", "absent", "a word"],
)
def test_hours(full: Any, part: Any, hours: str | None) -> None:
    assert posting(arbeitszeitVollzeit=full, arbeitszeitTeilzeitFlexibel=part).hours == hours


@pytest.mark.parametrize("kind", ["Vormittag", "Nachmittag", "Abend", "Flexibel"])
def test_each_kind_of_part_time_is_part_time(kind: str) -> None:
    stated: dict[str, Any] = {"arbeitszeitVollzeit": False, f"arbeitszeitTeilzeit{kind}": True}

    assert posting(**stated).hours == "part"


@pytest.mark.parametrize(
    ("possible", "how", "remote"),
    [
        (None, None, None),
        (False, None, "none"),
        (True, None, "hybrid"),
        (True, "NACH_VEREINBARUNG", "hybrid"),
        (True, "VOLLSTAENDIG", "full"),
        (True, "AUSSCHLIESSLICH", "full"),
    ],
    ids=["absent", "no", "yes", "by agreement", "full", "full, other name"],
)
def test_home_office(possible: bool | None, how: str | None, remote: str | None) -> None:
    assert posting(homeofficemoeglich=possible, homeofficetyp=how).remote == remote


@pytest.mark.parametrize(
    ("term", "contract"),
    [("UNBEFRISTET", "permanent"), ("BEFRISTET", "fixed term"), ("KEINE_ANGABE", None), (None, None)],
    ids=str,
)
def test_contract(term: str | None, contract: str | None) -> None:
    assert posting(vertragsdauer=term).contract == contract


def test_several_places_are_all_kept() -> None:
    stated = [{"adresse": {"ort": town}} for town in ("Dortmund", "Unna", "Hamm")]

    assert posting(stellenlokationen=stated).places == (Place(city="Dortmund"), Place(city="Unna"), Place(city="Hamm"))


@pytest.mark.parametrize(
    ("stated", "place"),
    [
        ({}, Place()),
        ({"adresse": {}}, Place()),
        ({"adresse": {"land": "DEUTSCHLAND"}}, Place(country="Deutschland")),
        ({"adresse": {"plz": "44135"}, "breite": 51.5}, Place(postal_code="44135", lat=51.5)),
        ({"adresse": {"region": "BADEN_WUERTTEMBERG"}}, Place(state="Baden-Württemberg")),
        ({"adresse": {"region": "THUERINGEN"}}, Place(state="Thüringen")),
        ({"adresse": {"region": "MECKLENBURG_VORPOMMERN"}}, Place(state="Mecklenburg-Vorpommern")),
    ],
    ids=["nothing", "empty address", "country alone", "no town", "umlaut", "another umlaut", "two words"],
)
def test_address_with_parts_missing(stated: dict[str, Any], place: Place) -> None:
    assert posting(stellenlokationen=[stated]).places == (place,)


def test_number_with_a_slash_makes_one_page_address() -> None:
    assert posting(referenznummer="13319-816659/1_544997LS-S").url == (
        "https://www.arbeitsagentur.de/jobsuche/jobdetail/13319-816659%2F1_544997LS-S"
    )


def test_outside_address_is_not_taken_for_the_page() -> None:
    assert posting(externeURL="javascript:alert(1)").url == (
        "https://www.arbeitsagentur.de/jobsuche/jobdetail/10001-1003443040-S"
    )


# ---------------------------------------------------------------- recorded answers


def recorded(*names: str) -> list[Path]:
    """Return the recorded files; skips the test where there are none."""
    found = sorted(path for name in names for path in corpus_folder().glob(name))
    if not found:
        pytest.skip(f"no recorded answers in {corpus_folder()}: set STELLWERK_CORPUS")
    return found


def listed_adverts(paths: list[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        yield from SOURCE.adverts(answer(json.loads(path.read_text(encoding="utf-8")))).adverts


def test_every_recorded_list_is_read_and_each_of_its_adverts_mapped() -> None:
    adverts = list(listed_adverts(recorded("ba/v6/*.json")))

    assert len(adverts) > 40
    assert len([SOURCE.posting(each, None) for each in adverts]) == len(adverts)


def test_every_recorded_detail_is_mapped_with_its_text() -> None:
    (path,) = recorded("ba/details_v4.jsonl")
    postings = [SOURCE.posting(each, each) for each in recorded_adverts(path)]

    assert len(postings) == 852
    assert [each.source_id for each in postings if not each.description] == []
