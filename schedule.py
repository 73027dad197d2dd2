"""Runs the searches every night at 04:17 German time: `python schedule.py [spider ...]`.

Each run is a subprocess, `scrapy crawl SPIDER`; its exit code is what we trust. A missed night is caught up once, at
start: the table `runs` (in STELLWERK_JOBS_DB, else data/jobs.db) says what was done. Crawls never overlap: ours stand
in one queue, and a crawl that finds the lock of another leaves with exit code 6.

Ctrl-C, SIGTERM and a closed terminal end the running crawl first (what it has is stored), then us, with 130, 143, 129.
Under systemd say `KillMode=mixed`, or the crawl gets the signal twice and hurries. After kill -9 the crawl goes on to
its end, and the next scheduler starts no second one.
"""

import argparse
import os
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

ROOT = Path(__file__).resolve().parent
BERLIN = ZoneInfo("Europe/Berlin")
NIGHTLY = CronTrigger(hour=4, minute=17, timezone=BERLIN)  # 02:00-02:59 comes twice or never when the clocks change
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


def latest_due(now: datetime) -> datetime:
    """Return the last 04:17 in Berlin that is not after `now`."""
    local = now.astimezone(BERLIN)
    due = local.replace(hour=4, minute=17, second=0, microsecond=0)
    return due if due <= local else due - timedelta(days=1)  # wall time: the day before, whatever its length


def next_due(now: datetime) -> datetime:
    """Return the first 04:17 in Berlin after `now`."""
    return latest_due(now) + timedelta(days=1)


def is_overdue(last_started: datetime | None, now: datetime) -> bool:
    """Tell whether a night was missed: nothing that counts has started since the last 04:17."""
    return last_started is None or last_started < latest_due(now)


def recorded(database: Path, search: str) -> list[tuple[datetime, datetime | None, int]]:
    """Return start, end and exit code of a search's runs, newest first; a file that cannot be read counts as none."""
    code = "CAST(ifnull(exit_code, 1) AS INTEGER)"
    query = f"SELECT started_at, finished_at, {code} FROM runs WHERE search = ? ORDER BY started_at DESC, id DESC"
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(query, [search]).fetchall()
        return [(_time(began), _time(ended) if ended else None, code) for began, ended, code in rows]
    except (sqlite3.Error, TypeError, ValueError) as error:
        if database.exists():
            say(f"{database} cannot be read ({error}); taken as if no run were recorded.")
        return []


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(BERLIN)


def night(database: Path, search: str, now: datetime) -> tuple[bool, str]:
    """Tell whether the last 04:17 is still to be done (a run broken off does not count), and what is recorded."""
    runs = recorded(database, search)
    done = next((began for began, ended, code in runs if ended and code not in INTERRUPTED), None)
    late = is_overdue(done, now)
    last = "no run is recorded"
    if runs:
        began, ended, code = runs[0]
        last = f"last run {moment(began)}, {result(ended - began, code) if ended else 'not finished'}"
        if done and done != began:
            last += f"; last to its end {moment(done)}"
    return late, f"{search}: {last}; {f'due at once (the night of {moment(latest_due(now))})' if late else 'not due'}."


class Crawls:
    """Runs crawls as subprocesses, one after the other, until it is stopped."""

    def __init__(self, command: Sequence[str], *, once: bool) -> None:
        self.command, self.once = [*command], once
        self.child: subprocess.Popen[bytes] | None = None
        self.stopping, self.lock = False, Lock()

    def run(self, spiders: Sequence[str]) -> int:
        """Run the spiders; return the first exit code that is not 0."""
        return next(filter(None, [self._crawl(spider) for spider in spiders]), 0)

    def _crawl(self, spider: str) -> int:
        began, clock = datetime.now(BERLIN), time.monotonic()
        with self.lock:
            if self.stopping:
                return 0
            try:  # in a session of its own: Ctrl-C reaches it once, through us
                self.child = subprocess.Popen([*self.command, spider], cwd=ROOT, start_new_session=True)  # noqa: S603
            except OSError as error:
                say(f"{spider}: {self.command[0]} cannot be started ({error.strerror}).")
                return 1
        code = self.child.wait()
        after = "no further run (--once)" if self.once else f"next run {moment(next_due(began))}"
        took = timedelta(seconds=time.monotonic() - clock)
        say(f"{spider}: started {moment(began)}, {result(took, code)}; {'stopping' if self.stopping else after}.")
        return code if code >= 0 else 128 - code

    def stop(self, patience: Sequence[float] = PATIENCE) -> None:
        """Start no more crawls and end the running one: SIGTERM, SIGTERM again, kill."""
        with self.lock:
            self.stopping = True
        if self.child is None or self.child.poll() is not None:
            return
        for seconds in patience:
            say(f"Stopping: the running crawl has {seconds:.0f} seconds to store what it has.")
            self.child.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.child.wait(seconds)
                return
        self.child.kill()


def keep(crawls: Crawls, at_once: Sequence[str], nightly: Sequence[str], now: datetime) -> int:
    """Run `at_once` now and `nightly` each night, until a signal (or the end, where there is no `nightly`)."""
    ends: SimpleQueue[int] = SimpleQueue()  # exit codes; a signal handler may use nothing more complicated
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup stays nohup
            signal.signal(number, lambda signum, _: ends.put(128 + signum))
    # One worker, so a night that falls due during the first run waits for its turn.
    late = {"coalesce": True, "max_instances": 1, "misfire_grace_time": LATEST}
    scheduler = BackgroundScheduler(timezone=BERLIN, executors={"default": ThreadPoolExecutor(1)}, job_defaults=late)
    if at_once:
        scheduler.add_job(crawls.run if nightly else lambda spiders: ends.put(crawls.run(spiders)), args=[at_once])
    if nightly:  # the first is counted from the same `now` as what was missed, so that no night falls between the two
        scheduler.add_job(crawls.run, NIGHTLY, [nightly], next_run_time=next_due(now))
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
    parser.add_argument("spiders", nargs="*", default=["dortmund_itleiter"], help="default: dortmund_itleiter")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--now", action="store_true", help="run at once, then keep to the schedule")
    how.add_argument("--once", action="store_true", help="run once now and exit with the crawl's exit code")
    how.add_argument("--list", action="store_true", help="print what would run when, and what ran last")
    crawl = shlex.join([sys.executable, "-m", "scrapy", "crawl"])
    parser.add_argument("--command", default=crawl, help=argparse.SUPPRESS)  # for tests: what to run instead
    options = parser.parse_args()
    spiders, now = options.spiders, datetime.now(BERLIN)
    crawls = Crawls(shlex.split(options.command), once=options.once)
    if options.once:
        return keep(crawls, spiders, [], now)
    database = ROOT / (os.environ.get("STELLWERK_JOBS_DB") or "data/jobs.db")
    nights = {spider: night(database, spider, now) for spider in spiders}
    if options.list:
        print(f"Every night at 04:17 Europe/Berlin: {', '.join(spiders)}")
        print(*(f"  {moment(next_due(now) + timedelta(days=day))}" for day in range(3)), sep="\n")
        print(f"Recorded in {database}:", *(record for _, record in nights.values()), sep="\n  ")
        return 0
    at_once = [spider for spider in spiders if options.now or nights[spider][0]]
    for _, record in nights.values():
        say(record)
    say(f"Running now: {', '.join(at_once) or 'nothing'}; next run {moment(next_due(now))}.")
    return keep(crawls, at_once, spiders, now)


if __name__ == "__main__":
    sys.exit(main())
