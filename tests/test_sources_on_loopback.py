"""The sources on loopback keep to the recorded protocol: whatever else is tested against them rests on that."""

from __future__ import annotations

import base64
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

import pytest

from tests.adverts import agency_advert, many, place, small_world
from tests.sources_on_loopback import (
    AgencyServer,
    Answer,
    Request,
    changed,
    corpus_folder,
    detail_of,
    dripping,
    empty_body,
    half_body,
    hang_up,
    html,
    page_again,
    recorded_adverts,
    redirect,
    renamed,
    slow,
    status,
    wrong_total,
)

SEARCH = "/jobboerse/jobsuche-service/pc/v6/jobs"
DETAIL = "/jobboerse/jobsuche-service/pc/v4/jobdetails/"
KEY = {"X-API-Key": "jobboerse-jobsuche"}


class Got(NamedTuple):
    """An answer as the client sees it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def get(server: AgencyServer, path: str, *, headers: dict[str, str] = KEY, **query: Any) -> Got:
    connection = http.client.HTTPConnection(urlsplit(server.origin).netloc, timeout=10)
    try:
        connection.request("GET", f"{path}?{urlencode(query)}" if query else path, headers=headers)
        answer = connection.getresponse()
        return Got(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def search(server: AgencyServer, **query: Any) -> Any:
    answer = get(server, SEARCH, **query)
    assert answer.status == 200, answer
    return answer.json


def detail(server: AgencyServer, refnr: str) -> Got:
    return get(server, DETAIL + quote(base64.b64encode(refnr.encode()).decode(), safe=""))


def numbers(answer: Any) -> list[str]:
    return [entry["referenznummer"] for entry in answer.get("ergebnisliste", ())]


# One advert, written out, and what has to come of it -----------------------------------------------------------------

ADVERT = {
    "stellenangebotsart": "ARBEIT",
    "stellenangebotsTitel": "IT-Leiter (m/w/d)",
    "stellenangebotsBeschreibung": "Wir suchen eine IT-Leitung.\n**Aufgaben** & mehr",
    "vertragsdauer": "UNBEFRISTET",
    "verguetungsangabe": "JAHRESGEHALT",
    "artDerVerguetung": "GEHALTSSPANNE",
    "gehaltsspanneVon": 65000.5,
    "gehaltsspanneBis": 80000,
    "stellenlokationen": [
        {
            "adresse": {"plz": "44787", "ort": "Bochum", "region": "NORDRHEIN_WESTFALEN", "land": "DEUTSCHLAND"},
            "breite": 51.4817,
            "laenge": 7.2165,
        }
    ],
    "veroeffentlichungszeitraum": {"von": "2026-11-20"},
    "datumErsteVeroeffentlichung": "2026-10-01",
    "aenderungsdatum": "2026-11-20T07:57:38.033",
    "istBetreut": False,
    "allianzpartnerName": "partner.example.org",
    "hauptberuf": "Leiter/in - IT",
    "alternativBeruf1": "IT-Manager/in",
    "firma": "Brückmann Fördertechnik GmbH",
    "referenznummer": "13319-816659/1_5:4.7LS-S",
    "_note": "never sent",
}
LISTED = {
    "stellenangebotsart": "ARBEIT",
    "stellenangebotsTitel": "IT-Leiter (m/w/d)",
    "vertragsdauer": "UNBEFRISTET",
    "verguetungsangabe": "JAHRESGEHALT",
    "artDerVerguetung": "GEHALTSSPANNE",
    "gehaltsspanneVon": 65000.5,
    "gehaltsspanneBis": 80000,
    "stellenlokationen": ADVERT["stellenlokationen"],
    "veroeffentlichungszeitraum": {"von": "2026-11-20"},
    "datumErsteVeroeffentlichung": "2026-10-01",
    "aenderungsdatum": "2026-11-20T07:57:38.033",
    "hauptberuf": "Leiter/in - IT",
    "alternativBeruf1": "IT-Manager/in",
    "firma": "Brückmann Fördertechnik GmbH",
    "referenznummer": "13319-816659/1_5:4.7LS-S",
    "alleBerufe": ["IT-Manager/in", "Leiter/in - IT"],
}
DORTMUND = {
    "bereinigterOrt": "Dortmund",
    "suchmodus": "UMKREISSUCHE",
    "koordinaten": [{"lat": 51.5149, "lon": 7.466}],
}


def test_a_search_around_a_place() -> None:
    with AgencyServer([ADVERT]) as server:
        answer = get(server, SEARCH, was="IT-Leiter", wo="Dortmund", umkreis=25, page=1, size=50)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == {
        "ergebnisliste": [{**LISTED, "entfernung": 18}],
        "maxErgebnisse": 1,
        "page": 1,
        "size": 50,
        "woOutput": DORTMUND,
        "facetten": {
            "arbeitsort": {"counts": {"Bochum": 1}, "maxCount": 1},
            "arbeitgeber": {"counts": {"Brückmann Fördertechnik GmbH": 1}, "maxCount": 1},
            "beruf": {"counts": {"Leiter/in - IT": 1}, "maxCount": 1},
            "angebotsart": {"counts": {"1": 1}, "maxCount": 1},
            "zeitarbeit": {"counts": {"false": 1}, "maxCount": 1},
        },
    }


def test_without_a_place_the_whole_country_and_no_distance() -> None:
    with AgencyServer([ADVERT]) as server:
        answer = search(server, was="leiter", facetten="false")
    assert answer == {
        "ergebnisliste": [LISTED],
        "maxErgebnisse": 1,
        "page": 1,
        "size": 25,
        "woOutput": {"bereinigterOrt": "Deutschland", "suchmodus": "LANDSUCHE"},
    }


def test_no_match_leaves_list_and_facets_out() -> None:
    with AgencyServer([ADVERT]) as server:
        answer = search(server, was="Zauberer", wo="Dortmund", umkreis=25)
    assert answer == {"maxErgebnisse": 0, "page": 1, "size": 25, "woOutput": DORTMUND}


def test_past_the_end_leaves_the_list_out() -> None:
    with AgencyServer([ADVERT]) as server:
        answer = search(server, was="IT", page=2, size=100)
        last = search(server, was="IT", page=100, size=100)
    assert "ergebnisliste" not in answer
    assert answer["maxErgebnisse"] == 1
    assert last["page"] == 100


@pytest.mark.parametrize(
    ("refnr", "encoded"),
    [
        ("13319-816659/1_5:4.7LS-S", "MTMzMTktODE2NjU5LzFfNTo0LjdMUy1T"),
        ("10001-12-S", "MTAwMDEtMTItUw=="),
        ("10001-12-S", "MTAwMDEtMTItUw"),
        ("10001-12-S", "MTAwMDEtMTItUw%3D%3D"),
    ],
)
def test_detail(refnr: str, encoded: str) -> None:
    advert = {**ADVERT, "referenznummer": refnr}
    with AgencyServer([advert]) as server:
        answer = get(server, DETAIL + encoded)
        asked = server.details_asked
    assert answer.status == 200
    assert answer.json == {key: value for key, value in advert.items() if key != "_note"}
    assert asked == [refnr]


@pytest.mark.parametrize("encoded", ["MTAwMDAtMS1T", "", "%%%", "w4Q"])
def test_missing_detail(encoded: str) -> None:
    with AgencyServer([ADVERT]) as server:
        answer = get(server, DETAIL + encoded)
    assert answer.status == 404
    assert answer.json == {"messages": [{"code": "STELLENANGEBOT_NICHT_GEFUNDEN"}]}


def test_listed_but_its_detail_is_missing() -> None:
    with AgencyServer([{**ADVERT, "_detail_missing": True}]) as server:
        assert numbers(search(server, was="IT")) == ["13319-816659/1_5:4.7LS-S"]
        assert detail(server, "13319-816659/1_5:4.7LS-S").status == 404


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "c003a37f"}])
@pytest.mark.parametrize("path", [SEARCH, DETAIL + "MTMzMTktODE2NjU5LzFfNTo0LjdMUy1T"])
def test_without_the_key_403_and_nothing(headers: dict[str, str], path: str) -> None:
    with AgencyServer([ADVERT]) as server:
        answer = get(server, path, headers=headers)
    assert (answer.status, answer.body) == (403, b"")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/robots.txt", 404),
        ("/jobboerse/jobsuche-service/pc/v4/jobs", 403),
        ("/jobboerse/jobsuche-service/pc/v4/app/jobs", 403),
        ("/jobboerse/jobsuche-service/pc/v5/jobs", 403),
        ("/jobboerse/jobsuche-service/pc/v3/jobdetails/MTAwMDAtMS1T", 404),
        ("/jobboerse/jobsuche-service/pc/v6/jobdetails/MTAwMDAtMS1T", 403),
        ("/", 403),
    ],
)
def test_what_is_not_there(path: str, code: int) -> None:
    with AgencyServer([ADVERT]) as server:
        answer = get(server, path)
    assert (answer.status, answer.body) == (code, b"")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"was": ""}, "was"),
        ({"wo": ""}, "wo"),
        ({"page": 0}, "page"),
        ({"page": -1}, "page"),
        ({"page": "eins"}, "page"),
        ({"size": 101}, "size"),
        ({"size": "viele"}, "size"),
        ({"page": 101, "size": 100}, "page"),
        ({"page": 401, "size": 25}, "page"),
        ({"wo": "Dortmund", "umkreis": "weit"}, "umkreis"),
    ],
)
def test_refused_parameters(query: dict[str, Any], parameter: str) -> None:
    with AgencyServer([ADVERT]) as server:
        answer = get(server, SEARCH, **query)
    assert answer.status == 400
    [message] = answer.json["messages"]
    assert (message["code"], message["path"]) == ("EINGABEPARAMETER_FEHLERHAFT", parameter)


# Finding --------------------------------------------------------------------------------------------------------------


def test_the_list_cuts_titles_at_100_characters() -> None:
    title = "L" * 95 + " der IT (m/w/d)"
    with AgencyServer([agency_advert("10000-1-S", title, "Muster GmbH", "Dortmund")]) as server:
        [entry] = search(server, was="der IT")["ergebnisliste"]
        assert entry["stellenangebotsTitel"] == "L" * 95 + " der "
        assert "stellenangebotsBeschreibung" not in entry
        assert detail(server, "10000-1-S").json["stellenangebotsTitel"] == title


@pytest.mark.parametrize(
    ("was", "found"),
    [
        ("IT-Leiter", 1),
        ("leiter it", 1),
        ("manager", 1),  # an alternative occupation
        ("Leiter/in", 1),  # the main occupation
        ("IT-Leiterin", 0),
        ("Brückmann", 0),  # the employer is not searched
        ("Aufgaben", 0),  # nor is the text
    ],
)
def test_every_word_must_stand_in_title_or_occupations(was: str, found: int) -> None:
    with AgencyServer([ADVERT]) as server:
        assert search(server, was=was)["maxErgebnisse"] == found


@pytest.mark.parametrize(
    ("places", "umkreis", "distance"),
    [
        ([place("Köln")], 50, None),
        ([place("Köln")], 100, 74),
        ([place("Berlin"), place("Dortmund"), place("Hamburg")], 25, 0),
        ([place("Witten", coordinates=False)], 25, 11),
        ([place("Essen")], 25, None),
        ([place("Essen")], 50, 32),
    ],
)
def test_radius_and_distance(places: list[dict[str, Any]], umkreis: int, distance: int | None) -> None:
    with AgencyServer([{**ADVERT, "stellenlokationen": places}]) as server:
        answer = search(server, was="IT", wo="dortmund", umkreis=umkreis)
    assert [entry["entfernung"] for entry in answer.get("ergebnisliste", ())] == (
        [] if distance is None else [distance]
    )


@pytest.mark.parametrize(
    ("since", "found"),
    [("0", 1), ("1", 2), ("7", 3), ("14", 3), ("28", 4), ("3", 5), ("100", 5), ("", 5)],
)
def test_published_since_knows_five_values_and_ignores_others(since: str, found: int) -> None:
    days = ("2026-11-24", "2026-11-23", "2026-11-17", "2026-10-27", "2025-01-01")
    adverts = [
        {**ADVERT, "referenznummer": f"10000-{day}-S", "veroeffentlichungszeitraum": {"von": day}} for day in days
    ]
    with AgencyServer(adverts, today=date(2026, 11, 24)) as server:
        assert search(server, veroeffentlichtseit=since)["maxErgebnisse"] == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["10000-1-S", "10000-2-S", "10000-3-S"]),
        ({"angebotsart": "1"}, ["10000-1-S", "10000-3-S"]),
        ({"angebotsart": "1;4"}, ["10000-1-S", "10000-2-S", "10000-3-S"]),
        ({"angebotsart": "99"}, []),
        ({"zeitarbeit": "true"}, ["10000-3-S"]),
        ({"zeitarbeit": "false"}, ["10000-1-S", "10000-2-S"]),
        ({"pav": "true"}, ["10000-1-S"]),
        ({"befristung": "1"}, ["10000-2-S"]),
        ({"arbeitgeber": "Muster GmbH"}, ["10000-1-S", "10000-2-S", "10000-3-S"]),
        ({"arbeitgeber": "muster gmbh"}, []),
        ({"beruf": "Leiter/in - IT"}, ["10000-1-S", "10000-2-S", "10000-3-S"]),
    ],
)
def test_filters(query: dict[str, str], found: list[str]) -> None:
    study = {"stellenangebotsart": "AUSBILDUNG"}
    adverts = [
        agency_advert("10000-1-S", "A", "Muster GmbH", "Bonn", istPrivateArbeitsvermittlung=True, vertragsdauer=None),
        agency_advert("10000-2-S", "B", "Muster GmbH", "Bonn", vertragsdauer="BEFRISTET", **study),
        agency_advert("10000-3-S", "C", "Muster GmbH", "Bonn", istArbeitnehmerUeberlassung=True, vertragsdauer=None),
    ]  # fmt: skip
    with AgencyServer(adverts) as server:
        assert sorted(numbers(search(server, **query))) == found


def test_pages_hold_every_advert_once_in_an_order_that_stays() -> None:
    with AgencyServer(small_world()) as server:
        first = [numbers(search(server, wo="Dortmund", umkreis=50, page=page, size=7)) for page in range(1, 10)]
        total = search(server, wo="Dortmund", umkreis=50)["maxErgebnisse"]
    with AgencyServer(reversed(small_world())) as server:
        again = [numbers(search(server, wo="Dortmund", umkreis=50, page=page, size=7)) for page in range(1, 10)]
    assert total == 58
    match = {advert["referenznummer"]: advert["_match"] for advert in small_world()}
    assert sum(match[number] == "exact" for page in first for number in page) == 24
    assert [len(page) for page in first] == [7] * 8 + [2]
    assert len({number for page in first for number in page}) == 58
    assert first == again


# The record -----------------------------------------------------------------------------------------------------------


def test_requests_are_recorded() -> None:
    with AgencyServer([ADVERT]) as server:
        get(server, SEARCH, headers={**KEY, "Host": "rest.arbeitsagentur.de"}, was="Leiter IT", wo="Köln")
        [request] = server.requests
        assert server.origins == f'{{"https://rest.arbeitsagentur.de": "{server.origin}"}}'
        server.forget_requests()
        assert server.requests == []
    assert (request.method, request.path, request.status) == ("GET", SEARCH, 200)
    assert request.target == SEARCH + "?was=Leiter+IT&wo=K%C3%B6ln"
    assert request.query == {"was": "Leiter IT", "wo": "Köln"}
    assert request.host == "rest.arbeitsagentur.de"
    assert request.headers["x-api-key"] == "jobboerse-jobsuche"
    assert request.in_flight == 1
    assert request.finished is not None
    assert request.started <= request.finished


def test_requests_at_the_same_time_are_noticed() -> None:
    with AgencyServer([ADVERT], latency=0.2) as server:
        threads = [threading.Thread(target=search, args=(server,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.most_in_flight == 3
        assert [request.in_flight for request in server.requests] == [1, 2, 3]


def test_requests_one_after_another_are_one_at_a_time() -> None:
    with AgencyServer([ADVERT]) as server:
        for _ in range(20):
            search(server)
        assert server.most_in_flight == 1


def test_one_connection_carries_many_requests() -> None:
    with AgencyServer([ADVERT]) as server:
        connection = http.client.HTTPConnection(urlsplit(server.origin).netloc, timeout=10)
        connection.connect()
        first = connection.sock
        for _ in range(3):
            connection.request("GET", SEARCH, headers=KEY)
            connection.getresponse().read()
            assert connection.sock is first
        connection.close()


# Faults ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "code", "headers", "body"),
    [
        (503, 503, {}, b""),
        (status(429, retry_after=7), 429, {"retry-after": "7"}, b""),
        (status(404, body=b"weg"), 404, {}, b"weg"),
        (redirect("http://127.0.0.1:9/"), 302, {"location": "http://127.0.0.1:9/"}, b""),
        (empty_body(), 200, {"content-type": "application/json", "content-length": "0"}, b""),
    ],
)
def test_answers_put_in_place(answer: Answer | int, code: int, headers: dict[str, str], body: bytes) -> None:
    with AgencyServer([ADVERT]) as server:
        server.fault(SEARCH, answer)
        got = get(server, SEARCH)
    assert (got.status, got.body) == (code, body)
    assert headers.items() <= got.headers.items()


def test_html_in_place_of_json() -> None:
    with AgencyServer([ADVERT]) as server:
        server.fault(SEARCH, html())
        got = get(server, SEARCH)
    assert (got.status, got.headers["content-type"]) == (200, "text/html;charset=utf-8")
    assert got.body.startswith(b"<!DOCTYPE html>")


def test_renamed_keys_wrong_totals_and_other_changes() -> None:
    with AgencyServer([ADVERT]) as server:
        server.fault("page=1", renamed("ergebnisliste", "treffer"))
        server.fault("page=2", renamed("referenznummer", "refnr"))
        server.fault("page=3", wrong_total(999))
        server.fault("page=4", wrong_total(None))
        server.fault("page=5", changed(lambda answer: {**answer, "page": "V"}))
        server.fault(lambda request: "page" not in request.query, renamed("referenznummer", "refnr"))
        assert search(server, page=1)["treffer"] == [LISTED]
        assert search(server)["ergebnisliste"][0]["refnr"] == "13319-816659/1_5:4.7LS-S"
        assert search(server, page=3)["maxErgebnisse"] == 999
        assert "maxErgebnisse" not in search(server, page=4)
        assert search(server, page=5)["page"] == "V"


def test_the_same_page_again_and_again() -> None:
    with AgencyServer(small_world()) as server:
        server.fault(SEARCH, page_again())
        assert search(server, page=3, size=5) == search(server, page=1, size=5)
        assert server.requests[0].query["page"] == "3"


def test_half_a_body_with_its_length_is_noticed_by_the_client() -> None:
    with AgencyServer([ADVERT]) as server:
        whole = get(server, SEARCH).body
        server.fault(SEARCH, half_body(with_length=True))
        with pytest.raises(http.client.IncompleteRead) as caught:
            get(server, SEARCH)
    assert caught.value.partial == whole[: len(whole) // 2]


def test_half_a_body_without_its_length_is_not() -> None:
    with AgencyServer([ADVERT]) as server:
        whole = get(server, SEARCH).body
        server.fault(SEARCH, half_body(with_length=False))
        got = get(server, SEARCH)
    assert got.status == 200
    assert "content-length" not in got.headers
    assert got.body == whole[: len(whole) // 2]


def test_slow_dripping_and_no_answer() -> None:
    with AgencyServer([ADVERT]) as server:
        server.fault("page=1", slow(0.3))
        server.fault("page=2", dripping(0.3))
        server.fault("page=3", hang_up())
        for page in (1, 2):
            before = time.monotonic()
            assert search(server, page=page)["maxErgebnisse"] == 1
            assert time.monotonic() - before >= 0.3
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            get(server, SEARCH, page=3)
        assert search(server, page=4)["maxErgebnisse"] == 1


def test_a_fault_ends_after_its_times_and_touches_only_what_matches() -> None:
    with AgencyServer([ADVERT]) as server:
        fault = server.fault("/v6/jobs?page=2", 503, times=2)
        codes = [get(server, SEARCH, page=page).status for page in (1, 2, 20, 2, 2)]
        assert codes == [200, 503, 200, 503, 200]
        assert fault.served == 2
        server.fault(detail_of("13319-816659/1_5:4.7LS-S"), 403)
        assert detail(server, "13319-816659/1_5:4.7LS-S").status == 403
        assert detail(server, "10000-1-S").status == 404
        server.forget_faults()
        assert detail(server, "13319-816659/1_5:4.7LS-S").status == 200


def test_our_own_mistakes_are_raised_where_the_server_stops() -> None:
    def broken(_request: Request) -> bool:
        message = "a test is wrong"
        raise ValueError(message)

    server = AgencyServer([ADVERT])
    server.__enter__()
    server.fault(broken, 503)
    assert get(server, SEARCH).status == 500
    with pytest.raises(ValueError, match="a test is wrong"):
        server.__exit__(None, None, None)


# Nights, beginning and end --------------------------------------------------------------------------------------------


def test_another_night_other_adverts() -> None:
    with AgencyServer([ADVERT]) as server:
        assert search(server, was="IT")["maxErgebnisse"] == 1
        server.replace([{**ADVERT, "referenznummer": "10000-2-S"}, {**ADVERT, "referenznummer": "10000-3-S"}])
        assert sorted(numbers(search(server, was="IT"))) == ["10000-2-S", "10000-3-S"]
        assert detail(server, "13319-816659/1_5:4.7LS-S").status == 404
        assert len(server.adverts) == 2
        server.replace([])
        assert search(server, was="IT")["maxErgebnisse"] == 0


def test_after_the_end_nobody_listens_and_nothing_is_left() -> None:
    before = threading.active_count()
    with AgencyServer([ADVERT]) as server:
        host, port = urlsplit(server.origin).hostname, urlsplit(server.origin).port
        assert host == "127.0.0.1"
        assert port is not None
        server.fault(SEARCH, slow(60))
        waiting = socket.create_connection((host, port))
        waiting.sendall(f"GET {SEARCH} HTTP/1.1\r\nHost: x\r\nX-API-Key: jobboerse-jobsuche\r\n\r\n".encode())
        while not server.requests:
            time.sleep(0.01)
        idle = socket.create_connection((host, port))
    assert threading.active_count() == before
    assert server.requests[0].status is None
    for client in (waiting, idle):
        client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port))
    with AgencyServer([ADVERT], port=port) as again:
        assert search(again)["maxErgebnisse"] == 1


def test_what_is_no_http_gets_400() -> None:
    with AgencyServer([]) as server:
        host, port = urlsplit(server.origin).hostname, urlsplit(server.origin).port
        with socket.create_connection((host, port)) as client:
            client.sendall(b"nonsense\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 400 ")
        assert server.requests == []


def run_by_hand(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.sources_on_loopback", *arguments],
        cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_by_hand(end: signal.Signals) -> None:
    with run_by_hand() as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(7)]
        found = re.search(r"http://127\.0\.0\.1:(\d+)", lines[0])
        assert found is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=10)
        connection.request("GET", SEARCH, headers=KEY)
        assert json.load(connection.getresponse())["maxErgebnisse"] == 60
        connection.close()
        process.send_signal(end)
        rest, errors = process.communicate(timeout=10)
    assert re.fullmatch(r"  \(\. /\S+/env && \./run scrapy crawl dortmund_itleiter\)\n", lines[4])
    assert rest == "Answered 1 requests (1 x 200), at most 1 at a time.\n"
    assert (process.returncode, errors) == (0, "")


def test_by_hand_with_a_file_that_is_not_there() -> None:
    with run_by_hand("--corpus", "/nowhere/details.jsonl") as process:
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 2
    assert errors.endswith("error: no such file: /nowhere/details.jsonl\n")


# The adverts ----------------------------------------------------------------------------------------------------------


def test_small_world() -> None:
    world = small_world()
    by_number = {advert["referenznummer"]: advert for advert in world}
    assert len(by_number) == len(world) == 60
    assert [advert["_match"] for advert in world].count("exact") == 26
    assert {len(a["stellenangebotsBeschreibung"]) // 1000 for a in world} <= {1, 2, 3}
    long_title = by_number["10000-2000000005-S"]["stellenangebotsTitel"]
    assert "Leiter der IT-Abteilung" in long_title
    assert "IT" not in long_title[:100]
    for advert in world:
        addresses = re.findall(r"\S+@\S+", advert["stellenangebotsBeschreibung"])
        assert all(address.rstrip(".").endswith(".example.org") for address in addresses)
        assert ("externeURL" in advert) != ("arbeitgeberKundennummerHash" in advert)
    assert world == small_world()


def test_many() -> None:
    adverts = list(many(1000))
    assert adverts[:10] == list(many(10))
    assert adverts[0] != next(many(1, seed=2))
    assert len({advert["referenznummer"] for advert in adverts}) == 1000
    assert len({advert["firma"] for advert in adverts}) == 1000
    assert 70 <= sum(advert["_match"] == "exact" for advert in adverts) <= 130
    assert all(advert["_match"] == "exact" for advert in many(20, head_share=1.0))
    lengths = sorted(len(advert["stellenangebotsBeschreibung"]) for advert in adverts)
    assert 2800 <= lengths[500] <= 3600


# Real recorded adverts ------------------------------------------------------------------------------------------------

RECORDED = corpus_folder() / "ba" / "details_v4.jsonl"


@pytest.mark.skipif(not RECORDED.is_file(), reason=f"no recorded adverts at {RECORDED}: set STELLWERK_CORPUS")
def test_recorded_adverts_are_served_whole() -> None:
    adverts = list(recorded_adverts(RECORDED))
    assert len(adverts) > 800
    with AgencyServer(adverts) as server:
        found = []
        total = search(server, size=100)["maxErgebnisse"]
        for page in range(1, total // 100 + 2):
            found += search(server, page=page, size=100)["ergebnisliste"]
        one = detail(server, adverts[0]["referenznummer"]).json
    assert total == len(found) == len(adverts)
    assert {entry["referenznummer"] for entry in found} == {advert["referenznummer"] for advert in adverts}
    for entry in found:
        assert isinstance(entry["stellenlokationen"][0]["adresse"], dict)
        assert entry["datumErsteVeroeffentlichung"] == entry["veroeffentlichungszeitraum"]["von"]
        assert len(entry["stellenangebotsTitel"]) <= 100
        assert not [key for key in entry if key.startswith("_")]
    assert one["stellenangebotsBeschreibung"] == adverts[0]["stellenangebotsBeschreibung"]


def test_recorded_nested_values_may_be_python_text(tmp_path: Path) -> None:
    file = tmp_path / "details.jsonl"
    line = {
        "referenznummer": "10000-1-S",
        "stellenangebotsTitel": "[A] B (m/w/d)",
        "stellenlokationen": "[{'adresse': {'ort': 'Hagen'}, 'breite': 51.36, 'laenge': 7.47}]",
        "veroeffentlichungszeitraum": "{'von': '2025-05-01'}",
        "aenderungsdatum": "2025-01-28T12:32:29.354+00:00",
        "firma": None,
        "_blob": "5da0",
    }
    file.write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert list(recorded_adverts(file)) == [
        {
            "referenznummer": "10000-1-S",
            "stellenangebotsTitel": "[A] B (m/w/d)",
            "stellenlokationen": [{"adresse": {"ort": "Hagen"}, "breite": 51.36, "laenge": 7.47}],
            "veroeffentlichungszeitraum": {"von": "2025-05-01"},
            "datumErsteVeroeffentlichung": "2025-05-01",
            "aenderungsdatum": "2025-01-28T12:32:29.354+00:00",
            "verguetungsangabe": "KEINE_ANGABEN",
        }
    ]
