"""Reads the tables in data/tables/."""

import csv
import functools
from pathlib import Path

TABLES = Path(__file__).resolve().parent.parent / "data" / "tables"


@functools.cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of `data/tables/<name>`, a UTF-8 CSV with a header; lines starting with # are comments.

    Raises ValueError naming file and line when a row has another number of cells than the header.
    """
    path = TABLES / name
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(line for line in file if not line.startswith("#"))
        for number, row in enumerate(reader, 2):
            if None in row or None in row.values():
                raise ValueError(f"{path}: row {number} has not as many cells as the header")
            found.append(row)
    return tuple(found)


@functools.cache
def column(name: str, key: str) -> frozenset[str]:
    """Return the values of one column of `data/tables/<name>`."""
    return frozenset(row[key] for row in rows(name))
