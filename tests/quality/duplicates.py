"""How well duplicates are told: `python -m tests.quality duplicates [FILE]`.

FILE is our own tests/tables/pairs.jsonl (the default), or pairs labelled by machine (.tsv with `label_auto`, and the
texts in `ads_text.jsonl.gz` beside it). Printed are precision, recall and every error, and how many pairs that must
never be merged were.
"""

import csv
import gzip
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pipelines import duplicates, normalise, titles
from pipelines.items import Posting

OURS = Path(__file__).resolve().parent.parent / "tables" / "pairs.jsonl"
SAME, OTHER = {"dup_same_place"}, {
    "not_dup", "same_text_other_place", "template_text_other_job", "same_text_other_employer_name",
}  # fmt: skip


def advert(number: str, posting: Posting, first_seen: str = "2026-11-25") -> duplicates.Advert:
    """Normalise a posting as the crawl does, and take what deciding needs."""
    wanted = normalise.Wanted(titles.role("it-leiter"))
    return duplicates.advert_of(number, first_seen, normalise.normalise(posting, wanted, date(2026, 11, 25)))


def pairs(path: Path) -> Iterator[tuple[str, bool, duplicates.Advert, duplicates.Advert]]:
    """Yield family, label and the two adverts of every pair of a file that is labelled clearly."""
    yield from _machine(path) if path.suffix == ".tsv" else _ours(path)


def _ours(path: Path) -> Iterator[tuple[str, bool, duplicates.Advert, duplicates.Advert]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        one, other = (
            advert(name, normalise.read_posting(json.dumps({"id": name, **row[name]}))) for name in ("a", "b")
        )
        yield row["family"], bool(row["same"]), one, other


def _machine(path: Path) -> Iterator[tuple[str, bool, duplicates.Advert, duplicates.Advert]]:
    with gzip.open(path.parent / "ads_text.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = {str(each["id"]): each["text"] for each in map(json.loads, file)}
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        if row["label_auto"] not in SAME | OTHER:
            continue
        one, other = (
            advert(each, Posting(
                source_id=each, title=row[f"title_{each}"], employer=row[f"employer_{each}"] or None,
                place=row[f"place_{each}"] or None, description=texts.get(row[f"id_{each}"]),
            ))
            for each in ("a", "b")
        )  # fmt: skip
        yield row["label_auto"], row["label_auto"] in SAME, one, other


def main(argv: list[str]) -> int:
    """Print the scores and every error; exit code 1 when there is any."""
    path = Path(argv[0]) if argv else OURS
    if not path.is_file():
        print(f"{path}: no such file", file=sys.stderr)
        return 2
    right = wrong = missed = 0
    families: dict[str, list[int]] = {}
    for family, same, one, other in pairs(path):
        verdict = duplicates.judge(one, other)
        counted = families.setdefault(family, [0, 0])
        counted[0] += 1
        counted[1] += verdict.same == same
        right += verdict.same and same
        wrong += verdict.same and not same
        missed += same and not verdict.same
        if verdict.same != same:
            what = "wrongly merged" if verdict.same else "missed"
            print(f"{what} [{family}] {one.title!r} / {other.title!r}: {verdict.rule}; {verdict.signals}")
    for family, (count, good) in sorted(families.items()):
        print(f"  {family:<34} {good:>4} of {count} right")
    precision, recall = right / max(right + wrong, 1), right / max(right + missed, 1)
    print(f"precision {precision:.3f}  recall {recall:.3f}  ({right} right, {wrong} wrong, {missed} missed)")
    return 1 if wrong or missed else 0
