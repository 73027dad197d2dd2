"""Is this advert what the search asks for: exact, near or no, and why, in one line that a user understands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines import titles
from pipelines.spelling import fold
from pipelines.titles import Role, TitleClass

LONGEST = 30_000  # characters of a text that are read; duties stand early

# Rules of titles whose visible part may still become a match when the source cut the title.
_OPEN_RULES = frozenset({"leads-unnamed", "leads-other", "field-only", "mixed"})
# Rungs that the text may lift to the whole field. A part, a deputy, a CISO stay what they are, whatever the text says.
_MAY_RISE = frozenset({"manager", "team", "shared", "sibling", "occupation"})
_CLAUSE = re.compile(r"[\n•;!?]|\.(?= )")
_WORD_GOES_ON = re.compile(r"[a-z0-9-]")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer, the reason, and the short stable id of the rule that decided."""

    match: str  # exact, near, no; undecided when the source cut the title too early
    reason: str
    rule: str


def judge(
    title: TitleClass,
    *,
    role: Role | None = None,
    occupation: str | None = None,
    text: str | None = None,
    distance_km: float | None = None,
    radius_km: float | None = None,
    title_is_cut: bool = False,
    elsewhere: str | None = None,
) -> Judgement:
    """Judge by place, title, stated occupation and text, in this order.

    No distance, and nothing that says why the post is `elsewhere`, means that the source itself put the advert inside
    the circle. `role` is the role that was asked for;
    without it the occupation cannot speak for a title that says nothing.
    """
    if distance_km is not None and radius_km is not None and distance_km > radius_km:
        return Judgement("no", f"{_km(distance_km, radius_km)} km away, the search ends at {radius_km:g} km", "place")
    if elsewhere:
        return Judgement("no", elsewhere, "place")
    found = Judgement(title.match, title.reason, title.rule)
    if found.match == "no":
        found = _by_occupation(found, role, occupation)
    if found.match == "no":
        if title_is_cut and title.rule in _OPEN_RULES:
            return Judgement("undecided", f"{title.reason}, as far as the source shows its title", "title-cut")
        return found
    role = titles.role(title.role) if title.role else role
    return _by_text(found, role, text) if role is not None and text else found


def _km(distance: float, radius: float) -> str:
    """Round so that 50.3 is not called 50 where the circle ends at 50."""
    return f"{distance:.0f}" if round(distance) > radius else f"{distance:.1f}"


def _by_occupation(found: Judgement, role: Role | None, occupation: str | None) -> Judgement:
    """Let the stated occupation speak where the title names a leader and not the field.

    Alone it never makes an exact: employers choose it, and “Leiter/in - IT” also stands on project managers.
    """
    if role is None or not occupation or found.rule != "leads-unnamed":
        return found
    if occupation not in role.occupations_exact | role.occupations_near:
        return found
    return Judgement("near", f"{found.reason}; the stated occupation is “{occupation}”", "occupation")


def _by_text(found: Judgement, role: Role, text: str) -> Judgement:
    """Let the text move near to exact or exact to near; the reason names its words."""
    says = role.text
    if not says:
        return found
    if found.match == "exact" and found.rule in {"lead", "shared"}:
        quote = _reports(_Clauses(text), says, "below", says["not_below"])
        if quote:
            reason = f"{found.reason}, but the text says “{quote}”, so it leads a part"
            return Judgement("near", reason, "text-reports-below")
    if found.match == "near" and found.rule in _MAY_RISE:
        clauses = _Clauses(text)
        quote = _leads(clauses, says)
        if quote:
            return Judgement("exact", f"{found.reason}; the text says “{quote}”", "text-leads")
        signs = _signs(clauses, says)
        if len(signs) == 3 and found.rule != "sibling":
            names = ", ".join(f"“{each}”" for each in signs)
            return Judgement("exact", f"{found.reason}; the text says {names}", "text-signs")
    return found


class _Clauses:
    """A text's clauses, each as it stands and folded."""

    def __init__(self, text: str) -> None:
        clean = (" ".join(clause.split()) for clause in _CLAUSE.split(text[:LONGEST]))
        self.all = [(clause, fold(clause) + " ") for clause in clean if clause]
        self.folded = "\n".join(folded for _, folded in self.all)

    def with_any(self, words: Sequence[str]) -> list[tuple[str, str]]:
        """Return those that may hold one of the words; none, where the whole text does not."""
        return self.all if any(word in self.folded for word in words) else []


def _leads(clauses: _Clauses, says: Mapping[str, tuple[str, ...]]) -> str | None:
    for clause, folded in clauses.with_any(says["leads"]):
        word = _word_in(folded, says["leads"])
        if word and not _word_in(folded, says["not_leads"], whole=False):
            return _quote(clause, folded, word)
    return None


def _reports(clauses: _Clauses, says: Mapping[str, tuple[str, ...]], to: str, unless: Sequence[str]) -> str | None:
    for clause, folded in clauses.with_any(says["reports"]):
        verb = _word_in(folded, says["reports"], whole=False)
        if verb is None:
            continue
        after = folded[folded.index(verb) :]
        whom = _word_in(after[:120], says[to], whole=to == "below")
        if whom and not _word_in(folded, unless, whole=False):
            return _quote(clause, folded, verb)
    return None


def _signs(clauses: _Clauses, says: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the words for budget, staff and reporting to the top, as far as the text has them."""
    signs = [_reports(clauses, says, "top", ()), _first(clauses, says["budget"]), _first(clauses, says["staff"])]
    return [each for each in signs if each]


def _first(clauses: _Clauses, words: Sequence[str]) -> str | None:
    for clause, folded in clauses.with_any(words):
        word = _word_in(folded, words, whole=False)
        if word:
            return _quote(clause, folded, word)
    return None


def _word_in(folded: str, words: Sequence[str], *, whole: bool = True) -> str | None:
    """Return the first of `words` in the text, as whole words if `whole`: not “leitung der it” of “… it-sicherheit”."""
    for word in words:
        at = folded.find(word)
        while at >= 0:
            end = at + len(word)
            if not whole or (not _WORD_GOES_ON.match(folded, end) and not (at and _WORD_GOES_ON.match(folded, at - 1))):
                return word
            at = folded.find(word, end)
    return None


def _quote(clause: str, folded: str, word: str) -> str:
    """Quote the clause around the word, at most about 80 characters."""
    at = int(folded.index(word) * len(clause) / max(len(folded), 1))
    start = clause.rfind(" ", 0, max(at - 5, 0)) + 1
    quote = clause[start : start + 80]
    return quote if start + 80 >= len(clause) else quote.rsplit(" ", 1)[0] + " …"
