"""Watches: what `tell.toml` may say, whom a post is for, and the quiet hours."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipelines.news import Change, News, Post
from pipelines.watches import Watch, WatchError, apart, chosen, due, is_wanted, read

POST = Post(
    "1", "IT-Leiter", "Muster GmbH", "muster", "employer", "Hagen", 17.0, "it-leiter", "head", "exact", "hybrid",
    80_000.0, 95_000.0, "stated", None, None, "2026-11-25", "2026-11-25", "open", None, None,
    "IT-Leiter (m/w/d) Wir suchen Erfahrung mit SAP S/4HANA, NIS2 und Führung.",
)  # fmt: skip
WATCH = Watch("me", ("TELL_MAIL",))


def test_everything_that_may_be_said() -> None:
    (found,) = read(
        """
        [[watch]]
        name = "me"
        to = ["TELL_MAIL", "TELL_PHONE"]
        level = ["head", "cio"]
        radius_km = 30
        least_pay = 80000
        each = true
        quiet = "21:00-07:00"
        """
    )

    assert found == Watch(
        "me", ("TELL_MAIL", "TELL_PHONE"), level=("head", "cio"), radius_km=30, least_pay=80_000, each=True,
        quiet="21:00-07:00",
    )  # fmt: skip
    assert read("") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("watch = 1", "each watch begins with a line [[watch]]"),
        ("[[watch]\n", "this is no TOML: "),
        ("[[watch]]\nto = ['TELL']", "watch 1: name is missing"),
        ("[[watch]]\nname = 'me'", "watch 1 (me): to is missing"),
        (
            "[[watch]]\nname = '../me'\nto = ['TELL']",
            "name is made of letters, digits, - and _: its feeds are called so",
        ),
        ("[[watch]]\nname = 'me'\nto = 'TELL'", "watch 1 (me): to is a list of texts, not 'TELL'"),
        (
            "[[watch]]\nname = 'me'\nto = ['TELL']\nradius = 3",
            "watch 1 (me): radius is not known; known are name, to, ",
        ),
        ("[[watch]]\nname = 'me'\nto = ['TELL']\nradius_km = '3'", "watch 1 (me): radius_km is a number, not '3'"),
        ("[[watch]]\nname = 'me'\nto = ['TELL']\nleast_pay = true", "watch 1 (me): least_pay is a number, not True"),
        ("[[watch]]\nname = 'me'\nto = ['TELL']\neach = 1", "watch 1 (me): each is true or false, not 1"),
        ("[[watch]]\nname = 'me'\nto = ['TELL']\nlevel = ['boss']", "level knows cio, head, "),
        ("[[watch]]\nname = 'me'\nto = ['TELL']\nlanguage = 'fr'", "language knows en, de, not fr"),
        ("[[watch]]\nname = 'me'\nto = ['TELL']\nquiet = '9-7'", "quiet is written \"21:00-07:00\", not '9-7'"),
        (
            "[[watch]]\nname = 'me'\nto = ['mailto://a:secret@b']",
            "and one of these is no such name. Addresses hold passwords",
        ),
        ("[[watch]]\nname = 'me'\nto = ['T']\n[[watch]]\nname = 'me'\nto = ['T']", "two watches have the name me"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_write(text: str, told: str) -> None:
    with pytest.raises(WatchError) as raised:
        read(text)
    assert told in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("watch", "post", "wanted"),
    [
        ({}, {}, True),
        ({"level": ("head",)}, {}, True),
        ({"level": ("cio",)}, {}, False),
        ({"level": ("cio",)}, {"level": None}, True),
        ({"role": ("controller",)}, {}, False),
        ({"match": ("near",)}, {}, False),
        ({"remote": ("full", "hybrid")}, {}, True),
        ({"remote": ("full",)}, {}, False),
        ({"radius_km": 17.0}, {}, True),
        ({"radius_km": 16.9}, {}, False),
        ({"radius_km": 5.0}, {"distance_km": None}, True),
        ({"least_pay": 95_000.0}, {}, True),
        ({"least_pay": 95_001.0}, {}, False),
        ({"least_pay": 90_000.0}, {"pay_year_max": None}, False),
        ({"least_pay": 90_000.0}, {"pay_year_min": None, "pay_year_max": None}, True),
        ({"pay_known": True}, {"pay_year_min": None, "pay_year_max": None}, False),
        ({"agencies": False}, {"employer_type": "agency"}, False),
        ({"agencies": False}, {}, True),
        ({"without_employers": ("muster",)}, {}, False),
        ({"without_employers": ("muster",)}, {"employer": None}, True),
        ({"words": ("sap",)}, {}, True),
        ({"words": ("NIS2", "Oracle")}, {}, True),
        ({"words": ("Oracle",)}, {}, False),
        ({"words": ("hrung",)}, {}, False),
        ({"words": ("Fuehrung",)}, {}, True),
        ({"without_words": ("S/4HANA",)}, {}, False),
    ],
)  # fmt: skip
def test_whom_a_post_is_for(watch: dict[str, object], post: dict[str, object], *, wanted: bool) -> None:
    found = is_wanted(replace(POST, **post), replace(WATCH, **watch))  # type: ignore[arg-type]
    assert found is wanted


def test_news_are_sifted_kind_by_kind_and_can_be_told_one_by_one() -> None:
    far = replace(POST, id="2", distance_km=90.0)
    change = (Change("pay", "-", "80000-95000"),)
    news = News(
        "dortmund_itleiter", 1, 2, "2026-11-26", new=(POST, far), changed=((POST, change), (far, change)),
        closed=((POST, 3),), open=2,
    )  # fmt: skip
    found = chosen(news, replace(WATCH, radius_km=50.0, news=("new", "changed")))

    assert found == replace(news, new=(POST,), changed=((POST, change),), closed=())
    assert apart(found) == [replace(found, changed=()), replace(found, new=())]


@pytest.mark.parametrize(
    ("now", "quiet", "sent"),
    [
        ("2026-11-25T03:30", "21:00-07:00", "2026-11-25T06:00"),  # 04:30 in Germany, until 07:00
        ("2026-11-25T21:30", "21:00-07:00", "2026-11-26T06:00"),
        ("2026-11-25T12:00", "21:00-07:00", "2026-11-25T12:00"),
        ("2026-11-25T06:00", "21:00-07:00", "2026-11-25T06:00"),
        ("2026-11-25T12:00", "12:00-14:00", "2026-11-25T13:00"),
        ("2026-11-25T12:00", "", "2026-11-25T12:00"),
        ("2027-03-28T00:30", "21:00-07:00", "2027-03-28T05:00"),  # the night of the change is an hour shorter
    ],
)
def test_quiet_hours(now: str, quiet: str, sent: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert due(moment, quiet) == datetime.fromisoformat(sent).replace(tzinfo=UTC)
