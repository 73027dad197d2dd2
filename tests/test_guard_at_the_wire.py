"""What a crawl opens, and whom it trusts: no port, no certificate that is not good, no secret elsewhere."""

import json
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.adverts import small_world
from tests.conftest import ROOT, Crawler
from tests.promises.kills import crawl as start_crawl
from tests.sources_on_loopback import AgencyServer, redirect

LISTENING = "0A"  # in /proc/net/tcp


def listening(pid: int) -> list[str]:
    """Return the sockets on which a process listens."""
    inodes = {
        link.readlink().name.removeprefix("socket:[").removesuffix("]")
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if link.is_symlink() and str(link.readlink()).startswith("socket:")
    }
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and fields[9] in inodes:
                found.append(fields[1])
    return found


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="this system does not tell which sockets listen")
def test_crawl_listens_nowhere(tmp_path: Path) -> None:
    with AgencyServer(small_world(), latency=0.05) as server:
        process = start_crawl(server, tmp_path)
        seen, looked = [], 0
        while process.poll() is None:
            with suppress(OSError):  # a file was closed while it was looked at, or the crawl has just ended
                seen += listening(process.pid)
                looked += bool(server.requests)
            time.sleep(0.02)
        process.wait(60)
    assert looked >= 3, "the look must fall into the crawl"
    assert seen == []


class Secret(BaseHTTPRequestHandler):
    """Writes down what it is asked."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(f"{self.path} {self.headers}")
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


def certificate(folder: Path, name: str, first: timedelta, last: timedelta) -> Path:
    """Write a certificate that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + first)
        .not_valid_after(now + last)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture(params=["self-made", "expired", "of another host"])
def dishonest(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """A TLS server that cannot prove who it is."""
    Secret.asked = []
    name = "other.example" if request.param == "of another host" else "localhost"
    last = timedelta(days=-1) if request.param == "expired" else timedelta(days=1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path, name, timedelta(days=-2), last))
    with HTTPServer(("127.0.0.1", 0), Secret) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_server_without_a_good_certificate_gets_no_byte_of_ours(crawl: Crawler, dishonest: int) -> None:
    origins = f'{{"https://rest.arbeitsagentur.de": "https://localhost:{dishonest}"}}'
    night = crawl(None, "-a", "kinds=arbeitsagentur", "-s", f"ORIGINS={origins}")

    assert Secret.asked == []
    assert night.exit_code == 4
    assert "nothing was closed" in night.err
    assert "Traceback" not in night.err


class BesideAnother(AgencyServer):
    """The agency, and a host that may be asked like any other of the open network."""

    elsewhere = ""

    @property
    def origins(self) -> str:
        """Both, each under its public name."""
        return json.dumps(json.loads(super().origins) | {"https://elsewhere.example": self.elsewhere})


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_key_stays_with_its_host(crawl: Crawler, code: int) -> None:
    with AgencyServer([]) as elsewhere, BesideAnother(small_world()[:2]) as server:
        server.elsewhere = elsewhere.origin
        server.fault("/v6/jobs", redirect("https://elsewhere.example/v6/jobs", code))
        night = crawl(server, "-a", "kinds=arbeitsagentur")

    assert elsewhere.requests == []
    assert night.exit_code == 4
    assert "the board has moved to" in night.err


def test_no_other_scheme_is_followed(tmp_path: Path) -> None:
    urls = ["file:///etc/hostname", "data:,x", "ftp://127.0.0.1/x", "s3://bucket/x"]
    spider = tmp_path / "asks.py"
    spider.write_text(
        "import scrapy\nclass Asks(scrapy.Spider):\n    name = 'asks'\n"
        "    custom_settings = {'ITEM_PIPELINES': {}, 'EXTENSIONS': {}}\n"
        "    async def start(self):\n"
        f"        for url in {urls!r}: yield scrapy.Request(url, errback=self.refused)\n"
        "    def parse(self, response): print('READ', response.text)\n"
        "    def refused(self, failure): print(failure.value)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "runspider", str(spider)], cwd=ROOT, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert sorted(done.stdout.splitlines()) == [f"{url} is no address on the web (http, https)" for url in sorted(urls)]
