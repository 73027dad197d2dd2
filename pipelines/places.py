"""Where the work is: towns, coordinates, distances."""

import functools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.items import Place
from pipelines.reference import rows
from pipelines.spelling import fold

_EPITHET = re.compile(r" \(| an der | am | im | in | bei | ob der | vor der ")
_CODE = re.compile(r"(?:D-|DE-)?([0-9]{5})(?![0-9])")
_SEVERAL = re.compile(r";|\||\n| / |\b(?:und|oder|and|or)\b")
_PARTS = re.compile(r",| - | – |/|\(|\)| · ")
_BEARING = re.compile(r"(?:im|am|den|dem|der|vom|zum)", re.IGNORECASE)  # im Norden is no town, though Norden is
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

    `text` is read only when the source gives no structured place. A town's field may hold free text too
    ("Dortmund, NRW, Germany", "44135 Dortmund", "Essen / Remote"): it is read word by word.
    """
    if not places and text:
        places = (Place(city=text.strip()[:200]),)
    return tuple(_located(each) for stated in places[:50] for each in _read(stated))[:50]


def _read(place: Place) -> list[Place]:
    """Return what a place's free text says; the place itself when its town is plain or nothing in it is known."""
    if not place.city or not place.city.strip() or place.lat is not None or towns(place.city):
        return [place]
    parts = [_written(part) for part in _SEVERAL.split(place.city[:200]) if part.strip()]
    if any(each is None for each in parts):
        parts = [_written(place.city)]
    found = [
        replace(each, state=each.state or place.state, country=each.country or place.country,
                postal_code=each.postal_code or place.postal_code)
        for each in parts if each is not None and each != Place()
    ]  # fmt: skip
    *others, last = place.city.split()
    if not found and towns(last) and not _BEARING.fullmatch(others[-1] if others else ""):
        found = [replace(place, city=last)]  # Betriebshof Kamen, Klinikum Dortmund
    return found or [place]


def _written(text: str) -> Place | None:
    """Read one place word by word: postal code, town, state, country; None when a part of it is not known.

    >>> _written("Dortmund, NW, DE, 44137")
    Place(city='Dortmund', postal_code='44137', state='Nordrhein-Westfalen', country='Deutschland', lat=None, lon=None)
    """
    found: dict[str, str] = {}
    for part in _PARTS.split(text):
        bare = part.strip(" .()")
        if match := _CODE.match(bare):
            found["postal_code"], bare = match[1], bare[match.end() :].strip()
        kind, means = _words().get(fold(bare), ("", "")) if bare else ("nothing", "")
        if kind == "town" or (not kind and towns(bare)):
            found.setdefault("city", means or bare)
        elif kind in ("state", "country"):
            found.setdefault(kind, means)
        elif kind != "nothing":
            known_place = "city" in found or "country" in found
            if not known_place and match is None:
                found.setdefault("unknown", bare)
    if "unknown" in found:
        if "city" in found or "country" not in found:
            return None
        found["city"] = found.pop("unknown")  # a town abroad
    return Place(
        city=found.get("city"), postal_code=found.get("postal_code"),
        state=found.get("state"), country=found.get("country"),
    )  # fmt: skip


@functools.cache
def _words() -> dict[str, tuple[str, str]]:
    words = {fold(row["word"]): (row["kind"], row["means"]) for row in rows("place_words.csv")}
    return words | {
        fold(row["state"]): ("state", row["state"]) for row in rows("places.csv") if not towns(row["state"])
    }


def is_inside(place: Place, centre: tuple[float, float], radius_km: float) -> bool | None:
    """Say whether a place without coordinates lies in a circle: False for abroad and where no town of its name does.

    True: some town of its name does; which of them is meant, nobody knows. None: no town of its name is known.
    """
    if not _is_german(place):
        return False
    found = _namesakes(place)
    return any(distance_km(*centre, each.lat, each.lon) <= radius_km for each in found) if found else None


def _is_german(place: Place) -> bool:
    if place.country is None:
        return True
    return _words().get(fold(place.country), ("country", ""))[1] == "Deutschland"


def _namesakes(place: Place) -> list[Town]:
    """Return the towns that a place may be; a state counts where it is one ("NRW", not "Europe")."""
    found = towns(place.city) if place.city else []
    kind, state = _words().get(fold(place.state), ("", "")) if place.state else ("", "")
    return [each for each in found if each.state == state] if kind == "state" else found


def _located(place: Place) -> Place:
    if place.lat is not None or not place.city or not _is_german(place):
        return place
    found = _namesakes(place)
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
