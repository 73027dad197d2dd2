"""`scrapy brief`: what the owner of jobs.db should know this morning."""

import argparse
from datetime import date
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from pipelines import brief, news


class Command(ScrapyCommand):
    """Exit code 0, 2 for a wrong call or no run yet, 5 when the file cannot be written."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What stands behind `scrapy brief`."""
        return "[--search NAME] [--since DAY] [--language en|de] [--format text|markdown|html] [--out FILE]"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "Say what is new, changed, back, closing and closed since the last brief"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add what to tell, and how."""
        super().add_options(parser)
        parser.add_argument("--search", help="default: the one that ran last")
        parser.add_argument("--since", help="everything since this day (2026-11-01), told before or not")
        parser.add_argument("--language", choices=["en", "de"], help="default: the setting BRIEF_LANGUAGE")
        parser.add_argument("--format", choices=["text", "markdown", "html"], default="text")
        parser.add_argument("--out", help="write it into this file")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print or write the brief."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        if args:
            raise UsageError("scrapy brief takes options only")
        jobs_db = Path(self.settings["JOBS_DB"])
        known = news.searches(jobs_db) if jobs_db.exists() else []
        if not known or (opts.search and opts.search not in known):
            print(f"scrapy brief: {_unknown(jobs_db, opts.search, known)}")
            self.exitcode = 2
            return
        search = opts.search or known[0]
        try:
            found = news.since(jobs_db, search, _day(opts.since)) if opts.since else news.latest(jobs_db, search)
        except ValueError:
            raise UsageError(f"--since {opts.since}: a day is written 2026-11-01") from None
        assert found is not None  # noqa: S101 - a search that is known has run
        told = brief.written(found, opts.language or self.settings["BRIEF_LANGUAGE"], opts.format)
        if not opts.out:
            print(told, end="")
            return
        try:
            Path(opts.out).write_text(told, encoding="utf-8")
        except OSError as error:
            print(f"scrapy brief: {opts.out} could not be written ({error.strerror}). Nothing else was changed.")
            self.exitcode = 5
            return
        print(f"{opts.out}: {brief.headline(found)}")


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _unknown(jobs_db: Path, search: str | None, known: list[str]) -> str:
    if not jobs_db.exists():
        return f"{jobs_db} does not exist yet; run a crawl first."
    if not known:
        return "no run has ended yet; run a crawl first."
    return f"no run of a search {search} is recorded; recorded are {', '.join(known)}."
