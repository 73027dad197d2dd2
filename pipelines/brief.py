"""The brief: a search's news in words, German or English, as text, Markdown or HTML. Pure: news in, words out."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pipelines.news import Change, News, Post

Language = Literal["en", "de"]
Format = Literal["text", "markdown", "html"]
# Local knowledge of what a head of IT earns around Dortmund, in EUR a month.
ENTRY, EXPERIENCED = (4_500, 5_900), (7_000, 8_200)

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "new": "New", "back": "Back again", "changed": "Changed", "closing": "Closing within 7 days",
        "closed": "Closed",
        "pay": "Pay", "boards": "Boards", "open": "{n} open", "count new": "{n} new", "count back": "{n} back again",
        "count changed": "{n} changed", "count closing": "{n} closing", "count closed": "{n} closed",
        "nothing": "nothing new", "all complete": "all {n} boards complete", "one complete": "the board complete",
        "complete": "{n} of {of} boards complete",
        "year": "{amount} € a year", "from": "from {amount}", "up to": "up to {amount}",
        "stated": "stated", "source field": "the source's field", "pay scale": "pay scale", "no pay": "pay not stated",
        "until": "apply by {day}", "since": "listed since {day}", "was open": "was open for {n} days",
        "one day": "was open for a day", "agency": "agency", "hybrid": "partly from home", "full": "from home",
        "title": "title", "apply_by": "apply by", "place": "place", "employer": "employer", "none": "not stated",
        "median": "{level}: {median} € a month at the median of {n} ({low} to {high})",
        "reference": "Local knowledge, head of IT: entry {entry} € a month, experienced {experienced} €.",
    },
    "de": {
        "new": "Neu", "back": "Wieder da", "changed": "Geändert", "closing": "Frist endet in 7 Tagen",
        "closed": "Geschlossen", "pay": "Gehalt", "boards": "Quellen", "open": "{n} offen", "count new": "{n} neu",
        "count back": "{n} wieder da", "count changed": "{n} geändert", "count closing": "{n} bald zu Ende",
        "count closed": "{n} geschlossen", "nothing": "nichts Neues", "all complete": "alle {n} Quellen vollständig",
        "one complete": "die Quelle vollständig",
        "complete": "{n} von {of} Quellen vollständig", "year": "{amount} € im Jahr", "from": "ab {amount}",
        "up to": "bis {amount}", "stated": "genannt", "source field": "Feld der Quelle", "pay scale": "Tarif",
        "no pay": "Gehalt nicht genannt", "until": "Frist {day}", "since": "ausgeschrieben seit {day}",
        "was open": "war {n} Tage offen", "one day": "war einen Tag offen", "agency": "Vermittler",
        "hybrid": "teils von zu Hause", "full": "von zu Hause", "title": "Titel", "apply_by": "Frist", "place": "Ort",
        "employer": "Arbeitgeber", "none": "nicht genannt",
        "median": "{level}: {median} € im Monat im Median von {n} ({low} bis {high})",
        "reference": "Ortsüblich für die IT-Leitung: Einstieg {entry} € im Monat, mit Erfahrung {experienced} €.",
    },
}  # fmt: skip
# Not strftime's names: they follow the machine's language, not the reader's.
_WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
}  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: what it says first, which may lead somewhere, what else, and what stands below."""

    head: str
    rest: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its entries."""

    heading: str
    lines: list[Line] = field(default_factory=list)


def written(news: News, language: Language = "en", form: Format = "text", *, only: bool = False) -> str:
    """Return the brief of a search; `only`: its jobs alone, without what the boards and the market are like."""
    title = headline(news, language)
    sections = [each for each in _sections(news, language, only=only) if each.lines]
    if form == "html":
        return _html(title, sections, language)
    return _markdown(title, sections) if form == "markdown" else _text(title, sections)


def headline(news: News, language: Language = "en") -> str:
    """Return the day in one line: `dortmund_itleiter, Wed 25 Nov 2026: 2 new, 1 closed; 41 open`."""
    words = WORDS[language]
    counts = [
        words[f"count {name}"].format(n=len(getattr(news, name)))
        for name in ("new", "back", "changed", "closing", "closed")
        if getattr(news, name)
    ]
    told = ", ".join(counts) or words["nothing"]
    line = f"{news.search}, {weekday(news.day, language)}: {told}; {words['open'].format(n=news.open)}"
    if not counts and news.boards:
        line += f"; {_complete(news, words)}"
    return line


def _sections(news: News, language: Language, *, only: bool) -> Iterator[Section]:
    words = WORDS[language]
    yield Section(words["new"], [line(post, language) for post in news.new])
    yield Section(words["back"], [line(post, language) for post in news.back])
    yield Section(
        words["changed"],
        [line(post, language, changes) for post, changes in news.changed],
    )
    yield Section(words["closing"], [line(post, language) for post in news.closing])
    yield Section(
        words["closed"],
        [
            Line(_named(post), (words["one day"] if days == 1 else words["was open"].format(n=days),), (), _web(post))
            for post, days in news.closed
        ],
    )
    if only:
        return
    if not news.is_empty:
        yield Section(words["pay"], [*_paid(news, language)])
    if news.troubles:
        yield Section(words["boards"], [Line(_complete(news, words)), *(Line(each) for each in news.troubles)])


def _complete(news: News, words: dict[str, str]) -> str:
    if news.complete == news.boards:
        return words["one complete" if news.boards == 1 else "all complete"].format(n=news.boards)
    return words["complete"].format(n=news.complete, of=news.boards)


def _paid(news: News, language: Language) -> Iterator[Line]:
    words = WORDS[language]
    if not news.pay:
        return
    for each in news.pay:
        month = {name: _number(getattr(each, name) / 12, language) for name in ("low", "median", "high")}
        yield Line(words["median"].format(level=each.level, n=each.posts, **month))
    bands = {"entry": _span(*ENTRY, language), "experienced": _span(*EXPERIENCED, language)}
    yield Line(words["reference"].format(**bands))


def line(post: Post, language: Language, changes: Sequence[Change] = ()) -> Line:
    """Return what is said of a post: what and where, what it pays and until when, what has changed."""
    words = WORDS[language]
    rest = [pay(post, language)]
    if post.remote in ("hybrid", "full"):
        rest.append(words[post.remote])
    if post.employer_type == "agency":
        rest.append(words["agency"])
    if post.apply_by:
        rest.append(words["until"].format(day=day(post.apply_by, language)))
    if post.listed_since < post.first_seen:
        rest.append(words["since"].format(day=day(post.listed_since, language)))
    return Line(_named(post), tuple(rest), tuple(_change(each, language) for each in changes), _web(post))


def _named(post: Post) -> str:
    place = post.city or ""
    if post.distance_km is not None:
        place = f"{place}, {post.distance_km:.0f} km".lstrip(", ")
    return " · ".join(_flat(each) for each in (post.title, post.employer, place) if each)


def _change(change: Change, language: Language) -> str:
    words = WORDS[language]

    def value(text: str | None) -> str:
        if change.field == "pay":
            low, high = ((float(each) if each else None) for each in (text or "-").split("-"))
            return _amount(low, high, language) or words["none"]
        if not text:
            return words["none"]
        return day(text, language) if change.field == "apply_by" else _flat(text)

    name = words["pay"].lower() if change.field == "pay" and language == "en" else words[change.field]
    return f"{name}: {value(change.old)} → {value(change.new)}"


# ---------------------------------------------------------------- values


def pay(post: Post, language: Language) -> str:
    """Return what a post pays, with where that is from: `85,000-95,000 € a year (stated)`."""
    words = WORDS[language]
    amount = _amount(post.pay_year_min, post.pay_year_max, language)
    if not amount:
        return words["no pay"]
    return f"{amount} ({words.get(post.pay_basis or '', post.pay_basis or '')})"


def _amount(low: float | None, high: float | None, language: Language) -> str | None:
    words = WORDS[language]
    if low is None and high is None:
        return None
    if low is not None and high is not None:
        return words["year"].format(amount=_span(low, high, language))
    how = "from" if high is None else "up to"
    return words["year"].format(amount=words[how].format(amount=_number(high if low is None else low, language)))


def _span(low: float, high: float, language: Language) -> str:
    return _number(low, language) if low == high else f"{_number(low, language)}–{_number(high, language)}"


def _number(amount: float | None, language: Language) -> str:
    text = f"{amount:,.0f}"
    return text.replace(",", ".") if language == "de" else text


def day(iso: str, language: Language) -> str:
    """Return an ISO day as people write it; what is none stays as it is."""
    try:
        found = date.fromisoformat(iso)
    except ValueError:
        return _flat(iso)
    return f"{found:%d.%m.%Y}" if language == "de" else f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def weekday(iso: str, language: Language) -> str:
    """Return an ISO day with its weekday: `Wed 25 Nov 2026`, `Mi 25.11.2026`."""
    return f"{_WEEKDAYS[language][date.fromisoformat(iso).weekday()]} {day(iso, language)}"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _web(post: Post) -> str | None:
    return post.url if post.url and re.match(r"https?://[^\s\"'<>]+$", post.url) else None


# ---------------------------------------------------------------- forms


def _text(title: str, sections: list[Section]) -> str:
    out = [title]
    for section in sections:
        out += ["", section.heading.upper()]
        for line in section.lines:
            out.append("  " + " · ".join((line.head, *line.rest)))
            out += [f"    {each}" for each in line.below]
            out += [f"    {line.url}"] if line.url else []
    return "\n".join(out) + "\n"


_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


def _markdown(title: str, sections: list[Section]) -> str:
    def plain(text: str) -> str:
        return _MARKS.sub(r"\\\1", text)

    out = [f"# {plain(title)}"]
    for section in sections:
        out += ["", f"## {section.heading}", ""]
        for line in section.lines:
            # In angle brackets an address may hold parentheses; it has no blank and no bracket itself.
            head = f"[{plain(line.head)}](<{line.url}>)" if line.url else plain(line.head)
            out.append("- " + " · ".join((head, *map(plain, line.rest))))
            out += [f"  - {plain(each)}" for each in line.below]
    return "\n".join(out) + "\n"


_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "h1{font-size:1.25rem}h2{font-size:1.05rem;margin-top:1.6rem}ul{padding-left:1.2rem}li{margin:.35rem 0}"
)


def _html(title: str, sections: list[Section], language: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{_sections_html(title, sections)}</body>\n</html>\n"
    )


def _sections_html(title: str, sections: list[Section]) -> str:
    out = [f"<h1>{html.escape(title)}</h1>"]
    for section in sections:
        out += [f"<h2>{html.escape(section.heading)}</h2>", "<ul>"]
        for line in section.lines:
            head = html.escape(line.head)
            if line.url:
                head = f'<a href="{html.escape(line.url)}" rel="noreferrer">{head}</a>'
            out.append("<li>" + " · ".join((head, *map(html.escape, line.rest))))
            out += [f"<br>{html.escape(each)}" for each in line.below]
            out.append("</li>")
        out.append("</ul>")
    return "\n".join(out) + "\n"
