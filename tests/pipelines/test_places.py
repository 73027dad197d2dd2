import subprocess
import sys

import pytest

from pipelines import places
from pipelines.items import Place
from pipelines.reference import rows
from tests.quality import places as quality
from tests.stopwatch import least, within

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
        Place(city="Dortmund", postal_code="44135", country="Österreich"),
        Place(city="Köln", postal_code="44135"),
        Place(city="Dortmund", postal_code="44135", state="Bayern"),
        Place(city="Dortmund", postal_code="99084"),
        Place(city="Essen", postal_code="00000"),
        Place(city="Ostdorf", postal_code="44135", state="OH"),
        Place(city="Ostdorf", postal_code="99084"),
        Place(postal_code="99084"),
        Place(city="Brackel"),
        Place(city="Hombruch", state="Bayern"),
        Place(city="Kreis Unna", postal_code="59423"),
        Place(city="Ruhrgebiet", state="NRW"),
        Place(),
    ],
    ids=[
        "namesakes",
        "namesakes in Germany",
        "in no such state",
        "unknown",
        "abroad",
        "a German code abroad",
        "a code 70 km off",
        "a code of another state",
        "a code outside the table, of another state",
        "no code of Germany",
        "a state that is none",
        "a village outside the table",
        "a code outside the table",
        "a borough or a village",
        "a borough elsewhere",
        "a Kreis with a code",
        "a region",
        "nothing",
    ],
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
    assert places.resolve((Place(city="Nirgendwo"),), "Berlin") == (Place(city="Nirgendwo"),)


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
    with within(0.05):
        places.resolve((), hostile)


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
    assert (found.lat, found.lon) == (51.4535, 7.0102)


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
    with within(0.05):
        places.resolve((), hostile)


@pytest.mark.parametrize("row", quality.read(quality.OURS), ids=lambda row: row["text"])
def test_every_place_of_our_table(row: dict[str, str]) -> None:
    assert quality.found(row) == (row["city"], row["km"])


@pytest.mark.parametrize(
    ("text", "radius_km", "inside"),
    [
        ("Ruhrgebiet", 10, True), ("Kreis Unna", 10, True), ("Münsterland", 10, True), ("Rhein-Main", 100, False),
        ("Sauerland", 10, True), ("bundesweit", 50, None), ("Remote", 50, None), ("Region Hannover", 50, False),
        ("Region Hannover", 150, True), ("Landkreis Unna", 10, True), ("Landkreis Osnabrück", 30, False),
        ("Kreis Recklinghausen", 10, True), ("Rhein-Ruhr", 10, True), ("NRW", 10, True), ("Bayern", 50, None),
        ("Germany", 50, None), ("DACH", 50, None), ("deutschlandweit", 50, None), ("Homeoffice", 50, None),
        ("Hagen, Schleswig-Holstein", 50, False), ("24576 Hagen", 50, False), ("99084 Ostdorf", 50, False),
        ("Brackel", 50, True), ("44135 Köln", 50, None), ("44135 Köln", 100, True), ("44135 Köln", 1, None),
        ("Region Mitte", 50, None), ("Weyhausen, Kreis Gifhorn", 50, False), ("Overberge, Kreis Unna", 50, True),
        ("Dornach bei München", 50, False), ("Kleindorf bei Dortmund", 50, True),
        ("Büro, Kleindorf bei Köln, Ostdorf bei München", 50, None),
    ],
)  # fmt: skip
def test_region_is_inside_where_the_circles_meet(text: str, radius_km: float, inside: bool | None) -> None:
    (place,) = places.resolve((), text)

    assert (place.lat, places.is_inside(place, DORTMUND, radius_km)) == (None, inside)


@pytest.mark.parametrize(
    ("city", "postal_code", "state"),
    [
        ("Hagen", "58095", "Nordrhein-Westfalen"),
        ("Hagen", "49170", "Niedersachsen"),
        ("Hagen", "24576", None),
        ("Essen", "49632", "Niedersachsen"),
        ("Hamm", "57577", None),
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


def test_borough_that_is_also_a_village_is_not_surely_outside() -> None:
    assert places.is_inside(Place(city="Brackel"), (53.55, 9.99), 60) is None


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("44263 Dortmund-Hörde", Place(city="Dortmund", postal_code="44263", state="Nordrhein-Westfalen",
                                       lat=51.48371, lon=7.5003)),
        ("44263", Place(city="Dortmund", postal_code="44263", state="Nordrhein-Westfalen", lat=51.4847, lon=7.4996)),
        ("Lünen 44532", Place(city="Lünen", postal_code="44532", state="Nordrhein-Westfalen", lat=51.6067, lon=7.5241)),
        ("44001 Dortmund", Place(city="Dortmund", postal_code="44001", state="Nordrhein-Westfalen",
                                 lat=51.51494, lon=7.466)),
        ("Hombruch", Place(city="Dortmund", state="Nordrhein-Westfalen", lat=51.4731, lon=7.44132)),
        ("DO-Unbekannt", Place(city="DO-Unbekannt")),
        ("80331 Dortmund-Hörde", Place(city="Dortmund", postal_code="80331")),
    ],
    ids=["borough before code", "code alone", "code behind", "a PO box", "bare borough", "a plate needs a borough",
         "code against borough"],
)  # fmt: skip
def test_coordinates_are_the_boroughs_else_the_codes_else_the_towns(written: str, place: Place) -> None:
    assert places.resolve((), written) == (place,)


def test_stated_coordinates_outweigh_code_and_borough() -> None:
    stated = Place(city="Hombruch", postal_code="44263", lat=51.5, lon=7.4)

    assert places.resolve((stated,), None) == (stated,)


@pytest.mark.parametrize(
    "hostile",
    ["Kreis " * 20_000, "(" * 100_000, "Dortmund-" * 11_000, "44135 " * 16_000, "Standort: " * 10_000, "D-" * 50_000],
    ids=["Kreis", "brackets", "boroughs", "codes", "headings", "hyphens"],
)
def test_hostile_structured_town_costs_less_than_50_ms(hostile: str) -> None:
    places.resolve((), "44263 Dortmund-Hörde")  # tables are read once
    place = Place(city=hostile, postal_code=hostile, state=hostile)
    with within(0.05):
        places.resolve((place,), None)
        places.is_inside(place, DORTMUND, 50)


def test_no_table_is_read_on_import() -> None:
    code = "from pipelines import places, reference; print(reference.rows.cache_info().currsize)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"0\n"


@pytest.mark.parametrize("stated", [(), (Place(city="Dortmund"),)], ids=["text", "structured"])
def test_plain_town_costs_less_than_5_microseconds_once_read(stated: tuple[Place, ...]) -> None:
    least(lambda: [places.resolve(stated, "Dortmund") for _ in range(1000)], 0.005)


def test_tables_of_codes_and_boroughs_lie_where_they_say() -> None:
    codes, boroughs = rows("postal_codes.csv"), rows("boroughs.csv")
    far = [
        row for row in boroughs
        if not any(places.distance_km(float(row["lat"]), float(row["lon"]), town.lat, town.lon) < 15
                   for town in places.towns(f"{row['town']}, {row['state']}"))
    ]  # fmt: skip

    assert (len(codes), len({row["postal_code"] for row in codes}), far) == (423, 423, [])
    assert sum(row["place"] == "Dortmund" for row in codes) == 27
    assert all(places.distance_km(*DORTMUND, float(row["lat"]), float(row["lon"])) < 61 for row in codes)


def test_long_text_is_not_kept_in_memory() -> None:
    kept = places._of_known_place.cache_info().currsize
    places.resolve((Place(city="Dortmund " * 10_000), Place(city="Dortmund", state="x" * 100_000)), None)

    assert places._of_known_place.cache_info().currsize == kept
