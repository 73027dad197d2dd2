"""Which adverts are one vacancy: pairs, groups, whatever their order, and how long it takes."""

import itertools
import os
import random
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import duplicates
from pipelines.duplicates import Advert, Spot, group, job_id, judge
from tests.quality import duplicates as quality
from tests.stopwatch import no_clearing_up, within

CORPUS = Path(os.environ.get("STELLWERK_CORPUS", "/nowhere"))
DORTMUND, BOCHUM = Spot("Dortmund", "44135", 51.51, 7.46), Spot("Bochum", "44787", 51.48, 7.22)
WORDS = (
    "Sie leiten unsere IT mit acht Menschen, verantworten Budget und Strategie, führen das Team, steuern Dienstleister"
    " und bringen unsere Rechenzentren, das Netz, die Arbeitsplätze und die Anwendungen in die Zukunft. Sie berichten"
    " an die Geschäftsführung und arbeiten mit allen Bereichen des Hauses zusammen. Wir bieten Ihnen einen sicheren"
    " Arbeitsplatz, dreißig Tage Urlaub, eine betriebliche Altersvorsorge und kurze Wege."
)
ONE = Advert(
    "b",
    "2026-11-25",
    "IT-Leiter",
    "muster",
    "employer",
    "head",
    "IT",
    "it-leiter",
    (DORTMUND,),
    None,
    None,
    None,
    WORDS,
)

OTHER = replace(ONE, id="c", first_seen="2026-11-26")


# ---------------------------------------------------------------- two adverts


@pytest.mark.parametrize(
    ("values", "same", "rule"),
    [
        ({}, True, "text"),
        ({"title": "Leitung Informationstechnologie"}, True, "text"),
        ({"text": None}, True, "title"),
        ({"employer_key": "muster dortmund"}, True, "text"),
        ({"employer_key": "muster logistik"}, False, "employer"),
        ({"employer_key": None}, False, "employer"),
        ({"level": "department", "title": "Abteilungsleiter IT"}, True, "text"),
        ({"level": "deputy", "title": "Stellvertretender IT-Leiter"}, False, "level"),
        ({"level": "assistant", "title": "Assistenz der IT-Leitung", "role": None}, False, "level"),
        ({"level": "team", "title": "Teamleiter IT"}, False, "level"),
        ({"area": "infrastructure", "title": "Leiter IT-Infrastruktur"}, False, "area"),
        ({"spots": (BOCHUM,)}, False, "place"),
        ({"spots": (BOCHUM, DORTMUND)}, True, "text"),
        ({"spots": (Spot("Dortmund", "44263", 51.48, 7.51),)}, True, "text"),
        ({"spots": (Spot("Dortmund", None, 53.5, 10.0),)}, False, "place"),
        ({"spots": ()}, True, "text"),
        ({"spots": (), "text": None}, False, "not-enough"),
        ({"reference": "IT-4711"}, True, "text"),
        ({"title": "Leiter Finanzen", "level": "head", "area": None, "role": None}, False, "not-enough"),
        ({"text": WORDS[:300]}, True, "text"),
        ({"text": f"{WORDS} Über uns: {'Wir sind für Sie da. ' * 30}"}, True, "text"),
        ({"text": "Ganz andere Worte für dieselbe Stelle. " * 8}, True, "title"),
        ({"pay_year_min": 60_000.0, "pay_year_max": 65_000.0}, True, "text"),
    ],
    ids=[
        "the same text", "another wording of the title", "no text", "name with its town", "sister firm", "no employer",
        "another word for the rung", "deputy", "assistant", "team", "a part", "another town", "one of two towns",
        "another part of the town", "a namesake far away", "no place, same text", "no place, no text",
        "a reference on one side", "another post, same text", "a text that was cut", "a text with an appendix",
        "worded anew", "pay on one side",
    ],
)  # fmt: skip
def test_pairs(values: dict[str, object], same: bool, rule: str) -> None:
    found = judge(ONE, replace(OTHER, **values))  # type: ignore[arg-type]

    assert (found.same, found.rule) == (same, rule)
    assert judge(replace(OTHER, **values), ONE).same == same  # type: ignore[arg-type]


MORE = (
    "Sie planen Vorhaben gemeinsam mit den Fachbereichen, wählen Anbieter aus und verhandeln Verträge. Außerdem prüfen "
    "Sie Angebote, berichten monatlich über Kosten und Fortschritt und vertreten die Bereichsleitung im Urlaub. "
)


@pytest.mark.parametrize(
    ("one", "other", "text", "same"),
    [
        ("IT-Leiter", "Senior IT-Leiter", WORDS, True),
        ("IT-Leiter", "Senior IT-Leiter", WORDS[:330] + MORE, False),
        ("Junior IT-Leiter", "Senior IT-Leiter", WORDS[:330] + MORE, False),
        ("Junior IT-Leiter", "Junior IT-Leiter", WORDS[:330] + MORE, True),
        ("Junior IT-Leiter", "IT-Leiter", None, False),
    ],
)
def test_another_word_of_seniority_needs_the_same_text(one: str, other: str, text: str | None, same: bool) -> None:
    assert judge(replace(ONE, title=one), replace(OTHER, title=other, text=text)).same is same


def test_one_reference_is_one_post_in_two_languages() -> None:
    german = replace(ONE, reference="IT-4711")
    english = replace(OTHER, reference="IT 4711", title="Head of IT", text="You lead our IT department of eight. " * 8)

    assert judge(german, english).rule == "reference"


def test_two_references_and_other_words_are_two_posts() -> None:
    one, other = replace(ONE, reference="4711-A"), replace(OTHER, reference="4712-A", text="Andere Worte. " * 40)

    assert not judge(one, other).same


def test_pay_that_cannot_be_one_needs_the_same_words() -> None:
    one = replace(ONE, pay_year_min=60_000.0, pay_year_max=65_000.0, text=None)
    other = replace(OTHER, pay_year_min=90_000.0, pay_year_max=95_000.0, text=None)

    assert not judge(one, other).same
    assert judge(replace(one, text=WORDS), replace(other, text=WORDS)).same


def test_agency_copy_is_linked_and_not_merged() -> None:
    found = judge(ONE, replace(OTHER, employer_key="kopf jaeger", employer_type="agency"))

    assert (found.same, found.linked) == (False, "agency copy")


def test_same_post_in_another_town_is_linked_and_not_merged() -> None:
    found = judge(ONE, replace(OTHER, spots=(BOCHUM,)))

    assert (found.same, found.linked) == (False, "other town")


def test_every_pair_of_our_table() -> None:
    found = list(quality.pairs(quality.OURS))
    wrong = [
        f"{family}: {one.title} / {other.title}: {verdict.rule}; {verdict.signals}"
        for family, same, one, other in found
        if (verdict := judge(one, other)).same != same
    ]
    assert len(found) >= 300
    assert len(wrong) <= 0.02 * len(found), wrong
    assert wrong == []


@pytest.mark.skipif(
    not (CORPUS / "gold" / "duplicates_silver.tsv").is_file(), reason="set STELLWERK_CORPUS to read labelled pairs"
)
def test_labelled_pairs_of_the_corpus() -> None:
    verdicts = [(judge(a, b).same, same) for _, same, a, b in quality.pairs(CORPUS / "gold" / "duplicates_silver.tsv")]
    right, wrong = verdicts.count((True, True)), verdicts.count((True, False))

    assert right / (right + wrong) >= 0.98
    assert right / (right + verdicts.count((False, True))) >= 0.92


# ---------------------------------------------------------------- many


def test_vacancy_has_the_id_of_the_advert_seen_first() -> None:
    (merge,) = group([OTHER, ONE]).merges

    assert (merge.id, merge.into, merge.rule) == ("c", "b", "text")


def test_of_one_day_the_smaller_id_stays() -> None:
    (merge,) = group([replace(ONE, id="z"), replace(ONE, id="y")]).merges

    assert (merge.id, merge.into) == ("z", "y")


def test_three_of_one_vacancy_are_one() -> None:
    found = group([ONE, OTHER, replace(ONE, id="d", text=None)]).merges

    assert {each.id: each.into for each in found} == {"c": "b", "d": "b"}


def test_no_chain_leads_from_town_to_town() -> None:
    nowhere = replace(ONE, id="d", spots=())
    found = group([ONE, nowhere, replace(OTHER, spots=(BOCHUM,))]).merges

    assert len(found) == 1


def test_a_persons_decision_outranks_the_rules() -> None:
    stranger = replace(OTHER, employer_key="fremd", text=None)

    assert group([ONE, OTHER], split=[("b", "c")]).merges == []
    assert [(each.id, each.rule) for each in group([ONE, stranger], merged=[("c", "b")]).merges] == [("c", "person")]


def test_what_was_one_vacancy_stays_one_while_no_gate_speaks_against_it() -> None:
    anew = replace(OTHER, title="Leitung der Zukunft", role=None, text="Neue Worte für alles und jeden. " * 8)

    assert group([ONE, anew]).merges == []
    assert len(group([ONE, anew], together={"b": "b", "c": "b"}).merges) == 1
    assert group([ONE, replace(anew, level="deputy")], together={"b": "b", "c": "b"}).merges == []


def some(count: int) -> list[Advert]:
    made = random.Random(7)  # noqa: S311 - the same adverts each time
    towns = [Spot(f"Ort {number}", None, 50 + number / 100, 7.0) for number in range(60)]
    adverts = []
    for number in range(count):
        firm, town = made.randrange(max(1, count // 4)), made.choice(towns)
        words = " ".join(f"wort{made.randrange(4000)}" for _ in range(120)) if number % 3 else WORDS
        adverts.append(
            Advert(
                f"{number:06}", f"2026-11-{number % 28 + 1:02}", made.choice(["IT-Leiter", "Leiter IT", "Koch"]),
                f"firma {firm}", level="head", role="it-leiter", spots=(town,), text=words,
            )
        )  # fmt: skip
    return adverts


def test_order_of_arrival_does_not_show() -> None:
    adverts = some(60)
    expected = group(adverts)
    for seed in range(20):
        shuffled = random.Random(seed).sample(adverts, len(adverts))  # noqa: S311 - the same orders each time
        assert group(shuffled) == expected


@given(
    st.permutations(
        [ONE, OTHER, replace(ONE, id="d"), replace(ONE, id="e", spots=()), replace(ONE, id="f", level="deputy")]
    )
)
@settings(max_examples=60)
def test_every_order_of_a_few(adverts: list[Advert]) -> None:
    assert {each.id: each.into for each in group(adverts).merges} == {"c": "b", "d": "b", "e": "b"}


def test_ten_times_the_adverts_take_no_more_than_twelve_times_as_long() -> None:
    def seconds(count: int) -> float:
        adverts = some(count)
        duplicates._shingles.cache_clear()
        began = process_time()
        group(adverts)
        return process_time() - began

    seconds(300)
    few, many = float("inf"), float("inf")
    for _ in range(3):  # the machine is not equally fast from one second to the next
        with no_clearing_up():
            few, many = min(few, seconds(600)), min(many, seconds(6_000))
        if many <= 14 * few + 0.2:
            break
    assert many <= 14 * few + 0.2


@pytest.mark.parametrize("text", ["a " * 50_000, "x" * 100_000, "ab1 " * 25_000, "\x00" * 100_000], ids=repr)
def test_hostile_texts_cost_less_than_50_ms(text: str) -> None:
    one, other = replace(ONE, text=text, title=text[:300]), replace(OTHER, text=text + "!", title=text[:300])
    with within(0.05):
        judge(one, other)


def test_job_ids_come_from_raw_values_alone() -> None:
    assert job_id("dortmund_itleiter", "personio:acme", "1") == "6b5ccb8a1e1b" or len(job_id("a", "b", "c")) == 12
    assert len({job_id(*each) for each in itertools.product("ab", repeat=3)}) == 8
