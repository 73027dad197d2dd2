"""One schema.org JobPosting, in any shape that sites give it, in our names. https://schema.org/JobPosting

What it may hold: docs/sources.md, schema_org. State of knowledge 2026-11.
"""

import dataclasses
import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from scrapy.http import Response

from crawler.sources import words
from crawler.sources.base import many
from pipelines import dates, job_page
from pipelines.items import Place, Posting

# Descriptions are split over these by rexx, Johanniter and others.
PARTS = (
    "description", "responsibilities", "qualifications", "skills", "experienceRequirements", "educationRequirements",
    "jobBenefits", "incentiveCompensation",
)  # fmt: skip
COUNTRIES = {"de": "Deutschland", "deu": "Deutschland", "germany": "Deutschland", "deutschland": "Deutschland"}
_NAMES = "p|br|ul|ol|li|div|span|strong|b|em|i|h[1-6]|a|table|tr|td|section"
_TAG = re.compile(rf"</?(?:{_NAMES})\b[^<>]{{0,300}}>", re.IGNORECASE)
_ESCAPED_TAG = re.compile(rf"&lt;/?(?:{_NAMES})\b", re.IGNORECASE)


def posting(node: Mapping[str, Any], *, source_id: str, url: str | None) -> Posting:
    """Map a JobPosting node; raises TypeError when it has no title."""
    title = _text(node.get("title")) or _text(node.get("name"))
    if not title:
        raise TypeError("a JobPosting without a title")
    pay_min, pay_max, period, currency = _pay(node)
    published, until = (_text(node.get(name)) for name in ("datePosted", "validThrough"))
    return Posting(
        source_id=source_id,
        title=title,
        url=url,
        employer=organisation(node.get("hiringOrganization")),
        places=tuple(_places(node)),
        description=_description(node),
        published_on=published,
        apply_by=None if _is_made_up(published, until) else until,
        starts_on=_text(node.get("jobStartDate")),
        modified_at=_text(node.get("dateModified")),
        contract=words.contract(node.get("employmentType")),
        hours=words.hours(node.get("employmentType")),
        remote=words.remote(node.get("jobLocationType")),
        reference=_reference(node.get("identifier"), source_id),
        industry=_industry(node),
        pay_min=pay_min,
        pay_max=pay_max,
        pay_period=period,
        pay_currency=currency,
    )


def of_page(response: Response) -> dict[str, Any]:
    """Return what an advert's own page says: its one JobPosting as `node`, else its visible words as `text`."""
    page = response.text
    found = job_page.markup(page).postings
    return {"node": found[0]} if len(found) == 1 else {"text": job_page.visible(page)}


def card(listed: Mapping[str, Any], detail: Mapping[str, Any] | None, *, source_id: str) -> Posting:
    """Map what a list for people says (title, url, place …), and what `of_page` found on the advert's own page.

    The page outranks the list; the list's place is kept where the page states none. Raises TypeError without a title.
    """
    title = _text(listed["title"])
    if not title:
        raise TypeError("an advert without a title")
    place = _text(listed.get("place"))
    if detail and "node" in detail:
        found = posting({"title": title, **detail["node"]}, source_id=source_id, url=listed["url"])
        return found if found.places or not place else dataclasses.replace(found, place=place)
    return Posting(
        source_id=source_id,
        title=title,
        url=listed["url"],
        employer=_text(listed.get("employer")),
        place=place,
        description=(detail or {}).get("text") or listed.get("text") or None,
        published_on=_text(listed.get("published")),
        apply_by=_text(listed.get("until")),
    )


def _text(value: Any) -> str | None:
    """Return a text with its entities decoded; "-" and "0" are place holders."""
    value = value[0] if isinstance(value, list) and value else value
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    plain = " ".join(html.unescape(html.unescape(value)).split())
    return plain if plain not in ("", "-", "–", "0", "null", "None") else None


def organisation(value: Any) -> str | None:
    """Return the name of a hiringOrganization: an object, a text, or the first of several that has one."""
    for each in many(value):
        name = _text(each.get("name") or each.get("legalName")) if isinstance(each, Mapping) else _text(each)
        if name and not name.startswith(("http://", "https://")):
            return name
    return None


def _industry(node: Mapping[str, Any]) -> str | None:
    """Return the industry of the post or of its employer, as a text."""
    employer = next((each for each in many(node.get("hiringOrganization")) if isinstance(each, Mapping)), {})
    return _text(node.get("industry")) or _text(employer.get("industry"))


def _places(node: Mapping[str, Any]) -> Iterator[Place]:
    """Yield every place stated once, in its order."""
    seen: set[Place] = set()
    for location in many(node.get("jobLocation")):
        stated = location.get("address", location) if isinstance(location, Mapping) else location
        for address in many(stated):
            place = _place(address, location)
            if place != Place() and place not in seen:
                seen.add(place)
                yield place


def _place(address: Any, location: Any) -> Place:
    geo = location.get("geo") if isinstance(location, Mapping) else None
    geo = geo if isinstance(geo, Mapping) else {}
    lat, lon = _degrees(geo.get("latitude"), 90), _degrees(geo.get("longitude"), 180)
    if lat is None or lon is None or (lat == 0 and lon == 0):
        lat = lon = None
    if not isinstance(address, Mapping):
        return Place(city=_text(address), lat=lat, lon=lon)
    city = _text(address.get("addressLocality"))
    if city is None and not address.get("postalCode"):
        city = _text(location.get("name")) if isinstance(location, Mapping) else None
    code = _text(address.get("postalCode"))
    return Place(
        city=city, postal_code=code if code and re.fullmatch(r"(?=.*[0-9]).{4,12}", code) else None,
        state=_text(address.get("addressRegion")), country=_country(address.get("addressCountry")), lat=lat, lon=lon,
    )  # fmt: skip


def _country(value: Any) -> str | None:
    value = value[0] if isinstance(value, list) and value else value
    name = _text(value.get("name") or value.get("identifier")) if isinstance(value, Mapping) else _text(value)
    return COUNTRIES.get(name.lower(), name) if name else None


def _degrees(value: Any, limit: int) -> float | None:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,3}(?:[.,][0-9]{1,20})?", value.strip()):
        value = float(value.strip().replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) <= limit else None


def _description(node: Mapping[str, Any]) -> str | None:
    parts: list[str] = []
    for name in PARTS:
        for value in many(node.get(name)):
            part = _markup(value) if isinstance(value, str) else None
            if part and not any(part in each for each in parts):
                parts.append(part)
    return "\n".join(parts) or None


def _markup(text: str) -> str | None:
    """Decode once; once more, at most twice, where what comes out are escaped tags of HTML."""
    if not _TAG.search(text):
        text = html.unescape(text)
    for _ in range(2):
        if _ESCAPED_TAG.search(text):
            text = html.unescape(text)
    return text if re.sub(r"<[^<>]{0,500}>|[\s.]", "", text) else None


def _is_made_up(published: str | None, until: str | None) -> bool:
    """Whole years after the publication, to the day: a default of the site's software, not a deadline."""
    first, last = dates.day(published), dates.day(until)
    return bool(first and last and first[4:] == last[4:] and first < last)


def _reference(value: Any, source_id: str) -> str | None:
    """The employer's number for the post; some sites put their own id, the organisation's address or a mere 1 there."""
    for each in many(value):
        found = _text(each.get("value")) if isinstance(each, Mapping) else _text(each)
        if found and len(found) > 2 and found != source_id and "://" not in found:
            return found[:100]
    return None


def _pay(node: Mapping[str, Any]) -> tuple[float | None, float | None, str | None, str | None]:
    """Read baseSalary as it stands: min, max, period, currency; what cannot be pay is the normaliser's to refuse."""
    stated = next(iter(many(node.get("baseSalary"))), None)
    if not isinstance(stated, Mapping):
        return None, None, None, None
    inner = next(iter(many(stated.get("value"))), None)
    value = inner if isinstance(inner, Mapping) else {"value": inner}
    low, high = (words.amount(value.get(name) or stated.get(name)) for name in ("minValue", "maxValue"))
    if low is None and high is None:
        low = high = words.amount(value.get("value"))
    if low is None and high is None:
        return None, None, None, None
    period = words.period(value.get("unitText") or value.get("unitCode") or stated.get("unitText"))
    currency = _text(stated.get("currency") or value.get("currency") or node.get("salaryCurrency"))
    return low, high, period, currency.upper() if currency and re.fullmatch(r"[A-Za-z]{3}", currency) else None
