"""How well places are read: `python -m tests.quality places [FILE]`.

FILE is tab separated with the columns `text`, `city` (of the place nearest to Dortmund; empty: none is to be found) and
`km` (from Dortmund, to 5 km; empty: no distance may be told), as our tests/tables/places.tsv. Columns `postal_code` and
`state` may follow: what the source states beside the text. right: both as expected; silent: no distance where one is
expected; wrong: all else.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from pipelines import places
from pipelines.items import Place

OURS = Path(__file__).resolve().parent.parent / "tables" / "places.tsv"
DORTMUND = (51.51494, 7.466)
STEP = 5  # km


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a tab separated file; lines that start with # are comments."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("# "))
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def found(row: dict[str, str]) -> tuple[str, str]:
    """Return town and distance as the table writes them."""
    beside = {key: row[key] for key in ("postal_code", "state") if row.get(key)}
    stated = (Place(city=row["text"] or None, **beside),) if beside else ()  # type: ignore[arg-type]
    nearest, km = places.nearest(places.resolve(stated, row["text"]), DORTMUND)
    return (nearest.city if nearest and nearest.city else ""), ("" if km is None else str(round(km / STEP) * STEP))


def _written(row: dict[str, str]) -> str:
    return " ".join(row[key] for key in ("postal_code", "text", "state") if row.get(key))


def main(argv: list[str]) -> int:
    """Print the counts and every error; exit code 1 when there is one."""
    path = Path(argv[0]) if argv else OURS
    if not path.is_file():
        print(f"{path}: no such file", file=sys.stderr)
        return 2
    counts: Counter[str] = Counter()
    for row in read(path):
        got = found(row)
        verdict = "right" if got == (row["city"], row["km"]) else "silent" if row["km"] and not got[1] else "wrong"
        counts[verdict] += 1
        if verdict != "right":
            print(f"{verdict}: {_written(row)!r}: got {got}, want {(row['city'], row['km'])}")
    print(f"{counts.total()} places: {counts['right']} right, {counts['wrong']} wrong, {counts['silent']} silent")
    return 0 if counts["right"] == counts.total() else 1
