"""Which skills a text names, and how much it wants them."""

import pytest

from pipelines import skills
from pipelines.items import Skill
from pipelines.reference import rows
from tests.stopwatch import within


def names(text: str) -> set[str]:
    return {skill.name for skill in skills.find(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Betrieb von Microsoft Azure und AWS", {"Azure", "AWS"}),
        ("Sie kennen SAP S/4HANA und SAP FI/CO.", {"SAP", "S/4HANA"}),
        ("S4-HANA-Einführung", {"S/4HANA"}),
        ("Umgang mit M365, Exchange Online und MS Teams", {"Microsoft 365", "Exchange", "Microsoft Teams"}),
        ("Office 365 / SharePoint", {"Microsoft 365", "SharePoint"}),
        ("ITIL v4, ITIL-Zertifizierung", {"ITIL"}),
        ("IT-Service-Management nach ITIL", {"ITSM", "ITIL"}),
        ("ISO/IEC 27001 und BSI-Grundschutz", {"ISO 27001", "BSI IT-Grundschutz"}),
        ("ISO27001, NIS-2, KRITIS-Verordnung", {"ISO 27001", "NIS2", "KRITIS"}),
        ("als Betreiber kritischer Infrastrukturen", {"KRITIS"}),
        ("Aufbau eines ISMS", {"Information security"}),
        ("IT-Sicherheitskonzepte", {"IT security"}),
        ("Cybersecurity", {"IT security"}),
        ("DSGVO und Datenschutz", {"Data protection"}),
        ("ERP-System proALPHA", {"ERP", "proALPHA"}),
        ("Microsoft Dynamics NAV", {"Microsoft Dynamics"}),
        ("Infor LN", {"Infor"}),
        ("VMware vSphere, Hyper-V und Citrix", {"VMware", "Hyper-V", "Citrix"}),
        ("Rechenzentrumsbetrieb", {"Data centre"}),
        ("Windows-Server-Umgebungen und Active Directory", {"Windows Server", "Active Directory"}),
        ("LAN/WLAN, Firewalls von Fortinet", {"Networks", "Firewall"}),
        ("KIS ORBIS und SAP IS-H", {"Hospital information system", "SAP"}),
        ("Warehouse-Management-System (WMS)", {"Warehouse management"}),
        ("Softwareentwicklung in Java und C#", {"Java", ".NET"}),
        ("ASP.NET", set()),
        ("Steuerung externer Dienstleister", {"Providers"}),
        ("Budgetverantwortung und Personalverantwortung", {"Budget", "Leading people"}),
        ("disziplinarische Führung von acht Personen", {"Leading people"}),
        ("Entwicklung der IT-Strategie", {"IT strategy"}),
        ("digitale Transformation des Hauses", {"Digitalisation"}),
        ("sehr gute Deutsch- und Englischkenntnisse", {"English"}),
        ("Deutsch in Wort und Schrift", {"German"}),
        ("fluent in English and German", {"English"}),
        ("Identity and Access Management", {"Identity management"}),
        ("agile Methoden wie Scrum", {"Scrum"}),
        ("KI-gestützte Automatisierung", {"Artificial intelligence", "Automation"}),
        # What only looks like one
        ("Kontakt über WhatsApp", set()),
        ("Sie führen mehrere Teams", set()),
        ("Informationen zur Bewerbung", set()),
        ("JavaScript", set()),
        ("Wir sind ein Kisten-Hersteller, kis und soc klein geschrieben", set()),
        ("in Exchange for your work", set()),
        ("San Francisco", set()),
        ("Sapporo, Saphir, sap", set()),
        ("ein ai im Wort Ai", set()),
        ("das KI-nstitut", {"Artificial intelligence"}),
        ("Abas, der Vorname", set()),
        ("ein modernes Office", set()),
        ("Wanderer mit elan", set()),
        ("Sicherheit am Arbeitsplatz", set()),
        ("ein Gesundheitsbudget", set()),
    ],
)
def test_names(text: str, expected: set[str]) -> None:
    assert names(text) == expected


ADVERT = """Ihre Aufgaben
Sie verantworten die Cloud-Strategie und den Betrieb der Firewall.
Ihr Profil:
- Abgeschlossenes Studium
- Kenntnisse in SAP S/4HANA; Erfahrung mit Azure ist von Vorteil
- Idealerweise ITIL
Wir bieten
Mitarbeit mit Linux. Zwingend Erfahrung mit VMware
"""


def test_what_is_demanded_and_what_is_an_advantage() -> None:
    assert {skill.name: skill.need for skill in skills.find(ADVERT)} == {
        "Cloud": "stated", "Firewall": "stated", "SAP": "must", "S/4HANA": "must", "Azure": "nice", "ITIL": "nice",
        "Linux": "stated", "VMware": "must",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "need"),
    [
        ("Ihr Profil", "must"),
        ("**Ihr Profil:**", "must"),
        (" **DAS BRINGST DU MIT** ", "must"),
        ("## Requirements", "must"),
        ("- Ihr Profil", "stated"),
        ("**Ihr** Profil ist wichtig für die Arbeit", "stated"),
        ("**Deine Aufgaben**", "stated"),
        ("Preferred qualifications", "nice"),
        ("**Wünschenswert:**", "nice"),
        ("Nice to have", "nice"),
        ("in der Industrie von Vorteil Erfahrung mit den gängigen", "stated"),
    ],
)
def test_heading_says_how_much_the_list_below_it_is_wanted(heading: str, need: str) -> None:
    text = f"**Deine Aufgaben**\n\n* Betrieb\n\n{heading}\n\n* Linux\n\n**Wir bieten:**\n\n* Kurse zu Scrum"

    assert {skill.name: skill.need for skill in skills.find(text)} == {"Linux": need, "Scrum": "stated"}


def test_each_once_in_the_order_of_the_text_with_its_words_and_the_strongest_need() -> None:
    text = "Azure-Betrieb, Linux. Azure ist zwingend erforderlich."
    assert skills.find(text) == (
        Skill("Azure", "cloud", "must", "Azure"),
        Skill("Linux", "infrastructure", "stated", "Linux"),
    )


def test_nothing_from_nothing() -> None:
    assert skills.find(None) == skills.find("") == skills.find("Bäcker gesucht") == ()


def test_a_row_is_only_passed_over_where_it_cannot_match() -> None:
    """The quick look before a pattern asks for pieces that hold no sign of a pattern, two letters long at least."""
    for pattern, (name, _) in skills._skills().items():
        for piece in (*pattern.openings, *pattern.stems):
            assert len(piece) >= 2, name
            assert not set(piece) & set("()[]{}?*|\\\0"), name
    assert len(rows("skills.csv")) >= 75


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "cloud ",
        "management ",
        "(",
        "it-",
        "SAP\n",
        "Profil\n",
        "agile projekt",
        "KRITIS-",
        "„ ",
        "Azure optional ",
    ],
)
def test_a_long_text_costs_little(text: str) -> None:
    text = text * (100_000 // len(text))
    skills.find("warm")
    with within(0.05):
        skills.find(text)
