"""Pay scales: which scale and group an advert names, and what the table of its day pays for them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from pipelines import reference

LONGEST = 40_000  # characters read
MOST_MENTIONS = 300  # a text with more of them is no advert, and costs time

# One character for one, so that a place in the folded text is the same place in the advert.
_FOLD = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2000\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u200b\t\r\n", " "),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("„“”‚‘’\"'[]", " "),
    }
)

# ---------------------------------------------------------------- the names of scales

# Scales of the public service are named for pay or not at all. The others share their names with unions, associations
# and much else, so that "Tarif" must stand near them. A longer name comes before the shorter one it contains.
_TVOED = r"T[Vv][ -]?(?:Ö|ö|O|o|OE|Oe|oe)[dD]"
_NAMES: tuple[tuple[str, str, bool], ...] = (
    ("TVöD-SuE", rf"{_TVOED}[ /-]{{1,2}}(?:VKA[ /-]{{1,2}})?S(?:u|&| und |\+)E\b|TV[ -]SuE\b|{_TVOED}[ -](?:für den )?Sozial- und Erz", False),
    ("TVöD-VKA", rf"{_TVOED}-VKA\b", False),
    ("TVöD-Bund", rf"{_TVOED}-[Bb]und\b", False),
    ("TVöD-S", rf"{_TVOED}[ -](?:S\b(?! ?[0-9]{{1,2}}[ab]?\b)|S(?= 1[0-5]\b)|Sparkassen?\b)", False),
    ("TVöD-F", rf"{_TVOED}[ -]F\b", False),
    ("TVöD-K", rf"{_TVOED}[ -]K\b", False),
    ("TVöD-B", rf"{_TVOED}[ -]B\b", False),
    ("TVöD-P", rf"{_TVOED}[ -]P\b(?! ?[0-9])", False),
    ("TVöD-V", rf"{_TVOED}[ -]V\b", False),
    ("TVöD", rf"{_TVOED}(?![A-Za-zäöü])", False),
    ("TV-L", r"TV ?[-/]? ?L\b(?![ -]?Ärzte)", False),
    ("TV-H", r"TV ?-? ?H\b", False),
    ("TV-V", r"TV ?-? ?V\b", False),
    ("TV-N", r"TV ?-? ?N\b", False),
    ("TV-AVH", r"TV[ -]?AVH\b", False),
    ("TV-BA", r"TV[ -]BA\b|Tarifvertrag\w{0,3} der Bundesagentur", False),
    ("TV Dataport", r"TV[ -]Dataport\b", False),
    ("TV-DRV", r"TV[ -]?(?:EntgO-|Tg)?DRV\b", False),
    ("TV-Ärzte", r"TV[ -](?:L )?Ärzte\b", False),
    ("BAT-KF", r"BAT[ -]KF\b", False),
    ("KAVO", r"KAVO\b", False),
    ("AVR", r"AVR\b|A(?:rbeitsvertragsr|RBEITSVERTRAGSR)ichtlinien", False),
    ("BG-AT", r"BG-AT\b", False),
    ("TV-H", r"(?:Tarifvertrag\w{0,3}|[cC]ollective (?:wage )?[aA]greement) (?:für den öffentlichen Dienst |for the public s\w{5,6} )?(?:of the state of Hesse|des Landes Hessen)", False),
    ("TV-L", r"Tarifvertrag\w{0,3} (?:für den öffentlichen Dienst |des öffentlichen Dienstes )?(?:der|für die) (?:deutschen )?Länder|[cC]ollective (?:[wW]age |[bB]argaining )?[aA]greement (?:for|of) the (?:German )?(?:[pP]ublic [sS](?:ervice|ector) )?(?:of the )?(?:[fF]ederal |[gG]erman )?(?:[sS]tates|Länder)", False),
    ("TV-V", r"Tarifvertrag\w{0,3} (?:für )?(?:die )?Versorgungsbetriebe", False),
    ("TVöD", r"Tarifvertrag\w{0,3} (?:für den|des) öffentlichen Dienst(?:e?s)?", False),
    ("GVP/iGZ", r"[iI]GZ\b|GVP\b", True),
    ("BAP/DGB", r"BAP ?/ ?DGB\b", True),
    ("BAP", r"BAP\b", True),
    ("ERA", r"ERA\b|Metall-?(?: ?(?:und|/|&) ?-?)Elektro-?(?:[iI]ndustrie)?|Elektro-Metall|[eE]ntgeltrahmen", True),
    ("IG Metall", r"IG[ -]?[mM]etall?\b|IGM\b", True),
    ("Chemie", r"IG ?BCE\b|[cC]hemie|[cC]hemical [iI]ndustry", True),
)
_NAME = re.compile("|".join(f"(?P<n{number}>{pattern})" for number, (_, pattern, _) in enumerate(_NAMES)))
# Where a name can start; its first letters are rare, which keeps the scan of a whole advert short.
_NAME_START = re.compile(
    r"(?<![A-Za-zÄÖÜäöü])(?:TV|Tv|Tarifv|BAT|KAVO|AVR|Arbeitsv|BG-|[cC]ollective|IG|iGZ|GVP|BAP|ERA|Metall|Elektro-M|[eE]ntgeltr|[cC]hemi)"
)
_TARIFF = re.compile(r"[tT]ari[fv]|TARIF|[tT]aryf|[eE]ntgeltgruppe|\bEG ?[0-9]")

# ---------------------------------------------------------------- the names of groups

_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10, "XI": 11, "XII": 12, "XIII": 13, "XIV": 14, "XV": 15}
_E = r"(?:1[0-7]|[1-9])(?: ?[abcÜü](?![A-Za-zäöü]))?"
_LABEL = (
    r"(?:Entgelt-?[gG]ruppen?|ENTGELTGRUPPE|Entgeltgr\.|Vergütungsgruppen?|Gehaltsgruppe|Tarifgruppe|Lohngruppe|Besoldungs-/Entgeltgruppe|"
    r"[pP]ay(?:ment)? (?:group|grade|scale|level)|[sS]alary (?:group|grade|scale|level)|[rR]emuneration (?:group|level)|[wW]age group|[gG]rade|"
    r"[eE]ntgeltstufe|Tarif|Eingruppierung)"
)
_TO = r" ?(?:-|/|bis(?: zu[rm]?)?|to|oder|or|bzw\.|und|,) ?"
_GROUP = re.compile(
    # E 13, EG 13, Entgeltgruppe 13, Entgeltgruppe XIII, EG 9b bis 11
    rf"(?<![A-Za-z0-9ÄÖÜäöü])(?:"
    rf"(?:(?P<label>{_LABEL})[:( ]{{0,3}}(?P<label_upto>(?:bis(?: zu)?|maximal|max\.) ?)?(?:EGr?\.? ?|E[ -]?)?|(?P<mark>EGr?\.? ?|E[ -]?))"
    rf"(?P<first>{_E}|(?<=[ :])(?:XIV|XV|XI{{0,3}}|IX|VI{{0,3}}|IV|I{{2,3}})(?![A-Za-z]))"
    rf"(?:{_TO}(?:EGr?\.? ?|E ?)?(?P<second>{_E})(?![0-9%.,/-]|[A-Za-zäöü]| ?(?:%|Prozent|Jahr|Monat|Std|Stunden|Tag|h\b)))?"
    # A 13, B 2, W 3, R 1, A 9g, A 13/14
    rf"|(?P<family>[ABWR]) ?(?P<grade>1[0-6]|[1-9])(?: ?[gmhs](?![A-Za-z])|\+ ?[zZ])?"
    rf"(?:{_TO}(?P<family2>[ABWR] ?)?(?P<grade2>1[0-6]|[1-9])(?![0-9%.,]|[A-Za-z]))?"
    # S 8a of the social and education service, P 8 of nursing
    rf"|(?:EG ?|Entgeltgruppe )?(?P<letter>[SP]) ?(?P<number>1[0-8][ab]?|[2-9][ab]?)"
    # the federal employment agency's own
    rf"|(?:TE ?|Tätigkeitsebene )(?P<level>VIII|VII|VI|IV|V|I{{1,3}})"
    rf")(?![A-Za-z0-9]|[.,/-][0-9])"
)
_GROUP_START = re.compile(
    r"(?<![A-Za-z0-9ÄÖÜäöü])(?:EG|E[ -]?[0-9]|[ABWRSP] ?[0-9]|TE ?[IV]|Tätigkeitse|Entg|ENTG|entg|Verg|Gehaltsg|Tarif|Lohng|Eingr|Besoldungs-/|[pP]ay|[sS]alary|[rR]emun|[wW]age g|[gG]rade)"
)
_AFTER_NAME = re.compile(rf"[ ,:-]{{1,2}}(?P<first>1[0-5][ab]?|[5-9][abc]?)(?:{_TO}(?P<second>1[0-5]|[5-9][abc]?))?(?![0-9%.,/-]|[A-Za-z]| ?(?:%|Prozent|h\b|Std|Stunden|Tage|Monat|Jahr|\())")
_CIVIL = re.compile(r"[bB]esold|[bB]eamt|Bes(?:O|G|Gr)\b|BesGr|BesO|BesG|[Pp]rofess|tenure|civil serv|Laufbahn|Dienstposten|Planstelle")
_LAW = re.compile(r"\b(?:L(?:andes)?BesG|LBesO|BBesG|BBesO|BayBesG|NBesG|HBesG|HmbBesG|[A-Z][A-Za-z]{0,4}BesG|[A-Z][A-Za-z]{0,4}BesO)(?: ?(?:NRW|NW|A|W|B))?")

_UP_TO = re.compile(r"(?:\bbis(?: maximal| max\.)?(?: zu| zur| zum| in| hin zu)?(?: der| die)?|[mM]aximal(?: in)?(?: der| die| nach)?|\bmax\.|up to(?: the)?|höchstens|until)(?: nach)?[ :(]{0,2}\Z")
_FROM = re.compile(r"(?:\bab(?: der)?|[mM]indestens|\bmind\.|at least|from)[ :]{0,2}\Z")
_STEP = re.compile(r"[^.;]{0,30}?(?:Erfahrungss|[sS])tufen? ?(?P<first>[1-9])(?: ?(?:-|/|bis|oder) ?(?P<second>[1-9]))?(?![0-9])")
_RANGE_GAP = re.compile(r"[ ()]{0,3}(?:-|bis(?: zu[rm]?)?|/|oder|bzw\.|to|or|und|,|with tenure track|mit Tenure[ -]Track(?: nach)?)[ ()]{0,3}\Z")

_PAID = re.compile(
    r"vergüt|bezahl|entgelt|entlohn|gehalt|salary|remunerat|compensation|\bpay\b|payment|paid|eingruppier|besold|"
    r"nach tarif|tarifvertr|tariflich|konditionen|anstellung|employment|verdienst|tarif\b|tariff?\b|tariful|stellenwert|bewert|dotiert"
)
_NOT_PAID = re.compile(
    r"erfahrung|kenntnis|tarifrecht|anwendung|umsetz|experience|knowledge|urlaub|arbeitszeit|wochenstunden|sonderzahlung|"
    r"zusatzversorgung|§|tarifpartner|mehr als|standard|altersvorsorge|einsetzen|vertraut|sicherer umgang|informationen zu|"
    r"working hours|vacation|mitglied|zulage|betriebsrat|verhandl|beratung|rechtsgebiet|arbeitsrecht"
)
_SENTENCE = re.compile(r"[.!?;] {1,3}(?=[A-ZÄÖÜ])|[•·►✓■●|]| {2,}[-*] | {3,}")


@dataclass(frozen=True, slots=True)
class ScaleStatement:
    """A pay scale as an advert names it. Groups are written as in the tables: 13, 9b, A14, S8a, W2."""

    start: int
    end: int
    text: str  # the quote
    scale: str | None
    group_min: str | None
    group_max: str | None
    step_min: str | None = None
    step_max: str | None = None
    table: str | None = None  # the scale whose table holds: TVöD-Bund, LBesO NRW …
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Name:
    start: int
    end: int
    scale: str
    needs_tariff: bool


@dataclass(frozen=True, slots=True)
class _Group:
    start: int
    end: int
    family: str  # E, A, B, W, R, S, P, TE
    low: str | None
    high: str | None
    labelled: bool


def _names(text: str) -> list[_Name]:
    found: list[_Name] = []
    end = 0
    for count, start in enumerate(_NAME_START.finditer(text)):
        if count >= MOST_MENTIONS:
            break
        if start.start() < end:
            continue
        name = _NAME.match(text, start.start())
        if name is None or name.lastgroup is None:
            continue
        scale, _, needs_tariff = _NAMES[int(name.lastgroup[1:])]
        if needs_tariff and not _TARIFF.search(text, max(0, name.start() - 40), name.end() + 40):
            continue
        found.append(_Name(name.start(), name.end(), scale, needs_tariff))
        end = name.end()
    return found


def _groups(text: str, names: Sequence[_Name]) -> list[_Group]:
    found: list[_Group] = []
    end = 0
    for count, start in enumerate(_GROUP_START.finditer(text)):
        if count >= MOST_MENTIONS:
            break
        if start.start() < end:
            continue
        group = _GROUP.match(text, start.start())
        if group is None:
            continue
        if one := _group(text, group):
            found.append(one)
            end = group.end()
    for name in names:
        after = _AFTER_NAME.match(text, name.end)
        if after and name.scale.startswith("TV") and not any(name.end <= one.start < after.end() for one in found):
            found.append(_bounded(text, name.start, after.end(), "E", after["first"], after["second"], labelled=True))
    return sorted(found, key=lambda one: one.start)


def _group(text: str, group: re.Match[str]) -> _Group | None:
    start, end = group.span()
    if group["first"]:
        label = group["label"]
        if label in {"Tarif", "Eingruppierung"} and text[group.start("first") - 1] not in "EG ":
            return None
        if label in {"Tarif", "Eingruppierung"} and "E" not in text[start + len(label) : group.start("first")]:
            return None
        one = _bounded(text, start, end, "E", group["first"], group["second"], labelled=bool(label) or group["mark"].startswith("EG"))
        if group["label_upto"]:
            one = _Group(one.start, one.end, one.family, None, one.high, one.labelled)
        return one
    if group["family"]:
        near = text[max(0, start - 60) : end + 40]
        if not _CIVIL.search(near):
            return None
        family = group["family"]
        return _bounded(text, start, end, family, group["grade"], group["grade2"], labelled=True)
    if group["letter"]:
        near = text[max(0, start - 40) : end + 30]
        if not re.search(rf"{_TVOED}|SuE|Entgeltgruppe|\bEG\b|AVR", near):
            return None
        return _bounded(text, start, end, group["letter"], group["number"], None, labelled=True)
    return _Group(start, end, "TE", group["level"], group["level"], True)


def _bounded(text: str, start: int, end: int, family: str, first: str, second: str | None, *, labelled: bool) -> _Group:
    prefix = "" if family == "E" else family
    low = prefix + _spelled(first)
    high = prefix + _spelled(second) if second else low
    if second and _rank(high) < _rank(low):
        low, high = high, low
    before = text[max(0, start - 26) : start]
    if _UP_TO.search(before):
        return _Group(start, end, family, None, high, labelled)
    if not second and _FROM.search(before):
        return _Group(start, end, family, low, None, labelled)
    return _Group(start, end, family, low, high, labelled)


def _spelled(group: str) -> str:
    group = group.replace(" ", "")
    return str(_ROMAN.get(group, "")) or group.replace("ü", "Ü")


def _rank(group: str) -> tuple[int, str]:
    digits = "".join(each for each in group if each.isdigit())
    return int(digits or 0), group.lstrip("ABWRSP0123456789")


def find(text: str) -> tuple[ScaleStatement, ...]:
    """Return the pay scales `text` names for this post, the one to go by first; spans are places in `text`."""
    text = text[:LONGEST]
    folded = text.translate(_FOLD)
    names = _names(folded)
    groups = _joined(folded, _groups(folded, names), names)
    found = [*_grouped(folded, groups, names)]
    if not found:
        found = [*_ungrouped(folded, names)]
    statements = []
    for _, statement in sorted(found, key=lambda each: each[0]):
        statements.append(
            ScaleStatement(
                statement.start,
                statement.end,
                " ".join(text[statement.start : statement.end].split()),
                statement.scale,
                statement.group_min,
                statement.group_max,
                statement.step_min,
                statement.step_max,
                statement.table,
                statement.note,
            )
        )
    return tuple(statements)


def _joined(text: str, groups: Sequence[_Group], names: Sequence[_Name]) -> list[_Group]:
    """Join "EG 10 TV-L - EG 11 TV-L" into one range."""
    joined: list[_Group] = []
    for one in groups:
        last = joined[-1] if joined else None
        if last and last.family == one.family and 0 <= one.start - last.end <= 40 and one.low and last.high:
            gap = text[last.end : one.start]
            for name in names:
                if last.end <= name.start and name.end <= one.start:
                    gap = text[last.end : name.start] + text[name.end : one.start]
            if _RANGE_GAP.match(gap):
                low, high = last.low, one.high
                if low and high and _rank(high) < _rank(low):
                    low, high = one.low, last.high
                joined[-1] = _Group(last.start, one.end, one.family, low, high, last.labelled or one.labelled)
                continue
        joined.append(one)
    return joined


def _grouped(text: str, groups: Sequence[_Group], names: Sequence[_Name]) -> Iterator[tuple[tuple[int, int], ScaleStatement]]:
    """Give every group its scale: the one beside it, else the only one the advert names."""
    public = [name for name in names if not name.needs_tariff]
    civil = next((group for group in groups if group.family in "ABWR"), None)
    for group in groups:
        if group.family in "ABWR":
            law = _LAW.search(text, group.end, group.end + 40) or _LAW.search(text, max(0, group.start - 60), group.start)
            near = text[max(0, group.start - 60) : group.end + 60]
            table = "LBesO NRW" if not law or re.search(r"NRW|NW\b|Nordrhein", near) else law[0]
            start, end = group.start, law.end() if law and law.start() >= group.end else group.end
            note = "" if law else "the state is not stated: the table of North Rhine-Westphalia is taken"
            yield (2, group.start), _statement(text, start, end, "Besoldung", group, table, note)
            continue
        note = f"civil servants: {civil.high or civil.low}" if civil else ""
        if group.family == "TE":
            yield (0, group.start), _statement(text, group.start, group.end, "TV-BA", group, "TV-BA", note)
            continue
        near_name = _nearest(group, names, 90)
        if near_name:
            table = _table(text, near_name)
            scale = _fitting(near_name.scale, group)
            start, end = min(group.start, near_name.start), max(group.end, near_name.end)
            yield (0, group.start), _statement(text, start, end, scale, group, table, note)
        elif public and len({name.scale for name in public}) == 1 and (group.labelled or group.family != "E"):
            yield (1, group.start), _statement(text, group.start, group.end, _fitting(public[0].scale, group), group, _table(text, public[0]), note)
        elif public and group.labelled:
            name = min(public, key=lambda each: abs(each.start - group.start))
            yield (1, group.start), _statement(text, group.start, group.end, _fitting(name.scale, group), group, _table(text, name), note)
        elif group.labelled and _PAID.search(text[max(0, group.start - 60) : group.end + 20].lower()):
            yield (3, group.start), _statement(text, group.start, group.end, None, group, None, note)


def _fitting(scale: str, group: _Group) -> str:
    if group.family == "S" and scale.startswith("TVöD"):
        return "TVöD-SuE"
    if scale == "IG Metall":
        return "ERA"
    return scale


def _nearest(group: _Group, names: Sequence[_Name], reach: int) -> _Name | None:
    def distance(name: _Name) -> int:
        return max(name.start - group.end, group.start - name.end, 0)

    near = [name for name in names if distance(name) <= reach]
    # Of two names as near, the one after: "Entgeltgruppe 13 TV-L".
    return min(near, key=lambda name: (distance(name), -name.start)) if near else None


def _table(text: str, name: _Name) -> str:
    """Return the scale whose table holds, where the words after the name tell the branch: "TVöD Bund"."""
    if name.scale != "TVöD":
        return {"TVöD-F": "TVöD-VKA", "TVöD-V": "TVöD-VKA", "TVöD-K": "TVöD-VKA", "TVöD-B": "TVöD-VKA", "ERA": "ERA NRW", "IG Metall": "ERA NRW"}.get(name.scale, name.scale)
    after = text[name.end : name.end + 30]
    if re.match(r"[ (),/-]{0,3}(?:für den |des )?Bund", after):
        return "TVöD-Bund"
    return "TVöD-VKA"


def _statement(text: str, start: int, end: int, scale: str | None, group: _Group, table: str | None, note: str) -> ScaleStatement:
    step = _STEP.match(text, max(end, group.end), max(end, group.end) + 60)
    first = step["first"] if step else None
    second = (step["second"] or first) if step else None
    return ScaleStatement(start, step.end() if step else end, "", scale, group.low, group.high, first, second, table, note)


def _ungrouped(text: str, names: Sequence[_Name]) -> Iterator[tuple[tuple[int, int], ScaleStatement]]:
    """Return the scales that the advert names as this post's pay, without a group."""
    for name in names:
        before = text[max(0, name.start - 110) : name.start]
        for edge in _SENTENCE.finditer(before):
            last = edge.end()
            before = " " * last + before[last:]
        after = text[name.end : name.end + 40]
        if edge_after := _SENTENCE.search(after):
            after = after[: edge_after.start()]
        before, after = before.lower(), after.lower()
        near = before[-50:]
        if _NOT_PAID.search(near) and not _PAID.search(near[max(match.end() for match in _NOT_PAID.finditer(near)) :]):
            continue
        if not _PAID.search(before + " " + after):
            continue
        yield (4, name.start), ScaleStatement(name.start, name.end, "", name.scale, None, None, None, None, None)


# ---------------------------------------------------------------- what the tables pay


@dataclass(frozen=True, slots=True)
class ScalePay:
    """A scale statement with the money its table pays; None where no table says it."""

    text: str
    scale: str | None
    group_min: str | None
    group_max: str | None
    step_min: str | None
    step_max: str | None
    month_min: float | None
    month_max: float | None
    year_min: float | None
    year_max: float | None
    table_date: str | None
    note: str


def value(statement: ScaleStatement, on: date) -> ScalePay:
    return ScalePay(statement.text, statement.scale, statement.group_min, statement.group_max, statement.step_min, statement.step_max, None, None, None, None, None, statement.note)
