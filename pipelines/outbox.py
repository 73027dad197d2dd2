"""Messages that wait, and that were sent: data/private/outbox.db. None is sent twice, and none is lost unseen.

A message is marked before it is handed over, and again after it was taken. One that was marked and never taken (the
program was killed in between) may have arrived: it is not sent again by itself, and `scrapy tell` names it.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.files import BUSY_SECONDS, StorageError, transaction

APPLICATION_ID = 0x53544F55  # "STOU"
TRIES = 8
FIRST_PAUSE = timedelta(minutes=5)  # after a message was not taken; doubled each time
KEPT = timedelta(days=90)

_SCHEMA = f"""
    PRAGMA application_id = {APPLICATION_ID};
    CREATE TABLE told (
        watch TEXT NOT NULL, search TEXT NOT NULL, run_id INTEGER NOT NULL, PRIMARY KEY (watch, search)
    ) STRICT;
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY,
        watch TEXT NOT NULL, receiver TEXT NOT NULL, search TEXT NOT NULL, run_id INTEGER NOT NULL,
        part INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
        due_at TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'waiting'
            CHECK (state IN ('waiting', 'handed over', 'sent', 'given up', 'unknown')),
        sent_at TEXT,
        UNIQUE (watch, receiver, search, run_id, part)
    ) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one receiver (the name of an environment variable)."""

    id: int
    watch: str
    receiver: str
    title: str
    body: str
    tries: int


class Outbox:
    """The file, open. One process at a time: a second one waits for its turn."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def told(self, watch: str, search: str) -> int:
        """Return up to which run a watch has been told; 0 for none."""
        row = self.connection.execute(
            "SELECT run_id FROM told WHERE (watch, search) = (?, ?)", [watch, search]
        ).fetchone()
        return int(row[0]) if row else 0

    def put(
        self, watch: str, search: str, run_id: int, receivers: Sequence[str], texts: Sequence[tuple[str, str]],
        due: datetime,
    ) -> None:  # fmt: skip
        """Let messages (title, body) wait, and remember up to which run they tell; both or neither."""
        with transaction(self.connection):
            self.connection.executemany(
                "INSERT INTO messages (watch, receiver, search, run_id, part, title, body, due_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [
                    (watch, receiver, search, run_id, part, title, body, _iso(due))
                    for receiver in receivers
                    for part, (title, body) in enumerate(texts)
                ],
            )
            self.connection.execute(
                "INSERT INTO told (watch, search, run_id) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET run_id = excluded.run_id",
                [watch, search, run_id],
            )

    def due(self, now: datetime) -> list[Message]:
        """Return what is to be sent now, the oldest first."""
        return self._messages("state = 'waiting' AND due_at <= ?", [_iso(now)])

    def waiting(self) -> list[Message]:
        """Return all that waits, due or not."""
        return self._messages("state = 'waiting'", [])

    def lost(self) -> list[Message]:
        """Return, once, what was handed over and never confirmed: it may have arrived."""
        found = self._messages("state = 'handed over'", [])
        for message in found:
            self._set(message.id, "state = 'unknown'")
        return found

    def _messages(self, where: str, values: Sequence[str]) -> list[Message]:
        return [
            Message(*row)
            for row in self.connection.execute(
                f"SELECT id, watch, receiver, title, body, tries FROM messages WHERE {where} ORDER BY due_at, id",
                values,
            )
        ]

    def hand_over(self, message: Message) -> None:
        """Mark a message before it is handed over."""
        self._set(message.id, "state = 'handed over', tries = tries + 1")

    def taken(self, message: Message, now: datetime) -> None:
        """Mark a message that was taken."""
        self._set(message.id, "state = 'sent', sent_at = ?", _iso(now))

    def refused(self, message: Message, now: datetime) -> datetime | None:
        """Let a message wait again; returns until when, or None when it was tried often enough and is given up."""
        if message.tries + 1 >= TRIES:
            self._set(message.id, "state = 'given up'")
            return None
        again: datetime = now + FIRST_PAUSE * 2**message.tries
        self._set(message.id, "state = 'waiting', due_at = ?", _iso(again))
        return again

    def again(self, message_id: int, now: datetime) -> bool:
        """Let a message that may have been lost wait again, as a person wishes; False where there is none."""
        with transaction(self.connection):
            done = self.connection.execute(
                "UPDATE messages SET state = 'waiting', tries = 0, due_at = ? WHERE id = ?"
                " AND state IN ('unknown', 'given up')",
                [_iso(now), message_id],
            )
        return done.rowcount == 1

    def tidy(self, now: datetime) -> None:
        """Drop what was sent long ago."""
        with transaction(self.connection):
            self.connection.execute(
                "DELETE FROM messages WHERE state IN ('sent', 'given up') AND due_at < ?", [_iso(now - KEPT)]
            )

    def _set(self, message_id: int, what: str, *values: str) -> None:
        with transaction(self.connection):
            self.connection.execute(f"UPDATE messages SET {what} WHERE id = ?", [*values, message_id])


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


@contextmanager
def opened(path: Path) -> Iterator[Outbox]:
    """Open the outbox, and make it where there is none; raises StorageError for a file that is not ours or damaged."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)  # of one that is there the mode stays
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(
            f"{path} cannot be used ({error}). Nothing was sent. Make it writable, or move it."
        ) from error
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        with transaction(connection):
            if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    connection.execute(statement)
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise StorageError(
                f"{path} was not made by Stellwerk; it was left as it is. Move it away. Nothing was sent."
            )
        yield Outbox(connection)
    except sqlite3.Error as error:
        raise StorageError(f"{path} cannot be used ({error}). What was marked as sent stays so.") from error
    finally:
        connection.close()
