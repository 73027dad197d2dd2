"""Patterns that tables give, found quickly: a pattern is only tried near a piece of text that each match must hold."""

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_CAPITALS_COUNT = re.compile(r"\(\?-i:([^()]*)\)")
# What of a pattern no text need hold as it stands: classes, groups, letters that may be missing.
_OPEN = re.compile(r"\\w[*+]?|\[[^\]]*\](?:[?*+]|\{[^}]*\})?|\((?:\?[:=!])?[^()]*\)\??|\\?[^()]\?")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern with its stems: small-letter pieces one of which stands in each match."""

    pattern: re.Pattern[str]
    stems: tuple[str, ...]
    reach: int  # characters by which a match may begin before a stem or end behind it

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches in their order."""
        lower = _small(text)
        places = []
        for stem in self.stems:
            at = lower.find(stem)
            while at >= 0:
                places.append((max(0, at - self.reach), at + len(stem) + self.reach))
                at = lower.find(stem, places[-1][1])  # what stands in between is in this window
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
    if shapeless := [each for each in alternatives if len(stem(each)) < 2]:
        raise ValueError(f"no two letters that each match holds: {shapeless}")
    whole = re.compile(rf"{before}(?:{'|'.join(map(_whole, alternatives))}){after}", re.IGNORECASE)
    return Pattern(whole, tuple(dict.fromkeys(map(stem, alternatives))), reach)


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


@functools.lru_cache(maxsize=2)
def _small(text: str) -> str:
    """Return the text in small letters, each at its place (İ would become two)."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(letter if len(letter.lower()) > 1 else letter.lower() for letter in text)
    return small


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
