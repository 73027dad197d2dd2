"""A year of nights leaves files that do not grow without end, nights that do not get longer, memory that stays.

The real storage, night after night on one pair of files: a board of some three hundred adverts of which one in thirty
goes each night and another comes, briefs and feeds written, snapshots taken, old payloads dropped.
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pipelines import brief, feeds, news, snapshots
from pipelines.health import Ledger
from pipelines.storage import Batch, Storage
from tests.pipelines.test_storage import BOARD, COMPLETE, FIRST, JOB, NO, SEARCH, raw

WANTED, OTHERS = 60, 240  # adverts of a night
WORDS = [f"Wort{number}" for number in range(3_000)]


def advert(number: int) -> tuple[object, object]:
    """Return an advert with a text of 3 kB that no other has."""
    chance = random.Random(number)  # noqa: S311 - a simulation
    text = " ".join(chance.choices(WORDS, k=400))
    job = replace(
        JOB, title=f"IT-Leiter {number}", title_clean=f"IT-Leiter {number}", employer=f"Firma {number}",
        employer_key=f"firma {number}", text=text, reference=None,
    )  # fmt: skip
    return replace(raw(str(number), words=str(number)), payload=b'{"listed":"%s"}' % text.encode()), job


def prove(nights: int = 365, *, tell: Callable[[str], object] = str) -> str:
    """Live so many nights; returns the figures, raises AssertionError where something grows."""
    chance = random.Random(5)  # noqa: S311 - a simulation
    whole: list[float] = []  # processor seconds for each MB of jobs.db, which keeps every job: it is checked and copied
    own: list[float] = []  # ... of the rest of each night
    sizes: dict[int, tuple[float, float, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        jobs_db, raw_db = folder / "jobs.db", folder / "private" / "raw.db"
        wanted, others, fresh = list(range(WANTED)), list(range(1_000_000, 1_000_000 + OTHERS)), WANTED
        for night in range(nights):
            start = time.process_time()
            through = one_night(jobs_db, raw_db, night, wanted, others)
            own.append(time.process_time() - start - through)
            whole.append(through / _megabytes(jobs_db))
            for there in (wanted, others):
                for at in range(len(there)):
                    if chance.random() < 1 / 30:
                        there[at] = fresh = fresh + 1
            if (night + 1) % 60 == 0 or night + 1 == nights:
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                sizes[night + 1] = (_megabytes(jobs_db), _megabytes(raw_db), memory)
                tell(f"night {night + 1}: jobs.db {sizes[night + 1][0]:.1f} MB, raw.db {sizes[night + 1][1]:.1f} MB,"
                     f" {memory:.0f} MB of memory, {own[-1]:.2f} s, {whole[-1] * 1000:.0f} ms for each MB")  # fmt: skip
        log = _megabytes(folder / "jobs.db-wal") + _megabytes(raw_db.with_name("raw.db-wal"))
        copies = len(snapshots.found(snapshots.folder(raw_db)))
    early, last = sizes[min(120, nights)], sizes[nights]
    # The quickest of thirty, so that a busy machine fails nothing.
    first, late = min(own[60:90]), min(own[-30:])
    then, now = 1000 * min(whole[60:90]), 1000 * min(whole[-30:])
    assert last[1] <= early[1] * 1.3, f"raw.db grew from {early[1]:.1f} to {last[1]:.1f} MB"
    assert late <= first * 2.0, f"a night took {first:.2f} s, and takes {late:.2f} s"
    assert now <= then * 2.0, f"going through the file took {then:.1f} ms for each MB, and takes {now:.1f} ms"
    assert last[2] <= early[2] * 1.3, f"memory grew from {early[2]:.0f} to {last[2]:.0f} MB"
    assert log < 0.1, f"the logs hold {log:.1f} MB"
    assert copies <= 11, f"{copies} snapshots are kept"
    return (
        f"{nights} nights of {WANTED + OTHERS} adverts: jobs.db {last[0]:.1f} MB (it keeps every job), raw.db"
        f" {last[1]:.1f} MB ({early[1]:.1f} after night 120), {last[2]:.0f} MB of memory ({early[2]:.0f}), a night"
        f" {late:.2f} s of processor time ({first:.2f} in the third month) and {now:.1f} ms for each MB of jobs.db"
        f" ({then:.1f}), logs {log:.1f} MB, {copies} snapshots"
    )


def one_night(jobs_db: Path, raw_db: Path, night: int, wanted: list[int], others: list[int]) -> float:
    """Store one night as component.py does; return the processor seconds in which all of jobs.db was gone through."""
    now = FIRST + timedelta(days=night)
    day = now.date().isoformat()
    start = time.process_time()
    storage = Storage(jobs_db, raw_db)
    through = time.process_time() - start
    try:
        run_id = storage.begin_run(SEARCH, now)
        batch = Batch(
            accepted=[advert(number) for number in wanted],  # type: ignore[misc]
            filtered=[
                (replace(raw(str(number), words=str(number)), payload=b'{"listed":%d}' % number), NO)
                for number in others
            ],
        )
        storage.store(batch, run_id=run_id, night=day)
        seen = {str(number) for number in (*wanted, *others)}
        storage.finish_board(
            Ledger(BOARD, fetched=len(seen)), COMPLETE, seen=seen, nights_to_close=1, run_id=run_id, now=now, night=day
        )
        storage.group(run_id, day)
        storage.measure_coverage(run_id)
        storage.finish_run(run_id, now + timedelta(minutes=5), 0, "finished", 3)
        found = news.unbriefed(storage.jobs.conn, SEARCH)
        assert found is not None
        assert brief.written(found, "en", "html")
        feeds.atom(SEARCH, news.entries(storage.jobs.conn, SEARCH), now.isoformat())
        news.told(storage.jobs.conn, found, now)
        start = time.process_time()
        snapshots.take(storage.jobs.conn, snapshots.folder(raw_db), day)
        through += time.process_time() - start
    finally:
        storage.close()
    return through


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 1e6 if path.exists() else 0.0


if __name__ == "__main__":
    print(prove(int(sys.argv[1]) if len(sys.argv) > 1 else 365, tell=lambda line: print(line, flush=True)))
