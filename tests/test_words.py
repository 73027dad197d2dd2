"""Why a job matches, in German: every sentence that the rules can say, and the advert's own words untouched."""

import re

import pytest

from data.plugins.words import Words
from pipelines import relevance, titles

ENGLISH = re.compile(r"\b(is|a|the|leads|lead|of|says|but|not|near|which|works|so|text|or)\b")


@pytest.mark.parametrize(
    ("told", "german"),
    [
        ("“IT-Leiter” leads the whole IT", "„IT-Leiter“ leitet den ganzen Bereich IT"),
        ("“Teamleiter IT” leads a team; the text says “leitet die IT”", "„Teamleiter IT“ leitet ein Team; im Text steht „leitet die IT“"),  # noqa: E501
        ("“Head of is a deputy” is a deputy", "„Head of is a deputy“ ist eine Stellvertretung"),
        ("“IT-Leitung” leads the whole IT, but the text says “berichtet an den CIO”, so it leads a part",
         "„IT-Leitung“ leitet den ganzen Bereich IT, aber im Text steht „berichtet an den CIO“, also leitet die Stelle einen Teil"),  # noqa: E501
        ("“Leiter” does not say what it leads; the stated occupation is “Leiter/in - IT”",
         "„Leiter“ sagt nicht, was geleitet wird; der angegebene Beruf ist „Leiter/in - IT“"),
        (None, ""),
    ],
)  # fmt: skip
def test_reasons_in_german(told: str | None, german: str) -> None:
    assert Words("de").reason(told) == german
    assert Words("en").reason(told) == (told or "")


@pytest.mark.parametrize("rung", [*titles._REASONS])
@pytest.mark.parametrize("field", ["IT", "Controlling", "Vertrieb"])
def test_every_sentence_of_a_title_has_its_german(rung: str, field: str) -> None:
    told = titles._REASONS[rung].format(head="Kopf", words="Kopf", field=field, area="Netze")
    german = Words("de").reason(told)

    assert german.startswith("„Kopf“ ")
    assert not ENGLISH.search(german), german


@pytest.mark.parametrize("title", ["Teamleiter IT-Support (m/w/d)", "Manager IT", "Leiter IT und Organisation"])
def test_what_the_text_adds_has_its_german(title: str) -> None:
    role = titles.role("it-leiter")
    found = titles.classify(title, role=role)
    texts = (
        "Sie leiten die gesamte IT.", "Sie berichten an den IT-Leiter.",
        "Sie berichten direkt an die Geschäftsführung. Budgetverantwortung. Disziplinarische Führung von 12 Menschen.",
    )  # fmt: skip
    for text in texts:
        told = relevance.judge(found, role=role, text=text).reason
        assert not ENGLISH.search(re.sub("„[^“]*“", "", Words("de").reason(told))), told
