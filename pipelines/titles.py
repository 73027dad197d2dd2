"""A job title: cleaned of everything that is not the title, and told whether it names the role that is wanted.

Classifying is a small grammar over words whose meaning stands in `data/tables/roles/`:
words -> heads (who leads) -> what each head leads (left: IT-Leiter, right: Leiter der Abteilung IT) -> a rung
(leads the whole field, a part, a team, as a deputy …) -> exact, near or no, by the role's own ladder.
"""

import functools
import html
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
    led: str = ""  # of a compound such as EDV-Leiter in one word: the kind of its first part


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
    for sort, listed in table["others"].items():
        yield Word("other", sort), listed
    for level, listed in table["units"].items():
        yield Word("unit", level), listed
    yield Word("aside"), table["between"]["aside"]
    yield Word("link"), table["between"]["links"]
    yield Word("join"), table["between"]["joins"]
    yield Word("deputy"), table["deputy"]
    yield Word("lead", "head"), table["lead"] + table["lead_words"]
    yield Word("team_lead", "team"), table["team_lead"]
    yield Word("manager", "manager"), table["manager"]


def _role_words(table: dict[str, Any]) -> Iterator[tuple[Word, list[str]]]:
    for area, listed in table.get("weak", {}).items():
        yield Word("weak", area), listed
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


_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘﹣－", "-") | {"\u00a0": " ", "\u2028": " ", "\u2029": " ", "•": "|", "·": "·"})
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
    rf"(?<![\w/|])(?:[mwfd] ?[/|] ?[mwfdx](?: ?[/|] ?(?:[mwfdxi]|divers))?|all genders?|alle Geschlechter)(?![\w/|])\*?", re.IGNORECASE
)
_INNER = re.compile(r"(?<=[a-zäöüß])(?: ?[:*_·•|] ?|/-|/ ?-|-/|/|\(-?|\[-?)(innen|in|r|n|frau)(?![\w])[)\]]?", re.IGNORECASE)
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
    """A word of a title with its meaning and what stands before it."""

    text: str
    word: Word
    gap: str  # "h" hyphen, " ", "&" a join, "," "/" "-" a spaced dash or colon, "|", "("; "" at the start


_TOKEN = re.compile(r"[^\W_]{1,80}|[^\w\s]|_|\s")
_NEAR_GAPS = frozenset({"h", " "})
_STRONG = "(|-;/,&"  # the strongest sign between two words counts


def _tokens(title: str, role: Role) -> list[Token]:
    """Cut a title into words, phrases of the role's tables taken as one word."""
    pieces: list[tuple[str, str]] = []
    gap = ""
    only_small = title == title.lower()
    for piece in _TOKEN.findall(title):
        if piece[0].isalnum():
            pieces.append((piece, _gap(gap) if pieces else ""))
            gap = ""
        else:
            gap += piece
    tokens: list[Token] = []
    index = 0
    pending = ""
    folded = [fold(piece) for piece, _ in pieces]
    joins = [role.words.get((each,), _UNKNOWN).kind == "join" for each in folded]
    while index < len(pieces):
        text, between = pieces[index]
        if joins[index] and index + 1 < len(pieces):
            pending = "&"
            index += 1
            continue
        if pending:
            between, pending = (pending if between in {"h", " "} else between), ""
        length, word = _phrase(role, folded, joins, pieces, index)
        if length == 1:
            word = _meaning(role, folded[index])
            joined = between == "h" or (index + 1 < len(pieces) and pieces[index + 1][1] == "h")
            if folded[index] in role.capitals and not (text[0].isupper() or only_small or joined):
                word = Word("link")
        tokens.append(Token(" ".join(piece for piece, _ in pieces[index : index + length]), word, between if tokens else ""))
        index += length
    return tokens


def _gap(signs: str) -> str:
    stripped = signs.strip()
    if not stripped:
        return " "
    if stripped == "-":
        return "h" if signs == "-" else "-" if signs[0].isspace() else " "
    if "(" in stripped or "[" in stripped:
        return "("
    if "|" in stripped or "//" in stripped:
        return "|"
    if ":" in stripped or "-" in stripped and len(stripped) > 1 and stripped.startswith(("-", ")-")) or ";" in stripped:
        return "-"
    if "/" in stripped:
        return "/"
    if "," in stripped:
        return ","
    if "&" in stripped or "+" in stripped:
        return "&"
    if "-" in stripped:
        return "-"
    return " "


def _phrase(role: Role, folded: list[str], joins: list[bool], pieces: list[tuple[str, str]], index: int) -> tuple[int, Word]:
    """Return how many pieces from `index` on make the longest phrase of the tables, and its meaning."""
    most = role.first_words.get(folded[index], 0)
    best, word = 1, _UNKNOWN
    if not most:
        return best, word
    key = [folded[index]]
    for ahead in range(index + 1, min(len(folded), index + 2 * most + 1)):
        if pieces[ahead][1] in {"(", "|", "-", ";", ","}:
            break
        if joins[ahead]:
            continue
        key.append(folded[ahead])
        found = role.words.get(tuple(key))
        if found is not None:
            best, word = ahead - index + 1, found
    return best, word


@dataclass(slots=True)
class _Led:
    """What one head leads: its conjuncts, each as a kind, and the words that say so."""

    kinds: list[str] = field(default_factory=list)  # whole, part, sibling, mixed, field, unknown
    areas: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    level: str = ""
    inside: bool = False


def classify(cleaned: str, role: Role) -> TitleClass:
    """Say whether a cleaned title names the role (exact), something near it, or not."""
    title = cleaned if len(cleaned) <= LONGEST and cleaned.isascii() else _plain(cleaned)
    tokens = _tokens(title, role)
    heads = [index for index, token in enumerate(tokens) if token.word.kind in _HEADS]
    if not heads:
        return _without_head(tokens, role)
    best: TitleClass | None = None
    for index in heads:
        found = _of_head(tokens, index, role)
        if best is None or _ORDER[found.match] < _ORDER[best.match]:
            best = found
    assert best is not None
    return best


_ORDER = {"exact": 0, "near": 1, "no": 2}


def _without_head(tokens: list[Token], role: Role) -> TitleClass:
    other = next((token for token in tokens if token.word.kind == "other"), None)
    level = {"assistant": "assistant", "project": "project"}.get(other.word.detail, "specialist") if other else None
    if other and role.ladder["person"] != "no" and any(token.word.kind == "whole" for token in tokens):
        match = role.ladder["person"]
        return TitleClass(role.name, level, role.field, match, f"“{other.text}” works in {role.field}", "person")
    if other:
        return TitleClass(None, level, None, "no", f"“{other.text}” does not lead {role.field}", f"other-{other.word.detail}")
    return TitleClass(None, None, None, "no", "no word for leading in the title", "no-lead")


def _of_head(tokens: list[Token], index: int, role: Role) -> TitleClass:
    """Decide for one head."""
    head = tokens[index]
    governor = _governor(tokens, index)
    if governor is not None:
        sort = governor.word.detail
        level = sort if sort in {"assistant", "project"} else "specialist"
        return TitleClass(None, level, None, "no", f"“{governor.text}” is the post, “{head.text}” only belongs to it", f"governed-{sort}")
    deputy = _deputy(tokens, index)
    kind = head.word.kind
    if kind in {"title", "officer"}:
        return _of_title(tokens, index, role, deputy)
    led = _led(tokens, index, role)
    level = led.level if led.level and head.word.detail == "head" else head.word.detail
    if kind == "lead" and level == "team":
        kind = "team_lead"
    rung, area = _rung(kind, led, role)
    if rung is None:
        words = ", ".join(led.words) or "nothing"
        return TitleClass(None, level, None, "no", f"“{head.text}” leads {words}, not {role.field}", "leads-other")
    if deputy is not None and role.ladder[rung] != "no":
        rung, level = "deputy", "deputy"
    match = role.ladder[rung]
    reason = _REASONS[rung].format(head=head.text, words=" ".join(led.words), field=role.field, area=area or role.field)
    return TitleClass(role.name if match != "no" else None, level, area, match, reason, rung)


_REASONS = {
    "title": "“{head}” leads {field}",
    "officer": "“{head}” is near a head of {field}",
    "lead": "“{head}” with “{words}” leads the whole {field}",
    "shared": "“{head}” leads {field} among other fields: “{words}”",
    "mixed": "“{words}” is another field than {field}",
    "inside": "“{head}” leads a unit inside “{words}”",
    "team": "“{head}” leads a team in “{words}”",
    "deputy": "“{head}” as a deputy in “{words}”",
    "part": "“{head}” with “{words}” leads a part of {field}: {area}",
    "sibling": "“{head}” with “{words}” leads {area}, near {field}",
    "manager": "“{head}” with “{words}” may or may not lead {field}",
    "manager_part": "“{head}” with “{words}” is a specialist, not a leader",
    "manager_line": "“{head}” with “{words}” leads a part of {field}: {area}",
}


def _of_title(tokens: list[Token], index: int, role: Role, deputy: Token | None) -> TitleClass:
    head = tokens[index]
    unmade = next((token for token in tokens if fold(token.text) in role.unmaking), None)
    if unmade is not None:
        return TitleClass(None, None, None, "no", f"“{head.text}” beside “{unmade.text}” is another post", "title-unmade")
    rung = "deputy" if deputy else head.word.kind
    level = "deputy" if deputy else "cio" if head.word.kind == "title" else "officer"
    match = role.ladder[rung]
    reason = _REASONS[rung].format(head=head.text, words=head.text, field=role.field)
    return TitleClass(role.name if match != "no" else None, level, role.field, match, reason, rung)


def _governor(tokens: list[Token], index: int) -> Token | None:
    """Return the word that makes this head a mere attribute: Assistenz der IT-Leitung, CIO Office, Berater für CIO."""
    head = tokens[index]
    bare = head.word.kind in {"title", "officer"}
    near = True
    for back in range(index - 1, -1, -1):
        gap = tokens[back + 1].gap
        if gap in {"(", "|", "-"}:
            break
        near = near and gap in _NEAR_GAPS
        word = tokens[back].word
        if word.kind in _HEADS and not near:
            break
        if word.kind == "other" and (near or word.detail == "assistant" or (bare and "," in _gaps(tokens, back + 1, index))):
            return tokens[back]
        if word.kind in {"aside"} and near and fold(tokens[back].text) not in {"als"}:
            return tokens[back]
    if index + 1 < len(tokens) and tokens[index + 1].gap in _NEAR_GAPS:
        after = tokens[index + 1].word
        if after.kind == "other" and (after.detail == "assistant" or bare or _is_english_lead(head)):
            return tokens[index + 1]
    return None


def _is_english_lead(head: Token) -> bool:
    return fold(head.text) == "lead"


def _gaps(tokens: list[Token], start: int, end: int) -> set[str]:
    return {token.gap for token in tokens[start : end + 1]}


def _deputy(tokens: list[Token], index: int) -> Token | None:
    for back in range(index - 1, -1, -1):
        if tokens[back].word.kind == "deputy":
            return tokens[back]
        if tokens[back].word.kind in _HEADS | {"other"}:
            break
    for ahead in range(index + 1, len(tokens)):
        if tokens[ahead].word.kind == "deputy":
            return tokens[ahead]
        if tokens[ahead].word.kind in _HEADS | {"other"} or tokens[ahead].gap in {"|", "/"}:
            break
    return None


def _led(tokens: list[Token], index: int, role: Role) -> _Led:
    """Collect what the head leads: in its own compound, to its left, to its right."""
    head = tokens[index]
    led = _Led()
    if head.word.led:
        kind, _, area = head.word.led.partition(":")
        led.kinds.append("unknown" if kind == "weak" else kind)
        led.areas.append(area)
        led.words.append(head.text)
    left: list[Token] = []
    for back in range(index - 1, -1, -1):
        token, gap = tokens[back], tokens[back + 1].gap
        if token.word.kind in _HEADS | {"other", "aside", "link", "deputy"}:
            break
        if gap in {"(", "|", "-", ","}:
            break
        left.insert(0, token)
    if left:
        _conjuncts(left, led, role)
        if led.kinds and all(kind == "unknown" for kind in led.kinds) and not head.word.led:
            led.kinds.clear()
            led.areas.clear()
    had_left = any(kind in {"whole", "part", "sibling", "mixed", "field"} for kind in led.kinds)
    right: list[Token] = []
    narrowing: list[Token] = []
    seen = had_left
    for ahead in range(index + 1, len(tokens)):
        token = tokens[ahead]
        kind = token.word.kind
        if kind in _HEADS or kind == "aside" or (kind == "other" and head.word.kind != "team_lead"):
            if kind == "other" and token.gap in _NEAR_GAPS and (right or had_left):
                right.append(Token(token.text, Word("weak", "staff"), token.gap))
            break
        if kind == "other":
            kind = "weak"
            token = Token(token.text, Word("weak", "staff"), token.gap)
        if kind == "deputy":
            continue
        if seen and token.gap in {"-", "(", "|"}:
            narrowing = tokens[ahead:]
            break
        if kind == "link" and seen and fold(token.text) in {"im", "in", "to", "zu"}:
            break
        if had_left and token.gap in {"&", ",", "/"} and not right:
            break
        right.append(token)
        seen = seen or kind not in {"link", "neutral", "unit", "deputy"}
    if right:
        if had_left:
            extra = _Led()
            _conjuncts(right, extra, role)
            led.words += extra.words
            led.level = led.level or extra.level
            if "whole" in led.kinds and any(token.word.kind in {"weak", "part"} for token in right):
                led.kinds = ["part"]
                led.areas = [token.word.detail for token in right if token.word.kind in {"weak", "part"}][:1]
            elif "whole" in led.kinds and any(token.word.kind == "field" for token in right):
                led.kinds = ["mixed"]
        else:
            led.inside = _inside(head, right)
            _conjuncts(right, led, role)
    if not led.kinds:
        _borrow(tokens, index, led, role)
    if narrowing and led.kinds == ["whole"]:
        _narrow(narrowing, led, role)
    return led


def _borrow(tokens: list[Token], index: int, led: _Led, role: Role) -> None:
    """A head that says nothing of what it leads may take it from the words around: IT - Leiter (m/w/d)."""
    around = [token for place, token in enumerate(tokens) if place != index]
    if any(token.word.kind == "other" for token in around):
        if tokens[index].word.kind == "team_lead":
            fields = [token for token in around if token.word.kind in {"whole", "part"}]
            led.kinds = ["part" for _ in fields][:1]
            led.areas = [token.word.detail for token in fields][:1]
            led.words += [token.text for token in fields][:1]
        return
    before = tokens[:index]
    if before and all(token.word.kind in {"whole", "neutral", "unit", "link"} for token in before):
        _conjuncts(before, led, role)


def _narrow(tokens: list[Token], led: _Led, role: Role) -> None:
    """A second part that names only one or two parts of the field narrows: Leiter IT - Infrastruktur."""
    part: list[Token] = []
    for place, token in enumerate(tokens):
        if place and token.gap in {"-", "|", "("}:
            break
        part.append(token)
    if any(token.word.kind in _HEADS | {"other", "aside"} for token in part):
        return
    conjuncts = _Led()
    _conjuncts(part, conjuncts, role)
    named = [token for token in part if token.word.kind in {"part", "weak"}]
    if named and len(conjuncts.kinds) <= 2 and not {"whole", "sibling"} & set(conjuncts.kinds):
        led.kinds, led.areas = ["part"], [named[0].word.detail]
        led.words += [token.text for token in named]


def _inside(head: Token, right: list[Token]) -> bool:
    """Say whether a small unit's head is named with the larger unit it lies in: Sachgebietsleiter im Amt für IT."""
    if head.word.detail not in {"section", "department"} or len(right) < 2:
        return False
    if right[0].word.kind != "link" or fold(right[0].text) not in {"im", "in"}:
        return False
    unit = next((token for token in right[1:3] if token.word.kind == "unit"), None)
    return unit is not None and fold(unit.text) != "bereich"


def _conjuncts(tokens: list[Token], led: _Led, role: Role) -> None:
    """Cut a phrase at its joins and say of each part whether it is the whole field, a part, another …"""
    part: list[Token] = []
    for token in [*tokens, None]:
        if token is None or (token.gap in {"&", ",", "/", "-", "(", "|"} and part):
            kind, area = _kind(part, led)
            if kind:
                led.kinds.append(kind)
                led.areas.append(area)
            part = []
        if token is not None:
            part.append(token)
    led.words += [token.text for token in tokens if token.word.kind not in {"link"}]


def _kind(part: list[Token], led: _Led) -> tuple[str, str]:
    """Say what one conjunct is."""
    kinds = [token.word.kind for token in part]
    whole = "whole" in kinds
    for token in part:
        if token.word.kind == "unit" and not led.level:
            led.level = token.word.detail
    if "field" in kinds:
        return ("mixed" if whole or "part" in kinds else "field"), ""
    for token in part:
        if token.word.kind == "part" or (whole and token.word.kind == "weak"):
            return "part", token.word.detail
    if whole:
        strangers = [token for token in part if token.word.kind == "unknown" and not _is_code(token.text)]
        return ("part", "other") if strangers else ("whole", "")
    for token in part:
        if token.word.kind == "sibling":
            return "sibling", token.word.detail
    if "weak" in kinds:
        return "unknown", ""
    if "unknown" in kinds and not all(_is_code(t.text) for t in part if t.word.kind == "unknown"):
        return "unknown", ""
    return "", ""


def _is_code(text: str) -> bool:
    return len(text) <= 4 and text.isupper()


def _rung(kind: str, led: _Led, role: Role) -> tuple[str | None, str | None]:
    """Say on which rung of the ladder a head stands that leads this; None when it leads another field."""
    kinds = led.kinds
    area = next((area for area in led.areas if area), None)
    if kind == "manager":
        if "whole" in kinds and len(kinds) <= 2 and "mixed" not in kinds:
            return "manager", None
        return ("manager_part", area) if "part" in kinds or "mixed" in kinds else (None, None)
    if "whole" in kinds:
        if kind == "team_lead":
            return "team", None
        if led.inside:
            return "inside", None
        if len([each for each in kinds if each in {"field", "unknown"}]) > 1 and kinds[0] != "whole":
            return "shared", None
        return "lead", None
    if not kinds or kinds[0] == "field":
        return None, None
    if kinds[0] == "mixed":
        return "mixed", None
    if "part" in kinds:
        return "part", area
    if "sibling" in kinds:
        return "sibling", area
    return None, None
