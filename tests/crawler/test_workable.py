"""Workable: what the generic test of the kinds does not cover."""

import json
from typing import Any

import pytest

from crawler.boards import Board
from crawler.sources.base import ContractError
from pipelines.items import Place
from tests.recorded_boards import Reading, Recorded, read

LIST = "https://apply.workable.com/api/v1/widget/accounts/halde?details=true"
BOARD = Board("workable", "halde")


def jobs(*stated: Any, **account: Any) -> Reading:
    body = json.dumps({"name": "Halde GmbH", "jobs": stated, **account}).encode()
    return read(BOARD, [Recorded(LIST, body, headers={"Content-Type": "application/json"})])


def job(code: Any, **fields: Any) -> dict[str, Any]:
    return {"shortcode": code, "title": f"Stelle {code}", "url": f"https://apply.workable.com/j/{code}", **fields}


def test_empty_account() -> None:
    assert jobs().postings == {}


def test_unknown_account_does_not_look_empty() -> None:
    with pytest.raises(ContractError, match=r"no such board, or its list is switched off \(HTTP 404\)"):
        read(BOARD, [Recorded(LIST, b'{"error":"Not found"}', status=404)])
    with pytest.raises(ContractError, match="jobs is missing"):
        jobs(jobs=None)


def test_job_that_stands_there_once_for_each_place_is_one_with_all_of_them() -> None:
    both = [{"city": "Dortmund", "region": "NRW", "country": "Germany"}, {"city": "Unna", "country": "Germany"}]

    found = jobs(
        job("A", locations=both), job("B", city="Hamm", state="NRW", country="Germany"), job("A", locations=both)
    )

    assert found.postings["A"].places == (
        Place(city="Dortmund", state="NRW", country="Deutschland"), Place(city="Unna", country="Deutschland"),
    )  # fmt: skip
    assert found.postings["B"].places == (Place(city="Hamm", state="NRW", country="Deutschland"),)


@pytest.mark.parametrize(
    ("fields", "remote"),
    [({"telecommuting": True}, "full"), ({"telecommuting": False}, None), ({"workplace_type": "on_site"}, "none"),
     ({"workplace_type": "hybrid", "telecommuting": True}, "hybrid")],
)  # fmt: skip
def test_ways_to_work(fields: dict[str, Any], remote: str | None) -> None:
    assert jobs(job("A", **fields)).postings["A"].remote == remote


def test_day_of_creation_is_no_first_publication() -> None:
    found = jobs(
        job("A", published_on="2026-11-05", created_at="2026-01-02"), job("B", created_at="2026-01-02")
    ).postings

    assert (found["A"].published_on, found["A"].first_published_on) == ("2026-11-05", None)
    assert found["B"].published_on == "2026-01-02"


def test_texts_may_stand_apart() -> None:
    found = jobs(job("A", description="<p>Aufgaben</p>", requirements="<p>Profil</p>", benefits=None)).postings["A"]

    assert found.description == "<p>Aufgaben</p>\n<p>Profil</p>"


def test_odd_jobs_cost_nothing_but_themselves() -> None:
    odd = job("A", locations=[None, "x"], department=["IT"], description=[]) | {"code": 1207}

    found = jobs(None, job(None), job(None), odd, "x", job("B", title=None))

    assert ([*found.postings], len(found.unreadable)) == (["A"], 5)
    assert (found.postings["A"].places, found.postings["A"].reference) == ((), "1207")
