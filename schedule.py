"""Runs the searches of schedule.toml every night, German time: `python schedule.py [spider ...]`.

Each run is a subprocess, `scrapy crawl SPIDER`; its exit code is what we trust. A missed night is caught up once, at
start: the table `runs` (in STELLWERK_JOBS_DB, else data/jobs.db) says what was done. Crawls never overlap: ours stand
in one queue, and a crawl that finds the lock of another leaves with exit code 6. Boards that failed are asked again
the same night. What was decided stands in data/private/schedule.db.

Ctrl-C, SIGTERM and a closed terminal end the running crawl first (what it has is stored), then us, with 130, 143, 129.
Under systemd say `KillMode=mixed`, or the crawl gets the signal twice and hurries. After kill -9 the crawl goes on to
its end, and the next scheduler starts no second one.
"""

import argparse
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
import tomllib
import uuid
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

ROOT = Path(__file__).resolve().parent
BERLIN = ZoneInfo("Europe/Berlin")
SILENT = timedelta(hours=36)  # without a run that delivered: `--status` fails
TELL = timedelta(minutes=15)  # between looks for messages that wait: quiet hours end, servers come back
CLOCK = timedelta(minutes=10)  # that a clock may be set back
DECISIONS = 5_000  # that are kept: by number, for a clock may be wrong
MOST_SHARDS = 10_000
MOST_BOARDS = 200  # that are asked again one by one; more is not their fault
LATEST = 25 * 3600  # seconds a run may start late, when the computer slept: the longest time between two nights
LOOK = 60.0  # seconds between looks at the clock: a wait does not count the hours a computer sleeps
PATIENCE = (60.0, 30.0)  # seconds for a crawl to end after the first SIGTERM, and after the second
INTERRUPTED = (129, 130, 143)
MEANING = {
    0: "complete",
    1: "failed by a bug, see above",
    2: "not started, wrong usage or configuration, see above",
    3: "degraded, some boards were not read to their end, the rest is stored",
    4: "no board delivered, nothing was closed",
    5: "failed, the database could not be written, see above",
    6: "skipped: another crawl is running",
    7: "refused, the computer's clock is wrong",
    **dict.fromkeys(INTERRUPTED, "interrupted, what was stored stays"),
}


# ---------------------------------------------------------------- schedule.toml


class ScheduleError(Exception):
    """schedule.toml cannot be read; the message says where and what to write."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search to run: its name in table `runs`, and what stands behind `scrapy crawl`."""

    name: str
    arguments: tuple[str, ...]
    shards: int = 0  # read by the workers of `scrapy cluster`, in so many parts; 0: by this machine alone


@dataclass(frozen=True, slots=True)
class Plan:
    """What schedule.toml says; the defaults hold where it is silent."""

    searches: tuple[Search, ...] = (Search("dortmund_itleiter", ("dortmund_itleiter",)),)
    at: tuple[int, int] = (4, 17)  # 02:00-02:59 comes twice or never when the clocks change
    spread_minutes: float = 0  # a night begins up to so much later
    hours: float = 6  # that a run may take
    tries: int = 2  # more for boards that failed, the same night
    pause_minutes: float = 45  # before each
    after: tuple[str, ...] = ()  # commands of scrapy after each run


def read(text: str) -> Plan:
    """Return the plan of a schedule.toml; raises ScheduleError, which names the key and what to write."""
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScheduleError(f"this is no TOML: {error}") from error
    known: dict[str, Any] = {each.name: each.default for each in fields(Plan) if each.name != "searches"}
    values: dict[str, Any] = {}
    searches = stated.pop("search", [])
    for key, value in stated.items():
        if key not in known:
            raise ScheduleError(f"{key} is not known; known are {', '.join(known)}, and [[search]]")
        if key == "at":
            found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", value) if isinstance(value, str) else None
            if not found or found[1] == "02":
                raise ScheduleError(
                    f'at is a time like "04:17", not {value!r}; 02:00 to 02:59 is not there every night'
                )
            values[key] = (int(found[1]), int(found[2]))
        elif key == "after":
            if not isinstance(value, list) or not all(isinstance(each, str) and each.isidentifier() for each in value):
                raise ScheduleError(f'after is a list of scrapy\'s commands like ["tell"], not {value!r}')
            values[key] = tuple(value)
        elif isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise ScheduleError(f"{key} is a number, not {value!r}")
        else:
            values[key] = int(value) if key == "tries" else value
    if searches:
        values["searches"] = tuple(_search(each) for each in searches) if isinstance(searches, list) else ()
    return Plan(**values)


def _search(stated: Any) -> Search:
    if not isinstance(stated, dict) or not isinstance(stated.get("name"), str):
        raise ScheduleError('each search begins with a line [[search]] and has a name like name = "dortmund_itleiter"')
    name, known = stated["name"], ("name", "role", "place", "radius_km", "kinds", "boards", "shards")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise ScheduleError(f"name = {name!r}: small letters, digits and _ (40 at most)")
    if strange := [key for key in stated if key not in known]:
        raise ScheduleError(f"search {name}: {', '.join(strange)} is not known; known are {', '.join(known)}")
    shards = stated.get("shards", 0)
    if isinstance(shards, bool) or not isinstance(shards, int) or not 0 <= shards <= MOST_SHARDS:
        raise ScheduleError(f"search {name}: shards is a number of parts up to {MOST_SHARDS}, not {shards!r}")
    options = [f"{key}={stated[key]}" for key in known[1:-1] if key in stated]
    arguments = [each for option in options for each in ("-a", option)]
    if "role" not in stated and "place" not in stated:
        return Search(name, (name, *arguments), shards)  # a spider of its own
    if "role" not in stated or "place" not in stated:
        raise ScheduleError(f"search {name}: role and place belong together")
    return Search(name, ("job_search", "-a", f"called={name}", *arguments), shards)


# ---------------------------------------------------------------- nights

AT = Plan().at


def latest_due(now: datetime, at: tuple[int, int] = AT) -> datetime:
    """Return the last moment in Berlin with this time of day (04:17) that is not after `now`."""
    local = now.astimezone(BERLIN)
    due = local.replace(hour=at[0], minute=at[1], second=0, microsecond=0)
    return due if due <= local else due - timedelta(days=1)  # wall time: the day before, whatever its length


def next_due(now: datetime, at: tuple[int, int] = AT) -> datetime:
    """Return the first moment in Berlin with this time of day after `now`."""
    return latest_due(now, at) + timedelta(days=1)


def is_overdue(last_started: datetime | None, now: datetime, at: tuple[int, int] = AT) -> bool:
    """Tell whether a night was missed: nothing that counts has started since it was due."""
    return last_started is None or last_started < latest_due(now, at)


def nightly(at: tuple[int, int] = AT) -> CronTrigger:
    """Return what fires each night."""
    return CronTrigger(hour=at[0], minute=at[1], timezone=BERLIN)


def later(name: str, night: datetime, minutes: float) -> float:
    """Return by how many seconds a search begins later: the same for one computer, search and night."""
    return zlib.crc32(f"{uuid.getnode()} {name} {night:%Y-%m-%d}".encode()) % max(1, round(minutes * 60))


def recorded(database: Path, search: str) -> list[tuple[datetime, datetime | None, int]]:
    """Return start, end and exit code of a search's runs, newest first; a file that cannot be read counts as none."""
    code = "CAST(ifnull(exit_code, 1) AS INTEGER)"
    query = f"SELECT started_at, finished_at, {code} FROM runs WHERE search = ? ORDER BY started_at DESC, id DESC"
    try:
        rows = _asked(database, query, search)
        return [(_time(began), _time(ended) if ended else None, code) for began, ended, code in rows]
    except (sqlite3.Error, TypeError, ValueError) as error:
        if database.exists():
            say(f"{database} cannot be read ({error}); taken as if no run were recorded.")
        return []


def _asked(file: Path, query: str, *values: str) -> list[tuple[Any, ...]]:
    """Ask a database that others write; one that is not there is not made. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(query, values).fetchall()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(BERLIN)


def night(database: Path, search: str, now: datetime, at: tuple[int, int] = AT) -> tuple[bool, str]:
    """Tell whether the last night is still to be done (a run broken off does not count), and what is recorded."""
    runs = recorded(database, search)
    done = next((began for began, ended, code in runs if ended and code not in INTERRUPTED), None)
    late = is_overdue(done, now, at)
    last = "no run is recorded"
    if runs:
        began, ended, code = runs[0]
        last = f"last run {moment(began)}, {result(ended - began, code) if ended else 'not finished'}"
        if done and done != began:
            last += f"; last to its end {moment(done)}"
    return (
        late,
        f"{search}: {last}; {f'due at once (the night of {moment(latest_due(now, at))})' if late else 'not due'}.",
    )


def status(database: Path, search: str, now: datetime) -> tuple[bool, str]:
    """Tell whether a search is alive (a run delivered within 36 hours), and since when not."""
    delivered = next((ended for _, ended, code in recorded(database, search) if ended and code in (0, 3)), None)
    if delivered is None:
        return False, f"{search}: SILENT, no run has delivered yet."
    hours = (now - delivered) / timedelta(hours=1)
    alive = now - delivered <= SILENT
    return alive, f"{search}: {'alive' if alive else 'SILENT'}, delivered {moment(delivered)}, {hours:.0f} hours ago."


def failed_boards(database: Path, search: str) -> list[str]:
    """Return the boards that the last run of a search did not read to their end; suspect and skipped ones were."""
    query = (
        "SELECT board FROM run_boards WHERE outcome IN ('failed', 'partial')"
        " AND run_id = (SELECT max(id) FROM runs WHERE search = ?) ORDER BY board"
    )
    try:
        return [row[0] for row in _asked(database, query, search)]
    except sqlite3.Error:
        return []


def messages_wait(outbox: Path, now: datetime) -> bool:
    """Tell whether a message is due."""
    if not outbox.exists():
        return False
    query = "SELECT count(*) FROM messages WHERE state = 'waiting' AND due_at <= ?"
    try:
        return bool(_asked(outbox, query, now.astimezone(UTC).isoformat(timespec="seconds"))[0][0])
    except sqlite3.Error:
        return False


def clock_is_wrong(database: Path, searches: Sequence[Search], now: datetime) -> str | None:
    """Say why the clock cannot be right: years ago, or before a recorded run; None when it may be."""
    last = max((began for each in searches for began, _, _ in recorded(database, each.name)), default=None)
    if now.year < 2026:
        return f"the clock says {moment(now)}"
    if last and now < last - CLOCK:
        return f"the clock says {moment(now)}, but a run is recorded at {moment(last)}"
    return None


class Diary:
    """What was decided for a night: a line printed, and a row in data/private/schedule.db."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, search: str, what: str) -> None:
        """Say and keep a line; a file that cannot be written is said once more, and stops nothing."""
        say(f"{search}: {what}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with closing(sqlite3.connect(self.path, timeout=5)) as connection, connection:
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS decisions (at TEXT NOT NULL, search TEXT NOT NULL, what TEXT NOT NULL)"
                    " STRICT"
                )
                connection.execute(
                    "INSERT INTO decisions VALUES (?, ?, ?)",
                    [datetime.now(UTC).isoformat(timespec="seconds"), search, what],
                )
                connection.execute(
                    "DELETE FROM decisions WHERE rowid <= (SELECT max(rowid) FROM decisions) - ?", [DECISIONS]
                )
        except (sqlite3.Error, OSError) as error:
            say(f"{self.path} cannot be written ({error}).")


class Crawls:
    """Runs crawls as subprocesses, one after the other, until it is stopped."""

    def __init__(self, command: Sequence[str], plan: Plan, database: Path, diary: Diary, *, once: bool = False) -> None:
        self.command, self.plan, self.database, self.diary, self.once = [*command], plan, database, diary, once
        self.scheduler: BackgroundScheduler | None = None  # for boards that are asked again
        self.child: subprocess.Popen[bytes] | None = None
        self.stopping, self.lock = Event(), Lock()

    def run(self, searches: Sequence[Search], *, spread: bool = False) -> int:
        """Run the searches; return the first exit code that is not 0."""
        return next(filter(None, [self._night(each, spread=spread) for each in searches]), 0)

    def _night(self, search: Search, *, spread: bool) -> int:
        night = latest_due(datetime.now(BERLIN), self.plan.at)
        if spread:  # in small steps of the wall clock's: the computer may sleep meanwhile
            begin = night + timedelta(seconds=later(search.name, night, self.plan.spread_minutes))
            while datetime.now(BERLIN) < begin and not self.stopping.wait(1):
                pass
        code = self._crawl(search, search.arguments)
        if code == 6:
            self.diary.write(search.name, f"the night of {moment(night)} was skipped: another crawl is running.")
        self._ask_again(search, code, 1)
        return code

    def _ask_again(self, search: Search, code: int, attempt: int) -> None:
        """Plan another try, later the same night: of the boards that failed, or of all where the crawl was killed."""
        killed = code > 128 and code not in INTERRUPTED
        boards = failed_boards(self.database, search.name) if code in (3, 4) else []
        if self.scheduler is None or attempt > self.plan.tries or not (boards or killed) or self.stopping.is_set():
            return
        which = ["-a", f"boards={','.join(boards)}"] if 0 < len(boards) <= MOST_BOARDS else []
        when = datetime.now(BERLIN) + timedelta(minutes=self.plan.pause_minutes)
        self.scheduler.add_job(
            self._again,
            "date",
            run_date=when,
            args=[search, which, attempt],
            id=f"again {search.name}",
            replace_existing=True,
        )
        told = (
            "the crawl was killed: all boards" if killed else f"{len(boards)} boards" if len(boards) > 1 else boards[0]
        )
        self.diary.write(search.name, f"{told} not read to the end, asked again at {moment(when)} (try {attempt}).")

    def _again(self, search: Search, which: Sequence[str], attempt: int) -> None:
        self._ask_again(search, self._crawl(search, (*search.arguments, *which)), attempt + 1)

    def _crawl(self, search: Search, arguments: Sequence[str]) -> int:
        began, clock = datetime.now(BERLIN), time.monotonic()
        seconds = self.plan.hours * 3600
        command = [*self.command, *arguments]
        if search.shards:  # what workers have not read after four fifths of the time counts as not read
            command = [*self.command[:-1], "cluster", "night", *arguments, "--shards", str(search.shards)]
            command += ["--patience", str(round(seconds * 0.8))]
        code = self._process(command, search.name, seconds)
        if code is None:
            return 0 if self.stopping.is_set() else 1
        after = "no further run (--once)" if self.once else f"next run {moment(next_due(began, self.plan.at))}"
        took, stopping = timedelta(seconds=time.monotonic() - clock), self.stopping.is_set()
        say(f"{search.name}: started {moment(began)}, {result(took, code)}; {'stopping' if stopping else after}.")
        if code in (0, 3, 4) and not stopping:
            for each in self.plan.after:
                self.scrapy(each, "--search", search.name)
        return code if code >= 0 else 128 - code

    def scrapy(self, *words: str) -> None:
        """Run another command of scrapy; one that fails stops nothing."""
        code = self._process([*self.command[:-1], *words], f"scrapy {words[0]}", 3600)
        if code:
            say(f"scrapy {words[0]}: ended with exit code {code}, see above.")

    def _process(self, command: Sequence[str], name: str, seconds: float) -> int | None:
        """Run a process to its end, or to its deadline; returns its exit code, None when it was not started."""
        with self.lock:
            if self.stopping.is_set():
                return None
            try:  # in a session of its own: Ctrl-C reaches it once, through us
                self.child = subprocess.Popen(command, cwd=ROOT, start_new_session=True)  # noqa: S603
            except OSError as error:
                say(f"{name}: {command[0]} cannot be started ({error.strerror}).")
                return None
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.diary.write(name, f"still running after {seconds / 3600:g} hours, its deadline; it is ended.")
            self._end(PATIENCE)
            return self.child.wait()

    def stop(self, patience: Sequence[float] = PATIENCE) -> None:
        """Start no more crawls and end the running one: SIGTERM, SIGTERM again, kill."""
        with self.lock:
            self.stopping.set()
        if self.child is not None and self.child.poll() is None:
            self._end(patience)

    def _end(self, patience: Sequence[float]) -> None:
        assert self.child is not None  # noqa: S101 - the caller has it
        for seconds in patience:
            say(f"Stopping: the running crawl has {seconds:.0f} seconds to store what it has.")
            self.child.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.child.wait(seconds)
                return
        self.child.kill()

    def tell(self, outbox: Path) -> None:
        """Send messages that are due by now."""
        if messages_wait(outbox, datetime.now(UTC)):
            self.scrapy("tell")


def keep(crawls: Crawls, searches: Sequence[Search], due: Callable[[Search, datetime], bool], outbox: Path) -> int:
    """Run what is due now, then every search each night, until a signal; with `crawls.once` until the first is done."""
    ends: SimpleQueue[int] = SimpleQueue()  # exit codes; a signal handler may use nothing more complicated
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup stays nohup
            signal.signal(number, lambda signum, _: ends.put(128 + signum))
    now, said = datetime.now(BERLIN), False
    while why := None if crawls.once else clock_is_wrong(crawls.database, searches, now):
        # A small computer without a battery wakes up in 1970 and learns the time a minute later.
        if not said:
            crawls.diary.write("clock", f"{why}: nothing is run until it is right.")
        said = True
        with suppress(Empty):
            return ends.get(timeout=LOOK)
        now = datetime.now(BERLIN)
    at_once = [each for each in searches if due(each, now)]
    each_night = [] if crawls.once else searches
    if each_night:
        running = ", ".join(each.name for each in at_once) or "nothing"
        say(f"Running now: {running}; next run {moment(next_due(now, crawls.plan.at))}.")
    # One worker, so a night that falls due during the first run waits for its turn.
    late = {"coalesce": True, "max_instances": 1, "misfire_grace_time": LATEST}
    scheduler = BackgroundScheduler(timezone=BERLIN, executors={"default": ThreadPoolExecutor(1)}, job_defaults=late)
    if at_once:
        scheduler.add_job(crawls.run if each_night else lambda searches: ends.put(crawls.run(searches)), args=[at_once])
    if each_night:
        # The first is counted from the same `now` as what was missed, so that no night falls between the two.
        crawls.scheduler = scheduler
        scheduler.add_job(
            crawls.run,
            nightly(crawls.plan.at),
            [each_night],
            {"spread": True},
            next_run_time=next_due(now, crawls.plan.at),
        )
        if "tell" in crawls.plan.after:
            scheduler.add_job(crawls.tell, "interval", [outbox], seconds=TELL.total_seconds())
    scheduler.start()
    try:
        while True:
            with suppress(Empty):
                return ends.get(timeout=LOOK)
            scheduler.wakeup()
    finally:
        crawls.stop()
        scheduler.shutdown()


def say(message: str) -> None:
    """Print a line with the German time; a closed terminal is no reason to fail."""
    with suppress(OSError):
        print(f"{datetime.now(BERLIN):%Y-%m-%d %H:%M:%S} {message}", flush=True)


def moment(time: datetime) -> str:
    """`Wed 25 Nov 2026 04:17 CET`."""
    return f"{time.astimezone(BERLIN):%a %d %b %Y %H:%M %Z}"


def result(took: timedelta, exit_code: int) -> str:
    """`12 min 5 s, complete (exit code 0)`; a negative code is the signal that ended the process."""
    other = "killed, what was stored stays" if exit_code < 0 else "failed, see above"
    minutes, seconds = divmod(round(took.total_seconds()), 60)
    return f"{minutes} min {seconds} s, {MEANING.get(exit_code, other)} (exit code {exit_code})"


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spiders", nargs="*", help="default: the searches of schedule.toml")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--now", action="store_true", help="run at once, then keep to the schedule")
    how.add_argument("--once", action="store_true", help="run once now and exit with the crawl's exit code")
    how.add_argument("--list", action="store_true", help="print what would run when, and what ran last")
    how.add_argument("--status", action="store_true", help="exit with 1 when a search has been silent for 36 hours")
    parser.add_argument("--file", type=Path, default=ROOT / "schedule.toml", help="default: schedule.toml beside this")
    crawl = shlex.join([sys.executable, "-m", "scrapy", "crawl"])
    parser.add_argument("--command", default=crawl, help=argparse.SUPPRESS)  # for tests: what to run instead
    options = parser.parse_args()
    try:
        plan = read(options.file.read_text(encoding="utf-8")) if options.file.exists() else Plan()
    except (ScheduleError, OSError, UnicodeDecodeError) as error:
        print(f"schedule.py: {options.file}: {error}. Nothing was started.", file=sys.stderr)
        return 2
    searches = [Search(each, (each,)) for each in options.spiders] or [*plan.searches]
    database = ROOT / (os.environ.get("STELLWERK_JOBS_DB") or "data/jobs.db")
    private = (ROOT / (os.environ.get("STELLWERK_RAW_DB") or "data/private/raw.db")).parent
    now = datetime.now(BERLIN)
    crawls = Crawls(shlex.split(options.command), plan, database, Diary(private / "schedule.db"), once=options.once)
    if options.once:
        return keep(crawls, searches, lambda *_: True, private / "outbox.db")
    if options.status:
        states = [status(database, each.name, now) for each in searches]
        print(*(line for _, line in states), sep="\n")
        return 0 if all(alive for alive, _ in states) else 1
    if options.list:
        records = [night(database, each.name, now, plan.at)[1] for each in searches]
        print(
            f"Every night at {plan.at[0]:02}:{plan.at[1]:02} Europe/Berlin: {', '.join(each.name for each in searches)}"
        )
        print(*(f"  {moment(next_due(now, plan.at) + timedelta(days=day))}" for day in range(3)), sep="\n")
        print(f"Recorded in {database}:", *records, sep="\n  ")
        return 0

    def due(search: Search, now: datetime) -> bool:
        late, record = night(database, search.name, now, plan.at)
        say(record)
        return late or options.now

    return keep(crawls, searches, due, private / "outbox.db")


if __name__ == "__main__":
    sys.exit(main())
