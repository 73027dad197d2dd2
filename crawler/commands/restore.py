"""`scrapy restore`: lists the snapshots of jobs.db, or puts one of them in its place."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from pipelines import files, snapshots
from pipelines.files import StorageError


class Command(ScrapyCommand):
    """Exit code 0, 2 for an unknown night, 5 when a file cannot be used or written, 6 while a crawl is writing."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What stands behind `scrapy restore`."""
        return "[night or file]"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "List the snapshots of jobs.db, or put one in its place"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """List, or restore; the present file is kept beside."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        jobs_db = Path(self.settings["JOBS_DB"])
        found = snapshots.found(snapshots.folder(Path(self.settings["RAW_DB"])))
        if len(args) > 1:
            raise UsageError("scrapy restore [night or file]")
        if not args:
            self._list(found)
            return
        path = next((each.path for each in found if each.night == args[0]), Path(args[0]))
        if not path.is_file():
            print(f"scrapy restore: there is no snapshot {args[0]!r}. Nothing was changed.")
            self._list(found)
            self.exitcode = 2
            return
        try:
            lock = files.locked(jobs_db)
            try:
                aside = snapshots.put_back(path, jobs_db, datetime.now(UTC))
            finally:
                lock.close()
        except StorageError as error:
            print(f"scrapy restore: {error}")
            self.exitcode = error.exit_code
            return
        print(f"{jobs_db} is the snapshot {path.name} now, with {snapshots.check(jobs_db)} jobs.")
        if aside:
            print(f"The file that was there is kept: {aside}")
        print("What happened since is read by the next crawl; jobs that began since get its night as their first day.")
        self.exitcode = 0

    def _list(self, found: list[snapshots.Snapshot]) -> None:
        if not found:
            print("There is no snapshot yet: each run that delivers makes one at its end.")
        for each in found:
            try:
                told = f"{snapshots.check(each.path):>7,} jobs"
            except StorageError:
                told = "cannot be used"
            print(f"{each.night}  {told}  {each.path.stat().st_size / 1e6:>7.1f} MB  {each.path}")
        if found:
            print(f"Put one back: ./run scrapy restore {found[0].night}")
