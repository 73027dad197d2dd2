"""Which skills an advert names, with its words, and whether it demands them or would like them."""

import bisect
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
_NICE = vocabulary.pieces(
    "von vorteil", "wünschenswert", "idealerweise", "gern gesehen", "nice[ -]to[ -]have", "optional", r"\bein plus\b",
    r"a plus\b", "vorteilhaft", "runden (?:ihr|dein) profil ab", "desirable", "preferred", "preferably",
    "bestenfalls", "im idealfall",
)  # fmt: skip
_MUST = vocabulary.pieces(
    "zwingend", "voraussetzung", "vorausgesetzt", "setzen wir voraus", "erforderlich", "unerlässlich", "unabdingbar",
    "müssen sie", "must[ -]have", "required", "mandatory", "fundierte", "sehr gute", "mehrjährige", "nachgewiesene",
    "nachweisbare", "umfassende", "ausgeprägte",
)  # fmt: skip
# A heading (a short line) opens a part of the text in which what is named is demanded; another one ends it.
_PROFILE = re.compile(
    r"profil|qualifikation|anforderung|voraussetzung|das bringen sie|das bringst du|sie bringen|du bringst|überzeugen"
    r"|requirements|qualifications|your profile|what you bring|about you|was wir erwarten|erwarten wir|wir erwarten"
    r"|was (?:sie|dich|du|uns) (?:mitbringen|auszeichnet|mitbringst)",
    re.IGNORECASE,
)
_HEADING, _SIGNS = 70, 20  # characters of a line that may be one, and of the signs around it
_ITEM = ("-", "•", "·", "*")  # of a list
_EDGE = re.compile(r"[.;!?\n•·]")  # of a clause
_LOOK = 160  # characters around a skill that may say how much it is wanted


def find(text: str | None) -> tuple[Skill, ...]:
    """Return the skills that a plain text names, each once, in the order of their first place.

    `need` is "must" where the words near it, or the heading above, demand it; "nice" where they call it an advantage;
    else "stated" (it belongs to the job, not to the person). Of several places the strongest need counts.
    """
    if not text:
        return ()
    text = text[:LONGEST]
    around: _Around | None = None
    best: dict[str, tuple[int, Skill]] = {}
    skills = _skills()
    for pattern in vocabulary.present(text) & skills.keys():
        name, group = skills[pattern]
        for match in itertools.islice(pattern.finditer(text), MOST):
            around = around or _Around(text)
            found = Skill(name, group, around.need(*match.span()), " ".join(match[0].split())[:_WORDS])
            at, known = best.get(name, (match.start(), found))
            best[name] = (at, found if _RANK[found.need] < _RANK[known.need] else known)
    return tuple(skill for _, skill in sorted(best.values(), key=lambda each: (each[0], each[1].name)))


_RANK = {"must": 0, "nice": 1, "stated": 2}


class _Around:
    """What a text says around its skills: of how much they are wanted."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts = [(-1, False), *_parts(text)]
        self.nice = [match.span() for match in _NICE.finditer(text)]
        self.must = [match.span() for match in _MUST.finditer(text)]

    def need(self, start: int, end: int) -> str:
        """Look at the clause first; where it says nothing, at the part of the text."""
        before = _EDGE.search(self.text[max(0, start - _LOOK) : start][::-1])
        behind = _EDGE.search(self.text, end, end + _LOOK)
        first = start - before.start() if before else start - _LOOK
        last = behind.start() if behind else end + _LOOK
        if _within(self.nice, first, last):
            return "nice"
        _, in_profile = self.parts[bisect.bisect_right(self.parts, (start, True)) - 1]
        return "must" if in_profile or _within(self.must, first, last) else "stated"


def _within(spans: list[tuple[int, int]], first: int, last: int) -> bool:
    """Say whether one of them lies between two places; they stand in order, and none in another."""
    at = bisect.bisect_left(spans, (first, 0))
    return at < len(spans) and spans[at][1] <= last


def _parts(text: str) -> Iterator[tuple[int, bool]]:
    """Yield where each part of the text begins, and whether it is the one about the person."""
    start = 0
    for line in text.split("\n"):
        if len(line) <= _HEADING + _SIGNS and not line.startswith(_ITEM):
            bare = line.strip(" #*:-•·")
            if 2 < len(bare) <= _HEADING and not bare.endswith((".", ",")) and not line.lstrip().startswith(_ITEM):
                yield start, _PROFILE.search(bare) is not None
        start += len(line) + 1


@functools.cache
def _skills() -> dict[vocabulary.Pattern, tuple[str, str]]:
    """Return the name and group of what each pattern finds."""
    return {
        vocabulary.words([row["pattern"]], before=r"(?<![\w.-])"): (row["skill"], row["group"])
        for row in rows("skills.csv")
    }
