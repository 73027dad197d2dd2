"""Alarms about fields: literal nights, how often they cry wolf in a year, and how soon they notice."""

import random
import time
from math import comb

import pytest

from pipelines.drift import Fill, Spread, Verdict, chance, judge, judge_values, spread


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


def test_no_alarm_ends_while_no_advert_has_the_field() -> None:
    before = [Fill(0, 12, alarm=True), *nights(9, 12)]

    assert judge("pay", Fill(0, 1), before) == Verdict(alarm=True)
    assert judge("pay", Fill(0, 0), before) == Verdict(alarm=True)
    assert judge("pay", Fill(1, 1), before) == Verdict(alarm=False, told="pay is back: 1 of 1 adverts have it")


def test_what_lasts_two_weeks_is_usual() -> None:
    before = nights(9, 12)
    told = []
    for _ in range(30):
        verdict = judge("pay", Fill(0, 12), before)
        before = [Fill(0, 12, alarm=verdict.alarm), *before]
        told.append(verdict.told)

    assert told[14] == "pay: 0 of 12 adverts have it for 14 nights, which counts as usual from now on"
    assert [each for each in told if each] == [told[0], told[14]]


@pytest.mark.parametrize(
    "table", [(0, 12, 9, 12), (5, 12, 9, 12), (12, 12, 0, 12), (3, 7, 4, 5), (7, 7, 7, 7), (0, 1, 9, 12)]
)
def test_the_chance_is_the_one_that_counting_gives(table: tuple[int, int, int, int]) -> None:
    filled, of, usual_filled, usual_of = table
    having, total = filled + usual_filled, of + usual_of
    ways = [comb(having, k) * comb(total - having, of - k) for k in range(filled + 1)]

    assert chance(*table) == pytest.approx(sum(ways) / comb(total, of), rel=1e-9)


def test_a_board_of_a_hundred_thousand_adverts_is_judged_at_once() -> None:
    started = time.perf_counter()

    assert chance(45_000, 100_000, 45_100, 100_000) == pytest.approx(0.328, abs=0.001)
    assert chance(0, 100_000, 45_000, 100_000) < 1e-300
    assert chance(99_000, 100_000, 45_000, 100_000) == pytest.approx(1)
    assert time.perf_counter() - started < 1


def test_a_year_of_110_steady_boards_cries_wolf_seldom_and_a_lost_field_is_noticed_soon() -> None:
    """Boards of 1 to 40 adverts, each staying 30 nights on average, with four fields at steady rates."""
    dice = random.Random(9)  # noqa: S311 - a simulation
    alarms = judged = 0
    delays = []
    for board in range(110):
        size = dice.choice([1, 2, 3, 5, 8, 12, 20, 40])
        for rate in (0.2, 0.5, 0.8, 1.0):
            adverts = [dice.random() < rate for _ in range(size)]
            before: list[Fill] = []
            for _ in range(365):
                adverts = [dice.random() < rate if dice.random() < 1 / 30 else each for each in adverts]
                tonight = Fill(sum(adverts), size)
                verdict = judge("field", tonight, before[:42])
                before.insert(0, Fill(tonight.filled, size, alarm=verdict.alarm))
                alarms += verdict.told is not None and "missing" in verdict.told
                judged += 1
            if size >= 12 and rate >= 0.8 and board % 4 == 0:
                lost = next((night for night in range(30) if judge("field", Fill(0, size), before[:42]).alarm), None)
                delays.append(lost)

    assert judged == 110 * 4 * 365
    assert alarms == 0  # false ones, in 110 x 365 boards and nights, over four fields
    assert delays
    assert set(delays) == {0}


# ------------------------------------------------------------ values


TEXTS = [1_800.0, 2_000, 2_100, 2_400, 2_600, 2_900, 3_000, 3_100, 3_300, 3_500, 3_800, 4_200]


def test_quartiles() -> None:
    assert spread([4, 1, 3, 2, 5]) == Spread(2, 4, 5)
    assert spread([7]) == Spread(7, 7, 1)


def test_values_that_are_no_longer_the_usual_ones_are_told_once_and_so_is_their_return() -> None:
    before = [spread(TEXTS)] * 14
    told = []
    for factor in (1, 0.1, 0.1, 1, 3):
        values = [value * factor for value in TEXTS]
        verdict = judge_values("length of texts", values, before)
        before = [Spread(spread(values).low, spread(values).high, 12, alarm=verdict.alarm), *before]
        told.append(verdict.told)

    assert told == [
        None, "length of texts is below 2,325 in 12 of 12 adverts, usually in a quarter of them", None,
        "length of texts is again what it used to be",
        "length of texts is above 3,350 in 12 of 12 adverts, usually in a quarter of them",
    ]  # fmt: skip


def test_values_that_say_nothing_raise_no_alarm() -> None:
    assert judge_values("pay a year", [500.0] * 3, [spread([60_000.0] * 3)] * 14) == Verdict(alarm=False)  # too few
    assert judge_values("pay a year", [60_000.0] * 20, [spread([60_000.0] * 20)] * 14) == Verdict(alarm=False)
    assert judge_values("pay a year", [], [spread(TEXTS)] * 14) == Verdict(alarm=False)
    assert judge_values("pay a year", [9.0] * 20, [spread(TEXTS)] * 4) == Verdict(alarm=False)  # nothing is usual yet
    lasting = [Spread(9, 9, 20, alarm=True)] * 14 + [spread(TEXTS)] * 14
    assert judge_values("pay a year", [9.0] * 20, lasting).told == (
        "pay a year is as it is for 14 nights, which counts as usual from now on"
    )


def test_a_year_of_steady_values_cries_wolf_seldom() -> None:
    """110 boards of 1 to 40 adverts, each staying 30 nights on average, with lengths as they are spread in practice."""
    dice = random.Random(9)  # noqa: S311 - a simulation
    alarms = 0
    for _ in range(110):
        values = [dice.lognormvariate(8, 0.4) for _ in range(dice.choice([1, 2, 3, 5, 8, 12, 20, 40]))]
        before: list[Spread] = []
        for _ in range(365):
            values = [dice.lognormvariate(8, 0.4) if dice.random() < 1 / 30 else each for each in values]
            verdict = judge_values("length", values, before[:42])
            now = spread(values)
            before.insert(0, Spread(now.low, now.high, now.of, alarm=verdict.alarm))
            alarms += verdict.told is not None and ("below" in verdict.told or "above" in verdict.told)

    assert alarms / (110 * 365) < 0.001
