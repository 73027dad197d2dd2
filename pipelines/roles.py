"""A role as its file in data/tables/roles/ says, and what a word of a title means to it.

A word is looked up as it stands, in the genitive, or as a compound by its parts: Abteilungs|leiter, Informatik|leitung.
"""

import dataclasses
import functools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipelines.reference import TABLES, rows
from pipelines.spelling import fold

_ROLES = TABLES / "roles"


class Word(NamedTuple):
    """What a word means to the grammar: its kind, and more about it."""

    kind: str  # lead, team_lead, manager, title, officer, other, unit, whole, part, weak, sibling, field, …
    detail: str = ""  # the level of a lead or unit, the area of a part, the sort of an "other"
    led: str = ""  # of a compound such as Informatikleiter: the kind and area of its first part
    english: bool = False


UNKNOWN = Word("unknown")
OF_FIELD = frozenset({"whole", "part", "sibling"})
OF_OTHERS = frozenset({"field", "selling"})
_UNIT_ENDINGS = frozenset({"zentrum", "abteilung", "bereich", "referat", "amt", "dezernat", "ressort"})
HEADS = frozenset({"lead", "team_lead", "manager", "title", "officer"})


@dataclass(frozen=True, slots=True, eq=False)
class Role:
    """One role, as its file in data/tables/roles/ says: names, what to ask a search for, words, and the ladder."""

    name: str
    label_de: str
    label_en: str
    field: str
    phrases: tuple[str, ...]
    occupations_exact: frozenset[str]
    occupations_near: frozenset[str]
    ladder: Mapping[str, str]
    words: Mapping[tuple[str, ...], Word] = dataclasses.field(repr=False)
    endings: Mapping[str, Word] = dataclasses.field(repr=False)
    capitals: frozenset[str] = dataclasses.field(repr=False)
    unmaking: tuple[str, ...] = dataclasses.field(repr=False)
    line: frozenset[str] = dataclasses.field(repr=False)  # what a line manager leads
    employers: frozenset[str] = dataclasses.field(repr=False)  # who employs, by sort or trade
    employer_endings: frozenset[str] = dataclasses.field(repr=False)  # the same, at the end of a compound
    houses: frozenset[str] = dataclasses.field(repr=False)  # whose field is the whole field: Klinik-IT
    first_words: Mapping[str, int] = dataclasses.field(repr=False)  # of phrases: the most words that follow
    text: Mapping[str, tuple[str, ...]] = dataclasses.field(repr=False)  # what an advert's text may add, folded


def roles() -> tuple[str, ...]:
    """Return the names of the roles there are."""
    return tuple(sorted(path.stem for path in _ROLES.glob("[a-z]*.toml")))


@functools.cache
def role(name: str) -> Role:
    """Return the role of this name; raises ValueError naming the known ones."""
    if name not in roles():
        raise ValueError(f"there is no role {name!r}; known are: {', '.join(roles())}")
    table = _table(name)
    shared = _table("_words")
    words: dict[tuple[str, ...], Word] = {}
    endings: dict[str, Word] = {}
    # The later ones win: what the role itself says comes last.
    for meaning, listed in [*_shared_words(shared), *_role_words(table)]:
        for written in listed:
            key = _key(written)
            words[key] = meaning
            if written.startswith("*"):
                endings[key[-1]] = meaning
    first_words: dict[str, int] = {}
    for key in words:
        first_words[key[0]] = max(first_words.get(key[0], 0), len(key) - 1)
    return Role(
        name=table["name"],
        label_de=table["label_de"],
        label_en=table["label_en"],
        field=table["field"],
        phrases=tuple(table["phrases"]),
        occupations_exact=frozenset(table["occupations"]["exact"]),
        occupations_near=frozenset(table["occupations"]["near"]),
        ladder=table["ladder"],
        words=words,
        endings=endings,
        capitals=frozenset(table["whole"].get("capitals", ())),
        unmaking=tuple(fold(each) for each in table["titles"].get("not", {}).get("words", ())),
        line=_folded(table.get("managers", {}).get("line")),
        employers=_folded(each.removeprefix("*") for each in shared["employers"]["words"]),
        employer_endings=_folded(each[1:] for each in shared["employers"]["words"] if each.startswith("*")),
        houses=_folded(table.get("houses", {}).get("words")),
        first_words=first_words,
        text={sort: tuple(fold(each) for each in listed) for sort, listed in table.get("text", {}).items()},
    )


def _folded(words: Iterable[str] | None) -> frozenset[str]:
    return frozenset(fold(word) for word in words or ())


def _table(name: str) -> dict[str, Any]:
    with (_ROLES / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def _key(written: str) -> tuple[str, ...]:
    words = fold(written.removeprefix("*")).replace("-", " ").split()
    return tuple(word for word in words if len(words) == 1 or word not in {"und", "and"})


def _shared_words(table: dict[str, Any]) -> Iterator[tuple[Word, list[str]]]:
    yield Word("neutral"), table["neutral"]["words"]
    for sort in ("other", "served", "english"):
        yield Word("field", sort), table["fields"][sort]
    yield Word("selling"), table["fields"]["selling"]
    for sort, listed in table["others"].items():
        yield Word("other", sort), listed
    for level, listed in table["units"].items():
        yield Word("unit", level), listed
    yield Word("aside"), table["between"]["aside"]
    yield Word("link"), table["between"]["links"]
    yield Word("join"), table["between"]["joins"]
    yield Word("deputy"), table["deputy"]
    english = set(table["english"])
    for word, listed in [
        (Word("lead", "head"), table["lead"] + table["lead_words"]),
        (Word("team_lead", "team"), table["team_lead"]),
        (Word("manager", "manager"), table["manager"]),
    ]:
        yield word, [each for each in listed if each not in english]
        yield word._replace(english=True), [each for each in listed if each in english]


def _role_words(table: dict[str, Any]) -> Iterator[tuple[Word, list[str]]]:
    for area, listed in table.get("weak", {}).items():
        yield Word("weak", area), listed
    for area, listed in table.get("english", {}).items():
        yield Word("english", area), listed
    for area, listed in table.get("siblings", {}).items():
        yield Word("sibling", area), listed
    for area, listed in table.get("parts", {}).items():
        yield Word("part", area), listed
    yield Word("other", "people"), table.get("people", {}).get("words", [])
    yield Word("whole"), table["whole"]["words"]
    yield Word("officer", "officer"), table["titles"].get("officer", [])
    yield Word("title", "head"), table["titles"]["exact"]


@functools.lru_cache(maxsize=50_000)
def is_employer(role: Role, word: str) -> bool:
    """Say whether a folded word names a sort of employer: Maschinenbau, or a compound such as Stahl|handel."""
    return word in role.employers or any(word[start:] in role.employer_endings for start in range(1, len(word) - 2))


@functools.cache
def _lead_endings() -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Return the endings of leading compounds, longest first, and the levels their first parts say."""
    table = _table("_words")
    levels = {fold(word): level for level, listed in table["prefixes"].items() for word in listed}
    for level, listed in table["units"].items():
        for word in listed:
            levels.setdefault(fold(word), level)
    return tuple(sorted(map(fold, table["lead"]), key=len, reverse=True)), levels


@functools.lru_cache(maxsize=50_000)
def meaning(role: Role, word: str) -> Word:
    """Say what a single folded word means: as it stands, in the genitive, or as a compound by its last part."""
    for form in (word, word.removesuffix("s"), word.removesuffix("es")):
        found = role.words.get((form,))
        if found is not None and (form is word or len(form) > 3):  # its is no genitive of IT
            return found
    endings, levels = _lead_endings()
    for ending in endings:
        if word.endswith(ending) and len(word) > len(ending):
            return _compound(role, word[: -len(ending)], levels)
    for start in range(1, len(word) - 1):  # the longest known ending
        found = role.endings.get(word[start:])
        if found is None and word[start:] in _UNIT_ENDINGS:
            found = Word("unit", levels[word[start:]])
        if found is not None:
            return _by_first_part(role, word[:start], found)
    if word.isdecimal() or len(word) == 1:
        return Word("neutral")
    if word.rstrip("s") in _towns():
        return Word("neutral")
    return UNKNOWN


def _by_first_part(role: Role, first: str, last: Word) -> Word:
    """Let the first part of a compound speak where the last says little: Rechenzentrums|betrieb, Rechts|abteilung."""
    known = role.words.get((first,)) or role.words.get((first.removesuffix("s"),)) or UNKNOWN
    if last.kind == "unit":
        return known if known.kind in OF_FIELD | OF_OTHERS else UNKNOWN
    if last.kind in {"weak", "field"} and known.kind == "part":
        return known
    if last.kind == "weak" and (known.kind == "sibling" or (known.kind == "field" and last.detail == "steering")):
        return known  # Digitalisierungs|strategie, Fertigungs|steuerung
    return Word("part", last.detail) if last.kind == "weak" and known.kind == "whole" else last


def _compound(role: Role, first: str, levels: Mapping[str, str]) -> Word:
    """Read a leading compound (Abteilungsleiter, Informatikleitung, Bauleiter) by its first part."""
    for part in (first, first.rstrip("s")):
        if part in levels:
            return Word("lead" if levels[part] != "team" else "team_lead", levels[part])
    forms = (first, first.removesuffix("s"))
    known = [role.words[(part,)] for part in forms if (part,) in role.words]
    known += [role.endings[part[at:]] for part in forms for at in range(len(part) - 1) if part[at:] in role.endings]
    if known and known[0].kind in OF_FIELD | {"weak"}:
        return Word("lead", "head", f"{known[0].kind}:{known[0].detail}")
    return Word("other", "project" if "projekt" in first or "programm" in first else "leader")


@functools.cache
def _towns() -> frozenset[str]:
    """Return the German towns with a name of one word, for words after the field: Leiter IT Dortmund."""
    return frozenset(name for row in rows("places.csv") if (name := fold(row["name"])).isalpha())
