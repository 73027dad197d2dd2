"""`scrapy serve`: a real process on a real port."""

import re
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

from tests.conftest import ROOT
from tests.test_datasette import make_database


def serve(jobs_db: Path, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable, "-m", "scrapy", "serve", "--port", str(port), "-s", f"JOBS_DB={jobs_db}",
            "-s", f"RAW_DB={jobs_db.parent / 'mine' / 'raw.db'}",
        ],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def test_without_a_file_it_says_what_to_do(tmp_path: Path) -> None:
    process = serve(tmp_path / "jobs.db", 8799)
    said, _ = process.communicate(timeout=60)
    assert "does not exist yet. Run a crawl first: ./run scrapy crawl dortmund_itleiter" in said
    assert process.returncode == 2


def test_it_says_its_address_and_shows_the_jobs_and_a_taken_port_is_named(tmp_path: Path) -> None:
    make_database(tmp_path / "jobs.db")
    brief = tmp_path / "mine" / "briefs" / "dortmund_itleiter" / "2026-11-25-060000.html"
    brief.parent.mkdir(parents=True)
    brief.write_text('<html lang="en"><body><p>Nothing new.</p></body></html>', encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = serve(tmp_path / "jobs.db", port)
    try:
        assert process.stdout is not None
        said = ""
        while "running on" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        assert f"http://127.0.0.1:{port}/ shows jobs.db" in said
        with urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            assert re.search("<h1>12 open jobs</h1>", answer.read().decode())
        with urlopen(f"http://127.0.0.1:{port}/-/brief", timeout=30) as answer:
            assert "Nothing new." in answer.read().decode()
        second = serve(tmp_path / "jobs.db", port)
        refused, _ = second.communicate(timeout=60)
        assert f"port {port} cannot be used" in refused
        assert second.returncode == 2
    finally:
        process.terminate()
        process.communicate(timeout=10)
