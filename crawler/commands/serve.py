"""`scrapy serve`: the pages over jobs.db, on this machine alone."""

import argparse
import json
import os
import socket
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from pipelines.reference import TABLES

_DATA = TABLES.parent
_HOST = "127.0.0.1"


class Command(ScrapyCommand):
    """Becomes `datasette`; exit code 2 for a wrong call, no jobs.db yet, or a port that is taken."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """What stands behind `scrapy serve`."""
        return "[--port 8001]"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "Show the jobs in a browser, at http://127.0.0.1:8001/"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the port."""
        super().add_options(parser)
        parser.add_argument("--port", type=int, default=8001, help="another port of this machine (default: 8001)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Say the address and become the server."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        if args:
            raise UsageError("scrapy serve takes options only")
        jobs_db = Path(self.settings["JOBS_DB"]).resolve()
        fault = _fault(jobs_db, opts.port)
        if fault:
            print(f"scrapy serve: {fault}")
            self.exitcode = 2
            return
        print(f"http://{_HOST}:{opts.port}/ shows {jobs_db.name}; end it with Ctrl-C.", flush=True)
        command = [sys.executable, "-m", "datasette", "serve", *_shown(jobs_db), "-h", _HOST, "-p", str(opts.port)]
        os.environ["STELLWERK_RAW_DB"] = str(Path(self.settings["RAW_DB"]).resolve())  # briefs stand beside it
        os.execv(sys.executable, command)  # noqa: S606 - our own interpreter: signals and exit code are then the server's


def _fault(jobs_db: Path, port: int) -> str | None:
    if not jobs_db.is_file():
        return f"{jobs_db} does not exist yet. Run a crawl first: ./run scrapy crawl dortmund_itleiter"
    if jobs_db.name != "jobs.db":
        return f"{jobs_db} must be called jobs.db, for the pages look for that name."
    if not 1 <= port <= 65535:
        return f"--port {port}: a port is a number from 1 to 65535."
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((_HOST, port))
        except OSError as error:
            return (
                f"port {port} cannot be used ({error.strerror}). Name another one: ./run scrapy serve --port {port + 1}"
            )
    return None


def _shown(jobs_db: Path) -> list[str]:
    """Return what to serve: our directory, or with its pages a file that stands elsewhere."""
    if jobs_db.parent == _DATA.resolve():
        return [str(_DATA)]
    settings = json.loads((_DATA / "settings.json").read_text(encoding="utf-8"))
    return [
        str(jobs_db), "--metadata", str(_DATA / "metadata.yaml"), "--template-dir", str(_DATA / "templates"),
        "--plugins-dir", str(_DATA / "plugins"), "--static", f"static:{_DATA / 'static'}",
        *(part for name, value in settings.items() for part in ("--setting", name, json.dumps(value))),
    ]  # fmt: skip
