"""What a text says of the post beside its title and pay: hours, contract, home office, dates, team, budget, boss."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines import vocabulary
from pipelines.reference import rows

LONGEST = 20_000  # characters read
_QUOTED = 160  # characters of a quotation
_CLAUSE = re.compile(r"[.;!?\n•]")


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact and the words of the text that say it."""

    value: str | int
    words: str


def find(text: str | None) -> dict[str, Stated]:
    """Return what a plain text states, by the names of a job's columns; what it does not say is not in it.

    remote (none, hybrid, full), hours (full, part, full or part), contract (permanent, fixed term), starts_on and
    apply_by (a date as written), reference, team_size_min and team_size_max (persons), budget_eur (euros), reports_to
    (the words). Where a text says two things that exclude each other, it says nothing.
    """
    if not text:
        return {}
    text = text[:LONGEST].replace("*", " ")
    found = {
        "remote": _remote(text),
        "hours": _hours(text),
        "contract": _either(text, "contract", "permanent", "fixed term"),
        "starts_on": _dated(_STARTS, text),
        "apply_by": _dated(_DEADLINES, text),
        "reference": _reference(text),
        "budget_eur": _budget(text),
        "reports_to": _reports_to(text),
    }
    if team := _team(text):
        found["team_size_min"], found["team_size_max"] = team
    return {name: stated for name, stated in found.items() if stated is not None}


def _rows(fact: str, part: str) -> list[str]:
    return [row["pattern"] for row in rows("conditions.csv") if (row["fact"], row["part"]) == (fact, part)]


# What is looked for in the whole text; what is asked of the few words around it is a plain pattern.
_SAID = {
    (fact, part): vocabulary.words(_rows(fact, part))
    for fact, part in (
        ("remote", "hybrid"), ("remote", "full"), ("remote", "none"), ("hours", "full"), ("hours", "part"),
        ("hours", "full or part"), ("contract", "permanent"), ("contract", "fixed term"),
    )
}  # fmt: skip


def _quote(*parts: str) -> str:
    return " ".join("".join(parts).split())[:_QUOTED]


def _around(before: str, match: re.Match[str], after: str) -> str:
    """Quote a match with some whole words before and after it."""
    return _quote(before[-50:].partition(" ")[2] if len(before) > 50 else before, match[0],
                  after[:30].rpartition(" ")[0] if len(after) > 30 else after)  # fmt: skip


def _clause(text: str, match: re.Match[str], most: int) -> tuple[str, str]:
    """Return what stands before and after a match in its own clause or line, at most so many characters each."""
    before = _CLAUSE.split(text[max(0, match.start() - most) : match.start()])[-1]
    return before, _CLAUSE.split(text[match.end() : match.end() + most])[0]


# ---------------------------------------------------------------- where, how long, for how long

_NO = re.compile(r"\b(?:kein|keine|keinen|ohne|nicht|leider|no|not)\b(?! nur| only)", re.IGNORECASE)
_NOT_POSSIBLE = re.compile(r"[\w ,-]{0,30}\b(?:nicht|not) (?:möglich|vorgesehen|possible)", re.IGNORECASE)
# Homes of others: who looks after their computers does not work from there for that.
_FEW_WORDS = re.compile(r"\W{1,3}(?:[\w-]{1,20}\W{1,3}){0,4}")
_OF_OTHERS = vocabulary.whole(_rows("remote", "of others"))
_COMPUTERS = re.compile(r"[ -]?(?:arbeitspl|umgebung|infrastruktur|lösung|anbindung|system|nutzer|user)", re.IGNORECASE)


def _remote(text: str) -> Stated | None:
    home: Stated | None = None
    away: Stated | None = None
    for match in _SAID["remote", "hybrid"].finditer(text):
        before, after = _clause(text, match, 80)
        if _of_others(before) or _COMPUTERS.search(match[0]) or _COMPUTERS.match(after):
            continue
        if _NO.search(before[-40:]) or _NOT_POSSIBLE.match(after):
            away = away or Stated("none", _around(before, match, after))
        else:
            home = home or Stated("hybrid", _around(before, match, after))
    if (whole := _SAID["remote", "full"].search(text)) and not away:
        return Stated("full", _quote(whole[0]))
    if not away and (never := _SAID["remote", "none"].search(text)):
        away = Stated("none", _quote(never[0]))
    return None if home and away else home or away


def _of_others(before: str) -> bool:
    return any(_FEW_WORDS.fullmatch(before[word.end() :]) for word in _OF_OTHERS.finditer(before))


def _hours(text: str) -> Stated | None:
    both = _SAID["hours", "full or part"].search(text)
    return Stated("full or part", _quote(both[0])) if both else _either(text, "hours", "full", "part")


def _either(text: str, fact: str, one: str, other: str) -> Stated | None:
    first, second = _SAID[fact, one].search(text), _SAID[fact, other].search(text)
    if first and second:
        return None
    if first:
        return Stated(one, _quote(first[0]))
    return Stated(other, _quote(second[0])) if second else None


# ---------------------------------------------------------------- dates and the reference

_MONTH = (
    "(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember"
    "|january|february|march|may|june|july|october|december)"
)
_DATE = (
    r"(?:[0-9]{1,2}\. ?[0-9]{1,2}\. ?(?:20)?[0-9]{2}(?![0-9])|20[0-9]{2}-[0-9]{2}-[0-9]{2}(?![0-9])"
    rf"|[0-9]{{1,2}}\.? {_MONTH} 20[0-9]{{2}})"
)
_WHEN = re.compile(_DATE, re.IGNORECASE)
_BY = rf"\b(?:bis (?:spätestens )?(?:zum )?|by |until )(?:[a-zäöü]{{2,12}}, (?:de[mn] )?)?{_DATE}"
_DEADLINES = (
    vocabulary.words(_rows("apply_by", "heading"), after=rf"[^.0-9\n]{{0,40}}\n?[^.0-9\n]{{0,12}}{_DATE}", reach=100),
    vocabulary.words(_rows("apply_by", "verb"), after=rf"(?:(?!befristet)[^.!?\n]){{0,110}}?{_BY}", reach=180),
)
_STARTS = (
    vocabulary.words(
        _rows("starts_on", "heading"), after=rf"(?: ist)?:? ?(?:(?:der|ab|zum|dem|frühestens) ){{0,2}}{_DATE}", reach=80
    ),
    vocabulary.Pattern(
        re.compile(
            rf"(?<!bis )\b(?:zum|ab(?: dem)?) {_DATE}(?=[^.!?\n]{{0,80}}\b(?:suchen|suchst|gesucht|besetzen|sucht)\b)",
            re.IGNORECASE,
        ),
        openings=("zum ", "ab "),
        whole=True,
    ),
)


def _dated(patterns: Iterable[vocabulary.Pattern], text: str) -> Stated | None:
    match = min(filter(None, (each.search(text) for each in patterns)), key=re.Match.start, default=None)
    written = _WHEN.findall(match[0]) if match else None
    return Stated(" ".join(written[-1].split()), _quote(match[0])) if match and written else None


_REFERENCE = vocabulary.words(
    _rows("reference", "heading"), after=r"\s?[:#]?\s{0,3}(?P<number>[A-Z0-9][A-Za-z0-9_./-]{0,29})"
)


def _reference(text: str) -> Stated | None:
    """A reference number holds a figure and is no date; two different ones say nothing."""
    numbers: dict[str, str] = {}
    for match in _REFERENCE.finditer(text):
        number = match["number"].rstrip("./-_")
        if len(number) > 1 and re.search(r"[0-9]", number) and not _WHEN.fullmatch(number):
            numbers.setdefault(number, _quote(match[0]))
        if len(numbers) > 1:
            return None
    return next((Stated(number, words) for number, words in numbers.items()), None)


# ---------------------------------------------------------------- the weight of the post

_COUNTS = {
    "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11,
    "zwölf": 12, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_COUNT = rf"(?:[0-9]{{1,4}}|{'|'.join(_COUNTS)})"
_TEAM = vocabulary.Pattern(
    re.compile(
        rf"(?<![\w.,-])(?P<least>{_COUNT})(?: ?(?:-|–|bis|to) ?(?P<most>{_COUNT}))?"
        rf"(?:-?köpfige[nrsm]?(?: [\w-]{{2,25}}){{0,2}} [\w-]{{0,12}}(?:team|abteilung|mannschaft)"
        rf"|(?: [a-zäöüß-]{{4,25}}){{0,2}}? (?:{'|'.join(_rows('team', 'persons'))})(?!\w))",
        re.IGNORECASE,
    ),
    openings=(*"0123456789", *_COUNTS),
    whole=True,
)
_LEADS = vocabulary.whole(_rows("team", "leads"))
_FIRM = vocabulary.whole(_rows("team", "firm"))
_LARGEST_TEAM = 500


def _team(text: str) -> tuple[Stated, Stated] | None:
    """How many are led: a number of persons in a clause that leads them and does not speak of the whole firm."""
    for match in _TEAM.finditer(text):
        before, after = _clause(text, match, 110)
        said = f"{before}{match[0]}{after[:20]}"
        if not _LEADS.search(said) or _FIRM.search(said):
            continue
        least = _count(match["least"])
        most = _count(match["most"]) if match["most"] else least
        if 1 <= least <= most <= _LARGEST_TEAM:
            words = _around(before, match, after)
            return Stated(least, words), Stated(most, words)
    return None


def _count(word: str) -> int:
    return _COUNTS.get(word.casefold(), 0) or int(word)


_BUDGET = vocabulary.Pattern(
    re.compile(
        r"(?<![\w-])(?:it-?|jahres|investitions|gesamt|bereichs|abteilungs|annual |it )?-?budgets?(?:verantwortung)?\b"
        r"[^.!?\n0-9€]{0,40}?€? ?(?P<number>[0-9]{1,3}(?:[.,][0-9]{3}){1,3}|[0-9]{1,4}(?:[.,][0-9]{1,2})?)"
        r" ?(?P<unit>mio\.?|millionen|million|mrd\.?|tsd\.?|t€|teur|k|m)?(?: ?(?:€|eur(?:o|os)?\b))?",
        re.IGNORECASE,
    ),
    stems=("budget",),
    reach=100,
)
_OWN = vocabulary.whole(_rows("budget_eur", "own"))
_UNITS = {
    "mio": 1e6,
    "million": 1e6,
    "millionen": 1e6,
    "m": 1e6,
    "mrd": 1e9,
    "tsd": 1e3,
    "t€": 1e3,
    "teur": 1e3,
    "k": 1e3,
}
_EUROS = re.compile(r"€|eur", re.IGNORECASE)
_BUDGETS = (10_000, 10_000_000_000)  # euros; less is a benefit for one's health, more is not a firm's


def _budget(text: str) -> Stated | None:
    """Budgets one answers for, in euros; not the firm's own, and not what it spends on one's health."""
    for match in _BUDGET.finditer(text):
        before, _ = _clause(text, match, 60)
        if not _EUROS.search(match[0]) or not _OWN.search(f"{before}{match[0]}".replace("-", " ")):
            continue
        value = _amount(match["number"]) * _UNITS.get((match["unit"] or "").casefold().rstrip("."), 1)
        if _BUDGETS[0] <= value <= _BUDGETS[1]:
            return Stated(round(value), _quote(match[0]))
    return None


def _amount(written: str) -> float:
    grouped = re.fullmatch(r"[0-9]{1,3}(?:[.,][0-9]{3}){1,3}", written)
    return float(re.sub(r"[.,]", "", written) if grouped else written.replace(",", "."))


_BOSS = vocabulary.words(
    _rows("reports_to", "verb"),
    after=r"(?: (?:direkt|unmittelbar|dabei|fachlich|disziplinarisch|und|sie|du|directly"
    r"|in dieser (?:funktion|position|rolle))){0,4} (?:an|to|dem|der)\b"
    r"(?: (?:den|die|das|dem|der|unsere[nrm]?|the|our))? ?(?P<boss>[^.,;:!?\n()•]{3,80})",
    reach=180,
)
_UNDER = vocabulary.Pattern(
    re.compile(
        r"\bist (?:direkt |unmittelbar |fachlich |disziplinarisch |und ){0,3}de[mr] (?P<boss>[^.,;:!?\n()•]{3,80}?)"
        r" (?:direkt |unmittelbar )?(?:unterstellt|zugeordnet)(?!\w)",
        re.IGNORECASE,
    ),
    stems=("unterstellt", "zugeordnet"),
    reach=150,
)
_FUNCTION = vocabulary.whole(_rows("reports_to", "function"))
_GOES_ON = re.compile(
    r" (?:und|sowie|and|with|bist|sind|ist|übernehmen|verantwort\w*|im|in|based|mit|von|for) .*$", re.IGNORECASE
)


def _reports_to(text: str) -> Stated | None:
    for match in (*_BOSS.finditer(text), *_UNDER.finditer(text)):
        boss = _GOES_ON.sub("", " ".join(match["boss"].split()))
        if _FUNCTION.search(boss):
            return Stated(boss, _quote(match[0]))
    return None
