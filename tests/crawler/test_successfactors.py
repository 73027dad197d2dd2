"""SuccessFactors: the surfaces that the generic test does not show, and the way from one to the next."""

import json
from typing import Any

import pytest

from crawler.boards import Board
from crawler.sources import SOURCES
from crawler.sources.base import ContractError
from pipelines.items import Place
from tests.recorded_boards import Recorded, read

HOME = "https://jobs.stahl.example"
BOARD = Board("successfactors", "jobs.stahl.example", HOME, "Stahl AG")
TILES = f"{HOME}/tile-search-results/?q=&sortColumn=referencedate&sortDirection=desc&startrow="
JOBS = f"{HOME}/services/recruiting/v1/jobs"
HTML = {"Content-Type": "text/html; charset=utf-8"}
SHELL = Recorded(f"{TILES}0", b"<!DOCTYPE html>\n", headers=HTML)
OFF = [
    Recorded(f"{HOME}/sitemal.xml", b"<html><body>Karriere</body></html>", headers=HTML),
    Recorded(f"{HOME}/googlefeed.xml", b"", status=404),
]


def named(path: str) -> Board:
    return Board("successfactors", "jobs.stahl.example", HOME + path, "Stahl AG")


def tiles(start: int, *numbers: int) -> Recorded:
    body = "".join(
        f'<li class="job-tile job-id-{each}" data-url="/job/Unna-IT-&amp;-Netz/{each}/">'
        f'<a class="jobTitle-link" href="/x">IT &amp; Netz {each}</a>'
        f'<a class="jobTitle-link" href="/x">IT &amp; Netz {each}</a>'
        f'<div id="job-{each}-desktop-section-city-value">Unna  </div></li>'
        for each in numbers
    )
    return Recorded(f"{TILES}{start}", f"<ul>{body}</ul>".encode(), headers=HTML)


def jobs(locale: str, page: int, total: int, *records: Any) -> Recorded:
    body = {"totalJobs": total, "jobSearchResult": [*records]}
    asked = {"keywords": "", "locale": locale, "location": "", "pageNumber": page, "sortBy": "recent"}
    return Recorded(JOBS, json.dumps(body).encode(), "POST", headers={"Content-Type": "application/json"}, asked=asked)


def record(number: int, **fields: Any) -> dict[str, Any]:
    said = {"id": str(number), "unifiedStandardTitle": f"Stelle {number}", "unifiedUrlTitle": f"Stelle-{number}"}
    return {"response": {**said, "jobLocationShort": ["Unna<br/>"], **fields}}


def search(text: str) -> Recorded:
    return Recorded(f"{HOME}/search/", text.encode(), headers=HTML)


def gone(*addresses: str) -> list[Recorded]:
    return [Recorded(HOME + each, b"", status=404) for each in addresses]


# ---------------------------------------------------------------- RSS


def test_empty_feed_is_a_list_without_adverts() -> None:
    feed = Recorded(f"{HOME}/sitemal.xml", b"<rss><channel/></rss>", headers={"Content-Type": "text/xml"})

    assert read(BOARD, [feed]).postings == {}


def test_sitemap_at_the_feeds_address_is_no_empty_feed() -> None:
    urlset = Recorded(
        f"{HOME}/sitemal.xml", b"<urlset><url><loc>x</loc></url></urlset>", headers={"Content-Type": "text/xml"}
    )
    feed = Recorded(f"{HOME}/googlefeed.xml", b"<rss><channel/></rss>", headers={"Content-Type": "text/xml"})

    assert read(BOARD, [urlset, feed]).asked == [f"GET {HOME}/sitemal.xml", f"GET {HOME}/googlefeed.xml"]


def test_every_place_of_an_item_is_kept() -> None:
    item = {
        "title": "Leiter IT (Unna, NW, DE)",
        "link": f"{HOME}/job/x/1234567890/",
        "location": ["Unna, NW, DE", "Hamm, NW, DE"],
    }

    posting = SOURCES["successfactors"].posting(item, None)

    assert (posting.title, posting.places) == ("Leiter IT", (Place(city="Unna, NW, DE"), Place(city="Hamm, NW, DE")))


# ---------------------------------------------------------------- tiles


def test_tiles_lead_on_by_their_number_until_nothing_new_comes() -> None:
    pages = [tiles(0, 1, 2, 3), tiles(3, 4), tiles(4, 1, 2, 3)]

    found = read(
        named("/tile-search-results/"), [*pages, *gone(*(f"/job/Unna-IT-&-Netz/{each}/" for each in (1, 2, 3, 4)))]
    )

    assert [(each.source_id, each.title, each.place) for each in found.postings.values()] == [
        (str(each), f"IT & Netz {each}", "Unna") for each in (1, 2, 3, 4)
    ]
    assert found.postings["1"].url == f"{HOME}/job/Unna-IT-&-Netz/1/"


def test_brand_of_a_shared_site_keeps_its_path() -> None:
    (first,) = SOURCES["successfactors"].start(named("/Marke/tile-search-results/"), None)  # type: ignore[arg-type]

    assert first.url.startswith(f"{HOME}/Marke/tile-search-results/?")


def test_page_of_an_advert_says_more_than_its_tile() -> None:
    page = (
        '<html><body><div itemscope itemtype="http://schema.org/JobPosting"><h1 itemprop="title">Leiter IT (m/w/d)</h1>'
        '<meta itemprop="datePosted" content="Mon Jul 13 00:00:00 UTC 2026"/>'
        '<span itemprop="hiringOrganization" itemscope itemtype="http://schema.org/Organization">'
        '<meta itemprop="name" content="Stahl Netz GmbH"/></span>'
        '<span itemprop="description"><p>Sie leiten.</p></span></div></body></html>'
    )
    detail = Recorded(f"{HOME}/job/Unna-IT-&-Netz/9/", page.encode(), headers=HTML)

    (posting,) = read(named("/tile-search-results/"), [tiles(0, 9), tiles(1), detail]).postings.values()

    assert (posting.title, posting.employer, posting.place) == ("Leiter IT (m/w/d)", "Stahl Netz GmbH", "Unna")
    assert posting.published_on == "Mon Jul 13 00:00:00 UTC 2026"


# ---------------------------------------------------------------- newer sites


def test_surfaces_are_asked_in_order_until_one_answers_as_such() -> None:
    found = read(
        BOARD, [*OFF, SHELL, search("?locale=de_DE"), jobs("de_DE", 0, 1, record(7)), *gone("/job/Stelle-7/7-de_DE")]
    )

    assert [*found.postings] == ["7"]
    assert [each.removeprefix(f"GET {HOME}") for each in found.asked[:4]] == [
        "/sitemal.xml", "/googlefeed.xml", TILES.removeprefix(HOME) + "0", "/search/",
    ]  # fmt: skip


def test_board_that_offers_no_surface_is_no_empty_board() -> None:
    refused = [
        Recorded(JOBS, b"<html>403</html>", "POST", status=403),
        Recorded(f"{HOME}/search/", b"", status=404),
    ]

    with pytest.raises(ContractError, match="HTTP 403"):
        read(BOARD, [*OFF, SHELL, *refused])


def test_locales_are_read_one_after_the_other_and_no_advert_counts_twice() -> None:
    offered = (
        '<a href="?q=&amp;locale=en_US">English</a><a href="/search/?locale=de_DE">Deutsch</a><a href="?locale=fr_FR">'
    )
    german, english = [record(each) for each in range(1, 13)], [record(12, unifiedStandardTitle="Job 12"), record(13)]

    found = read(
        named("/services/recruiting/v1/jobs"),
        [
            search(offered),
            jobs("de_DE", 0, 12, *german[:10]), jobs("de_DE", 1, 12, *german[10:]), jobs("en_US", 0, 2, *english),
            *gone(*(f"/job/Stelle-{each}/{each}-de_DE" for each in range(1, 13)), "/job/Stelle-13/13-en_US"),
        ],
    )  # fmt: skip

    assert (len(found.postings), found.totals) == (13, [None, 12, 12, 13])
    assert found.postings["12"].title == "Stelle 12"


def test_site_that_shows_the_same_page_again_does_not_pass_for_read() -> None:
    same = [record(each) for each in range(1, 11)]

    found = read(
        named("/services/recruiting/v1/jobs"),
        [
            search("?locale=de_DE"), jobs("de_DE", 0, 20, *same), jobs("de_DE", 1, 20, *same),
            *gone(*(f"/job/Stelle-{each}/{each}-de_DE" for each in range(1, 11))),
        ],
    )  # fmt: skip

    assert (len(found.postings), found.totals) == (10, [None, 20, 20])


def test_odd_record_costs_no_neighbour() -> None:
    found = read(
        named("/services/recruiting/v1/jobs"),
        [
            search(""),
            jobs(
                "de_DE", 0, 4, None, {"response": None}, {"response": {"id": ["x"]}}, record(5, jobLocationShort=None)
            ),
            jobs("en_US", 0, 0),
            *gone("/job/Stelle-5/5-de_DE"),
        ],
    )

    assert ([*found.postings], len(found.unreadable)) == (["5"], 3)


def test_day_with_the_month_first_is_read_where_the_locale_says_so() -> None:
    def day(locale: str, stated: Any) -> str | None:
        listed = {**record(1)["response"], "base": HOME, "locale": locale, "unifiedStandardStart": stated}
        return SOURCES["successfactors"].posting(listed, None).published_on

    assert day("en_US", "6/8/26") == "2026-06-08"
    assert day("en_GB", "6/8/26") == "6/8/26"
    assert day("de_DE", "20.11.23") == "20.11.23"
    assert day("de_DE", None) is None


def test_every_place_of_a_record_is_kept() -> None:
    listed = {
        **record(1)["response"],
        "base": HOME,
        "locale": "de_DE",
        "jobLocationShort": ["Unna<br/>", "Hamm, DEU, 59065<br/>"],
    }

    assert SOURCES["successfactors"].posting(listed, None).places == (
        Place(city="Unna"),
        Place(city="Hamm, DEU, 59065"),
    )
