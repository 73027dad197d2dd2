"""The employer's name as a key: the same firm in several spellings has one."""

import re
import unicodedata

from pipelines.reference import column
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
