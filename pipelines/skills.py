"""Which skills an advert names, with its words, and whether it demands them or would like them."""

import bisect
import functools
import itertools
import operator
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
_PROFILE = vocabulary.pieces(
    "profil", "qualifikation", "anforderung", "voraussetzung", "das bringen sie", "das bringst du", "sie bringen",
    "du bringst", "überzeugen", "requirements", "qualifications", "what you bring", "about you", "was wir erwarten",
    "erwarten wir", "wir erwarten", r"\bwas (?:sie|dich|du|uns) (?:mitbringen|auszeichnet|mitbringst)",
)  # fmt: skip
_HEADING, _SIGNS = 70, 20  # characters of a line that may be one, and of the signs around it
_NICE_HEADING = 40  # of one that says "von Vorteil"; a longer line with these words is a sentence
_ITEM = ("-", "•", "·", "*")  # of a list
_BOLD = re.compile(r"\s*\*\*[^*]+\*\*[\s:*]*")  # as Markdown has it
_EDGE = re.compile(r"[.;!?\n•·]")  # of a clause
_LOOK = 160  # characters around a skill that may say how much it is wanted


def find(text: str | None) -> tuple[Skill, ...]:
    """Return the skills that a plain text names, each once, in the order of their first place.

    `need` is "must" where the words near it, or else the heading above, demand it; "nice" where they call it an
    advantage; else "stated" (it belongs to the job, not to the person). Of several places the strongest need counts.
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
        self.nice = [match.span() for match in _NICE.finditer(text)]
        self.must = [match.span() for match in _MUST.finditer(text)]
        profile = [match.span() for match in _PROFILE.finditer(text)]
        self.parts = [(-1, "stated")]
        for start, end in _headings(text):
            said = "must" if _within(profile, start, end) else "stated"
            if end - start <= _NICE_HEADING and _within(self.nice, start, end):
                said = "nice"
            self.parts.append((start, said))

    def need(self, start: int, end: int) -> str:
        """Look at the clause first; where it says nothing, at the heading above."""
        before = _EDGE.search(self.text[max(0, start - _LOOK) : start][::-1])
        behind = _EDGE.search(self.text, end, end + _LOOK)
        first = start - before.start() if before else start - _LOOK
        last = behind.start() if behind else end + _LOOK
        if _within(self.nice, first, last):
            return "nice"
        if _within(self.must, first, last):
            return "must"
        return self.parts[bisect.bisect_right(self.parts, start, key=operator.itemgetter(0)) - 1][1]


def _within(spans: list[tuple[int, int]], first: int, last: int) -> bool:
    """Say whether one of them lies between two places; they stand in order, and none in another."""
    at = bisect.bisect_left(spans, (first, 0))
    return at < len(spans) and spans[at][1] <= last


def _headings(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each heading begins and ends: a short line that is no item of a list, or is bold as a whole."""
    start = 0
    for line in text.split("\n"):
        if len(line) <= _HEADING + _SIGNS and (not line.lstrip().startswith(_ITEM) or _BOLD.fullmatch(line)):
            bare = line.strip(" #*:-•·")
            if 2 < len(bare) <= _HEADING and not bare.endswith((".", ",")):
                yield start, start + len(line)
        start += len(line) + 1


@functools.cache
def _skills() -> dict[vocabulary.Pattern, tuple[str, str]]:
    """Return the name and group of what each pattern finds."""
    return {
        vocabulary.words([row["pattern"]], before=r"(?<![\w.-])"): (row["skill"], row["group"])
        for row in rows("skills.csv")
    }
