"""One post on two boards, from the crawl to a person's decision and to all rules anew."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.adverts import small_world
from tests.conftest import ROOT, Crawl, Crawler
from tests.market_on_loopback import MarketServer, all_boards
from tests.test_boards import feed, night


def run(tmp_path: Path, *arguments: str) -> Crawl:
    """Run `scrapy …` on the databases of this test."""
    jobs_db = tmp_path / "jobs.db"
    environment = os.environ | {
        "STELLWERK_JOBS_DB": str(jobs_db),
        "STELLWERK_RAW_DB": str(tmp_path / "private" / "raw.db"),
        "STELLWERK_BOARDS_FILE": str(tmp_path / "boards.csv"),
    }
    command = [sys.executable, "-m", "scrapy", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return Crawl(done.returncode, done.stdout, done.stderr, jobs_db)


def test_person_merges_and_splits_and_later_nights_obey(crawl: Crawler, tmp_path: Path) -> None:
    boards = [feed("zeche", "IT-Leiter (m/w/d)"), feed("kokerei", "Leitung IT (m/w/d)")]
    with MarketServer(boards=boards) as server:
        first = night(crawl, server, tmp_path, "-a", "kinds=personio")
        ((one,), (other,)) = first.rows("SELECT id FROM jobs ORDER BY id")
        merged = run(tmp_path, "merge", one, other)
        after_merge = merged.rows("SELECT id FROM jobs")
        second = night(crawl, server, tmp_path, "-a", "kinds=personio")
        still = second.rows("SELECT count(*) FROM jobs")
        split = run(tmp_path, "split", after_merge[0][0])
        third = night(crawl, server, tmp_path, "-a", "kinds=personio")

    assert (merged.exit_code, split.exit_code) == (0, 0), merged.out + split.out
    assert "are one job now, and stay so" in merged.out
    assert after_merge == [(min(one, other),)]
    assert still == [(1,)]
    assert sorted(third.rows("SELECT id FROM jobs")) == sorted([(one,), (other,)])
    assert third.rows("SELECT decision FROM decisions") == [("split",)]


def test_wrong_ids_change_nothing_and_say_so(crawl: Crawler, tmp_path: Path) -> None:
    with MarketServer(boards=[feed("zeche", "IT-Leiter (m/w/d)")]) as server:
        first = night(crawl, server, tmp_path, "-a", "kinds=personio")
    ((one,),) = first.rows("SELECT id FROM jobs")

    unknown, single = run(tmp_path, "merge", one, "nirgends"), run(tmp_path, "split", one)

    assert (unknown.exit_code, single.exit_code) == (2, 2)
    assert "there is no job nirgends. Nothing was changed" in unknown.out
    assert "has one advert only. Nothing was changed" in single.out


def test_reprocessing_with_the_same_rules_changes_nothing(crawl: Crawler, tmp_path: Path) -> None:
    with MarketServer(small_world(), all_boards()) as server:
        first = night(crawl, server, tmp_path)
    before = first.dump()

    again = run(tmp_path, "reprocess", "--yes")

    assert again.exit_code == 0, again.err
    assert "stored adverts read again for dortmund_itleiter" in again.out
    assert again.out.splitlines()[-1] == "Nothing would change."
    assert again.dump() == before
    assert not list(tmp_path.glob("reprocess*"))


def test_reprocessing_shows_what_would_change_and_changes_it_when_told_to(crawl: Crawler, tmp_path: Path) -> None:
    with MarketServer(small_world(), all_boards()) as server:
        first = night(crawl, server, tmp_path)
    before = first.dump()
    with sqlite3.connect(first.jobs_db) as connection:  # as older rules would have read it
        connection.execute("UPDATE jobs SET level = 'team', content_hash = '' WHERE id = (SELECT min(id) FROM jobs)")
        connection.execute("UPDATE postings SET content_hash = '' WHERE job_id = (SELECT min(id) FROM jobs)")
    connection.close()
    old = first.dump()

    asked = run(tmp_path, "reprocess")
    unchanged = asked.dump()
    told = run(tmp_path, "reprocess", "--yes")

    assert "level: 1" in asked.out
    assert "team → " in asked.out
    assert "Nothing was changed. To change the file: ./run scrapy reprocess --yes" in asked.out
    assert unchanged == old
    assert "is up to date with today's rules" in told.out
    assert told.dump() == before


def test_reprocessing_waits_for_no_crawl_and_needs_a_file(tmp_path: Path) -> None:
    (tmp_path / "boards.csv").write_text("kind,name,url,employer,city,sure,seen_working,source\n")

    missing = run(tmp_path, "reprocess")

    assert missing.exit_code == 2
    assert "does not exist yet: run a crawl first" in missing.out
