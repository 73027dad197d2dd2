"""The file to show others: what is in it, what never is, and nothing alive."""

import csv
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines import exporting, publishing
from pipelines.files import StorageError
from pipelines.items import Evidence, Skill
from pipelines.publishing import PUBLISHED, WITHHELD
from pipelines.storage import Batch, Storage
from tests.pipelines.test_storage import JOB, SEARCH, raw
from tests.pipelines.test_storage import NO as REJECTION

NOW = datetime(2026, 11, 25, 3, 17, tzinfo=UTC)
CANARY = "Kanarienvogel"
FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", '"=1', "'=1", "=cmd|' /C calc'!A0", "|calc",
    "%0A", "＝1+1", "＋1", "－1", "＠SUM", "﹦1", "﹢1", "﹣1", "﹫a", "−1", "\u200b=1", "\ufeff=1", "  @x", '=HYPERLINK("http://x")',
    "=IMPORTXML(1)", "-2+3+cmd|' /C calc'!A0", "@", "=", "+", "-", '=DDE("cmd";"/C calc";"x")', "\x00=1",
]  # fmt: skip


@pytest.fixture
def jobs_db(tmp_path: Path) -> Path:
    """Hostile adverts, as a night stores them."""
    path = tmp_path / "jobs.db"
    storage = Storage(path, tmp_path / "private" / "raw.db")
    run_id = storage.begin_run(SEARCH, NOW)
    hostile = replace(
        JOB,
        title="IT-Leiter\u202e (m/w/d) <script>alert(1)</script>", title_clean="=IT-Leiter", url="javascript:alert(1)",
        employer="Böse\x07 AG", pay_text="90.000 Euro, mail an chef@boese.example", text=f"{CANARY} steht im Text.",
        reports_to="Tel. 0231 1234567",
        skills=(Skill("SAP", "sap", "must", "SAP"),), evidence=(Evidence("remote", "=1 Tag"),),
    )  # fmt: skip
    batch = Batch(accepted=[(raw("1"), JOB), (raw("2"), hostile)], filtered=[(raw("3"), REJECTION)])
    storage.store(batch, run_id=run_id, night="2026-11-25")
    storage.group(run_id, "2026-11-25")
    storage.close()
    return path


@pytest.fixture
def published(jobs_db: Path) -> Path:
    out = jobs_db.with_name("out.db")
    publishing.publish(jobs_db, out)
    return out


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def columns(path: Path) -> dict[str, set[str]]:
    """Every column of every table of ours, without SQLite's own and the index's."""
    tables = [str(name) for (name,) in ask(path, "SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {
        table: {str(row[1]) for row in ask(path, f"PRAGMA table_info({table})")}
        for table in tables
        if not table.startswith(("sqlite_", "jobs_fts", "_sqlite"))
    }


def test_every_column_of_the_file_is_either_shown_or_withheld(jobs_db: Path) -> None:
    for table, names in columns(jobs_db).items():
        if WITHHELD.get(table) == ("*",):
            continue
        told = {*PUBLISHED.get(table, ()), *WITHHELD.get(table, ())}
        assert names == told, f"{table}: say in publishing.py whether others may see {names ^ told}"


def test_published_file_has_the_listed_columns_and_no_others(published: Path) -> None:
    expected = {table: {*names} for table, names in PUBLISHED.items()}
    expected["job_texts"] |= {"text", "spellings"}  # the index is declared over them; the text is empty
    found = columns(published)
    assert {table: found.pop(table) for table in ("summaries", "employers", "earlier_listings", "skill_demand")} == {
        "summaries": {"query", "counted_at", "rows"},
        "employers": {
            "employer_key", "employer", "employer_type", "open_jobs", "listed_again", "towns", "levels",
            "oldest_open_since", "newest_open_since",
        },
        "earlier_listings": {"job_id", "listings", "first_seen"},
        "skill_demand": {"skill", "skill_group", "jobs", "percent_of_open_jobs", "demanded", "an_advantage"},
    }  # fmt: skip
    assert found == expected
    employers = ask(published, "SELECT rows FROM summaries WHERE query = 'picture_employers'")
    assert employers == [('[{"employer": "Böse AG", "open_jobs": 2}]',)]
    assert ask(published, "SELECT employer, open_jobs FROM employers") == [("Böse AG", 2)]
    assert ask(published, "SELECT DISTINCT text FROM job_texts") == [(None,)]
    assert ask(published, "PRAGMA application_id") == [(0x53544550,)]
    assert ask(published, "PRAGMA journal_mode") == [("delete",)]
    assert ask(published, "PRAGMA integrity_check") == [("ok",)]
    assert published.stat().st_mode & 0o777 == 0o644
    assert [each.name for each in published.parent.glob(".*")] == []


def test_nothing_withheld_is_left_in_the_bytes(jobs_db: Path, published: Path) -> None:
    content = published.read_bytes()
    assert CANARY.encode() in jobs_db.read_bytes()
    for secret in (CANARY, CANARY.lower(), "chef@boese.example", "1234567", "javascript:", "does not lead"):
        assert secret.encode() not in content, secret


def test_texts_are_harmless_and_addresses_are_of_the_web(published: Path) -> None:
    row = ask(published, "SELECT title, employer, pay_text, reports_to, url FROM jobs WHERE title_clean = '=IT-Leiter'")
    assert row == [
        (
            "IT-Leiter (m/w/d) <script>alert(1)</script>", "Böse AG", "90.000 Euro, mail an [e-mail]", "Tel. [phone]",
            None,
        )
    ]  # fmt: skip


def test_search_and_views_work(published: Path) -> None:
    assert ask(published, "SELECT count(*) FROM jobs_fts WHERE jobs_fts MATCH '\"leiter\"'") == [(2,)]
    assert ask(published, f"SELECT count(*) FROM jobs_fts WHERE jobs_fts MATCH '\"{CANARY}\"'") == [(0,)]
    assert ask(published, "SELECT count(*) FROM open_jobs") == [(2,)]
    assert ask(published, "SELECT count(*) FROM job_states") == [(2,)]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://jobs.example/1", "https://jobs.example/1"),
        ("HTTP://jobs.example/1", "http://jobs.example/1"),
        ("https://user:secret@jobs.example/1", "https://jobs.example/1"),
        ("javascript:alert(1)", None), ("JaVaScRiPt:alert(1)", None), (" javascript:alert(1)", None),
        ("java\nscript:alert(1)", None), ("data:text/html,<script>", None), ("vbscript:x", None),
        ("file:///etc/passwd", None),
        ("//evil.example/x", None), ("/relative", None), ("https://", None), ("https://a b", None),
        ("https://a\x00b", None),
        ("https:\\\\evil.example", None), ("blob:https://x", None), ("https://[::1", None),
        ("https://a/" + "x" * 2000, None),
        ("", None),
    ],
)  # fmt: skip
def test_web_addresses(url: str, expected: str | None) -> None:
    assert publishing.web_address(url) == expected


def test_no_cell_of_a_spreadsheet_acts(jobs_db: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(jobs_db)
    texts = [str(row[1]) for row in connection.execute("PRAGMA table_info(open_jobs)") if row[2] in ("TEXT", "")]
    connection.close()
    storage = Storage(jobs_db, tmp_path / "private" / "raw.db")
    run_id = storage.begin_run(SEARCH, NOW)
    jobs = [
        (raw(str(number)), replace(JOB, title=text, title_clean=text, employer=text, city=text, pay_text=text,
                                   pay_scale=text, match_reason=text, industry=text, occupation=text,
                                   text=f"Nummer {number}"))
        for number, text in enumerate(FORMULAS, 100)
    ]  # fmt: skip
    storage.store(Batch(accepted=jobs), run_id=run_id, night="2026-11-25")
    storage.close()
    out = tmp_path / "out.db"
    publishing.publish(jobs_db, out)

    written = publishing.tables(out, tmp_path / "csv")

    assert [each.name for each in written] == ["open_jobs.csv", "changes.csv"]
    assert len(texts) > 10
    for path in written:
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert len(rows) > len(FORMULAS)
        for row in rows[1:]:
            for text in row:
                bare = text.lstrip(' "\t\r\n\x00\u200b\ufeff')
                assert text == "" or bare[:1] not in "=+-@|%＝＋－＠﹦﹢﹣﹫−" or text.startswith("'"), text


def test_numbers_stay_numbers() -> None:
    assert [exporting.cell(each) for each in (-5, 1.5, None, "-5", "5")] == [-5, 1.5, None, "'-5", "5"]


def test_file_that_is_written_each_night_is_never_overwritten(jobs_db: Path) -> None:
    with pytest.raises(StorageError, match="is the file that is written each night"):
        publishing.publish(jobs_db, jobs_db)


def test_earlier_file_stays_when_the_new_one_cannot_be_made(jobs_db: Path, published: Path) -> None:
    before = published.read_bytes()
    connection = sqlite3.connect(jobs_db)
    connection.execute("ALTER TABLE jobs RENAME COLUMN reports_to TO boss")
    connection.commit()
    connection.close()

    with pytest.raises(StorageError, match="could not be written"):
        publishing.publish(jobs_db, published)
    assert published.read_bytes() == before
