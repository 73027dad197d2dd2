import itertools
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.duplicates import Candidate, Merge, job_id, merges

ONE = Candidate("b", "2026-11-25", "muster", "IT-Leiter", "head", "44135")


def test_same_employer_title_level_and_place_is_one_vacancy() -> None:
    assert merges([ONE, replace(ONE, job_id="c", first_seen="2026-11-26")]) == [
        Merge("c", "b", "same-employer-title-place", "employer 'muster', title 'it-leiter', place '44135'")
    ]


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, job_id="c", level="deputy"),
        replace(ONE, job_id="c", title_clean="Stellvertretender IT-Leiter", level="deputy"),
        replace(ONE, job_id="c", place="44787"),
        replace(ONE, job_id="c", employer_key="anders"),
        replace(ONE, job_id="c", employer_key=None),
        replace(ONE, job_id="c", place=None),
        replace(ONE, job_id="c", title_clean="IT-Leiterin Einkauf"),
        replace(ONE, job_id="c", level=None),
    ],
    ids=[
        "deputy by level", "deputy by title", "another town", "another employer", "unknown employer", "unknown place",
        "another title", "unknown level",
    ],
)  # fmt: skip
def test_what_may_be_another_vacancy_is_not_merged(other: Candidate) -> None:
    assert merges([ONE, other]) == []


def test_two_unknown_employers_are_not_one() -> None:
    unknown = replace(ONE, employer_key=None)

    assert merges([unknown, replace(unknown, job_id="c")]) == []


def test_two_unknown_places_are_not_one() -> None:
    unknown = replace(ONE, place=None)

    assert merges([unknown, replace(unknown, job_id="c")]) == []


def test_umlauts_and_capitals_do_not_part() -> None:
    one = replace(ONE, title_clean="Leiter für Überwachung", place="Köln")
    other = replace(ONE, job_id="c", title_clean="LEITER FUER ÜBERWACHUNG", place="KOELN")

    assert [each.into for each in merges([one, other])] == ["b"]


def test_the_job_seen_first_stays() -> None:
    older = replace(ONE, job_id="z", first_seen="2026-11-01")

    assert [(each.job_id, each.into) for each in merges([ONE, older])] == [("b", "z")]


def test_the_smaller_id_stays_on_a_tie() -> None:
    assert [(each.job_id, each.into) for each in merges([replace(ONE, job_id="c"), ONE])] == [("c", "b")]


def test_all_merge_into_one_and_none_into_a_merged_one() -> None:
    several = [replace(ONE, job_id=each) for each in "fcdeb"]

    assert {each.job_id: each.into for each in merges(several)} == {"c": "b", "d": "b", "e": "b", "f": "b"}


def test_order_of_arrival_never_shows() -> None:
    several = [
        ONE,
        replace(ONE, job_id="a", first_seen="2026-11-26"),
        replace(ONE, job_id="c", title_clean="IT-LEITER"),
        replace(ONE, job_id="d", place="44787"),
        replace(ONE, job_id="e", employer_key=None),
    ]

    assert len({tuple(merges(order)) for order in itertools.permutations(several)}) == 1


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        job_id=st.text("abcdef0123456789", min_size=3, max_size=3),
        first_seen=st.sampled_from(["2026-11-24", "2026-11-25"]),
        employer_key=st.sampled_from(["muster", "werk", None]),
        title_clean=st.sampled_from(["IT-Leiter", "it-leiter", "CIO"]),
        level=st.sampled_from(["head", "deputy", None]),
        place=st.sampled_from(["44135", "Unna", None]),
    ),
    unique_by=lambda each: each.job_id,
    max_size=12,
)


@given(CANDIDATES, st.randoms(use_true_random=False))
def test_any_jobs_in_any_order_merge_alike(candidates: list[Candidate], chance: object) -> None:
    shuffled = list(candidates)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random

    assert merges(shuffled) == merges(candidates)


@given(CANDIDATES)
def test_a_job_merges_once_and_into_one_that_stays(candidates: list[Candidate]) -> None:
    found = merges(candidates)
    merged = [each.job_id for each in found]

    assert len(merged) == len(set(merged))
    assert not {each.into for each in found} & set(merged)


def test_id_of_a_job_follows_from_raw_values_alone() -> None:
    assert job_id("dortmund_itleiter", "arbeitsagentur", "10000-1-S") == "a7a408b72e6a"


def test_another_search_kind_or_advert_is_another_job() -> None:
    assert len({job_id(*each) for each in itertools.product(("a", "b"), ("c", "d"), ("e", "f"))}) == 8


def test_thousands_of_jobs_are_compared_in_time() -> None:
    many = [replace(ONE, job_id=str(number), title_clean=f"Leiter {number // 2}") for number in range(10_000)]
    start = process_time()

    assert len(merges(many)) == 5_000
    assert process_time() - start < 2
