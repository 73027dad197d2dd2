"""`scrapy forget`: a person's name, address or number leaves every file, and does not come back."""

import argparse
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from pipelines import dates, forgetting, snapshots
from pipelines.files import StorageError
from pipelines.storage import Storage


class Command(ScrapyCommand):
    """Exit code 0 when nothing is left, 2 for words that are no name, 5 when a file cannot be written or still holds
    them, 6 while a crawl is writing.
    """

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What stands behind `scrapy forget`."""
        return '"<name, e-mail address or number>"'

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "Remove a person's traces from every file, for good"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Clean the two files, the snapshots and the logs, and prove it by looking at their bytes."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        if len(args) != 1:
            raise UsageError('scrapy forget "Erika Muster"')
        jobs_db, raw_db = Path(self.settings["JOBS_DB"]), Path(self.settings["RAW_DB"])
        try:
            words = forgetting.words_of(args[0])
            changed = self._forget(jobs_db, raw_db, words)
            remains = [*forgetting.left(_files(jobs_db, raw_db), words)]
        except ValueError as error:
            print(f"scrapy forget: {error}. Nothing was changed.")
            self.exitcode = 2
            return
        except (StorageError, sqlite3.Error, OSError) as error:
            print(f"scrapy forget: {error}")
            self.exitcode = error.exit_code if isinstance(error, StorageError) else 5
            return
        for path in remains:
            print(f"scrapy forget: {path} still holds it. Delete that file, or open it and remove the words.")
        told = ", ".join(f"{path.name} {count}" for path, count in changed.items() if count) or "it stood nowhere"
        print(f"Removed: {told}. Kept out of every later night. Files that you published elsewhere: write them again.")
        self.exitcode = 5 if remains else 0

    def _forget(self, jobs_db: Path, raw_db: Path, words: list[str]) -> dict[Path, int]:
        storage = Storage(jobs_db, raw_db)
        try:
            forgotten = forgetting.remember(storage.raw.conn, words, dates.night(datetime.now(UTC)))
            changed = {
                jobs_db: forgetting.erase(storage.jobs.conn, forgotten),
                raw_db: forgetting.erase_raw(storage.raw.conn, forgotten),
            }
        finally:
            storage.close()
        shutil.rmtree(raw_db.parent / "bundles", ignore_errors=True)  # read and not stored yet: it is read again
        for path in _files(jobs_db, raw_db):
            if path.suffix in (".log", *_BRIEFS):
                changed[path] = forgetting.erase_log(path, forgotten)
            elif path not in (jobs_db, raw_db) and not path.name.endswith(("-wal", "-shm", ".lock")):
                connection = sqlite3.connect(path, isolation_level=None)
                try:
                    changed[path] = forgetting.erase(connection, forgotten)
                finally:
                    connection.close()
        return changed


_BRIEFS = (".md", ".html", ".atom", ".ics")  # what component.py writes for people to read


def _files(jobs_db: Path, raw_db: Path) -> Iterator[Path]:
    """Yield every file of ours that may hold a person's words."""
    yield from sorted({*jobs_db.parent.glob(f"{jobs_db.name}*"), *raw_db.parent.glob(f"{raw_db.name}*")})
    yield from (each.path for each in snapshots.found(snapshots.folder(raw_db)))
    yield from sorted({*jobs_db.parent.glob("*.log"), *raw_db.parent.glob("*.log")})
    for folder in ("briefs", "feeds"):
        yield from sorted(each for each in (raw_db.parent / folder).rglob("*") if each.suffix in _BRIEFS)
    yield from sorted(raw_db.parent.glob("outbox.db*"))
