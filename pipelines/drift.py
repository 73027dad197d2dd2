"""Has a board begun to lack a field that it used to have, or to say other values? Pure rules over the nights before.

Compared is tonight with an ordinary night of the last fourteen certified ones, by Fisher's exact test: it asks how
likely so few adverts have the field if nothing had changed, however few there are. A board of six adverts therefore
never raises an alarm, one of seven only when all seven lose it. Boards of a few adverts are not kept in mind at all.

Values (how long texts are, what posts pay) are compared in the same way: a quarter of them is usually below the lower
quartile and a quarter above the upper one, so that "not below" and "not above" are fields which three of four have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma
from statistics import median, quantiles
from typing import TypeVar

NIGHTS = 14  # certified ones, without those under an alarm
LEAST_NIGHTS = 5  # before which nothing is usual yet
RARE = 0.001  # how likely an alarm may be by chance, for one field of one board in one night
ORDINARY = 0.05  # how likely a night must be for an alarm to end: not at the first advert that has the field
# A board that never had so many wanted adverts is not watched. From three to three that all lose a field the chance is
# one in twenty; only a board that goes from three to seventeen could have raised an alarm.
LEAST_ADVERTS = 4
USUAL_AFTER = 14  # nights in a row under an alarm: what it is now is then what is usual


@dataclass(frozen=True, slots=True)
class Fill:
    """How many of a board's wanted adverts state a field, in one night."""

    filled: int
    of: int
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """The quartiles of a measure over a board's wanted adverts that have it, in one night."""

    low: float
    high: float
    of: int
    alarm: bool = False


Night = TypeVar("Night", Fill, Spread)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a field is under an alarm tonight, and what is to be said: only when that begins or ends."""

    alarm: bool
    told: str | None = None


def judge(field: str, tonight: Fill, before: Sequence[Fill]) -> Verdict:
    """Compare a night with the certified nights before it, the newest first."""
    under, usual = _under(before), _usual(before)
    if under >= USUAL_AFTER:
        now = f"{tonight.filled} of {tonight.of} adverts"
        return Verdict(
            alarm=False, told=f"{field}: {now} have it for {under} nights, which counts as usual from now on"
        )
    if len(usual) < LEAST_NIGHTS or not tonight.of:
        return Verdict(alarm=under > 0)
    filled, of = round(median(each.filled for each in usual)), round(median(each.of for each in usual))
    is_rare = chance(tonight.filled, tonight.of, filled, of) < (ORDINARY if under else RARE)
    if is_rare and not under:
        missing = tonight.of - tonight.filled
        return Verdict(
            alarm=True,
            told=f"{field} is missing in {missing} of {tonight.of} adverts, usually in {of - filled} of {of}",
        )
    if under and not tonight.filled:  # too few adverts to prove anything, but none that has it: it is not back
        return Verdict(alarm=True)
    if under and not is_rare:
        return Verdict(alarm=False, told=f"{field} is back: {tonight.filled} of {tonight.of} adverts have it")
    return Verdict(alarm=is_rare)


def spread(values: Sequence[float]) -> Spread:
    """Return the quartiles of at least one value."""
    low, _, high = quantiles(values, method="inclusive") if len(values) > 1 else (*values, 0, *values)
    return Spread(low, high, len(values))


def judge_values(measure: str, tonight: Sequence[float], before: Sequence[Spread]) -> Verdict:
    """Compare a night's values with the quartiles of the certified nights before it, the newest first."""
    under, usual = _under(before), _usual(before)
    if under >= USUAL_AFTER:
        return Verdict(alarm=False, told=f"{measure} is as it is for {under} nights, which counts as usual from now on")
    if len(usual) < LEAST_NIGHTS or not tonight:
        return Verdict(alarm=under > 0)
    low, high = median(each.low for each in usual), median(each.high for each in usual)
    usual_of, of = round(median(each.of for each in usual)), len(tonight)
    for outside, limit, side in (
        (sum(value < low for value in tonight), low, "below"), (sum(value > high for value in tonight), high, "above"),
    ):  # fmt: skip
        if chance(of - outside, of, round(usual_of * 3 / 4), usual_of) < (ORDINARY if under else RARE):
            told = f"{measure} is {side} {limit:,.0f} in {outside} of {of} adverts, usually in a quarter of them"
            return Verdict(alarm=True, told=None if under else told)
    return Verdict(alarm=False, told=f"{measure} is again what it used to be" if under else None)


def _under(before: Sequence[Night]) -> int:
    """Return for how many nights in a row there is an alarm."""
    return next((number for number, each in enumerate(before) if not each.alarm), len(before))


def _usual(before: Sequence[Night]) -> list[Night]:
    """Return the last nights without an alarm; what was before an alarm that became usual counts no more."""
    found: list[Night] = []
    under = 0
    for each in before:
        under = under + 1 if each.alarm else 0
        if under >= USUAL_AFTER or len(found) == NIGHTS:
            break
        if not each.alarm:
            found.append(each)
    return found


def chance(filled: int, of: int, usual_filled: int, usual_of: int) -> float:
    """Return how likely at most `filled` of `of` have a field when both nights are alike: Fisher's exact test.

    R. A. Fisher, The Design of Experiments (1935): the hypergeometric tail of the two-by-two table.

    >>> round(chance(0, 3, 3, 3), 3), round(chance(0, 12, 9, 12), 5)
    (0.05, 0.00017)
    """
    total, having = of + usual_of, filled + usual_filled
    least, most = max(0, of + having - total), min(of, having)
    if filled < least:
        return 0.0
    # From the likeliest table at or below `filled` outwards, each from its neighbour: boards may have 100,000 adverts.
    start = max(least, min(filled, (of + 1) * (having + 1) // (total + 2)))
    first = exp(_log_ways(having, start) + _log_ways(total - having, of - start) - _log_ways(total, of))
    found = term = first
    for k in range(start, least, -1):
        term *= k * (total - having - of + k) / ((having - k + 1) * (of - k + 1))
        found += term
    term = first
    for k in range(start + 1, min(filled, most) + 1):
        term *= (having - k + 1) * (of - k + 1) / (k * (total - having - of + k))
        found += term
    return min(found, 1.0)


def _log_ways(of: int, chosen: int) -> float:
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)
