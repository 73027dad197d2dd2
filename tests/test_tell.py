"""`scrapy tell` with a real mail server and a real web server on this machine: each message once, none lost."""

import asyncio
import email
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller

from pipelines import forgetting
from tests.adverts import small_world
from tests.conftest import ROOT, Crawler
from tests.sources_on_loopback import AgencyServer

ADVERTS = small_world()[:5]
FILE = """
[[watch]]
name = "me"
to = ["TELL_MAIL"]
language = "de"
news = ["new", "back", "changed", "closing", "closed"]

[[watch]]
name = "recruiter"
to = ["TELL_HOOK"]
each = true
news = ["new", "closed"]
"""


class Mails:
    """Takes mails; refuses the next `refused` ones, and waits `seconds` before it answers."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str]] = []
        self.refused, self.seconds = 0, 0.0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        await asyncio.sleep(self.seconds)
        if self.refused:
            self.refused -= 1
            return "451 try again later"
        mail = email.message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        self.mails.append((mail["Subject"], body.get_content()))
        return "250 taken"


class Hook(BaseHTTPRequestHandler):
    """Takes what a webhook sends."""

    taken: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        self.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


class Told:
    """Runs `scrapy tell`, with the addresses of both servers in the environment."""

    def __init__(self, folder: Path, mails: Mails, mail_port: int, hook_port: int) -> None:
        self.folder, self.mails, self.hooks = folder, mails, Hook.taken
        self.environment = os.environ | {
            "STELLWERK_JOBS_DB": str(folder / "jobs.db"), "STELLWERK_RAW_DB": str(folder / "private" / "raw.db"),
            "STELLWERK_TELL_FILE": str(folder / "tell.toml"),
            "TELL_MAIL": f"mailto://127.0.0.1:{mail_port}?from=stellwerk@example.org&to=me@example.org&mode=insecure",
            "TELL_HOOK": f"json://127.0.0.1:{hook_port}/jobs?token=s3cret",
        }  # fmt: skip

    def start(self, *words: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "scrapy", "tell", *words], cwd=ROOT, env=self.environment | more, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def __call__(self, *words: str, **more: str) -> tuple[int, str]:
        process = self.start(*words, **more)
        out, _ = process.communicate(timeout=60)
        return process.returncode, out


@pytest.fixture
def tell(tmp_path: Path) -> Iterator[Told]:
    mails = Mails()
    with socket.create_server(("127.0.0.1", 0)) as free:  # the library needs to be told a port
        port = free.getsockname()[1]
    controller = Controller(mails, hostname="127.0.0.1", port=port)
    controller.start()
    hook = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    Hook.taken.clear()
    (tmp_path / "tell.toml").write_text(FILE)
    yield Told(tmp_path, mails, port, hook.server_address[1])
    controller.stop()
    hook.shutdown()
    hook.server_close()


def test_each_is_told_what_it_asked_for_once(crawl: Crawler, tell: Told) -> None:
    with AgencyServer(ADVERTS) as server:
        crawl(server)
        dry = tell("--dry-run")
        assert (tell.mails.mails, tell.hooks) == ([], [])
        first = tell()
        again = tell()
        server.replace([*ADVERTS[2:], *small_world()[5:7]])
        crawl(server)
        second = tell()
        third = tell()

    assert dry[0] == 0
    assert "me: 1 messages; nothing was sent, nothing was marked." in dry[1]
    assert (first, again) == ((0, "2 messages sent, 0 waiting.\n"), (0, "0 messages sent, 0 waiting.\n"))
    subjects = [subject.partition(": ")[2] for subject, _ in tell.mails.mails]
    assert subjects == ["5 neu; 5 offen", "2 neu, 2 geschlossen; 5 offen"]
    assert tell.mails.mails[0][1].startswith("NEU\r\n  IT-Leiter · ")
    assert [each["title"].partition(": ")[2] for each in tell.hooks] == [
        "5 new; 5 open", "1 new; 5 open", "1 new; 5 open", "1 closed; 5 open", "1 closed; 5 open",
    ]  # fmt: skip
    assert (second, third) == ((0, "5 messages sent, 0 waiting.\n"), (0, "0 messages sent, 0 waiting.\n"))
    feeds = tell.folder / "private" / "feeds"
    assert sorted(each.name for each in feeds.iterdir()) == ["me.atom", "me.ics", "recruiter.atom", "recruiter.ics"]
    assert (feeds / "me.atom").read_text().count("<entry>") == 5
    assert "im Jahr" in (feeds / "me.atom").read_text()


def test_message_that_is_not_taken_waits_and_is_sent_later(crawl: Crawler, tell: Told) -> None:
    with AgencyServer(ADVERTS) as server:
        crawl(server)
    tell.mails.refused = 1
    refused = tell()
    too_early = tell()
    later = (tell.folder / "private" / "outbox.db").as_posix()
    _set(later, "UPDATE messages SET due_at = '2026-01-01T00:00:00+00:00' WHERE state = 'waiting'")
    sent = tell()

    assert refused[0] == 3
    assert "me: TELL_MAIL did not take the message. Nothing is lost; it is sent again after 20" in refused[1]
    assert refused[1].endswith("1 messages sent, 1 waiting.\n")
    assert too_early == (0, "0 messages sent, 1 waiting.\n")
    assert sent == (0, "1 messages sent, 0 waiting.\n")
    assert len(tell.mails.mails) == 1


def _set(path: str, sql: str) -> None:

    connection = sqlite3.connect(path)
    connection.execute(sql)
    connection.commit()
    connection.close()


def test_killed_while_it_hands_over_it_sends_nothing_twice_and_says_what_may_be_lost(
    crawl: Crawler, tell: Told
) -> None:
    with AgencyServer(ADVERTS) as server:
        crawl(server)
    tell.mails.seconds = 3.0
    process = tell.start()
    until = time.monotonic() + 30
    while not _handed_over(tell.folder) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    time.sleep(3.5)
    tell.mails.seconds = 0.0
    taken = len(tell.mails.mails)  # the server may have taken it after the kill
    after = tell()
    quiet = tell()

    assert "Message 1 to TELL_MAIL (dortmund_itleiter, " in after[1]
    assert "may have been lost: the program ended while it was handed over." in after[1]
    assert len(tell.mails.mails) == taken <= 1
    assert len(tell.hooks) == 1
    assert quiet == (0, "0 messages sent, 0 waiting.\n")
    assert tell("--again", "1")[0] == 0
    assert len(tell.mails.mails) == taken + 1
    assert tell("--again", "1")[0] == 2


def _handed_over(folder: Path) -> bool:

    path = folder / "private" / "outbox.db"
    if not path.exists():
        return False
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        return bool(connection.execute("SELECT count(*) FROM messages WHERE state = 'handed over'").fetchone()[0])
    except sqlite3.Error:
        return False
    finally:
        connection.close()


def test_two_at_once_send_each_message_once(crawl: Crawler, tell: Told) -> None:
    with AgencyServer(ADVERTS) as server:
        crawl(server)
    tell.mails.seconds = 0.5
    processes = [tell.start() for _ in range(4)]
    said = sorted(process.communicate(timeout=60)[0] for process in processes)

    assert said == ["0 messages sent, 0 waiting.\n"] * 3 + ["2 messages sent, 0 waiting.\n"]
    assert (len(tell.mails.mails), len(tell.hooks)) == (1, 1)


def test_quiet_hours_hold_messages_back(crawl: Crawler, tell: Told) -> None:
    now, hours = datetime.now(ZoneInfo("Europe/Berlin")), timedelta(hours=2)
    quiet = f"{now - hours:%H:%M}-{now + hours:%H:%M}"
    (tell.folder / "tell.toml").write_text(f'[[watch]]\nname = "me"\nto = ["TELL_MAIL"]\nquiet = "{quiet}"\n')
    with AgencyServer(ADVERTS) as server:
        crawl(server)

    assert tell() == (0, "0 messages sent, 1 waiting.\n")
    assert tell.mails.mails == []


def test_what_is_wrong_is_told_without_a_secret(crawl: Crawler, tell: Told) -> None:
    before = tell()
    with AgencyServer(ADVERTS) as server:
        crawl(server)
    unset = tell(TELL_MAIL="", TELL_HOOK="gibberish:s3cret")
    (tell.folder / "tell.toml").write_text("[[watch]]\nname = 'me'\n")
    wrong = tell()
    (tell.folder / "tell.toml").unlink()
    missing = tell()

    assert before[0] == 2
    assert "jobs.db does not exist; run a crawl first. Nothing was sent." in before[1]
    assert unset[0] == 3
    assert "me: the environment variable TELL_MAIL is not set. Nothing is lost; it is sent again after" in unset[1]
    assert "recruiter: what TELL_HOOK holds is no address that Apprise knows" in unset[1]
    assert "s3cret" not in unset[1]
    assert wrong == (2, f"scrapy tell: {tell.folder}/tell.toml: watch 1 (me): to is missing. Nothing was sent.\n")
    assert missing[0] == 2
    assert "Copy deploy/tell.toml there" in missing[1]


def test_a_person_is_forgotten_in_messages_and_feeds_too(crawl: Crawler, tell: Told) -> None:
    with AgencyServer(ADVERTS) as server:
        crawl(server)
    tell()
    words = ("brückmann", "fördertechnik")
    before = _holding(tell.folder, words)
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "forget", " ".join(words)], cwd=ROOT, env=tell.environment, text=True,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert {"me.atom", "recruiter.atom", "jobs.atom", "outbox.db", "jobs.db", "raw.db"} <= before
    assert _holding(tell.folder, words) == set()


def _holding(folder: Path, words: tuple[str, ...]) -> set[str]:
    files = [each for each in folder.rglob("*") if each.is_file()]
    return {each.name.removesuffix("-wal") for each in forgetting.left(files, [*words])}
