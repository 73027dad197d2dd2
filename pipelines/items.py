"""The three shapes of an advert: as sent (RawPosting), in our names (Posting), understood (Job); and lists as sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place of work, in the source's own words; coordinates in degrees (WGS 84)."""

    city: str | None = None
    postal_code: str | None = None
    state: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None

    def __post_init__(self) -> None:
        """Refuse values of another type than declared, and coordinates off the globe; raises TypeError, ValueError."""
        for value in (self.city, self.postal_code, self.state, self.country):
            if value is not None:
                if not isinstance(value, str):
                    raise TypeError(f"a place's name is not text: {value!r:.60}")
                value.encode()
                if "\0" in value:
                    raise ValueError("a place's name holds a NUL")
        for degrees, limit in ((self.lat, 90), (self.lon, 180)):
            if degrees is not None and not (isinstance(degrees, (int, float)) and abs(degrees) <= limit):
                raise ValueError(f"not a coordinate: {degrees!r:.60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One advert in our field names, its words untouched. None means the source did not say."""

    source_id: str  # the source's own id, text
    title: str
    title_is_cut: bool = False  # the source shortens long titles in its lists
    url: str | None = None  # the page a person opens
    employer: str | None = None
    employer_is_agency: bool | None = None  # recruiter or temp-work firm, where the source says so
    places: tuple[Place, ...] = ()
    place: str | None = None  # the place as text, where the source has no structure
    distance_km: float | None = None  # to the searched place, as the source states it
    may_be_elsewhere: bool = False  # nothing but its own words says that the post lies near the searched place
    description: str | None = None
    occupation: str | None = None  # the agency's occupation label
    published_on: str | None = None  # ISO date: the current publication
    first_published_on: str | None = None  # ISO date: the first publication
    apply_by: str | None = None  # ISO date
    starts_on: str | None = None  # ISO date
    modified_at: str | None = None  # as the source writes it
    contract: str | None = None  # permanent, fixed term
    hours: str | None = None  # full, part, full or part
    remote: str | None = None  # none, hybrid, full
    reference: str | None = None  # the employer's own number for the post
    industry: str | None = None  # the employer's, in the source's own words
    pay_min: float | None = None  # the source's own pay fields: EUR unless pay_currency says otherwise
    pay_max: float | None = None
    pay_period: str | None = None  # year, month, week, day, hour
    pay_currency: str | None = None

    def __post_init__(self) -> None:
        """Refuse values of another type than declared, and text that cannot be stored; raises TypeError, ValueError."""
        for name in _TEXTS:
            value = getattr(self, name)
            if value is not None:
                if not isinstance(value, str):
                    raise TypeError(f"{name} is not text: {value!r:.60}")
                value.encode()  # a lone surrogate cannot be stored: UnicodeEncodeError
                if "\0" in value and name != "description":  # ends the text for half of all tools
                    raise ValueError(f"{name} holds a NUL")
        for name in _NUMBERS:
            value = getattr(self, name)
            if value is not None and not (isinstance(value, (int, float)) and abs(value) < _LARGEST):
                raise TypeError(f"{name} is not a number: {value!r:.60}")


_TEXTS = (
    "source_id", "title", "url", "employer", "place", "description", "occupation", "published_on",
    "first_published_on", "apply_by", "starts_on", "modified_at", "contract", "hours", "remote", "reference",
    "industry", "pay_period", "pay_currency",
)  # fmt: skip
_NUMBERS = ("distance_km", "pay_min", "pay_max")
_LARGEST = 1e15  # NaN and infinity are not below it either


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill that an advert names: by its own name, its group, how much it is wanted, and the advert's words."""

    name: str
    group: str
    need: str  # must, nice, stated
    words: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a fact comes from: the column it stands in, and the words that say it or the source's field."""

    field: str
    words: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a search does not want an advert."""

    rule: str
    reason: str
    city: str | None
    distance_km: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPosting:
    """One advert as a board sent it, with what the crawl knows of it.

    `payload` is None when the advert is the one stored by an earlier run: it was seen, and nothing else is to be done.
    `posting` is None when the advert could not be mapped; `fault` then says why.
    """

    board: str  # kind:name
    source_id: str
    list_hash: str  # of the advert as listed; the same hash tomorrow means nothing to fetch
    payload: bytes | None = None  # JSON {"listed": ..., "detail": ...}
    posting: Posting | None = None
    rejection: Rejection | None = None  # the list alone says that the search does not want it
    detail: str = "none"  # none, fetched, gone (the source has no page), failed (ask again tomorrow)
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class ListCopy:
    """A list as a host sent it, with what it needs to say next time whether it has changed.

    `body` is None when the host says that the stored copy still holds.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class HostFile:
    """What a host says of itself, robots.txt or tdmrep.json, as it was answered: HTTP status and body."""

    status: int
    body: bytes
    fresh_until: str  # ISO, UTC: until then its host wants it to be used


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One advert understood: every value with its words and its rule. None means unknown, never a guess.

    The field names are the columns of table `jobs` and the keys of the public normaliser's output.
    """

    title: str
    title_clean: str
    role: str | None
    level: str | None
    area: str | None
    match: str
    match_reason: str
    match_rule: str
    employer: str | None
    employer_key: str | None
    employer_type: str
    industry: str | None
    city: str | None
    postal_code: str | None
    state: str | None
    country: str | None
    lat: float | None
    lon: float | None
    distance_km: float | None
    places: tuple[Place, ...]
    remote: str
    pay_text: str | None
    pay_min: float | None
    pay_max: float | None
    pay_period: str | None
    pay_currency: str | None
    salaries_per_year: float | None
    pay_year_min: float | None
    pay_year_max: float | None
    pay_basis: str | None
    pay_scale: str | None
    pay_group_min: str | None
    pay_group_max: str | None
    pay_step_min: str | None
    pay_step_max: str | None
    pay_table_date: str | None
    pay_rule: str | None
    pay_note: str | None
    hours: str
    contract: str
    starts_on: str | None
    published_on: str | None
    first_published_on: str | None
    apply_by: str | None
    modified_at: str | None
    reference: str | None
    team_size_min: int | None
    team_size_max: int | None
    budget_eur: int | None
    reports_to: str | None
    occupation: str | None
    url: str | None
    text: str | None
    skills: tuple[Skill, ...]
    evidence: tuple[Evidence, ...]
