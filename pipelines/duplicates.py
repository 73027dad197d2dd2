"""Which adverts are one vacancy, and why. Pure: facts in, decisions out, whatever their order.

Two adverts are one vacancy when nothing speaks against it (gates: level, part of the field, place, employer,
reference, pay) and something speaks for it (title, text, reference). A person's decision outranks both.
"""

import functools
import hashlib
import itertools
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.items import Job
from pipelines.spelling import fold

SHINGLE = 5  # words
BANDS = 6  # smallest hashes of a text's shingles, each a key to find its like by
ALL_PAIRS = 12  # a block of so many is compared pair by pair; in larger ones each with its neighbours
NEIGHBOURS = 6
LONGEST = 20_000  # characters of a text that are compared
SAME_TOWN_KM, SAME_PLACE_KM = 25, 3

# Where levels are one rung for this purpose: an advert says Leiter IT, its translation CIO.
_LEADS = frozenset({"cio", "head", "division", "department", "section"})
_WORD = re.compile(r"[a-z0-9äöüß]{1,60}")
# Words of a title that say nothing of the post, and what a leading word becomes.
_EMPTY = frozenset(
    "der die das des dem den fur und and of for the in im am an a mit als zur zum m w d f x gn all genders".split()  # noqa: SIM905
)
_ONE_WORD = {
    **dict.fromkeys(("leiter", "leiterin", "leitung", "leitende", "leitender", "head", "director", "direktor"), "lead"),
    **dict.fromkeys(("edv", "informationstechnologie", "informationstechnik", "informatik", "ict", "itk"), "it"),
    **dict.fromkeys(("developer", "entwickler", "entwicklerin", "softwareentwickler", "programmierer"), "developer"),
    **dict.fromkeys(("administrator", "administratorin", "admin"), "administrator"),
    **dict.fromkeys(("berater", "beraterin", "consultant"), "consultant"),
}
# Beside the name of a firm these name no other firm; so does the town of the post.
_WIDENING = frozenset({"deutschland", "germany", "gruppe", "group", "holding", "international", "europe", "nrw"})


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of work, for comparing; coordinates in degrees."""

    city: str | None = None
    postal_code: str | None = None
    lat: float | None = None
    lon: float | None = None
    state: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Advert:
    """What deciding needs to know of one advert."""

    id: str  # of the job that it starts
    first_seen: str  # ISO date
    title: str  # cleaned
    employer_key: str | None = None
    employer_type: str = "unknown"  # agency, employer, unknown
    level: str | None = None
    area: str | None = None
    role: str | None = None
    spots: tuple[Spot, ...] = ()
    reference: str | None = None
    pay_year_min: float | None = None
    pay_year_max: float | None = None
    text: str | None = None
    board: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two adverts are to each other: `same`, or `linked` (agency copy, other town), with rule and signals."""

    same: bool
    rule: str
    score: float
    signals: str
    linked: str | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """The advert `id` belongs to the vacancy of the advert `into`, which was seen first."""

    id: str
    into: str
    rule: str
    score: float
    signals: str


@dataclass(slots=True)
class Grouping:
    """Merges and links among adverts, each once, sorted."""

    merges: list[Merge] = field(default_factory=list)
    links: list[tuple[str, str, str, str]] = field(default_factory=list)  # id, id, kind, signals


def job_id(search: str, board: str, source_id: str) -> str:
    """Return the id of the job that this posting starts: from raw values only, so better rules never change an id."""
    return hashlib.sha256(f"{search}|{board}|{source_id}".encode()).hexdigest()[:12]


def advert_of(number: str, first_seen: str, job: Job, board: str | None = None) -> Advert:
    """Return what deciding needs to know of a job's advert."""
    spots = tuple(
        Spot(each.city, each.postal_code, each.lat, each.lon, each.state, each.country) for each in job.places
    )
    return Advert(
        number, first_seen, job.title_clean, job.employer_key, job.employer_type, job.level, job.area, job.role, spots,
        job.reference, job.pay_year_min, job.pay_year_max, job.text, board,
    )  # fmt: skip


# ---------------------------------------------------------------- two adverts


def judge(one: Advert, other: Advert) -> Verdict:
    """Say whether two adverts are one vacancy."""
    place = _places(one, other)
    employer = _employers(one, other)
    against = _against(one, other, place)
    if against in {"level", "area"} or (employer == place == "different"):
        return Verdict(False, against, 0.0, f"employer {employer}, place {place}")
    title = title_likeness(one, other)
    text = _text_likeness(one, other)
    told = _signals(title, place, employer, text)
    if against:
        linked = "other town" if against == "place" and employer == "same" and _is_copy(text, title) else None
        return Verdict(False, against, 0.0, told, linked)
    if employer not in {"same", "like"}:
        is_copy = "agency" in (one.employer_type, other.employer_type) or employer == "unknown"
        linked = "agency copy" if place != "unknown" and (text or 0) >= 0.5 and title >= 0.5 else None
        return Verdict(False, "employer", 0.0, told, linked if is_copy else linked and "same text")
    if _seniority(one.title) != _seniority(other.title) and (text or 0) < SAME_TEXT:
        return Verdict(False, "seniority", 0.0, told)  # a board may drop "(Senior)", but not change the text with it
    rule = _corroborated(one, other, title, place, text)
    return Verdict(rule != "", rule or "not-enough", round(title + (text or 0.5), 2), told)


def _signals(title: float, place: str, employer: str, text: float | None) -> str:
    words = "not comparable" if text is None else f"{text:.0%} shared"
    return f"employer {employer}, place {place}, title {title:.0%} alike, text {words}"


def _against(one: Advert, other: Advert, place: str) -> str:
    """Name what makes two adverts two vacancies whatever their words; "" when nothing does."""
    if _rung(one.level) != _rung(other.level):
        return "level"
    if one.area and other.area and one.area != other.area:
        return "area"
    return "place" if place == "different" else ""


SAME_TEXT = 0.9  # of the shingles shared: nothing but headers and footers differs
_SENIORITY = {"junior", "senior", "trainee", "praktikant", "werkstudent", "azubi", "auszubildender", "principal"}


@functools.lru_cache(maxsize=50_000)
def _seniority(title: str) -> frozenset[str]:
    """Return the words of a title that say how far on in the job somebody must be."""
    return frozenset(_WORD.findall(fold(title))) & _SENIORITY


def _rung(level: str | None) -> str:
    return "lead" if level in _LEADS else level or "none"


def _corroborated(one: Advert, other: Advert, title: float, place: str, text: float | None) -> str:
    """Name the rule by which two adverts of one employer at one place are one vacancy; "" when none holds."""
    references = _references(one, other)
    if references == "same" and (title >= 0.25 or text is None or text < 0.1):
        return "reference"
    if references == "different" or _pay_contradicts(one, other) or place == "unknown":
        return "text" if (text or 0) >= 0.85 and title >= 0.75 else ""
    is_listed_twice = one.board is not None and one.board == other.board  # the board itself says that they are two
    if text is None:
        return "title" if title >= 0.95 and not is_listed_twice else ""
    if text >= 0.7 and title >= 0.55:
        return "text"
    if "agency" in (one.employer_type, other.employer_type):
        return ""  # many clients, one template
    if text >= 0.45 and title >= 0.8:
        return "title-text"
    # A firm has one head of the whole field at a place, however often it words the advert anew.
    unique = _rung(one.level) == "lead" and one.role is not None and one.role == other.role and one.area == other.area
    return "title" if unique and title >= 0.8 and not is_listed_twice else ""


def _is_copy(text: float | None, title: float) -> bool:
    return text is not None and text >= 0.7 and title >= 0.8


def _references(one: Advert, other: Advert) -> str:
    a, b = (re.sub(r"[^a-z0-9]", "", fold(each.reference or "")) for each in (one, other))
    if min(len(a), len(b)) < 4 or not (re.search("[0-9]", a) and re.search("[0-9]", b)):
        return "unknown"
    return "same" if a == b else "different"


def _pay_contradicts(one: Advert, other: Advert) -> bool:
    bounds = [(each.pay_year_min or each.pay_year_max, each.pay_year_max or each.pay_year_min) for each in (one, other)]
    (a_low, a_high), (b_low, b_high) = bounds
    if a_low is None or a_high is None or b_low is None or b_high is None:
        return False
    return a_high < 0.9 * b_low or b_high < 0.9 * a_low


# ---------------------------------------------------------------- titles


def title_likeness(one: Advert, other: Advert) -> float:
    """Return how alike two titles are, 0 to 1: shared words by their weight; leading the same thing counts as such."""
    a, b = _title_words(one.title), _title_words(other.title)
    if not a or not b:
        return 0.0
    shared = sum(len(word) for word in a & b)
    union = sum(len(word) for word in a | b)
    smaller = min(sum(map(len, a)), sum(map(len, b)))
    alike = max(shared / union, 0.9 * shared / smaller if len(a & b) > 1 else 0.0)
    if one.role and (one.role, one.area, _rung(one.level)) == (other.role, other.area, _rung(other.level)):
        alike = max(alike, 0.85 if _rung(one.level) == "lead" else 0.6)
    return min(alike, 1.0)


@functools.lru_cache(maxsize=100_000)
def _title_words(title: str) -> frozenset[str]:
    words = (_ONE_WORD.get(word, word) for word in _WORD.findall(fold(title)))
    split = (part for word in words for part in _parted(word))
    return frozenset(word for word in split if word not in _EMPTY)


def _parted(word: str) -> tuple[str, ...]:
    """Abteilungsleiter says lead and abteilung, as Leiter der Abteilung does."""
    for ending in ("leiterin", "leiter", "leitung"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return (word.removesuffix(ending).rstrip("s"), "lead")
    return (word,)


# ---------------------------------------------------------------- employers and places


def _employers(one: Advert, other: Advert) -> str:
    """Say same, like (one name widens the other), unknown, or different."""
    a, b = one.employer_key, other.employer_key
    if not a or not b:
        return "unknown"
    if a == b or a.replace(" ", "") == b.replace(" ", ""):
        return "same"
    first, second = set(a.split()), set(b.split())
    if first.isdisjoint(second):
        return "different"
    towns = {fold(spot.city) for advert in (one, other) for spot in advert.spots if spot.city}
    return "like" if all(word in _WIDENING or word in towns for word in first ^ second) else "different"


def _places(one: Advert, other: Advert) -> str:
    """Say same, unknown (one does not say), or different."""
    if not one.spots or not other.spots:
        return "unknown"
    if any(_is_one_place(a, b) for a in one.spots for b in other.spots):
        return "same"
    known = all(any(spot.city or spot.postal_code for spot in each.spots) for each in (one, other))
    return "different" if known else "unknown"


def _is_one_place(a: Spot, b: Spot) -> bool:
    apart = None
    if a.lat is not None and a.lon is not None and b.lat is not None and b.lon is not None:
        apart = max(abs(a.lat - b.lat) * 111.2, abs(a.lon - b.lon) * 70)  # km, near enough in Germany
    if a.city and b.city and _town(a.city) == _town(b.city):
        if a.state and b.state and fold(a.state) != fold(b.state):
            return False  # Hagen in Westfalen, Hagen in Niedersachsen
        if _is_abroad(a) != _is_abroad(b):
            return False  # Soest, and Soest in the Netherlands
        if any(_is_elsewhere(*pair) for pair in ((a, b), (b, a))):
            return False
        return apart is None or apart <= SAME_TOWN_KM
    if a.postal_code and a.postal_code == b.postal_code:
        return True
    return apart is not None and apart <= SAME_PLACE_KM and not (a.city and b.city)


def _is_abroad(spot: Spot) -> bool:
    return fold(spot.country or "") not in ("", "deutschland", "germany", "de")


def _is_elsewhere(located: Spot, other: Spot) -> bool:
    """A code that fits the town would have located it: 59065 Hamm is known, 57577 Hamm is another one."""
    return (
        located.lat is not None and other.lat is None and other.postal_code is not None
        and located.postal_code != other.postal_code
    )  # fmt: skip


@functools.lru_cache(maxsize=50_000)
def _town(city: str) -> str:
    return re.split(r"[ ,(/-]", fold(city).strip())[0]


# ---------------------------------------------------------------- texts


def _text_likeness(one: Advert, other: Advert) -> float | None:
    """Return the share of the shorter text's shingles that the longer one has; None where one is too short."""
    if one.text and one.text == other.text:
        return 1.0
    a, b = _shingles(one.text), _shingles(other.text)
    if len(a) < 15 or len(b) < 15:
        return None
    return len(a & b) / min(len(a), len(b))


@functools.lru_cache(maxsize=2_000)
def _shingles(text: str | None) -> frozenset[int]:
    words = _words(text)
    return frozenset(map(hash, zip(*(words[at:] for at in range(SHINGLE)), strict=False)))


def _words(text: str | None) -> list[str]:
    return re.findall(r"\w{1,60}", (text or "")[:LONGEST].lower())


def _bands(text: str | None) -> list[int]:
    """Return keys that two texts with much in common share: the smallest hashes of some of their shingles.

    Looked at are shingles that begin with one word of eight, the same words in every text.
    """
    words = _words(text)
    last = len(words) - SHINGLE + 1
    begin = {word for word in {*words} if _begins(word)}
    starts = [at for at in range(last) if words[at] in begin]
    hashes = sorted({zlib.crc32(" ".join(words[at : at + SHINGLE]).encode()) for at in starts})
    return hashes[:BANDS]


@functools.lru_cache(maxsize=200_000)
def _begins(word: str) -> bool:
    return zlib.crc32(word.encode()) % 8 == 0


# ---------------------------------------------------------------- many adverts


def group(
    adverts: Iterable[Advert],
    *,
    together: Mapping[str, str] | None = None,
    merged: Iterable[tuple[str, str]] = (),
    split: Iterable[tuple[str, str]] = (),
) -> Grouping:
    """Group adverts into vacancies. Same adverts, same groups, whatever their order.

    `together` names the vacancy (an advert's id) that an advert was in before: what was one vacancy stays so while no
    gate speaks against it. `merged` and `split` are a person's decisions on two adverts, and outrank every rule.
    The advert seen first gives the vacancy its id; of two of one day the one with the smaller id.
    """
    known = {each.id: each for each in sorted(adverts, key=lambda each: (each.first_seen, each.id))}
    apart = {frozenset(pair) for pair in split}
    clusters = _Clusters(known, apart)
    for a, b in sorted(tuple(sorted(pair)) for pair in merged):
        if a in known and b in known:
            clusters.join(a, b, Verdict(True, "person", 9.0, "a person's decision"), force=True)
    found = Grouping()
    verdicts = []
    for a, b in _candidates(list(known.values()), together or {}):
        verdict = judge(known[a], known[b])
        stays = together and together.get(a) == together.get(b) is not None and not _broken(known[a], known[b])
        if verdict.same or stays:
            verdicts.append((-verdict.score, a, b, verdict))
        elif verdict.linked and frozenset((a, b)) not in apart:
            found.links.append((a, b, verdict.linked, verdict.signals))
    for _, a, b, verdict in sorted(verdicts, key=lambda each: each[:3]):
        clusters.join(a, b, verdict)
    found.merges = clusters.merges()
    lead = {merge.id: merge.into for merge in found.merges}
    ends = [(lead.get(a, a), lead.get(b, b), kind, told) for a, b, kind, told in found.links]
    found.links = sorted({(min(a, b), max(a, b), kind, told) for a, b, kind, told in ends if a != b})
    return found


def _broken(one: Advert, other: Advert) -> bool:
    return bool(_against(one, other, _places(one, other))) or _employers(one, other) == "different"


@dataclass(slots=True)
class _Clusters:
    """Vacancies in the making. Two join only when no gate speaks against any two of their adverts."""

    known: Mapping[str, Advert]
    apart: set[frozenset[str]]
    of: dict[str, list[str]] = field(default_factory=dict)
    why: dict[str, Verdict] = field(default_factory=dict)

    def join(self, a: str, b: str, verdict: Verdict, *, force: bool = False) -> None:
        """Join the vacancies of two adverts, if they may be one."""
        one, other = self.of.setdefault(a, [a]), self.of.setdefault(b, [b])
        if one is other:
            return
        pairs = list(itertools.product(one[:30], other[:30]))
        if any(frozenset(pair) in self.apart for pair in pairs):
            return
        if not force and any(_broken(self.known[x], self.known[y]) for x, y in pairs):
            return
        for each in (a, b):
            self.why.setdefault(each, verdict)
        one.extend(other)
        for each in other:
            self.of[each] = one

    def merges(self) -> list[Merge]:
        """Return every advert that is not the first of its vacancy."""
        found = []
        for members in {id(each): each for each in self.of.values()}.values():
            first, *others = sorted(members, key=lambda each: (self.known[each].first_seen, each))
            for other in others:
                why = self.why[other]
                found.append(Merge(other, first, why.rule, why.score, why.signals))
        return sorted(found, key=lambda each: each.id)


def _candidates(adverts: Sequence[Advert], together: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs worth a look, each once: those that share a key."""
    # Most keys have one advert only: with a list for each, grouping took a quarter more memory.
    first: dict[object, tuple[list[int], str]] = {}
    blocks: dict[object, list[tuple[list[int], str]]] = {}
    for advert in adverts:
        bands = _bands(advert.text)
        keys = [*_keys(advert), *bands]
        if advert.id in together:
            keys.append(("together", together[advert.id]))
        entry = (bands, advert.id)
        for key in keys:
            if key in blocks:
                blocks[key].append(entry)
            elif key in first:
                blocks[key] = [first[key], entry]
            else:
                first[key] = entry
    done: set[tuple[str, str]] = set()
    for block in blocks.values():
        for a, b in _pairs(block):
            pair = (a, b) if a < b else (b, a)
            if pair not in done:
                done.add(pair)
                yield pair


def _keys(advert: Advert) -> Iterator[tuple[object, ...]]:
    words = frozenset((advert.employer_key or "").split()) - _WIDENING
    if words:
        towns = {_town(spot.city) for spot in advert.spots if spot.city} or {""}
        for town in sorted(towns):
            employer = words - towns or words
            yield "title", employer, town, _title_words(advert.title)
            if _rung(advert.level) == "lead" and advert.role:
                yield "role", employer, town, advert.role, advert.area
        if advert.reference:
            yield "reference", words - towns or words, fold(advert.reference)


def _pairs(block: list[tuple[list[int], str]]) -> Iterator[tuple[str, str]]:
    """Yield all pairs of a small block; of a large one each with its neighbours, the likest texts side by side."""
    ids = [each for _, each in block]
    if len(ids) <= ALL_PAIRS:
        yield from itertools.combinations(ids, 2)
        return
    ordered = [each for _, each in sorted(block, key=lambda each: (each[0], each[1]))]
    for at, one in enumerate(ordered):
        for other in ordered[at + 1 : at + 1 + NEIGHBOURS]:
            yield one, other
