"""`scrapy boards`: which boards there are and how they fared; recognises new ones, tries one without storing."""

import argparse
import csv
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.http import Response

from crawler import boards
from crawler.boards import Board, BoardsError
from crawler.commands.crawl import error_of, quiet
from crawler.searches import Search, SearchError
from crawler.sources import SOURCES
from crawler.spiders.job_search import JobSearchSpider
from pipelines import health, storage
from pipelines.files import StorageError
from pipelines.items import RawPosting

SHOWN = 5  # titles that `check` prints
WIDE = 40  # characters of a board's id in the list
SCHEMA_ORG = re.compile(r"""["']JobPosting["']|schema\.org/JobPosting""")


def recognise(url: str, source: str = "") -> Board | None:
    """Return the board that a link names or, failing that, a page's source betrays; None when neither does.

    >>> recognise("https://acme.jobs.personio.de/job/123").id
    'personio:acme'
    """
    for text in (url, source):
        for kind, each in SOURCES.items():
            for pattern in each.links:
                if found := re.search(pattern, text):
                    parts = found.groupdict()
                    tenant = f"{parts['tenant']}/" if parts.get("tenant") else ""
                    return Board(kind, tenant + parts["name"], parts.get("url") or "")
    host = urlsplit(url).netloc
    for kind, each in SOURCES.items():
        if any(mark in source for mark in each.marks):
            return Board(kind, host, f"{urlsplit(url).scheme}://{host}")
    if SCHEMA_ORG.search(source):
        return Board("schema_org", host.removeprefix("www."), url)
    return None


class OnePage(Spider):
    """Fetches one page, as politely as any other; for `scrapy boards add`."""

    name = "one_page"
    url: str
    found: ClassVar[dict[str, Any]] = {}

    async def start(self) -> Any:
        """Ask for the page."""
        yield Request(self.url, callback=self.parse, errback=self.lost)

    def parse(self, response: Response) -> None:
        """Keep its source, or say why there is none."""
        if response.status == 200 and hasattr(response, "text"):
            self.found["source"] = response.text
        elif 300 <= response.status < 400:
            target = response.urljoin((response.headers.get("Location") or b"").decode("latin-1"))
            self.found["why"] = f"it redirects to {target}: try that address"
        else:
            self.found["why"] = f"it answers HTTP {response.status}"

    def lost(self, failure: Any) -> None:
        """Say why there is no answer."""
        self.found["why"] = str(failure.value) or type(failure.value).__name__


def _fared(outcome: storage.Outcome) -> str:
    why = f" ({outcome.reason})" if outcome.reason else ""
    last = f"; last delivered {outcome.delivered_on}" if outcome.delivered_on != outcome.ran_on else ""
    delivered = last if outcome.delivered_on else "; has never delivered"
    return f"{outcome.outcome} on {outcome.ran_on}, {outcome.fetched:,} adverts{why}{delivered}"


def _waits(board: Board | None, terms: dict[str, boards.Terms]) -> str:
    if board and board.kind in terms and not terms[board.kind].on:
        return "off: asked only when its kind or its name is given"
    if board and board.sure == "unverified":
        return "unverified: asked only when its name is given"
    return "not yet asked" + (f", seen working {board.seen_working}" if board and board.seen_working else "")


def _told(board: Board | None) -> str:
    told = ", ".join(each for each in (board.employer, board.city, board.sure) if each) if board else ""
    return f"  · {told}" if told else ""


class Command(ScrapyCommand):
    """Lists the boards; `add URL` writes a row, `check ID` reads a board unstored, `confirm ID` believes it."""

    requires_project = True

    def syntax(self) -> str:
        """What stands behind `scrapy boards`."""
        return "[add URL | check ID | confirm ID] [options]"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "List the boards and how they fared; add one by its address; try one"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add what a new row says, and the search that a tried board is judged by."""
        super().add_options(parser)
        parser.add_argument("--employer", default="", help="add: the employer's name")
        parser.add_argument(
            "--city", default="", help="add: where the employer sits; empty: hires all over the country"
        )
        parser.add_argument("--role", default="it-leiter", help="check: the role to look for")
        parser.add_argument("--place", default="Dortmund", help="check: the centre of the search")
        parser.add_argument("--radius-km", type=float, default=50, help="check: its radius")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Silence Scrapy's own chatter before it starts."""
        super().process_options(args, opts)
        quiet()

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Exit code 0; 1 when a board could not be recognised or read; 2 for a file or search that is wrong."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        self.file = Path(self.settings["BOARDS_FILE"] or boards.FILE)
        try:
            stated = boards.employers(self.file)
            if not args:
                self._list(stated)
            elif args[0] == "add" and len(args) == 2:
                self._add(args[1], stated, opts)
            elif args[0] == "check" and len(args) == 2:
                self._check(args[1], opts)
            elif args[0] == "confirm" and len(args) == 2:
                self._confirm(args[1])
            else:
                raise UsageError("scrapy boards, or scrapy boards add URL, check kind:name, confirm kind:name")
        except (BoardsError, SearchError) as error:
            print(f"scrapy boards: {error}")
            self.exitcode = 2

    # ------------------------------------------------------------ list

    def _list(self, stated: Sequence[Board]) -> None:
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        known = storage.outcomes(Path(self.settings["JOBS_DB"]))
        terms = boards.terms()
        rows = {board.id: board for board in stated}
        for name in sorted(rows.keys() | known.keys()):
            board, fared = rows.get(name), known.get(name)
            print(f"{name:<{WIDE}} {_fared(fared) if fared else _waits(board, terms)}{_told(board)}")
        asked = [name for name in rows if name in known]
        never = sum(1 for each in known.values() if each.delivered_on is None)
        print(
            f"\n{len(rows)} boards in {self.file.name}; {len(asked)} of them have been asked; "
            f"{never} boards have never delivered an advert."
        )

    # ------------------------------------------------------------ add

    def _add(self, url: str, stated: Sequence[Board], opts: argparse.Namespace) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise UsageError(f"{url} is not an address: it begins with https://")
        board = recognise(url)
        why = ""
        if board is None:
            source, why = self._fetch(url)
            board = recognise(url, source)
        if board is None:
            print(
                f"scrapy boards add: no vendor was recognised by {url}" + (f" ({why})" if why else "")
                + ". Nothing was written. Look for the page that lists the jobs, and give its address; "
                "docs/sources.md names the vendors that can be read."
            )  # fmt: skip
            self.exitcode = 1
            return
        if any(each.id == board.id for each in stated):
            print(f"{board.id} stands in {self.file} already.")
            return
        row = [board.kind, board.name, board.url, opts.employer, opts.city, "likely", "", f"added by hand from {url}"]
        with self.file.open("a", encoding="utf-8", newline="") as file:
            if not self.file.read_bytes().endswith(b"\n"):
                file.write("\n")
            csv.writer(file, lineterminator="\n").writerow(row)
        print(f"{board.id} written to {self.file}. Try it: ./run scrapy boards check {board.id}")

    def _fetch(self, url: str) -> tuple[str, str]:
        assert self.crawler_process is not None  # noqa: S101 - Scrapy sets it
        OnePage.found.clear()
        crawler = self.crawler_process.create_crawler(OnePage)
        crawler.settings.set("ITEM_PIPELINES", {}, priority="cmdline")
        crawler.settings.set("EXTENSIONS", {"crawler.progress.Progress": None}, priority="cmdline")
        self.crawler_process.crawl(crawler, url=url)
        self.crawler_process.start()
        return OnePage.found.get("source", ""), OnePage.found.get("why", "")

    # ------------------------------------------------------------ check

    def _check(self, board: str, opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None  # noqa: S101 - Scrapy sets it
        Search(opts.role, opts.place, opts.radius_km).wanted()
        found: list[RawPosting] = []

        def keep(item: Any) -> None:
            if isinstance(item, list):
                found.extend(item)

        crawler = self.crawler_process.create_crawler(JobSearchSpider)
        crawler.settings.set("ITEM_PIPELINES", {}, priority="cmdline")
        crawler.signals.connect(keep, signals.item_scraped)
        crawling: Any = self.crawler_process.crawl(
            crawler, role=opts.role, place=opts.place, radius_km=opts.radius_km, boards=board
        )
        self.crawler_process.start()
        if failure := error_of(crawling):
            raise failure
        spider: Any = crawler.spider
        verdict = health.certificate(spider.ledgers[board], health.Earlier())
        titles = [each.posting.title for each in found if each.posting and not each.rejection]
        print(
            f"{board}: {verdict.outcome}" + (f" ({verdict.reason})" if verdict.reason else "")
            + f"; {spider.ledgers[board].fetched} adverts, {len(titles)} of them for {opts.role} near {opts.place},"
            f" {sum(1 for each in found if each.fault)} unreadable. Nothing was stored ({datetime.now(UTC):%Y-%m-%d})."
        )  # fmt: skip
        for title in titles[:SHOWN]:
            print(f"  {title}")
        self.exitcode = 0 if verdict.certified else 1

    # ------------------------------------------------------------ confirm

    def _confirm(self, board: str) -> None:
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        jobs_db = Path(self.settings["JOBS_DB"])
        if not jobs_db.exists():
            print(f"scrapy boards confirm: {jobs_db} does not exist yet. Nothing was changed; run a crawl first.")
            self.exitcode = 2
            return
        try:
            opened = storage.Storage(jobs_db, Path(self.settings["RAW_DB"]))
            try:
                why_not = opened.confirm(board)
            finally:
                opened.close()
        except StorageError as error:
            print(f"scrapy boards confirm: {error}")
            self.exitcode = error.exit_code
            return
        if why_not:
            print(f"scrapy boards confirm: {why_not}. Nothing was changed.")
            self.exitcode = 2
            return
        print(
            f"{board}: its last list counts as right; later nights are compared with it, and may close what it lacks."
        )
