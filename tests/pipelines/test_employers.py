import pytest

from pipelines import employers
from pipelines.reference import rows
from tests.stopwatch import within


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Müller & Söhne GmbH & Co. KG", "Mueller  Soehne Gmbh & Co.KG", "MÜLLER UND SÖHNE"], "mueller soehne"),
        (["ACME AG", "Acme", "ACME SE", "The Acme Ltd."], "acme"),
        (["Finetech GmbH & Co.KG", "Finetech GmbH & Co. KG", "finetech gmbh    "], "finetech"),
        (["dm-drogerie markt", "DM Drogerie Markt GmbH + Co. KG"], "dm drogerie markt"),
        (["Firma UG (haftungsbeschränkt)", "Firma (haftungsbeschränkt) UG"], "firma"),
        (["Verein e.V.", "Verein e. V.", "Verein eV"], "verein"),
        (["Haus Abendruh gGmbH", "Haus Abendruh"], "haus abendruh"),
        (["Haus Abendruh gemeinnützige GmbH"], "haus abendruh"),
        (["Nordpark SE & Co. KG", "Nordpark SE & Co. KGaA", "Nordpark AG & Co. oHG", "Nordpark"], "nordpark"),
        (["Ardeytal AG", "Ardeytal Aktiengesellschaft", "Ardeytal S.A.", "Ardeytal N. V."], "ardeytal"),
        (["Alpenholz GesmbH", "Alpenholz Ges.m.b.H.", "Alpenholz GmbH", "Alpenholz Gesellschaft mbH"], "alpenholz"),
        (["Lotte Brand e.K.", "Lotte Brand e. Kfr.", "Lotte Brand eK"], "lotte brand"),
        (
            ["Stadtbetriebe Lünsheide AöR", "Stadtbetriebe Lünsheide Anstalt des öffentlichen Rechts"],
            "stadtbetriebe luensheide",
        ),
        (["Phönixsee Versicherung a.G.", "Phönixsee Versicherung VVaG"], "phoenixsee versicherung"),
        (["Conrads & Ley PartG mbB", "Conrads & Ley PartGmbB"], "conrads ley"),
        (["Diakonie Hohensyburg e.V. Dortmund"], "diakonie hohensyburg dortmund"),
        (["Waal B.V.", "Waal BV", "Waal Ltd.", "Waal, Inc."], "waal"),
        (["Stiftung Emscheraue", "Stiftung Emscheraue Stiftung des öffentlichen Rechts"], "stiftung emscheraue"),
        (["TU Dortmund", "Technische Universität Dortmund"], "technische universitaet dortmund"),
        (["H&M", "H & M"], "h m"),
        (["Werk 3 GmbH"], "werk 3"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_one_firm_in_several_spellings_has_one_key(names: list[str], expected: str) -> None:
    assert [employers.key(name) for name in names] == [expected] * len(names)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Stadtwerke Bochum GmbH", "Stadtwerke Dortmund GmbH"),
        ("Müller Logistik GmbH", "Müller Bau GmbH"),
        ("Werk 3 GmbH", "Werk 4 GmbH"),
        ("Agentur GmbH", "AG"),
        ("Coburg AG", "Burg AG"),
        ("Hansa Logistik GmbH", "Hansa Energie GmbH"),
        ("Stiftung Emscheraue", "Emscheraue GmbH"),
        ("Spa Lindenhof GmbH", "Lindenhof GmbH"),
        ("TU Dortmund", "FH Dortmund"),
    ],
    ids=lambda each: each,
)
def test_two_firms_have_two_keys(one: str, other: str) -> None:
    assert employers.key(one) != employers.key(other)


@pytest.mark.parametrize(
    ("name", "expected"),
    [(None, None), ("", None), ("   ", None), ("!!!", None), ("GmbH", "gmbh"), ("AG", "ag")],
    ids=repr,
)
def test_name_without_a_core(name: str | None, expected: str | None) -> None:
    assert employers.key(name) == expected


@pytest.mark.parametrize(
    "hostile", ["a" * 100_000, "ä " * 50_000, "-" * 100_000, "gmbh " * 20_000], ids=lambda h: h[:5]
)
def test_hostile_text_costs_less_than_50_ms(hostile: str) -> None:
    employers.key("GmbH")  # reads the table once
    with within(0.05):
        employers.key(hostile)


def test_single_letter_names_are_kept() -> None:
    assert employers.key("V-Bank AG") != employers.key("E-Bank AG")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Hays AG", ("agency", "table: Hays")),
        ("HAYS Professional Solutions GmbH Standort Dortmund", ("agency", "table: Hays")),
        ("DIS AG Industrie", ("agency", "table: DIS AG")),
        ("I.K. Hofmann GmbH", ("agency", "table: I K Hofmann")),
        ("FERCHAU GmbH Niederlassung Bochum", ("agency", "table: Ferchau")),
        ("Heidrick & Struggles", ("agency", "table: Heidrick Struggles")),
        ("ALTEN GmbH", ("agency", "table: Alten GmbH")),
        ("Düsterhoff Personaldienstleistungs GmbH", ("agency", "table: Personaldienstleist")),
        ("Jobkontor Zeitarbeits GmbH", ("agency", "table: Zeitarbeit")),
        ("Hofgarten Personalberatungsgesellschaft mbH", ("agency", "table: Personalberatung")),
        ("Haus der Alten e.V.", ("unknown", None)),
        ("Haysberg GmbH", ("unknown", None)),
        ("Datenwerk Nord Recruiting", ("unknown", None)),  # a department's name
        ("Stadt Lünsheide", ("employer", "name: stadt")),
        ("Universitätsklinikum Emscheraue AöR", ("employer", "name: universitaetsklinikum")),
        ("Stadtwerke Lünsheide GmbH", ("unknown", None)),
        ("Hansa Werke GmbH", ("unknown", None)),
        (None, ("unknown", None)),
        ("", ("unknown", None)),
    ],
)
def test_kind_by_name(name: str | None, expected: tuple[str, str | None]) -> None:
    assert employers.kind(name, None) == expected


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Für unseren Mandanten, ein Maschinenbauunternehmen in Unna, suchen wir", "Für unseren Mandanten"),
        ("Im Auftrag unseres Klienten besetzen wir", "Im Auftrag unseres Klienten"),
        ("Im Auftrag eines unserer langjährigen Mandanten", "Im Auftrag eines unserer langjährigen Mandanten"),
        ("Für unsere Mandanten aus dem Handel suchen wir", "Für unsere Mandanten aus dem Handel suchen"),
        ("Unser Mandant ist Marktführer.", "Unser Mandant ist"),
        ("Unser Kunde, ein Hersteller von Pumpen,", "Unser Kunde, ein"),
        ("Im Kundenauftrag suchen wir", "Im Kundenauftrag suchen"),
        ("Für unseren namhaften Kunden in Hagen suchen wir", "Für unseren namhaften Kunden in Hagen suchen"),
        ("Bei unserem Mandanten handelt es sich um", "Bei unserem Mandanten handelt es sich"),
        ("Die Stelle ist in Direktvermittlung zu besetzen.", "in Direktvermittlung"),
        ("Einsatz im Rahmen der Arbeitnehmerüberlassung", "im Rahmen der Arbeitnehmerüberlassung"),
        ("Vertragsart: Arbeitnehmerüberlassung", "Vertragsart: Arbeitnehmerüberlassung"),
        ("Als erfahrene Personalberatung begleiten wir Sie.", "Als erfahrene Personalberatung"),
        ("On behalf of our client we are hiring", "On behalf of our client"),
    ],
)
def test_wording_of_an_agency(text: str, evidence: str) -> None:
    assert employers.kind("Kopfwerk GmbH", text) == ("agency", evidence)


@pytest.mark.parametrize(
    "text",
    [
        "Unsere Kunden schätzen uns. Sie arbeiten bei unseren Kunden vor Ort.",
        "Für unsere Kunden entwickeln wir Software.",
        "Sie bauen Lösungen für unseren Kunden in der Automobilindustrie.",
        "Für unseren Kundenservice suchen wir Verstärkung.",
        "Für unseren Bereich Kunden suchen wir Verstärkung.",
        "Unser Kunde ist König.",
        "Sie beraten unsere Mandanten in Steuerfragen und erstellen für unsere Mandanten Bilanzen.",
        "Für unsere Auftraggeber planen wir Brücken.",
        "Sie führen Analysen im Kundenauftrag durch.",
        "Sie steuern die Arbeitnehmerüberlassung und die Personalbeschaffung.",
        "Von Anfragen durch Personalberatungen und Personalvermittlungen bitten wir abzusehen.",
        "Den Kundenauftrag legen Sie in SAP an.",
        "",
    ],
)
def test_employer_who_writes_of_customers_is_no_agency(text: str) -> None:
    assert employers.kind("Hansa Werke GmbH", text) == ("unknown", None)


@pytest.mark.parametrize(
    ("text", "description", "words"),
    [
        (
            "Für unseren Mandanten, ein mittelständisches Maschinenbauunternehmen mit 500 Mitarbeitern in Dortmund.",
            "ein mittelständisches Maschinenbauunternehmen mit 500 Mitarbeitern in Dortmund",
            "Mandanten, ein mittelständisches Maschinenbauunternehmen mit 500 Mitarbeitern in Dortmund",
        ),
        (
            "Bei unserem Klienten handelt es sich um einen führenden Hersteller von Ventilen.",
            "einen führenden Hersteller von Ventilen",
            "Klienten handelt es sich um einen führenden Hersteller von Ventilen",
        ),
        (
            "Unser Kunde ist ein kommunaler Versorger, der wächst.",
            "ein kommunaler Versorger",
            "Kunde ist ein kommunaler Versorger",
        ),
        (
            "Für ein Handelsunternehmen aus dem Raum Unna suchen wir eine Leitung IT.",
            "ein Handelsunternehmen aus dem Raum Unna",
            "Für ein Handelsunternehmen aus dem Raum Unna",
        ),
        (
            "Für unseren Kunden, ein Unternehmen der Chemie in Marl, suche ich einen IT-Leiter.",
            "ein Unternehmen der Chemie in Marl",
            "Kunden, ein Unternehmen der Chemie in Marl",
        ),
        ("Our client is a leading bank in Essen.", "a leading bank in Essen", "client is a leading bank in Essen"),
        (
            "Unser Kunde ist ein weltweit tätiger Konzern aus dem Bereich der\nMedizintechnik",
            "ein weltweit tätiger Konzern",
            "Kunde ist ein weltweit tätiger Konzern",
        ),
    ],
)
def test_principal_is_described_in_the_words_of_the_text(text: str, description: str, words: str) -> None:
    assert employers.principal(text) == (description, words)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "Unser Mandant, die Hansa Werke GmbH, wächst.",  # named, not described
        "Unseren Mandanten bieten wir die besten Lösungen.",
        "Für ein wachsendes Team suchen wir Sie.",
        "Für ein Projekt bei einer der größten Banken suchen wir Sie.",
        "Für einen unserer Kunden suchen wir Sie.",
    ],
)
def test_principal_who_is_not_described(text: str | None) -> None:
    assert employers.principal(text) is None


def test_description_cut_at_its_limit_ends_with_a_whole_word() -> None:
    text = "Unser Mandant ist ein Hersteller " + "von Schrauben " * 40

    found = employers.principal(text)

    assert found is not None
    assert set(found[0].split()) == {"ein", "Hersteller", "von", "Schrauben"}
    assert found[0].endswith("Schrauben")


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 100_000,
        "für unseren " * 9_000,
        "für unseren großen " * 6_000,
        "mandant, ein " * 8_000,
        "mandant ist ein a b c d e f g h " * 4_000,
        "für ein unternehmen " * 5_000,
        "im kundenauftrag " * 6_000,
        "als eine " * 12_000 + "personalberatung",
        "unternehmen" * 9_000,
        "\u0130" * 100_000,
    ],
    ids=lambda hostile: hostile[:20],
)
def test_hostile_text_is_judged_within_50_ms(hostile: str) -> None:
    employers.kind("GmbH", "")  # reads the table once
    with within(0.05):
        employers.kind(hostile, hostile)
        employers.principal(hostile)


def test_tables_are_sound() -> None:
    agencies = [row["name"] for row in rows("agencies.csv")]
    brands = [row["name"] for row in rows("brands.csv")]

    assert len(agencies) == len(set(agencies))
    assert len(brands) == len(set(brands))
    assert {row["kind"] for row in rows("agencies.csv")} == {"recruiter", "staffing", "portal"}
    assert all(row["source"] for row in rows("agencies.csv"))
    assert {employers.key(row["name"]) for row in rows("brands.csv")} == {
        employers.key(row["group"]) for row in rows("brands.csv")
    }


def test_only_the_beginning_of_a_text_is_looked_at() -> None:
    late = "Wort " * 1_300 + "Unser Mandant ist ein Hersteller."

    assert employers.kind("Hansa Werke GmbH", late) == ("unknown", None)
    assert employers.principal(late) is None
