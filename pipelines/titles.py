"""A job title: cleaned of everything that is not the title, and told whether it names the role that is wanted.

Classifying is a small grammar over words whose meaning stands in `data/tables/roles/`:
words -> heads (who leads) -> what each head leads (left: IT-Leiter, right: Leiter der Abteilung IT) -> a rung
(leads the whole field, a part, a team, as a deputy …) -> exact, near or no, by the role's own ladder.
"""

import dataclasses
import functools
import html
import itertools
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipelines.reference import TABLES, column, rows
from pipelines.spelling import fold

LONGEST = 300  # characters of a title that are read
_ROLES = TABLES / "roles"

# ---------------------------------------------------------------- words


class Word(NamedTuple):
    """What a word means to the grammar: its kind, and more about it."""

    kind: str  # lead, team_lead, manager, title, officer, other, unit, whole, part, weak, sibling, field, …
    detail: str = ""  # the level of a lead or unit, the area of a part, the sort of an "other"
    led: str = ""  # of a compound such as Informatikleiter: the kind and area of its first part
    english: bool = False


_UNKNOWN = Word("unknown")
_OF_FIELD = frozenset({"whole", "part", "sibling"})
_OF_OTHERS = frozenset({"field", "selling"})
_UNIT_ENDINGS = frozenset({"abteilung", "bereich", "referat", "amt", "dezernat", "ressort"})
_HEADS = frozenset({"lead", "team_lead", "manager", "title", "officer"})


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
    trades: frozenset[str] = dataclasses.field(repr=False)  # what an employer may be
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
        trades=_folded(table.get("trades", {}).get("words")),
        houses=_folded(table.get("houses", {}).get("words")),
        first_words=first_words,
        text={sort: tuple(fold(each) for each in listed) for sort, listed in table.get("text", {}).items()},
    )


def _folded(words: Sequence[str] | None) -> frozenset[str]:
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
def _meaning(role: Role, word: str) -> Word:
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
    return _UNKNOWN


def _by_first_part(role: Role, first: str, last: Word) -> Word:
    """Let the first part of a compound speak where the last says little: Rechenzentrums|betrieb, Rechts|abteilung."""
    known = role.words.get((first,)) or role.words.get((first.removesuffix("s"),)) or _UNKNOWN
    if last.kind == "unit":
        return known if known.kind in _OF_FIELD | _OF_OTHERS else _UNKNOWN
    if last.kind in {"weak", "field"} and known.kind == "part":
        return known
    return Word("part", last.detail) if last.kind == "weak" and known.kind == "whole" else last


def _compound(role: Role, first: str, levels: Mapping[str, str]) -> Word:
    """Read a leading compound (Abteilungsleiter, Informatikleitung, Bauleiter) by its first part."""
    for part in (first, first.rstrip("s")):
        if part in levels:
            return Word("lead" if levels[part] != "team" else "team_lead", levels[part])
    forms = (first, first.removesuffix("s"))
    known = [role.words[(part,)] for part in forms if (part,) in role.words]
    known += [role.endings[part[at:]] for part in forms for at in range(len(part) - 1) if part[at:] in role.endings]
    if known and known[0].kind in _OF_FIELD | {"weak"}:
        return Word("lead", "head", f"{known[0].kind}:{known[0].detail}")
    return Word("other", "project" if "projekt" in first or "programm" in first else "leader")


@functools.cache
def _towns() -> frozenset[str]:
    """Return the German towns with a name of one word, for words after the field: Leiter IT Dortmund."""
    return frozenset(name for row in rows("places.csv") if (name := fold(row["name"])).isalpha())


# ---------------------------------------------------------------- cleaning


@dataclass(frozen=True, slots=True)
class Clean:
    """A cleaned title, and what was cut off and means something: ("place", "Dortmund"), ("pay", "100k") …"""

    text: str
    facts: tuple[tuple[str, str], ...]


_CUTS = _table("_cleaning")


def _pattern(alternatives: Sequence[str]) -> str:
    """Join patterns of the table, the named ones put in."""
    joined = "|".join(alternatives)
    for _ in range(3):  # a named pattern may hold others
        for name, pattern in _CUTS["patterns"].items():
            joined = joined.replace(f"<{name}>", f"(?:{pattern})")
    return f"(?:{joined})"


_COMBINING = 4  # marks kept on one letter; German text has one
_SIGNS = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘﹣－", "-") | dict.fromkeys("·•∙‧･", "·") | dict.fromkeys("’‘`´", "'"))
_TAG = re.compile(r"<[/a-zA-Z][^<>]{0,80}>")

_BRACKET = re.compile(r" ?[(\[{]([^()\[\]{}]{0,80})[)\]}]\*?")
_BRACKET_PARTS = re.compile(r" ?[,;] | / ")
_CUT_BRACKET = re.compile(r" ?[(\[](?:[mwfdx][/|,.: ]{0,2}){0,4}(?:div|all|a|alle)?$", re.IGNORECASE)
_EMPTY_BRACKET = re.compile(r"\(\s{0,3}\)|\[\s{0,3}\]")
_SEX_WORDS = frozenset(_CUTS["markers"]["words"])
_NO_MARKERS = frozenset(_CUTS["markers"]["not_markers"])
_SEX_LETTERS = frozenset("mwdfx")
_MASCULINE: tuple[tuple[str, str], ...] = tuple(_CUTS["masculine"].items())
_LETTERS = re.compile(r"[^\W\d_]{1,30}")
_BARE_MARKER = re.compile(
    r"(?<![\w/|+-])(?:[mwfd] ?[/|] ?[mwfdx](?: ?[/|] ?(?:[mwfdxi]|divers|div))?(?: ?[/|] ?[xi])?"
    r"|all genders?(?: welcome)?|alle Geschlechter(?: willkommen)?|gn\*)(?![\w/|+-])\*?",
    re.IGNORECASE,
)
_FEMININE = re.compile(
    r"([^\W\d_]{2,60})(?: ?[:*_]|[·|]|/ ?-|/|(?<=er)\.|(?<=er)-| /-| /(?! ))"
    r"(innen|in|r|n|frau|e|fe|ne|trice)(?![\w*:])",
    re.IGNORECASE,
)
# Is a look at _FEMININE worth while? (It starts with a whole word, so it is slow.)
_FEMININE_HINT = re.compile(
    r"[^\W\d_](?: ?[:*_]|[·|.-]| ?/ ?-?)(?:in|r|n|frau|e|fe|ne|trice)(?:nen)?(?![\w*:])", re.IGNORECASE
)
_CAMEL = re.compile(r"(?<=er|or|nt|st|ur|är|at|ik|og)In(?:nen)?(?![\w-]{2})")
_STAR = re.compile(r"(?<=\w)\*{1,3}(?![\w*])")
# Leiterin / Leiter, Leiter oder Leiterin, Verantwortliche / Verantwortlicher, Kauffrau / Kaufmann
_IN_PAIR = re.compile(r"/| (?:bzw\.|oder|und) ")
_PAIR = re.compile(
    r"(?<![\w-])([\w-]{2,60}?)(?:in|innen) ?(?:/|bzw\.|oder|und) ?-?(\1(?:e|n|en)?)(?![\w-])", re.IGNORECASE
)
_PAIR_BACK = re.compile(r"(?<![\w-])([\w-]{2,60}) ?(?:/|bzw\.|oder|und) ?\1(?:in|innen)(?![\w-])", re.IGNORECASE)
_PAIR_R = re.compile(r"(?<![\w-])(?:([\w-]{2,60}e) ?/ ?\1r|([\w-]{2,60}e)r ?/ ?\2)(?![\w-])", re.IGNORECASE)
_PAIR_MANN = re.compile(r"(?<![\w-])([\w-]{2,60})(?:mann|frau) ?/ ?\1(?:mann|frau)(?![\w-])", re.IGNORECASE)

_FACTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(_pattern(listed))) for name, listed in _CUTS["facts"].items()
)
_TAILS = tuple((name, re.compile(rf"(?<![\w,.:-]){each.pattern}[!.*]{{0,3}}$")) for name, each in _FACTS)
_FACTS_END_IN = (*_CUTS["ends"]["letters"], *_CUTS["ends"]["words"])
_NOT_AFTER = tuple(_CUTS["ends"]["not_after"])
_ADVERTISING = re.compile(rf"(?:{_pattern(_CUTS['advertising']['part'])}[!. ]{{0,4}}){{1,6}}", re.IGNORECASE)
_OPENING = re.compile(rf"{_pattern(_CUTS['advertising']['opening'])} +", re.IGNORECASE)
_WANTED = re.compile(
    r"[ ,-]{1,3}(?:dringend |ab sofort |per sofort )?gesucht ?[!.]{0,5}$|(?-i: NEU!{0,5}$)", re.IGNORECASE
)
_CUT = re.compile(
    r"(?<![0-9%€]) -{1,3} | -{1,3} (?![0-9€])| ?\| ?| // |!{2,5} "
    r"|(?<=[\w)!.])- (?!und |oder |u\. |bzw|& )|(?<=[\w)!.]) -(?=[A-ZÄÖÜ])"
)
_SPACE_BEFORE = re.compile(r" +(?=[,;:.)](?:\s|$))")
_BEFORE_PLACE = re.compile(rf"(?:{'|'.join(_CUTS['places']['before'])}|[0-9]{{5}}) ")
_PLACE_TAIL = re.compile(rf"[ ,](?:{'|'.join(_CUTS['places']['ends'])}) (?=[A-ZÄÖÜ0-9])")
_PLACE_JOINS = re.compile(r" ?[,/&+|;] ?| (?:oder|und|or|and|bzw\.) ")
_SHORT_NAME = re.compile(r" ?[(/,]| am | an der | im | in | bei | ob ")
_LEGAL_FORM = re.compile(
    r"(?:^|[ ,])(?:GmbH|gGmbH|mbH|AG|SE|KGaA|KG|OHG|e\. ?V\.|eV|e\.V|eG|UG|GbR|AöR|Ltd\.?|Inc\.?|B\.V\.|GMBH)"
    r"(?: ?& ?Co\.? ?(?:KGaA|KG|OHG|KG aA))?\.?$"
)
_AT_EMPLOYER = re.compile(r" (?:bei(?: der| dem| den)?|at) (?=\S.{2,80}$)")
_NAME_WORD = re.compile(r"[a-z0-9]{1,60}")


def clean(title: str, employer: str | None = None, places: Sequence[str] = ()) -> Clean:
    """Return the title without markers, references, pay, employer, places and advertising, and the facts among them.

    A part is cut only when all of it is understood; the words of the post itself stay, in their order.
    """
    plain = _plain(title)
    cutter = _Cutter(
        _core(employer) if employer else (), tuple(fold(place) for place in places[:20] if 2 < len(place) < 100)
    )
    text = cutter.without_facts(cutter.without_markers(plain))
    if text.isupper() and len(text) > 4:
        text = _IN_CAPITALS.sub(_small, text)
    return Clean(text or plain, tuple(cutter.facts))


def _plain(title: str) -> str:
    """Return the title as one line of at most LONGEST plain characters, with one sort of dash and blank."""
    text = title[: 4 * LONGEST]
    if "&" in text:
        text = _unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if not text.isascii():
        text = _compatible(text)
    if not text.isprintable():
        text = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(text.split())[:LONGEST].rstrip()


def _unescape(text: str) -> str:
    try:
        return html.unescape(html.unescape(text) if "&amp;" in text else text)
    except (ValueError, OverflowError):  # &#99…9;
        return text


def _compatible(text: str) -> str:
    """Apply NFKC without its traps: towers of marks, and invisible characters inside words (Lei­ter)."""
    kept: list[str] = []
    marks = 0
    for each in text:
        if each.isascii():
            kept.append(each)
            marks = 0
            continue
        marks = marks + 1 if unicodedata.combining(each) else 0
        if marks <= _COMBINING and unicodedata.category(each) not in {"Cf", "Cs", "Co"}:
            kept.append(each)
    return unicodedata.normalize("NFKC", "".join(kept)[: 2 * LONGEST]).translate(_SIGNS)[: 2 * LONGEST]


@dataclass(slots=True)
class _Cutter:
    """Cuts one title; knows its employer and places, and collects the facts."""

    firm: tuple[str, ...]
    places: tuple[str, ...]
    facts: list[tuple[str, str]] = dataclasses.field(default_factory=list)

    def without_markers(self, text: str) -> str:
        """Take out what says that all sexes may apply, and brackets that state a fact."""
        if "(" in text or "[" in text or "{" in text:
            text = _CUT_BRACKET.sub("", _BRACKET.sub(self._bracket, text))
        if "/" in text or "|" in text or "ender" in text or "eschlecht" in text or "*" in text:
            text = _BARE_MARKER.sub("", text)
        if _FEMININE_HINT.search(text):
            text = _FEMININE.sub(_masculine, text)
        if "In" in text:
            text = _CAMEL.sub("", text)
        if "*" in text:
            text = _STAR.sub("", text)
        if ("in " in text or "in/" in text or "innen" in text or text.endswith("in")) and _IN_PAIR.search(text):
            text = _PAIR_BACK.sub(r"\1", _PAIR.sub(r"\2", text))
        if "/" in text:
            text = _PAIR_MANN.sub(r"\1mann", text)
            text = _PAIR_R.sub(lambda found: (found[1] or found[2]) + "r", text)
        return " ".join(text.split())

    def _bracket(self, found: re.Match[str]) -> str:
        inner = found[1].strip()
        if _is_marker(inner):
            return " "
        is_number = inner.isdecimal() and len(inner) >= 3 and not (len(inner) == 4 and inner[:2] in {"19", "20"})
        fact = _fact(inner) or ("reference" if is_number else None)
        if fact is not None:
            self.facts.append((fact, inner))
            return " "
        parts = [part.strip() for part in _BRACKET_PARTS.split(inner)]
        kept = []
        for part in parts:
            fact = _fact(part)
            if fact is not None:
                self.facts.append((fact, part))
            elif not _is_marker(part):
                kept.append(part)
        if len(kept) == len(parts):
            return found[0]
        return f" ({', '.join(kept)}) " if kept else " "

    def without_facts(self, text: str) -> str:
        """Cut whole parts, then the ends of parts, that state a fact, name the employer or advertise."""
        opening = _OPENING.match(text)
        if opening:
            text = text[opening.end() :]
        parts, signs = _parts(text)
        kept = ""
        for place, (part, sign) in enumerate(zip(parts, signs, strict=True)):
            bare = _bare(part)
            if len(parts) > 1 and bare:
                name = self._whole_part(bare, at_an_end=place in {0, len(parts) - 1})
                if name is not None:
                    if name:
                        self.facts.append((name, bare))
                    continue
            rest = self._without_tails(part.strip())
            if rest:
                kept = f"{kept}{sign}{rest}" if kept else rest
        kept = _EMPTY_BRACKET.sub("", kept) if "(" in kept else kept
        return " ".join(_SPACE_BEFORE.sub("", kept).split()).lstrip("#+").strip(" -|,;:/!*·")

    def _whole_part(self, part: str, *, at_an_end: bool) -> str | None:
        """Name what a part of the title states; "" for advertising, None for a part of the title itself."""
        fact = _fact(part)
        if fact is not None:
            return fact
        if _ADVERTISING.fullmatch(part):
            return ""
        if self._is_place(part):
            return "place"
        is_firm = (self.firm and _core(part) == self.firm) or (
            at_an_end and "," not in part and _LEGAL_FORM.search(part)
        )
        return "employer" if is_firm else None

    def _without_tails(self, part: str) -> str:
        """Cut facts off the end of a part, one after the other."""
        for _ in range(5):
            shorter = self._without_tail(part)
            if shorter == part or not shorter:
                break
            part = shorter
        return part

    def _without_tail(self, part: str) -> str:
        if "esucht" in part or "NEU" in part:
            wanted = _WANTED.search(part)
            if wanted:
                return part[: wanted.start()]
        fact = self._fact_at_end(part)
        if fact is None:
            fact = self._listed_at_end(part) or self._place_at_end(part) or self._employer_at_end(part)
        if fact is None:
            return part
        name, stated, rest = fact
        if name:
            self.facts.append((name, stated))
        return rest.rstrip(" ,-/(")

    def _fact_at_end(self, part: str) -> tuple[str, str, str] | None:
        """Return name, words and what stands before: IT-Leiter 80-100 %."""
        if not part.endswith(_FACTS_END_IN):
            return None
        for name, pattern in _TAILS:
            found = pattern.search(part)
            if found and found.start() > 2 and not part[: found.start()].rstrip().endswith(_NOT_AFTER):
                return name, found[0].strip(" !.*") or found[0], part[: found.start()]
        return None

    def _listed_at_end(self, part: str) -> tuple[str, str, str] | None:
        """IT-Leiter, Dortmund."""
        before, comma, last = part.rpartition(",")
        last = last.strip(" !.")
        name = self._whole_part(last, at_an_end=True) if comma and before and last else None
        return None if name is None else (name, last, before)

    def _place_at_end(self, part: str) -> tuple[str, str, str] | None:
        """IT-Leiter in Dortmund; IT-Leiter Dortmund where the advert itself says Dortmund."""
        for found in _PLACE_TAIL.finditer(part):
            last = part[found.end() :].strip(" !.")
            if self._is_place(last):
                return "place", last, part[: found.start()]
        if self.places:
            folded = fold(part)
            for place in self.places:
                if folded.endswith(" " + place):
                    words = part.rsplit(" ", place.count(" ") + 1)
                    return "place", " ".join(words[1:]), words[0]
        return None

    def _employer_at_end(self, part: str) -> tuple[str, str, str] | None:
        """IT-Leiter bei Muster GmbH."""
        at = _AT_EMPLOYER.search(part)
        if at is None:
            return None
        last = part[at.end() :].strip(" !.")
        is_firm = (self.firm and _core(last) == self.firm) or _LEGAL_FORM.search(last)
        return ("employer", last, part[: at.start()]) if is_firm else None

    def _is_place(self, part: str) -> bool:
        """Say whether this is nothing but names of places: Raum Köln/Bonn, Frankfurt am Main, 44137 Dortmund."""
        names = [name for name in _PLACE_JOINS.split(part) if name]
        return 0 < len(names) <= 6 and all(self._is_one_place(name) for name in names)

    def _is_one_place(self, name: str) -> bool:
        for _ in range(3):
            word = _BEFORE_PLACE.match(name)
            if word is None:
                break
            name = name[word.end() :]
        if not name or (name[0].islower() and name not in _CUTS["places"]["names"]):
            return False
        folded = fold(name)
        return folded in _place_names() or folded in self.places


def _bare(part: str) -> str:
    """Strip the signs around a part, but not the last point of an abbreviation."""
    bare = part.strip(" ,;:/!*.")
    return bare + "." if bare.endswith((".a", ". a")) and bare + "." in part else bare


def _parts(text: str) -> tuple[list[str], list[str]]:
    """Cut a title at its dashes, bars and first colon; return the parts and the sign before each."""
    parts: list[str] = []
    signs = [""]
    start = 0
    if "-" in text or "|" in text or "//" in text or "!!" in text:
        for cut in _CUT.finditer(text):
            parts.append(text[start : cut.start()])
            signs.append(cut[0])
            start = cut.end()
    parts.append(text[start:])
    before, colon, after = parts[0].partition(": ")
    if colon and before:
        parts[:1] = [before, after]
        signs[:1] = ["", ": "]
    return parts, signs


@functools.lru_cache(maxsize=4000)
def _is_marker(inner: str) -> bool:
    """Say whether words such as m, w, d, all genders, Mensch are all there is."""
    if len(inner) > 40 or inner in _NO_MARKERS or any(each.isdecimal() for each in inner):
        return False
    words = [word.casefold() for word in _LETTERS.findall(inner)]
    if len(inner) == 1 and inner.isupper() and inner not in "MWDFXA":
        return False  # Kategorie (B)
    if len(words) > 1 and all(len(word) == 1 for word in words) and (len(words) >= 4 or "m" in words):
        return True  # H/U/M/A/N, m/f/o
    return all(word in _SEX_WORDS or (len(word) <= 3 and _SEX_LETTERS.issuperset(word)) for word in words)


def _masculine(found: re.Match[str]) -> str:
    """Return the word before a feminine ending, or all of it where the ending is none."""
    word, ending = found[1], found[2].casefold()
    small = word.casefold()
    if ending in {"in", "innen"}:
        if "/" in found[0] and len(word) < 4:
            return found[0]  # SAP/IN
        for stem, whole in _MASCULINE:
            if ending == "in" and small.endswith(stem):
                return word[: -len(stem)] + (whole if word[-len(stem)].islower() else whole.capitalize())
        return word
    is_ending = {"r": small.endswith("e"), "n": small.endswith("e"), "frau": small.endswith("mann")}
    return word if is_ending.get(ending, "·" in found[0]) else found[0]


def _fact(part: str) -> str | None:
    """Name the fact that this part states and nothing else."""
    for name, pattern in _FACTS:
        if pattern.fullmatch(part):
            return name
    return None


@functools.lru_cache(maxsize=5000)
def _core(name: str) -> tuple[str, ...]:
    """Return the words of a firm's name without its legal form, for comparing."""
    legal = column("legal_forms.csv", "form")
    return tuple(word for word in _NAME_WORD.findall(fold(name[:LONGEST])) if word not in legal)


@functools.cache
def _place_names() -> frozenset[str]:
    names = {fold(row["name"]) for row in rows("places.csv")} | _folded(_CUTS["places"]["names"])
    return frozenset(names | {_SHORT_NAME.split(name)[0] for name in names})


_IN_CAPITALS = re.compile(r"[^\W\d_]{2,60}")
_KEPT_CAPITALS = frozenset(_CUTS["capitals"]["kept"])
_LITTLE_WORDS = frozenset(_CUTS["capitals"]["little"])
_SHORT_WORDS = frozenset(_CUTS["capitals"]["short"])


def _small(found: re.Match[str]) -> str:
    """Write a word of a title in capitals as one writes it: Leiter, IT, und."""
    word = found[0]
    if word in _LITTLE_WORDS:
        return word.lower()
    is_abbreviation = word in _KEPT_CAPITALS or (len(word) <= 3 and word not in _SHORT_WORDS)
    return word if is_abbreviation else word.capitalize()


# ---------------------------------------------------------------- classifying


@dataclass(frozen=True, slots=True)
class TitleClass:
    """What a title says about a role, and why."""

    role: str | None
    level: str | None
    area: str | None
    match: str  # exact, near or no
    reason: str  # one line a user understands
    rule: str  # the short stable id of the rule that decided


class Token(NamedTuple):
    """A word, or a phrase of the tables, with its meaning and where it stands."""

    text: str
    word: Word
    gap: str  # what stands before: "" nothing, "h" a hyphen, " ", "&" a join, or "," "/" "-" (a dash or colon) "|" "("
    suspended: bool  # Organisations- und IT-Leitung
    start: int
    end: int


_WORD = re.compile(r"[^\W_]{1,80}")
_CLOSE = ("h", " ")  # one phrase
_CLOSE_GAPS = frozenset(_CLOSE)
_JOINS = ("&", ",", "/")  # several phrases, one list
_BREAKS = ("-", "|", "(")  # another part of the title


def _tokens(title: str, role: Role) -> list[Token]:
    """Cut a title into words; a phrase of the role's tables is one."""
    found = list(_WORD.finditer(title))
    folded = [fold(each[0]) for each in found]
    gaps = ["", *(_gap(title[before.end() : after.start()]) for before, after in itertools.pairwise(found))]
    words = role.words
    join = [words.get((each,), _UNKNOWN).kind == "join" for each in folded]
    only_small = title.islower()
    tokens: list[Token] = []
    joined = False
    index = 0
    while index < len(found):
        if join[index]:
            joined = True
            index += 1
            continue
        length, word = _phrase(role, folded, join, gaps, index) if folded[index] in role.first_words else (1, _UNKNOWN)
        if length == 1:
            word = _meaning(role, folded[index])
            hyphened = gaps[index] == "h" or (index + 1 < len(found) and gaps[index + 1] == "h")
            if folded[index] in role.capitals and not (found[index][0][0].isupper() or only_small or hyphened):
                word = Word("link")
            if folded[index] in role.houses and index + 1 < len(found) and gaps[index + 1] == "h":
                word = Word("neutral")
        start, end = found[index].start(), found[index + length - 1].end()
        gap = "&" if joined and gaps[index] in _CLOSE else gaps[index]
        suspended = title[end : end + 1] == "-" and title[end + 1 : end + 2] in {" ", ",", "/", "&"}
        tokens.append(Token(title[start:end], word, gap if tokens else "", suspended, start, end))
        if tokens[-1].word is _UNKNOWN and _PARTICIPLE.fullmatch(tokens[-1].text):  # Kaufmännisch denkender IT-Leiter
            qualified = tokens[-2:] if tokens[-1].gap == " " else tokens[-1:]
            tokens[-len(qualified) :] = [each._replace(word=Word("neutral")) for each in qualified]
        joined = False
        index += length
    return tokens


# A present participle describes the person, and the word before it only how: neither is what is led.
_PARTICIPLE = re.compile(r"[a-zäöüß]{3,20}end(?:e|er|en|es)")


@functools.lru_cache(maxsize=1000)
def _gap(signs: str) -> str:
    """Name the strongest sign between two words."""
    bare = signs.strip()
    if "(" in bare or "[" in bare:
        return "("
    if "|" in bare or "//" in bare or "@" in bare:
        return "|"
    if bare == "-":
        return "h" if signs == "-" else " " if signs[0] == "-" else "-"
    if ":" in bare or ";" in bare or " -" in signs:
        return "-"
    for sign in "/,&":
        if sign in bare:
            return sign
    return "&" if "+" in bare else " "


def _phrase(role: Role, folded: list[str], join: list[bool], gaps: list[str], index: int) -> tuple[int, Word]:
    """Return how many words from `index` on make the longest phrase of the tables, and its meaning."""
    longest, meaning = 1, _UNKNOWN
    most = role.first_words[folded[index]]
    key = [folded[index]]
    for ahead in range(index + 1, min(len(folded), index + 2 * most + 1)):
        if gaps[ahead] in _BREAKS or gaps[ahead] == ",":
            break
        if join[ahead]:
            continue
        key.append(folded[ahead])
        found = role.words.get(tuple(key))
        if found is not None:
            longest, meaning = ahead - index + 1, found
    return longest, meaning


_HEAD_OF = re.compile(r"heads?$", re.IGNORECASE)
_PLACING = frozenset({"im", "in", "zu", "to", "an", "at", "eines", "einer"})  # after what is led: where it is led
_ORDER = {"exact": 0, "near": 1, "no": 2}
_LEADS = frozenset({"lead", "leads", "leader"})
_ATTRIBUTES = _LEADS | {"leitend", "leitende", "leitender", "leitenden"}
_NARROWER = frozenset({"part", "weak", "english"})  # beside a word for the whole field


def classify(cleaned: str, role: Role) -> TitleClass:
    """Say whether a cleaned title names the role (exact), something near it, or not."""
    title = cleaned if len(cleaned) <= LONGEST and cleaned.isascii() else _plain(cleaned)
    tokens = _tokens(title, role)
    found = [_of_head(title, tokens, index, role) for index, token in enumerate(tokens) if token.word.kind in _HEADS]
    if not found:
        return _without_head(tokens, role)
    return min(found, key=lambda each: _ORDER[each.match])  # of a double title the better half; of equals the first


def _without_head(tokens: list[Token], role: Role) -> TitleClass:
    other = next((token for token in tokens if token.word.kind == "other"), None)
    named = next((token for token in tokens if token.word.kind in _OF_FIELD), None)
    if other is None:
        if named is None:
            return TitleClass(None, None, None, "no", "the title names no leader", "no-leader")
        return TitleClass(None, None, None, "no", f"“{named.text}” without a word for leading", "field-only")
    if named is None:
        return TitleClass(None, None, None, "no", f"“{other.text}” is another post", "other-post")
    level = other.word.detail if other.word.detail in _OTHER_LEVELS else "specialist"
    match = role.ladder["person"] if named.word.kind == "whole" and level != "student" else "no"
    if match == "no":
        reason = f"“{other.text}” does not lead {role.field}"
        return TitleClass(None, level, None, "no", reason, f"other-{other.word.detail}")
    return TitleClass(role.name, level, role.field, match, f"“{other.text}” works in {role.field}", "person")


_OTHER_LEVELS = frozenset({"assistant", "project", "student"})


def _of_head(title: str, tokens: list[Token], index: int, role: Role) -> TitleClass:
    """Decide for one head: what governs it, what it leads, whether it is a deputy."""
    head = tokens[index]
    governor = _governor(tokens, index)
    if governor is not None:
        level = governor.word.detail if governor.word.detail in _OTHER_LEVELS else "specialist"
        reason = f"“{governor.text}” is the post, “{head.text}” only belongs to it"
        return TitleClass(None, level, None, "no", reason, f"governed-{level}")
    area = None
    if head.word.kind in {"title", "officer"}:
        folded = f" {' '.join(fold(token.text) for token in tokens)} "
        unmade = next((word for word in role.unmaking if f" {word} " in folded), None)
        if unmade is not None:
            reason = f"“{head.text}” beside “{unmade}” is another post"
            return TitleClass(None, None, None, "no", reason, "title-unmade")
        rung, words = head.word.kind, head.text
        level = "cio" if rung == "title" and role.field == "IT" else head.word.detail
    else:
        led = _led(tokens, index, role)
        words = title[min(led.start, head.start) if led.end else head.start : max(led.end, head.end)]
        level = led.level if led.level and head.word.detail == "head" else head.word.detail
        rung, area = _rung(head, led, role)
        if not rung and not led.phrases and not any(token.word.kind == "unknown" for token in tokens):
            reason = f"“{head.text}” does not say what it leads"
            return TitleClass(None, level, None, "no", reason, "leads-unnamed")
        if not rung:
            reason = f"“{words}” leads another field than {role.field}"
            return TitleClass(None, level, None, "no", reason, "leads-other")
    if role.ladder[rung] != "no" and _deputy(tokens, index) is not None:
        rung, level = "deputy", "deputy"
    match = role.ladder[rung]
    reason = _REASONS[rung].format(head=head.text, words=words, field=role.field, area=area)
    if match == "no":
        return TitleClass(None, level, None, match, reason, rung)
    return TitleClass(role.name, level, area or role.field, match, reason, rung)


_REASONS = {
    "title": "“{head}” is a name of the post",
    "officer": "“{head}” is near the head of {field}",
    "lead": "“{words}” leads the whole {field}",
    "shared": "“{words}” leads {field} as one of several fields",
    "mixed": "“{words}” leads another field than {field}",
    "inside": "“{words}” leads a unit inside {field}",
    "team": "“{words}” leads a team",
    "deputy": "“{words}” is a deputy",
    "part": "“{words}” leads a part of {field}: {area}",
    "sibling": "“{words}” leads {area}, which is near {field}",
    "manager": "“{words}” may or may not lead {field}",
    "manager_part": "“{words}” is a specialist, not a leader",
    "manager_line": "“{words}” leads a part of {field}: {area}",
}


def _governor(tokens: list[Token], index: int) -> Token | None:
    """Return the word that makes this head a mere attribute: Assistenz der IT-Leitung, CIO Office, Berater für CIO."""
    return _governor_before(tokens, index) or _governor_after(tokens, index)


def _governor_before(tokens: list[Token], index: int) -> Token | None:
    bare = tokens[index].word.kind in {"title", "officer"}
    gaps: set[str] = set()  # between what is looked at and the head
    aside = None
    for back in range(index - 1, -1, -1):
        gaps.add(tokens[back + 1].gap)
        token, kind = tokens[back], tokens[back].word.kind
        close, listed = gaps <= _CLOSE_GAPS, gaps.isdisjoint(_BREAKS)
        if kind == "other":
            if token.word.detail == "student" or close or (listed and token.word.detail == "assistant"):
                return token
            if bare and listed and "," in gaps and "/" not in gaps:  # Senior Editor, CIO
                return token
            if aside is not None:  # mit Aussicht auf IT-Leitung
                return aside
        elif close and token.text.casefold() in {"als", "as"}:
            return None  # Informatiker als IT-Leiter
        elif kind == "aside" and close:
            aside = token
        elif kind in _HEADS and listed and not close and "/" not in gaps:
            return _governor(tokens, back)  # Berater für CIO und IT-Leiter
        elif kind == "manager" and close and back and tokens[back - 1].word.kind in _OF_OTHERS:
            return token  # Key Account Manager
    return None


def _governor_after(tokens: list[Token], index: int) -> Token | None:
    head, following = tokens[index], tokens[index + 1 :]
    bare = head.word.kind in {"title", "officer"}
    head_and_code = bool(following) and following[0].gap in _JOINS and _is_code(following[0].text)
    gaps: set[str] = set()
    for token in following:
        gaps.add(token.gap)
        sort = token.word.detail if token.word.kind == "other" else ""
        if sort == "student" and not gaps.isdisjoint(_BREAKS):
            return token  # CTO Associate (Werkstudent/Praktikum)
        next_to_it = sort and token is following[0] and token.gap in _CLOSE
        if next_to_it and (bare or sort in {"assistant", "student"}):
            return token
        if sort and bare and len(gaps) == 2 and token is following[1] and token.gap in _CLOSE and head_and_code:
            return token  # CIO & CFO Advisory
        # Lead Cloud Architect, leitende Ingenieurin: the other word is the post
        if sort and head.text.casefold() in _ATTRIBUTES and gaps.isdisjoint((*_BREAKS, ",")):
            return token
    return None


def _deputy(tokens: list[Token], index: int) -> Token | None:
    """Return the word that makes this head a deputy, before it or at the end of its part."""
    for back in range(index - 1, -1, -1):
        kind = tokens[back].word.kind
        if kind == "deputy":
            return tokens[back]
        if kind in _HEADS or kind == "other":
            break
    for ahead in range(index + 1, len(tokens)):
        kind = tokens[ahead].word.kind
        if kind in _HEADS or kind == "other" or tokens[ahead].gap == "|":
            break
        if kind == "deputy" and (ahead + 1 == len(tokens) or tokens[ahead + 1].gap in _BREAKS):
            return tokens[ahead]
    return None


class _Phrase(NamedTuple):
    """One phrase of what is led, and what it is."""

    kind: str  # whole, part, sibling; mixed (a field's word beside another's), field (another), unknown
    area: str
    tokens: tuple[Token, ...]


@dataclass(slots=True)
class _Led:
    """What a head leads."""

    phrases: list[_Phrase] = dataclasses.field(default_factory=list)
    level: str = ""  # of the unit that is named: Leitung Team IT
    inside: bool = False
    strange: bool = False  # an unknown word before an English head
    listed: bool = False  # Manager, IT Support: the English form of a line manager
    start: int = 0
    end: int = 0

    def add(self, tokens: list[Token], head: Token) -> None:
        """Read one side of the head."""
        self.phrases += _phrases(tokens, head)
        self.reach(tokens)

    def reach(self, tokens: list[Token]) -> None:
        """Take these words into the quotation, and the level of a unit among them."""
        if not tokens:
            return
        self.start = tokens[0].start if not self.end else min(self.start, tokens[0].start)
        self.end = max(self.end, tokens[-1].end)
        self.level = self.level or next((token.word.detail for token in tokens if token.word.kind == "unit"), "")


def _led(tokens: list[Token], index: int, role: Role) -> _Led:
    """Read what the head leads: in its own compound, to its left, to its right, or in the part before."""
    head = tokens[index]
    led = _Led()
    left = _left(tokens, index)
    kind, _, area = head.word.led.partition(":")
    if kind == "weak":  # IT-Betriebsleiter: the first part of the compound belongs to what stands before
        left.append(head._replace(word=Word("weak", area), gap="h"))
    if not head.word.english and any(token.word.kind == "whole" for token in left):
        left = [token for token in left if token.word.kind != "unknown"]  # Alleiniger IT-Leiter
    led.add(left, head)
    if kind and kind != "weak":
        led.phrases.append(_Phrase(kind, area, (head,)))
        led.reach([head])
    if all(each.kind == "unknown" for each in led.phrases):  # a name or an adjective in front says nothing …
        strange = head.word.english and not _HEAD_OF.match(head.text) and bool(led.phrases)
        led = _Led(strange=strange)  # … but Delivery Director and Content Manager are posts of their own
    named = bool(led.phrases)
    right, rest = _right(tokens, index, named)
    if led.strange and right and right[0].gap in _BREAKS:  # Creative Director - AI: a topic, not what is led
        right = []
    if named:
        _qualify(led, right, head, role)
    else:
        led.inside = _is_inside(head, right)
        led.listed = bool(right) and right[0].gap == ","
        led.add(right, head)
    if kind == "weak":  # Betriebsleiter IT
        led.phrases = [each._replace(kind="part", area=area) if each.kind == "whole" else each for each in led.phrases]
    if not led.phrases:
        _borrow(tokens, index, led)
    if rest and [each.kind for each in led.phrases] == ["whole"]:
        _narrow(rest, led, head)
    return led


def _left(tokens: list[Token], index: int) -> list[Token]:
    """Return the words before the head that belong to it: Konzern-IT-Leiter, Information Technology Director."""
    start = index
    while start > 0:
        before, gap = tokens[start - 1], tokens[start].gap
        if before.word.kind in _HEADS or before.word.kind in {"other", "aside", "link", "deputy"}:
            break
        if gap in _BREAKS or (gap == "," and not before.suspended):
            break
        start -= 1
    return tokens[start:index]


def _right(tokens: list[Token], index: int, named: bool) -> tuple[list[Token], list[Token]]:
    """Return the words after the head that say what it leads, and the next part of the title."""
    right: list[Token] = []
    members = tokens[index].word.kind == "team_lead"  # a team of people: Teamleitung SAP Consultants
    for ahead in range(index + 1, len(tokens)):
        token = tokens[ahead]
        kind = token.word.kind
        if kind in _HEADS or kind == "aside":
            break
        if named and token.gap in _BREAKS:
            return right, tokens[ahead:]
        if token.gap not in _CLOSE and _is_other_half(tokens, ahead):
            break
        if named and not right and token.gap in _JOINS:
            break
        if named and token.text.casefold() in _PLACING:
            break
        if kind == "other":
            if not (right or members or named):
                break
            people = members and token.word.detail == "people"
            token = token._replace(
                word=Word("part", "staff") if people else Word("field" if members else "weak", "staff")
            )
        if kind != "deputy":
            right.append(token)
        named = named or not (
            kind in {"link", "neutral", "unit", "deputy"} or (kind == "unknown" and _is_code(token.text))
        )
    return right, []


def _is_other_half(tokens: list[Token], start: int) -> bool:
    """Say whether another post begins here: Teamleiter / Senior SAP Berater."""
    for place in range(start, len(tokens)):
        if place > start and tokens[place].gap not in _CLOSE:
            return False
        if tokens[place].word.kind == "other":
            return True
    return False


def _phrases(tokens: list[Token], head: Token) -> Iterator[_Phrase]:
    """Cut a list at its joins and say of each phrase what it is."""
    cuts = [place for place, token in enumerate(tokens) if place == 0 or token.gap not in _CLOSE]
    groups = [tokens[start:end] for start, end in itertools.pairwise([*cuts, len(tokens)])]
    found = [_phrase_of(group, head) for group in groups]
    last = found[-1] if found else None
    for place, phrase in enumerate(found):
        if phrase is None:
            continue
        if place + 1 < len(found) and phrase.tokens[-1].suspended:
            if phrase.kind != "whole":
                continue  # Finanz- und Dokumentenmanagementsysteme: the last phrase says what it is
            # IT- und Informationssicherheit is a part, IT- und Prozessmanagement is not
            end = last.tokens[-1] if last else phrase.tokens[-1]
            if end.word.kind in {"part", "weak"} and not fold(end.text).endswith(("management", "organisation")):
                yield phrase._replace(kind="part", area=end.word.detail)
                continue
        yield phrase


def _phrase_of(tokens: list[Token], head: Token) -> _Phrase | None:
    """Say what one phrase is; None when it says nothing (der zentralen Abteilung 3)."""
    if tokens[-1].word.kind == "neutral":  # IT für ein Health-Tech-Unternehmen
        tokens = _before_for(tokens)
    kinds = [token.word.kind for token in tokens]
    everything = tuple(tokens)
    whole = "whole" in kinds
    last = tokens[-1].word
    area = next((token.word.detail for token in tokens if token.word.kind in _NARROWER), "")
    if not _OF_OTHERS.isdisjoint(kinds):
        if not whole and "part" not in kinds:
            return _Phrase("field", "", everything)
        # A compound's last word counts: Produktions-IT is IT, IT-Einkauf is not; so does an English phrase's.
        sorts = {token.word.detail for token in tokens if token.word.kind in _OF_OTHERS}
        compound = last.kind in {"whole", "part"} and tokens[-1].gap == "h"
        english = last.kind in _NARROWER | {"whole"} and (
            sorts <= {"english"} or (head.word.english and sorts <= {"english", "served"})
        )
        served = sorts <= {"served"} and "whole" in {kinds[0], kinds[-1]}  # IT Produktion
        served = served or (kinds[0] == "part" and sorts <= {"served", "english"})  # SAP Finance
        if compound or english or served:
            return _Phrase("part", area or "applications", everything)
        return _Phrase("mixed", "", everything)
    if "part" in kinds or (whole and not _NARROWER.isdisjoint(kinds)):
        return _Phrase("part", area, everything)
    strange = any(token.word.kind == "unknown" and not _is_code(token.text) for token in _before_for(tokens))
    if whole:
        return _Phrase("part", "other", everything) if strange else _Phrase("whole", "", everything)
    for token in tokens:
        if token.word.kind == "sibling":
            return _Phrase("sibling", token.word.detail, everything)
        if token.word.kind == "english" and head.word.english and not strange:
            return _Phrase("part", token.word.detail, everything)
    return _Phrase("unknown", "", everything) if strange or "weak" in kinds or "english" in kinds else None


def _before_for(tokens: list[Token]) -> list[Token]:
    """Return the words before a “für”, after which the employer is named: IT für Pharmahersteller."""
    for place, token in enumerate(tokens):
        if token.text.casefold() in {"für", "for"} and any(each.word.kind == "whole" for each in tokens[:place]):
            return tokens[:place]
    return tokens


def _is_code(text: str) -> bool:
    """Units have short names: Dezernat IV, Abteilung ZIT."""
    return len(text) <= 4 and text.isupper()


def _qualify(led: _Led, right: list[Token], head: Token, role: Role) -> None:
    """Read what follows a head that is already named: IT-Leiter Infrastruktur leads a part, IT-Leiter Dortmund all."""
    if not right or not any(each.kind == "whole" for each in led.phrases):
        return
    telling = [token for token in right if not _is_trade(token, role)]
    part = next((token for token in telling if token.word.kind in _NARROWER), None)
    kinds = {token.word.kind for token in telling}
    if "selling" in kinds or ("field" in kinds and head.word.kind == "manager"):
        led.phrases = [each._replace(kind="mixed") for each in led.phrases]
    elif head.word.kind != "manager" and (part is not None or "field" in kinds):
        led.phrases = [each._replace(kind="part", area=part.word.detail if part else "other") for each in led.phrases]
    led.reach(right)


def _is_trade(token: Token, role: Role) -> bool:
    """Say whether a word names the employer's trade: Maschinenbau, or a compound such as Stahl|handel."""
    folded = fold(token.text)
    return folded in role.trades or (token.word.kind in _OF_OTHERS and (folded,) not in role.words)


def _borrow(tokens: list[Token], index: int, led: _Led) -> None:
    """A head that does not say what it leads may be told by its neighbours: IT - Leiter, SAP Berater / Teamleiter."""
    head = tokens[index]
    if any(token.word.kind == "other" for token in tokens):
        near = next(
            (each for each in tokens if each.word.kind in {"whole", "part"} or each.word.detail == "people"), None
        )
        if head.word.kind == "team_lead" and near is not None and head.text.casefold() not in _LEADS:
            area = near.word.detail if near.word.kind == "part" else "staff"
            led.add([near._replace(word=Word("part", area))], head)
        return
    before = tokens[:index]
    if before and {token.word.kind for token in before} <= {"whole", "neutral", "unit", "link"}:
        led.add(before, head)


def _narrow(rest: list[Token], led: _Led, head: Token) -> None:
    """A further part of the title that names one or two parts of the field narrows it: Leiter IT - Infrastruktur.

    Three and more are a list of topics.
    """
    end = next((place for place, token in enumerate(rest) if place and token.gap in _BREAKS), len(rest))
    part = rest[:end]
    if head.word.kind == "manager" or any(token.word.kind in _HEADS | {"other", "aside"} for token in part):
        return
    phrases = list(_phrases(part, head))
    named = next((token for token in part if token.word.kind in _NARROWER), None)
    if named is not None and len(phrases) <= 2 and {each.kind for each in phrases} <= {"part", "unknown"}:
        led.phrases = [_Phrase("part", named.word.detail, tuple(part))]
        led.reach(part)


def _shared_part(phrases: list[_Phrase]) -> str:
    """Return the area of a later phrase that shares the field's word of the first: IT Compliance & Security."""
    first = [token.word.kind for token in phrases[0].tokens if token.word.kind != "link"]
    if not first or first[0] != "whole":
        return ""
    later = (token for each in phrases[1:] for token in each.tokens)
    return next((token.word.detail for token in later if token.word.kind == "weak"), "")


def _is_inside(head: Token, right: list[Token]) -> bool:
    """Say whether a small unit's head is named with the larger unit it lies in: Sachgebietsleiter im Amt für IT."""
    if head.word.detail not in {"section", "department"} or not right or right[0].text.casefold() not in {"im", "in"}:
        return False
    unit = next((token for token in right[1:3] if token.word.kind == "unit"), None)
    return unit is not None and unit.text.casefold() != "bereich"


def _rung(head: Token, led: _Led, role: Role) -> tuple[str, str | None]:
    """Say on which rung of the ladder a head stands that leads this; "" when it leads another field."""
    kinds = [each.kind for each in led.phrases]
    if not kinds or (kinds[0] == "field" and "whole" not in kinds):
        return "", None
    part = next((each for each in led.phrases if each.kind == "part"), None)
    if led.strange and "whole" in kinds:
        return ("", None) if head.word.kind == "manager" else ("part", "other")
    if head.word.kind == "manager":
        return _rung_of_manager(head, led, role)
    if "whole" in kinds:
        if head.word.kind == "team_lead" or led.level == "team":
            return "team", None
        if led.inside:
            return "inside", None
        others = sum(kind in {"field", "unknown", "mixed"} for kind in kinds)
        return "shared" if others > 1 and kinds[0] != "whole" else "lead", None
    if part is not None:
        return "part", part.area
    if kinds[0] == "mixed":
        shared = _shared_part(led.phrases)
        if shared:
            return "part", shared
        return "mixed", None
    sibling = next((each for each in led.phrases if each.kind == "sibling"), None)
    return ("sibling", sibling.area) if sibling is not None else ("", None)


def _rung_of_manager(head: Token, led: _Led, role: Role) -> tuple[str, str | None]:
    """Tell the manager of the whole field, the line manager of a part (Manager, IT Support) and the specialist."""
    kinds = [each.kind for each in led.phrases]
    part = next((each for each in led.phrases if each.kind == "part"), None)
    if part is not None and "mixed" not in kinds:
        last = part.tokens[-1]
        of_field = last.word.kind == "part" or any(token.word.kind == "whole" for token in part.tokens)
        before = last.end <= head.start  # IT Operations Manager
        line = of_field and (led.listed or (before and fold(last.text) in role.line))
        return "manager_line" if line else "manager_part", part.area
    if "mixed" in kinds:
        return "manager_part", None
    return "manager" if "whole" in kinds else "", None
