"""Dates as sources write them, as ISO dates and UTC times."""

import email.utils
import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])")
_ISO_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,][0-9]{1,9})?"
    r" ?(?:(Z|UTC|GMT)|([+-][0-9]{2}):?([0-9]{2}))?",
    re.IGNORECASE,
)
_GERMAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}|[0-9]{2})(?![0-9])")
# Mon Jul 13 00:00:00 UTC 2026 (Java), Wed, 07/22/2026 - 16:35 (Drupal), August 5, 2026 at 10:20 PM.
_JAVA = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([0-9]{1,2}) ([0-9:]{8}) [A-Z]{3,4} ([0-9]{4})")
_DRUPAL = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, ([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_ENGLISH = re.compile(r"([A-Z][a-z]{2})[a-z]{0,6} ([0-9]{1,2}), ([0-9]{4})")
_IN_WORDS = re.compile(r"([0-9]{1,2})\.? ([A-Za-zä]{3,9}) ([0-9]{4})(?![0-9: ])")
_EPOCH = re.compile(r"([0-9]{10})(?:[0-9]{3})?")
_MONTHS = {
    name: number
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)  # noqa: SIM905
}
_MONTHS_IN_WORDS = {name.casefold(): number for name, number in _MONTHS.items()} | {
    "mär": 3, "mai": 5, "okt": 10, "dez": 12,
}  # fmt: skip
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EARLIEST, _LATEST = 2000, 2100


def day(text: str | None) -> str | None:
    """Return the German date of what a source calls a date; None when there is none, it is absurd or ambiguous.

    Read are ISO dates and times, 25.11.2026, 25. November 2026, seconds or milliseconds since 1970, the dates of mails
    (RFC 822), of Java and of Drupal, and `August 5, 2026`. 07/05/2026 may be May or July and is not read.

    >>> day("2026-09-14T07:57:38.033"), day("3.4.2026"), day("30.02.2026"), day("0001-01-01"), day("07/05/2026")
    ('2026-09-14', '2026-04-03', None, None, None)
    >>> day("24. März 2027"), day("15 May 2027"), day("1. Dezember 2026"), day("31. April 2027")
    ('2027-03-24', '2027-05-15', '2026-12-01', None)
    >>> day("2026-08-13T22:30:00+00:00"), day("1784844000000"), day("Mon, 13 Jul 2026 22:30:00 +0000")
    ('2026-08-14', '2026-07-24', '2026-07-14')
    """
    found = _read((text or "").strip()[:60])
    if isinstance(found, datetime):
        found = found.astimezone(BERLIN).date() if found.tzinfo else found.date()
    return found.isoformat() if found and _EARLIEST <= found.year < _LATEST else None


def moment(text: str | None) -> str | None:
    """Return an ISO time in UTC, to the second; a time without a zone is German local time. None when unreadable.

    >>> moment("2026-09-14T07:57:38.033"), moment("2025-01-28T12:32:29.354+00:00"), moment("gestern")
    ('2026-09-14T05:57:38+00:00', '2025-01-28T12:32:29+00:00', None)
    """
    found = _read((text or "").strip()[:60])
    if found is None:
        return None
    if not isinstance(found, datetime):
        found = datetime(found.year, found.month, found.day)  # noqa: DTZ001 - its zone is set below
    try:
        found = found.replace(tzinfo=BERLIN) if found.tzinfo is None else found
        return found.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return None


def _read(text: str) -> date | datetime | None:
    """Return what stands at the beginning of `text`: a day, or a moment, with its zone where one is stated."""
    try:
        if match := _ISO_TIME.match(text):
            time = match[2] if len(match[2]) > 5 else f"{match[2]}:00"
            zone = "+00:00" if match[3] else f"{match[4]}:{match[5]}" if match[4] else ""
            return datetime.fromisoformat(f"{match[1]}T{time}{zone}")
        if match := _ISO_DAY.match(text):
            return date(*(int(each) for each in match[0].split("-")))
        if match := _GERMAN_DAY.match(text):
            return date(int(match[3]) + (2000 if len(match[3]) == 2 else 0), int(match[2]), int(match[1]))
        if match := _EPOCH.fullmatch(text):
            return datetime.fromtimestamp(int(match[1]), UTC)
        return _in_words(text)
    except (ValueError, OverflowError, TypeError):
        return None


def _in_words(text: str) -> date | datetime | None:
    if match := _JAVA.match(text):
        time = datetime.fromisoformat(f"{match[4]}-{_MONTHS.get(match[1], 0):02}-{int(match[2]):02}T{match[3]}")
        return time.replace(tzinfo=UTC) if " UTC " in match[0] or " GMT " in match[0] else time
    if match := _DRUPAL.match(text):
        found = date(int(match[4]), int(match[2]), int(match[3]))
        return found if _WEEKDAYS[found.weekday()] == match[1] else None  # else the day may stand first
    if match := _IN_WORDS.match(text):
        return date(int(match[3]), _MONTHS_IN_WORDS.get(match[2][:3].casefold(), 0), int(match[1]))
    if match := _ENGLISH.match(text):
        return date(int(match[3]), _MONTHS.get(match[1], 0), int(match[2]))
    if re.match(r"(?:[A-Z][a-z]{2}, )?[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}", text):
        return email.utils.parsedate_to_datetime(text)
    return None


def night(now: datetime) -> str:
    """Return the German calendar date of a moment: the name of the night a crawl belongs to.

    >>> night(datetime(2026, 11, 25, 23, 30, tzinfo=UTC))
    '2026-11-26'
    """
    return now.astimezone(BERLIN).date().isoformat()
