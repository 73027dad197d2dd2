"""What the end-to-end tests share: running the real `scrapy crawl` against a local server, and its databases."""

import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.adverts import small_world
from tests.market_on_loopback import MarketServer, all_boards
from tests.sources_on_loopback import AgencyServer, LoopbackServer

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _alone_or_beside_others(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let a test that is marked `alone` wait until no other runs, and the others until it has ended.

    Who waits for the second lock holds the first, so that nobody overtakes.
    """
    folder = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):  # each worker has a folder of its own within that of the whole run
        folder = folder.parent
    with (folder / "queue").open("w") as queue, (folder / "running").open("w") as running:
        fcntl.flock(queue, fcntl.LOCK_EX)
        fcntl.flock(running, fcntl.LOCK_EX if request.node.get_closest_marker("alone") else fcntl.LOCK_SH)
        fcntl.flock(queue, fcntl.LOCK_UN)
        yield


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MarketServer]:
    """Play the agency and a board of every kind; boards.csv in the test's folder names them."""
    with MarketServer(small_world(), all_boards()) as playing:
        playing.board_rows(tmp_path / "boards.csv")
        yield playing


@dataclass(frozen=True, slots=True)
class Crawl:
    """What a crawl left behind."""

    exit_code: int
    out: str
    err: str
    jobs_db: Path

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database."""
        with sqlite3.connect(self.jobs_db) as connection:
            found = connection.execute(query).fetchall()
        connection.close()
        return found

    def board(self) -> dict[str, Any]:
        """Return the row of run_boards that the last run wrote."""
        with sqlite3.connect(self.jobs_db) as connection:
            connection.row_factory = sqlite3.Row
            row = connection.execute("SELECT * FROM run_boards ORDER BY run_id DESC LIMIT 1").fetchone()
        connection.close()
        return dict(row)

    def dump(self) -> str:
        """Return the whole database as SQL, but for the log of runs: equal dumps, equal content."""
        with sqlite3.connect(self.jobs_db) as connection:
            lines = [each for each in connection.iterdump() if not any(word in each for word in _LOG)]
        connection.close()
        return "\n".join(sorted(lines))


def scrapy(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run another command of scrapy as a user would, over the databases in a folder."""
    stated = os.environ | {
        "STELLWERK_JOBS_DB": str(folder / "jobs.db"), "STELLWERK_RAW_DB": str(folder / "private" / "raw.db"),
    } | environment  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words], cwd=ROOT, env=stated, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


_LOG = ('INTO "run', 'INTO "briefs"', 'INTO "summaries"', "jobs_fts")
Crawler = Callable[..., Crawl]


@pytest.fixture
def crawl(tmp_path: Path) -> Crawler:
    """Run `scrapy crawl dortmund_itleiter` as a user would, into databases of this test."""

    def run(
        server: LoopbackServer | None, *arguments: str, spider: str = "dortmund_itleiter", pace: str = "0",
        contact: str = "tests@stellwerk.example",
    ) -> Crawl:  # fmt: skip
        jobs_db, boards = tmp_path / "jobs.db", tmp_path / "boards.csv"
        if not boards.exists():  # a test that wants employers' boards writes them there
            boards.write_text("kind,name,url,employer,city,sure,seen_working,source\n")
        command = [sys.executable, "-m", "scrapy", "crawl", spider, "-s", f"PACE={pace}", *arguments]
        if server:
            command += ["-s", f"ORIGINS={server.origins}"]
        if type(server) is AgencyServer and not any(each.startswith("kinds=") for each in arguments):
            command += ["-a", "kinds=arbeitsagentur"]  # nobody plays the other sources
        environment = os.environ | {
            "STELLWERK_JOBS_DB": str(jobs_db),
            "STELLWERK_RAW_DB": str(tmp_path / "private" / "raw.db"),
            "STELLWERK_BOARDS_FILE": str(boards),
            "STELLWERK_CONTACT": contact,
            "COLUMNS": "160",
        }
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        return Crawl(done.returncode, done.stdout, done.stderr, jobs_db)

    return run
