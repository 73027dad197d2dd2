"""Was a board read to its end? The ledger of a board, its certificate and the exit code: pure rules."""

import re
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LEAST, MOST = 0.70, 2.00  # of the median of the last five certified runs
SLACK = 2  # adverts: on a board of three, one more or less says nothing
REMAIN = 0.50  # of the adverts of the last certified night, where it had MANY or more and was within RECENT days
MANY, RECENT = 6, 7
TOLERANCE = 0.01  # between the stated total and the distinct ids: lists move while they are read


@dataclass(slots=True)
class Listing:
    """One paged list of a board: a query at an aggregator, or the whole of an employer's board."""

    total: int | None = None  # as the source last stated it
    ids: set[str] = field(default_factory=set)
    pages: int = 0
    pending: int = 0  # pages asked for, and known of, that have not been read
    capped: bool = False  # the source shows no more of it


@dataclass(slots=True)
class Ledger:
    """What became of each request planned for a board; each ends in exactly one outcome."""

    board: str
    of_employer: bool = False  # one employer's own board, which may well be empty
    planned: int = 0
    answered: int = 0
    faults: list[str] = field(default_factory=list)  # one line for each request that failed, or rule that was broken
    suspicions: list[str] = field(default_factory=list)
    failed: int = 0
    listings: dict[str, Listing] = field(default_factory=dict)
    fetched: int = 0  # distinct adverts
    unusable: int = 0  # of these, without id or title
    skipped: str | None = None  # robots, tdm, disabled
    details: int = 0  # detail pages asked for
    lists: list[str] = field(default_factory=list)  # addresses whose answers are kept, to be asked for changes alone

    @property
    def pending(self) -> int:
        """Requests planned that have no outcome yet."""
        return self.planned - self.answered - self.failed

    @property
    def advertised(self) -> int | None:
        """The largest total a listing of this board stated."""
        return max((each.total for each in self.listings.values() if each.total is not None), default=None)

    def let_go(self) -> None:
        """Forget which adverts there were: the board has ended, and hundreds or thousands of others have not."""
        self.lists.clear()
        for each in self.listings.values():
            each.ids = set()


@dataclass(frozen=True, slots=True)
class Certificate:
    """`certified` boards, and only they, may close postings."""

    outcome: str  # complete, partial, failed, suspect, skipped(...)
    reason: str | None

    @property
    def certified(self) -> bool:
        """Whether the board was read to its end."""
        return self.outcome == "complete"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a board is compared with."""

    counts: Sequence[int] = ()  # distinct adverts of its last certified runs, the newest first; five are looked at
    known: int = 0  # adverts of the last certified night, if that was within RECENT days
    remaining: int = 0  # those of them that are there tonight


def certificate(ledger: Ledger, earlier: Earlier) -> Certificate:  # noqa: C901 - one rule after the other
    """Judge a board by its ledger and its earlier nights."""
    if ledger.skipped:
        return Certificate(f"skipped({ledger.skipped})", ledger.faults[0] if ledger.faults else None)
    listings = ledger.listings.values()
    if not any(each.pages for each in listings) or (ledger.faults and not ledger.fetched):
        return Certificate("failed", ledger.faults[0] if ledger.faults else "no list page was answered")
    if ledger.fetched and ledger.unusable == ledger.fetched:
        return Certificate("failed", f"contract changed: none of {ledger.fetched} adverts has an id and a title")
    if ledger.faults:
        more = f" (and {len(ledger.faults) - 1} more)" if len(ledger.faults) > 1 else ""
        return Certificate("partial", f"{ledger.faults[0]}{more}")
    if ledger.pending:
        return Certificate("partial", f"{ledger.pending} of {ledger.planned} requests have no answer")
    if ledger.suspicions:
        return Certificate("suspect", ledger.suspicions[0])
    for name, each in ledger.listings.items():
        if each.pending or each.capped or not each.pages:
            return Certificate("partial", f"list {name!r} was not read to its end")
        if each.total is not None and abs(each.total - len(each.ids)) > each.total * TOLERANCE:
            return Certificate("partial", f"list {name!r} states {each.total} adverts and shows {len(each.ids)}")
    if ledger.unusable:
        return Certificate("suspect", f"{ledger.unusable} of {ledger.fetched} adverts have no id or title")
    return _compared(ledger.fetched, earlier, of_employer=ledger.of_employer)


def _compared(fetched: int, before: Earlier, *, of_employer: bool) -> Certificate:
    earlier = before.counts
    if not earlier:
        if not fetched and of_employer:  # nothing can be closed by it
            return Certificate("complete", "no advert at all; this board has never shown one")
        if not fetched:
            return Certificate("suspect", "no advert at all, and no earlier night to compare with")
        return Certificate("complete", None)
    usual = statistics.median(earlier[:5])
    if fetched < usual * LEAST and usual - fetched > SLACK:
        return Certificate("suspect", f"{fetched} adverts, usually {usual:.0f}: a fall too large to believe at once")
    if fetched > usual * MOST and fetched - usual > SLACK:
        return Certificate("suspect", f"{fetched} adverts, usually {usual:.0f}: a rise too large to believe at once")
    if before.known >= MANY and before.remaining < before.known * REMAIN:
        return Certificate(
            "suspect",
            f"{fetched} adverts, but of the {before.known} last known only {before.remaining} are among them: too many"
            " gone at once (new numbers for the same posts, or another employer's board?)",
        )
    return Certificate("complete", None)


def exit_code(outcomes: Iterable[str]) -> int:
    """Return 0 (all boards complete or stably skipped), 3 (some not complete) or 4 (no board delivered)."""
    outcomes = list(outcomes)
    if all(each == "complete" or each.startswith("skipped") for each in outcomes) and outcomes:
        return 0
    return 3 if any(each in ("complete", "partial", "suspect") for each in outcomes) else 4


# ---------------------------------------------------------------- what is said of it

FEW = 3  # boards with the same trouble that are told one by one
_NEXT = {
    "failed": "nothing was closed; the next run asks again",
    "partial": "what was read is stored, nothing was closed; the next run asks again",
    "suspect": "what was read is stored, nothing was closed; look at the source, and if it is right, say so:"
    " ./run scrapy boards confirm {board}",
}


def messages(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str | None, str]]:
    """Yield for each board in trouble its name and a line: which, why, what was kept, what happens next.

    Boards with the same trouble share a line, and no name, where they are more than FEW. `rows`: of table run_boards.
    """
    alike: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: row["board"]):
        if row["outcome"] != "complete":
            trouble = re.sub(r"https?://[^ /]+", "the host", row["reason"] or "")
            alike.setdefault((row["outcome"], trouble), []).append(row)
    for (outcome, trouble), boards in alike.items():
        named = boards[0]["board"] if len(boards) == 1 else "<board>"
        advice = _NEXT.get(outcome, "nothing was asked and nothing was closed").format(board=named)
        if len(boards) > FEW:
            named = ", ".join(row["board"] for row in boards[:FEW])
            read = sum(row["fetched"] for row in boards)
            yield (
                None,
                (
                    f"{len(boards)} boards {outcome}: {trouble}; {read} adverts read; {advice}. They are {named}"
                    f" and {len(boards) - FEW} more; ./run scrapy boards lists them."
                ),
            )
            continue
        for row in boards:
            yield (
                row["board"],
                f"{row['board']} {outcome}: {row['reason'] or ''}; {row['fetched']} adverts read; {advice}.",
            )
