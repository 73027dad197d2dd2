"""Sends requests for a public origin to another one (setting ORIGINS), under their public name."""

import functools
import ipaddress
import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler.middlewares import guard

IDLE_SECONDS = 5  # that a connection is kept for a host's next request; Twisted's 240 would hold thousands open


class OriginsError(Exception):
    """ORIGINS cannot be read; the message says how it is written."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port, as in https://rest.arbeitsagentur.de."""

    scheme: str
    host: str
    netloc: str

    @property
    def is_loopback(self) -> bool:
        """Whether this is an address of this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"


@functools.cache
def _parsed(text: str) -> dict[Origin, Origin]:
    try:
        stated = json.loads(text if text.lstrip().startswith("{") else Path(text).read_text(encoding="utf-8"))
        return {_origin(public): _origin(target) for public, target in stated.items()}
    except (ValueError, AttributeError, TypeError, OSError) as error:
        raise OriginsError(
            f"""ORIGINS cannot be read ({error}). Write it as '{{"https://public.example": "http://127.0.0.1:8123"}}',"""
            " or name a file that holds this."
        ) from error


def _origin(text: str) -> Origin:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ValueError(f"{text!r} is not an origin")
    return Origin(parts.scheme, parts.hostname, parts.netloc)


def mapping(settings: BaseSettings) -> dict[Origin, Origin]:
    """Return what ORIGINS maps to what; raises OriginsError."""
    stated = settings["ORIGINS"] or "{}"
    return _parsed(stated if isinstance(stated, str) else json.dumps(stated))


def unpaced(settings: BaseSettings) -> list[Origin]:
    """Return the public origins that are asked without pauses: PACE=0, and mapped to this machine."""
    if settings.getbool("PACE"):
        return []
    return [public for public, target in mapping(settings).items() if target.is_loopback]


class OriginsDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler, but for mapped origins it connects elsewhere; the Host header stays the public one.

    A handler, not a middleware: pace, robots and every log keep seeing the public URL, and nothing is scheduled twice.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.cachedConnectionTimeout = IDLE_SECONDS
        self._targets = {str(public): str(target) for public, target in mapping(crawler.settings).items()}

    async def download_request(self, request: Request) -> Response:
        """Fetch, and hand the answer back under the public URL; nothing goes to a host given up meanwhile."""
        host = request.meta.get("host")
        if host is not None and host.refused:
            raise IgnoreRequest(host.refused)
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        target = self._targets.get(origin)
        if target is None:
            return await self._guarded(request, parts.hostname or "")
        headers = request.headers.copy()
        headers["Host"] = parts.netloc
        response = await super().download_request(
            request.replace(url=target + request.url[len(origin) :], headers=headers)
        )
        return response.replace(url=request.url)

    async def _guarded(self, request: Request, host: str) -> Response:
        if why := guard.why_not(host):
            raise IgnoreRequest(f"{why}: nothing is sent there")
        try:
            return await super().download_request(request)
        except CannotResolveHostError as error:
            if why := guard.refused.get(host):
                raise IgnoreRequest(f"{why}: nothing is sent there") from error
            raise
