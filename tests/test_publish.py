"""The published site, served by the real Datasette: no SQL of strangers, nothing alive, nothing from elsewhere."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from playwright.sync_api import sync_playwright
from sqlite_utils import Database

from pipelines import publishing
from tests.conftest import ROOT
from tests.test_datasette import CHROMIUM, DATA, add_job, make_database, page, served, status

SCRIPTS = (ROOT / "tests" / "tables" / "scripts.txt").read_text(encoding="utf-8").splitlines()
REFUSED = [
    "/jobs?sql=select+1", "/jobs.json?sql=select+randomblob(500000000)", "/jobs.csv?sql=select+*+from+jobs",
    "/jobs?sql=" + quote("select * from pragma_database_list"), "/jobs?sql=" + quote("attach '/etc/passwd' as x"),
    "/jobs/jobs?_where=1=1", "/jobs/jobs.json?_where=" + quote("1=1) union select 1--"),
    "/jobs/readings", "/jobs/filtered", "/jobs/decisions", "/jobs/quarantine", "/jobs/_sqlite_migrations", "/raw",
    "/jobs.db", "/private/raw.db", "/-/plugins/../../jobs.db", "/jobs/jobs.csv?_stream=on&_size=max",
]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("published")
    source = folder / "source.db"
    make_database(source)
    database = Database(sqlite3.connect(source))
    for number, script in enumerate(SCRIPTS, 100):
        add_job(database, number, script, script, city=script, pay_text=script, match_reason=script, industry=script,
                reports_to=script, url=f"javascript:{script}")  # fmt: skip
    database.conn.commit()
    database.close()
    publishing.site(source, DATA, folder / "site")
    with served(folder / "site") as address:
        yield address


def pages(site: str) -> list[str]:
    hostile = json.loads(page(f"{site}/jobs/jobs.json?_shape=array&_size=100&_sort_desc=search_id"))
    jobs = [f"/jobs/jobs/{each['id']}" for each in hostile if each["search_id"] >= 100]
    return ["/", "/?_search=alert", "/jobs", "/jobs/open_jobs?_size=100", "/jobs/jobs?_size=100", "/jobs/open_now",
            "/jobs/who_is_hiring", *jobs]  # fmt: skip


def test_no_script_of_an_advert_is_alive_on_any_page(site: str) -> None:
    seen = pages(site)
    assert len(seen) == 7 + len(SCRIPTS)
    for path in seen:
        html = page(site + path)
        for script in SCRIPTS:
            # What Datasette's own pages hold (<script>, <style>) never is an advert's whole vector.
            assert script not in html or "<" not in script, f"{script} stands unescaped on {path}"
        assert 'href="javascript:' not in html.lower()


@pytest.mark.parametrize(
    "path", ["/", "/jobs", "/jobs/jobs", "/jobs/open_jobs.csv", "/jobs/jobs.json", "/robots.txt", "/nowhere"]
)
def test_each_answer_says_what_a_browser_may_do(site: str, path: str) -> None:
    try:
        with urlopen(site + path, timeout=30) as answer:
            headers = answer.headers
    except HTTPError as error:
        with error:
            headers = error.headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy.partition("style-src")[0]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-robots-tag"] == "noindex, nofollow"


@pytest.mark.parametrize("path", REFUSED)
def test_what_strangers_may_not_ask(site: str, path: str) -> None:
    assert status(site + path) in (400, 403, 404)


def test_robots_are_asked_to_stay_away(site: str) -> None:
    assert page(site + "/robots.txt") == "User-agent: *\nDisallow: /\n"


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_browser_runs_the_pages_without_a_complaint(site: str) -> None:
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page()
        tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        tab.on("dialog", lambda dialog: complaints.append(f"an alert: {dialog.message}"))
        tab.on("request", lambda request: None if request.url.startswith(site) else complaints.append(request.url))
        for path in pages(site)[:12]:
            tab.goto(site + path)
        browser.close()
    assert complaints == []


# ---------------------------------------------------------------- the command


def publish(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", "publish", *words, "-s", f"JOBS_DB={tmp_path / 'jobs.db'}"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_command_says_what_it_wrote_and_how_to_show_it(tmp_path: Path) -> None:
    make_database(tmp_path / "jobs.db")
    out = tmp_path / "out.db"

    done = publish(tmp_path, str(out), "--csv", str(tmp_path / "tables"))

    assert done.returncode == 0, done.stderr
    assert f"{out}: 16 jobs, 17 adverts, without texts and contact data." in done.stdout
    assert f"Show it: ./run datasette -i {out} --setting default_allow_sql off" in done.stdout
    assert sorted(each.name for each in (tmp_path / "tables").iterdir()) == ["changes.csv", "open_jobs.csv"]


def test_command_refuses_what_it_cannot_do(tmp_path: Path) -> None:
    early = publish(tmp_path, str(tmp_path / "out.db"))
    make_database(tmp_path / "jobs.db")
    wrong = publish(tmp_path)
    same = publish(tmp_path, str(tmp_path / "jobs.db"))

    assert (early.returncode, wrong.returncode, same.returncode) == (2, 2, 5)
    assert "does not exist yet. Nothing was written; run a crawl first." in early.stdout
    assert "is the file that is written each night" in same.stdout


def test_plugin_that_makes_markup_stops_the_site(tmp_path: Path) -> None:
    make_database(tmp_path / "jobs.db")
    publishing.site(tmp_path / "jobs.db", DATA, tmp_path / "site")
    (tmp_path / "site" / "plugins" / "render_html.py").write_text("from datasette import hookimpl\n")

    done = subprocess.run(
        [sys.executable, "-m", "datasette", str(tmp_path / "site"), "--get", "/"], capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode != 0
    assert "render_html.py may turn their texts into markup" in done.stderr + done.stdout
    shutil.rmtree(tmp_path / "site")
