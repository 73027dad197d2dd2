"""Nothing is sent to an address that is not public, however it is written and wherever it comes from."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.middlewares import guard
from tests.conftest import ROOT


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - an address to be refused
        "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::",
        "fe80::1", "fe80::1%eth0",
        "fc00::1", "fd12:3456::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
        "192.0.2.1", "203.0.113.7", "2001:db8::1",
    ],
)  # fmt: skip
def test_address_that_is_not_public(address: str) -> None:
    assert not guard.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_address_that_is_public(address: str) -> None:
    assert guard.is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0177.0.0.1", "127.1", "127.0.1", "[::1]",
        "[::ffff:127.0.0.1]", "localhost", "LOCALHOST", "localhost.", "a.localhost", "printer.local", "127.0.0.1.",
        "metadata.google.internal", "169.254.169.254", "[fe80::1%25eth0]", "0",
    ],
)  # fmt: skip
def test_host_in_every_spelling_is_refused(host: str) -> None:
    assert guard.why_not(host) is not None


@pytest.mark.parametrize(
    "host", ["jobs.example", "8.8.8.8", "1und1.example", "127.0.0.1.example", "0x7f.example", "a" * 300]
)
def test_host_that_may_be_asked(host: str) -> None:
    assert guard.why_not(host) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/a",
        "http://2130706433:{port}/a",
        "http://localhost:{port}/a",
        "http://inside.test:{port}/a",
    ],
)
def test_nothing_reaches_this_machine_from_a_board(tmp_path: Path, url: str) -> None:
    """A board's row points here; not one connection is made. `inside.test` resolves to 127.0.0.1, as a name may."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    target = url.format(port=listener.getsockname()[1])
    (tmp_path / "boards.csv").write_text(
        f"kind,name,url,employer,city,sure,seen_working,source\nschema_org,x,{target},X,Dortmund,listed,,\n"
    )
    (tmp_path / "sitecustomize.py").write_text(
        "import socket\nreal = socket.getaddrinfo\nname = socket.gethostbyname\n"
        "socket.gethostbyname = lambda host: '127.0.0.1' if host == 'inside.test' else name(host)\n"
    )
    environment = os.environ | {
        "STELLWERK_JOBS_DB": str(tmp_path / "jobs.db"), "STELLWERK_RAW_DB": str(tmp_path / "raw.db"),
        "STELLWERK_BOARDS_FILE": str(tmp_path / "boards.csv"), "PYTHONPATH": str(tmp_path),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "dortmund_itleiter", "-a", "kinds=schema_org"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    with pytest.raises(BlockingIOError):  # nobody waits to be accepted
        listener.accept()
    listener.close()
    assert done.returncode == 4
    assert "not a public" in done.stderr, done.stderr
