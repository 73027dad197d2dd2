"""Whatever a host says in the second night, no job closes that has not honestly gone; and one that has, does."""

import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from crawler.middlewares.reservations import FILE
from tests.adverts import small_world
from tests.conftest import ROOT
from tests.market_on_loopback import MarketServer, all_boards
from tests.sources_on_loopback import (
    Answer,
    Reply,
    Request,
    empty_body,
    half_body,
    hang_up,
    html,
    page_again,
    redirect,
    renamed,
    status,
    wrong_total,
)  # fmt: skip


def _bomb() -> bytes:
    """Two gigabytes of blanks, in two megabytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = b" " * (1 << 20)
    return b"".join([packer.compress(piece) for _ in range(2_000)]) + packer.flush()


def of(body: bytes, kind: str, *headers: tuple[str, str], code: int = 200) -> Answer:
    return Answer(Reply(code, body, kind, headers))


LONG = 40 * 1024 * 1024  # bytes: more than an answer may have
LIES: dict[str, Callable[[], Answer]] = {
    "empty body": empty_body,
    "empty JSON object": lambda: of(b"{}", "application/json"),
    "empty JSON list": lambda: of(b"[]", "application/json"),
    "JSON null": lambda: of(b"null", "application/json"),
    "lists without entries": lambda: of(
        b'{"jobs":[],"ergebnisliste":[],"maxErgebnisse":0,"offers":[],"items":[],"results":[],"total":0,"jobPostings":[]}',
        "application/json",
    ),
    "empty feed": lambda: of(b'<?xml version="1.0"?><rss><channel></channel></rss>', "text/xml"),
    "empty page": lambda: of(b"<html><head></head><body></body></html>", "text/html"),
    "login page": lambda: of(b"<html><form action=/login><input type=password></form></html>", "text/html"),
    "maintenance page": html,
    "accepted, empty (202)": lambda: of(b"", "text/html", code=202),
    "no content (204)": lambda: of(b"", "", code=204),
    "half a body with its length": lambda: half_body(with_length=True),
    "half a body without length": lambda: half_body(with_length=False),
    "JSON cut": lambda: of(b'{"jobs":[{"id":1,"ti', "application/json"),
    "deeply nested JSON": lambda: of(b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "application/json"),
    "not a number": lambda: of(b'{"total":NaN,"jobs":Infinity}', "application/json"),
    "half letters": lambda: of(b'{"jobs":[{"id":"\\ud800","title":"\\ud800"}]}', "application/json"),
    "entities without end": lambda: of(
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;&b;&b;&b;&b;">'
        b'<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;">]>'
        b"<workzag-jobs>&f;</workzag-jobs>",
        "text/xml",
    ),
    "a file as entity": lambda: of(
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><workzag-jobs>&x;</workzag-jobs>',
        "text/xml",
    ),
    "key renamed: id": lambda: renamed("id", "ident"),
    "key renamed: title": lambda: renamed("title", "titel"),
    "the first page again and again": lambda: page_again(1),
    "a total too large": lambda: wrong_total(1_000_000),
    "a total that is a word": lambda: wrong_total("viele"),
    "bad request (400)": lambda: status(400),
    "key refused (401)": lambda: status(401),
    "forbidden (403)": lambda: status(403),
    "not found (404)": lambda: status(404),
    "gone (410)": lambda: status(410),
    "too many (429), wait a day": lambda: status(429, retry_after=86_400),
    "too many (429), wait for nonsense": lambda: status(429, retry_after="abc"),
    "server error (500)": lambda: status(500),
    "unavailable (503)": lambda: status(503),
    "connection closed": hang_up,
    "redirect to itself": lambda: redirect(""),
    "redirect elsewhere": lambda: redirect("https://elsewhere.example/jobs"),
    "redirect to a file": lambda: redirect("file:///etc/passwd"),
    "redirect to this machine": lambda: redirect("http://127.0.0.1:9/"),
    "a bomb of two gigabytes": lambda: of(_bomb(), "application/json", ("Content-Encoding", "gzip")),
    "compressed twice": lambda: of(
        gzip.compress(gzip.compress(b"{}")), "application/json", ("Content-Encoding", "gzip, gzip")
    ),
    "forty megabytes": lambda: of(b'{"jobs":[' + b" " * LONG + b"]}", "application/json"),
    "unknown encoding": lambda: of(b"\x00\x01\x02\x03", "application/json", ("Content-Encoding", "zap")),
    "binary rubbish": lambda: of(bytes(range(256)) * 100, "application/json"),
}
ROBOTS: dict[str, Callable[[], Answer]] = {
    "robots.txt: unavailable (503)": lambda: status(503),
    "robots.txt: connection closed": hang_up,
    "robots.txt: everything forbidden": lambda: of(b"User-agent: *\nDisallow: /\n", "text/plain"),
    "robots.txt: redirects for ever": lambda: redirect("/robots.txt"),
    "robots.txt: an hour between requests": lambda: of(b"User-agent: *\nCrawl-delay: 3600\n", "text/plain"),
    "robots.txt: too many (429)": lambda: status(429),
}


def is_robots(request: Request) -> bool:
    return request.path == "/robots.txt"


def is_content(request: Request) -> bool:
    return request.path not in ("/robots.txt", FILE)


class World:
    """One server with every kind of source, and the files that the first, honest night left."""

    def __init__(self, folder: Path, kinds: Sequence[str] = ()) -> None:
        self.folder = folder
        self.boards = [each for each in all_boards() if not kinds or each[0].kind in kinds]
        self.kinds = kinds
        self.adverts = [] if kinds and "arbeitsagentur" not in kinds else small_world()

    @contextmanager
    def server(self) -> Iterator[MarketServer]:
        with MarketServer(self.adverts, self.boards) as server:
            server.board_rows(self.folder / "boards.csv")
            yield server

    def crawl(self, server: MarketServer, folder: Path) -> tuple[int, int]:
        """Run a night over the files of a folder; returns the exit code and the peak memory in MB."""
        folder.mkdir(exist_ok=True)
        environment = os.environ | {
            "STELLWERK_JOBS_DB": str(folder / "jobs.db"), "STELLWERK_RAW_DB": str(folder / "private" / "raw.db"),
            "STELLWERK_BOARDS_FILE": str(self.folder / "boards.csv"), "STELLWERK_CONTACT": "tests@stellwerk.example",
        }  # fmt: skip
        script = (
            "import resource, subprocess, sys\n"
            "done = subprocess.run(sys.argv[1:], capture_output=True, text=True, timeout=300)\n"
            "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n"
            "sys.stderr.write(done.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, sys.executable, "-m", "scrapy", "crawl", "dortmund_itleiter", "-s", "PACE=0",
             "-s", f"ORIGINS={server.origins}", *(["-a", f"kinds={','.join(self.kinds)}"] if self.kinds else [])],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=320, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr[-3_000:]
        code, memory = done.stdout.split()
        return int(code), int(memory)

    def copy(self, name: str) -> Path:
        """Return a copy of the files as the first night left them."""
        return Path(shutil.copytree(self.folder / "first", self.folder / name))


def ask(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(folder / "jobs.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def forget_lists(folder: Path) -> None:
    """Forget the lists of the first night: who asks for what is new would get "not modified", and no lie."""
    with closing(sqlite3.connect(folder / "private" / "raw.db")) as connection, connection:
        connection.execute("DELETE FROM lists")


_LAST = "run_id = (SELECT max(id) FROM runs)"


def night_of_lies(
    world: World, server: MarketServer, name: str, answer: Answer, match: Callable[[Request], bool]
) -> str:
    """Run a second night in which every board lies, and a third one that is honest; returns what it was like."""
    folder = world.copy("lie")
    try:
        forget_lists(folder)
        server.fault(match, answer)
        code, memory = world.crawl(server, folder)
        server.forget_faults()
        closed = ask(folder, "SELECT count(*) FROM jobs WHERE status = 'closed'")[0][0]
        assert closed == 0, f"{name}: {closed} jobs closed by a lie"
        assert memory < 300, f"{name}: {memory} MB"
        outcomes = dict(ask(folder, f"SELECT outcome, count(*) FROM run_boards WHERE {_LAST} GROUP BY outcome"))
        assert code in (0, 3, 4), f"{name}: exit code {code}"
        again, _ = world.crawl(server, folder)
        assert again == 0, f"{name}: the honest night after it ended with {again}"
        assert ask(folder, "SELECT count(*) FROM jobs WHERE status <> 'open'")[0][0] == 0, f"{name}: not open again"
        told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
        return f"{name}: exit {code}; {told}; 0 closed; {memory} MB"
    finally:
        server.forget_faults()
        shutil.rmtree(folder)


def honest_removal(world: World, server: MarketServer) -> str:
    """Take one advert from the agency's list, honestly: it closes that night, and nothing else does."""
    folder = world.copy("honest")
    (gone,) = ask(
        folder, "SELECT source_id FROM postings WHERE board LIKE 'arbeitsagentur:%' AND leads ORDER BY 1 LIMIT 1"
    )[0]
    server.replace([each for each in world.adverts if each["referenznummer"] != gone])
    world.crawl(server, folder)
    closed = ask(folder, "SELECT source_id FROM postings WHERE status = 'closed'")
    server.replace(world.adverts)
    shutil.rmtree(folder)
    assert closed == [(gone,)], f"honest removal: closed are {closed}"
    return "an advert that is honestly gone closes the same night, and no other"


def prove(*, quick: bool = False, tell: Callable[[str], object] = str) -> str:
    """Tell every lie to every kind of source; returns the figure, raises AssertionError with what broke it."""
    kinds = ("arbeitsagentur", "personio", "greenhouse") if quick else ()
    lies = {name: (answer, is_content) for name, answer in LIES.items()}
    lies |= {name: (answer, is_robots) for name, answer in ROBOTS.items()}
    if quick:
        lies = {name: lies[name] for name in ("lists without entries", "half a body without length", "key renamed: id")}
    most = 0
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), kinds)
        with world.server() as server:
            code, _ = world.crawl(server, Path(folder) / "first")
            assert code == 0, f"the first night ended with {code}"
            boards = ask(Path(folder) / "first", "SELECT count(*) FROM run_boards")[0][0]
            for name, (answer, match) in lies.items():
                line = night_of_lies(world, server, name, answer(), match)
                most = max(most, int(line.rsplit(" ", 2)[1]))
                tell(line)
            tell(honest_removal(world, server))
    figure = f"{len(lies)} lies × {boards} boards, two nights each: 0 jobs closed, {most} MB at most"
    return f"{figure}; an honest removal closes"


if __name__ == "__main__":
    print(prove(tell=lambda line: print(line, flush=True)))
