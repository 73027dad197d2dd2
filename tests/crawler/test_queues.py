"""Whose turn it is: a bounded number of boards is under way, and no host keeps those of others waiting."""

import asyncio
from pathlib import Path

import pytest

from crawler import queues
from crawler.queues import AHEAD, Turns
from tests.adverts import many
from tests.conftest import Crawler, scrapy
from tests.sources_on_loopback import AgencyServer, LoopbackServer, Reply, Request

# ---------------------------------------------------------------- boards


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


# ---------------------------------------------------------------- requests


def test_lists_are_read_before_the_details_that_they_name(crawl: Crawler) -> None:
    with AgencyServer(many(400, head_share=0.9)) as server:
        night = crawl(server)

    asked = [request.path.rpartition("/")[0] for request in server.requests]
    last_list = max(number for number, path in enumerate(asked) if path.endswith("/v6"))
    details = [number for number, path in enumerate(asked) if path.endswith("/jobdetails")]
    assert night.exit_code == 0
    assert len(details) == 178
    assert sum(number < last_list for number in details) <= AHEAD


class Hosts(LoopbackServer):
    """Answers whatever eleven hosts are asked, each time after a while."""

    plays = ("https://many.example", *(f"https://few{number}.example" for number in range(10)))

    def answer(self, request: Request) -> Reply:
        return Reply(404) if request.path == "/robots.txt" else Reply(200, b"{}")


SPIDER = """
import scrapy
class Asks(scrapy.Spider):
    name = "asks"
    custom_settings = {"ITEM_PIPELINES": {}, "EXTENSIONS": {}}
    start_urls = ["https://many.example/list"]
    def parse(self, response):
        for number in range(60):
            yield scrapy.Request(f"https://many.example/{number}", callback=self.parse_one)
    def parse_one(self, response):
        for number in range(10):
            yield scrapy.Request(f"https://few{number}.example/", callback=self.parse_few)
    def parse_few(self, response):
        pass
"""


def test_host_with_much_to_ask_for_keeps_no_other_waiting(tmp_path: Path) -> None:
    (tmp_path / "asks.py").write_text(SPIDER)
    with Hosts(latency=0.03) as server:
        done = scrapy(
            tmp_path, "runspider", str(tmp_path / "asks.py"), "-s", "PACE=0", "-s", f"ORIGINS={server.origins}",
            "-s", "DOWNLOAD_DELAY=0.001", "-s", "CONCURRENT_REQUESTS=20",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr

    asked = [(request.headers["host"], request.path) for request in server.requests]
    begun = [asked.index((f"few{number}.example", "/robots.txt")) for number in range(10)]
    of_many = [path for host, path in asked[: max(begun)] if host == "many.example"]
    assert len(of_many) <= 8, of_many  # robots.txt, tdmrep.json, the list, the first page that names the others, AHEAD
    assert len([host for host, _ in asked if host == "many.example"]) == 63
