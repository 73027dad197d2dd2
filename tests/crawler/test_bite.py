"""B-ITE: what the generic test of the kinds does not cover."""

import json
from typing import Any

import pytest

from crawler.boards import Board
from crawler.sources import SOURCES
from crawler.sources.base import ContractError
from pipelines.items import Place
from tests.recorded_boards import Recorded, read

SCRIPT = "https://cs-assets.b-ite.com/kreis/jobs-api/alle.min.js"
SEARCH = "https://jobs.b-ite.com/api/v1/postings/search"
BOARD = Board("bite", "kreis", SCRIPT)
KEY = "0123456789" * 4


def script(text: str = f'const k="{KEY}";createClient({{key:k}})') -> Recorded:
    return Recorded(SCRIPT, text.encode(), headers={"Content-Type": "application/javascript"})


def page(offset: int, total: Any, *postings: Any) -> Recorded:
    body = json.dumps({"jobPostings": postings, "page": {"offset": offset, "total": total}}).encode()
    asked = {"key": KEY, "channel": 0, "locale": "de", "page": {"num": 100, "offset": offset}}
    return Recorded(SEARCH, body, "POST", headers={"Content-Type": "application/json"}, asked=asked)


def test_empty_board_is_a_list_without_adverts() -> None:
    found = read(BOARD, [script(), page(0, 0)])

    assert (found.postings, found.totals) == ({}, [None, 0])


def test_script_without_a_key_is_no_empty_board() -> None:
    with pytest.raises(ContractError, match="no key of 40 hex digits"):
        read(BOARD, [script("<html>Seite nicht gefunden</html>")])


def test_answer_without_a_list_is_no_empty_board() -> None:
    body = Recorded(SEARCH, b'{"error":"unknown key"}', "POST", headers={"Content-Type": "application/json"})

    with pytest.raises(ContractError, match="jobPostings is missing"):
        read(BOARD, [script(), body])


def test_pages_lead_on_by_what_came_not_by_what_was_asked_for() -> None:
    listed = [{"title": f"Stelle {each}", "url": f"https://x.example/jobposting/{each:040x}"} for each in range(3)]
    gone = [
        Recorded(f"https://jobs.b-ite.com/jobposting/{each:040x}/json?locale=de&contentRendered=true", b"", status=404)
        for each in range(3)
    ]

    found = read(BOARD, [script(), page(0, 3, *listed[:2]), page(2, 3, listed[2]), *gone])

    assert [each.title for each in found.postings.values()] == ["Stelle 0", "Stelle 1", "Stelle 2"]


def test_odd_optional_fields_cost_nothing_but_themselves() -> None:
    listed = {
        "title": "Leitung IT", "url": f"https://x.example/jobposting/{'a' * 40}", "address": ["Unna"],
        "employer": "Kreis",
        "custom": None, "employmentType": {"x": 1}, "createdOn": {"date": 1}, "content": "x", "baseSalary": [5],
    }  # fmt: skip

    posting = SOURCES["bite"].posting(listed, None)

    assert (posting.title, posting.places, posting.employer, posting.pay_min) == ("Leitung IT", (), "Kreis", None)


def test_advert_without_a_title_is_refused_alone() -> None:
    with pytest.raises(TypeError):
        SOURCES["bite"].posting({"title": None, "url": f"https://x.example/jobposting/{'a' * 40}"}, None)


def test_pay_is_read_by_the_month_unless_it_says_otherwise_and_is_never_invented() -> None:
    def pay(stated: Any) -> tuple[Any, ...]:
        listed = {"title": "Leitung IT", "url": f"https://x.example/jobposting/{'a' * 40}"}
        posting = SOURCES["bite"].posting(listed, {"baseSalary": stated})
        return posting.pay_min, posting.pay_max, posting.pay_period, posting.pay_currency

    assert pay({"currency": "EUR", "minValue": 5200, "maxValue": "6.100,50"}) == (5200.0, 6100.5, "month", "EUR")
    assert pay({"currency": "EUR", "minValue": 80000, "unitText": "YEAR"}) == (80000.0, None, "year", "EUR")
    assert pay({"currency": "EUR", "minValue": None, "maxValue": "nach Tarif"}) == (None, None, None, None)


def test_coordinates_are_numbers_texts_or_nothing() -> None:
    def place(**address: Any) -> tuple[Place, ...]:
        listed = {
            "title": "x",
            "url": f"https://x.example/jobposting/{'a' * 40}",
            "address": {"city": "Unna", **address},
        }
        return SOURCES["bite"].posting(listed, None).places

    assert place(latitude="51.53", longitude=7.69) == (Place(city="Unna", lat=51.53, lon=7.69),)
    assert place(latitude="", longitude="unbekannt") == (Place(city="Unna"),)
