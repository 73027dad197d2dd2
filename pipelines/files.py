"""The two files: their lock, how they are opened, what is wrong with them; and one transaction."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.sqlite import Database, Migrations

BUSY_SECONDS = 30  # another program may hold the file for a moment
_LOG_PAGES = 16_384  # of a write-ahead log before it is moved into the file: a page that each batch changes moves once
_CACHE_KB = 65_536  # pages of a file held in memory: with SQLite's own 2 MB, a million jobs are read again and again


class StorageError(Exception):
    """A database cannot be used; raised by Storage, ends whatever asked for it with its exit code."""

    exit_code = 5


class LockedError(StorageError):
    """Another run is writing."""

    exit_code = 6


class ClockError(StorageError):
    """The computer's clock cannot be right."""

    exit_code = 7


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database to read from, while others write."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction that takes the write lock at once: a deferred one fails when another program wrote meanwhile."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if connection.in_transaction:  # a full disk has already rolled back
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    except sqlite3.IntegrityError:
        raise  # a rule of the schema is broken: a bug of ours, not a matter of disk or lock
    except sqlite3.Error as error:
        path = connection.execute("PRAGMA database_list").fetchone()[2]
        advice = _advice(error) or " Start again; if it fails again, look at the disk."
        raise StorageError(
            f"{path} could not be written ({error}). Everything committed before is kept.{advice}"
        ) from error


def locked(jobs_db: Path) -> Any:
    """Take the lock of the one writer and return the open file that holds it; raises LockedError, StorageError."""
    path = jobs_db.with_name(jobs_db.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("a+")
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written ({error.strerror}). Nothing was fetched. Make the folder {path.parent} writable"
            " for the user who runs this, or name another file: export STELLWERK_JOBS_DB=…"
        ) from error
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
    lock.write(f"process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    lock.flush()
    return lock


def opened(path: Path, application_id: int, migrations: Migrations, *, private: bool = False) -> Database:
    """Open or make a database: WAL, FULL, foreign keys, schema up to date.

    Raises StorageError for a file that is not ours, damaged, newer than this program, or cannot be written.
    """
    try:
        if not path.parent.exists():  # a folder that was there keeps its mode
            path.parent.mkdir(parents=True)
            path.parent.chmod(0o700 if private else 0o755)
        _room(path)
        if not path.exists():
            _make(path, migrations, 0o600 if private else 0o644)
        elif private and path.stat().st_mode & 0o077:
            path.chmod(0o600)  # adverts as sent hold names and numbers of persons
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        _ours(path, connection, application_id)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        database = Database(connection)
        newer = {row.name for row in migrations.applied(database)} - {each.name for each in _all(migrations)}
        if newer:
            raise StorageError(
                f"{path} was written by a newer Stellwerk ({', '.join(sorted(newer))}). Nothing was fetched or changed."
                " Update this program, then start again."
            )
        migrations.apply(database)
        connection.execute("BEGIN IMMEDIATE")  # which alone does not notice a file that may only be read:
        connection.execute("PRAGMA user_version = 0")  # it must be told now, and not after the first fetches
        connection.execute("ROLLBACK")
    except (sqlite3.Error, OSError) as error:
        raise StorageError(
            f"{path} cannot be used ({error}). Nothing was fetched or changed.{_advice(error)}"
        ) from error
    return database


def _make(path: Path, migrations: Migrations, mode: int) -> None:
    """Make a database under another name first: killed halfway, no empty file is left that would be refused later."""
    made = path.with_name(f".{path.name}.new")
    made.unlink(missing_ok=True)
    made.touch(mode=mode)
    connection = sqlite3.connect(made, isolation_level=None)
    try:
        migrations.apply(Database(connection))
    finally:
        connection.close()
    synced(made)
    for beside in ("-wal", "-shm"):  # of a file that is gone: SQLite would write its pages into the new one
        path.with_name(path.name + beside).unlink(missing_ok=True)
    made.replace(path)
    synced(path.parent)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a name beside `path` to write to; what is there in the end takes its place at once. Raises StorageError."""
    made = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made.unlink(missing_ok=True)
        yield made
        synced(made)
        made.replace(path)
    except (sqlite3.Error, OSError) as error:
        made.unlink(missing_ok=True)
        raise StorageError(f"{path} could not be written ({error}). An earlier one is as it was.") from error


def synced(path: Path) -> None:
    """Bring a file, or the names in a folder, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _ours(path: Path, connection: sqlite3.Connection, application_id: int) -> None:
    """Refuse a file that is empty, another program's, or damaged: what it answers could not be believed."""
    try:
        found = connection.execute("PRAGMA application_id").fetchone()[0]
        faults = [row[0] for row in connection.execute("PRAGMA quick_check(3)")] if found == application_id else []
    except sqlite3.DatabaseError as error:
        connection.close()
        if "locked" in str(error) or "readonly" in str(error):
            raise
        raise StorageError(f"{path} is damaged ({error}). {_KEPT}") from error
    if found != application_id:
        connection.close()
        what = "is empty" if not path.stat().st_size else "was not made by Stellwerk"
        raise StorageError(f"{path} {what}; it was left as it is. Move it away (a fresh file is made), or {_RESTORE}")
    if faults != ["ok"]:
        connection.close()
        raise StorageError(f"{path} is damaged ({'; '.join(faults)[:200]}). {_KEPT}")


_RESTORE = "put a snapshot in its place: ./run scrapy restore lists them."
_KEPT = f"Nothing was fetched or changed. Move it away (a fresh file is made), or {_RESTORE}"
LEAST_FREE = 50 * 1024 * 1024  # bytes; a night writes less


def _room(path: Path) -> None:
    free = shutil.disk_usage(path.parent).free
    if free < LEAST_FREE:
        raise StorageError(
            f"the disk of {path} has {free // 1024**2} MB left, and a night may need {LEAST_FREE // 1024**2} MB."
            " Nothing was fetched or changed. Free some space, then start again."
        )


def _advice(error: Exception) -> str:
    if "locked" in str(error):
        return " Another program holds the file: close it (a browser for SQLite?), then start again."
    if "full" in str(error):
        return " Free some space on its disk, then start again."
    if "readonly" in str(error) or isinstance(error, PermissionError):
        return " Make the file and its folder writable for the user who runs this, then start again."
    return ""


NETWORK_FILE_SYSTEMS = ("nfs", "cifs", "smb", "fuse.sshfs", "fuse.rclone", "9p", "afs", "fuse.davfs")


def mounts() -> str:
    """Return what this machine says of its file systems; nothing where it does not."""
    table = Path("/proc/self/mounts")
    return table.read_text(encoding="utf-8", errors="replace") if table.exists() else ""


def network_file_system(path: Path, mounts: str) -> str | None:
    """Return the kind of the network file system that a path lies on, None on a disk of this machine.

    `mounts` is the content of /proc/self/mounts. SQLite's locks do not hold across machines.
    """
    found = ("", "")
    for line in mounts.splitlines():
        _, where, kind, *_ = [*line.split(), "", "", ""]
        folder = where.replace("\\040", " ")
        if path.is_relative_to(folder or "/") and len(folder) >= len(found[0]):
            found = (folder, kind)
    return found[1] if found[1].startswith(NETWORK_FILE_SYSTEMS) else None


def _all(migrations: Migrations) -> list[Any]:
    return list(migrations._migrations)  # noqa: SLF001
