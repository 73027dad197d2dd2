"""Pay: what an advert says it pays, with the words that say so, and what that is in euros a year.

Numbers are found first, then joined into ranges, and only then judged by the words around them: an advert holds many
sums (turnover, vouchers, premiums), and most of the work is to keep silent about those. Nothing is estimated: an amount
without a word or a place that proves it to be pay is not pay.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

LONGEST = 40_000  # characters read; the longest real advert seen has 9,937
MOST_NUMBERS = 2_000  # a text with more numbers is no advert, and costs time

Kind = Literal["salary", "rate"]

# Least and most that one period can plausibly pay (in the currency stated). Outside of it a figure is kept as text only.
# Low enough for a mini job and an internship, high enough for a board member.
_PLAUSIBLE = {
    "year": (5_000.0, 500_000.0),
    "month": (300.0, 40_000.0),
    "week": (100.0, 8_000.0),
    "day": (80.0, 3_000.0),
    "hour": (8.0, 300.0),
}
_WIDEST = 5.0  # maximum / minimum of one post; wider ranges are placeholders
_YEAR_EUR = (4_000.0, 500_000.0)

# One character for one, so that a place in the folded text is the same place in the advert.
_FOLD = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2000\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u200b\t\r*", " "),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u2018\u2019\u00b4\u0060", "'"),
    }
)

# ---------------------------------------------------------------- numbers

# ASCII digits only: `\d` and `int()` also accept Arabic and full-width digits, which no German advert means.
_NUMBER = re.compile(
    r"(?<![0-9])(?<![0-9][.,'])"
    r"(?:"
    r"(?P<typo>[0-9]{2,3}\.[0-9]{2},[0-9]{2}(?![0-9])|[0-9]{2,3}\.0000(?![0-9]))"  # 75.00,00 and 60.0000
    r"|(?P<dots>[0-9]{1,3}(?:\.[0-9]{3}){1,2}(?![0-9]))(?:,(?P<dots_cents>[0-9]{2})(?![0-9]))?"
    r"|(?P<commas>[0-9]{1,3}(?:,[0-9]{3}){1,2}(?![0-9]))(?:\.(?P<commas_cents>[0-9]{2})(?![0-9]))?"
    r"|(?P<gaps>[0-9]{1,3}(?:[' ][0-9]{3}){1,2}(?![0-9]))(?:[.,](?P<gaps_cents>[0-9]{2})(?![0-9]))?"
    r"|(?P<plain>[0-9]{1,7})(?:[.,](?P<cents>[0-9]{1,2})(?![0-9]))?"
    r")(?![0-9])"
)
_CURRENCY = r"(?:€|EUR(?:O|OS)?(?![A-Z])|[Ee]uros?(?![a-z])|eur(?![a-zA-Z])|Eur(?![a-z])|CHF|SFr\.?|USD|US\$|\$|GBP|£)"
_AFTER = re.compile(
    r"(?:[.,]-{1,2}|,(?=[ ]?(?:EUR|€|brutto))|-(?=[ ]?€))?"
    r"[ \n]{0,3}"
    r"(?P<thousand>[kK](?![A-Za-zäöüÄÖÜß&-])|[kK](?=[ ]?(?:€|EUR|Eur))|T(?=[ ]?(?:€|EUR|Eur))|T[Ss][Dd]\.?|tsd\.?|[Tt]ausend)?"
    rf"[ \n]{{0,3}}(?P<currency>{_CURRENCY})?"
    r"(?:[.,]?-{1,2}(?![ \n]{0,2}[0-9€A-Za-z-]))?"
)
_BEFORE = re.compile(rf"(?<![A-Za-z])(?P<thousand>[kKT])?(?P<currency>{_CURRENCY})[ \n]{{0,3}}\Z")
_MILLIONS = re.compile(
    r"[ \n-]{0,2}(?:€|EUR|Euro)?[ \n]{0,2}(?:Mio|MIO|Mill|Mrd|MRD|[mMbB]illion|milliard|Milliard|bn\b|m\b)"
)
_TO = re.compile(
    r"\.?[ \n]{0,3}(?:brutto[ \n])?(?:-{1,2}>?|bis(?:[ \n](?:zu|max\.?|maximal))?|to|up to|~|(?P<und>und|and|u\.))"
    r"[ \n]{0,3}(?:ca\.?|max\.?|maximal)?[ \n]{0,3}\Z"
)
_MAY_STATE = re.compile(r"[0-9][ ]?[kK](?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of pay, and where it stands in the text."""

    start: int
    end: int
    text: str  # the quote
    minimum: float | None
    maximum: float | None
    period: str | None  # year, month, week, day, hour
    currency: str | None
    salaries_per_year: float | None = None
    rule: str = ""
    kind: Kind = "salary"  # rate: what a freelancer bills
    notes: tuple[str, ...] = ()
    proof: int = 1  # 3: a word for pay and a period; 2: one of them; 1: it stands alone
    part_time: float | None = None  # per cent of full time that the sum is for


@dataclass(frozen=True, slots=True)
class _Sum:
    start: int
    end: int
    value: float
    currency: str | None
    thousand: bool
    grouped: bool
    typo: bool = False


@dataclass(frozen=True, slots=True)
class _Range:
    start: int
    end: int
    low: float
    high: float
    currency: str | None
    single: bool
    marked: bool  # a currency or a "k" says it is money
    typo: bool


def _sums(text: str) -> list[_Sum]:
    found = []
    for count, number in enumerate(_NUMBER.finditer(text)):
        if count >= MOST_NUMBERS:
            break
        start, end = number.span()
        digits = number["typo"] or number["dots"] or number["commas"] or number["gaps"] or number["plain"]
        if digits[0] == "0" and len(digits) > 1:
            continue
        before = _BEFORE.search(text, max(0, start - 9), start)
        after = _AFTER.match(text, end)
        assert after is not None  # every part of it is optional
        currency = after["currency"] or (before["currency"] if before else None)
        thousand = bool(after["thousand"] or (before and before["thousand"]))
        grouped = number["plain"] is None
        if _MILLIONS.match(text, end):
            continue
        if not currency and not thousand and number["plain"] and len(digits) < 2:
            continue
        typo = number["typo"]
        if typo:
            value = float(typo[: typo.index(".")]) * 1000
        else:
            cents = number["dots_cents"] or number["commas_cents"] or number["gaps_cents"] or number["cents"] or "0"
            value = float(re.sub(r"[^0-9]", "", digits)) + float(cents) / 10 ** len(cents)
        if thousand and value < 1000:
            value = round(value * 1000, 2)
        found.append(
            _Sum(
                before.start() if before else start,
                after.end() if currency or thousand or after.group().strip(" \n") else end,
                value,
                _code(currency),
                thousand,
                grouped,
                bool(typo),
            )
        )
    return found


def _code(currency: str | None) -> str | None:
    if currency is None:
        return None
    upper = currency.upper()
    if upper.startswith(("CHF", "SFR")):
        return "CHF"
    if "$" in upper or upper == "USD":
        return "USD"
    return "GBP" if upper in {"GBP", "£"} else "EUR"


_BETWEEN = re.compile(r"(?:zwischen|between|von|Bruttogehalt|zw\.)[^0-9]{0,20}\Z")


def _ranges(text: str, sums: Sequence[_Sum]) -> list[_Range]:
    found = []
    index = 0
    while index < len(sums):
        first = sums[index]
        second = sums[index + 1] if index + 1 < len(sums) else None
        index += 1
        if second is not None and second.start - first.end <= 24:
            joined = _TO.match(text, first.end, second.start)
            if joined and (not joined["und"] or _BETWEEN.search(text, max(0, first.start - 30), first.start)):
                low, high = first.value, second.value
                # "60. - 75.000", "85 - 100k": the thousands are said once, at the end.
                if low < 1000 <= high and not first.thousand and low * 1000 <= high and high / low > 60:
                    low = round(low * 1000, 2)
                if first.currency or second.currency or second.thousand or (first.grouped and second.grouped):
                    currency = first.currency or second.currency
                    marked = bool(currency or second.thousand or first.thousand)
                    found.append(
                        _Range(first.start, second.end, low, high, currency, False, marked, first.typo or second.typo)
                    )
                    index += 1
                    continue
                if high >= 10_000 and low >= 10_000:
                    found.append(_Range(first.start, second.end, low, high, None, False, False, False))
                    index += 1
                    continue
        if first.currency or first.thousand or first.grouped or first.value >= 10_000:
            marked = bool(first.currency or first.thousand)
            found.append(
                _Range(first.start, first.end, first.value, first.value, first.currency, True, marked, first.typo)
            )
    return found


# ---------------------------------------------------------------- the words around a sum

_YEAR = (
    r"[pP]\. ?[aA]\b\.?|p/a\b|pro (?:Jahr|anno|annum)|/ ?(?:Jahr|Jahresbrutto|J\.|[yY]ear|annum|a\b)|im Jahr(?!es)|[jJ](?:ä|ae)hrlich|"
    r"[jJ]ahres(?:-|ziel|brutto|grund|fix|fest|gesamt|einkommen|gehalt|verg|entgelt|verdienst|lohn|salär)|-?[jJ]ahresgehalt|"
    r"per (?:annum|year)|a year|annual|[yY]early|JAHR"
)
_MONTH = (
    r"pro Monat|/ ?(?:Monat|[mM]onth|mtl|Mon\.)|im Monat|[mM]onatlich|\b[mM]tl\b\.?|\b[pP]\. ?M\.|"
    r"[mM]onats(?:-|brutto|grund|fix|fest|gehalt|verg|entgelt|lohn|verdienst|einkommen)|per month|a month|[mM]onthly"
)
_WEEK = r"pro Woche|/ ?Woche|wöchentlich|per week|a week|weekly|Wochenlohn"
_DAY = r"pro (?:Arbeits)?[tT]ag\b|/ ?(?:Tag|[dD]ay)\b|[tT]agess(?:a|ä)tz|[tT]ageshonorar|per day|daily rate|[dD]ay rate|pro PT\b|/ ?PT\b"
_HOUR = (
    r"(?:pro|je|die) (?:\w{0,12}[sS]tunde|Std|h\b)|/ ?(?:Einsatz)?(?:[sS]td|[sS]tunde|[hH]\b|[hH]our)|\b(?<![0-9] )Std\.(?! ?/)|"
    r"[sS]tunden(?:lohn|satz|l(?:ö|oe)hne|s(?:ä|ae)tze|entgelt|verg)|per hour|an hour|[hH]ourly|stündlich|\[pro\] Stunde"
)
_PERIOD = re.compile(rf"(?P<year>{_YEAR})|(?P<month>{_MONTH})|(?P<week>{_WEEK})|(?P<day>{_DAY})|(?P<hour>{_HOUR})")
# "38,5h/Woche", "40 Stunden pro Woche": working hours, not the period of the sum.
_HOURS = re.compile(r"[0-9]{1,2}(?:[.,][0-9]{1,2})?[ -]?(?:h|Std\.?|Stunden|Wochenstunden|hours?)\b[^;)\n]{0,16}")

_PAY = re.compile(
    r"gehalt|gehälter|vergüt|entgelt|lohn|löhne|verdien|bezahl|besold|dotier|entlohn|salär|honorar|stundens(?:a|ä)tz|"
    r"tagess(?:a|ä)tz|grundbetrag|aufwandsentsch|brutto|einkommen|vergutung|verguetung|"
    r"salary|salaries|compensation|\bpay\b|paying|remunerat|\bwages?\b|\bgross\b|\bote\b|hourly rate|daily rate"
)
# Sums of the company and of its customers: never pay, however large.
_BUSINESS = re.compile(
    r"umsatz|umsätze|revenue|turnover|sales of|budget|volumen|bilanzsumme|kapital|invest|fördermittel|förderung|funding|"
    r"finanzierung|kosten\b|preis|kunden|auftrag|schaden|stipendi|warenwert|wert von|vermögen von|projektwert|etat|"
    r"ersparnis|spenden|spende\b|\bfee\b|grant|gewinn|ebit|"
    # what another post or the whole market pays
    r"mindestlohn von|durchschnittsgehalt|entgeltgrenze|verdienstgrenze|gehaltsschätzung|geschätzt"
)
# Extras on top of pay: not pay when they stand alone.
_EXTRA = re.compile(
    r"bonus|boni\b|prämi|zuschuss|zuschuß|zuschüsse|bezuschuss|zulage|zuschlag|zuschläge|gutschein|karte|\bcard\b|guthaben|"
    r"sachbezug|sachbezüge|sachzu|sachwert|rabatt|ticket|fahrtkosten|erstatt|beihilfe|geburtstag|jubil|empfehl|referral|"
    r"werben|wirbt|willkommen|begrüßung|starter|sign-?on|signing|weihnachtsgeld|urlaubsgeld|urlaubskasse|sonderzahlung|"
    r"einmal|inflation|vermögenswirksam|\bvwl\b|\bvl\b|altersvorsorge|\bbav\b|pension|allowance|voucher|benefit|spesen|"
    r"verpflegung|mahlzeit|mittagessen|essens|übernacht|pauschale|kinder|\bkita|geburt|miet|steuerfrei|leasing|equipment|"
    r"ausstattung|provision|gesundheit|massage|wellpass|fitness|weiterbildung|fortbildung|mobilität|zuwendung|erfolgsbeteilig|"
    r"gewinnbeteilig|variabl|netto monatlich|freizeit|sparen|dankeschön|extra\b|on top|beitrag|beiträge|unterstütz|"
    r"mitarbeiteraktien|zahlung in höhe|belohn|auslage|umzug|relocation|meal|lunch|breakfast|commuting|learning|stipend\b|internet"
)
# Between a sum and the noun it belongs to: "600 € brutto Empfehlungsprämie".
_NEXT = re.compile(r"[^,;.:+(|\n\[]{0,46}")
_STOP = re.compile(
    r"[ \n](?:plus|zzgl|zuzüglich|inkl|inklusive|und|sowie|and|ab|je|bei|for|für|in|nach|abhängig|depending|-)[ .\n]|[ ]-"
)

_LOWEST = re.compile(
    r"(?:\bab(?: dem ersten Tag)?|[mM]indestens|[mM]ind\.?|\b[mM]in\.|nicht unter|[üÜ]ber|[mM]ehr als|[aA]t least|from|"
    r"starting (?:at|from)|minimum(?: of)?|>|[mM]indest(?:gehalt|entgelt|lohn|einkommen)\w{0,3}(?: von| i\. ?H\. ?v\.)?)"
    r"(?:[ \n:](?:ca\.?|rund|etwa|circa|von|einem|zu))?[ \n]{0,2}\Z|\b[aA]b[ \n]?\Z|\bAB[ \n]?\Z"
)
_HIGHEST = re.compile(
    r"(?:\b[bB]is|\bBIS|[mM]ax\.?|[mM]aximal\w{0,2}|[hH]öchstens|[uU]p to|until|<)"
    r"(?:[ \n]{1,3}(?:zu|ZU|ca\.?|rund|etwa|maximal|max\.?|netto|Stundensatz(?: von)?|hin zu|of)){0,3}[:]?[ \n]{0,2}\Z"
    r"|[mM]aximal\w{0,2} (?:netto )?(?:Stundensatz|Gehalt|Tagessatz)(?: von)?:?[ \n]{0,2}\Z|max netto Stundensatz von[ \n]\Z|bis zu\Z"
)
_UPWARDS = re.compile(r"[ ]?(?:aufwärts|\+(?![ \n]?[A-Za-z0-9])|oder mehr|or more|und mehr|and up|upwards)")
_FLOOR = re.compile(
    r"[mM]indest(?:gehalt|entgelt|lohn|bezug|einkommen|grundgehalt)|[mM]indestens|[mM]inimum (?:wage|salary)|"
    r"[kK]ollektivvertrag|\bKV\b|[cC]ollective (?:bargaining )?agreement"
)
_OVERPAY = re.compile(
    r"[üÜ]berzahl|[kK]ollektivvertrag|höheres Gehalt|Mehrbezahlung|mehr möglich|overpay|higher salary|"
    r"[jJ]e nach (?:Berufserfahrung|Erfahrung|Qualifikation)[^.]{0,60}(?:möglich|höher)|Bei entsprechender Qualif"
)
_RATE = re.compile(
    r"[sS]tundens(?:a|ä)tz|[tT]agess(?:a|ä)tz|[hH]onorar|freelanc|[fF]reiberuf|[aA]ll-?[iI]n\b[^.]{0,12}(?:Std|Stunde|/h)|/h\b[^.\n]{0,12}all[ -]?in|daily rate|hourly rate"
)
_ESTIMATE = re.compile(r"geschätzt|Schätzung|estimated|Schätzwert", re.IGNORECASE)
_DEPENDS = re.compile(
    r"[ ,(]{0,3}(?:je nach|abhängig|depending|bei (?:Vollzeit|[0-9]{2})|in Vollzeit|brutto|all-?in|fix|\+|netto|VB\b|VHB|DOE)",
    re.IGNORECASE,
)
_ALONE_BEFORE = re.compile(r"(?:\A|[-|/,(:•·]|\n|\+|ca\.|bis|zu|ab|mindestens|max\.?|~|up to|// ?)[ ]{0,20}\Z")
_ALONE_AFTER = re.compile(r"[ ]{0,20}(?:\Z|[-|)\n•·+(*/.,]|brutto)")
_BULLET = re.compile(r"\n[ ]{0,8}(?:[-•·+►➡✓✔o>#■●○▪]|[0-9]\.)[ ]|\n[ ]{0,8}\n|[.!?][ \n]{1,3}(?=[A-ZÄÖÜ])|[•·►✓✔■●▪|]")
_PER_YEAR = re.compile(
    r"(?<![0-9.,])(?P<count>1[2-5](?:[.,](?:5|25|75|7|6))?)(?:[ ]?[xX×]|\.?[ -]?(?:feste?n?[ ]|volle?n?[ ])?"
    r"(?:Monats?-?(?:gehalt|gehälter|gehältern|gehalts|löhne|lohn|entgelt|entgelte)|Brutto-?[mM]onatsgehälter|Gehälter|Gehalt|salar(?:y|ies)|month(?:ly)? salar(?:y|ies)|th (?:month(?:ly)? )?salary|th month))"
    r"|(?P<word>[dD]reizehn(?:tes|te)?|[vV]ierzehn(?:tes|te)?)[ ](?:Monats|Gehält|Gehalt)"
)
_PART_TIME = re.compile(r"(?P<share>[1-9][0-9])[ ]?(?:%|Prozent)")
_WEEKLY_HOURS = re.compile(
    r"(?<![0-9.,])(?P<hours>[1-4][0-9](?:[.,][0-9]{1,2})?)[ -]?(?:h|Std\.?|Stunden|Wochenstunden)?[ -]?(?:/|pro|je)?[ -]?(?:Woche|Wochenstunden|wöchentlich)"
)
_LADDER = re.compile(
    r"(?:im|ab dem|vom|in|nach|während)[ \n](?:\w{1,4}[ \n])?(?:ersten|zweiten|dritten|vierten|[0-9.-]{1,6}|1st|2nd)|[sS]tufe|[lL]evel|[jJ]unior|[sS]enior|[jJ]ahr"
)


def _clause_before(text: str, at: int, floor: int) -> str:
    """Return the words before a sum that can belong to it: to the sentence's, bullet's or previous sum's end."""
    window = text[max(floor, at - 130) : at]
    end = 0
    for edge in _BULLET.finditer(window):
        end = edge.end()
    return window[end:]


def _heading_before(text: str, at: int) -> str:
    """Return the line above, when it is short: "Vergütung" over a sum is its heading."""
    above = text[max(0, at - 120) : at].rstrip(" \n-•·+*#").rpartition("\n")[2]
    return above if len(above) <= 60 else ""


def _last(pattern: re.Pattern[str], words: str) -> int:
    place = -1
    for match in pattern.finditer(words):
        place = match.end()
    return place


def _periods(before: str, after: str) -> list[str]:
    """Return the periods that words near the sum name, nearest first."""
    found = []
    masked = _HOURS.sub(lambda hours: " " * len(hours[0]), after)
    for match in _PERIOD.finditer(masked):
        found.append((match.start(), match.lastgroup or ""))
    masked = _HOURS.sub(lambda hours: " " * len(hours[0]), before)
    for match in _PERIOD.finditer(masked):
        found.append((8 + len(masked) - match.end(), match.lastgroup or ""))
    return [period for _, period in sorted(found)]


def _by_size(low: float, high: float) -> str | None:
    """Return the only period that a sum of this size can be for."""
    if low >= 15_000:
        return "year"
    if high < 12_000 and low >= 400:
        return "month"
    return "hour" if 9 <= low and high <= 99 else None


def _fits(period: str, low: float, high: float) -> bool:
    least, most = _PLAUSIBLE[period]
    return least <= low and high <= most


def find(text: str, *, title: bool = False) -> tuple[Statement, ...]:
    """Return the statements of pay in `text`, in their order; spans are places in `text`.

    In a title a sum that stands alone is pay; in a text it must look like a year's.
    """
    text = text[:LONGEST]
    if not _worth_reading(text):
        return ()
    folded = text.translate(_FOLD)
    ranges = _ranges(folded, _sums(folded))
    found = []
    floor = 0
    for index, each in enumerate(ranges):
        ceiling = ranges[index + 1].start if index + 1 < len(ranges) else len(folded)
        if statement := _judge(folded, each, floor, ceiling, title):
            found.append(replace(statement, text=text[statement.start : statement.end]))
        floor = each.end
    return tuple(_ladders(text, folded, found))


def _worth_reading(text: str) -> bool:
    if "€" in text:
        return True
    lower = text.lower()
    return (
        "eur" in lower
        or "brutto" in lower
        or "chf" in lower
        or "gehaltss" in lower
        or "$" in lower
        or "£" in lower
        or _MAY_STATE.search(text) is not None
    )


def _judge(text: str, sum_: _Range, floor: int, ceiling: int, title: bool) -> Statement | None:
    before = _clause_before(text, sum_.start, floor)
    after = text[sum_.end : min(ceiling, sum_.end + 60)]
    edge = _BULLET.search(after)
    if edge:
        after = after[: edge.start() + 1]
    low, high = sum_.low, sum_.high
    lower_before, lower_after = before.lower(), after.lower()
    noun = _NEXT.match(lower_after)
    noun_text = noun[0] if noun else ""
    stop = _STOP.search(noun_text)
    noun_text = noun_text[: stop.start()] if stop else noun_text
    if _ESTIMATE.search(after) or _ESTIMATE.search(text[max(0, sum_.start - 60) : sum_.start]):
        return None
    if _BUSINESS.search(noun_text) or _EXTRA.search(noun_text):
        return None
    pay_before = _last(_PAY, lower_before)
    heading = ""
    if pay_before < 0 and len(before.strip(" \n:-")) < 12:
        heading = _heading_before(text, sum_.start - len(before))
        if not _EXTRA.search(heading.lower()) and not _BUSINESS.search(heading.lower()):
            pay_before = 0 if _PAY.search(heading.lower()) else -1
    pay_after = _PAY.search(noun_text) is not None
    business = _last(_BUSINESS, lower_before)
    extra = _last(_EXTRA, lower_before)
    periods = _periods(heading + " " + before if heading else before, after)
    explicit = next((each for each in periods if _fits(each, low, high)), None)
    if periods and explicit is None:
        return None
    period = explicit or _by_size(low, high)
    if period is None or not _fits(period, low, high) or low > high or high / low > _WIDEST:
        return None
    yearly = period == "year" and high >= 15_000
    if business > pay_before or (extra > pay_before and not (yearly and pay_before >= 0)):
        return None
    says_pay = pay_before >= 0 or pay_after
    if not sum_.marked and not (says_pay and (explicit or "brutto" in lower_before) and low >= 1000):
        return None
    alone = _stands_alone(text, sum_, floor, title)
    if says_pay:
        proof = 3 if explicit else 2
    elif explicit and (high >= 1_000 or (explicit == "hour" and high >= 12) or explicit == "day"):
        proof = 2
    elif yearly and (alone or _DEPENDS.match(after)):
        proof = 1
    elif title and alone and sum_.marked and (period != "hour" or low >= 10):
        proof = 1
    else:
        return None
    if not explicit and not says_pay and period != "year" and not title:
        return None
    minimum: float | None = low
    maximum: float | None = high
    notes: list[str] = []
    if sum_.single:
        near = before[-48:]
        if _HIGHEST.search(near):
            minimum = None
        elif _LOWEST.search(near) or _UPWARDS.match(after):
            maximum = None
        elif _FLOOR.search(before) or (_OVERPAY.search(text[sum_.end : sum_.end + 200]) and pay_before >= 0):
            maximum = None
            notes.append("a lower bound: the collective agreement's minimum")
    if explicit is None:
        notes.append(f"period not stated: a sum of this size is for a {period}")
    if sum_.typo:
        notes.append("the sum is mistyped; it allows one reading")
    if "netto" in lower_before[-30:] or "netto" in lower_after[:12]:
        notes.append("net")
    around = text[max(0, sum_.start - 90) : sum_.end + 90]
    rate = period in {"hour", "day"} and (_RATE.search(around) is not None or low >= 60)
    return Statement(
        sum_.start,
        sum_.end,
        "",
        minimum,
        maximum,
        period,
        sum_.currency or "EUR",
        rule="pay."
        + ("title" if title else "text")
        + "."
        + ("word" if says_pay else "period" if explicit else "alone"),
        kind="rate" if rate else "salary",
        notes=tuple(notes) if sum_.currency else (*notes, "currency not stated: EUR"),
        proof=proof,
        part_time=_part_time(before, after),
    )


def _stands_alone(text: str, sum_: _Range, floor: int, title: bool) -> bool:
    return (
        _ALONE_BEFORE.search(text, max(floor, sum_.start - 24), sum_.start) is not None
        and _ALONE_AFTER.match(text, sum_.end) is not None
    )


def _part_time(before: str, after: str) -> float | None:
    near = before[-70:]
    if "eilzeit" not in near and "eilzeit" not in after[:40]:
        return None
    share = _PART_TIME.search(near) or _PART_TIME.search(after[:40])
    return float(share["share"]) if share else None


def _ladders(text: str, folded: str, found: list[Statement]) -> list[Statement]:
    """Join steps of one ladder ("1.650 € im ersten Jahr, 1.750 € im zweiten") into one statement."""
    joined: list[Statement] = []
    for each in found:
        last = joined[-1] if joined else None
        if last and last.period == each.period and last.currency == each.currency and each.start - last.end <= 70:
            gap = folded[last.end : each.start] + folded[each.end : each.end + 24]
            highest = each.maximum or each.minimum or 0
            lowest = last.minimum or last.maximum or 0
            if _LADDER.search(gap) and lowest < highest <= _WIDEST * lowest:
                notes = tuple(dict.fromkeys((*last.notes, *each.notes, "several steps: lowest to highest")))
                last = replace(last, end=each.end, text=text[last.start : each.end], maximum=highest, notes=notes)
                joined[-1] = last
                continue
        joined.append(each)
    return joined


# ---------------------------------------------------------------- what it means


@dataclass(frozen=True, slots=True)
class Pay:
    """What a job row says of pay; None where nothing is stated."""

    pay_text: str | None = None
    pay_min: float | None = None
    pay_max: float | None = None
    pay_period: str | None = None
    pay_currency: str | None = None
    salaries_per_year: float | None = None
    pay_year_min: float | None = None
    pay_year_max: float | None = None
    pay_basis: str | None = None
    pay_scale: str | None = None
    pay_group_min: str | None = None
    pay_group_max: str | None = None
    pay_step_min: str | None = None
    pay_step_max: str | None = None
    pay_table_date: str | None = None
    pay_rule: str | None = None
    pay_note: str | None = None


class Scale(Protocol):
    """What a pay scale's module hands over."""

    @property
    def text(self) -> str: ...
    @property
    def scale(self) -> str | None: ...
    @property
    def group_min(self) -> str | None: ...
    @property
    def group_max(self) -> str | None: ...
    @property
    def step_min(self) -> str | None: ...
    @property
    def step_max(self) -> str | None: ...
    @property
    def month_min(self) -> float | None: ...
    @property
    def month_max(self) -> float | None: ...
    @property
    def year_min(self) -> float | None: ...
    @property
    def year_max(self) -> float | None: ...
    @property
    def table_date(self) -> str | None: ...
    @property
    def note(self) -> str: ...


def from_field(
    minimum: float | str | None, maximum: float | str | None, period: str | None, currency: str | None = "EUR"
) -> Statement | None:
    """Return a source's own pay field as a statement, or None when it holds nothing that can be pay."""
    low, high = _amount(minimum), _amount(maximum)
    low = low or None
    high = high or None
    if low is None and high is None:
        return None
    quote = " - ".join(f"{each:,.2f}".replace(".00", "") for each in (low, high) if each)
    quote = f"{quote} {currency or 'EUR'}" + (f" per {period}" if period else "")
    least, most = low or high or 0.0, high or low or 0.0
    notes = () if currency else ("currency not stated: EUR",)
    fault = ""
    if period not in _PLAUSIBLE:
        fault = "period unknown"
    elif least > most:
        fault = "minimum above maximum"
    elif most / least > _WIDEST:
        fault = "range too wide"
    elif not _fits(period, least, most):
        fault = f"no plausible pay for a {period}"
    if fault:
        return Statement(
            0, 0, quote, None, None, None, None, None, "pay.field", notes=(f"implausible: {fault}",), proof=0
        )
    return Statement(0, 0, quote, low, high, period, currency or "EUR", None, "pay.field", notes=notes, proof=2)


def _amount(value: float | str | None) -> float | None:
    if isinstance(value, str):
        number = _NUMBER.fullmatch(value.strip()[:20])
        sums = _sums(value.strip()[:20]) if number else []
        return sums[0].value if sums else None
    return float(value) if value is not None and math.isfinite(value) else None


def pay(text: str | None, title: str | None, field: Statement | None, scale: Scale | None) -> Pay:
    """Say what a job pays: the best proven statement leads, all others stay in the note."""
    in_text = find(text) if text else ()
    in_title = find(title, title=True) if title else ()
    leading, others = _lead(in_text, in_title)
    notes: list[str] = []
    basis = "stated" if leading else None
    if leading is None and field is not None:
        leading, basis = field, "source field" if field.proof else None
    elif leading is not None and field is not None and field.proof and not _agree(leading, field):
        notes.append(f"the source's field says {field.text}")
    for other in others:
        if leading and not _agree(leading, other):
            notes.append(f"also stated: {' '.join(other.text.split())}")
    result = Pay()
    if leading is not None:
        result, more = _value(leading, text or "", basis)
        notes = [*more, *notes]
    if scale is not None:
        if leading is None or not leading.proof:
            notes = [*([scale.note] if scale.note else []), *notes]
            result = replace(
                result,
                pay_text=" ".join(scale.text.split()),
                pay_min=scale.month_min,
                pay_max=scale.month_max,
                pay_period="month" if scale.month_min or scale.month_max else None,
                pay_currency="EUR" if scale.month_min or scale.month_max else None,
                pay_year_min=scale.year_min,
                pay_year_max=scale.year_max,
                pay_basis="pay scale",
                pay_rule="pay.scale",
            )
        result = replace(
            result,
            pay_scale=scale.scale,
            pay_group_min=scale.group_min,
            pay_group_max=scale.group_max,
            pay_step_min=scale.step_min,
            pay_step_max=scale.step_max,
            pay_table_date=scale.table_date,
        )
    return replace(result, pay_note="; ".join(dict.fromkeys(notes)) or None)


def _lead(in_text: Sequence[Statement], in_title: Sequence[Statement]) -> tuple[Statement | None, list[Statement]]:
    every = [*in_text, *in_title]
    if not every:
        return None, []
    # The text explains itself; a title's sum leads only where the text has no better proof.
    leading = max(every, key=lambda each: (each.kind == "salary", each.proof, each in in_text))
    for other in every:
        if other.period == leading.period and leading.minimum == leading.maximum == (other.minimum or other.maximum):
            # "ab 14,53 €" in the title and "mit 14,53 €" in the text: the careful reading holds.
            leading = replace(leading, minimum=other.minimum, maximum=other.maximum)
    return leading, [each for each in every if each.start != leading.start or each.text != leading.text]


def _agree(one: Statement, other: Statement) -> bool:
    if one.period != other.period:
        return False
    pairs = ((one.minimum, other.minimum), (one.maximum, other.maximum))
    return all(a is None or b is None or abs(a - b) <= 0.01 * max(a, b) for a, b in pairs)


def _value(statement: Statement, text: str, basis: str | None) -> tuple[Pay, list[str]]:
    notes = list(statement.notes)
    count = per_year(text)
    factor: float | None = None
    if statement.kind == "rate":
        notes.append("a freelancer's rate: no annual value")
    elif "net" in notes:
        notes.append("no annual value from net pay")
    elif statement.currency not in {"EUR", None}:
        notes.append("not in euros: no annual value")
    elif statement.period == "year":
        factor = 1.0
    elif statement.period == "month":
        if count is None:
            notes.append("12 salaries a year assumed")
        factor = count or 12.0
    elif statement.period == "week":
        factor = 52.0
        notes.append("52 weeks a year assumed")
    elif statement.period == "hour":
        hours = _weekly_hours(text)
        notes.append(f"{hours or 40:g} hours a week {'stated' if hours else 'assumed'}, 52 weeks a year assumed")
        factor = 52.0 * (hours or 40.0)
    if factor and statement.part_time:
        factor *= 100.0 / statement.part_time
        notes.append(f"annual value scaled from {statement.part_time:g} % part time")
    year_min = round(statement.minimum * factor, 2) if factor and statement.minimum else None
    year_max = round(statement.maximum * factor, 2) if factor and statement.maximum else None
    for year in (year_min, year_max):
        if year is not None and not _YEAR_EUR[0] <= year <= _YEAR_EUR[1]:
            year_min = year_max = None
            notes.append("implausible as a year's pay")
    return (
        Pay(
            pay_text=" ".join(statement.text.split()),
            pay_min=statement.minimum,
            pay_max=statement.maximum,
            pay_period=statement.period,
            pay_currency=statement.currency,
            salaries_per_year=count,
            pay_year_min=year_min,
            pay_year_max=year_max,
            pay_basis=basis,
            pay_rule=statement.rule or None,
        ),
        notes,
    )


def per_year(text: str) -> float | None:
    """Return how many monthly salaries a year the text promises."""
    if "13" not in text and "14" not in text and "12" not in text and "zehn" not in text:
        return None
    found = _PER_YEAR.search(text[:LONGEST])
    if found is None:
        return None
    if found["word"]:
        return 13.0 if found["word"].lower().startswith("drei") else 14.0
    return float(found["count"].replace(",", "."))


def _weekly_hours(text: str) -> float | None:
    found = _WEEKLY_HOURS.search(text[:LONGEST])
    hours = float(found["hours"].replace(",", ".")) if found else 0.0
    return hours if 10 <= hours <= 48 else None
