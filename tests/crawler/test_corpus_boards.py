"""Recorded answers of real boards, where the folder is given: every posting found, none invented, its fields right.

The expected values are read from the files by other means than the source's own.
"""

import html
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.boards import Board
from tests.recorded_boards import Reading, Recorded, read

CORPUS = Path(os.environ.get("STELLWERK_CORPUS", "/nowhere"))
pytestmark = pytest.mark.skipif(
    not (CORPUS / "ats").is_dir(), reason="set STELLWERK_CORPUS to the folder of recorded answers to read them"
)
JSON, XML, HTML = ({"Content-Type": each} for each in ("application/json", "text/xml", "text/html; charset=utf-8"))
HOME = "https://jobs.acme.example"
PERSONIO = "https://acme.jobs.personio.de"


def recorded(file: str) -> str:
    return (CORPUS / "ats" / file).read_text(encoding="utf-8")


def board(kind: str, url: str, content: Any) -> Reading:
    return read(Board(kind, "acme"), [Recorded(url, json.dumps(content).encode(), headers=JSON)])


def values(reading: Reading, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(getattr(each, name) for name in names) for each in reading.postings.values()]


def cities(reading: Reading) -> list[list[str | None]]:
    return [[place.city for place in each.places] for each in reading.postings.values()]


def stated(position: str, name: str) -> str | None:
    """What an XML element says, found as text."""
    found = re.search(rf"<{name}>(.*?)</{name}>", position, re.DOTALL)
    return html.unescape(found[1].strip()) or None if found else None


@pytest.mark.parametrize(
    ("file", "count"),
    [("careerkit_personio.xml", 1), ("cpsit_multiple-positions.xml", 2), ("cpsit_no-working-experience.xml", 1),
     ("positions.xml", 11)],
)  # fmt: skip
def test_personio(file: str, count: int) -> None:
    body = recorded(f"personio/{file}")
    answers = [Recorded(f"{PERSONIO}/xml?language={each}", body.encode(), headers=XML) for each in ("de", "en")]
    found = read(Board("personio", "acme"), answers)

    by_id = {stated(each, "id"): each for each in reversed(re.findall(r"<position>.*?</position>", body, re.DOTALL))}
    positions = [*reversed(by_id.values())]
    assert len(found.postings) == count
    assert values(found, "source_id", "title", "url", "employer", "published_on") == [
        (stated(each, "id"), stated(each, "name"), f"{PERSONIO}/job/{stated(each, 'id')}", stated(each, "subcompany"),
         stated(each, "createdAt"))
        for each in positions
    ]  # fmt: skip
    assert cities(found) == [[html.unescape(o.strip()) for o in re.findall(r"<office>([^<]+)<", e)] for e in positions]
    assert values(found, "hours", "contract") == [
        ({"full-time": "full", "part-time": "part", "full-or-part-time": "full or part"}[str(stated(each, "schedule"))],
         "permanent" if stated(each, "employmentType") == "permanent" else None)
        for each in positions
    ]  # fmt: skip
    for posting, position in zip(found.postings.values(), positions, strict=True):
        for part in re.findall(r"<!\[CDATA\[(.*?)\]\]>", position, re.DOTALL):
            assert part.strip() in (posting.description or "")
    money = [re.search(r"<salaryInformation>.*?</salaryInformation>", each, re.DOTALL) for each in positions]
    pays = [each[0] if each else "" for each in money]
    assert values(found, "pay_min", "pay_max", "pay_currency") == [
        (float(stated(each, "min") or 0) or None, float(stated(each, "max") or 0) or None,
         stated(each, "currencyCode") if stated(each, "min") or stated(each, "max") else None)
        for each in pays
    ]  # fmt: skip


def test_personio_position_with_a_number_alone_is_refused() -> None:
    body = recorded("personio/cpsit_invalid.xml").encode()
    answers = [Recorded(f"{PERSONIO}/xml?language={each}", body, headers=XML) for each in ("de", "en")]

    found = read(Board("personio", "acme"), answers)

    assert (found.postings, len(found.unreadable)) == ({}, 1)


@pytest.mark.parametrize("file", ["page_migosens_jobs.json", "page_graswald_jobs.json"])
def test_personio_career_page(file: str) -> None:
    jobs = json.loads(recorded(f"personio/{file}"))["jobs"]
    whole = recorded("personio/page_helicon_empty.html")
    filled = whole.replace(r"\"jobs\":[]", json.dumps('"jobs":' + json.dumps(jobs))[1:-1])
    answers = [
        Recorded(f"{PERSONIO}/xml?language=de", b"", status=404),
        Recorded(f"{PERSONIO}/?language=de", filled.encode(), headers=HTML),
        *(Recorded(f"{PERSONIO}/job/{each['id']}?language=de", b"", status=404) for each in jobs),
    ]

    found = read(Board("personio", "acme"), answers)

    assert filled != whole
    assert values(found, "source_id", "title", "published_on") == [
        (each["id"], each["name"], each["published_at"]) for each in jobs
    ]
    assert cities(found) == [[each["main_office"], *each.get("additional_offices", [])] for each in jobs]


def test_personio_career_page_of_an_empty_board() -> None:
    page = Recorded(f"{PERSONIO}/?language=de", recorded("personio/page_helicon_empty.html").encode(), headers=HTML)

    found = read(Board("personio", "acme"), [Recorded(f"{PERSONIO}/xml?language=de", b"", status=404), page])

    assert (found.postings, found.totals) == ({}, [None, None])


@pytest.mark.parametrize("file", ["nb_offers_trimmed.json", "workscrapper_recruitee.json"])
def test_recruitee(file: str) -> None:
    content = json.loads(recorded(f"recruitee/{file}"))

    found = board("recruitee", "https://acme.recruitee.com/api/offers", content)

    assert values(found, "source_id", "title", "url", "employer", "published_on", "modified_at", "pay_min") == [
        (str(each["id"]), each["title"], each["careers_url"], each["company_name"], each["published_at"],
         each.get("updated_at"), None)
        for each in content["offers"]
    ]  # fmt: skip
    assert [each.places[0].city if each.places else each.place for each in found.postings.values()] == [
        next((place["city"] for place in each.get("locations", [])), each.get("city") or each["location"])
        for each in content["offers"]
    ]
    assert values(found, "description") == [
        ("\n".join(each[name] for name in ("description", "requirements") if each.get(name)) or None,)
        for each in content["offers"]
    ]


def test_dvinci() -> None:
    content = json.loads(recorded("dvinci/sozialstiftung_bamberg_list_first2.json"))

    found = board("dvinci", "https://acme.dvinci-hr.com/jobPublication/list.json?language=de", content)

    openings = [each["jobOpening"] for each in content]
    assert values(found, "source_id", "title", "url", "published_on", "apply_by") == [
        (str(each["id"]), each["position"], each["jobPublicationURL"],
         each["startDate"] or each["jobOpening"]["createdDate"], each["endDate"])
        for each in content
    ]  # fmt: skip
    assert values(found, "employer", "place", "reference", "first_published_on") == [
        (each["company"]["name"], each["location"], each["reference"], each["createdDate"]) for each in openings
    ]
    assert cities(found) == [[place["name"] for place in each["locations"]] for each in openings]
    assert values(found, "hours", "contract") == [("full or part", "fixed term")] * 2
    assert values(found, "pay_min", "pay_max", "pay_period", "pay_currency") == [
        (45428.61, 55645.64, "year", "EUR"), (None, None, None, None),
    ]  # fmt: skip
    assert "redacted" not in repr(found.postings)


@pytest.mark.parametrize("file", ["teamtailor/careerkit_teamtailor.json", "../jsonld/feeds/teamtailor_jsonfeed.json"])
def test_teamtailor(file: str) -> None:
    feed = json.loads(recorded(file))

    found = board("teamtailor", "https://acme.teamtailor.com/jobs.json", feed)

    assert values(found, "source_id", "title", "url", "published_on", "employer") == [
        (
            re.findall(r"/jobs/([0-9]+)", each["url"])[0],
            each["title"],
            each["url"],
            each["date_published"],
            feed["title"],
        )
        for each in feed["items"]
    ]
    places = [[place["address"] for place in each["_jobposting"]["jobLocation"]] for each in feed["items"]]
    assert [[(p.city, p.postal_code, p.state, p.country) for p in each.places] for each in found.postings.values()] == [
        [tuple(each[f"address{name}"] if name != "postalCode" else each[name]
               for name in ("Locality", "postalCode", "Region", "Country")) for each in addresses]
        for addresses in places
    ]  # fmt: skip


@pytest.mark.parametrize("file", ["jobboard_workable.json", "workscrapper_workable.json"])
def test_workable(file: str) -> None:
    content = json.loads(recorded(f"workable/{file}"))
    content = content.get("widget", content)

    found = board("workable", "https://apply.workable.com/api/v1/widget/accounts/acme?details=true", content)

    assert values(found, "source_id", "title", "url", "employer", "published_on", "description", "remote") == [
        (each["shortcode"], each["title"], each["url"], content["name"], each["published_on"], each.get("description"),
         "full" if each["telecommuting"] else None)
        for each in content["jobs"]
    ]  # fmt: skip
    assert [[(p.city, p.state, p.country) for p in each.places] for each in found.postings.values()] == [
        [(p["city"] or None, p["region"] or each.get("state"), p["country"]) for p in each["locations"]]
        for each in content["jobs"]
    ]


@pytest.mark.parametrize(
    "file", ["softgarden/abeking_feed_shape.json", "../jsonld/feeds/softgarden_demo_jobs.feed.json"]
)
def test_softgarden(file: str) -> None:
    feed = json.loads(recorded(file))

    found = board("softgarden", "https://acme.career.softgarden.de/jobs.feed.json", feed)

    items = [each["item"] for each in feed["dataFeedElement"]]
    assert found.totals == [feed["numberOfItems"]] == [len(items)]
    assert values(found, "source_id", "title", "url", "published_on", "description") == [
        (str(each["identifier"]["value"]), each["title"], each["url"], each["datePosted"], each["description"])
        for each in items
    ]
    assert values(found, "employer") == [(each.get("hiringOrganization", {}).get("name"),) for each in items]
    assert cities(found) == [[each["jobLocation"]["address"]["addressLocality"]] for each in items]


def page(url: str, body: str, status: int = 200) -> Recorded:
    return Recorded(url, body.encode(), status=status, headers=HTML)


def told(reading: Reading) -> list[tuple[str, str, str | None, str | None]]:
    return [(each.source_id, each.title, each.url, each.place) for each in reading.postings.values()]


def test_rexx_page() -> None:
    body = recorded("rexx/rhoen_detail_j1232_jsonld.html")
    node = json.loads(re.sub(r"</?script[^>]*>", "", body))
    url = f"{HOME}/Stelle-de-j1232.html"
    cards = f"<section id='joboffer_table_container' data-all-count='1'><a href='{url}'>Stelle</a></section>"

    (found,) = read(
        Board("rexx", "acme", HOME), [page(f"{HOME}/stellenangebote.html", cards), page(url, body)]
    ).postings.values()

    assert (found.source_id, found.title, found.url) == ("1232", node["title"], url)
    assert found.employer == node["hiringOrganization"]["name"]
    assert (found.published_on, found.apply_by) == (node["datePosted"], node["validThrough"])
    address = node["jobLocation"]["address"]
    assert [(each.city, each.postal_code, each.state) for each in found.places] == [
        (address["addressLocality"], address["postalCode"], address["addressRegion"])
    ]
    assert (found.hours, found.pay_min, found.pay_max) == ("full", None, None)
    assert node["description"] in (found.description or "")


def test_bite_detail() -> None:
    detail, key, number = json.loads(recorded("bite/detail_shape.json")), "a" * 40, "b" * 40
    listed = {"jobPostings": [{"title": "x", "url": f"{HOME}/jobposting/{number}"}], "page": {"offset": 0, "total": 1}}
    answers = [
        Recorded("https://cs-assets.b-ite.com/acme/jobs-api/all.min.js", f'createClient({{key:"{key}"}})'.encode()),
        Recorded("https://jobs.b-ite.com/api/v1/postings/search", json.dumps(listed).encode(), "POST", headers=JSON),
        Recorded(
            f"https://jobs.b-ite.com/jobposting/{number}/json?locale=de&contentRendered=true",
            json.dumps(detail).encode(),
            headers=JSON,
        ),
    ]

    (found,) = read(Board("bite", "acme:all"), answers).postings.values()

    assert (found.source_id, found.title, found.employer) == (number, detail["title"], detail["employer"]["name"])
    pay = detail["baseSalary"]
    assert (found.pay_min, found.pay_max, found.pay_currency) == (pay["minValue"], pay["maxValue"], pay["currency"])
    assert (found.pay_period, found.reference) == (pay["unitText"].lower(), detail["identification"])
    assert (found.description, found.published_on) == (detail["content"]["html"]["rendered"], detail["createdAt"])
    assert [(each.city, each.country) for each in found.places] == [(detail["address"]["city"], "Deutschland")]


def test_successfactors_tiles() -> None:
    body, base = recorded("successfactors/rmk_tiles_shape.html"), f"{HOME}/tile-search-results/"
    ids = re.findall(r'<li class="job-tile job-id-([0-9]+)', body)
    paths = [html.unescape(each) for each in re.findall(r'data-url="([^"]+)"', body)]
    titles = [html.unescape(each) for each in re.findall(r"jobTitle-link[^>]*>([^<]+)</a>", body)]
    query = "?q=&sortColumn=referencedate&sortDirection=desc&startrow="
    answers = [page(f"{base}{query}0", body), page(f"{base}{query}{len(ids)}", "<ul></ul>")]

    found = read(Board("successfactors", "acme", base), [*answers, *(page(HOME + each, "", 404) for each in paths)])

    assert told(found) == [
        (number, title, HOME + path, place)
        for number, title, path, place in zip(ids[:2], titles, paths[:2], ("Schweinfurt", None), strict=True)
    ]
    assert len(found.unreadable) == len(ids) - len(titles)


def test_successfactors_newer_sites() -> None:
    content = json.loads(recorded("successfactors/csb_jobs_shape.json"))
    records = [each["response"] for each in content["jobSearchResult"]]
    good = [each for each in records if each["id"] and each["unifiedStandardTitle"]]
    urls = [
        f"{HOME}/job/{html.unescape(each['unifiedUrlTitle'])}/{each['id']}-en_US" for each in records
        if each["id"]
    ]  # fmt: skip
    jobs = f"{HOME}/services/recruiting/v1/jobs"
    answers = [
        page(f"{HOME}/search/", "?locale=en_US"),
        Recorded(jobs, json.dumps(content).encode(), "POST", headers=JSON),
    ]

    found = read(Board("successfactors", "acme", jobs), [*answers, *(page(each, "", 404) for each in urls)])

    assert [(each.source_id, each.title) for each in found.postings.values()] == [
        (each["id"], each["unifiedStandardTitle"]) for each in good
    ]
    assert [each.place for each in found.postings.values()] == [
        each["jobLocationShort"][0].removesuffix("<br/>") for each in good
    ]
    assert [each.published_on for each in found.postings.values()] == ["2026-06-18", "2026-04-21"]
    assert len(found.unreadable) == len(records) - len(good)


def test_umantis_list() -> None:
    body = recorded("umantis/listing_shape.html")
    stated = re.findall(r'href="(/Vacancies/([0-9]+)/[^"]+)"[^>]*aria-label="([^"]+)"', body)
    home = "https://recruitingapp-1.umantis.com"

    found = read(
        Board("umantis", "1"), [page(f"{home}/Jobs/All", body), *(page(home + path, "", 404) for path, _, _ in stated)]
    )

    assert told(found) == [(number, title, home + path, None) for path, number, title in stated]


def filed(kind: str, address: str, file: str, content_type: str = "application/json",
          pick: Callable[[Any], Any] | None = None, url: str = "", **options: Any) -> tuple[Reading, Any]:  # fmt: skip
    """Read a board whose one list is a recorded file; details answer 404. Returns what was read, and the file."""
    body = (CORPUS / "ats" / file).read_bytes()
    content = json.loads(body) if content_type == "application/json" else body.decode()
    if pick:
        content = pick(content)
        body = json.dumps(content).encode()
    answers = [Recorded(address, body, headers={"Content-Type": content_type}, **options)]
    return read(Board(kind, "acme", url), [*answers, *_gone(kind, content)]), content


def _gone(kind: str, content: Any) -> list[Recorded]:
    addresses: dict[str, Callable[[], list[str]]] = {
        "smartrecruiters": lambda: [each["ref"] for each in content["content"]],
        "workday": lambda: [
            f"https://acme.wd3.myworkdayjobs.com/wday/cxs/acme/jobs{each['externalPath']}"
            for each in content["jobPostings"]
        ],
    }
    return [Recorded(each, b"", status=404) for each in (addresses[kind]() if kind in addresses else [])]


@pytest.mark.parametrize("name", ["aaron_greenhouse_board", "careerkit_greenhouse", "workscrapper_greenhouse"])
def test_greenhouse(name: str) -> None:
    address = "https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true&pay_transparency=true"
    found, content = filed("greenhouse", address, f"greenhouse/{name}.json")

    assert values(found, "source_id", "title", "url", "published_on") == [
        (str(each["id"]), each["title"].strip(), each["absolute_url"], each["first_published"])
        for each in content["jobs"]
    ]
    assert not any("&lt;p" in (each.description or "") for each in found.postings.values())


@pytest.mark.parametrize("name", ["aaron_lever_board", "techsalaryradar_lever"])
def test_lever(name: str) -> None:
    found, content = filed("lever", "https://api.lever.co/v0/postings/acme?mode=json", f"lever/{name}.json")

    assert values(found, "source_id", "title", "url", "published_on", "pay_min", "pay_max") == [
        (each["id"], each["text"], each["hostedUrl"], str(each["createdAt"]),
         each.get("salaryRange", {}).get("min"), each.get("salaryRange", {}).get("max"))
        for each in content
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["careerkit_ashby", "nb_linear_trimmed", "techsalaryradar_ashby"])
def test_ashby(name: str) -> None:
    address = "https://api.ashbyhq.com/posting-api/job-board/acme?includeCompensation=true"
    found, content = filed("ashby", address, f"ashby/{name}.json")

    assert values(found, "source_id", "title", "url", "published_on") == [
        (each["jobUrl"].rpartition("/")[2], each["title"].strip(), each["jobUrl"], each["publishedAt"])
        for each in content["jobs"] if each.get("isListed", True)
    ]  # fmt: skip


def test_workday() -> None:
    site = "https://acme.wd3.myworkdayjobs.com/jobs"
    address = "https://acme.wd3.myworkdayjobs.com/wday/cxs/acme/jobs/jobs"
    found, content = filed("workday", address, "workday/careerkit_workday.json", url=site, method="POST")

    assert found.totals == [content["total"]]
    assert values(found, "source_id", "title", "url", "reference") == [
        (each["bulletFields"][0], each["title"], site + each["externalPath"], each["bulletFields"][0])
        for each in content["jobPostings"]
    ]


@pytest.mark.parametrize("name", ["nb_bosch_list", "workscrapper_smartrecruiters"])
def test_smartrecruiters(name: str) -> None:
    address = "https://api.smartrecruiters.com/v1/companies/acme/postings?limit=100&offset=0"
    found, content = filed("smartrecruiters", address, f"smartrecruiters/{name}.json")

    assert values(found, "source_id", "title") == [(each["id"], each["name"]) for each in content["content"]]


def test_arbeitnow() -> None:
    address = "https://www.arbeitnow.com/api/job-board-api?page=1"
    found, content = filed("arbeitnow", address, "arbeitnow/bronze_jobs.json")

    assert values(found, "source_id", "title", "url", "employer", "published_on") == [
        (each["slug"], each["title"], each["url"], each["company_name"], str(each["created_at"]))
        for each in content["data"]
    ]


def test_successfactors_feed() -> None:
    url = "https://acme.example/googlefeed.xml"
    found, _ = filed("successfactors", url, "successfactors/googlefeed_items_shape.xml", "text/xml", url=url)

    assert [each.title for each in found.postings.values()] == [
        "Software Engineer", "Manager", "Project Manager P4", "Specialist (Research, AI)",
    ]  # fmt: skip
    assert [each.place for each in found.postings.values()] == [
        "Berlin, DE", "Tempe, AZ, US, 85288", "Luanda, AO", "Geneva",
    ]  # fmt: skip
    assert len(found.unreadable) == 2  # they have no title
