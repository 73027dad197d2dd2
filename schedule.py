"""Runs the searches every night at 04:17 German time, each run a process of its own; catches up a missed night once."""

import argparse
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, MINUTE = 4, 17  # outside 02:00-03:00, which comes twice on one night of the year and not at all on another
GRACE = timedelta(hours=12)  # APScheduler's own is one second: a laptop that wakes late would drop the night
TERM_SECONDS, KILL_SECONDS = 60, 30  # a crawl asked to stop gets so long, then is asked again, then is killed
ROOT = Path(__file__).resolve().parent

# What the exit codes of `scrapy crawl` mean (docs in README), and what happens next.
CODES = {
    0: "complete",
    1: "stopped by a bug of ours; what was committed is kept, the next night tries again",
    2: "wrong arguments or settings; nothing was done, and nothing will be until they are mended",
    3: "part of it was not delivered; the rest is stored, nothing was closed on its word, the next night tries again",
    4: "no source delivered; nothing was changed, the next night tries again",
    5: "the database could not be written; free it or the disk",
    6: "skipped: another crawl is running",
    7: "the computer's clock cannot be right; nothing was done",
    130: "interrupted; what was committed is kept",
    143: "stopped; what was committed is kept",
}

logger = logging.getLogger("schedule")


def latest_due(now: datetime) -> datetime:
    """Return the last 04:17 German time at or before `now` (aware), in UTC.

    >>> latest_due(datetime(2026, 11, 25, 3, 16, tzinfo=UTC)).isoformat()
    '2026-11-24T03:17:00+00:00'
    """
    due = now.astimezone(BERLIN).replace(hour=HOUR, minute=MINUTE, second=0, microsecond=0)
    if due > now:
        due = (due - timedelta(days=1)).replace(hour=HOUR, minute=MINUTE)  # wall clock: the offset may differ
    return due.astimezone(UTC)


def is_overdue(last_started: datetime | None, now: datetime) -> bool:
    """Tell whether the latest 04:17 has had no finished run; however many nights were missed, that is one run."""
    return last_started is None or last_started < latest_due(now)


def last_finished(jobs_db: Path, search: str) -> tuple[datetime, int] | None:
    """Return start and exit code of the last run of a search that reached its end; None where none is recorded."""
    if not jobs_db.exists():
        return None
    try:
        connection = sqlite3.connect(f"{jobs_db.resolve().as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            row = connection.execute(
                "SELECT started_at, exit_code FROM runs WHERE finished_at IS NOT NULL AND search = ?"
                " ORDER BY started_at DESC LIMIT 1",
                [search],
            ).fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        logger.warning("%s cannot be read (%s): taken as never run", jobs_db, error)
        return None
    return (datetime.fromisoformat(row[0]), int(row[1])) if row else None


class Nights:
    """The searches, run one after the other, never twice at a time."""

    def __init__(self, spiders: Sequence[str], command: Sequence[str]) -> None:
        self.spiders = spiders
        self.command = command
        self.child: subprocess.Popen[bytes] | None = None
        self.signal: int | None = None
        self.running = threading.Lock()

    def run(self) -> int:
        """Run every search once; return the largest exit code. A night still running is not started again."""
        if not self.running.acquire(blocking=False):
            logger.info("the night before is still running: skipped")
            return 6
        try:
            return max(self._crawl(spider) for spider in self.spiders)
        finally:
            self.running.release()

    def _crawl(self, spider: str) -> int:
        if self.signal:
            return 128 + self.signal
        started = time.monotonic()
        logger.info("%s: started", spider)
        self.child = subprocess.Popen([*self.command, spider], cwd=ROOT)  # noqa: S603 - our own command
        if self.signal:  # it came between the question above and the start
            self.child.send_signal(signal.SIGTERM)
        code = self.child.wait()
        self.child = None
        code = 128 - code if code < 0 else code
        minutes, seconds = divmod(round(time.monotonic() - started), 60)
        logger.info(
            "%s: exit code %s after %s min %02d s: %s", spider, code, minutes, seconds, CODES.get(code, "unknown")
        )
        return code

    def stop(self, signum: int) -> None:
        """Ask the running crawl to stop; ask again after a minute, kill it half a minute later. Returns at once."""
        self.signal = signum
        if self.child:
            self.child.send_signal(signal.SIGTERM)
            threading.Thread(target=self._insist, args=[self.child], daemon=True).start()

    def _insist(self, child: subprocess.Popen[bytes]) -> None:
        for seconds, harder in ((TERM_SECONDS, child.terminate), (KILL_SECONDS, child.kill)):
            try:
                child.wait(seconds)
            except subprocess.TimeoutExpired:
                harder()


def show(spiders: Sequence[str], jobs_db: Path, now: datetime) -> None:
    """Print what would run when, and what ran last."""
    trigger = CronTrigger(hour=HOUR, minute=MINUTE, timezone=BERLIN)
    due, previous = [], None
    for _ in range(3):
        previous = trigger.get_next_fire_time(previous, previous + timedelta(seconds=1) if previous else now)
        due.append(f"{previous:%Y-%m-%d %H:%M %Z}" if previous else "never")
    for spider in spiders:
        last = last_finished(jobs_db, spider)
        print(f"{spider}: next {', '.join(due)} (German time)")
        if last:
            started, code = last
            when = started.astimezone(BERLIN)
            print(f"  last run {when:%Y-%m-%d %H:%M %Z}, exit code {code}: {CODES.get(code, 'unknown')}")
        print(
            "  would run at once: no run since the last 04:17"
            if is_overdue(last[0] if last else None, now)
            else "  up to date"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the crawl's exit code with --once, 0 with --list, 143 or 130 when stopped."""
    parser = argparse.ArgumentParser(prog="schedule.py", description=__doc__)
    parser.add_argument("spiders", nargs="*", default=["dortmund_itleiter"], help="default: dortmund_itleiter")
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--now", action="store_true", help="run at once, then keep to the schedule")
    modes.add_argument("--once", action="store_true", help="run once, and exit with the crawl's exit code")
    modes.add_argument("--list", action="store_true", help="say what would run when, and what ran last")
    parser.add_argument("--command", nargs="+", help=argparse.SUPPRESS)  # for the tests: another crawl
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    jobs_db = Path(os.environ.get("STELLWERK_JOBS_DB", ROOT / "data" / "jobs.db"))
    now = datetime.now(UTC)
    if options.list:
        show(options.spiders, jobs_db, now)
        return 0

    nights = Nights(options.spiders, options.command or [sys.executable, "-m", "scrapy", "crawl"])
    scheduler = BlockingScheduler(timezone=BERLIN)

    def stop(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's form
        logger.info("asked to stop: ending the crawl, if one is running")
        nights.stop(signum)
        if scheduler.running:
            threading.Thread(target=scheduler.shutdown, daemon=True).start()  # it waits for the night to end

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if options.once:
        return nights.run()
    missed = [each for each in options.spiders if is_overdue(_start_of(last_finished(jobs_db, each)), now)]
    if missed and not options.now:
        logger.info(
            "no run of %s since %s: catching up now, once",
            ", ".join(missed),
            f"{latest_due(now).astimezone(BERLIN):%Y-%m-%d %H:%M}",
        )
    scheduler.add_job(
        nights.run, "cron", hour=HOUR, minute=MINUTE, id="night", coalesce=True, max_instances=1,
        misfire_grace_time=int(GRACE.total_seconds()),
        **({"next_run_time": datetime.now(BERLIN)} if options.now or missed else {}),
    )  # fmt: skip
    logger.info("waiting for 04:17 German time, every night; Ctrl-C ends it")
    scheduler.start()
    return 128 + nights.signal if nights.signal else 0


def _start_of(run: tuple[datetime, int] | None) -> datetime | None:
    return run[0] if run else None


if __name__ == "__main__":
    sys.exit(main())
