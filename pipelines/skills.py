"""Which skills an advert names, with its words, and whether it demands them or would like them."""

import functools
import itertools
import re
from collections.abc import Iterator

from pipelines import vocabulary
from pipelines.items import Skill
from pipelines.reference import rows

LONGEST = 20_000  # characters read
MOST = 12  # places of one skill that are looked at
_WORDS = 80  # characters of a quotation
# Small letters: so are the clauses that they are looked for in.
_NICE = re.compile(
    r"von vorteil|wünschenswert|idealerweise|gern gesehen|nice[ -]to[ -]have|optional|\bein plus\b|is a plus|a plus\b"
    r"|vorteilhaft|runden (?:ihr|dein) profil ab|desirable|preferred|preferably|bestenfalls|im idealfall",
)
_MUST = re.compile(
    r"zwingend|voraussetzung|vorausgesetzt|setzen wir voraus|erforderlich|unerlässlich|unabdingbar|müssen sie"
    r"|must[ -]have|required|mandatory|fundierte|sehr gute|mehrjährige|nachgewiesene|nachweisbare|umfassende"
    r"|ausgeprägte",
)
# A heading (a short line) opens a part of the text in which what is named is demanded; another one ends it.
_PROFILE = re.compile(
    r"profil|qualifikation|anforderung|voraussetzung|das bringen sie|das bringst du|sie bringen|du bringst|überzeugen"
    r"|requirements|qualifications|your profile|what you bring|about you|was wir erwarten|erwarten wir|wir erwarten"
    r"|was (?:sie|dich|du|uns) (?:mitbringen|auszeichnet|mitbringst)",
    re.IGNORECASE,
)
_HEADING = 70  # characters of a line that may be one
_CLAUSE = re.compile(r"[.;!?\n•·]")
_LOOK = 160  # characters around a skill that may say how much it is wanted


def find(text: str | None) -> tuple[Skill, ...]:
    """Return the skills that a plain text names, each once, in the order of their first place.

    `need` is "must" where the words near it, or the heading above, demand it; "nice" where they call it an advantage;
    else "stated" (it belongs to the job, not to the person). Of several places the strongest need counts.
    """
    if not text:
        return ()
    text = text[:LONGEST]
    parts: list[tuple[int, bool]] = []
    best: dict[str, tuple[int, Skill]] = {}
    for name, group, pattern in _rows():
        for match in itertools.islice(pattern.finditer(text), MOST):
            parts = parts or [(-1, False), *_parts(text)]
            found = Skill(name, group, _need(text, match, parts), " ".join(match[0].split())[:_WORDS])
            at, known = best.get(name, (match.start(), found))
            best[name] = (at, found if _RANK[found.need] < _RANK[known.need] else known)
    return tuple(skill for _, skill in sorted(best.values(), key=lambda each: (each[0], each[1].name)))


_RANK = {"must": 0, "nice": 1, "stated": 2}


def _need(text: str, match: re.Match[str], parts: list[tuple[int, bool]]) -> str:
    """Look at the clause first; where it says nothing, at the part of the text."""
    before = text[max(0, match.start() - _LOOK) : match.start()]
    after = text[match.end() : match.end() + _LOOK]
    before = before[max((edge.end() for edge in _CLAUSE.finditer(before)), default=0) :]
    if edge := _CLAUSE.search(after):
        after = after[: edge.start()]
    clause = f"{before}{match[0]}{after}".lower()
    if _NICE.search(clause):
        return "nice"
    in_profile = next((profile for start, profile in reversed(parts) if start <= match.start()), False)
    return "must" if in_profile or _MUST.search(clause) else "stated"


def _parts(text: str) -> Iterator[tuple[int, bool]]:
    """Yield where each part of the text begins, and whether it is the one about the person."""
    start = 0
    for line in text.split("\n"):
        bare = line.strip(" #*:-•·")
        if 2 < len(bare) <= _HEADING and not bare.endswith((".", ",")) and line.lstrip()[:1] not in "-•·*":
            yield start, _PROFILE.search(bare) is not None
        start += len(line) + 1


@functools.cache
def _rows() -> tuple[tuple[str, str, vocabulary.Pattern], ...]:
    return tuple(
        (row["skill"], row["group"], vocabulary.words([row["pattern"]], before=r"(?<![\w.-])"))
        for row in rows("skills.csv")
    )
