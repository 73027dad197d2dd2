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


def main() -> None:
    """Run each in turn, several rounds, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--adverts", type=int, default=4_000)
    parser.add_argument("--heads", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, program in (("ats.py", ATS), ("client.py", AIOHTTP), ("bare.py", crawl.BARE)):
            (place / name).write_text(program)
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, place / "peer"], check=True)
        peer = place / "peer" / "bin" / "python"
        subprocess.run([uv, "pip", "install", "--quiet", "--python", peer, *_FROM_PYPI], check=True)
        with crawl.served(place, options.adverts, options.heads) as origin:
            urls = place / "urls.json"
            asked = len(json.loads(urls.read_text()))
            client: list[str | Path] = [peer, place / "client.py", urls]
            spider: list[str | Path] = [
                sys.executable,
                "-m",
                "scrapy",
                "runspider",
                place / "bare.py",
                "-a",
                f"urls={urls}",
            ]
            ats: list[str | Path] = [peer, place / "ats.py", origin]
            runs: dict[str, list[str | Path]] = {
                f"bare asyncio client (aiohttp), {asked} answers thrown away": client,
                f"bare Scrapy, {asked} answers thrown away": spider,
                f"ats-scrapers, {options.adverts} adverts without texts": [*ats, "none", str(options.adverts)],
                f"ats-scrapers, {options.adverts} adverts with texts": [*ats, "texts", str(options.adverts)],
            }
            ours = f"ours, {asked} answers, {options.adverts} adverts judged, the wanted ones with texts, stored"
            measured: dict[str, list[tuple[float, float, int]]] = {name: [] for name in (ours, *runs)}
            for number in range(options.rounds):
                measured[ours].append(crawl.crawl(place / str(number), origin))
                for name, command in runs.items():
                    measured[name].append(crawl.timed([*map(str, command)], {}, place))
    for name, times in measured.items():
        wall, processor, memory = (statistics.median(each) for each in zip(*times, strict=True))
        print(f"{wall:6.2f} s wall {processor:6.2f} s CPU {memory:4.0f} MB  {name}", flush=True)


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
