"""Personio: what the generic test of the kinds does not cover."""

import json
from typing import Any

import pytest

from crawler.boards import Board
from crawler.sources import SOURCES
from crawler.sources.base import ContractError
from pipelines.items import Place
from tests.recorded_boards import Recorded, read

HOME = "https://stahlhof.jobs.personio.com"
FEED, ENGLISH, PAGE = f"{HOME}/xml?language=de", f"{HOME}/xml?language=en", f"{HOME}/?language=de"
BOARD = Board("personio", "stahlhof", HOME, "Stahlhof GmbH")
XML, HTML = {"Content-Type": "text/xml"}, {"Content-Type": "text/html; charset=utf-8"}


def feed(positions: str, url: str = FEED) -> Recorded:
    return Recorded(url, f"<workzag-jobs>{positions}</workzag-jobs>".encode(), headers=XML)


def page(*jobs: dict[str, Any]) -> Recorded:
    """A career page; React's data come in two pushes that may be cut anywhere."""
    data = f'12:["$","$L12",null,{{"jobs":{json.dumps(jobs, ensure_ascii=False)},"subdomain":"stahlhof"}}]'
    pushes = "".join(f"<script>self.__next_f.push([1,{json.dumps(part)}])</script>" for part in (data[:60], data[60:]))
    return Recorded(PAGE, f"<!DOCTYPE html><html><body>{pushes}</body></html>".encode(), headers=HTML)


def advert(**fields: Any) -> dict[str, Any]:
    return {"id": "7", "name": "IT-Leitung (m/w/d)", "url": f"{HOME}/job/7", **fields}


def test_empty_feed_is_an_empty_board() -> None:
    found = read(BOARD, [feed("")])

    assert (found.postings, found.totals, found.asked) == ({}, [None], [f"GET {FEED}"])


def test_other_xml_is_no_empty_board() -> None:
    with pytest.raises(ContractError, match="workzag-jobs expected, found error"):
        read(BOARD, [Recorded(FEED, b"<error/>", headers=XML)])


@pytest.mark.parametrize("off", [Recorded(FEED, b"", status=404), Recorded(FEED, b"<!DOCTYPE html><html></html>")])
def test_career_page_is_read_where_the_feed_is_off(off: Recorded) -> None:
    job = {
        "id": "2519929", "name": "Leiter IT (m/w/d)", "main_office": "Dortmund", "additional_offices": ["Hybrid"],
        "schedule": "Vollzeit", "schedule_slug": "full-time", "employment_type_slug": "permanent",
        "created_at": "2022-10-11T08:42:50Z", "published_at": "2026-10-09T22:53:10Z",
    }  # fmt: skip
    text = Recorded(f"{HOME}/job/2519929?language=de", "<html><body><p>Führe unsere IT.</p></body></html>".encode(),
                    headers=HTML)  # fmt: skip

    (found,) = read(BOARD, [off, page(job), text]).postings.values()

    assert (found.source_id, found.title, found.url) == ("2519929", "Leiter IT (m/w/d)", f"{HOME}/job/2519929")
    assert (found.employer, found.published_on) == ("Stahlhof GmbH", "2026-10-09T22:53:10Z")
    assert found.places == (Place(city="Dortmund"), Place(city="Hybrid"))
    assert (found.hours, found.contract, found.remote) == ("full", "permanent", "hybrid")
    assert "Führe unsere IT." in (found.description or "")


def test_career_page_without_jobs_is_an_empty_board() -> None:
    assert read(BOARD, [Recorded(FEED, b"", status=404), page()]).postings == {}


def test_board_without_feed_and_page_does_not_look_empty() -> None:
    with pytest.raises(ContractError, match=r"no such board, or its list is switched off \(HTTP 404\)"):
        read(BOARD, [Recorded(FEED, b"", status=404), Recorded(PAGE, b"", status=404)])
    with pytest.raises(ContractError, match="neither a feed nor the jobs of a career page"):
        read(BOARD, [Recorded(FEED, b"", status=404), Recorded(PAGE, b"<html>Personio</html>", headers=HTML)])


def test_text_in_another_language_alone_is_taken_from_the_english_feed() -> None:
    english = (
        "<position><id>8</id></position><position><id>7</id><jobDescriptions><jobDescription><name>You &lt; we"
        "</name><value>Lead</value></jobDescription></jobDescriptions></position>"
    )
    german = "<position><id>7</id><name>Leiter IT</name><jobDescriptions/></position>"

    found = read(BOARD, [feed(german), feed(english, ENGLISH)])

    assert found.postings["7"].description == "<h3>You &lt; we</h3>Lead"
    assert found.asked == [f"GET {FEED}", f"GET {ENGLISH}"]


def test_position_that_is_not_in_the_english_feed_has_no_text() -> None:
    assert (
        read(BOARD, [feed("<position><id>7</id><name>x</name></position>"), feed("", ENGLISH)])
        .postings["7"]
        .description
        is None
    )


def test_positions_without_a_name_or_number_cost_only_themselves() -> None:
    positions = (
        "<position><id>1</id></position><position><id>x7</id><name>a</name></position><position><id>7</id>"
        "<name>b</name></position>"
    )

    found = read(BOARD, [feed(positions), feed("", ENGLISH)])

    assert ([*found.postings], len(found.unreadable)) == (["7"], 2)


def test_odd_optional_fields_cost_nothing_but_themselves() -> None:
    odd = advert(
        subcompany={"x": "y"}, office={"office": "Unna"}, additionalOffices=[None, "Hamm", "Hamm"],
        salaryInformation="x", createdAt=["x", 1], employmentType=None, schedule=["part-time"],
        jobDescriptions={"jobDescription": ["x", None]},
    )  # fmt: skip

    posting = SOURCES["personio"].posting(odd, None)

    assert (posting.places, posting.hours) == ((Place(city="Unna"), Place(city="Hamm")), "part")
    assert (posting.employer, posting.description, posting.pay_min) == (None, None, None)


@pytest.mark.parametrize(
    ("office", "remote"),
    [("Remote", "full"), ("Dortmund (hybrid)", "hybrid"), ("Head Office", None), ("Dortmund", None), (None, None)],
)
def test_offices_tell_remote_work_and_a_name_like_head_office_tells_nothing(office: Any, remote: str | None) -> None:
    assert SOURCES["personio"].posting(advert(office=office), None).remote == remote


def test_pay_has_one_bound_or_both_and_zero_is_none() -> None:
    def pay(**stated: str) -> tuple[Any, ...]:
        posting = SOURCES["personio"].posting(advert(salaryInformation=stated), None)
        return posting.pay_min, posting.pay_max, posting.pay_period, posting.pay_currency

    assert pay(min="80000.00", max="", currencyCode="EUR", type="yearly") == (80000.0, None, "year", "EUR")
    assert pay(min="", max="5200.50", currencyCode="EUR", type="monthly") == (None, 5200.5, "month", "EUR")
    assert pay(min="0.00", max="", currencyCode="EUR", type="hourly") == (None, None, None, None)
