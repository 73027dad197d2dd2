"""`scrapy boards`: the list and how each board fared, a new board by its address, a board tried without storing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.boards import Board
from crawler.commands.boards import recognise
from crawler.sources import SOURCES
from tests.conftest import ROOT, Crawl, Crawler
from tests.market_on_loopback import MarketServer
from tests.recorded_boards import Recorded
from tests.test_boards import feed

HTML = {"Content-Type": "text/html; charset=utf-8"}
HEADER = "kind,name,url,employer,city,sure,seen_working,source\n"


def boards(tmp_path: Path, *arguments: str, server: MarketServer | None = None) -> Crawl:
    """Run `scrapy boards …` as a user would."""
    command = [sys.executable, "-m", "scrapy", "boards", *arguments, "-s", "PACE=0"]
    if server:
        command += ["-s", f"ORIGINS={server.origins}"]
    environment = os.environ | {
        "STELLWERK_JOBS_DB": str(tmp_path / "jobs.db"),
        "STELLWERK_RAW_DB": str(tmp_path / "private" / "raw.db"),
        "STELLWERK_BOARDS_FILE": str(tmp_path / "boards.csv"),
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return Crawl(done.returncode, done.stdout, done.stderr, tmp_path / "jobs.db")


# ---------------------------------------------------------------- recognising


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://zeche.jobs.personio.de/job/12345?language=de", ("personio:zeche", "")),
        ("https://zeche.jobs.personio.com", ("personio:zeche", "")),
        ("https://zeche.career.softgarden.de/jobs/123/IT-Leiter", ("softgarden:zeche", "")),
        ("https://zeche.dvinci-hr.com/de/jobs", ("dvinci:zeche", "")),
        ("https://zeche.dvinci-hr.com/portal/karriere/jobs", ("dvinci:zeche", "https://zeche.dvinci-hr.com/portal/karriere")),
        ("https://zeche.dvinci-easy.com/de/jobs", ("dvinci:zeche", "https://zeche.dvinci-easy.com")),
        ("https://zeche-portal.rexx-systems.com/stellenangebote.html", ("rexx:zeche", "")),
        ("https://zeche.recruitee.com/o/it-leiter", ("recruitee:zeche", "")),
        ("https://zeche.wd3.myworkdayjobs.com/de-DE/Karriere/job/Dortmund/x_R1", ("workday:zeche/Karriere", "https://zeche.wd3.myworkdayjobs.com/de-DE/Karriere")),
        ("https://boards.greenhouse.io/zeche/jobs/123", ("greenhouse:zeche", "")),
        ("https://boards.greenhouse.io/embed/job_board?for=zeche", ("greenhouse:zeche", "")),
        ("https://jobs.lever.co/zeche/0a1b", ("lever:zeche", "")),
        ("https://jobs.ashbyhq.com/zeche/0a1b", ("ashby:zeche", "")),
        ("https://zeche.teamtailor.com/jobs", ("teamtailor:zeche", "")),
        ("https://apply.workable.com/zeche/j/ABC/", ("workable:zeche", "")),
        ("https://recruitingapp-2649.de.umantis.com/Vacancies/1/Description/1", ("umantis:2649.de", "")),
        ("https://zeche.concludis.de/prj/shw/x.htm", ("concludis:zeche", "")),
        ("https://jobs.smartrecruiters.com/Zeche/123", ("smartrecruiters:Zeche", "")),
        ("https://join.com/companies/zeche", ("join:zeche", "")),
        ("https://www.zeche.example/karriere", None),
        ("https://www.recruitee.com/pricing", None),
    ],
    ids=lambda each: each.removeprefix("https://") if isinstance(each, str) else "",
)  # fmt: skip
def test_vendor_and_token_follow_from_the_address(url: str, expected: tuple[str, str] | None) -> None:
    board = recognise(url)

    assert (board and (board.id, board.url)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<iframe src="https://zeche.jobs.personio.de/?language=de"></iframe>', ("personio:zeche", "")),
        ('<script src="https://boards.greenhouse.io/embed/job_board/js?for=zeche"></script>', ("greenhouse:zeche", "")),
        ('<div data-bite-jobs-api-listing="zeche:alle"></div>', ("bite:zeche:alle", "")),
        ('<script src="https://rmkcdn.successfactors.com/x.js"></script>', ("successfactors:www.zeche.example", "https://www.zeche.example")),
        ('<link href="https://assets-aws.teamtailor-cdn.com/x.css">', ("teamtailor:www.zeche.example", "https://www.zeche.example")),
        ('<div id="joboffer_container"></div>', ("rexx:www.zeche.example", "https://www.zeche.example")),
        ('<script type="application/ld+json">{"@type": "JobPosting"}</script>', ("schema_org:zeche.example", "https://www.zeche.example/karriere")),
        ("<p>Wir suchen einen IT-Leiter. Bewerbung per Post.</p>", None),
    ],
    ids=["iframe", "script", "attribute", "vendor's host", "vendor's style", "vendor's id", "markup", "nothing"],
)  # fmt: skip
def test_vendor_follows_from_the_source_of_a_page(source: str, expected: tuple[str, str] | None) -> None:
    board = recognise("https://www.zeche.example/karriere", source)

    assert (board and (board.id, board.url)) == expected


def test_every_kind_of_employers_can_be_recognised() -> None:
    dumb = [kind for kind, each in SOURCES.items() if not (each.links or each.marks or each.made_by_search)]

    assert dumb == ["schema_org"]  # it is recognised by its markup


# ---------------------------------------------------------------- list


def test_list_says_how_each_board_fared(crawl: Crawler, tmp_path: Path) -> None:
    good, empty = feed("zeche", "IT-Leiter (m/w/d)"), feed("kokerei")
    gone = Board("lever", "halde", employer="Halde AG", city="Dortmund"), [
        Recorded("https://api.lever.co/v0/postings/halde?mode=json", b"", status=404)
    ]  # fmt: skip
    with MarketServer([], [good, empty, gone]) as server:
        server.board_rows(tmp_path / "boards.csv")
        with (tmp_path / "boards.csv").open("a") as file:
            file.write("schema_org,hafen.example,https://hafen.example/jobs,Hafen AG,Dortmund,unverified,,\n")
            file.write("join,huette,,Hütte KG,Dortmund,listed,,\n")
        crawl(server, "-a", "kinds=personio,lever")

    listed = boards(tmp_path)

    assert listed.exit_code == 0, listed.err
    lines = {line.split()[0]: line for line in listed.out.splitlines() if ":" in line.split(" ")[0]}
    assert [*lines] == [
        "join:huette", "lever:halde", "personio:kokerei", "personio:zeche", "schema_org:hafen.example",
    ]  # fmt: skip
    assert "complete on 20" in lines["personio:zeche"]
    assert "1 adverts  · zeche GmbH, Dortmund, listed" in lines["personio:zeche"]
    assert "has never delivered" in lines["personio:kokerei"]
    assert "failed on 20" in lines["lever:halde"]
    assert "has never delivered" in lines["lever:halde"]
    assert "unverified: asked only when its name is given" in lines["schema_org:hafen.example"]
    assert "off: asked only when its kind or its name is given" in lines["join:huette"]
    assert "5 boards in boards.csv; 3 of them have been asked; 2 boards have never delivered an advert." in listed.out


def test_shipped_list_has_no_line_that_cannot_be_read() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "boards"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "166 boards in boards.csv" in done.stdout


# ---------------------------------------------------------------- add


def test_address_of_a_vendor_needs_no_request(tmp_path: Path) -> None:
    (tmp_path / "boards.csv").write_text(HEADER)
    url = "https://zeche.jobs.personio.de/job/1"

    added = boards(tmp_path, "add", url, "--employer", "Zeche GmbH", "--city", "Dortmund")
    again = boards(tmp_path, "add", url)

    assert (added.exit_code, again.exit_code) == (0, 0), added.err
    assert (tmp_path / "boards.csv").read_text() == (
        f"{HEADER}personio,zeche,,Zeche GmbH,Dortmund,likely,,added by hand from {url}\n"
    )
    assert "personio:zeche written to" in added.out
    assert "./run scrapy boards check personio:zeche" in added.out
    assert "stands in" in again.out


def test_row_behind_a_last_line_without_an_end_is_a_row_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "boards.csv").write_text(f"{HEADER}personio,kokerei,,,,listed,,")

    boards(tmp_path, "add", "https://zeche.jobs.personio.de")
    listed = boards(tmp_path)

    assert "2 boards in boards.csv" in listed.out


def test_page_of_an_employer_is_fetched_and_recognised(tmp_path: Path) -> None:
    (tmp_path / "boards.csv").write_text(HEADER)
    page = Recorded(
        "https://www.zeche.example/karriere", b'<a href="https://zeche.recruitee.com">Jobs</a>', headers=HTML
    )
    with MarketServer([], [(Board("schema_org", "zeche.example"), [page])]) as server:
        added = boards(tmp_path, "add", "https://www.zeche.example/karriere", server=server)
        asked = [each.path for each in server.requests]

    assert added.exit_code == 0, added.err
    assert "recruitee:zeche written to" in added.out
    assert asked == ["/robots.txt", "/.well-known/tdmrep.json", "/karriere"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Recorded("https://zeche.example/jobs", b"<p>Guten Tag</p>", headers=HTML), "no vendor was recognised"),
        (Recorded("https://zeche.example/jobs", b"", status=404), "HTTP 404"),
        (
            Recorded("https://zeche.example/jobs", b"", status=301, headers={"Location": "https://www.zeche.example/"}),
            "it redirects to https://www.zeche.example/",
        ),
        (Recorded("https://zeche.example/robots.txt", b"User-agent: *\nDisallow: /\n"), "robots.txt"),
    ],
    ids=["a plain page", "no page", "moved", "robots.txt says no"],
)
def test_what_is_not_recognised_is_not_written_and_says_why(tmp_path: Path, answer: Recorded, words: str) -> None:
    (tmp_path / "boards.csv").write_text(HEADER)
    with MarketServer([], [(Board("schema_org", "zeche.example"), [answer])]) as server:
        added = boards(tmp_path, "add", "https://zeche.example/jobs", server=server)

    assert added.exit_code == 1
    assert words in added.out
    assert "Nothing was written" in added.out
    assert (tmp_path / "boards.csv").read_text() == HEADER


# ---------------------------------------------------------------- check


def test_check_reads_a_board_and_stores_nothing(tmp_path: Path) -> None:
    with MarketServer([], [feed("zeche", "IT-Leiter (m/w/d)", "Koch (m/w/d)")]) as server:
        server.board_rows(tmp_path / "boards.csv")
        checked = boards(tmp_path, "check", "personio:zeche", server=server)

    assert checked.exit_code == 0, checked.err
    assert "personio:zeche: complete; 2 adverts, 1 of them for it-leiter near Dortmund, 0 unreadable" in checked.out
    assert "Nothing was stored" in checked.out
    assert checked.out.splitlines()[-1] == "  IT-Leiter (m/w/d)"
    assert not (tmp_path / "jobs.db").exists()
    assert not (tmp_path / "private").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["check", "personio:nirgends"], 2, "personio:nirgends"),
        (["check", "personio:zeche", "--role", "astronaut"], 2, "astronaut"),
        (["quatsch"], 2, "check kind:name, confirm kind:name"),
        (["add", "zeche.example"], 2, "begins with https://"),
    ],
    ids=["unknown board", "unknown role", "no such word", "no address"],
)
def test_wrong_use_is_explained(tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    (tmp_path / "boards.csv").write_text(f"{HEADER}personio,zeche,,,,listed,,\n")
    refused = boards(tmp_path, *arguments)

    assert refused.exit_code == code, refused.out + refused.err
    assert words in refused.out + refused.err
    assert "Traceback" not in refused.err
