"""`scrapy reprocess`: all rules again over the stored adverts, without a request; says what would change, then asks."""

import argparse
import itertools
import json
import multiprocessing
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand

from crawler.boards import Board, BoardsError
from crawler.searches import SearchError
from crawler.sources import SOURCES
from crawler.spiders.job_search import UNREADABLE, JobSearchSpider
from pipelines import dates, normalise
from pipelines.files import StorageError
from pipelines.items import RawPosting, Rejection
from pipelines.storage import Difference, Reading, Storage, Stored, differences

SHOWN = 8  # examples of each sort of difference
FEW = 2_000  # adverts that are not worth the start of further processes
SLAB, CHUNK = 2_000, 50  # adverts that are written at once; that a process is given at once


class Command(ScrapyCommand):
    """Exit code 0, 2 for a search that is wrong, 5 and 6 as `scrapy crawl`, 130 when ended by hand."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What stands behind `scrapy reprocess`."""
        return "[options]"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "Read the stored adverts again with today's rules, and say what would change"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the search, and the answer to the question."""
        super().add_options(parser)
        parser.add_argument("--role", default="it-leiter")
        parser.add_argument("--place", default="Dortmund", help="the centre of the search")
        parser.add_argument("--radius-km", type=float, default=50)
        parser.add_argument("--yes", action="store_true", help="change the file without asking")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Try all rules on a copy, show the differences, and take the copy over when told so."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        jobs_db, raw_db = Path(self.settings["JOBS_DB"]), Path(self.settings["RAW_DB"])
        copy = jobs_db.with_name("reprocess.db")
        try:
            spider = JobSearchSpider(
                role=opts.role, place=opts.place, radius_km=opts.radius_km,
                boards_file=self.settings["BOARDS_FILE"] or None,
            )  # fmt: skip
            if not jobs_db.exists():
                raise SearchError(f"{jobs_db} does not exist yet: run a crawl first")
            storage = Storage(jobs_db, raw_db)
        except (SearchError, BoardsError, StorageError) as error:
            print(f"scrapy reprocess: {error}")
            self.exitcode = error.exit_code if isinstance(error, StorageError) else 2
            return
        try:
            storage.copy_to(copy)
            count = self._try(copy, raw_db, spider)
            found = differences(jobs_db, copy)
            print(f"{count:,} stored adverts read again for {spider.search.name}.")
            show(found)
            if found and (opts.yes or self._agreed()):
                storage.take_over(copy)
                print(f"{jobs_db} is up to date with today's rules.")
            elif found:
                print("Nothing was changed. To change the file: ./run scrapy reprocess --yes")
        except StorageError as error:
            print(f"scrapy reprocess: {error}")
            self.exitcode = 5
        except KeyboardInterrupt:
            print(f"scrapy reprocess: ended before all were read. {jobs_db} is as it was.")
            self.exitcode = 130
        finally:
            storage.close()
            for path in copy.parent.glob(f"{copy.name}*"):
                path.unlink()

    def _agreed(self) -> bool:
        return sys.stdin.isatty() and input("Change the file so? [y/N] ").strip().lower() in {"y", "yes", "j", "ja"}

    def _try(self, copy: Path, raw_db: Path, spider: JobSearchSpider) -> int:
        night = dates.night(datetime.now(UTC))
        trial = Storage(copy, raw_db)
        try:
            count = 0
            stored = (each for each in trial.stored(spider.search.name) if each.board.partition(":")[0] in SOURCES)
            with readers(spider, date.fromisoformat(night), trial.stored_count()) as read:
                for readings in read(stored):
                    trial.reread(readings, night)
                    count += len(readings)
                    print(f"  {count:,} adverts read ...", file=sys.stderr)
            trial.group(trial.last_run(), night)
            trial.summarise(datetime.now(UTC))
        finally:
            trial.close()
        return count


# ---------------------------------------------------------------- reading again, on all cores

Readings = list[tuple[Stored, Reading | None]]
_again: Callable[[Stored], Reading | None]  # of a worker process


@contextmanager
def readers(
    spider: JobSearchSpider, today: date, expected: int
) -> Iterator[Callable[[Iterable[Stored]], Iterator[Readings]]]:
    """Yield what reads stored adverts again, slab by slab: on all cores where there are many, else in this process."""
    again = _reader(spider, today)
    if expected < FEW:
        yield lambda stored: ([(each, again(each)) for each in slab] for slab in _slabs(stored))
        return
    # Forked: what reads is there already, and need not be sent.
    with multiprocessing.get_context("fork").Pool(initializer=_begin_worker, initargs=(again,)) as pool:

        def read(stored: Iterable[Stored]) -> Iterator[Readings]:
            # One slab is read while the one before it is written; no more than two are held.
            waiting: tuple[list[Stored], Any] | None = None
            for slab in itertools.chain(_slabs(stored), ([],)):
                reading = (slab, pool.map_async(_again_in_worker, slab, chunksize=CHUNK))
                if waiting:
                    yield [*zip(waiting[0], waiting[1].get(), strict=True)]
                waiting = reading

        yield read


def _reader(spider: JobSearchSpider, today: date) -> Callable[[Stored], Reading | None]:
    known = {board.id: board for board in spider.boards}

    def again(advert: Stored) -> Reading | None:
        return read_again(advert, known.get(advert.board) or Board(*advert.board.split(":", 1)), spider, today)

    return again


def _begin_worker(again: Callable[[Stored], Reading | None]) -> None:
    global _again  # noqa: PLW0603 - what each process is given once, not with every advert
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the one that writes, which ends them all
    _again = again


def _again_in_worker(advert: Stored) -> Reading | None:
    return _again(advert)


def _slabs(stored: Iterable[Stored]) -> Iterator[list[Stored]]:
    stored = iter(stored)
    while slab := [*itertools.islice(stored, SLAB)]:
        yield slab


def read_again(advert: Stored, board: Board, spider: JobSearchSpider, today: date) -> Reading | None:
    """Map and normalise a stored advert as the crawl does; None when it still cannot be read."""
    payload: dict[str, Any] = json.loads(advert.payload)
    detail = payload.get("detail")
    try:
        posting = spider.mapped(board, payload["listed"], detail)
        raw = RawPosting(
            board=advert.board, source_id=advert.source_id, list_hash=advert.list_hash, posting=posting,
            detail=advert.detail,
        )  # fmt: skip
        if detail is None:
            has_page = SOURCES[board.kind].detail(payload["listed"]) is not None
            match, rejection = normalise.judge(
                replace(posting, may_be_elsewhere=False) if has_page else posting, spider.wanted
            )
            if match == "no":
                return raw, rejection
            if advert.fate != "posting" and has_page:
                return None  # wanted now, but its own page was never asked for: the next night does
        job = normalise.normalise(posting, spider.wanted, today)
    except UNREADABLE:
        return None
    if job.match == "no":
        return raw, Rejection(job.match_rule, job.match_reason, job.city, job.distance_km)
    return raw, job


def show(found: Iterable[Difference]) -> None:
    """Print the differences by sort, with a few examples of each."""
    found = list(found)
    if not found:
        print("Nothing would change.")
        return
    for what, count in sorted(Counter(each.what for each in found).items()):
        print(f"{what}: {count}")
        for each in [each for each in found if each.what == what][:SHOWN]:
            told = f": {each.old or 'nothing'} → {each.new or 'nothing'}" if each.old or each.new else ""
            print(f"  {each.job_id}  {each.title[:70]}{told}")
        if count > SHOWN:
            print(f"  … and {count - SHOWN} more")
