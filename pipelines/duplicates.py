"""Which postings are one job, and why. Pure: rows in, decisions out, whatever their order."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.spelling import fold


@dataclass(frozen=True, slots=True)
class Candidate:
    """What deciding needs to know of a job that stands alone so far."""

    job_id: str
    first_seen: str
    employer_key: str | None
    title_clean: str
    level: str | None
    place: str | None  # postal code, else town


@dataclass(frozen=True, slots=True)
class Merge:
    """The job `job_id` is the same vacancy as `into`."""

    job_id: str
    into: str
    rule: str
    signals: str


def job_id(search: str, board: str, source_id: str) -> str:
    """Return the id of the job that this posting starts: from raw values only, so better rules never change an id."""
    return hashlib.sha256(f"{search}|{board}|{source_id}".encode()).hexdigest()[:12]


def merges(candidates: Iterable[Candidate]) -> list[Merge]:
    """Return the merges among jobs of one search: same employer, cleaned title, level and place of work.

    The job seen first stays, the smaller id on a tie, so the order of arrival never shows. A job without a stated
    employer or place is never merged.
    """
    groups: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
    for each in candidates:
        if each.employer_key and each.place:
            groups[each.employer_key, fold(each.title_clean), each.level or "", fold(each.place)].append(each)
    found = []
    for (employer, title, _, place), group in groups.items():
        first, *others = sorted(group, key=lambda each: (each.first_seen, each.job_id))
        signals = f"employer {employer!r}, title {title!r}, place {place!r}"
        found += [Merge(other.job_id, first.job_id, "same-employer-title-place", signals) for other in others]
    return sorted(found, key=lambda merge: merge.job_id)
