"""`scrapy crawl`, with an exit code that can be trusted, a line for each board in trouble, and a summary."""

import argparse
import asyncio
import gc
import logging
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError

import pipelines
from crawler.middlewares.origins import OriginsError, mapping
from crawler.searches import SearchError
from pipelines import health

if TYPE_CHECKING:  # rich is read at the end of a run
    from rich.console import Console

COLUMNS = (
    "advertised", "fetched", "accepted", "merged", "filtered", "quarantined", "new", "changed", "closed",
)  # fmt: skip
TELLING = ("accepted", "merged", "quarantined", "new", "changed", "closed")
MANY = 12  # boards that are shown one by one
ANONYMOUS = (
    "No contact is set, so every host is asked half as fast as it allows. With one, those who run it can write to you:"
    " export STELLWERK_CONTACT=you@example.org"
)
CONNECTIONS = 4_096  # a thousand boards under way, and those of the last seconds
SENDING = 0.005  # seconds; then a request is on its way
WIDE = 130  # characters that the table needs


class Command(ScrapyCrawl):
    """Exit codes: 0 complete, 1 bug, 2 usage, 3 some board incomplete, 4 no board delivered, 5 storage, 6 another run,
    7 clock, 130 and 143 interrupted (what was committed stays).
    """

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "Run a search and store what it finds (exit code: 0 complete, 3 degraded, 4 nothing delivered ...)"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Silence Scrapy's own chatter, which says nothing about jobs, before it starts."""
        super().process_options(args, opts)
        quiet()

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run one spider to its end and give the verdict."""
        if len(args) != 1:
            raise UsageError("name one spider: scrapy crawl dortmund_itleiter")
        assert self.crawler_process is not None and self.settings is not None  # noqa: S101, PT018 - Scrapy sets them
        try:
            mapping(self.settings)
            crawler = self._create_crawler(args[0])
        except (OriginsError, KeyError) as error:
            self._refuse(error)
            return
        if not self.settings["CONTACT"] and self.settings.getbool("PACE"):
            print(ANONYMOUS, file=sys.stderr)
        _allow_connections()
        crawling: Any = self.crawler_process.crawl(crawler, **opts.spargs)
        remember_signals(crawler)
        crawler.signals.connect(_keep_program, signals.engine_started, weak=False)
        _read_ahead(crawler)
        self.crawler_process.start()
        failure = error_of(crawling)
        if isinstance(failure, SearchError):
            self._refuse(failure)
            return
        if failure is not None:
            self.exitcode = 1
            return
        from rich.console import Console  # noqa: PLC0415

        self.exitcode = report(crawler, Console(), Console(stderr=True))

    def _refuse(self, error: Exception) -> None:
        message = f"no spider is called {error}" if isinstance(error, KeyError) else str(error)
        print(f"scrapy crawl: {message}", file=sys.stderr)
        self.exitcode = 2


def _allow_connections() -> None:
    """Let this program hold CONNECTIONS open, as far as the system lets it; at first many allow 256 or 1,024."""
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS if most == resource.RLIM_INFINITY else min(CONNECTIONS, most)
    if least < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _keep_program() -> None:
    """Let the search for garbage pass over what the program consists of: it held up the crawl for 45 ms each time."""
    gc.freeze()


def _read_ahead(crawler: Crawler) -> None:
    """Read the rules while the first answers are on their way, a module for each request, not when an advert waits."""
    unread = pipelines.unread()

    def read_one() -> None:
        if unread:  # more requests may have been handed over than there were modules left
            pipelines.read(unread.pop(0))
            gc.freeze()
            if not unread:
                crawler.signals.disconnect(handed_over, signals.request_reached_downloader, weak=False)

    def handed_over() -> None:
        asyncio.get_running_loop().call_later(SENDING, read_one)

    crawler.signals.connect(handed_over, signals.request_reached_downloader, weak=False)


def quiet() -> None:
    """Silence what Scrapy says of itself; a filter, not a level: its set-up of logging resets the levels."""
    for name in ("utils.log", "addons", "crawler", "middleware", "core.engine"):
        logging.getLogger(f"scrapy.{name}").addFilter(lambda record: record.levelno >= logging.WARNING)


def error_of(crawling: Any) -> BaseException | None:
    if hasattr(crawling, "exception"):
        return crawling.exception() if crawling.done() else None
    result = getattr(crawling, "result", None)
    return getattr(result, "value", None)


def remember_signals(crawler: Crawler) -> None:
    """Note in the stats which signal ended a crawl; Scrapy's own handlers do the rest."""

    def install() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            before = signal.getsignal(number)

            def note(signum: int, frame: FrameType | None, before: Any = before) -> None:
                if crawler.stats:
                    crawler.stats.set_value("run/signal", signum)
                if callable(before):
                    before(signum, frame)

            signal.signal(number, note)

    crawler.signals.connect(install, signals.engine_started, weak=False)


def report(crawler: Crawler, out: "Console", err: "Console") -> int:
    """Print the summary table and a line for each board in trouble; return the exit code."""
    stats = crawler.stats
    code = stats.get_value("run/exit_code") if stats else None
    if stats is None or code is None:
        return 1
    rows = stats.get_value("run/boards", [])
    if rows:
        summary(rows, out)
    if told := stats.get_value("run/coverage"):
        out.print(told, highlight=False, markup=False, soft_wrap=True)
    for line in [*(line for _, line in health.messages(rows)), *stats.get_value("run/notes", [])]:
        err.print(line, highlight=False, markup=False, soft_wrap=True)
    if message := stats.get_value("run/message"):
        err.print(f"scrapy crawl: {message}", highlight=False, markup=False, soft_wrap=True)
    if code == 4 and any("cannot be reached" in (row["reason"] or "") for row in rows):
        err.print(
            "No network? Try it on a local server: ./run python -m tests.sources_on_loopback",
            highlight=False, markup=False, soft_wrap=True,
        )  # fmt: skip
    if bundle := stats.get_value("run/bundle"):
        told = f"{bundle} holds what was read. Store it, with the other shards: -a bundles={Path(bundle).parent}"
        out.print(told, highlight=False, markup=False, soft_wrap=True)
    elif code in (0, 3):
        told = "Look at the result: ./run scrapy serve     What is new: ./run scrapy brief"
        out.print(told, highlight=False, markup=False, soft_wrap=True)
    return int(code)


def summary(rows: Sequence[Mapping[str, Any]], out: "Console") -> None:
    """Print what became of each board: a table where there is room, else two lines a board, and the sums.

    Of many boards, those with nothing for this search are counted together.
    """
    every, rows = rows, sorted(rows, key=lambda row: row["board"])
    if len(rows) > MANY:
        rows = [row for row in rows if any(row[each] for each in TELLING)]
    sums = {column: sum(row[column] or 0 for row in every) for column in COLUMNS}
    if out.width < WIDE:
        for row in rows:
            told = " · ".join(f"{column} {row[column]:,}" for column in COLUMNS if row[column])
            out.print(f"{row['board']}  {row['outcome']}\n  {told}", highlight=False, markup=False, soft_wrap=True)
    elif rows:
        _table(rows, out)
    if quiet := len(every) - len(rows):
        complete = sum(row["outcome"] == "complete" for row in every) - sum(
            row["outcome"] == "complete" for row in rows
        )
        out.print(
            f"{quiet}{' more' if rows else ''} boards with nothing for this search, {complete} of them complete.",
            highlight=False,
        )
    if len(every) > 1:
        told = ", ".join(f"{sums[column]:,} {column}" for column in COLUMNS[1:])
        out.print(f"All {len(every)} boards: {told}.", highlight=False, soft_wrap=True)


def _table(rows: Sequence[Mapping[str, Any]], out: "Console") -> None:
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("board")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    table.add_column("outcome")
    for row in rows:
        cells = ["" if row[column] is None else f"{row[column]:,}" for column in COLUMNS]
        table.add_row(row["board"], *cells, row["outcome"])
    out.print(table)
