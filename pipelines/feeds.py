"""Feeds: Atom (RFC 4287) of new and changed jobs, iCalendar (RFC 5545) of the last days to apply; and their files."""

import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from pipelines import brief
from pipelines.news import Entry, Post

LONGEST_LINE = 75  # bytes of a line of iCalendar
# What XML 1.0 cannot say at all.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(
    atom_file: Path, calendar_file: Path, name: str, entries: Sequence[Entry], posts: Sequence[Post], updated: str,
    language: brief.Language,
) -> None:  # fmt: skip
    """Write both feeds of a search or a watch; raises OSError. A calendar keeps its own ends of lines."""
    atom_file.write_text(atom(name, entries, updated, language), encoding="utf-8")
    calendar_file.write_text(calendar(name, posts, updated, language), encoding="utf-8", newline="")


def atom(search: str, entries: Sequence[Entry], updated: str, language: brief.Language = "en") -> str:
    """Return an Atom feed; `updated` (ISO, UTC) is the run's start, and stands for a feed without entries."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{_urn(f'feed/{search}')}</id>\n<title>{_xml(search)}</title>\n"
        f"<updated>{_moment(max([each.updated for each in entries], default=updated))}</updated>\n"
        f"<author><name>Stellwerk</name></author>\n<generator>Stellwerk</generator>\n"
        f"{''.join(_entry(each, language) for each in entries)}</feed>\n"
    )


def _entry(entry: Entry, language: brief.Language) -> str:
    line = brief.line(entry.post, language, entry.changes)
    link = f'<link rel="alternate" href={quoteattr(line.url)}/>' if line.url else ""
    return (
        f"<entry><id>{_urn(f'job/{entry.post.id}')}</id><title>{_xml(line.head)}</title>"
        f"<published>{_moment(entry.published)}</published><updated>{_moment(entry.updated)}</updated>{link}"
        f'<content type="text">{_xml(chr(10).join((" · ".join(line.rest), *line.below)))}</content></entry>\n'
    )


def _urn(name: str) -> str:
    """A name that stays the same for ever, wherever the feed lies."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'stellwerk/{name}')}"


def _moment(iso: str) -> str:
    return datetime.fromisoformat(iso).isoformat(timespec="seconds").replace("+00:00", "Z")


def _xml(text: str) -> str:
    return escape(_NO_XML.sub("", text))


# ---------------------------------------------------------------- iCalendar


def calendar(search: str, posts: Sequence[Post], updated: str, language: brief.Language = "en") -> str:
    """Return a calendar with a whole day for each last day to apply; `updated` (ISO, UTC) is the run's start."""
    stamp = f"{datetime.fromisoformat(updated):%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Stellwerk//Stellwerk//EN", f"X-WR-CALNAME:{_ical(search)}"]
    for post in posts:
        lines += _event(post, stamp, language)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(post: Post, stamp: str, language: brief.Language) -> Iterator[str]:
    try:
        last = date.fromisoformat(post.apply_by or "")
    except ValueError:
        return
    line = brief.line(post, language)
    yield from ("BEGIN:VEVENT", f"UID:{_ical(post.id)}@stellwerk", f"DTSTAMP:{stamp}")
    yield from (f"DTSTART;VALUE=DATE:{last:%Y%m%d}", f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}")
    yield f"SUMMARY:{_ical(line.head)}"
    yield f"DESCRIPTION:{_ical(' · '.join(line.rest))}"
    if line.url:
        yield f"URL:{line.url}"
    yield from ("TRANSP:TRANSPARENT", "END:VEVENT")


def _ical(text: str) -> str:
    plain = re.sub(r"[\x00-\x09\x0b-\x1f\x7f]", " ", text)
    return re.sub(r"([\\;,])", r"\\\1", plain).replace("\n", "\\n")


def _folded(line: str) -> str:
    """Break a line at 75 bytes, never within a letter; each further line begins with a blank."""
    pieces, piece = [], b""
    for letter in line:
        encoded = letter.encode()
        if len(piece) + len(encoded) > LONGEST_LINE:
            pieces.append(piece)
            piece = b" "
        piece += encoded
    return b"\r\n".join([*pieces, piece]).decode()
