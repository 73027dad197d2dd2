"""Shards: a search in parts, each in a bundle that another program stores; the end is what one machine makes."""

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines import bundles
from pipelines.bundles import BundleError
from tests.adverts import small_world
from tests.conftest import scrapy
from tests.market_on_loopback import MarketServer
from tests.promises.kills import dump

SHARDS = 3
CLOSED = "SELECT count(*) FROM postings WHERE status = 'closed'"


def crawl(folder: Path, server: MarketServer, *words: str) -> subprocess.CompletedProcess[str]:
    return scrapy(
        folder, "crawl", "dortmund_itleiter", "-s", "PACE=0", "-s", f"ORIGINS={server.origins}", *words,
        STELLWERK_BOARDS_FILE=str(folder.parent / "boards.csv"), STELLWERK_CONTACT="tests@stellwerk.example",
        COLUMNS="160",
    )  # fmt: skip


def night(folder: Path, server: MarketServer, shards: int = SHARDS) -> subprocess.CompletedProcess[str]:
    """Read a night in shards, and store their bundles."""
    parts = folder / "bundles"
    shutil.rmtree(parts, ignore_errors=True)
    for number in range(1, shards + 1):
        done = crawl(folder, server, "-a", f"shard={number}/{shards}", "-s", f"BUNDLE={parts}/{number}{bundles.ENDING}")
        assert done.returncode in (0, 3, 4), done.stderr
    return crawl(folder, server, "-a", f"bundles={parts}")


def test_shards_end_where_one_machine_ends_night_after_night(tmp_path: Path, server: MarketServer) -> None:
    one, many = tmp_path / "one", tmp_path / "many"
    for day in range(2):
        server.forget_requests()
        alone = crawl(one, server)
        asked = len(server.requests)
        server.forget_requests()
        stored = night(many, server)

        assert alone.returncode == stored.returncode == 0, (alone.stderr, stored.stderr)
        assert len(server.requests) == asked  # the second night asks for changes alone, in shards too
        assert dump(one) == dump(many)
        assert stored.stdout.splitlines()[-3:-1] == alone.stdout.splitlines()[-3:-1]
        if day == 0:
            server.replace(small_world()[3:])


def test_no_host_is_asked_by_two_shards(tmp_path: Path, server: MarketServer) -> None:
    hosts: list[set[str]] = []
    for number in range(1, SHARDS + 1):
        server.forget_requests()
        crawl(tmp_path / "a", server, "-a", f"shard={number}/{SHARDS}", "-s", f"BUNDLE={tmp_path}/{number}.bundle.gz")
        hosts.append({each.headers["host"] for each in server.requests})

    assert all(hosts)
    assert len(set.union(*hosts)) == sum(len(each) for each in hosts)
    assert not (tmp_path / "a" / "jobs.db").exists()  # a shard only looks at it


def test_a_bundle_that_is_lost_or_not_whole_costs_its_boards_alone_and_closes_nothing(
    tmp_path: Path, server: MarketServer
) -> None:
    folder = tmp_path / "a"
    assert night(folder, server).returncode == 0
    before = dump(folder)
    first, second, _ = sorted((folder / "bundles").iterdir())
    first.unlink()
    whole = gzip.decompress(second.read_bytes()).splitlines(keepends=True)
    second.write_bytes(gzip.compress(b"".join(whole[:-1])))  # each line of it can be read
    again = crawl(folder, server, "-a", f"bundles={folder}/bundles")

    assert again.returncode == 3
    assert f"{second} is no whole bundle" in again.stderr
    assert "no list page was answered" in again.stderr
    assert dump(folder) == before


def test_a_bundle_stored_twice_has_the_effect_of_one(tmp_path: Path, server: MarketServer) -> None:
    folder = tmp_path / "a"
    night(folder, server)
    before = dump(folder)
    (folder / "bundles" / f"1-again{bundles.ENDING}").write_bytes(
        (folder / "bundles" / f"1{bundles.ENDING}").read_bytes()
    )
    again = crawl(folder, server, "-a", f"bundles={folder}/bundles")

    assert again.returncode == 0, again.stderr
    assert dump(folder) == before


def test_wrong_words_are_told(tmp_path: Path, server: MarketServer) -> None:
    for wrong in ("0/3", "4/3", "3", "a/b"):
        done = crawl(tmp_path / "a", server, "-a", f"shard={wrong}")
        assert (done.returncode, f"shard={wrong}: say which of how many" in done.stderr) == (2, True)
    full = crawl(tmp_path / "a", server, "-s", "BUNDLE=/dev/null/no/1.bundle.gz")
    assert full.returncode == 5
    assert "could not be written" in full.stderr


def test_a_bundle_of_another_search_is_not_read(tmp_path: Path) -> None:
    bundle = bundles.Bundle(tmp_path / f"1{bundles.ENDING}", "essen_controller", "1/2")
    bundle.close(7)

    assert [*bundles.read(bundle.path, "essen_controller")] == [bundles.End(7)]
    with pytest.raises(BundleError, match="is of the search essen_controller, not of dortmund_itleiter"):
        bundles.read(bundle.path, "dortmund_itleiter")
    assert [each.name for each in tmp_path.iterdir()] == [f"1{bundles.ENDING}"]
