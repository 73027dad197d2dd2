"""Snapshots: each proven good, seven nights and four weeks of them; and how one is put back."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines import files, snapshots
from pipelines.files import StorageError
from pipelines.storage import Storage

NOW = datetime(2026, 11, 25, 3, 20, tzinfo=UTC)


@pytest.fixture
def jobs_db(tmp_path: Path) -> Path:
    """A jobs.db with one run, closed."""
    path = tmp_path / "jobs.db"
    storage = Storage(path, tmp_path / "private" / "raw.db")
    storage.begin_run("dortmund_itleiter", NOW)
    storage.close()
    return path


def take(jobs_db: Path, night: str) -> Path:
    connection = sqlite3.connect(jobs_db)
    try:
        return snapshots.take(connection, jobs_db.parent / "private" / "snapshots", night)
    finally:
        connection.close()


def runs(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT count(*) FROM runs").fetchone()[0])
    finally:
        connection.close()


def add_run(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO runs (search, started_at) VALUES ('x', '2026-11-25T03:17:00+00:00')")
    connection.commit()
    connection.close()


def test_snapshot_is_one_whole_file_for_its_owner_alone(jobs_db: Path) -> None:
    path = take(jobs_db, "2026-11-25")

    assert path.name == "jobs-2026-11-25.db"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["jobs-2026-11-25.db"]
    assert snapshots.check(path) == 0
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()
    assert runs(path) == 1


def test_snapshot_of_a_file_that_is_being_written_holds_what_is_committed(jobs_db: Path) -> None:
    writer = sqlite3.connect(jobs_db, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO runs (search, started_at) VALUES ('x', '2026-11-25T03:17:00+00:00')")
    path = take(jobs_db, "2026-11-25")
    writer.execute("COMMIT")
    writer.close()

    assert runs(path) == 1
    assert runs(jobs_db) == 2


def test_seven_nights_and_four_weeks_stay(jobs_db: Path) -> None:
    first = date(2026, 10, 1)
    nights = [(first + timedelta(days=day)).isoformat() for day in range(56)]  # to 2026-11-25, a Wednesday
    for night in nights:
        take(jobs_db, night)

    stay = [each.night for each in snapshots.found(jobs_db.parent / "private" / "snapshots")]
    assert stay == [
        "2026-11-25", "2026-11-24", "2026-11-23", "2026-11-22", "2026-11-21", "2026-11-20", "2026-11-19",
        "2026-11-15", "2026-11-08",
    ]  # fmt: skip


def test_copy_that_is_not_good_never_takes_the_place_of_a_good_one(jobs_db: Path) -> None:
    good = take(jobs_db, "2026-11-25")
    before = good.read_bytes()
    connection = sqlite3.connect(jobs_db)
    connection.execute("DELETE FROM runs")
    connection.commit()
    connection.close()

    with pytest.raises(StorageError, match=r"jobs-2026-11-25\.db\.part is no snapshot that can be used"):
        take(jobs_db, "2026-11-25")
    assert good.read_bytes() == before


def test_what_cannot_be_written_is_said_in_one_line(jobs_db: Path) -> None:
    (jobs_db.parent / "private" / "snapshots").write_text("a file where the folder should be")

    with pytest.raises(StorageError, match=r"^no snapshot of this night could be made \(.*\)\. jobs\.db is complete"):
        take(jobs_db, "2026-11-25")


def test_restored_file_is_the_snapshot_and_the_other_is_kept(jobs_db: Path) -> None:
    path = take(jobs_db, "2026-11-25")
    add_run(jobs_db)

    aside = snapshots.put_back(path, jobs_db, NOW)

    assert aside is not None
    assert aside.name == "jobs.db.before-restore-20261125T032000Z"
    assert (runs(jobs_db), runs(aside)) == (1, 2)
    assert path.exists()


def test_damaged_file_is_replaced_and_its_log_does_not_meet_the_new_one(jobs_db: Path) -> None:
    path = take(jobs_db, "2026-11-25")
    jobs_db.write_bytes(b"garbage" * 1000)
    wal = jobs_db.with_name("jobs.db-wal")
    wal.write_bytes(b"garbage")

    aside = snapshots.put_back(path, jobs_db, NOW)

    assert aside is not None
    assert runs(jobs_db) == 1
    assert aside.read_bytes() == b"garbage" * 1000
    assert aside.with_name(aside.name + "-wal").read_bytes() == b"garbage"
    Storage(jobs_db, jobs_db.parent / "private" / "raw.db").close()


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000])
def test_bad_snapshot_changes_nothing(jobs_db: Path, tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.db"
    bad.write_bytes(content)
    before = jobs_db.read_bytes()

    with pytest.raises(StorageError, match=r"bad\.db is no snapshot that can be used"):
        snapshots.put_back(bad, jobs_db, NOW)
    assert jobs_db.read_bytes() == before


def test_snapshot_with_flipped_bytes_is_refused(jobs_db: Path) -> None:
    path = take(jobs_db, "2026-11-25")
    content = bytearray(path.read_bytes())
    for position in range(4096, len(content), 512):
        content[position] ^= 0xFF
    path.write_bytes(content)

    with pytest.raises(StorageError, match="is no snapshot that can be used"):
        snapshots.check(path)


def test_missing_file_of_which_there_are_snapshots_is_not_begun_anew(jobs_db: Path) -> None:
    take(jobs_db, "2026-11-25")
    jobs_db.unlink()

    with pytest.raises(StorageError, match=r"jobs\.db is missing.*\./run scrapy restore 2026-11-25"):
        Storage(jobs_db, jobs_db.parent / "private" / "raw.db")
    assert not jobs_db.exists()


@pytest.mark.parametrize(
    ("mounts", "path", "expected"),
    [
        ("/dev/sda1 / ext4 rw 0 0\nnas:/home /home nfs4 rw 0 0\n", "/home/a/jobs.db", "nfs4"),
        ("/dev/sda1 / ext4 rw 0 0\nnas:/home /home nfs4 rw 0 0\n", "/homes/a/jobs.db", None),
        ("//nas/x /mnt/n\\040as cifs rw 0 0\n", "/mnt/n as/jobs.db", "cifs"),
        ("nas:/ / nfs rw 0 0\n/dev/sda1 /srv ext4 rw 0 0\n", "/srv/jobs.db", None),
        ("a@b: /mnt/x fuse.sshfs rw 0 0\n", "/mnt/x/jobs.db", "fuse.sshfs"),
        ("", "/srv/jobs.db", None),
    ],
)
def test_network_file_systems_are_known_by_their_mount(mounts: str, path: str, expected: str | None) -> None:
    assert files.network_file_system(Path(path), mounts) == expected
