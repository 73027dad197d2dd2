"""A run that is broken off goes on where it stopped: what had been read to its end is not asked again."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import ROOT, scrapy
from tests.market_on_loopback import MarketServer
from tests.promises.kills import dump
from tests.sources_on_loopback import slow

AGENCY = "rest.arbeitsagentur.de"
OTHERS = 18  # boards of the market that a search reads, without the agency
READ = "SELECT board FROM run_boards WHERE run_id = 1 AND certified ORDER BY board"


def stated(folder: Path, server: MarketServer) -> dict[str, str]:
    return {
        "STELLWERK_BOARDS_FILE": str(folder.parent / "boards.csv"), "STELLWERK_CONTACT": "tests@stellwerk.example",
        "STELLWERK_PACE": "0", "STELLWERK_ORIGINS": server.origins,
    }  # fmt: skip


def broken_off(folder: Path, server: MarketServer, number: signal.Signals) -> list[str]:
    """Begin a night in which the agency does not answer, end it when all others have been read; return these."""
    server.fault(lambda request: request.host == AGENCY and "/jobs" in request.path, slow(40))
    files = {"STELLWERK_JOBS_DB": str(folder / "jobs.db"), "STELLWERK_RAW_DB": str(folder / "private" / "raw.db")}
    crawling = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "dortmund_itleiter"], cwd=ROOT,
        env=os.environ | files | stated(folder, server), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    read: list[str] = []
    until = time.monotonic() + 60
    while len(read) < OTHERS and time.monotonic() < until:
        time.sleep(0.2)
        if (folder / "jobs.db").exists():
            with closing(sqlite3.connect(folder / "jobs.db")) as connection:
                read = [row[0] for row in connection.execute(READ)]
    crawling.send_signal(number)
    if number == signal.SIGINT:
        time.sleep(0.5)
        crawling.send_signal(number)  # the second one does not wait for the agency
    crawling.wait(60)
    server.forget_faults()
    return read


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_only_what_is_left_is_asked_and_the_end_is_that_of_an_undisturbed_run(
    tmp_path: Path, server: MarketServer, number: signal.Signals
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    alone = scrapy(one, "crawl", "dortmund_itleiter", COLUMNS="160", **stated(one, server))
    assert alone.returncode == 0, alone.stderr
    read = broken_off(other, server, number)
    assert len(read) == OTHERS
    server.forget_requests()

    after = scrapy(other, "crawl", "dortmund_itleiter", COLUMNS="160", **stated(other, server))

    assert after.returncode == 0, after.stderr
    assert {request.host for request in server.requests} == {AGENCY}
    assert f"{len(read)} boards were read to their end by the run before, which was broken off" in after.stderr
    assert dump(other) == dump(one)
    assert after.stdout.splitlines()[-3:-1] == alone.stdout.splitlines()[-3:-1]  # all boards are told, and counted


def test_who_wants_all_asked_again_says_so(tmp_path: Path, server: MarketServer) -> None:
    folder = tmp_path / "a"
    broken_off(folder, server, signal.SIGKILL)
    server.forget_requests()

    after = scrapy(folder, "crawl", "dortmund_itleiter", "-a", "anew=yes", **stated(folder, server))

    assert after.returncode == 0, after.stderr
    assert len({request.host for request in server.requests}) > OTHERS / 2
    assert "which was broken off" not in after.stderr
