"""Reading stored adverts again: on one core, on all, and not to the end."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.commands import reprocess
from crawler.spiders.job_search import JobSearchSpider
from pipelines.items import Posting, RawPosting, Rejection
from pipelines.storage import Batch, Storage, Stored
from tests.adverts import many
from tests.conftest import ROOT

TODAY = date(2026, 11, 25)
BOARD = "arbeitsagentur:dortmund_itleiter"


def stored(count: int) -> list[Stored]:
    return [
        Stored(
            board=BOARD, source_id=str(each["referenznummer"]),
            payload=json.dumps({"listed": each, "detail": each}).encode(),
            list_hash="h", detail="fetched", first_seen="2026-11-20", last_seen="2026-11-25", fate="posting",
        )
        for each in many(count)
    ]  # fmt: skip


def test_all_cores_read_the_same_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reprocess, "SLAB", 150)
    spider, adverts = JobSearchSpider(role="it-leiter", place="Dortmund"), stored(400)

    with reprocess.readers(spider, TODAY, 400) as read:
        one = [*read(adverts)]
    with reprocess.readers(spider, TODAY, reprocess.FEW) as read:
        all_cores = [*read(adverts)]

    assert [len(slab) for slab in all_cores] == [150, 150, 100]
    assert all_cores == one
    matches = [reading for slab in one for _, reading in slab if reading and hasattr(reading[1], "match")]
    assert len(matches) == 20  # heads of IT within 50 km


def test_ended_by_hand_it_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    jobs_db, raw_db = tmp_path / "jobs.db", tmp_path / "private" / "raw.db"
    storage = Storage(jobs_db, raw_db)
    run_id = storage.begin_run("dortmund_itleiter", datetime.now(UTC))
    batch = Batch()
    for each in stored(3 * reprocess.SLAB):
        raw = RawPosting(
            board=BOARD, source_id=each.source_id, list_hash="h", payload=each.payload, detail="fetched",
            posting=Posting(source_id=each.source_id, title="IT-Leiter"),
        )  # fmt: skip
        batch.filtered.append((raw, Rejection("title", "not judged yet", None, None)))
    storage.store(batch, run_id=run_id, night="2026-11-25")
    storage.close()
    before = jobs_db.read_bytes()
    environment = os.environ | {"STELLWERK_JOBS_DB": str(jobs_db), "STELLWERK_RAW_DB": str(raw_db)}

    running = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "reprocess", "--yes"], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert running.stderr is not None
    assert running.stderr.readline() == f"  {reprocess.SLAB:,} adverts read ...\n"
    os.killpg(running.pid, signal.SIGINT)  # as Ctrl-C does: to all its processes
    told, _ = running.communicate(timeout=60)

    assert (running.returncode, told) == (
        130, f"scrapy reprocess: ended before all were read. {jobs_db} is as it was.\n"
    )  # fmt: skip
    assert jobs_db.read_bytes() == before
    assert [each.name for each in tmp_path.glob("reprocess*")] == []
