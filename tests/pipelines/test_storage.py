"""What a run leaves in the two files: real SQLite, read back by a second connection."""

import functools
import itertools
import json
import sqlite3
import stat
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlite_utils import Database

from pipelines import files, migrations, summaries
from pipelines import storage as storage_module
from pipelines.duplicates import job_id
from pipelines.files import ClockError, LockedError, StorageError
from pipelines.health import Certificate, Earlier, Ledger
from pipelines.items import Evidence, HostFile, Job, ListCopy, Place, Posting, RawPosting, Rejection, Skill
from pipelines.storage import Batch, Known, Remembered, Storage, sightings

SEARCH = "dortmund_itleiter"
BOARD = "arbeitsagentur:dortmund_itleiter"
COMPLETE = Certificate("complete", None)
PARTIAL = Certificate("partial", "HTTP 503")
FIRST = datetime(2026, 11, 25, 3, 17, tzinfo=UTC)

JOB = Job(
    title="IT-Leiter (m/w/d)", title_clean="IT-Leiter", role="it-leiter", level="head", area=None,
    match="exact", match_reason="leads the whole field", match_rule="lead",
    employer="Muster GmbH", employer_key="muster", employer_type="employer", industry="logistics",
    city="Dortmund", postal_code="44135", state="Nordrhein-Westfalen", country="Deutschland",
    lat=51.5149, lon=7.466, distance_km=0.0, places=(Place(city="Dortmund", postal_code="44135"),), remote="hybrid",
    pay_text="90.000 Euro", pay_min=90000.0, pay_max=90000.0, pay_period="year", pay_currency="EUR",
    salaries_per_year=None, pay_year_min=90000.0, pay_year_max=90000.0, pay_basis="stated",
    pay_scale=None, pay_group_min=None, pay_group_max=None, pay_step_min=None, pay_step_max=None,
    pay_table_date=None, pay_rule="pay.text.word", pay_note=None,
    hours="full", contract="permanent", starts_on=None, published_on="2026-11-20", first_published_on="2026-11-20",
    apply_by=None, modified_at=None, reference=None,
    team_size_min=8, team_size_max=10, budget_eur=2_000_000, reports_to="Geschäftsführung",
    occupation="Leiter/in - IT", url="https://example.org/1",
    text="Sie führen die Abteilung.",
    skills=(Skill("SAP", "sap", "must", "SAP-Kenntnisse"), Skill("Azure", "cloud", "nice", "Azure")),
    evidence=(Evidence("remote", "2 Tage Homeoffice"), Evidence("hours", "the source's own field")),
)  # fmt: skip
NO = Rejection("no-lead", "does not lead", "Dortmund", 0.0)
# The log of runs, the index (it follows from job_texts), and when each step of the schema was taken.
_NO_CONTENT = (
    'INTO "runs"',
    'INTO "run_boards"',
    "jobs_fts",
    'INTO "_sqlite_migrations"',
    '"run_fields"',
    '"run_spreads"',
    '"summaries"',
    '"searches"',
    '"run_coverage"',
)


def raw(source_id: str = "1", *, board: str = BOARD, detail: str = "fetched", words: str = "a") -> RawPosting:
    """One advert with everything; its payload and its list hash follow from `words`."""
    return RawPosting(
        board=board, source_id=source_id, list_hash=f"hash of {words}", payload=b'{"listed":"%s"}' % words.encode(),
        posting=Posting(source_id=source_id, title="IT-Leiter (m/w/d)"), detail=detail,
    )  # fmt: skip


def unchanged(source_id: str = "1", *, board: str = BOARD) -> RawPosting:
    """The advert of an earlier night, seen again."""
    return RawPosting(board=board, source_id=source_id, list_hash="hash of a")


def accepted(*source_ids: str, board: str = BOARD, **values: Any) -> Batch:
    """Adverts that differ in their employer alone, so that none is merged."""
    return Batch(
        accepted=[(raw(each, board=board), replace(JOB, **({"employer_key": each} | values))) for each in source_ids]
    )


def known(jobs_db: Path, board: str, search: str = SEARCH) -> dict[str, Known]:
    """Return what a search knows of a board's adverts."""
    remembered = Remembered(jobs_db, jobs_db.parent / "private" / "raw.db", search)
    try:
        return remembered.known(board)
    finally:
        remembered.close()


class Nights:
    """Whole runs over one pair of files, and a reader beside them."""

    def __init__(self, folder: Path) -> None:
        self.jobs_db, self.raw_db = folder / "jobs.db", folder / "private" / "raw.db"

    def run(
        self, *batches: Batch, days: float = 0, certificate: Certificate = COMPLETE, nights_to_close: int = 1,
        boards: Sequence[str] = (BOARD,), said: Sequence[tuple[str | None, str]] = (),
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Store a night's batches as component.py does; return the rows of run_boards."""
        now = FIRST + timedelta(days=days)
        night = now.date().isoformat()
        opened = Storage(self.jobs_db, self.raw_db)
        try:
            run_id = opened.begin_run(SEARCH, now)
            for batch in batches:
                opened.store(batch, run_id=run_id, night=night)
            rows = []
            for board in boards:
                seen = {each.source_id for batch in batches for each in raws(batch) if each.board == board}
                rows.append(
                    opened.finish_board(
                        Ledger(board, fetched=len(seen)), certificate, seen=seen, nights_to_close=nights_to_close,
                        run_id=run_id, now=now, night=night,
                    )
                )  # fmt: skip
            for board, changed in opened.group(run_id, night).items():
                for row in rows:
                    if row["board"] == board:
                        row |= {name: max(0, row[name] + change) for name, change in changed.items()}
            self.alarms = opened.alarms
            opened.tell(run_id, said)
            opened.finish_run(run_id, now + timedelta(minutes=5), 0, "finished", 3)
        finally:
            opened.close()
        return rows

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Read jobs.db as any other program would."""
        return ask(self.jobs_db, query, *values)

    def dump(self) -> str:
        """Return all content but the run log: equal dumps, equal content."""
        with sqlite3.connect(self.jobs_db) as connection:
            copy = sqlite3.connect(":memory:")
            connection.backup(copy)
        # The number of a job in the full-text index is the order in which they came.
        copy.execute("UPDATE jobs SET search_id = -(SELECT count(*) FROM jobs o WHERE o.id <= jobs.id)")
        copy.execute("UPDATE job_texts SET search_id = (SELECT search_id FROM jobs WHERE id = job_id)")
        lines = [each for each in copy.iterdump() if not any(word in each for word in _NO_CONTENT)]
        copy.close()
        connection.close()
        return "\n".join(sorted(lines))


def night_after(days: int) -> str:
    """The night so many days after the first."""
    return (FIRST + timedelta(days=days)).date().isoformat()


def raws(batch: Batch) -> list[RawPosting]:
    """Return every advert of a batch."""
    judged = [raw for raw, _ in (*batch.accepted, *batch.filtered)]
    return [*judged, *batch.quarantined, *batch.unchanged]


def ask(path: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute(query, values).fetchall()
    connection.close()
    return rows


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    """No run so far."""
    return Nights(tmp_path)


@pytest.fixture
def opened(nights: Nights) -> Iterator[Storage]:
    """The open files of one run."""
    storage = Storage(nights.jobs_db, nights.raw_db)
    yield storage
    storage.close()


# ---------------------------------------------------------------- the files


@pytest.mark.usefixtures("opened")
def test_second_storage_is_refused_while_the_first_is_open(nights: Nights) -> None:
    with pytest.raises(
        LockedError, match=r"another run is writing .*jobs\.db \(process [0-9]+, since .* UTC\)\. Nothing was done"
    ):
        Storage(nights.jobs_db, nights.raw_db)


@pytest.mark.usefixtures("opened")
def test_second_process_is_refused_while_the_first_is_open(nights: Nights) -> None:
    code = (
        "import sys; from pathlib import Path; from pipelines.files import LockedError\n"
        "from pipelines.storage import Storage\n"
        "try: Storage(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except LockedError: print('refused')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(nights.jobs_db), str(nights.raw_db)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip

    assert done.stdout == "refused\n"


def test_lock_is_free_again_after_close(nights: Nights) -> None:
    Storage(nights.jobs_db, nights.raw_db).close()
    Storage(nights.jobs_db, nights.raw_db).close()


def test_lock_is_free_again_after_a_refused_file(nights: Nights) -> None:
    nights.jobs_db.write_bytes(b"")
    with pytest.raises(StorageError):
        Storage(nights.jobs_db, nights.raw_db)
    nights.jobs_db.unlink()

    Storage(nights.jobs_db, nights.raw_db).close()


def test_foreign_database_is_refused_and_left_as_it_is(nights: Nights) -> None:
    connection = sqlite3.connect(nights.jobs_db)
    connection.execute("CREATE TABLE diary (entry TEXT)")
    connection.commit()
    connection.close()
    before = nights.jobs_db.read_bytes()

    with pytest.raises(StorageError, match=r"jobs\.db was not made by Stellwerk; it was left as it is"):
        Storage(nights.jobs_db, nights.raw_db)
    assert nights.jobs_db.read_bytes() == before


def test_empty_file_is_refused_and_left_as_it_is(nights: Nights) -> None:
    nights.jobs_db.write_bytes(b"")

    with pytest.raises(StorageError, match=r"jobs\.db is empty; it was left as it is"):
        Storage(nights.jobs_db, nights.raw_db)
    assert nights.jobs_db.read_bytes() == b""


def test_file_that_is_no_database_is_refused_and_left_as_it_is(nights: Nights) -> None:
    nights.jobs_db.write_bytes(b"Bewerbungsschreiben\n" * 100)

    with pytest.raises(StorageError, match=r"jobs\.db is damaged \(file is not a database\)"):
        Storage(nights.jobs_db, nights.raw_db)
    assert nights.jobs_db.read_bytes() == b"Bewerbungsschreiben\n" * 100


def test_the_two_files_are_not_taken_for_each_other(nights: Nights) -> None:
    Storage(nights.jobs_db, nights.raw_db).close()

    with pytest.raises(StorageError, match=r"raw\.db was not made by Stellwerk"):
        Storage(nights.raw_db, nights.jobs_db)


def test_file_of_a_newer_version_is_refused(nights: Nights) -> None:
    Storage(nights.jobs_db, nights.raw_db).close()
    connection = sqlite3.connect(nights.jobs_db)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('jobs', 'salary_in_gold', '2027')"
    )
    connection.commit()
    connection.close()

    with pytest.raises(
        StorageError,
        match=r"jobs\.db was written by a newer Stellwerk \(salary_in_gold\)\. Nothing was fetched or changed\. Update",
    ):
        Storage(nights.jobs_db, nights.raw_db)


def test_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match=r"cannot be written .*Nothing was fetched"):
        Storage(tmp_path / "file" / "jobs.db", tmp_path / "raw.db")


@pytest.mark.usefixtures("opened")
def test_raw_file_and_its_folder_are_private(nights: Nights) -> None:
    assert stat.S_IMODE(nights.raw_db.stat().st_mode) == 0o600
    assert stat.S_IMODE(nights.raw_db.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["jobs", "raw"])
@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)],
    ids=["WAL", "FULL", "foreign keys"],
)
def test_files_are_safe_against_power_loss_and_orphans(
    opened: Storage, name: str, pragma: str, value: str | int
) -> None:
    connection = getattr(opened, name).conn

    assert connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)


@pytest.mark.parametrize("name", ["jobs", "raw"])
def test_every_table_of_ours_is_strict(opened: Storage, name: str) -> None:
    rows = getattr(opened, name).conn.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict"
        " AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlite%' ESCAPE '\\'"
    )

    assert rows.fetchall() == []


def test_value_of_another_type_is_refused(opened: Storage) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT value in INTEGER column"):
        opened.jobs.conn.execute("INSERT INTO runs (search, started_at, exit_code) VALUES ('a', 'b', 'viele')")


def test_posting_without_its_job_is_refused(opened: Storage) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY constraint failed"):
        opened.jobs.conn.execute("INSERT INTO job_places (job_id, position) VALUES ('nobody', 1)")


# ---------------------------------------------------------------- a run


def test_clock_before_2026_is_refused(opened: Storage) -> None:
    with pytest.raises(ClockError, match=r"the clock says 1970-01-01 00:00 UTC.*Nothing was fetched"):
        opened.begin_run(SEARCH, datetime(1970, 1, 1, tzinfo=UTC))
    assert opened.jobs.conn.execute("SELECT count(*) FROM runs").fetchone() == (0,)


def test_clock_before_the_last_run_is_refused(nights: Nights) -> None:
    nights.run()
    opened = Storage(nights.jobs_db, nights.raw_db)
    try:
        with pytest.raises(ClockError, match=r"but the last run was recorded at 2026-11-25T03:22:00\+00:00"):
            opened.begin_run(SEARCH, FIRST - timedelta(minutes=6))
    finally:
        opened.close()


def test_clock_that_was_set_back_by_minutes_is_borne_with(nights: Nights) -> None:
    nights.run()
    opened = Storage(nights.jobs_db, nights.raw_db)

    assert opened.begin_run(SEARCH, FIRST - timedelta(minutes=4)) == 2
    opened.close()


def test_end_of_a_run_is_recorded(nights: Nights) -> None:
    nights.run()

    assert nights.ask("SELECT search, started_at, finished_at, exit_code, outcome, requests FROM runs") == [
        (SEARCH, "2026-11-25T03:17:00+00:00", "2026-11-25T03:22:00+00:00", 0, "finished", 3)
    ]


def test_locked_database_is_a_sentence_and_nothing_is_half_written(
    opened: Storage, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.close()
    monkeypatch.setattr(files, "BUSY_SECONDS", 0.05)
    opened = Storage(nights.jobs_db, nights.raw_db)
    other = sqlite3.connect(nights.jobs_db, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StorageError, match=r"jobs\.db could not be written \(database is locked\)\. Everything"):
        opened.begin_run(SEARCH, FIRST)
    other.execute("ROLLBACK")
    other.close()
    assert opened.begin_run(SEARCH, FIRST) == 1
    opened.close()


def test_full_disk_is_a_sentence_and_what_was_committed_is_kept(opened: Storage) -> None:
    run_id = opened.begin_run(SEARCH, FIRST)
    opened.store(accepted("1"), run_id=run_id, night="2026-11-25")
    (pages,) = opened.jobs.conn.execute("PRAGMA page_count").fetchone()
    opened.jobs.conn.execute(f"PRAGMA max_page_count = {pages}")
    many = accepted(*(str(number) for number in range(2, 300)), text="Sie führen die Abteilung. " * 100)

    with pytest.raises(StorageError, match=r"jobs\.db could not be written \(database or disk is full\)\. Everything"):
        opened.store(many, run_id=run_id, night="2026-11-25")
    assert opened.jobs.conn.execute("SELECT count(*) FROM jobs").fetchone() == (1,)


# ---------------------------------------------------------------- fates and their count


@pytest.mark.parametrize(
    "metadata", ["{", "databases: {jobs: {queries: {picture_x: {sql: 'SELECT nothing FROM jobs'}}}}"]
)
def test_a_query_that_cannot_be_run_does_not_spoil_the_run(
    nights: Nights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, metadata: str
) -> None:
    nights.run(accepted("1"))
    before = nights.ask("SELECT * FROM summaries ORDER BY query")
    (tmp_path / "metadata.yaml").write_text(metadata, encoding="utf-8")
    monkeypatch.setattr(summaries, "METADATA", tmp_path / "metadata.yaml")
    summaries.queries.cache_clear()

    nights.run(accepted("1", "2"), days=1)
    summaries.queries.cache_clear()

    assert "The run is complete; pictures and employers show the night before." in caplog.text
    assert nights.ask("SELECT count(*) FROM runs WHERE exit_code = 0") == [(2,)]
    assert nights.ask("SELECT * FROM summaries ORDER BY query") == before
    assert nights.ask("SELECT open_jobs FROM employers") == [(1,)]


def test_advert_twice_in_a_batch_stands_in_the_index_as_it_was_last(nights: Nights) -> None:
    batch = accepted("1", "2")
    batch.accepted.append((raw("1"), replace(JOB, employer_key="1", text="Sie leiten das Rechenzentrum.")))
    nights.run(batch)

    found = "SELECT count(*) FROM jobs_fts WHERE jobs_fts MATCH ?"
    assert nights.ask(found, '"rechenzentrum"') == [(1,)]
    assert nights.ask(found, '"abteilung"') == [(1,)]
    nights.ask("INSERT INTO jobs_fts (jobs_fts, rank) VALUES ('integrity-check', 1)")  # raises where it is not so


def test_advert_that_can_no_longer_be_read_is_no_longer_what_an_earlier_night_filtered(nights: Nights) -> None:
    nights.run(Batch(filtered=[(raw("1"), NO), (raw("2"), NO)]))
    nights.run(Batch(quarantined=[replace(raw("1", words="b"), posting=None, fault="unreadable")]), days=1)
    opened = Storage(nights.jobs_db, nights.raw_db)

    fates = [(each.source_id, each.fate, each.list_hash, each.detail) for each in opened.stored(SEARCH)]
    opened.close()

    assert fates == [("1", "quarantined", "", "none"), ("2", "filtered", "hash of a", "fetched")]


def test_what_goes_through_all_jobs_is_counted_at_the_end_of_a_run(nights: Nights) -> None:
    nights.run(accepted("1", "2"))
    nights.run(accepted("1", "2", "3"), days=1)

    rows = dict(nights.ask("SELECT query, rows FROM summaries"))
    assert sorted(rows) == [
        "picture_employers", "picture_map", "picture_openings", "picture_pay", "picture_pay_stated", "picture_skills",
        "picture_time_to_close",
    ]  # fmt: skip
    assert json.loads(rows["picture_openings"])[-1]["open"] == 3
    assert nights.ask("SELECT DISTINCT counted_at FROM summaries") == [
        ((FIRST + timedelta(days=1, minutes=5)).isoformat(),)
    ]


def test_every_advert_is_counted_in_exactly_one_fate(nights: Nights) -> None:
    batch = accepted("1", "2", employer_key="muster")
    batch.filtered = [(raw("3"), NO), (raw("4"), NO)]
    batch.quarantined = [replace(raw("5"), posting=None, fault="unreadable")]
    (row,) = nights.run(batch)

    assert (row["fetched"], row["accepted"], row["merged"], row["filtered"], row["quarantined"]) == (5, 1, 1, 2, 1)
    assert (row["new"], row["changed"], row["closed"]) == (1, 0, 0)


def test_run_that_lost_an_advert_cannot_be_recorded(opened: Storage) -> None:
    run_id = opened.begin_run(SEARCH, FIRST)
    opened.store(accepted("1"), run_id=run_id, night="2026-11-25")

    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed: fetched = accepted"):
        opened.finish_board(
            Ledger(BOARD, fetched=2), COMPLETE, seen={"1", "lost"}, nights_to_close=1, run_id=run_id, now=FIRST,
            night="2026-11-25",
        )  # fmt: skip
    assert opened.jobs.conn.execute("SELECT count(*) FROM run_boards").fetchone() == (0,)


def test_filtered_advert_keeps_the_rule_that_said_no(nights: Nights) -> None:
    nights.run(Batch(filtered=[(raw(), NO)]))

    assert nights.ask("SELECT source_id, title, rule, reason, city, distance_km FROM filtered") == [
        ("1", "IT-Leiter (m/w/d)", "no-lead", "does not lead", "Dortmund", 0.0)
    ]


def test_quarantined_advert_keeps_its_reason_and_its_payload(nights: Nights) -> None:
    nights.run(Batch(quarantined=[replace(raw(words="kaputt"), posting=None, fault="unreadable: KeyError('firma')")]))

    assert nights.ask("SELECT source_id, reason FROM quarantine") == [("1", "unreadable: KeyError('firma')")]
    ((payload, quarantined),) = ask(nights.raw_db, "SELECT payload, quarantined FROM raw")
    assert (zlib.decompress(payload), quarantined) == (b'{"listed":"kaputt"}', 1)


def test_quarantined_advert_that_is_readable_again_leaves_the_quarantine(nights: Nights) -> None:
    nights.run(Batch(quarantined=[replace(raw(), posting=None, fault="unreadable")]))
    (row,) = nights.run(accepted("1"), days=1)

    assert nights.ask("SELECT count(*) FROM quarantine") == [(0,)]
    assert (row["accepted"], row["quarantined"]) == (1, 0)


def test_filtered_advert_that_is_wanted_now_is_counted_once(nights: Nights) -> None:
    nights.run(Batch(filtered=[(raw(), NO)]))
    (row,) = nights.run(accepted("1"), days=1)

    assert nights.ask("SELECT count(*) FROM filtered") == [(0,)]
    assert (row["accepted"], row["filtered"]) == (1, 0)


def test_jobs_file_holds_no_payload(nights: Nights) -> None:
    batch = Batch(accepted=[(replace(raw(), payload=b'{"listed":"geheimer Ansprechpartner"}'), JOB)])
    nights.run(batch)

    assert b"geheimer Ansprechpartner" not in nights.jobs_db.read_bytes()


# ---------------------------------------------------------------- a second time


def test_same_night_twice_changes_nothing_but_the_run_log(nights: Nights) -> None:
    batch = accepted("1", "2")
    batch.filtered = [(raw("3"), NO)]
    batch.quarantined = [replace(raw("4"), posting=None, fault="unreadable")]
    nights.run(batch)
    before = nights.dump()
    nights.run(batch)

    assert nights.dump() == before
    assert nights.ask("SELECT count(*) FROM runs") == [(2,)]


def test_advert_seen_unchanged_touches_its_last_seen_alone(nights: Nights) -> None:
    nights.run(accepted("1"))
    before = nights.dump()
    (row,) = nights.run(Batch(unchanged=[unchanged()]), days=1)

    columns = "first_seen, last_seen, status"
    assert nights.ask(f"SELECT {columns} FROM jobs") == [("2026-11-25", "2026-11-26", "open")]
    assert nights.ask(f"SELECT {columns} FROM postings") == [("2026-11-25", "2026-11-26", "open")]
    assert (row["accepted"], row["new"], row["changed"]) == (1, 0, 0)
    assert set(before.splitlines()) - set(nights.dump().splitlines()) == {
        each for each in before.splitlines() if each.startswith(('INSERT INTO "jobs"', 'INSERT INTO "postings"'))
    }


@pytest.mark.parametrize("order", list(itertools.permutations(("1", "2", "3"))), ids=" ".join)
def test_order_of_arrival_leaves_the_same_database(tmp_path: Path, order: tuple[str, ...]) -> None:
    """Three postings of one vacancy: which leads, and what its job is called, may not depend on who came first."""
    one_batch, one_by_one = Nights(tmp_path / "batch"), Nights(tmp_path / "single")
    one_batch.run(accepted("1", "2", "3", employer_key="muster"))
    one_by_one.run(*(accepted(each, employer_key="muster") for each in order))

    assert one_by_one.dump() == one_batch.dump()


# ---------------------------------------------------------------- changes


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"title": "CIO (m/w/d)"}, [("title", "IT-Leiter (m/w/d)", "CIO (m/w/d)")]),
        (
            {"pay_year_min": 95000.0, "pay_text": "95.000 Euro"},
            [("pay_text", "90.000 Euro", "95.000 Euro"), ("pay_year_min", "90000.0", "95000.0")],
        ),
        ({"places": (Place(city="Dortmund"), Place(city="Unna"))}, [("place", "Dortmund", "Dortmund, Unna")]),
        ({"apply_by": "2026-12-31"}, [("apply_by", None, "2026-12-31")]),
        ({"apply_by": None, "employer": None}, [("employer", "Muster GmbH", None)]),
        ({"modified_at": "2026-11-25T00:00:00+00:00"}, []),
    ],
    ids=["title", "pay", "place", "deadline", "employer", "a stamp is no change"],
)
def test_change_is_a_row_with_old_and_new(
    nights: Nights, values: dict[str, Any], expected: list[tuple[str, str | None, str | None]]
) -> None:
    nights.run(accepted("1"))
    (row,) = nights.run(accepted("1", **values), days=1)

    assert nights.ask("SELECT field, old, new FROM changes WHERE run_id = 2 ORDER BY field") == expected
    assert row["changed"] == len(expected[:1])


def test_new_job_is_a_change_too(nights: Nights) -> None:
    nights.run(accepted("1"))

    assert nights.ask("SELECT run_id, changed_on, field, old, new FROM changes") == [
        (1, "2026-11-25", "status", None, "open")
    ]


def test_changed_text_is_told_by_its_hash_and_not_by_its_words(nights: Nights) -> None:
    nights.run(accepted("1"))
    nights.run(accepted("1", text="Ganz andere Worte."), days=1)

    ((field, old, new),) = nights.ask("SELECT field, old, new FROM changes WHERE run_id = 2")
    assert (field, len(old), len(new)) == ("text", 24, 24)
    assert nights.ask("SELECT text FROM job_texts") == [("Ganz andere Worte.",)]


# ---------------------------------------------------------------- open, unconfirmed, closed


def test_vanished_from_a_certified_board_closes_with_its_reason(nights: Nights) -> None:
    nights.run(accepted("1", "2"))
    (row,) = nights.run(Batch(unchanged=[unchanged("2")]), days=1)

    assert nights.ask("SELECT source_id, status, closed_on, closed_reason FROM postings ORDER BY source_id") == [
        ("1", "closed", "2026-11-26", "absent from one complete list"),
        ("2", "open", None, None),
    ]
    assert nights.ask("SELECT closed_on, closed_reason FROM jobs WHERE status = 'closed'") == [
        ("2026-11-26", "absent from one complete list")
    ]
    assert row["closed"] == 1


@pytest.mark.parametrize(
    "certificate",
    [PARTIAL, Certificate("failed", "no answer"), Certificate("suspect", "a fall"), Certificate("skipped(robots)", "")],
    ids=lambda each: each.outcome,
)
def test_vanished_from_a_board_without_certificate_stays_open(nights: Nights, certificate: Certificate) -> None:
    nights.run(accepted("1", "2"))
    (row,) = nights.run(Batch(unchanged=[unchanged("2")]), days=1, certificate=certificate)

    assert nights.ask("SELECT DISTINCT status, missed FROM postings") == [("open", 0)]
    assert (row["closed"], row["certified"]) == (0, 0)


def test_two_nights_where_one_list_is_not_the_whole_truth(nights: Nights) -> None:
    nights.run(accepted("1", "2"))
    nights.run(Batch(unchanged=[unchanged("2")]), days=1, nights_to_close=2)
    after_one = nights.ask("SELECT status, missed FROM postings WHERE source_id = '1'")
    nights.run(Batch(unchanged=[unchanged("2")]), days=2, nights_to_close=2)

    assert after_one == [("open", 1)]
    assert nights.ask("SELECT status, missed, closed_reason FROM postings WHERE source_id = '1'") == [
        ("closed", 2, "absent from 2 complete lists, 20 hours apart")
    ]


def test_advert_seen_between_two_misses_starts_anew(nights: Nights) -> None:
    nights.run(accepted("1", "2"))
    nights.run(Batch(unchanged=[unchanged("2")]), days=1, nights_to_close=2)
    nights.run(Batch(unchanged=[unchanged("1"), unchanged("2")]), days=2, nights_to_close=2)

    assert nights.ask("SELECT DISTINCT status, missed, missed_at FROM postings") == [("open", 0, None)]


def test_seen_again_is_open_again_and_a_change(nights: Nights) -> None:
    nights.run(accepted("1", "2"))
    nights.run(Batch(unchanged=[unchanged("2")]), days=1)
    nights.run(accepted("1", "2"), days=2)

    assert nights.ask("SELECT DISTINCT status, closed_on, closed_reason FROM jobs") == [("open", None, None)]
    assert nights.ask("SELECT run_id, old, new FROM changes WHERE field = 'status' ORDER BY run_id, old") == [
        (1, None, "open"),
        (1, None, "open"),
        (2, "open", "closed"),
        (3, "closed", "open"),
    ]


def test_advert_that_is_no_match_any_more_closes_and_says_why(nights: Nights) -> None:
    nights.run(accepted("1"))
    (row,) = nights.run(Batch(filtered=[(raw(detail="none"), NO)]), days=1)

    assert nights.ask("SELECT status, closed_reason FROM postings") == [("closed", "no longer a match: does not lead")]
    assert (row["accepted"], row["filtered"], row["closed"]) == (0, 1, 1)


def test_advert_that_is_no_match_any_more_closes_without_certificate_too(nights: Nights) -> None:
    nights.run(accepted("1"))
    nights.run(Batch(filtered=[(raw(detail="none"), NO)]), days=1, certificate=PARTIAL)

    assert nights.ask("SELECT status FROM jobs") == [("closed",)]


def test_job_is_open_while_one_of_its_postings_is(nights: Nights) -> None:
    nights.run(accepted("1", "2", employer_key="muster"))
    nights.run(Batch(unchanged=[unchanged("2")]), days=1)

    assert nights.ask("SELECT status FROM postings ORDER BY source_id") == [("closed",), ("open",)]
    assert nights.ask("SELECT status, closed_on, closed_reason FROM jobs") == [("open", None, None)]


@pytest.mark.parametrize(("days", "status"), [(14, "open"), (15, "unconfirmed")], ids=["14 days", "15 days"])
def test_posting_nobody_confirmed_is_unconfirmed_never_silently_open(nights: Nights, days: int, status: str) -> None:
    nights.run(accepted("1"))
    nights.run(days=days, certificate=PARTIAL)

    assert nights.ask("SELECT status FROM postings") == [(status,)]
    assert nights.ask("SELECT status FROM jobs") == [(status,)]


def test_unconfirmed_posting_seen_again_is_open(nights: Nights) -> None:
    nights.run(accepted("1"))
    nights.run(days=20, certificate=PARTIAL)
    nights.run(Batch(unchanged=[unchanged()]), days=21)

    assert nights.ask("SELECT status, last_seen FROM jobs") == [("open", "2026-12-16")]


def test_other_boards_postings_are_left_alone(nights: Nights) -> None:
    other = "softgarden:werk"
    nights.run(accepted("1"), accepted("2", board=other), boards=(BOARD, other))
    nights.run(days=1, boards=(BOARD,))

    assert nights.ask("SELECT board, status FROM postings ORDER BY board") == [(BOARD, "closed"), (other, "open")]


# ---------------------------------------------------------------- merges


def test_merge_keeps_both_postings_and_its_signals(nights: Nights) -> None:
    nights.run(accepted("1", "2", employer_key="muster"))

    assert nights.ask("SELECT count(*), count(DISTINCT job_id), sum(leads) FROM postings") == [(2, 1, 1)]
    assert nights.ask("SELECT rule, signals, merged_on FROM merges") == [
        ("text", "employer same, place same, title 100% alike, text 100% shared", "2026-11-25")
    ]
    assert nights.ask("SELECT count(*) FROM job_texts") == [(1,)]
    assert nights.ask("SELECT count(*) FROM jobs_fts('Leiter')") == [(1,)]


def test_merged_posting_that_changes_leaves_the_job_to_its_leader(nights: Nights) -> None:
    nights.run(accepted("1", "2", employer_key="muster"))
    ((follower,),) = nights.ask("SELECT source_id FROM postings WHERE NOT leads")
    nights.run(accepted(follower, employer_key="muster", title="CIO"), days=1, certificate=PARTIAL)

    assert nights.ask("SELECT title FROM jobs") == [("IT-Leiter (m/w/d)",)]


def decided(nights: Nights, decision: str, one: str, other: str) -> None:
    """Decide as `scrapy merge` and `scrapy split` do: the decision, then the grouping, outside any run."""
    opened = Storage(nights.jobs_db, nights.raw_db)
    opened.search = SEARCH
    opened.decide(decision, [(job_id(SEARCH, BOARD, one), job_id(SEARCH, BOARD, other))], FIRST)
    opened.group(1, "2026-11-25")
    opened.close()


def without_decisions(nights: Nights) -> str:
    return "\n".join(line for line in nights.dump().splitlines() if 'INTO "decisions"' not in line)


def test_merge_and_split_by_a_person_leave_the_database_as_it_was(nights: Nights) -> None:
    nights.run(
        accepted("1"), Batch(accepted=[(raw("2"), replace(JOB, employer_key="2", title="Leitung IT", text="b"))])
    )
    nights.run(accepted("1"), days=1, certificate=PARTIAL)
    before = nights.dump()
    decided(nights, "merge", "1", "2")
    assert nights.ask("SELECT count(*) FROM jobs") == [(1,)]
    assert nights.ask("SELECT rule FROM merges") == [("person",)]

    decided(nights, "split", "1", "2")

    assert without_decisions(nights) == before


def test_split_by_a_person_survives_every_later_night(nights: Nights) -> None:
    nights.run(accepted("1", "2", employer_key="muster"))
    decided(nights, "split", "1", "2")
    for day in range(1, 4):
        nights.run(accepted("1", "2", employer_key="muster", title=f"IT-Leiter {day}"), days=day)

    assert nights.ask("SELECT count(*) FROM jobs") == [(2,)]
    assert nights.ask("SELECT count(*) FROM merges") == [(0,)]


def test_adverts_that_diverge_are_two_jobs_again(nights: Nights) -> None:
    nights.run(accepted("1", "2", employer_key="muster"))
    nights.run(
        accepted("1", employer_key="muster"), accepted("2", employer_key="muster", level="deputy", title="Stellv."),
        days=1,
    )  # fmt: skip

    assert nights.ask("SELECT title FROM jobs ORDER BY title") == [("IT-Leiter (m/w/d)",), ("Stellv.",)]


def test_employers_own_board_leads_and_the_id_stays(nights: Nights) -> None:
    own = "personio:muster"
    nights.run(accepted("1", employer_key="muster", title="IT-Leiter (agentur)"))
    ((number, first_seen),) = nights.ask("SELECT id, first_seen FROM jobs")
    nights.run(
        accepted("1", employer_key="muster", title="IT-Leiter (agentur)"),
        accepted("a", board=own, employer_key="muster", title="IT-Leiter (eigene)", url="https://muster.example/a"),
        days=3, boards=(BOARD, own),
    )  # fmt: skip

    assert nights.ask("SELECT id, first_seen, title, url FROM jobs") == [
        (number, first_seen, "IT-Leiter (eigene)", "https://muster.example/a")
    ]
    assert nights.ask("SELECT board, accepted, merged, new FROM run_boards WHERE run_id = 2 ORDER BY board") == [
        (BOARD, 0, 1, 0), (own, 1, 0, 0),
    ]  # fmt: skip


def test_job_is_led_by_what_is_open(nights: Nights) -> None:
    own = "personio:muster"
    both = (
        accepted("1", employer_key="muster", title="IT-Leiter (agentur)"),
        accepted("a", board=own, employer_key="muster", title="IT-Leiter (eigene)"),
    )
    nights.run(*both, boards=(BOARD, own))
    nights.run(both[0], days=1, boards=(BOARD, own))

    assert nights.ask("SELECT title, status FROM jobs") == [("IT-Leiter (agentur)", "open")]
    assert nights.ask("SELECT board, status, leads FROM postings ORDER BY board") == [
        (BOARD, "open", 1), (own, "closed", 0),
    ]  # fmt: skip


def test_post_advertised_anew_is_a_new_job_with_its_true_age(nights: Nights) -> None:
    nights.run(accepted("1", employer_key="muster"))
    nights.run(days=1)
    nights.run(accepted("2", employer_key="muster"), days=20)

    assert nights.ask("SELECT first_seen, listed_since FROM jobs WHERE status = 'open'") == [
        ("2026-12-15", "2026-11-25")
    ]
    assert nights.ask("SELECT kind, signals FROM links") == [
        ("re-listed", "employer same, place same, title 100% alike, text 100% shared")
    ]


def test_post_advertised_anew_after_months_is_another(nights: Nights) -> None:
    nights.run(accepted("1", employer_key="muster"))
    nights.run(days=1)
    nights.run(accepted("2", employer_key="muster"), days=90)

    assert nights.ask("SELECT count(*) FROM links") == [(0,)]
    assert nights.ask("SELECT listed_since FROM jobs WHERE status = 'open'") == [("2027-02-23",)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-24", []),
        ("2026-11-25", [("open", "IT-Leiter (m/w/d)", "90000.0")]),
        ("2026-11-26", [("open", "IT-Leiter (m/w/d)", "90000.0")]),
        ("2026-11-27", [("open", "Leiter IT", "95000.0")]),
        ("2026-11-28", [("closed", "Leiter IT", "95000.0")]),
        ("2026-12-01", [("open", "Leiter IT", "95000.0")]),
        ("2027-12-01", [("open", "Leiter IT", "95000.0")]),
    ],
)
def test_what_was_true_on_any_day(nights: Nights, day: str, expected: list[tuple[str, ...]]) -> None:
    changed = accepted("1", title="Leiter IT", pay_year_max=95000.0)
    for days, batches in enumerate([[accepted("1")], [accepted("1")], [changed], [], [], [], [changed]]):
        nights.run(*batches, days=days)

    assert (
        nights.ask(
            "SELECT status, title, pay_year_max FROM job_states WHERE valid_from <= ?1"
            " AND (valid_to > ?1 OR valid_to IS NULL)",
            day,
        )
        == expected
    )


# ---------------------------------------------------------------- what the next night asks


def test_known_tells_the_hash_and_the_detail_of_what_is_open(nights: Nights) -> None:
    batch = accepted("1")
    batch.filtered = [(raw("2", detail="none"), NO), (raw("3"), NO)]
    nights.run(batch)

    assert known(nights.jobs_db, BOARD) == {
        "1": Known("hash of a", "fetched", last_seen=night_after(0)),
        "2": Known("hash of a", None, wanted=False, last_seen=night_after(0)),
        "3": Known("hash of a", "fetched", wanted=False, last_seen=night_after(0)),
    }
    assert known(nights.jobs_db, "softgarden:werk") == {}


def test_closed_advert_is_not_known_so_it_is_fetched_anew(nights: Nights) -> None:
    nights.run(accepted("1"))
    nights.run(days=1)

    assert known(nights.jobs_db, BOARD) == {}


def test_nothing_is_known_before_the_first_run(tmp_path: Path) -> None:
    assert known(tmp_path / "jobs.db", BOARD) == {}
    assert not (tmp_path / "jobs.db").exists()


def test_certified_runs_alone_are_compared_with(nights: Nights) -> None:
    for day, certificate in enumerate([COMPLETE, PARTIAL, COMPLETE]):
        nights.run(accepted(*"123"[: day + 1]), days=day, certificate=certificate)
    opened = Storage(nights.jobs_db, nights.raw_db)

    before = known(nights.jobs_db, BOARD)

    assert opened.earlier(BOARD, {"1", "3"}, before, night_after(3)) == Earlier([3, 1], known=3, remaining=2)
    assert opened.earlier(BOARD, {"1", "3"}, before, night_after(30)) == Earlier([3, 1])
    assert opened.earlier("personio:other", set(), {}, night_after(3)) == Earlier([])
    opened.close()


def test_confirmed_list_is_what_later_nights_are_compared_with(nights: Nights) -> None:
    nights.run(accepted(*"123456789"))
    nights.run(accepted("a"), days=1, certificate=Certificate("suspect", "a fall"))
    opened = Storage(nights.jobs_db, nights.raw_db)
    before = known(nights.jobs_db, BOARD)

    assert opened.earlier(BOARD, {"a"}, before, night_after(2)) == Earlier([9], known=10, remaining=1)
    assert opened.confirm(BOARD) is None
    assert opened.earlier(BOARD, {"a"}, before, night_after(2)) == Earlier([1])
    opened.close()


def test_only_a_suspect_board_can_be_confirmed(nights: Nights) -> None:
    nights.run(accepted("1"))
    opened = Storage(nights.jobs_db, nights.raw_db)

    assert opened.confirm("personio:other") == (
        "no run has asked a board personio:other; ./run scrapy boards lists them"
    )
    assert opened.confirm(BOARD) == (
        f"the last run found {BOARD} complete; only what was read whole and not believed can be confirmed"
    )
    opened.close()


def test_sightings_find_a_job_by_its_id_its_url_and_its_title(nights: Nights) -> None:
    nights.run(accepted("1"), Batch(filtered=[(raw("2"), NO)]))

    assert [each.fate for each in sightings(nights.jobs_db, "2")] == ["filtered"]
    assert [each.source_id for each in sightings(nights.jobs_db, "https://example.org/1")] == ["1"]
    assert [each.fate for each in sightings(nights.jobs_db, "it-leiter")] == ["accepted", "filtered"]
    assert sightings(nights.jobs_db, "'; DROP TABLE jobs; --") == []


# ---------------------------------------------------------------- search


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"title": "Abteilungsleiter IT"}, "leiter"),
        ({"employer": "Müller GmbH"}, "Mueller"),
        ({"employer": "Mueller GmbH"}, "Müller"),
        ({"employer": "MÜLLER GMBH"}, "mueller"),
        ({"text": "Ihr Büro liegt am Ostwall."}, "buero"),
        ({"places": (Place(city="Lünen"),)}, "Luenen"),
        ({"title": "Leitung IT"}, "it__"),
    ],
    ids=["part of a compound", "ue finds ü", "ü finds ue", "capitals", "in the text", "in the place", "two letters"],
)
def test_search_finds(nights: Nights, values: dict[str, Any], words: str) -> None:
    nights.run(accepted("1", **values))

    assert nights.ask("SELECT count(*) FROM jobs_fts(?)", f'"{words}"') == [(1,)]


def test_search_forgets_what_a_job_no_longer_says(nights: Nights) -> None:
    nights.run(accepted("1", text="Wir suchen einen Zauberer."))
    nights.run(accepted("1", text="Wir suchen eine Leitung."), days=1)

    assert nights.ask("SELECT count(*) FROM jobs_fts('Zauberer')") == [(0,)]
    with sqlite3.connect(nights.jobs_db) as connection:
        connection.execute("INSERT INTO jobs_fts (jobs_fts, rank) VALUES ('integrity-check', 1)")
    connection.close()


# ---------------------------------------------------------------- payloads


def test_payload_is_kept_thirty_days_after_its_last_use(nights: Nights) -> None:
    nights.run(accepted("1", "2"))
    nights.run(Batch(unchanged=[unchanged("2")]), days=1)
    nights.run(days=31)

    assert ask(nights.raw_db, "SELECT source_id, stored_on, used_on FROM raw") == [("2", "2026-11-25", "2026-11-26")]


def test_payload_of_a_filtered_advert_listed_again_counts_as_used(nights: Nights) -> None:
    nights.run(Batch(filtered=[(raw(detail="none"), NO)]))
    nights.run(Batch(filtered=[(replace(raw(detail="none"), payload=None), NO)]), days=29)
    nights.run(days=35)

    assert ask(nights.raw_db, "SELECT source_id, used_on FROM raw") == [("1", "2026-12-24")]


@pytest.mark.parametrize(("days", "left"), [(90, 1), (91, 0)], ids=["90 days", "91 days"])
def test_quarantined_payload_is_kept_ninety_days(nights: Nights, days: int, left: int) -> None:
    nights.run(Batch(quarantined=[replace(raw(), posting=None, fault="unreadable")]))
    nights.run(days=days)

    assert ask(nights.raw_db, "SELECT count(*) FROM raw") == [(left,)]


def test_each_version_of_an_advert_has_its_own_payload(nights: Nights) -> None:
    nights.run(Batch(accepted=[(raw(words="alt"), JOB)]))
    nights.run(Batch(accepted=[(raw(words="neu"), JOB)]), days=1)
    nights.run(Batch(accepted=[(raw(words="neu"), JOB)]), days=2)

    assert [
        (zlib.decompress(payload), used_on)
        for payload, used_on in ask(nights.raw_db, "SELECT payload, used_on FROM raw ORDER BY stored_on")
    ] == [(b'{"listed":"alt"}', "2026-11-25"), (b'{"listed":"neu"}', "2026-11-27")]


def test_merge_of_a_job_that_has_merged_postings_itself(nights: Nights) -> None:
    # job ids sort: "2" < "16" < "4"
    nights.run(accepted("2", employer_key="other"), accepted("16", "4", employer_key="muster"))
    nights.run(
        Batch(
            accepted=[(raw("2", words="neu"), replace(JOB, employer_key="muster"))],
            unchanged=[unchanged("16"), unchanged("4")],
        ),
        days=1,
    )
    assert nights.ask("SELECT count(DISTINCT job_id) FROM postings") == [(1,)]
    assert nights.ask("SELECT count(*) FROM merges") == [(2,)]


def test_same_number_on_two_boards_of_one_kind_is_two_jobs(nights: Nights) -> None:
    acme, beta = "personio:acme", "personio:beta"
    nights.run(
        accepted("1", board=acme, employer_key="acme"),
        accepted("1", board=beta, employer_key="beta"),
        boards=(acme, beta),
    )
    assert nights.ask("SELECT count(*) FROM jobs") == [(2,)]


def test_advert_closed_as_no_match_stays_closed_without_another_change(nights: Nights) -> None:
    nights.run(accepted("1"))
    nights.run(Batch(filtered=[(raw(detail="fetched"), NO)]), days=1)
    (row,) = nights.run(Batch(unchanged=[unchanged()]), days=2)
    assert row["closed"] == 0
    assert nights.ask("SELECT count(*) FROM changes WHERE run_id = 3") == [(0,)]
    assert nights.ask("SELECT closed_on FROM jobs") == [("2026-11-26",)]


def test_job_is_told_by_a_posting_that_is_open(nights: Nights) -> None:
    nights.run(accepted("1", "2", employer_key="muster"))
    ((follower,),) = nights.ask("SELECT source_id FROM postings WHERE NOT leads")
    nights.run(accepted(follower, employer_key="muster", url="https://example.org/open"), days=1)
    assert nights.ask("SELECT status, url FROM jobs") == [("open", "https://example.org/open")]


def test_payload_quarantined_later_is_kept_ninety_days(nights: Nights) -> None:
    nights.run(accepted("1"))
    nights.run(Batch(quarantined=[replace(raw(), posting=None, fault="unreadable")]), days=1)
    nights.run(days=40)
    assert ask(nights.raw_db, "SELECT quarantined FROM raw") == [(1,)]


def test_folder_that_existed_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Storage(tmp_path / "jobs.db", tmp_path / "raw.db").close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


# ---------------------------------------------------------------- a run after one that was broken off


@pytest.mark.parametrize(
    ("ended", "hours", "search", "expected"),
    [
        pytest.param(None, 1, SEARCH, ["personio:a"], id="killed"),
        pytest.param(130, 1, SEARCH, ["personio:a"], id="ended by Ctrl-C"),
        pytest.param(3, 1, SEARCH, [], id="came to its end"),
        pytest.param(None, 7, SEARCH, [], id="too long ago"),
        pytest.param(None, 1, "controller_bochum", [], id="another search"),
    ],
)
def test_what_a_run_had_read_when_it_was_broken_off_counts_for_the_next(
    opened: Storage, nights: Nights, ended: int | None, hours: float, search: str, expected: list[str]
) -> None:
    broken = opened.begin_run(SEARCH, FIRST)
    opened.store(accepted("1", board="personio:a"), run_id=broken, night="2026-11-25")
    for board, certificate in (("personio:a", COMPLETE), ("personio:b", PARTIAL), ("personio:c", COMPLETE)):
        seen = {"1"} if board == "personio:a" else set()
        opened.finish_board(
            Ledger(board, fetched=len(seen)), certificate, seen=seen, nights_to_close=1, run_id=broken, now=FIRST,
            night="2026-11-25",
        )  # fmt: skip
    if ended is not None:
        opened.finish_run(broken, FIRST + timedelta(minutes=5), ended, "shutdown", 3)
    now = FIRST + timedelta(hours=hours)
    run_id = opened.begin_run(search, now)

    rows = opened.go_on(run_id, ["personio:a", "personio:b"], now)

    assert [(row["board"], row["run_id"], row["accepted"], row["new"]) for row in rows] == [
        (board, run_id, 1, 1) for board in expected
    ]
    assert nights.ask("SELECT board FROM run_boards WHERE run_id = ?", run_id) == [(board,) for board in expected]


def test_no_run_goes_on_with_the_night_before(opened: Storage) -> None:
    late = datetime(2026, 11, 25, 22, 50, tzinfo=UTC)  # ten minutes before midnight in Berlin
    broken = opened.begin_run(SEARCH, late)
    opened.finish_board(
        Ledger(BOARD), COMPLETE, seen=set(), nights_to_close=1, run_id=broken, now=late, night="2026-11-25"
    )
    after = late + timedelta(minutes=20)
    run_id = opened.begin_run(SEARCH, after)

    assert opened.go_on(run_id, [BOARD], after) == []


def test_each_board_is_looked_up_by_its_name_however_many_there_are(opened: Storage) -> None:
    asked: list[str] = []
    opened.jobs.conn.set_trace_callback(asked.append)
    opened.earlier(BOARD, set(), {}, "2026-11-25")
    opened.jobs.conn.set_trace_callback(None)

    (plan,) = ([row[3] for row in opened.jobs.conn.execute(f"EXPLAIN QUERY PLAN {query}")] for query in asked)

    assert [line for line in plan if "run_boards" in line] == [
        "SEARCH b USING INDEX run_boards_board (board=? AND run_id>?)",
        "SEARCH run_boards USING INDEX run_boards_board (board=?)",
    ]


# ---------------------------------------------------------------- lists and robots.txt, as sent


def test_list_as_sent_is_kept_with_what_its_host_wants_to_be_told(opened: Storage, nights: Nights) -> None:
    copy = ListCopy("https://a.example/xml", '"v1"', "Wed, 25 Nov 2026 03:17:00 GMT", "text/xml", b"<jobs/>" * 100)
    run_id = opened.begin_run(SEARCH, FIRST)
    opened.store(Batch(lists=[copy]), run_id=run_id, night="2026-11-25")

    remembered = Remembered(nights.jobs_db, nights.raw_db, SEARCH)
    assert remembered.list_copy(copy.url) == copy
    assert remembered.list_copy("https://b.example/xml") is None
    stated = remembered.validators(copy.url)
    assert stated is not None
    assert stated.headers() == {
        "If-None-Match": '"v1"',
        "If-Modified-Since": "Wed, 25 Nov 2026 03:17:00 GMT",
    }
    assert remembered.validators("https://b.example/xml") is None
    remembered.close()


def test_newer_list_takes_the_place_of_the_older(opened: Storage, nights: Nights) -> None:
    run_id = opened.begin_run(SEARCH, FIRST)
    for version in ("1", "2"):
        opened.store(
            Batch(lists=[ListCopy("https://a.example/xml", version, "", "text/xml", b"")]),
            run_id=run_id,
            night="2026-11-25",
        )

    assert ask(nights.raw_db, "SELECT url, etag FROM lists") == [("https://a.example/xml", "2")]


def test_robots_txt_holds_as_long_as_its_host_says(opened: Storage, nights: Nights) -> None:
    files = {"https://a.example/robots.txt": HostFile(200, b"User-agent: *", "2026-11-25T04:17:00+00:00")}
    run_id = opened.begin_run(SEARCH, FIRST)
    opened.store(Batch(host_files=files), run_id=run_id, night="2026-11-25")

    assert storage_module.host_files(nights.raw_db, FIRST) == files
    assert storage_module.host_files(nights.raw_db, FIRST + timedelta(hours=1)) == {}


def test_requests_of_a_night_are_kept_by_host(opened: Storage, nights: Nights) -> None:
    run_id = opened.begin_run(SEARCH, FIRST)
    for asked in ({"https://a.example": 3}, {"https://a.example": 7, "https://b.example": 1}):
        opened.store(Batch(host_requests=asked), run_id=run_id, night="2026-11-25")

    assert storage_module.host_requests(nights.raw_db, "2026-11-25") == {"https://a.example": 7, "https://b.example": 1}
    assert storage_module.host_requests(nights.raw_db, "2026-11-26") == {}


def test_outcomes_tell_the_last_run_and_the_last_delivery(nights: Nights) -> None:
    nights.run(accepted("1"))
    nights.run(days=1)
    nights.run(days=2, certificate=PARTIAL)

    assert storage_module.outcomes(nights.jobs_db) == {
        BOARD: storage_module.Outcome(BOARD, "partial", "HTTP 503", "2026-11-27", 0, "2026-11-26", "2026-11-25")
    }
    assert storage_module.outcomes(nights.jobs_db.with_name("none.db")) == {}


def test_board_of_two_searches_has_its_own_rows_for_each(nights: Nights) -> None:
    opened = Storage(nights.jobs_db, nights.raw_db)
    for search in (SEARCH, "controller_bochum"):
        run_id = opened.begin_run(search, FIRST)
        opened.store(accepted("1", board="personio:zeche"), run_id=run_id, night="2026-11-25")
    opened.close()

    assert nights.ask("SELECT search, board, source_id FROM postings ORDER BY search") == [
        ("controller_bochum", "personio:zeche", "1"), ("dortmund_itleiter", "personio:zeche", "1"),
    ]  # fmt: skip
    assert known(nights.jobs_db, "personio:zeche").keys() == {"1"}
    assert known(nights.jobs_db, "personio:zeche", "another") == {}


def test_file_of_the_first_schema_keeps_all_it_holds(nights: Nights) -> None:
    nights.run(
        accepted("1", "2"),
        Batch(filtered=[(raw("3"), NO)]),
        Batch(accepted=[(raw("4"), replace(JOB, employer_key="1"))]),
    )
    after = {
        table: [
            row[:7] if table == "merges" else row for row in nights.ask(f"SELECT * FROM {table} ORDER BY source_id")
        ]
        for table in ("postings", "merges", "filtered")
    }
    assert [len(rows) for rows in after.values()] == [3, 1, 1]
    old = nights.jobs_db.with_name("old.db")
    database = Database(old)
    migrations.first_schema(database)
    connection = database.conn
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute(f"ATTACH '{nights.jobs_db}' AS new")
    tables = connection.execute("SELECT name FROM new.sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        if table.startswith(("sqlite_", "_sqlite", "jobs_fts")):
            continue
        if not (columns := ", ".join(f'"{row[1]}"' for row in connection.execute(f"PRAGMA main.table_info({table})"))):
            continue  # younger than the first schema
        connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
    connection.commit()
    database.close()

    database = Database(old)
    migrations.boards_of_several_searches(database)
    migrations.vacancies(database)
    database.conn.commit()
    database.close()

    for table, rows in after.items():
        assert [row[: len(rows[0])] for row in ask(old, f"SELECT * FROM {table} ORDER BY source_id")] == rows
    assert ask(old, "PRAGMA foreign_key_check") == []


# ------------------------------------------------------------ health over time


def test_a_field_that_a_board_begins_to_lack_is_told_once_and_so_is_its_return(nights: Nights) -> None:
    told = []
    for day in range(12):
        job = replace(JOB, pay_year_min=None, pay_year_max=None) if day in (7, 8) else JOB
        adverts = [(raw(f"p{number}", words=str(day)), replace(job, employer_key=f"e{number}", employer=f"E {number}",
                    text=f"Worte von {number}. " * 30)) for number in range(9)]  # fmt: skip
        nights.run(Batch(accepted=adverts), days=day)
        told.append(nights.alarms)

    assert told[:7] == [[]] * 7
    advice = "look at the source, or at what it calls the field."
    assert told[7] == [(BOARD, f"{BOARD}: pay is missing in 9 of 9 adverts, usually in 0 of 9; {advice}")]
    assert told[8] == []
    assert told[9] == [(BOARD, f"{BOARD}: pay is back: 9 of 9 adverts have it; {advice}")]
    assert told[10:] == [[], []]
    assert nights.ask("SELECT run_id, filled, adverts, alarm FROM run_fields WHERE field = 'pay' AND run_id > 6") == [
        (7, 9, 9, 0), (8, 0, 9, 1), (9, 0, 9, 1), (10, 9, 9, 0), (11, 9, 9, 0), (12, 9, 9, 0),
    ]  # fmt: skip


def test_board_of_few_adverts_is_watched_only_after_it_had_more(nights: Nights) -> None:
    for day, count in enumerate((3, 4, 1)):
        adverts = [(raw(f"p{number}", words=str(day)), replace(JOB, employer_key=f"e{number}", employer=f"E {number}",
                    text=f"Worte von {number}. " * 30)) for number in range(count)]  # fmt: skip
        nights.run(Batch(accepted=adverts), days=day)

    assert nights.ask("SELECT run_id, adverts FROM run_fields WHERE field = 'pay'") == [(2, 4), (3, 1)]
    assert nights.ask("SELECT run_id, adverts FROM run_spreads WHERE measure = 'pay a year'") == [(2, 4), (3, 1)]


def test_texts_that_become_short_are_told(nights: Nights) -> None:
    told = []
    for day in range(8):
        words = 3 if day == 7 else 30
        adverts = [(raw(f"p{number}", words=str(day)), replace(JOB, employer_key=f"e{number}", employer=f"E {number}",
                    text=f"Worte von {number}. " * (words + number))) for number in range(12)]  # fmt: skip
        nights.run(Batch(accepted=adverts), days=day)
        told += nights.alarms

    short = "length of texts is below 426 in 12 of 12 adverts, usually in a quarter of them"
    assert told == [(BOARD, f"{BOARD}: {short}; look at the source, or at some of its adverts.")]
    assert nights.ask("SELECT run_id, adverts, alarm FROM run_spreads WHERE measure = 'length of texts'")[-2:] == [
        (7, 12, 0), (8, 12, 1),
    ]  # fmt: skip


def test_a_board_that_fails_tonight_and_half_of_its_nights_is_chronic(nights: Nights) -> None:
    found = []
    for day in range(16):
        nights.run(accepted("1"), days=day, certificate=PARTIAL if day % 2 else COMPLETE)
        opened = Storage(nights.jobs_db, nights.raw_db)
        opened.search = SEARCH
        found.append(opened.chronic(day + 1))
        opened.close()

    assert found == [[]] * 13 + [[BOARD], [], [BOARD]]


def test_what_is_asked_of_the_nights_does_not_cost_more_with_each_night(opened: Storage, nights: Nights) -> None:
    def steps(ask: Callable[[], object]) -> int:
        """Return how often SQLite took a hundred steps."""
        count = 0

        def tick() -> int:
            nonlocal count
            count += 1
            return 0

        connection = opened.jobs.conn
        connection.set_progress_handler(tick, 100)
        ask()
        connection.set_progress_handler(None, 100)
        return count

    boards = [f"greenhouse:{number}" for number in range(100)]
    metadata = yaml.safe_load(summaries.METADATA.read_text(encoding="utf-8"))
    coverage = metadata["databases"]["jobs"]["queries"]["coverage"]["sql"]
    told: list[dict[str, int]] = []
    for night in range(1, 201):
        assert opened.begin_run(SEARCH, FIRST + timedelta(days=night)) == night
        with opened.jobs.conn:
            opened.jobs.conn.executemany(
                "INSERT INTO run_boards VALUES (?, ?, ?, NULL, 1, 2, 2, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0)",
                [(night, board, "partial" if board.endswith("7") else "complete") for board in boards],
            )
        if night in {60, 200}:
            told.append({
                "chronic": steps(functools.partial(opened.chronic, night)),
                "coverage": steps(lambda: opened.jobs.conn.execute(coverage, {"search": SEARCH}).fetchall()),
                "outcomes": steps(lambda: opened.jobs.conn.execute(storage_module.OUTCOMES).fetchall()),
            })  # fmt: skip

    assert len(opened.chronic(200)) == 10
    assert len(storage_module.outcomes(nights.jobs_db)) == 100
    for what, before in told[0].items():
        assert told[1][what] <= 1.1 * before, what


def test_coverage_asks_which_ways_find_a_job_and_employers_boards_are_one(nights: Nights) -> None:
    market = f"arbeitnow:{SEARCH}"
    for board, numbers in (("greenhouse:a", range(10)), ("personio:b", range(10, 14)), (market, range(6, 20))):
        adverts = [
            (raw(f"{board[0]}{number}", board=board), replace(JOB, employer_key=f"e{number}", employer=f"E {number}",
             text=f"Worte von {number} und von niemandem sonst. " * 20))
            for number in numbers
        ]  # fmt: skip
        nights.run(Batch(accepted=adverts), boards=[board])
    opened = Storage(nights.jobs_db, nights.raw_db)
    opened.search = SEARCH
    found = opened.measure_coverage(3)

    # Of the 14 on employers' boards 8 stand in the market too, as do 6 more: 6 x 6 / (8 + 1) = 4 are missed.
    assert (found.seen, found.once, found.twice, found.posts) == (20, 12, 8, 24.0)
    assert opened.statuses() == {"open": 20}
    assert opened.alarms_now() == 0
    opened.close()
    assert nights.ask("SELECT seen, once, twice, ways, posts FROM run_coverage") == [(20, 12, 8, 2, 24.0)]


def test_of_what_hosts_say_the_new_alone_is_stored_once() -> None:
    said: storage_module.Noted[int] = storage_module.Noted()
    said.update({"https://a.example": 3, "https://b.example": 1})  # as the file had it
    said["https://b.example"] = 2
    said["https://c.example"] = 1

    assert said.taken() == {"https://b.example": 2, "https://c.example": 1}
    assert said.taken() == {}
    assert said == {"https://a.example": 3, "https://b.example": 2, "https://c.example": 1}
