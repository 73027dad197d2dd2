"""The employer: its name as a key, whether it hires for itself or for others, and for whom."""

import functools
import re
import unicodedata

from pipelines import vocabulary
from pipelines.reference import column, rows
from pipelines.spelling import fold

_WORD = re.compile(r"[a-z0-9]{1,60}")
_LONGEST = 300


def key(name: str | None) -> str | None:
    """Return the comparison key of an employer's name: folded, without legal form and punctuation; None without one.

    A short name that the table of brands knows becomes the long one.

    >>> key("Müller & Söhne GmbH & Co. KG"), key("Mueller  Soehne Gmbh & Co.KG"), key("  ")
    ('mueller soehne', 'mueller soehne', None)
    """
    core = _core(name) if name else None
    return _groups().get(core, core) if core else None


def _core(name: str) -> str | None:
    if not name.strip():
        return None
    words = _words(name)
    phrase = f"{' '.join(words)} "  # no space before: a form is never cut at the beginning
    for form in _long_forms():
        phrase = phrase.replace(f" {form} ", " ")
    legal_forms = column("legal_forms.csv", "form")
    core = [word for word in phrase.split() if word not in legal_forms]
    return " ".join(core or words) or None


def _words(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", fold(name[:_LONGEST])).replace("g.m.b.h", "gmbh").replace("m.b.h", "mbh")
    return _WORD.findall("".join(letter for letter in folded if not unicodedata.combining(letter)))


@functools.cache
def _long_forms() -> tuple[str, ...]:
    forms = (form for form in column("legal_forms.csv", "form") if " " in form)
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


@functools.cache
def _groups() -> dict[str | None, str | None]:
    return {_core(row["name"]): _core(row["group"]) for row in rows("brands.csv")}


# What only those write who hire for others. An employer writes of its own customers too, an engineer of those who
# place orders, a lawyer of clients: in the plural they count only where someone is sought for them.
_ADJECTIVES = r"(?:[\w-]{1,30}en ){0,3}"
_SEEKS = r"[^.;!?\n]{0,120}?\b(?:suchen|besetzen|rekrutieren)\b"
_OTHERS = (
    "mandant", "klient", "auftrag", "unser kunde", "unserem kunden", "für unseren", "für einen", "client",
    "arbeitnehmerüberlassung", "direktvermittlung", "personalvermittlung", "personalberatung", "personaldienstleister",
)  # fmt: skip
_FOR_OTHERS = vocabulary.Pattern(
    re.compile(
        rf"\b(?:für|im auftrag|im namen) (?:unseren|unseres|eine[ns] unserer|eine[ns]) {_ADJECTIVES}"
        r"(?:mandant|klient|auftraggeber)(?:en|in|s)?\b"
        rf"|\bfür unsere {_ADJECTIVES}(?:mandanten|klienten|auftraggeber|mandantschaft)\b{_SEEKS}"
        r"|\bim auftrag unserer (?:mandant|klient)(?:en|in|schaft)\b"
        r"|\b(?:unser (?:mandant|klient|auftraggeber)|unsere (?:mandantin|klientin)),? (?:ist |sucht |eine? )"
        r"|\bunser kunde(?:,| ist) eine? "
        rf"|\bim (?:exklusiven )?(?:kunden|mandanten)auftrag\b{_SEEKS}"
        rf"|\bfür (?:unseren|einen unserer|einen) {_ADJECTIVES}kunden\b{_SEEKS}"
        r"|\bbei unserem (?:mandanten|klienten|auftraggeber|kunden) handelt es sich\b"
        r"|\b(?:im rahmen (?:der|einer)|im wege der|in|per|anstellungsart:|vertragsart:) (?:direkten? )?"
        r"(?:arbeitnehmerüberlassung|direktvermittlung|personalvermittlung)\b"
        r"|\b(?:als|sind eine?|ist eine?) (?:[\w-]{1,30} ){0,3}?"
        r"(?:personalberatung|personaldienstleister|personalvermittlung)\b"
        r"|\bon behalf of (?:our|a) client\b|\bour client,? (?:is|an?)\b|\bfor our client\b",
        re.IGNORECASE,
    ),
    stems=_OTHERS,
    reach=200,
)
# A firm's head noun: what is described must be somebody who can employ.
_FIRM = (
    r"(?:unternehmen|hersteller|konzern|gruppe|bank|sparkasse|klinik|klinikum|krankenhaus|verbund|versorger|zulieferer"
    r"|dienstleister|händler|betrieb|versicherung|maschinenbauer|anlagenbauer|systemhaus|verband|organisation|behörde"
    r"|stadtwerk|manufacturer|company|firm|group|supplier|provider)(?:e?n?s?|es)"
)
_NO_PROJECT = r"(?!(?:unser|projekt|team|kunde|bei |position|rolle|project|role))"
_DESCRIBED = (
    rf"(?:eine[nmrs]?|ein|an?) (?:{_NO_PROJECT}[^\s.;!?•]{{1,40}} ){{0,8}}?[\w-]{{0,40}}{_FIRM}\b[^.;!?\n•]{{0,120}}"
)
_PRINCIPAL = vocabulary.Pattern(
    re.compile(
        r"\b(?:mandant|klient|auftraggeber|kunde|client)(?:en|in|n|s)?"
        r"(?:, | ist | is | handelt es sich um |, der | \()"
        rf"({_DESCRIBED})"
        rf"|\b(?:für|im auftrag|on behalf of|for) ({_DESCRIBED}),? (?:suchen|besetzen|we are looking)\b",
        re.IGNORECASE,
    ),
    stems=("mandant", "klient", "auftrag", "kunde", "client", "suchen", "besetzen", "looking"),
    reach=400,
)
_ENDS = re.compile(
    r",? \b(?:suchen?|suchten|besetzen|sucht|we are|is looking|are looking|wir)\b"
    r"|, (?:der|die|das|dass|welche[rs]?|which|that|\w{2,20}t (?:den|die|das|eine?n?|zum|zur|ab))\b|\)"
)
# What is left hanging where a description was cut: a half word, an article, a preposition.
_HANGING = re.compile(
    r"(?:[ ,]{1,2}(?:der|die|das|des|dem|den|eine[nmrs]?|ein|mit|im|in|und|oder|aus|aus dem Bereich|von|für"
    r"|the|of|and|with)){1,4}$"
)
_LOOKED_AT = 6_000  # characters of a text
# Bodies that hire for themselves alone.
_PUBLIC = re.compile(
    r"(?:stadt|kreis|gemeinde|landkreis|bezirksregierung|universitaet|universitaetsklinikum|fachhochschule|hochschule"
    r"|landschaftsverband|bundesamt|landesamt|ministerium|finanzamt|polizeipraesidium|landesbetrieb|bundesanstalt) "
)


def kind(name: str | None, text: str | None) -> tuple[str, str | None]:
    """Say agency, employer or unknown, with the evidence: the table's name, the name's first word, or the text's words.

    >>> kind("Kopfwerk Personalberatung GmbH", None), kind("Hansa Werke GmbH", "Für unseren Mandanten in Unna")[0]
    (('agency', 'table: Personalberatung'), 'agency')
    >>> kind("Hansa Werke GmbH", "Sie betreuen unsere Kunden vor Ort."), kind("Stadt Lünsheide", None)
    (('unknown', None), ('employer', 'name: stadt'))
    """
    words = f" {' '.join(_words(name))} " if name else ""
    if found := next((shown for word, shown in _agencies() if word in words), None):
        return "agency", f"table: {found}"
    if public := _PUBLIC.match(words[1:]):
        return "employer", f"name: {public[0].strip()}"
    if text and (match := _FOR_OTHERS.search(text[:_LOOKED_AT])):
        return "agency", " ".join(match[0].split())
    return "unknown", None


def principal(text: str | None) -> tuple[str, str] | None:
    """Return how an agency describes whom it hires for, and the words that say so; None where it names or says nobody.

    A hypothesis in the text's own words. Only ask for adverts of an agency (`kind`).

    >>> principal("Unser Mandant ist ein mittelständischer Maschinenbauer mit 300 Mitarbeitern in Dortmund. Wir …")[0]
    'ein mittelständischer Maschinenbauer mit 300 Mitarbeitern in Dortmund'
    """
    found = _PRINCIPAL.search(text[:_LOOKED_AT]) if text else None
    if not found:
        return None
    described = found[1] or found[2]
    end = _ENDS.search(described)
    cut = described[: end.start()] if end else described
    if not end and len(text or "") > found.end() and (text or "")[found.end()].isalnum():
        cut = cut.rpartition(" ")[0]
    cut = _HANGING.sub("", cut.rstrip(" ,"))
    said = found[0][: found[0].index(described) + len(cut)]
    return " ".join(cut.split()), " ".join(said.split())


@functools.cache
def _agencies() -> tuple[tuple[str, str], ...]:
    """What to look for in a name with spaces around its words, and the table's own spelling."""
    found = []
    for row in rows("agencies.csv"):
        shown = row["name"].rstrip("*")
        word = " ".join(_words(shown))
        found.append((f" {word}" if row["name"].endswith("*") else f" {word} ", shown))
    return tuple(found)
