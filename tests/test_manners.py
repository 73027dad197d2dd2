"""How hosts are asked, as they see it themselves: who we are, when, how often, and what they reserve."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.middlewares.reservations import FILE
from tests.adverts import small_world
from tests.conftest import Crawler
from tests.market_on_loopback import MarketServer, all_boards
from tests.recorded_boards import Recorded
from tests.sources_on_loopback import AgencyServer, Answer, Reply, Request, status
from tests.test_boards import feed

HOST = "halde.jobs.personio.de"


def robots(text: str) -> Answer:
    return Answer(Reply(200, text.encode(), "text/plain"))


def window(first: timedelta, last: timedelta) -> str:
    """A Visit-time around now, in UTC."""
    now = datetime.now(UTC)
    return f"User-agent: *\nVisit-time: {now + first:%H%M}-{now + last:%H%M}\n"


@pytest.fixture
def rexx(tmp_path: Path) -> MarketServer:
    """One board that needs a request for its list and one for each advert."""
    server = MarketServer([], [(board, answers) for board, answers in all_boards() if board.kind == "rexx"])
    server.board_rows(tmp_path / "boards.csv")
    return server


def gaps(requests: list[Request]) -> list[float]:
    return [later.started - earlier.started for earlier, later in pairwise(requests)]


# ---------------------------------------------------------------- who asks, and how fast


def test_contact_stands_in_each_request(crawl: Crawler, rexx: MarketServer) -> None:
    with rexx as server:
        night = crawl(server, "-a", "kinds=rexx", contact="it@beispiel.example")

    assert night.exit_code == 0, night.err
    assert len(server.requests) > 3
    assert {each.headers["user-agent"] for each in server.requests} == {
        "stellwerk/0.1 (job search for one role and region; it@beispiel.example)"
    }


@pytest.mark.alone
def test_without_a_contact_hosts_are_asked_half_as_fast_and_it_says_how_to_set_one(
    crawl: Crawler, rexx: MarketServer
) -> None:
    with rexx as server:
        night = crawl(server, "-a", "kinds=rexx", pace="1", contact="")

    assert night.exit_code == 0, night.err
    assert min(gaps(server.requests)) >= 1.95
    assert "No contact is set" in night.err
    assert "export STELLWERK_CONTACT=" in night.err


@pytest.mark.alone
def test_with_a_contact_a_host_without_a_pace_of_its_own_is_asked_once_a_second(
    crawl: Crawler, rexx: MarketServer
) -> None:
    with rexx as server:
        night = crawl(server, "-a", "kinds=rexx", pace="1")

    assert night.exit_code == 0, night.err
    assert min(gaps(server.requests)) >= 0.95
    assert "No contact" not in night.err


@pytest.mark.alone
def test_request_rate_of_robots_txt_is_kept(crawl: Crawler) -> None:
    with AgencyServer(small_world()[:2]) as server:
        server.fault("/robots.txt", robots("User-agent: *\nRequest-rate: 5/1\n"))
        night = crawl(server)

    assert night.exit_code == 0, night.err
    assert min(gaps(server.requests[1:])) >= 0.19


# ---------------------------------------------------------------- when


def test_outside_its_visit_time_a_host_is_asked_for_robots_txt_alone(crawl: Crawler) -> None:
    with AgencyServer(small_world()[:5]) as server:
        first = crawl(server)
        server.fault("/robots.txt", robots(window(timedelta(hours=2), timedelta(hours=4))))
        server.forget_requests()
        second = crawl(server)

    assert [each.path for each in server.requests] == ["/robots.txt"]
    assert second.exit_code == 0
    assert second.board()["outcome"] == "skipped(robots)"
    assert "asks to be visited between" in second.board()["reason"]
    assert "asks to be visited between" in second.err
    assert second.rows("SELECT count(*) FROM jobs WHERE status <> 'open'") == [(0,)]
    assert first.rows("SELECT count(*) > 0 FROM jobs") == [(1,)]


@pytest.mark.parametrize("hours", [(-1, 1), (3, 1)])  # the second one leaves out two hours
def test_within_its_visit_time_a_host_is_read(crawl: Crawler, hours: tuple[int, int]) -> None:
    with AgencyServer(small_world()[:5]) as server:
        server.fault("/robots.txt", robots(window(*(timedelta(hours=each) for each in hours))))
        night = crawl(server)

    assert night.board()["outcome"] == "complete", night.err


# ---------------------------------------------------------------- how often


def test_a_nights_share_of_requests_holds_for_all_its_runs(crawl: Crawler) -> None:
    with AgencyServer(small_world()) as server:
        first = crawl(server, "-s", "REQUESTS_A_NIGHT=20")
        asked = len(server.requests)
        second = crawl(server, "-s", "REQUESTS_A_NIGHT=20")
        again = len(server.requests)
        third = crawl(server, "-s", "REQUESTS_A_NIGHT=500")

    assert asked == 20
    assert first.exit_code == 3
    assert again == 20, "the second run of the night found the share used up"
    assert second.exit_code == 4
    assert "was asked 20 times this night, which is its share" in second.err
    assert third.exit_code == 0, third.err
    assert third.rows("SELECT count(*) FROM jobs WHERE status <> 'open'") == [(0,)]


# ---------------------------------------------------------------- what they reserve


def market(tmp_path: Path, *files: Recorded) -> MarketServer:
    board, answers = feed("halde", "IT-Leiter (m/w/d)", "Koch (m/w/d)")
    server = MarketServer([], [(board, [*answers, *files])])
    server.board_rows(tmp_path / "boards.csv")
    return server


def test_reservation_in_the_hosts_file_ends_the_visit_before_it_begins(crawl: Crawler, tmp_path: Path) -> None:
    with market(tmp_path) as server:
        first = crawl(server, "-a", "kinds=personio")
    assert [each.path for each in server.requests] == ["/robots.txt", FILE, "/xml"]
    assert first.rows("SELECT count(*) FROM jobs WHERE status = 'open'") == [(1,)]
    (tmp_path / "private" / "raw.db").unlink()  # as if a week had passed

    reserved = Recorded(f"https://{HOST}{FILE}", b'[{"location": "/xml", "tdm-reservation": 1}]')
    with market(tmp_path, reserved) as server:
        second = crawl(server, "-a", "kinds=personio")
        third = crawl(server, "-a", "kinds=personio")

    assert [each.path for each in server.requests] == ["/robots.txt", FILE, "/robots.txt"], "once a week"
    assert [second.exit_code, third.exit_code] == [0, 0]
    assert third.board()["outcome"] == "skipped(tdm)"
    assert "reserves /xml against text and data mining" in third.board()["reason"]
    assert third.rows("SELECT count(*) FROM jobs WHERE status <> 'open'") == [(0,)]


def test_hosts_file_that_fails_says_nothing_and_is_asked_for_again(crawl: Crawler, tmp_path: Path) -> None:
    with market(tmp_path) as server:
        server.fault(lambda request: request.path == FILE, status(503))
        first = crawl(server, "-a", "kinds=personio")
        second = crawl(server, "-a", "kinds=personio")

    assert [first.exit_code, second.exit_code] == [0, 0]
    assert [each.path for each in server.requests].count(FILE) == 2


def test_reservation_on_a_page_ends_the_visit(crawl: Crawler, rexx: MarketServer) -> None:
    with rexx as server:
        page = b'<html><head><meta name="tdm-reservation" content="1"></head><body>Stellen</body></html>'
        list_page = next(target for _, target in server.recorded)
        server.fault(lambda request: request.target == list_page, Answer(Reply(200, page, "text/html")))
        night = crawl(server, "-a", "kinds=rexx")

    assert night.board()["outcome"] == "skipped(tdm)"
    assert night.exit_code == 0
    assert len(server.requests) == 3
