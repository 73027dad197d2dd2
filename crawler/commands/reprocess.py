"""`scrapy reprocess`: all rules again over the stored adverts, without a request; says what would change, then asks."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
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
from pipelines.items import Job, RawPosting, Rejection
from pipelines.storage import Difference, Storage, Stored, differences

SHOWN = 8  # examples of each sort of difference


class Command(ScrapyCommand):
    """Exit code 0, 2 for a search that is wrong, 5 and 6 as `scrapy crawl`."""

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
        finally:
            storage.close()
            for path in copy.parent.glob(f"{copy.name}*"):
                path.unlink()

    def _agreed(self) -> bool:
        return sys.stdin.isatty() and input("Change the file so? [y/N] ").strip().lower() in {"y", "yes", "j", "ja"}

    def _try(self, copy: Path, raw_db: Path, spider: JobSearchSpider) -> int:
        night = dates.night(datetime.now(UTC))
        boards = {board.id: board for board in spider.boards}
        trial = Storage(copy, raw_db)
        try:
            count = 0
            for advert in trial.stored(spider.search.name):
                kind, _, name = advert.board.partition(":")
                if kind not in SOURCES:
                    continue
                board = boards.get(advert.board) or Board(kind, name)
                trial.reread(advert, read_again(advert, board, spider, date.fromisoformat(night)), night)
                count += 1
                if count % 1000 == 0:
                    print(f"  {count:,} adverts read ...", file=sys.stderr)
            trial.group(trial.last_run(), night)
            trial.summarise(datetime.now(UTC))
        finally:
            trial.close()
        return count


def read_again(
    advert: Stored, board: Board, spider: JobSearchSpider, today: date
) -> tuple[RawPosting, Job] | tuple[RawPosting, Rejection] | None:
    """Map and normalise a stored advert as the crawl does; None when it still cannot be read."""
    payload: dict[str, Any] = json.loads(advert.payload)
    detail = payload.get("detail")
    try:
        posting = spider.mapped(board, payload["listed"], detail)
        raw = RawPosting(
            board=advert.board, source_id=advert.source_id, list_hash=advert.list_hash, payload=advert.payload,
            posting=posting, detail=advert.detail,
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
