"""concludis: what the generic test of the kinds does not cover."""

import pytest

from crawler.boards import Board
from crawler.sources.base import ContractError
from tests.recorded_boards import Recorded, read

HOME = "https://klinik.concludis.de"
LIST = f"{HOME}/prj/lst/a181a603769c1f98ad927e7367c7aa51/GesamtlisteOffenePositionen.htm"
BOARD = Board("concludis", "klinik")


def answer(url: str, body: str) -> Recorded:
    return Recorded(
        url, f"<html><body>{body}</body></html>".encode(), headers={"Content-Type": "text/html; charset=utf-8"}
    )


def lines(stated: str, *numbers: int) -> str:
    inner = "".join(
        f"<div id='line_{each}' onclick=\"cJobboard.openJob('{HOME}/prj/shw/abc_0/{each}/x.htm?b=0');\">"
        f"<span class='headerlink stellenlink'>Pflege {each}</span></div>"
        for each in numbers
    )
    return f"{stated}<div class='stellen list'>{inner}</div>"


def gone(*numbers: int) -> list[Recorded]:
    return [Recorded(f"{HOME}/prj/shw/abc_0/{each}/x.htm?b=0", b"", status=404) for each in numbers]


@pytest.mark.parametrize(("words", "total"), [("0 Stellen gefunden", 0), ("Keine Stellen gefunden", None)])
def test_empty_board_is_a_list_without_adverts(words: str, total: int | None) -> None:
    found = read(BOARD, [answer(LIST, lines(f"<div class='stellensum'>{words}</div>"))])

    assert (found.postings, found.totals) == ({}, [total])


def test_page_of_another_kind_is_no_empty_board() -> None:
    with pytest.raises(ContractError, match="no list of concludis'"):
        read(BOARD, [answer(LIST, "<h1>Anmeldung</h1>")])


def test_total_is_read_with_its_thousands() -> None:
    stated = "<div class='stellensum'>1.206 Stellen gefunden</div>"

    found = read(BOARD, [answer(LIST, lines(stated, 1)), answer(f"{LIST}?page=2", lines(stated)), *gone(1)])

    assert found.totals == [1206, 1206]


def test_list_without_a_total_is_read_until_nothing_new_comes() -> None:
    found = read(
        BOARD,
        [
            answer(LIST, lines("", 1, 2)),
            answer(f"{LIST}?page=2", lines("", 3)),
            answer(f"{LIST}?page=3", ""),
            *gone(1, 2, 3),
        ],
    )

    assert [*found.postings] == ["1", "2", "3"]


def test_line_that_opens_nothing_is_kept_with_what_it_says() -> None:
    body = (
        "<div class='stellensum'>1 Stelle gefunden</div><div id='line_7'>"
        "<span class='stellenlink'>IT-Leitung (w/m/d)</span>"
        "<span class='kurzb'>Stellennummer 7 am Standort Bad Sassendorf - Vollzeit</span></div>"
    )

    (posting,) = read(BOARD, [answer(LIST, body)]).postings.values()

    assert (posting.title, posting.url, posting.place) == ("IT-Leitung (w/m/d)", None, "Bad Sassendorf")
    assert posting.description == "Stellennummer 7 am Standort Bad Sassendorf - Vollzeit"
