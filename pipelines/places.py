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
_CODE = re.compile(r"(?:DE?[- ]{1,3})?([0-9]{5})(?![0-9])")
_CODE_BEHIND = re.compile(r"(.{2,60}) (?:DE?-)?([0-9]{5})")
_SEVERAL = re.compile(r";|\||\n| / | & | \+ |\b(?:und|oder|and|or|sowie)\b")
_PARTS = re.compile(r",| - | – |/|\(|\)| · ")
# im Norden is no town, though Norden is; a village in Kreis Gifhorn, or bei München, is not that town
_BEARING = re.compile(r"(?:im|am|den|dem|der|vom|zum|bei|(?:land)?kreis|lkr\.?|lk|region)", re.IGNORECASE)
# Standort: Dortmund; Großraum Dortmund, as near to Dortmund as Dortmund
_BEFORE = re.compile(
    r"(?:(?:stand|einsatz|arbeits|dienst)?ort *:?|location *:?|(?:in der )?nähe(?: von)?|(?:im )?umkreis(?: von)?"
    r"|(?:im )?(?:gro(?:ß|ss))?raum|in|bei|nahe) +",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"([^/(),;]{2,30}?) ?[/(,] ?([^/(),;]{3,20})\)?")
_NEAR = re.compile(r"([^,;|/]{2,40}?) (?:bei|b\.|nahe) ([^,;|/]{2,40})")  # one village, no list
_IN_DISTRICT = re.compile(r"[^,;|/]{2,40}, ([^,;|/]{2,60})")
_LINKS = (" ({})", " am {}", " an der {}", " im {}", " in der {}", " in {}")
_DISTRICT = re.compile(
    r"(?:landkreis|lkr\.?|lk|kreis|region|st(?:ä|ae)dteregion|metropolregion|regierungsbezirk) +(.{1,60})",
    re.IGNORECASE,
)
LEAST = 5_000  # inhabitants of a town, at least
LONGEST = 200  # characters of a place's free text that are read
BOROUGH_KM = 9.5  # the centre of a borough from that of its town, at most
CODE_KM = 30  # a postal code's centre from its town's, at most; further apart, one of the two is wrong
DISTRICT_KM = 50  # radius of a Kreis around the town it is named after, so that all of it lies inside
VILLAGE_KM = 30  # a village from the town it is said to be near, at most
STATE_KM = 30  # every spot of a state lies so near to one of its towns in places.csv
_Circle = tuple[float, float, float]  # latitude, longitude, radius in km
_EARTH_KM = 6371.0088  # mean radius (IUGG)


@dataclass(frozen=True, slots=True)
class Town:
    """A German town; coordinates in degrees. Source: data/tables/places.csv; around Dortmund postal_codes.csv too."""

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
    for area in _areas().values():  # municipalities of many villages, none of which has their name: Finnentrop, Ense
        name = fold(_EPITHET.split(area.name)[0])
        if name not in found:
            found[name] = [replace(area, population=LEAST)]
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
        storable = text.strip()[:LONGEST].replace("\0", "").encode("utf-8", "replace").decode("utf-8")
        return _of_text(storable)
    return tuple(each for stated in places[:50] for each in _of_place(stated))[:50]


@functools.lru_cache(maxsize=4096)
def _of_text(text: str) -> tuple[Place, ...]:
    return _of_place(Place(city=text))


def _of_place(place: Place) -> tuple[Place, ...]:
    if place.lat is not None:
        return (place,)
    if any(value and len(value) > LONGEST for value in (place.city, place.postal_code, place.state, place.country)):
        return _of_new_place(place)  # not to be kept: it may be of any length
    return _of_known_place(place)


def _of_new_place(place: Place) -> tuple[Place, ...]:
    return tuple(_located(each) for each in _read(place))


_of_known_place = functools.lru_cache(maxsize=4096)(_of_new_place)


def _read(place: Place) -> list[Place]:
    """Return what a place's free text says; the place itself when its town is plain or nothing in it is known."""
    if not place.city or not place.city.strip() or _region(place.city) is not None:
        return [place]
    if known := towns(place.city):
        name, comma, _ = place.city.partition(",")
        return [replace(place, city=name.strip(), state=known[0].state) if comma else place]
    stated = _spelled_out(place.city[:LONGEST])
    if stated != place.city and towns(stated):
        return [replace(place, city=stated)]
    parts = [_written(part) for part in _SEVERAL.split(stated) if part.strip()]
    if any(each is None for each in parts):
        parts = list(_listed(stated)) or [_written(stated)]
    found = [
        replace(each, state=each.state or place.state, country=each.country or place.country,
                postal_code=each.postal_code or place.postal_code)
        for each in parts if each is not None and each != Place()
    ]  # fmt: skip
    if not any(_is_known(each) for each in found) and (inside := _with_borough(stated, place)):
        found = [replace(inside, country=place.country, postal_code=inside.postal_code or place.postal_code)]
    *others, last = stated.split() or [""]
    if not found and towns(last) and not _BEARING.fullmatch(others[-1] if others else ""):
        found = [replace(place, city=last)]  # Betriebshof Kamen, Klinikum Dortmund
    return found or [place]


def _is_known(place: Place) -> bool:
    return bool(
        place.city and (towns(place.city) or _region(place.city) is not None or place.lat is not None or place.country)
    )


def _spelled_out(text: str) -> str:
    """Write out what towns' names shorten: Frankfurt a.M., Neustadt a.d. Weinstraße, Bad Homburg v.d.H."""
    text = text.strip(' "„“')
    if before := _BEFORE.match(text):
        text = text[before.end() :]
    if (near := _NEAR.fullmatch(text)) and towns(near[1]):
        text = near[1]  # Haar bei München is Haar
    for short, whole in _SHORT:
        text = short.sub(whole, text)
    beside = _BESIDE.fullmatch(text)
    if beside and fold(beside[2]) not in _words():  # Halle/Saale, Neustadt (Weinstraße)
        names = (beside[1] + link.format(beside[2]) for link in _LINKS)
        text = next((name for name in names if towns(name)), text)
    return text


_SHORT = (
    (re.compile(r"\bSt\. (?=[A-ZÄÖÜ])"), "Sankt "),
    (re.compile(r" a\. ?M\.?(?:ain)?(?![\w.])|/Main\b| \(Main\)"), " am Main"),
    (re.compile(r" v\. ?d\. ?H(?:öhe|\.)?"), " vor der Höhe"),
    (re.compile(r" a\. ?d\. ?(?=[A-ZÄÖÜ])"), " an der "),
    (re.compile(r" i\. ?Westf(?:alen|\.)?"), ", Westfalen"),
    (re.compile(r" (NRW|Westf\.|Westfalen|Bayern|Hessen|Sachsen|Thüringen|Niedersachsen)$"), r", \1"),
)


def _listed(text: str) -> Iterator[Place]:
    """Yield the towns of a mere list: Dortmund, Bochum, Wien; nothing when fewer than two of them are German towns.

    State, country and home office beside them belong to none of them in particular.
    """
    parts = (part.strip(" .()") for several in _SEVERAL.split(text) for part in _PARTS.split(several))
    words = [(part, *_words().get(fold(part), ("", ""))) for part in parts if part]
    names = [
        means if kind == "town" and not towns(part) else part
        for part, kind, means in words
        if kind in ("", "plate", "town") and _region(part) is None
    ]
    if sum(bool(towns(name)) for name in names) > 1 and not any(re.search("[0-9]", name) for name in names):
        yield from (Place(city=name) for name in dict.fromkeys(names))


def _with_borough(text: str, beside: Place) -> Place | None:
    """Read Dortmund-Hörde, 44263 Dortmund Hörde: the town, with the borough's coordinates where it is known.

    A hyphen behind a town's name is enough; a blank needs a borough that lies in the town.
    """
    code = _CODE.match(text.strip())
    bare = text.strip()[code.end() :].strip() if code else text.strip()
    stated = replace(beside, city=None, postal_code=code[1] if code else beside.postal_code)
    for sign in ("-", " - ", " / ", " "):
        written, _, borough = (part.strip(" -/") for part in bare.partition(sign))
        town = _plate(written) if sign == "-" else written
        if not borough or not towns(town):
            continue
        if part := _borough(borough, town):
            return _in_borough(part, replace(stated, city=town))
        if (sign == "-" and town == written) or fold(borough) in _QUARTERS:
            return replace(stated, city=town)
    return None


_QUARTERS = frozenset({"city", "innenstadt", "mitte", "nord", "ost", "sued", "west", "zentrum", "stadt", "stadtmitte"})


def _plate(written: str) -> str:
    """Return the town of a number plate (DO-Hörde), anything else as it is."""
    kind, means = _words().get(fold(written), ("", ""))
    return means if kind == "plate" and written.isupper() else written


def _borough(name: str, town: str) -> Town | None:
    """Return the borough of this name in the town, named after the town: its coordinates are the borough's."""
    for part in _boroughs().get(fold(name), ()):
        if fold(part.name) == fold(_EPITHET.split(town)[0]):
            return part
    for each in towns(town):
        for part in towns(name):
            if _is_borough(part, each):
                return replace(part, name=each.name)
    return None


def _in_borough(part: Town, place: Place) -> Place:
    """Return the place at its borough; without coordinates where state or postal code speak against it."""
    state = _state(place)
    if (state and state != part.state) or not _fits(part, _postal_code(place)):
        return place
    return replace(place, state=place.state or part.state, lat=part.lat, lon=part.lon)


def _at_borough(place: Place) -> Place:
    """Read Hombruch alone, and 44309 Brackel: the town, at the borough; the place itself where another may be meant."""
    code = _postal_code(place)
    area = _areas().get(code or "")
    for part in _boroughs().get(fold(place.city or ""), ()):
        told = area.name == part.name if area else not code and fold(place.city or "") not in _not_alone()
        if told and _state(place) in (None, part.state):
            return _in_borough(part, replace(place, city=part.name))
    return place


@functools.cache
def _boroughs() -> dict[str, list[Town]]:
    """Return the boroughs by their names, as towns that bear the town's name and the borough's coordinates."""
    found: dict[str, list[Town]] = {}
    for row in rows("boroughs.csv"):
        part = Town(row["town"], row["state"], float(row["lat"]), float(row["lon"]))
        found.setdefault(fold(row["borough"]), []).append(part)
    return found


@functools.cache
def _not_alone() -> frozenset[str]:
    return frozenset(fold(row["borough"]) for row in rows("boroughs.csv") if not row["alone"])


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
    beside = unknown or found.get("beside_town")
    if cities and beside and (part := _borough(beside, cities[0])):
        return _in_borough(part, _stated(cities[0], found))
    if cities:  # Musterstraße 12, 44135 Dortmund may hold a street
        return None if unknown and "postal_code" not in found else _stated(cities[0], found)
    name = found.get("beside_code", unknown)
    if name and (inside := _with_borough(name, _stated(None, found))):
        return inside
    if unknown and "country" not in found:
        return None
    return _stated(found.get("region") or name, found)  # name: a village, or a town abroad


def _stated(city: str | None, found: dict[str, str]) -> Place:
    return Place(
        city=city, postal_code=found.get("postal_code"), state=found.get("state"), country=found.get("country")
    )


def _take(bare: str, cities: list[str], found: dict[str, str]) -> None:
    """Take one part of a written place for what it is."""
    code = _CODE.match(bare)
    if code:
        found["postal_code"], bare = code[1], bare[code.end() :].strip()
    elif (behind := _CODE_BEHIND.fullmatch(bare)) and towns(behind[1]):
        bare, found["postal_code"] = behind[1], behind[2]
    kind, means = _words().get(fold(bare), ("", "")) if bare else ("nothing", "")
    if kind == "town" or (not kind and towns(bare)):
        if fold(means or bare) not in map(fold, cities):  # Berlin, Berlin, Germany
            cities.append(means or bare)
    elif kind in ("state", "country"):
        found.setdefault(kind, means)
    elif kind != "nothing":
        found.setdefault(_unknown(bare, bool(code), bool(cities), "country" in found), bare)


def _unknown(bare: str, has_code: bool, has_city: bool, has_country: bool) -> str:
    """Say what a name that is neither town, state nor country may be by what stands beside it."""
    if _region(bare) is not None:
        return "region"
    if has_code:
        return "beside_code"  # 44263 Dortmund-Hörde, 12345 Kleindorf
    return "beside_town" if has_city else "beside_country" if has_country else "unknown"


def _borough_and_town(cities: list[str], found: dict[str, str]) -> Place | None:
    """Read Hörde, Dortmund: the larger is the town, the smaller a part of it; None for two towns."""
    pairs = [(a, b) for a in towns(cities[0]) for b in towns(cities[1])] if len(cities) == 2 else []
    for one, other in pairs:
        for part, town, name in ((one, other, cities[1]), (other, one, cities[0])):
            if _is_borough(part, town):
                return _in_borough(part, _stated(name, found))
    return None


@functools.cache
def _regions() -> dict[str, list[_Circle]]:
    """Return the circles of the regions by their names; none for the whole country, and for no place at all."""
    return {
        fold(row["region"]): [(float(row["lat"]), float(row["lon"]), float(row["radius_km"]))]
        if row["kind"] == "region"
        else []
        for row in rows("regions.csv")
    }


def _region(text: str) -> list[_Circle] | None:
    """Return where a region may be; None when the text names none.

    >>> _region("Kreis Unna"), _region("Landkreis Osnabrück"), _region("bundesweit"), _region("Unna")
    ([(51.57, 7.65, 22.0)], [(52.27264, 8.0498, 50)], [], None)
    """
    bare = text[:100].strip(" .()")
    if (known := _regions().get(fold(bare))) is not None:
        return known
    if district := _DISTRICT.fullmatch(bare):
        if known := _regions().get(fold(f"kreis {district[1]}")):
            return known
        return [(each.lat, each.lon, DISTRICT_KM) for each in towns(district[1])] or None
    return None


def _around(text: str) -> list[_Circle] | None:
    """Return where a village may be: Weyhausen, Kreis Gifhorn; Oberhaching bei München."""
    if district := _IN_DISTRICT.fullmatch(text):
        return _region(district[1])
    if near := _NEAR.fullmatch(text):
        return [(each.lat, each.lon, VILLAGE_KM) for each in towns(near[2])] or None
    return None


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

    True: some town of its name does, or its region meets the circle; which spot is meant, nobody knows.
    None: no town of its name is known, its postal code contradicts it, or it is the whole country or no place at all.
    """
    if not _is_german(place):
        return False
    circles = _region(place.city) if place.city else None
    if place.city and circles is None:
        circles = _around(place.city[:LONGEST])
    if circles:
        return any(distance_km(*centre, lat, lon) <= radius_km + reach for lat, lon, reach in circles)
    if circles is not None:
        return None
    spots = _namesakes(place)
    if not spots and _area(place):
        spots = [_areas()[_postal_code(place) or ""], *(towns(place.city) if place.city else ())]
        inside = {distance_km(*centre, each.lat, each.lon) <= radius_km for each in spots}
        return inside.pop() if len(inside) == 1 else None  # code and town disagree: only what is so for both
    if any(distance_km(*centre, each.lat, each.lon) <= radius_km for each in spots):
        return True
    if spots:
        return None if _may_be_a_village(place, spots) else False
    return _is_state_inside(place, centre, radius_km)


def _is_state_inside(place: Place, centre: tuple[float, float], radius_km: float) -> bool | None:
    """Say what follows from the state alone: False when all of it is too far; True when a place is no more than it."""
    code = _postal_code(place)
    state = _state(place)
    states = frozenset({state}) if state else _states_of(code) if code else frozenset()
    nearest_km = min((_km_to_state(each, centre) for each in states), default=None)
    if nearest_km is None:
        return None
    if place.city or code:
        return False if nearest_km > radius_km + STATE_KM else None
    return True if nearest_km <= radius_km else None


@functools.lru_cache(maxsize=256)
def _km_to_state(state: str, centre: tuple[float, float]) -> float:
    found = (each for named in _towns().values() for each in named if each.state == state)
    return min((distance_km(*centre, each.lat, each.lon) for each in found), default=math.inf)


def _is_german(place: Place) -> bool:
    if place.country is None:
        return True
    return _words().get(fold(place.country), ("country", ""))[1] == "Deutschland"


def _namesakes(place: Place) -> list[Town]:
    """Return the towns that a place may be; a state counts where it is one ("NRW", not "Europe"), a code by its area.

    A code that no area of Germany has counts for nothing.
    """
    found = towns(place.city) if place.city else []
    if place.state and (state := _state(place)):
        found = [each for each in found if each.state == state]
    if place.postal_code and (code := _postal_code(place)):
        found = [each for each in found if _fits(each, code)]
    return found


def _state(place: Place) -> str | None:
    kind, means = _words().get(fold(place.state), ("", "")) if place.state else ("", "")
    return means if kind == "state" else None


def _postal_code(place: Place) -> str | None:
    code = _CODE.fullmatch(place.postal_code.strip()) if place.postal_code else None
    return code[1] if code and (code[1] in _areas() or _states_of(code[1])) else None


def _fits(town: Town, postal_code: str | None) -> bool:
    """Say whether a postal code may be this town's: by its area, else by the first two digits of codes there."""
    if not postal_code:
        return True
    if area := _areas().get(postal_code):
        return distance_km(town.lat, town.lon, area.lat, area.lon) <= CODE_KM
    if digits := _digits_of_towns().get((fold(_EPITHET.split(town.name)[0]), town.state)):
        return postal_code[:2] in digits
    possible = _states_of(postal_code)
    return not possible or town.state in possible


@functools.cache
def _areas() -> dict[str, Town]:
    """Return the delivery areas by their postal codes, each as the town it belongs to, with its own coordinates."""
    return {
        row["postal_code"]: Town(row["place"], row["state"], float(row["lat"]), float(row["lon"]))
        for row in rows("postal_codes.csv")
    }


@functools.cache
def _digits_of_towns() -> dict[tuple[str, str], frozenset[str]]:
    """Return the first two digits of a town's postal codes: a village of its name in the same state has others."""
    found: dict[tuple[str, str], set[str]] = {}
    for code, area in _areas().items():
        found.setdefault((fold(_EPITHET.split(area.name)[0]), area.state), set()).add(code[:2])
    return {town: frozenset(digits) for town, digits in found.items()}


def _states_of(postal_code: str) -> frozenset[str]:
    """Return the states that a postal code may lie in; none when its first digits are not known."""
    return _postal_regions().get(postal_code[:2], frozenset())


@functools.cache
def _postal_regions() -> dict[str, frozenset[str]]:
    return {row["digits"]: frozenset(row["states"].split("|")) for row in rows("postal_regions.csv")}


def _area(place: Place) -> Town | None:
    """Return the delivery area of a place's postal code, unless a state that is not the code's is stated."""
    area = _areas().get(_postal_code(place) or "")
    return area if area and (not place.state or _state(place) == area.state) else None


def _may_be_a_village(place: Place, found: list[Town]) -> bool:
    """Say whether the town found is a mere borough whose bare name is also another place's (Brackel)."""
    if place.state or place.postal_code or fold(place.city or "") not in _not_alone():
        return False
    parts = _boroughs()[fold(place.city or "")]
    return all(any(distance_km(part.lat, part.lon, each.lat, each.lon) < 1 for part in parts) for each in found)


def _located(place: Place) -> Place:
    """Return the place with coordinates: its own, else its postal code's, else those of the only town of its name."""
    if place.lat is not None or not _is_german(place) or (place.city and _region(place.city) is not None):
        return place
    place = _at_borough(place)
    if place.lat is not None:
        return place
    found = _namesakes(place)
    area = _area(place)
    if area and (found or not place.city or not towns(place.city)):
        spot = area
    elif len(found) == 1 and not _may_be_a_village(place, found):  # never a guess between namesakes
        spot = found[0]
    else:
        return place
    return replace(place, city=place.city or spot.name, state=place.state or spot.state, lat=spot.lat, lon=spot.lon)


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
