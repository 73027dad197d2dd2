"""umantis: what the generic test of the kinds does not cover."""

import pytest

from crawler.boards import Board
from crawler.sources import SOURCES
from crawler.sources.base import ContractError
from tests.recorded_boards import Recorded, read

HOME = "https://recruitingapp-4711.umantis.com"
BOARD = Board("umantis", "4711")
TABLE = """<table-navigation initial-data-string='{"TableNr":"88"}'></table-navigation>"""


def answer(url: str, body: str, status: int = 200) -> Recorded:
    return Recorded(url, body.encode(), status=status, headers={"Content-Type": "text/html; charset=utf-8"})


def links(*numbers: int) -> str:
    return f"<html><body>{TABLE}" + "".join(
        f"<div class='tableaslist_cell'><a class='HSTableLinkSubTitle' href='/Vacancies/{each}/Description/1'>"
        f"Amt {each}</a></div>"
        for each in numbers
    )


def gone(*numbers: int) -> list[Recorded]:
    return [answer(f"{HOME}/Vacancies/{each}/Description/1", "", 404) for each in numbers]


def test_empty_board_is_a_list_without_adverts() -> None:
    assert read(BOARD, [answer(f"{HOME}/Jobs/All", f"<html><body>{TABLE}</body></html>")]).postings == {}


def test_page_of_another_kind_is_no_empty_board() -> None:
    with pytest.raises(ContractError, match="no list of umantis'"):
        read(BOARD, [answer(f"{HOME}/Jobs/All", "<html><body>Wartung</body></html>")])


def test_pages_lead_on_until_nothing_new_comes() -> None:
    first, second = range(1, 11), range(11, 21)

    found = read(
        BOARD,
        [
            answer(f"{HOME}/Jobs/All", links(*first)),
            answer(f"{HOME}/Jobs/All?tc88=p2", links(*second)),
            answer(f"{HOME}/Jobs/All?tc88=p3", links(*second)),
            *gone(*first, *second),
        ],
    )

    assert len(found.postings) == 20


def test_page_past_the_end_ends_the_list_and_a_first_page_that_is_missing_does_not() -> None:
    found = read(
        BOARD,
        [answer(f"{HOME}/Jobs/All", links(*range(10))), answer(f"{HOME}/Jobs/All?tc88=p2", "", 410), *gone(*range(10))],
    )

    assert len(found.postings) == 10
    with pytest.raises(ContractError, match="no such board"):
        read(BOARD, [answer(f"{HOME}/Jobs/All", "", 404)])


def test_row_may_name_the_list_itself() -> None:
    (first,) = SOURCES["umantis"].start(Board("umantis", "x", f"{HOME}/Jobs/1"), None)  # type: ignore[arg-type]

    assert first.url == f"{HOME}/Jobs/1"


def test_cells_of_a_whole_layout_are_no_cells_of_one_advert() -> None:
    two = "".join(
        f"<div class='tableaslist_cell'><a class='HSTableLinkSubTitle' href='/Vacancies/{each}/Description/1'>Amt</a>"
        f"<span>| {town}</span></div>"
        for each, town in ((1, "Unna"), (2, "Hamm"))
    )
    body = f"<html><body><table><tr><td>{two}</td></tr></table>{TABLE}</body></html>"

    found = read(BOARD, [answer(f"{HOME}/Jobs/All", body), *gone(1, 2)])

    assert [each.place for each in found.postings.values()] == ["Unna", "Hamm"]
