"""The employer's industry: from its source's field or its own name, else nothing."""

import pytest

from pipelines import industries


@pytest.mark.parametrize(
    ("field", "name", "expected"),
    [
        (None, "Stadtwerke Musterstadt GmbH", "energy and water"),
        (None, "Klinikum Beispielstadt gGmbH", "health"),
        (None, "Universitätsklinikum Beispiel", "health"),
        (None, "Universität Beispiel", "education and research"),
        (None, "Sparkasse Beispiel", "banking and insurance"),
        (None, "Stadtsparkasse Beispiel", "banking and insurance"),
        (None, "Stadt Beispiel", "public administration"),
        (None, "Kreis Beispiel", "public administration"),
        (None, "Beispiel Spedition & Logistik GmbH", "logistics"),
        (None, "Muster Maschinenfabrik AG", "manufacturing"),
        (None, "Wohnungsbaugesellschaft Beispiel mbH", "construction and property"),
        (None, "Caritasverband Beispiel e.V.", "social services"),
        (None, "Bildungswerk Beispiel", "education and research"),
        ("Wholesale", "Stadtwerke Musterstadt", "retail and wholesale"),
        ("Financial Services General", None, "banking and insurance"),
        ("Computer Software", None, "IT and software"),
        ("Öffentliche Verwaltung", None, "public administration"),
        ("Transportation/Trucking/Railroad", None, "logistics"),
        ("Sonstige", "Müller GmbH", None),
        (None, "Hotel Stadtblick", None),
        (None, "Netzwerk Beispiel GmbH", None),
        (None, "Freundeskreis Beispiel", None),
        (None, "Stadtler KG", None),
        (None, "Bauer AG", None),
        (None, None, None),
        ("", "", None),
    ],
)
def test_industry(field: str | None, name: str | None, expected: str | None) -> None:
    found = industries.find(field, name)
    assert (found[0] if found else None) == expected


def test_the_words_that_say_it() -> None:
    assert industries.find("Wholesale", "Muster GmbH") == ("retail and wholesale", "Wholesale")
    assert industries.find(None, "Muster  Logistik GmbH") == ("logistics", "Muster Logistik GmbH")
