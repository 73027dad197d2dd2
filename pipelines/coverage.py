"""How many posts have all sources together missed? A capture-recapture estimate, with its interval and its limits.

Each kind of source "captures" a post or does not. From how many posts one kind alone shows, and how many exactly two
show, Chao's estimator tells the least number of posts there are: A. Chao, Estimating the Population Size for
Capture-Recapture Data with Unequal Catchability, Biometrics 43 (1987); for a known number of sources (Chao2) in its
bias-corrected form, with the log-normal interval given there.

It assumes that posts do not come and go while they are counted (one night), that a post shown by two sources is known
to be one (our merges; copies by agencies are linked, and count for nothing), and that sources find posts independently
of each other. Where one source feeds another, the overlap is too large and the estimate too small; posts that no source
could ever show (never advertised) are not estimated at all. It is a lower bound.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log, sqrt

LEAST_TWICE = 5  # posts that two kinds show; with fewer the interval says nothing
Z = 1.96  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Estimate:
    """Posts seen, by how many kinds, and the least number there are; None where it cannot be told, with the reason."""

    seen: int
    once: int
    twice: int
    least: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None

    def told(self) -> str:
        """Return it as one line."""
        several = self.seen - self.once
        if self.least is None:
            return f"Coverage: {self.seen} open, {several} of them shown by two kinds of source or more; {self.reason}."
        return (
            f"Coverage: {self.seen} open, {several} of them shown by two kinds of source or more;"
            f" at least about {self.least:.0f} exist (95 %: {self.low:.0f} to {self.high:.0f})."
        )


def estimate(kinds_of_each: Iterable[int], kinds: int) -> Estimate:
    """Return the estimate from the number of kinds that show each post, and the number of kinds there are."""
    counts = Counter(kinds_of_each)
    seen, once, twice = sum(counts.values()), counts[1], counts[2]
    if twice < LEAST_TWICE:
        why = f"too few are shown by two ({twice}, {LEAST_TWICE} are needed) to tell how many were missed"
        return Estimate(seen, once, twice, reason=why)
    share, ratio = (kinds - 1) / kinds, once / twice
    missed = share * once * (once - 1) / (2 * (twice + 1))
    variance = twice * (share * ratio**2 / 2 + share**2 * ratio**3 + share**2 * ratio**4 / 4)
    if missed <= 0:
        return Estimate(seen, once, twice, float(seen), float(seen), float(seen))
    spread = exp(Z * sqrt(log(1 + variance / missed**2)))
    return Estimate(seen, once, twice, seen + missed, seen + missed / spread, seen + missed * spread)
