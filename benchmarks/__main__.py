"""All that docs/performance.md tells of one machine: `./run python -m benchmarks [names] [--large jobs.db] [--write]`.

Each figure is the median of several rounds in one run, beside a limit or a peer that is timed in the same run.
`--large` is a jobs.db of a million jobs, as `python -m benchmarks.pages --jobs 1000000 --keep FOLDER` makes it; it is
copied.
`--write` puts the table into docs/performance.md.
"""

import argparse
import itertools
import json
import os
import platform
import re
import resource
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks import crawl, peers
from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import SOURCES
from pipelines import (
    conditions,
    duplicates,
    employers,
    normalise,
    places,
    salaries,
    skills,
    text,
    title_cleaning,
    titles,
)
from pipelines.duplicates import advert_of
from pipelines.items import Job, Posting, RawPosting, Rejection
from pipelines.storage import Batch, Storage
from tests.adverts import many, small_world
from tests.market_on_loopback import MarketServer, all_boards
from tests.recorded_boards import Recorded
from tests.sources_on_loopback import AgencyServer

ROOT = Path(__file__).resolve().parent.parent
SEARCH = "dortmund_itleiter"
ROUNDS = 5
BOARDS, GERMANY = 1_000, 24_000
REPROCESSED = 20_000
MARKET = 16_000  # adverts of the agency, half of them near enough to be read; of more it would show 10,000 alone
TODAY = date(2026, 11, 25)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `met` is None where there is no limit."""

    what: str
    ours: str
    against: str
    met: bool | None = None


def median(measure: Callable[[], float], rounds: int = ROUNDS) -> float:
    return statistics.median(measure() for _ in range(rounds))


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def postings(count: int) -> list[Posting]:
    """Return adverts as the agency sends them, with texts of 3,000 characters, as our source maps them."""
    source = SOURCES["arbeitsagentur"]
    return [source.posting({**each}, {**each}) for each in many(count)]


# ---------------------------------------------------------------- what one core does


def normalising() -> Iterator[Row]:
    """Each stage and the whole, over adverts of which one in ten is wanted and all are read to the end."""
    wanted, adverts = Search("it-leiter", "Dortmund").wanted(), postings(600)
    texts = [text.plain(each.description) for each in adverts]
    normalise.normalise(adverts[0], wanted, TODAY)  # tables are read at the first
    stages: dict[str, Callable[[], object]] = {
        "markup to text": lambda: [text.plain(each.description) for each in adverts],
        "titles": lambda: [titles.classify(title_cleaning.clean(each.title).text, wanted.role) for each in adverts],
        "places": lambda: [places.resolve(each.places, each.place) for each in adverts],
        "pay": lambda: [salaries.pay(each, None, None, None) for each in texts],
        "conditions": lambda: [conditions.find(each) for each in texts],
        "skills": lambda: [skills.find(each) for each in texts],
        "employers": lambda: [employers.key(each.employer) for each in adverts],
    }
    for name, work in stages.items():
        rate = len(adverts) / max(median(lambda work=work: timed(work), 3), 1e-9)  # type: ignore[misc]
        yield Row(f"normalising: {name}", f"{rate:,.0f} adverts/s", "")
    rate = len(adverts) / median(lambda: timed(lambda: [normalise.normalise(each, wanted, TODAY) for each in adverts]))
    yield Row("normalising, whole, adverts of 3 kB", f"{rate:,.0f} adverts/s", "300 adverts/s", met=rate >= 300)


def grouping() -> Iterator[Row]:
    """Which adverts are one job, all anew."""
    wanted = Search("it-leiter", "Dortmund").wanted()
    jobs = [normalise.normalise(each, wanted, TODAY) for each in postings(10_000)]
    adverts = [advert_of(f"{number:05}", TODAY.isoformat(), each) for number, each in enumerate(jobs)]
    seconds = median(lambda: timed(lambda: duplicates.group(adverts)), 3)
    yield Row("grouping 10,000 adverts", f"{seconds:.1f} s", "")


# ---------------------------------------------------------------- storing


def _jobs(first: int, count: int) -> list[tuple[RawPosting, Job]]:
    wanted = Search("it-leiter", "Dortmund").wanted()
    pattern = [normalise.normalise(each, wanted, TODAY) for each in postings(300)]
    made = []
    for number in range(first, first + count):
        each = pattern[number % len(pattern)]
        key = f"bench{number}"
        raw = RawPosting(
            board="arbeitsagentur:bench", source_id=key, list_hash="h",
            payload=json.dumps({"listed": each.text}).encode(), posting=Posting(source_id=key, title=each.title),
            detail="fetched",
        )  # fmt: skip
        made.append((raw, replace(each, employer_key=f"{each.employer_key} {number}", text=f"{each.text} {number}")))
    return made


def _ours(path: Path, adverts: list[tuple[RawPosting, Job]]) -> float:
    storage = Storage(path, path.parent / "private" / "raw.db")
    try:
        run_id = storage.begin_run(SEARCH, datetime.now(UTC))
        batches = [adverts[start : start + 250] for start in range(0, len(adverts), 250)]

        def work() -> None:
            for each in batches:
                storage.store(Batch(accepted=each), run_id=run_id, night=TODAY.isoformat())
            storage.merge_index()  # as the end of a run does

        return timed(work)
    finally:
        storage.close()


def _plain(path: Path, adverts: list[tuple[RawPosting, Job]], index: str) -> float:
    """The peer: the same bytes into one table by `executemany`, upserts, the same batches and the same safety.

    `index`: "none"; "trigger", as SQLite's documentation keeps a full-text index; or "together", as ours.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -65536")
    rows = [
        (raw.source_id, job.title, job.employer, job.city, job.text, repr(job)[: len(repr(job)) - len(job.text or "")],
         raw.payload) for raw, job in adverts
    ]  # fmt: skip
    connection.execute(
        "CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, title, employer, place, text, facts, payload)"
    )
    if index != "none":
        connection.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS jobs_fts USING fts5(title, employer, place, text, content='jobs',"
            " tokenize='trigram')"
        )
        connection.execute("INSERT INTO jobs_fts (jobs_fts, rank) VALUES ('hashsize', 8388608)")
        connection.execute("INSERT INTO jobs_fts (jobs_fts, rank) VALUES ('automerge', 0)")
    if index == "trigger":
        connection.execute(
            "CREATE TRIGGER IF NOT EXISTS added AFTER INSERT ON jobs BEGIN INSERT INTO jobs_fts"
            " (rowid, title, employer, place, text)"
            " VALUES (new.rowid, new.title, new.employer, new.place, new.text); END"
        )
    sql = (
        "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET title = excluded.title,"
        " employer = excluded.employer, place = excluded.place, text = excluded.text, facts = excluded.facts,"
        " payload = excluded.payload"
    )

    def work() -> None:
        for start in range(0, len(rows), 250):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(sql, rows[start : start + 250])
            if index == "together":
                connection.executemany(
                    "INSERT INTO jobs_fts (rowid, title, employer, place, text)"
                    " SELECT rowid, title, employer, place, text FROM jobs WHERE id = ?",
                    [(row[0],) for row in rows[start : start + 250]],
                )
            connection.execute("COMMIT")

    try:
        return timed(work)
    finally:
        connection.close()


def storing(large: Path | None) -> Iterator[Row]:
    """New adverts into a file of 10,000, and into one of a million."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        before, fresh = _jobs(0, 10_000), _jobs(10_000, 2_000)
        _ours(folder / "small" / "jobs.db", before)
        indexes = ("trigger", "together", "none")
        for index in indexes:
            _plain(folder / f"{index}.db", before, index)
        rates: dict[str, list[float]] = {"ours": [], **{index: [] for index in indexes}}
        for number in range(3):
            shutil.copytree(folder / "small", folder / f"ours{number}")
            os.sync()  # what is still on its way to the disk would be measured
            rates["ours"].append(len(fresh) / _ours(folder / f"ours{number}" / "jobs.db", fresh))
            for index in indexes:
                path = shutil.copy(folder / f"{index}.db", folder / f"{index}{number}.db")
                os.sync()
                rates[index].append(len(fresh) / _plain(Path(path), fresh, index))
        ours, trigger, together, none = (statistics.median(each) for each in rates.values())
        yield Row(
            "storing new adverts, 10,000 there already", f"{ours:,.0f}/s",
            f"executemany of the same bytes, full-text index by a trigger {trigger:,.0f}/s: {ours / trigger:.2f} (0.7)",
            met=ours / trigger >= 0.7,
        )  # fmt: skip
        yield Row("", "", f"the same, index by statements as ours {together:,.0f}/s: {ours / together:.2f}")
        yield Row("", "", f"the same without an index {none:,.0f}/s: {ours / none:.2f}")
        if large:
            numbers = itertools.count(20_000, len(fresh))
            shutil.copy(large, folder / "jobs.db")
            os.sync()
            more = len(fresh) / median(lambda: _ours(folder / "jobs.db", _jobs(next(numbers), len(fresh))), 3)
            yield Row(
                "storing new adverts, 1,000,000 there already", f"{more:,.0f}/s",
                f"cost of one against that at 10,000: {ours / more:.2f} (1.3)", met=ours / more <= 1.3,
            )  # fmt: skip


# ---------------------------------------------------------------- start, a quiet night, reading again


def _until_asked(command: list[str], folder: Path, port: int, environment: dict[str, str]) -> float:
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen()
        listening.settimeout(30)
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        taken, _ = listening.accept()
        seconds = time.perf_counter() - begun
        process.kill()
        process.wait()
        taken.close()
        return seconds


def starting() -> Iterator[Row]:
    """From the command to the first request, against a bare spider."""
    port, bare, ours = 8977, [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bare.py").write_text(crawl.BARE)
        (folder / "urls.json").write_text(json.dumps([f"http://127.0.0.1:{port}/"]))
        environment = os.environ | crawl.files(name) | {"PYTHONPYCACHEPREFIX": f"{name}/compiled"}
        # What the first start has compiled, later ones read: of Scrapy's code and of ours, as on anybody's machine.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "scrapy", "crawl", SEARCH, "-a", "kinds=arbeitsagentur", "-s", "PACE=0"]
        command += ["-s", "ORIGINS=" + json.dumps({crawl.PUBLIC: f"http://127.0.0.1:{port}"})]
        for _ in range(ROUNDS + 1):
            spider = [sys.executable, "-m", "scrapy", "runspider", "bare.py", "-a", f"urls={name}/urls.json"]
            bare.append(_until_asked(spider, folder, port, environment))
            ours.append(_until_asked(command, ROOT, port, environment))
    first, peer = statistics.median(ours[1:]), statistics.median(bare[1:])
    yield Row("start of scrapy crawl, to the first request", f"{first:.2f} s",
              f"bare Scrapy {peer:.2f} s: {first / peer:.2f} (1.5)", met=first / peer < 1.5)  # fmt: skip


def quiet() -> Iterator[Row]:
    """A second night in which nothing has changed: requests against the least that any client needs.

    The least: of each host its lists, asked for changes alone; robots.txt has to be looked at once a night too.
    """
    with tempfile.TemporaryDirectory() as name, MarketServer(small_world(), all_boards()) as server:
        folder = Path(name)
        server.board_rows(folder / "boards.csv")
        environment = os.environ | crawl.files(name) | {"STELLWERK_BOARDS_FILE": f"{name}/boards.csv"}
        command = [sys.executable, "-m", "scrapy", "crawl", SEARCH, "-s", "PACE=0", "-s", f"ORIGINS={server.origins}"]
        for _ in range(2):
            server.forget_requests()
            subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        robots = sum(each.path in ("/robots.txt", "/.well-known/tdmrep.json") for each in server.requests)
        lists = len({(each.headers["host"], each.target) for each in server.requests}) - robots
        asked = len(server.requests) - robots
    yield Row("quiet night: requests for lists", f"{asked}", f"lists there are {lists}: {asked / lists:.2f} (1.1)",
              met=asked / lists <= 1.1)  # fmt: skip
    yield Row("", f"{robots} for robots.txt and tdmrep.json", "kept for a day where a host allows it")


def _many_boards(count: int) -> Iterator[tuple[Board, list[Recorded]]]:
    """Return employers' boards of Personio's kind, each on its own host, with two lists each."""
    ((board, answers),) = (each for each in all_boards() if each[0].kind == "personio")
    for number in range(count):
        name = f"b{number:05}"
        own = [
            replace(
                each, url=each.url.replace(board.name, name),
                body=each.body.replace(b"21450", f"{number}21450".encode()).replace(
                    b"Zechenwerk", f"Zechenwerk {number}".encode()
                ),
            )
            for each in answers
        ]  # fmt: skip
        yield replace(board, name=name, employer=f"Zechenwerk {number} SE"), own


@contextmanager
def _night_over(count: int) -> Iterator[tuple[MarketServer, list[str], dict[str, str]]]:
    with tempfile.TemporaryDirectory() as folder, MarketServer([], [*_many_boards(count)]) as server:
        server.board_rows(Path(folder) / "boards.csv")
        origins = Path(folder) / "origins.json"
        origins.write_text(server.origins, encoding="utf-8")
        environment = crawl.files(folder) | {
            "STELLWERK_BOARDS_FILE": f"{folder}/boards.csv", "STELLWERK_ORIGINS": str(origins), "STELLWERK_PACE": "0",
        }  # fmt: skip
        command = [sys.executable, "-m", "scrapy", "crawl", SEARCH, "-a", "kinds=personio"]
        yield server, command, environment


def _nights(
    names: Sequence[str], server: MarketServer, command: list[str], environment: dict[str, str]
) -> Iterator[Row]:
    count = len(server.boards)
    for night in names:
        server.forget_requests()
        wall, processor, memory = crawl.timed(command, environment)
        asked = len(server.requests)
        yield Row(
            f"{night} night over {count:,} boards", f"{wall:.0f} s, {asked:,} requests, {memory} MB",
            f"{count / wall:.0f} boards/s, {processor / wall:.0%} of one core",
        )  # fmt: skip


def changed() -> Iterator[Row]:
    """A second night over the agency in which one advert in fifty has changed, against the least any client needs.

    The least: each page of the lists, which say what has changed, and the page of each wanted advert that has.
    """
    world = [*many(MARKET)]
    with tempfile.TemporaryDirectory() as name, AgencyServer(world) as server:
        environment = crawl.files(name) | {"STELLWERK_ORIGINS": server.origins, "STELLWERK_PACE": "0"}
        command = [sys.executable, "-m", "scrapy", "crawl", SEARCH, "-a", "kinds=arbeitsagentur"]
        first, _, _ = crawl.timed(command, environment)
        lists, details = len(server.searches_asked), {*server.details_asked}
        before = sum(each.sent for each in server.requests)
        new = {str(each["referenznummer"]) for each in world[::50]}
        server.replace([
            each | {"aenderungsdatum": "2026-11-25T06:00:00.000"} if str(each["referenznummer"]) in new else each
            for each in world
        ])  # fmt: skip
        server.forget_requests()
        second, _, _ = crawl.timed(command, environment)
        with sqlite3.connect(f"{name}/jobs.db") as connection:
            (read,) = connection.execute("SELECT fetched FROM run_boards ORDER BY run_id DESC LIMIT 1").fetchone()
        asked, least = len(server.requests), lists + len(details & new)
        sent = sum(each.sent for each in server.requests)
    yield Row(
        f"a night in which 2 % of {read:,} adverts changed: requests", f"{asked:,}",
        f"the least there is {least:,}: {asked / least:.2f} (1.1)", met=asked / least <= 1.1,
    )  # fmt: skip
    yield Row("", f"{sent / 1e6:.1f} MB, {second:.1f} s",
              f"the first night {before / 1e6:.1f} MB, {first:.1f} s")  # fmt: skip


def reprocessing(count: int) -> Iterator[Row]:
    """All rules again over stored adverts: nothing changes, as after most new rules.

    One in ten is a head of IT, and has its own page; of the others the list is stored, as the crawl does.
    """
    pattern = [*many(2_000)]
    no = Rejection("title", "not judged yet", None, None)
    with tempfile.TemporaryDirectory() as folder:
        jobs_db, raw_db = Path(folder) / "jobs.db", Path(folder) / "private" / "raw.db"
        storage = Storage(jobs_db, raw_db)
        run_id = storage.begin_run(SEARCH, datetime.now(UTC))
        for start in range(0, count, 1_000):
            batch = Batch()
            for number in range(start, min(start + 1_000, count)):
                each = pattern[number % len(pattern)]
                advert = each | {"referenznummer": f"10001-{number:010}-S", "firma": f"{number} {each['firma']}"}
                key = str(advert["referenznummer"])
                head = advert["_match"] == "exact"
                payload = json.dumps({"listed": advert, **({"detail": advert} if head else {})}).encode()
                raw = RawPosting(
                    board=f"arbeitsagentur:{SEARCH}", source_id=key, list_hash="h", payload=payload,
                    detail="fetched" if head else "none",
                    posting=Posting(source_id=key, title=str(each["stellenangebotsTitel"])),
                )  # fmt: skip
                batch.filtered.append((raw, no))
            storage.store(batch, run_id=run_id, night=TODAY.isoformat())
        storage.finish_run(run_id, datetime.now(UTC), 0, "finished", 1)
        storage.close()
        environment = crawl.files(folder)
        command = [sys.executable, "-m", "scrapy", "reprocess", "--yes"]
        crawl.timed(command, environment)  # makes jobs of those that are wanted
        wall, processor, memory = crawl.timed(command, environment)
        with sqlite3.connect(jobs_db) as connection:
            (jobs,) = connection.execute("SELECT count(*) FROM jobs").fetchone()
        yield Row(
            f"reprocessing {count:,} stored adverts, {jobs:,} of them jobs",
            f"{wall:.0f} s, {count / wall:,.0f} adverts/s, {memory} MB",
            f"{os.cpu_count()} cores, {processor / wall:.0%} of one",
        )  # fmt: skip


def boards() -> Iterator[Row]:
    """A first and a quiet night over a thousand employers' boards, each on its own host, two lists each."""
    with _night_over(BOARDS) as (server, command, environment):
        yield from _nights(("first", "quiet"), server, command, environment)


def germany() -> Iterator[Row]:
    """A first night over all of Germany's boards that is killed in its middle, its second start, and a quiet night."""
    with _night_over(GERMANY) as (server, command, environment):
        killed = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL)
        while len(server.requests) < 1.5 * GERMANY:
            time.sleep(0.1)
        killed.kill()
        killed.wait()
        before = {(each.host, each.target) for each in server.requests if each.status == 200}
        server.forget_requests()
        wall, _, memory = crawl.timed(command, environment)
        again = [each for each in server.requests if (each.host, each.target) in before]
        full = sum(each.status == 200 for each in again)
        yield Row(
            f"first night over {GERMANY:,} boards, killed in its middle: the second start",
            f"{wall:.0f} s, {len(server.requests):,} requests, {memory} MB",
            f"of the {len(before):,} answers before {len(again):,} were asked for again, {full:,} sent again in full",
        )  # fmt: skip
        yield from _nights(("quiet",), server, command, environment)


def crawling() -> Iterator[Row]:
    """The whole crawl against a bare Scrapy spider that throws the same answers away."""
    for latency, told in ((0.05, "the server takes 50 ms"), (0.0, "the server takes no time")):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.crawl", "--adverts", "4000", "--rounds", "3", "--latency", str(latency)],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found = re.search(r"median bare/ours ([\d.]+)", done.stdout)
        memory = re.findall(r"CPU (\d+) MB; bare", done.stdout)
        ratio = float(found[1]) if found else 0.0
        yield Row(f"crawl of 4,000 adverts, one request at a time, {told}", f"{max(map(int, memory))} MB at most",
                  f"speed against bare Scrapy {ratio:.2f} (0.9)", met=ratio >= 0.9)  # fmt: skip


def against_peers() -> Iterator[Row]:
    """Others on the same server with the same adverts."""
    for what, (wall, _, memory), ours in peers.measured(adverts=4_000, heads=0.1, rounds=3):
        against = f"ours takes {ours / wall:.2f} of its time" if ours != wall else ""
        yield Row(what, f"{wall:.2f} s, {memory} MB", against)


# ---------------------------------------------------------------- the table


def machine() -> str:
    cores = os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores, {memory:.0f} GB of memory, {platform.system()}, Python"
        f" {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def table(lines: list[str]) -> str:
    return "\n".join(["| what | measured | against (limit) | |", "|---|---|---|---|", *lines])


def line(row: Row) -> str:
    sign = {True: "met", False: "**missed**", None: ""}
    return f"| {row.what} | {row.ours} | {row.against} | {sign[row.met]} |"


IN_PROCESS = ("normalising", "grouping", "storing")  # the others say how much memory their programs took


def main() -> None:
    """Measure what is named, or all; print each line as it is known. Each part has a process of its own."""
    parts: dict[str, Callable[[], Iterator[Row]]] = {
        "starting": starting, "boards": boards, "crawling": crawling, "peers": against_peers, "quiet": quiet,
        "changed": changed, "normalising": normalising, "grouping": grouping,
        "reprocessing": lambda: reprocessing(REPROCESSED), "storing": lambda: storing(None), "germany": germany,
    }  # fmt: skip
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*parts, []], default=[])
    parser.add_argument("--large", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    if asked.large:
        parts |= {"storing": lambda: storing(asked.large), "reprocessing": lambda: reprocessing(1_000_000)}
    names = asked.names or [each for each in parts if asked.large or each != "germany"]  # ten minutes
    if len(names) == 1 and not asked.write:
        for row in parts[names[0]]():
            print(line(row), flush=True)
        if names[0] in IN_PROCESS:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(line(Row(f"memory of {names[0]}, its adverts included", f"{peak} MB", "")), flush=True)
        return
    lines = []
    for name in names:
        command = [sys.executable, "-m", "benchmarks", name, *(["--large", str(asked.large)] if asked.large else [])]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as part:
            assert part.stdout
            for told in part.stdout:
                print(told, end="", flush=True)
                lines.append(told.rstrip())
        if part.returncode:
            lines.append(line(Row(name, "could not be measured", "", met=False)))
    print(machine())
    if asked.write:
        page = ROOT / "docs" / "performance.md"
        written = page.read_text(encoding="utf-8")
        head, _, rest = written.partition("<!-- table -->")
        _, _, tail = rest.partition("<!-- /table -->")
        made = f"{head}<!-- table -->\n{machine()}\n\n{table(lines)}\n<!-- /table -->{tail}"
        page.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
