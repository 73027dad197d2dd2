"""What a title says about a role: exact, near or no, and why.

Classifying is a small grammar over words whose meaning stands in `data/tables/roles/`:
words -> heads (who leads) -> what each head leads (left: IT-Leiter, right: Leiter der Abteilung IT) -> a rung
(leads the whole field, a part, a team, as a deputy …) -> exact, near or no, by the role's own ladder.
"""

import dataclasses
import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pipelines import title_cleaning
from pipelines.roles import HEADS, OF_FIELD, OF_OTHERS, UNKNOWN, Role, Word, is_employer, meaning, role, roles
from pipelines.spelling import fold

__all__ = ["Role", "TitleClass", "classify", "role", "roles"]


class TitleClass(NamedTuple):
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


_WORD = re.compile(r"([^\W_]{1,80})")
_CLOSE = ("h", " ")  # one phrase
_CLOSE_GAPS = frozenset(_CLOSE)
_JOINS = ("&", ",", "/")  # several phrases, one list
_BREAKS = ("-", "|", "(")  # another part of the title
_SUSPENDING = ("- ", "-,", "-/", "-&")
# A present participle describes the person, and the word before it only how: neither is what is led.
_PARTICIPLE = re.compile(r"[a-zäöüß]{3,20}end(?:e|er|en|es)")


class _Reading(NamedTuple):
    """What a word says by itself, wherever it stands."""

    folded: str
    word: Word
    more: int  # the most words that follow in a phrase of the tables
    is_join: bool
    is_small: bool  # "it", which is IT in capitals only
    is_house: bool  # Klinik-IT
    is_participle: bool


@functools.lru_cache(maxsize=50_000)
def _read(role: Role, written: str) -> _Reading:
    folded = fold(written)
    word = meaning(role, folded)
    return _Reading(
        folded,
        word,
        role.first_words.get(folded, 0),
        word.kind == "join",
        folded in role.capitals and not written[0].isupper(),
        folded in role.houses,
        word is UNKNOWN and _PARTICIPLE.fullmatch(written) is not None,
    )


def _tokens(title: str, role: Role) -> list[Token]:
    """Cut a title into words; a phrase of the role's tables is one."""
    pieces = _WORD.split(title)  # signs, word, signs, word, …, signs
    ends = list(itertools.accumulate(map(len, pieces)))
    read = [_read(role, each) for each in pieces[1::2]]
    gaps = ["", *map(_gap, pieces[2:-1:2])]
    only_small = title.islower()
    tokens: list[Token] = []
    joined = False
    index = 0
    while index < len(read):
        reading = read[index]
        if reading.is_join:
            joined = True
            index += 1
            continue
        length, word = _phrase(role, read, gaps, index) if reading.more else (1, UNKNOWN)
        if length == 1:
            word = reading.word
            before_hyphen = index + 1 < len(read) and gaps[index + 1] == "h"
            if reading.is_small and not (only_small or before_hyphen or gaps[index] == "h"):
                word = Word("link")
            if reading.is_house and before_hyphen:
                word = Word("neutral")
        start, end = ends[2 * index], ends[2 * (index + length) - 1]
        gap = "&" if joined and gaps[index] in _CLOSE else gaps[index]
        suspended = pieces[2 * (index + length)].startswith(_SUSPENDING)
        tokens.append(Token(title[start:end], word, gap if tokens else "", suspended, start, end))
        if length == 1 and reading.is_participle:  # Kaufmännisch denkender IT-Leiter
            qualified = tokens[-2:] if tokens[-1].gap == " " else tokens[-1:]
            tokens[-len(qualified) :] = [each._replace(word=Word("neutral")) for each in qualified]
        joined = False
        index += length
    return tokens


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


def _phrase(role: Role, read: list[_Reading], gaps: list[str], index: int) -> tuple[int, Word]:
    """Return how many words from `index` on make the longest phrase of the tables, and its meaning."""
    longest, word = 1, UNKNOWN
    key = [read[index].folded]
    for ahead in range(index + 1, min(len(read), index + 2 * read[index].more + 1)):
        if gaps[ahead] in _BREAKS or gaps[ahead] == ",":
            break
        if read[ahead].is_join:
            continue
        key.append(read[ahead].folded)
        found = role.words.get(tuple(key))
        if found is not None:
            longest, word = ahead - index + 1, found
    return longest, word


_HEAD_OF = re.compile(r"heads?$", re.IGNORECASE)
_PLACING = frozenset({"im", "in", "zu", "to", "an", "at", "eines", "einer"})  # after what is led: where it is led
_REPORTING = ("bericht", "report", "unterstellt")
_ACTIVITY = re.compile(r".*(?:ung|ungen|ion|ing|ment|tik|ik|ation|e)$", re.IGNORECASE)
_ORDER = {"exact": 0, "near": 1, "no": 2}
_LEADS = frozenset({"lead", "leads", "leader"})
_ATTRIBUTES = _LEADS | {"leitend", "leitende", "leitender", "leitenden"}
_NARROWER = frozenset({"part", "weak", "english"})  # beside a word for the whole field


def classify(cleaned: str, role: Role) -> TitleClass:
    """Say whether a cleaned title names the role (exact), something near it, or not."""
    short = len(cleaned) <= title_cleaning.LONGEST and cleaned.isascii()
    title = cleaned if short else title_cleaning.plain(cleaned)
    tokens = _tokens(title, role)
    found = [_of_head(title, tokens, index, role) for index, token in enumerate(tokens) if token.word.kind in HEADS]
    if not found:
        return _without_head(tokens, role)
    return min(found, key=lambda each: _ORDER[each.match])  # of a double title the better half; of equals the first


def _without_head(tokens: list[Token], role: Role) -> TitleClass:
    other = next((token for token in tokens if token.word.kind == "other"), None)
    named = next((token for token in tokens if token.word.kind in OF_FIELD), None)
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
        rung, area = ("mixed", None) if _sells(led) else _rung(head, led, role)
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


def _governs(post: Token, gaps: set[str], *, bare: bool) -> bool:
    """Say whether another post with these signs behind it governs a head, which may be a bare title such as CIO."""
    close, listed = gaps <= _CLOSE_GAPS, gaps.isdisjoint(_BREAKS)
    if post.word.detail == "student" or close or (listed and post.word.detail == "assistant"):
        return True
    return bare and listed and "," in gaps and "/" not in gaps  # Senior Editor, CIO


def _governor_before(tokens: list[Token], index: int) -> Token | None:
    bare = tokens[index].word.kind in {"title", "officer"}
    gaps: set[str] = set()  # between what is looked at and the head
    aside = None
    for back in range(index - 1, -1, -1):
        gaps.add(tokens[back + 1].gap)
        token, kind = tokens[back], tokens[back].word.kind
        close, listed = gaps <= _CLOSE_GAPS, gaps.isdisjoint(_BREAKS)
        if kind == "other":
            if _governs(token, gaps, bare=bare):
                return token
            if aside is not None:  # mit Aussicht auf IT-Leitung
                return aside
        elif close and token.text.casefold() in {"als", "as"}:
            return None  # Informatiker als IT-Leiter
        elif kind == "aside" and close:
            if token.text.casefold().startswith(_REPORTING):
                return token  # berichtet an den IT-Leiter
            aside = token
        elif kind in HEADS and listed and not close and "/" not in gaps:
            return _governor(tokens, back)  # Berater für CIO und IT-Leiter
        elif kind == "manager" and close and back and tokens[back - 1].word.kind in OF_OTHERS:
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
        if kind in HEADS or kind == "other":
            break
    for ahead in range(index + 1, len(tokens)):
        kind = tokens[ahead].word.kind
        if kind in HEADS or kind == "other" or tokens[ahead].gap == "|":
            break
        at_an_end = ahead + 1 == len(tokens) or tokens[ahead + 1].gap in _BREAKS
        if kind == "deputy" and (at_an_end or (ahead == index + 1 and tokens[ahead].gap == "h")):
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
    right, rest = _right(tokens, index, named, role)
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
        if before.word.kind in HEADS or before.word.kind in {"other", "aside", "link", "deputy"}:
            break
        if gap in _BREAKS or (gap == "," and not before.suspended):
            break
        start -= 1
    return tokens[start:index]


def _right(tokens: list[Token], index: int, named: bool, role: Role) -> tuple[list[Token], list[Token]]:
    """Return the words after the head that say what it leads, and the next part of the title."""
    right: list[Token] = []
    members = tokens[index].word.kind == "team_lead"  # a team of people: Teamleitung SAP Consultants
    for ahead in range(index + 1, len(tokens)):
        token = tokens[ahead]
        kind = token.word.kind
        if kind in HEADS or kind == "aside":
            break
        if named and token.gap in _BREAKS:
            return right, tokens[ahead:]
        if token.gap not in _CLOSE and _is_other_half(tokens, ahead):
            break
        if named and not right and token.gap in _JOINS:
            break
        if named and (token.text.casefold() in _PLACING or _names_employer(token, right, role)):
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


def _names_employer(token: Token, right: list[Token], role: Role) -> bool:
    """Say whether a word behind what is led says who employs: Leiter IT Maschinenbau, not Leitung digitale Bildung."""
    if not right or token.gap != " " or fold(right[-1].text).startswith("digitale"):
        return False
    return is_employer(role, fold(token.text))


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
    if not OF_OTHERS.isdisjoint(kinds):
        return _Phrase(_beside_others(tokens, head), area or "applications", everything)
    if "part" in kinds or (whole and not _NARROWER.isdisjoint(kinds)):
        first = next((kind for kind in kinds if kind not in {"link", "neutral"}), "")
        if head.word.english and (first, last.kind) == ("unknown", "unknown"):
            return _Phrase("unknown", "", everything)  # Director Clinical Data Studies
        return _Phrase("part", area, everything)
    strange = any(token.word.kind == "unknown" and not _is_code(token.text) for token in _telling(tokens, head))
    if whole:
        return _Phrase("part", "other", everything) if strange else _Phrase("whole", "", everything)
    for place, token in enumerate(tokens):
        if token.word.kind == "sibling" and all(each.word.kind != "unknown" for each in tokens[:place]):
            return _Phrase("sibling", token.word.detail, everything)
        if token.word.kind == "english" and head.word.english and not strange:
            return _Phrase("part", token.word.detail, everything)
    return _Phrase("unknown", "", everything) if strange or "weak" in kinds or "english" in kinds else None


def _beside_others(tokens: list[Token], head: Token) -> str:
    """Say what a phrase is that holds another field's word: field, mixed, or a part of the field after all."""
    kinds = [token.word.kind for token in tokens]
    last = tokens[-1].word
    if "whole" not in kinds and "part" not in kinds:
        return "field"
    # A compound's last word counts: Produktions-IT is IT, IT-Einkauf is not; so does an English phrase's.
    sorts = {token.word.detail for token in tokens if token.word.kind in OF_OTHERS}
    compound = last.kind in {"whole", "part"} and tokens[-1].gap == "h"
    english = last.kind in _NARROWER | {"whole"} and (
        sorts <= {"english"} or (head.word.english and sorts <= {"english", "served"})
    )
    served = sorts <= {"served"} and "whole" in {kinds[0], kinds[-1]}  # IT Produktion
    served = served or (kinds[0] == "part" and sorts <= {"served", "english"})  # SAP Finance
    return "part" if compound or english or served else "mixed"


def _telling(tokens: list[Token], head: Token) -> list[Token]:
    """Return the words that say what is led; behind a word for the whole field a name says who employs.

    Leitung EDV Samariterhof, but not Leitung IT Wertpapierabwicklung, which is an activity, nor Head of IT Foo.
    """
    tokens = _before_for(tokens)
    whole = next((place for place, token in enumerate(tokens) if token.word.kind == "whole"), len(tokens))
    if head.word.english:
        return tokens
    return [
        token for place, token in enumerate(tokens)
        if place <= whole or token.gap != " " or _ACTIVITY.fullmatch(token.text)
    ]  # fmt: skip


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
    """Say whether a word behind an IT-Leiter names the employer or its trade: Klinikum, Kunststoff|technik."""
    folded = fold(token.text)
    return is_employer(role, folded) or (token.word.kind in OF_OTHERS and (folded,) not in role.words)


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
    if head.word.kind == "manager" or any(token.word.kind in HEADS | {"other", "aside"} for token in part):
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


def _sells(led: _Led) -> bool:
    """Say whether the first that is led is to sell: Director Sales Cloud & Infrastructure."""
    first = led.phrases[0] if led.phrases else None
    return first is not None and first.kind == "mixed" and any(each.word.kind == "selling" for each in first.tokens)


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
