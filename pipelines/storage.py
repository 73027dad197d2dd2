"""All SQL: the two files, their lock, and what a run writes into them."""

import fcntl
import hashlib
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations

from pipelines import duplicates, history
from pipelines.health import Certificate, Ledger
from pipelines.items import Job, ListCopy, RawPosting, Rejection, Robots
from pipelines.migrations import (
    JOBS_APPLICATION_ID,
    RAW_APPLICATION_ID,
    jobs_migrations,
    raw_migrations,
)
from pipelines.spelling import spellings

RAW_DAYS, QUARANTINE_DAYS = 30, 90  # a payload is kept this long after its last use
_MERGED_PAGES = 2_000  # of the text index, at the end of a run: bounded work that keeps searches quick
_BUSY_SECONDS = 30  # another program may hold the file for a moment


class StorageError(Exception):
    """A database cannot be used; raised by Storage, ends the crawl with exit code 5."""


class LockedError(StorageError):
    """Another run is writing; ends the crawl with exit code 6."""


class ClockError(StorageError):
    """The computer's clock cannot be right; ends the crawl with exit code 7."""


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier nights know of an advert."""

    list_hash: str
    detail: str | None  # as in table postings; None for an advert filtered on its list facts
    wanted: bool = True


@dataclass(slots=True)
class Batch:
    """What one transaction writes: adverts in their four possible fates."""

    accepted: list[tuple[RawPosting, Job]] = field(default_factory=list)
    filtered: list[tuple[RawPosting, Rejection]] = field(default_factory=list)
    quarantined: list[RawPosting] = field(default_factory=list)
    unchanged: list[RawPosting] = field(default_factory=list)
    lists: list[ListCopy] = field(default_factory=list)

    def __len__(self) -> int:
        adverts = len(self.accepted) + len(self.filtered) + len(self.quarantined) + len(self.unchanged)
        return adverts + len(self.lists)


_JOB_COLUMNS = tuple(each.name for each in fields(Job) if each.name not in ("places", "text"))
_TOLD = ("title", "employer", "pay_year_min", "pay_year_max", "pay_text", "apply_by")
_WRITTEN = ("id", "search", *_JOB_COLUMNS, "first_seen", "last_seen", "status", "content_hash", "search_id")
_UPSERT_JOB = f"""
    INSERT INTO jobs ({", ".join(_WRITTEN)}) VALUES ({", ".join("?" * len(_WRITTEN))})
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in (*_JOB_COLUMNS, "content_hash"))}
"""


@contextmanager
def _reading(jobs_db: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"{jobs_db.resolve().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
    try:
        yield connection
    finally:
        connection.close()


def known(jobs_db: Path, search: str, board: str) -> dict[str, Known]:
    """Return what the database knows of a board's adverts for a search, by source id; {} before the first run."""
    if not jobs_db.exists():
        return {}
    with _reading(jobs_db) as connection:
        rows = connection.execute(
            "SELECT source_id, list_hash, detail, 1 FROM postings WHERE search = ?1 AND board = ?2"
            " AND status <> 'closed'"
            # Filtered on its list facts alone: judged again each night, a changed rule may want it.
            " UNION ALL SELECT source_id, list_hash, nullif(detail, 'none'), 0 FROM filtered"
            " WHERE search = ?1 AND board = ?2",
            [search, board],
        ).fetchall()
    return {source_id: Known(list_hash, detail, bool(wanted)) for source_id, list_hash, detail, wanted in rows}


@dataclass(frozen=True, slots=True)
class Validators:
    """What a host wants to be told of the list it sent last, to answer 304 where nothing has changed."""

    etag: str
    last_modified: str

    def headers(self) -> dict[str, str]:
        """Return the headers of a conditional request."""
        stated = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in stated.items() if value}


def validators(raw_db: Path) -> dict[str, Validators]:
    """Return the validators of the stored lists, by URL; {} before the first run."""
    if not raw_db.exists():
        return {}
    with _reading(raw_db) as connection:
        rows = connection.execute("SELECT url, etag, last_modified FROM lists").fetchall()
    return {url: Validators(etag, modified) for url, etag, modified in rows}


def list_copy(raw_db: Path, url: str) -> ListCopy | None:
    """Return a list as stored when it was last sent; None when it is not stored."""
    with _reading(raw_db) as connection:
        row = connection.execute(
            "SELECT url, etag, last_modified, content_type, body FROM lists WHERE url = ?", [url]
        ).fetchone()
    return ListCopy(row[0], row[1], row[2], row[3], zlib.decompress(row[4])) if row else None


def robots(raw_db: Path, now: datetime) -> dict[str, Robots]:
    """Return the stored robots.txt files that still hold, by origin; {} before the first run."""
    if not raw_db.exists():
        return {}
    with _reading(raw_db) as connection:
        rows = connection.execute(
            "SELECT origin, status, body, fresh_until FROM robots WHERE fresh_until > ?",
            [now.isoformat(timespec="seconds")],
        )
        return {origin: Robots(status, body, fresh_until) for origin, status, body, fresh_until in rows}


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the database says of one advert, for `scrapy explain`."""

    fate: str  # accepted, merged, filtered, quarantined
    board: str
    source_id: str
    title: str | None
    employer: str | None
    reason: str
    rule: str | None
    status: str | None
    job_id: str | None
    first_seen: str
    last_seen: str
    outcome: str | None  # of the board's last run


def sightings(jobs_db: Path, wanted: str, limit: int = 20) -> list[Sighting]:
    """Return the adverts with this job id, source id or URL, else those whose title contains the words.

    [] without a file. Merged postings are told with the reason of their merge.
    """
    if not jobs_db.exists():
        return []
    with _reading(jobs_db) as connection:
        exact = "?1 IN (job_id, source_id, url)"
        for condition in (exact, "title LIKE '%' || ?1 || '%'"):
            rows = connection.execute(
                f"SELECT {', '.join(each.name for each in fields(Sighting))} FROM ({_SIGHTINGS})"
                f" WHERE {condition} ORDER BY board, source_id LIMIT ?2",
                [wanted, limit],
            )
            if found := [Sighting(*row) for row in rows]:
                break
    return found


_SIGHTINGS = """
    SELECT * FROM (
        SELECT CASE WHEN p.leads THEN 'accepted' ELSE 'merged' END AS fate, board, source_id, p.title, p.employer,
               CASE WHEN p.leads THEN j.match_reason ELSE m.rule || ': ' || m.signals END AS reason,
               j.match_rule AS rule, p.status || coalesce(': ' || p.closed_reason, '') AS status, p.job_id,
               p.first_seen, p.last_seen, p.url
        FROM postings p JOIN jobs j ON j.id = p.job_id LEFT JOIN merges m USING (search, board, source_id)
        UNION ALL
        SELECT 'filtered', board, source_id, title, employer, reason, rule, NULL, NULL, first_seen, last_seen, url
        FROM filtered
        UNION ALL
        SELECT 'quarantined', board, source_id, NULL, NULL, reason, NULL, NULL, NULL, first_seen, last_seen, NULL
        FROM quarantine
    ) JOIN (SELECT board, outcome, max(run_id) FROM run_boards GROUP BY board) USING (board)"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a board fared, for `scrapy boards`."""

    board: str
    outcome: str  # of its last run
    reason: str | None
    ran_on: str  # ISO date
    fetched: int
    certified_on: str | None  # the last day on which it was read to its end; None: never yet
    delivered_on: str | None  # the last day on which it showed an advert


def outcomes(jobs_db: Path) -> dict[str, Outcome]:
    """Return how each board fared, by its id; {} without a file."""
    if not jobs_db.exists():
        return {}
    with _reading(jobs_db) as connection:
        rows = connection.execute(
            "SELECT last.board, last.outcome, last.reason, substr(started_at, 1, 10), last.fetched,"
            " (SELECT max(substr(started_at, 1, 10)) FROM run_boards b JOIN runs r ON r.id = b.run_id"
            "  WHERE b.board = last.board AND certified),"
            " (SELECT max(substr(started_at, 1, 10)) FROM run_boards b JOIN runs r ON r.id = b.run_id"
            "  WHERE b.board = last.board AND fetched)"
            " FROM (SELECT board, outcome, reason, fetched, max(run_id) AS run_id FROM run_boards GROUP BY board) last"
            " JOIN runs ON runs.id = last.run_id"
        ).fetchall()
    return {row[0]: Outcome(*row) for row in rows}


class Storage:
    """The open databases of one run; the only writer, guarded by a file lock.

    Raises LockedError, ClockError or StorageError, each with a message for the person at the keyboard.
    """

    def __init__(self, jobs_db: Path, raw_db: Path) -> None:
        self._lock = _locked(jobs_db)
        try:
            self.jobs = _opened(jobs_db, JOBS_APPLICATION_ID, jobs_migrations)
            self.raw = _opened(raw_db, RAW_APPLICATION_ID, raw_migrations, private=True)
        except BaseException:
            self._lock.close()
            raise

    def close(self) -> None:
        """Close both files and free the lock."""
        self.jobs.close()
        self.raw.close()
        self._lock.close()

    # ------------------------------------------------------------ a run

    def begin_run(self, search: str, now: datetime) -> int:
        """Record the start of a run and return its id; raises ClockError when `now` lies before earlier runs."""
        last = self.jobs.conn.execute("SELECT max(coalesce(finished_at, started_at)) FROM runs").fetchone()[0]
        if now.year < 2026 or (last and now < datetime.fromisoformat(last) - timedelta(minutes=10)):
            raise ClockError(
                f"the clock says {now:%Y-%m-%d %H:%M} UTC, but the last run was recorded at {last or 'no time'}. "
                "Nothing was fetched or changed. Set the computer's clock and start again; if it is right, the last "
                "run was recorded under a wrong one: correct its times in table runs."
            )
        with _transaction(self.jobs):
            run_id = self.jobs.conn.execute(
                "INSERT INTO runs (search, started_at) VALUES (?, ?) RETURNING id",
                [search, now.isoformat(timespec="seconds")],
            ).fetchone()[0]
        self.search = search
        return int(run_id)

    def finish_run(self, run_id: int, finished: datetime, exit_code: int, outcome: str, requests: int) -> None:
        """Record the end of a run, and drop payloads not used for RAW_DAYS (quarantined: QUARANTINE_DAYS)."""
        with _transaction(self.jobs):
            self.jobs.conn.execute(
                "UPDATE runs SET finished_at = ?, exit_code = ?, outcome = ?, requests = ? WHERE id = ?",
                [finished.isoformat(timespec="seconds"), exit_code, outcome, requests, run_id],
            )
            self.jobs.conn.execute("INSERT INTO jobs_fts (jobs_fts, rank) VALUES ('merge', ?)", [_MERGED_PAGES])
        with _transaction(self.raw):
            for quarantined, days in ((0, RAW_DAYS), (1, QUARANTINE_DAYS)):
                limit = (finished.date() - timedelta(days=days)).isoformat()
                self.raw.conn.execute("DELETE FROM raw WHERE quarantined = ? AND used_on < ?", [quarantined, limit])
            limit = (finished.date() - timedelta(days=RAW_DAYS)).isoformat()
            self.raw.conn.execute("DELETE FROM lists WHERE used_on < ?", [limit])
            self.raw.conn.execute("DELETE FROM robots WHERE fresh_until < ?", [finished.isoformat(timespec="seconds")])
        for database in (self.jobs, self.raw):
            database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def earlier_counts(self, board: str) -> list[int]:
        """Return how many adverts the last five certified runs of a board fetched, the newest first."""
        rows = self.jobs.conn.execute(
            "SELECT fetched FROM run_boards WHERE board = ? AND certified ORDER BY run_id DESC LIMIT 5", [board]
        )
        return [row[0] for row in rows]

    # ------------------------------------------------------------ adverts

    def store_robots(self, robots: Mapping[str, Robots]) -> None:
        """Keep the robots.txt files that this run used, by origin; `finish_run` drops those that no longer hold."""
        with _transaction(self.raw):
            self.raw.conn.executemany(
                "INSERT INTO robots (origin, status, body, fresh_until) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " status = excluded.status, body = excluded.body, fresh_until = excluded.fresh_until"
                " WHERE fresh_until <> excluded.fresh_until",
                [(origin, each.status, each.body, each.fresh_until) for origin, each in robots.items()],
            )

    def store(self, batch: Batch, *, run_id: int, night: str) -> None:
        """Write a batch: payloads first, then rows, one transaction each. Rows that did not change are not touched."""
        with _transaction(self.raw):
            self._store_payloads(batch, night)
            self._store_lists(batch.lists, night)
        with _transaction(self.jobs):
            for raw, job in batch.accepted:
                self._store_job(raw, job, run_id, night)
            self._store_filtered(batch.filtered, night)
            self.jobs.conn.executemany(
                "INSERT INTO quarantine (board, source_id, reason, first_seen, last_seen) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET reason = excluded.reason, last_seen = excluded.last_seen"
                " WHERE (reason, last_seen) IS NOT (excluded.reason, excluded.last_seen)",
                [(raw.board, raw.source_id, raw.fault, night, night) for raw in batch.quarantined],
            )
            self.jobs.conn.executemany(
                "DELETE FROM quarantine WHERE board = ? AND source_id = ?",
                [(raw.board, raw.source_id) for raw, _ in (*batch.accepted, *batch.filtered)]
                + [(raw.board, raw.source_id) for raw in batch.unchanged],
            )
            self._touch(batch.unchanged, run_id, night)

    def _store_payloads(self, batch: Batch, night: str) -> None:
        rows = [
            (raw.board, raw.source_id, _digest(raw.payload), zlib.compress(raw.payload, 1), held, night, night)
            for held, raws in (
                (0, [raw for raw, _ in (*batch.accepted, *batch.filtered)]),
                (1, batch.quarantined),
            )
            for raw in raws
            if raw.payload is not None
        ]
        self.raw.conn.executemany(
            "INSERT INTO raw (board, source_id, content_hash, payload, quarantined, stored_on, used_on)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET used_on = excluded.used_on,"
            " quarantined = excluded.quarantined"
            " WHERE (used_on, quarantined) <> (excluded.used_on, excluded.quarantined)",
            rows,
        )
        self.raw.conn.executemany(
            "UPDATE raw SET used_on = ?1 WHERE board = ?2 AND source_id = ?3 AND used_on <> ?1"
            " AND stored_on = (SELECT max(stored_on) FROM raw WHERE board = ?2 AND source_id = ?3)",
            [(night, raw.board, raw.source_id) for raw in batch.unchanged]
            + [(night, raw.board, raw.source_id) for raw, _ in batch.filtered if raw.payload is None],
        )

    def _store_lists(self, lists: Sequence[ListCopy], night: str) -> None:
        self.raw.conn.executemany(
            "INSERT INTO lists (url, etag, last_modified, content_type, body, used_on) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,"
            " content_type = excluded.content_type, body = excluded.body, used_on = excluded.used_on",
            [(each.url, each.etag, each.last_modified, each.content_type, zlib.compress(each.body, 1), night)
             for each in lists if each.body is not None],
        )  # fmt: skip
        self.raw.conn.executemany(
            "UPDATE lists SET used_on = ?1 WHERE url = ?2 AND used_on <> ?1",
            [(night, each.url) for each in lists if each.body is None],
        )

    def _store_job(self, raw: RawPosting, job: Job, run_id: int, night: str) -> None:
        connection = self.jobs.conn
        key = [self.search, raw.board, raw.source_id]
        content_hash = _digest(repr(job).encode())
        posting = connection.execute(
            "SELECT job_id, leads, content_hash FROM postings WHERE (search, board, source_id) = (?, ?, ?)", key
        ).fetchone()
        if posting is None:
            job_id = duplicates.job_id(*key)
            leads, stored_hash = 1, None
        else:
            job_id, leads, stored_hash = posting
        if leads and content_hash != stored_hash:
            self._write_job(job_id, job, content_hash, run_id=run_id, night=night)
        connection.execute(
            "INSERT INTO postings (search, board, source_id, job_id, leads, title, employer, url, list_hash,"
            " content_hash, detail, first_seen, last_seen, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            " 'open')"
            " ON CONFLICT DO UPDATE SET title = excluded.title, employer = excluded.employer, url = excluded.url,"
            " list_hash = excluded.list_hash, content_hash = excluded.content_hash, detail = excluded.detail",
            [*key, job_id, leads, job.title, job.employer, job.url, raw.list_hash, content_hash, raw.detail, night,
             night],
        )  # fmt: skip
        connection.execute("DELETE FROM filtered WHERE (search, board, source_id) = (?, ?, ?)", key)
        self._touch([raw], run_id, night)

    def _write_job(self, job_id: str, job: Job, content_hash: str, *, run_id: int, night: str) -> None:
        connection = self.jobs.conn
        search_id = int.from_bytes(hashlib.sha256(job_id.encode()).digest()[:8]) >> 2
        place = ", ".join(dict.fromkeys(each.city for each in job.places if each.city)) or None
        old = connection.execute(
            f"SELECT {', '.join(f'j.{name}' for name in _TOLD)}, t.place, t.text FROM jobs j"
            " JOIN job_texts t ON t.job_id = j.id WHERE j.id = ?",
            [job_id],
        ).fetchone()
        values = {name: getattr(job, name) for name in _JOB_COLUMNS}
        connection.execute(
            _UPSERT_JOB,
            [job_id, self.search, *values.values(), night, night, "open", content_hash, search_id],
        )
        connection.execute("DELETE FROM job_places WHERE job_id = ?", [job_id])
        connection.executemany(
            "INSERT INTO job_places (job_id, position, city, postal_code, state, country, lat, lon)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(job_id, number, each.city, each.postal_code, each.state, each.country, each.lat, each.lon)
             for number, each in enumerate(job.places, 1)],
        )  # fmt: skip
        connection.execute(
            "INSERT INTO job_texts (search_id, job_id, title, employer, place, text, spellings)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job_id) DO UPDATE SET title = excluded.title,"
            " employer = excluded.employer, place = excluded.place, text = excluded.text,"
            " spellings = excluded.spellings WHERE (title, employer, place, text) IS NOT"
            " (excluded.title, excluded.employer, excluded.place, excluded.text)",
            [search_id, job_id, job.title, job.employer, place, job.text,
             spellings(job.title, job.employer, place, job.text)],
        )  # fmt: skip
        if old is None:
            self._change(job_id, run_id, night, "status", None, "open")
            return
        new = [*(values[name] for name in _TOLD), place, job.text]
        for name, before, after in zip((*_TOLD, "place", "text"), old, new, strict=True):
            if before == after:
                continue
            # A text's words stand in raw.db; here it is enough that they changed.
            told = [_digest(str(each).encode()) if each and name == "text" else each for each in (before, after)]
            self._change(job_id, run_id, night, name, *told)

    def _change(self, job_id: str, run_id: int, night: str, field_name: str, old: Any, new: Any) -> None:
        self.jobs.conn.execute(
            "INSERT INTO changes (job_id, run_id, changed_on, field, old, new) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET new = excluded.new",
            [job_id, run_id, night, field_name, None if old is None else str(old), None if new is None else str(new)],
        )

    def _store_filtered(self, filtered: Sequence[tuple[RawPosting, Rejection]], night: str) -> None:
        self.jobs.conn.executemany(
            "INSERT INTO filtered (search, board, source_id, title, employer, city, distance_km, url, rule, reason,"
            " list_hash, detail, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET"
            " title = excluded.title, employer = excluded.employer, city = excluded.city,"
            " distance_km = excluded.distance_km, url = excluded.url, rule = excluded.rule, reason = excluded.reason,"
            " list_hash = excluded.list_hash, detail = excluded.detail, last_seen = excluded.last_seen"
            " WHERE (title, rule, reason, list_hash, detail, last_seen) IS NOT (excluded.title, excluded.rule,"
            " excluded.reason, excluded.list_hash, excluded.detail, excluded.last_seen)",
            [
                (self.search, raw.board, raw.source_id, raw.posting.title, raw.posting.employer, no.city,
                 no.distance_km, raw.posting.url, no.rule, no.reason, raw.list_hash, raw.detail, night, night)
                for raw, no in filtered if raw.posting
            ],
        )  # fmt: skip

    def _touch(self, raws: Iterable[RawPosting], run_id: int, night: str) -> None:
        """Mark postings and their jobs as seen tonight; one that was closed is open again."""
        raws = list(raws)
        self.jobs.conn.executemany(
            "UPDATE filtered SET last_seen = ?1 WHERE (search, board, source_id) = (?2, ?3, ?4) AND last_seen <> ?1",
            [(night, self.search, raw.board, raw.source_id) for raw in raws],
        )
        for raw in raws:
            row = self.jobs.conn.execute(
                "UPDATE postings SET last_seen = ?1, status = 'open', missed = 0, missed_at = NULL, closed_on = NULL,"
                " closed_reason = NULL WHERE (search, board, source_id) = (?2, ?3, ?4)"
                " AND (last_seen <> ?1 OR status <> 'open' OR missed > 0)"
                # Listed unchanged, but its own page had said that it is not wanted: it stays filtered.
                " AND NOT EXISTS (SELECT 1 FROM filtered f WHERE (f.search, f.board, f.source_id) = (?2, ?3, ?4))"
                " RETURNING job_id",
                [night, self.search, raw.board, raw.source_id],
            ).fetchall()
            for (job_id,) in row:
                self._follow(job_id, run_id, night)

    def _follow(self, job_id: str, run_id: int, night: str) -> None:
        """Let a job's status follow its postings: open while any is open, closed when all are."""
        connection = self.jobs.conn
        was, last_seen = connection.execute("SELECT status, last_seen FROM jobs WHERE id = ?", [job_id]).fetchone()
        rows = connection.execute(
            "SELECT status, last_seen, closed_on, closed_reason FROM postings WHERE job_id = ?"
            " ORDER BY coalesce(closed_on, '') DESC, leads DESC, board, source_id",
            [job_id],
        ).fetchall()
        statuses = {row[0] for row in rows}
        status = next(each for each in ("open", "unconfirmed", "closed") if each in statuses)
        seen = max(row[1] for row in rows)
        closed_on, closed_reason = rows[0][2:] if status == "closed" else (None, None)
        if (status, seen) == (was, last_seen):
            return
        connection.execute(
            "UPDATE jobs SET status = ?, last_seen = ?, closed_on = ?, closed_reason = ? WHERE id = ?",
            [status, seen, closed_on, closed_reason, job_id],
        )
        if status != was:
            self._change(job_id, run_id, night, "status", was, status)

    # ------------------------------------------------------------ the end of a board

    def merge(self, night: str) -> None:
        """Merge the jobs of this search that are one vacancy (`duplicates.merges`); each merge is a row."""
        connection = self.jobs.conn
        with _transaction(self.jobs):
            rows = connection.execute(
                "SELECT id, first_seen, employer_key, title_clean, level, coalesce(postal_code, city)"
                " FROM jobs WHERE search = ? AND status <> 'closed'",
                [self.search],
            )
            for merge in duplicates.merges(duplicates.Candidate(*row) for row in rows):
                connection.execute(
                    # Replace: a posting of a job that is itself merged now moves on with it.
                    "INSERT OR REPLACE INTO merges (job_id, search, board, source_id, rule, signals, merged_on)"
                    " SELECT ?, search, board, source_id, ?, ?, ? FROM postings WHERE job_id = ?",
                    [merge.into, merge.rule, merge.signals, night, merge.job_id],
                )
                connection.execute(
                    "UPDATE postings SET job_id = ?, leads = 0 WHERE job_id = ?", [merge.into, merge.job_id]
                )
                connection.execute("DELETE FROM changes WHERE job_id = ? AND field = 'status'", [merge.job_id])
                for table in ("changes", "merges"):
                    connection.execute(
                        f"UPDATE OR REPLACE {table} SET job_id = ? WHERE job_id = ?", [merge.into, merge.job_id]
                    )
                for table, column in (("job_places", "job_id"), ("job_texts", "job_id"), ("jobs", "id")):
                    connection.execute(f"DELETE FROM {table} WHERE {column} = ?", [merge.job_id])

    def finish_board(
        self, ledger: Ledger, certificate: Certificate, *, seen: set[str], nights_to_close: int, run_id: int,
        now: datetime, night: str,
    ) -> dict[str, Any]:  # fmt: skip
        """Close what a certified board no longer lists, mark what nobody confirmed, and record the board's outcome.

        Returns the row of `run_boards`. `seen` holds the source ids of this run.
        """
        connection = self.jobs.conn
        board = ledger.board
        with _transaction(self.jobs):
            connection.execute("CREATE TEMP TABLE IF NOT EXISTS seen (source_id TEXT PRIMARY KEY)")
            connection.execute("DELETE FROM seen")
            connection.executemany("INSERT INTO seen VALUES (?)", [(each,) for each in seen])
            self._close_filtered(board, run_id, night)
            if certificate.certified:
                self._close_missing(board, nights_to_close, run_id, now, night)
            self._mark_unconfirmed(board, run_id, night)
            self._hand_over(board)
            # Quarantined tonight outranks what an earlier night made of the advert; so each is counted once.
            count = dict(
                connection.execute(
                    "SELECT CASE WHEN q.source_id IS NOT NULL THEN 'quarantined' WHEN f.source_id IS NOT NULL"
                    " THEN 'filtered' WHEN p.leads THEN 'accepted' WHEN NOT p.leads THEN 'merged' END, count(*)"
                    " FROM seen LEFT JOIN quarantine q ON (q.board, q.source_id) = (?2, seen.source_id)"
                    " LEFT JOIN filtered f ON (f.search, f.board, f.source_id) = (?1, ?2, seen.source_id)"
                    " LEFT JOIN postings p ON (p.search, p.board, p.source_id) = (?1, ?2, seen.source_id) GROUP BY 1",
                    [self.search, board],
                ).fetchall()
            )
            changes = dict(
                connection.execute(
                    "SELECT CASE WHEN field <> 'status' THEN 'changed' WHEN new = 'closed' THEN 'closed'"
                    " WHEN old IS NULL THEN 'new' ELSE 'back' END, count(DISTINCT c.job_id) FROM changes c"
                    " WHERE run_id = ? AND job_id IN (SELECT job_id FROM postings WHERE search = ? AND board = ?)"
                    " GROUP BY 1",
                    [run_id, self.search, board],
                ).fetchall()
            )
            row = {
                "run_id": run_id,
                "board": board,
                "outcome": certificate.outcome,
                "reason": certificate.reason,
                "certified": int(certificate.certified),
                "advertised": ledger.advertised,
                "fetched": ledger.fetched,
                "accepted": count.get("accepted", 0),
                "merged": count.get("merged", 0),
                "filtered": count.get("filtered", 0),
                "quarantined": count.get("quarantined", 0),
                "new": changes.get("new", 0),
                "changed": changes.get("changed", 0),
                "closed": changes.get("closed", 0),
                "requests_planned": ledger.planned,
                "requests_answered": ledger.answered,
            }
            connection.execute(
                f"INSERT INTO run_boards ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", [*row.values()]
            )
        return row

    def _close(self, board: str, source_id: str, reason: str, run_id: int, night: str) -> None:
        (job_id,) = self.jobs.conn.execute(
            "UPDATE postings SET status = 'closed', closed_on = ?, closed_reason = ?"
            " WHERE (search, board, source_id) = (?, ?, ?) RETURNING job_id",
            [night, reason, self.search, board, source_id],
        ).fetchone()
        self._follow(job_id, run_id, night)

    def _close_filtered(self, board: str, run_id: int, night: str) -> None:
        """Close postings whose advert now says something else: seen tonight, and no longer what the search wants."""
        rows = self.jobs.conn.execute(
            "SELECT p.source_id, f.reason FROM postings p JOIN filtered f USING (search, board, source_id)"
            " JOIN seen USING (source_id) WHERE p.search = ? AND p.board = ? AND p.status <> 'closed'",
            [self.search, board],
        ).fetchall()
        for source_id, reason in rows:
            self._close(board, source_id, f"no longer a match: {reason}", run_id, night)

    def _close_missing(self, board: str, nights_to_close: int, run_id: int, now: datetime, night: str) -> None:
        rows = self.jobs.conn.execute(
            "SELECT p.source_id, p.missed, p.missed_at, j.apply_by FROM postings p JOIN jobs j ON j.id = p.job_id"
            " WHERE p.search = ? AND p.board = ? AND p.status <> 'closed'"
            " AND p.source_id NOT IN (SELECT source_id FROM seen)",
            [self.search, board],
        ).fetchall()
        for source_id, missed, missed_at, apply_by in rows:
            verdict = history.missing(history.Missing(missed, missed_at, apply_by), now, nights_to_close)
            self.jobs.conn.execute(
                "UPDATE postings SET missed = ?, missed_at = ? WHERE (search, board, source_id) = (?, ?, ?)",
                [verdict.missed, verdict.missed_at, self.search, board, source_id],
            )
            if verdict.closed_reason:
                self._close(board, source_id, verdict.closed_reason, run_id, night)

    def _hand_over(self, board: str) -> None:
        """Let an open posting lead a job whose leader has closed; emptied hashes have it read anew the next night."""
        rows = self.jobs.conn.execute(
            "SELECT old.job_id FROM postings old WHERE old.search = ? AND old.board = ? AND old.leads"
            " AND old.status = 'closed'"
            " AND EXISTS (SELECT 1 FROM postings p WHERE p.job_id = old.job_id AND p.status = 'open')",
            [self.search, board],
        ).fetchall()
        for (job_id,) in rows:
            self.jobs.conn.execute("UPDATE postings SET leads = 0 WHERE job_id = ?", [job_id])
            self.jobs.conn.execute(
                "UPDATE postings SET leads = 1, list_hash = '', content_hash = '' WHERE (search, board, source_id) ="
                " (SELECT search, board, source_id FROM postings WHERE job_id = ? AND status = 'open'"
                " ORDER BY first_seen, board, source_id LIMIT 1)",
                [job_id],
            )
            self.jobs.conn.execute(
                "UPDATE jobs SET (title, employer, url) = (SELECT title, employer, url FROM postings"
                " WHERE job_id = ?1 AND leads) WHERE id = ?1",
                [job_id],
            )

    def _mark_unconfirmed(self, board: str, run_id: int, night: str) -> None:
        connection = self.jobs.conn
        dates = connection.execute(
            "SELECT DISTINCT last_seen FROM postings WHERE search = ? AND board = ? AND status = 'open'",
            [self.search, board],
        ).fetchall()
        for (last_seen,) in dates:
            if history.is_unconfirmed(last_seen, night):
                rows = connection.execute(
                    "UPDATE postings SET status = 'unconfirmed' WHERE search = ? AND board = ? AND status = 'open'"
                    " AND last_seen = ? RETURNING job_id",
                    [self.search, board, last_seen],
                ).fetchall()
                for (job_id,) in rows:
                    self._follow(job_id, run_id, night)


# ---------------------------------------------------------------- files


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()


@contextmanager
def _transaction(database: Database) -> Iterator[None]:
    """One transaction that takes the write lock at once: a deferred one fails when another program wrote meanwhile."""
    try:
        database.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if database.conn.in_transaction:  # a full disk has already rolled back
                database.conn.execute("ROLLBACK")
            raise
        database.conn.execute("COMMIT")
    except sqlite3.IntegrityError:
        raise  # a rule of the schema is broken: a bug of ours, not a matter of disk or lock
    except sqlite3.Error as error:
        path = database.conn.execute("PRAGMA database_list").fetchone()[2]
        raise StorageError(
            f"{path} could not be written ({error}). Everything committed before is kept. "
            "Free the file or the disk and start again."
        ) from error


def _locked(jobs_db: Path) -> Any:
    path = jobs_db.with_name(jobs_db.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("a+")
    except OSError as error:
        raise StorageError(f"{path} cannot be written ({error.strerror}). Nothing was fetched.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip() or "another program"
        lock.close()
        raise LockedError(
            f"another run is writing {jobs_db} ({holder}). Nothing was done here; start again when it has ended."
        ) from None
    lock.truncate(0)
    lock.write(f"process {os.getpid()}")
    lock.flush()
    return lock


def _opened(path: Path, application_id: int, migrations: Migrations, *, private: bool = False) -> Database:
    """Open or make a database: WAL, FULL, foreign keys, schema up to date. Refuses a file that is not ours."""
    is_new = not path.exists()
    try:
        if is_new:
            if not path.parent.exists():  # a folder that was there keeps its mode
                path.parent.mkdir(parents=True)
                path.parent.chmod(0o700 if private else 0o755)
            path.touch(mode=0o600 if private else 0o644)
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        found = connection.execute("PRAGMA application_id").fetchone()[0]
        if not is_new and found != application_id:
            connection.close()
            what = "is empty" if not path.stat().st_size else "was not made by Stellwerk"
            raise StorageError(
                f"{path} {what}; it was left as it is. "
                "Move it away (a fresh file is made) or put a snapshot in its place."
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        database = Database(connection)
        migrations.apply(database)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"{path} cannot be used ({error}). Nothing was fetched or changed.") from error
    unknown = {row.name for row in migrations.applied(database)} - {each.name for each in _all(migrations)}
    if unknown:
        raise StorageError(
            f"{path} was written by a newer Stellwerk ({', '.join(sorted(unknown))}). Update, then start."
        )
    return database


def _all(migrations: Migrations) -> list[Any]:
    return list(migrations._migrations)  # noqa: SLF001
