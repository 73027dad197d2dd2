"""100,000 characters of anything cost no normaliser more than 50 ms, and none raises."""

from collections.abc import Callable
from datetime import date

from pipelines import (
    conditions,
    dates,
    duplicates,
    employers,
    exporting,
    forgetting,
    industries,
    job_page,
    pay_scales,
    places,
    publishing,
    salaries,
    skills,
    spelling,
    text,
    title_cleaning,
    titles,
)  # fmt: skip
from tests.stopwatch import least

LIMIT = 0.05  # seconds
LENGTH = 100_000
PIECES = [
    "a", "ä", "A", "1", " ", "\n", "\t", "-", ".", ",", "/", "(", ")", "((", "<", ">", "<p>", "</p>", "<!--", "&",
    "&amp;", "&#99999999999;", "@", "a@", "€", "1.000", "1.000.000 ", "60.000-", "bis ", "zwischen 50.000 und ",
    "ab 50 ", "k ", "E 13 ", "EG ", "TVöD ", "A 14/", "Entgeltgruppe ", "IT-", "IT Leiter ", "Leiter der ",
    "(m/w/d) ", "(m/w", "*in", ":in ", "Leiter/in - ", "Teamleiter ", "Dortmund, ", "44135 ", "Essen ",
    "GmbH & Co. KG ", "\u0301", "a\u0301\u0323", "\ufdfa", "\u200b", "\u202e", "\u00ad", "\x00", "\ud800",
    "\U0001f600", "١", "＝", "homeoffice ", "bewerben bis ", "sap ", "12 mitarbeitende ", "tel 0231 ", "0231/12 ",
    "2026-11-", "30.02.2026 ", "javascript:", "{{7*7}}", "'); DROP TABLE jobs;--",
]  # fmt: skip
TODAY = date(2026, 11, 25)


def _scale(words: str) -> object:
    found = pay_scales.leading(words, None)
    return pay_scales.value(found, TODAY) if found else None


def _advert(number: str, words: str) -> duplicates.Advert:
    spot = duplicates.Spot("Dortmund", "44135", 51.5, 7.46, None)
    return duplicates.Advert(
        number, "2026-11-25", words[:300], "muster", "employer", "head", None, "it-leiter", (spot,), None, None, None,
        words, "a:b",
    )  # fmt: skip


NORMALISERS: dict[str, Callable[[str], object]] = {
    "text.plain": text.plain,
    "titles": lambda words: titles.classify(
        title_cleaning.clean(words, words, [words[:100]]).text, titles.role("it-leiter")
    ),
    "salaries": lambda words: salaries.pay(words, words[:300], None, None),
    "pay_scales": _scale,
    "places": lambda words: places.resolve((), words),
    "employers": lambda words: (employers.key(words), employers.kind(words, words), employers.principal(words)),
    "dates": lambda words: (dates.day(words), dates.moment(words)),
    "skills": skills.find,
    "conditions": conditions.find,
    "industries": lambda words: industries.find(words, words),
    "spelling": spelling.spellings,
    "withdrawn": lambda words: job_page.withdrawn(f"<body>{words[:60_000]}</body>", None),
    "markup": lambda words: job_page.markup(f'<script type="application/ld+json">{words[:60_000]}</script>'),
    "forgetting": lambda words: forgetting.Forgotten("s", frozenset({"x"}), (2,)).clean(words[:20_000]),
    "publishing": lambda words: (publishing.harmless(words), publishing.web_address(words), exporting.cell(words)),
    "duplicates": lambda words: duplicates.judge(_advert("1", words), _advert("2", words)),
}


def seconds(normaliser: Callable[[str], object], piece: str) -> float:
    """Return the least processor time over one kind of text, LIMIT at most; raises what the normaliser raises."""
    words = (piece * (LENGTH // len(piece) + 1))[:LENGTH]
    return least(lambda: normaliser(words), LIMIT, rounds=2)


def prove(*, quick: bool = False) -> str:
    """Run every normaliser over every kind of text; returns the figure, raises AssertionError with what broke it."""
    pieces = PIECES[::6] if quick else PIECES
    for normaliser in NORMALISERS.values():
        normaliser("warm up")
    worst = (0.0, "", "")
    for name, normaliser in NORMALISERS.items():
        for piece in pieces:
            try:
                took = seconds(normaliser, piece)
            except Exception as error:
                raise AssertionError(f"{name} on 100 kB of {piece!r}: {error!r}") from error
            worst = max(worst, (took, name, piece))
    return (
        f"{len(NORMALISERS)} normalisers × {len(pieces)} texts of 100 kB: none raised, the slowest took"
        f" {worst[0] * 1000:.0f} ms ({worst[1]} on {worst[2]!r})"
    )
