"""The employer: its name as a key, whether it hires for itself or for others, and for whom."""

import functools
import re
import unicodedata

from pipelines import vocabulary
from pipelines.reference import column, rows
from pipelines.spelling import fold

_WORD = re.compile(r"[a-z0-9]{1,60}")
_LONGEST = 300


def key(name: str | None) -> str | None:
    """Return the comparison key of an employer's name: folded, without legal form and punctuation; None without one.

    >>> key("Müller & Söhne GmbH & Co. KG"), key("Mueller  Soehne Gmbh & Co.KG"), key("  ")
    ('mueller soehne', 'mueller soehne', None)
    """
    if not name or not name.strip():
        return None
    folded = unicodedata.normalize("NFKD", fold(name[:_LONGEST])).replace("g.m.b.h", "gmbh").replace("m.b.h", "mbh")
    words = _WORD.findall("".join(letter for letter in folded if not unicodedata.combining(letter)))
    if words[-2:] == ["e", "v"]:
        words = words[:-2] or words
    legal_forms = column("legal_forms.csv", "form")
    core = [word for word in words if word not in legal_forms]
    return " ".join(core or words) or None


# What only those write who hire for others. An employer writes of its own customers too: they are no sign.
_FOR_OTHERS = vocabulary.Pattern(
    re.compile(
        r"(?:für|im auftrag|im namen) (?:unsere[nrs]{1,2}|eine[nsr]{1,2}|unseres) (?:[\w-]{1,30} ){0,3}?"
        r"(?:mandant|klient|auftraggeber)\w{0,3}"
        r"|unser (?:mandant|klient|auftraggeber)\b|im (?:exklusiven )?kunden?auftrag|für unsere mandantschaft"
        r"|für (?:unseren|einen unserer|einen) (?:[\w-]{1,30} ){0,3}?kunden (?:aus|in|im|mit|suchen|besetzen)"
        r"|im rahmen der (?:arbeitnehmerüberlassung|direktvermittlung|personalvermittlung)"
        r"|on behalf of our client|our client,? (?:is|an?)\b|for our client\b",
        re.IGNORECASE,
    ),
    ("mandant", "klient", "auftrag", "kunde", "client", "vermittlung", "überlassung"),
    100,
)
_PRINCIPAL = re.compile(
    r"(?:mandant|klient|auftraggeber|kunde|client)\w{0,3},? (?:ist |ist ein |is an? |, )?"
    r"((?:ein(?:e[nmrs]?)?|an?|the|das|der|die) [^.;!?\n•]{8,140})",
    re.IGNORECASE,
)
_LOOKED_AT = 6_000  # characters of a text


def kind(name: str | None, text: str | None) -> tuple[str, str | None]:
    """Say agency, employer or unknown, with the evidence: the word of the table, or the words of the text.

    >>> kind("Kopfwerk Personalberatung GmbH", None), kind("Hansa Werke GmbH", "Für unseren Mandanten in Unna")[0]
    (('agency', 'table: personalberatung'), 'agency')
    >>> kind("Hansa Werke GmbH", "Sie betreuen unsere Kunden vor Ort.")
    ('unknown', None)
    """
    words = f" {' '.join(_WORD.findall(fold(name[:_LONGEST])))} " if name else ""
    if found := next((word for word in _agencies() if f" {word} " in words), None):
        return "agency", f"table: {found}"
    if text and (match := _FOR_OTHERS.search(text[:_LOOKED_AT])):
        return "agency", " ".join(match[0].split())
    return "unknown", None


def principal(text: str | None) -> str | None:
    """Return how an agency describes whom it hires for, in its own words: a hypothesis, never a name we made up.

    >>> principal("Unser Mandant ist ein mittelständischer Maschinenbauer mit 300 Mitarbeitern in Dortmund. Wir …")
    'ein mittelständischer Maschinenbauer mit 300 Mitarbeitern in Dortmund'
    """
    found = _PRINCIPAL.search(text[:_LOOKED_AT]) if text else None
    return " ".join(found[1].split()) if found else None


@functools.cache
def _agencies() -> tuple[str, ...]:
    return tuple(" ".join(_WORD.findall(fold(row["word"]))) for row in rows("agencies.csv"))
