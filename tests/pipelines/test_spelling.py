import pytest

from pipelines import spelling
from tests.stopwatch import least


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Müller", "mueller"),
        ("MUELLER", "mueller"),
        ("Straße", "strasse"),
        ("GROẞ", "gross"),
        ("ÄÖÜ", "aeoeue"),
        ("Café 42", "café 42"),
        ("", ""),
    ],
    ids=["small", "capitals", "sharp s", "capital sharp s", "umlauts", "others stay", "empty"],
)
def test_fold_gives_one_spelling(written: str, expected: str) -> None:
    assert spelling.fold(written) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Müller", "Mueller"),
        ("Mueller", "müller"),
        ("Größe", "Groesse"),
        ("Foerderung Aerzte", "förderung ärzte"),
        ("IT und HR", "hr__ it__"),
        ("neue Quelle, treue Frauen", None),
        ("Leiter", None),
        ("", None),
    ],
    ids=["ü", "ue", "ö and ß", "oe", "short words", "no umlaut after e, q, a", "nothing to add", "empty"],
)
def test_spellings_adds_what_a_search_may_be_spelled_like(words: str, expected: str | None) -> None:
    found = spelling.spellings(words)

    assert found == expected


def test_spellings_are_sorted_and_each_once() -> None:
    assert spelling.spellings("Zürich Köln", None, "Köln Zürich") == "Koeln Zuerich"


@pytest.mark.parametrize(
    "hostile",
    ["ä" * 100_000, "ue " * 33_333, "a" * 100_000, "IT " * 33_333, "\u0300" * 100_000, "müe" * 33_333],
    ids=["umlauts", "digraphs", "one word", "short words", "accents", "mixed"],
)
def test_hostile_text_costs_less_than_50_ms(hostile: str) -> None:
    least(lambda: (spelling.fold(hostile), spelling.spellings(hostile)), 0.1)  # two functions


@pytest.mark.parametrize("words", ["MUELLER", "Oesterreich"])
def test_capital_digraph(words: str) -> None:
    assert spelling.spellings(words)
