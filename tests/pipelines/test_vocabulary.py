"""What is found near its stems is what the pattern alone finds."""

import pytest

from pipelines import vocabulary


def test_match_at_the_edge_of_another_ones_window_is_found_whole() -> None:
    pattern = vocabulary.words([r"frist(?: bis [0-9]{2})?"], reach=10)
    around = vocabulary.words([r"(?:die )?frist(?: bis [0-9]{2})?"], reach=11)
    text = "Frist; die Frist bis 24"

    assert [match[0] for match in pattern.finditer(text)] == ["Frist", "Frist bis 24"]
    assert [match[0] for match in around.finditer(text)] == ["Frist", "die Frist bis 24"]


def test_pattern_is_tried_at_its_openings_and_around_its_stems_and_yields_in_order_what_does_not_overlap() -> None:
    pattern = vocabulary.words(["cloud*", "(?:private|public) cloud(?: services)?", "cloud-?computing"])

    found = [match[0] for match in pattern.finditer("Cloudlösungen, Public Cloud Services, Wolken, Cloud-Computing")]

    assert (pattern.openings, pattern.stems) == (("cloud",), ("cloud",))
    assert found == ["Cloudlösungen", "Public Cloud Services", "Cloud-Computing"]


def test_whole_word_does_not_begin_inside_of_another_one() -> None:
    text = "Kenntnis der NIS-Richtlinie, Ergebnis und _nis"

    assert [match.start() for match in vocabulary.words(["nis"]).finditer(text)] == [13]
    assert [match.start() for match in vocabulary.pieces("nis").finditer(text)] == [5, 13, 34, 43]


def test_stems_of_patterns_made_later_are_found_in_a_text_that_was_read_before() -> None:
    text = "Rechenzentrum und Serverraum"
    assert vocabulary.words(["rechenzentrum"]).search(text)

    assert [match[0] for match in vocabulary.words(["serverraum"]).finditer(text)] == ["Serverraum"]


def test_pieces_stand_inside_a_word_and_words_do_not() -> None:
    assert [match[0] for match in vocabulary.pieces("optional", r"a plus\b").finditer("Optionales is a plus")] == [
        "Optional",
        "a plus",
    ]
    assert vocabulary.words(["optional"]).search("Optionales") is None


@pytest.mark.parametrize("make", [lambda: vocabulary.words([r"\w+"]), lambda: vocabulary.pieces(r"[0-9]{2}", "abc")])
def test_pattern_that_would_be_tried_everywhere_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match="no two letters that each match holds"):
        make()


def test_pattern_of_which_no_piece_can_be_read_off_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot tell what each match holds"):
        vocabulary.words(["netz{1,2}werk"])


def test_letters_that_become_two_when_small_do_not_shift_what_is_found() -> None:
    found = vocabulary.words(["serverraum"], reach=0).search("İİİ Serverraum")

    assert found is not None
    assert found.span() == (4, 14)


def test_lone_surrogate_neither_raises_nor_shifts_what_is_found() -> None:
    found = vocabulary.words(["serverraum"], reach=0).search("\ud83d\ud83d Serverraum")

    assert found is not None
    assert found.span() == (3, 13)
