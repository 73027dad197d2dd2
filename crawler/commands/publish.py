"""`scrapy publish`: the file, the tables or the site to show others."""

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from pipelines import publishing
from pipelines.files import StorageError
from pipelines.reference import TABLES


class Command(ScrapyCommand):
    """Exit code 0, 2 for a wrong call or no file yet, 5 when a file cannot be read or written."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What stands behind `scrapy publish`."""
        return "<file.db> | --site <folder>"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "Write a file to show others: no texts, no contact data, nothing that acts when opened"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the two other forms."""
        super().add_options(parser)
        parser.add_argument("--site", help="write a folder that `datasette FOLDER` shows, with free SQL off")
        parser.add_argument("--csv", help="write the open jobs and the changes into this folder, safe for spreadsheets")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write what was asked for."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        jobs_db = Path(self.settings["JOBS_DB"])
        if len(args) + bool(opts.site) != 1:
            raise UsageError("scrapy publish <file.db> [--csv <folder>], or scrapy publish --site <folder>")
        if not jobs_db.exists():
            print(f"scrapy publish: {jobs_db} does not exist yet. Nothing was written; run a crawl first.")
            self.exitcode = 2
            return
        out = Path(opts.site) / "jobs.db" if opts.site else Path(args[0])
        try:
            counts = (
                publishing.site(jobs_db, TABLES.parent, Path(opts.site))
                if opts.site
                else publishing.publish(jobs_db, out)
            )
            written = publishing.tables(out, Path(opts.csv)) if opts.csv else []
        except StorageError as error:
            print(f"scrapy publish: {error}")
            self.exitcode = 5
            return
        print(f"{out}: {counts['jobs']:,} jobs, {counts['postings']:,} adverts, without texts and contact data.")
        for path in written:
            print(f"{path}")
        shown = Path(opts.site) if opts.site else f"-i {out} --setting default_allow_sql off"
        print(f"Show it: ./run datasette {shown}")
        self.exitcode = 0
