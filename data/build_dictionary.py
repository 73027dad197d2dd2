"""Writes docs/data.md, the data dictionary: `./run python data/build_dictionary.py`. Run it when the schema changes.

Tables, views, columns and their types come from a jobs.db made by the migrations, the words from data/metadata.yaml.
"""

import sqlite3
import sys
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent
sys.path.insert(0, str(DATA.parent))

from sqlite_utils import Database  # noqa: E402 - the project's folder must be known first

from pipelines.migrations import jobs_migrations  # noqa: E402
from pipelines.publishing import WITHHELD  # noqa: E402

_HEAD = """# The data, table by table

One SQLite file, `data/jobs.db`; Datasette shows it with the same words. Written by `data/build_dictionary.py` from the
schema and `data/metadata.yaml`. Start with view `open_jobs` or table `jobs`; `scrapy export` writes them as CSV, JSON
or Parquet, [analysis.ipynb](analysis.ipynb) reads the file with pandas. Columns marked *private* are not in a file that
`scrapy publish` writes.
"""
_QUERIES = """
## Stored queries

Each is a page of Datasette at `/jobs/` and its name, with its SQL, and as data with `.json` or `.csv` behind the name.

| query | what it answers | parameters |
|---|---|---|
"""


def dictionary() -> str:
    """Return the whole document."""
    database = Database(sqlite3.connect(":memory:"))
    jobs_migrations.apply(database)
    described = yaml.safe_load((DATA / "metadata.yaml").read_text(encoding="utf-8"))["databases"]["jobs"]
    parts = [_HEAD]
    for name, words in described["tables"].items():
        if not words.get("hidden"):
            parts.append(_table(database, name, words))
    rows = [
        f"| `{name}` | {query['title'].removeprefix('Picture: ')}. {_line(query.get('description', ''))} |"
        f" {', '.join(f'`{each}`' for each in query.get('params', []))} |"
        for name, query in described["queries"].items()
    ]
    return "".join(parts) + _QUERIES + "\n".join(rows) + "\n"


def _table(database: Database, name: str, words: dict[str, Any]) -> str:
    kind = "view" if name in database.view_names() else "table"
    columns = database.execute(f'SELECT name, type, "notnull", pk FROM pragma_table_info({name!r})').fetchall()
    links = {key[0]: f"{key[1]}.{key[2]}" for key in database.execute(
        f'SELECT "from", "table", "to" FROM pragma_foreign_key_list({name!r})'
    )}  # fmt: skip
    rows = []
    for column, sort, required, key in columns:
        notes = [each for each, holds in (("key", key), ("never empty", required and not key)) if holds]
        notes += ["private"] if {column, "*"} & {*WITHHELD.get(name, ())} else []
        notes += [f"→ `{links[column]}`"] if column in links else []
        rows.append(f"| `{column}` | {(sort or '').lower()} | {_line(words['columns'][column])} | {', '.join(notes)} |")
    head = f"\n## {words['title']}: {kind} `{name}`\n\n{_line(words['description'])}\n\n"
    return head + "| column | type | what it holds | |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"


def _line(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")


if __name__ == "__main__":
    target = DATA.parent / "docs" / "data.md"
    target.write_text(dictionary(), encoding="utf-8")
    print(f"wrote {target.relative_to(DATA.parent)}")
