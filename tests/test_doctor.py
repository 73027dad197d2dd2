"""`scrapy doctor` says what is wrong, and what to do."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines import diagnosis
from tests.adverts import small_world
from tests.conftest import Crawler, scrapy
from tests.sources_on_loopback import AgencyServer, status

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def doctor(tmp_path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return scrapy(tmp_path, "doctor", *words, COLUMNS="200", **environment)


def test_before_the_first_night(tmp_path: Path) -> None:
    done = doctor(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "look  contact      none: every host is asked half as fast → export STELLWERK_CONTACT=" in done.stdout
    assert "look  jobs.db      not there yet → ./run scrapy crawl dortmund_itleiter" in done.stdout
    assert "ok    ports        none is opened" in done.stdout
    assert "ok    certificates verified" in done.stdout
    assert done.stdout.endswith("Nothing stands in the way of the next night.\n")


def test_a_port_that_would_be_opened(tmp_path: Path) -> None:
    done = doctor(tmp_path, STELLWERK_EXTENSIONS='{"scrapy.extensions.telnet.TelnetConsole": 0}')

    assert done.returncode == 3
    assert "BAD   ports        opened by TelnetConsole → take them out of the setting EXTENSIONS" in done.stdout


def test_after_a_good_night(crawl: Crawler, tmp_path: Path) -> None:
    with AgencyServer(small_world()[:5]) as server:
        crawl(server)
    done = doctor(tmp_path, STELLWERK_CONTACT="it@beispiel.example")

    assert done.returncode == 0
    assert "ok    contact      it@beispiel.example" in done.stdout
    assert "ok    jobs.db      whole, 5 jobs" in done.stdout
    assert "exit code 0" in done.stdout
    assert "ok    boards       1 of 1 complete" in done.stdout
    assert "ok    snapshots    1, the newest of " in done.stdout
    assert "ok    raw.db       mode 0600" in done.stdout


def test_after_a_bad_night_with_a_damaged_file(crawl: Crawler, tmp_path: Path) -> None:
    with AgencyServer(small_world()[:5]) as server:
        crawl(server)
        server.fault("/v6/jobs", status(503))
        night = crawl(server)
    looked = doctor(tmp_path)
    (tmp_path / "private" / "raw.db").chmod(0o644)
    (tmp_path / "jobs.db").write_bytes(b"garbage" * 1000)
    done = doctor(tmp_path)

    assert night.exit_code == 4
    assert "look  boards       0 of 1 complete → ./run scrapy boards tells which, and why" in looked.stdout
    assert "exit code 4 → table messages says what was wrong" in looked.stdout
    assert done.returncode == 3
    assert "BAD   jobs.db " in done.stdout
    assert "./run scrapy restore lists the snapshots" in done.stdout
    assert "BAD   raw.db       mode 0644 → others can read adverts as sent: chmod 600" in done.stdout
    assert done.stdout.endswith("2 must be mended before the next night.\n")


@pytest.mark.parametrize(
    ("stated", "what", "state"),
    [
        ({"EXTENSIONS": ["scrapy.extensions.telnet.TelnetConsole"]}, "ports", "bad"),
        ({"EXTENSIONS": ["scrapy.extensions.remote_control.RemoteControl"]}, "ports", "bad"),
        ({}, "ports", "good"),
        ({"DOWNLOAD_VERIFY_CERTIFICATES": False}, "certificates", "bad"),
        ({"ORIGINS": '{"https://a.example": "http://127.0.0.1:1"}'}, "origins", "warning"),
        ({"CONTACT": "a@b.example"}, "contact", "good"),
    ],
)
def test_settings(stated: dict[str, object], what: str, state: str) -> None:
    found = {each.what: each.state for each in diagnosis.settings(stated, {})}
    assert found[what] == state


@pytest.mark.parametrize(
    ("last", "what", "state"),
    [
        ("2026-11-25T04:19:00+00:00", "last night", "good"),
        ("2026-11-23T04:19:00+00:00", "last night", "warning"),
        ("2027-11-25T04:19:00+00:00", "clock", "bad"),
        ("2026-11-25T04:19:00+00:00", "clock", "good"),
    ],
)
def test_last_night(last: str, what: str, state: str) -> None:
    found = {each.what: each.state for each in diagnosis._night(last, 0, 1, 1, NOW)}
    assert found[what] == state


def test_what_a_run_says_stands_in_the_file(crawl: Crawler) -> None:
    with AgencyServer(small_world()[:5]) as server:
        server.fault("/v6/jobs", status(404))
        night = crawl(server)

    ((run, number, board, message),) = night.rows("SELECT run_id, number, board, message FROM messages")
    assert (run, number, board) == (1, 1, "arbeitsagentur:dortmund_itleiter")
    assert message in night.err
    assert "nothing was closed; the next run asks again." in message
