"""service.bund.de: what the generic test of the kinds does not cover."""

import pytest

from crawler import boards
from crawler.boards import Board
from crawler.sources import SOURCES
from crawler.sources.base import ContractError
from crawler.sources.bund import FEED
from tests.recorded_boards import Recorded, read

BOARD = Board("bund", "dortmund_itleiter")
ITEM = {"title": "IT-Leitung", "link": "https://www.service.bund.de/IMPORTE/x/7654321.html#track=feed-jobs"}


def feed(body: str) -> Recorded:
    return Recorded(FEED, body.encode(), headers={"Content-Type": "application/rss+xml"})


def test_page_instead_of_the_feed_is_no_empty_feed() -> None:
    with pytest.raises(ContractError, match="HTML instead of XML"):
        read(BOARD, [feed("<!DOCTYPE html><html><body>Wartung</body></html>")])
    with pytest.raises(ContractError, match="an RSS feed expected, found feed"):
        read(BOARD, [feed('<feed xmlns="http://www.w3.org/2005/Atom"/>')])


def test_feed_without_items_is_empty() -> None:
    assert read(BOARD, [feed("<rss><channel><title>Stellen</title></channel></rss>")]).postings == {}


def test_sign_that_xml_does_not_know_costs_no_neighbour() -> None:
    items = "".join(
        f"<item><title>Stelle {each}&#xD800;&#99999999;\x0b</title><link>https://www.service.bund.de/{each}.html</link></item>"
        for each in (1000001, 1000002)
    )
    gone = [Recorded(f"https://www.service.bund.de/{each}.html", b"", status=404) for each in (1000001, 1000002)]

    found = read(BOARD, [feed(f"<rss><channel>{items}</channel></rss>"), *gone])

    assert [each.title for each in found.postings.values()] == ["Stelle 1000001", "Stelle 1000002"]


def test_labels_are_read_however_they_are_encoded() -> None:
    for labels in (
        "Arbeitgeber: <strong>Universit&#228;t Hellweg</strong><br />Ort: <strong>59494 Soest</strong>",
        "Arbeitgeber: &lt;strong&gt;Universität Hellweg&lt;/strong&gt; Ort: &lt;strong&gt;59494 Soest&lt;/strong&gt;",
    ):
        posting = SOURCES["bund"].posting({**ITEM, "description": labels}, None)
        assert (posting.employer, posting.place) == ("Universität Hellweg", "59494 Soest")


def test_guid_that_is_no_address_is_not_taken_for_one() -> None:
    posting = SOURCES["bund"].posting({**ITEM, "guid": "7654321", "description": ["a", "b"]}, None)

    assert (posting.source_id, posting.url) == ("7654321", "https://www.service.bund.de/IMPORTE/x/7654321.html")


def test_missing_item_closes_nothing() -> None:
    assert boards.terms()["bund"].nights_to_close > 365
