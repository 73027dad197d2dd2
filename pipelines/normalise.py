"""From a posting to a job: the stages in their order, and the public normaliser `python -m pipelines.normalise`."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, TextIO

from pipelines import (
    conditions,
    dates,
    employers,
    industries,
    pay_scales,
    places,
    relevance,
    salaries,
    skills,
    text,
    title_cleaning,
    titles,
)
from pipelines.items import Evidence, Job, Place, Posting, Rejection


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search asks for: a role and a circle; no circle means anywhere."""

    role: titles.Role
    centre: tuple[float, float] | None = None  # lat, lon in degrees
    radius_km: float | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    places: tuple[Place, ...]
    nearest: Place | None
    distance_km: float | None
    elsewhere: str | None  # why the post is surely not in the circle, though no distance is known
    clean: "title_cleaning.Clean"
    title: titles.TitleClass


def _look(posting: Posting, wanted: Wanted) -> _Look:
    """Read what a list shows as well as the advert's own page: places and title."""
    where = places.resolve(posting.places, posting.place)
    nearest, distance = places.nearest(where, wanted.centre)
    distance = posting.distance_km if distance is None else distance
    clean = title_cleaning.clean(posting.title, posting.employer, [each.city for each in where if each.city])
    return _Look(
        where,
        nearest,
        distance,
        _elsewhere(posting, where, wanted) if distance is None else None,
        clean,
        titles.classify(clean.text, wanted.role),
    )


def _elsewhere(posting: Posting, where: tuple[Place, ...], wanted: Wanted) -> str | None:
    if wanted.centre is None or wanted.radius_km is None:
        return None
    inside = [places.is_inside(each, wanted.centre, wanted.radius_km) for each in where]
    if inside and not any(each is not False for each in inside):
        return f"in {where[0].city or where[0].country}, outside the circle of the search"
    if posting.may_be_elsewhere and not any(inside):
        told = where[0].city if where else None
        return (
            f"the place “{told}” is not known" if told else "no place is stated, and the source lists jobs everywhere"
        )
    return None


def judge(posting: Posting, wanted: Wanted) -> tuple[str, Rejection]:
    """Say from what a list shows (title, occupation, places) whether the search wants this posting.

    Returns exact, near, no, or undecided (the list cut the title too early), and the reason with town and distance.
    """
    look = _look(posting, wanted)
    match = relevance.judge(
        look.title,
        role=wanted.role,
        occupation=posting.occupation,
        distance_km=look.distance_km,
        radius_km=wanted.radius_km,
        title_is_cut=posting.title_is_cut,
        elsewhere=look.elsewhere,
    )
    return match.match, Rejection(
        match.rule, match.reason, look.nearest.city if look.nearest else None, look.distance_km
    )


def normalise(posting: Posting, wanted: Wanted, today: date) -> Job:
    """Return the job that a posting describes. `today` dates adverts that state no date of their own."""
    look = _look(posting, wanted)
    words = text.plain(posting.description)
    match = relevance.judge(
        look.title,
        role=wanted.role,
        occupation=posting.occupation,
        text=words,
        distance_km=look.distance_km,
        radius_km=wanted.radius_km,
        elsewhere=look.elsewhere,
    )
    published_on = dates.day(posting.published_on)
    pay = _pay(posting, words, date.fromisoformat(published_on) if published_on else today)
    place = look.nearest or Place()
    kind = _employer_type(posting, words)
    facts, evidence = _conditions(posting, dict(reversed(look.clean.facts)), words)
    industry = industries.find(posting.industry, posting.employer if kind != "agency" else None)
    return Job(
        title=posting.title,
        title_clean=look.clean.text,
        role=look.title.role,
        level=look.title.level,
        area=look.title.area,
        match=match.match,
        match_reason=match.reason,
        match_rule=match.rule,
        employer=posting.employer.strip() or None if posting.employer else None,
        employer_key=employers.key(posting.employer),
        employer_type=kind,
        industry=industry[0] if industry else None,
        city=place.city,
        postal_code=place.postal_code,
        state=place.state,
        country=place.country,
        lat=place.lat,
        lon=place.lon,
        distance_km=look.distance_km,
        places=look.places,
        **{each.name: getattr(pay, each.name) for each in fields(pay)},
        **facts,
        published_on=published_on,
        first_published_on=dates.day(posting.first_published_on),
        modified_at=dates.moment(posting.modified_at),
        occupation=posting.occupation,
        url=posting.url,
        text=words,
        skills=skills.find(words),
        evidence=(*evidence, *([Evidence("industry", industry[1])] if industry else [])),
    )


def _conditions(
    posting: Posting, title: dict[str, str], words: str | None
) -> tuple[dict[str, Any], tuple[Evidence, ...]]:
    """Return what is known of the post's conditions, by column, and where from.

    The source's own field counts before the title, and the title before the text.
    """
    in_title = {
        "remote": _title_remote(title.get("remote")),
        "hours": _title_hours(title.get("hours")),
        "contract": _title_contract(title.get("contract")),
        "reference": title.get("reference"),
    }
    in_text = conditions.find(words)
    found: dict[str, Any] = {}
    evidence = []
    for name in _CONDITIONS:
        field = getattr(posting, name, None)
        stated = in_text.get(name)
        for value, said in (
            (field, "the source's own field"),
            (in_title.get(name), f"title: {title.get(name)}"),
            (stated and stated.value, stated.words if stated else ""),
        ):
            known = dates.day(value) if name in _DATES and isinstance(value, str) else value
            if known:
                found[name] = known
                evidence.append(Evidence(name, said))
                break
        else:
            found[name] = "unknown" if name in _NEVER_EMPTY else None
    return found, tuple(evidence)


_CONDITIONS = (
    "remote", "hours", "contract", "starts_on", "apply_by", "reference", "team_size_min", "team_size_max", "budget_eur",
    "reports_to",
)  # fmt: skip
_DATES = {"starts_on", "apply_by"}
_NEVER_EMPTY = {"remote", "hours", "contract"}


def _employer_type(posting: Posting, words: str | None) -> str:
    """The source's own word counts, but an agency that it takes for an employer is told by name and wording."""
    kind, _ = employers.kind(posting.employer, words)
    return (
        kind
        if kind == "agency" or posting.employer_is_agency is None
        else ("agency" if posting.employer_is_agency else "employer")
    )


def _title_hours(words: str | None) -> str | None:
    full, part = ("voll" in (words or "").casefold()), ("teil" in (words or "").casefold())
    return {(True, False): "full", (False, True): "part", (True, True): "full or part"}.get((full, part))


def _title_contract(words: str | None) -> str | None:
    if words and "befristet" in words.casefold():
        return "permanent" if "unbefristet" in words.casefold() else "fixed term"
    return None


def _title_remote(words: str | None) -> str | None:
    if words is None:
        return None
    return "full" if "100" in words or "full" in words.casefold() else "hybrid"


def _pay(posting: Posting, words: str | None, on: date) -> "salaries.Pay":
    field = salaries.from_field(posting.pay_min, posting.pay_max, posting.pay_period, posting.pay_currency)
    scale = pay_scales.leading(words, posting.title)
    return salaries.pay(words, posting.title, field, pay_scales.value(scale, on) if scale else None)


# ---------------------------------------------------------------- the command

_POSTING = {each.name for each in fields(Posting)}
_FLAGS = {"title_is_cut", "employer_is_agency", "may_be_elsewhere"}
_NUMBERS = {"pay_min", "pay_max", "distance_km"}
_PLACE = {each.name for each in fields(Place)}


def read_posting(line: str) -> Posting:
    """Read one line of the public normaliser's input; raises ValueError saying what is wrong with it.

    `id` is our source_id. Unknown keys are ignored, so that a row of ours can be fed back.
    """
    record = json.loads(line)
    if not isinstance(record, dict):
        raise ValueError("a line must hold one JSON object")
    if not isinstance(record.get("title"), str) or not record["title"].strip():
        raise ValueError("title is missing")
    known: dict[str, Any] = {key: value for key, value in record.items() if key in _POSTING and value is not None}
    for key in known.keys() - {"places", *_NUMBERS, *_FLAGS}:
        if not isinstance(known[key], str):
            raise ValueError(f"{key} must be text")
    for key in known.keys() & _FLAGS:
        if not isinstance(known[key], bool):
            raise ValueError(f"{key} must be true or false")
    for key in known.keys() & _NUMBERS:
        if isinstance(known[key], bool) or not isinstance(known[key], (int, float)):
            raise ValueError(f"{key} must be a number")
    stated = known.pop("places", [])
    if not isinstance(stated, list) or not all(isinstance(each, dict) for each in stated):
        raise ValueError("places must be a list of objects")
    known["places"] = tuple(Place(**{key: each[key] for key in _PLACE & each.keys()}) for each in stated)
    known["source_id"] = str(record.get("id", record.get("source_id", "")))
    return Posting(**known)


def run(lines: TextIO, output: TextIO, wanted: Wanted, today: date) -> int:
    """Normalise JSON lines to JSON lines, in order; return how many could not be read. Never stops at one."""
    failed = 0
    for line in lines:
        if not line.strip():
            continue
        try:
            posting = read_posting(line)
            job = asdict(normalise(posting, wanted, today))
            result = {"id": posting.source_id, **job}
        except (ValueError, TypeError, LookupError, RecursionError, ArithmeticError) as error:
            failed += 1
            result = {"id": _id_of(line), "error": f"{type(error).__name__}: {error}"[:500]}
        output.write(json.dumps(result, ensure_ascii=False) + "\n")
    return failed


def _id_of(line: str) -> str | None:
    try:
        found = json.loads(line).get("id")
    except (ValueError, AttributeError, RecursionError):
        return None
    return None if found is None else str(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the public normaliser on standard input; exit code 0, or 2 for a wrong option."""
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.normalise",
        description="Reads adverts as JSON lines (our posting field names) and writes jobs as JSON lines, in order.",
    )
    parser.add_argument("--role", default="it-leiter", choices=titles.roles())
    parser.add_argument("--place", default="Dortmund", help="distances are measured from here (default: %(default)s)")
    parser.add_argument("--radius-km", type=float, help="adverts farther away are no match (default: no limit)")
    options = parser.parse_args(arguments)
    found = places.towns(options.place)
    if len(found) != 1:
        known = "; ".join(f"{each.name}, {each.state}" for each in found) or "none of this name is known"
        parser.error(f"--place {options.place!r} must name one German town: {known}")
    wanted = Wanted(titles.role(options.role), (found[0].lat, found[0].lon), options.radius_km)
    sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")  # type: ignore[union-attr]  # a real stream here
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    if failed := run(sys.stdin, sys.stdout, wanted, datetime.now(UTC).date()):
        print(f"{failed} lines could not be read; their output holds the error", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
