"""How many posts have all sources together missed? A capture-recapture estimate, with its interval and its limits.

A post is found by one way or more: each aggregator (the federal agency, a portal) is a way, and all employers' own
boards together are one, because an employer has one careers system: a post on a board of one kind cannot stand on a
board of another, so kinds of boards say nothing about each other.

If each way finds any post with a chance of its own, independently of the others, then of the posts that two ways could
have shown, as many are missed as (found by this alone x found by that alone) / (found by exactly these two), and so
for the sums over all pairs of ways. For two ways this is D. Chapman's estimator (1951) with G. Seber's variance (1970),
whose correction (+ 1, + 2) is kept for more; for these it is the estimator for chances that differ by occasion of A.
Chao, Estimating Population Size for Sparse Data in Capture-Recapture Experiments, Biometrics 45 (1989). The interval is
log-normal around the missed ones, as in A. Chao, Biometrics 43 (1987).

What makes it wrong: a way that copies another, or posts that are hard to find by every way (the estimate is too small);
ways that share a market between them, such as public and private posts (too large); one post taken for two (too large).
Posts that are never advertised are not estimated at all.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import exp, log, sqrt

LEAST_TWICE = 7  # posts found by exactly two ways; with fewer the estimator is biased: D. Robson and H. Regier (1964)
Z = 1.96  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Estimate:
    """Posts seen, by how many ways, and about how many there are; None where that cannot be told, with the reason."""

    seen: int
    once: int
    twice: int
    posts: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None

    def told(self) -> str:
        """Return it as one line."""
        found = f"Coverage: {self.seen} open, {self.seen - self.once} of them found by two ways or more"
        if self.posts is None:
            return f"{found}; {self.reason}."
        return f"{found}; about {self.posts:.0f} exist (95 %: {self.low:.0f} to {self.high:.0f})."


def estimate(ways_of_each: Iterable[Collection[str]]) -> Estimate:
    """Return the estimate from the names of the ways by which each open post is found, each name once."""
    found = Counter(frozenset(ways) for ways in ways_of_each)
    seen = found.total()
    alone = [count for ways, count in found.items() if len(ways) == 1]
    once, twice = sum(alone), sum(count for ways, count in found.items() if len(ways) == 2)
    if twice < LEAST_TWICE:
        why = f"too few are found by exactly two ({twice}, {LEAST_TWICE} are needed) to tell how many were missed"
        return Estimate(seen, once, twice, reason=why)
    pairs = (once**2 - sum(each**2 for each in alone)) / 2
    if not pairs:
        why = "fewer than two ways find posts that no other finds, so nothing tells how many were missed"
        return Estimate(seen, once, twice, reason=why)
    missed = pairs / (twice + 1)
    slopes = sum(each * (once - each) ** 2 for each in alone)
    variance = (missed**2 + slopes / (twice + 1) + pairs) / (twice + 2)
    spread = exp(Z * sqrt(log(1 + variance / missed**2)))
    return Estimate(seen, once, twice, seen + missed, seen + missed / spread, seen + missed * spread)
