"""Every kind reads its board from answers in the recorded shape (tests/boards): all postings, and none invented."""

import pytest

from crawler.sources import SOURCES
from tests.recorded_boards import FOLDER, load, read, told

KINDS = sorted(SOURCES.keys() - {"arbeitsagentur"})  # it has tests of its own


@pytest.mark.parametrize("kind", KINDS)
def test_kind_reads_every_posting_of_its_board_and_invents_none(kind: str) -> None:
    board, answers, stated = load(FOLDER / f"{kind}.json")

    reading = read(board, answers)

    assert [told(each) for each in reading.postings.values()] == stated["postings"]
    assert len(stated["postings"]) > 1
    assert [*reading.not_offered] == stated.get("not_offered", [])


@pytest.mark.parametrize("kind", KINDS)
def test_kind_asks_for_nothing_twice(kind: str) -> None:
    board, answers, _ = load(FOLDER / f"{kind}.json")

    asked = read(board, answers).asked

    assert len(asked) == len({*asked}) or any(each.startswith("POST") for each in asked)
