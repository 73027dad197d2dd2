"""Feeds, judged by the programs that people read them with."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import feedparser
import icalendar
from lxml import etree

from pipelines import feeds, news
from tests.pipelines.test_brief import EVIL, B, C, batch, job, second
from tests.pipelines.test_storage import SEARCH, Nights

MADE = "2026-11-26T03:17:00+00:00"
ATOM = "{http://www.w3.org/2005/Atom}"


def atom(nights: Nights) -> str:
    with closing(sqlite3.connect(nights.jobs_db)) as connection:
        return feeds.atom(SEARCH, news.entries(connection, SEARCH), MADE)


def calendar(nights: Nights, day: str) -> str:
    with closing(sqlite3.connect(nights.jobs_db)) as connection:
        return feeds.calendar(SEARCH, news.deadlines(connection, SEARCH, day), MADE)


def events(text: str) -> list[Any]:
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def test_feed_tells_each_job_once_with_its_last_news(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.run(batch(b=B, c=C))
    first = feedparser.parse(atom(nights))
    second(nights)
    later = feedparser.parse(atom(nights))

    assert not first.bozo
    assert not later.bozo
    assert first.version == later.version == "atom10"
    assert sorted(each.title for each in first.entries) == [
        "Head of IT · Bogen · Dortmund, 3 km",
        "Leitung IT · Ceder · Dortmund, 3 km",
    ]
    told = {each.title: each for each in later.entries}
    changed = told["Head of IT · Bogen · Dortmund, 3 km"]
    before = {each.title: each for each in first.entries}["Head of IT · Bogen · Dortmund, 3 km"]
    assert set(told) == {
        "CIO · Deich · Dortmund", "Head of IT · Bogen · Dortmund, 3 km", "IT-Leiter · Anker · Dortmund, 3 km",
    }  # fmt: skip
    assert changed.id == before.id
    assert (before.updated, changed.updated) == ("2026-11-25T03:17:00Z", "2026-11-26T03:17:00Z")
    assert changed.published == "2026-11-25T03:17:00Z"
    assert changed.link == "https://bogen.example/1"
    assert changed.summary == (
        "95,000–110,000 € a year (stated) · partly from home\ntitle: Head of IT → Head of IT (Konzern)\n"
        "pay: not stated → 95,000–110,000 € a year"
    )


def test_feed_keeps_the_rules_of_rfc_4287(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.run(batch(a=job(EVIL, "Böse & Söhne\x0b", url="javascript:alert(1)"), b=B))
    feed = etree.fromstring(atom(nights).encode())

    ids = [each.text for each in feed.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids)) == 3
    for container in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(container.findall(f"{ATOM}{name}")) == 1
        moment = container.findtext(f"{ATOM}updated") or ""
        assert datetime.fromisoformat(moment).tzinfo is not None
        assert moment.endswith("Z")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Stellwerk"
    assert [each.get("href") for each in feed.iter(f"{ATOM}link")] == ["https://bogen.example/1"]
    assert {each.get("type") for each in feed.iter(f"{ATOM}content")} == {"text"}


def test_feed_without_jobs_is_a_feed(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.run(batch())
    feed = feedparser.parse(atom(nights))

    assert not feed.bozo
    assert feed.entries == []
    assert feed.feed.updated == "2026-11-26T03:17:00Z"


def test_calendar_has_a_whole_day_for_each_last_day(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    long = job(
        "Leitung IT; Umlaute, äöü ß und ein sehr langer Titel, der umgebrochen wird",
        "Ceder\nZwei",
        apply_by="2026-12-02",
    )
    nights.run(batch(a=B, c=long))
    text = calendar(nights, "2026-11-26")
    (event,) = events(text)

    assert event.errors == []
    assert event["SUMMARY"] == (
        "Leitung IT; Umlaute, äöü ß und ein sehr langer Titel, der umgebrochen wird · Ceder Zwei · Dortmund, 3 km"
    )
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 12, 2), date(2026, 12, 3))
    assert event["DTSTAMP"].dt == datetime(2026, 11, 26, 3, 17, tzinfo=UTC)
    assert "URL" not in event  # it had a line's end in it
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in text.encode().split(b"\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    assert calendar(nights, "2026-12-02").count("BEGIN:VEVENT") == 1
    assert calendar(nights, "2026-12-03").count("BEGIN:VEVENT") == 0
    assert event["UID"] == events(calendar(nights, "2026-12-01"))[0]["UID"]
