"""What happened to a search's jobs between two runs, read from jobs.db: the facts of a brief, a message, a feed."""

import sqlite3
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines import dates
from pipelines.files import reading

CLOSING_DAYS = 7
TOLD = ("title", "pay", "apply_by", "place", "employer")  # fields whose change is told, in this order
LEAST_PAID = 3  # posts with stated pay that a median needs


@dataclass(frozen=True, slots=True)
class Post:
    """A job as news tells of it; field names as in table `jobs`."""

    id: str
    title: str
    employer: str | None
    employer_key: str | None
    employer_type: str
    city: str | None
    distance_km: float | None
    role: str | None
    level: str | None
    match: str
    remote: str
    pay_year_min: float | None
    pay_year_max: float | None
    pay_basis: str | None
    apply_by: str | None
    published_on: str | None
    first_seen: str
    listed_since: str
    status: str
    closed_on: str | None
    url: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a field was, and is; the pay is written as `min-max` in EUR a year, either may be missing."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Pay:
    """What the open posts of a level pay, in EUR a year."""

    level: str
    posts: int
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class News:
    """All that happened to one search after run `after`, up to run `upto`; each job stands in one list at most."""

    search: str
    after: int
    upto: int
    day: str  # the night of run `upto`
    new: tuple[Post, ...] = ()
    back: tuple[Post, ...] = ()
    changed: tuple[tuple[Post, tuple[Change, ...]], ...] = ()
    closing: tuple[Post, ...] = ()
    closed: tuple[tuple[Post, int], ...] = ()  # with the days it was advertised
    open: int = 0
    pay: tuple[Pay, ...] = ()
    boards: int = 0
    complete: int = 0
    troubles: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no job has anything to tell."""
        return not (self.new or self.back or self.changed or self.closing or self.closed)


def searches(jobs_db: Path) -> list[str]:
    """Return the searches that have run, the one that ran last first."""
    with reading(jobs_db) as connection:
        rows = connection.execute(
            "SELECT search FROM runs WHERE finished_at IS NOT NULL GROUP BY search ORDER BY max(id) DESC"
        ).fetchall()
    return [row[0] for row in rows]


def latest(jobs_db: Path, search: str) -> News | None:
    """Return the news of the last brief; of all runs so far, where none was written; None before the first run."""
    with reading(jobs_db) as connection:
        return between(connection, search, *_last_span(connection, search))


def since(jobs_db: Path, search: str, day: str) -> News | None:
    """Return what happened from a day (ISO, German) on, whatever was told before; None before the first run."""
    with reading(jobs_db) as connection:
        runs = connection.execute("SELECT id, started_at FROM runs WHERE search = ? ORDER BY id", [search]).fetchall()
        before = [number for number, began in runs if dates.night(datetime.fromisoformat(began)) < day]
        return between(connection, search, max(before, default=0), runs[-1][0]) if runs else None


def unbriefed(connection: sqlite3.Connection, search: str) -> News | None:
    """Return the news that no brief has told yet; None before the first run."""
    told = connection.execute("SELECT max(run_id) FROM briefs WHERE search = ?", [search]).fetchone()[0] or 0
    return between(connection, search, told, last_run(connection, search))


def last_run(connection: sqlite3.Connection, search: str) -> int:
    """Return the last run of a search that has ended; 0 for none."""
    row = connection.execute(
        "SELECT max(id) FROM runs WHERE search = ? AND finished_at IS NOT NULL", [search]
    ).fetchone()
    return row[0] or 0


def _last_span(connection: sqlite3.Connection, search: str) -> tuple[int, int]:
    told = connection.execute(
        "SELECT run_id FROM briefs WHERE search = ? ORDER BY run_id DESC LIMIT 2", [search]
    ).fetchall()
    if not told:
        return 0, last_run(connection, search)
    return (told[1][0] if len(told) > 1 else 0), told[0][0]


def between(connection: sqlite3.Connection, search: str, after: int, upto: int) -> News | None:
    """Return what happened in the runs after `after`, up to `upto`; None where `upto` is no run of this search."""
    nights = {
        number: dates.night(datetime.fromisoformat(began))
        for number, began in connection.execute(
            "SELECT id, started_at FROM runs WHERE search = ? AND id IN (?, ?)", [search, after, upto]
        )
    }
    if upto not in nights:
        return None
    changes: dict[str, dict[str, tuple[str | None, str | None]]] = {}
    for job_id, name, old, new in connection.execute(
        "SELECT c.job_id, c.field, c.old, c.new FROM changes c JOIN jobs j ON j.id = c.job_id"
        " WHERE j.search = ? AND c.run_id > ? AND c.run_id <= ? ORDER BY c.run_id",
        [search, after, upto],
    ):
        fields = changes.setdefault(job_id, {})
        fields[name] = (fields[name][0] if name in fields else old, new)
    posts = {post.id: post for post in _posts(connection, search, [*changes])}
    statuses = {job_id: fields.pop("status") for job_id, fields in changes.items() if "status" in fields}

    def those(old: Sequence[str | None], new: str) -> tuple[Post, ...]:
        return _sorted(posts[each] for each, status in statuses.items() if status[0] in old and status[1] == new)

    new, back = those([None], "open"), those(["closed"], "open")
    closed = those(["open", "unconfirmed"], "closed")
    told = {each.id for each in (*new, *back, *closed)}
    changed = [
        (posts[job_id], tuple(_changes(fields, posts[job_id])))
        for job_id, fields in changes.items()
        if job_id not in told and posts[job_id].status != "closed"
    ]
    changed = [each for each in changed if each[1]]
    told |= {post.id for post, _ in changed}
    boards, complete = connection.execute(
        "SELECT count(*), coalesce(sum(outcome = 'complete'), 0) FROM run_boards WHERE run_id = ?", [upto]
    ).fetchone()
    return News(
        search, after, upto, nights[upto], new, back,
        tuple(sorted(changed, key=lambda each: _place(each[0]))),
        _sorted(_closing(connection, search, nights.get(after), nights[upto], told)),
        tuple((post, _days(post.listed_since, post.closed_on or nights[upto])) for post in closed),
        connection.execute(
            "SELECT count(*) FROM jobs WHERE search = ? AND status <> 'closed'", [search]
        ).fetchone()[0],
        tuple(_pay(connection, search)), boards, complete,
        tuple(row[0] for row in connection.execute(
            "SELECT message FROM messages WHERE run_id = ? ORDER BY number", [upto])),
    )  # fmt: skip


def _changes(fields: dict[str, tuple[str | None, str | None]], post: Post) -> Iterator[Change]:
    bounds = ("pay_year_min", "pay_year_max")
    if any(name in fields for name in bounds):  # a bound that did not change stands in the post
        both = [fields.pop(name, (getattr(post, name), getattr(post, name))) for name in bounds]
        old, new = ("-".join(_whole(each) for each in side) for side in zip(*both, strict=True))
        fields["pay"] = (old, new)
    for name in TOLD:
        if name in fields and fields[name][0] != fields[name][1]:
            yield Change(name, *fields[name])


def _whole(amount: str | float | None) -> str:
    return "" if amount is None else f"{float(amount):.0f}"


def _closing(
    connection: sqlite3.Connection, search: str, before: str | None, day: str, told: set[str]
) -> Iterator[Post]:
    """Yield the open posts whose last day has come near since the last brief; one that is told anyway says its day."""
    last = (date.fromisoformat(day) + timedelta(days=CLOSING_DAYS)).isoformat()
    known = (date.fromisoformat(before) + timedelta(days=CLOSING_DAYS)).isoformat() if before else ""
    for post in _open(connection, search, "AND apply_by BETWEEN ? AND ? AND apply_by > ?", [day, last, known]):
        if post.id not in told:
            yield post


def _open(connection: sqlite3.Connection, search: str, more: str = "", values: Sequence[Any] = ()) -> Iterator[Post]:
    yield from _read(connection, f"search = ? AND status <> 'closed' {more}", [search, *values])


def _posts(connection: sqlite3.Connection, search: str, ids: Sequence[str]) -> Iterator[Post]:
    for at in range(0, len(ids), 500):  # SQLite takes some thousand values at most
        some = ids[at : at + 500]
        yield from _read(connection, f"search = ? AND id IN ({', '.join('?' * len(some))})", [search, *some])


_COLUMNS = (
    "id, title_clean, j.employer, employer_key, employer_type, city, distance_km, role, level, match, remote,"
    " pay_year_min, pay_year_max, pay_basis, apply_by, published_on, first_seen,"
    " min(coalesce(listed_since, first_seen), first_seen), status, closed_on, url,"
    " j.title || ' ' || coalesce(t.text, '')"
)


def _read(connection: sqlite3.Connection, where: str, values: Sequence[Any]) -> Iterator[Post]:
    for row in connection.execute(
        f"SELECT {_COLUMNS} FROM jobs j LEFT JOIN job_texts t ON t.job_id = j.id WHERE {where} ORDER BY id", values
    ):
        yield Post(*row)


def _place(post: Post) -> tuple[object, ...]:
    return (post.match != "exact", post.distance_km is None, post.distance_km or 0, post.title, post.id)


def _sorted(posts: Iterator[Post]) -> tuple[Post, ...]:
    """The best match first, of these the nearest."""
    return tuple(sorted(posts, key=_place))


def _days(first: str, last: str) -> int:
    return max(0, (date.fromisoformat(last) - date.fromisoformat(first)).days)


def _pay(connection: sqlite3.Connection, search: str) -> Iterator[Pay]:
    """Yield what each level pays, by the middle of what a post states; the level with most such posts first."""
    levels: dict[str, list[float]] = {}
    for level, low, high in connection.execute(
        "SELECT level, coalesce(pay_year_min, pay_year_max), coalesce(pay_year_max, pay_year_min) FROM jobs"
        " WHERE search = ? AND status <> 'closed' AND level <> '' AND coalesce(pay_year_min, pay_year_max) IS NOT NULL",
        [search],
    ):
        levels.setdefault(level, []).append((low + high) / 2)
    for level, amounts in sorted(levels.items(), key=lambda each: (-len(each[1]), each[0])):
        if len(amounts) >= LEAST_PAID:
            yield Pay(level, len(amounts), min(amounts), statistics.median(amounts), max(amounts))


def told(connection: sqlite3.Connection, news: News, now: datetime) -> None:
    """Remember that a brief has told these news."""
    connection.execute(
        "INSERT INTO briefs (search, run_id, written_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [news.search, news.upto, now.isoformat(timespec="seconds")],
    )


# ---------------------------------------------------------------- feeds

FED = 100  # jobs of a feed


@dataclass(frozen=True, slots=True)
class Entry:
    """A job in a feed, with the moment (ISO, UTC) of its last news."""

    post: Post
    published: str
    updated: str
    changes: tuple[Change, ...]  # of that moment


def entries(connection: sqlite3.Connection, search: str) -> list[Entry]:
    """Return the open jobs with the latest news, newest first: new, back again, or changed."""
    rows = connection.execute(
        "SELECT c.job_id, c.run_id, r.started_at, f.started_at FROM"
        " (SELECT job_id, min(run_id) AS first, max(run_id) AS run_id FROM changes WHERE field IN"
        "  ('status', 'title', 'pay_year_min', 'pay_year_max', 'apply_by', 'place', 'employer') GROUP BY job_id) c"
        " JOIN jobs j ON j.id = c.job_id JOIN runs r ON r.id = c.run_id JOIN runs f ON f.id = c.first"
        " WHERE j.search = ? AND j.status <> 'closed' ORDER BY c.run_id DESC, c.job_id LIMIT ?",
        [search, FED],
    ).fetchall()
    posts = {post.id: post for post in _posts(connection, search, [row[0] for row in rows])}
    found = []
    for job_id, run_id, updated, published in rows:
        fields = {
            name: (old, new)
            for name, old, new in connection.execute(
                "SELECT field, old, new FROM changes WHERE job_id = ? AND run_id = ? AND field <> 'status'",
                [job_id, run_id],
            )
        }
        found.append(Entry(posts[job_id], published, updated, tuple(_changes(fields, posts[job_id]))))
    return found


def deadlines(connection: sqlite3.Connection, search: str, day: str) -> list[Post]:
    """Return the open jobs that can be applied for until a day that is not over, the next first."""
    found = _open(connection, search, "AND apply_by >= ?", [day])
    return sorted(found, key=lambda post: (post.apply_by or "", post.id))
