"""A night by several workers over a real Redis, with kills: the end is what one machine makes."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis

from tests.adverts import small_world
from tests.conftest import ROOT
from tests.market_on_loopback import MarketServer, all_boards
from tests.promises.kills import dump
from tests.test_shards import crawl

SERVER = shutil.which("redis-server") or shutil.which("valkey-server")
pytestmark = pytest.mark.skipif(SERVER is None, reason="no Redis on this machine: apt-get install redis-server")
SHARDS = "5"


@dataclass
class Cluster:
    """A Redis that writes down what it holds, and programs that work with it."""

    folder: Path
    port: int
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    server: subprocess.Popen[bytes] | None = None

    def serve(self) -> None:
        assert SERVER is not None
        self.server = self._start(
            [SERVER, "--port", str(self.port), "--dir", str(self.folder), "--appendonly", "yes",
             "--appendfsync", "always", "--save", "", "--bind", "127.0.0.1"]
        )  # fmt: skip
        self.until(lambda: redis.Redis(port=self.port, socket_connect_timeout=0.2).ping())

    def work(self) -> subprocess.Popen[bytes]:
        return self._start([sys.executable, "-m", "scrapy", "cluster", "work", "--processes", "2"])

    def night(self, *words: str) -> subprocess.Popen[bytes]:
        return self._start(
            [
                sys.executable,
                "-m",
                "scrapy",
                "cluster",
                "night",
                "dortmund_itleiter",
                "--shards",
                SHARDS,
                "--patience",
                "120",
                *words,
            ]
        )

    def crawls(self) -> list[int]:
        """Return the processes that read a shard just now."""
        command = ["pgrep", "-f", f"shard=[0-9]/{SHARDS} -s BUNDLE"]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        return [int(each) for each in found.stdout.split()]

    def bundles(self) -> int:
        return len([*(self.folder / "private" / "bundles").rglob("*.bundle.gz")])

    def until(self, holds: Callable[[], object], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if holds():
                    return
            except redis.RedisError:
                pass
            time.sleep(0.02)
        pytest.fail("it did not come to pass")

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.started.append(process)
        return process

    environment: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MarketServer]:
    with MarketServer(small_world(), all_boards(), latency=0.01) as playing:
        playing.board_rows(tmp_path / "boards.csv")
        yield playing


@pytest.fixture
def cluster(tmp_path: Path, server: MarketServer) -> Iterator[Cluster]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path / "cluster"
    folder.mkdir()
    made = Cluster(folder, port)
    made.environment = {
        "REDIS_URL": f"redis://127.0.0.1:{port}/0", "STELLWERK_HEARTBEAT": "3", "STELLWERK_PACE": "0",
        "STELLWERK_JOBS_DB": str(folder / "jobs.db"), "STELLWERK_RAW_DB": str(folder / "private" / "raw.db"),
        "STELLWERK_BOARDS_FILE": str(tmp_path / "boards.csv"), "STELLWERK_CONTACT": "tests@stellwerk.example",
        "STELLWERK_ORIGINS": server.origins,
    }  # fmt: skip
    made.serve()
    yield made
    for process in reversed(made.started):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def test_several_workers_end_where_one_machine_ends(tmp_path: Path, server: MarketServer, cluster: Cluster) -> None:
    assert crawl(tmp_path / "one", server).returncode == 0
    cluster.work()

    assert cluster.night().wait(120) == 0
    assert dump(cluster.folder) == dump(tmp_path / "one")
    assert cluster.bundles() == 0
    left = redis.Redis(port=cluster.port).keys("stellwerk:*:20*")
    assert left == []


def test_workers_redis_and_the_writer_are_killed_and_a_task_is_doubled(
    tmp_path: Path, server: MarketServer, cluster: Cluster
) -> None:
    assert crawl(tmp_path / "one", server).returncode == 0
    server.forget_requests()
    first = cluster.work()
    writer = cluster.night()

    cluster.until(lambda: len(server.requests) > 20)  # in the middle of a shard
    os.killpg(first.pid, signal.SIGKILL)  # workers, and with them their crawls
    cluster.until(lambda: not cluster.crawls())
    assert cluster.server is not None
    cluster.server.kill()
    cluster.server.wait(10)
    cluster.serve()
    cluster.work()
    cluster.until(lambda: cluster.bundles() >= 1)
    writer.kill()
    again = cluster.night()
    more = cluster.night()  # two writers of one night: a person was impatient
    codes = sorted([again.wait(120), more.wait(120)])

    assert codes == [0, 6]
    assert dump(cluster.folder) == dump(tmp_path / "one")


def test_four_workers_are_killed_again_and_again(tmp_path: Path, server: MarketServer, cluster: Cluster) -> None:
    assert crawl(tmp_path / "one", server).returncode == 0
    server.forget_requests()
    pairs = [cluster.work(), cluster.work()]  # of two processes each
    writer = cluster.night()

    for kill in range(6):
        asked = len(server.requests)
        cluster.until(lambda asked=asked: len(server.requests) > asked + 5 or writer.poll() is not None)  # type: ignore[misc]
        os.killpg(pairs[kill % 2].pid, signal.SIGKILL)  # with the crawls that it has begun
        pairs[kill % 2].wait(10)
        pairs[kill % 2] = cluster.work()

    assert writer.wait(120) == 0
    assert dump(cluster.folder) == dump(tmp_path / "one")


def test_without_dramatiq_it_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "dramatiq.py").write_text("raise ImportError")
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "cluster", "work"], cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (
        2,
        "scrapy cluster: Dramatiq is not installed here: uv sync --extra cluster\n",
    )
