"""Alarms about fields: literal nights, how often they cry wolf in a year, and how soon they notice."""

import random

import pytest

from pipelines.drift import Fill, Verdict, judge


def nights(filled: int, of: int, count: int = 14) -> list[Fill]:
    return [Fill(filled, of)] * count


@pytest.mark.parametrize(
    ("tonight", "before", "told"),
    [
        (Fill(0, 12), nights(9, 12), "pay is missing in 12 of 12 adverts, usually in 3 of 12"),
        (Fill(0, 6), nights(7, 7), "pay is missing in 6 of 6 adverts, usually in 0 of 7"),
        (Fill(0, 3), nights(3, 3), None),  # three adverts prove nothing
        (Fill(5, 12), nights(9, 12), None),
        (Fill(12, 12), nights(0, 12), None),  # more than usual is no harm
        (Fill(0, 12), nights(9, 12, 4), None),  # nothing is usual yet
        (Fill(0, 0), nights(9, 12), None),
    ],
)
def test_an_alarm_begins(tonight: Fill, before: list[Fill], told: str | None) -> None:
    assert judge("pay", tonight, before) == Verdict(alarm=told is not None, told=told)


def test_an_alarm_is_told_when_it_begins_and_when_it_ends() -> None:
    before = nights(9, 12)
    told = []
    for filled in (0, 0, 1, 9, 9):
        verdict = judge("pay", Fill(filled, 12), before)
        before = [Fill(filled, 12, alarm=verdict.alarm), *before]
        told.append(verdict.told)

    assert told == [
        "pay is missing in 12 of 12 adverts, usually in 3 of 12", None, None,
        "pay is back: 9 of 12 adverts have it", None,
    ]  # fmt: skip


def test_what_lasts_two_weeks_is_usual() -> None:
    before = nights(9, 12)
    told = []
    for _ in range(30):
        verdict = judge("pay", Fill(0, 12), before)
        before = [Fill(0, 12, alarm=verdict.alarm), *before]
        told.append(verdict.told)

    assert told[14] == "pay: 0 of 12 adverts have it for 14 nights, which counts as usual from now on"
    assert [each for each in told if each] == [told[0], told[14]]


def test_a_year_of_110_steady_boards_cries_wolf_seldom_and_a_lost_field_is_noticed_soon() -> None:
    """Boards of 1 to 40 adverts, each staying 30 nights on average, with eight fields at steady rates."""
    chance = random.Random(9)  # noqa: S311 - a simulation
    alarms = judged = 0
    delays = []
    for board in range(110):
        size = chance.choice([1, 2, 3, 5, 8, 12, 20, 40])
        for rate in (0.2, 0.5, 0.8, 1.0):
            adverts = [chance.random() < rate for _ in range(size)]
            before: list[Fill] = []
            for _ in range(365):
                adverts = [chance.random() < rate if chance.random() < 1 / 30 else each for each in adverts]
                tonight = Fill(sum(adverts), size)
                verdict = judge("field", tonight, before[:42])
                before.insert(0, Fill(tonight.filled, size, alarm=verdict.alarm))
                alarms += verdict.told is not None and "missing" in verdict.told
                judged += 1
            if size >= 12 and rate >= 0.8 and board % 4 == 0:
                lost = next((night for night in range(30) if judge("field", Fill(0, size), before[:42]).alarm), None)
                delays.append(lost)

    assert judged == 110 * 4 * 365
    assert alarms / (110 * 365) < 0.001  # false alarms a board and night, over four fields
    assert delays
    assert set(delays) == {0}
