"""Dates as sources write them, as ISO dates and UTC times."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GERMAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_EARLIEST, _LATEST = 2000, 2100


def day(text: str | None) -> str | None:
    """Return the ISO date that `text` starts with (2026-11-25…, 25.11.2026), None when there is none or it is absurd.

    >>> day("2026-09-14T07:57:38.033"), day("3.4.2026"), day("30.02.2026"), day("0001-01-01")
    ('2026-09-14', '2026-04-03', None, None)
    """
    if not text:
        return None
    if match := _ISO_DAY.match(text):
        iso = match[0]
    elif match := _GERMAN_DAY.match(text.strip()[:20]):
        iso = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    else:
        return None
    try:
        found = date.fromisoformat(iso)
    except ValueError:
        return None
    return iso if _EARLIEST <= found.year < _LATEST else None


def moment(text: str | None) -> str | None:
    """Return an ISO time in UTC, to the second; a time without a zone is German local time. None when unreadable.

    >>> moment("2026-09-14T07:57:38.033"), moment("2025-01-28T12:32:29.354+00:00"), moment("gestern")
    ('2026-09-14T05:57:38+00:00', '2025-01-28T12:32:29+00:00', None)
    """
    if not text or not _ISO_DAY.match(text):
        return None
    try:
        found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=BERLIN) if found.tzinfo is None else found
        return found.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return None


def night(now: datetime) -> str:
    """Return the German calendar date of a moment: the name of the night a crawl belongs to.

    >>> night(datetime(2026, 11, 25, 23, 30, tzinfo=UTC))
    '2026-11-26'
    """
    return now.astimezone(BERLIN).date().isoformat()
