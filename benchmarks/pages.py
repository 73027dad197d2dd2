"""How quickly our pages answer over many jobs: `./run python -m benchmarks.pages [--jobs 100000] [--rounds 40]`.

The jobs are written through the real storage, in weekly runs, the same for the same number; each page is asked for over
HTTP from a real server. Printed are the first answer after a write, the median and the 95th percentile, in ms.
"""

import argparse
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from pipelines.health import Certificate, Ledger
from pipelines.items import Evidence, Job, Place, Posting, RawPosting, Skill
from pipelines.storage import Batch, Storage
from tests.adverts import TOWNS_NEAR

ROOT = Path(__file__).resolve().parent.parent
SEARCH = BOARD = "dortmund_itleiter"
WEEKS = 26
SITE = "http://127.0.0.1:8731"
PATHS = (
    "/", "/?sort=pay", "/?sort=near&remote=hybrid", "/?paid=1&pay_from=80000&km=25", "/?_search=leiter",
    "/?_search=muenchner", "/?_search=IT", "/?_search=emscher+cio&km=30", "/?sort=pay&after=90000.0~8",
    "/?level=cio&remote=full&km=5&pay_from=105000", "/?city=Hamm&sort=deadline", "/?days=1&paid=1", "/-/pictures",
    "/jobs/open_now", "/jobs/new_this_week", "/jobs/pay_by_level", "/jobs/skills_asked_for", "/jobs/who_is_hiring",
    "/jobs/who_is_hiring?employer_contains=emscher", "/jobs/listed_again", "/jobs/hard_to_fill", "/jobs/what_closed",
    "/jobs/open_on?day={past}", "/jobs/names_in_text?words=NIS2", "/jobs/names_in_text?words=azure", "/jobs/coverage",
)  # fmt: skip
_TITLES = {
    "head": "IT-Leiter (m/w/d)", "department": "Abteilungsleiter Informationstechnik", "team": "Teamleiter IT-Systeme",
    "cio": "Chief Information Officer (CIO)", "division": "Bereichsleitung IT und Digitalisierung",
}  # fmt: skip
_SKILLS = ("SAP", "Azure", "ITIL", "Microsoft 365", "Linux", "VMware", "ISO 27001", "Netzwerke", "BSI-Grundschutz")


def job(number: int, most: int = 0) -> Job:
    """Return a job, always the same for a number; among `most` each employer has some four on average."""
    chance = random.Random(number)  # noqa: S311 - no secret
    level = chance.choices([*_TITLES], [5, 3, 4, 1, 2])[0]
    town = chance.choices([*TOWNS_NEAR], [30, *[4] * (len(TOWNS_NEAR) - 1)])[0]
    at, centre = TOWNS_NEAR[town], TOWNS_NEAR["Dortmund"]
    km = ((at.latitude - centre.latitude) ** 2 * 12365 + (at.longitude - centre.longitude) ** 2 * 4800) ** 0.5
    low = {"cio": 98, "division": 84, "head": 72, "department": 66, "team": 58}[level] * 1000 + chance.randrange(
        12
    ) * 1000
    paid = chance.random() < 0.45
    house = chance.choice(("Hellweg", "Ardey", "Emscher", "Müller", "Ruhrtal"))
    employer = f"{house} Werke {number * 7919 % max(97, most // 20)} GmbH"
    skills = chance.sample(_SKILLS, 4)
    title = _TITLES[level]
    return Job(
        title=title, title_clean=title.replace(" (m/w/d)", ""), role="it-leiter", level=level, area=None,
        match="near" if level == "team" else "exact", match_reason="the title names the lead of IT", match_rule="lead",
        employer=employer, employer_key=employer.casefold(),
        employer_type=chance.choice(("employer", "agency", "unknown")),
        industry=None, city=town, postal_code=at.postal_code, state="Nordrhein-Westfalen", country="Deutschland",
        lat=at.latitude, lon=at.longitude, distance_km=round(km, 1),
        places=(Place(city=town, postal_code=at.postal_code),),
        remote=chance.choice(("none", "hybrid", "full", "unknown")),
        pay_text=f"{low} bis {low + 12000} Euro" if paid else None,
        pay_min=float(low) if paid else None, pay_max=float(low + 12000) if paid else None,
        pay_period="year" if paid else None, pay_currency="EUR" if paid else None, salaries_per_year=None,
        pay_year_min=float(low) if paid else None, pay_year_max=float(low + 12000) if paid else None,
        pay_basis=chance.choice(("stated", "source field")) if paid else None, pay_scale=None, pay_group_min=None,
        pay_group_max=None, pay_step_min=None, pay_step_max=None, pay_table_date=None,
        pay_rule="pay.text.word" if paid else None, pay_note=None, hours="full", contract="permanent", starts_on=None,
        published_on=None, first_published_on=None, apply_by=None, modified_at=None, reference=None, team_size_min=None,
        team_size_max=None, budget_eur=None, reports_to=None, occupation=None, url=f"https://jobs.example/{number}",
        text=f"Wir suchen Verantwortung für {', '.join(skills)} in {town}.",
        skills=tuple(Skill(each, "it", "must", each) for each in skills),
        evidence=(Evidence("hours", "Vollzeit"),),
    )  # fmt: skip


def make(folder: Path, jobs: int) -> Path:
    """Write jobs.db with so many jobs, begun evenly over half a year of weekly runs; most old ones are closed."""
    path, today = folder / "jobs.db", datetime.now(UTC)
    storage = Storage(path, folder / "private" / "raw.db")
    try:
        for week in range(WEEKS):
            now = today - timedelta(days=7 * (WEEKS - 1 - week))
            night, run_id = now.date().isoformat(), storage.begin_run(SEARCH, now)
            at = TOWNS_NEAR["Dortmund"]
            storage.describe_search("it-leiter", "Dortmund", (at.latitude, at.longitude), 50)
            new = range(jobs * week // WEEKS, jobs * (week + 1) // WEEKS)
            for start in range(new.start, new.stop, 1000):
                batch = [
                    (
                        RawPosting(
                            board=BOARD,
                            source_id=str(n),
                            list_hash="h",
                            payload=b"{}",
                            posting=Posting(source_id=str(n), title="IT-Leiter"),
                            detail="fetched",
                        ),
                        job(n, jobs),
                    )
                    for n in range(start, min(start + 1000, new.stop))
                ]
                storage.store(Batch(accepted=batch), run_id=run_id, night=night)
            seen = {str(n) for n in range(new.stop) if week - n * WEEKS // jobs <= n % 17}
            storage.finish_board(
                Ledger(BOARD, fetched=len(seen)), Certificate("complete", None), seen=seen, nights_to_close=1,
                run_id=run_id, now=now, night=night,
            )  # fmt: skip
            storage.finish_run(run_id, now, 0, "finished", 1)
    finally:
        storage.close()
    return path


def main() -> None:
    """Make the file, ask for each page, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--keep", type=Path, help="a folder for the file, used again next time")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = asked.keep or Path(passing)
        path = folder / "jobs.db"
        if not path.is_file():
            make(folder, asked.jobs)
        Storage(path, folder / "private" / "raw.db").close()  # brings an older file up to date
        with serving(path):
            _measure(SITE, asked.rounds)


@contextmanager
def serving(jobs_db: Path) -> Iterator[None]:
    """Show a file as `scrapy serve` does, at SITE, until the block ends."""
    command = [sys.executable, "-m", "scrapy", "serve", "--port", str(urlsplit(SITE).port), "-s", f"JOBS_DB={jobs_db}"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if server.poll() is not None:  # else another server, which holds the port, would be measured
                raise SystemExit(f"no server could be started at {SITE}: something listens there already")
            try:
                urlopen(SITE, timeout=60).read()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(10)


def _measure(site: str, rounds: int) -> None:
    found = re.search(r'href="(/jobs/jobs/\w+)"', urlopen(site, timeout=60).read().decode())  # noqa: S310 - our own server
    past = (datetime.now(UTC) - timedelta(days=60)).date().isoformat()
    for path in (*(each.replace("{past}", past) for each in PATHS), found[1] if found else "/"):
        times = []
        for _ in range(rounds + 1):
            begun = time.perf_counter()
            urlopen(site + path, timeout=60).read()  # noqa: S310 - our own server
            times.append((time.perf_counter() - begun) * 1000)
        print(f"{path:40} first {times[0]:7.0f}  median {statistics.median(times[1:]):7.0f}"
              f"  p95 {statistics.quantiles(times[1:], n=20)[-1]:7.0f}")  # fmt: skip


if __name__ == "__main__":
    main()
