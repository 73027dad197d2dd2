"""What the search gets: title, place, stated occupation and text together."""

import pytest

from pipelines import title_cleaning, titles
from pipelines.relevance import Judgement, judge
from tests.stopwatch import within

IT_LEITER = titles.role("it-leiter")


def of(title: str) -> titles.TitleClass:
    return titles.classify(title_cleaning.clean(title).text, IT_LEITER)


def test_the_title_alone() -> None:
    assert judge(of("IT-Leiter (m/w/d)")) == Judgement("exact", "“IT-Leiter” leads the whole IT", "lead")
    assert judge(of("Projektleiter IT")) == Judgement("no", "“Projektleiter” does not lead IT", "other-project")


# ---------------------------------------------------------------- place


@pytest.mark.parametrize(
    ("distance", "radius", "match", "reason"),
    [
        (75.2, 50.0, "no", "75 km away, the search ends at 50 km"),
        (50.3, 50.0, "no", "50.3 km away, the search ends at 50 km"),
        (50.0, 50.0, "exact", "“IT-Leiter” leads the whole IT"),
        (0.0, 50.0, "exact", "“IT-Leiter” leads the whole IT"),
        (None, 50.0, "exact", "“IT-Leiter” leads the whole IT"),
        (900.0, None, "exact", "“IT-Leiter” leads the whole IT"),
    ],
)
def test_a_place_outside_the_circle_is_no(
    distance: float | None, radius: float | None, match: str, reason: str
) -> None:
    found = judge(of("IT-Leiter"), distance_km=distance, radius_km=radius)
    assert (found.match, found.reason) == (match, reason)


# ---------------------------------------------------------------- a title that the source cut


@pytest.mark.parametrize(
    ("title", "match", "rule"),
    [
        ("Abteilungsleiter (m/w/d)", "undecided", "title-cut"),
        ("Leitung Personal, Finanzen und", "undecided", "title-cut"),
        ("Informationstechnik und Digitalisierung im Klinikum:", "undecided", "title-cut"),
        ("Gärtnermeister", "no", "other-post"),
        ("Projektleiter IT", "no", "other-project"),
        ("Teamleiter IT", "near", "team"),
        ("IT-Leiter", "exact", "lead"),
    ],
)
def test_a_cut_title_may_be_undecided(title: str, match: str, rule: str) -> None:
    found = judge(of(title), title_is_cut=True)
    assert (found.match, found.rule) == (match, rule)


def test_a_cut_title_far_away_is_no() -> None:
    found = judge(of("Abteilungsleiter"), title_is_cut=True, distance_km=90, radius_km=50)
    assert (found.match, found.rule) == ("no", "place")


# ---------------------------------------------------------------- the stated occupation


def test_the_occupation_speaks_where_the_title_is_silent() -> None:
    found = judge(of("Abteilungsleiter (m/w/d)"), role=IT_LEITER, occupation="Leiter/in - IT")
    assert found == Judgement(
        "near", "“Abteilungsleiter” does not say what it leads; the stated occupation is “Leiter/in - IT”", "occupation"
    )


@pytest.mark.parametrize(
    "title", ["IT Projektmanager Public", "Leiter Einkauf", "IT-Administrator", "IT Sales Manager"]
)
def test_the_occupation_does_not_outvote_the_title(title: str) -> None:
    assert judge(of(title), role=IT_LEITER, occupation="Leiter/in - IT").match == "no"


def test_occupation_and_text_together_may_make_an_exact() -> None:
    found = judge(
        of("Abteilungsleiter"),
        role=IT_LEITER,
        occupation="Leiter/in - IT",
        text="Aufgaben:\n- Leitung der IT-Abteilung",
    )
    assert (found.match, found.rule) == ("exact", "text-leads")
    assert "“Leiter/in - IT”" in found.reason
    assert "Leitung der IT-Abteilung" in found.reason


def test_another_occupation_says_nothing() -> None:
    assert judge(of("Abteilungsleiter"), role=IT_LEITER, occupation="Koch/Köchin").match == "no"


# ---------------------------------------------------------------- the text


@pytest.mark.parametrize(
    ("title", "text", "match", "rule", "quote"),
    [
        ("IT-Manager", "• Leitung der IT-Abteilung mit Kollegen", "exact", "text-leads", "Leitung der IT-Abteilung"),
        ("Teamleiter IT", "Sie tragen die Verantwortung für die gesamte IT.", "exact", "text-leads", "gesamte IT"),
        ("Leiter Digitalisierung", "Du verantwortest die gesamte IT der Gruppe", "exact", "text-leads", "gesamte IT"),
        (
            "IT-Manager",
            "Sie berichten direkt an die Geschäftsführung.\nDisziplinarische Führung des Teams\nPlanung des IT-Budgets",
            "exact", "text-signs", "berichten direkt an die Geschäftsführung",
        ),
        ("IT-Manager", "Sie berichten direkt an die Geschäftsführung.", "near", "manager", ""),
        ("IT-Manager", "Unterstützung bei der Leitung der IT-Abteilung", "near", "manager", ""),
        ("IT-Manager", "Leitung der IT-Sicherheit und der IT-Projekte", "near", "manager", ""),
        ("Leiter IT-Infrastruktur", "Leitung der IT-Abteilung", "near", "part", ""),
        ("Stv. IT-Leiter", "Leitung der IT-Abteilung", "near", "deputy", ""),
        ("Leiter IT", "Sie berichten an den Bereichsleiter IT.", "near", "text-reports-below", "Bereichsleiter IT"),
        ("Leiter IT", "You report directly to the CIO", "near", "text-reports-below", "CIO"),
        ("Leiter IT", "Fachlich berichten Sie an den Group CIO", "exact", "lead", ""),
        ("Leiter IT", "Sie berichten als IT-Leiter an den Vorstand", "exact", "lead", ""),
        ("Leiter IT", "Die Stelle berichtet an die Geschäftsführung", "exact", "lead", ""),
        ("CIO", "Der bisherige CIO berichtet an den CIO", "exact", "title", ""),
        ("Projektleiter IT", "Leitung der IT-Abteilung", "no", "other-project", ""),
    ],
)  # fmt: skip
def test_the_text_moves_a_match_and_says_so(title: str, text: str, match: str, rule: str, quote: str) -> None:
    found = judge(of(title), text=text)
    assert (found.match, found.rule) == (match, rule)
    assert quote in found.reason


def test_a_role_without_words_for_texts_is_judged_by_its_title() -> None:
    role = titles.role("controller")
    title = titles.classify("Leiter Controlling", role)
    assert judge(title, role=role, text="Leitung der IT-Abteilung").match == "near"


@pytest.mark.parametrize(
    "text", ["it " * 40_000, "berichten an den " * 6_000, "\n" * 100_000, "leitung der it-" * 7_000]
)
def test_a_long_text_takes_no_time(text: str) -> None:
    with within(1):
        judge(of("IT-Manager"), text=text)
        judge(of("Leiter IT"), text=text)


def test_post_elsewhere_is_not_wanted_whatever_its_title() -> None:
    found = judge(of("IT-Leiter (m/w/d)"), role=IT_LEITER, elsewhere="Wien is not in the searched circle")

    assert found == Judgement("no", "Wien is not in the searched circle", "place")
