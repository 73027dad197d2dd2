"""Boards: what is crawled. An employer's board is a row of boards.csv, an aggregator's is made by a search."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines import places
from pipelines.reference import TABLES, rows

FILE = TABLES / "boards.csv"
NEVER = 1_000_000  # nights: the list shows the newest adverts only, so a missing one says nothing
REACH = 2  # an employer seated up to so many times a search's radius away may hire inside it
CERTAINTY = ("recorded", "listed", "likely", "unverified")  # how sure a row is; boards.csv says what each means


class BoardsError(Exception):
    """The file of boards cannot be read; the message says which line and why."""


@dataclass(frozen=True, slots=True)
class Board:
    """One listing of a kind; its id is `kind:name`."""

    kind: str
    name: str  # the vendor's token for the employer
    url: str = ""  # where it stands, if not where the kind's boards usually do
    employer: str | None = None
    city: str | None = None  # where the employer sits; None: it hires all over the country
    sure: str = "listed"
    seen_working: str | None = None  # ISO date
    source: str = ""

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
    requests_a_night: int  # what its host is asked at most, by all runs of a night together


def terms() -> dict[str, Terms]:
    """Return the terms of every kind, by kind."""
    return {
        row["kind"]: Terms(
            row["kind"],
            row["host"],
            row["on"] == "yes",
            float(row["pace_seconds"]),
            NEVER if row["nights_to_close"] == "never" else int(row["nights_to_close"]),
            int(row["requests_a_night"]),
        )
        for row in rows("sources.csv")
    }


def employers(path: Path | None = None) -> list[Board]:
    """Return the boards of a file like boards.csv (the default); raises BoardsError."""
    path = path or FILE
    boards: dict[str, Board] = {}
    try:
        for row in rows(str(path)):
            board = _board(row)
            if board.id in boards:
                raise ValueError(f"{board.id} stands there twice")
            boards[board.id] = board
    except (OSError, KeyError, ValueError) as error:
        raise BoardsError(f"{path}, after {len(boards)} good rows: {error}") from error
    return list(boards.values())


def _board(row: dict[str, str]) -> Board:
    if not row["kind"] or not row["name"] or ":" in row["kind"]:
        raise ValueError("kind or name is missing")
    if (sure := row.get("sure") or "listed") not in CERTAINTY:
        raise ValueError(f"sure={sure!r} must be one of {', '.join(CERTAINTY)}")
    return Board(
        row["kind"], row["name"], row.get("url", ""), row.get("employer") or None, row.get("city") or None,
        sure, row.get("seen_working") or None, row.get("source", ""),
    )  # fmt: skip


def near(boards: list[Board], centre: tuple[float, float], radius_km: float) -> Iterator[Board]:
    """Yield the boards whose employer sits within REACH times the radius, or nowhere in particular.

    Without the unverified: a page that may never answer would make each night look degraded.
    """
    for board in boards:
        if board.sure == "unverified":
            continue
        found = places.towns(board.city) if board.city else []
        if not found or any(places.distance_km(*centre, each.lat, each.lon) <= radius_km * REACH for each in found):
            yield board
