"""Past one machine: shards of a search as tasks of Dramatiq over Redis; their bundles come by a stream to one writer.

A task that was handed out and whose worker dies is handed out again (at least once). A bundle is on the writer's disk
before it is acknowledged, and one that comes twice lies under the same name (once in effect). Needs `uv sync --extra
cluster`; REDIS_URL says where Redis or Valkey is, the same for all.
"""

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker

from pipelines.bundles import ENDING

ROOT = Path(__file__).resolve().parent.parent
URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
HEARTBEAT = int(os.environ.get("STELLWERK_HEARTBEAT", "60"))  # seconds without a sign after which a worker is dead
LONGEST = 20 * 3600  # seconds that a shard may take: Dramatiq's own limit of ten minutes would end a night
GROUP = "writer"
_PR_SET_PDEATHSIG = 1  # Linux: prctl(2)

dramatiq.set_broker(
    RedisBroker(  # type: ignore[no-untyped-call]
        url=URL,
        namespace="stellwerk",
        heartbeat_timeout=HEARTBEAT * 1000,
        maintenance_chance=100_000,  # of a million: what dead workers held is looked for at every tenth command
    )
)


class ShardError(Exception):
    """A crawl left no bundle; Dramatiq hands the task out again."""


def connection() -> redis.Redis:
    """Return a connection to the Redis that all share."""
    return redis.Redis.from_url(URL, socket_timeout=30, health_check_interval=10)


def asked(night: str) -> str:
    """Return the name of the set of shards that have been handed out."""
    return f"stellwerk:asked:{night}"


def came(night: str) -> str:
    """Return the name of the set of shards whose bundles have been sent: a task handed out again need not be done."""
    return f"stellwerk:came:{night}"


def stream(night: str) -> str:
    """Return the name of the stream in which the bundles of a night come."""
    return f"stellwerk:bundles:{night}"


@dramatiq.actor(queue_name="shards", max_retries=5, min_backoff=2_000, max_backoff=60_000, time_limit=LONGEST * 1000)
def crawl_shard(night: str, shard: str, words: list[str]) -> None:
    """Read one shard and send its bundle; `words` stand behind `scrapy crawl`."""
    if connection().sismember(came(night), shard):
        return
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / f"shard{ENDING}"
        command = [sys.executable, "-m", "scrapy", "crawl", *words, "-a", f"shard={shard}", "-s", f"BUNDLE={bundle}"]
        # A worker that is killed takes its crawl along: else its hosts would be asked by two.
        done = subprocess.run(command, cwd=ROOT, check=False, preexec_fn=_die_with_the_worker)  # noqa: S603
        if not bundle.is_file():
            raise ShardError(f"shard {shard} of {night} ended with exit code {done.returncode} and left no bundle")
        both = connection().pipeline(transaction=True)
        both.xadd(stream(night), {"shard": shard, "bundle": bundle.read_bytes()})
        both.sadd(came(night), shard)
        both.execute()


def _die_with_the_worker() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
