"""Tables of jobs.db as CSV, JSON or Parquet: safe to open, row by row, whatever their size."""

import csv
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines.files import StorageError, reading, replacing

# What may be exported, and in which order.
ORDERS = {
    "open_jobs": "first_seen DESC, id", "jobs": "first_seen DESC, id", "changes": "changed_on DESC, job_id, field",
    "job_states": "job_id, valid_from", "job_skills": "job_id, position", "job_places": "job_id, position",
    "postings": "search, board, source_id", "merges": "search, board, source_id", "links": "one, other",
    "runs": "id", "run_boards": "run_id, board", "run_coverage": "run_id",
}  # fmt: skip
_AT_ONCE = 10_000  # rows held in memory
_ACTS = re.compile(r"^[\s\"'\x00-\x1f\u200b\ufeff]*[=+\-@\t\r\n|%＝＋－＠﹦﹢﹣﹫−]")

Row = Sequence[Any]
Columns = dict[str, str]  # by name: real, integer or text
Writer = Callable[[Path, Columns, Iterator[Row]], int]


def export(jobs_db: Path, table: str, out: Path) -> tuple[Path, int]:
    """Write a table or view, in the form that the name's ending says; returns the file and its number of rows.

    Written beside its place and renamed when it is whole. Raises StorageError: for a file that cannot be read or
    written, an ending that is none of WRITERS, a table that is none of ORDERS.
    """
    write = WRITERS.get(out.suffix.lower())
    if write is None:
        raise StorageError(f"{out}: the name must end in {', '.join(WRITERS)}. Nothing was written.")
    if table not in ORDERS:
        raise StorageError(
            f"there is no table {table!r} to export; there are {', '.join(ORDERS)}. Nothing was written."
        )
    with replacing(out) as made, reading(jobs_db) as connection:
        columns = _columns(connection, table)
        count = write(made, columns, connection.execute(f"SELECT * FROM {table} ORDER BY {ORDERS[table]}"))
    return out, count


def _columns(connection: sqlite3.Connection, table: str) -> Columns:
    """Return the columns with their types; those that a view computes have the type of their values."""
    found = {}
    for name, declared in connection.execute("SELECT name, lower(type) FROM pragma_table_info(?)", [table]).fetchall():
        value = None if declared else connection.execute(
            f"SELECT typeof({name}) FROM {table} WHERE {name} IS NOT NULL LIMIT 1"
        ).fetchone()  # fmt: skip
        found[str(name)] = str(declared or (value and value[0]) or "text")
    return found


def _csv(path: Path, columns: Columns, rows: Iterator[Row]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # the mark lets Excel read umlauts
        writer = csv.writer(file)
        writer.writerow(columns)
        for count, row in enumerate(rows, 1):  # noqa: B007 - the last number is what we return
            writer.writerow([cell(value) for value in row])
    return count


def cell(value: Any) -> Any:
    """Return a value for a spreadsheet: a text that a program could take for a formula gets an apostrophe in front.

    >>> cell("=1+1"), cell("IT-Leiter"), cell(-5), cell(" @SUM(A1)")
    ("'=1+1", 'IT-Leiter', -5, "' @SUM(A1)")
    """
    return f"'{value}" if isinstance(value, str) and _ACTS.match(value) else value


def _json(path: Path, columns: Columns, rows: Iterator[Row]) -> int:
    """Write an array, one object a line."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for count, row in enumerate(rows, 1):
            file.write(",\n " if count > 1 else "\n ")
            json.dump(dict(zip(columns, row, strict=True)), file, ensure_ascii=False)
        file.write("\n]\n")
    return count


def _parquet(path: Path, columns: Columns, rows: Iterator[Row]) -> int:
    """Write it typed: a column is whole numbers, numbers or text, as its values are in SQLite."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - 0.4 s and 100 MB that no other command needs
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise StorageError(
            "Parquet needs pyarrow: ./run --group analysis scrapy export ... brings it. CSV and JSON need nothing."
        ) from error
    types = {"real": pa.float64(), "integer": pa.int64()}
    schema = pa.schema([(name, types.get(kind, pa.string())) for name, kind in columns.items()])
    count = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(rows, _AT_ONCE)):
            values = zip(*batch, strict=True)
            arrays = [pa.array(column, kind.type) for column, kind in zip(values, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(batch)
    return count


WRITERS: dict[str, Writer] = {".csv": _csv, ".json": _json, ".parquet": _parquet}
