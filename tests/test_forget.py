"""A person's traces leave every file, and do not come back with the next night."""

import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from pipelines import forgetting
from tests.adverts import small_world
from tests.conftest import Crawler, scrapy
from tests.sources_on_loopback import AgencyServer, Json

NAME = "Erika Mustermann-Vogelsang"
SPELLINGS = (NAME, NAME.upper(), "Erika  Mustermann-Vogelsang", "Frau\nErika Mustermann - Vogelsang", f"„{NAME}“")


def adverts() -> list[Json]:
    """Heads of IT whose texts, titles and firms name the person in several spellings."""
    found = [dict(each) for each in small_world()]
    for advert, spelling in zip(found, SPELLINGS, strict=False):
        advert["stellenangebotsBeschreibung"] = (
            f"Fragen beantwortet {spelling}. {advert['stellenangebotsBeschreibung']}"
        )
    found[0]["firma"] = f"{NAME} IT-Beratung"
    return found


def forget(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return scrapy(tmp_path, "forget", *words)


def holding(tmp_path: Path) -> list[str]:
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    return sorted(each.name for each in forgetting.left(files, ["vogelsang"]))


def test_nothing_is_left_and_nothing_comes_back(crawl: Crawler, tmp_path: Path) -> None:
    with AgencyServer(adverts()) as server:
        first = crawl(server)
        (tmp_path / "crawl.log").write_text(f"2026-11-25 INFO {NAME} was read\nanother line\n")
        left = tmp_path / "private" / "bundles" / "of a night that failed" / "1-of-2.bundle.gz"
        crawl(server, "-s", f"BUNDLE={left}")
        before = holding(tmp_path)
        assert left.is_file()
        done = forget(tmp_path, NAME)
        after = holding(tmp_path)
        # All of them are changed, and so are read anew.
        server.replace([each | {"aenderungsdatum": "2026-11-25T06:00:00.000"} for each in adverts()])
        second = crawl(server)
        again = holding(tmp_path)

    assert first.exit_code == 0, first.err
    assert "jobs.db" in before
    assert "raw.db" in before
    assert "crawl.log" in before
    assert any(each.startswith("jobs-2") for each in before), "the snapshot held it too"
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Kept out of every later night" in done.stdout
    assert after == []
    assert not left.exists()
    assert second.exit_code == 0, second.err
    assert again == []
    assert (tmp_path / "crawl.log").read_text() == "2026-11-25 INFO [removed] was read\nanother line\n"
    assert second.rows("SELECT count(*) FROM job_texts WHERE text LIKE '%[removed]%'")[0][0] >= 1
    assert second.rows("SELECT count(*) FROM jobs_fts WHERE jobs_fts MATCH '\"vogelsang\"'") == [(0,)]
    assert second.rows("SELECT count(*) FROM jobs WHERE status <> 'open'") == [(0,)]
    assert second.rows("PRAGMA integrity_check") == [("ok",)]


def test_tombstone_does_not_tell_the_name(crawl: Crawler, tmp_path: Path) -> None:
    with AgencyServer(adverts()[:3]) as server:
        crawl(server)
    forget(tmp_path, NAME)

    rows = (
        sqlite3.connect(tmp_path / "private" / "raw.db").execute("SELECT hash, words, salt FROM forgotten").fetchall()
    )
    assert [(len(hash_), words, len(salt)) for hash_, words, salt in rows] == [(32, 3, 32)]
    counts = "SELECT (SELECT count(*) FROM summaries), (SELECT count(*) FROM employers)"
    # They name employers; the next run counts them anew.
    assert sqlite3.connect(tmp_path / "jobs.db").execute(counts).fetchone() == (0, 0)


@pytest.mark.parametrize("words", ["", "IT", "- -", "a b", "eins zwei drei vier fünf sechs sieben acht neun"])
def test_words_that_are_no_person_change_nothing(tmp_path: Path, words: str) -> None:
    done = forget(tmp_path, words)

    assert done.returncode == 2
    assert "give a whole name" in done.stdout
    assert not (tmp_path / "jobs.db").exists()


def test_words_in_a_row_are_found_whatever_stands_between_them() -> None:
    words = forgetting.words_of(NAME)
    known = forgetting.Forgotten("salt", frozenset({forgetting._hash("salt", words)}), (3,))

    assert words == ["erika", "mustermann", "vogelsang"]
    assert known.clean("An Frau Erika\nMUSTERMANN-Vogelsang, Erika Muster") == "An Frau [removed], Erika Muster"
    assert known.clean("https://a.example/erika-mustermann-vogelsang.html") == "https://a.example/[removed].html"
    assert known.clean("Erika Mustermann") == "Erika Mustermann"


def test_a_long_text_costs_little() -> None:
    known = forgetting.Forgotten("salt", frozenset({forgetting._hash("salt", ["erika", "muster"])}), (2, 1))
    start = time.process_time()
    known.clean("erika " * 3_000)
    assert time.process_time() - start < 0.05
