"""How well titles are told apart: `python -m tests.quality titles [FILE] [ROLE]`.

FILE is tab separated with the columns `title` and `match` (exact, near, no), as our tests/tables/titles.tsv, or
`title` and `class`, as the hand-labelled titles of the corpus. Of a file with titles alone, what was found exact is
listed, to be read by eye.
"""

import csv
import sys
import time
from collections import Counter
from pathlib import Path

from pipelines import title_cleaning, titles

OURS = Path(__file__).resolve().parent.parent / "tables" / "titles.tsv"
MATCHES = ("exact", "near", "no")
# The corpus's classes in our words; every other class is "no".
OF_CLASS = {
    "head_of_it": "exact",
    "it_sub_lead": "near",
    "it_sub_lead_deputy": "near",
    "cto": "near",
    "security_lead": "near",
    "digital_lead": "near",
    "it_manager": "near",
}


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a tab separated file; lines that start with # are comments."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("# "))
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def found(row: dict[str, str], role: titles.Role) -> titles.TitleClass:
    """Clean and classify the title of a row, with the employer where the row has one."""
    return titles.classify(title_cleaning.clean(row["title"], row.get("employer") or None).text, role)


def main(argv: list[str]) -> int:
    """Print precision, recall and F1, and every error; exit code 1 when there is an error in a labelled file."""
    path = Path(argv[0]) if argv else OURS
    role = titles.role(argv[1] if len(argv) > 1 else "it-leiter")
    if not path.is_file():
        print(f"{path}: no such file", file=sys.stderr)
        return 2
    rows = read(path)
    start = time.perf_counter()
    results = [found(row, role) for row in rows]
    seconds = time.perf_counter() - start
    print(f"{len(rows)} titles, {len(rows) / seconds:,.0f} per second cleaned and classified")
    if "match" not in rows[0] and "class" not in rows[0]:
        for row, result in zip(rows, results, strict=True):
            if result.match == "exact":
                print(f"exact  {row['title']}  [{result.reason}]")
        print(Counter(result.match for result in results))
        return 0
    wanted = [row.get("match") or OF_CLASS.get(row.get("class", ""), "no") for row in rows]
    errors = 0
    for row, want, result in sorted(zip(rows, wanted, results, strict=True), key=lambda each: (each[1], each[2].match)):
        if want != result.match:
            errors += 1
            print(f"{want:>5} found {result.match:<5} {row['title']}  [{result.rule}: {result.reason}]")
    pairs = Counter(zip(wanted, (result.match for result in results), strict=True))
    for name, members in [(match, {match}) for match in MATCHES] + [("exact or near", {"exact", "near"})]:
        right = sum(count for (want, got), count in pairs.items() if want in members and got in members)
        of_found = sum(count for (_, got), count in pairs.items() if got in members)
        of_wanted = sum(count for (want, _), count in pairs.items() if want in members)
        precision, recall = right / of_found if of_found else 1.0, right / of_wanted if of_wanted else 1.0
        both = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        print(f"{name:<14} precision {precision:.3f}  recall {recall:.3f}  F1 {both:.3f}  ({of_wanted} titles)")
    return 1 if errors else 0
