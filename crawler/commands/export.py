"""`scrapy export`: a table of jobs.db as CSV, JSON or Parquet."""

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from pipelines import exporting
from pipelines.files import StorageError


class Command(ScrapyCommand):
    """Exit code 0, 2 for a wrong call or no file yet, 5 when a file cannot be read or written."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What stands behind `scrapy export`."""
        return "<file.csv | file.json | file.parquet> [--table open_jobs]"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "Write the open jobs, or another table, for a spreadsheet or a program of yours"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the choice of the table."""
        super().add_options(parser)
        parser.add_argument(
            "--table", default="open_jobs", choices=[*exporting.ORDERS], help="what to write (default: open_jobs)"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write it, and say how many rows."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        jobs_db = Path(self.settings["JOBS_DB"])
        if len(args) != 1 or Path(args[0]).suffix.lower() not in exporting.WRITERS:
            raise UsageError(f"scrapy export <file>, its name ending in {', '.join(exporting.WRITERS)}")
        if not jobs_db.exists():
            print(f"scrapy export: {jobs_db} does not exist yet. Nothing was written; run a crawl first.")
            self.exitcode = 2
            return
        try:
            written, rows = exporting.export(jobs_db, opts.table, Path(args[0]))
        except StorageError as error:
            print(f"scrapy export: {error}")
            self.exitcode = error.exit_code
            return
        print(f"{written}: {rows:,} rows of {opts.table}. What the columns hold: docs/data.md")
        self.exitcode = 0
