"""Words that many kinds use for hours, contract, remote work and pay, in our vocabulary (items.Posting). None: unknown.

Source: the vendors' own value lists as in docs/sources.md, and employmentType as seen on career sites, 2026-11.
"""

import re
from typing import Any

_FULL = re.compile(r"\bfull[ _-]?time|\bvollzeit|\bft\b|full-or-part", re.IGNORECASE)
_PART = re.compile(r"\bpart[ _-]?time|\bteilzeit|\bpt\b|full-or-part", re.IGNORECASE)
_PERMANENT = re.compile(r"\bpermanent|\bunbefristet|\bfestanstellung|\bregular\b|\bindefinite", re.IGNORECASE)
_FIXED = re.compile(r"(?<!un)befristet|\bfixed[ _-]?term|\btemporary|\bzeitvertrag", re.IGNORECASE)
_FULLY_REMOTE = re.compile(r"\b(?:fully[ _-]?)?remote\b|\btelecommute\b|100 ?% ?(?:home|remote)", re.IGNORECASE)
_HYBRID = re.compile(r"\bhybrid|\bhome[ -]?office\b|\bmobiles arbeiten|\bteilweise remote", re.IGNORECASE)
_ON_SITE = re.compile(r"\bon[ _-]?site\b|\bvor ort\b|\bin[ _-]office\b|\boffice\b", re.IGNORECASE)
_PERIODS = (
    ("year", re.compile(r"year|annual|jahr|p\.? ?a\.?$", re.IGNORECASE)),
    ("month", re.compile(r"month|monat", re.IGNORECASE)),
    ("week", re.compile(r"week|woche", re.IGNORECASE)),
    ("day", re.compile(r"\bday|daily|\btag|täglich", re.IGNORECASE)),
    ("hour", re.compile(r"hour|stunde|stündlich", re.IGNORECASE)),
)


def _said(words: tuple[Any, ...]) -> str:
    flat = [each for word in words for each in (word if isinstance(word, (list, tuple)) else [word])]
    return " · ".join(each for each in flat if isinstance(each, str))


def hours(*words: Any) -> str | None:
    """Return full, part, or full or part.

    >>> hours("FULL_TIME"), hours(["FULL_TIME", "PART_TIME"]), hours("Vollzeit,Teilzeit"), hours("32"), hours(None)
    ('full', 'full or part', 'full or part', None, None)
    """
    said = _said(words).replace("_", " ")
    full, part = bool(_FULL.search(said)), bool(_PART.search(said))
    return {(True, False): "full", (False, True): "part", (True, True): "full or part"}.get((full, part))


def contract(*words: Any) -> str | None:
    """Return permanent or fixed term; None where both or neither are said.

    >>> contract("permanent"), contract("befristet"), contract("fulltime_fixed_term"), contract("Vollzeit, unbefristet")
    ('permanent', 'fixed term', 'fixed term', 'permanent')
    """
    said = _said(words).replace("_", " ")
    permanent, fixed = bool(_PERMANENT.search(said)), bool(_FIXED.search(said))
    return {(True, False): "permanent", (False, True): "fixed term"}.get((permanent, fixed))


def remote(*words: Any) -> str | None:
    """Return none, hybrid or full; of several, hybrid leads.

    >>> remote("TELECOMMUTE"), remote("ON_SITE"), remote("hybrid"), remote("unspecified")
    ('full', 'none', 'hybrid', None)
    """
    said = _said(words).replace("_", " ")
    if _HYBRID.search(said):
        return "hybrid"
    if _FULLY_REMOTE.search(said):
        return "full"
    return "none" if _ON_SITE.search(said) else None


def period(word: Any) -> str | None:
    """Return year, month, week, day or hour.

    >>> period("yearly"), period("PER_YEAR"), period("1 YEAR"), period("per-month-salary"), period("Stunde"), period("")
    ('year', 'year', 'year', 'month', 'hour', None)
    """
    return next((name for name, words in _PERIODS if isinstance(word, str) and words.search(word)), None)


def amount(value: Any) -> float | None:
    """Return a sum of money that is a number, or a text that is nothing else; 0 is no statement.

    >>> amount(43000), amount("55645.64"), amount("1.234,50"), amount(""), amount("competitive"), amount(0)
    (43000.0, 55645.64, 1234.5, None, None, None)
    """
    if isinstance(value, str):
        plain = value.strip().replace(" ", "")
        if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,2})?|[0-9]{1,9},[0-9]{1,2}", plain):
            plain = plain.replace(".", "").replace(",", ".")
        elif re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?", plain):
            plain = plain.replace(",", "")
        if not re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", plain):
            return None
        value = float(plain)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) or None
