"""softgarden: what the generic test of the kinds does not cover."""

import json
from typing import Any

import pytest

from crawler.boards import Board
from crawler.sources.base import ContractError
from tests.recorded_boards import Reading, Recorded, read

FEED = "https://klinik.career.softgarden.de/jobs.feed.json"
BOARD = Board("softgarden", "klinik")


def feed(total: Any, *items: Any) -> Reading:
    body = json.dumps({"@type": "DataFeed", "numberOfItems": total, "dataFeedElement": items}).encode()
    return read(BOARD, [Recorded(FEED, body, headers={"Content-Type": "application/json"})])


def item(number: Any, **fields: Any) -> dict[str, Any]:
    node = {"title": "IT-Leitung", "identifier": {"value": number}, "url": "https://x.example/jobs/60111660/IT/"}
    return {"@type": "DataFeedItem", "dateModified": "2026-11-20T06:11:31.000Z", "item": node | fields}


def test_empty_board_states_its_zero() -> None:
    found = feed(0)

    assert (found.postings, found.totals) == ({}, [0])


@pytest.mark.parametrize(("stated", "total"), [(3, 3), ("3", 3), (None, None), ("viele", None), (-1, None), ([], None)])
def test_total_is_the_feeds_own_or_none(stated: Any, total: int | None) -> None:
    assert feed(stated, item(60111660)).totals == [total]


def test_answer_without_a_feed_is_no_empty_board() -> None:
    with pytest.raises(ContractError, match="dataFeedElement is missing"):
        read(BOARD, [Recorded(FEED, b'{"@type":"DataFeed"}', headers={"Content-Type": "application/json"})])


def test_number_stands_in_the_identifier_or_the_address() -> None:
    items = item(1234567), item("2345678"), item("klinik"), item(None, url="https://x.example/job/345678")

    assert [*feed(3, *items).postings] == ["1234567", "2345678", "60111660", "345678"]


def test_stamp_of_the_item_is_the_postings() -> None:
    (posting,) = feed(1, item(60111660)).postings.values()

    assert posting.modified_at == "2026-11-20T06:11:31.000Z"


def test_odd_items_cost_nothing_but_themselves() -> None:
    odd = item(60111660, jobLocation=[None, 5], hiringOrganization=[], baseSalary="viel", employmentType={"x": 1})

    found = feed(5, None, {}, {"item": []}, item(60111661, title=None), odd)

    assert ([*found.postings], len(found.unreadable)) == (["60111660"], 4)
