"""ORIGINS: read, and followed by a real Scrapy that asks a real server."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from scrapy.settings import Settings

from crawler.middlewares.origins import Origin, OriginsError, mapping
from tests.conftest import ROOT


def mapped(stated: object) -> dict[str, str]:
    return {str(public): str(target) for public, target in mapping(Settings({"ORIGINS": stated})).items()}


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("{}", {}),
        ("", {}),
        (None, {}),
        (
            '{"https://rest.arbeitsagentur.de": "http://127.0.0.1:8123"}',
            {"https://rest.arbeitsagentur.de": "http://127.0.0.1:8123"},
        ),
        ({"https://a.example": "http://b.example"}, {"https://a.example": "http://b.example"}),
        ('{"https://a.example/": "http://b.example/"}', {"https://a.example": "http://b.example"}),
        (
            '{"https://a.example": "http://[::1]:1", "https://c.example": "https://d.example:8443"}',
            {"https://a.example": "http://[::1]:1", "https://c.example": "https://d.example:8443"},
        ),
    ],
    ids=["none", "empty", "unset", "one", "as a dict", "slash at the end", "two"],
)
def test_mapping(stated: object, expected: dict[str, str]) -> None:
    assert mapped(stated) == expected


def test_mapping_of_many_stands_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "origins.json"
    file.write_text('{"https://a.example": "http://127.0.0.1:1"}', encoding="utf-8")
    assert mapped(str(file)) == {"https://a.example": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    "stated",
    [
        "quatsch",
        "[]",
        "5",
        '{"https://a.example": 5}',
        '{"https://a.example": "127.0.0.1:8123"}',
        '{"a.example": "http://127.0.0.1"}',
        '{"https://a.example/path": "http://127.0.0.1"}',
        '{"https://a.example": "file:///etc/passwd"}',
        '{"https://a.example": "http://"}',
    ],
    ids=["word", "list", "number", "target is a number", "no scheme", "no public scheme", "path", "file", "no host"],
)
def test_origins_that_cannot_be_read_say_how_they_are_written(stated: str) -> None:
    with pytest.raises(OriginsError, match=r"ORIGINS cannot be read .*Write it as '\{\"https://public\.example\""):
        mapped(stated)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.1", False),
        ("8.8.8.8", False),
        ("localhost.example", False),
        ("rest.arbeitsagentur.de", False),
    ],
    ids=str,
)
def test_is_loopback(host: str, expected: bool) -> None:
    assert Origin("http", host, host).is_loopback == expected


class Handler(BaseHTTPRequestHandler):
    """Answers everything, and notes what it was asked, by which name."""

    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.headers["Host"], self.path))
        body = b"User-agent: *\nAllow: /\n" if self.path == "/robots.txt" else b"found"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    Handler.asked = []
    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = Thread(target=listening.serve_forever)
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


SPIDER = """
import scrapy
class Asks(scrapy.Spider):
    name = "asks"
    custom_settings = {"ITEM_PIPELINES": {}, "EXTENSIONS": {}}
    start_urls = ["https://public.example/path?q=%C3%BC&page=1", "http://other.example/"]
    def parse(self, response):
        print(response.status, response.url, response.text)
"""


def test_request_goes_elsewhere_and_keeps_its_public_name(server: HTTPServer, tmp_path: Path) -> None:
    (tmp_path / "asks.py").write_text(SPIDER)
    target = f"http://127.0.0.1:{server.server_port}"
    origins = json.dumps({"https://public.example": target, "http://other.example": target})
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "runspider", str(tmp_path / "asks.py"), "-s", f"ORIGINS={origins}",
         "-s", "PACE=0", "-s", "DOWNLOAD_DELAY=0"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert sorted(done.stdout.splitlines()) == [
        "200 http://other.example/ found",
        "200 https://public.example/path?q=%C3%BC&page=1 found",
    ], done.stderr
    assert sorted(Handler.asked) == [
        ("other.example", "/"),
        ("other.example", "/.well-known/tdmrep.json"),
        ("other.example", "/robots.txt"),
        ("public.example", "/.well-known/tdmrep.json"),
        ("public.example", "/path?q=%C3%BC&page=1"),
        ("public.example", "/robots.txt"),
    ]
