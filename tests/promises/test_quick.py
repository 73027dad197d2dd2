"""A fast cut of each promise; the whole proof: `python -m tests.promises`."""

import shutil

import pytest

from tests.promises import hostile, kills, lies, nights, power_cuts, year


def test_hostile_texts_cost_no_normaliser_much() -> None:
    assert "none raised" in hostile.prove(quick=True)


def test_a_host_that_lies_closes_no_job() -> None:
    assert "0 jobs closed" in lies.prove(quick=True)


def test_a_killed_crawl_loses_nothing() -> None:
    assert "0 lost, 0 doubled, 0 wrongly closed" in kills.prove(2)


@pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace, which writes down what a writer asks, is not installed"
)
def test_a_power_cut_loses_nothing_that_was_stored() -> None:
    assert "0 stored adverts lost" in power_cuts.prove(60)


def test_sixty_nights_have_one_run_each_or_a_reason() -> None:
    told = nights.prove(60)

    assert told.startswith("60 nights × 2 searches, 3 starts: one run each; 1 skipped for a foreign crawl, 1 killed")


@pytest.mark.timeout(300)
def test_a_year_of_nights_leaves_files_nights_and_memory_as_they_were() -> None:
    assert year.prove().startswith("365 nights of 300 adverts: ")
