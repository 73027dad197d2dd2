"""What goes through all jobs, counted once at the end of a run: a page must not do so.

The pictures are the stored queries `picture_…` of data/metadata.yaml, so that the query behind a picture is the one a
reader can run; their rows stand in table `summaries`. Where it has none (a file of an older version, a crawl that has
not ended yet) the page runs the query itself. Employers, skills and earlier listings are tables of their own, which
stored queries narrow down.
"""

import functools
import json
import sqlite3
from datetime import datetime
from pathlib import Path

from pipelines.files import StorageError

METADATA = Path(__file__).resolve().parent.parent / "data" / "metadata.yaml"
PREFIX = "picture_"

# In this order: employers are told with the listings before.
_TABLES = {
    # Jobs of the same search, employer, title and town that had closed before an open one was first seen.
    "earlier_listings": """
        SELECT j.id, count(*), min(o.first_seen)
        FROM jobs j CROSS JOIN jobs o INDEXED BY jobs_closed_posts  -- else by town: hours, of a million
          ON o.employer_key = j.employer_key AND o.title_clean = j.title_clean
          AND o.city IS j.city AND o.search = j.search AND o.status = 'closed' AND o.closed_on <= j.first_seen
        WHERE j.status <> 'closed' GROUP BY j.id
    """,
    "employers": """
        SELECT coalesce(j.employer_key, j.employer), min(j.employer), j.employer_type, count(*), count(e.job_id),
               replace(group_concat(DISTINCT j.city), ',', ', '), replace(group_concat(DISTINCT j.level), ',', ', '),
               min(j.first_seen), max(j.first_seen)
        FROM jobs j LEFT JOIN earlier_listings e ON e.job_id = j.id
        WHERE j.status <> 'closed' AND j.employer IS NOT NULL GROUP BY 1
    """,
    "skill_demand": """
        SELECT s.skill, min(s.skill_group), count(*),
               round(100.0 * count(*) / (SELECT count(*) FROM jobs WHERE status <> 'closed'), 1),
               sum(s.need = 'must'), sum(s.need = 'nice')
        FROM jobs j CROSS JOIN job_skills s ON s.job_id = j.id WHERE j.status <> 'closed' GROUP BY s.skill
    """,
}


@functools.cache
def queries() -> dict[str, str]:
    """Return the SQL of each stored query that is summarised, by its name; raises StorageError."""
    import yaml  # noqa: PLC0415 - at the end of a run alone

    try:
        stated = yaml.load(METADATA.read_text(encoding="utf-8"), yaml.CSafeLoader)
        stored = stated["databases"]["jobs"]["queries"]
        return {name: each["sql"] for name, each in stored.items() if name.startswith(PREFIX)}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(f"{METADATA} does not say what to count ({error})") from error


def refresh(connection: sqlite3.Connection, now: datetime) -> None:
    """Count all of them anew, in the caller's transaction."""
    clear(connection)
    for table, sql in _TABLES.items():
        connection.execute(f"INSERT INTO {table} {sql}")
    for name, sql in queries().items():
        cursor = connection.execute(sql)
        columns = [each[0] for each in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor]
        connection.execute(
            "INSERT INTO summaries (query, counted_at, rows) VALUES (?, ?, ?)",
            [name, now.isoformat(timespec="seconds"), json.dumps(rows, ensure_ascii=False)],
        )


def clear(connection: sqlite3.Connection) -> None:
    """Leave nothing of them: they name employers, and are counted anew by the next run."""
    for table in ("summaries", *_TABLES):
        connection.execute(f"DELETE FROM {table}")
