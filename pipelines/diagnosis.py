"""What a machine, its settings and its files must be like for the nights to go well: pure checks, one line each."""

import os
import re
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from pipelines import files, snapshots
from pipelines.files import StorageError

WAL_RESET_MENDED = (3, 51, 3)  # older SQLite can damage a file that two programs write at once
SCRAPY = (2, 19)
OLD_NIGHT = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: good, a warning (it works, but), or bad (the next night will fail or be wrong)."""

    what: str
    state: str  # good, warning, bad
    told: str
    advice: str = ""


def programs() -> Iterator[Finding]:
    """Check the versions of what we stand on."""
    found = ".".join(map(str, sys.version_info[:3]))
    yield _is(sys.version_info >= (3, 11), "Python", found, "Python 3.11 or newer is needed: uv python install 3.13")
    scrapy = version("scrapy")
    numbers = tuple(int(each) for each in re.findall(r"[0-9]+", scrapy)[:2])
    yield _is(numbers == SCRAPY, "Scrapy", scrapy, "made for Scrapy 2.19: start with ./run, which brings it")
    mended = sqlite3.sqlite_version_info >= WAL_RESET_MENDED
    advice = (
        "let no other program write jobs.db while a crawl runs (Datasette only reads); SQLite mended this in 3.51.3"
    )
    yield Finding("SQLite", "good" if mended else "warning", sqlite3.sqlite_version, "" if mended else advice)


def settings(stated: Mapping[str, object], environment: Mapping[str, str]) -> Iterator[Finding]:
    """Check what was set; `stated` holds Scrapy's settings, `environment` the variables of the process."""
    contact = str(stated.get("CONTACT") or "")
    yield Finding(
        "contact", "good" if contact else "warning", contact or "none: every host is asked half as fast",
        "" if contact else "export STELLWERK_CONTACT=you@example.org",
    )  # fmt: skip
    opened = [name for name in ("TelnetConsole", "RemoteControl") if name in str(stated.get("EXTENSIONS"))]
    yield _is(
        not opened, "ports", f"opened by {', '.join(opened)}" if opened else "none is opened",
        "take them out of the setting EXTENSIONS",
    )  # fmt: skip
    checked = bool(stated.get("DOWNLOAD_VERIFY_CERTIFICATES"))
    yield _is(
        checked, "certificates", "verified" if checked else "not verified", "set DOWNLOAD_VERIFY_CERTIFICATES=True"
    )
    proxies = sorted(name for name in environment if name.lower() in ("http_proxy", "https_proxy"))
    told = f"{', '.join(proxies)} set, and not used" if proxies else "none"
    yield Finding("proxy", "good", told)
    origins = str(stated.get("ORIGINS") or "{}")
    told = "hosts answer for themselves" if origins == "{}" else f"other servers answer: {origins:.100}"
    yield Finding("origins", "good" if origins == "{}" else "warning", told, "" if origins == "{}" else "unset ORIGINS")
    yield Finding(
        "user", "warning" if os.geteuid() == 0 else "good", "root" if os.geteuid() == 0 else "not root",
        "a user of its own is enough, and safer" if os.geteuid() == 0 else "",
    )  # fmt: skip


def places(jobs_db: Path, raw_db: Path, mounts: str) -> Iterator[Finding]:
    """Check where the files lie: room, rights, and a disk of this machine."""
    folder = _existing(jobs_db.parent)
    free = shutil.disk_usage(folder).free
    yield _is(free >= files.LEAST_FREE, "room", f"{free // 1024**2:,} MB free", "free some space")
    yield _is(os.access(folder, os.W_OK), "folder", str(folder), "make it writable for the user who runs this")
    kind = files.network_file_system(jobs_db.resolve(), mounts)
    yield Finding(
        "disk", "warning" if kind else "good", f"a network file system ({kind})" if kind else "of this machine",
        "SQLite's locks do not hold there: let one computer alone use the file" if kind else "",
    )  # fmt: skip
    if raw_db.exists():
        mode = stat.S_IMODE(raw_db.stat().st_mode)
        yield _is(
            not mode & 0o077, "raw.db", f"mode {mode:04o}", f"others can read adverts as sent: chmod 600 {raw_db}"
        )


def stored(jobs_db: Path, raw_db: Path, now: datetime) -> Iterator[Finding]:
    """Check the files themselves, the last night, and the snapshots."""
    if not jobs_db.exists():
        yield Finding("jobs.db", "warning", "not there yet", "./run scrapy crawl dortmund_itleiter")
        return
    try:
        yield Finding("jobs.db", "good", f"whole, {snapshots.check(jobs_db):,} jobs")
    except StorageError as error:
        yield Finding("jobs.db", "bad", str(error), "./run scrapy restore lists the snapshots")
        return
    last, code, boards, complete = _last_run(jobs_db)
    yield from _night(last, code, boards, complete, now)
    kept = snapshots.found(snapshots.folder(raw_db))
    told = f"{len(kept)}, the newest of {kept[0].night}" if kept else "none"
    fresh = bool(kept) and date.fromisoformat(kept[0].night) >= (now - timedelta(days=3)).date()
    yield Finding(
        "snapshots", "good" if fresh else "warning", told, "" if fresh else "each night that delivers makes one"
    )


def _night(last: str | None, code: int | None, boards: int, complete: int, now: datetime) -> Iterator[Finding]:
    if last is None:
        yield Finding("last night", "warning", "no run has ended yet", "./run scrapy crawl dortmund_itleiter")
        return
    then = datetime.fromisoformat(last)
    if then > now + timedelta(minutes=10) or now.year < 2026:
        yield Finding("clock", "bad", f"now is {now:%Y-%m-%d %H:%M} UTC, the last run ended {last}", "set the clock")
    else:
        yield Finding("clock", "good", f"{now:%Y-%m-%d %H:%M} UTC")
    late = now - then > OLD_NIGHT
    yield Finding(
        "last night", "warning" if late or code else "good", f"{then:%Y-%m-%d %H:%M} UTC, exit code {code}",
        "is schedule.py running?" if late else "table messages says what was wrong" if code else "",
    )  # fmt: skip
    yield Finding(
        "boards", "good" if complete == boards else "warning", f"{complete} of {boards} complete",
        "" if complete == boards else "./run scrapy boards tells which, and why",
    )  # fmt: skip


def _last_run(jobs_db: Path) -> tuple[str | None, int | None, int, int]:
    with files.reading(jobs_db) as connection:
        run = connection.execute(
            "SELECT id, finished_at, exit_code FROM runs WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1"
        ).fetchone()
        if run is None:
            return None, None, 0, 0
        boards, complete = connection.execute(
            "SELECT count(*), coalesce(sum(outcome = 'complete' OR outcome LIKE 'skipped%'), 0) FROM run_boards"
            " WHERE run_id = ?",
            [run[0]],
        ).fetchone()
    return run[1], run[2], boards, complete


def _is(good: bool, what: str, told: str, advice: str) -> Finding:
    return Finding(what, "good" if good else "bad", told, "" if good else advice)


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder
