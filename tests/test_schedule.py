"""The nightly scheduler: its arithmetic when the clocks change, and the real program with a small crawl of our own."""

import fcntl
import os
import random
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import pytest

import schedule
from schedule import (
    BERLIN,
    Diary,
    Plan,
    ScheduleError,
    Search,
    clock_is_wrong,
    failed_boards,
    is_overdue,
    later,
    latest_due,
    next_due,
    night,
    nightly,
    read,
    status,
)

ROOT = Path(schedule.__file__).parent
# What `scrapy crawl` does as the scheduler sees it: the lock, a row in `runs`, an exit code, a clean end on SIGTERM.
CRAWL = """
import fcntl, os, signal, sqlite3, sys, time
from datetime import UTC, datetime

database, seconds, code, spider = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
ends = []
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda signum, _: ends.append(128 + signum))

def log(word):
    with open(database + ".log", "a") as file:
        print(word, spider, os.getpid(), file=file)

lock = open(database + ".lock", "w")
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    log("locked")
    sys.exit(6)
connection = sqlite3.connect(database, isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY, search TEXT NOT NULL,"
                   " started_at TEXT NOT NULL, finished_at TEXT, exit_code INTEGER) STRICT")
now = datetime.now(UTC).isoformat(timespec="seconds")
run = connection.execute("INSERT INTO runs (search, started_at) VALUES (?, ?)", [spider, now]).lastrowid
log("start")
until = time.monotonic() + seconds
while not ends and time.monotonic() < until:
    time.sleep(0.02)
code = ends[0] if ends else code
if ends:
    time.sleep(0.1)
now = datetime.now(UTC).isoformat(timespec="seconds")
connection.execute("UPDATE runs SET finished_at = ?, exit_code = ? WHERE id = ?", [now, code, run])
log("stop" if len(ends) < 2 else "hurried")
sys.exit(code)
"""


# ------------------------------------------------------------ arithmetic


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "due", "following"),
    [
        ("2026-11-25T04:16:59+01:00", "2026-11-24T04:17+01:00", "2026-11-25T04:17+01:00"),
        ("2026-11-25T04:17:00+01:00", "2026-11-25T04:17+01:00", "2026-11-26T04:17+01:00"),
        ("2026-11-25T23:59:59+00:00", "2026-11-25T04:17+01:00", "2026-11-26T04:17+01:00"),
        # 25 October 2026: 02:30 comes twice, the night before 04:17 has 25 hours.
        ("2026-10-25T02:30:00+02:00", "2026-10-24T04:17+02:00", "2026-10-25T04:17+01:00"),
        ("2026-10-25T02:30:00+01:00", "2026-10-24T04:17+02:00", "2026-10-25T04:17+01:00"),
        ("2026-10-25T04:17:00+01:00", "2026-10-25T04:17+01:00", "2026-10-26T04:17+01:00"),
        # 28 March 2027: 02:30 does not come, the night before 04:17 has 23 hours.
        ("2027-03-28T01:59:59+01:00", "2027-03-27T04:17+01:00", "2027-03-28T04:17+02:00"),
        ("2027-03-28T03:00:00+02:00", "2027-03-27T04:17+01:00", "2027-03-28T04:17+02:00"),
        ("2027-03-28T04:17:00+02:00", "2027-03-28T04:17+02:00", "2027-03-29T04:17+02:00"),
        ("2027-01-01T00:30:00+01:00", "2026-12-31T04:17+01:00", "2027-01-01T04:17+01:00"),
    ],
)
def test_the_last_and_the_next_night(now: str, due: str, following: str) -> None:
    moment = datetime.fromisoformat(now)
    assert latest_due(moment).isoformat(timespec="minutes") == due
    assert next_due(moment).isoformat(timespec="minutes") == following


def test_the_trigger_and_the_arithmetic_agree_for_400_nights_of_one_run_each() -> None:
    now = berlin("2026-09-01T12:00")
    fired: datetime | None = None
    fires: list[datetime] = []
    for _ in range(400):
        fired = nightly().get_next_fire_time(fired, now)
        assert fired is not None
        assert fired == next_due(now)
        now = fired
        fires.append(fired)
    assert [each.date() for each in fires] == [fires[0].date() + timedelta(days=day) for day in range(400)]
    assert {each.strftime("%H:%M") for each in fires} == {"04:17"}
    lengths = {(after.astimezone(UTC) - before.astimezone(UTC)) for before, after in pairwise(fires)}
    assert lengths == {timedelta(hours=hours) for hours in (23, 24, 25)}


@pytest.mark.parametrize("seed", range(20))
def test_400_nights_with_random_outages_have_one_run_each_or_one_for_all_that_were_missed(seed: int) -> None:
    """A computer goes on and off: runs come at night while it is on, and from is_overdue when it starts."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    now = berlin("2026-09-01T12:00").astimezone(UTC)
    end = now + timedelta(days=400)
    runs: list[datetime] = []
    up: list[tuple[datetime, datetime]] = []
    while now < end:
        off = min(end, now + timedelta(hours=chance.expovariate(1 / 40)))
        up.append((now, off))
        if is_overdue(runs[-1] if runs else None, now):
            runs.append(now)
        while (due := next_due(now).astimezone(UTC)) < off:
            runs.append(due)
            now = due
        now = off + timedelta(hours=chance.expovariate(1 / 20))
    nights = [latest_due(run) for run in runs]
    assert len(nights) == len(set(nights)), "no night twice"
    last_moments = [off - timedelta(microseconds=1) for _, off in up]
    lived = [
        {
            latest_due(min(on + timedelta(hours=hours), last))
            for hours in range(int((last - on) / timedelta(hours=1)) + 2)
        }
        for (on, _), last in zip(up, last_moments, strict=True)
    ]
    assert set(nights) == set().union(*lived), "every night on which the computer was on at all, and no other"


def test_three_missed_nights_are_due_once() -> None:
    last, now = berlin("2026-11-22T04:17"), berlin("2026-11-25T09:00")
    assert is_overdue(last, now)
    assert not is_overdue(now, now + timedelta(minutes=1))
    assert not is_overdue(berlin("2026-11-25T04:17"), now)
    assert is_overdue(None, now)


# ------------------------------------------------------------ what is recorded


def record(database: Path, *runs: tuple[datetime, int | None]) -> None:
    """Write runs of dortmund_itleiter that took five minutes, or (without exit code) never ended."""
    with sqlite3.connect(database) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY, search TEXT NOT NULL, started_at TEXT NOT NULL,"
            " finished_at TEXT, exit_code INTEGER) STRICT"
        )
        for began, code in runs:
            ended = None if code is None else (began + timedelta(minutes=5)).astimezone(UTC).isoformat()
            row = ("dortmund_itleiter", began.astimezone(UTC).isoformat(timespec="seconds"), ended, code)
            connection.execute("INSERT INTO runs (search, started_at, finished_at, exit_code) VALUES (?, ?, ?, ?)", row)
    connection.close()


@pytest.mark.parametrize(
    ("code", "late", "said"),
    [
        (0, False, "5 min 0 s, complete (exit code 0); not due."),
        (
            3,
            False,
            "5 min 0 s, degraded, some boards were not read to their end, the rest is stored (exit code 3); not",
        ),
        (4, False, "no board delivered, nothing was closed (exit code 4); not due."),
        (1, False, "failed by a bug, see above (exit code 1); not due."),
        (
            143,
            True,
            "what was stored stays (exit code 143); last to its end Tue 24 Nov 2026 04:17 CET; due at once",
        ),
        (None, True, "last run Wed 25 Nov 2026 04:17 CET, not finished; last to its end Tue 24 Nov"),
    ],
)
def test_a_run_that_ended_did_the_night_and_one_broken_off_did_not(
    tmp_path: Path, code: int | None, late: bool, said: str
) -> None:
    record(tmp_path / "jobs.db", (berlin("2026-11-24T04:17"), 0), (berlin("2026-11-25T04:17:05"), code))
    found, record_of = night(tmp_path / "jobs.db", "dortmund_itleiter", berlin("2026-11-25T09:00"))
    assert found == late
    assert said in record_of
    assert night(tmp_path / "jobs.db", "another", berlin("2026-11-25T09:00"))[0], "each search has its own nights"


def test_a_database_that_is_not_there_yet_is_not_made_by_looking(tmp_path: Path) -> None:
    late, said = night(tmp_path / "jobs.db", "dortmund_itleiter", berlin("2026-11-25T09:00"))
    assert late
    assert said == "dortmund_itleiter: no run is recorded; due at once (the night of Wed 25 Nov 2026 04:17 CET)."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["not a database", "", "foreign", "odd"])
def test_a_file_that_is_not_ours_is_named_in_one_line_and_left_alone(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "jobs ?%.db"
    if content in {"foreign", "odd"}:
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE runs (search, started_at, finished_at, exit_code)")
            connection.execute("INSERT INTO runs VALUES ('dortmund_itleiter', 'yesterday', 7, 'none')")
            if content == "foreign":
                connection.execute("ALTER TABLE runs RENAME TO walks")
        connection.close()
    else:
        file.write_text(content * 100)
    before = file.read_bytes()
    assert night(file, "dortmund_itleiter", berlin("2026-11-25T09:00"))[0]
    assert file.read_bytes() == before
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert f"{file} cannot be read (" in out
    assert "taken as if no run were recorded" in out


# ------------------------------------------------------------ the program


class Program:
    """`python schedule.py` over a database of its own; what it started is ended with the test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.database = folder, folder / "jobs.db"
        self.started: list[subprocess.Popen[str]] = []
        (folder / "crawl.py").write_text(CRAWL)

    def __call__(
        self, *arguments: str, seconds: float = 0, code: int = 0, at: str = "", command: str = ""
    ) -> subprocess.Popen[str]:
        """Start it with a crawl of so many seconds and this exit code; `at` prepares the clock with lines of Python."""
        crawl = shlex.join([sys.executable, str(self.folder / "crawl.py"), str(self.database), str(seconds), str(code)])
        program = ["schedule.py"] if not at else ["-c", dedent(at)]
        process = subprocess.Popen(
            [sys.executable, "-W", "error", *program, *arguments, "--command", command or crawl,
             "--file", str(self.folder / "schedule.toml")],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            env={**os.environ, "STELLWERK_JOBS_DB": str(self.database), "PYTHONPATH": str(ROOT),
                 "STELLWERK_RAW_DB": str(self.folder / "private" / "raw.db")},
        )  # fmt: skip
        self.started.append(process)
        return process

    def decisions(self) -> list[str]:
        """Return what was decided, without the times in it."""
        with sqlite3.connect(self.folder / "private" / "schedule.db") as connection:
            rows = connection.execute("SELECT search || ': ' || what FROM decisions ORDER BY rowid").fetchall()
        connection.close()
        return [re.sub(r"\w{3} \d\d \w{3} \d{4} \d\d:\d\d \w+", "DAY", row[0]) for row in rows]

    def log(self) -> list[str]:
        """Return what the crawls wrote: start, stop or locked, and which spider."""
        return [line.rsplit(" ", 1)[0] for line in self._lines()]

    def pids(self) -> list[int]:
        """Return the processes that the crawls ran in."""
        return [int(line.rsplit(" ", 1)[1]) for line in self._lines() if line.startswith("start")]

    def _lines(self) -> list[str]:
        log = self.folder / "jobs.db.log"
        return log.read_text().splitlines() if log.exists() else []

    def end(self) -> None:
        """Kill what is left."""
        for process in self.started:
            process.kill()
            process.communicate()
        for pid in filter(alive, self.pids()):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path)
    yield program
    program.end()


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def stopped(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> str:
    """Send a signal, to the whole group where a terminal does so, and return all that was printed up to the end."""
    (os.kill if number == signal.SIGTERM else os.killpg)(process.pid, number)
    return process.communicate(timeout=20)[0]


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "complete"), (3, "degraded"), (4, "no board delivered"), (5, "could not be written"), (7, "clock is wrong")],
)
def test_once_passes_the_exit_code_on(program: Program, code: int, words: str) -> None:
    process = program("--once", code=code)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == code
    assert out.count("\n") == 1, "one line a run"
    assert words in out
    assert f"(exit code {code}); no further run (--once)." in out
    assert program.log() == ["start dortmund_itleiter", "stop dortmund_itleiter"]


def test_several_searches_run_one_after_the_other(program: Program) -> None:
    process = program("--once", "dortmund_itleiter", "essen_controller", seconds=0.1, code=3)
    assert "essen_controller: started" in process.communicate(timeout=20)[0]
    assert process.returncode == 3
    assert program.log() == [f"{word} {search}" for search in ("dortmund_itleiter", "essen_controller")
                             for word in ("start", "stop")]  # fmt: skip


def test_a_command_that_cannot_be_started_is_one_line(program: Program) -> None:
    process = program("--once", command="/nowhere/scrapy crawl")
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "/nowhere/scrapy cannot be started (No such file or directory)" in out
    assert out.count("\n") == 1


def test_another_crawl_is_no_error_but_a_plain_line(program: Program) -> None:
    with (program.folder / "jobs.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = program("--once")
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 6
    assert "skipped: another crawl is running (exit code 6)" in out
    assert program.log() == ["locked dortmund_itleiter"]


def test_list_shows_the_next_nights_and_the_last_run_and_runs_nothing(program: Program) -> None:
    began = latest_due(datetime.now(BERLIN))
    record(program.database, (began, 3))
    last = f"dortmund_itleiter: last run {schedule.moment(began)}, 5 min 0 s, {schedule.MEANING[3]} (exit code 3)"
    out, _ = program("--list").communicate(timeout=20)
    assert out.splitlines() == [
        "Every night at 04:17 Europe/Berlin: dortmund_itleiter",
        *(f"  {schedule.moment(began + timedelta(days=day))}" for day in (1, 2, 3)),
        f"Recorded in {program.database}:",
        f"  {last}; not due.",
    ]
    assert program.log() == []


def test_missed_nights_are_caught_up_once_and_the_next_start_waits(program: Program) -> None:
    record(program.database, (latest_due(datetime.now(BERLIN)) - timedelta(days=3), 0))
    first = program(code=4)
    wait_for(lambda: len(program.log()) == 2)
    time.sleep(0.3)
    out = stopped(first)
    assert "due at once (the night of" in out
    assert "no board delivered, nothing was closed (exit code 4); next run" in out
    assert first.returncode == 143
    second = program()
    assert second.stdout is not None
    assert "not due" in second.stdout.readline()
    assert "Running now: nothing; next run" in second.stdout.readline()
    stopped(second)
    assert len(program.log()) == 2, "exactly one catch-up"


def test_a_fresh_install_runs_at_once_and_now_runs_in_any_case(program: Program) -> None:
    first = program()
    wait_for(lambda: len(program.log()) == 2)
    assert "no run is recorded; due at once" in stopped(first)
    second = program("--now")
    wait_for(lambda: len(program.log()) == 4)
    assert "not due" in stopped(second)


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("how", [[], ["--once", "dortmund_itleiter", "essen_controller"]])
def test_a_signal_ends_the_crawl_and_then_the_scheduler(
    program: Program, number: int, exit_code: int, how: list[str]
) -> None:
    process = program(*how, seconds=60)
    wait_for(program.pids)
    out = stopped(process, number)
    assert process.returncode == exit_code
    assert "Stopping: the running crawl has 60 seconds" in out
    assert "interrupted, what was stored stays (exit code 143); stopping." in out
    assert program.log() == ["start dortmund_itleiter", "stop dortmund_itleiter"], "told once, and no other started"
    assert not alive(program.pids()[0])


def test_a_crawl_that_will_not_end_is_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deaf = tmp_path / "deaf.py"
    deaf.write_text(
        "import signal, sys, time; signal.signal(15, signal.SIG_IGN); open(sys.argv[1], 'w'); time.sleep(60)"
    )
    crawls = schedule.Crawls([sys.executable, str(deaf)], Plan(), tmp_path / "jobs.db", Diary(tmp_path / "schedule.db"))
    crawls.child = subprocess.Popen([sys.executable, str(deaf), str(tmp_path / "ready")])
    wait_for((tmp_path / "ready").exists)
    crawls.stop((0.2, 0.1))
    assert crawls.child.wait(5) == -signal.SIGKILL
    assert capsys.readouterr().out.count("Stopping") == 2
    assert crawls.run(Plan().searches) == 0, "nothing is started any more"


def test_after_kill_9_the_crawl_goes_on_and_the_next_scheduler_starts_no_second(program: Program) -> None:
    first = program(seconds=2.5)
    wait_for(program.pids)
    first.kill()
    first.wait()
    second = program()
    wait_for(lambda: "locked dortmund_itleiter" in program.log())
    assert alive(program.pids()[0])
    wait_for(lambda: "stop dortmund_itleiter" in program.log())
    out = stopped(second)
    assert "not finished; due at once" in out
    assert "skipped: another crawl is running (exit code 6); next run" in out
    assert program.log() == [f"{word} dortmund_itleiter" for word in ("start", "locked", "stop")]


# ------------------------------------------------------------ the program at night

NIGHT = """
    import datetime, sys, threading, time, time_machine, schedule
    schedule.LOOK = 0.1
    start, hours = datetime.datetime.fromisoformat("{start}"), {hours}
    with time_machine.travel(start, tick=True) as clock:
        if hours:  # a sleep: the clock goes on, a running wait does not notice
            threading.Timer(0.8, lambda: clock.shift(hours * 3600)).start()
        sys.exit(schedule.main())
"""


@pytest.mark.parametrize(
    ("start", "hours", "last"),
    [
        ("2026-10-25T04:16:59+01:00", 0, "2026-10-24T04:17"),
        ("2027-03-28T04:16:59+02:00", 0, "2027-03-27T04:17"),
        ("2026-10-25T01:00:00+02:00", 9, "2026-10-24T04:17"),
        ("2026-11-20T23:00:00+01:00", 24 * 3 + 5.6, "2026-11-20T04:17"),
    ],
)
def test_the_night_comes_once_also_when_the_clocks_change_or_the_computer_slept(
    program: Program, start: str, hours: int, last: str
) -> None:
    record(program.database, (berlin(last), 0))
    process = program(at=NIGHT.format(start=start, hours=hours))
    wait_for(lambda: len(program.log()) == 2)
    time.sleep(0.4)
    out = stopped(process)
    assert "Running now: nothing; next run" in out
    assert program.log() == ["start dortmund_itleiter", "stop dortmund_itleiter"]


def test_a_night_that_falls_due_during_the_first_run_waits_for_its_end(program: Program) -> None:
    process = program(at=NIGHT.format(start="2026-11-25T04:16:59+01:00", hours=0), seconds=1.5)
    wait_for(lambda: len(program.log()) == 4)
    stopped(process)
    assert program.log() == ["start dortmund_itleiter", "stop dortmund_itleiter"] * 2


def test_a_clock_of_1970_is_waited_for_and_the_night_is_then_caught_up_once(program: Program) -> None:
    record(program.database, (berlin("2026-11-23T04:17"), 0))
    hours = (berlin("2026-11-25T09:00") - berlin("1970-01-01T01:00")) / timedelta(hours=1)
    process = program(at=NIGHT.format(start="1970-01-01T01:00:00+01:00", hours=hours))
    wait_for(lambda: len(program.log()) == 2)
    time.sleep(0.4)
    stopped(process)

    assert program.log() == ["start dortmund_itleiter", "stop dortmund_itleiter"]
    assert program.decisions()[0] == "clock: the clock says DAY: nothing is run until it is right."


# ------------------------------------------------------------ schedule.toml

# Writes down how it was called; as a crawl, two boards fail until it has been called so often as `good` says.
RECORDER = """
import sqlite3, sys, time
from datetime import UTC, datetime
database, good, *words = sys.argv[1:]
with open(database + ".calls", "a") as file:
    print(*words, file=file)
if words[0] != "crawl":
    sys.exit(0)
calls = sum(line.startswith("crawl") for line in open(database + ".calls"))
connection = sqlite3.connect(database)
connection.execute("CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY, search TEXT NOT NULL,"
                   " started_at TEXT NOT NULL, finished_at TEXT, exit_code INTEGER) STRICT")
connection.execute("CREATE TABLE IF NOT EXISTS run_boards (run_id INTEGER, board TEXT, outcome TEXT)")
now, code = datetime.now(UTC).isoformat(timespec="seconds"), 0 if calls >= int(good) else 3
run = connection.execute("INSERT INTO runs (search, started_at, finished_at, exit_code) VALUES (?, ?, ?, ?)",
                         ["dortmund_itleiter", now, now, code]).lastrowid
outcomes = {"personio:a": "failed", "personio:b": "partial", "personio:c": "suspect", "personio:d": "complete"}
for board, outcome in outcomes.items() if code else ():
    connection.execute("INSERT INTO run_boards VALUES (?, ?, ?)", [run, board, outcome])
connection.commit()
sys.exit(code)
"""


def recorder(program: Program, good: int) -> str:
    (program.folder / "recorder.py").write_text(RECORDER)
    return shlex.join([sys.executable, str(program.folder / "recorder.py"), str(program.database), str(good), "crawl"])


def calls(program: Program) -> list[str]:
    file = program.folder / "jobs.db.calls"
    return file.read_text().splitlines() if file.exists() else []


def test_boards_that_failed_are_asked_again_the_same_night_and_then_no_more(program: Program) -> None:
    (program.folder / "schedule.toml").write_text("pause_minutes = 0.005\ntries = 2\nspread_minutes = 0\n")
    process = program(command=recorder(program, 99))
    wait_for(lambda: len(calls(program)) == 3)
    time.sleep(1)
    stopped(process)

    again = "crawl dortmund_itleiter -a boards=personio:a,personio:b"
    assert calls(program) == ["crawl dortmund_itleiter", again, again]
    assert program.decisions() == [
        "dortmund_itleiter: 2 boards not read to the end, asked again at DAY (try 1).",
        "dortmund_itleiter: 2 boards not read to the end, asked again at DAY (try 2).",
    ]


def test_a_crawl_that_was_killed_is_run_again_the_same_night(program: Program) -> None:
    (program.folder / "schedule.toml").write_text("pause_minutes = 0.005\ntries = 1\n")
    process = program(seconds=3)
    wait_for(program.pids)
    os.kill(program.pids()[0], signal.SIGKILL)
    wait_for(lambda: len(program.log()) == 3)
    out = stopped(process)

    assert "killed, what was stored stays (exit code -9)" in out
    assert program.log() == ["start dortmund_itleiter", "start dortmund_itleiter", "stop dortmund_itleiter"]
    assert program.decisions() == [
        "dortmund_itleiter: the crawl was killed: all boards not read to the end, asked again at DAY (try 1)."
    ]


def test_what_is_complete_is_not_asked_again_and_what_follows_is_run(program: Program) -> None:
    (program.folder / "schedule.toml").write_text('pause_minutes = 0.005\nafter = ["tell"]\n')
    process = program(command=recorder(program, 2))
    wait_for(lambda: len(calls(program)) == 4)
    time.sleep(0.5)
    stopped(process)

    assert calls(program) == [
        "crawl dortmund_itleiter", "tell --search dortmund_itleiter",
        "crawl dortmund_itleiter -a boards=personio:a,personio:b", "tell --search dortmund_itleiter",
    ]  # fmt: skip


def test_a_run_that_does_not_end_is_ended_at_its_deadline(program: Program) -> None:
    (program.folder / "schedule.toml").write_text("hours = 0.0005\n")
    process = program(seconds=60)
    wait_for(lambda: "stop dortmund_itleiter" in program.log())
    # Not before it is gone: whom the scheduler's own end reaches on its way out, it kills.
    wait_for(lambda: not Path(f"/proc/{program.pids()[0]}").exists())
    out = stopped(process)

    assert "interrupted, what was stored stays (exit code 143)" in out
    assert program.decisions() == ["dortmund_itleiter: still running after 0.0005 hours, its deadline; it is ended."]


def test_messages_that_wait_are_sent_when_they_are_due(program: Program) -> None:
    (program.folder / "schedule.toml").write_text('after = ["tell"]\n')
    record(program.database, (datetime.now(UTC), 0))
    with sqlite3.connect(program.database) as connection:
        connection.execute("UPDATE runs SET started_at = ?", [datetime.now(UTC).isoformat()])
    connection.close()
    (program.folder / "private").mkdir()
    with sqlite3.connect(program.folder / "private" / "outbox.db") as connection:
        connection.execute("CREATE TABLE messages (state TEXT, due_at TEXT)")
        connection.execute("INSERT INTO messages VALUES ('waiting', '2026-01-01T00:00:00+00:00')")
    connection.close()
    quick = """
        import sys, datetime, schedule
        schedule.TELL = datetime.timedelta(seconds=0.3)
        sys.exit(schedule.main())
    """
    process = program(at=quick, command=recorder(program, 1))
    wait_for(lambda: "tell" in calls(program))
    stopped(process)

    assert "crawl dortmund_itleiter" not in calls(program)


@pytest.mark.parametrize(
    ("ago", "code", "exit_code", "words"),
    [
        (35, 0, 0, "dortmund_itleiter: alive, delivered "),
        (35, 3, 0, "dortmund_itleiter: alive, delivered "),
        (37, 0, 1, "dortmund_itleiter: SILENT, delivered "),
        (1, 4, 1, "dortmund_itleiter: SILENT, no run has delivered yet."),
        (1, None, 1, "dortmund_itleiter: SILENT, no run has delivered yet."),
    ],
)
def test_status_fails_after_36_hours_of_silence(
    program: Program, ago: int, code: int | None, exit_code: int, words: str
) -> None:
    record(program.database, (datetime.now(UTC) - timedelta(hours=ago, minutes=5), code))
    process = program("--status")

    assert words in process.communicate(timeout=20)[0]
    assert process.returncode == exit_code


def test_a_plan_is_read() -> None:
    plan = read(
        """
        at = "05:30"
        spread_minutes = 20
        after = ["tell"]
        [[search]]
        name = "dortmund_itleiter"
        [[search]]
        name = "bochum_controller"
        role = "controller"
        place = "Bochum"
        radius_km = 25
        """
    )

    assert plan == Plan(
        (
            Search("dortmund_itleiter", ("dortmund_itleiter",)),
            Search("bochum_controller", (
                "job_search", "-a", "called=bochum_controller", "-a", "role=controller", "-a", "place=Bochum", "-a",
                "radius_km=25",
            )),
        ),
        (5, 30), spread_minutes=20, after=("tell",),
    )  # fmt: skip
    assert read("") == Plan()
    assert read((ROOT / "schedule.toml").read_text()).searches == Plan().searches


def test_a_search_in_shards_is_handed_to_the_cluster(tmp_path: Path) -> None:
    (tmp_path / "schedule.toml").write_text('hours = 5\n[[search]]\nname = "dortmund_itleiter"\nshards = 16\n')
    done = subprocess.run(
        [sys.executable, str(ROOT / "schedule.py"), "--once", "--file", str(tmp_path / "schedule.toml"), "--command",
         "/bin/echo scrapy crawl"],
        capture_output=True, text=True, check=False, timeout=60,
        env=os.environ | {"STELLWERK_JOBS_DB": str(tmp_path / "jobs.db"), "STELLWERK_RAW_DB": str(tmp_path / "raw.db")},
    )  # fmt: skip

    assert "scrapy cluster night dortmund_itleiter --shards 16 --patience 14400\n" in done.stdout
    for wrong in ("-1", '"many"', "true", "100000"):
        with pytest.raises(ScheduleError, match="shards is a number of parts up to 10000"):
            read(f'[[search]]\nname = "a"\nshards = {wrong}\n')


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("at = [", "this is no TOML"),
        (
            "when = 4",
            "when is not known; known are at, spread_minutes, hours, tries, pause_minutes, after, and [[search]]",
        ),
        ("at = 4", 'at is a time like "04:17", not 4'),
        ('at = "02:30"', "02:00 to 02:59 is not there every night"),
        ("hours = true", "hours is a number, not True"),
        ("tries = -1", "tries is a number, not -1"),
        ('after = "tell"', "after is a list of scrapy's commands"),
        ('after = ["tell --again"]', "after is a list of scrapy's commands"),
        ("[[search]]\nrole = 'controller'", "has a name like"),
        ("[[search]]\nname = 'A b'", "small letters, digits and _"),
        ("[[search]]\nname = 'a'\nradius = 3", "search a: radius is not known; known are name, role, place, "),
        ("[[search]]\nname = 'a'\nrole = 'controller'", "search a: role and place belong together"),
    ],
)
def test_what_is_wrong_in_a_plan_is_named_with_what_to_write(text: str, told: str) -> None:
    with pytest.raises(ScheduleError) as raised:
        read(text)
    assert told in str(raised.value)


def test_a_plan_that_cannot_be_read_starts_nothing(program: Program) -> None:
    (program.folder / "schedule.toml").write_text("when = 4")
    process = program()

    assert "schedule.toml: when is not known" in process.communicate(timeout=20)[0]
    assert process.returncode == 2
    assert program.log() == []


def test_a_search_begins_later_by_a_time_of_its_own_that_stays() -> None:
    nights = [berlin("2026-11-25T04:17") + timedelta(days=day) for day in range(60)]
    delays = [later("dortmund_itleiter", each, 20) for each in nights]

    assert delays == [later("dortmund_itleiter", each, 20) for each in nights]
    assert all(0 <= each < 20 * 60 for each in delays)
    assert len(set(delays)) > 40
    assert later("dortmund_itleiter", nights[0], 20) != later("bochum_controller", nights[0], 20)
    assert {later("dortmund_itleiter", each, 0) for each in nights} == {0}


def test_the_clock_is_held_against_the_last_run(tmp_path: Path) -> None:
    record(tmp_path / "jobs.db", (berlin("2026-11-25T04:17"), 0))
    searches = Plan().searches

    assert clock_is_wrong(tmp_path / "jobs.db", searches, berlin("2026-11-25T04:10")) is None
    assert clock_is_wrong(tmp_path / "jobs.db", searches, berlin("2026-11-24T04:17")) == (
        "the clock says Tue 24 Nov 2026 04:17 CET, but a run is recorded at Wed 25 Nov 2026 04:17 CET"
    )
    assert clock_is_wrong(tmp_path / "no.db", searches, berlin("1970-01-01T01:00")) == (
        "the clock says Thu 01 Jan 1970 01:00 CET"
    )
    assert status(tmp_path / "jobs.db", "dortmund_itleiter", berlin("2026-11-25T09:00"))[0]
    assert failed_boards(tmp_path / "jobs.db", "dortmund_itleiter") == []
