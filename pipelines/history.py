"""When a posting is open, unconfirmed or closed: pure rules."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

APART = timedelta(hours=20)  # two certified runs closer than this are one night
UNCONFIRMED_AFTER = timedelta(days=14)
RELISTED_WITHIN_DAYS = 60  # a post closed no longer ago, and advertised anew, is the same post


@dataclass(frozen=True, slots=True)
class Missing:
    """A posting that a certified run did not list."""

    missed: int  # certified runs that missed it before this one
    missed_at: str | None  # ISO time of the last run that counted
    apply_by: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a missing posting; `closed_reason` None means it stays open."""

    missed: int
    missed_at: str | None
    closed_reason: str | None


def missing(posting: Missing, now: datetime, nights_to_close: int) -> Verdict:
    """Judge a posting absent from a certified run that started at `now`.

    `nights_to_close` is 1 where the API is authoritative, else 2 (`data/tables/sources.csv`).
    """
    if posting.apply_by and date.fromisoformat(posting.apply_by) < now.date():
        return Verdict(posting.missed + 1, now.isoformat(), "deadline passed, and absent from the complete list")
    if posting.missed_at and now - datetime.fromisoformat(posting.missed_at) < APART:
        missed, missed_at = posting.missed, posting.missed_at
    else:
        missed, missed_at = posting.missed + 1, now.isoformat()
    if missed >= nights_to_close:
        runs = "one complete list" if nights_to_close == 1 else f"{missed} complete lists, 20 hours apart"
        return Verdict(missed, missed_at, f"absent from {runs}")
    return Verdict(missed, missed_at, None)


def is_unconfirmed(last_seen: str, night: str) -> bool:
    """Tell whether an open posting last seen on one date has gone unconfirmed too long by another (ISO dates)."""
    return date.fromisoformat(night) - date.fromisoformat(last_seen) > UNCONFIRMED_AFTER
