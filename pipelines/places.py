"""Where the work is: towns, coordinates, distances."""

import functools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.items import Place
from pipelines.reference import rows
from pipelines.spelling import fold

_GERMANY = (None, "Deutschland", "Germany", "DE")
_EPITHET = re.compile(r" \(| an der | am | im | in | bei | ob der | vor der ")
_CODE_AND_TOWN = re.compile(r"([0-9]{5}) +([^,]{2,60})")
_EARTH_KM = 6371.0088  # mean radius (IUGG)


@dataclass(frozen=True, slots=True)
class Town:
    """A German town; coordinates in degrees. Source: data/tables/places.csv."""

    name: str
    state: str
    lat: float
    lon: float


@functools.cache
def _towns() -> dict[str, list[Town]]:
    found: dict[str, list[Town]] = {}
    for row in rows("places.csv"):
        town = Town(row["name"], row["state"], float(row["lat"]), float(row["lon"]))
        # Under its short name too: Halle may be Halle (Saale), Frankfurt lies on two rivers.
        for name in {fold(town.name), fold(_EPITHET.split(town.name)[0])}:
            found.setdefault(name, []).append(town)
    return found


def towns(name: str) -> list[Town]:
    """Return the German towns of this name; `Name, State` picks among namesakes.

    >>> [town.state for town in towns("Essen")], [town.lat for town in towns("essen, niedersachsen")]
    (['Niedersachsen', 'Nordrhein-Westfalen'], [52.7228])
    """
    name, _, state = name.partition(",")
    found = _towns().get(fold(name.strip()), [])
    return [each for each in found if not state.strip() or fold(each.state) == fold(state.strip())]


def distance_km(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Return the great-circle distance in km.

    >>> round(distance_km(51.5149, 7.466, 50.9333, 6.95), 1)
    74.0
    """
    a, b = math.radians(lat), math.radians(to_lat)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(to_lon - lon) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, h)))


def resolve(places: Sequence[Place], text: str | None) -> tuple[Place, ...]:
    """Return the places of work with coordinates where they are stated or follow from a town's name alone.

    `text` is read only when the source gives no structured place.
    """
    if not places and text:
        places = (_written(text.strip()[:200]),)
    return tuple(_located(each) for each in places[:50])


def _written(text: str) -> Place:
    """Read `44135 Dortmund` and `Dortmund, Nordrhein-Westfalen`; anything else is the town's name as it stands."""
    if match := _CODE_AND_TOWN.fullmatch(text):
        return Place(postal_code=match[1], city=match[2])
    town, _, state = text.partition(",")
    if state and towns(text):
        return Place(city=town.strip(), state=state.strip())
    return Place(city=text or None)


def _located(place: Place) -> Place:
    if place.lat is not None or not place.city or place.country not in _GERMANY:
        return place
    found = towns(f"{place.city},{place.state or ''}")
    if len(found) != 1:  # never a guess between namesakes
        return place
    return Place(
        city=place.city, postal_code=place.postal_code, state=place.state or found[0].state,
        country=place.country, lat=found[0].lat, lon=found[0].lon,
    )  # fmt: skip


def nearest(places: Sequence[Place], centre: tuple[float, float] | None) -> tuple[Place | None, float | None]:
    """Return the place nearest to `centre` (lat, lon) and its distance in km, to 100 m.

    The first place, without a distance, when none has coordinates or there is no centre.
    """
    measured = [
        (distance_km(each.lat, each.lon, *centre), number)
        for number, each in enumerate(places)
        if centre and each.lat is not None and each.lon is not None
    ]
    if not measured:
        return (places[0] if places else None), None
    km, number = min(measured)
    return places[number], round(km, 1)
