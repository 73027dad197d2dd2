"""Reads a board from answers on file, as the engine would from the network, but at once and without a database.

They stand in `tests/boards/<kind>.json`: `{"board": {name, url, employer}, "answers": [...], "postings": [...]}`.
An answer: `url`, `method` (GET), `status` (200), `headers`, and its body as `json`, as `text` or as a `file` beside it;
`asked` is the JSON body that a POST must carry. A posting: its fields that are not None, as `items.Posting` names them.
`not_offered` lists the ids of listed adverts whose page offers no job (any longer).
"""

from __future__ import annotations

import dataclasses
import json
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import SOURCES
from crawler.sources.base import ContractError, NotOfferedError, Page, Source
from crawler.spiders.job_search import UNREADABLE
from pipelines.items import Posting

FOLDER = Path(__file__).parent / "boards"
SEARCH = Search("it-leiter", "Dortmund", 50)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer, and the request that it answers."""

    url: str
    body: bytes
    method: str = "GET"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: Any = None

    def answers(self, request: Request) -> bool:
        """Whether this is the answer to the request."""
        if (self.url, self.method) != (request.url, request.method):
            return False
        return self.asked is None or json.loads(request.body) == self.asked

    def response(self, request: Request) -> Response:
        """Make the response that Scrapy would make."""
        kind = responsetypes.from_args(headers=self.headers, url=self.url, body=self.body)  # type: ignore[arg-type]
        return kind(self.url, status=self.status, headers=self.headers, body=self.body, request=request)


@dataclass(slots=True)
class Reading:
    """What became of a board."""

    postings: dict[str, Posting] = field(default_factory=dict)
    not_offered: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    totals: list[int | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def load(path: Path) -> tuple[Board, list[Recorded], dict[str, Any]]:
    """Read one file of tests/boards: the board, its answers, and the whole file."""
    stated = json.loads(path.read_text(encoding="utf-8"))
    answers = [
        Recorded(
            each["url"],
            _body(each, path.parent),
            each.get("method", "GET"),
            each.get("status", 200),
            each.get("headers", {"Content-Type": "application/json"} if "json" in each else {}),
            each.get("asked"),
        )
        for each in stated["answers"]
    ]
    return Board(path.stem, **stated["board"]), answers, stated


def _body(answer: dict[str, Any], folder: Path) -> bytes:
    if "json" in answer:
        return json.dumps(answer["json"], ensure_ascii=False).encode()
    return (folder / answer["file"]).read_bytes() if "file" in answer else str(answer.get("text", "")).encode()


def read(board: Board, answers: list[Recorded]) -> Reading:
    """Read a board to its end, every detail included; raises AssertionError for a request that no answer is for."""
    source, reading = SOURCES[board.kind], Reading()
    lists = deque(source.start(board, SEARCH))
    while lists:
        page = _page(source, _ask(lists.popleft(), answers, reading))
        reading.totals.append(page.total)
        lists.extend(page.next)
        for listed in page.adverts:
            try:
                source_id = source.source_id(listed)
            except UNREADABLE as error:
                reading.unreadable.append(repr(error))
                continue
            if source_id in reading.postings or source_id in reading.not_offered:
                continue
            try:
                detail = _detail(source, listed, answers, reading)
            except NotOfferedError as error:
                reading.not_offered[source_id] = str(error)
                continue
            assert detail is None or source.detail_id(detail) in (None, source_id)
            try:
                posting = source.posting(json.loads(json.dumps(listed)), detail)
            except UNREADABLE as error:
                reading.unreadable.append(f"{source_id}: {error!r}")
                continue
            if posting.employer is None and board.employer:
                posting = dataclasses.replace(posting, employer=board.employer)
            reading.postings[source_id] = posting
    return reading


def _detail(source: Source, listed: dict[str, Any], answers: list[Recorded], reading: Reading) -> dict[str, Any] | None:
    if (request := source.detail(listed)) is None:
        return None
    response = _ask(request, answers, reading)
    if response.status != 200 and not source.lists_titles:
        raise NotOfferedError(f"its page is gone (HTTP {response.status})")
    return source.read_detail(response) if response.status == 200 else None


def _page(source: Source, response: Response) -> Page:
    try:
        if response.status == 200:
            return source.adverts(response)
        why: Exception = ContractError(source.refusal(response.status))
    except (ContractError, SyntaxError, ValueError) as error:
        why = error
    if (otherwise := source.otherwise(response)) is None:
        raise why
    return otherwise


def _ask(request: Request, answers: list[Recorded], reading: Reading) -> Response:
    reading.asked.append(f"{request.method} {request.url}")
    found = [each for each in answers if each.answers(request)]
    assert found, f"no answer is recorded for {request.method} {request.url} {request.body!r:.200}"
    return found[0].response(request)


def told(posting: Posting) -> dict[str, Any]:
    """Return the fields of a posting that say something."""
    empty = {each.name: each.default for each in dataclasses.fields(Posting)}
    found = {name: value for name, value in dataclasses.asdict(posting).items() if value != empty.get(name)}
    if "places" in found:
        found["places"] = [{k: v for k, v in each.items() if v is not None} for each in found["places"]]
    return found
