"""The brief: three nights of a small market, in both languages and three forms; nothing is told twice."""

import random
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipelines import brief, news
from pipelines.files import reading
from pipelines.health import Certificate
from pipelines.items import Job, Place
from pipelines.news import News
from pipelines.storage import Batch
from tests.pipelines.test_storage import BOARD, JOB, SEARCH, Nights, raw

FAILED = Certificate("failed", "HTTP 503")


def job(title: str, employer: str, **values: object) -> Job:
    """A job of one employer, in Dortmund, that pays 80,000 to 90,000 EUR a year."""
    told: dict[str, object] = {
        "title": title, "title_clean": title, "employer": employer, "employer_key": employer.lower(),
        "city": "Dortmund",
        "places": (Place(city="Dortmund", postal_code=None, state=None, country=None, lat=None, lon=None),),
        "distance_km": 3.0, "level": "head", "match": "exact", "pay_year_min": 80_000.0, "pay_year_max": 90_000.0,
        "pay_basis": "stated", "text": f"Ein Text über {employer}. " * 20, "url": f"https://{employer.lower()}.example/1",
        "apply_by": None, "remote": "none", "employer_type": "employer", "reference": None,
    }  # fmt: skip
    return replace(JOB, **(told | values))  # type: ignore[arg-type]


def batch(**jobs: Job) -> Batch:
    return Batch(accepted=[(raw(number), each) for number, each in jobs.items()])


def tell(nights: Nights, search: str = SEARCH) -> News:
    """Write the brief that is due, as a run does at its end."""
    with closing(sqlite3.connect(nights.jobs_db, isolation_level=None)) as connection:
        found = news.unbriefed(connection, search)
        assert found is not None
        news.told(connection, found, datetime(2026, 11, 26, tzinfo=UTC))
    return found


A = job("IT-Leiter", "Anker")
B = job("Head of IT", "Bogen", pay_year_min=None, pay_year_max=None, pay_basis=None, remote="hybrid")
C = job("Leitung IT", "Ceder", apply_by="2026-12-02")
D = job("CIO", "Deich", level="cio", distance_km=None, pay_year_max=None)


@pytest.fixture
def market(tmp_path: Path) -> Nights:
    """Three nights: A, B, C there; then B better paid, C gone, D new; then C back, A gone, a board in trouble."""
    nights = Nights(tmp_path)
    nights.run(batch(a=A, b=B, c=C))
    return nights


def second(nights: Nights) -> None:
    better = replace(B, pay_year_min=95_000.0, pay_year_max=110_000.0, pay_basis="stated", title="Head of IT (Konzern)")
    nights.run(batch(a=A, b=better, d=D), days=1)


def test_first_night_tells_all_that_is_open(market: Nights) -> None:
    assert brief.written(tell(market)) == (
        "dortmund_itleiter, Wed 25 Nov 2026: 3 new; 3 open\n"
        "\n"
        "NEW\n"
        "  Head of IT · Bogen · Dortmund, 3 km · pay not stated · partly from home\n"
        "    https://bogen.example/1\n"
        "  IT-Leiter · Anker · Dortmund, 3 km · 80,000–90,000 € a year (stated)\n"
        "    https://anker.example/1\n"
        "  Leitung IT · Ceder · Dortmund, 3 km · 80,000–90,000 € a year (stated) · apply by 2 Dec 2026\n"
        "    https://ceder.example/1\n"
    )


def test_second_night_tells_what_is_new_better_paid_and_gone(market: Nights) -> None:
    tell(market)
    second(market)

    assert brief.written(tell(market), "de") == (
        "dortmund_itleiter, Do 26.11.2026: 1 neu, 1 geändert, 1 geschlossen; 3 offen\n"
        "\n"
        "NEU\n"
        "  CIO · Deich · Dortmund · ab 80.000 € im Jahr (genannt)\n"
        "    https://deich.example/1\n"
        "\n"
        "GEÄNDERT\n"
        "  Head of IT · Bogen · Dortmund, 3 km · 95.000–110.000 € im Jahr (genannt) · teils von zu Hause\n"
        "    Titel: Head of IT → Head of IT (Konzern)\n"
        "    Gehalt: nicht genannt → 95.000–110.000 € im Jahr\n"
        "    https://bogen.example/1\n"
        "\n"
        "GESCHLOSSEN\n"
        "  Leitung IT · Ceder · Dortmund, 3 km · war einen Tag offen\n"
        "    https://ceder.example/1\n"
    )


def test_third_night_tells_what_is_back_and_which_board_is_in_trouble(market: Nights) -> None:
    tell(market)
    second(market)
    tell(market)
    market.run(batch(a=A, c=C, d=D), days=2, certificate=FAILED, said=[(BOARD, f"{BOARD} failed: HTTP 503.")])

    assert brief.written(tell(market)) == (
        "dortmund_itleiter, Fri 27 Nov 2026: 1 back again; 4 open\n"
        "\n"
        "BACK AGAIN\n"
        "  Leitung IT · Ceder · Dortmund, 3 km · 80,000–90,000 € a year (stated) · apply by 2 Dec 2026\n"
        "    https://ceder.example/1\n"
        "\n"
        "PAY\n"
        "  head: 7,083 € a month at the median of 3 (7,083 to 8,542)\n"
        "  Local knowledge, head of IT: entry 4,500–5,900 € a month, experienced 7,000–8,200 €.\n"
        "\n"
        "BOARDS\n"
        "  0 of 1 boards complete\n"
        f"  {BOARD} failed: HTTP 503.\n"
    )


def test_empty_day_is_one_line(market: Nights) -> None:
    tell(market)
    market.run(batch(a=A, b=B, c=C), days=1)

    assert brief.written(tell(market)) == (
        "dortmund_itleiter, Thu 26 Nov 2026: nothing new; 3 open; the board complete\n"
    )


def test_last_day_that_comes_near_is_told_once(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    later = replace(C, apply_by="2026-12-04")
    closing = []
    for day in range(10):
        nights.run(batch(a=A, c=later), days=day)
        closing.append([post.title for post in tell(nights).closing])

    assert closing == [[], [], ["Leitung IT"], [], [], [], [], [], [], []]


def test_pay_of_a_level_needs_three_posts_and_stands_beside_local_knowledge(market: Nights) -> None:
    market.run(batch(a=A, b=replace(B, pay_year_min=60_000.0), c=C), days=1)
    told = brief.written(tell(market))

    assert "  head: 7,083 € a month at the median of 3 (5,000 to 7,083)\n" in told
    assert "  Local knowledge, head of IT: entry 4,500–5,900 € a month, experienced 7,000–8,200 €.\n" in told


def test_asked_again_the_last_brief_is_repeated_and_a_free_span_tells_all(market: Nights) -> None:
    tell(market)
    second(market)
    told = tell(market)

    assert news.latest(market.jobs_db, SEARCH) == told
    everything = news.since(market.jobs_db, SEARCH, "2026-11-01")
    assert everything is not None
    assert [post.title for post in everything.new] == ["Head of IT", "IT-Leiter", "CIO"]
    assert [post.title for post, _ in everything.closed] == []  # came and went within the span
    assert news.since(market.jobs_db, "controller_hagen", "2026-11-01") is None


def test_nothing_is_told_twice_and_nothing_is_left_out_in_twenty_nights(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - a simulation
    nights = Nights(tmp_path)
    posts = {f"n{number}": job(f"IT-Leiter {number}", f"Firma{number}") for number in range(12)}
    told: list[tuple[str, str]] = []
    for day in range(20):
        there = {number: each for number, each in posts.items() if chance.random() < 0.7}
        nights.run(batch(**there), days=day)
        found = tell(nights)
        told += [("open", post.id) for post in (*found.new, *found.back)]
        told += [("closed", post.id) for post, _ in found.closed]
    with reading(nights.jobs_db) as connection:
        happened = connection.execute(
            "SELECT new, job_id FROM changes WHERE field = 'status' ORDER BY run_id"
        ).fetchall()

    assert sorted(told) == sorted(happened)
    assert len(told) > 60


EVIL = '"><script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>\n# Kopf'


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.links |= {value or "" for name, value in attrs if name in ("href", "src") or name.startswith("on")}


def test_what_strangers_wrote_is_never_markup(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.run(batch(a=job(EVIL, EVIL, url="javascript:alert(1)"), b=B))
    found = tell(nights)
    page, marked = brief.written(found, "en", "html"), brief.written(found, "en", "markdown")
    tags = Tags()
    tags.feed(page)

    assert tags.found == {"html", "head", "meta", "title", "style", "body", "h1", "h2", "ul", "li", "a"}
    assert tags.links == {"https://bogen.example/1"}
    assert "<script" not in re.sub(r"\\.", "", marked)
    assert "](" in marked.replace("\\](", "")  # our own links
    assert not re.search(r"(?<!\\)\]\(javascript", marked)
    assert not re.search(r"^# Kopf", marked, re.MULTILINE)
