"""Every kind of source on one local server: the agency over the adverts given, boards from answers on file."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.boards import Board
from crawler.sources import SOURCES
from tests.recorded_boards import FOLDER, Recorded, load
from tests.sources_on_loopback import AGENCY, AgencyServer, Json, Reply, Request

COLUMNS = ("kind", "name", "url", "employer", "city", "sure", "seen_working", "source")


class MarketServer(AgencyServer):
    """The agency and any number of boards; each host has its own answers, told apart by the Host header.

    Every answer with status 200 carries an ETag, and a request that names it is answered 304, as most vendors do.
    """

    def __init__(
        self, adverts: Iterable[Json] = (), boards: Sequence[tuple[Board, list[Recorded]]] = (), **options: Any
    ) -> None:
        super().__init__(adverts, **options)
        self.play(boards)

    def play(self, boards: Sequence[tuple[Board, list[Recorded]]]) -> None:
        """Put other boards in place of all, as a later night finds them."""
        self.boards = [board for board, _ in boards]
        self.recorded: dict[tuple[str, str], list[Recorded]] = {}
        for _, answers in boards:
            for each in answers:
                parts = urlsplit(each.url)
                target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                self.recorded.setdefault((parts.netloc, target), []).append(each)
        self.hosts = {host for host, _ in self.recorded}
        self.plays = (AGENCY, *sorted(f"https://{host}" for host in self.hosts))

    def board_rows(self, path: Path) -> Path:
        """Write the boards that are played as a file like boards.csv."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for board in self.boards:
                if not SOURCES[board.kind].made_by_search:
                    row = [
                        board.kind,
                        board.name,
                        board.url,
                        board.employer or "",
                        board.city or "",
                        board.sure,
                        "",
                        "",
                    ]
                    writer.writerow(row)
        return path

    def answer(self, request: Request) -> Reply:
        """Answer as the host that was asked."""
        if request.host not in self.hosts:
            return super().answer(request)
        found = self.recorded.get((request.host, request.target), [])
        for each in found:
            if each.method == request.method and (each.asked is None or json.loads(request.body) == each.asked):
                return _reply(each, request)
        return Reply(404)


def _reply(recorded: Recorded, request: Request) -> Reply:
    headers = {**recorded.headers}
    kind = headers.pop("Content-Type", "")
    if recorded.status != 200:
        return Reply(recorded.status, recorded.body, kind, tuple(headers.items()))
    etag = f'"{hashlib.sha256(recorded.body).hexdigest()[:16]}"'
    if request.headers.get("if-none-match") == etag:
        return Reply(304, b"", headers=(("ETag", etag),))
    return Reply(200, recorded.body, kind, (("ETag", etag), *headers.items()))


def all_boards() -> list[tuple[Board, list[Recorded]]]:
    """Return the board on file of every kind that is on."""
    return [(board, answers) for path in sorted(FOLDER.glob("*.json")) for board, answers, _ in [load(path)]]
