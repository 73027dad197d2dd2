"""One JobPosting in any of the shapes that sites give it."""

from typing import Any

import pytest

from crawler.sources import job_posting
from pipelines.items import Place, Posting


def read(**node: Any) -> Posting:
    return job_posting.posting(
        {"@type": "JobPosting", "title": "IT-Leiter", **node}, source_id="1", url="https://a.example/1"
    )


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ({"name": "Muster GmbH &amp; Co. KG"}, "Muster GmbH & Co. KG"), ("Muster AG", "Muster AG"),
        ([{"name": ""}, {"name": "Muster"}], "Muster"), ({"legalName": "Muster e. V."}, "Muster e. V."),
        ({"@id": "https://a.example/#organization"}, None), ("https://a.example", None), (None, None), ({}, None),
        ({"name": "Universit&#228;tsklinikum"}, "Universitätsklinikum"), (["A", "B"], "A"),
    ],
)  # fmt: skip
def test_organisation(stated: Any, name: str | None) -> None:
    assert read(hiringOrganization=stated).employer == name


def address(**values: Any) -> dict[str, Any]:
    return {"@type": "Place", "address": {"@type": "PostalAddress", **values}}


@pytest.mark.parametrize(
    ("stated", "places"),
    [
        (address(addressLocality="Dortmund", postalCode="04347", addressCountry="DEU"),
         [("Dortmund", "04347", "Deutschland")]),
        ([address(addressLocality="A"), address(addressLocality="B"), address(addressLocality="A")],
         [("A", None, None), ("B", None, None)]),
        ({"address": "Dortmund"}, [("Dortmund", None, None)]),
        ({"address": [{"addressLocality": "A"}, "B"]}, [("A", None, None), ("B", None, None)]),
        (address(addressLocality="-", postalCode="-", streetAddress="-"), []),
        (address(addressLocality="Ludwigsburg", postalCode="71", addressCountry="0"), [("Ludwigsburg", None, None)]),
        (address(postalCode="50825", addressCountry={"@type": "Country", "name": "Germany"}),
         [(None, "50825", "Deutschland")]),
        ({"name": "Werk Unna", "address": {"addressCountry": "DE"}}, [("Werk Unna", None, "Deutschland")]),
        ({"name": "Muster", "address": {"addressLocality": "Unna"}}, [("Unna", None, None)]),
        ("Dortmund", [("Dortmund", None, None)]), (None, []), ([], []), ({"address": None}, []),
        (address(addressLocality=["Hagen"], addressCountry=""), [("Hagen", None, None)]),
    ],
)  # fmt: skip
def test_places(stated: Any, places: list[tuple[str | None, ...]]) -> None:
    assert [(each.city, each.postal_code, each.country) for each in read(jobLocation=stated).places] == places


def test_coordinates_as_text_and_the_null_island() -> None:
    here = {"address": {"addressLocality": "A"}, "geo": {"latitude": "51,5", "longitude": "7.46"}}
    nowhere = {"address": {"addressLocality": "B"}, "geo": {"latitude": 0, "longitude": "0"}}

    assert read(jobLocation=[here, nowhere]).places == (Place(city="A", lat=51.5, lon=7.46), Place(city="B"))


@pytest.mark.parametrize(
    ("stated", "pay"),
    [
        ({"currency": "EUR", "value": {"minValue": 0.0, "maxValue": 0.0, "unitText": "MONTH"}},
         (None, None, None, None)),
        ({"currency": "EUR", "value": {"minValue": "", "maxValue": "", "unitText": ""}}, (None, None, None, None)),
        ({"value": {"unitText": "YEAR"}}, (None, None, None, None)),
        ({"currency": None, "value": {"minValue": "1400", "maxValue": "2000", "unitText": "MONTH"}},
         (1400.0, 2000.0, "month", None)),
        ({"currency": "eur", "value": {"value": 32000, "unitText": "YEAR"}}, (32000.0, 32000.0, "year", "EUR")),
        ({"currency": "EUR", "value": 25, "unitText": "HOUR"}, (25.0, 25.0, "hour", "EUR")),
        ({"currency": "EUR", "minValue": 43000, "maxValue": 58850, "unitText": "YEAR"},
         (43000.0, 58850.0, "year", "EUR")),
        ({"currency": "GBP", "value": {"value": "£25,200–£30,000 (pro rata)", "unitText": "MONTH"}},
         (None, None, None, None)),
        ("competitive", (None, None, None, None)), ({"value": "$100,000"}, (None, None, None, None)),
        ({"currency": "EUR", "value": [{"minValue": 60000, "unitText": "Jahr"}]}, (60000.0, None, "year", "EUR")),
        (None, (None, None, None, None)), (45000, (None, None, None, None)),
    ],
)  # fmt: skip
def test_pay_is_taken_as_it_stands_or_not_at_all(stated: Any, pay: tuple[Any, ...]) -> None:
    found = read(baseSalary=stated)

    assert (found.pay_min, found.pay_max, found.pay_period, found.pay_currency) == pay


@pytest.mark.parametrize(
    ("published", "until", "deadline"),
    [
        ("2026-11-01", "2026-12-24T23:59:00+01:00", "2026-12-24T23:59:00+01:00"),
        ("2026-11-01T10:00:00.1Z", "2028-11-01T10:00:00.1Z", None), ("2026-11-01", "2036-11-01", None),
        ("2026-11-01", "", None), ("2026-11-01", None, None), (None, "2026-12-24", "2026-12-24"),
    ],
)  # fmt: skip
def test_deadline_of_whole_years_is_made_up(published: str | None, until: str | None, deadline: str | None) -> None:
    assert read(datePosted=published, validThrough=until).apply_by == deadline


@pytest.mark.parametrize(
    ("stated", "description"),
    [
        ("<p>Text &amp; mehr</p>", "<p>Text &amp; mehr</p>"), ("&lt;p&gt;Text&lt;/p&gt;", "<p>Text</p>"),
        ("&amp;lt;p&amp;gt;Text&amp;lt;/p&amp;gt;", "<p>Text</p>"),
         ("Team of &lt;10 engineers", "Team of <10 engineers"),
        ("<p>Team of &lt;10 engineers</p>", "<p>Team of &lt;10 engineers</p>"), ("<h2></h2>.<h2></h2>.", None),
         ("", None),
    ],
)  # fmt: skip
def test_description_is_decoded_as_often_as_it_was_encoded(stated: str, description: str | None) -> None:
    assert read(description=stated).description == description


def test_description_split_over_fields_is_put_together_once() -> None:
    found = read(description="<p>Wir</p><p>Aufgaben</p>", responsibilities="<p>Aufgaben</p>",
                 qualifications="<p>Profil</p>", jobBenefits=["<p>Geld</p>"])  # fmt: skip

    assert found.description == "<p>Wir</p><p>Aufgaben</p>\n<p>Profil</p>\n<p>Geld</p>"


@pytest.mark.parametrize(
    ("stated", "hours"),
    [("FULL_TIME", "full"), (["FULL_TIME", "PART_TIME"], "full or part"), ("Vollzeit oder Teilzeit", "full or part"),
     ("Vollzeit,Teilzeit", "full or part"), ("Part-time", "part"), ("32", None), ([], None), ({"code": "x"}, None)],
)  # fmt: skip
def test_hours(stated: Any, hours: str | None) -> None:
    assert read(employmentType=stated).hours == hours


@pytest.mark.parametrize(
    ("stated", "reference"),
    [({"value": "105 2026"}, "105 2026"), ("HT-17", "HT-17"), ("https://a.example#organization", None), (1, None),
     ({"value": "1"}, None)],
)  # fmt: skip
def test_reference_is_a_number_of_the_post(stated: Any, reference: str | None) -> None:
    assert read(identifier=stated).reference == reference


@pytest.mark.parametrize("title", [None, "", "-", " ", []])
def test_posting_without_a_title_is_none(title: Any) -> None:
    with pytest.raises(TypeError):
        read(title=title)


def test_name_stands_in_for_the_title_and_entities_are_decoded() -> None:
    assert read(title=None, name=" Leiter&nbsp;IT &amp;amp; Netze ").title == "Leiter IT & Netze"
