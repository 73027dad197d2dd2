"""Patterns that tables give, found quickly: a pattern is only tried near a piece of text that each match must hold."""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

_CAPITALS_COUNT = re.compile(r"\(\?-i:([^()]*)\)")
# What of a pattern no text need hold as it stands: classes, groups, letters that may be missing.
_OPEN = re.compile(r"\\[wdsb][*+]?|\[[^\]]*\](?:[?*+]|\{[^}]*\})?|\((?:\?[:=!])?[^()]*\)\??|\\?[^()]\?")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern with its stems: small-letter pieces one of which stands in each match."""

    pattern: re.Pattern[str]
    stems: tuple[str, ...]
    reach: int  # characters by which a match may begin before a stem or end behind it

    def __post_init__(self) -> None:
        """Have the stems looked for."""
        _STEMS.update(dict.fromkeys(self.stems))
        _automaton.cache_clear()
        _found.cache_clear()

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches in their order."""
        found = _found(text)
        if found.keys().isdisjoint(self.stems):
            return
        places = [
            (max(0, at - self.reach), at + len(stem) + self.reach) for stem in self.stems for at in found.get(stem, ())
        ]
        for start, end in _joined(sorted(places)):
            yield from self.pattern.finditer(text, start, end)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match."""
        return next(self.finditer(text), None)


def words(patterns: Iterable[str], *, before: str = r"(?<![\w-])", after: str = "", reach: int = 60) -> Pattern:
    """Make one pattern of the tables' patterns: whole words, capitals alike; the stems are read off them.

    A trailing * on a letter means: also as the first part of a longer word. `after` is what must follow. Raises
    ValueError where an alternative has no piece of two letters that each of its matches holds: it would be tried
    everywhere.
    """
    alternatives = [each for one in patterns for each in split(one)]
    return _made(rf"{before}(?:{'|'.join(map(_whole, alternatives))}){after}", alternatives, reach)


def pieces(*patterns: str, reach: int = 60) -> Pattern:
    """Make one pattern of several that may stand inside a word, capitals alike; else as `words`."""
    return _made("|".join(patterns), patterns, reach)


def _made(pattern: str, alternatives: Sequence[str], reach: int) -> Pattern:
    if shapeless := [each for each in alternatives if len(stem(each)) < 2]:
        raise ValueError(f"no two letters that each match holds: {shapeless}")
    return Pattern(re.compile(pattern, re.IGNORECASE), tuple(dict.fromkeys(map(stem, alternatives))), reach)


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


@functools.lru_cache(maxsize=8)  # many patterns look at one text, and at pieces of it
def _found(text: str) -> dict[str, list[int]]:
    """Return where each stem of any pattern stands in a text: one pass for all of them."""
    automaton, stems = _automaton()
    found: dict[str, list[int]] = {}
    for number, start, _ in automaton.find_matches_as_indexes(_small(text), overlapping=True):
        found.setdefault(stems[number], []).append(start)
    return found


_STEMS: dict[str, None] = {}  # of all patterns, in the order in which they were made


@functools.cache
def _automaton() -> tuple[AhoCorasick, list[str]]:
    """Return what finds the stems of the patterns there are."""
    stems = [*_STEMS]
    return AhoCorasick(stems), stems


def _small(text: str) -> str:
    """Return the text in small letters, each at its place (İ would become two); a lone surrogate becomes "?"."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(letter if len(letter.lower()) > 1 else letter.lower() for letter in text)
    return small.encode("utf-8", "replace").decode("utf-8")


def stem(alternative: str) -> str:
    r"""Return the longest piece of a pattern without bars that every match holds.

    >>> stem(r"(?:microsoft|ms)[ -]teams"), stem(r"befristet(?:e[nrsm]?)?"), stem(r"kenn-?nr\.?")
    ('teams', 'befristet', 'kenn')
    """
    plain, before = _CAPITALS_COUNT.sub(r"\1", alternative).lower(), ""
    while plain != before:
        plain, before = _OPEN.sub("\0", plain), plain
    return max((piece.strip() for piece in plain.replace("\\", "").rstrip("*").split("\0")), key=len)


def split(alternatives: str) -> list[str]:
    """Cut a pattern at its outer bars."""
    parts, depth = [""], 0
    for sign in alternatives:
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts
