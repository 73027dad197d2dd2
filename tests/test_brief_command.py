"""What a run tells at its end: files, the command, the pages and the feeds."""

import asyncio
import shutil
import subprocess
from pathlib import Path

from datasette.app import Datasette

from tests.adverts import small_world
from tests.conftest import ROOT, Crawler, scrapy
from tests.sources_on_loopback import AgencyServer, status

ADVERTS = small_world()[:5]


def brief(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return scrapy(tmp_path, "brief", *words)


def get(folder: Path, *paths: str) -> list[tuple[int, str, str]]:
    """Ask a site over a folder; returns status, content type and text of each page."""

    async def ask() -> list[tuple[int, str, str]]:
        site = Datasette([], config_dir=folder)
        await site.invoke_startup()
        return [
            (found.status_code, found.headers["content-type"], found.text)
            for found in [await site.client.get(path) for path in paths]
        ]

    return asyncio.run(ask())


def site(tmp_path: Path) -> Path:
    """Put the pages beside the databases of a test, as in data/."""
    for name in ("templates", "plugins", "static"):
        shutil.copytree(ROOT / "data" / name, tmp_path / name)
    for name in ("metadata.yaml", "settings.json"):
        shutil.copy(ROOT / "data" / name, tmp_path)
    return tmp_path


def test_each_run_tells_its_news_and_the_command_repeats_them(crawl: Crawler, tmp_path: Path) -> None:
    with AgencyServer(ADVERTS) as server:
        crawl(server)
        first = brief(tmp_path)
        again = brief(tmp_path)
        server.replace(ADVERTS[1:])
        crawl(server)
        second = brief(tmp_path, "--language", "de")
        server.fault("/v6/jobs", status(503))
        crawl(server)
        third = brief(tmp_path)
    files = sorted(each.name for each in (tmp_path / "private" / "briefs" / "dortmund_itleiter").iterdir())

    assert first.stdout.splitlines()[0].endswith(": 5 new; 5 open")
    assert again.stdout == first.stdout
    assert second.stdout.splitlines()[0].endswith(": 1 geschlossen; 4 offen")
    assert third.stdout.splitlines()[0].endswith(": nothing new; 4 open; 0 of 1 boards complete")
    assert "arbeitsagentur:dortmund_itleiter failed" in third.stdout
    assert [name.rpartition(".")[2] for name in files] == ["html", "md", "html", "md", "html", "md", "ics", "atom"]


def test_pages_and_feeds(crawl: Crawler, tmp_path: Path) -> None:
    with AgencyServer(ADVERTS) as server:
        crawl(server)
    page, named, feed, calendar, no_such, elsewhere = get(
        site(tmp_path), "/-/brief", "/-/brief/dortmund_itleiter", "/-/brief/dortmund_itleiter/jobs.atom",
        "/-/brief/dortmund_itleiter/deadlines.ics", "/-/brief/hagen_controller", "/-/brief/hagen_controller/jobs.atom",
    )  # fmt: skip

    assert page[0] == 200
    assert ": 5 new; 5 open</h1>" in page[2]
    assert "<h2>New</h2>" in page[2]
    assert named[2] == page[2]
    assert feed[:2] == (200, "application/atom+xml; charset=utf-8")
    assert feed[2].count("<entry>") == 5
    assert calendar[:2] == (200, "text/calendar; charset=utf-8")
    assert calendar[2].startswith("BEGIN:VCALENDAR\r\n")
    assert no_such[0] == 404
    assert "No brief yet" in no_such[2]
    assert elsewhere[0] == 404


def test_wrong_calls_say_what_to_do(crawl: Crawler, tmp_path: Path) -> None:
    nothing = brief(tmp_path)
    with AgencyServer(ADVERTS[:1]) as server:
        crawl(server)
    unknown = brief(tmp_path, "--search", "hagen_controller")
    no_day = brief(tmp_path, "--since", "gestern")
    no_file = brief(tmp_path, "--out", str(tmp_path / "nowhere" / "brief.md"))
    written = brief(tmp_path, "--out", str(tmp_path / "brief.md"), "--format", "markdown", "--since", "2026-01-01")

    assert (nothing.returncode, nothing.stdout) == (
        2, f"scrapy brief: {tmp_path}/jobs.db does not exist yet; run a crawl first.\n",
    )  # fmt: skip
    assert (unknown.returncode, unknown.stdout) == (
        2, "scrapy brief: no run of a search hagen_controller is recorded; recorded are dortmund_itleiter.\n",
    )  # fmt: skip
    assert no_day.returncode == 2
    assert "--since gestern: a day is written 2026-11-01" in no_day.stderr
    assert no_file.returncode == 5
    assert "could not be written (No such file or directory)" in no_file.stdout
    assert written.returncode == 0
    assert (tmp_path / "brief.md").read_text().startswith("# dortmund\\_itleiter, ")


def test_brief_that_cannot_be_written_costs_no_run_and_is_told_by_the_next(crawl: Crawler, tmp_path: Path) -> None:
    with AgencyServer(ADVERTS) as server:
        (tmp_path / "private").mkdir()
        (tmp_path / "private" / "briefs").write_text("in the way")
        first = crawl(server)
        (tmp_path / "private" / "briefs").unlink()
        crawl(server)

    assert first.exit_code == 0
    assert "no brief could be written into" in first.err
    assert brief(tmp_path).stdout.splitlines()[0].endswith(": 5 new; 5 open")
