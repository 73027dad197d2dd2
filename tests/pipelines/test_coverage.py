"""The estimate of what was missed: literal values, and whether its interval holds in populations that we know."""

import random

import pytest

from pipelines.coverage import Estimate, estimate


def test_an_estimate_by_hand() -> None:
    # 40 seen once, 20 twice, by four kinds: 3/4 * 40 * 39 / (2 * 21) = 27.86 missed at least.
    found = estimate([1] * 40 + [2] * 20 + [3] * 5, 4)

    assert (found.seen, found.once, found.twice) == (65, 40, 20)
    assert found.least == pytest.approx(92.86, abs=0.01)
    assert found.low == pytest.approx(76.8, abs=0.1)
    assert found.high == pytest.approx(130.9, abs=0.1)
    assert found.told() == (
        "Coverage: 65 open, 25 of them shown by two kinds of source or more; at least about 93 exist (95 %: 77 to 131)."
    )


def test_too_little_overlap_tells_nothing_but_why() -> None:
    found = estimate([1] * 30 + [2] * 4, 3)

    assert found == Estimate(
        34, 30, 4, reason="too few are shown by two (4, 5 are needed) to tell how many were missed"
    )
    assert found.told().endswith("4 of them shown by two kinds of source or more; too few are shown by two"
                                 " (4, 5 are needed) to tell how many were missed.")  # fmt: skip
    assert estimate([], 0).seen == 0


def test_all_seen_twice_misses_nothing() -> None:
    assert estimate([2] * 10, 2) == Estimate(10, 0, 10, 10.0, 10.0, 10.0)


def captured(chance: random.Random, posts: int, rates: list[float], *, twins: bool = False) -> list[int]:
    """Return by how many sources each post was seen that was seen at all; `twins`: the second copies the first."""
    counts = []
    for _ in range(posts):
        seen = [chance.random() < rate for rate in rates]
        if twins:
            seen[1] = seen[0]
        counts.append(sum(seen))
    return [each for each in counts if each]


def holds(posts: int, rates: list[float], *, twins: bool = False) -> tuple[float, float]:
    """Return how often the interval holds the truth, and the mean estimate, over a thousand populations."""
    chance = random.Random(4)  # noqa: S311 - a simulation
    inside, sums = 0, 0.0
    for _ in range(1_000):
        found = estimate(captured(chance, posts, rates, twins=twins), len(rates))
        assert found.least is not None
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= posts <= found.high
        sums += found.least
    return inside / 1_000, sums / 1_000


@pytest.mark.parametrize("rates", [[0.4] * 4, [0.5, 0.4, 0.35, 0.3, 0.3]])
def test_interval_holds_the_truth_where_sources_are_independent(rates: list[float]) -> None:
    share, mean = holds(150, rates)

    assert 0.90 <= share <= 0.99
    assert 140 <= mean <= 170


def test_a_source_that_copies_another_makes_the_estimate_too_small() -> None:
    share, mean = holds(150, [0.5, 0.5, 0.3, 0.3], twins=True)

    assert share < 0.2
    assert mean < 130
