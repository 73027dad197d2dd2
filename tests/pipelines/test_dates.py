from datetime import UTC, datetime

import pytest

from pipelines import dates
from tests.stopwatch import within


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-25", "2026-11-25"),
        ("2026-11-25T07:57:38.033", "2026-11-25"),
        ("2026-11-25T07:57:38+01:00", "2026-11-25"),
        ("25.11.2026", "2026-11-25"),
        ("3.4.2026", "2026-04-03"),
        (" 03.04.2026 ", "2026-04-03"),
        ("25.11.2026 08:00 Uhr", "2026-11-25"),
        ("2024-02-29", "2024-02-29"),
        ("2000-01-01", "2000-01-01"),
        ("2099-12-31", "2099-12-31"),
        ("2026-02-29", None),
        ("31.04.2026", None),
        ("2026-13-01", None),
        ("2026-00-10", None),
        ("0.1.2026", None),
        ("1999-12-31", None),
        ("2100-01-01", None),
        ("0001-01-01", None),
        ("1.1.26", "2026-01-01"),
        ("20261125", None),
        ("11/25/2026", None),
        ("1784844000000", "2026-07-24"),
        ("1784844000", "2026-07-24"),
        ("Mon, 13 Jul 2026 22:30:00 +0000", "2026-07-14"),
        ("13 Jul 2026 08:00 GMT", "2026-07-13"),
        ("Mon Jul 13 00:00:00 UTC 2026", "2026-07-13"),
        ("Mon Jul 13 23:00:00 CEST 2026", "2026-07-13"),
        ("Wed, 07/22/2026 - 16:35", "2026-07-22"),
        ("Tue, 07/22/2026 - 16:35", None),
        ("August 5, 2026 at 10:20 PM", "2026-08-05"),
        ("Aug 5, 2026", "2026-08-05"),
        ("Foo 5, 2026", None),
        ("2026-7-3", "2026-07-03"),
        ("2026-08-13T22:30:00+0000", "2026-08-14"),
        ("2026-08-13 22:30:00 UTC", "2026-08-14"),
        ("99999999999999", None),
        ("٢٠٢٦-١١-٢٥", None),
        ("ab sofort", None),
        ("", None),
        (None, None),
    ],
    ids=repr,
)
def test_day(written: str | None, expected: str | None) -> None:
    assert dates.day(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-01-01T12:00:00", "2026-01-01T11:00:00+00:00"),
        ("2026-07-01T12:00:00", "2026-07-01T10:00:00+00:00"),
        ("2026-09-14T07:57:38.033", "2026-09-14T05:57:38+00:00"),
        ("2026-01-01T12:00:00Z", "2026-01-01T12:00:00+00:00"),
        ("2026-01-01T12:00:00-05:00", "2026-01-01T17:00:00+00:00"),
        ("2026-01-01", "2025-12-31T23:00:00+00:00"),
        ("2026-03-29T01:59:59", "2026-03-29T00:59:59+00:00"),
        ("2026-03-29T03:00:00", "2026-03-29T01:00:00+00:00"),
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00+00:00"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00+00:00"),
        ("2026-10-25T03:00:00", "2026-10-25T02:00:00+00:00"),
        ("2026-01-01T25:00:00", None),
        ("2026-02-30T12:00:00", None),
        ("2026-01-01 quatsch", "2025-12-31T23:00:00+00:00"),
        ("0001-01-01T00:00:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("gestern", None),
        ("", None),
        (None, None),
    ],
    ids=[
        "winter", "summer", "fractions are cut", "UTC", "another zone", "a day begins in Berlin",
        "before the clock goes forward", "after it went forward", "an hour that does not exist",
        "an hour that comes twice: the first", "after the clock went back", "hour 25", "30 February", "half a time",
        "before all time", "after all time", "a word", "empty", "none",
    ],
)  # fmt: skip
def test_moment(written: str | None, expected: str | None) -> None:
    assert dates.moment(written) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 25, 3, 17, tzinfo=UTC), "2026-11-25"),
        (datetime(2026, 1, 1, 22, 59, tzinfo=UTC), "2026-01-01"),
        (datetime(2026, 1, 1, 23, 0, tzinfo=UTC), "2026-01-02"),
        (datetime(2026, 7, 1, 21, 59, tzinfo=UTC), "2026-07-01"),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), "2026-07-02"),
    ],
    ids=["at 04:17", "before midnight, winter", "midnight, winter", "before midnight, summer", "midnight, summer"],
)
def test_night_is_the_german_date(now: datetime, expected: str) -> None:
    assert dates.night(now) == expected


@pytest.mark.parametrize(
    "hostile",
    ["1." * 50_000, "2026-11-25" * 10_000, " " * 100_000, "2026-11-25T" + "0" * 100_000],
    ids=lambda h: h[:11],
)
def test_hostile_text_costs_less_than_50_ms(hostile: str) -> None:
    with within(0.05):
        dates.day(hostile)
        dates.moment(hostile)
