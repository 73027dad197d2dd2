"""d.vinci: what the generic test of the kinds does not cover."""

import json
from typing import Any

import pytest

from crawler.boards import Board
from crawler.commands.boards import recognise
from crawler.sources import SOURCES
from crawler.sources.base import ContractError
from pipelines.items import Place
from tests.recorded_boards import Recorded, read

HOME = "https://werk.dvinci.de/portal/zentrale"
LIST = f"{HOME}/jobPublication/list.json?language=de"
BOARD = Board("dvinci", "werk", HOME)


def publications(content: Any) -> Recorded:
    return Recorded(LIST, json.dumps(content).encode(), headers={"Content-Type": "application/json"})


def posting(**opening: Any) -> Any:
    return SOURCES["dvinci"].posting({"id": 1, "position": "Leitung IT", "jobOpening": opening}, None)


def test_empty_portal_and_lists_under_a_name() -> None:
    assert read(BOARD, [publications([])]).postings == {}
    assert [*read(BOARD, [publications({"jobPublications": [{"id": 4, "position": "x"}]})]).postings] == ["4"]


def test_object_without_a_list_is_no_empty_board() -> None:
    with pytest.raises(ContractError, match="a list of publications expected"):
        read(BOARD, [publications({"message": "disabled"})])


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_closed_portal_says_so(status: int) -> None:
    with pytest.raises(ContractError, match=rf"no such board, or its list is switched off \(HTTP {status}\)"):
        read(BOARD, [Recorded(LIST, b"", status=status)])


def test_every_place_counts_by_its_address_or_its_name() -> None:
    locations = [
        {"name": "Zentrale", "country": {"name": "Deutschland", "isoA2": "DE"},
         "latitude": "51.5136", "longitude": 7.4653,
         "address": {"address1": "Musterweg 1", "zipCode": "44135", "city": "Dortmund", "country": None}},
        {"name": "Hauptverwaltung, Hamm", "country": None, "latitude": None, "longitude": None, "address": None},
        {"name": None, "address": None}, None,
    ]  # fmt: skip

    found = posting(location="Zentrale", locations=locations)

    assert found.places == (
        Place(city="Dortmund", postal_code="44135", country="Deutschland", lat=51.5136, lon=7.4653),
        Place(city="Hauptverwaltung, Hamm"),
    )
    assert found.place == "Zentrale"


def test_pay_is_read_from_numbers_and_else_left_to_the_text() -> None:
    numbers = posting(
        salaryRange="5.100 bis 6.000 EUR", salary={"currency": "EUR", "value": {"minValue": 5100, "unitText": "MONTH"}}
    )
    words = posting(salaryRange="5.100 bis 6.000 EUR & mehr", salary={"currency": "EUR", "value": {"minValue": None}})

    assert (numbers.pay_min, numbers.pay_max, numbers.pay_period, numbers.description) == (5100.0, None, "month", None)
    assert (words.pay_min, words.description) == (None, "<p>Gehalt: 5.100 bis 6.000 EUR &amp; mehr</p>")


def test_odd_fields_cost_nothing_but_themselves() -> None:
    odd = posting(
        workingTimes=[None, {"internalName": "TEILZEIT_5075"}, "x"], contractPeriod="befristet", company=[], salary=[],
        locations="Unna", location=["Unna"], createdDate=5, reference={"x": 1}, earliestEntryDate={}, salaryRange=None,
    )  # fmt: skip
    found = read(
        BOARD, [publications([None, {"id": 1, "position": "a", "jobOpening": []}, {"id": 2}, {"position": "b"}])]
    )

    assert (odd.title, odd.hours, odd.contract, odd.employer, odd.place) == ("Leitung IT", "part", None, None, None)
    assert ([*found.postings], len(found.unreadable)) == (["1"], 3)


def test_recruiters_are_not_read() -> None:
    found = posting(responsibleUser={"firstName": "Vorname", "lastName": "Nachname", "email": "x@example.org"})

    assert "Nachname" not in repr(found)


@pytest.mark.parametrize(
    ("link", "name", "url"),
    [
        ("https://acme.dvinci-hr.com/de/jobs/17/leiter", "acme", ""),
        ("https://acme.dvinci-hr.com/portal/nord/de/jobs", "acme", "https://acme.dvinci-hr.com/portal/nord"),
        ("https://acme.dvinci-easy.com/de/jobs", "acme", "https://acme.dvinci-easy.com"),
        ("https://acme.dvinci.de/de/p/extern/jobs/5/x", "acme", "https://acme.dvinci.de"),
    ],
)
def test_links_of_a_portal_name_its_board(link: str, name: str, url: str) -> None:
    found = recognise(link)

    assert found is not None
    assert (found.kind, found.name, found.url) == ("dvinci", name, url)
