"""The employer's industry: as its source states it, or as its own name says beyond doubt; never read from the text."""

import functools
import re

from pipelines.reference import rows
from pipelines.spelling import fold

_LONGEST = 200  # characters of a field or a name


def find(field: str | None, employer: str | None) -> tuple[str, str] | None:
    """Return the industry in our vocabulary and the words that say it; None when neither field nor name does.

    >>> find("Transportation/Trucking", "Musterwerk AG"), find(None, "Beispiel Logistik GmbH"), find(None, "Müller KG")
    (('logistics', 'Transportation/Trucking'), ('logistics', 'Beispiel Logistik GmbH'), None)
    """
    for stated, of in ((field, "field"), (employer, "name")):
        if stated and _any(of).search(words := fold(stated[:_LONGEST])):  # most names say nothing
            industry = next(industry for industry, pattern in _words(of) if pattern.search(words))
            return industry, " ".join(stated[:_LONGEST].split())
    return None


@functools.cache
def _any(of: str) -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for _, pattern in _words(of)))


@functools.cache
def _words(of: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (row["industry"], re.compile(rf"(?<!\w)(?:{row['words']})(?!\w)"))
        for row in rows("industries.csv")
        if row["of"] == of
    )
