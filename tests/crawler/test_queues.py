"""Whose turn it is: a bounded number of boards is under way, and no host keeps those of others waiting."""

import asyncio

import pytest

from crawler import queues
from crawler.queues import Turns


async def begin(turns: Turns) -> tuple[list[str], "asyncio.Task[None]"]:
    """Begin all that may begin; return the list that goes on to grow, and what fills it."""
    begun: list[str] = []

    async def fill() -> None:
        async for board in turns.begun():
            begun.append(board)  # noqa: PERF401 - looked at while it grows

    filling = asyncio.create_task(fill())
    await asyncio.sleep(0)
    return begun, filling


def test_many_boards_of_one_host_keep_no_other_waiting() -> None:
    async def run() -> None:
        turns = Turns([("shared", f"a{number}") for number in range(4)] + [("own", "b"), ("other", "c")])
        begun, filling = await begin(turns)
        assert begun == ["a0", "b", "c", "a1"]

        turns.end("b")
        await asyncio.sleep(0)
        assert begun == ["a0", "b", "c", "a1"]  # its host has no other board

        turns.end("a0")
        turns.end("a1")
        await asyncio.sleep(0)
        assert begun == ["a0", "b", "c", "a1", "a2", "a3"]
        assert filling.done()

    asyncio.run(run())


def test_so_many_boards_are_under_way_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "AT_ONCE", 2)

    async def run() -> None:
        turns = Turns((f"host{number}", f"b{number}") for number in range(5))
        begun, filling = await begin(turns)
        assert begun == ["b0", "b1"]
        for number in range(5):
            turns.end(f"b{number}")
            turns.end(f"b{number}")  # once more says nothing
            await asyncio.sleep(0)
            assert begun == [f"b{each}" for each in range(min(number + 3, 5))]
        assert filling.done()

    asyncio.run(run())


def test_without_boards_nothing_is_waited_for() -> None:
    async def run() -> list[str]:
        return [board async for board in Turns([]).begun()]

    assert asyncio.run(run()) == []
