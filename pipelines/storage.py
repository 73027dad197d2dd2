"""All SQL: the two files, their lock, and what a run writes into them."""

import hashlib
import json
import logging
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pipelines import coverage, dates, drift, duplicates, history, snapshots, summaries
from pipelines.coverage import Estimate
from pipelines.drift import Fill, Spread
from pipelines.files import ClockError, StorageError, locked, opened, reading, transaction
from pipelines.health import RECENT, Certificate, Earlier, Ledger
from pipelines.items import Evidence, HostFile, Job, ListCopy, Place, RawPosting, Rejection, Skill
from pipelines.migrations import (
    JOBS_APPLICATION_ID,
    RAW_APPLICATION_ID,
    jobs_migrations,
    raw_migrations,
)
from pipelines.spelling import spellings

logger = logging.getLogger(__name__)

GO_ON_HOURS = 6  # as long as a run may take: what a run that was broken off had read counts for so long
RAW_DAYS, QUARANTINE_DAYS = 30, 90  # a payload is kept this long after its last use
_MERGED_PAGES = 2_000  # of the text index, at the end of a run: bounded work that keeps searches quick


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier nights know of an advert."""

    list_hash: str
    detail: str | None  # as in table postings; None for an advert filtered on its list facts
    wanted: bool = True
    last_seen: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """One advert as raw.db keeps it, with what jobs.db says of it."""

    board: str
    source_id: str
    payload: bytes
    list_hash: str
    detail: str
    first_seen: str
    last_seen: str
    fate: str  # posting, filtered, quarantined


Reading = tuple[RawPosting, Job | Rejection]  # an advert, and what the rules make of it


@dataclass(slots=True)
class Batch:
    """What one transaction writes: adverts in their four possible fates, lists, and what has become known of hosts."""

    accepted: list[tuple[RawPosting, Job]] = field(default_factory=list)
    filtered: list[tuple[RawPosting, Rejection]] = field(default_factory=list)
    quarantined: list[RawPosting] = field(default_factory=list)
    unchanged: list[RawPosting] = field(default_factory=list)
    lists: list[ListCopy] = field(default_factory=list)
    host_files: Mapping[str, HostFile] = field(default_factory=dict)  # by address
    host_requests: Mapping[str, int] = field(default_factory=dict)  # of this night, by origin

    def __len__(self) -> int:
        adverts = len(self.accepted) + len(self.filtered) + len(self.quarantined) + len(self.unchanged)
        return adverts + len(self.lists) + len(self.host_files) + len(self.host_requests)


V = TypeVar("V")

_JOB_COLUMNS = tuple(each.name for each in fields(Job) if each.name not in ("places", "text", "skills", "evidence"))
# Fields whose absence in a board's adverts is noticed, and when an advert has them.
_FIELD_TESTS = {
    "pay": "j.pay_year_min IS NOT NULL OR j.pay_year_max IS NOT NULL", "place": "j.city IS NOT NULL",
    "employer": "j.employer IS NOT NULL", "text": "t.text IS NOT NULL", "published_on": "j.published_on IS NOT NULL",
    "apply_by": "j.apply_by IS NOT NULL", "reference": "j.reference IS NOT NULL", "url": "j.url IS NOT NULL",
}  # fmt: skip
# Values whose change in a board's adverts is noticed.
_MEASURES = {"length of texts": "length(t.text)", "pay a year": "coalesce(j.pay_year_max, j.pay_year_min)"}
_WANTED = """
    FROM seen JOIN postings p ON (p.search, p.board, p.source_id, p.leads) = (?, ?, seen.source_id, 1)
    JOIN jobs j ON j.id = p.job_id JOIN job_texts t ON t.job_id = j.id
"""  # adverts of a board, seen tonight
FIELD_NIGHTS = 42  # that alarms look back
FIELD_DAYS = 90  # that they are kept
CHRONIC, CHRONIC_OF = 7, 14  # nights
_TOLD = ("title", "employer", "pay_year_min", "pay_year_max", "pay_text", "apply_by")
_NEXT_SEARCH_ID = "SELECT coalesce(max(search_id), 0) + 1 FROM job_texts"
_WRITTEN = ("id", "search", *_JOB_COLUMNS, "first_seen", "last_seen", "status", "content_hash", "search_id")
# What jobs.db says of an advert that raw.db keeps: a posting, else in quarantine, which outranks what an earlier night
# made of it (and is nobody's while another search has it as a posting), else filtered.
_STORED = """
    SELECT list_hash, detail, first_seen, last_seen, 'posting' FROM postings
    WHERE (search, board, source_id) = (?1, ?2, ?3)
    UNION ALL SELECT '', 'none', first_seen, last_seen, 'quarantined' FROM quarantine
    WHERE (board, source_id) = (?2, ?3) AND NOT EXISTS (SELECT 1 FROM postings WHERE (board, source_id) = (?2, ?3))
    UNION ALL SELECT list_hash, detail, first_seen, last_seen, 'filtered' FROM filtered
    WHERE (search, board, source_id) = (?1, ?2, ?3) LIMIT 1
"""
_UPSERT_JOB = f"""
    INSERT INTO jobs ({", ".join(_WRITTEN)}) VALUES ({", ".join("?" * len(_WRITTEN))})
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in (*_JOB_COLUMNS, "content_hash"))}
"""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a host wants to be told of the list it sent last, to answer 304 where nothing has changed."""

    etag: str
    last_modified: str

    def headers(self) -> dict[str, str]:
        """Return the headers of a conditional request."""
        stated = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in stated.items() if value}


class Remembered:
    """What the files know from the nights before, read when it is asked for: no more is held than a board needs.

    Before the first run there are no files, and it knows nothing.
    """

    def __init__(self, jobs_db: Path, raw_db: Path, search: str) -> None:
        self.search = search
        self._open = ExitStack()
        self._jobs = self._open.enter_context(reading(jobs_db)) if jobs_db.exists() else None
        self._raw = self._open.enter_context(reading(raw_db)) if raw_db.exists() else None

    def close(self) -> None:
        """Close both files."""
        self._open.close()

    def known(self, board: str) -> dict[str, Known]:
        """Return what is known of the adverts of a board, by source id."""
        if self._jobs is None:
            return {}
        rows = self._jobs.execute(
            "SELECT source_id, list_hash, detail, 1, last_seen FROM postings WHERE (search, board) = (?1, ?2)"
            " AND status <> 'closed'"
            # Filtered on its list facts alone: judged again each night, a changed rule may want it.
            " UNION ALL SELECT source_id, list_hash, nullif(detail, 'none'), 0, last_seen FROM filtered"
            " WHERE (search, board) = (?1, ?2)",
            [self.search, board],
        ).fetchall()
        return {row[0]: Known(row[1], row[2], bool(row[3]), row[4]) for row in rows}

    def validators(self, url: str) -> Validators | None:
        """Return the validators of a stored list; None when it is not stored."""
        rows = self._list("etag, last_modified", url)
        return Validators(*rows[0]) if rows else None

    def list_copy(self, url: str) -> ListCopy | None:
        """Return a list as stored when it was last sent; None when it is not stored."""
        rows = self._list("url, etag, last_modified, content_type, body", url)
        for stored_at, etag, modified, kind, body in rows:
            return ListCopy(stored_at, etag, modified, kind, zlib.decompress(body))
        return None

    def _list(self, columns: str, url: str) -> list[tuple[Any, ...]]:
        if self._raw is None:
            return []
        return self._raw.execute(f"SELECT {columns} FROM lists WHERE url = ?", [url]).fetchall()


def host_files(raw_db: Path, now: datetime) -> dict[str, HostFile]:
    """Return what hosts say of themselves and what still holds, by address; {} before the first run."""
    if not raw_db.exists():
        return {}
    with reading(raw_db) as connection:
        rows = connection.execute(
            "SELECT url, status, body, fresh_until FROM host_files WHERE fresh_until > ?",
            [now.isoformat(timespec="seconds")],
        )
        return {url: HostFile(status, body, fresh_until) for url, status, body, fresh_until in rows}


def host_requests(raw_db: Path, night: str) -> dict[str, int]:
    """Return how often each origin was asked in a night; {} before the first run."""
    if not raw_db.exists():
        return {}
    with reading(raw_db) as connection:
        rows = connection.execute("SELECT origin, requests FROM host_requests WHERE night = ?", [night]).fetchall()
    return dict(rows)


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
    with reading(jobs_db) as connection:
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
    SELECT found.*, b.outcome FROM (
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
    ) found JOIN run_boards b USING (board)
    WHERE b.run_id = (SELECT max(run_id) FROM run_boards WHERE board = b.board)"""


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


# From board to board and to its last runs by the index: years of nights before cost nothing.
_LAST_DAY = """SELECT substr(started_at, 1, 10) FROM run_boards b JOIN runs r ON r.id = b.run_id
               WHERE b.board = last.board AND {which} ORDER BY b.run_id DESC LIMIT 1"""
OUTCOMES = f"""
    WITH RECURSIVE boards (board) AS (
        SELECT min(board) FROM run_boards
        UNION ALL
        SELECT (SELECT min(board) FROM run_boards b WHERE b.board > boards.board) FROM boards WHERE board IS NOT NULL
    )
    SELECT last.board, last.outcome, last.reason, substr(started_at, 1, 10), last.fetched,
           ({_LAST_DAY.format(which="certified")}), ({_LAST_DAY.format(which="fetched")})
    FROM boards JOIN run_boards last
    ON (last.board, last.run_id) = (boards.board, (SELECT max(run_id) FROM run_boards WHERE board = boards.board))
    JOIN runs ON runs.id = last.run_id"""  # the columns of Outcome


def outcomes(jobs_db: Path) -> dict[str, Outcome]:
    """Return how each board fared, by its id; {} without a file."""
    if not jobs_db.exists():
        return {}
    with reading(jobs_db) as connection:
        rows = connection.execute(OUTCOMES).fetchall()
    return {row[0]: Outcome(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs between two states of jobs.db."""

    what: str  # new, gone, merged, split, or the field
    job_id: str
    title: str
    old: str | None
    new: str | None


_COMPARED = (
    "match", "level", "title_clean", "employer_key", "city", "distance_km", "remote", "pay_year_min", "pay_year_max",
    "pay_basis", "status",
)  # fmt: skip


def differences(before: Path, after: Path) -> list[Difference]:
    """Return what differs between the jobs of two files, sorted."""
    states = []
    for path in (before, after):
        with reading(path) as connection:
            jobs = {
                row[0]: row[1:]
                for row in connection.execute(f"SELECT id, title, content_hash, {', '.join(_COMPARED)} FROM jobs")
            }
            of = dict(connection.execute("SELECT board || ' ' || source_id || ' ' || search, job_id FROM postings"))
        states.append((jobs, of))
    (old_jobs, old_of), (new_jobs, new_of) = states
    found = []
    for job_id in old_jobs.keys() | new_jobs.keys():
        old, new = old_jobs.get(job_id), new_jobs.get(job_id)
        if old is None or new is None:
            here, there = (old_of, new_of) if old else (new_of, old_of)
            known = {job for advert, job in there.items() if here.get(advert) == job_id}
            what = ("merged" if known else "gone") if old else ("split" if known else "new")
            found.append(
                Difference(what, job_id, str((old or new or ("",))[0]), None, ", ".join(sorted(known)) or None)
            )
            continue
        for name, was, now in zip(_COMPARED, old[2:], new[2:], strict=True):
            if was != now:
                found.append(
                    Difference(name, job_id, str(new[0]), *(None if x is None else str(x) for x in (was, now)))
                )
    return sorted(found, key=lambda each: (each.what, each.job_id))


class Noted(dict[str, V]):
    """What is known of hosts, and which of it is new: set since `taken`. `update` brings what is stored already."""

    def __init__(self) -> None:
        super().__init__()
        self._new: set[str] = set()

    def __setitem__(self, key: str, value: V) -> None:
        """Set it, and note that it is new."""
        super().__setitem__(key, value)
        self._new.add(key)

    def taken(self) -> dict[str, V]:
        """Return what is new, once."""
        new, self._new = self._new, set()
        return {key: self[key] for key in new}


class Storage:
    """The open databases of one run; the only writer, guarded by a file lock.

    Raises LockedError, ClockError or StorageError, each with a message for the person at the keyboard.
    """

    def __init__(self, jobs_db: Path, raw_db: Path) -> None:
        self._lock = locked(jobs_db)
        self.alarms: list[tuple[str, str]] = []  # what this run found of fields: board, line
        self._texts: list[tuple[Any, ...]] | None = None  # of this transaction, that the index has not yet
        try:
            if not jobs_db.exists() and (kept := snapshots.found(snapshots.folder(raw_db))):
                raise StorageError(
                    f"{jobs_db} is missing, though there was one on {kept[0].night}. Nothing was fetched. Put it back:"
                    f" ./run scrapy restore {kept[0].night}; to begin anew, move {kept[0].path.parent} away."
                )
            self.jobs = opened(jobs_db, JOBS_APPLICATION_ID, jobs_migrations)
            self.raw = opened(raw_db, RAW_APPLICATION_ID, raw_migrations, private=True)
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
        with transaction(self.jobs.conn):
            run_id = self.jobs.conn.execute(
                "INSERT INTO runs (search, started_at) VALUES (?, ?) RETURNING id",
                [search, now.isoformat(timespec="seconds")],
            ).fetchone()[0]
        self.search = search
        return int(run_id)

    def go_on(self, run_id: int, boards: Iterable[str], now: datetime) -> list[dict[str, Any]]:
        """Take over which of `boards` the run before had read to their end, if it was broken off a short while ago.

        Broken off: killed, or ended by a signal, in the same night and at most GO_ON_HOURS ago. Returns these rows of
        `run_boards`, which are now rows of this run too; [] when the last run came to its end.
        """
        before = self.jobs.conn.execute(
            "SELECT id, started_at FROM runs WHERE id = (SELECT max(id) FROM runs WHERE search = ? AND id < ?)"
            " AND (finished_at IS NULL OR exit_code >= 128)",
            [self.search, run_id],
        ).fetchone()
        if before is None:
            return []
        began = datetime.fromisoformat(before[1])
        if dates.night(began) != dates.night(now) or now - began > timedelta(hours=GO_ON_HOURS):
            return []
        rows = [
            {**row, "run_id": run_id}
            for row in self.jobs.query(
                "SELECT * FROM run_boards WHERE run_id = ? AND certified AND board IN (SELECT value FROM json_each(?))",
                [before[0], json.dumps([*boards])],
            )
        ]
        with transaction(self.jobs.conn):
            for row in rows:
                self._insert("run_boards", row)
        return rows

    def describe_search(self, role: str, place: str, centre: tuple[float, float], radius_km: float) -> None:
        """Keep what this search asks for: latitude and longitude in degrees, the radius in km."""
        with transaction(self.jobs.conn):
            self.jobs.conn.execute(
                "INSERT INTO searches (search, role, place, lat, lon, radius_km) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET (role, place, lat, lon, radius_km) ="
                " (excluded.role, excluded.place, excluded.lat, excluded.lon, excluded.radius_km)",
                [self.search, role, place, *centre, radius_km],
            )

    def finish_run(self, run_id: int, finished: datetime, exit_code: int, outcome: str, requests: int) -> None:
        """Record the end of a run, and drop payloads not used for RAW_DAYS (quarantined: QUARANTINE_DAYS)."""
        with transaction(self.jobs.conn):
            self.jobs.conn.execute(
                "UPDATE runs SET finished_at = ?, exit_code = ?, outcome = ?, requests = ? WHERE id = ?",
                [finished.isoformat(timespec="seconds"), exit_code, outcome, requests, run_id],
            )
            self.merge_index()
            for table in ("run_fields", "run_spreads"):
                self.jobs.conn.execute(
                    f"DELETE FROM {table} WHERE run_id < (SELECT min(id) FROM runs WHERE started_at >= ?)",
                    [(finished.date() - timedelta(days=FIELD_DAYS)).isoformat()],
                )
        try:
            self.summarise(finished)
        except StorageError as error:  # a query that somebody has changed must not spoil the night
            logger.warning("%s. The run is complete; pictures and employers show the night before.", error)
        with transaction(self.raw.conn):
            for quarantined, days in ((0, RAW_DAYS), (1, QUARANTINE_DAYS)):
                limit = (finished.date() - timedelta(days=days)).isoformat()
                self.raw.conn.execute("DELETE FROM raw WHERE quarantined = ? AND used_on < ?", [quarantined, limit])
            limit = (finished.date() - timedelta(days=RAW_DAYS)).isoformat()
            self.raw.conn.execute("DELETE FROM lists WHERE used_on < ?", [limit])
            now = finished.isoformat(timespec="seconds")
            self.raw.conn.execute("DELETE FROM host_files WHERE fresh_until < ?", [now])
            self.raw.conn.execute("DELETE FROM host_requests WHERE night < ?", [limit])
        for database in (self.jobs, self.raw):
            database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def merge_index(self) -> None:
        """Merge pieces of the full-text index, as much as one run should take upon itself."""
        self.jobs.conn.execute("INSERT INTO jobs_fts (jobs_fts, rank) VALUES ('merge', ?)", [_MERGED_PAGES])

    def summarise(self, now: datetime) -> None:
        """Count anew what the pictures show; `finish_run` does so by itself."""
        with transaction(self.jobs.conn):
            summaries.refresh(self.jobs.conn, now)

    def tell(self, run_id: int, messages: Iterable[tuple[str | None, str]]) -> None:
        """Keep what a run says of its boards, in its order."""
        with transaction(self.jobs.conn):
            self.jobs.conn.executemany(
                "INSERT INTO messages (run_id, number, board, message) VALUES (?, ?, ?, ?)",
                [(run_id, number, board, text) for number, (board, text) in enumerate(messages, 1)],
            )

    def earlier(self, board: str, seen: set[str], known: Mapping[str, Known], night: str) -> Earlier:
        """Return what a board's list of tonight is to be compared with.

        `seen` holds its ids, `known` what stood in the file before this run. Compared is with certified runs, those of
        any search; a run that a person has confirmed makes a new beginning.
        """
        rows = self.jobs.conn.execute(
            "SELECT b.fetched, r.started_at, b.certified FROM run_boards b JOIN runs r ON r.id = b.run_id"
            " WHERE b.board = ?1 AND (b.certified OR b.confirmed) AND b.run_id >= coalesce("
            "(SELECT max(run_id) FROM run_boards WHERE board = ?1 AND confirmed), 0) ORDER BY b.run_id DESC LIMIT 5",
            [board],
        ).fetchall()
        counts = [row[0] for row in rows]
        last = dates.night(datetime.fromisoformat(rows[0][1])) if rows else ""
        if not rows or not rows[0][2] or date.fromisoformat(night) - date.fromisoformat(last) > timedelta(days=RECENT):
            return Earlier(counts)
        before = [source_id for source_id, each in known.items() if each.last_seen >= last]
        return Earlier(counts, len(before), sum(each in seen for each in before))

    def forget_lists(self, urls: Sequence[str]) -> None:
        """Drop the copies of lists, so that the next night asks for them whole."""
        with transaction(self.raw.conn):
            self.raw.conn.executemany("DELETE FROM lists WHERE url = ?", [(url,) for url in urls])

    # ------------------------------------------------------------ adverts

    def store(self, batch: Batch, *, run_id: int, night: str) -> None:
        """Write a batch: payloads first, then rows, one transaction each. Rows that did not change are not touched."""
        with transaction(self.raw.conn):
            self._store_payloads(batch, night)
            self._store_lists(batch.lists, night)
            self._store_hosts(batch, night)
        with self._writing():
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

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction, at whose end the new texts are indexed: all at once, without a statement in between.

        FTS5 writes what it has gathered whenever another statement may have to be undone alone, as in a trigger: a
        piece for each text then, and two and a half times the work.
        """
        with transaction(self.jobs.conn):
            self._texts = []
            yield
            self._index()
            self._texts = None

    def _index(self) -> None:
        if self._texts:
            self.jobs.conn.executemany(
                "INSERT INTO jobs_fts (rowid, title, employer, place, text, spellings) VALUES (?, ?, ?, ?, ?, ?)",
                self._texts,
            )
            self._texts = []

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

    def _store_hosts(self, batch: Batch, night: str) -> None:
        self.raw.conn.executemany(
            "INSERT INTO host_files (url, status, body, fresh_until) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " status = excluded.status, body = excluded.body, fresh_until = excluded.fresh_until"
            " WHERE fresh_until <> excluded.fresh_until",
            [(url, each.status, each.body, each.fresh_until) for url, each in batch.host_files.items()],
        )
        self.raw.conn.executemany(
            "INSERT INTO host_requests (origin, night, requests) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
            " requests = excluded.requests WHERE requests <> excluded.requests",
            [(origin, night, each) for origin, each in batch.host_requests.items()],
        )

    def _store_job(self, raw: RawPosting, job: Job, run_id: int, night: str) -> None:
        self._store_posting(raw, job, run_id, night, (night, night))
        self._touch([raw], run_id, night)

    def _store_posting(
        self, raw: RawPosting, job: Job, run_id: int, night: str, seen: tuple[str, str], *, told: bool = True
    ) -> None:
        """Write a posting and, where it leads, its job; `seen`: first and last, for one that is new."""
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
            self._write_job(job_id, job, content_hash, run_id=run_id, night=night, told=told)
        elif content_hash != stored_hash:
            self._keep_reading(key, job)
        connection.execute(
            "INSERT INTO postings (search, board, source_id, job_id, leads, title, employer, url, list_hash,"
            " content_hash, detail, first_seen, last_seen, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            " 'open')"
            " ON CONFLICT DO UPDATE SET title = excluded.title, employer = excluded.employer, url = excluded.url,"
            " list_hash = excluded.list_hash, content_hash = excluded.content_hash, detail = excluded.detail",
            [*key, job_id, leads, job.title, job.employer, job.url, raw.list_hash, content_hash, raw.detail, *seen],
        )  # fmt: skip
        connection.execute("DELETE FROM filtered WHERE (search, board, source_id) = (?, ?, ?)", key)

    def _write_job(
        self, job_id: str, job: Job, content_hash: str, *, run_id: int, night: str, told: bool = True
    ) -> None:
        """Write a job's row, places and text; `told`: what differs from before is a change of the post."""
        connection = self.jobs.conn
        place = ", ".join(dict.fromkeys(each.city for each in job.places if each.city)) or None
        old = connection.execute(
            f"SELECT t.search_id, {', '.join(f'j.{name}' for name in _TOLD)}, t.place, t.text FROM jobs j"
            " JOIN job_texts t ON t.job_id = j.id WHERE j.id = ?",
            [job_id],
        ).fetchone()
        # One after the other: the full-text index holds distances between them, and half the bytes if they are small.
        search_id = old[0] if old else connection.execute(_NEXT_SEARCH_ID).fetchone()[0]
        if old:
            self._index()  # what takes the old text out of the index must find it there
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
        self._write_facts(job_id, job)
        words = (job.title, job.employer, place, job.text)
        texts = (*words, spellings(*words))
        connection.execute(
            "INSERT INTO job_texts (search_id, job_id, title, employer, place, text, spellings)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job_id) DO UPDATE SET title = excluded.title,"
            " employer = excluded.employer, place = excluded.place, text = excluded.text,"
            " spellings = excluded.spellings WHERE (title, employer, place, text) IS NOT"
            " (excluded.title, excluded.employer, excluded.place, excluded.text)",
            [search_id, job_id, *texts],
        )
        if not old:
            assert self._texts is not None  # noqa: S101 - within `_writing`
            self._texts.append((search_id, *texts))
        if not told:
            return
        if old is None:
            self._change(job_id, run_id, night, "status", None, "open")
            return
        new = [*(values[name] for name in _TOLD), place, job.text]
        for name, before, after in zip((*_TOLD, "place", "text"), old[1:], new, strict=True):
            if before == after:
                continue
            # A text's words stand in raw.db; here it is enough that they changed.
            values_told = [_digest(str(each).encode()) if each and name == "text" else each for each in (before, after)]
            self._change(job_id, run_id, night, name, *values_told)

    def _write_facts(self, job_id: str, job: Job) -> None:
        """Write what a job asks for, and where its facts come from."""
        connection = self.jobs.conn
        connection.execute("DELETE FROM job_skills WHERE job_id = ?", [job_id])
        connection.executemany(
            "INSERT INTO job_skills (job_id, position, skill, skill_group, need, words) VALUES (?, ?, ?, ?, ?, ?)",
            [(job_id, number, each.name, each.group, each.need, each.words)
             for number, each in enumerate(job.skills, 1)],
        )  # fmt: skip
        connection.execute("DELETE FROM job_evidence WHERE job_id = ?", [job_id])
        connection.executemany(
            "INSERT INTO job_evidence (job_id, field, words) VALUES (?, ?, ?)",
            [(job_id, each.field, each.words) for each in job.evidence],
        )

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

    # ------------------------------------------------------------ adverts that are one vacancy

    def group(self, run_id: int, night: str) -> dict[str, dict[str, int]]:
        """Group the adverts of this search into vacancies (`duplicates.group`): each merge is a row, and can be undone.

        A vacancy has the id of the advert seen first, and the facts of the best one that is open: an employer's own
        board before an aggregator, an employer before an agency. Returns, by board, what changed in this run's counts.
        """
        with self._writing():
            self.jobs.conn.execute("PRAGMA defer_foreign_keys = ON")
            shown = self._shown()
            grouping = duplicates.group(
                (each.advert for each in shown.values()),
                together={each.advert.id: each.job_id for each in shown.values()},
                merged=self._decisions("merge"),
                split=self._decisions("split"),
            )
            merges = {each.id: each for each in grouping.merges}
            vacancies: dict[str, list[_Shown]] = {}
            for number, each in shown.items():
                vacancies.setdefault(merges[number].into if number in merges else number, []).append(each)
            counts: dict[str, dict[str, int]] = {}
            left = {each.job_id for number, members in vacancies.items() for each in members if each.job_id != number}
            moved = {
                job_id: members
                for job_id, members in vacancies.items()
                if job_id in left
                or any(each.job_id != job_id for each in members)
                or not _lead(members, self.search).leads
            }
            for members in moved.values():
                for each in members:
                    each.job = each.job or self._job(each.job_id)
            for job_id, members in moved.items():
                self._write_vacancy(job_id, members, merges, counts, run_id=run_id, night=night)
            self._drop_jobs({each.job_id for members in moved.values() for each in members} - vacancies.keys())
            self._store_links(grouping.links, night)
            self._store_ages()
            for board, changed in counts.items():
                self.jobs.conn.execute(
                    "UPDATE run_boards SET accepted = accepted + ?, merged = merged + ?, new = max(0, new + ?)"
                    " WHERE run_id = ? AND board = ?",
                    [changed["accepted"], changed["merged"], changed["new"], run_id, board],
                )
        return counts

    def _shown(self) -> dict[str, "_Shown"]:
        """Return every advert of the jobs that are not closed, by the id of the job that it starts."""
        connection = self.jobs.conn
        spots: dict[str, list[duplicates.Spot]] = {}
        for job_id, *place in connection.execute(
            "SELECT job_id, city, postal_code, lat, lon, state, country FROM job_places WHERE job_id IN"
            " (SELECT id FROM jobs WHERE search = ? AND status <> 'closed') ORDER BY job_id, position",
            [self.search],
        ):
            spots.setdefault(job_id, []).append(duplicates.Spot(*place))
        found = {}
        for board, source_id, job_id, leads, status, first_seen, last_seen, *facts in connection.execute(
            "SELECT p.board, p.source_id, p.job_id, p.leads, p.status, p.first_seen, p.last_seen, r.facts,"
            " j.title_clean, j.employer_key, j.employer_type, j.level, j.area, j.role, j.reference, j.pay_year_min,"
            " j.pay_year_max, t.text FROM jobs j JOIN postings p ON p.job_id = j.id"
            " JOIN job_texts t ON t.job_id = j.id LEFT JOIN readings r USING (search, board, source_id)"
            " WHERE j.search = ? AND j.status <> 'closed'",
            [self.search],
        ):
            number = duplicates.job_id(self.search, board, source_id)
            reading, *told = facts
            if not leads and reading is None:  # merged by an older version: it stays where it is
                continue
            if leads:
                title, employer, kind, level, area, role, reference, low, high, text = told
                advert = duplicates.Advert(
                    number, first_seen, title, employer, kind, level, area, role, tuple(spots.get(job_id, ())),
                    reference, low, high, text, board,
                )  # fmt: skip
                job = None
            else:
                job = _read_facts(reading)
                advert = duplicates.advert_of(number, first_seen, job, board)
            found[number] = _Shown(board, source_id, job_id, bool(leads), status, last_seen, advert, job)
        return found

    def _decisions(self, decision: str) -> list[tuple[str, str]]:
        rows = self.jobs.conn.execute("SELECT one, other FROM decisions WHERE decision = ?", [decision])
        return [(one, other) for one, other in rows]

    def _job(self, job_id: str) -> Job:
        """Read a job's facts back as its normaliser made them."""
        connection = self.jobs.conn
        values = connection.execute(f"SELECT {', '.join(_JOB_COLUMNS)} FROM jobs WHERE id = ?", [job_id]).fetchone()
        places = connection.execute(
            "SELECT city, postal_code, state, country, lat, lon FROM job_places WHERE job_id = ? ORDER BY position",
            [job_id],
        ).fetchall()
        (text,) = connection.execute("SELECT text FROM job_texts WHERE job_id = ?", [job_id]).fetchone()
        skills = connection.execute(
            "SELECT skill, skill_group, need, words FROM job_skills WHERE job_id = ? ORDER BY position", [job_id]
        ).fetchall()
        evidence = connection.execute("SELECT field, words FROM job_evidence WHERE job_id = ? ORDER BY rowid", [job_id])
        return Job(
            **dict(zip(_JOB_COLUMNS, values, strict=True)),
            places=tuple(Place(**dict(zip(_PLACE_COLUMNS, each, strict=True))) for each in places),
            text=text,
            skills=tuple(Skill(*each) for each in skills),
            evidence=tuple(Evidence(*each) for each in evidence),
        )

    def _keep_reading(self, key: Sequence[str], job: Job) -> None:
        """Keep what a posting says that does not lead its job."""
        self.jobs.conn.execute(
            "INSERT INTO readings (search, board, source_id, facts) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET facts = excluded.facts WHERE facts <> excluded.facts",
            [*key, json.dumps(asdict(job), ensure_ascii=False)],
        )

    def _write_vacancy(
        self, job_id: str, members: Sequence["_Shown"], merges: Mapping[str, duplicates.Merge],
        counts: dict[str, dict[str, int]], *, run_id: int, night: str,
    ) -> None:  # fmt: skip
        connection = self.jobs.conn
        lead = _lead(members, self.search)
        for each in members:
            key = [self.search, each.board, each.source_id]
            leads = each is lead
            content_hash = connection.execute(
                "UPDATE postings SET job_id = ?, leads = ? WHERE (search, board, source_id) = (?, ?, ?)"
                " RETURNING content_hash",
                [job_id, leads, *key],
            ).fetchone()[0]
            assert each.job is not None  # noqa: S101 - read by `group`
            if leads:
                connection.execute("DELETE FROM readings WHERE (search, board, source_id) = (?, ?, ?)", key)
                self._write_job(job_id, each.job, content_hash, run_id=run_id, night=night, told=False)
            else:
                self._keep_reading(key, each.job)
            self._store_merge(key, job_id, merges.get(each.advert.id), night)
            if each.last_seen == night:
                changed = counts.setdefault(each.board, {"accepted": 0, "merged": 0, "new": 0})
                changed["accepted"] += leads - each.leads
                changed["merged"] -= leads - each.leads
                if each.advert.first_seen == night:  # a new advert of a job that was known is no new job
                    changed["new"] += (job_id == each.advert.id) - (each.job_id == each.advert.id)
        connection.execute(
            "UPDATE jobs SET (first_seen, last_seen) = (SELECT min(first_seen), max(last_seen) FROM postings"
            " WHERE job_id = ?1) WHERE id = ?1",
            [job_id],
        )
        self._follow(job_id, run_id, night)

    def _store_merge(self, key: list[str], job_id: str, merge: duplicates.Merge | None, night: str) -> None:
        """Keep one row for a posting that belongs to another's vacancy; an earlier one for the same vacancy stays."""
        connection = self.jobs.conn
        connection.execute(
            "DELETE FROM merges WHERE (search, board, source_id) = (?, ?, ?) AND (? IS NULL OR job_id <> ?)",
            [*key, merge and merge.id, job_id],
        )
        if merge:
            connection.execute(
                "INSERT INTO merges (job_id, search, board, source_id, rule, score, signals, merged_on)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [job_id, *key, merge.rule, merge.score, merge.signals, night],
            )

    def _drop_jobs(self, ids: set[str]) -> None:
        """Take away the rows of jobs whose adverts belong to another vacancy now; their `changes` stay."""
        tables = ("job_places", "job_skills", "job_evidence", "job_texts")
        places = [*((table, "job_id") for table in tables), ("links", "one"), ("links", "other"), ("jobs", "id")]
        for table, column in places:
            self.jobs.conn.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(each,) for each in sorted(ids)])

    def _store_links(self, links: Sequence[tuple[str, str, str, str]], night: str) -> None:
        connection = self.jobs.conn
        connection.execute(
            "DELETE FROM links WHERE kind <> 're-listed' AND one IN (SELECT id FROM jobs WHERE search = ?1"
            " AND status <> 'closed') AND (one, other, kind) NOT IN (SELECT json_extract(value, '$[0]'),"
            " json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(?2))",
            [self.search, json.dumps(links)],
        )
        connection.executemany(
            "INSERT INTO links (one, other, kind, signals, linked_on) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET signals = excluded.signals WHERE signals <> excluded.signals",
            [(*each, night) for each in links],
        )
        for new, old, signals in self._relisted():
            connection.execute(
                "INSERT INTO links (one, other, kind, signals, linked_on) VALUES (?, ?, 're-listed', ?, ?)"
                " ON CONFLICT DO NOTHING",
                [new, old, signals, night],
            )

    def _relisted(self) -> Iterator[tuple[str, str, str]]:
        """Yield the open jobs that are an earlier, closed one listed anew: new id, old id, signals."""
        connection = self.jobs.conn
        rows = connection.execute(
            "SELECT new.id, old.id FROM jobs new JOIN jobs old ON old.search = new.search"
            " AND old.employer_key = new.employer_key AND old.status = 'closed' AND old.id <> new.id"
            " AND old.closed_on BETWEEN date(new.first_seen, '-' || ? || ' days') AND date(new.first_seen, '+2 days')"
            " AND old.first_seen < new.first_seen"
            " WHERE new.search = ? AND new.status <> 'closed'"
            " AND NOT EXISTS (SELECT 1 FROM links WHERE one = new.id AND kind = 're-listed')"
            " ORDER BY new.id, old.closed_on DESC, old.id",
            [history.RELISTED_WITHIN_DAYS, self.search],
        ).fetchall()
        done = set()
        for new, old in rows:
            if new in done:
                continue
            one, other = (duplicates.advert_of(each, "", self._job(each)) for each in (new, old))
            verdict = duplicates.judge(one, other)
            if verdict.same:
                done.add(new)
                yield new, old, verdict.signals

    def _store_ages(self) -> None:
        """Say of every open job since when its post has been advertised, its earlier listings counted."""
        self.jobs.conn.execute(
            "WITH RECURSIVE chain (id, old) AS ("
            " SELECT id, id FROM jobs WHERE search = ?1 AND status <> 'closed'"
            " UNION SELECT chain.id, links.other FROM chain JOIN links ON links.one = chain.old"
            " AND links.kind = 're-listed'),"
            " since (id, day) AS (SELECT chain.id, min(jobs.first_seen) FROM chain JOIN jobs ON jobs.id = chain.old"
            " GROUP BY chain.id)"
            " UPDATE jobs SET listed_since = (SELECT day FROM since WHERE since.id = jobs.id)"
            " WHERE search = ?1 AND status <> 'closed'"
            " AND listed_since IS NOT (SELECT day FROM since WHERE since.id = jobs.id)",
            [self.search],
        )

    def decide(self, decision: str, pairs: Iterable[tuple[str, str]], now: datetime) -> None:
        """Keep a person's decision on pairs of adverts (`merge` or `split`); it outranks every rule from then on."""
        with transaction(self.jobs.conn):
            self.jobs.conn.executemany(
                "INSERT INTO decisions (one, other, decision, decided_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET decision = excluded.decision, decided_at = excluded.decided_at",
                [(*sorted(pair), decision, now.isoformat(timespec="seconds")) for pair in pairs],
            )

    def confirm(self, board: str) -> str | None:
        """Let a board's last run stand as what later nights are compared with; returns None, or why that cannot be."""
        last = self.jobs.conn.execute(
            "SELECT run_id, outcome FROM run_boards WHERE board = ? ORDER BY run_id DESC LIMIT 1", [board]
        ).fetchone()
        if last is None:
            return f"no run has asked a board {board}; ./run scrapy boards lists them"
        if last[1] != "suspect":
            return f"the last run found {board} {last[1]}; only what was read whole and not believed can be confirmed"
        with transaction(self.jobs.conn):
            self.jobs.conn.execute(
                "UPDATE run_boards SET confirmed = 1 WHERE (run_id, board) = (?, ?)", [last[0], board]
            )
        return None

    def adverts(self, job_id: str) -> list[tuple[str, str, str, str]]:
        """Return the adverts of a job: the id of the job that each starts, board, source id and title; sets `search`.

        [] when no job has this id.
        """
        rows = self.jobs.conn.execute(
            "SELECT search, board, source_id, title FROM postings WHERE job_id = ?"
            " ORDER BY leads DESC, board, source_id",
            [job_id],
        ).fetchall()
        if rows:
            self.search = str(rows[0][0])
        return [(duplicates.job_id(*row[:3]), *row[1:]) for row in rows]

    def last_run(self) -> int:
        """Return the id of the last run, to which a change by hand belongs; 0 without one."""
        return int(self.jobs.conn.execute("SELECT coalesce(max(id), 0) FROM runs").fetchone()[0])

    # ------------------------------------------------------------ all rules anew

    def stored(self, search: str) -> Iterator[Stored]:
        """Yield what raw.db keeps of every advert of a search, its newest payload; jobs.db may be written meanwhile."""
        self.search = search
        rows = self.raw.conn.execute(
            "SELECT board, source_id, payload, max(stored_on || content_hash) FROM raw GROUP BY board, source_id"
        )
        for board, source_id, payload, _ in rows:
            if found := self.jobs.conn.execute(_STORED, [search, board, source_id]).fetchone():
                yield Stored(board, source_id, zlib.decompress(payload), *found)

    def stored_count(self) -> int:
        """Return about how many adverts raw.db keeps: an advert that has changed lately is counted twice."""
        return int(self.raw.conn.execute("SELECT count(*) FROM raw").fetchone()[0])

    def reread(self, readings: Iterable[tuple[Stored, Reading | None]], night: str) -> None:
        """Write what today's rules make of stored adverts; `seen` dates, open and closed stay as they are."""
        run_id = self.last_run()
        with self._writing():
            for advert, reading in readings:
                if reading is not None:
                    self._reread(advert, *reading, run_id=run_id, night=night)

    def _reread(self, advert: Stored, raw: RawPosting, made: Job | Rejection, *, run_id: int, night: str) -> None:
        connection = self.jobs.conn
        key = [self.search, advert.board, advert.source_id]
        if isinstance(made, Rejection):
            if advert.fate == "quarantined":
                return  # never wanted, and now it can be read: the next night says so
            self._store_filtered([(raw, made)], advert.last_seen)
            rows = connection.execute(
                "SELECT status FROM postings WHERE (search, board, source_id) = (?, ?, ?)", key
            ).fetchall()
            if rows and rows[0][0] != "closed":
                self._close(advert.board, advert.source_id, f"no longer a match: {made.reason}", run_id, night)
            return
        was_filtered = connection.execute(
            "SELECT 1 FROM filtered WHERE (search, board, source_id) = (?, ?, ?)", key
        ).fetchone()
        self._store_posting(raw, made, run_id, night, (advert.first_seen, advert.last_seen), told=False)
        connection.execute("DELETE FROM quarantine WHERE (board, source_id) = (?, ?)", key[1:])
        if was_filtered:
            rows = connection.execute(
                "UPDATE postings SET status = 'open', closed_on = NULL, closed_reason = NULL"
                " WHERE (search, board, source_id) = (?, ?, ?) AND closed_reason LIKE 'no longer a match%'"
                " RETURNING job_id",
                key,
            ).fetchall()
            for (job_id,) in rows:
                self._follow(job_id, run_id, night)

    def copy_to(self, path: Path) -> None:
        """Copy jobs.db as it is, to try something on the copy."""
        path.unlink(missing_ok=True)
        target = sqlite3.connect(path)
        self.jobs.conn.backup(target)
        target.close()

    def take_over(self, path: Path) -> None:
        """Put a copy's content in the place of ours, in one transaction: interrupted, nothing has changed."""
        source = sqlite3.connect(path)
        try:
            source.backup(self.jobs.conn)
        except sqlite3.Error as error:
            raise StorageError(f"jobs.db could not be written ({error}). It is as it was.") from error
        finally:
            source.close()

    # ------------------------------------------------------------ the end of a board

    def finish_board(
        self, ledger: Ledger, certificate: Certificate, *, seen: set[str], nights_to_close: int, run_id: int,
        now: datetime, night: str,
    ) -> dict[str, Any]:  # fmt: skip
        """Close what a certified board no longer lists, mark what nobody confirmed, and record the board's outcome.

        Returns the row of `run_boards`. `seen` holds the source ids of this run.
        """
        connection = self.jobs.conn
        board = ledger.board
        with transaction(self.jobs.conn):
            connection.execute("CREATE TEMP TABLE IF NOT EXISTS seen (source_id TEXT PRIMARY KEY)")
            connection.execute("DELETE FROM seen")
            connection.executemany("INSERT INTO seen VALUES (?)", [(each,) for each in seen])
            self._close_filtered(board, run_id, night)
            if certificate.certified:
                self._close_missing(board, nights_to_close, run_id, now, night)
            self._mark_unconfirmed(board, run_id, night)
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
            if certificate.certified and (row["accepted"] >= drift.LEAST_ADVERTS or self._is_watched(board)):
                self._watch_fields(board, run_id)
                self._watch_values(board, run_id)
            self._insert("run_boards", row)
        return row

    def _insert(self, table: str, row: Mapping[str, Any]) -> None:
        self.jobs.conn.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", [*row.values()]
        )

    def _is_watched(self, board: str) -> bool:
        """Return whether a board had enough adverts for an alarm in one of the nights that are kept."""
        found = self.jobs.conn.execute(
            "SELECT 1 FROM run_fields WHERE (board, field) = (?, 'text') AND adverts >= ? LIMIT 1",
            [board, drift.LEAST_ADVERTS],
        )
        return found.fetchone() is not None

    def _watch_fields(self, board: str, run_id: int) -> None:
        """Count which fields the wanted adverts of tonight have, and note what a board has begun or ceased to lack."""
        connection = self.jobs.conn
        columns = ", ".join(f"coalesce(sum({test}), 0)" for test in _FIELD_TESTS.values())
        adverts, *filled = connection.execute(f"SELECT count(*), {columns} {_WANTED}", [self.search, board]).fetchone()
        for name, count in zip(_FIELD_TESTS, filled, strict=True) if adverts else ():
            before = connection.execute(
                "SELECT f.filled, f.adverts, f.alarm FROM run_fields f JOIN runs r ON r.id = f.run_id"
                " WHERE f.board = ? AND f.field = ? AND r.search = ? ORDER BY f.run_id DESC LIMIT ?",
                [board, name, self.search, FIELD_NIGHTS],
            ).fetchall()
            verdict = drift.judge(name, Fill(count, adverts), [Fill(one, of, bool(alarm)) for one, of, alarm in before])
            connection.execute(
                "INSERT INTO run_fields (run_id, board, field, filled, adverts, alarm) VALUES (?, ?, ?, ?, ?, ?)",
                [run_id, board, name, count, adverts, int(verdict.alarm)],
            )
            if verdict.told:
                self.alarms.append(
                    (board, f"{board}: {verdict.told}; look at the source, or at what it calls the field.")
                )

    def _watch_values(self, board: str, run_id: int) -> None:
        """Note the quartiles of what the wanted adverts of tonight say, and where they are no longer the usual ones."""
        connection = self.jobs.conn
        for measure, column in _MEASURES.items():
            values = [
                value for (value,) in connection.execute(f"SELECT {column} {_WANTED}", [self.search, board]) if value
            ]
            if not values:
                continue
            before = connection.execute(
                "SELECT s.low, s.high, s.adverts, s.alarm FROM run_spreads s JOIN runs r ON r.id = s.run_id"
                " WHERE s.board = ? AND s.measure = ? AND r.search = ? ORDER BY s.run_id DESC LIMIT ?",
                [board, measure, self.search, FIELD_NIGHTS],
            ).fetchall()
            verdict = drift.judge_values(
                measure, values, [Spread(low, high, of, bool(alarm)) for low, high, of, alarm in before]
            )
            tonight = drift.spread(values)
            connection.execute(
                "INSERT INTO run_spreads (run_id, board, measure, low, high, adverts, alarm)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [run_id, board, measure, tonight.low, tonight.high, tonight.of, int(verdict.alarm)],
            )
            if verdict.told:
                self.alarms.append((board, f"{board}: {verdict.told}; look at the source, or at some of its adverts."))

    def alarms_now(self) -> int:
        """Return how many fields and measures of boards of this search are under an alarm."""
        return sum(
            self.jobs.conn.execute(
                f"SELECT count(*) FROM {table} f WHERE f.alarm AND f.run_id = (SELECT max(n.run_id) FROM {table} n"
                f" JOIN runs r ON r.id = n.run_id WHERE (n.board, n.{name}) = (f.board, f.{name}) AND r.search = ?)",
                [self.search],
            ).fetchone()[0]
            for table, name in (("run_fields", "field"), ("run_spreads", "measure"))
        )

    def chronic(self, run_id: int) -> list[str]:
        """Return the boards not read to their end in this run and in CHRONIC or more of their last CHRONIC_OF nights.

        The nights of the others are not looked at: 24,000 boards have nine million in a year.
        """
        rows = self.jobs.conn.execute(
            "SELECT board FROM run_boards tonight WHERE run_id = ? AND outcome <> 'complete' AND ? <="
            " (SELECT sum(1 - good) FROM (SELECT max(read) AS good FROM"
            " (SELECT b.outcome = 'complete' AS read, substr(started_at, 1, 10) AS night FROM run_boards b"
            " JOIN runs r ON r.id = b.run_id"
            " WHERE b.board = tonight.board AND r.search = ? AND b.outcome NOT LIKE 'skipped%'"
            " ORDER BY b.run_id DESC LIMIT ?) GROUP BY night ORDER BY night DESC LIMIT ?)) ORDER BY board",
            [run_id, CHRONIC, self.search, 4 * CHRONIC_OF, CHRONIC_OF],  # four runs a night, for those who are keen
        )
        return [row[0] for row in rows]

    def measure_coverage(self, run_id: int) -> Estimate:
        """Estimate how many posts all sources together have missed, and keep it with the run."""
        connection = self.jobs.conn
        rows = connection.execute(
            "SELECT group_concat(DISTINCT iif(p.board LIKE '%:' || p.search, p.board, 'employers')) FROM postings p"
            " JOIN jobs j ON j.id = p.job_id"
            " WHERE j.search = ? AND j.status = 'open' AND p.status = 'open' GROUP BY p.job_id",
            [self.search],
        )
        ways = [row[0].split(",") for row in rows]
        found = coverage.estimate(ways)
        with transaction(connection):
            connection.execute(
                "INSERT INTO run_coverage (run_id, seen, once, twice, ways, posts, low, high, reason)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [
                    run_id, found.seen, found.once, found.twice, len({way for each in ways for way in each}),
                    found.posts, found.low, found.high, found.reason,
                ],
            )  # fmt: skip
        return found

    def statuses(self) -> dict[str, int]:
        """Return how many jobs of this search are open, unconfirmed, closed."""
        counts = self.jobs.conn.execute("SELECT status, count(*) FROM jobs WHERE search = ? GROUP BY 1", [self.search])
        return dict(counts.fetchall())

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


# ---------------------------------------------------------------- one advert of a vacancy


@dataclass(slots=True)
class _Shown:
    """One posting of a job that is not closed."""

    board: str
    source_id: str
    job_id: str
    leads: bool
    status: str
    last_seen: str
    advert: duplicates.Advert
    job: Job | None  # read when it is needed, for a posting that leads


_PLACE_COLUMNS = tuple(each.name for each in fields(Place))


def _lead(members: Sequence[_Shown], search: str) -> _Shown:
    """Return the posting whose facts and link a vacancy shows."""

    def rank(each: _Shown) -> tuple[object, ...]:
        is_aggregator = each.board.partition(":")[2] == search
        return (each.status != "open", each.advert.employer_type == "agency", is_aggregator, each.advert.first_seen,
                each.advert.id)  # fmt: skip

    return min(members, key=rank)


def _read_facts(facts: str) -> Job:
    stated = json.loads(facts)
    return Job(
        **dict.fromkeys(_JOB_COLUMNS)  # kept by an older version, before these columns were
        | stated
        | {
            "places": tuple(Place(**each) for each in stated["places"]),
            "skills": tuple(Skill(**each) for each in stated.get("skills", ())),
            "evidence": tuple(Evidence(**each) for each in stated.get("evidence", ())),
        }
    )


# ---------------------------------------------------------------- files


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()
