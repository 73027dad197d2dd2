"""Reading stored adverts again: on one core, and on all."""

import json
from datetime import date

import pytest

from crawler.commands import reprocess
from crawler.spiders.job_search import JobSearchSpider
from pipelines.storage import Stored
from tests.adverts import many

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
