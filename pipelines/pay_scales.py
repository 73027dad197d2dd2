"""Pay scales: which scale and group an advert names, and what the table of its day pays for them.

Names of scales and of groups are found apart and then brought together: "Die Vergütung richtet sich nach dem TVöD. Die
Stelle ist mit EG 11 bewertet." A table's figure is never read from a text and never guessed: no table, no figure.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from pipelines import reference

LONGEST = 40_000  # characters read
MOST_MENTIONS = 120  # a text with more of them is no advert and would only cost time

# One character for one, so that a place in the folded text is the same place in the advert.
_FOLD = (
    *((odd, " ") for odd in "\u00a0\u2000\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u200b\t\r\n„“”‚‘’\"'[]*"),
    *((odd, "-") for odd in "\u2010\u2011\u2012\u2013\u2014\u2212"),
)


@dataclass(frozen=True, slots=True)
class ScaleStatement:
    """A pay scale as an advert names it. Groups are written as in the tables: 13, 9b, A14, S8a, W2."""

    start: int
    end: int
    text: str  # the quote
    scale: str | None  # as the advert names it
    group_min: str | None
    group_max: str | None
    step_min: str | None = None
    step_max: str | None = None
    table: str | None = None  # the scale whose table holds: TVöD-Bund, LBesO NRW …
    note: str = ""


# ---------------------------------------------------------------- the names of scales

_TVOED = r"T[Vv][ -]?(?:Ö|ö|O|o|OE|Oe|oe)[dD]"
_AGREEMENT = r"[cC]ollective (?:[wW]age |[bB]argaining )?[aA]greement (?:for|of) the (?:German )?"
_CONTRACT = r"Tarifvertrag\w{0,3}"

# A longer name comes before the shorter one it contains.
_PUBLIC_NAMES: tuple[tuple[str, str], ...] = (
    ("TVöD-SuE", rf"{_TVOED}[ /-]{{1,2}}(?:VKA[ /-]{{1,2}})?S(?:u|&| und |\+)E\b"),
    ("TVöD-SuE", rf"TV[ -]SuE\b|{_TVOED}[ -](?:für den )?Sozial- und Erz"),
    ("TVöD-VKA", rf"{_TVOED}-VKA\b"),
    ("TVöD-Bund", rf"{_TVOED}-[Bb]und\b"),
    # "TVöD S 8a" is a group of the social service; "TVöD-S 10" is group 10 of the savings banks.
    ("TVöD-S", rf"{_TVOED}[ -](?:S\b(?! ?[0-9]{{1,2}}[ab]?\b)|S(?= 1[0-5]\b)|Sparkassen?\b)"),
    ("TVöD-F", rf"{_TVOED}[ -]F\b"),
    ("TVöD-K", rf"{_TVOED}[ -]K\b"),
    ("TVöD-B", rf"{_TVOED}[ -]B\b"),
    ("TVöD-P", rf"{_TVOED}[ -]P\b(?! ?[0-9])"),
    ("TVöD-V", rf"{_TVOED}[ -]V\b"),
    ("TVöD", rf"{_TVOED}(?![A-Za-zäöü])"),
    ("TV-L", r"TV ?[-/]? ?L\b(?![ -]?Ärzte)"),
    ("TV-H", r"TV ?-? ?H\b"),
    ("TV-V", r"TV ?-? ?V\b"),
    ("TV-N", r"TV ?-? ?N\b"),
    ("TV-AVH", r"TV[ -]?AVH\b"),
    ("TV-BA", rf"TV[ -]BA\b|{_CONTRACT} der Bundesagentur"),
    ("TV Dataport", r"TV[ -]Dataport\b"),
    ("TV-DRV", r"TV[ -]?(?:EntgO-|Tg)?DRV\b"),
    ("TV-Ärzte", r"TV[ -](?:L )?Ärzte\b"),
    ("BAT-KF", r"BAT[ -]KF\b"),
    ("KAVO", r"KAVO\b"),
    ("AVR", r"AVR\b|A(?:rbeitsvertragsr|RBEITSVERTRAGSR)ichtlinien"),
    ("BG-AT", r"BG-AT\b"),
    ("TV-H", rf"{_CONTRACT} (?:für den öffentlichen Dienst )?des Landes Hessen"),
    ("TV-H", rf"{_AGREEMENT}[pP]ublic [sS]\w{{5,6}} of the [sS]tate of Hesse"),
    ("TV-L", rf"{_CONTRACT} (?:(?:für den|des) öffentlichen Dienste?s? )?(?:der|für die)(?: deutschen)? Länder"),
    ("TV-L", rf"{_AGREEMENT}(?:[pP]ublic [sS]\w{{5,6}} )?(?:of the )?(?:[fF]ederal |[gG]erman )?(?:[sS]tates|Länder)"),
    ("TV-V", rf"{_CONTRACT} (?:für )?(?:die )?Versorgungsbetriebe"),
    ("TVöD", rf"{_CONTRACT} (?:für den|des) öffentlichen Dienst(?:e?s)?"),
    ("TVöD", rf"{_AGREEMENT}[pP]ublic [sS](?:ervice|ector)(?! of the| \(TV-)"),
)
# These share their names with unions, associations and much else: "Tarif" must stand near them.
_OTHER_NAMES: tuple[tuple[str, str], ...] = (
    ("GVP/iGZ", r"[iI]GZ\b|GVP\b"),
    ("BAP/DGB", r"BAP[ /-]{1,3}DGB\b"),
    ("BAP", r"BAP\b"),
    (
        "ERA",
        r"ERA\b(?!-[A-SU-Z])|Metall-?(?: ?(?:und|/|&) ?-?)Elektro-?(?:[iI]ndustrie)?|Elektro-Metall|[eE]ntgeltrahmen",
    ),
    ("IG Metall", r"IG[ -]?[mM]etall?\b|IGM\b"),
    ("Chemie", r"IG ?BCE\b|[cC]hemie|[cC]hemical [iI]ndustry"),
)
_NAMES = (*_PUBLIC_NAMES, *_OTHER_NAMES)
_NAME = re.compile("|".join(f"(?P<n{number}>{pattern})" for number, (_, pattern) in enumerate(_NAMES)))
# Where a name can start. Capitals are rare, which keeps the scan of a whole advert short; the few names in small
# letters get their own pattern, used where a part of them stands in the text.
_START = re.compile(
    "TV|Tv|Tarifv|BAT|KAVO|AVR|Arbeitsv|ARBEITSV|BG-|Collective|IG|GVP|BAP|ERA|Metall|Elektro-M|Entgeltr|Chemi"
)
_SMALL_START = re.compile(f"{_START.pattern}|collective|iGZ|entgeltr|chemi")
_SMALL_SIGNS = ("collective agr", "collective wage", "collective barg", "iGZ", "entgeltrahm", "chemi")
_TARIFF = re.compile(r"[tT]ari[fv]|TARIF|[tT]aryf|[eE]ntgeltgruppe|\bEG ?[0-9]")

# ---------------------------------------------------------------- the names of groups

_ROMAN = dict(zip("I II III IV V VI VII VIII IX X XI XII XIII XIV XV".split(), range(1, 16), strict=True))  # noqa: SIM905
_E = r"(?:1[0-7]|[1-9])(?: ?[abcÜü](?![A-Za-zäöü]))?"
_LABEL = (
    r"(?:Entgelt-?[gG]ruppen?|ENTGELTGRUPPE|Entg?(?:elt)?[gG]r\.|Vergütungsgruppen?|Gehaltsgruppe|Tarifgruppe|Lohngruppe"
    r"|Besoldungs-/Entgeltgruppe|[eE]ntgeltstufe|[pP]ay(?:ment)? (?:group|grade|scale|level)"
    r"|[sS]alary (?:group|grade|scale|level)|[rR]emuneration (?:group|level)|[wW]age group|[gG]rade)"
)
_TO = r" ?(?:-|/|bis(?: zu[rm]?)?|to|oder|or|bzw\.|und|,) ?"
_NO_GROUP_AFTER = r"(?![0-9%/-]|[.,][0-9]|[A-Za-zäöü]| ?(?:%|Prozent|Jahr|Monat|Std|Stunden|Tag|h\b))"
_GROUP = re.compile(
    # E 13, EG 13, Entgeltgruppe 13, Entgeltgruppe XIII, EG 9b bis 11
    rf"(?:(?:(?P<label>{_LABEL})[:( ]{{0,3}}(?P<up_to>(?:bis(?: zu)?|maximal|max\.) ?)?(?:EGr?\.? ?|E[ -]?)?"
    rf"|(?P<mark>EGr?\.? ?|E[ -]?))"
    rf"(?P<first>{_E}|(?<=[ :])(?:XIV|XV|XI{{0,3}}|IX|VI{{0,3}}|IV|I{{2,3}})(?![A-Za-z]))"
    rf"(?:{_TO}(?:EGr?\.? ?|E ?)?(?P<second>{_E}){_NO_GROUP_AFTER})?"
    # A 13, B 2, W 3, R 1, A 9g, A 13/14
    rf"|(?P<family>[ABWR]) ?(?P<grade>1[0-6]|[1-9])(?: ?[gmhs](?![A-Za-z])|\+ ?[zZ])?"
    rf"(?:{_TO}(?:[ABWR] ?)?(?P<grade2>1[0-6]|[1-9])(?![0-9%.,]|[A-Za-z]))?"
    # S 8a of the social and education service, P 8 of nursing
    rf"|(?:EG ?|Entgeltgruppe )?(?P<letter>[SP]) ?(?P<number>1[0-8][ab]?|[2-9][ab]?)"
    # the federal employment agency's own
    rf"|(?:TE ?|Tätigkeitsebene )(?P<level>VIII|VII|VI|IV|V|I{{1,3}})"
    rf")(?![A-Za-z0-9]|[.,/-][0-9])"
)
_GROUP_START = re.compile(
    r"(?<![A-Za-z0-9ÄÖÜäöü])(?:EG|E[ -]?[0-9]|[ABWRSP] ?[0-9]|TE ?[IV]|Tätigkeitse|Entg|ENTG|entg|Verg|Gehaltsg"
    r"|Tarifg|Lohng|Besoldungs-/|[pP]ay|[sS]alary|[rR]emun|[wW]age g|[gG]rade)"
)
# Without a scale's name a group is looked for only where one of these stands.
_GROUP_SIGNS = (
    *("ntgeltg", "NTGELTG", "EntgGr", "ergütungsg", "EG ", "EG1", "EG9", "esold", "BesG", "BesO", "pay g", "alary g"),
    *("tion group", "ätigkeitsebene", "TE I", "rofess", "ntgelt:", "NTGELT", "tellenwert", "ingruppierung"),
)
_NUMBER_AFTER_NAME = re.compile(
    rf"[ ,:-]{{1,2}}(?P<first>1[0-5][ab]?|[5-9][abc]?)(?:{_TO}(?P<second>1[0-5]|[5-9][abc]?))?{_NO_GROUP_AFTER}"
)
# Only these words make "A 13" a grade; without them it is a motorway, a paper size or a language level.
_CIVIL = re.compile(
    r"[bB]esold|[bB]eamt|Bes(?:O|G|Gr)\b|BesGr|BesO|BesG|[Pp]rofess(?:ur|or)|[tT]enure|civil serv|Laufbahn|Dienstposten"
    r"|Planstelle"
)
_GRADED = re.compile(r"Besoldungsg|BesGr|BesO|BesG")
_CIVIL_LABEL = re.compile(r"(?:Besoldungsgruppen?|BesGr\.?|Bes\.-?Gr\.?|Besoldung)(?: nach)? ?\Z")
_LAW = re.compile(r"\b(?:L(?:andes)?Bes[GO]|[A-Z][A-Za-z]{0,4}Bes[GO])(?: ?(?:NRW|NW|A|W|B)\b)?")
_NRW = re.compile(r"NRW|\bNW\b|Nordrhein")
_SOCIAL = re.compile(rf"{_TVOED}|SuE|Entgeltgruppe|\bEG\b|AVR")
_BRANCH = re.compile(r"(?P<bund>\bBund\b)|\bVKA\b|[kK]ommun")
_ELSEWHERE = re.compile(
    r"Bayern|bayerisch|Baden|Württemberg|Hessen|hessisch|Sachsen|sächsisch|Niedersachsen|Berlin|Brandenburg|Küste|Saar"
    r"|Pfalz|Thüringen|Hamburg|Südwest"
)

_UP_TO = re.compile(
    r"(?:\bbis(?: maximal| max\.)?(?: zu| zur| zum| in| hin zu)?(?: der| die)?|[mM]aximal(?: in)?(?: der| die| nach)?"
    r"|\bmax\.|up to(?: the)?|höchstens|until)(?: nach)?[ :(]{0,2}\Z"
)
_FROM = re.compile(r"(?:\bab(?: der)?|[mM]indestens|\bmind\.|at least|from)[ :]{0,2}\Z")
_STEP = re.compile(
    r"[^.;]{0,30}?(?:Erfahrungss|[sS])tufen? ?(?P<first>[1-9])(?: ?(?:-|/|bis|oder) ?(?P<second>[1-9]))?(?![0-9])"
)
_RANGE_GAP = re.compile(
    r"[ ()]{0,3}(?:-|bis(?: zu[rm]?)?|/|oder|bzw\.|to|or|und|,|with tenure track(?: to)?"
    r"|mit Tenure[ -]Track(?: nach| auf)?)"
    r"[ ()]{0,3}\Z"
)
_HEADING = re.compile(
    r"[eE]ntgelt\b|ENTGELT|[bB]esoldung|BESOLDUNG|[vV]ergütung|VERGÜTUNG|[eE]ingruppierung|[sS]tellenwert|[bB]ewertung"
)

# ---------------------------------------------------------------- the words around a name

# The first is matched against small letters, as are the next two.
_PAID = re.compile(
    r"vergüt|zahl|entgelt|entlohn|gehalt|salary|remunerat|compensation|\bpay\b|payment|paid|eingruppier|besold|verdienst"
    r"|nach tarif|tarifvertr|tariflich|tarif\b|tariff?\b|tariful|tarifbindung|tarifgebunden|konditionen|anstellung"
    r"|employment|stellenwert|bewert|dotiert"
)
_NOT_PAID = re.compile(
    r"erfahrung|kenntnis|tarifrecht|anwendung|umsetz|experience|knowledge|arbeitszeit|wochenstunden|zusatzversorgung|§"
    r"|tarifpartner|mehr als|standard|altersvorsorge|einsetzen|vertraut|sicherer umgang|informationen zu|working hours"
    r"|vacation|mitglied|betriebsrat|verhandl|beratung|rechtsgebiet|arbeitsrecht"
)
# Terms that the public scales regulate beside pay; the other names stand for pay tariffs.
_TERMS = re.compile(r"urlaub|sonderzahlung|zulage|zuschl[aä]g")
_SENTENCE = re.compile(r"[.!?;] {1,3}(?=[A-ZÄÖÜ])|[•·►✓■●|]| {2,}- | {3,}")


# ---------------------------------------------------------------- finding it


@dataclass(frozen=True, slots=True)
class _Name:
    start: int
    end: int
    scale: str
    public: bool


@dataclass(frozen=True, slots=True)
class _Group:
    start: int
    end: int
    family: str  # E, A, B, W, R, S, P, TE
    low: str | None
    high: str | None
    labelled: bool  # a word says that it is a group: not only "E 5"


# Which of two statements is the one to go by.
_BESIDE, _FAR, _CIVIL_SERVANTS, _UNNAMED, _UNGROUPED = range(5)


def find(text: str) -> tuple[ScaleStatement, ...]:
    """Return the pay scales that `text` names for this post, the one to go by first; spans are places in `text`.

    Of civil servant and employee ("A 13 oder EG 13") the employee's scale leads, and its note names the other.
    """
    text = text[:LONGEST]
    folded = text
    for odd, plain in _FOLD:
        folded = folded.replace(odd, plain)
    names = _names(folded)
    groups = _joined(folded, _groups(folded, names), names)
    found = [*_grouped(folded, groups, names)] or [*_ungrouped(folded, names)]
    found.sort(key=lambda each: (each[0], each[1].start))
    return tuple(
        replace(statement, text=" ".join(text[statement.start : statement.end].split())) for _, statement in found
    )


def leading(text: str | None, title: str | None) -> ScaleStatement | None:
    """Return the pay scale to go by: the text's, unless only the title names a group."""
    in_text = find(text) if text else ()
    if in_text and (in_text[0].group_min or in_text[0].group_max):
        return in_text[0]
    in_title = find(title) if title else ()
    grouped = [found for found in in_title if found.group_min or found.group_max]
    return next(iter((*grouped, *in_text, *in_title)), None)


def _names(text: str) -> list[_Name]:
    found: list[_Name] = []
    end = 0
    starts = _SMALL_START if any(sign in text for sign in _SMALL_SIGNS) else _START
    for count, start in enumerate(starts.finditer(text)):
        if count >= MOST_MENTIONS:
            break
        if start.start() < end or text[max(0, start.start() - 1) : start.start()].isalpha():
            continue
        name = _NAME.match(text, start.start())
        if name is None or name.lastgroup is None:
            continue
        number = int(name.lastgroup[1:])
        public = number < len(_PUBLIC_NAMES)
        if not public and not _TARIFF.search(text, max(0, name.start() - 40), name.end() + 40):
            continue
        begin, end = name.span()
        if found and re.fullmatch(r" ?[(,] ?", text[found[-1].end : begin]):
            # "Tarifvertrag für den öffentlichen Dienst (TVöD-F)": one scale, and the short name says which.
            begin, public = found[-1].start, found.pop().public
        found.append(_Name(begin, end, _NAMES[number][0], public))
    return found


def _groups(text: str, names: Sequence[_Name]) -> list[_Group]:
    found: list[_Group] = []
    if not names and not any(sign in text for sign in _GROUP_SIGNS):
        return found
    end = 0
    for count, start in enumerate(_GROUP_START.finditer(text)):
        if count >= MOST_MENTIONS:
            break
        group = _GROUP.match(text, start.start()) if start.start() >= end else None
        if group and (one := _group(text, group)):
            found.append(one)
            end = group.end()
    for name in names:
        after = _NUMBER_AFTER_NAME.match(text, name.end)
        if after and name.scale.startswith("TV") and not any(name.end <= one.start < after.end() for one in found):
            found.append(_bounded(text, name.start, after.end(), "E", after["first"], after["second"], labelled=True))
    return sorted(found, key=lambda one: one.start)


def _group(text: str, group: re.Match[str]) -> _Group | None:
    start, end = group.span()
    if first := group["first"]:
        labelled = bool(group["label"]) or group["mark"].startswith("EG")
        one = _bounded(text, start, end, "E", first, group["second"], labelled=labelled)
        return replace(one, low=None) if group["up_to"] else one
    if family := group["family"]:
        near = text[max(0, start - 60) : end + 40]
        known = _GRADED if family in "BR" else _CIVIL
        if not known.search(near) or (family == "A" and int(group["grade"]) < 4):
            return None
        return _bounded(text, start, end, family, group["grade"], group["grade2"], labelled=True)
    if letter := group["letter"]:
        if not _SOCIAL.search(text, max(0, start - 40), end + 30):
            return None
        return _bounded(text, start, end, letter, group["number"], None, labelled=True)
    return _Group(start, end, "TE", group["level"], group["level"], labelled=True)


def _bounded(text: str, start: int, end: int, family: str, first: str, second: str | None, *, labelled: bool) -> _Group:
    """Return a group with its bounds: "bis E 13" has no lower, "ab E 12" no upper one."""
    prefix = "" if family == "E" else family
    low = prefix + _spelled(first)
    high = prefix + _spelled(second) if second else low
    if _rank(high) < _rank(low):
        low, high = high, low
    before = _CIVIL_LABEL.sub("", text[max(0, start - 46) : start])
    if _UP_TO.search(before):
        return _Group(start, end, family, None, high, labelled)
    if not second and _FROM.search(before):
        return _Group(start, end, family, low, None, labelled)
    return _Group(start, end, family, low, high, labelled)


def _spelled(group: str) -> str:
    group = group.replace(" ", "")
    return str(_ROMAN.get(group, "")) or group.replace("ü", "Ü")


def _rank(group: str) -> tuple[int, str]:
    number = "".join(each for each in group if each.isdigit())
    return int(number or 0), group.lstrip("ABWRSP0123456789")


def _joined(text: str, groups: Sequence[_Group], names: Sequence[_Name]) -> list[_Group]:
    """Join "EG 10 TV-L - EG 11 TV-L" to one range."""
    joined: list[_Group] = []
    for one in groups:
        last = joined[-1] if joined else None
        if last and last.family == one.family and last.high and one.low and 0 <= one.start - last.end <= 40:
            gap = text[last.end : one.start]
            for name in names:
                if last.end <= name.start and name.end <= one.start:
                    gap = text[last.end : name.start] + text[name.end : one.start]
            if _RANGE_GAP.match(gap):
                low, high = last.low, one.high
                if low and high and _rank(high) < _rank(low):
                    low, high = one.low, last.high
                labelled = last.labelled or one.labelled
                joined[-1] = _Group(last.start, one.end, one.family, low, high, labelled)
                continue
        joined.append(one)
    return joined


def _grouped(text: str, groups: Sequence[_Group], names: Sequence[_Name]) -> Iterator[tuple[int, ScaleStatement]]:
    """Give every group its scale: the name beside it, else the public scale that the advert names."""
    public = [name for name in names if name.public]
    civil = next((group for group in groups if group.family in "ABWR"), None)
    note = f"for civil servants {civil.high or civil.low}" if civil else ""
    for group in groups:
        if group.family in "ABWR":
            yield _CIVIL_SERVANTS, _civil_servants(text, group)
        elif group.family == "TE":
            yield _BESIDE, _statement(text, group, group.start, group.end, "TV-BA", "TV-BA", note)
        elif name := _nearest(group, names, 90):
            yield _BESIDE, _employee(text, group, name, note)
        elif public and group.labelled:
            name = _nearest(group, public, LONGEST) or public[0]
            yield _FAR, replace(_employee(text, group, name, note), start=group.start, end=group.end)
        elif _is_paid_group(text, group):
            yield _UNNAMED, _statement(text, group, group.start, group.end, None, None, note)


def _civil_servants(text: str, group: _Group) -> ScaleStatement:
    law = _LAW.search(text, group.end, group.end + 40) or _LAW.search(text, max(0, group.start - 60), group.start)
    in_nrw = _NRW.search(text, max(0, group.start - 60), group.end + 60) is not None
    table = "LBesO NRW" if in_nrw or law is None else "BBesO" if law[0].startswith("BBes") else law[0]
    note = "" if in_nrw or law else "the state is not stated: the table of North Rhine-Westphalia is taken"
    end = law.end() if law and law.start() >= group.end else group.end
    return _statement(text, group, group.start, end, "Besoldung", table, note)


def _employee(text: str, group: _Group, name: _Name, note: str) -> ScaleStatement:
    scale = name.scale
    if group.family == "S" and scale.startswith("TVöD"):
        scale = "TVöD-SuE"
    elif scale == "IG Metall":
        scale = "ERA"  # groups are the ERA's
    start, end = min(group.start, name.start), max(group.end, name.end)
    table: str | None = scale
    if scale == "TVöD":
        branch = _BRANCH.search(text, name.start, end + 30)
        table = "TVöD-Bund" if branch and branch["bund"] else "TVöD-VKA"
        if branch is None:
            note = _both(note, "the branch of the TVöD is not stated: the municipal table (VKA) is taken")
    elif scale in {"TVöD-F", "TVöD-K", "TVöD-B", "TVöD-V"}:
        table = "TVöD-VKA"  # branches of the municipal scale, with its table
    elif scale == "ERA":
        elsewhere = _ELSEWHERE.search(text, max(0, start - 60), end + 60)
        table = "ERA" if elsewhere else "ERA NRW"
        if not elsewhere and not _NRW.search(text, max(0, start - 60), end + 60):
            note = _both(note, "the tariff area is not stated: the table of North Rhine-Westphalia is taken")
    return _statement(text, group, start, end, scale, table, note)


def _both(one: str, other: str) -> str:
    return f"{one}; {other}" if one else other


def _nearest(group: _Group, names: Sequence[_Name], reach: int) -> _Name | None:
    """Return the name nearest to a group; of two as near the one after it: "Entgeltgruppe 13 TV-L"."""

    def distance(name: _Name) -> int:
        return max(name.start - group.end, group.start - name.end, 0)

    near = [name for name in names if distance(name) <= reach]
    return min(near, key=lambda name: (distance(name), -name.start)) if near else None


def _is_paid_group(text: str, group: _Group) -> bool:
    if group.labelled:
        return _PAID.search(text[max(0, group.start - 60) : group.end + 20].lower()) is not None
    return _HEADING.search(text, max(0, group.start - 80), group.start) is not None


def _statement(
    text: str, group: _Group, start: int, end: int, scale: str | None, table: str | None, note: str
) -> ScaleStatement:
    step = _STEP.match(text, group.end, group.end + 60) or _STEP.match(text, end, end + 60)
    first = step["first"] if step else None
    second = (step["second"] or first) if step else None
    end = max(end, step.end()) if step else end
    return ScaleStatement(start, end, "", scale, group.low, group.high, first, second, table, note)


def _ungrouped(text: str, names: Sequence[_Name]) -> Iterator[tuple[int, ScaleStatement]]:
    """Return the scales that the advert names as this post's pay, without a group."""
    for name in names:
        before = text[max(0, name.start - 110) : name.start]
        before = before[max((edge.end() for edge in _SENTENCE.finditer(before)), default=0) :].lower()
        after = text[name.end : name.end + 40]
        if edge := _SENTENCE.search(after):
            after = after[: edge.start()]
        near = before[-50:]
        barred = [*_NOT_PAID.finditer(near), *(_TERMS.finditer(near) if name.public else ())]
        if barred and not _PAID.search(near[max(word.end() for word in barred) :]):
            continue
        if _PAID.search(f"{before} {after.lower()}"):
            yield _UNGROUPED, ScaleStatement(name.start, name.end, "", name.scale, None, None)


# ---------------------------------------------------------------- what the tables pay


@dataclass(frozen=True, slots=True)
class ScalePay:
    """A scale statement with the money that its table pays; None where no table says it."""

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
    table_date: str | None  # the day from which the table used is valid
    note: str


_FILES = {
    "TVöD-VKA": "tvoed_vka.csv",
    "TVöD-Bund": "tvoed_bund.csv",
    "TVöD-SuE": "tvoed_sue.csv",
    "TV-L": "tv_l.csv",
    "TV-V": "tv_v.csv",
    "LBesO NRW": "besoldung_nrw.csv",
    "BBesO": "besoldung_bund.csv",
    "ERA NRW": "era_nrw.csv",
}


@dataclass(frozen=True, slots=True)
class _Table:
    """One scale's table of one day: monthly euros by group and step."""

    scale: str
    valid_from: date
    valid_to: date
    note: str
    months: dict[str, dict[str, Decimal]]


@functools.cache
def _tables(scale: str) -> tuple[_Table, ...]:
    """Return a scale's tables, oldest first; none where we know none."""
    if scale not in _FILES:
        return ()
    tables: dict[str, _Table] = {}
    for row in reference.rows(f"pay_scales/{_FILES[scale]}"):
        table = tables.setdefault(
            row["valid_from"],
            _Table(scale, date.fromisoformat(row["valid_from"]), date.fromisoformat(row["valid_to"]), row["note"], {}),
        )
        table.months.setdefault(row["group"], {})[row["step"]] = Decimal(row["eur_month"])
    return tuple(tables[start] for start in sorted(tables))


def _special_payment(scale: str, group: str, on: date) -> Decimal | None:
    """Return the annual special payment in per cent of a month's pay, or None where it is not known."""
    for row in reference.rows("pay_scales/special_payment.csv"):
        if (row["scale"], row["group"]) == (scale, group):
            start, end = date.fromisoformat(row["valid_from"]), row["valid_to"] or "9999-12-31"
            if start <= on <= date.fromisoformat(end):
                return Decimal(row["percent"])
    return None


def value(statement: ScaleStatement, on: date) -> ScalePay:
    """Return what the table valid on the day `on` pays for a statement: 12 months and the annual special payment."""
    notes = [statement.note] if statement.note else []
    months: list[Decimal | None] = [None, None]
    years: list[Decimal | None] = [None, None]
    table = None
    if statement.group_min or statement.group_max:
        table, why = _table_on(statement.table or statement.scale or "", on)
        notes += why
    if table is not None:
        ends = ((statement.group_min, statement.step_min, min), (statement.group_max, statement.step_max, max))
        for end, (group, step, pick) in enumerate(ends):
            if group is None:
                continue
            steps = table.months.get(group)
            if steps is None:
                notes.append(f"group {group} is not in the table")
                continue
            months[end] = steps[step] if step in steps else pick(steps.values())
            percent = _special_payment(table.scale, group, on)
            if percent is None:
                notes.append(f"without the annual special payment, which is not known for group {group}")
            elif percent:
                notes.append(f"with an annual special payment of {percent.normalize():f} % of a month (group {group})")
            years[end] = _year(months[end], percent or Decimal(0))
    return ScalePay(
        statement.text,
        statement.scale,
        statement.group_min,
        statement.group_max,
        statement.step_min,
        statement.step_max,
        _euros(months[0]),
        _euros(months[1]),
        _euros(years[0]),
        _euros(years[1]),
        table.valid_from.isoformat() if table else None,
        "; ".join(dict.fromkeys(notes)),
    )


def _table_on(scale: str, on: date) -> tuple[_Table | None, list[str]]:
    tables = _tables(scale)
    if not tables:
        return None, [f"no pay table of {scale} is known"] if scale else ["the scale is not named"]
    past = [table for table in tables if table.valid_from <= on]
    table = past[-1] if past else tables[0]
    notes = [f"table {table.scale} of {table.valid_from}"]
    if not past:
        notes.append(f"the table of {on} is not known: the earliest known is taken")
    elif on > table.valid_to:
        notes.append(f"out of date: this table is known to hold until {table.valid_to}")
    if table.note:
        notes.append(table.note)
    return table, notes


def _year(month: Decimal | None, percent: Decimal) -> Decimal | None:
    if month is None:
        return None
    return 12 * month + (month * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _euros(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
