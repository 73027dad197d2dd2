import pytest

from crawler import boards
from crawler.boards import Board
from crawler.searches import Search, SearchError


@pytest.mark.parametrize(
    ("search", "name"),
    [
        (Search("it-leiter", "Dortmund"), "dortmund_itleiter"),
        (Search("it-leiter", "Dortmund", 50.0), "dortmund_itleiter"),
        (Search("it-leiter", "Dortmund", 25), "dortmund_itleiter_25km"),
        (Search("it-leiter", "Dortmund", 7.5), "dortmund_itleiter_7.5km"),
        (Search("it-leiter", "Köln"), "koeln_itleiter"),
        (Search("it-leiter", "Essen, Nordrhein-Westfalen"), "essen_nordrhein_westfalen_itleiter"),
        (Search("it-leiter", "Bad Oeynhausen"), "bad_oeynhausen_itleiter"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_name(search: Search, name: str) -> None:
    assert search.name == name


def test_another_circle_is_another_search() -> None:
    assert len({Search("it-leiter", "Dortmund", radius).name for radius in (10, 25, 50, 100)}) == 4


def test_search_becomes_a_role_and_a_circle() -> None:
    wanted = Search("it-leiter", "Dortmund", 25).wanted()

    assert (wanted.role.name, wanted.centre, wanted.radius_km) == ("it-leiter", (51.51494, 7.466), 25)


def test_state_picks_among_namesakes() -> None:
    assert Search("it-leiter", "Essen, Nordrhein-Westfalen").wanted().centre == (51.45657, 7.01228)


@pytest.mark.parametrize(
    ("search", "words"),
    [
        (Search("astronaut", "Dortmund"), "astronaut"),
        (Search("../../etc/passwd", "Dortmund"), "passwd"),
        (Search("", "Dortmund"), ""),
        (Search("it-leiter", "Nirgendwo"), "place='Nirgendwo' is not in data/tables/places.csv"),
        (Search("it-leiter", "Essen"), 'say place="Essen, Niedersachsen" or place="Essen, Nordrhein-Westfalen"'),
        (Search("it-leiter", "Dortmund", 0.5), "radius_km=0.5 must lie between 1 and 200"),
        (Search("it-leiter", "Dortmund", 201), "radius_km=201 must lie between 1 and 200"),
        (Search("it-leiter", "Dortmund", -5), "radius_km=-5 must lie"),
        (Search("it-leiter", "Dortmund", float("nan")), "radius_km=nan must lie"),
        (Search("it-leiter", "Dortmund", float("inf")), "radius_km=inf must lie"),
    ],
    ids=["role", "role that is a path", "no role", "place", "namesakes", "too near", "too far", "negative", "nan",
         "infinite"],
)  # fmt: skip
def test_search_that_cannot_be_understood_says_what_would_be(search: Search, words: str) -> None:
    with pytest.raises(SearchError) as told:
        search.wanted()
    assert words in str(told.value)


def test_board_is_named_by_its_kind_and_name() -> None:
    assert Board("personio", "acme").id == "personio:acme"


def test_agency_is_on_at_most_two_requests_a_second() -> None:
    terms = boards.terms()["arbeitsagentur"]

    assert (terms.host, terms.on, terms.nights_to_close) == ("rest.arbeitsagentur.de", True, 1)
    assert terms.pace_seconds >= 0.5
