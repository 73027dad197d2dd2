"""`scrapy merge`: two jobs are one post, says a person; it holds for every later night."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from pipelines import dates
from pipelines.files import StorageError
from pipelines.storage import Storage


class Command(ScrapyCommand):
    """Exit code 0, 2 for an unknown job, 5 when the file cannot be written, 6 while a crawl is writing."""

    requires_project = True
    requires_crawler_process = False
    decision = "merge"

    def syntax(self) -> str:
        """What stands behind `scrapy merge`."""
        return "<job id> <job id>"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "Say that two jobs are one post (undone by scrapy split)"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Keep the decision, group anew, and say what it did."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        jobs_db = Path(self.settings["JOBS_DB"])
        if not jobs_db.exists():
            print(f"scrapy {self.decision}: {jobs_db} does not exist yet. Nothing was changed; run a crawl first.")
            self.exitcode = 2
            return
        try:
            storage = Storage(jobs_db, Path(self.settings["RAW_DB"]))
        except StorageError as error:
            print(f"scrapy {self.decision}: {error}")
            self.exitcode = error.exit_code
            return
        try:
            pairs, told = self.pairs(storage, args)
            if pairs:
                now = datetime.now(UTC)
                storage.decide(self.decision, pairs, now)
                storage.group(storage.last_run(), dates.night(now))
                storage.summarise(now)
            print(told)
            self.exitcode = 0 if pairs else 2
        except StorageError as error:
            print(f"scrapy {self.decision}: {error}")
            self.exitcode = 5
        finally:
            storage.close()

    def pairs(self, storage: Storage, args: list[str]) -> tuple[list[tuple[str, str]], str]:
        """Return the adverts that belong together, and what to tell; no pairs when a job is not known."""
        if len(args) != 2 or args[0] == args[1]:
            raise UsageError("scrapy merge <job id> <job id>")
        one, other = (storage.adverts(each) for each in args)
        if not one or not other:
            unknown = args[0] if not one else args[1]
            return [], f"scrapy merge: there is no job {unknown}. Nothing was changed; the ids stand in table jobs."
        told = f"{one[0][3]!r} and {other[0][3]!r} are one job now, and stay so. Undo: ./run scrapy split <job id>"
        return [(one[0][0], other[0][0])], told
