"""Copies of jobs.db: one a night, each proven good, seven nights and four weeks of them; and how one is put back."""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines.files import StorageError, reading, synced
from pipelines.migrations import JOBS_APPLICATION_ID

NIGHTS, WEEKS = 7, 4
_NAME = re.compile(r"jobs-([0-9]{4}-[0-9]{2}-[0-9]{2})\.db")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of jobs.db as it was at the end of a night."""

    night: str  # ISO date
    path: Path


def folder(raw_db: Path) -> Path:
    """Return where the snapshots stand: beside raw.db, for nobody else to read."""
    return raw_db.parent / "snapshots"


def found(where: Path) -> list[Snapshot]:
    """Return the snapshots of a folder, the newest first."""
    matches = ((each, _NAME.fullmatch(each.name)) for each in where.glob("jobs-*.db"))
    return sorted((Snapshot(match[1], each) for each, match in matches if match), key=lambda each: each.night)[::-1]


def kept(nights: Iterable[str]) -> set[str]:
    """Return which nights stay: the newest NIGHTS, and the newest of each of the newest WEEKS calendar weeks.

    >>> sorted(kept(f"2026-11-{day:02}" for day in range(1, 26)))[:5]
    ['2026-11-08', '2026-11-15', '2026-11-19', '2026-11-20', '2026-11-21']
    """
    newest = sorted(nights, reverse=True)
    weeks: dict[tuple[int, int], str] = {}
    for night in newest:
        weeks.setdefault(date.fromisoformat(night).isocalendar()[:2], night)
    return {*newest[:NIGHTS], *[*weeks.values()][:WEEKS]}


def take(jobs: sqlite3.Connection, where: Path, night: str) -> Path:
    """Copy an open jobs.db, prove that the copy is good, and drop what is too old; raises StorageError.

    A second run of a night replaces its snapshot. Interrupted, the earlier one stays.
    """
    path, made = where / f"jobs-{night}.db", where / f".jobs-{night}.db.part"
    try:
        where.mkdir(parents=True, exist_ok=True)
        where.chmod(0o700)
        made.unlink(missing_ok=True)
        made.touch(mode=0o600)
        copy = sqlite3.connect(made)
        try:
            jobs.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file that needs no other
        finally:
            copy.close()
        check(made)
        synced(made)
        made.replace(path)
        synced(where)
        stay = kept(each.night for each in found(where))
        for each in found(where):
            if each.night not in stay:
                each.path.unlink()
    except (sqlite3.Error, OSError) as error:
        raise StorageError(
            f"no snapshot of this night could be made ({error}). jobs.db is complete; older ones stay."
        ) from error
    return path


def check(path: Path) -> int:
    """Return how many jobs a copy holds; raises StorageError when it is not ours or not whole."""
    try:
        with reading(path) as connection:
            ours = connection.execute("PRAGMA application_id").fetchone()[0] == JOBS_APPLICATION_ID
            whole = ours and [row[0] for row in connection.execute("PRAGMA quick_check(1)")] == ["ok"]
            if whole and connection.execute("SELECT count(*) FROM runs").fetchone()[0]:
                return int(connection.execute("SELECT count(*) FROM jobs").fetchone()[0])
    except sqlite3.Error as error:
        raise StorageError(f"{path} is no snapshot that can be used ({error}).") from error
    raise StorageError(
        f"{path} is no snapshot that can be used ({'damaged or empty' if ours else 'not made by Stellwerk'})."
    )


def put_back(snapshot: Path, jobs_db: Path, now: datetime) -> Path | None:
    """Put a snapshot in the place of jobs.db, whose lock the caller holds; return where the present file went.

    The present file is kept beside it, never deleted. Raises StorageError, and then nothing has changed.
    """
    check(snapshot)
    aside = jobs_db.with_name(f"{jobs_db.name}.before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    made = jobs_db.with_name(f".{jobs_db.name}.part")
    try:
        shutil.copyfile(snapshot, made)
        made.chmod(0o644)
        check(made)
        synced(made)
        present = jobs_db.exists()
        if present:
            _set_aside(jobs_db, aside)
        made.replace(jobs_db)
        synced(jobs_db.parent)
    except OSError as error:
        made.unlink(missing_ok=True)
        raise StorageError(f"{jobs_db} could not be replaced ({error}). It is as it was.") from error
    return aside if present else None


def _set_aside(jobs_db: Path, aside: Path) -> None:
    """Give the present file a second name, with what its write-ahead log holds; the log must not meet the new file."""
    log, kept_log = (each.with_name(each.name + "-wal") for each in (jobs_db, aside))
    if log.exists():
        shutil.copyfile(log, kept_log)
        try:
            connection = sqlite3.connect(jobs_db)
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()
            kept_log.unlink()  # all of it is in the file now
        except sqlite3.Error:
            log.unlink(missing_ok=True)  # a damaged file cannot take it in: the copy stays beside it
    jobs_db.with_name(jobs_db.name + "-shm").unlink(missing_ok=True)
    os.link(jobs_db, aside)
