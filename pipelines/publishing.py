"""The file to show others: listed tables and columns only, no advert's text, nothing that could act when opened."""

import json
import re
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines import exporting, summaries
from pipelines import text as texts
from pipelines.files import StorageError, reading, replacing
from pipelines.migrations import jobs_migrations
from pipelines.spelling import spellings
from pipelines.sqlite import Database

APPLICATION_ID = 0x53544550  # "STEP": tells a published file from the one that is written
LONGEST_URL = 2_000

# What is shown of each table, by column; what is not named here is not in the file. `test_publishing.py` fails for a
# column that stands neither here nor in WITHHELD.
PUBLISHED: dict[str, tuple[str, ...]] = {
    "runs": ("id", "search", "started_at", "finished_at", "exit_code", "outcome", "requests"),
    "run_boards": (
        "run_id", "board", "outcome", "reason", "certified", "advertised", "fetched", "accepted", "merged", "filtered",
        "quarantined", "new", "changed", "closed", "requests_planned", "requests_answered",
        "confirmed",
    ),
    "searches": ("search", "role", "place", "lat", "lon", "radius_km"),
    "run_coverage": ("run_id", "seen", "once", "twice", "ways", "posts", "low", "high", "reason"),
    "jobs": (
        "id", "search", "title", "title_clean", "role", "level", "area", "match", "match_reason", "match_rule",
        "employer", "employer_key", "employer_type", "industry", "city", "postal_code", "state", "country", "lat",
        "lon", "distance_km", "remote", "pay_text", "pay_min", "pay_max", "pay_period", "pay_currency",
        "salaries_per_year", "pay_year_min", "pay_year_max", "pay_basis", "pay_scale", "pay_group_min", "pay_group_max",
        "pay_step_min", "pay_step_max", "pay_table_date", "pay_rule", "pay_note", "hours", "contract", "starts_on",
        "published_on", "first_published_on", "apply_by", "modified_at", "reference", "team_size_min", "team_size_max",
        "budget_eur", "reports_to", "occupation", "url", "first_seen", "last_seen", "status", "closed_on",
        "closed_reason", "listed_since", "search_id",
    ),
    "job_places": ("job_id", "position", "city", "postal_code", "state", "country", "lat", "lon", "distance_km"),
    "job_skills": ("job_id", "position", "skill", "skill_group", "need", "words"),
    "job_evidence": ("job_id", "field", "words"),
    "job_texts": ("search_id", "job_id", "title", "employer", "place"),  # for the search; the text itself is not there
    "postings": (
        "search", "board", "source_id", "job_id", "leads", "title", "employer", "url", "detail", "first_seen",
        "last_seen", "status", "closed_on", "closed_reason",
    ),
    "merges": ("job_id", "search", "board", "source_id", "rule", "score", "signals", "merged_on"),
    "links": ("one", "other", "kind", "signals", "linked_on"),
    "changes": ("job_id", "run_id", "changed_on", "field", "old", "new"),
}  # fmt: skip
# What stays at home, and why.
WITHHELD: dict[str, tuple[str, ...]] = {
    "jobs": ("content_hash",),  # ours alone
    "job_texts": ("text", "spellings"),  # employers' texts; the spellings are made anew without them
    "postings": ("list_hash", "content_hash", "missed", "missed_at"),  # ours alone
    "readings": ("*",),  # whole adverts
    "filtered": ("*",),  # what nobody looked for
    "quarantine": ("*",),  # what could not be read
    "decisions": ("*",),  # a person's
    "run_fields": ("*",),  # about boards, for whoever runs it
    "run_spreads": ("*",),
    "messages": ("*",),  # advice to whoever runs it
    "summaries": ("*",),  # this and the next three are counted anew, of what is shown
    "employers": ("*",),
    "earlier_listings": ("*",),
    "skill_demand": ("*",),
    "briefs": ("*",),  # what its owner has been told
}
_DROPPED_TABLES = ("readings", "filtered", "quarantine", "decisions", "messages", "briefs", "run_fields", "run_spreads")
_DROPPED_COLUMNS = {
    "postings": ("list_hash", "content_hash", "missed", "missed_at"),
    "jobs": ("content_hash",),
}
_URLS = {"url"}
# Control characters, soft hyphens, zero widths, and what turns the direction of writing.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def publish(jobs_db: Path, out: Path) -> dict[str, int]:
    """Write the file to show others and return how many rows each table has; raises StorageError.

    Written beside its place and renamed when it is whole: whoever reads the old one is not disturbed.
    """
    if out.resolve() == jobs_db.resolve():
        raise StorageError(f"{out} is the file that is written each night. Nothing was changed; name another one.")
    with replacing(out) as made:
        with reading(jobs_db) as source:
            source.execute("BEGIN")  # one state of the file, whoever writes meanwhile
            counts = _written(source, made)
        made.chmod(0o644)
    return counts


def _written(source: sqlite3.Connection, made: Path) -> dict[str, int]:
    connection = sqlite3.connect(made, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = OFF")
        jobs_migrations.apply(Database(connection))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("BEGIN")
        counts = {table: _copied(source, connection, table) for table in PUBLISHED}
        connection.execute("UPDATE changes SET old = NULL, new = NULL WHERE field = 'text'")
        summaries.refresh(connection, datetime.now(UTC))  # of what is shown, so that nothing else can be in them
        connection.execute("COMMIT")
        for table in _DROPPED_TABLES:
            connection.execute(f"DROP TABLE {table}")
        for table, columns in _DROPPED_COLUMNS.items():
            for column in columns:
                connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("DROP TABLE _sqlite_migrations")
        connection.execute("INSERT INTO jobs_fts (jobs_fts) VALUES ('rebuild')")
        connection.execute("INSERT INTO jobs_fts (jobs_fts) VALUES ('optimize')")
        connection.execute("VACUUM")
        connection.execute("PRAGMA journal_mode = DELETE")
    finally:
        connection.close()
    return counts


def _copied(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> int:
    columns = PUBLISHED[table]
    needed = {
        name: "" if kind == "TEXT" else 0
        for _, name, kind, notnull, default, _ in target.execute(f"PRAGMA table_info({table})")
        if notnull and default is None and name not in columns
    }
    names = [*columns, *needed] + (["spellings"] if table == "job_texts" else [])
    insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    count = 0
    for row in source.execute(f"SELECT {', '.join(columns)} FROM {table}"):
        values = [_shown(name, value) for name, value in zip(columns, row, strict=True)]
        values += needed.values()
        if table == "job_texts":
            values.append(spellings(*values[2:5]))
        target.execute(insert, values)
        count += 1
    return count


def _shown(column: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return web_address(value) if column in _URLS else harmless(value)


def harmless(text: str) -> str:
    """Return a text without control and direction characters, and without e-mail addresses and phone numbers."""
    return texts.redact(_CONTROL.sub("", text))


def web_address(url: str) -> str | None:
    """Return an address that a browser may be sent to: http or https, a host, no password; None for any other."""
    url = url.strip()
    if len(url) > LONGEST_URL or re.search(r"[\x00-\x20\x7f\\]", url):
        return None
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return None
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    except ValueError:
        return None


# ---------------------------------------------------------------- tables for spreadsheets


def tables(published: Path, folder: Path) -> list[Path]:
    """Write the open jobs and the changes of a published file as CSV, and return the files; raises StorageError."""
    return [exporting.export(published, name, folder / f"{name}.csv")[0] for name in ("open_jobs", "changes")]


# ---------------------------------------------------------------- a site

_SETTINGS = {
    "default_allow_sql": False,  # no SQL of strangers: one line of it can ask for 500 MB
    "allow_csv_stream": False,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 1000,
}


def site(jobs_db: Path, data: Path, folder: Path) -> dict[str, int]:
    """Write a folder that `datasette FOLDER` shows to others: the published file, our pages, free SQL off."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("templates", "static", "plugins"):
            shutil.copytree(
                data / name, folder / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
            )
        settings = json.loads((data / "settings.json").read_text(encoding="utf-8")) | _SETTINGS
        (folder / "settings.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
        shutil.copy(data / "metadata.yaml", folder / "metadata.yaml")
    except OSError as error:
        raise StorageError(f"{folder} could not be written ({error}).") from error
    return publish(jobs_db, folder / "jobs.db")
