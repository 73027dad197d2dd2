"""A crawl that is killed at any moment loses nothing: the next one ends where an undisturbed one would have."""

import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.adverts import small_world
from tests.conftest import ROOT
from tests.sources_on_loopback import AgencyServer

# All that a night says of jobs and adverts; the log of runs tells of the kill, of course.
TABLES = (
    "jobs", "job_places", "job_texts", "job_skills", "job_evidence", "postings", "merges", "links", "readings",
    "filtered", "quarantine",
)  # fmt: skip


def crawl(server: AgencyServer, folder: Path) -> subprocess.Popen[bytes]:
    """Start a night over the files of a folder."""
    environment = os.environ | {
        "STELLWERK_JOBS_DB": str(folder / "jobs.db"), "STELLWERK_RAW_DB": str(folder / "private" / "raw.db"),
        "STELLWERK_CONTACT": "tests@stellwerk.example",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "dortmund_itleiter", "-a", "kinds=arbeitsagentur", "-s", "PACE=0",
         "-s", f"ORIGINS={server.origins}"],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def dump(folder: Path) -> str:
    """Return all that TABLES hold, sorted: equal dumps, equal content. Of a moment the day counts: runs start apart."""
    connection = sqlite3.connect(folder / "jobs.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        whole = "\n".join(
            line
            for table in TABLES
            for line in [table, *sorted(map(repr, connection.execute(_told(connection, table)).fetchall()))]
        )
        return re.sub(r"T[0-9:.]{8,15}\+00:00", "", whole)
    finally:
        connection.close()


def _told(connection: sqlite3.Connection, table: str) -> str:
    """Return what to ask for; the number of a job in the full-text index is the order in which they came."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "search_id"]
    return f"SELECT {', '.join(f'''`{each}`''' for each in columns)} FROM {table}"


def wanted(folder: Path, status: str = "open") -> list[str]:
    """Return the ids of the adverts of that status."""
    connection = sqlite3.connect(folder / "jobs.db")
    try:
        ids = connection.execute("SELECT source_id FROM postings WHERE status = ? ORDER BY 1", [status])
        return [row[0] for row in ids]
    finally:
        connection.close()


def prove(kills: int = 200, *, seed: int = 1, tell: Callable[[str], object] = str) -> str:
    """Kill so many crawls at random moments and resume each; returns the figure, raises AssertionError.

    Every other one is a second night, in which some adverts are gone and some are new.
    """
    moments = random.Random(seed)  # noqa: S311 - no secret, only moments
    adverts = small_world()
    killed = begun = 0
    with tempfile.TemporaryDirectory() as name, AgencyServer(adverts[4:], latency=0.004) as server:
        folder = Path(name)
        start = time.monotonic()
        assert crawl(server, folder / "first").wait(120) == 0
        took = time.monotonic() - start
        expected = {1: dump(folder / "first")}
        shutil.copytree(folder / "first", folder / "second")
        gone = wanted(folder / "first")[:2]
        later = [each for each in adverts if each["referenznummer"] not in gone]
        server.replace(later)
        assert crawl(server, folder / "second").wait(120) == 0
        expected[0] = dump(folder / "second")
        assert wanted(folder / "second", "closed") == gone, "the second night must close what has gone"
        number = 0
        while killed < kills:
            number += 1
            place = folder / "killed"
            server.replace(adverts[4:] if number % 2 else later)
            if not number % 2:
                shutil.copytree(folder / "first", place)
            process = crawl(server, place)
            time.sleep(moments.uniform(0.2 * took, 0.9 * took))
            begun += (place / "jobs.db").exists()
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                killed += 1
            process.wait(60)
            code = crawl(server, place).wait(120)
            assert code == 0, f"kill {number}: the next crawl ended with {code}"
            assert dump(place) == expected[number % 2], f"kill {number}: the next crawl ended elsewhere"
            shutil.rmtree(place)
            if number % 10 == 0:
                tell(f"{number} crawls, {killed} of {kills} killed while they ran, {begun} with the file open")
    figure = f"{killed} kill -9 ({begun} with the file open), half of them in a second night: 0 lost, 0 doubled"
    return f"{figure}, 0 wrongly closed; each next crawl ended like an undisturbed one"


if __name__ == "__main__":
    print(prove(int(sys.argv[1]) if len(sys.argv) > 1 else 200, tell=lambda line: print(line, flush=True)))
