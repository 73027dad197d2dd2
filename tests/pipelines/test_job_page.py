"""Reading a page's markup, however broken; the oddities are those of docs/sources.md, in our own words."""

import gzip
import json

import pytest

from pipelines import job_page
from tests.stopwatch import within

POST = '{"@context": "https://schema.org", "@type": "JobPosting", "title": "IT-Leiter", "description": "Text"}'
OTHER = '{"@type": "BreadcrumbList", "itemListElement": []}'


def script(text: str, kind: str = "application/ld+json") -> str:
    return f'<script type="{kind}">{text}</script>'


def page(*scripts: str, body: str = "<p>Text</p>") -> str:
    return f"<!DOCTYPE html><html><head>{''.join(scripts)}</head><body>{body}</body></html>"


def titles(html: str) -> list[str | None]:
    return [each.get("title") for each in job_page.markup(html).postings]


# ---------------------------------------------------------------- one block


@pytest.mark.parametrize(
    ("block", "repairs"),
    [
        (POST, []),
        (f"\ufeff\n {POST} ", []),
        (POST.replace("Text", "Zeile\neins\tzwei"), []),
        (f"{POST}\n{OTHER}", []),
        (f"// <![CDATA[\n{POST}\n// ]]>", []),
        (f"//<![CDATA[ {POST} //]]>", []),
        (f"/* <![CDATA[ */ {POST} /* ]]> */", []),
        (f"<![CDATA[{POST}]]>", []),
        (f"<!-- {POST} -->", []),
        (f"<!--\n{POST}\n//-->", []),
        (POST.replace('"', "&quot;"), ["unescaped"]),
        (f"{POST};", ["tidied"]),
        (POST.replace('"Text"', '"Text",'), ["tidied"]),
        (f"{POST} // Ende", ["tidied"]),
        (f"/* eins */ {POST}", ["tidied"]),
        (POST.replace("Text", r"bis 100 \$"), ["tidied"]),
        (POST.replace('", "title"', '"  "title"'), ["tidied"]),
        (POST.replace('"title":', '\u00a0"title":'), ["tidied"]),
        (json.dumps(POST), ["encoded twice"]),
        (POST.replace("Text", 'eine "gute" Stelle'), ["guessed"]),
    ],
    ids=[
        "as it should be", "byte order mark", "raw line break", "two objects", "CDATA //", "CDATA // on one line",
        "CDATA /* */", "CDATA bare", "comment", "comment with //", "escaped for HTML", "semicolon", "comma at the end",
        "comment after", "comment before", "wrong escape", "missing comma", "no-break space", "JSON in JSON",
        "quotes inside",
    ],
)  # fmt: skip
def test_block_is_read_and_what_it_took_is_told(block: str, repairs: list[str]) -> None:
    found = job_page.markup(page(script(block)))

    assert [each["title"] for each in found.postings] == ["IT-Leiter"]
    assert found.repairs == repairs


def test_entity_inside_a_good_block_stays_for_the_reader_of_the_field() -> None:
    block = POST.replace("Text", "a &quot;b&quot;")

    assert job_page.markup(page(script(block))).postings[0]["description"] == "a &quot;b&quot;"


@pytest.mark.parametrize("broken", ["{kaputt", "", "null", "not json", '{"@type": "JobPosting", "title"', "[" * 5_000])
def test_broken_block_costs_its_neighbour_nothing(broken: str) -> None:
    assert titles(page(script(broken), script(POST), script(broken))) == ["IT-Leiter"]


@pytest.mark.parametrize(
    "html",
    [
        script(POST, "application/ld+json; charset=utf-8"),
        script(POST, "APPLICATION/LD+JSON"),
        f'<script data-ch="1" async type="application/ld+json">{POST}</script>',
        script(POST.replace("Text", r"<b>x<\/b><\/script>")),
    ],
    ids=["with charset", "upper case", "another attribute first", "an escaped end of script"],
)
def test_script_is_found_by_its_type_however_written(html: str) -> None:
    assert titles(page(html)) == ["IT-Leiter"]


@pytest.mark.parametrize(
    "html", [f"<!-- {script(POST)} -->", script(POST, "json/ld"), script(POST, "text/javascript")],
    ids=["commented out", "wrong type", "a program"],
)  # fmt: skip
def test_what_is_no_markup_is_not_read(html: str) -> None:
    assert titles(page(html)) == []


# ---------------------------------------------------------------- the tree


@pytest.mark.parametrize(
    "block",
    [
        {"@graph": [{"@type": "WebPage"}, {"@type": "JobPosting", "title": "A"}]},
        [{"@type": "JobPosting", "title": "A"}],
        {"@type": "WebPage", "mainEntity": {"@type": "JobPosting", "title": "A"}},
        {"@type": ["Thing", "JobPosting"], "title": "A"},
        {"@type": "http://schema.org/JobPosting", "title": "A"},
        {"@type": "jobposting", "title": "A"},
        {"@type": "JobPosting", "Title": "A", "DatePosted": "2026-11-01"},
        {"vendor": {"data": [{"@type": "schema:JobPosting", "title": "A"}]}},
    ],
    ids=["graph", "list", "main entity", "several types", "type as address", "lower case", "upper keys", "vendor's"],
)
def test_posting_is_found_wherever_it_stands(block: object) -> None:
    assert titles(page(script(json.dumps(block)))) == ["A"]


def test_reference_is_followed_on_the_page() -> None:
    graph = {"@graph": [
        {"@type": "Organization", "@id": "#o", "name": "Muster GmbH"},
        {"@type": "JobPosting", "title": "A", "hiringOrganization": {"@id": "#o"}},
    ]}  # fmt: skip

    (posting,) = job_page.markup(page(script(json.dumps(graph)))).postings

    assert posting["hiringOrganization"] == {"@type": "Organization", "@id": "#o", "name": "Muster GmbH"}


def test_reference_in_a_circle_ends() -> None:
    graph = {"@graph": [{"@type": "JobPosting", "@id": "#a", "title": "A", "sameAs": {"@id": "#a"}}]}

    assert titles(page(script(json.dumps(graph)))) == ["A"]


def test_list_gives_its_addresses_and_the_postings_in_it() -> None:
    listed = {"@type": "ItemList", "itemListElement": [
        {"@type": "ListItem", "url": "https://a.example/1"},
        {"@type": "ListItem", "item": {"@id": "https://a.example/2"}},
        {"@type": "ListItem", "item": {"@type": "JobPosting", "title": "A"}},
    ]}  # fmt: skip

    found = job_page.markup(page(script(json.dumps(listed))))

    assert found.listed == ["https://a.example/1", "https://a.example/2"]
    assert [each["title"] for each in found.postings] == ["A"]


def test_feed_gives_its_items() -> None:
    items = [{"@type": "DataFeedItem", "item": {"@type": "JobPosting", "title": each}} for each in "AB"]
    feed = {"@type": "DataFeed", "dataFeedElement": items}

    assert titles(page(script(json.dumps(feed)))) == ["A", "B"]


MICRODATA = (
    '<div itemscope itemtype="https://schema.org/JobPosting"><span itemprop="title">A</span>'
    '<div itemprop="hiringOrganization" itemscope itemtype="https://schema.org/Organization">'
    '<meta itemprop="name" content="L\'Oréal"></div></div>'
)


def test_microdata_is_read_where_there_is_no_script() -> None:
    (posting,) = job_page.markup(page(body=MICRODATA)).postings

    assert posting["title"] == "A"
    assert posting["hiringOrganization"]["name"] == "L'Oréal"


def test_script_outranks_microdata() -> None:
    assert titles(page(script(POST), body=MICRODATA)) == ["IT-Leiter"]


# ---------------------------------------------------------------- still offered?


@pytest.mark.parametrize(
    "words",
    [
        "Diese Stelle ist leider bereits besetzt.", "Die Stellenanzeige wurde deaktiviert.",
        "Leider nicht mehr verfügbar",
        "Das Stellenangebot ist nicht mehr online.", "We are no longer accepting applications for this role.",
        "This position has been filled.", "This job is no longer available", "Die Bewerbungsfrist ist abgelaufen",
    ],
)  # fmt: skip
def test_page_that_says_so_offers_its_job_no_more(words: str) -> None:
    why = job_page.withdrawn(page(body=f"<main>{words}</main>"), "Text")

    assert why is not None
    assert why.startswith("the page says: “")


@pytest.mark.parametrize(
    "words",
    [
        "Nicht mehr anzeigen",
        "Wir suchen Sie, sobald die Stelle besetzt werden kann.",
        "Job speichern",
        "Online bewerben",
    ],
)
def test_other_words_close_nothing(words: str) -> None:
    assert job_page.withdrawn(page(body=f"<main>{words}</main>"), "Text") is None


def test_page_that_shows_far_less_than_it_declares_offers_its_job_no_more() -> None:
    text = "<p>Sie leiten die IT eines Hauses mit 600 Menschen.</p>" * 12

    assert job_page.withdrawn(page(body="<main>Karriere bei uns</main>"), text) == (
        "the page shows 16 characters of the 587 that it declares"
    )
    assert job_page.withdrawn(page(body=f"<main>{text}</main>"), text) is None
    assert job_page.withdrawn(page(body="<main>Karriere</main>"), "<p>Kurz</p>") is None


def test_title_of_the_page_stands_in_when_it_ends_in_the_organisation() -> None:
    html = "<html><head><title>IT-Leiter (m/w/d) - Muster GmbH</title></head><body></body></html>"

    assert job_page.titled(html, "Muster GmbH") == "IT-Leiter (m/w/d)"
    assert job_page.titled(html, "Andere AG") is None
    assert job_page.titled(html, None) is None


# ---------------------------------------------------------------- hostile


HOSTILE = {
    "nested": page(script("[" * 50_000 + "]" * 50_000)),
    "nested objects": page(script('{"a":' * 15_000 + "1" + "}" * 15_000)),
    "many scripts": page(*[script(POST)] * 900),
    "many broken scripts": page(*[script('{"@type": "JobPosting", "title": "a')] * 1_000),
    "huge number": page(script('{"@type": "JobPosting", "title": ' + "9" * 90_000 + "}")),
    "one long string": page(script('{"@type": "JobPosting", "title": "' + "a" * 90_000)),
    "escapes": page(script('{"@type": "JobPosting", "title": "' + "\\" * 90_000 + '"}')),
    "slashes": page(script('{"@type": "JobPosting", "title": "a" ' + "//" * 40_000 + "}")),
    "commas": page(script('{"@type": "JobPosting"' + "," * 90_000 + "}")),
    "spaces": page(script('{"@type": "JobPosting"' + " " * 90_000 + "}")),
    "quotes": page(script('{"@type": "JobPosting", ' + '" ' * 45_000 + "}")),
    "comments": page(script("{}" + "/*" * 45_000)),
    "guards": page(script("<!--" * 20_000)),
    "words": "<html><body>" + "stelle ist " * 9_000 + "</body></html>",
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_page_costs_little_time_and_raises_nothing(html: str) -> None:
    job_page.markup(html)  # what is loaded once
    with within(0.4):  # 50 ms alone on a quiet machine
        job_page.markup(html)
        job_page.withdrawn(html, "x" * 5_000)


def test_page_of_a_megabyte_is_read_in_a_moment() -> None:
    html = page(script(POST), body="<div><p>Ein Absatz mit <b>Text</b></p></div>" * 25_000)
    with within(1.0):
        assert titles(html) == ["IT-Leiter"]
    assert len(gzip.compress(html.encode())) < 100_000  # such pages are cheap to send
