"""What our pages say in English and German: one table, and the language that a reader gets.

Asked for in the address (`?lang=de`, then remembered in a cookie), else by the cookie, else by the browser's own
preference, else English. Adverts stay in their language.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")

LANGUAGES = {"en": "English", "de": "Deutsch"}
_ASKED = re.compile(rb"(?:^|&)lang=(en|de)(?=&|$)")
_YEAR = 365 * 24 * 3600

# key: English, German. Values of columns stand as column.value.
WORDS: dict[str, tuple[str, str]] = {
    "skip": ("Skip to the content", "Zum Inhalt springen"),
    "nav": ("Pages", "Seiten"),
    "nav.jobs": ("Jobs", "Stellen"),
    "nav.pictures": ("Pictures", "Bilder"),
    "nav.brief": ("Brief", "Neuigkeiten"),
    "nav.tables": ("Tables and SQL", "Tabellen und SQL"),
    "language": ("Language", "Sprache"),
    "about": (
        ("Collected each night from public job boards: every vacancy once, with the words it came from and its history."
        " What nobody stated is left empty, never estimated. The adverts belong to those who wrote them."),
        ("Jede Nacht aus öffentlichen Stellenbörsen gesammelt: jede Stelle einmal, mit den Worten, aus denen sie stammt,"  # noqa: E501
        " und ihrer Geschichte. Was niemand angibt, bleibt leer und wird nie geschätzt. Die Anzeigen gehören ihren"
        " Verfassern."),
    ),
    "missing": ("No jobs yet", "Noch keine Stellen"),
    "missing.how": (
        "The first crawl makes data/jobs.db. Run this in the project's folder, then load this page again:",
        "Der erste Lauf legt data/jobs.db an. Im Ordner des Projekts starten, dann diese Seite neu laden:",
    ),
    "fault": ("The jobs cannot be shown", "Die Stellen lassen sich nicht zeigen"),
    "fault.how": (
        ("data/jobs.db answered: {fault}. If the first crawl is just starting, load this page again in a minute; a new"
        " crawl also brings an older file up to date."),
        ("data/jobs.db antwortet: {fault}. Beginnt der erste Lauf gerade, diese Seite in einer Minute neu laden; ein"
        " neuer Lauf bringt auch eine ältere Datei auf den Stand."),
    ),
    "open.one": ("1 open job", "1 offene Stelle"),
    "open.many": ("{n} open jobs", "{n} offene Stellen"),
    "boards.one": ("{complete} of 1 board complete", "{complete} von 1 Quelle vollständig"),
    "boards.many": ("{complete} of {boards} boards complete", "{complete} von {boards} Quellen vollständig"),
    "trouble": ("{n} in trouble", "{n} mit Störung"),
    "last_run": ("last run {time}", "letzter Lauf {time}"),
    "none_since": ("(none since)", "(seither keiner)"),
    "run.counts": ("{new} new, {changed} changed, {closed} closed", "{new} neu, {changed} geändert, {closed} zu"),
    "run.none": ("No run has ended yet.", "Noch kein Lauf ist zu Ende."),
    "run.running": ("A run started {time} and has not ended.", "Ein Lauf begann {time} und ist nicht zu Ende."),
    "search": ("Search", "Suchen"),
    "search.label": (
        "Search in titles, employers, towns and texts", "Suche in Titeln, Arbeitgebern, Orten und Texten",
    ),
    "search.hint": ("Title, employer, town, text", "Titel, Arbeitgeber, Ort, Text"),
    "filters": ("Filters", "Filter"),
    "any": ("any", "alle"),
    "apply": ("Show", "Anzeigen"),
    "level": ("Level", "Ebene"),
    "match": ("Match", "Treffer"),
    "remote": ("Work from home", "Homeoffice"),
    "employer_type": ("Employer", "Arbeitgeber"),
    "city": ("Town", "Ort"),
    "employer": ("Employer's name", "Name des Arbeitgebers"),
    "job_search": ("Search", "Suchlauf"),
    "km": ("Distance", "Entfernung"),
    "km.value": ("up to {n} km", "bis {n} km"),
    "paid": ("Pay known", "Gehalt bekannt"),
    "paid.only": ("only with pay", "nur mit Gehalt"),
    "pay_from": ("At least, € a year", "Mindestens, € im Jahr"),
    "days": ("New since", "Neu seit"),
    "days.1": ("yesterday", "gestern"),
    "days.value": ("{n} days", "{n} Tagen"),
    "sort": ("Order", "Reihenfolge"),
    "sort.new": ("newest first", "neueste zuerst"),
    "sort.pay": ("highest pay first", "höchstes Gehalt zuerst"),
    "sort.near": ("nearest first", "nächste zuerst"),
    "sort.deadline": ("deadline first", "Bewerbungsschluss zuerst"),
    "shown.all": ("{n} jobs", "{n} Stellen"),
    "shown.some": ("{n} of {all} jobs", "{n} von {all} Stellen"),
    "shown.many": ("more than {n} of {all} jobs", "mehr als {n} von {all} Stellen"),
    "with": ("with “{words}”", "mit „{words}“"),
    "reset": ("show all", "alle zeigen"),
    "remove": ("Remove this filter", "Diesen Filter entfernen"),
    "new": ("new", "neu"),
    "changed": ("changed", "geändert"),
    "unnamed": ("Employer not named", "Arbeitgeber nicht genannt"),
    "pay": ("Pay", "Gehalt"),
    "pay.none": ("pay not stated", "Gehalt nicht angegeben"),
    "pay.range": ("{low} to {high} € a year", "{low} bis {high} € im Jahr"),
    "pay.from": ("from {low} € a year", "ab {low} € im Jahr"),
    "pay.to": ("up to {high} € a year", "bis {high} € im Jahr"),
    "pay.one": ("{low} € a year", "{low} € im Jahr"),
    "age.0": ("since today", "seit heute"),
    "age.1": ("since yesterday", "seit gestern"),
    "age.many": ("for {n} days", "seit {n} Tagen"),
    "apply_by": ("apply by {day}", "bewerben bis {day}"),
    "advert": ("advert", "Anzeige"),
    "advert.open": ("Open the advert", "Zur Anzeige"),
    "none.match": ("No open job matches.", "Keine offene Stelle passt."),
    "none.open": ("No job is open.", "Keine Stelle ist offen."),
    "next": ("Next {n}", "Nächste {n}"),
    "first": ("Back to the first", "Zurück zum Anfang"),
    "as_table": ("As a table, to sort and export", "Als Tabelle, zum Sortieren und Ausführen"),
    "questions": ("Questions", "Fragen"),
    "level.none": ("level unknown", "Ebene unbekannt"),
    "level.cio": ("CIO", "CIO"),
    "level.head": ("head of IT", "IT-Leitung"),
    "level.division": ("division", "Bereich"),
    "level.department": ("department", "Abteilung"),
    "level.section": ("section", "Sachgebiet"),
    "level.team": ("team", "Team"),
    "level.deputy": ("deputy", "Stellvertretung"),
    "match.exact": ("exact", "genau"),
    "match.near": ("near", "ähnlich"),
    "remote.none": ("on site", "vor Ort"),
    "remote.hybrid": ("partly from home", "teils zu Hause"),
    "remote.full": ("from home", "ganz zu Hause"),
    "remote.unknown": ("not said", "nicht gesagt"),
    "employer_type.employer": ("employer itself", "Arbeitgeber selbst"),
    "employer_type.agency": ("agency", "Vermittler"),
    "employer_type.unknown": ("unknown", "unbekannt"),
    "pay_basis.stated": ("stated in the text", "im Text angegeben"),
    "pay_basis.source field": ("from the source's field", "aus dem Feld der Quelle"),
    "pay_basis.pay scale": ("pay scale", "Tarif"),
    "hours.full": ("full time", "Vollzeit"),
    "hours.part": ("part time", "Teilzeit"),
    "hours.full or part": ("full or part time", "Voll- oder Teilzeit"),
    "hours.unknown": ("not said", "nicht gesagt"),
    "contract.permanent": ("permanent", "unbefristet"),
    "contract.fixed term": ("fixed term", "befristet"),
    "contract.unknown": ("not said", "nicht gesagt"),
    "status.open": ("open", "offen"),
    "status.unconfirmed": ("unconfirmed", "unbestätigt"),
    "status.closed": ("closed", "geschlossen"),
    "status.why": ("Not seen for more than 14 days", "Seit mehr als 14 Tagen nicht gesehen"),
    "facts": ("Facts", "Angaben"),
    "words": ("Words and rule", "Worte und Regel"),
    "rule": ("rule", "Regel"),
    "terms": ("Terms", "Bedingungen"),
    "dates": ("Dates", "Daten"),
    "places": ("Places", "Orte"),
    "weight": ("Weight", "Gewicht"),
    "industry": ("Industry", "Branche"),
    "skills": ("Asked for", "Gefragt"),
    "skills.must": ("demanded", "verlangt"),
    "skills.nice": ("an advantage", "von Vorteil"),
    "reference": ("Reference", "Kennziffer"),
    "why": ("Why it matches", "Warum sie passt"),
    "hours": ("hours", "Arbeitszeit"),
    "contract": ("contract", "Vertrag"),
    "from": ("from {day}", "ab {day}"),
    "published": ("published {day}", "veröffentlicht {day}"),
    "seen": ("first seen {first}, last seen {last}", "zuerst gesehen {first}, zuletzt {last}"),
    "listed": (
        "advertised since {day}, earlier listings counted", "ausgeschrieben seit {day}, frühere Anzeigen mitgezählt",
    ),
    "closed_on": ("closed {day} ({why})", "geschlossen {day} ({why})"),
    "leads": ("leads {n} persons", "führt {n} Menschen"),
    "budget": ("budget {n} €", "Budget {n} €"),
    "reports": ("reports to {who}", "berichtet an {who}"),
    "evidence": ("Where the other facts come from", "Woher die übrigen Angaben stammen"),
    "sources": ("Sources", "Quellen"),
    "source.seen": ("{status}, seen {first} to {last}", "{status}, gesehen {first} bis {last}"),
    "merged": ("Recognised as this job on {day}: {why}", "Als diese Stelle erkannt am {day}: {why}"),
    "split": ("Not the same post? Undo it:", "Nicht dieselbe Stelle? So wird es getrennt:"),
    "similar": ("Similar and linked", "Ähnlich und verknüpft"),
    "merge": ("The same post? Join them:", "Dieselbe Stelle? So werden sie eins:"),
    "same_employer": ("same employer", "derselbe Arbeitgeber"),
    "history": ("History", "Geschichte"),
    "history.text": ("the text changed", "der Text wurde geändert"),
    "history.none": ("none recorded", "nichts verzeichnet"),
    "nothing": ("nothing", "nichts"),
    "text": ("Text of the advert", "Text der Anzeige"),
    "all": ("All columns", "Alle Spalten"),
    "row_as": ("This row as", "Diese Zeile als"),
    "empty": ("empty", "leer"),
    "pictures": ("The market in pictures", "Der Markt in Bildern"),
    "pictures.counted": ("Counted at the end of the run of {at}.", "Gezählt am Ende des Laufs vom {at}."),
    "pictures.lead": (
        "Drawn from all jobs in the file; each picture's figures and query are a click away.",
        "Gezeichnet aus allen Stellen der Datei; Zahlen und Abfrage jedes Bildes sind einen Klick entfernt.",
    ),
    "figures": ("Figures and query", "Zahlen und Abfrage"),
    "too_few": ("Not enough is known yet to draw this.", "Noch ist zu wenig bekannt, um das zu zeichnen."),
    "pic.pay": ("Pay by level", "Gehalt nach Ebene"),
    "pic.pay.desc": (
        ("Gross pay a month in EUR, a twelfth of the year, for groups of 5 jobs and more: the bar holds the middle half,"  # noqa: E501
        " its tick is the median. Bases are never mixed. Bands: entry 4,500 to 5,900 €, experienced 7,000 to 8,200 €."),
        ("Brutto im Monat in EUR, ein Zwölftel des Jahres, für Gruppen ab 5 Stellen: der Balken fasst die mittlere"
        " Hälfte, sein Strich ist der Median. Herkünfte werden nie gemischt. Bänder: Einstieg 4.500 bis 5.900 €,"
        " erfahren 7.000 bis 8.200 €."),
    ),
    "pic.entry": ("entry", "Einstieg"),
    "pic.experienced": ("experienced", "erfahren"),
    "pic.time": ("Openings over time", "Stellen im Lauf der Zeit"),
    "pic.time.desc": (
        "Open jobs at the end of each week as a line; new ones as bars upwards, closed ones downwards.",
        "Offene Stellen am Ende jeder Woche als Linie; neue als Balken nach oben, geschlossene nach unten.",
    ),
    "pic.open": ("open", "offen"),
    "pic.closed": ("closed", "geschlossen"),
    "pic.gone": ("closed", "zu"),
    "pic.close": ("Time to close", "Zeit bis zur Schließung"),
    "pic.close.desc": (
        ("Share of jobs still open after so many days (Kaplan-Meier: open ones count for as long as they are known)."
        " Jobs of the first night are left out, for their age is unknown."),
        ("Anteil der Stellen, die nach so vielen Tagen noch offen sind (Kaplan-Meier: offene zählen, solange man sie"
        " kennt). Stellen der ersten Nacht fehlen, denn ihr Alter ist unbekannt."),
    ),
    "pic.half": ("half closed after {n} days", "die Hälfte zu nach {n} Tagen"),
    "pic.days": ("days", "Tage"),
    "pic.employers": ("Who has most open posts", "Wer die meisten offenen Stellen hat"),
    "pic.employers.desc": ("Employers by open jobs.", "Arbeitgeber nach offenen Stellen."),
    "pic.skills": ("Skills asked for", "Gefragte Kenntnisse"),
    "pic.skills.desc": (
        "Share of a month's new jobs that ask for a skill: first month, last month, and the line between.",
        ("Anteil der neuen Stellen eines Monats, die eine Kenntnis verlangen: erster, letzter Monat und die Linie"
        " dazwischen."),
    ),
    "pic.map": ("Where the open jobs are", "Wo die offenen Stellen sind"),
    "pic.map.desc": (
        ("A circle for each town, its area the number of open jobs; rings are kilometres around the searched town, the"
         " solid one is where the search ends. Of the search that ran last."),
        ("Ein Kreis je Ort, seine Fläche die Zahl offener Stellen; Ringe sind Kilometer um den gesuchten Ort, am"
         " durchgezogenen endet die Suche. Aus dem Suchlauf, der zuletzt lief."),
    ),
    "pic.share": ("How many adverts state pay", "Wie viele Anzeigen ein Gehalt nennen"),
    "pic.share.desc": (
        "Share of the jobs first seen in a month with any pay: stated, in the source's field, or by a pay scale.",
        "Anteil der in einem Monat zuerst gesehenen Stellen mit Gehalt: im Text, im Feld der Quelle oder nach Tarif.",
    ),
}  # fmt: skip


# Why a job matches, as pipelines/titles.py and relevance.py say it in English; what stands in quotes stays.
_REASONS = tuple(
    (re.compile(f" {english}"), f" {german}")
    for english, german in (
        ("is a name of the post", "ist ein Name der Stelle"),
        ("is near the head of (?P<field>[^;,“]+)", r"steht der Leitung des Bereichs \g<field> nahe"),
        ("leads the whole (?P<field>[^;,“]+)", r"leitet den ganzen Bereich \g<field>"),
        ("leads (?P<field>[^;,“]+) as one of several fields", r"leitet \g<field> als einen von mehreren Bereichen"),
        ("leads another field than (?P<field>[^;,“]+)", r"leitet einen anderen Bereich als \g<field>"),
        ("leads a unit inside (?P<field>[^;,“]+)", r"leitet eine Einheit im Bereich \g<field>"),
        ("leads a team", "leitet ein Team"),
        ("is a deputy", "ist eine Stellvertretung"),
        ("leads a part of (?P<field>[^:“]+): ", r"leitet einen Teil des Bereichs \g<field>: "),
        ("leads (?P<area>[^;,“]+), which is near (?P<field>[^;,“]+)", r"leitet \g<area>, verwandt mit \g<field>"),
        ("may or may not lead (?P<field>[^;,“]+)", r"kann den Bereich \g<field> leiten, muss es aber nicht"),
        ("is a specialist, not a leader", "ist eine Fachkraft, keine Leitung"),
        ("does not say what it leads", "sagt nicht, was geleitet wird"),
        ("works in (?P<field>[^;,“]+)", r"arbeitet im Bereich \g<field>"),
        ("the stated occupation is (?=“)", "der angegebene Beruf ist "),
        ("but the text says (?=“)", "aber im Text steht "),
        ("the text says (?=“)", "im Text steht "),
        ("so it leads a part$", "also leitet die Stelle einen Teil"),
    )
)
_QUOTED = re.compile("(“[^”]*”)")


class Words:
    """The words of one language; called with a key and what stands in its braces."""

    def __init__(self, lang: str) -> None:
        """Speak `lang`, one of LANGUAGES."""
        self.lang = lang

    def __call__(self, key: str, **values: Any) -> str:
        """Return the words of a key; numbers are written as the language does. Raises KeyError for an unknown key."""
        return WORDS[key][self.lang == "de"].format(
            **{name: self.number(value) if isinstance(value, (int, float)) else value for name, value in values.items()}
        )

    def value(self, column: str, value: Any) -> str:
        """Return what a column's value is called, the value itself where we have no word for it."""
        pair = WORDS.get(f"{column}.{value if value is not None else 'none'}")
        return pair[self.lang == "de"] if pair else str(value or "")

    def reason(self, told: str | None) -> str:
        """Return why a job matches in this language; words of the advert stand in quotes, and stay as they are."""
        if self.lang != "de" or not told:
            return told or ""
        quotes = _QUOTED.findall(told)
        plain = _QUOTED.sub("“", told)  # so that no word of an advert is taken for one of ours
        for english, german in _REASONS:
            plain = english.sub(german, plain)
        first, *rest = plain.split("“")
        return first + "".join(f"„{each[1:-1]}“{after}" for each, after in zip(quotes, rest, strict=True))

    def number(self, value: float) -> str:
        """Return a whole number with the language's sign between thousands."""
        written = f"{value:,.0f}"
        return written.replace(",", ".") if self.lang == "de" else written


def language(request: Any) -> str:
    """Return the language for a request: asked for, remembered, preferred by the browser, else English."""
    if request is None:
        return "en"
    for stated in (request.args.get("lang"), request.cookies.get("lang")):
        if stated in LANGUAGES:
            return str(stated)
    wanted = []
    for part in (request.headers.get("accept-language") or "").lower().split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        if (name := tag.split("-")[0].strip()) in LANGUAGES:
            try:
                wanted.append((float(weight or 1), name))
            except ValueError:
                continue
    return max(wanted, key=lambda each: each[0])[1] if wanted else "en"


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    # Datasette writes its page for an error without the variables of plugins; it then speaks English.
    env.globals |= {"t": Words("en"), "lang": "en", "languages": []}


@hookimpl
def extra_template_vars(request: Any) -> dict[str, Any]:
    lang = language(request)
    asked = parse_qsl(request.query_string) if request else []
    kept = [each for each in asked if each[0] != "lang"]
    links = [(code, name, "?" + urlencode([*kept, ("lang", code)])) for code, name in LANGUAGES.items()]
    return {"t": Words(lang), "lang": lang, "languages": links}


Application = Callable[[Any, Any, Any], Awaitable[None]]


@hookimpl
def asgi_wrapper() -> Callable[[Application], Application]:
    """Remember a language that was asked for."""

    def wrap(app: Application) -> Application:
        async def remembering(scope: Any, receive: Any, send: Any) -> None:
            found = _ASKED.search(scope.get("query_string", b"")) if scope["type"] == "http" else None

            async def sent(event: dict[str, Any]) -> None:
                if event["type"] == "http.response.start":
                    headers = [*event.get("headers", []), (b"vary", b"accept-language, cookie")]
                    if found:
                        cookie = f"lang={found[1].decode()}; Path=/; Max-Age={_YEAR}; SameSite=Lax; HttpOnly"
                        headers.append((b"set-cookie", cookie.encode()))
                    event = {**event, "headers": headers}
                await send(event)

            await app(scope, receive, sent if scope["type"] == "http" else send)

        return remembering

    return wrap
