"""How well pay is read: `python -m tests.quality pay [FILE]`.

FILE is one of
- a table of expressions (.tsv): our own tests/tables/pay.tsv (the default), or any with the columns
  snippet, kind, min, max, period[, currency], or snippet, groups, scales;
- labels of whole adverts (.jsonl: ref, amount, scale), with the adverts in `details_v4.jsonl` beside it.
"""

import csv
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import perf_counter

from pipelines import pay_scales, salaries

_MASKED = re.compile(r"[0-9]\+49 000 000000")
OURS = Path(__file__).resolve().parent.parent / "tables" / "pay.tsv"


@dataclass
class Score:
    """Right, wrong and missed answers of one question."""

    name: str
    right: int = 0
    wrong: int = 0  # an answer that is not the label's
    missed: int = 0  # a label without our (right) answer
    errors: list[str] = field(default_factory=list)

    def count(self, got: object, want: object, where: str) -> None:
        """Compare one answer; None is "says nothing"."""
        if got == want:
            self.right += want is not None
            return
        self.wrong += got is not None
        self.missed += want is not None
        self.errors.append(f"  {self.name}: got {got}, want {want}: {where}")

    @property
    def precision(self) -> float:
        """Of what we say, how much is right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Of what is to be said, how much we say."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def __str__(self) -> str:
        """One line for the report."""
        return (
            f"{self.name:<22} P {self.precision:.3f}  R {self.recall:.3f}  F1 {self.f1:.3f}  "
            f"(right {self.right}, wrong {self.wrong}, missed {self.missed})"
        )


def main(argv: list[str]) -> int:
    """Print the scores and every error; exit code 1 when there is any."""
    path = Path(argv[0]) if argv else OURS
    if not path.exists():
        print(f"no such file: {path}", file=sys.stderr)
        return 2
    found = scores(path)
    for score in found:
        for error in score.errors:
            print(error)
    for score in found:
        print(score)
    return 1 if any(score.errors for score in found) else 0


def scores(path: Path) -> list[Score]:
    """Measure a labelled file: whole adverts (.jsonl) or expressions (.tsv)."""
    return _adverts(path) if path.suffix == ".jsonl" else _expressions(path)


def _adverts(path: Path) -> list[Score]:
    adverts = {}
    for line in (path.parent / "details_v4.jsonl").read_text(encoding="utf-8").splitlines():
        advert = json.loads(line)
        adverts[advert["referenznummer"]] = advert
    detected, amounts, scales, named = (
        Score("amount detected"),
        Score("min, max and period"),
        Score("scale and group"),
        Score("scale named"),
    )
    masked = 0
    seconds = 0.0
    for line in path.read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        advert = adverts[label["ref"]]
        text, title = advert.get("stellenangebotsBeschreibung", ""), advert["stellenangebotsTitel"]
        amount, scale = label["amount"], label["scale"]
        if amount and _MASKED.search(text):
            masked += 1  # the collector's mask for phone numbers destroyed the sum
            continue
        started = perf_counter()
        found = pay_scales.leading(text, title)
        result = salaries.pay(text, title, None, pay_scales.value(found, date(2025, 5, 1)) if found else None)
        seconds += perf_counter() - started
        where = f"{label['ref']} {label['evidence']!r} | {result.pay_text!r} | {title[:60]}"
        got = (result.pay_min, result.pay_max, result.pay_period) if result.pay_basis == "stated" else None
        want = (amount["min"], amount["max"], amount["period"]) if amount else None
        detected.count(got and "amount", want and "amount", where)
        if got or want:
            amounts.count(got, want, where)
        got_scale = _as_one((result.pay_scale, result.pay_group_min, result.pay_group_max))
        want_scale = _as_one((scale["name"], scale["group_min"], scale["group_max"]) if scale else (None, None, None))
        where = f"{label['ref']} {label['evidence']!r} | {found.text if found else None!r}"
        scales.count(got_scale if any(got_scale[1:]) else None, want_scale if any(want_scale[1:]) else None, where)
        named.count(got_scale if any(got_scale) else None, want_scale if any(want_scale) else None, where)
    print(f"{masked} adverts left out: their sum was masked as a phone number")
    print(f"{amounts.right + amounts.missed} amounts; {len(adverts) / seconds:,.0f} adverts a second")
    return [detected, amounts, scales, named]


# The labels write one thing in two ways, at times of the same words.
_SPELLED = {"BAP/DGB": "BAP", "IG Metall": "ERA"}


def _as_one(stated: tuple[str | None, ...]) -> tuple[str | None, ...]:
    name, *groups = stated
    return (_SPELLED.get(name or "", name), *(each.removeprefix("TE ") if each else each for each in groups))


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Read a table of expressions: tab separated, no quoting, lines starting with "# " are comments."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(
            (line for line in file if not line.startswith("# ")), delimiter="\t", quoting=csv.QUOTE_NONE
        )


def _expressions(path: Path) -> list[Score]:
    detected, amounts, silent, scales = (
        Score("amount detected"),
        Score("min, max and period"),
        Score("not pay kept silent"),
        Score("scale and group"),
    )
    for row in rows(path):
        snippet = row["snippet"].replace("\\n", "\n")
        if row.get("kind") in {"salary", "rate", "rate_freelance", "not_salary"}:
            result = _pay(snippet)
            got = (result.pay_min, result.pay_max, result.pay_period) if result.pay_basis else None
            if row["kind"] == "not_salary":
                silent.right += got is None
                if got:
                    silent.wrong += 1
                    silent.errors.append(f"  false alarm: {got}: {snippet}")
                detected.count(got and "amount", None, snippet)
                continue
            want = (_number(row["min"]), _number(row["max"]), row["period"] or None)
            detected.count(got and "amount", "amount", snippet)
            amounts.count(got, want, snippet)
        else:
            found = pay_scales.find(snippet)
            if "groups" in row:
                want_groups = {each.lstrip("E") for each in row["groups"].split("|") if each}
                groups = {each for one in found for each in (one.group_min, one.group_max) if each}
                scales.count(
                    tuple(sorted(groups)) or None,
                    tuple(sorted(want_groups)) or None,
                    f"{snippet} {found and found[0].scale} {row['scales']}",
                )
            else:
                first = found[0] if found else None
                got_scale = (first.scale, first.group_min, first.group_max) if first else None
                want_scale = (
                    (row["scale"] or None, row["min"] or None, row["max"] or None)
                    if row["scale"] or row["max"]
                    else None
                )
                scales.count(got_scale, want_scale, snippet)
    return [detected, amounts, silent, scales]


def _pay(snippet: str) -> salaries.Pay:
    """Read a snippet as a text, and as a title where it is as short as one."""
    return salaries.pay(snippet, snippet if len(snippet) <= 120 and "\n" not in snippet else None, None, None)


def _number(text: str) -> float | None:
    return float(text) if text else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
