"""Answers that go through all jobs, counted once at the end of a run: what the pictures show.

They are the stored queries `picture_…` of data/metadata.yaml, so that the query behind a picture is the one a reader
can run. Pages read the rows from table `summaries`; where it has none (a file of an older version, a crawl that has not
ended yet) they run the query themselves.
"""

import functools
import json
import sqlite3
from datetime import datetime
from pathlib import Path

METADATA = Path(__file__).resolve().parent.parent / "data" / "metadata.yaml"
PREFIX = "picture_"


@functools.cache
def queries() -> dict[str, str]:
    """Return the SQL of each stored query that is summarised, by its name."""
    import yaml  # noqa: PLC0415 - at the end of a run alone

    stated = yaml.load(METADATA.read_text(encoding="utf-8"), yaml.CSafeLoader)
    stored = stated["databases"]["jobs"]["queries"]
    return {name: each["sql"] for name, each in stored.items() if name.startswith(PREFIX)}


def refresh(connection: sqlite3.Connection, now: datetime) -> None:
    """Count all of them anew, in the caller's transaction."""
    for name, sql in queries().items():
        cursor = connection.execute(sql)
        columns = [each[0] for each in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor]
        connection.execute(
            "INSERT INTO summaries (query, counted_at, rows) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
            " counted_at = excluded.counted_at, rows = excluded.rows",
            [name, now.isoformat(timespec="seconds"), json.dumps(rows, ensure_ascii=False)],
        )
