"""Patterns that tables give, found quickly: a pattern is only tried where a piece stands that each match must hold."""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

_CAPITALS_COUNT = re.compile(r"\(\?-i:([^()]*)\)")
# What of a pattern no text need hold as it stands: classes, groups, letters that may be missing.
_OPEN = re.compile(r"\\[wdsb][*+]?|\[[^\]]*\](?:[?*+]|\{[^}]*\})?|\((?:\?[:=!])?[^()]*\)\??|\\?[^()]\?")
_NO_WORD = r"(?<![\w-])"  # before a whole word


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A pattern with small-letter pieces: each match begins with one of the openings or holds one of the stems."""

    pattern: re.Pattern[str]
    openings: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    reach: int = 0  # characters by which a match may begin before a stem or end behind it
    whole: bool = False  # no match begins inside a word

    def __post_init__(self) -> None:
        """Have the pieces looked for."""
        for each in self.openings:
            _PIECES.setdefault(each, []).append((self, True))
        for each in self.stems:
            _PIECES.setdefault(each, []).append((self, False))
        _automaton.cache_clear()
        _found.cache_clear()

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches in their order."""
        if (places := _found(text).get(self)) is None:
            return
        matches = [match for at in places.openings if (match := self.pattern.match(text, at))]
        for start, end in _joined(sorted(places.windows)):
            matches += self.pattern.finditer(text, start, end)
        end = -1
        for match in sorted(matches, key=re.Match.start):
            if match.start() >= end:
                yield match
                end = match.end()

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match."""
        return next(self.finditer(text), None)


def present(text: str) -> AbstractSet[Pattern]:
    """Return the patterns of which a piece stands in a text: no other one can match there."""
    return _found(text).keys()


def words(patterns: Iterable[str], *, before: str = _NO_WORD, after: str = "", reach: int = 60) -> Pattern:
    """Make one pattern of the tables' patterns: whole words, capitals alike; the pieces are read off them.

    A trailing * on a letter means: also as the first part of a longer word. `before` looks back at what must not stand
    there, `after` is what must follow. Raises ValueError where an alternative has no piece of two letters that each of
    its matches holds (it would be tried everywhere), or is written in a way that none can be read off.
    """
    alternatives = split("|".join(patterns))
    return _made(_either(alternatives, before) + after, alternatives, reach, whole=True)


def whole(patterns: Iterable[str]) -> re.Pattern[str]:
    """Make one pattern of the tables' patterns, as `words`, to be asked of a few words only: it is tried everywhere."""
    return re.compile(_either(split("|".join(patterns))), re.IGNORECASE)


def _either(alternatives: Iterable[str], before: str = _NO_WORD) -> str:
    return rf"{before}(?:{'|'.join(map(_whole, alternatives))})"


def pieces(*patterns: str, reach: int = 60) -> Pattern:
    """Make one pattern of several that may stand inside a word, capitals alike; else as `words`."""
    return _made("|".join(patterns), patterns, reach, whole=False)


def _made(pattern: str, alternatives: Sequence[str], reach: int, *, whole: bool) -> Pattern:
    read = [piece(each) for each in alternatives]
    return Pattern(
        re.compile(pattern, re.IGNORECASE),
        openings=tuple(dict.fromkeys(each for each, opens in read if opens)),
        stems=tuple(dict.fromkeys(each for each, opens in read if not opens)),
        reach=reach,
        whole=whole,
    )


def _whole(word: str) -> str:
    if word.endswith("*") and not word.endswith(r"\w*"):
        return rf"{word[:-1]}[\w-]{{0,30}}"
    return rf"(?:{word})(?!\w)"


def _joined(windows: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start, end = -1, -1
    for first, last in windows:
        if first > end:
            if end >= 0:
                yield start, end
            start = first
        end = max(end, last)
    if end >= 0:
        yield start, end


class _Places(NamedTuple):
    """Where a pattern is to be tried in a text: at the openings, and somewhere in the windows."""

    openings: list[int]
    windows: list[tuple[int, int]]


@functools.lru_cache(maxsize=8)  # many patterns look at one text, and at pieces of it
def _found(text: str) -> dict[Pattern, _Places]:
    """Return where each pattern is to be tried, if anywhere: one pass for all of them."""
    automaton, owners = _automaton()
    small = _small(text)
    found: dict[Pattern, _Places] = {}
    for number, start, end in automaton.find_matches_as_indexes(small, overlapping=True):
        for pattern, opens in owners[number]:
            if opens and pattern.whole and small[start - 1 : start].isalnum():
                continue
            if (places := found.get(pattern)) is None:
                places = found[pattern] = _Places([], [])
            if opens:
                places.openings.append(start)
            else:
                places.windows.append((max(0, start - pattern.reach), end + pattern.reach))
    return found


# The pieces of all patterns, each with those that begin with it or hold it.
_PIECES: dict[str, list[tuple[Pattern, bool]]] = {}


@functools.cache
def _automaton() -> tuple[AhoCorasick, list[list[tuple[Pattern, bool]]]]:
    """Return what finds the pieces of the patterns there are, and whose each is."""
    return AhoCorasick([*_PIECES]), [*_PIECES.values()]


def _small(text: str) -> str:
    """Return the text in small letters, each at its place (İ would become two); a lone surrogate becomes "?"."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(letter if len(letter.lower()) > 1 else letter.lower() for letter in text)
    return small.encode("utf-8", "replace").decode("utf-8")


def piece(alternative: str) -> tuple[str, bool]:
    r"""Return what to look for in a text, of a pattern without bars, and whether every match begins with it.

    The longest piece that every match holds; but one that it begins with is better, for the match is then tried at one
    place only. Raises ValueError as `words` does.

    >>> piece(r"befristet(?:e[nrsm]?)?"), piece(r"cyber-?security*"), piece(r"(?:microsoft|ms)[ -]teams")
    (('befristet', True), ('cyber', True), ('teams', False))
    >>> piece(r"\bein plus\b"), piece(r"teilzeit(?= ?\()"), piece(r"ref\(nr\)")
    (('ein plus', True), ('teilzeit', True), ('ref(nr)', True))
    """
    plain = _ESCAPED.sub(lambda sign: chr(_ASIDE + ord(sign[1])), alternative.removeprefix(r"\b"))
    plain, before = _CAPITALS_COUNT.sub(r"\1", plain).lower(), ""
    while plain != before:
        plain, before = _OPEN.sub("\0", plain), plain
    plain = plain.rstrip("*")
    if _SIGNS & set(plain):
        raise ValueError(f"cannot tell what each match holds: {alternative}")
    found = "".join(chr(ord(each) - _ASIDE) if each >= chr(_ASIDE) else each for each in plain).split("\0")
    first, longest = found[0].rstrip(), max((each.strip() for each in found), key=len)
    if len(longest) < _SHORTEST:
        raise ValueError(f"no two letters that each match holds: {alternative}")
    opens = first == longest or len(first) >= _LONG
    return (first if opens else longest), opens


_ESCAPED = re.compile(r"\\([^a-zA-Z0-9])")
_ASIDE = 0xE000  # escaped signs are letters like others meanwhile, here
_SIGNS = frozenset("()[]{}?*|")  # of a pattern
_SHORTEST, _LONG = 2, 4  # letters of a piece that is worth looking for, and of one that is rare enough


def split(alternatives: str) -> list[str]:
    r"""Cut a pattern at its outer bars.

    >>> split(r"kenn-?(?:nr|nummer)|ref[(|]|id")
    ['kenn-?(?:nr|nummer)', 'ref[(|]', 'id']
    """
    parts, depth = [""], 0
    for sign in re.findall(r"\\.|\[[^\]]*\]|.", alternatives, re.DOTALL):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts
