"""The plain words of an advert, and nothing of a person's in them."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import text
from tests.stopwatch import least


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("Wir suchen Sie.", "Wir suchen Sie."),
        ("<p>Ihre Aufgaben</p><ul><li>Planen</li><li>Führen</li></ul>", "Ihre Aufgaben\nPlanen\nFühren"),
        ("Eins<br>zwei<br/>drei<br />vier", "Eins\nzwei\ndrei\nvier"),
        ('<a href="https://example.org">Bewerben</a>', "Bewerben"),
        ("Teams < 10 und Budgets > 2 Mio.", "Teams < 10 und Budgets > 2 Mio."),
        ("Müller &amp; Söhne&nbsp;GmbH &#8211; &uuml;berall", "Müller & Söhne GmbH – überall"),
        ("R&D und Forschung & Lehre", "R&D und Forschung & Lehre"),
        ("Auf\u00adga\u00adben", "Aufgaben"),
        ("Auf\u200bgaben\ufeff", "Aufgaben"),
        ("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef"),
        ("a&shy;b", "ab"),
        ("eins\r\nzwei\tdrei", "eins\nzwei\tdrei"),
        ("viel     Platz\u00a0\u00a0hier", "viel Platz hier"),
        ("Mu\u0308ller", "Müller"),
        ("a\ud800b", "a?b"),
        ("  \n am Rand \n ", "am Rand"),
    ],
    ids=[
        "plain", "blocks are lines", "line breaks", "a link's words", "signs are no markup", "entities",
        "and is no entity", "soft hyphens", "zero widths", "control characters", "soft hyphen as entity",
        "lines and tabs stay", "spaces", "composed", "lone surrogate", "edges",
    ],
)  # fmt: skip
def test_plain(sent: str, expected: str) -> None:
    assert text.plain(sent) == expected


@pytest.mark.parametrize("sent", [None, "", "   ", "<p></p>", "\x00\x01"], ids=repr)
def test_nothing_left_is_none(sent: str | None) -> None:
    assert text.plain(sent) is None


def test_what_is_kept_is_bounded() -> None:
    assert text.plain("x" * 200_000) == "x" * 100_000


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("an personal@werk.example.org.", "an [e-mail]."),
        ("Kontakt:max.mustermann+job@werk-1.example.co.uk", "Kontakt:[e-mail]"),
        ("vorname.nachname (at) werk.example", "[e-mail]"),
        ("info[at]werk.example", "[e-mail]"),
        ("info (ät) werk.example", "[e-mail]"),
        ("INFO(AT)WERK.EXAMPLE", "[e-mail]"),
        ("für.sorge@müller.example", "[e-mail]"),
        ("a@werk.example und b@werk.example", "[e-mail] und [e-mail]"),
        ("mailto:a@werk.example?subject=Stelle", "mailto:[e-mail]?subject=Stelle"),
    ],
    ids=["plain", "dots and plus", "(at)", "[at]", "(ät)", "capitals", "umlauts", "two", "link"],
)
def test_email_address_is_cut_out(sent: str, expected: str) -> None:
    assert text.plain(sent) == expected


@pytest.mark.parametrize(
    "sent",
    ["Treffen @ Dortmund", "@stellwerk folgen", "Java (at least 8)", "Kantine @home", "10 Stück @ 5 Euro"],
    ids=str,
)
def test_other_at_sign_stays(sent: str) -> None:
    assert text.plain(sent) == sent


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("Tel. 0231 123456", "Tel. [phone]"),
        ("Telefon: 0231/123456", "Telefon: [phone]"),
        ("Telefonnummer 02 31 / 12 34 56", "Telefonnummer [phone]"),
        ("Tel 0231 1234567, Fax 0231 1234568", "Tel [phone], Fax [phone]"),
        ("Mobil: 0171-1234567", "Mobil: [phone]"),
        ("Handy 0171 1234567", "Handy [phone]"),
        ("Fon 0231.123456", "Fon [phone]"),
        ("rufen Sie an: +49 231 123456", "rufen Sie an: [phone]"),
        ("+49 (0)231 / 123-456", "[phone]"),
        ("(+49) 231 123456", "[phone]"),
        ("0049 231 123456", "[phone]"),
        ("unter 0231/123456", "unter [phone]"),
        ("unter 0231 - 12 34 56", "unter [phone]"),
        ("gebührenfrei 0800-1234567", "gebührenfrei [phone]"),
    ],
    ids=lambda each: each,
)
def test_phone_number_is_cut_out(sent: str, expected: str) -> None:
    assert text.plain(sent) == expected


@pytest.mark.parametrize(
    "sent",
    [
        "65.000 - 80.000 EUR",
        "65.000-80.000 €",
        "1.500.000 - 2.000.000 Euro Budget",
        "0,5 Stellen",
        "0,50 - 0,75 Stellen",
        "Teilzeit mit 19,5 - 30 Stunden",
        "01.09.2026",
        "01.01.2026 - 31.12.2026",
        "01/2026 - 12/2026",
        "01-02-2026",
        "2024-2026",
        "08.00 - 16.00 Uhr",
        "24/7",
        "ISO 27001",
        "ISO/IEC 27001:2022",
        "44135 Dortmund",
        "Kennziffer 2026/0815-12",
        "Referenznummer 10001-1003443040-S",
        "EG 09/10 - 11",
        "EN 50128, EN 50129",
        "Windows 10/11 und 3.500 - 4.000 Clients",
    ],
    ids=str,
)
def test_number_that_calls_nobody_stays(sent: str) -> None:
    assert text.plain(sent) == sent


HOSTILE = {
    "one word": "w" * 100_000,
    "spaces": " " * 99_999 + "x",
    "less-than signs": "<" * 100_000,
    "open tags": "<p " * 33_333,
    "tags": "<b>" * 33_333,
    "comments": "<!--" * 25_000,
    "ampersands": "&" * 100_000,
    "entities": "&amp;" * 20_000,
    "broken entities": "&#1" * 33_333,
    "digits": "1" * 100_000,
    "dialled": "0231/ " * 16_666,
    "plus": "+4 " * 33_333,
    "brackets": "(" * 100_000,
    "calls": "telefon " * 12_500,
    "numbers called": "tel 01234567 " * 7_692,
    "dots": "a." * 50_000,
    "addresses": "a@a." * 25_000,
    "written addresses": "x(at)x.x " * 11_111,
    "accents": "a" + "\u0300" * 99_999,
    "to compose": "u\u0308" * 50_000,
}


@pytest.mark.parametrize("sent", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_costs_less_than_50_ms(sent: str) -> None:
    least(lambda: text.plain(sent), 0.05)


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_text_can_be_stored_and_holds_no_control_character(sent: str) -> None:
    words = text.plain(sent) or ""
    words.encode()

    assert not {chr(code) for code in (*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xAD)} & set(words)


@pytest.mark.parametrize(
    "sent",
    [
        "Rufen Sie an: 0231 9876543",
        "(0231) 12 34-56",
        "0171 1234567",
        "Telefon 0231\u00a0123456",
        "Telefon 0231\u2011123456",
        "info(at)firma(dot)de",
    ],
)
def test_contact_is_cut_out(sent: str) -> None:
    assert "[" in str(text.plain(sent))


@pytest.mark.parametrize("sent", ["Telefonzulage 100 - 200 Euro", "Kennziffer 0123-2026", "Telefonate: 09.00 - 17.00"])
def test_number_that_only_looks_like_a_call_stays(sent: str) -> None:
    assert text.plain(sent) == sent


@pytest.mark.parametrize(
    "sent", ["x &lt;b&gt;fett&lt;/b&gt;", "<script>alert(1)</script>Hallo", "x<img src=x onerror=alert(1)>y"]
)
def test_no_markup_is_left(sent: str) -> None:
    assert "<" not in str(text.plain(sent))


def test_hostile_at_signs() -> None:
    least(lambda: text.plain("@" * 100_000), 0.05)


def _contacts(kind: str) -> list[str]:
    lines = (Path(__file__).parent.parent / "tables" / "contacts.tsv").read_text(encoding="utf-8").splitlines()[2:]
    pairs = (line.split("\t", 1) for line in lines)
    return [words.encode().decode("unicode_escape") for each, words in pairs if each == kind]


def test_contact_data_are_found_in_two_hundred_spellings() -> None:
    mails, phones = _contacts("e-mail"), _contacts("phone")
    alive = re.compile("muster|beispiel|m u s", re.IGNORECASE)
    left = [each for each in mails if alive.search(text.plain(f"An {each} bitte") or "")]
    left += [each for each in phones if "[phone]" not in (text.plain(f"Kontakt {each} bitte") or "")]

    assert len(mails) + len(phones) >= 200
    assert left == ["erika punkt muster at beispiel punkt example", "0231 [1234567]"]


@pytest.mark.parametrize("words", _contacts("none"))
def test_what_only_looks_like_contact_data_stays(words: str) -> None:
    assert text.plain(f"Text {words} Ende") == f"Text {words} Ende"


PIECES = [
    "a", "a@", "@", " at ", "a.b at c.", "(at)", "(at) ", "[", "{at}", "0", "0231 ", "0 2 ", "+49 ", "(0", "1.", "1 ",
    "tel ", "durchwahl ", "dw 1", "<", "<at>", "<p>", "&", "&amp;", "&#64;", "\u00ad", "\u200b", "\uff20",
    "e r @ ", "x-", "x_", "\n", "a\u0301", ".", "a.", "%40", "punkt ", "a punkt b at ", "\u00a0", "/0", "Ä", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_a_hundred_thousand_characters_cost_little(piece: str) -> None:
    least(lambda: text.plain(piece * (100_000 // len(piece))), 0.05)
