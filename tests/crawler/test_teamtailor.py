"""Teamtailor: what the generic test of the kinds does not cover."""

import json
from typing import Any

import pytest

from crawler.boards import Board
from crawler.sources.base import ContractError
from tests.recorded_boards import Recorded, read

HOME = "https://karriere.campus.example"
BOARD = Board("teamtailor", "campus", HOME, "Campus GmbH")


def page(*items: Any, path: str = "/jobs.json", **feed: Any) -> Recorded:
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items, **feed}).encode()
    return Recorded(HOME + path, body, headers={"Content-Type": "application/feed+json"})


def item(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"{number:032x}", "title": f"Stelle {number}", "url": f"{HOME}/jobs/{number}-stelle", **fields}


def test_empty_board() -> None:
    assert read(BOARD, [page(title="Campus", next_url=None)]).postings == {}


def test_answer_without_items_is_no_empty_board() -> None:
    with pytest.raises(ContractError, match="items is missing"):
        read(BOARD, [Recorded(f"{HOME}/jobs.json", b'{"error":"x"}', headers={"Content-Type": "application/json"})])


def test_pages_overlap_and_are_asked_of_the_boards_own_host() -> None:
    first = page(item(1), item(2), next_url="https://campus.teamtailor.com/jobs.json?page=2&per_page=100")
    second = page(item(2), item(3), path="/jobs.json?page=2&per_page=100")

    found = read(BOARD, [first, second])

    assert [*found.postings] == ["1", "2", "3"]
    assert found.asked == [f"GET {HOME}/jobs.json", f"GET {HOME}/jobs.json?page=2&per_page=100"]


def test_employer_stands_in_the_posting_the_feed_or_the_row() -> None:
    def employer(stated: Any, **feed: Any) -> str | None:
        node = {"hiringOrganization": stated, "identifier": {"value": "1"}}
        return read(BOARD, [page(item(1, _jobposting=node), **feed)]).postings["1"].employer

    assert employer({"name": "Campus Nord GmbH"}, title="Campus") == "Campus Nord GmbH"
    assert employer(None, title="Campus") == "Campus"
    assert employer(None) == "Campus GmbH"


def test_title_and_text_are_decoded_as_often_as_they_are_encoded() -> None:
    node = {"title": "Leitung IT &amp;amp; Einkauf", "description": "&lt;p&gt;IT &amp;amp; mehr&lt;/p&gt;"}

    found = read(BOARD, [page(item(1, _jobposting=node))]).postings["1"]

    assert (found.title, found.description) == ("Leitung IT & Einkauf", "<p>IT &amp; mehr</p>")


def test_odd_items_cost_nothing_but_themselves() -> None:
    odd = item(3, _jobposting={"jobLocation": "Dortmund", "baseSalary": 5})
    adverts = item(1, _jobposting=["x"]), {"title": "ohne Adresse"}, item(2, title=None), odd
    found = read(BOARD, [page(None, *adverts, next_url=7)])

    assert ([*found.postings], len(found.unreadable)) == (["1", "3"], 3)
    assert [each.city for each in found.postings["3"].places] == ["Dortmund"]
