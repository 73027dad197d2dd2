"""What a text says of hours, contract, home office, dates, reference, team, budget and boss."""

import pytest

from pipelines import conditions
from tests.stopwatch import within

SILENT = None


def value(fact: str, text: str) -> str | int | None:
    stated = conditions.find(text).get(fact)
    return stated.value if stated else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mobiles Arbeiten an zwei Tagen", "hybrid"),
        ("bis zu 3 Tage Homeoffice pro Woche", "hybrid"),
        ("Home-Office-Möglichkeit", "hybrid"),
        ("hybrides Arbeitsmodell", "hybrid"),
        ("60 % remote", "hybrid"),
        ("die Möglichkeit, remote zu arbeiten", "hybrid"),
        ("Telearbeit nach Dienstvereinbarung", "hybrid"),
        ("working from home two days a week", "hybrid"),
        ("100 % remote innerhalb Deutschlands", "full"),
        ("Die Stelle ist vollständig remote.", "full"),
        ("fully remote position", "full"),
        ("Kein Homeoffice", "none"),
        ("Homeoffice ist leider nicht möglich.", "none"),
        ("100 % vor Ort in Unna", "none"),
        ("Homeoffice wäre schön. Homeoffice ist nicht möglich.", SILENT),
        ("Betreuung der Homeoffice-Arbeitsplätze", SILENT),
        ("Administration unserer Home-Office-Umgebung", SILENT),
        ("Support für mobiles Arbeiten", SILENT),
        ("Remote-Support und Remote Access", SILENT),
        ("Betrieb der Hybrid-Cloud", SILENT),
        ("mobile Arbeitsplätze", SILENT),
        ("Home Assistant, Office", SILENT),
    ],
)
def test_where_one_works(text: str, expected: str | None) -> None:
    assert value("remote", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in Voll- oder Teilzeit", "full or part"),
        ("Vollzeit/Teilzeit", "full or part"),
        ("Die Stelle ist grundsätzlich teilbar.", "full or part"),
        ("Vollzeit (39 Stunden), Teilzeit ist möglich", "full or part"),
        ("full-time or part-time", "full or part"),
        ("zum 1.1. in Vollzeit", "full"),
        ("eine unbefristete Vollzeitstelle", "full"),
        ("Arbeitszeit: Vollzeit", "full"),
        ("full-time position", "full"),
        ("in Teilzeit (50 %)", "part"),
        ("Teilzeit 19,5 Stunden", "part"),
        ("Altersteilzeit", SILENT),
        ("Wir bieten Teilzeitmodelle und Elternzeit", SILENT),
        ("in Vollzeit. Andere Stelle: in Teilzeit", SILENT),
    ],
)
def test_hours(text: str, expected: str | None) -> None:
    assert value("hours", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ein unbefristeter Arbeitsvertrag", "permanent"),
        ("unbefristet", "permanent"),
        ("in Festanstellung", "permanent"),
        ("permanent position", "permanent"),
        ("zunächst auf zwei Jahre befristet", "fixed term"),
        ("befristet bis zum 31.12.2028", "fixed term"),
        ("Befristung bis 2028", "fixed term"),
        ("fixed-term contract", "fixed term"),
        ("befristet auf zwei Jahre, danach unbefristet", SILENT),
        ("Verträge aller Art", SILENT),
    ],
)
def test_contract(text: str, expected: str | None) -> None:
    assert value("contract", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bewerbungsfrist: 15.12.2026", "15.12.2026"),
        ("Die Bewerbungsfrist endet am 15. Dezember 2026.", "15. Dezember 2026"),
        ("Bewerben Sie sich bis zum 15.12.26 über unser Portal", "15.12.26"),
        ("Ihre Unterlagen senden Sie bitte bis spätestens zum 3. 1. 2027", "3. 1. 2027"),
        ("Wir freuen uns auf Ihre Bewerbung bis Sonntag, den 13.12.2026", "13.12.2026"),
        ("Application deadline: 2026-12-15", "2026-12-15"),
        ("Please apply by 15 December 2026", "15 December 2026"),
        ("befristet bis zum 31.12.2027", SILENT),
        ("Bewerbung auf die befristet bis zum 31.12.2027 besetzte Stelle", SILENT),
        ("Wir sind bis zum 24.12.2026 für Sie da", SILENT),
        ("Bewerbungsfrist: keine", SILENT),
        ("Bewerben Sie sich bis zum 15.12.", SILENT),
    ],
)
def test_the_last_day_to_apply(text: str, expected: str | None) -> None:
    assert value("apply_by", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Eintrittsdatum: 01.02.2027", "01.02.2027"),
        ("zum 1. April 2027 suchen wir", "1. April 2027"),
        ("Wir suchen Sie", SILENT),
        ("zum nächstmöglichen Zeitpunkt", SILENT),
        ("befristet bis zum 31.12.2027 suchen wir", SILENT),
    ],
)
def test_the_first_day(text: str, expected: str | None) -> None:
    assert value("starts_on", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kennziffer: 2026-0815", "2026-0815"),
        ("unter Angabe der Kennziffer 069/A!", "069/A"),
        ("Referenz-Nr. 44611", "44611"),
        ("Job-ID 78384.", "78384"),
        ("Stellen-ID: 15218-MM", "15218-MM"),
        ("Ausschreibungsnummer 25981.", "25981"),
        ("Requisition ID: R-1234", "R-1234"),
        ("Kennziffer 12 und noch einmal Kennziffer 13", SILENT),
        ("unter Angabe der Kennziffer an uns", SILENT),
        ("Kennzahlen 2026", SILENT),
        ("Referenznummer: [phone]", SILENT),
        ("Chiffre: 15.12.2026", SILENT),
    ],
)
def test_the_reference(text: str, expected: str | None) -> None:
    assert value("reference", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sie leiten ein Team von 12 Mitarbeitenden", (12, 12)),
        ("Führung von 8 bis 10 Mitarbeiter:innen", (8, 10)),
        (
            "Führung eines 8-köpfigen Teams",
            (8, 8),
        ),
        ("Personalverantwortung für zwölf Personen", (12, 12)),
        ("you lead a team of 15 people", (15, 15)),
        ("manage five direct reports", (5, 5)),
        ("Leitung der IT-Abteilung mit derzeit 6 Beschäftigten", (6, 6)),
        ("Unternehmen mit 500 Mitarbeitenden", SILENT),
        ("Unser Team von 30 Experten", SILENT),
        ("Betreuung von 300 Anwendern unter Ihrer Leitung", SILENT),
        ("Führung eines Konzerns mit 900 Mitarbeitenden", SILENT),
        ("Erfahrung in der Führung von 5 bis 10 Personen", SILENT),
        ("Sie führen 3 Projekte", SILENT),
    ],
)
def test_the_team(text: str, expected: tuple[int, int] | None) -> None:
    least, most = value("team_size_min", text), value("team_size_max", text)
    assert (None if least is None else (least, most)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IT-Budget von 3,5 Mio. €", 3_500_000),
        ("Sie verantworten ein Budget in Höhe von 800.000 Euro", 800_000),
        ("Budgetverantwortung von rund 2 Millionen Euro", 2_000_000),
        ("You manage an annual budget of €1.2 million", 1_200_000),
        ("Verantwortung für ein Jahresbudget von 500 TEUR", 500_000),
        ("Gesundheitsbudget von 600 €", SILENT),
        ("Budget für Ihr Homeoffice (300 Euro)", SILENT),
        ("Budgetverantwortung", SILENT),
        ("Das Institut hat ein Budget von 3,4 Mrd. Euro", SILENT),
        ("IT-Budget für 2027", SILENT),
    ],
)
def test_the_budget(text: str, expected: int | None) -> None:
    assert value("budget_eur", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sie berichten direkt an die Geschäftsführung und steuern …", "Geschäftsführung"),
        ("In dieser Position berichten Sie an den CFO.", "CFO"),
        ("Du berichtest an unsere kaufmännische Leitung", "kaufmännische Leitung"),
        ("Die Stelle ist unmittelbar dem Vorstand unterstellt.", "Vorstand"),
        ("You will report to the Chief Financial Officer", "Chief Financial Officer"),
        ("Berichtslinie: direkt an den Verwaltungsdirektor", "Verwaltungsdirektor"),
        ("Berichten an das Management erstellen", SILENT),
        ("Sie berichten an die zuständigen Stellen", SILENT),
        ("reporting to responsible teams", SILENT),
    ],
)
def test_the_boss(text: str, expected: str | None) -> None:
    assert value("reports_to", text) == expected


def test_the_words_are_the_texts_own() -> None:
    found = conditions.find("Wir bieten:\n- bis zu 3 Tage **Homeoffice** pro Woche\nBewerbungsfrist: 15.12.2026")
    assert found == {
        "remote": conditions.Stated("hybrid", "- bis zu 3 Tage Homeoffice pro Woche"),
        "apply_by": conditions.Stated("15.12.2026", "Bewerbungsfrist: 15.12.2026"),
    }


def test_nothing_from_nothing() -> None:
    assert conditions.find(None) == conditions.find("") == conditions.find("Guten Tag") == {}


@pytest.mark.parametrize(
    "text",
    ["a", "homeoffice ", "Bewerbung bis ", "bewerben ", "12 ", "12 Mitarbeitende ", "führung von 9 ",
     "budget ", "IT-Budget 1", "Sie berichten an ", "kennziffer ", "Betreuung Support ", "1.", "zum 1.1.2027 ",
     "voll- ", "(", "\n", " ", "direkt "],
)  # fmt: skip
def test_a_long_text_costs_little(text: str) -> None:
    text = text * (100_000 // len(text))
    conditions.find("warm")
    with within(0.05):
        conditions.find(text)
