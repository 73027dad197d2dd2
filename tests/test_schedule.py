"""The nightly schedule: times as pure functions, the rest as real processes."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.triggers.cron import CronTrigger

import schedule
from tests.conftest import ROOT

CRAWL = """
import os, pathlib, signal, sys, time
log = pathlib.Path(os.environ["CRAWL_LOG"])
def note(word):
    with log.open("a") as file:
        file.write(f"{word} {os.getpid()}\\n")
def stop(*_):
    note("stopped")
    sys.exit(143)
signal.signal(signal.SIGTERM, stop)
note("started")
time.sleep(float(os.environ.get("CRAWL_SECONDS", "0")))
note("ended")
sys.exit(int(os.environ.get("CRAWL_CODE", "0")))
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a crawl that writes down its life, and no database yet."""
    (tmp_path / "crawl.py").write_text(CRAWL)
    return tmp_path


def environment(place: Path, **more: str) -> dict[str, str]:
    """What the scheduler and the crawl are told."""
    return os.environ | {"STELLWERK_JOBS_DB": str(place / "jobs.db"), "CRAWL_LOG": str(place / "log")} | more


def command(place: Path, *flags: str) -> list[str]:
    """The real schedule.py, with that crawl."""
    return [sys.executable, "schedule.py", "some_search", *flags, "--command", sys.executable, str(place / "crawl.py")]


def record(place: Path, started: datetime, code: int = 0, *, finished: bool = True) -> None:
    """Put a run into the database."""
    with sqlite3.connect(place / "jobs.db") as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS runs"
            " (id INTEGER PRIMARY KEY, search TEXT, started_at TEXT, finished_at TEXT, exit_code INTEGER)"
        )
        end = started.isoformat(timespec="seconds") if finished else None
        connection.execute(
            "INSERT INTO runs (search, started_at, finished_at, exit_code) VALUES ('some_search', ?, ?, ?)",
            [started.isoformat(timespec="seconds"), end, code],
        )
    connection.close()


def life(place: Path) -> list[str]:
    """What the crawls did, in order."""
    log = place / "log"
    return [line.split()[0] for line in log.read_text().splitlines()] if log.exists() else []


def wait_for(place: Path, word: str) -> None:
    """Wait until a crawl has done this."""
    until = time.monotonic() + 20
    while word not in life(place):
        assert time.monotonic() < until, f"no crawl has {word}"
        time.sleep(0.05)


@pytest.fixture
def scheduler(place: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Collects schedulers that a test starts, and ends what is left of them."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()
    for line in (place / "log").read_text().splitlines() if (place / "log").exists() else []:
        try:
            os.kill(int(line.split()[1]), signal.SIGKILL)
        except ProcessLookupError:
            continue


def start(place: Path, scheduler: list[subprocess.Popen[str]], *flags: str, **more: str) -> subprocess.Popen[str]:
    """Start a scheduler in the background."""
    process = subprocess.Popen(
        command(place, *flags), cwd=ROOT, env=environment(place, **more), text=True, stderr=subprocess.PIPE
    )
    scheduler.append(process)
    return process


def test_every_night_of_four_hundred_has_exactly_one_run() -> None:
    trigger = CronTrigger(hour=schedule.HOUR, minute=schedule.MINUTE, timezone=schedule.BERLIN)
    now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    nights = []
    for _ in range(400):  # both changes of the clocks are among them
        fire = trigger.get_next_fire_time(None, now)
        assert fire is not None
        nights.append(fire.astimezone(schedule.BERLIN).date())
        now = fire.astimezone(UTC) + timedelta(seconds=1)

    assert len(set(nights)) == 400
    assert (nights[-1] - nights[0]).days == 399


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-25T03:17:00+00:00", "2026-11-25T03:17:00+00:00"),
        ("2026-11-25T03:16:59+00:00", "2026-11-24T03:17:00+00:00"),
        ("2026-10-25T12:00:00+00:00", "2026-10-25T03:17:00+00:00"),
        ("2026-10-25T01:00:00+00:00", "2026-10-24T02:17:00+00:00"),
        ("2027-03-28T12:00:00+00:00", "2027-03-28T02:17:00+00:00"),
        ("2027-03-28T01:30:00+00:00", "2027-03-27T03:17:00+00:00"),
    ],
    ids=["on time", "a second early", "clocks went back", "before they go back", "clocks went on", "before they go on"],
)
def test_latest_due(now: str, due: str) -> None:
    assert schedule.latest_due(datetime.fromisoformat(now)).isoformat() == due


def test_three_missed_nights_are_one_run() -> None:
    now = datetime(2026, 11, 25, 9, tzinfo=UTC)

    assert schedule.is_overdue(datetime(2026, 11, 22, 3, 17, 5, tzinfo=UTC), now)
    assert not schedule.is_overdue(now, now + timedelta(minutes=5))


@pytest.mark.parametrize("code", [0, 3, 4, 5])
def test_once_exits_with_the_code_of_the_crawl(place: Path, code: int) -> None:
    done = subprocess.run(
        command(place, "--once"), cwd=ROOT, env=environment(place, CRAWL_CODE=str(code)), capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode == code
    assert f"some_search: exit code {code} after 0 min 00 s: {schedule.CODES[code]}" in done.stderr
    assert life(place) == ["started", "ended"]


def test_crawl_that_finds_another_at_work_is_told_as_skipped(place: Path) -> None:
    done = subprocess.run(
        command(place, "--once"), cwd=ROOT, env=environment(place, CRAWL_CODE="6"), capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode == 6
    assert "skipped: another crawl is running" in done.stderr


def test_list_tells_the_next_times_and_the_last_run(place: Path) -> None:
    record(place, datetime.now(UTC) - timedelta(days=3), code=3)

    done = subprocess.run(
        command(place, "--list"),
        cwd=ROOT,
        env=environment(place),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert "some_search: next " in done.stdout
    assert " 04:17 CE" in done.stdout
    assert f"exit code 3: {schedule.CODES[3]}" in done.stdout
    assert "would run at once" in done.stdout
    assert life(place) == []


def test_foreign_file_is_said_and_taken_as_never_run(place: Path) -> None:
    (place / "jobs.db").write_bytes(b"this is no database, it only bears the name of one" * 30)

    done = subprocess.run(
        command(place, "--list"),
        cwd=ROOT,
        env=environment(place),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert "cannot be read" in done.stderr
    assert "would run at once" in done.stdout


@pytest.mark.parametrize(
    ("days", "finished", "runs"),
    [(3, True, ["started", "ended"]), (0, True, []), (0, False, ["started", "ended"])],
    ids=["three nights missed", "up to date", "killed midway"],
)
def test_start_catches_up_once(
    place: Path, scheduler: list[subprocess.Popen[str]], days: int, finished: bool, runs: list[str]
) -> None:
    record(place, datetime.now(UTC) - timedelta(days=days), finished=finished)

    process = start(place, scheduler)
    if runs:
        wait_for(place, "ended")
    time.sleep(1.5)
    process.terminate()

    assert process.wait(20) == 143
    assert life(place) == runs


def test_sigterm_stops_the_crawl_and_leaves_no_orphan(place: Path, scheduler: list[subprocess.Popen[str]]) -> None:
    process = start(place, scheduler, CRAWL_SECONDS="60")
    wait_for(place, "started")
    process.terminate()

    assert process.wait(20) == 143
    assert life(place) == ["started", "stopped"]


def test_kill_of_the_scheduler_leaves_the_crawl_to_its_end(place: Path, scheduler: list[subprocess.Popen[str]]) -> None:
    process = start(place, scheduler, CRAWL_SECONDS="2")
    wait_for(place, "started")
    process.kill()
    process.wait()
    wait_for(place, "ended")

    assert life(place) == ["started", "ended"]
