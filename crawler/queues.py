"""The queue of requests: a host that has enough to do is given no more, so that it delays no other."""

from scrapy import Request
from scrapy.pqueues import DownloaderAwarePriorityQueue

AHEAD = 2  # requests of one host that are under way or wait for their turn; one is asked at a time


class OneHostAtATime(DownloaderAwarePriorityQueue):
    """Scrapy's queue hands out a slow host's requests until CONCURRENT_REQUESTS wait for it; this one does not."""

    def pop(self) -> Request | None:
        """Return a request for the host with the least to do; None while every host has enough."""
        if self.pqueues and min(each for each, _ in self._downloader_interface.stats(self.pqueues)) >= AHEAD:
            return None
        return super().pop()
