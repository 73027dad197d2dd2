from time import process_time

import pytest

from pipelines import employers


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
    start = process_time()
    employers.key(hostile)

    assert process_time() - start < 0.05


def test_single_letter_names_are_kept() -> None:
    assert employers.key("V-Bank AG") != employers.key("E-Bank AG")
