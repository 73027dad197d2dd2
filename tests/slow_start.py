"""A busy machine: time passes between the requests that a spider starts with."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any


class SlowStart:
    """A spider middleware of Scrapy's."""

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Hand on one after the other, with room for an answer in between."""
        async for each in start:
            yield each
            await asyncio.sleep(0.05)
