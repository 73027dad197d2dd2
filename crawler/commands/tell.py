"""`scrapy tell`: messages to those who asked for them, through Apprise (mail, Signal, ntfy, Slack, webhook ...)."""

import argparse
import fcntl
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from pipelines import brief, dates, feeds, news, outbox, watches
from pipelines.files import StorageError, reading
from pipelines.outbox import Message, Outbox
from pipelines.watches import Watch, WatchError


class Command(ScrapyCommand):
    """Exit code 0; 2 for a wrong call or file, 3 when a message was not taken, 5 when the outbox cannot be used."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What stands behind `scrapy tell`."""
        return "[--dry-run] [--again NUMBER]"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "Send what is new to those who asked for it (tell.toml); never twice"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the two other forms."""
        super().add_options(parser)
        parser.add_argument("--dry-run", action="store_true", help="print what would be sent, send and mark nothing")
        parser.add_argument("--again", type=int, help="send this message once more, which may have been lost")
        parser.add_argument("--search", help=argparse.SUPPRESS)  # the scheduler says it to whatever follows a crawl

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write the messages that are due, and send what waits."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        if args:
            raise UsageError("scrapy tell takes options only")
        file, jobs_db = Path(self.settings["TELL_FILE"]), Path(self.settings["JOBS_DB"])
        self.exitcode = 0
        try:
            if not file.exists():
                raise WatchError("is not there. Copy deploy/tell.toml there and say who wants to be told what")
            wanted = watches.read(file.read_text(encoding="utf-8"))
            if not jobs_db.exists():
                raise WatchError(f"nothing to tell yet: {jobs_db} does not exist; run a crawl first")
        except (WatchError, OSError, UnicodeDecodeError) as error:
            print(f"scrapy tell: {file}: {error}. Nothing was sent.")
            self.exitcode = 2
            return
        private = Path(self.settings["RAW_DB"]).parent
        try:
            with _alone(private), outbox.opened(private / "outbox.db") as box:
                if opts.dry_run:
                    for watch in wanted:
                        self._write(box, watch, jobs_db, datetime.now(UTC), dry=True)
                else:
                    self._tell(box, wanted, jobs_db, private / "feeds", opts.again)
        except (StorageError, OSError) as error:
            print(f"scrapy tell: {error}")
            self.exitcode = 5

    def _tell(self, box: Outbox, wanted: list[Watch], jobs_db: Path, folder: Path, again: int | None) -> None:
        now = datetime.now(UTC)
        _name_the_lost(box)
        if again is not None and not box.again(again, now):
            print(f"scrapy tell: there is no message {again} that may have been lost. Nothing was sent.")
            self.exitcode = 2
            return
        for watch in wanted:
            self._write(box, watch, jobs_db, now, dry=False)
            _feeds(watch, jobs_db, folder, now)
        self._send(box, now)

    def _write(self, box: Outbox, watch: Watch, jobs_db: Path, now: datetime, *, dry: bool) -> None:
        with reading(jobs_db) as connection:
            last = news.last_run(connection, watch.search)
            found = news.between(connection, watch.search, box.told(watch.name, watch.search), last)
        if found is None:
            print(f"{watch.name}: no run of {watch.search} has ended yet.")
            return
        if found.upto <= box.told(watch.name, watch.search):
            return
        texts = messages(watch, watches.chosen(found, watch), first=not box.told(watch.name, watch.search))
        for title, body in texts if dry else ():
            print(f"--- to {watch.name} ({', '.join(watch.to)}): {title}\n{body}")
        if dry:
            print(f"{watch.name}: {len(texts)} messages; nothing was sent, nothing was marked.")
            return
        box.put(watch.name, watch.search, found.upto, watch.to, texts, watches.due(now, watch.quiet))

    def _send(self, box: Outbox, now: datetime) -> None:
        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its lines hold addresses, and these hold passwords
        sent = 0
        for message in box.due(now):
            box.hand_over(message)
            if _handed_over(message):
                box.taken(message, datetime.now(UTC))
                sent += 1
                continue
            self.exitcode = 3
            again = box.refused(message, datetime.now(UTC))
            when = f"it is sent again after {again.astimezone(dates.BERLIN):%Y-%m-%d %H:%M}" if again else (
                f"it was tried {outbox.TRIES} times and is given up: ./run scrapy tell --again {message.id}"
            )  # fmt: skip
            print(f"{message.watch}: {_why_not(message.receiver)}. Nothing is lost; {when}.")
        box.tidy(now)
        print(f"{sent} messages sent, {len(box.waiting())} waiting.")


def _name_the_lost(box: Outbox) -> None:
    for message in box.lost():
        print(
            f"Message {message.id} to {message.receiver} ({message.title}) may have been lost: the program ended"
            f" while it was handed over. Not there? ./run scrapy tell --again {message.id}"
        )


def messages(watch: Watch, found: news.News, *, first: bool) -> list[tuple[str, str]]:
    """Return title and text of each message; the first ones of a watch are one, however many posts are open."""
    if found.is_empty and not watch.empty:
        return []
    language: brief.Language = "de" if watch.language == "de" else "en"
    parts = watches.apart(found) if watch.each and not first and not found.is_empty else [found]
    texts = []
    for part in parts:
        title, _, body = brief.written(part, language, only=True).partition("\n")
        texts.append((title, body.strip() or title))
    return texts


def _feeds(watch: Watch, jobs_db: Path, folder: Path, now: datetime) -> None:
    """Write the feeds of a watch: what it asks for, for a reader of feeds and for a calendar."""
    language: brief.Language = "de" if watch.language == "de" else "en"
    with reading(jobs_db) as connection:
        found = [each for each in news.entries(connection, watch.search) if watches.is_wanted(each.post, watch)]
        last = news.deadlines(connection, watch.search, dates.night(now))
    made = now.isoformat(timespec="seconds")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = [post for post in last if watches.is_wanted(post, watch)]
    paths = (folder / f"{watch.name}.atom", folder / f"{watch.name}.ics")
    feeds.write(*paths, watch.name, found, wanted, made, language)


def _alone(folder: Path) -> IO[str]:
    """Wait until no other `scrapy tell` runs: two would send the same."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = (folder / "outbox.db.lock").open("a")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _handed_over(message: Message) -> bool:
    import apprise  # noqa: PLC0415 - takes longer than the rest of a command's start, and Scrapy loads every command

    address = os.environ.get(message.receiver)
    if not address:
        return False
    receiver = apprise.Apprise()
    if not receiver.add(address):
        return False
    return bool(receiver.notify(title=message.title, body=message.body, body_format=apprise.NotifyFormat.TEXT))


def _why_not(variable: str) -> str:
    import apprise  # noqa: PLC0415 - as above

    address = os.environ.get(variable)
    if not address:
        return f"the environment variable {variable} is not set"
    if not apprise.Apprise().add(address):
        return f"what {variable} holds is no address that Apprise knows (github.com/caronc/apprise lists them)"
    return f"{variable} did not take the message"
