"""A job title: cleaned of everything that is not the title, and told whether it names the role that is wanted.

Classifying is a small grammar over words whose meaning stands in `data/tables/roles/`:
words -> heads (who leads) -> what each head leads (left: IT-Leiter, right: Leiter der Abteilung IT) -> a rung
(leads the whole field, a part, a team, as a deputy …) -> exact, near or no, by the role's own ladder.
"""

import functools
import html
import itertools
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pipelines.reference import TABLES, rows
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
_HEADS = frozenset({"lead", "team_lead", "manager", "title", "officer"})


@dataclass(frozen=True, slots=True)
class Role:
    """One role, as its file in data/tables/roles/ says: names, what to ask a search for, words, and the ladder."""

    name: str
    label_de: str
    label_en: str
    field: str
    phrases: tuple[str, ...]
    occupations_exact: frozenset[str]
    occupations_near: frozenset[str]
    ladder: Mapping[str, str] = field(hash=False)
    words: Mapping[tuple[str, ...], Word] = field(hash=False, repr=False)
    endings: Mapping[str, Word] = field(hash=False, repr=False)
    capitals: frozenset[str] = field(repr=False)
    unmaking: frozenset[str] = field(repr=False)
    line: frozenset[str] = field(repr=False)  # what a line manager leads
    first_words: Mapping[str, int] = field(hash=False, repr=False)  # of phrases: the most words that follow


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
        unmaking=frozenset(fold(each) for each in table["titles"].get("not", {}).get("words", ())),
        line=frozenset(fold(each) for each in table.get("managers", {}).get("line", ())),
        first_words=first_words,
    )


def _table(name: str) -> dict[str, Any]:
    with (_ROLES / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def _key(written: str) -> tuple[str, ...]:
    words = fold(written.removeprefix("*")).replace("-", " ").split()
    return tuple(word for word in words if len(words) == 1 or word not in {"und", "and"})


def _shared_words(table: dict[str, Any]) -> Iterator[tuple[Word, list[str]]]:
    yield Word("neutral"), table["neutral"]["words"]
    yield Word("field"), table["fields"]["other"]
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
    """Say what a single folded word means: as it stands, or as a compound by its last part."""
    found = role.words.get((word,))
    if found is not None:
        return found
    endings, levels = _lead_endings()
    for ending in endings:
        if word.endswith(ending) and len(word) > len(ending):
            return _compound(role, word[: -len(ending)], levels)
    for start in range(1, len(word) - 1):  # the longest known ending
        found = role.endings.get(word[start:])
        if found is not None:
            return found
    if word.isdecimal() or len(word) == 1:
        return Word("neutral")
    if word.rstrip("s") in _towns():
        return Word("neutral")
    return _UNKNOWN


def _compound(role: Role, first: str, levels: Mapping[str, str]) -> Word:
    """Read a leading compound (Abteilungsleiter, Informatikleitung, Bauleiter) by its first part."""
    for part in (first, first.rstrip("s")):
        if part in levels:
            return Word("lead" if levels[part] != "team" else "team_lead", levels[part])
    for part in (first, first.removesuffix("s")):
        led = role.words.get((part,)) or role.endings.get(part)
        if led is None:
            led = next((role.endings[part[n:]] for n in range(1, len(part) - 1) if part[n:] in role.endings), None)
        if led is not None and led.kind in {"whole", "part", "sibling"}:
            return Word("lead", "head", f"{led.kind}:{led.detail}")
        if led is not None and led.kind == "weak":
            return Word("lead", "head", f"weak:{led.detail}")
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


_DASHES = str.maketrans(
    dict.fromkeys("‐‑‒–—―−﹘﹣－", "-") | {"\u00a0": " ", "\u2028": " ", "\u2029": " ", "•": "|", "·": "·"}
)
_TAG = re.compile(r"<[/a-zA-Z][^<>]{0,80}>")
_SPACES = re.compile(r"[ \t\r\n\f\v]{1,300}")
_COMBINING = 4  # marks kept on one letter; text has one or two

_SEX = r"(?:m|w|d|f|x|i|g|n|a|u|h|mensch|divers|div|männlich|weiblich|male|female|man|woman|diverse|inter|nb|gn)"
_MARKER = re.compile(
    rf"[(\[{{] ?(?:{_SEX} ?[.*]?(?: ?[/|,;:.*+&_ \\-] ?{_SEX} ?[.*]?){{1,5}}|gn ?\*?|a|all ?genders?|all ?gender\*?|alle ?geschlechter|divers|m ?/ ?w|mwd|wmd|dmw|mfd|fmd|mwx|"
    rf"geschlechtsneutral|gender ?neutral|any ?gender|every ?gender|human|mensch(?:en)?|w/?m/?d/?x|[*]) ?[)\]}}] ?\*?",
    re.IGNORECASE,
)
_BARE_MARKER = re.compile(
    rf"(?<![\w/|])(?:[mwfd] ?[/|] ?[mwfdx](?: ?[/|] ?(?:[mwfdxi]|divers))?|all genders?|alle Geschlechter)(?![\w/|])\*?",
    re.IGNORECASE,
)
_INNER = re.compile(
    r"(?<=[a-zäöüß])(?: ?[:*_·•|] ?|/-|/ ?-|-/|/|\(-?|\[-?)(innen|in|r|n|frau)(?![\w])[)\]]?", re.IGNORECASE
)
_CAMEL = re.compile(r"(?<=er|or|nt|st|ur|är|at|ik|og)In(nen)?(?![\w])")


def clean(title: str, employer: str | None = None, places: Sequence[str] = ()) -> Clean:
    """Return the title without markers, references, pay, employer, places and advertising, and the facts among them."""
    text = _plain(title)
    text = _MARKER.sub(" ", text)
    text = _BARE_MARKER.sub(" ", text)
    text = _INNER.sub("", text)
    text = _CAMEL.sub("", text)
    text = _SPACES.sub(" ", text).strip(" -|,;:/")
    return Clean(text, ())


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
    return _SPACES.sub(" ", text).strip()[:LONGEST]


def _unescape(text: str) -> str:
    try:
        return html.unescape(text)
    except (ValueError, OverflowError):
        return text


def _compatible(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for each in text:
        if unicodedata.combining(each):
            marks += 1
            if marks > _COMBINING:
                continue
        else:
            marks = 0
            category = unicodedata.category(each)
            if category in {"Cf", "Cs", "Co"}:
                continue
        kept.append(each)
    return unicodedata.normalize("NFKC", "".join(kept)).translate(_DASHES)


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
        start, end = found[index].start(), found[index + length - 1].end()
        gap = "&" if joined and gaps[index] in _CLOSE else gaps[index]
        suspended = title[end : end + 1] == "-" and title[end + 1 : end + 2] in {" ", ",", "/", "&"}
        tokens.append(Token(title[start:end], word, gap if tokens else "", suspended, start, end))
        joined = False
        index += length
    return tokens


@functools.lru_cache(maxsize=1000)
def _gap(signs: str) -> str:
    """Name the strongest sign between two words."""
    bare = signs.strip()
    if "(" in bare or "[" in bare:
        return "("
    if "|" in bare or "//" in bare:
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


_ORDER = {"exact": 0, "near": 1, "no": 2}
_OF_FIELD = frozenset({"whole", "part", "sibling"})
_OF_OTHERS = frozenset({"field", "selling"})


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
    match = role.ladder["person"] if named.word.kind == "whole" else "no"
    reason = f"“{other.text}” does not lead {role.field}"
    return TitleClass(role.name if match != "no" else None, level, None, match, reason, f"other-{other.word.detail}")


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
        unmade = next((token for token in tokens if fold(token.text) in role.unmaking), None)
        if unmade is not None:
            reason = f"“{head.text}” beside “{unmade.text}” is another post"
            return TitleClass(None, None, None, "no", reason, "title-unmade")
        rung, words = head.word.kind, head.text
        level = "cio" if rung == "title" and role.field == "IT" else head.word.detail
    else:
        led = _led(tokens, index, role)
        words = title[led.start : led.end].strip()
        level = led.level if led.level and head.word.detail == "head" else head.word.detail
        rung, area = _rung(head, led, role)
        if not rung and not led.phrases:
            reason = f"“{head.text}” does not say what it leads"
            return TitleClass(None, level, None, "no", reason, "leads-unnamed")
        if not rung:
            reason = f"“{head.text}” with “{words}” leads another field than {role.field}"
            return TitleClass(None, level, None, "no", reason, "leads-other")
    if role.ladder[rung] != "no" and _deputy(tokens, index) is not None:
        rung, level = "deputy", "deputy"
    match = role.ladder[rung]
    reason = _REASONS[rung].format(head=head.text, words=words, field=role.field, area=area)
    return TitleClass(role.name if match != "no" else None, level, area or role.field, match, reason, rung)


_REASONS = {
    "title": "“{head}” is a name of the post",
    "officer": "“{head}” is near the head of {field}",
    "lead": "“{head}” with “{words}” leads the whole {field}",
    "shared": "“{head}” with “{words}” leads {field} as one of several fields",
    "mixed": "“{head}” with “{words}” leads another field than {field}",
    "inside": "“{head}” with “{words}” leads a unit inside {field}",
    "team": "“{head}” with “{words}” leads a team",
    "deputy": "“{head}” with “{words}” is a deputy",
    "part": "“{head}” with “{words}” leads a part of {field}: {area}",
    "sibling": "“{head}” with “{words}” leads {area}, which is near {field}",
    "manager": "“{head}” with “{words}” may or may not lead {field}",
    "manager_part": "“{head}” with “{words}” is a specialist, not a leader",
    "manager_line": "“{head}” with “{words}” leads a part of {field}: {area}",
}


def _governor(tokens: list[Token], index: int) -> Token | None:
    """Return the word that makes this head a mere attribute: Assistenz der IT-Leitung, CIO Office, Berater für CIO."""
    head = tokens[index]
    bare = head.word.kind in {"title", "officer"}
    close = listed = unslashed = True  # the gaps so far: within a phrase, within a list, without a slash
    aside = None
    for back in range(index - 1, -1, -1):
        gap = tokens[back + 1].gap
        close = close and gap in _CLOSE
        listed = listed and gap not in _BREAKS
        unslashed = unslashed and gap != "/"
        token = tokens[back]
        if token.word.kind == "other":
            if token.word.detail == "student" or close or (listed and token.word.detail == "assistant"):
                return token
            if bare and listed and unslashed:
                return token
            if aside:
                return aside
        elif token.word.kind in _HEADS and listed and not close:
            break  # IT-Leiter und CTO: what stands before governs that head, not this one
        elif token.word.kind == "aside" and close:
            aside = token
    following = tokens[index + 1 :]
    if following and following[0].gap in _CLOSE and following[0].word.kind == "other":
        after = following[0]
        if bare or after.word.detail in {"assistant", "student"}:
            return after
    if head.text.casefold() == "lead":  # Lead Developer, Lead Cloud Architect: the other word is the post
        for token in following:
            if token.gap in _BREAKS or token.gap == ",":
                break
            if token.word.kind == "other":
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

    phrases: list[_Phrase] = field(default_factory=list)
    level: str = ""  # of the unit that is named: Leitung Team IT
    inside: bool = False
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
    led.add(_left(tokens, index), head)
    if head.word.led:
        kind, _, area = head.word.led.partition(":")
        led.phrases.append(_Phrase(kind, area, (head,)))
        led.reach([head])
    if all(each.kind == "unknown" for each in led.phrases):  # a name or an adjective in front says nothing
        led = _Led()
    named = bool(led.phrases)
    right, rest = _right(tokens, index, named)
    if named:
        _qualify(led, right, head)
    else:
        led.inside = _is_inside(head, right)
        led.listed = bool(right) and right[0].gap == ","
        led.add(right, head)
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
        if named and kind == "link" and token.text.casefold() in {"im", "in", "zu", "to"}:
            break
        if kind == "other":
            if not (right or members or named):
                break
            token = token._replace(word=Word("part" if members else "weak", "staff"))
        if kind != "deputy":
            right.append(token)
        named = named or kind not in {"link", "neutral", "unit", "deputy"}
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
            # IT- und Informationssicherheit is a part; IT- und Prozessmanagement, IT- und Organisationsabteilung are not
            end = last.tokens[-1] if last else phrase.tokens[-1]
            if end.word.kind in {"part", "weak"} and not fold(end.text).endswith(("management", "organisation")):
                yield phrase._replace(kind="part", area=end.word.detail)
                continue
        yield phrase


def _phrase_of(tokens: list[Token], head: Token) -> _Phrase | None:
    """Say what one phrase is; None when it says nothing (der zentralen Abteilung 3)."""
    kinds = [token.word.kind for token in tokens]
    everything = tuple(tokens)
    whole = "whole" in kinds
    last = tokens[-1].word
    area = next((token.word.detail for token in tokens if token.word.kind in {"part", "weak"}), "")
    if not _OF_OTHERS.isdisjoint(kinds):
        if not whole and "part" not in kinds:
            return _Phrase("field", "", everything)
        # A compound's last word counts: Produktions-IT is IT, IT-Einkauf is not; so does an English phrase's.
        compound = last.kind in {"whole", "part"} and tokens[-1].gap == "h"
        english = head.word.english and "selling" not in kinds and last.kind in {"whole", "part", "weak"}
        return _Phrase("part", area or "applications", everything) if compound or english else _Phrase("mixed", "", everything)
    if "part" in kinds or (whole and "weak" in kinds):
        return _Phrase("part", area, everything)
    strange = any(token.word.kind == "unknown" and not _is_code(token.text) for token in tokens)
    if whole:
        return _Phrase("part", "other", everything) if strange else _Phrase("whole", "", everything)
    for token in tokens:
        if token.word.kind == "sibling":
            return _Phrase("sibling", token.word.detail, everything)
        if token.word.kind == "english" and head.word.english and not strange:
            return _Phrase("part", token.word.detail, everything)
    return _Phrase("unknown", "", everything) if strange or "weak" in kinds or "english" in kinds else None


def _is_code(text: str) -> bool:
    """Units have short names: Dezernat IV, Abteilung ZIT."""
    return len(text) <= 4 and text.isupper()


def _qualify(led: _Led, right: list[Token], head: Token) -> None:
    """Read what follows a head that is already named: IT-Leiter Infrastruktur leads a part, IT-Leiter Dortmund all."""
    if not right or not any(each.kind == "whole" for each in led.phrases):
        return
    part = next((token for token in right if token.word.kind in {"part", "weak"}), None)
    if any(token.word.kind in _OF_OTHERS for token in right):
        led.phrases = [each._replace(kind="mixed") for each in led.phrases]
    elif part is not None and head.word.kind != "manager":
        led.phrases = [each._replace(kind="part", area=part.word.detail) for each in led.phrases]
    led.reach(right)


def _borrow(tokens: list[Token], index: int, led: _Led) -> None:
    """A head that does not say what it leads may be told by its neighbours: IT - Leiter, SAP Berater / Teamleiter."""
    head = tokens[index]
    if any(token.word.kind == "other" for token in tokens):
        near = next((token for token in tokens if token.word.kind in {"whole", "part"}), None)
        if head.word.kind == "team_lead" and near is not None:
            led.add([near._replace(word=Word("part", near.word.detail or "staff"))], head)
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
    named = next((token for token in part if token.word.kind in {"part", "weak"}), None)
    if named is not None and len(phrases) <= 2 and {each.kind for each in phrases} <= {"part", "unknown"}:
        led.phrases = [_Phrase("part", named.word.detail, tuple(part))]
        led.reach(part)


def _is_inside(head: Token, right: list[Token]) -> bool:
    """Say whether a small unit's head is named with the larger unit it lies in: Sachgebietsleiter im Amt für IT."""
    if head.word.detail not in {"section", "department"} or not right or right[0].text.casefold() not in {"im", "in"}:
        return False
    unit = next((token for token in right[1:3] if token.word.kind == "unit"), None)
    return unit is not None and unit.text.casefold() != "bereich"


def _rung(head: Token, led: _Led, role: Role) -> tuple[str, str | None]:
    """Say on which rung of the ladder a head stands that leads this; "" when it leads another field."""
    kinds = [each.kind for each in led.phrases]
    if not kinds or kinds[0] == "field" and "whole" not in kinds:
        return "", None
    part = next((each for each in led.phrases if each.kind == "part"), None)
    if head.word.kind == "manager":
        if part is not None and "mixed" not in kinds:
            line = led.listed or any(fold(token.text) in role.line for token in part.tokens)
            return "manager_line" if line else "manager_part", part.area
        return "manager_part" if "mixed" in kinds else "manager" if "whole" in kinds else "", None
    if "whole" in kinds:
        if head.word.kind == "team_lead" or led.level == "team":
            return "team", None
        if led.inside:
            return "inside", None
        others = sum(kind in {"field", "unknown", "mixed"} for kind in kinds)
        return "shared" if others > 1 and kinds[0] != "whole" else "lead", None
    if kinds[0] == "mixed":
        return "mixed", None
    if part is not None:
        return "part", part.area
    sibling = next((each for each in led.phrases if each.kind == "sibling"), None)
    return ("sibling", sibling.area) if sibling is not None else ("", None)
