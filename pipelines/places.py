"""Where the work is: towns, coordinates, distances."""

import functools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.items import Place
from pipelines.reference import rows
from pipelines.spelling import fold

_EPITHET = re.compile(r" \(| an der | am | im | in | bei | ob der | vor der ")
_CODE = re.compile(r"(?:D-|DE-)?([0-9]{5})(?![0-9])")
_SEVERAL = re.compile(r";|\||\n| / |\b(?:und|oder|and|or)\b")
_PARTS = re.compile(r",| - | – |/|\(|\)| · ")
_BEARING = re.compile(r"(?:im|am|den|dem|der|vom|zum)", re.IGNORECASE)  # im Norden is no town, though Norden is
BOROUGH_KM = 9.5  # the centre of a borough from that of its town, at most
_EARTH_KM = 6371.0088  # mean radius (IUGG)


@dataclass(frozen=True, slots=True)
class Town:
    """A German town; coordinates in degrees. Source: data/tables/places.csv."""

    name: str
    state: str
    lat: float
    lon: float
    population: int = 0


@functools.cache
def _towns() -> dict[str, list[Town]]:
    found: dict[str, list[Town]] = {}
    aliases: dict[str, list[str]] = {}
    for row in rows("place_words.csv"):
        if row["kind"] == "alias":
            aliases.setdefault(row["means"], []).append(fold(row["word"]))
    for row in rows("places.csv"):
        town = Town(row["name"], row["state"], float(row["lat"]), float(row["lon"]), int(row["population"]))
        # Under its short name too: Halle may be Halle (Saale), Frankfurt lies on two rivers.
        for name in {fold(town.name), fold(_EPITHET.split(town.name)[0]), *aliases.get(row["geonameid"], ())}:
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
        storable = text[:300].replace("\0", "").encode("utf-8", "replace").decode("utf-8")
        places = (Place(city=storable.strip()[:200]),)
    return tuple(_located(each) for stated in places[:50] for each in _read(stated))[:50]


def _read(place: Place) -> list[Place]:
    """Return what a place's free text says; the place itself when its town is plain or nothing in it is known."""
    if not place.city or not place.city.strip() or place.lat is not None or _region(place.city):
        return [place]
    if known := towns(place.city):
        name, comma, _ = place.city.partition(",")
        return [replace(place, city=name.strip(), state=known[0].state) if comma else place]
    stated = _spelled_out(place.city[:200])
    parts = [_written(part) for part in _SEVERAL.split(stated) if part.strip()]
    if any(each is None for each in parts):
        parts = [_written(stated)]
    if parts == [None]:
        parts = list(_listed(stated))
    found = [
        replace(each, state=each.state or place.state, country=each.country or place.country,
                postal_code=each.postal_code or place.postal_code)
        for each in parts if each is not None and each != Place()
    ]  # fmt: skip
    is_known = any(each.city and (towns(each.city) or each.lat is not None or each.country) for each in found)
    if not is_known and (inside := _with_borough(stated)):
        found = [replace(inside, country=place.country, postal_code=inside.postal_code or place.postal_code)]
    *others, last = stated.split() or [""]
    if not found and towns(last) and not _BEARING.fullmatch(others[-1] if others else ""):
        found = [replace(place, city=last)]  # Betriebshof Kamen, Klinikum Dortmund
    return found or [place]


def _spelled_out(text: str) -> str:
    """Write out what towns' names shorten: Frankfurt a.M., Neustadt a.d. Weinstraße, Bad Homburg v.d.H."""
    for short, whole in _SHORT:
        text = short.sub(whole, text)
    return text


_SHORT = (
    (re.compile(r" a\. ?M\.?(?:ain)?(?![\w.])|/Main\b"), " am Main"),
    (re.compile(r" v\. ?d\. ?H(?:öhe|\.)?"), " vor der Höhe"),
    (re.compile(r" a\. ?d\. ?(?=[A-ZÄÖÜ])"), " an der "),
    (re.compile(r" i\. ?Westf(?:alen|\.)?"), ", Westfalen"),
    (re.compile(r" (NRW|Westf\.|Westfalen|Bayern|Hessen|Sachsen|Thüringen|Niedersachsen)$"), r", \1"),
)


def _listed(text: str) -> Iterator[Place]:
    """Yield the towns of a mere list: Dortmund, Bochum, Unna; nothing when a part of it is something else."""
    names = [part.strip(" .()") for part in _PARTS.split(text) if part.strip(" .()")]
    if len(names) > 1 and all(towns(name) for name in names):
        yield from (Place(city=name) for name in names)


def _with_borough(text: str) -> Place | None:
    """Read Dortmund-Hörde, 44263 Dortmund Hörde: the town, with the borough's coordinates where it is known.

    A hyphen behind a town's name is enough; a blank needs a borough that lies in the town.
    """
    code = _CODE.match(text.strip())
    bare = text.strip()[code.end() :].strip() if code else text.strip()
    for sign in ("-", " - ", " / ", " "):
        town, found, borough = bare.partition(sign)
        town, borough = town.strip(" -/"), borough.strip(" -/")
        known = towns(town) if found else []
        if not known or not borough or town == bare:
            continue
        for each in known:
            for part in towns(borough):
                if _is_borough(part, each):
                    return Place(city=town, postal_code=code and code[1], state=each.state, lat=part.lat, lon=part.lon)
        if sign == "-":
            return Place(city=town, postal_code=code and code[1])
    return None


def _is_borough(part: Town, of: Town) -> bool:
    """Say whether a small place lies so near a much larger one that it is a part of it (GeoNames lists both)."""
    near = part.state == of.state and distance_km(part.lat, part.lon, of.lat, of.lon) <= BOROUGH_KM
    return near and 4 * part.population <= of.population


def _written(text: str) -> Place | None:
    """Read one place word by word: postal code, town, state, country; None when a part of it is not known.

    >>> _written("Dortmund, NW, DE, 44137")
    Place(city='Dortmund', postal_code='44137', state='Nordrhein-Westfalen', country='Deutschland', lat=None, lon=None)
    """
    cities: list[str] = []
    found: dict[str, str] = {}
    for part in _PARTS.split(text):
        _take(part.strip(" .()"), cities, found)
    if len(cities) > 1:
        return _borough_and_town(cities, found)
    unknown = found.pop("unknown", None)
    if unknown and (cities or "country" not in found):
        return None
    city = next(iter(cities), found.pop("beside_code", unknown))  # unknown: a town abroad
    return Place(
        city=city, postal_code=found.get("postal_code"), state=found.get("state"), country=found.get("country")
    )


def _take(bare: str, cities: list[str], found: dict[str, str]) -> None:
    """Take one part of a written place for what it is."""
    code = _CODE.match(bare)
    if code:
        found["postal_code"], bare = code[1], bare[code.end() :].strip()
    kind, means = _words().get(fold(bare), ("", "")) if bare else ("nothing", "")
    if kind == "town" or (not kind and towns(bare)):
        cities.append(means or bare)
    elif kind in ("state", "country"):
        found.setdefault(kind, means)
    elif kind != "nothing" and code:
        found["beside_code"] = bare  # 44263 Dortmund-Hörde, 12345 Kleindorf
    elif kind != "nothing" and not cities and "country" not in found:
        found.setdefault("unknown", bare)


def _borough_and_town(cities: list[str], found: dict[str, str]) -> Place | None:
    """Read Hörde, Dortmund: the larger is the town, the smaller a part of it; None for two towns."""
    pairs = [(a, b) for a in towns(cities[0]) for b in towns(cities[1])] if len(cities) == 2 else []
    for one, other in pairs:
        for part, town, name in ((one, other, cities[1]), (other, one, cities[0])):
            if _is_borough(part, town):
                return Place(
                    city=name, postal_code=found.get("postal_code"), state=town.state, country=found.get("country"),
                    lat=part.lat, lon=part.lon,
                )  # fmt: skip
    return None


@functools.cache
def _regions() -> dict[str, tuple[float, float, float]]:
    return {
        fold(row["region"]): (float(row["lat"]), float(row["lon"]), float(row["radius_km"]))
        for row in rows("regions.csv")
    }


def _region(text: str) -> tuple[float, float, float] | None:
    return _regions().get(fold(text.strip(" .()")))


@functools.cache
def _words() -> dict[str, tuple[str, str]]:
    words = {
        fold(row["word"]): (row["kind"], row["means"]) for row in rows("place_words.csv") if row["kind"] != "alias"
    }
    return words | {
        fold(row["state"]): ("state", row["state"]) for row in rows("places.csv") if not towns(row["state"])
    }


def is_inside(place: Place, centre: tuple[float, float], radius_km: float) -> bool | None:
    """Say whether a place without coordinates lies in a circle: False for abroad and where no town of its name does.

    True: some town of its name does; which of them is meant, nobody knows. None: no town of its name is known.
    """
    if not _is_german(place):
        return False
    if place.city and (region := _region(place.city)):
        lat, lon, reach = region
        return distance_km(*centre, lat, lon) <= radius_km + reach if reach else None
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
    if kind == "state":
        return [each for each in found if each.state == state]
    if len(found) > 1 and place.postal_code and (possible := _states_of(place.postal_code)):
        return [each for each in found if each.state in possible]
    return found


def _states_of(postal_code: str) -> frozenset[str]:
    """Return the states that a postal code may lie in; none when its first digits are not known."""
    return _postal_regions().get(postal_code[:2], frozenset())


@functools.cache
def _postal_regions() -> dict[str, frozenset[str]]:
    return {row["digits"]: frozenset(row["states"].split("|")) for row in rows("postal_regions.csv")}


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
