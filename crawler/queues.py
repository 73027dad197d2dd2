"""Whose turn it is: a board begins when others have ended, and a host that has enough to do is given no more."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.pqueues import DownloaderAwarePriorityQueue, DownloaderInterface

AT_ONCE = 1_000  # boards under way: what is held in memory grows with them, and not with all boards there are
OF_ONE_HOST = 2  # of these: where many boards share a host, the next is at hand, and no other host waits for them
AHEAD = 2  # requests of one host that are under way or wait for their turn; one is asked at a time


class UnderWay(DownloaderInterface):
    """How many requests each host has been given and not answered, for those that may be given more.

    Scrapy's own count misses those whose coroutine has not begun, or waits for robots.txt: all that a list names would
    be handed out at once, the next list pages behind them, and CONCURRENT_REQUESTS used up by one host.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._given: dict[str, set[Request]] = {}

    def add(self, request: Request) -> None:
        """Note that a request is handed out; Scrapy forgets it when it has ended, however that was."""
        self._given.setdefault(self.get_slot_key(request), set()).add(request)
        if len(self._given) > 2 * AT_ONCE:
            self._given = {host: left for host, each in self._given.items() if (left := each & self.downloader.active)}

    def stats(self, possible_slots: Iterable[str]) -> list[tuple[int, str]]:
        """Return the hosts that have less than enough to do, each behind what it has."""
        return [each for each in super().stats(possible_slots) if each[0] < AHEAD]

    def _active_downloads(self, slot: str) -> int:
        if given := self._given.get(slot):
            given &= self.downloader.active
        return len(given or ())


class OneHostAtATime(DownloaderAwarePriorityQueue):
    """Scrapy's queue hands out a slow host's requests until CONCURRENT_REQUESTS wait for it; this one does not."""

    def __init__(self, crawler: Crawler, *args: Any, **kwargs: Any) -> None:
        super().__init__(crawler, *args, **kwargs)
        self._downloader_interface = self._under_way = UnderWay(crawler)

    def pop(self) -> Request | None:
        """Return a request for the host with the least to do; None while every host has enough."""
        if request := super().pop():
            self._under_way.add(request)
        return request


class Turns:
    """Which board begins next: one of each host in turn, as those before it end."""

    def __init__(self, boards: Iterable[tuple[str, str]]) -> None:
        """Take boards in their order: host, id."""
        self._waiting: dict[str, deque[str]] = {}
        for host, board in boards:
            self._waiting.setdefault(host, deque()).append(board)
        self._hosts = deque([*self._waiting] * OF_ONE_HOST)  # each as often as it may begin another board
        self._under_way: dict[str, str] = {}
        self._ended = asyncio.Event()

    async def begun(self) -> AsyncIterator[str]:
        """Yield one board after the other, each when it may begin."""
        while self._waiting:
            while not self._hosts or len(self._under_way) >= AT_ONCE:
                self._ended.clear()
                await self._ended.wait()
            host = self._hosts.popleft()
            if boards := self._waiting.get(host):
                board = boards.popleft()
                if not boards:
                    del self._waiting[host]
                self._under_way[board] = host
                yield board

    def end(self, board: str) -> None:
        """Say that nothing of a board is pending."""
        if (host := self._under_way.pop(board, None)) is not None:
            self._hosts.append(host)
            self._ended.set()
