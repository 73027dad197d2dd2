from datetime import UTC, datetime, timedelta

import pytest

from pipelines.history import Missing, Verdict, is_unconfirmed, missing

NOW = datetime(2026, 11, 25, 3, 17, tzinfo=UTC)
TOLD = "2026-11-25T03:17:00+00:00"


def ago(hours: float) -> str:
    """ISO time so many hours before NOW."""
    return (NOW - timedelta(hours=hours)).isoformat()


@pytest.mark.parametrize(
    ("posting", "nights_to_close", "expected"),
    [
        (Missing(0, None, None), 1, Verdict(1, TOLD, "absent from one complete list")),
        (Missing(0, None, None), 2, Verdict(1, TOLD, None)),
        (Missing(1, ago(24), None), 2, Verdict(2, TOLD, "absent from 2 complete lists, 20 hours apart")),
        (Missing(1, ago(20), None), 2, Verdict(2, TOLD, "absent from 2 complete lists, 20 hours apart")),
        (Missing(1, ago(19.9), None), 2, Verdict(1, ago(19.9), None)),
        (Missing(1, ago(24), None), 3, Verdict(2, TOLD, None)),
        (
            Missing(0, None, "2026-11-24"),
            2,
            Verdict(1, TOLD, "deadline passed, and absent from the complete list"),
        ),
        (Missing(0, None, "2026-11-25"), 2, Verdict(1, TOLD, None)),
        (Missing(0, None, "2026-12-31"), 2, Verdict(1, TOLD, None)),
        (
            Missing(1, ago(1), "2026-11-24"),
            2,
            Verdict(2, TOLD, "deadline passed, and absent from the complete list"),
        ),
    ],
    ids=[
        "one list is the whole truth",
        "first miss of two",
        "second miss, a day later",
        "second miss, 20 hours later",
        "second miss, the same night",
        "second miss of three",
        "deadline was yesterday",
        "deadline is today",
        "deadline is to come",
        "deadline, the same night",
    ],
)
def test_missing(posting: Missing, nights_to_close: int, expected: Verdict) -> None:
    assert missing(posting, NOW, nights_to_close) == expected


def test_many_runs_in_one_night_are_one_miss() -> None:
    posting = Missing(0, None, None)
    for minutes in range(0, 19 * 60, 30):
        verdict = missing(posting, NOW + timedelta(minutes=minutes), 2)
        posting = Missing(verdict.missed, verdict.missed_at, None)

    assert posting == Missing(1, TOLD, None)


@pytest.mark.parametrize(
    ("last_seen", "expected"),
    [("2026-11-25", False), ("2026-11-11", False), ("2026-11-10", True), ("2025-11-25", True)],
    ids=["today", "14 days", "15 days", "a year"],
)
def test_is_unconfirmed(last_seen: str, expected: bool) -> None:
    assert is_unconfirmed(last_seen, "2026-11-25") == expected
