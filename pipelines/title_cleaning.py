"""The title that stands in an advert: markers, references, pay, employer, places and advertising cut off.

What is cut follows data/tables/roles/_cleaning.toml. A part goes only when all of it is understood.
"""

import dataclasses
import functools
import html
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.reference import TABLES, column, rows
from pipelines.spelling import fold

LONGEST = 300  # characters of a title that are read


class Clean(NamedTuple):
    """A cleaned title, and what was cut off and means something: ("place", "Dortmund"), ("pay", "100k") …"""

    text: str
    facts: tuple[tuple[str, str], ...]


_CUTS = tomllib.loads((TABLES / "roles" / "_cleaning.toml").read_text(encoding="utf-8"))


def _pattern(alternatives: Sequence[str]) -> str:
    """Join patterns of the table, the named ones put in."""
    joined = "|".join(alternatives)
    for _ in range(3):  # a named pattern may hold others
        for name, pattern in _CUTS["patterns"].items():
            joined = joined.replace(f"<{name}>", f"(?:{pattern})")
    return f"(?:{joined})"


_COMBINING = 4  # marks kept on one letter; German text has one
_SIGNS = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘﹣－", "-") | dict.fromkeys("·•∙‧･", "·") | dict.fromkeys("’‘`´", "'"))
# Neither plain German nor a dash: only then is there more to do than to exchange the dash.
_RARE = re.compile(r"[^\x00-\x7f–ÄÖÜäöüßéè]")
_TAG = re.compile(r"<[/a-zA-Z][^<>]{0,80}>")

_BRACKET = re.compile(r" ?[(\[{]([^()\[\]{}]{0,80})[)\]}]\*?")
_BRACKET_PARTS = re.compile(r" ?[,;] | [/-] ")
_CUT_BRACKET = re.compile(r"[(\[](?:[mwfdx][/|,.: ]{0,2}){0,4}(?:div|all|a|alle)?", re.IGNORECASE)
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
# Is a look at _FEMININE worth while? (It starts with a whole word, so it is slow; a search for signs is not.)
_FEMININE_HINT = re.compile(r"[:*_·|./-] ?-?(?:innen|in|r|n|frau|e|fe|ne|trice)(?![\w*:])", re.IGNORECASE)
_CAMEL = re.compile(r"In(?<=erIn|orIn|ntIn|stIn|urIn|ärIn|atIn|ikIn|ogIn)(?:nen)?(?![\w-]{2})")
_STAR = re.compile(r"(?<=\w)\*{1,3}(?![\w*])")
# Leiterin / Leiter, Leiter oder Leiterin, Verantwortliche / Verantwortlicher, Kauffrau / Kaufmann
_IN_PAIR = re.compile(r"/| (?:bzw\.|oder|und) ")
_PAIR = re.compile(
    r"(?<![\w-])([\w-]{2,60}?)(?:in|innen) ?(?:/|bzw\.|oder|und) ?-?(\1(?:e|n|en)?)(?![\w-])", re.IGNORECASE
)
_PAIR_BACK = re.compile(r"(?<![\w-])([\w-]{2,60}) ?(?:/|bzw\.|oder|und) ?\1(?:in|innen)(?![\w-])", re.IGNORECASE)
_PAIR_UMLAUT = re.compile(r"(?<![\w-])([\w-]{2,60}) ?(?:/|bzw\.|oder|und) ?([\w-]{2,60})(?![\w-])")
_WITHOUT_UMLAUTS = str.maketrans("äöü", "aou")
_PAIR_R = re.compile(r"(?<![\w-])(?:([\w-]{2,60}e) ?/ ?\1r|([\w-]{2,60}e)r ?/ ?\2)(?![\w-])", re.IGNORECASE)
_PAIR_MANN = re.compile(r"(?<![\w-])([\w-]{2,60})(?:mann|frau) ?/ ?\1(?:mann|frau)(?![\w-])", re.IGNORECASE)

_ANY_FACT = "|".join(f"(?P<{name}>{_pattern(listed)})" for name, listed in _CUTS["facts"].items())
_FACT = re.compile(_ANY_FACT)
_TAIL = re.compile(rf"(?<![\w,.:-])(?:{_ANY_FACT})[!.*]{{0,3}}$")
_FACTS_END_IN = (*_CUTS["ends"]["letters"], *_CUTS["ends"]["words"])
_NOT_AFTER = tuple(_CUTS["ends"]["not_after"])
_ADVERTISING = re.compile(rf"(?:{_pattern(_CUTS['advertising']['part'])}[!. +&,]{{0,4}}){{1,6}}", re.IGNORECASE)
_OPENING = re.compile(rf"{_pattern(_CUTS['advertising']['opening'])}(?:[!:,.]{{1,3}} *| +)", re.IGNORECASE)
_ENDING = re.compile(rf"[ ,-]{{1,3}}{_pattern(_CUTS['advertising']['ending'])}$", re.IGNORECASE)
_ENDING_HINT = ("esucht", "NEU", "rlaub", "wagen", "rämie", "onus", "rovision")  # a search takes longer
_LABEL = re.compile(rf"(?:^|[ ,(]){'(?:' + '|'.join(map(re.escape, _CUTS['labels']['words'])) + ')'}$")
_CUT = re.compile(
    r"(?<![0-9%€]) -{1,3} | -{1,3} (?![0-9€])| ?\| ?| // |!{2,5} "
    r"|(?<=[\w)!.])- (?!und |oder |u\. |bzw|& )|(?<=[\w)!.]) -(?=[A-ZÄÖÜ])"
)
_ORNAMENTS = tuple("+*#~=_>.")
_ORNAMENT = re.compile(r"(?: [+*#~=_>.]{1,5}){1,5}$")
_SPACE_BEFORE = re.compile(r" +(?=[,;:.)](?:\s|$))")
_BEFORE_PLACE = re.compile(rf"(?:{'|'.join(_CUTS['places']['before'])}|[0-9]{{5}}) ")
_PLACE_TAIL = re.compile(rf"[ ,](?:(?:{'|'.join(_CUTS['places']['ends'])}) (?=[A-ZÄÖÜ0-9])|(?=[0-9]{{5}} [A-ZÄÖÜ]))")
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
    line = plain(title)
    cutter = _Cutter(
        _core(employer) if employer else (), tuple(fold(place) for place in places[:20] if 2 < len(place) < 100)
    )
    text = cutter.without_facts(cutter.without_markers(line))
    if text.isupper() and len(text) > 4:
        text = _IN_CAPITALS.sub(_small, text)
    return Clean(text or line, tuple(cutter.facts))


def plain(title: str) -> str:
    """Return the title as one line of at most LONGEST plain characters, with one sort of dash and blank."""
    text = title[: 4 * LONGEST]
    if "&" in text:
        text = _unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if not text.isascii():
        text = _compatible(text) if _RARE.search(text) else text.replace("–", "-")
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
        category = unicodedata.category(each)
        if category == "So" and each != "°":  # a picture, a trade mark
            kept.append(" ")
        elif marks <= _COMBINING and category not in {"Cf", "Cs", "Co"}:
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
            text = _BRACKET.sub(self._bracket, text)
            opened = max(text.rfind("("), text.rfind("["))
            if opened >= 0 and _CUT_BRACKET.fullmatch(text, opened):
                text = text[:opened]
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
            if not text.isascii():
                text = _PAIR_UMLAUT.sub(_man_of_pair, text)
        if "/" in text:
            text = _PAIR_MANN.sub(r"\1mann", text)
            text = _PAIR_R.sub(lambda found: (found[1] or found[2]) + "r", text)
        return " ".join(text.split())

    def _bracket(self, found: re.Match[str]) -> str:
        inner = found[1].strip()
        if _is_marker(inner):
            return " "
        is_number = inner.isdecimal() and len(inner) >= 3 and not (len(inner) == 4 and inner[:2] in {"19", "20"})
        fact = _fact(inner) or ("reference" if is_number else "place" if self._is_place(inner) else None)
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
        if text.endswith(_ORNAMENTS):
            text = _ORNAMENT.sub("", text)
        opening = _OPENING.match(text)
        if opening:
            text = text[opening.end() :]
        parts, signs = _parts(text)
        kept = ""
        for place, (part, sign) in enumerate(zip(parts, signs, strict=True)):
            at_an_end = place in {0, len(parts) - 1} or (place > 0 and part.count(" ") < 4)
            if len(parts) > 1 and self._states_a_fact(part, at_an_end=at_an_end):
                continue
            rest = self._without_tails(part.strip())
            if len(parts) > 1 and rest != part.strip() and self._states_a_fact(rest, at_an_end=at_an_end):
                continue
            if rest:
                kept = f"{kept}{sign}{rest}" if kept else rest
        kept = _EMPTY_BRACKET.sub("", kept) if "(" in kept else kept
        kept = _ORNAMENT.sub("", kept) if kept.endswith(_ORNAMENTS) else kept
        return " ".join(_SPACE_BEFORE.sub("", kept).split()).lstrip("#+").strip(" -|,;:/!*·")

    def _states_a_fact(self, part: str, *, at_an_end: bool) -> bool:
        """Say whether the whole part may go, and keep the fact that it states."""
        bare = _bare(part)
        name = self._whole_part(bare, at_an_end=at_an_end) if bare else None
        if name:
            self.facts.append((name, bare))
        return name is not None

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
            at_an_end and "," not in part and _LEGAL_FORM.search(part) and not _AT_EMPLOYER.search(part)
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
        if part.rstrip("!. ").endswith(_ENDING_HINT) and (ending := _ENDING.search(part)):
            return part[: ending.start()]
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
        found = _TAIL.search(part)
        if found is None or found.start() < 3 or part[: found.start()].rstrip().endswith(_NOT_AFTER):
            return None
        return str(found.lastgroup), found[0].strip(" !.*") or found[0], part[: found.start()]

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
    bare = part.strip(" ,;:/!*.&-")
    return bare + "." if bare.endswith((".a", ". a")) and bare + "." in part else bare


def _parts(text: str) -> tuple[list[str], list[str]]:
    """Cut a title at its dashes, bars and first colon; return the parts and the sign before each."""
    parts: list[str] = []
    signs = [""]
    start = 0
    if "- " in text or " -" in text or "|" in text or "//" in text or "!!" in text:
        for cut in _CUT.finditer(text):
            parts.append(text[start : cut.start()])
            signs.append(cut[0])
            start = cut.end()
    parts.append(text[start:])
    before, colon, after = parts[0].partition(": ")
    if colon and before and not _LABEL.search(before):
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
                return word[: -len(stem)] + _as_written(whole, word, len(stem))
        return word
    if ending == "r" and small.endswith("e"):
        return word + ("R" if word.isupper() else "r")  # Stellvertretende*r Leiter: stellvertretender Leiter
    is_ending = {"r": small.endswith("e"), "n": small.endswith("e"), "frau": small.endswith("mann")}
    return word if is_ending.get(ending, "·" in found[0]) else found[0]


def _as_written(ending: str, word: str, length: int) -> str:
    """Write an ending in capitals where the word is, with a capital where the ending is all of it."""
    if word.isupper():
        return ending.upper()
    return ending if word[-length].islower() else ending.capitalize()


def _man_of_pair(found: re.Match[str]) -> str:
    """Koch/Köchin, Ärztin oder Arzt."""
    for man, woman in ((found[1], found[2]), (found[2], found[1])):
        if woman.casefold().translate(_WITHOUT_UMLAUTS) == man.casefold().translate(_WITHOUT_UMLAUTS) + "in":
            return man
    return found[0]


def _fact(part: str) -> str | None:
    """Name the fact that this part states and nothing else."""
    found = _FACT.fullmatch(part)
    return found.lastgroup if found else None


@functools.lru_cache(maxsize=5000)
def _core(name: str) -> tuple[str, ...]:
    """Return the words of a firm's name without its legal form, for comparing."""
    legal = column("legal_forms.csv", "form")
    return tuple(word for word in _NAME_WORD.findall(fold(name[:LONGEST])) if word not in legal)


@functools.cache
def _place_names() -> frozenset[str]:
    names = {fold(row["name"]) for row in rows("places.csv")} | {fold(name) for name in _CUTS["places"]["names"]}
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
