"""Cleaning and classifying titles: literal titles, literal answers."""

import os
import re
from pathlib import Path

import pytest

from pipelines import title_cleaning, titles
from tests.quality import titles as quality
from tests.stopwatch import least

IT_LEITER = titles.role("it-leiter")
MS_ALLOWED = 50


# ---------------------------------------------------------------- cleaning

MARKERS = [
    "(m/w/d)", "(w/m/d)", "(d/m/w)", "(m/f/d)", "(f/m/x)", "(m|w|d)", "(m,w,d)", "(m / w / d)", "(m/w/divers)",
    "(w/m/div.)", "(M/W/D)", "(mwd)", "(w/md)", "(f_m_x)", "(m:w:d)", "[m|w|d]", "(gn)", "(gn*)", "(all genders)",
    "(all gender)", "(alle)", "(alle Geschlechter)", "(a)", "(Mensch)", "(*Mensch)", "(human)", "(H/F)", "(m/w/*)",
    "(m/w/d)*", "(*)", "(m/f/o)", "(e/v/e/r/y/o/n/e)", "(M/E/N/S/C/H)", "(all genders welcome)", "(aGw*)", "m/w/d",
    "w/m/d", "(m/w/d", "(w/m", "(", "all genders", "gn*",
]  # fmt: skip


@pytest.mark.parametrize("marker", MARKERS)
def test_no_marker_is_left(marker: str) -> None:
    assert title_cleaning.clean(f"Leitung Informatik {marker}") == title_cleaning.Clean("Leitung Informatik", ())


@pytest.mark.parametrize("title", [f"Leiter {marker} Informatik" for marker in MARKERS if marker[-1] in ")]"])
def test_a_marker_in_the_middle_is_cut(title: str) -> None:
    assert title_cleaning.clean(title).text == "Leiter Informatik"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("IT-Leiter:in", "IT-Leiter"),
        ("IT-Leiter*in", "IT-Leiter"),
        ("IT-Leiter_in", "IT-Leiter"),
        ("IT-Leiter/in", "IT-Leiter"),
        ("IT-Leiter/-in", "IT-Leiter"),
        ("IT-Leiter(in)", "IT-Leiter"),
        ("IT-Leiter·in", "IT-Leiter"),
        ("IT-LeiterIn", "IT-Leiter"),
        ("IT-LEITER*IN", "IT-Leiter"),
        ("Leiterin / Leiter IT", "Leiter IT"),
        ("Leiter / Leiterin IT", "Leiter IT"),
        ("Leiterin oder Leiter IT", "Leiter IT"),
        ("Leiter/in - IT", "Leiter - IT"),
        ("Mitarbeiter:innen IT", "Mitarbeiter IT"),
        ("Verantwortliche / Verantwortlicher IT", "Verantwortlicher IT"),
        ("Stellvertretende:r IT-Leiter:in", "Stellvertretender IT-Leiter"),
        ("Ärzt*in", "Arzt"),
        ("Psycholog:in", "Psychologe"),
        ("Kauffrau / Kaufmann", "Kaufmann"),
        ("Kaufmann/-frau", "Kaufmann"),
        ("Bäcker*in-Konditor*in", "Bäcker-Konditor"),
        ("Consultant* SAP", "Consultant SAP"),
    ],
)
def test_feminine_forms_become_one_form(title: str, text: str) -> None:
    assert title_cleaning.clean(title) == title_cleaning.Clean(text, ())


@pytest.mark.parametrize(
    "title",
    [
        "LinkedIn Manager", "CI/CD Engineer", "Entwickler C/C++", "SAP FI/CO Berater", "Leiter F&E",
        "Fachinformatiker in spe", "M&A Analyst", "Software Engineer (IT)", "Ingenieur (E)", "Business Partner (HR)",
        "Leiter Controlling (Konzern)", "Fahrer Klasse B", "ISO 27001 Auditor", "SAP S/4HANA Berater",
        "Head of IT & Azure Cloud", "Projektleiter mit 80 % Reisezeit",
    ],
)  # fmt: skip
def test_words_that_look_like_markers_stay(title: str) -> None:
    assert title_cleaning.clean(title) == title_cleaning.Clean(title, ())


@pytest.mark.parametrize(
    ("title", "text", "facts"),
    [
        ("Leiter IT - 100k.", "Leiter IT", [("pay", "100k")]),
        ("Leiter IT – bis 110.000 €", "Leiter IT", [("pay", "bis 110.000 €")]),
        ("Leiter IT | 90.000 - 110.000 EUR p.a.", "Leiter IT", [("pay", "90.000 - 110.000 EUR p.a.")]),
        ("Leitung IT (m/w/d) EG 13 TVöD", "Leitung IT", [("pay", "EG 13 TVöD")]),
        ("Sachbearbeiter (m/w/d; E 9a TV-L, 50%)", "Sachbearbeiter", [("pay", "E 9a TV-L"), ("hours", "50%")]),
        ("Leiter Informatik (a) 80-100%", "Leiter Informatik", [("hours", "80-100%")]),
        ("IT-Leiter in Teilzeit", "IT-Leiter", [("hours", "in Teilzeit")]),
        ("IT-Leiter in Vollzeit gesucht!", "IT-Leiter", [("hours", "in Vollzeit")]),
        ("IT-Leiter (befristet auf 2 Jahre)", "IT-Leiter", [("contract", "befristet auf 2 Jahre")]),
        ("IT-Leiter, unbefristet", "IT-Leiter", [("contract", "unbefristet")]),
        ("IT-Leiter ab sofort", "IT-Leiter", [("start", "ab sofort")]),
        ("IT-Leiter zum 01.04.2026", "IT-Leiter", [("start", "zum 01.04.2026")]),
        ("IT Architect (m/f/d) - REF12345Z", "IT Architect", [("reference", "REF12345Z")]),
        ("Leitung IT - Kennziffer 17/2026", "Leitung IT", [("reference", "Kennziffer 17/2026")]),
        ("Engineer (Ref.Nr.: 12345)", "Engineer", [("reference", "Ref.Nr.: 12345")]),
        ("System Engineer (4711)", "System Engineer", [("reference", "4711")]),
        ("IT-Manager ISO (m/w/d) 123-45678", "IT-Manager ISO", [("reference", "123-45678")]),
        ("Head of IT – Remote", "Head of IT", [("remote", "Remote")]),
        ("75% remote: Head of IT", "Head of IT", [("remote", "75% remote")]),
        ("IT-Leiter (m/w/d) in Dortmund", "IT-Leiter", [("place", "Dortmund")]),
        ("IT-Leiter - Raum Köln/Bonn", "IT-Leiter", [("place", "Raum Köln/Bonn")]),
        ("IT-Leiter am Standort Unna", "IT-Leiter", [("place", "Unna")]),
        ("Head of IT, Frankfurt am Main", "Head of IT", [("place", "Frankfurt am Main")]),
        ("Wien: Test Manager", "Test Manager", [("place", "Wien")]),
        ("Muster GmbH: Head of IT", "Head of IT", [("employer", "Muster GmbH")]),
        ("Head of IT bei der Muster AG", "Head of IT", [("employer", "Muster AG")]),
        ("Wir suchen einen IT-Leiter", "IT-Leiter", []),
        ("IT-Leiter gesucht!!!", "IT-Leiter", []),
        ("HOT JOB: IT-Leiter", "IT-Leiter", []),
    ],
)
def test_what_is_cut_off_is_handed_on(title: str, text: str, facts: list[tuple[str, str]]) -> None:
    assert title_cleaning.clean(title) == title_cleaning.Clean(text, tuple(facts))


def test_employer_and_place_of_the_advert_are_known() -> None:
    cleaned = title_cleaning.clean(
        "Leitung IT | Musterwerke | Kleinkleckersdorf", "Musterwerke Holding", ["Kleinkleckersdorf"]
    )
    assert cleaned == title_cleaning.Clean("Leitung IT | Musterwerke", (("place", "Kleinkleckersdorf"),))
    assert title_cleaning.clean("Musterwerke - Leitung IT", "Musterwerke GmbH & Co. KG").text == "Leitung IT"
    assert title_cleaning.clean("Leitung IT Kleinkleckersdorf", None, ["Kleinkleckersdorf"]).text == "Leitung IT"


@pytest.mark.parametrize(
    "title",
    [
        "IT‑Leiter", "IT–Leiter", "IT\u00adLeiter".replace("\u00ad", "-\u00ad"), "IT-Lei\u00adter",
        "IT-\u200bLeiter", "ＩＴ-Leiter", "IT-Leiter\u00a0", "  IT-Leiter \t\n", "IT&#8209;Leiter", "IT&#45;Leiter",
        "&nbsp;IT-Leiter&nbsp;", "<b>IT-Leiter</b>", "IT-Leiter\u202e", "IT-Leiter\x00", "\ufeffIT-Leiter",
    ],
)  # fmt: skip
def test_typography_and_invisible_characters(title: str) -> None:
    assert title_cleaning.clean(title).text == "IT-Leiter"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("LEITER IT UND ORGANISATION (M/W/D)", "Leiter IT und Organisation"),
        ("HEAD OF IT", "Head of IT"),
        ("LEITUNG EDV", "Leitung EDV"),
        ("CIO", "CIO"),
        ("SAP ABAP ENTWICKLER", "SAP ABAP Entwickler"),
    ],
)
def test_capitals_become_words(title: str, text: str) -> None:
    assert title_cleaning.clean(title).text == text


def test_what_is_nothing_but_cuts_is_kept() -> None:
    assert title_cleaning.clean("(m/w/d)").text == "(m/w/d)"
    assert title_cleaning.clean("").text == ""


def test_cleaning_what_is_clean_changes_nothing() -> None:
    for row in quality.read(quality.OURS):
        once = title_cleaning.clean(row["title"]).text
        assert title_cleaning.clean(once) == title_cleaning.Clean(once, ())


# ---------------------------------------------------------------- classifying


def classify(title: str, role: titles.Role = IT_LEITER) -> titles.TitleClass:
    return titles.classify(title_cleaning.clean(title).text, role)


@pytest.mark.parametrize("row", quality.read(quality.OURS.with_name("cleaning.tsv")), ids=lambda row: row["title"])
def test_every_cleaned_title_of_our_table(row: dict[str, str]) -> None:
    assert title_cleaning.clean(row["title"]).text.casefold() == row["clean"].casefold()


def test_every_title_of_our_table() -> None:
    rows = quality.read(quality.OURS)
    assert len(rows) >= 400
    assert sum(row["match"] == "exact" for row in rows) >= 150
    wrong = [
        f"{row['title']}: {got.match}, not {row['match']} ({got.reason})"
        for row in rows
        if (got := quality.found(row, IT_LEITER)).match != row["match"]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("title", "match", "level", "area", "rule", "reason"),
    [
        ("IT-Leiter (m/w/d)", "exact", "head", "IT", "lead", "“IT-Leiter” leads the whole IT"),
        ("Abteilungsleiter:in EDV", "exact", "department", "IT", "lead", "“Abteilungsleiter EDV” leads the whole IT"),
        ("Sachgebietsleitung IuK", "exact", "section", "IT", "lead", "“Sachgebietsleitung IuK” leads the whole IT"),
        ("Bereichsleiter IT", "exact", "division", "IT", "lead", "“Bereichsleiter IT” leads the whole IT"),
        ("Leitung Stabsstelle IT", "exact", "department", "IT", "lead", "“Leitung Stabsstelle IT” leads the whole IT"),
        ("Interim CIO", "exact", "cio", "IT", "title", "“CIO” is a name of the post"),
        ("Administrator / IT-Leitung", "exact", "head", "IT", "lead", "“IT-Leitung” leads the whole IT"),
        ("Leiter SAP", "near", "head", "sap", "part", "“Leiter SAP” leads a part of IT: sap"),
        ("Teamleiter IT", "near", "team", "IT", "team", "“Teamleiter IT” leads a team"),
        ("Leitung Team IT", "near", "team", "IT", "team", "“Leitung Team IT” leads a team"),
        ("stv. IT-Leiter", "near", "deputy", "IT", "deputy", "“IT-Leiter” is a deputy"),
        ("CTO", "near", "officer", "IT", "officer", "“CTO” is near the head of IT"),
        ("IT-Manager", "near", "manager", "IT", "manager", "“IT-Manager” may or may not lead IT"),
        (
            "Leiter Digitalisierung", "near", "head", "digitalisation", "sibling",
            "“Leiter Digitalisierung” leads digitalisation, which is near IT",
        ),
        (
            "Leiter Personal, Finanzen und IT", "near", "head", "IT", "shared",
            "“Leiter Personal, Finanzen und IT” leads IT as one of several fields",
        ),
        (
            "Sachgebietsleiter im Amt für IT", "near", "section", "IT", "inside",
            "“Sachgebietsleiter im Amt für IT” leads a unit inside IT",
        ),
        (
            "Assistenz der IT-Leitung", "no", "assistant", None, "governed-assistant",
            "“Assistenz” is the post, “Leitung” only belongs to it",
        ),
        ("Projektleiter IT", "no", "project", None, "other-project", "“Projektleiter” does not lead IT"),
        ("Werkstudent IT", "no", "student", None, "other-student", "“Werkstudent” does not lead IT"),
        ("IT-Administrator", "no", "specialist", None, "other-people", "“Administrator” does not lead IT"),
        (
            "Teamleiter Einkauf IT", "no", "team", None, "mixed",
            "“Teamleiter Einkauf IT” leads another field than IT",
        ),
        ("Leiter Einkauf", "no", "head", None, "leads-other", "“Leiter Einkauf” leads another field than IT"),
        ("Amtsleiter", "no", "department", None, "leads-unnamed", "“Amtsleiter” does not say what it leads"),
        ("Informationstechnik", "no", None, None, "field-only", "“Informationstechnik” without a word for leading"),
        ("Gärtnerei", "no", None, None, "no-leader", "the title names no leader"),
        ("Tischler-Meister", "no", None, None, "other-post", "“Meister” is another post"),
        (
            "Chief Investment Officer (CIO)", "no", None, None, "title-unmade",
            "“CIO” beside “investment” is another post",
        ),
        (
            "IT Service Manager", "no", "manager", None, "manager_part",
            "“IT Service Manager” is a specialist, not a leader",
        ),
    ],
)  # fmt: skip
def test_a_class_says_level_area_and_why(
    title: str, match: str, level: str | None, area: str | None, rule: str, reason: str
) -> None:
    role = None if match == "no" else "it-leiter"
    assert classify(title) == titles.TitleClass(role, level, area, match, reason, rule)


HEADS = [
    "Leiter {}", "Leiter:in {}", "Leitung der {}", "Leiter - {}", "Abteilungsleitung {}", "Bereichsleiter {}",
    "Fachbereichsleitung {}", "Referatsleitung {}", "Sachgebietsleiter {}", "Dezernatsleitung {}", "Amtsleitung {}",
    "Leitung Stabsstelle {}", "Leitung des Amtes für {}", "Leiter (m/w/d) der Abteilung {}", "Interim Leiter {}",
    "Head of {}", "Director of {}", "VP {}",
]  # fmt: skip
FRAMES = [
    "{}", "{} (m/w/d)", "{} (w/m/d) in Dortmund", "Systemadministrator / {}", "{} | 80-100 %",
    "{} - Klinikum Muster gGmbH", "{} für ein mittelständisches Unternehmen",
]  # fmt: skip
WHOLE = [
    "IT", "EDV", "Informationstechnologie", "Informatik", "ITK", "IuK", "Informations- und Kommunikationstechnik",
    "Organisation und IT", "IT und Digitalisierung", "IT/EDV", "Finanzen und IT", "Information Technology",
]  # fmt: skip
PARTS = [
    "IT-Infrastruktur", "IT-Sicherheit", "IT-Betrieb & Service", "IT-Projekte", "Softwareentwicklung", "SAP",
    "Rechenzentrum", "Service Desk", "Digitalisierung", "IT Operations", "Data & Analytics",
]  # fmt: skip
OTHERS = [
    made.format(field)
    for field in ("Einkauf", "Vertrieb", "Controlling", "Recht", "Personal", "Revision", "Recruiting", "Schulung")
    for made in ("{}", "{} IT", "IT-{}", "IT {}")
]


@pytest.mark.parametrize(
    ("fields", "match"), [(WHOLE, "exact"), (PARTS, "near"), (OTHERS, "no")], ids=["whole", "part", "other"]
)
def test_every_head_with_every_field_in_every_frame(fields: list[str], match: str) -> None:
    built = [frame.format(head.format(each)) for head in HEADS for each in fields for frame in FRAMES]
    assert [title for title in built if classify(title).match != match] == []


@pytest.mark.parametrize(
    "governor", ["Assistenz der", "Sekretariat", "Referent der", "Werkstudent", "Berater für", "Unterstützung der"]
)
@pytest.mark.parametrize("post", ["IT-Leitung", "Leitung IT", "Abteilungsleitung EDV", "CIO", "Head of IT"])
def test_who_works_for_a_head_is_none(governor: str, post: str) -> None:
    assert classify(f"{governor} {post} (m/w/d)").match == "no"


def test_the_english_pronoun_is_not_the_field() -> None:
    assert classify("Make it happen: Head of Sales").match == "no"
    assert classify("head of it").match == "exact"


@pytest.mark.parametrize(
    ("role", "title", "match"),
    [
        ("controller", "Controller (m/w/d)", "exact"),
        ("controller", "Vertriebscontroller:in", "exact"),
        ("controller", "Leiter Controlling", "near"),
        ("controller", "Mitarbeiter Controlling", "near"),
        ("controller", "Werkstudent Controlling", "no"),
        ("controller", "Air Traffic Controller", "no"),
        ("controller", "Assistenz des Controllers", "no"),
        ("vertriebsleiter", "Vertriebsleiter (m/w/d)", "exact"),
        ("vertriebsleiter", "Leitung Vertrieb und Marketing", "exact"),
        ("vertriebsleiter", "Vertriebsleitung IT-Lösungen", "exact"),
        ("vertriebsleiter", "Stellv. Vertriebsleiter", "near"),
        ("vertriebsleiter", "Leiter Vertriebsinnendienst", "near"),
        ("vertriebsleiter", "Key Account Manager", "no"),
        ("vertriebsleiter", "Assistenz der Vertriebsleitung", "no"),
        ("vertriebsleiter", "Leiter IT", "no"),
        ("pflegedienstleitung", "Pflegedienstleitung (m/w/d)", "exact"),
        ("pflegedienstleitung", "PDL", "exact"),
        ("pflegedienstleitung", "Leitung der Pflege", "exact"),
        ("pflegedienstleitung", "Stv. PDL", "near"),
        ("pflegedienstleitung", "Wohnbereichsleitung", "near"),
        ("pflegedienstleitung", "Pflegefachkraft", "no"),
    ],
)
def test_another_role_is_another_table(role: str, title: str, match: str) -> None:
    assert classify(title, titles.role(role)).match == match


# ---------------------------------------------------------------- roles


def test_the_roles_there_are() -> None:
    assert titles.roles() == ("controller", "it-leiter", "pflegedienstleitung", "vertriebsleiter")
    for name in titles.roles():
        assert titles.role(name).name == name
        assert titles.role(name).phrases


def test_an_unknown_role_names_the_known() -> None:
    with pytest.raises(ValueError, match="no role 'gaertner'; known are: controller, it-leiter, pfleg"):
        titles.role("gaertner")
    with pytest.raises(ValueError, match="no role"):
        titles.role("_words")


def test_the_phrases_find_our_titles_where_a_search_wants_all_words() -> None:
    """A phrase finds a title that has all its words. Ours must find nearly every exact title of our table."""
    phrases = [set(re.findall(r"\w+", phrase.casefold())) for phrase in IT_LEITER.phrases]
    assert 20 <= len(phrases) <= 30
    exact = [row["title"] for row in quality.read(quality.OURS) if row["match"] == "exact"]
    words = [set(re.findall(r"\w+", title_cleaning.clean(title).text.casefold())) for title in exact]
    found = sum(any(phrase <= each for phrase in phrases) for each in words)
    assert found / len(words) >= 0.97


# ---------------------------------------------------------------- hostile titles

UNITS = [
    "a", "ä", "1", "1.000", "1.000.", " ", "(", "(m/w/d", "((", "[", "-", " - ", "/", "|", ",", ".", "&", "&amp;",
    "&#99", "&#x110000;", "<", "<b", "€ ", "IT ", "IT-", "it leiter ", "Leiter der ", "Leitung IT und ", "CIO ",
    "Head of ", "Assistenz der ", "und ", "*in", "/-in ", "in / ", "er/", "mann/", "gesucht", "bei ", "REF1",
    "E 13 ", "100%", "\u0301", "e\u0301", "\ufdfa", "\u00ad", "\u200b", "\u202e", "\u2011", "İ", "ﬁ", "😀", "\x00",
    "\ud800", "١", "_",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS, ids=ascii)
def test_no_title_takes_long_or_raises(unit: str) -> None:
    for title in (
        unit * (100_000 // len(unit)),
        "IT-Leiter " + unit * 50_000,
        unit * 40 + " IT-Leiter",
        "(" + unit * 70,
    ):
        cleaned = title_cleaning.clean(title, title, [title])

        def read(title: str = title) -> None:
            titles.classify(title_cleaning.clean(title, title, [title]).text, IT_LEITER)
            titles.classify(title, IT_LEITER)

        least(read, MS_ALLOWED / 1000, rounds=3)
        assert len(cleaned.text) <= 2 * title_cleaning.LONGEST


# ---------------------------------------------------------------- measured on the corpus, where there is one

CORPUS = os.environ.get("STELLWERK_CORPUS")


@pytest.mark.skipif(not CORPUS, reason="STELLWERK_CORPUS names no corpus of real titles")
def test_the_hand_labelled_titles_of_the_corpus() -> None:
    rows = quality.read(Path(CORPUS or "") / "gold" / "it_leadership_titles.tsv")
    wanted = [quality.OF_CLASS.get(row["class"], "no") for row in rows]
    found = [quality.found(row, IT_LEITER).match for row in rows]
    in_it = sum(want != "no" and got != "no" for want, got in zip(wanted, found, strict=True))
    total = sum(want != "no" for want in wanted) + sum(got != "no" for got in found)
    assert 2 * in_it / total >= 0.95
    missed = [row["title"] for row, want, got in zip(rows, wanted, found, strict=True) if want == "exact" != got]
    assert missed == []
