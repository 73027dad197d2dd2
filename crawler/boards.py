"""Boards: what is crawled, one row or one query each."""

from dataclasses import dataclass

from pipelines.reference import rows


@dataclass(frozen=True, slots=True)
class Board:
    """One listing of a kind; its id is `kind:name`."""

    kind: str
    name: str

    @property
    def id(self) -> str:
        """The text id used in every table."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Terms:
    """What `data/tables/sources.csv` says of a kind."""

    kind: str
    host: str
    on: bool  # crawled unless a search names other kinds
    pace_seconds: float  # least time between the starts of two requests to the host
    nights_to_close: int  # certified runs that must miss a posting before it closes


def terms() -> dict[str, Terms]:
    """Return the terms of every kind, by kind."""
    return {
        row["kind"]: Terms(
            row["kind"],
            row["host"],
            row["on"] == "yes",
            float(row["pace_seconds"]),
            int(row["nights_to_close"]),
        )
        for row in rows("sources.csv")
    }
