"""Pay: what an advert says it pays, with the words that say so, and what that is in euros a year.

Numbers are found first, then joined to ranges, and only then judged by the words around them: an advert holds many
sums (turnover, vouchers, premiums), and most of the work is to keep silent about those. A sum is pay where a word or
its place proves it, and nowhere else.

Every pattern is bounded and every text is cut first, so that no text costs more than a few milliseconds.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

LONGEST = 40_000  # characters read; the longest of 852 adverts of the agency has 9,937
_TITLE_LINE = 150  # characters of a line that may be a title
LONGEST_TITLE = 300
MOST_NUMBERS = 1_000  # a text with more numbers, or more sums, is no advert and would only cost time
MOST_SUMS = 40  # the most seen in 4,065 adverts is 6

Kind = Literal["salary", "rate"]

# The least and the most that a period can plausibly pay: low enough for a mini job or an internship, high enough for a
# board member. What lies outside is kept as words only.
_PLAUSIBLE = {
    "year": (5_000.0, 500_000.0),
    "month": (300.0, 25_000.0),
    "week": (100.0, 8_000.0),
    "day": (80.0, 3_000.0),
    "hour": (8.0, 300.0),
}
_PLAUSIBLE_YEAR = (4_000.0, 500_000.0)  # in euros, after conversion
_WIDEST = 5.0  # maximum by minimum; a wider range is a placeholder
_RATE_FROM = 60.0  # euros an hour: nobody is employed for that, freelancers are


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of pay, and where it stands in its text."""

    start: int
    end: int
    text: str  # the sum as written
    minimum: float | None
    maximum: float | None
    period: str | None  # year, month, week, day, hour
    currency: str | None
    salaries_per_year: float | None = None
    rule: str = ""
    kind: Kind = "salary"  # rate: what a freelancer bills
    notes: tuple[str, ...] = ()
    proof: int = 1  # 3: a word for pay and a period; 2: one of them; 1: its place; 0: words only, no numbers
    part_time: float | None = None  # the per cent of full time that the sum is for


# ---------------------------------------------------------------- numbers

# One character for one, so that a place in the folded text is the same place in the advert.
_FOLD = (
    *((odd, " ") for odd in "\u00a0\u2000\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u200b\t\r*"),
    *((odd, "-") for odd in "\u2010\u2011\u2012\u2013\u2014\u2212"),
    *((odd, "'") for odd in "\u2018\u2019\u00b4\u0060"),
)
_DIGITS = re.compile(r"[0-9]+")
# ASCII digits only: `\d` and `int()` also accept Arabic and full-width digits, which no German advert means.
_NUMBER = re.compile(
    r"""(?<![0-9])(?<![0-9][.,'])(?<!\\[.,])
    (?: (?P<typo>[0-9]{2,3}\.[0-9]{2},[0-9]{2}|[0-9]{2,3}\.0000)                        # 75.00,00 and 60.0000
      | (?P<dots>[0-9]{1,3}(?:\\{0,2}\.[0-9]{3}){1,2}(?![0-9]))(?:,(?P<dots_cents>[0-9]{2})(?![0-9]))?
      | (?P<commas>[0-9]{1,3}(?:,[0-9]{3}){1,2}(?![0-9]))(?:\.(?P<commas_cents>[0-9]{2})(?![0-9]))?
      | (?P<gaps>[0-9]{1,3}(?:[' ][0-9]{3}){1,2}(?![0-9]))(?:[.,](?P<gaps_cents>[0-9]{2})(?![0-9]))?
      | (?P<plain>[0-9]{1,7})(?:[.,](?P<cents>[0-9]{1,2})(?![0-9]))?
    )(?![0-9])""",
    re.VERBOSE,
)
_CURRENCY = (
    r"(?:€|EUR(?:O|OS)?(?![A-Z])|[Ee]uros?(?![a-z])|eur(?![a-zA-Z])|Eur(?![a-z])|CHF|SFr\.?|USD|US\$|CA\$|\$|GBP|£)"
)
_AFTER_NUMBER = re.compile(
    r"(?:[.,]-{1,2}|,(?=[ ]?(?:EUR|€|brutto))|-(?=[ ]?€(?![0-9])))?"  # 3.000,-  3.000,--  3.000.-
    r"[ \n]{0,3}"
    r"(?P<thousand>[kK](?![A-Za-zäöüÄÖÜß&]|-[A-Za-z])|[kK](?=[ ]?(?:€|EUR|Eur))"
    r"|T(?=[ ]?(?:€|EUR|Eur))|T(?=[ ]?-[ ]?[0-9]{2,3}[ ]?T[ ]?(?:€|EUR))|T[Ss][Dd]\.?|tsd\.?|[Tt]ausend)?"
    rf"(?:[ \n]{{0,3}}(?P<currency>{_CURRENCY})(?:[.,]?-{{1,2}}(?![ \n]{{0,2}}[0-9€$£A-Za-z\\-]))?)?"
)
_BEFORE_NUMBER = re.compile(
    rf"(?:(?<![A-Za-z])(?P<thousand>[kKT]))?(?P<currency>(?<![A-Za-z]){_CURRENCY}|(?<![A-Z])[€$£])[ ]{{0,3}}\Z"
)
_MILLIONS = re.compile(
    r"[ \n-]{0,2}(?:€|EUR|Euro)?[ \n]{0,2}(?:Mio|MIO|Mill|Mrd|MRD|[mMbB]illion|[mM]illiard|bn\b|m\b)"
)
_TO = re.compile(
    r"(?![^0-9]{0,24}\n[ ]{0,3}-)\.?[ \n]{0,3}(?:brutto[ \n]|/ ?(?:h|Std\.?|Stunde|Monat|Jahr)[ ]?)?"
    r"(?:-{1,2}>?|bis(?:[ \n](?:zu|max\.?|maximal))?|to|up to|~|(?P<slash>/)|(?P<and>und|and|u\.))"
    r"[ \n]{0,3}(?:ca\.?|max\.?|maximal)?[ \n]{0,3}\\{0,2}\Z"
)
_BETWEEN = re.compile(r"(?:zwischen|between|von|zw\.)[^0-9]{0,20}\Z")


@dataclass(frozen=True, slots=True)
class _Sum:
    start: int
    end: int
    value: float
    currency: str | None
    thousand: bool
    grouped: bool  # written with thousands dots, or alike
    typo: bool


@dataclass(frozen=True, slots=True)
class _Range:
    start: int
    end: int
    low: float
    high: float
    currency: str | None
    single: bool
    marked: bool  # a currency or a "k" says that it is money
    clear: bool  # a range or written with thousands dots: an amount even without a currency
    typo: bool


def _sums(text: str) -> list[_Sum]:
    found: list[_Sum] = []
    end = 0
    for count, digits in enumerate(_DIGITS.finditer(text)):
        if count >= MOST_NUMBERS:
            break
        if digits.start() < end or (number := _NUMBER.match(text, digits.start())) is None:
            continue
        end = number.end()
        if _MILLIONS.match(text, end) or (text[number.start()] == "0" and not number["cents"]):
            continue
        found.append(_sum(text, number, found[-1].end if found else 0))
    return found


def _sum(text: str, number: re.Match[str], floor: int) -> _Sum:
    """Return a number with its currency: the one before it only where that is not the sum's before."""
    start, end = number.span()
    before = _BEFORE_NUMBER.search(text, max(floor, start - 9), start)
    after = _AFTER_NUMBER.match(text, end)
    currency = (after and after["currency"]) or (before and before["currency"]) or None
    thousand = bool((after and after["thousand"]) or (before and before["thousand"]))
    if number["plain"] == "401" and not currency:
        thousand = False  # the American pension plan 401k
    if typo := number["typo"]:
        value = float(typo[: typo.index(".")]) * 1000
    else:
        digits = number["dots"] or number["commas"] or number["gaps"] or number["plain"]
        cents = number["dots_cents"] or number["commas_cents"] or number["gaps_cents"] or number["cents"] or "0"
        value = float("".join(_DIGITS.findall(digits))) + float(cents) / 10 ** len(cents)
    if thousand and value < 1000:
        value = round(value * 1000, 2)
    if after and (currency or thousand or after.group().strip(" \n")):
        end += len(after.group().rstrip(" \n"))
    return _Sum(
        before.start() if before else start,
        end,
        value,
        _code(currency) if currency else None,
        thousand,
        number["plain"] is None,
        bool(typo),
    )


def _code(currency: str) -> str:
    if currency.startswith(("CHF", "SFr")):
        return "CHF"
    if currency == "CA$":
        return "CAD"
    if "$" in currency or currency == "USD":
        return "USD"
    return "GBP" if currency in {"GBP", "£"} else "EUR"


def _ranges(text: str, sums: Sequence[_Sum]) -> list[_Range]:
    """Join sums to ranges, and leave out numbers that nothing marks as money."""
    found: list[_Range] = []
    index = 0
    while index < len(sums) and len(found) < MOST_SUMS:
        first = sums[index]
        second = sums[index + 1] if index + 1 < len(sums) else None
        index += 1
        if second and (joined := _range(text, first, second)):
            found.append(joined)
            index += 1
        elif first.currency or first.thousand or first.grouped:
            marked = bool(first.currency or first.thousand)
            value, currency = first.value, first.currency
            found.append(
                _Range(first.start, first.end, value, value, currency, True, marked, first.grouped, first.typo)
            )
    return found


def _range(text: str, first: _Sum, second: _Sum) -> _Range | None:
    if not 0 < second.start - first.end <= 24:
        return None
    to = _TO.match(text, first.end, second.start)
    if to is None or (to["and"] and not _BETWEEN.search(text, max(0, first.start - 30), first.start)):
        return None
    low, high = first.value, second.value
    if to["slash"] and not 20_000 <= low < high:
        return None
    # "60. - 75.000", "85 - 100k": the thousands are said once, at the end.
    if not first.thousand and low < 1000 <= high and low * 1000 <= high and high > 60 * low:
        low = round(low * 1000, 2)
    currency = first.currency or second.currency
    marked = bool(currency or first.thousand or second.thousand)
    if not marked and not (first.grouped and second.grouped) and not 10_000 <= low < high:
        return None
    return _Range(first.start, second.end, low, high, currency, False, marked, True, first.typo or second.typo)


# ---------------------------------------------------------------- words


def _words(*patterns: str) -> re.Pattern[str]:
    """Compile alternatives written with blanks between them; `_` stands for a blank inside one."""
    return re.compile("|".join(each.replace("_", "[ ]") for line in patterns for each in line.split()))


_PERIODS = {
    "year": _words(
        r"[pP]\._?[aA]\b\.? p/a\b pro_(?:Jahr|anno|annum) /_?(?:Jahr|J\.|[yY]ear|annum|a\b) im_Jahr(?!es)",
        r"[jJ](?:ä|ae)hrlich per_(?:annum|year) a_year [aA]nnual [yY]early",
        r"[jJ]ahres(?:-|ziel|brutto|grund|fix|fest|gesamt|ein|gehalt|verg|entgelt|verdienst|lohn|sal)",
    ),
    "month": _words(
        r"pro_Monat /_?(?:Monat|[mM]onth|mtl|Mon\.) im_Monat [mM]onatlich \b[mM]tl\b\.? \b[pP]\._?[mM]\. per_month",
        r"[mM]onats(?:-|brutto|grund|fix|fest|gehalt|verg|entgelt|lohn|verdienst|einkommen) a_month [mM]onthly",
    ),
    "week": _words(r"pro_Woche /_?Woche wöchentlich per_week a_week weekly Wochenlohn"),
    "day": _words(
        r"pro_(?:Arbeits)?[tT]ag\b /_?(?:Tag|[dD]ay)\b [tT]agess(?:a|ä)tz [tT]ageshonorar per_day",
        r"[dD]aily_rate [dD]ay_rate pro_PT\b /_?PT\b",
    ),
    "hour": _words(
        r"(?:pro|je|die|\[pro\])_(?:\w{0,12}[sS]tunde|Std|h\b) /_?(?:Einsatz)?(?:[sS]td|[sS]tunde|[hH]r?\b|[hH]our)",
        r"\b(?<![0-9]_)Std\.(?!_?/) [sS]tunden(?:lohn|satz|l(?:ö|oe)hne|s(?:ä|ae)tze|entgelt|verg)",
        r"per_hour an_hour [hH]ourly stündlich",
    ),
}
_PERIOD = re.compile("|".join(f"(?P<{period}>{words.pattern})" for period, words in _PERIODS.items()))
_DIRECT = re.compile(rf"[ \n(]{{0,3}}(?:(?:brutto|netto|gross|all[ -]?in)[ ]?)?(?:{_PERIOD.pattern})")
_PER = re.compile(
    r"[ \n(]{0,3}(?:(?:brutto|netto|gross)[ ])?(?:pro|im|per|je|/) ?"
    r"(?:Jahr|Monat|Stunde|Std\.?|h|annum|year|month|hour)\b(?:[ ](?:brutto|netto|gross|\(brutto\)))?"
)
# "38,5h/Woche", "40 Stunden pro Woche", "13 x im Jahr": not the period of the sum.
_NO_PERIOD = re.compile(
    r"1[2-5](?:,[0-9]{1,2})? ?(?:[xX×]|mal) (?:im|pro) Jahr"
    r"|[0-9]{1,2}(?:[.,][0-9]{1,2})?[ -]?(?:h|Std\.?|Stunden|Wochenstunden|hours?)\b[^;)\n]{0,16}"
)

# The three lists below are matched against small letters.
_PAY = _words(
    r"(?<!netto)(?:gehalt|entgelt|lohn)(?!s?[ -]{0,3}(?:und|abrechn|buch|steuer|optim|umwandl|fortzahl|nebenk|erhöh))",
    r"gehälter löhne vergüt verguet verdien bezahl(?!kart) besold dotier entlohn salär honorar einkommen fixum",
    r"stundens[aä]tz tagess[aä]tz grundbetrag aufwandsentsch wir_zahlen zahlen_wir jahresbrutto monatsbrutto",
    r"tvöd \btv-[lvh]\b salary salaries compensation compensated \bpay\b paying remunerat \bwages?\b \bote\b",
    r"hourly_rate daily_rate",
)
# Sums of the company, of its customers, of other people: never pay, however large.
_BUSINESS = _words(
    r"umsatz umsätze revenue turnover sales_of budget volumen bilanzsumme kapital invest fördermittel förderung",
    r"gefördert drittmittel funding finanzierung kosten\b preis kunden auftrag verträge bestell kredit adspend schaden",
    r"schäden stipendi warenwert wert_von vermögen_von projektwert etat ersparnis spenden spende\b \bfee\b grant",
    r"gewinn ebit durchschnittsgehalt median entgeltgrenze verdienstgrenze bemessungsgrenze",
)
# Extras on top of pay: not pay when they stand alone.
_EXTRA = _words(
    r"bonus boni\b prämi zuschuss zuschuß zuschüsse bezuschuss zulage zuschlag zuschläge gutschein karte \bcard\b",
    r"guthaben sachbezug sachbezüge sachzu sachwert rabatt ticket fahrtkosten erstatt beihilfe geburtstag jubil",
    r"empfehl referral werben wirbt willkommen begrüßung starter sign-?on signing weihnachtsgeld urlaubsgeld",
    r"urlaubskasse sonderzahlung einmal inflation vermögenswirksam \bvwl\b \bvl\b altersvorsorge \bbav\b pension",
    r"allowance voucher benefit spesen auslös verpflegung mahlzeit mittagessen essens übernacht pauschale kinder",
    r"\bkita geburt miet steuerfrei leasing equipment ausstattung provision gesundheit massage wellpass fitness",
    r"weiterbildung fortbildung mobilität zuwendung erfolgsbeteilig gewinnbeteilig variabl netto_monatlich freizeit",
    r"sparen dankeschön extra\b on_top beitrag beiträge unterstütz mitarbeiteraktien zahlung_in_höhe belohn auslage",
    r"umzug relocation meal lunch breakfast commuting learning stipend\b internet",
)
# "zzgl. 17 € vor Ort": what comes on top.
_ON_TOP = re.compile(r"(?:zzgl\.?|zuzüglich|plus|\+)[ ]?\Z")
# Says that a sum is somebody's income, not whose: enough where no other word speaks.
_GROSS = re.compile(r"brutto|\bgross\b")
# Right behind a sum it settles the matter: "3.000 € Monatsgehalt", "556-Euro-Job".
_PAY_NOUN = re.compile(
    r"[ \n-]{0,2}(?:[a-zäöüß][a-zäöüß/.-]{0,13}[ -]){0,2}"
    r"(?:[a-zäöü-]{0,16}(?:gehalt|lohn|stundensatz|tagessatz)\b|salary)"
    r"|[ -]?(?:job|basis)\b"
)
# Right before a number without a currency: "Gehalt: 65.000 - 75.000".
_PAY_LABEL = re.compile(
    r"(?:gehalt|gehaltss?panne|gehaltsband|gehaltsrahmen|vergütung|salary|jahresbrutto)[: \n]{1,3}"
    r"(?:(?:von|ab|bis|zu|ca\.|zwischen)[ ]){0,2}\Z"
)
# The words behind a sum that can say what it is: "600 € brutto Empfehlungsprämie".
_NOUN = re.compile(r"[^,;.:+(|\n\[]{0,46}")
_NOUN_END = re.compile(
    r"[ \n](?:plus|zzgl|zuzüglich|inkl|inklusive|und|sowie|and|ab|je|bei|for|für|in|nach|abhängig|depending|-)[ .\n]"
    r"|[ ]-"
)

_LOWEST = re.compile(
    r"(?:\bab|[mM]indestens|[mM]ind\.?|\b[mM]in\.|nicht unter|[üÜ]ber|[mM]ehr als|[aA]t least|from|starting (?:at|from)"
    r"|minimum(?: of)?|>|[mM]indest\w{0,16}(?:gehalt|entgelt|lohn|einkommen)\w{0,3}(?: von| i\. ?H\. ?v\.)?"
    r"|[zZ]wischen|between)(?:[ \n:](?:ca\.?|rund|etwa|circa|von|einem|zu))?[ \n]{0,2}\Z"
    r"|\b(?:[aA]b|AB)[ \n]?\Z"
)
_HIGHEST = re.compile(
    r"(?:\b[bB]is|\bBIS|[mM]ax\.?|[mM]aximal\w{0,2}|[hH]öchstens|[uU]p to|until|<)"
    r"(?:[ \n]{1,3}(?:zu|ZU|ca\.?|rund|etwa|maximal|max\.?|netto|hin zu|of|(?:Stundensatz|Tagessatz|Gehalt):?(?: von)?)"
    r"){0,3}:?[ \n]{0,2}\Z"
    r"|bis zu\Z"
)
_UPWARDS = re.compile(r"[ ]?(?:aufwärts|\+(?![ \n]?[A-Za-z0-9])|oder mehr|or more|und mehr|and up|upwards)")
# A collective agreement's minimum is a lower bound, and so is a sum that is said to be exceeded.
_FLOOR = re.compile(
    r"[mM]indest(?:gehalt|entgelt|lohn|bezug|einkommen|grundgehalt)|[mM]indestens|[mM]inimum (?:wage|salary)"
    r"|[kK]ollektivvertrag|\bKV\b|[cC]ollective (?:bargaining )?agreement"
)
_EXCEEDED = re.compile(
    r"[üÜ]berzahl|[kK]ollektivvertrag|höheres Gehalt|Mehrbezahlung|mehr möglich|overpay|higher salary"
    r"|[jJ]e nach (?:Berufserfahrung|Erfahrung|Qualifikation)[^.]{0,60}(?:möglich|höher)|Bei entsprechender Qualif"
)
_AUSTRIAN = re.compile(r"[kK]ollektivvertrag|\bKV\b")
_RATE = re.compile(
    r"[sS]tundens[aä]tz|[tT]agess[aä]tz|[hH]onorar|[fF]reelanc|[fF]reiberuf|[dD]aily rate|[hH]ourly rate"
    r"|[aA]ll-?[iI]n\b[^.]{0,12}(?:Std|Stunde|/h)|/h\b[^.\n]{0,12}all[ -]?in"
)
_ESTIMATE = re.compile(r"[gG]eschätzt|[sS]chätzung|[eE]stimated|[sS]chätzwert")

_ALONE_BEFORE = re.compile(
    r"(?:\A|[-|/,():+\n•·])[ ]{0,20}"
    r"(?:(?:ca\.?|circa|rund|bis|zu|ab|von|mindestens|mind\.|max\.?|maximal|[uU]p to|~|Bis|Ab)[ ]?){0,3}\Z"
)
_ALONE_AFTER = re.compile(
    r"[ ]{0,20}(?:\Z|[-|)\n•·+(*/.,]|brutto|p\.)"
    r"|[ ,(]{0,3}(?:je nach|abhängig|depending|bei (?:Vollzeit|[0-9]{2})|in Vollzeit|all-?in|fix|netto|VB\b|VHB|DOE)"
)
_GENDERS = re.compile(r"\([mwdfgnixa/*|, ]{3,14}\)|\((?:all genders?|gn)|/in\b|:in\b|\*in\b", re.IGNORECASE)

# Where a clause ends: a line, a bullet, a sentence. A sentence does not end after "inkl." or "13.".
_ABBREVIATED = (
    *("inkl", "exkl", "zzgl", "mind", "bspw", "monatl", "jährl", r"z\.B", " ca", "bzw", "max"),
    *("[ .-][0-9]", "[ .-][0-9]{2}"),
)
# What a line ends with that goes on in the next one.
_HANGING = (
    "bis", "Bis", "zu", "von", "ab", "zwischen", "und", "mindestens", "maximal", "ca.", "rund", "to", "from", "between",
)  # fmt: skip
_GOES_ON = re.compile(rf"\b(?:{'|'.join(map(re.escape, _HANGING))})[ ]?\n[ ]?(?=[0-9€A-Z]|zu )")
_NOT_ABBREVIATED = "".join(f"(?<!{word})" for word in _ABBREVIATED)
_EDGE = re.compile(
    rf"\n[ ]{{0,8}}(?:[-*•·+►➡✓✔o>#■●○▪]|[0-9]\.)?[ ]?|[•·►✓✔■●▪|]"
    rf"|{_NOT_ABBREVIATED}[.!?][ \n]{{1,3}}(?=[A-ZÄÖÜ])|(?<=[a-zäöüß]{{4}}){_NOT_ABBREVIATED}[.!?][ ]{{1,3}}(?=[0-9€(])"
)

_SALARIES = re.compile(
    r"(?P<count>1(?<![0-9.,].)[2-5](?:[.,](?:5|25|75))?)"  # begins with its sign, which re finds quickly
    r"(?:\.?[ -]?(?:feste?n?[ ]|volle?[ns]?[ ]|garantierte[ ])?(?:Brutto-?)?"
    r"(?:[mM]onats?-?(?:gehalt|gehälter|gehältern|gehalts|löhne|lohn|entgelte?|einkommen)|Gehälter|Gehalt)"
    r"|[ ](?:monthly )?salar(?:y|ies)|th (?:month(?:ly)? )?salary|th month)"
)
_SALARIES_SPELT = re.compile(r"([dD]reizehn|[vV]ierzehn)(?:tes|te)?[ ](?:Monats|Gehält|Gehalt)")
# Beside a month's sum: "4.600 € x 13,5", "monatlich (14x)", "13 x im Jahr".
_TIMES = re.compile(
    r"[xX×] ?(?P<after>1[2-5](?:[.,](?:5|25|75))?)(?![0-9])"
    r"|(?<![0-9])(?P<before>1[2-5](?:[.,](?:5|25|75))?) ?(?:[xX×]|mal\b)"
)
_PART_TIME = re.compile(r"[tT]eilzeit|[pP]art-?[ ]?time")
_SHARE = re.compile(r"(?P<share>[1-9][0-9])[ ]?(?:%|Prozent)")
_WEEKLY_HOURS = re.compile(
    r"(?P<hours>[34](?<![0-9.,].)[0-9](?:[.,][0-9]{1,2})?)[ -]?(?:h|Std\.?|Stunden)?[ -]?(?:/|pro|je)?[ -]?"
    r"(?:Woche|wöchentlich)"
)
_STEP = re.compile(
    r"\([A-Z]{1,2} ?[0-9]{1,2}[abc]?\)|(?:im|ab dem|vom|in|während)[ \n](?:\w{1,4}[ \n])?"
    r"(?:ersten|zweiten|dritten|vierten|[0-9.-]{1,6}|1st|2nd)"
    r"|[0-9]\.? (?:Monat|Jahr|\w{3,10}jahr)|[sS]tufe|[lL]evel|[jJ]unior|[sS]enior"
)


# ---------------------------------------------------------------- finding it

_MONEY = re.compile(r"€|EUR|Euro|CHF|USD|GBP|\$|£")
_THOUSANDS = re.compile(r"[0-9][ ]?[kK](?![A-Za-z])")
_SIGNS = (" euro", "rutto", "ehalt:", "ehaltss", "ehaltsb")


def find(text: str, *, title: bool = False) -> tuple[Statement, ...]:
    """Return the statements of pay in `text`, in their order; spans are places in `text`.

    In a job title a year's sum needs no word for pay beside it.
    """
    text = text[: LONGEST_TITLE if title else LONGEST]
    if not (_MONEY.search(text) or any(sign in text for sign in _SIGNS) or _THOUSANDS.search(text)):
        return ()  # most adverts end here
    folded = text
    for odd, plain in _FOLD:
        folded = folded.replace(odd, plain)
    folded = _unwrapped(folded)
    ranges = _ranges(folded, _sums(folded))
    found = []
    floor = 0
    for index, sum_ in enumerate(ranges):
        ceiling = ranges[index + 1].start if index + 1 < len(ranges) else len(folded)
        if statement := _judge(folded, sum_, _around(folded, sum_, floor, ceiling), title=title):
            found.append(replace(statement, text=text[statement.start : statement.end]))
        floor = sum_.end
    return tuple(_ladders(text, folded, found))


def _unwrapped(text: str) -> str:
    """Turn line breaks that end nothing to blanks: after "bis", and in a text that is broken at a fixed width."""
    lines = text.split("\n")
    full = sum(45 <= len(line) <= 90 for line in lines) if max(map(len, lines)) <= 90 else 0
    if full < 12 or 10 * full < 7 * sum(1 for line in lines if line.strip()):
        if not any(line.rstrip(" ").endswith(_HANGING) for line in lines):
            return text  # as most do; the pattern would look at each word
        return _GOES_ON.sub(lambda words: words[0].replace("\n", " "), text)
    words = [line + (" " if len(line) >= 40 else "\n") for line in lines]
    return "".join(words)[: len(text)]


@dataclass(frozen=True, slots=True)
class _Around:
    """The words around a sum."""

    before: str  # its clause, up to the sum
    own: str  # the part of it behind the sum before
    after: str  # its clause, from the sum to the next one
    noun: str  # the words right behind it, in small letters
    heading: str  # the short line above, where the sum begins its own
    pay: int  # where the last word for pay stands before the sum; -1: nowhere
    extra: int
    business: int
    settled: bool  # the noun behind the sum says that it is pay

    @property
    def says_pay(self) -> bool:
        """Say whether any word calls the sum pay."""
        return self.pay >= 0 or self.settled or bool(_PAY.search(self.noun) or _GROSS.search(self.noun))


def _around(text: str, sum_: _Range, floor: int, ceiling: int) -> _Around:
    before = text[max(0, sum_.start - 200) : sum_.start]
    before = before[max((edge.end() for edge in _EDGE.finditer(before)), default=0) :]
    after = text[sum_.end : min(ceiling, sum_.end + 60)]
    if edge := _EDGE.search(after):
        after = after[: edge.start() + 1]
    match = _NOUN.match(after.lower())
    noun = match[0] if match else ""
    if end := _NOUN_END.search(noun):
        noun = noun[: end.start()]
    if period := _PER.match(after):
        noun = noun[: period.end()]  # "88.000 € pro Jahr": what follows is about something else
    heading = _heading(text, sum_.start - len(before)) if len(before.strip(" :-+•·")) < 12 else ""
    words = f"{heading} {before}".lower()
    pay, extra, business = _last(_PAY, words), _last(_EXTRA, words), _last(_BUSINESS, words)
    if pay < 0 and extra < 0 and business < 0 and _GROSS.search(words):
        pay = 0
    own = before[max(0, len(before) - (sum_.start - floor)) :]
    settled = _PAY_NOUN.match(after.lower()) is not None
    return _Around(before, own, after, noun, heading, pay, extra, business, settled)


def _heading(text: str, start: int) -> str:
    """Return the line above a clause when it calls what follows pay: "Vergütung", "Ihr Gehalt"."""
    line = text[max(0, start - 120) : start].rstrip(" \n-•·+#").rpartition("\n")[2]
    is_heading = len(line) <= 60 and not _DIGITS.search(line) and _PAY.search(line.lower())
    return line if is_heading else ""


def _last(pattern: re.Pattern[str], words: str) -> int:
    return max((match.end() for match in pattern.finditer(words)), default=-1)


def _judge(text: str, sum_: _Range, around: _Around, *, title: bool) -> Statement | None:
    """Return what a sum states, or None when nothing proves it to be pay."""
    # A year's sum that is called pay itself is no voucher, whatever comes next.
    package = sum_.low >= 15_000 and _PAY.search(around.own.lower()) is not None
    if _BUSINESS.search(around.noun) or (_EXTRA.search(around.noun) and not package):
        return None
    if _ESTIMATE.search(around.before[-60:]) or _ESTIMATE.search(around.after):
        return None  # a portal's guess is not the employer's word
    named = _named_periods(around)
    explicit = next((period for period in named if _fits(period, sum_.low, sum_.high)), None)
    period = explicit or (None if named else _by_size(sum_.low, sum_.high))
    if period is None or sum_.low > sum_.high or sum_.high > _WIDEST * sum_.low:
        return _implausible(sum_, named) if _called_pay(text, sum_, around) else None
    if _is_other(sum_, around, period) or not _is_amount(sum_, around, explicit):
        return None
    proof, rule = _proof(text, sum_, around, period, explicit, title=title)
    if not proof:
        # "bis zu 7.000 €" in a title: surely pay, but nobody says for how long.
        return _words_only(sum_, rule, "a sum in the title without a period") if rule else None
    minimum, maximum, notes = _bounds(text, sum_, around)
    if explicit is None:
        notes.append(f"period not stated: a sum of this size is for a {period}")
    if sum_.typo:
        notes.append("the sum is mistyped; it allows one reading")
    if sum_.currency is None:
        notes.append("currency not stated: EUR")
    if "netto" in around.before[-30:] or "netto" in around.after[:12]:
        notes.append("net")
    near = text[max(0, sum_.start - 90) : sum_.end + 90]
    rate = period in {"hour", "day"} and (sum_.low >= _RATE_FROM or _RATE.search(near) is not None)
    return Statement(
        sum_.start,
        sum_.end,
        "",
        minimum,
        maximum,
        period,
        sum_.currency or "EUR",
        _times(around) if period == "month" else None,
        rule,
        "rate" if rate else "salary",
        tuple(notes),
        proof,
        _part_time(around),
    )


def _named_periods(around: _Around) -> list[str]:
    """Return the periods that words near the sum name, nearest first."""
    found = []
    after = _NO_PERIOD.sub(lambda words: " " * len(words[0]), around.after)
    before = _NO_PERIOD.sub(lambda words: " " * len(words[0]), f"{around.heading} {around.own}")
    for match in _PERIOD.finditer(after):
        found.append((match.start(), match.lastgroup or ""))  # noqa: PERF401  # reads in pairs with the loop below
    for match in _PERIOD.finditer(before):
        found.append((8 + len(before) - match.end(), match.lastgroup or ""))  # noqa: PERF401  # a word behind is nearer
    return [period for _, period in sorted(found)]


def _by_size(low: float, high: float) -> str | None:
    """Return the only period that a sum of this size can be for."""
    if low >= 15_000:
        return "year" if _fits("year", low, high) else None
    if low >= 400 and high < 12_000:
        return "month"
    return "hour" if low >= 9 and high <= 99 else None


def _fits(period: str, low: float, high: float) -> bool:
    least, most = _PLAUSIBLE[period]
    return least <= low and high <= most


def _called_pay(text: str, sum_: _Range, around: _Around) -> bool:
    near = text[max(0, sum_.start - 30) : sum_.start].lower()
    return sum_.marked and max(around.extra, around.business) < around.pay and _PAY.search(near) is not None


def _is_other(sum_: _Range, around: _Around, period: str) -> bool:
    """Say whether the word nearest before the sum makes it something else than pay."""
    if around.settled:
        return False
    if around.business >= max(around.pay, 0) or _ON_TOP.search(around.own):
        return True
    # A bonus named before a year's sum belongs to the package; before a small sum it is what the sum pays.
    package = around.pay >= 0 and period == "year" and sum_.high >= 15_000
    return around.extra > around.pay and not package


def _is_amount(sum_: _Range, around: _Around, explicit: str | None) -> bool:
    """Say whether a number is an amount of money: by its currency, or by the words for pay around it."""
    if sum_.marked:
        return True
    if not sum_.clear or sum_.low < 1000 or around.pay < 0:
        return False
    words = f"{around.heading} {around.before}".lower()
    gross = _GROSS.search(words) or _GROSS.match(around.after.lower().lstrip())
    return bool(explicit or gross or _PAY_LABEL.search(words))


def _proof(
    text: str, sum_: _Range, around: _Around, period: str, explicit: str | None, *, title: bool
) -> tuple[int, str]:
    """Return how well a sum is proved to be pay, and by which rule; 0 with a rule: pay, but for no known period."""
    rule = "pay.title." if title else "pay.text."
    if around.says_pay:
        return (3 if explicit else 2), rule + "word"
    alone = _ALONE_BEFORE.search(text, max(0, sum_.start - 40), sum_.start) is not None and (
        _ALONE_AFTER.match(text, sum_.end) is not None
    )
    heading = _is_title_line(text, sum_)
    known = alone or heading
    direct = _DIRECT.match(around.after) is not None
    if explicit and direct and _is_period_enough(explicit, sum_, known=known):
        return 2, rule + "period"
    if period == "year" and sum_.high >= 15_000 and known:
        return 1, rule + "alone"
    if heading and not title and sum_.marked:
        return 1, rule + "alone"  # a line of the text such as: Koch (m/w/d) - 16 €
    return 0, rule + "alone" if title and alone and sum_.low >= 10 else ""


def _is_title_line(text: str, sum_: _Range) -> bool:
    """Say whether the line of a sum is the title of a post: Koch (m/w/d) - 16 €."""
    start, end = text.rfind("\n", 0, sum_.start) + 1, text.find("\n", sum_.end)
    line = text[start : end if end >= 0 else len(text)]
    return len(line) <= _TITLE_LINE and _GENDERS.search(line) is not None


def _is_period_enough(period: str, sum_: _Range, *, known: bool) -> bool:
    """Say whether "€ 20 an hour" or "3.000 - 3.500 € a month" is pay though no word for pay stands near it."""
    if period == "hour":
        return sum_.high >= 12
    return period == "day" or (sum_.high >= 1_000 and (known or not sum_.single))


def _words_only(sum_: _Range, rule: str, note: str) -> Statement:
    return Statement(sum_.start, sum_.end, "", None, None, None, None, rule=rule, notes=(note,), proof=0)


def _implausible(sum_: _Range, named: Sequence[str]) -> Statement:
    """Keep the words of a sum that is called pay and cannot be, and none of its numbers."""
    if sum_.low > sum_.high:
        fault = "minimum above maximum"
    elif sum_.high > _WIDEST * sum_.low:
        fault = "range too wide"
    else:
        fault = f"no plausible pay for a {named[0]}" if named else "no period has pay of this size"
    return _words_only(sum_, "pay.implausible", f"implausible: {fault}")


def _bounds(text: str, sum_: _Range, around: _Around) -> tuple[float | None, float | None, list[str]]:
    """Return minimum and maximum: a plain figure is both; "ab" and "bis zu" leave one open."""
    if not sum_.single:
        return sum_.low, sum_.high, []
    near = around.own[-48:]
    if _HIGHEST.search(near):
        return None, sum_.high, []
    if _LOWEST.search(near) or _UPWARDS.match(around.after):
        return sum_.low, None, []
    if _FLOOR.search(around.before) or _EXCEEDED.search(text, sum_.end, sum_.end + 200):
        return sum_.low, None, ["a lower bound: a collective agreement's minimum, or more is offered"]
    return sum_.low, sum_.high, []


def _times(around: _Around) -> float | None:
    if found := _TIMES.search(around.after):
        return float((found["after"] or found["before"]).replace(",", "."))
    return None


def _part_time(around: _Around) -> float | None:
    near = around.before[-70:] + " " + around.after[:40]
    share = _SHARE.search(near) if _PART_TIME.search(near) else None
    return float(share["share"]) if share else None


def _ladders(text: str, folded: str, found: Sequence[Statement]) -> list[Statement]:
    """Join the steps of one ladder ("1.650 € im ersten Jahr, 1.750 € im zweiten") into one statement."""
    joined: list[Statement] = []
    for each in found:
        last = joined[-1] if joined else None
        if last and _is_next_step(folded, last, each):
            notes = tuple(dict.fromkeys((*last.notes, *each.notes, "several steps: the lowest and the highest")))
            words = text[last.start : each.end]
            joined[-1] = replace(last, end=each.end, text=words, maximum=each.maximum or each.minimum, notes=notes)
        else:
            joined.append(each)
    return joined


def _is_next_step(folded: str, last: Statement, each: Statement) -> bool:
    if (last.period, last.currency) != (each.period, each.currency) or each.start - last.end > 70:
        return False
    lowest, highest = last.minimum or last.maximum, each.maximum or each.minimum
    if lowest is None or highest is None or not lowest < highest <= _WIDEST * lowest:
        return False
    return _STEP.search(folded[last.end : each.start] + folded[each.end : each.end + 24]) is not None


# ---------------------------------------------------------------- what it means


@dataclass(frozen=True, slots=True)
class Pay:
    """What a job row says of pay; None where nothing is stated."""

    pay_text: str | None = None  # the words that say so
    pay_min: float | None = None
    pay_max: float | None = None
    pay_period: str | None = None
    pay_currency: str | None = None
    salaries_per_year: float | None = None
    pay_year_min: float | None = None  # euros, full time
    pay_year_max: float | None = None
    pay_basis: str | None = None  # stated, source field, pay scale
    pay_scale: str | None = None
    pay_group_min: str | None = None
    pay_group_max: str | None = None
    pay_step_min: str | None = None
    pay_step_max: str | None = None
    pay_table_date: str | None = None
    pay_rule: str | None = None
    pay_note: str | None = None  # every assumption, disagreement and doubt, in words


class Scale(Protocol):
    """What the pay scales hand over: see pipelines.pay_scales.ScalePay."""

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
    """Return a source's own pay field as a statement; None when it is empty, no numbers when they cannot be pay."""
    low, high = _field_amounts(minimum, maximum)
    if not low and not high:
        return None
    least, most = low or high or 0.0, high or low or 0.0
    quote = " - ".join(f"{each:.2f}".removesuffix(".00") for each in dict.fromkeys((least, most)))
    quote = f"{quote} {currency or 'EUR'}" + (f" per {period}" if period else "")
    if period not in _PLAUSIBLE:
        fault = "period unknown"
    elif least > most:
        fault = "minimum above maximum"
    elif most > _WIDEST * least:
        fault = "range too wide"
    elif not _fits(period, least, most):
        fault = f"no plausible pay for a {period}"
    else:
        kind: Kind = "rate" if period == "day" or (period == "hour" and least >= _RATE_FROM) else "salary"
        notes = () if currency else ("currency not stated: EUR",)
        return Statement(0, 0, quote, low, high, period, currency or "EUR", None, "pay.field", kind, notes, proof=2)
    return Statement(0, 0, quote, None, None, None, None, rule="pay.field", notes=(f"implausible: {fault}",), proof=0)


def _field_amounts(minimum: float | str | None, maximum: float | str | None) -> tuple[float | None, float | None]:
    """Return the numbers of a field; one text may hold both: "60.000 - 75.000 €"."""
    if isinstance(minimum, str) and not maximum:
        words = minimum[:60]
        for odd, plain in _FOLD:
            words = words.replace(odd, plain)
        sums = _sums(words)
        if len(sums) == 2:
            joined = _range(words, *sums)
            return (joined.low, joined.high) if joined else (None, None)
    return _field_amount(minimum), _field_amount(maximum)


def _field_amount(value: float | str | None) -> float | None:
    if isinstance(value, str):
        sums = _sums(value[:60])
        return sums[0].value or None if len(sums) == 1 else None
    return float(value) or None if value is not None and math.isfinite(value) else None


def pay(text: str | None, title: str | None, field: Statement | None, scale: Scale | None) -> Pay:
    """Say what a job pays: the best proved statement leads, and all others stay in the note."""
    in_text = find(text) if text else ()
    in_title = find(title, title=True) if title else ()
    leading = _leading(in_text, in_title)
    notes = [f"also stated: {_one_line(other.text)}" for other in _others(leading, [*in_text, *in_title])]
    basis, where = "stated", (title if leading in in_title else text) or ""
    if field and field.proof > (leading.proof if leading else -1):
        if leading:
            notes.insert(0, f"the text says {_one_line(leading.text)}")
        leading, basis, where = field, "source field", ""
    elif leading and field and not _agree(leading, field):
        notes.append(f"the source's field says {field.text}")
    result = Pay()
    if leading:
        result, assumed = _row(leading, where, text or "", basis)
        notes = [*assumed, *notes]
    if scale:
        result, more = _with_scale(result, scale)
        notes += more
    return replace(result, pay_note="; ".join(dict.fromkeys(notes)) or None)


def _leading(in_text: Sequence[Statement], in_title: Sequence[Statement]) -> Statement | None:
    """Return the first sum that words prove to be pay; without words, the text's before the title's."""
    every = [*in_text, *in_title]
    if not every:
        return None
    leading = max(every, key=lambda each: (each.proof > 0, each.proof >= 2, each in in_text))
    for other in every:
        if other.period == leading.period and leading.minimum == leading.maximum == (other.minimum or other.maximum):
            # "ab 14,53 €" in the title and "mit 14,53 €" in the text: the careful reading holds.
            leading = replace(leading, minimum=other.minimum, maximum=other.maximum)
    return leading


def _others(leading: Statement | None, every: Sequence[Statement]) -> list[Statement]:
    return [each for each in every if leading and each.text != leading.text and not _agree(leading, each)]


def _agree(one: Statement, other: Statement) -> bool:
    if one.period != other.period:
        return False
    pairs = ((one.minimum, other.minimum), (one.maximum, other.maximum))
    return all(a is None or b is None or abs(a - b) <= 0.01 * max(a, b) for a, b in pairs)


def _row(statement: Statement, where: str, text: str, basis: str) -> tuple[Pay, list[str]]:
    count = statement.salaries_per_year or salaries_per_year(text)
    factor, notes = _per_year(statement, text, count)
    years = [round(each * factor, 2) if factor and each else None for each in (statement.minimum, statement.maximum)]
    least, most = _PLAUSIBLE_YEAR
    if any(year and not least <= year <= most for year in years):
        years = [None, None]
        notes.append("implausible as a year's pay")
    result = Pay(
        pay_text=_quote(statement, where),
        pay_min=statement.minimum,
        pay_max=statement.maximum,
        pay_period=statement.period,
        pay_currency=statement.currency,
        salaries_per_year=count,
        pay_year_min=years[0],
        pay_year_max=years[1],
        pay_basis=basis if statement.proof else None,
        pay_rule=statement.rule,
    )
    return result, [*statement.notes, *notes]


def _per_year(statement: Statement, text: str, count: float | None) -> tuple[float | None, list[str]]:
    """Return what turns the stated sum into a year's, and every assumption in that."""
    notes: list[str] = []
    if statement.period is None:
        return None, notes
    if statement.kind == "rate":
        return None, ["a freelancer's rate: no annual value"]
    if "net" in statement.notes:
        return None, ["no annual value from net pay"]
    if statement.currency != "EUR":
        return None, ["not in euros: no annual value"]
    factor = {"year": 1.0, "week": 52.0, "day": None}.get(statement.period)
    if statement.period == "month":
        if count is None and any("collective" in note for note in statement.notes) and _AUSTRIAN.search(text):
            factor = 14.0
            notes.append("14 salaries a year assumed, as Austrian collective agreements have it")
        else:
            factor = count or 12.0
            notes.append(f"{factor:g} salaries a year {'stated' if count else 'assumed'}")
    elif statement.period == "hour":
        hours = _weekly_hours(text)
        factor = 52.0 * (hours or 40.0)
        notes.append(f"{hours or 40:g} hours a week {'stated' if hours else 'assumed'}, 52 weeks a year")
    elif statement.period == "day":
        notes.append("days a year not known: no annual value")
    if factor and statement.part_time:
        factor *= 100.0 / statement.part_time
        notes.append(f"annual value scaled from {statement.part_time:g} % part time to full time")
    return factor, notes


def _with_scale(result: Pay, scale: Scale) -> tuple[Pay, list[str]]:
    """Add a pay scale to a row: it leads where no amount is stated, and stands beside it elsewhere."""
    notes = [scale.note] if scale.note else []
    if result.pay_basis is None:
        priced = scale.month_min or scale.month_max
        result = replace(
            result,
            pay_text=scale.text,
            pay_min=scale.month_min,
            pay_max=scale.month_max,
            pay_period="month" if priced else None,
            pay_currency="EUR" if priced else None,
            pay_year_min=scale.year_min,
            pay_year_max=scale.year_max,
            pay_basis="pay scale",
            pay_rule="pay.scale",
        )
    elif scale.year_min or scale.year_max:
        years = " to ".join(f"{year:,.2f}" for year in (scale.year_min, scale.year_max) if year)
        notes.insert(0, f"by the pay scale {years} euros a year")
    result = replace(
        result,
        pay_scale=scale.scale,
        pay_group_min=scale.group_min,
        pay_group_max=scale.group_max,
        pay_step_min=scale.step_min,
        pay_step_max=scale.step_max,
        pay_table_date=scale.table_date,
    )
    return result, notes


def _quote(statement: Statement, where: str) -> str:
    """Return the sum with the words of its clause around it, on one line."""
    if not where:
        return statement.text
    start = max(0, statement.start - 60)
    before = where[start : statement.start]
    if edges := [edge.end() for edge in _EDGE.finditer(before)]:
        before = before[edges[-1] :]
    elif start:
        before = before.partition(" ")[2]
    after = where[statement.end : statement.end + 40]
    if edge := _EDGE.search(after):
        after = after[: edge.start()]
    elif statement.end + 40 < len(where):
        after = after.rpartition(" ")[0]
    return _one_line(before + where[statement.start : statement.end] + after).strip("*-•·:, ")


def _one_line(words: str) -> str:
    return " ".join(words.split())


def salaries_per_year(text: str) -> float | None:
    """Return how many monthly salaries a year a text promises."""
    text = text[:LONGEST]
    in_figures = _SALARIES.search(text)
    spelt = _SALARIES_SPELT.search(text) if "zehn" in text else None
    if spelt and (in_figures is None or spelt.start() < in_figures.start()):
        return 13.0 if spelt[1].lower() == "dreizehn" else 14.0
    return float(in_figures["count"].replace(",", ".")) if in_figures else None


def _weekly_hours(text: str) -> float | None:
    """Return the full-time hours a week that a text states."""
    hours = [float(found["hours"].replace(",", ".")) for found in _WEEKLY_HOURS.finditer(text[:LONGEST])]
    return next((each for each in hours if 35 <= each <= 48), None)
