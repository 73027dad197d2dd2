"""Files that are damaged, full, locked, foreign or gone: the stated exit code, one line, nothing half."""

import fcntl
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.adverts import small_world
from tests.conftest import ROOT, Crawl, Crawler, scrapy
from tests.sources_on_loopback import AgencyServer

ADVERTS = small_world()[:5]


def night(crawl: Crawler) -> Crawl:
    with AgencyServer(ADVERTS) as server:
        done = crawl(server)
    assert done.exit_code != 5 or not server.requests, "a night that cannot store must not fetch"
    return done


def garbage(path: Path) -> None:
    path.write_bytes(b"no database at all " * 4096)


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for position in range(8192, len(content), 1024):
        content[position : position + 16] = b"\xff" * 16
    path.write_bytes(content)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def of_another_program(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE things (id)")
    connection.close()


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (garbage, "is damaged (file is not a database)"),
        (flipped, "is damaged ("),
        (emptied, "is empty; it was left as it is"),
        (of_another_program, "was not made by Stellwerk"),
        (Path.unlink, "is missing, though there was one on"),
    ],
)
def test_bad_file_ends_the_night_before_it_begins_and_a_snapshot_helps(
    crawl: Crawler, tmp_path: Path, harm: Callable[[Path], None], told: str
) -> None:
    night(crawl)
    jobs_db = tmp_path / "jobs.db"
    harm(jobs_db)
    before = jobs_db.read_bytes() if jobs_db.exists() else None

    second = night(crawl)
    listed = scrapy(tmp_path, "restore")
    newest = listed.stdout.split()[0]
    restored = scrapy(tmp_path, "restore", newest)
    third = night(crawl)

    assert second.exit_code == 5
    lines = [each for each in second.err.splitlines() if each.startswith("scrapy crawl:")]
    assert len(lines) == 1
    assert told in lines[0]
    assert "Traceback" not in second.err
    assert "./run scrapy restore" in lines[0]
    assert "5 jobs" in listed.stdout
    assert restored.returncode == 0, restored.stdout
    assert "is the snapshot jobs-" in restored.stdout
    if before is not None:
        kept = next(each for each in tmp_path.glob("jobs.db.before-restore-*Z"))
        assert kept.read_bytes() == before
    assert third.exit_code == 0, third.err
    assert third.rows("SELECT count(*) FROM jobs WHERE status <> 'open'") == [(0,)]
    assert third.rows("SELECT count(DISTINCT first_seen) FROM jobs") == [(1,)]


def test_restore_waits_for_no_running_crawl(crawl: Crawler, tmp_path: Path) -> None:
    night(crawl)
    listed = scrapy(tmp_path, "restore").stdout.split()[0]
    holder = (tmp_path / "jobs.db.lock").open("a+")
    try:
        fcntl.flock(holder, fcntl.LOCK_EX)
        done = scrapy(tmp_path, "restore", listed)
        start = time.monotonic()
        second = night(crawl)
        took = time.monotonic() - start
    finally:
        holder.close()

    assert done.returncode == 6
    assert "another run is writing" in done.stdout
    assert second.exit_code == 6
    assert "another run is writing" in second.err
    assert took < 10


def test_unknown_night_changes_nothing(crawl: Crawler, tmp_path: Path) -> None:
    night(crawl)
    before = (tmp_path / "jobs.db").read_bytes()
    done = scrapy(tmp_path, "restore", "2020-01-01")

    assert done.returncode == 2
    assert "there is no snapshot '2020-01-01'. Nothing was changed." in done.stdout
    assert (tmp_path / "jobs.db").read_bytes() == before


def test_file_that_may_not_grow_ends_the_night_with_what_was_committed(crawl: Crawler, tmp_path: Path) -> None:
    night(crawl)
    size = (tmp_path / "jobs.db").stat().st_size
    before = sqlite3.connect(tmp_path / "jobs.db").execute("SELECT count(*) FROM postings").fetchone()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, hard))
    try:
        with AgencyServer(small_world()) as server:
            done = crawl(server)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    third = night(crawl)

    assert done.exit_code == 5, done.err
    assert "Traceback" not in done.err
    assert len([each for each in done.err.splitlines() if each.startswith("scrapy crawl:")]) == 1
    assert third.exit_code in (0, 3), third.err
    assert third.rows("PRAGMA integrity_check") == [("ok",)]
    assert third.rows("SELECT count(*) FROM jobs WHERE status = 'closed'") == [(0,)]
    assert third.rows("SELECT count(*) FROM postings")[0] >= before


@pytest.fixture
def home(crawl: Crawler, tmp_path: Path) -> Iterator[Path]:
    """Yield a folder with the files of a night, that belong to an ordinary user."""
    night(crawl)
    folder = Path(tempfile.mkdtemp())  # root's own temporary folders are closed to others
    shutil.copy(tmp_path / "jobs.db", folder)
    shutil.copytree(tmp_path / "private", folder / "private")
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    yield folder
    for path in (folder, folder / "private"):
        path.chmod(0o755)
    shutil.rmtree(folder)


NOBODY = 65534


def opened_by_an_ordinary_user(folder: Path) -> str:
    """Open both files as somebody whom the rights of files bind, and return what is said."""
    script = (
        "import os, sys; from pathlib import Path\n"
        "from pipelines.storage import Storage; from pipelines.files import StorageError\n"
        "from sqlite_utils import Database; Database(memory=True)\n"  # loads what root alone may read here
        f"if os.geteuid() == 0: os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "try: Storage(Path(sys.argv[1]), Path(sys.argv[2])); print('opened')\n"
        "except StorageError as error: print(error)"
    )
    return subprocess.run(
        [sys.executable, "-c", script, str(folder / "jobs.db"), str(folder / "private" / "raw.db")],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    ).stdout.strip()  # fmt: skip


def test_folder_that_may_not_be_written_is_named_before_the_first_request(home: Path) -> None:
    home.chmod(0o555)

    assert opened_by_an_ordinary_user(home).startswith(
        f"{home}/jobs.db.lock cannot be written (Permission denied). Nothing was fetched."
    )


@pytest.mark.parametrize("name", ["jobs.db", "private/raw.db"])
def test_file_that_may_not_be_written_is_named_before_the_first_request(home: Path, name: str) -> None:
    assert opened_by_an_ordinary_user(home) == "opened"
    (home / name).chmod(0o400)

    assert opened_by_an_ordinary_user(home) == (
        f"{home / name} cannot be used (attempt to write a readonly database). Nothing was fetched or changed."
        " Make the file and its folder writable for the user who runs this, then start again."
    )


def test_killed_while_it_makes_its_files_the_next_night_begins_anew(crawl: Crawler, tmp_path: Path) -> None:
    (tmp_path / ".jobs.db.new").write_bytes(b"")  # what a kill between making and writing leaves
    done = night(crawl)

    assert done.exit_code == 0, done.err
    assert not (tmp_path / ".jobs.db.new").exists()
    assert done.rows("PRAGMA integrity_check") == [("ok",)]
