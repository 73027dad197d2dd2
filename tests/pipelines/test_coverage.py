"""The estimate of what was missed: literal values, and whether its interval holds in populations that we know."""

import random

import pytest

from pipelines.coverage import estimate


def posts(**counts: int) -> list[str]:
    """Return the ways of each post: ab=3 is three posts that the ways a and b find."""
    return [ways for ways, count in counts.items() for _ in range(count)]


def test_two_ways_are_chapmans_estimator_and_sebers_variance() -> None:
    # n1 = 40, n2 = 30, m = 10: 41 * 31 / 11 - 1 = 114.5; variance 41 * 31 * 30 * 20 / (11**2 * 12) = 525.2,
    # missed 54.5, spread exp(1.96 * sqrt(log(1 + 525.2 / 54.5**2))) = 2.2041.
    found = estimate(posts(a=30, b=20, ab=10))

    assert (found.seen, found.once, found.twice) == (60, 50, 10)
    assert found.posts == pytest.approx(114.5, abs=0.1)
    assert found.low == pytest.approx(60 + 24.7, abs=0.1)
    assert found.high == pytest.approx(60 + 120.2, abs=0.2)
    assert found.told() == (
        "Coverage: 60 open, 10 of them found by two ways or more; about 115 exist (95 %: 85 to 180)."
    )


def test_several_ways_by_hand() -> None:
    # (12 * 10 + 12 * 9 + 10 * 9) / (9 + 1) = 31.8 missed; variance (318**2 / 100 + 13098 / 10 + 318) / 11 = 239.9,
    # spread exp(1.96 * sqrt(log(1 + 239.9 / 31.8**2))) = 2.470.
    found = estimate(posts(a=12, b=10, c=9, ab=4, ac=3, bc=2, abc=3))

    assert (found.seen, found.once, found.twice) == (43, 31, 9)
    assert found.posts == pytest.approx(74.8)
    assert found.low == pytest.approx(43 + 12.87, abs=0.05)
    assert found.high == pytest.approx(43 + 78.55, abs=0.1)


@pytest.mark.parametrize(
    ("ways", "reason"),
    [
        (posts(a=30, b=20, ab=6), "too few are found by exactly two (6, 7 are needed) to tell how many were missed"),
        (
            posts(a=30, ab=8),
            "fewer than two ways find posts that no other finds, so nothing tells how many were missed",
        ),
        ([], "too few are found by exactly two (0, 7 are needed) to tell how many were missed"),
    ],
)
def test_where_nothing_can_be_told_the_reason_is(ways: list[str], reason: str) -> None:
    found = estimate(ways)

    assert (found.posts, found.low, found.high, found.reason) == (None, None, None, reason)
    assert found.told().endswith(f"found by two ways or more; {reason}.")


def holds(rates: list[float], *, copies: bool = False, hard: float = 0.0) -> tuple[float, float]:
    """Return how often the interval holds the truth of 150 posts, and the mean estimate, over a thousand populations.

    `copies`: the second way shows what the first shows. `hard`: the share of posts found a fifth as often by all.
    """
    chance = random.Random(4)  # noqa: S311 - a simulation
    inside, sums = 0, 0.0
    for _ in range(1_000):
        population = []
        for _ in range(150):
            factor = 0.2 if chance.random() < hard else 1.0
            ways = [way for way, rate in enumerate(rates) if chance.random() < rate * factor]
            if copies:
                ways = [0, 1, *(way for way in ways if way > 1)] if 0 in ways else [way for way in ways if way > 1]
            population.append([str(way) for way in ways])
        found = estimate(each for each in population if each)
        assert found.posts is not None
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= 150 <= found.high
        sums += found.posts
    return inside / 1_000, sums / 1_000


@pytest.mark.parametrize(
    "rates",
    [
        [0.5, 0.5], [0.7, 0.3], [0.4] * 4, [0.5, 0.4, 0.35, 0.3, 0.3],
        [0.6, 0.3, 0.15], [0.7, 0.15, 0.1, 0.1], [0.8, 0.2, 0.1],
    ],
)  # fmt: skip
def test_interval_holds_the_truth_where_ways_are_independent_whatever_their_reach(rates: list[float]) -> None:
    share, mean = holds(rates)

    assert 0.92 <= share <= 0.98
    assert 147 <= mean <= 154


def test_a_way_that_copies_another_makes_the_estimate_too_small() -> None:
    share, mean = holds([0.5, 0.5, 0.3, 0.3], copies=True)

    assert share < 0.2
    assert mean < 130


def test_posts_that_all_ways_find_hard_make_the_estimate_too_small() -> None:
    share, mean = holds([0.5, 0.5, 0.3], hard=0.4)

    assert share < 0.6
    assert mean < 125
