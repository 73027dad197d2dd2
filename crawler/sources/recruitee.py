"""Recruitee's (Tellent's) open offers. https://docs.recruitee.com/reference/offers

One document for the whole board, no total. From 2027-02-10 the JSON answers 401 without a token of the employer's; then
the XML feed is asked (/api/feeds/offers.xml, `offers/offer`, the same names; seen live 2026-08), which the vendor
leaves open. Quirks: salaries are texts or null; `locations` may be empty, then the offer's own place counts; a site
that was given up shows one "(Sample)" offer, which is none; `created_at` is no publication. State of knowledge 2026-11.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import job_posting
from crawler.sources.base import ContractError, Page, Source, answer, identifier, many, text, tree, xml
from pipelines.items import Posting

MODES = {"hybrid": "hybrid", "remote": "remote", "on_site": "on site"}


class Recruitee(Source):
    """The list says all."""

    kind = "recruitee"
    home = "https://{name}.recruitee.com"
    links = (r"https?://(?P<name>(?!api\.|www\.|support\.|docs\.)[\w-]+)\.recruitee\.com",)
    marks = ("recruitee-careers", "careers-analytics.recruitee.com", "recruiteecdn.com")

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """The whole board."""
        yield Request(f"{self.address(board)}/api/offers")

    def adverts(self, response: Response) -> Page:
        """Every offer, of the JSON or of the XML feed."""
        if response.url.endswith(".xml"):
            feed = xml(response)
            if feed.root.tag != "offers":
                raise ContractError(f"offers expected, found {feed.root.tag}")
            found = [tree(each) for each in feed.xpath("./offer")]
        else:
            found = answer(response, "offers")["offers"]
        return Page([each for each in found if not _is_sample(each)])

    def otherwise(self, response: Response) -> Page | None:
        """Ask for the XML feed where the JSON wants a token."""
        if response.status not in (401, 403) or response.url.endswith(".xml"):
            return None
        return Page(next=(Request(response.urljoin("/api/feeds/offers.xml")),))

    def refusal(self, status: int) -> str:
        """The XML feed closed as well."""
        if status in (401, 403):
            return f"neither the JSON nor the XML feed is open without the employer's token (HTTP {status})"
        return super().refusal(status)

    def source_id(self, listed: dict[str, Any]) -> str:
        """The offer's number."""
        return identifier(listed["id"])

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map an offer; Recruitee's names are nearly schema.org's."""
        modes = [word for name, word in MODES.items() if listed.get(name) in (True, "true")]
        pay = listed.get("salary")
        pay = pay if isinstance(pay, dict) else {}
        node = {
            "title": text(listed["title"]),
            "hiringOrganization": listed.get("company_name"),
            "jobLocation": _places(listed),
            "jobLocationType": modes if len(modes) < 2 else "hybrid",  # two may be chosen between
            "description": [*many(listed.get("description")), *many(listed.get("requirements"))],
            "datePosted": listed.get("published_at") or listed.get("created_at"),
            "dateModified": listed.get("updated_at"),
            "validThrough": listed.get("close_at"),
            "employmentType": listed.get("employment_type_code"),
            "baseSalary": {
                **pay,
                "minValue": pay.get("min"),
                "maxValue": pay.get("max"),
                "unitText": pay.get("period"),
            },
        }
        found = job_posting.posting(node, source_id=self.source_id(listed), url=listed.get("careers_url"))
        place = listed.get("location")
        return replace(found, place=place) if isinstance(place, str) and place and not found.places else found


def _is_sample(offer: Any) -> bool:
    return isinstance(offer, dict) and str(offer.get("title")).strip().endswith("(Sample)")


def _places(offer: dict[str, Any]) -> list[dict[str, Any]]:
    stated = offer.get("locations")
    stated = stated.get("location") if isinstance(stated, dict) else stated  # XML
    return [
        {
            "name": each.get("name"),
            "address": {
                "addressLocality": each.get("city"),
                "postalCode": each.get("postal_code"),
                "addressRegion": each.get("state"),
                "addressCountry": each.get("country") or each.get("country_code"),
            },
        }
        for each in many(stated) or [offer]
        if isinstance(each, dict)
    ]
