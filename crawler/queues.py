"""Whose turn it is: a board begins when others have ended, and a host that has enough to do is given no more."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable

from scrapy import Request
from scrapy.pqueues import DownloaderAwarePriorityQueue

AT_ONCE = 1_000  # boards under way: what is held in memory grows with them, and not with all boards there are
OF_ONE_HOST = 2  # of these: where many boards share a host, the next is at hand, and no other host waits for them
AHEAD = 2  # requests of one host that are under way or wait for their turn; one is asked at a time


class OneHostAtATime(DownloaderAwarePriorityQueue):
    """Scrapy's queue hands out a slow host's requests until CONCURRENT_REQUESTS wait for it; this one does not."""

    def pop(self) -> Request | None:
        """Return a request for the host with the least to do; None while every host has enough."""
        if self.pqueues and min(each for each, _ in self._downloader_interface.stats(self.pqueues)) >= AHEAD:
            return None
        return super().pop()


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
