from time import process_time

import pytest

from pipelines import places
from pipelines.items import Place
from tests.quality import places as quality

DORTMUND = (51.51494, 7.466)


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("Dortmund", ["Nordrhein-Westfalen"]),
        ("DORTMUND", ["Nordrhein-Westfalen"]),
        (" Lünen ", ["Nordrhein-Westfalen"]),
        ("Luenen", ["Nordrhein-Westfalen"]),
        ("Essen", ["Niedersachsen", "Nordrhein-Westfalen"]),
        ("Münster", ["Hessen", "Nordrhein-Westfalen"]),
        ("Essen, Nordrhein-Westfalen", ["Nordrhein-Westfalen"]),
        ("essen, NIEDERSACHSEN", ["Niedersachsen"]),
        ("Essen, Bayern", []),
        ("Nirgendwo", []),
        ("", []),
    ],
    ids=repr,
)
def test_towns_of_a_name(name: str, states: list[str]) -> None:
    assert [each.state for each in places.towns(name)] == states


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [
        (DORTMUND, DORTMUND, 0.0),
        (DORTMUND, (51.4817, 7.2165), 17.7),
        (DORTMUND, (52.52, 13.405), 421.4),
        ((90.0, 0.0), (-90.0, 0.0), 20015.1),
        ((0.0, 179.5), (0.0, -179.5), 111.2),
    ],
    ids=["same place", "Bochum", "Berlin", "the poles", "across the date line"],
)
def test_distance(here: tuple[float, float], there: tuple[float, float], km: float) -> None:
    assert round(places.distance_km(*here, *there), 1) == km


def test_town_named_as_text_has_its_coordinates_and_state() -> None:
    assert places.resolve((), "Dortmund") == (
        Place(city="Dortmund", state="Nordrhein-Westfalen", lat=51.51494, lon=7.466),
    )


@pytest.mark.parametrize(
    "place",
    [
        Place(city="Essen"),
        Place(city="Münster", country="Deutschland"),
        Place(city="Essen", state="Bayern"),
        Place(city="Nirgendwo"),
        Place(city="Dortmund", country="Österreich"),
        Place(postal_code="44135"),
        Place(),
    ],
    ids=["namesakes", "namesakes in Germany", "in no such state", "unknown", "abroad", "no town", "nothing"],
)
def test_place_that_is_not_certain_is_not_located(place: Place) -> None:
    assert places.resolve((place,), None) == (place,)


def test_state_decides_between_namesakes() -> None:
    (found,) = places.resolve((Place(city="Essen", state="Nordrhein-Westfalen"),), None)

    assert (found.lat, found.lon) == (51.45657, 7.01228)


def test_stated_coordinates_are_kept() -> None:
    stated = Place(city="Dortmund", lat=51.49, lon=7.45)

    assert places.resolve((stated,), None) == (stated,)


def test_text_is_not_read_beside_stated_places() -> None:
    assert places.resolve((Place(postal_code="44135"),), "Berlin") == (Place(postal_code="44135"),)


def test_nothing_stated_is_no_place() -> None:
    assert places.resolve((), None) == ()
    assert places.resolve((), "") == ()


def test_all_places_are_kept_up_to_fifty() -> None:
    stated = [Place(city=f"Ort {number}") for number in range(1000)]

    assert places.resolve(stated, None) == tuple(stated[:50])


def test_nearest_of_several_places() -> None:
    cologne = Place(city="Köln", lat=50.93333, lon=6.95)
    bochum = Place(city="Bochum", lat=51.4817, lon=7.2165)

    assert places.nearest((Place(city="Nirgendwo"), cologne, bochum), DORTMUND) == (bochum, 17.7)


@pytest.mark.parametrize(
    ("stated", "centre", "expected"),
    [
        ((Place(city="Nirgendwo"), Place(city="Unbekannt")), DORTMUND, (Place(city="Nirgendwo"), None)),
        ((Place(city="Köln", lat=50.9, lon=6.9),), None, (Place(city="Köln", lat=50.9, lon=6.9), None)),
        ((), DORTMUND, (None, None)),
        ((Place(city="Köln", lat=50.9),), DORTMUND, (Place(city="Köln", lat=50.9), None)),
    ],
    ids=["no coordinates", "no centre", "no place", "half a coordinate"],
)
def test_distance_is_unknown_rather_than_guessed(
    stated: tuple[Place, ...], centre: tuple[float, float] | None, expected: tuple[Place | None, float | None]
) -> None:
    assert places.nearest(stated, centre) == expected


def test_place_on_the_equator_has_a_distance() -> None:
    stated = Place(city="Quito", lat=0.0, lon=0.0)

    assert places.nearest((stated,), (0.0, 1.0)) == (stated, 111.2)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"city": 5}, TypeError),
        ({"state": ["NRW"]}, TypeError),
        ({"city": "Dort\ud800mund"}, ValueError),
        ({"lat": "51.5"}, ValueError),
        ({"lat": 91.0}, ValueError),
        ({"lon": -181.0}, ValueError),
        ({"lat": float("nan")}, ValueError),
        ({"lon": float("inf")}, ValueError),
    ],
    ids=str,
)
def test_place_refuses_what_is_no_place(values: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        Place(**values)  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("hostile", ["ä" * 100_000, "," * 100_000, "a, " * 33_333], ids=["ä", "commas", "words"])
def test_hostile_text_costs_less_than_50_ms(hostile: str) -> None:
    places.resolve((), "Dortmund")  # reads the table once
    start = process_time()
    places.resolve((), hostile)

    assert process_time() - start < 0.05


@pytest.mark.parametrize("name", ["Halle", "Neustadt"])
def test_namesakes_that_the_table_lacks_are_not_guessed(name: str) -> None:
    assert places.resolve((), name)[0].lat is None


@pytest.mark.parametrize(
    ("written", "cities"),
    [
        ("Dortmund, NRW, Germany", ["Dortmund"]),
        ("44135 Dortmund", ["Dortmund"]),
        ("Dortmund (DE)", ["Dortmund"]),
        ("Dortmund, DE, 44137", ["Dortmund"]),
        ("Bochum / Dortmund / Unna", ["Bochum", "Dortmund", "Unna"]),
        ("Dortmund oder Köln", ["Dortmund", "Köln"]),
        ("Dortmund; Remote", ["Dortmund"]),
        ("Cologne, Germany", ["Köln"]),
        ("Klinikum Dortmund", ["Dortmund"]),
        ("Halle (Saale)", ["Halle (Saale)"]),
        ("Luanda, Angola", ["Luanda, Angola"]),
        ("Im Norden", ["Im Norden"]),
    ],
    ids=repr,
)
def test_place_written_as_free_text(written: str, cities: list[str]) -> None:
    assert [each.city for each in places.resolve((), written)] == cities
    assert [each.city for each in places.resolve((Place(city=written),), None)] == cities


def test_free_text_keeps_what_stands_beside_it() -> None:
    (found,) = places.resolve((Place(city="Essen, NRW", postal_code="45127", country="Deutschland"),), None)

    assert (found.city, found.state, found.postal_code) == ("Essen", "Nordrhein-Westfalen", "45127")
    assert (found.lat, found.lon) == (51.45657, 7.01228)


@pytest.mark.parametrize(
    ("place", "inside"),
    [
        (Place(city="Münster"), True),
        (Place(city="Münster", state="Hessen"), False),
        (Place(city="Essen", state="Europe"), True),
        (Place(city="Halle"), False),
        (Place(city="Wien", country="Österreich"), False),
        (Place(city="Dortmund", country="US"), False),
        (Place(city="Dortmund", country="DE"), True),
        (Place(city="Nirgendwo"), None),
        (Place(), None),
        (Place(country="Frankreich"), False),
    ],
    ids=["a namesake is near", "the one far away", "no state", "none is near", "abroad", "a namesake abroad",
         "in Germany", "unknown", "nothing", "a country alone"],
)  # fmt: skip
def test_place_without_coordinates_is_judged_by_its_namesakes(place: Place, inside: bool | None) -> None:
    assert places.is_inside(place, DORTMUND, 60) is inside


@pytest.mark.parametrize("hostile", ["Dortmund, " * 20_000, "((((" * 30_000, "1" * 100_000, " / " * 50_000], ids=len)
def test_hostile_free_text_costs_less_than_50_ms(hostile: str) -> None:
    places.resolve((), "Dortmund")  # tables are read once
    start = process_time()
    places.resolve((), hostile)

    assert process_time() - start < 0.05


@pytest.mark.parametrize("row", quality.read(quality.OURS), ids=lambda row: row["text"])
def test_every_place_of_our_table(row: dict[str, str]) -> None:
    assert quality.found(row["text"]) == (row["city"], row["km"])


@pytest.mark.parametrize(
    ("text", "radius_km", "inside"),
    [
        ("Ruhrgebiet", 10, True), ("Kreis Unna", 10, True), ("Münsterland", 10, True), ("Rhein-Main", 100, False),
        ("Sauerland", 10, True), ("bundesweit", 50, None), ("Remote", 50, None),
    ],
)  # fmt: skip
def test_region_is_inside_where_the_circles_meet(text: str, radius_km: float, inside: bool | None) -> None:
    (place,) = places.resolve((), text)

    assert (place.lat, places.is_inside(place, DORTMUND, radius_km)) == (None, inside)


@pytest.mark.parametrize(
    ("city", "postal_code", "state"),
    [
        ("Hagen", "58095", "Nordrhein-Westfalen"),
        ("Hagen", "49170", None),
        ("Essen", "49632", None),
        ("Essen", "45127", "Nordrhein-Westfalen"),
        ("Münster", "64839", "Hessen"),
        ("Hamm", "20537", "Hamburg"),
        ("Essen", "00000", None),
    ],
)
def test_postal_code_decides_between_namesakes_where_its_region_tells(
    city: str, postal_code: str, state: str | None
) -> None:
    (found,) = places.resolve((Place(city=city, postal_code=postal_code),), None)

    assert found.state == state
