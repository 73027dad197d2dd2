"""Employers' boards, crawled: every kind from one local server, the second night, the moved, the slow, the lying."""

import functools
import itertools
import json
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from crawler.boards import Board
from crawler.middlewares import reservations
from crawler.sources import SOURCES
from tests.adverts import small_world
from tests.conftest import Crawl, Crawler, scrapy
from tests.market_on_loopback import MarketServer, all_boards
from tests.recorded_boards import Recorded
from tests.sources_on_loopback import Reply, Request, slow, status

OFF = {"join", "smartrecruiters"}
TOTALS = "SELECT board, outcome, fetched FROM run_boards WHERE run_id = (SELECT max(id) FROM runs) ORDER BY board"


def night(crawl: Crawler, server: MarketServer, tmp_path: Path, *arguments: str, pace: str = "0") -> Crawl:
    server.board_rows(tmp_path / "boards.csv")
    server.forget_requests()
    return crawl(server, *arguments, pace=pace)


def feed(name: str, *titles: str, city: str = "Dortmund") -> tuple[Board, list[Recorded]]:
    """A small Personio board."""
    positions = "".join(
        f"<position><id>{number}</id><office>{city}</office><name>{title}</name><jobDescriptions><jobDescription>"
        f"<name>Aufgaben</name><value>{title} bei {name}.</value></jobDescription></jobDescriptions></position>"
        for number, title in enumerate(titles, 100)
    )
    body = f'<?xml version="1.0" encoding="UTF-8"?><workzag-jobs>{positions}</workzag-jobs>'
    url = f"https://{name}.jobs.personio.de/xml?language=de"
    return Board("personio", name, employer=f"{name} GmbH", city=city), [
        Recorded(url, body.encode(), headers={"Content-Type": "text/xml"})
    ]


def asked(server: MarketServer) -> list[Request]:
    return [each for each in server.requests if each.path not in ("/robots.txt", reservations.FILE)]


# ---------------------------------------------------------------- every kind


def test_every_kind_delivers_its_heads_of_it_in_one_night(crawl: Crawler, tmp_path: Path) -> None:
    with MarketServer(small_world(), all_boards()) as server:
        first = night(crawl, server, tmp_path)

    assert first.exit_code == 0, first.err
    assert "All 19 boards:" in first.out
    outcomes = {board.partition(":")[0]: (outcome, fetched) for board, outcome, fetched in first.rows(TOTALS)}
    assert outcomes == {
        "arbeitnow": ("complete", 3), "arbeitsagentur": ("complete", 55), "ashby": ("complete", 3),
        "bite": ("complete", 3), "bund": ("complete", 3), "concludis": ("complete", 3), "dvinci": ("complete", 3),
        "greenhouse": ("complete", 3), "lever": ("complete", 3), "personio": ("complete", 3),
        "recruitee": ("complete", 3), "rexx": ("complete", 3), "schema_org": ("complete", 7),
        "softgarden": ("complete", 4), "successfactors": ("complete", 3), "teamtailor": ("complete", 3),
        "umantis": ("complete", 10), "workable": ("complete", 3), "workday": ("complete", 21),
    }  # fmt: skip
    assert outcomes.keys() == SOURCES.keys() - OFF


def test_kind_that_is_off_is_read_when_a_person_names_it(crawl: Crawler, tmp_path: Path) -> None:
    with MarketServer(boards=all_boards()) as server:
        named = night(crawl, server, tmp_path, "-a", "kinds=join,smartrecruiters")

    assert named.rows(TOTALS) == [("join:bauwerk", "complete", 6), ("smartrecruiters:Stahlgruppe", "complete", 2)]
    assert named.rows("SELECT title FROM jobs ORDER BY title") == [("Head of IT (m/f/div.)",), ("Leiter IT (m/w/d)",)]


# ---------------------------------------------------------------- the second night


def test_unchanged_board_costs_one_request_and_nothing_closes(crawl: Crawler, tmp_path: Path) -> None:
    with MarketServer(boards=[feed("zeche", "IT-Leiter (m/w/d)", "Koch")]) as server:
        night(crawl, server, tmp_path, "-a", "kinds=personio")
        second = night(crawl, server, tmp_path, "-a", "kinds=personio")

    assert [(each.path, each.status) for each in asked(server)] == [("/xml", 304)]
    assert second.rows(TOTALS) == [("personio:zeche", "complete", 2)]
    assert second.rows("SELECT status, first_seen = last_seen FROM jobs") == [("open", 1)]


def test_list_that_changed_is_read_though_the_rest_is_known(crawl: Crawler, tmp_path: Path) -> None:
    with MarketServer(boards=[feed("zeche", "IT-Leiter (m/w/d)", "Koch")]) as server:
        night(crawl, server, tmp_path, "-a", "kinds=personio")
        server.play([feed("zeche", "IT-Leiter (m/w/d)", "Leitung IT (m/w/d)")])
        second = night(crawl, server, tmp_path, "-a", "kinds=personio")

    assert [each.status for each in asked(server)] == [200]
    assert second.rows("SELECT title FROM jobs ORDER BY 1") == [("IT-Leiter (m/w/d)",), ("Leitung IT (m/w/d)",)]


def test_robots_txt_is_asked_anew_each_night_unless_its_host_says_how_long_it_holds(
    crawl: Crawler, tmp_path: Path
) -> None:
    board, answers = feed("zeche", "IT-Leiter (m/w/d)")
    robots = "https://zeche.jobs.personio.de/robots.txt"
    held = Recorded(robots, b"User-agent: *\nAllow: /", headers={"Cache-Control": "public, max-age=90000"})
    with MarketServer(boards=[(board, [*answers, held])]) as server:
        night(crawl, server, tmp_path, "-a", "kinds=personio")
        night(crawl, server, tmp_path, "-a", "kinds=personio")
        of_the_second = [each.path for each in server.requests]
        server.play([(board, answers)])
        (tmp_path / "private" / "raw.db").unlink()  # what held is forgotten
        night(crawl, server, tmp_path, "-a", "kinds=personio")
        night(crawl, server, tmp_path, "-a", "kinds=personio")
        of_the_fourth = [each.path for each in server.requests]

    assert of_the_second == ["/xml"]
    assert of_the_fourth == ["/robots.txt", "/xml"]


@pytest.mark.alone
def test_three_hundred_boards_each_at_its_pace_and_the_second_night_costs_one_request_each(
    crawl: Crawler, tmp_path: Path
) -> None:
    boards = [feed(f"werk{number}", "IT-Leiter (m/w/d)", "Koch", "Fahrer") for number in range(300)]
    slow_host = feed("lahm", "Head of IT (m/w/d)")
    with MarketServer(boards=[*boards, slow_host]) as server:
        server.fault(lambda each: each.host.startswith("lahm.") and each.path == "/xml", slow(8))
        began = time.monotonic()
        first = night(crawl, server, tmp_path, "-a", "kinds=personio", pace="1")
        took = time.monotonic() - began
        by_host: dict[str, list[float]] = {}
        for each in server.requests:
            by_host.setdefault(each.host, []).append(each.started)
        others = [each.finished for each in asked(server) if not each.host.startswith("lahm.")]
        second = night(crawl, server, tmp_path, "-a", "kinds=personio", pace="1")
        requests = asked(server)

    assert (first.exit_code, second.exit_code) == (0, 0), first.err + second.err
    assert first.rows("SELECT count(*) FROM jobs") == [(301,)]
    assert min(b - a for times in by_host.values() for a, b in itertools.pairwise(times)) >= 0.9
    assert max(each for each in others if each) - min(min(times) for times in by_host.values()) < 8
    assert took < 40
    assert len(requests) == 301
    assert {each.status for each in requests} == {304}


def test_summary_of_many_boards_shows_those_that_tell_something(crawl: Crawler, tmp_path: Path) -> None:
    quiet = [feed(f"werk{number}", "Koch", "Fahrer") for number in range(12)]
    with MarketServer(boards=[*quiet, feed("zeche", "IT-Leiter (m/w/d)", "Koch")]) as server:
        first = night(crawl, server, tmp_path, "-a", "kinds=personio")

    lines = [line for line in first.out.splitlines() if "personio:" in line or "boards" in line]
    assert [line.split()[0] for line in lines] == ["personio:zeche", "12", "All"]
    assert lines[1] == "12 more boards with nothing for this search, 12 of them complete."
    assert lines[2] == (
        "All 13 boards: 26 fetched, 1 accepted, 0 merged, 25 filtered, 0 quarantined, 1 new, 0 changed, 0 closed."
    )


def test_boards_with_the_same_trouble_share_a_line(crawl: Crawler, tmp_path: Path) -> None:
    gone = [feed(f"werk{number}")[0] for number in range(5)]
    boards = [
        (each, [Recorded(f"https://{each.name}.jobs.personio.de/xml?language=de", b"", status=410)]) for each in gone
    ]
    with MarketServer(boards=[*boards, feed("zeche", "IT-Leiter (m/w/d)")]) as server:
        first = night(crawl, server, tmp_path, "-a", "kinds=personio")

    assert first.exit_code == 3
    (line,) = [each for each in first.err.splitlines() if "boards failed" in each]
    assert line.startswith("5 boards failed: no such board, or its list is switched off (HTTP 404)")
    assert line.endswith(
        "They are personio:werk0, personio:werk1, personio:werk2 and 2 more; ./run scrapy boards lists them."
    )


# ---------------------------------------------------------------- boards that do not answer as they should


def answered(code: int, body: bytes = b"", **headers: str) -> tuple[Board, list[Recorded]]:
    url = "https://zeche.jobs.personio.de/xml?language=de"
    return Board("personio", "zeche", employer="Zeche GmbH", city="Dortmund"), [
        Recorded(url, body, status=code, headers=headers)
    ]


EMPTY = b'<?xml version="1.0"?><workzag-jobs></workzag-jobs>'


@pytest.mark.parametrize(
    ("board", "code", "outcome", "words"),
    [
        (answered(404), 4, "failed", "no such board, or its list is switched off (HTTP 404)"),
        (answered(307, Location="https://www.personio.com/"), 4, "failed", "the board has moved to https://www.person"),
        (answered(200, b"<!DOCTYPE html><html><body>Karriere</body></html>"), 4, "failed", "its list is switched off"),
        (answered(200, EMPTY, **{"Content-Type": "text/xml"}), 0, "complete", "this board has never shown one"),
        (answered(200, EMPTY[:-5]), 4, "failed", "HTML instead of data"),
        (answered(200, b'<!DOCTYPE a [<!ENTITY x "y">]><workzag-jobs/>'), 4, "failed", "a document type or entities"),
    ],
    ids=["unknown", "moved", "switched off", "empty", "half", "entities"],
)
def test_unknown_moved_switched_off_and_empty_boards_are_told_apart(
    crawl: Crawler, tmp_path: Path, board: tuple[Board, list[Recorded]], code: int, outcome: str, words: str
) -> None:
    with MarketServer(boards=[board]) as server:
        first = night(crawl, server, tmp_path, "-a", "kinds=personio")

    assert first.exit_code == code, first.err
    assert first.board()["outcome"] == outcome
    assert words in first.board()["reason"]


def test_redirect_on_the_same_host_is_followed(crawl: Crawler, tmp_path: Path) -> None:
    board, answers = feed("zeche", "IT-Leiter (m/w/d)")
    moved = Recorded(answers[0].url, b"", status=301, headers={"Location": "/xml/?language=de"})
    there = Recorded("https://zeche.jobs.personio.de/xml/?language=de", answers[0].body)
    with MarketServer(boards=[(board, [moved, there])]) as server:
        first = night(crawl, server, tmp_path, "-a", "kinds=personio")

    assert first.rows(TOTALS) == [("personio:zeche", "complete", 1)]


def test_removed_posting_needs_two_complete_nights_and_a_failing_board_closes_nothing(
    crawl: Crawler, tmp_path: Path
) -> None:
    query = "SELECT status, missed FROM postings"
    with MarketServer(boards=[feed("zeche", "Koch", "Fahrer", "IT-Leiter (m/w/d)")]) as server:
        night(crawl, server, tmp_path, "-a", "kinds=personio")
        server.fault("/xml", status(503), times=9)
        failing = night(crawl, server, tmp_path, "-a", "kinds=personio").rows(query)
        server.forget_faults()
        server.play([feed("zeche", "Koch", "Fahrer")])
        missing = night(crawl, server, tmp_path, "-a", "kinds=personio").rows(query)

    assert failing == [("open", 0)]
    assert missing == [("open", 1)]


def test_advert_that_now_says_something_else_closes_at_once(crawl: Crawler, tmp_path: Path) -> None:
    with MarketServer(boards=[feed("zeche", "IT-Leiter (m/w/d)")]) as server:
        night(crawl, server, tmp_path, "-a", "kinds=personio")
        server.play([feed("zeche", "Bote (m/w/d)")])
        changed = night(crawl, server, tmp_path, "-a", "kinds=personio")

    assert changed.rows("SELECT status, closed_reason FROM jobs") == [
        ("closed", "no longer a match: the title names no leader")
    ]


def test_board_is_read_by_two_searches_and_each_has_its_own_jobs(crawl: Crawler, tmp_path: Path) -> None:
    other = ["-a", "role=controller", "-a", "place=Bochum", "-a", "kinds=personio"]
    with MarketServer(boards=[feed("zeche", "IT-Leiter (m/w/d)", "Controller (m/w/d)")]) as server:
        night(crawl, server, tmp_path, "-a", "kinds=personio")
        server.board_rows(tmp_path / "boards.csv")
        both = crawl(server, *other, spider="job_search")

    assert both.rows("SELECT search, title FROM jobs ORDER BY search") == [
        ("bochum_controller", "Controller (m/w/d)"), ("dortmund_itleiter", "IT-Leiter (m/w/d)"),
    ]  # fmt: skip
    assert both.rows("SELECT search, title, status FROM postings ORDER BY 1") == [
        ("bochum_controller", "Controller (m/w/d)", "open"), ("dortmund_itleiter", "IT-Leiter (m/w/d)", "open"),
    ]  # fmt: skip


def test_employer_far_away_is_not_asked_and_an_unverified_one_only_by_name(crawl: Crawler, tmp_path: Path) -> None:
    far, unverified = feed("fern", "IT-Leiter (m/w/d)", city="München"), feed("neu", "IT-Leiter (m/w/d)")
    rows = "kind,name,url,employer,city,sure,seen_working,source\n" + "".join(
        f"personio,{name},,,{city},{sure},,\n" for name, city, sure in (
            ("nah", "Dortmund", "listed"), ("fern", "München", "listed"), ("neu", "Dortmund", "unverified"))
    )  # fmt: skip
    with MarketServer(boards=[feed("nah", "IT-Leiter (m/w/d)"), far, unverified]) as server:
        (tmp_path / "boards.csv").write_text(rows)
        first = crawl(server, "-a", "kinds=personio")
        named = crawl(server, "-a", "boards=personio:neu")

    assert first.rows("SELECT board FROM run_boards WHERE run_id = 1") == [("personio:nah",)]
    assert named.rows("SELECT board FROM run_boards WHERE run_id = 2") == [("personio:neu",)]


def test_file_of_boards_that_cannot_be_read_says_where(crawl: Crawler, tmp_path: Path) -> None:
    (tmp_path / "boards.csv").write_text("kind,name,url\npersonio,a,\npersonio,a,\n")
    refused = crawl(None)

    assert refused.exit_code == 2
    assert "boards.csv, after 1 good rows: personio:a stands there twice" in refused.err


def test_one_bad_advert_costs_itself_alone(crawl: Crawler, tmp_path: Path) -> None:
    board = Board("lever", "zeche", employer="Zeche GmbH", city="Dortmund")
    jobs = [{"id": "a", "text": "IT-Leiter (m/w/d)", "categories": {"location": "Dortmund"}},
            {"id": "b", "text": None}, {"id": None, "text": "IT-Leiter"}, "quatsch",
            {"id": "c", "text": "Leitung IT", "categories": "Dortmund"}]  # fmt: skip
    url = "https://api.lever.co/v0/postings/zeche?mode=json"
    answer = Recorded(url, json.dumps(jobs).encode(), headers={"Content-Type": "application/json"})
    with MarketServer(boards=[(board, [answer])]) as server:
        first = night(crawl, server, tmp_path, "-a", "kinds=lever")

    assert first.rows("SELECT title FROM jobs") == [("IT-Leiter (m/w/d)",)]
    assert first.board()["quarantined"] == 4
    assert first.board()["outcome"] == "suspect"


# ---------------------------------------------------------------- what cannot be believed, and what has no end


class Endless(MarketServer):
    """A board whose every page has adverts that nobody has seen, and leads on to another."""

    def answer(self, request: Request) -> Reply:
        """Answer with twenty new adverts."""
        if request.path != "/jobs.json":
            return super().answer(request)
        page = int(request.query.get("page", "1"))
        items = [
            {"title": "Gärtner", "url": f"https://endlos.teamtailor.com/jobs/{number}-gaertner", "id": str(number)}
            for number in range(page * 20, page * 20 + 20)
        ]
        body = {
            "title": "Endlos",
            "items": items,
            "next_url": f"https://endlos.teamtailor.com/jobs.json?page={page + 1}",
        }
        return Reply(200, json.dumps(body).encode(), "application/json")


def test_pages_without_end_are_read_no_further_than_any_board_goes(crawl: Crawler, tmp_path: Path) -> None:
    board = Board("teamtailor", "endlos", employer="Endlos GmbH", city="Dortmund")
    with Endless([], [(board, [Recorded("https://endlos.teamtailor.com/", b"")])]) as server:
        done = night(crawl, server, tmp_path, "-a", "kinds=teamtailor")
        asked_for = len(asked(server))

    assert done.exit_code == 3
    assert done.rows("SELECT outcome, reason, fetched FROM run_boards") == [
        ("partial", "no end after 300 pages and 6000 adverts ('all')", 6000)
    ]
    assert asked_for == 300


def test_new_numbers_for_all_adverts_every_night_close_nothing_and_double_nothing(
    crawl: Crawler, tmp_path: Path
) -> None:
    codes = []
    for number in range(4):
        adverts = [each | {"referenznummer": f"{number}{each['referenznummer'][1:]}"} for each in small_world()]
        with MarketServer(adverts, []) as server:
            done = night(crawl, server, tmp_path, "-a", "kinds=arbeitsagentur")
        codes.append(done.exit_code)

    assert codes == [0, 3, 3, 3]
    assert done.rows("SELECT DISTINCT status FROM jobs") == [("open",)]
    # The page of one is missing: nothing tells whether two such adverts are one post.
    doubled = done.rows("SELECT title, employer, count(*) FROM jobs GROUP BY 1, 2 HAVING count(*) > 1")
    assert doubled == [("Head of IT (m/w/d)", "Quellhof Handel SE", 4)]


def test_list_that_was_not_believed_counts_once_a_person_has_confirmed_it(crawl: Crawler, tmp_path: Path) -> None:
    titles = [f"IT-Leiter {place}" for place in ("Dortmund", "Hagen", "Bochum", "Unna", "Herne", "Witten", "Essen")]

    def confirm() -> tuple[int, str]:
        done = scrapy(tmp_path, "boards", "confirm", "personio:halde")
        return done.returncode, done.stdout

    nothing_yet = confirm()
    codes = []
    for shown in (7, 2):
        with MarketServer([], [feed("halde", *titles[:shown])]) as server:
            done = night(crawl, server, tmp_path, "-a", "kinds=personio")
        codes.append(done.exit_code)
    told = confirm()
    again = night_of(crawl, tmp_path, feed("halde", *titles[:2]))

    assert nothing_yet[0] == 2
    assert "does not exist yet. Nothing was changed; run a crawl first." in nothing_yet[1]
    assert codes == [0, 3]
    assert "say so: ./run scrapy boards confirm personio:halde" in done.err
    assert told[0] == 0
    assert told[1].startswith("personio:halde: its last list counts as right; later nights are compared with it")
    assert again.exit_code == 0, again.err
    assert confirm()[0] == 2
    assert "only what was read whole and not believed can be confirmed. Nothing was changed." in confirm()[1]


def night_of(crawl: Crawler, tmp_path: Path, board: tuple[Board, list[Recorded]]) -> Crawl:
    with MarketServer([], [board]) as server:
        return night(crawl, server, tmp_path, "-a", f"kinds={board[0].kind}")


@pytest.mark.alone
def test_a_run_ends_at_its_deadline_with_what_it_has(crawl: Crawler, tmp_path: Path) -> None:
    with MarketServer([], [feed("halde", "IT-Leiter"), feed("zeche", "IT-Leiter")]) as server:
        server.fault(lambda request: request.host.startswith("zeche"), slow(5))
        began = time.monotonic()
        done = night(crawl, server, tmp_path, "-a", "kinds=personio", "-s", "CLOSESPIDER_TIMEOUT=3")
        took = time.monotonic() - began

    assert done.exit_code == 3, done.err
    assert took < 12
    assert done.rows(TOTALS) == [("personio:halde", "complete", 1), ("personio:zeche", "failed", 0)]
    assert "personio:zeche failed: the run was ended before it was asked" in done.err
    assert done.rows("SELECT title, status FROM jobs") == [("IT-Leiter", "open")]


# ---------------------------------------------------------------- many hosts


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all addresses of 127.0.0.0/8")
def test_a_crawl_of_more_hosts_than_a_program_may_open_at_first_lets_go_what_it_needs_no_more(
    crawl: Crawler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    run = subprocess.run
    few = functools.partial(run, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, most)))
    monkeypatch.setattr(subprocess, "run", few)
    held: list[int] = []
    with MarketServer([], [feed(f"b{number}", "IT-Leiter") for number in range(150)], addresses=150) as server:
        server.fault(lambda request: request.host.startswith("b7.") and request.path == "/xml", slow(14))
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.2):
                held.append(len(server.connections))

        watching = threading.Thread(target=watch)
        watching.start()
        one = night(crawl, server, tmp_path, "-a", "kinds=personio")
        over.set()
        watching.join()

    assert one.exit_code == 0, one.err
    assert {row[1] for row in one.rows(TOTALS)} == {"complete"}
    assert max(held) >= 120
    last = next(each for each in reversed(held) if each)
    assert last <= 5, "while the last host takes its time, the others are let go"
