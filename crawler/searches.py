"""Searches: which role, where."""

import re
from dataclasses import dataclass

from pipelines import places, titles
from pipelines.normalise import Wanted
from pipelines.spelling import fold


class SearchError(Exception):
    """A search cannot be understood; the message says what would be."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is wanted: a role (a file in data/tables/roles/), a German town, a radius in km."""

    role: str
    place: str
    radius_km: float = 50
    called: str = ""  # a name of its own; else one is made of place and role

    @property
    def name(self) -> str:
        """`dortmund_itleiter`; another radius than 50 km is another search, with its own history."""
        if self.called:
            return self.called
        role = re.sub("[^a-z0-9]", "", fold(self.role))
        place = re.sub("[^a-z0-9]+", "_", fold(self.place)).strip("_")
        return f"{place}_{role}" + (f"_{self.radius_km:g}km" if self.radius_km != 50 else "")

    def wanted(self) -> Wanted:
        """Return the role's table and the circle; raises SearchError for an unknown role, town or radius."""
        if self.called and not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", self.called):
            raise SearchError(f"called={self.called!r}: a name is made of small letters, digits and _ (40 at most)")
        if not 1 <= self.radius_km <= 200:
            raise SearchError(f"radius_km={self.radius_km:g} must lie between 1 and 200")
        try:
            role = titles.role(self.role)
        except ValueError as error:
            raise SearchError(str(error)) from error
        found = places.towns(self.place)
        if not found:
            raise SearchError(
                f"place={self.place!r} is not in data/tables/places.csv (German places of 5,000 and more)"
            )
        if len(found) > 1:
            choice = " or ".join(f'place="{each.name}, {each.state}"' for each in found)
            raise SearchError(f"there are several places called {self.place}: say {choice}")
        return Wanted(role, (found[0].lat, found[0].lon), self.radius_km)
