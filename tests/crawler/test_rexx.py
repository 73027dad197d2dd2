"""rexx: what the generic test of the kinds does not cover."""

import pytest

from crawler.boards import Board
from crawler.sources import SOURCES
from crawler.sources.base import ContractError
from tests.recorded_boards import Recorded, read

BOARD = Board("rexx", "hafen", "https://jobs.hafen.example")
LIST = "https://jobs.hafen.example/stellenangebote.html"


def answer(url: str, body: str) -> Recorded:
    return Recorded(url, body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def cards(*numbers: int, attributes: str = "") -> str:
    inner = "".join(
        f"<div class='joboffer_container'><a href='/Kranfahrer-{each}-de-j{each}.html'>Kranfahrer {each}</a></div>"
        for each in numbers
    )
    return f"<html><body><section id='joboffer_table_container' {attributes}>{inner}</section></body></html>"


def gone(*numbers: int) -> list[Recorded]:
    return [
        Recorded(f"https://jobs.hafen.example/Kranfahrer-{each}-de-j{each}.html", b"", status=404) for each in numbers
    ]


def test_empty_board_is_a_list_without_adverts() -> None:
    found = read(BOARD, [answer(LIST, cards(attributes="data-count='0' data-all-count='0'"))])

    assert (found.postings, found.totals) == ({}, [0])


def test_page_of_another_kind_is_no_empty_board() -> None:
    with pytest.raises(ContractError, match="no list of rexx's"):
        read(
            BOARD,
            [answer(LIST, "<html><body><h1>Willkommen</h1><a href='/impressum.html'>Impressum</a></body></html>")],
        )


def test_list_without_a_total_is_read_until_nothing_new_comes() -> None:
    found = read(
        BOARD,
        [
            answer(LIST, cards(1, 2, attributes="data-count='2'")),
            answer(f"{LIST}?start=2", cards(3, attributes="data-count='1'")),
            answer(f"{LIST}?start=3", cards(1, 2, attributes="data-count='2'")),
            *gone(1, 2, 3),
        ],
    )

    assert ([*found.postings], found.totals) == (["1", "2", "3"], [None, None, None])


def test_list_with_a_total_asks_for_no_page_beyond_it() -> None:
    found = read(BOARD, [answer(LIST, cards(1, 2, attributes="data-all-count='2'")), *gone(1, 2)])

    assert found.asked[0] == f"GET {LIST}"
    assert not [each for each in found.asked if "start=" in each]


def test_table_of_older_portals_is_read() -> None:
    table = (
        "<html><body><table id='joboffers'><tr><td><a href='Lotse-de-f5.html'>Lotse (m/w/d)</a></td>"
        "<td class='job_standort'>Dortmund</td></tr></table></body></html>"
    )
    end = "<html><body><p>Keine weiteren Stellen</p></body></html>"
    detail = Recorded("https://jobs.hafen.example/Lotse-de-f5.html", b"", status=404)

    found = read(BOARD, [answer(LIST, table), answer(f"{LIST}?start=1", end), detail])

    assert [(each.source_id, each.title, each.place) for each in found.postings.values()] == [
        ("5", "Lotse (m/w/d)", "Dortmund")
    ]


def test_row_may_name_the_list_itself() -> None:
    (first,) = SOURCES["rexx"].start(Board("rexx", "x", "https://career.x.example/job-offers.html"), None)  # type: ignore[arg-type]

    assert first.url == "https://career.x.example/job-offers.html"
