"""`scrapy cluster`: a night by several workers, on one machine or many, and one writer."""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.utils.conf import arglist_to_dict

from pipelines import dates
from pipelines.bundles import ENDING
from pipelines.files import StorageError, locked, replacing, synced

ROOT = Path(__file__).resolve().parent.parent.parent
MISSING = "scrapy cluster: Dramatiq is not installed here: uv sync --extra cluster"
LOOK = 2  # seconds between two looks at a stream that says nothing, or at a Redis that is away


class Command(ScrapyCommand):
    """Exit codes as of `scrapy crawl`; 2 also where Dramatiq is not installed, 6 where another writer is at it."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What stands behind `scrapy cluster`."""
        return "night <spider> [-a NAME=VALUE] [--shards 16] | work [--processes 2]"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "Read a night in shards by several workers (Redis), and store it by one writer"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add what the two forms need."""
        super().add_options(parser)
        parser.add_argument("-a", dest="spargs", action="append", default=[], metavar="NAME=VALUE",
                            help="an argument of the spider")  # fmt: skip
        parser.add_argument("--shards", type=int, default=4,
                            help="parts; a hundred boards and more in each pay off (default: 4)")  # fmt: skip
        parser.add_argument("--processes", type=int, default=2, help="workers of this machine (default: 2)")
        parser.add_argument("--patience", type=float, default=6 * 3600,
                            help="seconds to wait for shards; what is missing then counts as not read")  # fmt: skip

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do one of the two."""
        try:
            from crawler import cluster  # noqa: PLC0415 - an extra
        except ImportError:
            print(MISSING, file=sys.stderr)
            self.exitcode = 2
            return
        if args == ["work"]:
            command = [sys.executable, "-m", "dramatiq", "crawler.cluster", "-p", str(opts.processes), "-t", "1"]
            os.chdir(ROOT)
            os.execv(sys.executable, command)  # noqa: S606 - our own interpreter: signals and exit code are Dramatiq's
        if len(args) != 2 or args[0] != "night" or opts.shards < 1:
            raise UsageError(f"scrapy cluster {self.syntax()}")
        try:
            arglist_to_dict(opts.spargs)
        except ValueError:
            raise UsageError("an argument of the spider is -a NAME=VALUE") from None
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        words = [args[1], *(part for each in opts.spargs for part in ("-a", each))]
        self.exitcode = _night(cluster, Path(self.settings["RAW_DB"]).parent, words, opts.shards, opts.patience)


def _night(cluster: Any, private: Path, words: list[str], shards: int, patience: float) -> int:
    """Hand out the shards, gather their bundles, store them; returns the exit code of the crawl that stores."""
    mark = hashlib.blake2b(repr((words, shards)).encode(), digest_size=6).hexdigest()
    night = f"{dates.night(datetime.now(UTC))}-{words[0]}-{mark}"
    folder = private / "bundles" / night
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with locked(folder):
            return _stored(cluster, night, folder, words, shards, patience)
    except StorageError as error:
        print(f"scrapy cluster: {error}", file=sys.stderr)
        return error.exit_code


def _stored(cluster: Any, night: str, folder: Path, words: list[str], shards: int, patience: float) -> int:
    names = {f"{number}/{shards}": folder / f"{number}-of-{shards}{ENDING}" for number in range(1, shards + 1)}
    until = time.monotonic() + patience
    asked = False
    while missing := [shard for shard, path in names.items() if not path.is_file()]:
        if time.monotonic() > until:
            print(f"{len(missing)} of {shards} shards have not come; their boards count as not read.", file=sys.stderr)
            break
        try:
            asked = asked or _hand_out(cluster, night, missing, words)
            _gather(cluster, night, names)
        except cluster.redis.RedisError as error:
            print(f"Redis at {cluster.URL.rpartition('@')[2]} is away ({error}); waiting.", file=sys.stderr)
            asked = False  # it may come back without what it knew; what was handed out twice has the effect of once
            time.sleep(LOOK)
    stored = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "scrapy", "crawl", *words, "-a", f"bundles={folder}"], cwd=ROOT, check=False
    )
    if stored.returncode in (0, 3, 4):
        shutil.rmtree(folder, ignore_errors=True)
        _forget(cluster, night)
    return stored.returncode


def _hand_out(cluster: Any, night: str, missing: list[str], words: list[str]) -> bool:
    """Queue each shard that was not queued yet, first and then noted: killed in between, it is queued twice."""
    known = cluster.connection()
    for shard in missing:
        if not known.sismember(cluster.asked(night), shard):
            cluster.crawl_shard.send(night, shard, words)
            known.sadd(cluster.asked(night), shard)
    return True


def _gather(cluster: Any, night: str, names: dict[str, Path]) -> None:
    """Put the bundles that have come on this disk; only then does the stream forget them."""
    known, stream = cluster.connection(), cluster.stream(night)
    with suppress(cluster.redis.ResponseError):  # it is there
        known.xgroup_create(stream, cluster.GROUP, id="0", mkstream=True)
    for start in ("0", ">"):  # what an earlier writer took and did not acknowledge, then what is new
        block = None if start == "0" else LOOK * 1000
        for _, entries in known.xreadgroup(cluster.GROUP, "one", {stream: start}, count=4, block=block) or ():
            for number, content in entries:
                path = names.get(content.get(b"shard", b"").decode())
                if path is not None:
                    with replacing(path) as part:
                        part.write_bytes(content[b"bundle"])
                    synced(path.parent)
                known.xack(stream, cluster.GROUP, number)
                known.xdel(stream, number)


def _forget(cluster: Any, night: str) -> None:
    try:
        cluster.connection().delete(cluster.stream(night), cluster.came(night), cluster.asked(night))
    except cluster.redis.RedisError as error:
        print(f"Redis keeps what it knew of {night} ({error}); it does no harm.", file=sys.stderr)
