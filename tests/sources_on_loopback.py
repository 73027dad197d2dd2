"""The sources of Stellwerk, played on 127.0.0.1: for the tests, for benchmarks and for a first try without the network.

`AgencyServer` speaks the job search API of the German federal employment agency (v6 search, v4 details, as recorded in
autumn 2026) over the adverts it is given. `./run python -m tests.sources_on_loopback` runs it in the foreground.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import base64
import binascii
import dataclasses
import itertools
import json
import math
import os
import signal
import socket
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

from tests import adverts as our_own

AGENCY = "https://rest.arbeitsagentur.de"
SEARCH_PATH = "/jobboerse/jobsuche-service/pc/v6/jobs"
DETAIL_PATH = "/jobboerse/jobsuche-service/pc/v4/jobdetails/"
API_KEY = "jobboerse-jobsuche"
JSON_TYPE = "application/json"

Json = dict[str, Any]


# --- What was asked, what is answered ---------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Request:
    """One request as it arrived; `finished` and `status` stay None until its answer has been sent."""

    method: str
    target: str
    """Path and query as sent, still percent-encoded."""
    path: str
    """The path, decoded."""
    query: dict[str, str]
    """Decoded; of a parameter sent twice the last value."""
    headers: dict[str, str]
    """Names in lower case."""
    started: float
    """`time.monotonic()` when the request was complete."""
    in_flight: int
    """How many requests were unanswered at that moment, this one included."""
    body: bytes = b""
    finished: float | None = None
    status: int | None = None
    sent: int = 0
    """Bytes of its answer, head and body."""

    @property
    def host(self) -> str:
        """The Host header: with ORIGINS the public host, not the loopback address."""
        return self.headers.get("host", "")


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer, before any fault has touched it."""

    status: int = 200
    body: bytes = b""
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a fault does to the right answer. The functions below make it; `dataclasses.replace` combines two.

    Half a body after two seconds: `dataclasses.replace(slow(2), keep=0.5)`.
    """

    reply: Reply | None = None
    """Sent in place of the right answer."""
    change: Callable[[Json], Json] | None = None
    """Applied to the JSON object of the right answer."""
    ask: dict[str, str] = field(default_factory=dict)
    """Query parameters put in place of those that were sent, before the right answer is looked up."""
    keep: float = 1.0
    """The share of the body that is sent; below 1 the connection is closed after it."""
    with_length: bool = True
    """Whether the answer states its Content-Length; without it the end of the connection is the end of the body."""
    delay: float = 0.0
    """Seconds before the first byte."""
    drip: float = 0.0
    """Seconds between the hundred pieces in which the body arrives."""
    hang_up: bool = False
    """Close the connection without a byte."""


def status(code: int, *, retry_after: int | str | None = None, body: bytes = b"") -> Answer:
    """Send this status, with an empty body as the agency's gateway sends it, and Retry-After where given."""
    headers = () if retry_after is None else (("Retry-After", str(retry_after)),)
    return Answer(Reply(code, body, headers=headers))


def html(code: int = 200) -> Answer:
    """Send a page for people where JSON was expected."""
    page = "<!DOCTYPE html><html lang='de'><title>Wartung</title><h1>Wir sind gleich wieder für Sie da.</h1></html>"
    return Answer(Reply(code, page.encode(), "text/html;charset=utf-8"))


def half_body(*, with_length: bool) -> Answer:
    """Send the first half of the right body, then close the connection."""
    return Answer(keep=0.5, with_length=with_length)


def empty_body() -> Answer:
    """Send 200 and not one byte of body."""
    return Answer(Reply(200, b"", JSON_TYPE))


def renamed(old: str, new: str) -> Answer:
    """Rename one key of the right answer, wherever it stands."""

    def rename(value: Any) -> Any:
        if isinstance(value, dict):
            return {new if key == old else key: rename(inner) for key, inner in value.items()}
        return [rename(inner) for inner in value] if isinstance(value, list) else value

    return Answer(change=rename)


def page_again(page: int = 1) -> Answer:
    """Send the same page of the list, whichever was asked for."""
    return Answer(ask={"page": str(page)})


def wrong_total(total: int | str | None) -> Answer:
    """State another `maxErgebnisse` than the true one; None leaves it out."""

    def change(answer: Any) -> Any:
        stated = {**answer, "maxErgebnisse": total} if isinstance(answer, dict) else answer
        return {k: v for k, v in stated.items() if v is not None} if isinstance(stated, dict) else stated

    return changed(change)


def changed(change: Callable[[Json], Json]) -> Answer:
    """Send the right answer after `change`."""
    return Answer(change=change)


def redirect(to: str, code: int = 302) -> Answer:
    """Send the client elsewhere."""
    return Answer(Reply(code, b"", headers=(("Location", to),)))


def slow(seconds: float) -> Answer:
    """Send the right answer, late."""
    return Answer(delay=seconds)


def dripping(seconds: float) -> Answer:
    """Send the right answer in a hundred pieces, spread over so many seconds."""
    return Answer(drip=seconds / 100)


def hang_up() -> Answer:
    """Close the connection without an answer."""
    return Answer(hang_up=True)


@dataclass(slots=True, eq=False)
class Fault:
    """One scripted fault: which requests, what happens to them, and how often still (None: always)."""

    match: Callable[[Request], bool]
    answer: Answer
    left: int | None
    served: int = 0

    def takes(self, request: Request) -> bool:
        """Whether it is this fault's turn; counts if so."""
        if self.left == 0 or not self.match(request):
            return False
        if self.left is not None:
            self.left -= 1
        self.served += 1
        return True


def _matcher(match: str) -> Callable[[Request], bool]:
    """Read the short form of a match: a part of the path, query parameters, or both with `?` between them.

    `/v6/jobs?page=2`, `page=2&size=100` (whole values: not page=20), `/jobdetails/`.
    """
    if "?" in match:
        path, query = match.split("?", 1)
    elif "=" in match and not match.startswith("/"):
        path, query = "", match
    else:
        path, query = match, ""
    wanted = dict(parse_qsl(query, keep_blank_values=True)).items()
    return lambda request: path in request.path and wanted <= request.query.items()


# --- The server -------------------------------------------------------------------------------------------------------


class LoopbackServer:
    """An HTTP/1.1 server on 127.0.0.1 in a thread of its own: it records every request and plays scripted faults.

    A subclass says what the right answer is. `latency` holds every answer back by so many seconds: with it, requests
    that a client sends at the same time are surely seen at the same time (`most_in_flight`).
    """

    plays: tuple[str, ...] = ()
    """The public origins this server stands in for."""

    def __init__(self, *, port: int = 0, latency: float = 0.0, addresses: int = 1) -> None:
        """Listen on so many addresses of this machine, 127.0.0.1 and those behind it (Linux has them all)."""
        self._addresses = [f"127.0.0.{number}" for number in range(1, addresses + 1)]
        self.requests: list[Request] = []
        self.most_in_flight = 0
        self.latency = latency
        self._port = port
        self.errors: list[Exception] = []
        self._faults: list[Fault] = []
        self._in_flight = 0
        self.connections: set[_Connection] = set()
        self._origin = ""
        self._thread: threading.Thread | None = None
        self._stop: Callable[[], object] = lambda: None

    def answer(self, request: Request) -> Reply:
        """Give the right answer to a request."""
        raise NotImplementedError

    @property
    def origin(self) -> str:
        """Where it listens; after the end, where it listened (and nobody does now)."""
        if not self._origin:
            message = "the server has not been started"
            raise RuntimeError(message)
        return self._origin

    @property
    def origins(self) -> str:
        """The value for `scrapy crawl -s ORIGINS=…`."""
        port = self.origin.rpartition(":")[2]
        addresses = itertools.cycle(self._addresses)
        return json.dumps(
            {public: f"http://{address}:{port}" for public, address in zip(self.plays, addresses, strict=False)}
        )

    def fault(self, match: Callable[[Request], bool] | str, answer: Answer | int, times: int | None = None) -> Fault:
        """From now on, `times` times or always, treat the requests that match so; of two faults the older goes first.

        A text matches as `_matcher` says; a number is a bare status. What is handed back counts in `served`.
        """
        fault = Fault(
            match=_matcher(match) if isinstance(match, str) else match,
            answer=status(answer) if isinstance(answer, int) else answer,
            left=times,
        )
        self._faults.append(fault)
        return fault

    def forget_faults(self) -> None:
        """Answer rightly again."""
        self._faults = []

    def forget_requests(self) -> None:
        """Start the record anew, for the next night."""
        self.requests = []
        self.most_in_flight = 0

    def __enter__(self) -> Self:
        first, *others = self._addresses
        listening = [socket.create_server((first, self._port), backlog=512)]
        port = listening[0].getsockname()[1]
        listening += [socket.create_server((address, port), backlog=512) for address in others]
        self._origin = f"http://127.0.0.1:{port}"
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(listening, started)), name=self._origin)
        self._thread.start()
        started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()
        if self._thread is not None:
            self._thread.join()
        if self.errors and error is None:  # a mistake of ours must not look like a fault of the source
            raise self.errors[0]

    async def _serve(self, listening: list[socket.socket], started: threading.Event) -> None:
        loop = asyncio.get_running_loop()
        stopping = asyncio.Event()
        self._stop = lambda: loop.call_soon_threadsafe(stopping.set)
        servers = [await loop.create_server(lambda: _Connection(self, loop), sock=each) for each in listening]
        started.set()
        await stopping.wait()
        for each in listening:
            loop.remove_reader(each)  # first nobody comes in, then whoever is in the door is let in, then all leave
        if arriving := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(arriving)
        for server in servers:
            server.close()
        await asyncio.gather(*[connection.abort() for connection in self.connections])
        for server in servers:
            await server.wait_closed()

    # What a connection calls, on the server's own thread:

    def begin(self, request: Request) -> None:
        """Put a request that has just arrived on record."""
        self._in_flight += 1
        request.in_flight = self._in_flight
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        self.requests.append(request)

    def end(self, request: Request, code: int | None) -> None:
        """Note that a request is answered, or (None) never will be."""
        self._in_flight -= 1
        request.finished, request.status = time.monotonic(), code

    def answer_or_fault(self, request: Request) -> tuple[Reply, Answer | None]:
        """Find the reply to send, and the fault under which to send it."""
        fault = next((one for one in self._faults if one.takes(request)), None) if self._faults else None
        if fault is None:
            return self.answer(request), None
        answer = fault.answer
        if answer.reply is not None:
            return answer.reply, answer
        reply = self.answer(
            dataclasses.replace(request, query={**request.query, **answer.ask}) if answer.ask else request
        )
        if answer.change is not None and reply.content_type == JSON_TYPE:
            reply = dataclasses.replace(reply, body=_dump(answer.change(json.loads(reply.body))))
        return reply, answer


class _Connection(asyncio.Protocol):
    """One keep-alive connection: requests are answered one after another, in the order sent."""

    def __init__(self, server: LoopbackServer, loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._loop = loop
        self._buffer = b""
        self._current: Request | None = None
        self._timer: asyncio.Handle | None = None
        self._gone: asyncio.Future[None] = loop.create_future()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.connections.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._gone.set_result(None)
        self._server.connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._current is not None:  # the client went away before its answer
            self._server.end(self._current, None)
            self._current = None

    def abort(self) -> asyncio.Future[None]:
        """Cut the connection; what is handed back is done when it is gone."""
        self._transport.abort()
        return self._gone

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._current is None:
            self._next()

    def _next(self) -> None:
        """Read one request out of the buffer, if it is there whole."""
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, version = (*first.split(" ", 2), "", "")[:3]
        if not version.startswith("HTTP/1."):
            self._buffer = b""
            self._transport.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self._transport.close()
            return
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length") or 0)
        if len(rest) < length:  # the body is still on its way
            self._buffer = head + end + rest
            return
        body, self._buffer = rest[:length], rest[length:]
        path, _, query = target.partition("?")
        request = Request(
            method=method,
            target=target,
            path=unquote(path) if "%" in path else path,
            query=dict(parse_qsl(query, keep_blank_values=True)) if query else {},
            headers=headers,
            started=time.monotonic(),
            in_flight=0,
            body=body,
        )
        self._current = request
        self._server.begin(request)
        # A turn of the loop later, so that whatever else has arrived by now counts as in flight together with it.
        if self._server.latency:
            self._timer = self._loop.call_later(self._server.latency, self._answer, request)
        else:
            self._timer = self._loop.call_soon(self._answer, request)

    def _answer(self, request: Request) -> None:
        try:
            reply, fault = self._server.answer_or_fault(request)
        except Exception as error:  # noqa: BLE001 - kept, and raised where the server is stopped
            self._server.errors.append(error)
            reply, fault = Reply(500, repr(error).encode(), "text/plain"), None
        if fault is None:
            self._send(request, reply, _HONEST)
        elif fault.hang_up:
            self._transport.close()
        elif fault.delay:
            self._timer = self._loop.call_later(fault.delay, self._send, request, reply, fault)
        else:
            self._send(request, reply, fault)

    def _send(self, request: Request, reply: Reply, fault: Answer) -> None:
        closes = fault.keep < 1 or not fault.with_length or request.headers.get("connection", "").lower() == "close"
        head = f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Unknown')}\r\n"
        if reply.content_type:
            head += f"Content-Type: {reply.content_type}\r\n"
        for name, value in reply.headers:
            head += f"{name}: {value}\r\n"
        if fault.with_length:
            head += f"Content-Length: {len(reply.body)}\r\n"
        if closes:
            head += "Connection: close\r\n"
        body = reply.body if fault.keep >= 1 else reply.body[: int(len(reply.body) * fault.keep)]
        if fault.drip:
            self._transport.write(head.encode("latin-1") + b"\r\n")
            size = max(1, len(body) // 100)
            pieces = [body[start : start + size] for start in range(0, len(body), size)]
            self._drip(request, reply.status, pieces, fault.drip, closes=closes)
            return
        whole = head.encode("latin-1") + b"\r\n" + body
        request.sent = len(whole)
        self._transport.write(whole)
        self._done(request, reply.status, closes=closes)

    def _drip(self, request: Request, code: int, pieces: list[bytes], pause: float, *, closes: bool) -> None:
        if not pieces:
            self._done(request, code, closes=closes)
            return
        self._transport.write(pieces[0])
        self._timer = self._loop.call_later(pause, lambda: self._drip(request, code, pieces[1:], pause, closes=closes))

    def _done(self, request: Request, code: int, *, closes: bool) -> None:
        self._server.end(request, code)
        self._current = None
        self._timer = None
        if closes:
            self._transport.close()
        elif self._buffer:
            self._next()


_HONEST = Answer()
_REASONS = {int(code): code.phrase for code in HTTPStatus}


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


# --- The federal employment agency ------------------------------------------------------------------------------------


class AgencyServer(LoopbackServer):
    """The federal agency's job search API (v6 search, v4 details) on 127.0.0.1, over the adverts given.

    An advert is a v4 detail in the live shape. Of it the server makes the list entry: without the text, its title cut
    at 100 characters, with all occupations and, where a place was asked for, the distance. Keys that begin with `_` are
    notes of whoever made the advert and never sent; `_detail_missing` makes the detail a 404 though the list has the
    advert. The server's calendar stands at `today`, or else at the newest date of publication among its adverts.
    """

    plays: tuple[str, ...] = (AGENCY,)

    def __init__(
        self, adverts: Iterable[Json], *, port: int = 0, latency: float = 0.0, addresses: int = 1,
        today: date | None = None,
    ) -> None:  # fmt: skip
        super().__init__(port=port, latency=latency, addresses=addresses)
        self._today = today
        self._catalogue = _Catalogue(list(adverts), today)

    @property
    def adverts(self) -> Sequence[Json]:
        """What is on offer tonight."""
        return self._catalogue.adverts

    def replace(self, adverts: Iterable[Json], *, today: date | None = None) -> None:
        """Put other adverts in place of all, as a later night finds them."""
        self._today = today or self._today
        self._catalogue = _Catalogue(list(adverts), self._today)

    @property
    def details_asked(self) -> list[str]:
        """The reference numbers whose details were asked for, in order, repetitions kept."""
        return [_reference_number(request.path) for request in self.requests if request.path.startswith(DETAIL_PATH)]

    @property
    def searches_asked(self) -> list[Request]:
        """The requests to the search, in order."""
        return [request for request in self.requests if request.path == SEARCH_PATH]

    def answer(self, request: Request) -> Reply:
        """Answer as the agency did in autumn 2026."""
        if request.path == "/robots.txt":
            return Reply(404)
        if request.headers.get("x-api-key") != API_KEY:
            return Reply(403)
        if request.path == SEARCH_PATH:
            return self._search(request.query)
        if request.path.startswith(DETAIL_PATH):
            detail = self._catalogue.detail(_reference_number(request.path))
            return _GONE if detail is None else Reply(200, detail, JSON_TYPE)
        # The gateway routes nothing else (pc/v4/jobs and pc/v5/jobs are withdrawn); this one died another way.
        return Reply(404 if request.path.startswith("/jobboerse/jobsuche-service/pc/v3/jobdetails/") else 403)

    def _search(self, query: dict[str, str]) -> Reply:
        try:
            return Reply(200, self._catalogue.search(query), JSON_TYPE)
        except _BadParameterError as error:
            return Reply(400, _dump({"messages": [error.message]}), JSON_TYPE)


_GONE = Reply(404, _dump({"messages": [{"code": "STELLENANGEBOT_NICHT_GEFUNDEN"}]}), JSON_TYPE)


def detail_of(reference_number: str) -> Callable[[Request], bool]:
    """Match the requests for the detail of one advert, for `fault`."""
    return lambda request: request.path.startswith(DETAIL_PATH) and _reference_number(request.path) == reference_number


def _reference_number(path: str) -> str:
    """Read the reference number out of the path of a detail: base64, with or without padding; "" if it is none."""
    encoded = path.removeprefix(DETAIL_PATH).rstrip("=")
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


class _BadParameterError(Exception):
    """A parameter the agency refuses: raised by `_Catalogue.search`, answered with 400 by `AgencyServer.answer`."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(name, detail)
        self.message = {"code": "EINGABEPARAMETER_FEHLERHAFT", "path": name, "detail": detail}


_ONLY_IN_DETAIL = frozenset({
    "stellenangebotsBeschreibung", "istBetreut", "istBehinderungGefordert", "istArbeitnehmerUeberlassung",
    "istPrivateArbeitsvermittlung", "allianzpartnerName", "allianzpartnerUrl", "geforderterBildungsabschluss",
    "ausbildungsart", "studienform", "studiengang",
})  # fmt: skip
_ONLY_IN_LIST = frozenset({"alleBerufe", "entfernung"})
_KINDS = {"1": "ARBEIT", "2": "SELBSTAENDIGKEIT", "4": "AUSBILDUNG", "34": "PRAKTIKUM_TRAINEE"}
_CONTRACTS = {"1": "BEFRISTET", "2": "UNBEFRISTET", "3": "KEINE_ANGABE"}
_TITLE_LENGTH = 100
_LARGEST_PAGE = 100
_LAST_HIT = 10_000
_EARTH_RADIUS_KM = 6371.0


class _Entry:
    """One advert, ready to be found and sent."""

    __slots__ = ("advert", "haystack", "json_start", "order", "points", "published", "title")

    def __init__(self, advert: Json) -> None:
        occupations = _occupations(advert)
        listed = {key: value for key, value in advert.items() if key not in _ONLY_IN_DETAIL and key[0] != "_"}
        listed["stellenangebotsTitel"] = advert["stellenangebotsTitel"][:_TITLE_LENGTH]
        listed["alleBerufe"] = occupations
        listed.pop("entfernung", None)
        self.advert = advert
        self.json_start = _dump(listed)[:-1]
        self.title = advert["stellenangebotsTitel"].casefold()
        self.haystack = "\n".join((self.title, *occupations)).casefold()
        self.points = _points(advert)
        self.published = str(advert.get("veroeffentlichungszeitraum", {}).get("von", ""))[:10]
        self.order = zlib.crc32(str(advert["referenznummer"]).encode())

    def distance(self, latitude: float, longitude: float) -> float | None:
        """Kilometres to the nearest of its places, None if none is known."""
        return min((_kilometres(latitude, longitude, *point) for point in self.points), default=None)


def _occupations(advert: Json) -> list[str]:
    """All occupations of an advert: those it states, or else the main one after the alternatives, as recorded."""
    stated = advert.get("alleBerufe")
    if stated:
        return list(stated)
    names = (advert.get("alternativBeruf1"), advert.get("alternativBeruf2"), advert.get("hauptberuf"))
    return [name for name in names if name]


def _points(advert: Json) -> list[tuple[float, float]]:
    """Where the places of an advert are: their own coordinates, or those of the town by its name."""
    found = []
    for place in advert.get("stellenlokationen", ()):
        if "breite" in place and "laenge" in place:
            found.append((place["breite"], place["laenge"]))
        elif (town := _town(place.get("adresse", {}).get("ort", ""))) is not None:
            found.append((town.latitude, town.longitude))
    return found


_TOWN_BY_NAME = {name.casefold(): town for name, town in our_own.TOWNS.items()}


def _town(name: str) -> our_own.Town | None:
    return _TOWN_BY_NAME.get(name.strip().casefold())


def _kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The great-circle distance."""
    a, b = math.radians(latitude), math.radians(other_latitude)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * math.asin(math.sqrt(half))


_Hit = tuple[_Entry, float | None]
"""An advert found, and its distance to the place asked for, if one was."""


class _Catalogue:
    """The adverts of one night, searchable. Answers are made once and kept: the next client gets the same bytes."""

    def __init__(self, adverts: list[Json], today: date | None) -> None:
        self.adverts = adverts
        self._entries = [_Entry(advert) for advert in adverts]
        self._details = {
            str(advert["referenznummer"]): _dump(
                {k: v for k, v in advert.items() if k not in _ONLY_IN_LIST and k[0] != "_"}
            )
            for advert in adverts
            if not advert.get("_detail_missing")
        }
        self._found: dict[tuple[tuple[str, str], ...], tuple[list[_Hit], Json]] = {}
        self._pages: dict[tuple[tuple[str, str], ...], bytes] = {}
        newest = max((entry.published for entry in self._entries), default="")
        self._today = today or (date.fromisoformat(newest) if newest else date(2026, 11, 24))

    def detail(self, reference_number: str) -> bytes | None:
        """The detail as sent, None if there is none."""
        return self._details.get(reference_number)

    def search(self, query: dict[str, str]) -> bytes:
        """One page of a search as sent."""
        key = tuple(sorted(query.items()))
        if key not in self._pages:
            self._pages[key] = self._page(query)
        return self._pages[key]

    def _page(self, query: dict[str, str]) -> bytes:
        for name in ("was", "wo"):
            if name in query and not query[name].strip():
                raise _BadParameterError(name, "must not be empty")
        page, size = _whole_number(query, "page", 1), _whole_number(query, "size", 25)
        if page < 1:
            raise _BadParameterError("page", "must be at least 1")
        if not 0 <= size <= _LARGEST_PAGE:
            raise _BadParameterError("size", f"must be at most {_LARGEST_PAGE}")
        if page * size > _LAST_HIT:
            raise _BadParameterError("page", f"page * size must be at most {_LAST_HIT}")
        key = tuple(sorted((k, v) for k, v in query.items() if k not in {"page", "size", "facetten"}))
        if key not in self._found:
            found = self._find(query)
            self._found[key] = found, _facets([entry for entry, _ in found])
        hits, facets = self._found[key]
        rest: Json = {"maxErgebnisse": len(hits), "page": page, "size": size, "woOutput": self._place_asked(query)}
        if hits and query.get("facetten") != "false":
            rest["facetten"] = facets
        listed = [
            entry.json_start + (b"}" if distance is None else b',"entfernung":%d}' % round(distance))
            for entry, distance in hits[(page - 1) * size : page * size]
        ]
        if not listed:  # absent, not [], when there is no hit and past the end
            return _dump(rest)
        return b'{"ergebnisliste":[' + b",".join(listed) + b"]," + _dump(rest)[1:]

    def _find(self, query: dict[str, str]) -> list[_Hit]:
        words = query.get("was", "").casefold().replace("-", " ").split()
        centre = self._centre(query)
        radius = _whole_number(query, "umkreis", 25)
        found: list[_Hit] = []
        for entry in self._entries:
            if not all(word in entry.haystack for word in words) or not self._passes(entry, query):
                continue
            distance = None
            if centre is not None:
                distance = entry.distance(*centre)
                if distance is None or distance > radius:
                    continue
            elif not _whole_country(query):
                continue
            found.append((entry, distance))
        sort = query.get("sort", "relevanz")
        if sort == "entfernung":
            return sorted(found, key=lambda hit: (hit[1] or 0.0, hit[0].order))
        found.sort(key=lambda hit: (-sum(word in hit[0].title for word in words), hit[0].order))
        if sort == "veroeffdatum":
            found.sort(key=lambda hit: hit[0].published, reverse=True)
        if sort == "moddatum":
            found.sort(key=lambda hit: str(hit[0].advert.get("aenderungsdatum")), reverse=True)
        return found

    def _passes(self, entry: _Entry, query: dict[str, str]) -> bool:
        advert = entry.advert
        if (days := query.get("veroeffentlichtseit")) in {"0", "1", "7", "14", "28"}:  # any other value is ignored
            assert days is not None
            if entry.published < (self._today - timedelta(days=int(days))).isoformat():
                return False
        if "angebotsart" in query and advert.get("stellenangebotsart", "ARBEIT") not in {
            _KINDS.get(code) for code in query["angebotsart"].split(";")
        }:
            return False
        if "befristung" in query and advert.get("vertragsdauer") not in {
            _CONTRACTS.get(code) for code in query["befristung"].split(";")
        }:
            return False
        for name, key in (("zeitarbeit", "istArbeitnehmerUeberlassung"), ("pav", "istPrivateArbeitsvermittlung")):
            if name in query and bool(advert.get(key)) != (query[name] == "true"):  # true: only these; false: without
                return False
        if "arbeitgeber" in query and advert.get("firma") != query["arbeitgeber"]:
            return False
        return "beruf" not in query or query["beruf"] in _occupations(advert)

    def _centre(self, query: dict[str, str]) -> tuple[float, float] | None:
        """Where the place asked for is: a town of the table, or else of the first advert with that town or code."""
        asked = query.get("wo", "").strip()
        if (town := _town(asked)) is not None:
            return town.latitude, town.longitude
        for entry in self._entries if asked else ():
            for place in entry.advert.get("stellenlokationen", ()):
                address = place.get("adresse", {})
                if asked in {address.get("ort"), address.get("plz")} and "breite" in place:
                    return place["breite"], place["laenge"]
        return None

    def _place_asked(self, query: dict[str, str]) -> Json:
        centre = self._centre(query)
        if centre is not None:
            points = [{"lat": centre[0], "lon": centre[1]}]
            return {"bereinigterOrt": query["wo"].strip(), "suchmodus": "UMKREISSUCHE", "koordinaten": points}
        if _whole_country(query):
            return {"bereinigterOrt": "Deutschland", "suchmodus": "LANDSUCHE"}
        return {"bereinigterOrt": query["wo"].strip()}


def _whole_country(query: dict[str, str]) -> bool:
    return query.get("wo", "Deutschland").strip() == "Deutschland"


def _whole_number(query: dict[str, str], name: str, default: int) -> int:
    try:
        return int(query.get(name, default))
    except ValueError:
        raise _BadParameterError(name, "must be a whole number") from None


def _facets(entries: list[_Entry]) -> Json:
    """A few of the agency's facets, counted over the hits."""
    total = len(entries)
    adverts = [entry.advert for entry in entries]
    code_of = {name: code for code, name in _KINDS.items()}
    towns = (
        {place.get("adresse", {}).get("ort") for place in advert.get("stellenlokationen", ())} for advert in adverts
    )
    counted = {
        "arbeitsort": Counter(town for names in towns for town in names if town),
        "arbeitgeber": Counter(advert["firma"] for advert in adverts if "firma" in advert),
        "beruf": Counter(advert["hauptberuf"] for advert in adverts if "hauptberuf" in advert),
        "angebotsart": Counter(code_of.get(advert.get("stellenangebotsart", ""), "1") for advert in adverts),
        "zeitarbeit": Counter(str(bool(a.get("istArbeitnehmerUeberlassung"))).lower() for a in adverts),
    }
    return {
        name: {"counts": dict(sorted(counts.most_common(50))), "maxCount": total} for name, counts in counted.items()
    }


# --- Recorded adverts -------------------------------------------------------------------------------------------------


def corpus_folder() -> Path:
    """Where recorded adverts lie, if anywhere: STELLWERK_CORPUS, or else ../shared/corpus beside the repository."""
    named = os.environ.get("STELLWERK_CORPUS")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "corpus"


def recorded_adverts(path: Path) -> Iterator[Json]:
    """Read adverts recorded as v4 details, one JSON object a line, into the live shape of autumn 2026.

    Nested values may be Python reprs in strings. What the record lacks is derived: the date of first publication from
    the current one, pay not stated.
    """
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield _in_live_shape(json.loads(line))


def _in_live_shape(recorded: Json) -> Json:
    advert = {key: _parsed(value) for key, value in recorded.items() if key[0] != "_" and value is not None}
    published = advert.setdefault("veroeffentlichungszeitraum", {"von": str(advert["aenderungsdatum"])[:10]})
    advert.setdefault("datumErsteVeroeffentlichung", published.get("von"))
    advert.setdefault("verguetungsangabe", "KEINE_ANGABEN")
    if "arbeitszeitHeimarbeitTelearbeit" in advert:  # its name until 2025
        advert.setdefault("homeofficemoeglich", advert.pop("arbeitszeitHeimarbeitTelearbeit"))
    return advert


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:1] + value[-1:] in {"{}", "[]"}:
        try:
            return ast.literal_eval(value)
        except (ValueError, SyntaxError):
            return value
    return value


# --- By hand ----------------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve in the foreground until Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.sources_on_loopback",
        description="Plays the federal employment agency's job search, and a board of every other kind, on 127.0.0.1.",
    )
    parser.add_argument(
        "--corpus", nargs="?", const="", metavar="FILE",
        help="serve recorded adverts instead: a file of v4 details, one a line "
        "(without FILE: ba/details_v4.jsonl in the folder STELLWERK_CORPUS, or in ../shared/corpus)",
    )  # fmt: skip
    parser.add_argument("--many", type=int, metavar="N", help="serve N generated adverts")
    parser.add_argument("--heads", type=float, default=0.1, metavar="SHARE", help="how many of those are heads of IT")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="hold every answer back so long")
    options = parser.parse_args(arguments)
    from tests.market_on_loopback import MarketServer, all_boards  # noqa: PLC0415 - it stands on this module

    adverts: list[Json] = []
    served: list[str] = []
    if options.corpus is not None:
        path = Path(options.corpus) if options.corpus else corpus_folder() / "ba" / "details_v4.jsonl"
        if not path.is_file():
            parser.error(f"no such file: {path}")
        adverts += recorded_adverts(path)
        served.append(f"{len(adverts)} recorded adverts from {path}")
    if options.many:
        adverts += our_own.many(options.many, head_share=options.heads)
        served.append(f"{options.many} generated adverts")
    if not served:
        adverts += our_own.small_world()
        served.append(f"{len(adverts)} adverts of our own making (invented employers in and around Dortmund)")

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        server = MarketServer(adverts, all_boards(), port=options.port, latency=options.latency)
        with server, tempfile.TemporaryDirectory() as folder:
            boards = server.board_rows(Path(folder) / "boards.csv")
            settings = Path(folder) / "env"
            settings.write_text(
                f"export STELLWERK_ORIGINS='{server.origins}' STELLWERK_BOARDS_FILE='{boards}' STELLWERK_PACE=0\n"
            )
            print(f"The federal employment agency's job search, played on {server.origin}")
            print(f"Serves {' and '.join(served)}, and the boards of {len(server.boards)} employers.")
            print("In another terminal:\n")
            print(f"  (. {settings} && ./run scrapy crawl dortmund_itleiter)\n")
            print("Ctrl-C ends it.", flush=True)
            ended.wait()
    except OSError as error:
        print(f"Cannot listen on port {options.port}: {error.strerror}", file=sys.stderr)
        return 2
    answered = Counter(request.status for request in server.requests)
    by_status = ", ".join(f"{count} x {code or 'unanswered'}" for code, count in sorted(
        answered.items(), key=lambda pair: pair[0] or 0
    ))  # fmt: skip
    print(
        f"Answered {len(server.requests)} requests ({by_status or 'none'}), at most {server.most_in_flight} at a time."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
