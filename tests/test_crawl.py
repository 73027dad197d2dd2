"""One night, end to end: the real command, a real server on loopback, real databases."""

import signal
import subprocess
import time
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from tests.adverts import agency_advert, many, small_world
from tests.conftest import Crawler
from tests.sources_on_loopback import (
    AgencyServer,
    Answer,
    Reply,
    changed,
    empty_body,
    half_body,
    html,
    page_again,
    redirect,
    renamed,
    status,
    wrong_total,
)

BOARD = "arbeitsagentur:dortmund_itleiter"
TWO_PAGES = [
    agency_advert(f"10000-{number:010}-S", f"IT-Leiter Werk {number} (m/w/d)", f"Firma {number} GmbH", "Dortmund")
    for number in range(130)
]


def heads() -> list[dict[str, Any]]:
    """The adverts of the small world that a person calls heads of IT, within the radius."""
    far = ("München", "Köln")
    return [
        each
        for each in small_world()
        if each["_match"] == "exact" and each["stellenlokationen"][0]["adresse"]["ort"] not in far
    ]


def test_first_night_finds_every_head_once(crawl: Crawler) -> None:
    with AgencyServer(small_world()) as server:
        night = crawl(server)

    assert night.exit_code == 0, night.err
    found = {
        row[0] for row in night.rows("SELECT source_id FROM postings JOIN jobs ON id = job_id WHERE match = 'exact'")
    }
    assert found >= {each["referenznummer"] for each in heads()}
    board = night.board()
    assert board["outcome"] == "complete"
    assert board["fetched"] == board["accepted"] + board["merged"] + board["filtered"] + board["quarantined"]
    assert board["merged"] == 1
    assert server.most_in_flight == 1
    assert max(Counter(server.details_asked).values()) == 1


def test_merge_is_a_row_with_its_signals(crawl: Crawler) -> None:
    with AgencyServer(small_world()) as server:
        night = crawl(server)

    assert night.rows("SELECT source_id, rule FROM merges") in (
        [("14225-zwilling-b-S", "text")],
        [("10001-2000000012-S", "text")],
    )
    assert night.rows("SELECT count(*) FROM postings WHERE NOT leads") == [(1,)]


def test_cut_title_is_repaired_from_the_detail(crawl: Crawler) -> None:
    with AgencyServer(small_world()) as server:
        night = crawl(server)

    whole = next(each for each in small_world() if each["referenznummer"] == "10000-2000000005-S")[
        "stellenangebotsTitel"
    ]
    assert len(whole) > 100
    assert night.rows(
        "SELECT jobs.title FROM jobs JOIN postings ON id = job_id WHERE source_id = '10000-2000000005-S'"
    ) == [(whole,)]


def test_advert_whose_detail_is_gone_stays_with_its_list_facts(crawl: Crawler) -> None:
    with AgencyServer(small_world()) as server:
        night = crawl(server)

    assert night.rows(
        "SELECT detail, postings.status, text FROM postings JOIN job_texts USING (job_id)"
        " WHERE source_id = '12951-abgelaufen-S'"
    ) == [("gone", "open", None)]


def test_second_run_the_same_night_changes_nothing_and_asks_for_no_detail(crawl: Crawler) -> None:
    with AgencyServer(small_world()) as server:
        first = crawl(server)
        before = first.dump()
        server.forget_requests()
        second = crawl(server)

    assert second.exit_code == 0, second.err
    assert server.details_asked == []
    assert second.dump() == before


def test_night_with_vanished_new_and_changed_adverts(crawl: Crawler) -> None:
    world = small_world()
    gone, touched = heads()[0]["referenznummer"], heads()[1]["referenznummer"]
    tomorrow = [dict(each) for each in world if each["referenznummer"] != gone]
    for each in tomorrow:
        if each["referenznummer"] == touched:
            each["stellenangebotsTitel"] = "IT-Leiter Gesamtkonzern (m/w/d)"
            each["aenderungsdatum"] = "2026-11-25T06:00:00.000"
    tomorrow.append(agency_advert("10000-2999999999-S", "Leitung IT (m/w/d)", "Neue Werke GmbH", "Bochum"))
    with AgencyServer(world) as server:
        first = crawl(server)
        counted = first.rows("SELECT count(*) FROM changes")
        server.replace(tomorrow)
        server.forget_requests()
        second = crawl(server)

    assert second.exit_code == 0, second.err
    assert sorted(server.details_asked) == sorted([touched, "10000-2999999999-S"])
    new = second.rows(
        "SELECT source_id, field, old, new FROM changes JOIN postings USING (job_id) WHERE run_id = 2 ORDER BY 1, 2"
    )
    titles = {each["referenznummer"]: each["stellenangebotsTitel"] for each in world}
    assert new == sorted(
        [
            (gone, "status", "open", "closed"),
            (touched, "title", titles[touched], "IT-Leiter Gesamtkonzern (m/w/d)"),
            ("10000-2999999999-S", "status", None, "open"),
        ]
    )
    assert second.rows("SELECT count(*) FROM changes") == [(counted[0][0] + 3,)]
    assert second.rows("SELECT source_id, closed_reason FROM postings WHERE status = 'closed'") == [
        (gone, "absent from one complete list")
    ]


FAULTS = {
    "503 on page 2": ("page=2", status(503), 3, "partial", "HTTP 503"),
    "HTML instead of JSON": ("/v6/jobs", html(), 4, "failed", "HTML instead of data"),
    "half a body, length stated": ("/v6/jobs", half_body(with_length=True), 4, "failed", "no answer"),
    "half a body, no length": ("/v6/jobs", half_body(with_length=False), 4, "failed", "half an answer"),
    "empty body": ("/v6/jobs", empty_body(), 4, "failed", "unreadable"),
    "list renamed": ("/v6/jobs", renamed("ergebnisliste", "treffer"), 4, "failed", "contract changed"),
    "total renamed": ("/v6/jobs", renamed("maxErgebnisse", "anzahl"), 4, "failed", "contract changed"),
    "id renamed": ("/v6/jobs", renamed("referenznummer", "refnr"), 4, "failed", "contract changed"),
    "title renamed": ("/v6/jobs", renamed("stellenangebotsTitel", "titel"), 4, "failed", "contract changed"),
    "page 1 again and again": ("/v6/jobs", page_again(), 3, "suspect", "same page again"),
    "search withdrawn": ("/v6/jobs", status(404), 4, "failed", "contract changed"),
    "search refused": ("/v6/jobs", status(403), 4, "failed", "contract changed"),
    "total too large": ("/v6/jobs?was=IT", wrong_total(180), 3, "partial", "states 180 adverts and shows 129"),
    "redirect elsewhere": ("/v6/jobs", redirect("https://example.org/"), 4, "failed", "HTTP 302"),
    "robots unreachable": ("/robots.txt", status(503), 4, "failed", "robots.txt answers HTTP 503"),
}


@pytest.mark.parametrize(("match", "answer", "code", "outcome", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_lie_of_the_source_closes_nothing_and_is_told_in_one_line(
    crawl: Crawler, match: str, answer: Answer, code: int, outcome: str, words: str
) -> None:
    with AgencyServer(TWO_PAGES) as server:
        first = crawl(server)
        assert first.exit_code == 0, first.err
        before = first.rows("SELECT id, status, title FROM jobs ORDER BY id")
        server.replace(TWO_PAGES[1:])  # one vanished honestly; on the word of a lying source it may not close
        server.fault(match, answer)
        second = crawl(server)

    assert second.exit_code == code, second.err
    assert second.board()["outcome"] == outcome
    assert "Traceback" not in second.err
    lines = [line for line in second.err.splitlines() if line.startswith(BOARD)]
    assert len(lines) == 1
    assert words in lines[0]
    assert second.rows("SELECT id, status, title FROM jobs ORDER BY id") == before
    board = second.board()
    assert board["fetched"] == board["accepted"] + board["merged"] + board["filtered"] + board["quarantined"]


def test_unreachable_host_ends_with_one_line_and_the_way_to_try_it_locally(crawl: Crawler) -> None:
    with AgencyServer([]) as server:
        pass  # nobody listens there any more

    night = crawl(server)

    assert night.exit_code == 4
    assert "Traceback" not in night.err
    assert "cannot be reached (connection refused)" in night.err
    assert "python -m tests.sources_on_loopback" in night.err


def test_one_broken_advert_costs_one_advert(crawl: Crawler) -> None:
    def spoil(answer: dict[str, Any]) -> dict[str, Any]:
        for listed in answer.get("ergebnisliste", []):
            if listed["referenznummer"] == "10000-0000000003-S":
                listed["firma"] = {"name": "Firma"}
        return answer

    with AgencyServer(TWO_PAGES[:10]) as server:
        server.fault("/v6/jobs", changed(spoil))
        night = crawl(server)

    assert night.rows("SELECT count(*) FROM jobs") == [(9,)]
    assert night.rows("SELECT source_id FROM quarantine") == [("10000-0000000003-S",)]
    assert night.board()["outcome"] == "suspect"
    assert night.exit_code == 3


def test_failed_detail_is_kept_with_list_facts_and_asked_again(crawl: Crawler) -> None:
    with AgencyServer(TWO_PAGES[:3]) as server:
        fault = server.fault("/jobdetails/", status(500))
        first = crawl(server)
        assert fault.served == 5
        server.forget_faults()
        server.forget_requests()
        second = crawl(server)

    assert first.exit_code == 3
    assert first.rows("SELECT count(*) FROM jobs") == [(3,)]
    assert len(server.details_asked) == 3
    assert second.exit_code == 0
    assert second.rows("SELECT DISTINCT detail FROM postings") == [("fetched",)]


def test_lists_are_asked_before_details_on_a_busy_machine_too(crawl: Crawler) -> None:
    with AgencyServer(TWO_PAGES[:3]) as server:
        night = crawl(server, "-s", 'SPIDER_MIDDLEWARES={"tests.slow_start.SlowStart": 1}')
        are_details = ["/jobdetails/" in each.target for each in server.requests if "/jobsuche-service/" in each.target]

    assert night.exit_code == 0, night.err
    assert are_details == sorted(are_details)
    assert are_details.count(True) == 3


@pytest.mark.alone
def test_pace_is_kept_as_the_server_sees_it(crawl: Crawler) -> None:
    with AgencyServer(TWO_PAGES[:2], latency=0.05) as server:
        night = crawl(server, "-a", "radius_km=10", pace="1")

    assert night.exit_code == 0, night.err
    starts = [each.started for each in server.requests]
    assert min(later - earlier for earlier, later in pairwise(starts)) >= 0.5
    assert server.most_in_flight == 1
    assert {each.host for each in server.requests} == {"rest.arbeitsagentur.de"}
    assert all(each.headers["user-agent"].startswith("stellwerk/") for each in server.requests)


@pytest.mark.alone
def test_host_that_answers_429_is_left_alone_as_long_as_it_asks(crawl: Crawler) -> None:
    with AgencyServer(TWO_PAGES[:2]) as server:
        server.fault("/v6/jobs", status(429, retry_after=2), times=1)
        night = crawl(server)

    assert night.exit_code == 0, night.err
    refused = next(number for number, each in enumerate(server.requests) if each.status == 429)
    pause = server.requests[refused + 1].started - server.requests[refused].started
    assert pause >= 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-a", "role=astronaut"], "astronaut"),
        (["-a", "place=Nirgendwo"], "Nirgendwo"),
        (["-a", "place=Essen"], "Essen, Nordrhein-Westfalen"),
        (["-a", "radius_km=viele"], "radius_km"),
        (["-a", "kinds=stepstone"], "stepstone"),
        (["-s", "ORIGINS=quatsch"], "ORIGINS"),
    ],
    ids=["role", "place", "namesakes", "radius", "kind", "origins"],
)
def test_wrong_use_is_explained(crawl: Crawler, arguments: list[str], words: str) -> None:
    night = crawl(None, *arguments)

    assert night.exit_code == 2, night.err
    assert words in night.err
    assert "Traceback" not in night.err
    assert not night.jobs_db.exists()


def test_another_role_and_town_is_a_search_definition_away(crawl: Crawler) -> None:
    adverts = [
        agency_advert("10000-1-S", "Pflegedienstleitung (m/w/d)", "Haus Abendruh gGmbH", "Köln"),
        agency_advert("10000-2-S", "IT-Leiter (m/w/d)", "Firma GmbH", "Köln"),
    ]
    with AgencyServer(adverts) as server:
        night = crawl(
            server, "-a", "role=pflegedienstleitung", "-a", "place=Köln", "-a", "radius_km=25", spider="job_search"
        )

    assert night.exit_code == 0, night.err
    assert night.rows("SELECT search, title_clean, role FROM jobs") == [
        ("koeln_pflegedienstleitung_25km", "Pflegedienstleitung", "pflegedienstleitung")
    ]


def test_second_crawl_at_the_same_time_is_refused(crawl: Crawler) -> None:
    import fcntl  # noqa: PLC0415

    with AgencyServer(TWO_PAGES[:2]) as server:
        first = crawl(server)
        with first.jobs_db.with_name("jobs.db.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            second = crawl(server)

    assert second.exit_code == 6
    assert "another run is writing" in second.err


def test_foreign_file_is_left_as_it_is(crawl: Crawler) -> None:
    with AgencyServer(TWO_PAGES[:2]) as server:
        night = crawl(server)
        night.jobs_db.write_bytes(b"")
        for name in ("jobs.db-wal", "jobs.db-shm"):
            night.jobs_db.with_name(name).unlink(missing_ok=True)
        second = crawl(server)

    assert second.exit_code == 5
    assert "is empty; it was left as it is" in second.err
    assert night.jobs_db.read_bytes() == b""


def test_sigterm_ends_cleanly_and_says_so(crawl: Crawler, monkeypatch: pytest.MonkeyPatch) -> None:
    with AgencyServer(many(400, head_share=1.0), latency=0.03) as server:
        started: list[subprocess.Popen[str]] = []
        real = subprocess.run

        def run_and_stop(command: list[str], **options: Any) -> Any:
            options.pop("capture_output"), options.pop("check"), options.pop("timeout")
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
            started.append(process)
            while len(server.requests) < 60 and process.poll() is None:
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=30)
            return subprocess.CompletedProcess(command, process.returncode, out, err)

        monkeypatch.setattr(subprocess, "run", run_and_stop)
        stopped = crawl(server)
        monkeypatch.setattr(subprocess, "run", real)
        again = crawl(server)

    assert stopped.exit_code == 143, stopped.err
    assert stopped.board()["outcome"] in ("complete", "partial")
    assert again.exit_code == 0, again.err
    assert again.rows("SELECT count(*) FROM jobs WHERE status <> 'open'") == [(0,)]


def robots(text: str) -> Answer:
    """A robots.txt of these lines."""
    return Answer(Reply(200, text.encode(), "text/plain"))


def test_robots_that_forbid_are_a_clean_skip_that_closes_nothing(crawl: Crawler) -> None:
    with AgencyServer(TWO_PAGES[:5]) as server:
        first = crawl(server)
        server.fault("/robots.txt", robots("User-agent: *\nDisallow: /jobboerse/\n"))
        server.forget_requests()
        second = crawl(server)

    assert [each.path for each in server.requests] == ["/robots.txt"]
    assert second.board()["outcome"] == "skipped(robots)"
    assert second.exit_code == 0
    assert first.rows("SELECT count(*) FROM jobs WHERE status = 'open'") == [(5,)]


@pytest.mark.alone
def test_crawl_delay_is_kept_even_without_a_pace(crawl: Crawler) -> None:
    with AgencyServer(TWO_PAGES[:2]) as server:
        server.fault("/robots.txt", robots("User-agent: stellwerk\nCrawl-delay: 0.2\n"))
        night = crawl(server)

    assert night.exit_code == 0, night.err
    starts = [each.started for each in server.requests[1:]]
    assert min(later - earlier for earlier, later in pairwise(starts)) >= 0.19


@pytest.mark.alone
def test_crawl_delay_is_kept_where_robots_txt_is_known_from_the_night_before(crawl: Crawler) -> None:
    stated = (("Cache-Control", "max-age=86400"),)
    with AgencyServer(TWO_PAGES[:2]) as server:
        slow = Reply(200, b"User-agent: stellwerk\nCrawl-delay: 0.2\n", "text/plain", stated)
        server.fault("/robots.txt", Answer(slow))
        crawl(server)
        server.forget_requests()
        night = crawl(server)

    assert night.exit_code == 0, night.err
    assert "/robots.txt" not in [each.path for each in server.requests]
    starts = [each.started for each in server.requests]
    assert len(starts) > 20
    assert (starts[-1] - starts[0]) / (len(starts) - 1) >= 0.19  # on a busy machine one may arrive late


def test_reservation_against_text_and_data_mining_ends_the_visit(crawl: Crawler) -> None:
    with AgencyServer(TWO_PAGES[:5]) as server:
        reserved = Answer(Reply(200, b"{}", "application/json", (("tdm-reservation", "1"),)))
        server.fault("/v6/jobs", reserved)
        night = crawl(server)

    assert night.board()["outcome"] == "skipped(tdm)"
    assert night.exit_code == 0
    assert len(server.searches_asked) <= 2
    assert night.rows("SELECT count(*) FROM jobs") == [(0,)]


def test_host_that_fails_again_and_again_is_left_alone(crawl: Crawler) -> None:
    with AgencyServer(TWO_PAGES[:5]) as server:
        server.fault("/v6/jobs", status(503))
        night = crawl(server)

    assert night.exit_code == 4
    assert len(server.searches_asked) == 5, "28 lists, three tries each, would be 84"


def test_redirect_never_carries_the_key_to_another_host(crawl: Crawler) -> None:
    with AgencyServer([]) as elsewhere, AgencyServer(TWO_PAGES[:2]) as server:
        server.fault("/v6/jobs", redirect(f"{elsewhere.origin}/trap"))
        crawl(server)

    assert elsewhere.requests == []


def test_details_of_another_advert_are_not_believed(crawl: Crawler) -> None:
    mixed = changed(lambda answer: {**answer, "referenznummer": "10000-9-S", "stellenangebotsTitel": "Koch"})
    with AgencyServer(TWO_PAGES[:1]) as server:
        server.fault("/jobdetails/", mixed)
        night = crawl(server)

    assert night.exit_code == 3
    assert night.rows("SELECT title FROM jobs") == [("IT-Leiter Werk 0 (m/w/d)",)]
    assert night.rows("SELECT detail FROM postings") == [("failed",)]


def test_host_that_goes_on_refusing_is_left_alone(crawl: Crawler) -> None:
    with AgencyServer(TWO_PAGES[:2]) as server:
        server.fault("/v6/jobs", status(403))
        night = crawl(server)

    assert night.exit_code == 4
    assert len(server.searches_asked) == 5, "the first would be asked again, four others are believed before"


def test_lone_refusal_is_passed_over(crawl: Crawler) -> None:
    with AgencyServer(TWO_PAGES[:2]) as server:
        server.fault("/v6/jobs", status(403), times=1)
        night = crawl(server)

    assert night.exit_code == 0, night.err
