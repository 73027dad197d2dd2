"""`scrapy explain`: why an advert is, or is not, in the list."""

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.searches import Search, SearchError
from pipelines import storage
from pipelines.items import Place, Posting
from pipelines.normalise import judge


class Command(ScrapyCommand):
    """Looks an advert up by job id, source id, URL or words of its title; else judges it as a title."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What stands behind `scrapy explain`."""
        return "[options] <title, URL or id>"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "Say why an advert is, or is not, in the list"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the search that a title is judged by."""
        super().add_options(parser)
        parser.add_argument("--role", default="it-leiter")
        parser.add_argument("--place", default="Dortmund", help="the centre of the search")
        parser.add_argument("--radius-km", type=float, default=50)
        parser.add_argument("--at", metavar="TOWN", help="the advert's town, for a title that is not in the database")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print one block an advert; exit code 0, or 2 for a search that cannot be understood."""
        if not args:
            raise UsageError("say what to explain: a title, a URL, a job id or a source's id")
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        wanted = " ".join(args)
        found = storage.sightings(Path(self.settings["JOBS_DB"]), wanted)
        for each in found:
            print(f"{each.title or '(no title)'} · {each.employer or 'employer unknown'}")
            print(f"  {each.fate} ({each.board}, {each.source_id}): {each.reason}")
            if each.rule:
                print(f"  rule {each.rule}" + (f", job {each.job_id}, {each.status}" if each.job_id else ""))
            print(
                f"  first seen {each.first_seen}, last seen {each.last_seen}; the board's last run was {each.outcome}\n"
            )
        if not found:
            self._judge(wanted, opts)

    def _judge(self, title: str, opts: argparse.Namespace) -> None:
        try:
            search = Search(opts.role, opts.place, opts.radius_km).wanted()
        except SearchError as error:
            print(f"scrapy explain: {error}")
            self.exitcode = 2
            return
        places = (Place(city=opts.at),) if opts.at else ()
        match, reason = judge(Posting(source_id="", title=title, places=places), search)
        print(f"No advert in the database has this id, URL or title. As a title for {opts.role}:")
        print(f"  {match}: {reason.reason} (rule {reason.rule})")
        if opts.at and reason.distance_km is not None:
            print(f"  {opts.at} is {reason.distance_km:.0f} km from {opts.place}")
