"""Recruitee: what the generic test of the kinds does not cover."""

import json
from typing import Any

import pytest

from crawler.boards import Board
from crawler.sources import SOURCES
from crawler.sources.base import ContractError
from pipelines.items import Place
from tests.recorded_boards import Recorded, read

HOME = "https://karriere.westkabel.example"
LIST, FEED = f"{HOME}/api/offers", f"{HOME}/api/feeds/offers.xml"
BOARD = Board("recruitee", "westkabel", HOME)
CLOSED = Recorded(LIST, b'{"error":"unauthorized"}', status=401, headers={"Content-Type": "application/json"})
OFFER = """<offer>
  <id>2724678</id><slug>it-leitung</slug>
  <title><![CDATA[IT-Leitung (m/w/d) & Einkauf]]></title>
  <description><![CDATA[<p>Sie f&uuml;hren die IT.</p>]]></description>
  <requirements><![CDATA[<ul><li>Erfahrung</li></ul>]]></requirements>
  <highlight><![CDATA[<p>Kurz gesagt</p>]]></highlight>
  <location>Dortmund, Nordrhein-Westfalen, Deutschland</location><country>Deutschland</country><city>Dortmund</city>
  <country_code>DE</country_code><postal_code>44135</postal_code>
  <remote>false</remote><hybrid>true</hybrid><on_site>false</on_site>
  <employment_type_code>fulltime_permanent</employment_type_code><company_name>Westkabel GmbH</company_name>
  <careers_url>https://karriere.westkabel.example/o/it-leitung</careers_url>
  <mailbox_email>job.x@example.org</mailbox_email>
  <created_at>2026-10-27 12:49:28 UTC</created_at><updated_at>2026-11-02 12:50:16 UTC</updated_at>
  <published_at>2026-11-01 12:50:16 UTC</published_at><close_at></close_at>
  <salary><min>85000</min><max></max><period>year</period><currency>EUR</currency></salary>
  <locations>
    <location><id>1</id><country_code>DE</country_code><country>Deutschland</country><state>Nordrhein-Westfalen</state>
      <name>Werk Lünen</name><postal_code>44532</postal_code><city>Lünen</city><note></note></location>
    <location><city>Hamm</city><country>Deutschland</country></location>
  </locations>
</offer>"""


def offers(*stated: Any) -> Recorded:
    return Recorded(LIST, json.dumps({"offers": stated}).encode(), headers={"Content-Type": "application/json"})


def feed(content: str) -> Recorded:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<offers>{content}</offers>'
    return Recorded(FEED, body.encode(), headers={"Content-Type": "application/xml"})


def test_xml_feed_is_read_where_the_json_wants_a_token() -> None:
    found = read(BOARD, [CLOSED, feed(OFFER)])

    assert found.asked == [f"GET {LIST}", f"GET {FEED}"]
    (posting,) = found.postings.values()
    assert (posting.source_id, posting.title) == ("2724678", "IT-Leitung (m/w/d) & Einkauf")
    assert (posting.url, posting.employer) == ("https://karriere.westkabel.example/o/it-leitung", "Westkabel GmbH")
    assert posting.places == (
        Place(city="Lünen", postal_code="44532", state="Nordrhein-Westfalen", country="Deutschland"),
        Place(city="Hamm", country="Deutschland"),
    )
    assert posting.description == "<p>Sie f&uuml;hren die IT.</p>\n<ul><li>Erfahrung</li></ul>"
    assert (posting.published_on, posting.modified_at) == ("2026-11-01 12:50:16 UTC", "2026-11-02 12:50:16 UTC")
    assert (posting.apply_by, posting.first_published_on) == (None, None)
    assert (posting.hours, posting.contract, posting.remote) == ("full", "permanent", "hybrid")
    assert (posting.pay_min, posting.pay_max, posting.pay_period, posting.pay_currency) == (
        85000.0,
        None,
        "year",
        "EUR",
    )


def test_empty_board_in_both_forms() -> None:
    assert read(BOARD, [offers()]).postings == {}
    assert read(BOARD, [CLOSED, feed("")]).postings == {}


def test_board_that_is_closed_in_both_forms_says_why() -> None:
    closed_feed = Recorded(FEED, b"", status=401)

    with pytest.raises(ContractError, match=r"without the employer's token \(HTTP 401\)"):
        read(BOARD, [CLOSED, closed_feed])


def test_unknown_board_does_not_look_empty() -> None:
    with pytest.raises(ContractError, match=r"no such board, or its list is switched off \(HTTP 404\)"):
        read(BOARD, [Recorded(LIST, b"", status=404)])
    with pytest.raises(ContractError, match="offers is missing"):
        read(BOARD, [Recorded(LIST, b'{"offers":null}', headers={"Content-Type": "application/json"})])
    with pytest.raises(ContractError, match="offers expected, found rss"):
        read(BOARD, [CLOSED, Recorded(FEED, b"<rss><channel/></rss>", headers={"Content-Type": "text/xml"})])


def test_sample_offer_of_a_site_that_was_given_up_is_no_posting() -> None:
    assert read(BOARD, [offers({"id": 1, "title": "Marketing Manager (Sample)"})]).postings == {}


def test_offers_own_place_counts_where_it_has_no_list_of_places() -> None:
    def place(**fields: Any) -> tuple[tuple[Place, ...], str | None]:
        posting = SOURCES["recruitee"].posting({"id": 1, "title": "Leitung IT", **fields}, None)
        return posting.places, posting.place

    assert place(city="Unna", country_code="DE", locations=[]) == ((Place(city="Unna", country="Deutschland"),), None)
    assert place(location="Schwerte", locations=[]) == ((), "Schwerte")
    assert place(location=None, locations=None) == ((), None)


@pytest.mark.parametrize(
    ("remote", "hybrid", "on_site", "expected"),
    [(True, False, False, "full"), (False, True, False, "hybrid"), (False, False, True, "none"),
     (True, False, True, "hybrid"), (False, False, False, None), ("false", "true", None, "hybrid")],
)  # fmt: skip
def test_ways_to_work(remote: Any, hybrid: Any, on_site: Any, expected: str | None) -> None:
    offer = {"id": 1, "title": "Leitung IT", "remote": remote, "hybrid": hybrid, "on_site": on_site}

    assert SOURCES["recruitee"].posting(offer, None).remote == expected


def test_odd_fields_cost_nothing_but_themselves() -> None:
    odd = {"id": 5, "title": "Leitung IT", "locations": [None, "x", {"city": ["Unna"]}], "salary": [1],
           "description": {}, "requirements": 5, "published_at": None, "company_name": {"x": 1},
           "employment_type_code": 7}  # fmt: skip

    found = read(BOARD, [offers(None, odd, {"title": "ohne Nummer"}, {"id": 6, "title": None})])

    posting = found.postings["5"]
    assert (posting.title, posting.employer, posting.pay_min, posting.hours) == ("Leitung IT", None, None, None)
    assert ([*found.postings], len(found.unreadable)) == (["5"], 3)
