"""The public normaliser, run as its users run it: JSON lines in, JSON lines out."""

import json
import subprocess
import sys
from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from pipelines import titles
from pipelines.items import Job, Place, Posting
from pipelines.normalise import Wanted, judge, normalise
from tests.conftest import ROOT
from tests.stopwatch import within

# DESIGN section 4 and README: what others may rely on.
DOCUMENTED = {
    "id", "title_clean", "role", "level", "area", "match", "match_reason",
    "pay_text", "pay_min", "pay_max", "pay_period", "pay_currency", "salaries_per_year", "pay_year_min",
    "pay_year_max", "pay_basis", "pay_scale", "pay_group_min", "pay_group_max", "pay_step_min", "pay_step_max",
    "city", "postal_code", "distance_km", "remote",
}  # fmt: skip
TODAY = date(2026, 11, 25)


def run(*lines: Any, arguments: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run `python -m pipelines.normalise` on these lines; what is not text is written as JSON."""
    sent = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    return subprocess.run(
        [sys.executable, "-m", "pipelines.normalise", *arguments],
        cwd=ROOT, input=sent.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
        encoding="utf-8", capture_output=True, check=False, timeout=60,
    )  # fmt: skip


def answers(*lines: Any, arguments: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Return what the normaliser answers to these lines."""
    done = run(*lines, arguments=arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


FULL = {
    "id": "a-1",
    "title": "IT-Leiter (m/w/d)",
    "employer": "Müller & Söhne GmbH",
    "places": [
        {"city": "Köln", "postal_code": "50667", "state": "Nordrhein-Westfalen", "lat": 50.9333, "lon": 6.95},
        {"city": "Bochum", "postal_code": "44787", "country": "Deutschland", "lat": 51.4817, "lon": 7.2165},
    ],
    "description": "<p>Wir zahlen ein Jahresgehalt von 90.000 &euro;.</p> Fragen: 0231/123456, a@werk.example",
    "occupation": "Leiter/in - IT",
    "published_on": "2026-11-20",
    "url": "https://example.org/1",
}


def test_one_line_gives_every_documented_key() -> None:
    (found,) = answers(FULL)

    assert DOCUMENTED - found.keys() == set()
    assert {each.name for each in fields(Job)} | {"id"} == found.keys()


def test_one_advert_is_understood() -> None:
    (found,) = answers(FULL)

    assert {key: found[key] for key in ("id", "title", "title_clean", "role", "match", "employer_key")} == {
        "id": "a-1",
        "title": "IT-Leiter (m/w/d)",
        "title_clean": "IT-Leiter",
        "role": "it-leiter",
        "match": "exact",
        "employer_key": "mueller soehne",
    }
    assert (found["city"], found["postal_code"], found["distance_km"]) == ("Bochum", "44787", 17.7)
    assert (found["pay_year_min"], found["pay_year_max"], found["pay_basis"]) == (90000.0, 90000.0, "stated")
    assert found["text"] == "Wir zahlen ein Jahresgehalt von 90.000 €.\n Fragen: [phone], [e-mail]"


def test_all_places_are_kept() -> None:
    (found,) = answers(FULL)

    assert [each["city"] for each in found["places"]] == ["Köln", "Bochum"]


def test_order_is_kept_and_a_bad_line_stops_nothing() -> None:
    done = run({"id": "1", "title": "CIO"}, "no json", "[1]", {"id": "4"}, {"id": "5", "title": "IT-Leiter"})
    found = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 0
    assert [each["id"] for each in found] == ["1", None, None, "4", "5"]
    assert ["error" in each for each in found] == [False, True, True, True, False]
    assert set(found[3]) == {"id", "error"}
    assert done.stderr == "3 lines could not be read; their output holds the error\n"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("null", "ValueError: a line must hold one JSON object"),
        ('{"id": "1"', "JSONDecodeError"),
        ({"id": "1", "title": "  "}, "ValueError: title is missing"),
        ({"id": "1", "title": 5}, "ValueError: title is missing"),
        ({"id": "1", "title": "CIO", "employer": {"name": "Werk"}}, "ValueError: employer must be text"),
        ({"id": "1", "title": "CIO", "places": "Köln"}, "ValueError: places must be a list of objects"),
        ({"id": "1", "title": "CIO", "places": [None]}, "ValueError: places must be a list of objects"),
        ({"id": "1", "title": "CIO", "places": [{"lat": "51"}]}, "ValueError: not a coordinate: '51'"),
        ({"id": "1", "title": "CIO", "pay_min": "viel"}, "ValueError: pay_min must be a number"),
        ({"id": "1", "title": "CIO", "pay_min": True}, "ValueError: pay_min must be a number"),
        ('{"id": "1", "title": "CIO", "pay_max": NaN}', "TypeError: pay_max is not a number: nan"),
        ('{"id": "1", "title": "CIO \\ud800"}', "UnicodeEncodeError"),
        ("[" * 100_000, "RecursionError"),
    ],
    ids=[
        "null", "half a line", "blank title", "title no text", "employer no text", "places no list", "place no object",
        "coordinate no number", "pay no number", "pay is true", "pay is NaN", "lone surrogate", "deep nesting",
    ],
)  # fmt: skip
def test_line_that_cannot_be_read_says_why(line: Any, error: str) -> None:
    bad, good = answers(line, {"id": "2", "title": "CIO"})

    assert bad["error"].startswith(error)
    assert good["id"] == "2"


def test_title_alone_is_enough() -> None:
    (found,) = answers({"title": "IT-Leiter"})

    assert (found["id"], found["match"], found["distance_km"], found["remote"]) == ("", "exact", None, "unknown")
    assert {key for key in found if key.startswith("pay_") and found[key] is not None} == set()


def test_no_lines_no_answers() -> None:
    assert answers() == []
    assert answers("", "   ") == []


def test_a_job_of_ours_can_be_fed_back() -> None:
    (once,) = answers(FULL)
    (twice,) = answers(once)

    assert (twice["title_clean"], twice["city"], twice["employer_key"]) == ("IT-Leiter", "Bochum", "mueller soehne")


def test_place_as_text_is_located() -> None:
    dortmund, essen, nowhere = answers(
        {"id": "1", "title": "CIO", "place": "Dortmund"},
        {"id": "2", "title": "CIO", "place": "Essen"},
        {"id": "3", "title": "CIO", "place": "Nirgendwo"},
    )

    assert (dortmund["city"], dortmund["distance_km"]) == ("Dortmund", 0.0)
    assert (essen["city"], essen["distance_km"]) == ("Essen", None)
    assert (nowhere["city"], nowhere["distance_km"]) == ("Nirgendwo", None)


def test_structured_places_come_before_the_text() -> None:
    (found,) = answers({"id": "1", "title": "CIO", "place": "Berlin", "places": [{"city": "Dortmund"}]})

    assert (found["city"], found["distance_km"]) == ("Dortmund", 0.0)


def test_distance_is_measured_to_the_place_asked_for() -> None:
    (found,) = answers({"id": "1", "title": "CIO", "place": "Dortmund"}, arguments=("--place", "Köln"))

    assert found["distance_km"] == 74.0


def test_radius_says_no_to_what_is_farther() -> None:
    far, near = answers(
        {"id": "1", "title": "CIO", "place": "Köln"},
        {"id": "2", "title": "CIO", "place": "Bochum"},
        arguments=("--radius-km", "50"),
    )

    assert (far["match"], far["match_reason"]) == ("no", "74 km away, the search ends at 50 km")
    assert near["match"] == "exact"


def test_another_role_is_an_option_away() -> None:
    (found,) = answers({"id": "1", "title": "Vertriebsleiter (m/w/d)"}, arguments=("--role", "vertriebsleiter"))

    assert (found["role"], found["match"]) == ("vertriebsleiter", "exact")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--place", "Essen"), "Essen, Niedersachsen; Essen, Nordrhein-Westfalen"),
        (("--place", "Nirgendwo"), "none of this name is known"),
        (("--role", "astronaut"), "invalid choice: 'astronaut'"),
        (("--radius-km", "viele"), "invalid float value"),
    ],
    ids=["namesakes", "unknown place", "unknown role", "radius"],
)
def test_wrong_option_ends_with_2_and_a_sentence(arguments: tuple[str, ...], words: str) -> None:
    done = run({"id": "1", "title": "CIO"}, arguments=arguments)

    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_source_pay_fields_are_taken_over() -> None:
    (found,) = answers({"id": "1", "title": "CIO", "pay_min": 90000, "pay_max": 110000.5, "pay_period": "year"})

    assert (found["pay_min"], found["pay_max"], found["pay_basis"]) == (90000.0, 110000.5, "source field")


def test_bytes_that_are_no_utf8_stop_nothing() -> None:
    sent = b'{"id": "1", "title": "IT-Leiter M\xfcnchen"}\n{"id": "2", "title": "CIO"}\n'
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.normalise"], cwd=ROOT, input=sent, capture_output=True, check=True, timeout=60
    )

    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["1", "2"]


def test_normaliser_needs_no_crawler_no_database_and_no_network() -> None:
    code = (
        "import socket, sys, io\n"
        "def refuse(*arguments): raise AssertionError('the network was asked')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from pipelines import normalise\n"
        'sys.stdin = io.TextIOWrapper(io.BytesIO(b\'{"title": "IT-Leiter", "place": "Dortmund"}\'))\n'
        "assert normalise.main([]) == 0\n"
        "names = {each.partition('.')[0] for each in sys.modules}\n"
        "print(sorted(names & {'scrapy', 'twisted', 'sqlite3', 'sqlite_utils', 'crawler'}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )

    assert json.loads(done.stdout)["distance_km"] == 0.0
    assert done.stderr == "[]\n"


# ---------------------------------------------------------------- as functions

WANTED = Wanted(titles.role("it-leiter"), (51.51494, 7.466), 50)


def test_the_day_that_is_passed_in_is_the_only_clock() -> None:
    posting = Posting(source_id="1", title="IT-Leiter", description="Vergütung nach EG 12 TVöD-VKA")

    assert normalise(posting, WANTED, date(2020, 1, 1)).published_on is None
    assert normalise(posting, WANTED, TODAY) == normalise(posting, WANTED, TODAY)


def test_list_alone_tells_the_town_and_the_distance_of_what_is_not_wanted() -> None:
    match, rejection = judge(Posting(source_id="1", title="Koch", places=(Place(city="Unna"),)), WANTED)

    assert match == "no"
    assert (rejection.city, rejection.distance_km) == ("Unna", 15.7)


def test_distance_stated_by_the_source_counts_where_none_can_be_measured() -> None:
    posting = Posting(source_id="1", title="IT-Leiter", place="Nirgendwo", distance_km=80.0)

    assert judge(posting, WANTED)[1].distance_km == 80.0
    assert judge(posting, WANTED)[0] == "no"


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"title": 5}, TypeError),
        ({"employer": ["Werk"]}, TypeError),
        ({"title": "IT\ud800"}, ValueError),
        ({"description": "\udfff"}, ValueError),
        ({"pay_min": "90000"}, TypeError),
        ({"pay_min": float("nan")}, TypeError),
        ({"distance_km": float("inf")}, TypeError),
        ({"pay_max": 10**400}, TypeError),
    ],
    ids=["number", "list", "surrogate", "surrogate in the text", "pay as text", "NaN", "infinity", "too large"],
)
def test_posting_refuses_what_cannot_be_stored(values: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        Posting(**{"source_id": "1", "title": "IT-Leiter"} | values)


def test_hostile_advert_of_100_kb_is_normalised_in_time() -> None:
    hostile = "(0231) - 12.000 € bis EG 12 Leiter/in@" * 2_632
    posting = Posting(source_id="1", title=hostile, employer=hostile, place=hostile, description=hostile)
    normalise(posting, WANTED, TODAY)  # reads the tables once
    with within(0.5):  # some ten functions
        normalise(posting, WANTED, TODAY)


def test_agency_flag_of_another_type_stops_nothing() -> None:
    bad, good = answers({"id": "1", "title": "CIO", "employer_is_agency": "yes"}, {"id": "2", "title": "CIO"})
    assert bad["error"] == "ValueError: employer_is_agency must be true or false"
    assert good["id"] == "2"


def test_posting_refuses_nul() -> None:
    with pytest.raises(ValueError, match="NUL"):
        Posting(source_id="1", title="IT\x00-Leiter")


def test_byte_order_mark_is_no_fault() -> None:
    (found,) = answers('\ufeff{"id": "1", "title": "CIO"}')
    assert found["id"] == "1"
