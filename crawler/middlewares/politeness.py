"""Asks a host's robots.txt first, waits as told, retries what may pass, and stops bothering a host that fails."""

import asyncio
import email.utils
import logging
import math
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as dt_time
from typing import Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response, TextResponse
from scrapy.http.request import NO_CALLBACK

from crawler import boards
from crawler.middlewares import reservations
from crawler.middlewares.origins import unpaced
from pipelines.items import HostFile

logger = logging.getLogger(__name__)

RETRY_STATUSES = frozenset((408, 429, 500, 502, 503, 504, 522, 524))
RETRIES = 2
BACKOFF_SECONDS = 5  # then 15
PAUSE_403_SECONDS = 60  # a gateway's passing 403
LONGEST_WAIT_SECONDS = 600  # a host that asks for a longer pause is left alone for this run
LONGEST_CRAWL_DELAY_SECONDS = 120
HOST_DOWN_AFTER = 5  # bad answers in a row, whatever was asked
ROBOTS_BYTES = 512_000  # RFC 9309 asks for 500 KiB at least
LONGEST_ROBOTS_SECONDS = 86_400  # RFC 9309: a robots.txt should not be used for longer than a day
RESERVATIONS_SECONDS = 7 * 86_400  # tdmrep.json is asked for once a week
ROBOTS_REDIRECTS = 5  # RFC 9309 asks for five at least


_ASKED = asyncio.Event()  # of all hosts that have been asked: one each is 800 bytes
_ASKED.set()


class Refused(IgnoreRequest):
    """A request that is not sent; the message says why."""


@dataclass(slots=True)
class Host:
    """What this run knows of one origin."""

    failures: int = 0  # bad answers in a row
    robots: Protego | None = None
    answer: HostFile | None = None  # robots.txt as it was answered
    reservations: bytes | None = None  # tdmrep.json, where there is one
    visits: tuple[dt_time, dt_time] | None = None  # from when to when it may be asked, in UTC
    delay: float = 0  # seconds between requests, as its robots.txt asks
    asked: asyncio.Event | None = None
    questioned: bool = False  # a 403 of this host is being asked about once more; until that helps, others are believed
    refused: str | None = None  # why nothing is sent any more
    skipped: str | None = None  # ... if that is the host's stated wish: robots, tdm


class Politeness:
    """RFC 9309: 2xx is parsed, 4xx means no rules, 5xx or no answer means nothing may be fetched."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.hosts: dict[str, Host] = {}
        self.user_agent = crawler.settings["USER_AGENT"]
        self.unpaced = {str(origin) for origin in unpaced(crawler.settings)}
        # Hosts whose terms stand in sources.csv: a person has read what they reserve.
        self.documented = {terms.host for terms in boards.terms().values() if terms.host}
        self.always_limited = bool(crawler.settings.getint("REQUESTS_A_NIGHT"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a component."""
        politeness = cls(crawler)
        # The one moment before Scrapy sends the host's next request.
        crawler.signals.connect(politeness.downloaded, signals.response_downloaded)
        crawler.signals.connect(politeness.queued, signals.request_reached_downloader)
        return politeness

    def queued(self, request: Request) -> None:
        """Keep the pace that a host asks for: Scrapy forgets its queue after a minute, and has none at the start."""
        origin = _origin(request.url)
        if (delay := self.hosts.setdefault(origin, Host()).delay) and (slot := self._slot(origin)):
            slot.delay = max(slot.delay, delay)

    def downloaded(self, response: Response, request: Request) -> None:
        """Count a bad answer, and honour Retry-After, before the host's next request can leave its queue."""
        origin = _origin(request.url)
        host = self.hosts.setdefault(origin, Host())
        is_bad = response.status in RETRY_STATUSES or (response.status == 403 and request.meta.get("ambiguous_403"))
        if is_bad:
            self._failed(origin, host)
        else:
            host.failures = 0
        is_first = request.meta.get("is_robots") and origin not in self.unpaced
        if is_first and (slot := self._slot(origin)):
            # It waited for the connection, unseen by Scrapy's count: the next one would come too soon.
            slot.lastseen = max(slot.lastseen, time.monotonic())
        if response.status in RETRY_STATUSES and (stated := _seconds(response.headers.get("Retry-After"))) is not None:
            if stated > LONGEST_WAIT_SECONDS:
                host.refused = f"{origin} asks to wait {stated:.0f} s, longer than this run waits"
            else:
                self._pause(origin, stated)

    def _slot(self, origin: str) -> Slot | None:
        """Return Scrapy's queue of a host; None before its first request."""
        engine = self.crawler.engine
        return engine.downloader.slots.get(urlsplit(origin).hostname or "") if engine else None

    @staticmethod
    def _failed(origin: str, host: Host) -> None:
        host.failures += 1
        if host.failures >= HOST_DOWN_AFTER and host.refused is None:
            host.refused = f"{origin} failed {host.failures} times in a row and was left alone"

    def _pause(self, origin: str, seconds: float) -> None:
        """Send nothing to a host for so long. Scrapy counts its delay from `lastseen`, so that is set ahead."""
        if slot := self._slot(origin):
            slot.lastseen = max(slot.lastseen, time.monotonic() + seconds - slot.delay)

    async def process_request(self, request: Request) -> Response | None:
        """Let a request pass when its host allows it, at the earliest moment the host allows.

        A request for robots.txt itself is answered with what is known: nobody is asked for it twice.
        """
        if request.meta.get("is_robots"):
            return None
        origin = _origin(request.url)
        if not origin.startswith(("http://", "https://")):
            raise Refused(f"{request.url:.200} is no address on the web (http, https)")
        if why := self._used_up(origin):
            raise Refused(why)
        host = await self._known_host(origin)
        if self._is_ending():
            raise Refused("the run was ended before it was asked")
        if host.refused is None and (why := self._unwelcome(origin, host, request)):
            raise Refused(why)
        if host.refused:
            if host.skipped:
                request.meta["skipped"] = host.skipped
            raise Refused(host.refused)
        if request.url == f"{origin}/robots.txt" and host.answer:
            return TextResponse(request.url, status=200, body=host.answer.body, encoding="utf-8")
        self._count(origin)
        request.meta["host"] = host  # the download handler looks once more, after the wait in the host's queue
        return None

    async def _known_host(self, origin: str) -> Host:
        """Return what a host says of itself, once it has been asked."""
        host = self.hosts.setdefault(origin, Host())
        if host.asked is None:
            host.asked = asyncio.Event()
            try:
                await self._ask_robots(origin, host)
            finally:
                host.asked.set()
                host.asked = _ASKED
        elif not host.asked.is_set():
            await host.asked.wait()
        return host

    def _is_ending(self) -> bool:
        """Whether Scrapy waits for the last answers only; it has no public word for that."""
        slot = getattr(self.crawler.engine, "_slot", None)
        return slot is not None and slot.closing is not None

    def _unwelcome(self, origin: str, host: Host, request: Request) -> str | None:
        """Say which wish of the host forbids a request; a wish of the whole host ends the visit."""
        path = urlsplit(request.url)._replace(scheme="", netloc="", fragment="").geturl()
        if host.robots and not host.robots.can_fetch(request.url, self.user_agent):
            request.meta["skipped"] = "robots"
            return f"{origin}/robots.txt forbids {urlsplit(request.url).path}"
        if host.visits and not _is_between(datetime.now(UTC).time(), *host.visits):
            first, last = (f"{each:%H:%M}" for each in host.visits)
            host.refused = f"{origin}/robots.txt asks to be visited between {first} and {last} UTC"
            host.skipped = "robots"
        if host.reservations and reservations.of_file(host.reservations, path):
            request.meta["skipped"] = "tdm"
            return f"{origin}{reservations.FILE} reserves {urlsplit(request.url).path} against text and data mining"
        return self._used_up(origin)

    def _used_up(self, origin: str) -> str | None:
        spider: Any = self.crawler.spider
        if not hasattr(spider, "requests_a_night") or (origin in self.unpaced and not self.always_limited):
            return None  # a person's single look at a page, or a server of our own
        limit = spider.requests_a_night(origin)
        if spider.asked.get(origin, 0) < limit:
            return None
        return f"{origin} was asked {limit} times this night, which is its share; the rest is asked next night"

    def _count(self, origin: str) -> None:
        asked = getattr(self.crawler.spider, "asked", {})
        asked[origin] = asked.get(origin, 0) + 1

    async def _ask_robots(self, origin: str, host: Host) -> None:
        known, url = self._known(), f"{origin}/robots.txt"
        if url not in known:
            try:
                answer = await self._robots(url)
            except Exception as error:  # noqa: BLE001 - whatever the reason, no answer means no crawl
                host.refused = f"{origin} cannot be reached ({_cause(error)})"
                return
            if answer.status // 100 not in (2, 4) or answer.status == 429:
                host.refused = f"{origin}/robots.txt answers HTTP {answer.status}, so nothing may be fetched (RFC 9309)"
                return
            body = answer.body[:ROBOTS_BYTES] if answer.status // 100 == 2 else b""
            known[url] = HostFile(answer.status, body, _fresh_until(answer.headers.get("Cache-Control")))
        host.answer = known[url]
        if host.answer.status // 100 == 2:
            host.robots = Protego.parse(host.answer.body.decode("utf-8-sig", "replace"))
            rate = host.robots.request_rate(self.user_agent)
            delay = max(
                host.robots.crawl_delay(self.user_agent) or 0, rate.seconds / max(rate.requests, 1) if rate else 0
            )
            if delay:
                self._slow_down(origin, host, float(delay))
            if visit := host.robots.visit_time(self.user_agent):
                host.visits = (visit.start_time, visit.end_time)
        if host.refused is None and urlsplit(origin).hostname not in self.documented and not self._is_ending():
            await self._ask_reservations(origin, host)

    async def _ask_reservations(self, origin: str, host: Host) -> None:
        """Ask for the host's tdmrep.json; one that is not answered says nothing, and is asked for again next time."""
        known, url = self._known(), f"{origin}{reservations.FILE}"
        if url not in known and (host.robots is None or host.robots.can_fetch(url, self.user_agent)):
            try:
                answer = await self._robots(url, tries=RETRIES)
            except Exception:  # noqa: BLE001 - the page itself will say what is wrong
                return
            if answer.status // 100 not in (2, 4) or answer.status == 429:
                return
            until = datetime.now(UTC) + timedelta(seconds=RESERVATIONS_SECONDS)
            body = answer.body[:ROBOTS_BYTES] if answer.status // 100 == 2 else b""
            known[url] = HostFile(answer.status, body, until.isoformat(timespec="seconds"))
        host.reservations = known[url].body if url in known else None

    def _known(self) -> dict[str, HostFile]:
        return getattr(self.crawler.spider, "host_files", {})  # the engine keeps them for the next run

    async def _robots(self, url: str, tries: int = 0) -> Response:
        """Fetch what a host says of itself; redirects are followed as RFC 9309 says, across hosts too."""
        engine = self.crawler.engine
        assert engine is not None  # noqa: S101 - set before the first request
        for _ in range(ROBOTS_REDIRECTS + 1):
            request = Request(url, meta={"is_robots": True, "tries": tries}, priority=1000, callback=NO_CALLBACK)
            self._count(_origin(url))
            response = await engine.download_async(request)
            target = response.urljoin((response.headers.get("Location") or b"").decode("latin-1"))
            if response.status not in (301, 302, 303, 307, 308) or not target.startswith(("http://", "https://")):
                break
            url = target
        return response

    def _slow_down(self, origin: str, host: Host, delay: float) -> None:
        if delay > LONGEST_CRAWL_DELAY_SECONDS:
            host.refused = f"{origin}/robots.txt asks for {delay:g} s between requests, more than a night can give"
            host.skipped = "robots"
            return
        host.delay = delay

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Send again what may pass by itself."""
        if not request.meta.get("is_robots") and reservations.of_answer(response):
            reserved = self.hosts[_origin(request.url)]
            reserved.refused, reserved.skipped = f"{_origin(request.url)} reserves text and data mining", "tdm"
            request.meta["skipped"] = "tdm"
            raise Refused(reserved.refused)
        host = self.hosts.setdefault(_origin(request.url), Host())
        pause: float | None
        if response.status == 403 and request.meta.get("ambiguous_403"):
            retries, pause = 0 if host.questioned else 1, float(PAUSE_403_SECONDS)
            host.questioned = True
        elif response.status in RETRY_STATUSES:
            retries, pause = RETRIES, 0.0 if "Retry-After" in response.headers else None
        else:
            host.questioned = host.questioned and not request.meta.get("tries")
            return response
        return self._again(request, retries, pause) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Send again after a broken connection, a half body or a time-out."""
        if isinstance(exception, IgnoreRequest):
            return None
        unreachable = (CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError)
        retries = 1 if isinstance(exception, unreachable) else RETRIES
        self._failed(_origin(request.url), self.hosts.setdefault(_origin(request.url), Host()))
        return self._again(request, retries, None)

    def _again(self, request: Request, retries: int, pause: float | None) -> Request | None:
        """Return the request to send again after `pause` seconds (None: 5, then 15); None when that is enough."""
        origin = _origin(request.url)
        host = self.hosts.setdefault(origin, Host())
        tries = request.meta.get("tries", 0)
        if host.refused or tries >= retries:
            return None
        if origin not in self.unpaced:
            self._pause(origin, BACKOFF_SECONDS * 3**tries if pause is None else pause)
        return request.replace(meta={**request.meta, "tries": tries + 1}, priority=request.priority + 1)


def _is_between(now: dt_time, first: dt_time, last: dt_time) -> bool:
    return first <= now <= last if first <= last else now >= first or now <= last


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _fresh_until(header: bytes | None) -> str:
    """Return how long a robots.txt holds by its host's own word (RFC 9309, 2.4), at most a day; else until now."""
    stated = (header or b"").decode("latin-1").lower()
    age = re.search(r"(?<![a-z-])max-age=([0-9]{1,9})", stated)
    seconds = int(age[1]) if age and "no-store" not in stated and "no-cache" not in stated else 0
    until = datetime.now(UTC) + timedelta(seconds=min(seconds, LONGEST_ROBOTS_SECONDS))
    return until.isoformat(timespec="seconds")


def _seconds(header: bytes | None) -> float | None:
    """Read Retry-After: seconds or a date; None when absent or absurd."""
    if header is None:
        return None
    text = header.decode("latin-1").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) and seconds >= -86_400 else None


def _cause(error: BaseException) -> str:
    name = type(error).__name__.removesuffix("Error")
    return {
        "DownloadConnectionRefused": "connection refused",
        "CannotResolveHost": "its name is not known: is there a network?",
        "DownloadTimeout": "no answer in time",
    }.get(name, f"{name}: {error}"[:160])
