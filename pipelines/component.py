"""The item pipeline: the only module here that speaks Scrapy. Takes what the engine yields, stores it, ends boards."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from pipelines import brief, dates, feeds, files, forgetting, health, metrics, news, normalise, snapshots
from pipelines.bundles import Bundle, Hosts
from pipelines.files import StorageError
from pipelines.health import Earlier, Ledger
from pipelines.items import ListCopy, RawPosting, Rejection
from pipelines.storage import Batch, Storage

logger = logging.getLogger(__name__)

BATCH = 100  # adverts a transaction; with fewer the index of their texts costs twice as much
CHRONIC_NAMED = 5  # boards that the summary names
BRIEFS = 90  # of a search that are kept as files


class Component:
    """Normalises and stores adverts in batches, one transaction each.

    The verdict of the run stands in the stats `run/exit_code`, `run/boards` (rows of table run_boards) and
    `run/message`, for the command to show.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.jobs_db = Path(crawler.settings["JOBS_DB"])
        self.raw_db = Path(crawler.settings["RAW_DB"])
        self.storage: Storage | None = None
        self.failure: StorageError | None = None
        self.bug = False
        self.batch = Batch()
        self.seen: dict[str, set[str]] = {}
        self.rows: list[dict[str, Any]] = []
        self.forgotten = forgetting.Forgotten()
        self.closing: asyncio.Future[None] | None = None
        self.notes: list[tuple[str | None, str]] = []
        self.bundle: Bundle | None = None  # where another program is to store what this one reads

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a component."""
        component = cls(crawler)
        # Not close_spider: only this signal knows why the crawl ended.
        crawler.signals.connect(component.spider_closed, signals.spider_closed)
        return component

    @property
    def spider(self) -> Any:
        """The engine, with its `search`, `wanted` and `ledgers`."""
        return self.crawler.spider

    def open_spider(self) -> None:
        """Open the databases before the first request; a crawl that cannot store must not fetch."""
        self.now = datetime.now(UTC)
        self.night = dates.night(self.now)
        if path := self.crawler.settings["BUNDLE"]:
            try:
                self.bundle = Bundle(Path(path), self.spider.search.name, self.spider.shard)
            except StorageError as error:
                self.failure = error
                raise CloseSpider("storage") from error
            return
        if kind := files.network_file_system(self.jobs_db.resolve(), files.mounts()):
            logger.warning(
                "%s lies on a network file system (%s), where SQLite's locks do not hold: let one computer alone use"
                " it, or put it on a disk of this one (export STELLWERK_JOBS_DB=...)", self.jobs_db, kind,
            )  # fmt: skip
        try:
            self.storage = Storage(self.jobs_db, self.raw_db)
            search, wanted = self.spider.search, self.spider.wanted
            self.run_id = self.storage.begin_run(search.name, self.now)
            if self.spider.goes_on:
                self._go_on()
            self.storage.describe_search(search.role, search.place, wanted.centre, wanted.radius_km)
            self.forgotten = forgetting.load(self.storage.raw.conn)
        except StorageError as error:
            self.failure = error
            if self.storage:
                self.storage.close()
                self.storage = None
            raise CloseSpider("storage") from error

    def _go_on(self) -> None:
        """Count what a run read that was broken off, and ask nothing of it again."""
        assert self.storage is not None  # noqa: S101 - the caller has it
        self.rows = self.storage.go_on(self.run_id, self.spider.ledgers, self.now)
        if self.rows:
            self.spider.leave_out({row["board"] for row in self.rows})
            logger.info(
                "%s boards were read to their end by the run before, which was broken off; they are not asked again"
                " (-a anew=yes asks all), %s are left", len(self.rows), len(self.spider.ledgers),
            )  # fmt: skip

    def process_item(self, item: list[RawPosting] | ListCopy | Ledger) -> list[RawPosting] | ListCopy | Ledger:
        """Take the adverts of one answer, a list to keep a copy of, or the ledger of a board that has ended."""
        if self.failure:
            return item
        try:
            if isinstance(item, Ledger):
                self._finish_board(item)
            elif self.bundle:
                self.bundle.write(item)
            elif isinstance(item, ListCopy):
                if not self.forgotten.within(item.body):
                    self.batch.lists.append(item)
            else:
                for raw in item:
                    self._take(raw)
                if len(self.batch) >= BATCH:
                    self._write()
        except Exception as error:
            if not isinstance(error, StorageError):  # a bug of ours: Scrapy shows it, the exit code tells it
                self.bug = True
                raise
            self.failure = error
            self.closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="storage"))
        return item

    def _take(self, raw: RawPosting) -> None:
        raw = forgetting.applied(raw, self.forgotten)
        self.seen.setdefault(raw.board, set()).add(raw.source_id)
        if raw.posting is None and raw.fault is None:
            self.batch.unchanged.append(raw)
        elif raw.posting is None:
            self.batch.quarantined.append(raw)
        elif raw.rejection:
            self.batch.filtered.append((raw, raw.rejection))
        else:
            try:
                job = normalise.normalise(raw.posting, self.spider.wanted, self.now.date())
            except Exception as error:  # noqa: BLE001 - one advert must not cost its neighbours; its payload is kept
                logger.warning("%s %s could not be normalised: %r", raw.board, raw.source_id, error)
                self.batch.quarantined.append(replace(raw, posting=None, fault=f"could not be normalised: {error!r}"))
                return
            if job.match == "no":
                no = Rejection(job.match_rule, job.match_reason, job.city, job.distance_km)
                self.batch.filtered.append((raw, no))
            else:
                self.batch.accepted.append((raw, job))

    def _write(self) -> None:
        batch, self.batch = self.batch, Batch()
        if self.storage:
            # A killed run must not ask a host for more than its night's share.
            batch.host_files, batch.host_requests = self.spider.host_files.taken(), self.spider.asked.taken()
            if batch:
                self.storage.store(batch, run_id=self.run_id, night=self.night)

    def _finish_board(self, ledger: Ledger) -> None:
        self._write()
        if self.bundle:
            self.bundle.write(ledger)
            self.rows.append(_unstored(ledger))
        elif self.storage:
            self.rows.append(self._certified(ledger, self.storage))
        ledger.let_go()

    def _certified(self, ledger: Ledger, storage: Storage) -> dict[str, Any]:
        """Judge a board that has ended and close what it no longer shows; return its row of run_boards."""
        seen = self.seen.pop(ledger.board, set())
        certificate = health.certificate(
            ledger, storage.earlier(ledger.board, seen, self.spider.known.pop(ledger.board, {}), self.night)
        )
        if not certificate.certified:  # "not modified" would bring back what could not be believed
            storage.forget_lists(ledger.lists)
        return storage.finish_board(
            ledger,
            certificate,
            seen=seen,
            nights_to_close=self.spider.nights_to_close(ledger.board),
            run_id=self.run_id,
            now=self.now,
            night=self.night,
        )

    def _finish_boards(self, reason: str) -> None:
        done = {row["board"] for row in self.rows}
        for ledger in self.spider.ledgers.values():
            if ledger.board not in done:
                if reason != "finished":
                    over = reason == "closespider_timeout"
                    early = (
                        "the run's time was over (CLOSESPIDER_TIMEOUT)"
                        if over
                        else f"the crawl was ended early ({reason})"
                    )
                    ledger.faults.append(early)
                self._finish_board(ledger)

    def _group(self) -> None:
        if not self.storage:
            return
        counts = self.storage.group(self.run_id, self.night)
        for row in self.rows:
            for name, change in counts.get(row["board"], {}).items():
                row[name] = max(0, row[name] + change)

    def spider_closed(self, reason: str) -> None:
        """End the boards that are still open (interrupted or lost), record the run, and give the verdict."""
        stats = self.crawler.stats
        try:
            if not self.failure:
                self._finish_boards(reason)
                self._group()
        except StorageError as error:
            self.failure = error
        except Exception:
            self.bug = True
            raise
        finally:
            exit_code = self._exit_code(reason)
            if self.bundle:
                exit_code = self._close_bundle(exit_code)
            if self.storage:
                try:
                    if not self.failure:
                        self._record(reason, exit_code)
                except StorageError as error:
                    self.failure, exit_code = error, 5
                self.storage.close()
            stats.set_value("run/exit_code", exit_code)
            stats.set_value("run/boards", self.rows)
            if self.failure:
                stats.set_value("run/message", str(self.failure))

    def _record(self, reason: str, exit_code: int) -> None:
        """Keep what the run says of itself, and write what is read in the morning."""
        assert self.storage is not None  # noqa: S101 - the caller has it
        self._write()
        self._look_back()
        self.storage.tell(self.run_id, [*health.messages(self.rows), *self.notes])
        requests = self.crawler.stats.get_value("downloader/request_count", 0)
        self.storage.finish_run(self.run_id, datetime.now(UTC), exit_code, reason, requests)
        self._metrics(exit_code, requests)
        if exit_code in (0, 3, 4):
            self._brief()
        if exit_code in (0, 3):
            self._snapshot()

    def _close_bundle(self, exit_code: int) -> int:
        """Say in the bundle that it is whole; one that cannot be is taken away."""
        assert self.bundle is not None  # noqa: S101 - the caller has it
        try:
            if not self.failure:
                self.bundle.write(Hosts(self.spider.host_files, self.spider.asked))
                self.bundle.close(self.crawler.stats.get_value("downloader/request_count", 0))
                self.crawler.stats.set_value("run/bundle", str(self.bundle.path))
                return exit_code
        except StorageError as error:
            self.failure = error
        self.bundle.discard()
        return 5

    def _look_back(self) -> None:
        """Note what the nights before tell: fields that boards lack, boards that never deliver, posts missed by all."""
        assert self.storage is not None  # noqa: S101 - the caller has it
        self.notes += self.storage.alarms
        if chronic := self.storage.chronic(self.run_id):
            named = ", ".join(chronic[:CHRONIC_NAMED]) + (" ..." if len(chronic) > CHRONIC_NAMED else "")
            line = (
                f"{len(chronic)} boards were not read to their end in half of their last nights: {named}."
                " ./run scrapy boards says what they answer; a row of boards.csv that is no longer right can go."
            )
            self.notes.append((None, line))
        self.crawler.stats.set_value("run/coverage", self.storage.measure_coverage(self.run_id).told())
        self.crawler.stats.set_value("run/notes", [line for _, line in self.notes])

    def _metrics(self, exit_code: int, requests: int) -> None:
        """Write a file for Prometheus where one is asked for; a run is not spoilt by it."""
        assert self.storage is not None  # noqa: S101 - the caller has it
        path = self.crawler.settings["METRICS_FILE"]
        if not path:
            return
        told = metrics.text(
            self.spider.search.name, began=self.now.timestamp(), ended=datetime.now(UTC).timestamp(),
            exit_code=exit_code, requests=requests, jobs=self.storage.statuses(), alarms=self.storage.alarms_now(),
            boards=self.rows,
        )  # fmt: skip
        part = Path(f"{path}.part")
        try:
            part.write_text(told, encoding="utf-8")
            part.replace(path)
        except OSError as error:
            logger.warning("METRICS_FILE %s could not be written (%s); the run is complete", path, error.strerror)

    def _brief(self) -> None:
        """Write what is new where a person finds it; without it the run is as good, and the next brief tells it."""
        assert self.storage is not None  # noqa: S101 - the caller has it
        jobs, search = self.storage.jobs.conn, self.spider.search.name
        found = news.unbriefed(jobs, search)
        folder = self.raw_db.parent / "briefs" / search
        if found is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            language = self.spider.settings["BRIEF_LANGUAGE"]
            name = f"{self.now.astimezone(dates.BERLIN):%Y-%m-%d-%H%M%S}"
            (folder / f"{name}.md").write_text(brief.written(found, language, "markdown"), encoding="utf-8")
            (folder / f"{name}.html").write_text(brief.written(found, language, "html"), encoding="utf-8")
            for old in sorted([*folder.glob("*.md"), *folder.glob("*.html")])[: -2 * BRIEFS]:
                old.unlink()
            feeds.write(
                folder / "jobs.atom", folder / "deadlines.ics", search, news.entries(jobs, search),
                news.deadlines(jobs, search, self.night), self.now.isoformat(timespec="seconds"), language,
            )  # fmt: skip
        except OSError as error:
            logger.warning("no brief could be written into %s (%s); the next one tells it", folder, error.strerror)
            return
        news.told(jobs, found, datetime.now(UTC))

    def _snapshot(self) -> None:
        """Keep a copy of tonight; a run that ended well is not spoilt by a copy that could not be made."""
        assert self.storage is not None  # noqa: S101 - the caller has it
        try:
            snapshots.take(self.storage.jobs.conn, snapshots.folder(self.raw_db), self.night)
        except StorageError as error:
            logger.warning("%s", error)

    def _exit_code(self, reason: str) -> int:
        if self.failure:
            return self.failure.exit_code
        stats = self.crawler.stats
        if number := stats.get_value("run/signal"):
            return 128 + int(number)
        if self.bug or stats.get_value("spider_exceptions/count") or reason == "start_error":
            return 1
        return health.exit_code(row["outcome"] for row in self.rows)


def _unstored(ledger: Ledger) -> dict[str, Any]:
    """Return what can be said of a board before it is stored: the verdict without the nights before."""
    verdict = health.certificate(ledger, Earlier())
    counts = dict.fromkeys(("accepted", "merged", "filtered", "quarantined", "new", "changed", "closed"), 0)
    return counts | {
        "board": ledger.board, "outcome": verdict.outcome, "reason": verdict.reason, "advertised": ledger.advertised,
        "fetched": ledger.fetched,
    }  # fmt: skip
