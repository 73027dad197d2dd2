"""Other programs that read the agency, on one local server, the same adverts: `./run python -m benchmarks.peers`.

`ats-scrapers` 0.3.0 is fetched from PyPI for it, into an environment of its own (uv), and is pointed at the local
server; two requests at a time, as it has it. It reads all adverts, with the text of each or of none, and keeps them in
memory; it has no search that would be for one role. Ours reads, judges, normalises and stores what is wanted.
`aiohttp` is a bare asyncio client that asks for the same addresses one after the other and throws the answers away.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import crawl

ROOT = Path(__file__).resolve().parent.parent
_FROM_PYPI = ("ats-scrapers==0.3.0", "beautifulsoup4==4.15.0", "aiohttp==3.14.5")
ATS = """
import asyncio, sys
from ats_scrapers.scrapers import bundesagentur as agency
agency.API_URL = agency.API_URL.replace("https://rest.arbeitsagentur.de", sys.argv[1])
agency.DETAIL_URL_TEMPLATE = agency.DETAIL_URL_TEMPLATE.replace("https://rest.arbeitsagentur.de", sys.argv[1])
scraper = agency.BundesagenturScraper("de", include_descriptions=sys.argv[2] == "texts")
jobs = asyncio.run(scraper.afetch())
assert len(jobs) == int(sys.argv[3]), len(jobs)
assert all(job.description for job in jobs) == (sys.argv[2] == "texts")
"""
AIOHTTP = """
import asyncio, json, sys, aiohttp
async def main():
    async with aiohttp.ClientSession(headers={"X-API-Key": "jobboerse-jobsuche"}) as session:
        for url in json.load(open(sys.argv[1])):
            async with session.get(url) as answer:
                await answer.read()
asyncio.run(main())
"""


Cost = tuple[float, float, int]  # seconds of wall and processor, peak memory in MB


def measured(adverts: int, heads: float, rounds: int) -> Iterator[tuple[str, Cost, float]]:
    """Run each in turn, several rounds; yield what each is, its medians, and the wall seconds of ours."""
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, program in (("ats.py", ATS), ("client.py", AIOHTTP), ("bare.py", crawl.BARE)):
            (place / name).write_text(program)
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, place / "peer"], check=True)
        peer = str(place / "peer" / "bin" / "python")
        subprocess.run([uv, "pip", "install", "--quiet", "--python", peer, *_FROM_PYPI], check=True)
        with crawl.served(place, adverts, heads) as origin:
            urls = f"{place}/urls.json"
            asked = len(json.loads(Path(urls).read_text()))
            ats = [peer, f"{place}/ats.py", origin]
            runs = {
                f"bare asyncio client (aiohttp), {asked} answers thrown away": [peer, f"{place}/client.py", urls],
                f"bare Scrapy, {asked} answers thrown away": [
                    sys.executable, "-m", "scrapy", "runspider", f"{place}/bare.py", "-a", f"urls={urls}",
                ],
                f"ats-scrapers, {adverts:,} adverts without texts": [*ats, "none", str(adverts)],
                f"ats-scrapers, {adverts:,} adverts with texts": [*ats, "texts", str(adverts)],
            }  # fmt: skip
            ours = f"ours, {asked} answers of {adverts:,} adverts, judged, the wanted ones with texts, stored"
            costs: dict[str, list[Cost]] = {name: [] for name in (ours, *runs)}
            for number in range(rounds):
                costs[ours].append(crawl.crawl(place / str(number), origin))
                for name, command in runs.items():
                    costs[name].append(crawl.timed(command, {}, place))
    for name, each in costs.items():
        wall, processor, memory = (statistics.median(values) for values in zip(*each, strict=True))
        yield name, (wall, processor, int(memory)), statistics.median(cost[0] for cost in costs[ours])


def main() -> None:
    """Print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--adverts", type=int, default=4_000)
    parser.add_argument("--heads", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for name, (wall, processor, memory), _ in measured(options.adverts, options.heads, options.rounds):
        print(f"{wall:6.2f} s wall {processor:6.2f} s CPU {memory:4} MB  {name}", flush=True)


if __name__ == "__main__":
    main()
