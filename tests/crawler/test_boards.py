"""Which boards a search asks, and what a file of boards may say."""

import re
from pathlib import Path

import pytest

from crawler import boards
from crawler.boards import Board, BoardsError, employers, near
from crawler.sources import SOURCES

DORTMUND = (51.51494, 7.466)
HEADER = "kind,name,url,employer,city,sure,seen_working,source\n"


# ---------------------------------------------------------------- near


@pytest.mark.parametrize(
    ("city", "sure", "asked"),
    [
        ("Dortmund", "listed", True),
        ("Köln", "listed", True),
        ("Berlin", "listed", False),
        (None, "listed", True),
        ("Nirgendwo", "listed", True),
        ("Münster", "listed", True),
        ("Dortmund", "unverified", False),
    ],
    ids=["here", "within twice the radius", "far away", "all over the country", "an unknown town", "a namesake is near",
         "unverified"],
)  # fmt: skip
def test_board_is_asked_when_its_employer_is_near(city: str | None, sure: str, asked: bool) -> None:
    board = Board("personio", "zeche", city=city, sure=sure)

    assert [*near([board], DORTMUND, 50)] == ([board] if asked else [])


# ---------------------------------------------------------------- the file


def test_file_of_boards(tmp_path: Path) -> None:
    (tmp_path / "boards.csv").write_text(
        f"# a comment\n{HEADER}workday,rhe/1989,https://rhe.example/1989,Rhe,Holzwickede,recorded,2026-11-01,a list\n"
        "lever,zeche,,,,,,\n"
    )

    assert employers(tmp_path / "boards.csv") == [
        Board(
            "workday", "rhe/1989", "https://rhe.example/1989", "Rhe", "Holzwickede", "recorded", "2026-11-01", "a list"
        ),
        Board("lever", "zeche", "", None, None, "listed", None, ""),
    ]
    assert employers(tmp_path / "boards.csv")[0].id == "workday:rhe/1989"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("lever,zeche,,,,,,\nlever,zeche,,,,,,\n", "after 1 good rows: lever:zeche stands there twice"),
        ("lever,,,,,,,\n", "kind or name is missing"),
        (",zeche,,,,,,\n", "kind or name is missing"),
        ("lever,zeche,,,,surely,,\n", "sure='surely' must be one of recorded, listed, likely, unverified"),
        ("lever,zeche\n", "row 2"),
    ],
    ids=["twice", "no name", "no kind", "no certainty", "a row too short"],
)
def test_file_that_is_wrong_says_where(tmp_path: Path, rows: str, words: str) -> None:
    (tmp_path / "boards.csv").write_text(HEADER + rows)

    with pytest.raises(BoardsError, match=words.replace("(", r"\(")):
        employers(tmp_path / "boards.csv")


def test_file_that_is_missing_says_so(tmp_path: Path) -> None:
    with pytest.raises(BoardsError, match="No such file"):
        employers(tmp_path / "nowhere.csv")


def test_shipped_file_is_good() -> None:
    shipped = employers()

    assert len(shipped) == 166
    assert {each.kind for each in shipped} <= SOURCES.keys()
    assert all(each.source for each in shipped)
    assert [each.id for each in shipped if SOURCES[each.kind].made_by_search] == []


def test_every_kind_has_its_terms_and_no_other() -> None:
    terms = boards.terms()

    assert terms.keys() == SOURCES.keys()
    assert {kind for kind, each in terms.items() if not each.on} == {"join", "smartrecruiters"}
    assert {kind for kind, each in terms.items() if each.nights_to_close == boards.NEVER} == {"arbeitnow", "bund"}


# ---------------------------------------------------------------- docs/sources.md


def test_every_kind_is_described_and_on_or_off_as_the_table_says() -> None:
    told = (Path(boards.__file__).parent.parent / "docs" / "sources.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\w+)` \|.*\| (yes|\*\*no\*\*[^|]*) \| [ABC][^|]* \|$", told, re.MULTILINE)

    assert {kind: stated == "yes" for kind, stated in table} == {kind: each.on for kind, each in boards.terms().items()}
