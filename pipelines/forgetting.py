"""A person's traces: removed from every file, and kept out of later nights by a hash that does not tell the name."""

import hashlib
import json
import re
import secrets
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pipelines import summaries
from pipelines.files import StorageError, reading
from pipelines.items import Place, Posting, RawPosting

REMOVED = "[removed]"
_WORD = re.compile(r"\w+")
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The hashes of what nobody wants to be known for, and of how many words each is."""

    salt: str = ""
    hashes: frozenset[str] = frozenset()
    lengths: tuple[int, ...] = ()

    def clean(self, text: str) -> str:
        """Return a text with each forgotten run of words replaced, whatever stands between its words."""
        if not self.hashes:
            return text
        words = [(each.start(), each.end(), each[0].casefold()) for each in _WORD.finditer(text)]
        kept, done, at = [], 0, 0
        while at < len(words):
            length = next((n for n in self.lengths if self._holds([word for _, _, word in words[at : at + n]], n)), 0)
            if length:
                kept += [text[done : words[at][0]], REMOVED]
                done = words[at + length - 1][1]
            at += length or 1
        return "".join([*kept, text[done:]])

    def within(self, body: bytes | None) -> bool:
        """Say whether a list as sent holds something forgotten; an escaped line end must not hide a word."""
        if not self.hashes or not body:
            return False
        text = body.decode("utf-8", "replace").replace("\\n", " ")
        return self.clean(text) != text

    def _holds(self, words: Sequence[str], length: int) -> bool:
        return len(words) == length and _hash(self.salt, words) in self.hashes


def _hash(salt: str, words: Sequence[str]) -> str:
    return hashlib.blake2b(f"{salt} {' '.join(words)}".encode(), digest_size=16).hexdigest()


def words_of(pattern: str) -> list[str]:
    """Return the words of what is to be forgotten; raises ValueError where they are too few or too many."""
    words = [each.casefold() for each in _WORD.findall(pattern)]
    if not words or len("".join(words)) < 5 or len(words) > MOST_WORDS:
        raise ValueError("give a whole name, e-mail address or number: five letters at least, eight words at most")
    return words


# ---------------------------------------------------------------- later nights


def applied(raw: RawPosting, forgotten: Forgotten) -> RawPosting:
    """Return an advert without what is forgotten, payload and all."""
    if not forgotten.hashes:
        return raw
    posting = raw.posting and _cleaned_fields(raw.posting, forgotten)
    payload = raw.payload and _json(_walked(json.loads(raw.payload.decode("utf-8", "surrogatepass")), forgotten))
    return replace(raw, posting=posting, payload=payload)


def _cleaned_fields(posting: Posting, forgotten: Forgotten) -> Posting:
    values: dict[str, Any] = {}
    for each in fields(posting):
        value = getattr(posting, each.name)
        if isinstance(value, str) and each.name != "source_id":
            values[each.name] = forgotten.clean(value)
    places = tuple(
        Place(**{each.name: _walked(getattr(place, each.name), forgotten) for each in fields(place)})
        for place in posting.places
    )
    return replace(posting, **values, places=places)


def _walked(value: Any, forgotten: Forgotten) -> Any:
    if isinstance(value, str):
        return forgotten.clean(value)
    if isinstance(value, list):
        return [_walked(each, forgotten) for each in value]
    if isinstance(value, dict):
        return {key: _walked(each, forgotten) for key, each in value.items()}
    return value


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


# ---------------------------------------------------------------- the files


def load(raw: sqlite3.Connection) -> Forgotten:
    """Return what raw.db says is forgotten."""
    rows = raw.execute("SELECT hash, words, salt FROM forgotten").fetchall()
    if not rows:
        return Forgotten()
    return Forgotten(
        rows[0][2], frozenset(row[0] for row in rows), tuple(sorted({row[1] for row in rows}, reverse=True))
    )


def remember(raw: sqlite3.Connection, words: Sequence[str], night: str) -> Forgotten:
    """Write the tombstone of a run of words, and return all that is forgotten."""
    found = raw.execute("SELECT salt FROM forgotten LIMIT 1").fetchone()
    salt = found[0] if found else secrets.token_hex(16)
    raw.execute(
        "INSERT INTO forgotten (hash, words, salt, forgotten_on) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [_hash(salt, words), len(words), salt, night],
    )
    return load(raw)


def erase(connection: sqlite3.Connection, forgotten: Forgotten) -> int:
    """Clean every text of a jobs.db, or of the outbox, and leave none of its bytes; return how many cells changed."""
    changed = 0
    tables = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        if not name.startswith(("sqlite_", "jobs_fts", "_sqlite"))
    ]
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("BEGIN IMMEDIATE")
    if "summaries" in tables:  # not in the outbox
        summaries.clear(connection)
    for table in tables:
        changed += _erased(connection, table, forgotten)
    connection.execute("COMMIT")
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'jobs_fts'").fetchone():  # not in the outbox
        connection.execute("INSERT INTO jobs_fts (jobs_fts) VALUES ('rebuild')")
        connection.execute("INSERT INTO jobs_fts (jobs_fts) VALUES ('optimize')")
    _compacted(connection)
    return changed


_KEYS = {"id", "job_id", "one", "other", "source_id", "board", "search"}


def _erased(connection: sqlite3.Connection, table: str, forgotten: Forgotten) -> int:
    described = connection.execute(f"PRAGMA table_info({table})").fetchall()
    columns = [name for _, name, kind, *_ in described if kind == "TEXT" and name not in _KEYS]
    changed = 0
    for rowid, *values in (
        connection.execute(f"SELECT rowid, {', '.join(columns)} FROM {table}").fetchall() if columns else ()
    ):
        new = {
            name: clean
            for name, value in zip(columns, values, strict=True)
            if value is not None and (clean := _cell(name, value, forgotten)) != value
        }
        if new:
            sets = ", ".join(f"{name} = ?" for name in new)
            connection.execute(f"UPDATE {table} SET {sets} WHERE rowid = ?", [*new.values(), rowid])
            changed += len(new)
    return changed


def _cell(name: str, value: str, forgotten: Forgotten) -> str:
    """JSON is cleaned text by text: an escape in front of a word would hide it."""
    if name == "facts":
        return json.dumps(_walked(json.loads(value), forgotten), ensure_ascii=False)
    return forgotten.clean(value)


def erase_raw(connection: sqlite3.Connection, forgotten: Forgotten) -> int:
    """Clean raw.db: payloads text by text; lists that hold it are dropped, and asked for in full next night."""
    changed = 0
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("BEGIN IMMEDIATE")
    for rowid, payload in connection.execute("SELECT rowid, payload FROM raw").fetchall():
        before = json.loads(zlib.decompress(payload).decode("utf-8", "surrogatepass"))
        after = _walked(before, forgotten)
        if after != before:
            connection.execute("UPDATE raw SET payload = ? WHERE rowid = ?", [zlib.compress(_json(after), 1), rowid])
            changed += 1
    for rowid, body in connection.execute("SELECT rowid, body FROM lists").fetchall():
        if forgotten.within(zlib.decompress(body)):
            connection.execute("DELETE FROM lists WHERE rowid = ?", [rowid])
            changed += 1
    connection.execute("COMMIT")
    _compacted(connection)
    return changed


def _compacted(connection: sqlite3.Connection) -> None:
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def erase_log(path: Path, forgotten: Forgotten) -> int:
    """Clean a log; return whether it changed (1 or 0)."""
    before = path.read_text(encoding="utf-8", errors="replace")
    after = forgotten.clean(before)
    if after != before:
        path.write_text(after, encoding="utf-8")
    return int(after != before)


def left(files: Iterable[Path], words: Sequence[str]) -> Iterator[Path]:
    """Yield the files that still hold the words in their bytes, payloads of raw.db unpacked: the proof."""
    pattern = re.compile(rb"[^\w]{1,9}".join(re.escape(each.encode()) for each in words), re.IGNORECASE)
    for path in files:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise StorageError(f"{path} cannot be read ({error}).") from error
        if pattern.search(content) or any(pattern.search(each) for each in _unpacked(path, content)):
            yield path


def _unpacked(path: Path, content: bytes) -> Iterator[bytes]:
    if not content.startswith(b"SQLite format 3"):
        return
    with reading(path) as connection:
        for table, column in (("raw", "payload"), ("lists", "body")):
            if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", [table]).fetchone():
                for (packed,) in connection.execute(f"SELECT {column} FROM {table}"):
                    yield zlib.decompress(packed)
