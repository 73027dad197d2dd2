"""Shows how far a crawl is: a live line on a terminal, plain lines in a log."""

import logging
import sys
import time
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

if TYPE_CHECKING:  # rich is read where there is a terminal
    from rich.console import Console
    from rich.progress import Progress as Bar

logger = logging.getLogger(__name__)

TERMINAL_SECONDS, LOG_SECONDS = 0.5, 30


class Progress:
    """Boards, adverts, requests, requests a second, time left (from what the boards begun so far take)."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.bar: Bar | None = None
        self.loop: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a component."""
        progress = cls(crawler)
        crawler.signals.connect(progress.opened, signals.spider_opened)
        crawler.signals.connect(progress.closed, signals.spider_closed)
        return progress

    def opened(self, spider: Any) -> None:
        """Start showing."""
        self.ledgers = spider.ledgers
        self.started = time.monotonic()
        if sys.stderr.isatty():
            self._show_bar(spider.search.name)
        self.loop = create_looping_call(self.tick)
        self.loop.start(TERMINAL_SECONDS if self.bar else LOG_SECONDS, now=False)

    def _show_bar(self, search: str) -> None:
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
        from rich.progress import Progress as Bar  # noqa: PLC0415

        console = Console(stderr=True)
        self.bar = Bar(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("requests"),
            TimeElapsedColumn(), TextColumn("{task.fields[told]}"), console=console, refresh_per_second=4,
        )  # fmt: skip
        self.task = self.bar.add_task(search, total=None, told="")
        _log_through(console)
        self.bar.start()

    def tick(self) -> None:
        """Show the state of now."""
        ledgers = self.ledgers.values()
        done = sum(each.answered + each.failed for each in ledgers)
        begun = sum(bool(each.planned) for each in ledgers)
        # Boards whose turn has not come yet will take as many as the others.
        planned = round(sum(each.planned for each in ledgers) * len(ledgers) / max(begun, 1))
        boards = sum(bool(each.planned) and not each.pending for each in ledgers)
        adverts = sum(each.fetched for each in ledgers)
        rate = done / max(time.monotonic() - self.started, 0.001)
        left = f"{(planned - done) / rate:.0f} s left" if rate and done else "time left unknown"
        told = f"{boards}/{len(ledgers)} boards, {adverts:,} adverts, {rate:.1f} requests/s, {left}"
        if self.bar:
            self.bar.update(self.task, completed=done, total=planned, told=told)
        else:
            logger.info("%s of %s requests; %s", done, planned, told)

    def closed(self, spider: Any) -> None:
        """Show the last state and stop."""
        if self.loop and self.loop.running:
            self.loop.stop()
        if self.loop:
            self.tick()
        if self.bar:
            self.bar.stop()


def _log_through(console: "Console") -> None:
    """Let log lines pass above the live line instead of through it."""
    from rich.logging import RichHandler  # noqa: PLC0415

    root = logging.getLogger()
    for handler in root.handlers[:]:
        if isinstance(handler, logging.StreamHandler) and getattr(handler, "stream", None) is sys.stderr:
            root.removeHandler(handler)
            replacement = RichHandler(console=console, show_path=False, markup=False)
            replacement.setLevel(handler.level)
            root.addHandler(replacement)
