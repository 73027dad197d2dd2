"""The certificate: each rule alone against a ledger that is otherwise in order."""

from typing import Any

import pytest

from pipelines.health import Certificate, Earlier, Ledger, Listing, certificate, exit_code


def listing(shown: int = 100, **values: Any) -> Listing:
    """A list read to its end."""
    told: dict[str, Any] = {
        "total": shown,
        "ids": {str(each) for each in range(shown)},
        "pages": 1,
    }
    return Listing(**(told | values))


def ledger(shown: int = 100, **values: Any) -> Ledger:
    """A board that kept every rule."""
    told: dict[str, Any] = {"planned": 3, "answered": 3, "listings": {"IT": listing(shown)}, "fetched": shown}
    return Ledger("softgarden:werk", **(told | values))


def test_board_read_to_its_end_is_complete() -> None:
    found = certificate(ledger(), Earlier([100, 100, 100]))

    assert found == Certificate("complete", None)
    assert found.certified


@pytest.mark.parametrize(
    ("broken", "outcome", "reason"),
    [
        (ledger(skipped="robots"), "skipped(robots)", None),
        (ledger(skipped="tdm", faults=["refused"]), "skipped(tdm)", "refused"),
        (ledger(listings={}), "failed", "no list page was answered"),
        (ledger(listings={"IT": listing(0, pages=0)}, faults=["HTTP 503"]), "failed", "HTTP 503"),
        (ledger(0, faults=["HTTP 503"]), "failed", "HTTP 503"),
        (ledger(unusable=100), "failed", "contract changed: none of 100 adverts has an id and a title"),
        (ledger(faults=["HTTP 503"]), "partial", "HTTP 503"),
        (ledger(faults=["HTTP 503", "half an answer"]), "partial", "HTTP 503 (and 1 more)"),
        (ledger(planned=5), "partial", "2 of 5 requests have no answer"),
        (ledger(suspicions=["page 1 again"]), "suspect", "page 1 again"),
        (ledger(listings={"IT": listing(pending=1)}), "partial", "list 'IT' was not read to its end"),
        (ledger(listings={"IT": listing(total=102)}), "partial", "list 'IT' states 102 adverts and shows 100"),
        (ledger(listings={"IT": listing(total=98)}), "partial", "list 'IT' states 98 adverts and shows 100"),
        (
            ledger(listings={"IT": listing(), "EDV": listing(5, pending=1)}),
            "partial",
            "list 'EDV' was not read to its end",
        ),
        (ledger(unusable=1), "suspect", "1 of 100 adverts have no id or title"),
    ],
    ids=[
        "robots", "reserved", "no list", "no page", "nothing but faults", "no advert usable", "a fault", "two faults",
        "a request without outcome", "a suspicion", "an unfinished list", "total too large", "total too small",
        "the second list", "one advert unusable",
    ],
)  # fmt: skip
def test_broken_rule_costs_the_certificate(broken: Ledger, outcome: str, reason: str | None) -> None:
    found = certificate(broken, Earlier([100]))

    assert found == Certificate(outcome, reason)
    assert not found.certified


@pytest.mark.parametrize("total", [100, 101, None], ids=["exact", "1 % more", "not stated"])
def test_total_may_move_by_one_per_cent(total: int | None) -> None:
    assert certificate(ledger(listings={"IT": listing(total=total)}), Earlier([100])).certified


@pytest.mark.parametrize(
    ("shown", "earlier", "outcome"),
    [
        (70, [100], "complete"),
        (69, [100], "suspect"),
        (200, [100], "complete"),
        (201, [100], "suspect"),
        (0, [100], "suspect"),
        (69, [100, 100, 60, 60, 60], "complete"),
        (69, [60, 60, 60, 100, 100, 100, 100], "complete"),
        (69, [100, 100, 100, 60, 60, 60, 60, 60], "suspect"),
        (100, [10, 100, 1000], "complete"),
        (2, [3, 3, 3], "complete"),
        (1, [3, 3, 3], "complete"),
        (0, [3, 3, 3], "suspect"),
        (0, [1], "complete"),
        (0, [2], "complete"),
        (3, [1], "complete"),
        (4, [1], "suspect"),
    ],
    ids=[
        "70 %", "below 70 %", "200 %", "above 200 %", "nothing", "the median counts", "the last five count",
        "older ones do not", "an outlier does not count", "three lose one", "three lose two", "three lose all",
        "the only one ends", "the only two end", "one gains two", "one gains three",
    ],
)  # fmt: skip
def test_count_is_compared_with_earlier_certified_nights(shown: int, earlier: list[int], outcome: str) -> None:
    assert certificate(ledger(shown), Earlier(earlier)).outcome == outcome


def test_suspect_count_says_what_is_usual() -> None:
    assert (
        certificate(ledger(10), Earlier([100, 90])).reason
        == "10 adverts, usually 95: a fall too large to believe at once"
    )
    assert (
        certificate(ledger(500), Earlier([90])).reason == "500 adverts, usually 90: a rise too large to believe at once"
    )


@pytest.mark.parametrize(
    ("known", "remaining", "certified"), [(20, 10, True), (20, 9, False), (6, 2, False), (5, 0, True), (0, 0, True)]
)
def test_most_adverts_gone_at_once_are_not_believed(known: int, remaining: int, *, certified: bool) -> None:
    found = certificate(ledger(20), Earlier([20], known, remaining))

    assert found.certified is certified
    if not certified:
        assert found.outcome == "suspect"
        assert found.reason == (
            f"20 adverts, but of the {known} last known only {remaining} are among them: too many gone at once"
            " (new numbers for the same posts, or another employer's board?)"
        )


def test_first_night_is_believed() -> None:
    assert certificate(ledger(3), Earlier([])).certified


def test_first_night_without_any_advert_is_not_believed() -> None:
    assert certificate(ledger(0), Earlier([])) == Certificate(
        "suspect", "no advert at all, and no earlier night to compare with"
    )


def test_largest_total_is_what_a_board_advertises() -> None:
    lists = {"IT": listing(total=7), "EDV": listing(total=None), "CIO": listing(total=12)}

    assert ledger(listings=lists).advertised == 12
    assert ledger(listings={"IT": listing(total=None)}).advertised is None


def test_pending_is_what_has_no_outcome() -> None:
    assert ledger(planned=7, answered=3, failed=1).pending == 3


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (["complete"], 0),
        (["complete", "skipped(robots)"], 0),
        (["skipped(tdm)"], 0),
        (["complete", "failed"], 3),
        (["complete", "partial"], 3),
        (["partial"], 3),
        (["suspect"], 3),
        (["failed"], 4),
        (["failed", "skipped(robots)"], 4),
        ([], 4),
    ],
    ids=lambda each: ", ".join(each) if isinstance(each, list) else "",
)
def test_exit_code(outcomes: list[str], code: int) -> None:
    assert exit_code(outcomes) == code
