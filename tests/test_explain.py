"""`scrapy explain`, asked as a user would."""

import os
import subprocess
import sys
from pathlib import Path

from tests.adverts import agency_advert
from tests.conftest import ROOT, Crawler
from tests.sources_on_loopback import AgencyServer


def explain(jobs_db: Path, *arguments: str) -> str:
    """Run the command and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "explain", "-s", f"JOBS_DB={jobs_db}", *arguments],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return done.stdout


def test_title_unknown_to_the_database_is_judged_as_it_stands(tmp_path: Path) -> None:
    told = explain(tmp_path / "none.db", "Projektleiter IT (m/w/d)")

    assert "As a title for it-leiter:\n  no: " in told


def test_town_of_a_title_is_judged_too(tmp_path: Path) -> None:
    told = explain(tmp_path / "none.db", "IT-Leiter (m/w/d)", "--at", "Köln")

    assert "no: 74 km away, the search ends at 50 km (rule place)" in told


def test_advert_in_the_database_tells_its_fate_its_reason_and_its_board(crawl: Crawler) -> None:
    adverts = [
        agency_advert("10000-1-S", "IT-Leiter (m/w/d)", "Firma GmbH", "Dortmund"),
        agency_advert("10000-2-S", "Projektleiter IT (m/w/d)", "Andere Firma GmbH", "Dortmund"),
    ]
    with AgencyServer(adverts) as server:
        night = crawl(server)

    by_id = explain(night.jobs_db, "10000-1-S")
    assert "accepted (arbeitsagentur:dortmund_itleiter, 10000-1-S)" in by_id
    assert "the board's last run was complete" in by_id
    by_url = explain(night.jobs_db, "https://www.arbeitsagentur.de/jobsuche/jobdetail/10000-2-S")
    assert "filtered (arbeitsagentur:dortmund_itleiter, 10000-2-S)" in by_url
    assert "Projektleiter" in explain(night.jobs_db, "Projektleiter IT")
