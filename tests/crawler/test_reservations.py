"""Reservations against text and data mining: the host's file, the header, the page."""

import pytest
from scrapy.http import HtmlResponse, Response

from crawler.middlewares import reservations
from tests.stopwatch import within


@pytest.mark.parametrize(
    ("file", "path", "expected"),
    [
        (b'[{"location": "/", "tdm-reservation": 1}]', "/jobs?page=2", True),
        (b'[{"location": "*", "tdm-reservation": 1}]', "/jobs", True),
        (b'[{"location": "/jobs/", "tdm-reservation": 1}]', "/jobs/1", True),
        (b'[{"location": "/jobs/", "tdm-reservation": 1}]', "/about", False),
        (b'[{"location": "/*.html$", "tdm-reservation": 1}]', "/a/b.html", True),
        (b'[{"location": "/*.html$", "tdm-reservation": 1}]', "/a/b.html?x=1", False),
        (b'[{"location": "/*/private/*", "tdm-reservation": 1}]', "/a/private/b", True),
        (b'[{"location": "/jobs$", "tdm-reservation": 1}]', "/jobs", True),
        (b'[{"location": "/jobs$", "tdm-reservation": 1}]', "/jobs/1", False),
        # the first rule that matches decides
        (b'[{"location": "/jobs/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]', "/jobs/1", False),
        (b'[{"location": "/jobs/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]', "/x", True),
        # what is no rule says nothing
        (b'[{"location": "/", "tdm-reservation": 2}]', "/", False),
        (b'[{"location": "/", "tdm-reservation": true}]', "/", False),
        (b'[{"location": "/", "tdm-reservation": "1"}]', "/", True),
        (b'{"location": "/", "tdm-reservation": 1}', "/", False),
        (b"[1, null]", "/", False),
        (b"<html>", "/", False),
        (b"", "/", False),
        (b"[" * 100_000, "/", False),
    ],
)
def test_hosts_file(file: bytes, path: str, expected: bool) -> None:
    assert reservations.of_file(file, path) is expected


def page(head: str, header: str | None = None) -> Response:
    headers = {"tdm-reservation": header} if header else {}
    return HtmlResponse("https://a.example/", body=f"<html><head>{head}</head></html>".encode(), headers=headers)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (page('<meta name="tdm-reservation" content="1">'), True),
        (page("<META content=1 name=tdm-reservation>"), True),
        (page('<meta name="tdm-reservation" content="0">'), False),
        (page('<meta name="tdm-reservation" content="yes">'), False),
        (page('<meta name="tdm-reservations" content="1">'), False),
        (page('<meta name="robots" content="1">'), False),
        (page("", "1"), True),
        (page('<meta name="tdm-reservation" content="0">', "1"), False),
        (page('<meta name="tdm-reservation" content="1">', "0"), True),
        (Response("https://a.example/", headers={"tdm-reservation": "1"}), True),
        (Response("https://a.example/", headers={"tdm-reservation": "0"}), False),
        (Response("https://a.example/"), False),
    ],
)
def test_an_answer(answer: Response, expected: bool) -> None:
    assert reservations.of_answer(answer) is expected


@pytest.mark.parametrize("piece", ["<meta ", '<meta name="tdm-reservation" ', "<meta name=" + " " * 50, "*", "/*a"])
def test_hostile_pages_and_files_cost_little(piece: str) -> None:
    long = piece * (100_000 // len(piece))
    with within(0.1):
        reservations.of_answer(page(long))
        reservations.of_file(f'[{{"location": "{"/*a" * 3000}$", "tdm-reservation": 1}}]'.encode(), "/a" * 30_000)
