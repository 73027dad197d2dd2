"""Crawl throughput and memory against a bare Scrapy spider that fetches the same URLs and throws the answers away.

`./run python -m benchmarks.crawl [--adverts 20000] [--heads 0.1] [--rounds 3]`: server, crawl and bare spider alternate
on this machine, each in its own process; the rate limit is off and one request at a time is under way for both.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.adverts import many
from tests.sources_on_loopback import AgencyServer

ROOT = Path(__file__).resolve().parent.parent
PUBLIC = "https://rest.arbeitsagentur.de"
BARE = """
import json, sys
from scrapy import Request, Spider

class Bare(Spider):
    name = "bare"
    custom_settings = {
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "CONCURRENT_ITEMS": 1, "LOG_LEVEL": "WARNING", "ROBOTSTXT_OBEY": False,
        "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "COOKIES_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        # Without a delay Scrapy 2.19 hands out a host's whole queue at once, whatever CONCURRENT_REQUESTS_PER_DOMAIN
        # says: a request counts as under way only when its coroutine begins. Ours has the same millisecond.
        "DOWNLOAD_DELAY": 0.001, "DOWNLOAD_DELAY_JITTER": 0,
    }

    async def start(self):
        for url in json.load(open(self.urls)):
            yield Request(url, headers={"X-API-Key": "jobboerse-jobsuche"}, dont_filter=True)

    def parse(self, response):
        pass
"""


def timed(command: list[str], environment: dict[str, str], folder: Path = ROOT) -> tuple[float, float, int]:
    """Run a command; return wall seconds, CPU seconds and peak memory in MB of its process."""
    before = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, env=os.environ | environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - before, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def files(folder: Path | str) -> dict[str, str]:
    """Return the environment in which both databases lie in a folder."""
    return {"STELLWERK_JOBS_DB": f"{folder}/jobs.db", "STELLWERK_RAW_DB": f"{folder}/private/raw.db"}


def crawl(run: Path, origin: str) -> tuple[float, float, int]:
    """Time one crawl into fresh files under `run`."""
    mapped = json.dumps({PUBLIC: origin})
    command = [sys.executable, "-m", "scrapy", "crawl", "dortmund_itleiter", "-a", "kinds=arbeitsagentur"]
    command += ["-s", f"ORIGINS={mapped}", "-s", "PACE=0"]
    return timed(command, files(run))


def learn(place: Path, adverts: int, heads: float) -> None:
    """Crawl once, and write down which paths the crawl asks for."""
    with AgencyServer(many(adverts, head_share=heads)) as server:
        crawl(place / "learn", server.origin)
        paths = [request.target for request in server.requests]
    (place / "paths.json").write_text(json.dumps(paths))


def main() -> None:
    """Print one line a round and the medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--adverts", type=int, default=20_000)
    parser.add_argument("--heads", type=float, default=0.1, help="share of the adverts that are heads of IT")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0, help="seconds by which the server holds each answer back")
    parser.add_argument("--learn", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.learn:
        learn(Path(options.learn), options.adverts, options.heads)
        return
    scrapy = [sys.executable, "-m", "scrapy"]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "bare.py").write_text(BARE)
        ratios = []
        with served(place, options.adverts, options.heads, options.latency) as origin:
            asked = len(json.loads((place / "urls.json").read_text()))
            for number in range(options.rounds):
                ours = crawl(place / str(number), origin)
                bare = timed([*scrapy, "runspider", f"{place}/bare.py", "-a", f"urls={place}/urls.json"], {}, place)
                ratios.append(bare[0] / ours[0])
                print(
                    f"{asked} requests: ours {ours[0]:.1f} s wall {ours[1]:.1f} s CPU {ours[2]} MB; "
                    f"bare {bare[0]:.1f} s wall {bare[1]:.1f} s CPU {bare[2]} MB; bare/ours {ratios[-1]:.2f}",
                    flush=True,
                )
        print(f"median bare/ours {statistics.median(ratios):.2f} (1 = as fast as bare Scrapy)")


@contextmanager
def served(place: Path, adverts: int, heads: float, latency: float = 0) -> Iterator[str]:
    """Play the agency in a process of its own and yield its origin; `place`/urls.json says what a crawl asks for."""
    shared = ["--adverts", str(adverts), "--heads", str(heads)]
    # In a process of its own too: peak memory is inherited by what a large process starts.
    subprocess.run([sys.executable, "-m", "benchmarks.crawl", *shared, "--learn", str(place)], cwd=ROOT, check=True)
    paths = json.loads((place / "paths.json").read_text())
    command = [
        sys.executable, "-m", "tests.sources_on_loopback",
        "--many", str(adverts), "--heads", str(heads), "--port", "8971", "--latency", str(latency),
    ]  # fmt: skip
    serving = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert serving.stdout
        while "Ctrl-C" not in serving.stdout.readline():
            pass
        origin = "http://127.0.0.1:8971"
        (place / "urls.json").write_text(json.dumps([origin + path for path in paths]))
        yield origin
    finally:
        serving.terminate()
        serving.wait()


if __name__ == "__main__":
    main()
