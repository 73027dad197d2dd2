"""Adverts of our own making, in the shape of the federal employment agency's v4 details (autumn 2026).

Every employer, every text and every address is invented; towns are real. Keys that begin with `_` are notes for the
tests and for `AgencyServer`, which never sends them: `_match` says what the maker of the advert holds it for against a
search for a head of IT (`exact`, `near`, `no`), `_detail_missing` that the list has it and its detail is a 404.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

Advert = dict[str, Any]

TODAY = date(2026, 11, 24)
"""The day on which the newest of our adverts was published."""


class Town(NamedTuple):
    """A town as the agency knows it: its main postal code, the state in the agency's spelling, its centre."""

    postal_code: str
    state: str
    latitude: float
    longitude: float


_NRW = "NORDRHEIN_WESTFALEN"
TOWNS_NEAR: dict[str, Town] = {  # within 50 km of Dortmund
    "Dortmund": Town("44135", _NRW, 51.5149, 7.4660),
    "Bochum": Town("44787", _NRW, 51.4817, 7.2165),
    "Essen": Town("45127", _NRW, 51.4566, 7.0123),
    "Hagen": Town("58095", _NRW, 51.3608, 7.4717),
    "Unna": Town("59423", _NRW, 51.5380, 7.6890),
    "Hamm": Town("59065", _NRW, 51.6803, 7.8209),
    "Lünen": Town("44532", _NRW, 51.6163, 7.5287),
    "Witten": Town("58452", _NRW, 51.4436, 7.3526),
    "Herne": Town("44623", _NRW, 51.5388, 7.2257),
    "Schwerte": Town("58239", _NRW, 51.4458, 7.5653),
    "Castrop-Rauxel": Town("44575", _NRW, 51.5566, 7.3116),
    "Recklinghausen": Town("45657", _NRW, 51.6138, 7.1974),
    "Gelsenkirchen": Town("45879", _NRW, 51.5075, 7.1228),
    "Iserlohn": Town("58636", _NRW, 51.3755, 7.7028),
    "Lüdenscheid": Town("58507", _NRW, 51.2198, 7.6273),
    "Wuppertal": Town("42103", _NRW, 51.2562, 7.1508),
    "Kamen": Town("59174", _NRW, 51.5917, 7.6651),
    "Werne": Town("59368", _NRW, 51.6646, 7.6342),
    "Menden": Town("58706", _NRW, 51.4434, 7.7782),
    "Soest": Town("59494", _NRW, 51.5712, 8.1057),
    "Duisburg": Town("47051", _NRW, 51.4325, 6.7652),
}
TOWNS_FAR: dict[str, Town] = {
    "Münster": Town("48143", _NRW, 51.9624, 7.6257),
    "Düsseldorf": Town("40213", _NRW, 51.2217, 6.7762),
    "Köln": Town("50667", _NRW, 50.9333, 6.9500),
    "Bonn": Town("53111", _NRW, 50.7344, 7.0955),
    "Bielefeld": Town("33602", _NRW, 52.0333, 8.5333),
    "Paderborn": Town("33098", _NRW, 51.7191, 8.7544),
    "Berlin": Town("10178", "BERLIN", 52.5200, 13.4050),
    "Hamburg": Town("20095", "HAMBURG", 53.5507, 9.9930),
    "München": Town("80331", "BAYERN", 48.1374, 11.5755),
    "Nürnberg": Town("90402", "BAYERN", 49.4539, 11.0773),
    "Frankfurt am Main": Town("60311", "HESSEN", 50.1155, 8.6842),
    "Stuttgart": Town("70173", "BADEN_WUERTTEMBERG", 48.7823, 9.1770),
    "Leipzig": Town("04109", "SACHSEN", 51.3396, 12.3713),
    "Dresden": Town("01067", "SACHSEN", 51.0509, 13.7383),
    "Hannover": Town("30159", "NIEDERSACHSEN", 52.3705, 9.7332),
    "Bremen": Town("28195", "BREMEN", 53.0758, 8.8072),
}
TOWNS = {**TOWNS_NEAR, **TOWNS_FAR}


_MARKDOWN_SHARE = 0.3
"""How many of the agency's recorded texts hold Markdown."""
_OWN_SHARE = 0.55
"""How many of its recorded adverts were entered at the agency itself, not by a partner."""
_PAY_FIELDS_SHARE = 0.08
"""How many fill in its pay fields."""


def _chance(seed: str) -> random.Random:
    """Make a source of choices that are the same for the same seed, on every machine."""
    return random.Random(seed)  # noqa: S311 - no secret


# --- One advert -------------------------------------------------------------------------------------------------------


def place(town: str, *, street: str | None = None, coordinates: bool = True) -> Advert:
    """One entry of `stellenlokationen`."""
    known = TOWNS[town]
    address = {"plz": known.postal_code, "ort": town, "region": known.state, "land": "DEUTSCHLAND"}
    if street:
        address = {"strasse": street, **address}
    where: Advert = {"adresse": address}
    return {**where, "breite": known.latitude, "laenge": known.longitude} if coordinates else where


def agency_advert(refnr: str, title: str, employer: str, town: str, **overrides: Any) -> Advert:
    """Make one v4 detail: published some days before TODAY, full time, pay not stated, with a text that fits the title.

    An override puts a value in the place of any key; None leaves the key out. As at the agency, an advert whose number
    begins with 10000- or 10001- was entered there; any other number came through a partner and has an outside page.
    """
    chance = _chance(refnr)
    published = TODAY - timedelta(days=chance.randrange(1, 40))
    advert: Advert = {
        "stellenangebotsart": "ARBEIT",
        "stellenangebotsTitel": title,
        "quereinstiegGeeignet": False,
        "stellenangebotsBeschreibung": None,
        "arbeitszeitSchichtNachtWochenende": False,
        "arbeitszeitTeilzeitAbend": False,
        "arbeitszeitTeilzeitNachmittag": False,
        "arbeitszeitTeilzeitVormittag": False,
        "arbeitszeitTeilzeitFlexibel": False,
        "arbeitszeitVollzeit": True,
        "eintrittszeitraum": {"von": (published + timedelta(days=30)).isoformat()},
        "verguetungsangabe": "KEINE_ANGABEN",
        "vertragsdauer": chance.choice(("UNBEFRISTET", "UNBEFRISTET", "KEINE_ANGABE")),
        "istGeringfuegigeBeschaeftigung": False,
        "istBehinderungGefordert": False,
        "stellenlokationen": [place(town)],
        "homeofficemoeglich": False,
        "istPrivateArbeitsvermittlung": False,
        "istArbeitnehmerUeberlassung": False,
        "veroeffentlichungszeitraum": {"von": published.isoformat()},
        "datumErsteVeroeffentlichung": published.isoformat(),
        "aenderungsdatum": f"{published.isoformat()}T{chance.randrange(6, 20):02}:{chance.randrange(60):02}:38.033",
        "istBetreut": False,
        "hauptberuf": "Leiter/in - IT",
        "firma": employer,
        "referenznummer": refnr,
    }
    if refnr.startswith(("10000-", "10001-")):
        advert["arbeitgeberKundennummerHash"] = hashlib.sha256(employer.encode()).hexdigest()[:43] + "="
    else:
        advert["externeURL"] = f"https://partner.example.org/stelle/{refnr}"
        advert["allianzpartnerName"] = "partner.example.org"
        advert["allianzpartnerUrl"] = "partner.example.org"
    advert.update(overrides)
    if advert["stellenangebotsBeschreibung"] is None and "stellenangebotsBeschreibung" not in overrides:
        advert["stellenangebotsBeschreibung"] = advert_text(refnr, title, employer, town)
    return {key: value for key, value in advert.items() if value is not None}


# --- The texts --------------------------------------------------------------------------------------------------------

_OPENINGS = (
    (
        "Die {employer} ist seit über dreißig Jahren in {town} zu Hause. Was wir herstellen, steht in vielen "
        "Werkhallen, und was dahinter an Technik läuft, soll so zuverlässig sein wie unsere Produkte selbst."
    ),
    (
        "Wir sind ein Familienunternehmen mit rund 480 Beschäftigten an drei Standorten. In {town} sitzen "
        "Verwaltung, Lager und die Abteilung, für die wir Verstärkung suchen."
    ),
    (
        "Kurze Wege, ein offenes Wort und Zeit für gründliche Arbeit: So beschreiben unsere Leute die {employer}. "
        "Für unseren Standort {town} suchen wir zum nächstmöglichen Zeitpunkt Unterstützung."
    ),
    (
        "Als kommunaler Dienstleister versorgen wir die Menschen in {town} und im Umland jeden Tag. Damit das so "
        "bleibt, bauen wir unsere Mannschaft weiter aus."
    ),
    (
        "Die {employer} wächst: neue Kunden, neue Räume in {town}, neue Aufgaben. Wir suchen jemanden, der gern "
        "ordnet, entscheidet und andere mitnimmt."
    ),
)
_LEADING = (
    "Sie führen ein Team von zwölf Kolleginnen und Kollegen fachlich und disziplinarisch.",
    "Sie verantworten Betrieb und Weiterentwicklung unserer IT-Infrastruktur mit rund 60 virtuellen Servern.",
    "Sie schreiben die IT-Strategie für die nächsten fünf Jahre fort und berichten direkt an die Geschäftsführung.",
    "Sie planen das Budget von etwa 2,4 Mio. Euro im Jahr und halten es ein.",
    "Sie steuern unsere externen Dienstleister und verhandeln Verträge und Lizenzen.",
    "Sie treiben die Einführung von SAP S/4HANA voran und holen die Fachabteilungen an einen Tisch.",
    "Sie sorgen für Informationssicherheit nach ISO 27001 und bereiten uns auf die Vorgaben von NIS-2 vor.",
    "Sie entwickeln den Service Desk nach ITIL weiter und messen, was er leistet.",
    "Sie bringen unsere Anwendungen Schritt für Schritt in die Cloud (Microsoft Azure), soweit es uns nützt.",
    "Sie bauen ein Notfallmanagement auf und proben es zweimal im Jahr.",
)
_LEADERS_BRING = (
    "Abgeschlossenes Studium der Informatik, der Wirtschaftsinformatik oder eine vergleichbare Ausbildung",
    "Mindestens fünf Jahre Erfahrung in der Leitung einer IT-Abteilung oder eines größeren Teams",
    "Gute Kenntnisse in Windows Server, VMware und Microsoft 365",
    "Erfahrung mit ERP-Systemen, gern SAP oder Microsoft Dynamics",
    "Sicheres Auftreten gegenüber Geschäftsleitung, Betriebsrat und Prüfern",
    "Deutsch verhandlungssicher, Englisch gut in Wort und Schrift",
    "Kenntnisse im Projektmanagement (PRINCE2, Scrum) sind von Vorteil",
    "Freude daran, Menschen zu fördern und Verantwortung abzugeben",
)
_WORKING = (
    "Sie bearbeiten Ihr Aufgabengebiet selbstständig und stimmen sich eng mit den Kolleginnen und Kollegen ab.",
    "Sie nehmen Anfragen entgegen, klären Unklares und halten nach, bis es erledigt ist.",
    "Sie prüfen Unterlagen, pflegen Daten und erstellen Auswertungen für die Abteilungsleitung.",
    "Sie begleiten Vorhaben von der ersten Skizze bis zur Abnahme.",
    "Sie halten Kontakt zu Lieferanten und Kunden und vereinbaren Termine.",
    "Sie wirken an der Verbesserung unserer Abläufe mit und dokumentieren, was sich bewährt.",
    "Sie arbeiten neue Kolleginnen und Kollegen ein.",
    "Sie achten auf Arbeitsschutz, Ordnung und Qualität an Ihrem Arbeitsplatz.",
)
_WORKERS_BRING = (
    "Abgeschlossene Berufsausbildung oder ein passendes Studium",
    "Erste Berufserfahrung in einer ähnlichen Aufgabe",
    "Sicherer Umgang mit den üblichen Büroprogrammen",
    "Sorgfalt, Verlässlichkeit und ein freundlicher Ton auch an vollen Tagen",
    "Gute Deutschkenntnisse, weitere Sprachen sind willkommen",
    "Führerschein der Klasse B ist von Vorteil",
)
_OFFERED = (
    "30 Tage Urlaub, dazu frei an Heiligabend und Silvester",
    "Flexible Arbeitszeiten und bis zu zwei Tage mobiles Arbeiten in der Woche",
    "Betriebliche Altersvorsorge mit einem Zuschuss von 20 %",
    "Zuschuss zum Deutschlandticket oder ein Leasingrad",
    "Weiterbildung in der Arbeitszeit, Prüfungsgebühren zahlen wir",
    "Eine Kantine, in der wirklich gekocht wird, und Parkplätze vor der Tür",
    "Gründliche Einarbeitung mit einer Patin oder einem Paten aus dem Team",
    "Ein unbefristeter Vertrag in einem Haus, das auch in schwierigen Jahren niemanden entlassen hat",
)
_CLOSINGS = (
    "Bewerben Sie sich mit Lebenslauf und Zeugnissen über unser Portal. Fragen vorab? bewerbung@{host}",
    "Wir freuen uns auf Ihre Unterlagen per E-Mail an personal@{host}. Telefonisch: 0231 000000.",
    "Ein kurzer Lebenslauf genügt fürs Erste, ein Anschreiben brauchen wir nicht.",
    "Menschen mit Schwerbehinderung werden bei gleicher Eignung bevorzugt berücksichtigt. Kontakt: karriere@{host}",
)


def advert_text(seed: str, title: str, employer: str, town: str, *, pay: str = "", leading: bool = True) -> str:
    """Write a German advert of one to four thousand characters, plain or in Markdown, always the same for one seed.

    `pay` stands where employers put it, at the end of what they offer.
    """
    chance = _chance(f"text {seed}")
    markdown = chance.random() < _MARKDOWN_SHARE
    tasks, wanted = (_LEADING, _LEADERS_BRING) if leading else (_WORKING, _WORKERS_BRING)

    def section(heading: str, sentences: Sequence[str], fewest: int) -> str:
        chosen = chance.sample(sentences, chance.randint(fewest, len(sentences)))
        return "\n".join((f"**{heading}**" if markdown else heading, *(f"- {sentence}" for sentence in chosen)))

    host = f"{chance.choice(('werk', 'haus', 'kontor', 'betrieb'))}-{chance.randrange(100, 999)}.example.org"
    parts = [
        chance.choice(_OPENINGS).format(employer=employer, town=town),
        f"Wir suchen: {title.strip()}",
        section("Ihre Aufgaben", tasks, 4),
        section("Das bringen Sie mit", wanted, 4),
        section("Das bieten wir", _OFFERED, 4) + (f"\n- {pay}" if pay else ""),
        chance.choice(_CLOSINGS).format(host=host),
    ]
    return "\n\n".join(parts)


# --- A small world ----------------------------------------------------------------------------------------------------

_LONG_TITLE = (
    "Führungskraft (m/w/d) mit Gestaltungswillen für ein traditionsreiches Familienunternehmen im Ruhrgebiet "
    "als Leiter der IT-Abteilung"
)
_TWIN_TITLE = "Leiter IT und Digitalisierung (m/w/d)"


def small_world() -> list[Advert]:
    """Sixty adverts around Dortmund and beyond, with every oddity of the source that we know of at least once.

    - exact and within 50 km: 24 adverts of 23 posts, since one post arrives through a second partner as well
      (`14225-zwilling-b-S` is `10001-2000000012-S` with "GmbH & Co.KG" spelled differently)
    - `10000-2000000005-S`: the IT word stands after the 100 characters that the list shows
    - `13319-816659/1_544997LS-S` to `13635-f28_JB5.2:01-S`: numbers with `/`, `_`, `:` and `.`
    - `10001-2000000013-S`: three places, Dortmund is the second; `10001-2000000014-S`: no coordinates
    - `12951-abgelaufen-S`: listed, its detail is a 404; `10000-2000000090-S`: head of IT, but in Köln
    """
    return [*_exact(), *_near(), *_not_wanted()]


def _exact() -> Iterator[Advert]:
    def head(refnr: str, title: str, employer: str, town: str, pay: str = "", **overrides: Any) -> Advert:
        overrides.setdefault("stellenangebotsBeschreibung", advert_text(refnr, title, employer, town, pay=pay))
        return agency_advert(refnr, title, employer, town, _match="exact", **overrides)

    yield head("10000-2000000001-S", "IT-Leiter (m/w/d)", "Brückmann Fördertechnik GmbH", "Dortmund",
               pay="Ein Gehalt von 65.000 - 80.000 EUR Jahresgehalt, je nach Erfahrung")  # fmt: skip
    yield head("10000-2000000002-S", "Leitung Informationstechnologie (w/m/d)", "Stadtbetriebe Hörderfeld", "Dortmund",
               pay="Vergütung nach Entgeltgruppe E 13 TVöD (VKA)", vertragsdauer="UNBEFRISTET")  # fmt: skip
    yield head("10001-2000000003-S", "Head of IT (all genders)", "Lumenta Sensorik GmbH", "Bochum",
               verguetungsangabe="JAHRESGEHALT", artDerVerguetung="GEHALTSSPANNE",
               gehaltsspanneVon=78000, gehaltsspanneBis=96000.5, homeofficemoeglich=True,
               homeofficetyp="NACH_VEREINBARUNG")  # fmt: skip
    yield head("10001-2000000004-S", "Chief Information Officer (CIO) (m/w/d)", "Ruhrtal Kliniken gGmbH", "Essen",
               hauptberuf="IT-Manager/in")  # fmt: skip
    yield head("10000-2000000005-S", _LONG_TITLE, "Ostermoor Armaturen GmbH & Co. KG", "Hagen")
    yield head("10001-2000000006-S", "Abteilungsleiter:in EDV", "Volksbücherei-Verbund Hellweg e. V.", "Unna",
               pay="Eingruppierung in EG 12 TV-L, Stufe nach Erfahrung", hauptberuf="Leiter/in - EDV")  # fmt: skip
    yield head("13319-816659/1_544997LS-S", "Leiter*in der IT", "Emschergold Brauerei GmbH", "Castrop-Rauxel",
               chiffrenummer="EB-2026-114")  # fmt: skip
    yield head("13635-f28_JB5.2:01-S", "Bereichsleitung IT (d/m/w)", "Lippe-Aue Krankenhaus GmbH", "Lünen")
    yield head("10001-2000000009-S", "IT-Leitung (m/w/x) in Voll- oder Teilzeit", "Kranz & Söhne Logistik GmbH", "Hamm",
               arbeitszeitTeilzeitFlexibel=True)  # fmt: skip
    yield head("10001-2000000010-S", "Leiter Informationsverarbeitung (m/w/d)", "Haarstrang Zement GmbH", "Unna",
               verguetungsangabe="MONATSGEHALT", artDerVerguetung="FESTGEHALT", festgehalt=6200)  # fmt: skip
    yield head("10001-2000000011-S", "Head of Information Technology (f/m/d)", "Nordstern Payments SE", "Gelsenkirchen",
               pay="Salary range 80000 - 95000 EUR per year plus bonus")  # fmt: skip
    text = advert_text("zwilling", _TWIN_TITLE, "Wiesental Küchen GmbH & Co. KG", "Iserlohn")
    yield head("10001-2000000012-S", _TWIN_TITLE, "Wiesental Küchen GmbH & Co. KG", "Iserlohn",
               stellenangebotsBeschreibung=text)  # fmt: skip
    yield head("14225-zwilling-b-S", "Wiesental Küchen GmbH & Co.KG: " + _TWIN_TITLE, "Wiesental Küchen GmbH & Co.KG",
               "Iserlohn", stellenangebotsBeschreibung=text.replace("GmbH & Co. KG", "GmbH &amp; Co.KG"))  # fmt: skip
    yield head("10001-2000000013-S", "IT-Leiter (m/w/d) für drei Standorte", "Tandem Pflegedienste GmbH", "Berlin",
               stellenlokationen=[place("Berlin"), place("Dortmund", street="Beispielweg 7"), place("Hamburg")],
               )  # fmt: skip
    yield head("10001-2000000014-S", "Leiter IT-Abteilung (m/w/d)", "Möhnesee Wasserverband", "Witten",
               stellenlokationen=[place("Witten", coordinates=False)], pay="Bezahlung bis A 13 LBesG NRW")  # fmt: skip
    yield head("12951-abgelaufen-S", "Head of IT (m/w/d)", "Quellhof Handel SE", "Dortmund", _detail_missing=True)
    yield head("10001-2000000016-S", "EDV-Leiter m/w/d", "Autohaus Sternkamp GmbH", "Schwerte",
               verguetungsangabe="STUNDENLOHN", artDerVerguetung="FESTGEHALT", festgehalt=38.5)  # fmt: skip
    yield head("10001-2000000017-S", "Leiterin / Leiter der Abteilung IT", "Kreisverwaltung Westerhellweg", "Soest",
               pay="Entgeltgruppe 14 TVöD-V", vertragsdauer="BEFRISTET")  # fmt: skip
    yield head("10001-2000000018-S", "Direktor IT (m/w/d)   ", "Falkenroth Versicherung a. G.    ", "Dortmund",
               pay="Wir bieten 110.000 € bis 130.000 € brutto im Jahr und einen Dienstwagen")  # fmt: skip
    yield head("10001-2000000019-S", "Vice President IT (w/m/d)", "Aldenbruch Stahlhandel AG", "Dortmund")
    yield head("10001-2000000020-S", "Leiter/in der zentralen IT (m/w/d)", "Hochschule Phönixsee",
               "Dortmund", pay="Vergütung bis E 15 TV-L", hauptberuf="IT-Manager/in")  # fmt: skip
    yield head("10001-2000000021-S", "Kaufmännisch denkender IT-Leiter (m/w/d)", "Zeche Morgenrot Museen", "Herne",
               pay="ab 5.400 Euro im Monat, 13 Gehälter")  # fmt: skip
    yield head("12288-4928000022-S", "Leiter IT (m/w/d)", "Personalkontor Sieberts GmbH", "Recklinghausen",
               istPrivateArbeitsvermittlung=True,
               pay="Für unseren Mandanten: 90.000 bis 100.000 Euro Jahresbrutto")  # fmt: skip
    yield head("10001-2000000023-S", "Leiter Konzern-IT (m/w/d)", "Sauerland Federn GmbH", "Lüdenscheid",
               istArbeitnehmerUeberlassung=True)  # fmt: skip
    yield head("10000-2000000090-S", "IT-Leiter (m/w/d)", "Domblick Verlag GmbH", "Köln",
               pay="70.000 - 85.000 € im Jahr")  # fmt: skip
    yield head("10000-2000000091-S", "Head of IT (m/w/d)", "Isarwerk Robotik GmbH", "München")


def _near() -> Iterator[Advert]:
    rows = (
        ("Stellvertretender IT-Leiter (m/w/d)", "Brückmann Fördertechnik GmbH", "Dortmund"),
        ("Teamleiter IT-Support (m/w/d)", "Lumenta Sensorik GmbH", "Bochum"),
        ("Leiter IT-Sicherheit / CISO (m/w/d)", "Falkenroth Versicherung a. G.", "Dortmund"),
        ("Gruppenleitung Softwareentwicklung (w/m/d)", "Nordstern Payments SE", "Gelsenkirchen"),
        ("Head of Digital Workplace (all genders)", "Aldenbruch Stahlhandel AG", "Dortmund"),
        ("Leiter Rechenzentrum (m/w/d)", "Stadtwerke Osterlippe GmbH", "Hamm"),
        ("Sachgebietsleitung IT-Infrastruktur (m/w/d)", "Kreisverwaltung Westerhellweg", "Soest"),
        ("Abteilungsleiter Data Center & Cloud Services", "Hellwegnetz GmbH", "Unna"),
    )
    for number, (title, employer, town) in enumerate(rows, start=1):
        yield agency_advert(f"10001-30000000{number:02}-S", title, employer, town, _match="near")


def _not_wanted() -> Iterator[Advert]:
    rows = (
        ("Projektleiter IT (m/w/d)", "Hellwegnetz GmbH", "Dortmund", "IT-Projektleiter/in"),
        ("IT-Projektleiter SAP (m/w/d)", "Aldenbruch Stahlhandel AG", "Dortmund", "IT-Projektleiter/in"),
        ("Assistenz der IT-Leitung (m/w/d)", "Lippe-Aue Krankenhaus GmbH", "Lünen", "Sekretär/in"),
        ("Bauleiter ITK (m/w/d)", "Glasfaserbau Ardey GmbH", "Hagen", "Bauleiter/in"),
        ("Teamleiter Einkauf IT (m/w/d)", "Nordstern Payments SE", "Gelsenkirchen", "Einkaufsleiter/in"),
        ("IT-Systemadministrator (m/w/d)", "Brückmann Fördertechnik GmbH", "Dortmund", "IT-Systemadministrator/in"),
        ("Fachinformatiker Systemintegration (m/w/d)", "Emschergold Brauerei GmbH", "Castrop-Rauxel",
         "Fachinformatiker/in - Systemintegration"),
        ("Referent des Leiters IT (m/w/d)", "Ruhrtal Kliniken gGmbH", "Essen", "Referent/in"),
        ("Account Manager für IT-Leiter im Mittelstand", "Glasfaserbau Ardey GmbH", "Hagen", "Account-Manager/in"),
        ("Leiter Vertrieb IT-Lösungen (m/w/d)", "Systemhaus Kanalstraße GmbH", "Dortmund", "Vertriebsleiter/in"),
        ("Werkstudent IT-Leitung (m/w/d)", "Lumenta Sensorik GmbH", "Bochum", "Werkstudent/in"),
        ("Marktleiter (m/w/d)", "Quellhof Handel SE", "Dortmund", "Marktleiter/in"),
        ("Pflegedienstleitung mit Leitung Wohnbereich (m/w/d)", "Tandem Pflegedienste GmbH", "Dortmund",
         "Pflegedienstleiter/in"),
        ("Produktionsleiter (m/w/d)", "Haarstrang Zement GmbH", "Unna", "Produktionsleiter/in"),
        ("Leiter Instandhaltung (m/w/d)", "Ostermoor Armaturen GmbH & Co. KG", "Hagen", "Instandhaltungsleiter/in"),
        ("IT-Consultant Security (m/w/d)", "Systemhaus Kanalstraße GmbH", "Dortmund", "IT-Berater/in"),
        ("Ingenieur Leit- und Sicherungstechnik (m/w/d)", "Emscherbahn Technik GmbH", "Herne", "Elektroingenieur/in"),
        ("Niederlassungsleiter IT-Personal (m/w/d)", "Personalkontor Sieberts GmbH", "Recklinghausen",
         "Niederlassungsleiter/in"),
        ("Leiter Controlling (m/w/d)", "Falkenroth Versicherung a. G.", "Dortmund", "Controllingleiter/in"),
        ("Kita-Leitung (m/w/d)", "Kinderhaus Regenbogenwiese e. V.", "Witten", "Erzieher/in"),
        ("Qualitätsleiter (m/w/d)", "Sauerland Federn GmbH", "Lüdenscheid", "Qualitätsmanager/in"),
        ("Softwareentwickler Java (m/w/d)", "Nordstern Payments SE", "Gelsenkirchen", "Softwareentwickler/in"),
        ("Bachelor of Science Informatik - duales Studium", "Hochschule Phönixsee", "Dortmund", "Informatiker/in"),
        ("IT-Koordinator Klinik (m/w/d)", "Lippe-Aue Krankenhaus GmbH", "Lünen", "IT-Koordinator/in"),
        ("Elektroniker für Betriebstechnik (m/w/d)", "Haarstrang Zement GmbH", "Unna", "Elektroniker/in"),
        ("Einkaufsleiter (m/w/d)", "Wiesental Küchen GmbH & Co. KG", "Iserlohn", "Einkaufsleiter/in"),
    )  # fmt: skip
    for number, (title, employer, town, occupation) in enumerate(rows, start=1):
        refnr = f"10001-40000000{number:02}-S"
        text = advert_text(refnr, title, employer, town, leading=False)
        study = {"stellenangebotsart": "AUSBILDUNG"} if "duales" in title else {}
        yield agency_advert(refnr, title, employer, town, hauptberuf=occupation, stellenangebotsBeschreibung=text,
                            _match="no", **study)  # fmt: skip


# --- Many -------------------------------------------------------------------------------------------------------------

_HEAD_TITLES = (
    "IT-Leiter", "IT-Leitung", "Leiter IT", "Leitung IT", "Leiter der IT", "Leiter IT-Abteilung", "Head of IT",
    "Leitung Informationstechnologie", "Chief Information Officer (CIO)", "Bereichsleiter IT", "Bereichsleitung IT",
    "Abteilungsleiter IT", "Abteilungsleitung EDV", "EDV-Leiter", "Leiter EDV", "Leiter Informationstechnik",
    "Direktor IT", "Gesamtleitung IT", "Hauptabteilungsleiter IT", "Head of Information Technology",
)  # fmt: skip
_OTHER_TITLES = (
    ("Projektleiter IT", "IT-Projektleiter/in"), ("Assistenz der IT-Leitung", "Sekretär/in"),
    ("Bauleiter Tiefbau", "Bauleiter/in"), ("IT-Systemadministrator", "IT-Systemadministrator/in"),
    ("Marktleiter", "Marktleiter/in"), ("Filialleiter", "Filialleiter/in"), ("Teamleiter Logistik", "Logistiker/in"),
    ("Pflegedienstleitung", "Pflegedienstleiter/in"), ("Leiter Finanzbuchhaltung", "Buchhaltungsleiter/in"),
    ("Softwareentwickler", "Softwareentwickler/in"), ("Vertriebsleiter", "Vertriebsleiter/in"),
    ("Leiter Qualitätssicherung", "Qualitätsmanager/in"), ("Schichtleiter Produktion", "Schichtführer/in"),
    ("IT-Berater", "IT-Berater/in"), ("Leitung Kindertagesstätte", "Erzieher/in"), ("Küchenleiter", "Koch/Köchin"),
    ("Fachinformatiker", "Fachinformatiker/in - Systemintegration"), ("Werkleiter", "Werkleiter/in"),
)  # fmt: skip
_SCOPES = (
    "", "", "", " Standort {town}", " für den Mittelstand", " im Gesundheitswesen", " in der Industrie", " - {town}",
    " (Vollzeit)", " Region West", " mit Entwicklungsmöglichkeit", " im öffentlichen Dienst",
)  # fmt: skip
_GENDERS = (
    " (m/w/d)", " (m/w/d)", " (m/w/d)", " (w/m/d)", " (m/f/d)", " (all genders)", " (w/m/x)", " (d/f/m)", " m/w/d", "",
)  # fmt: skip
_NAMES = (
    "Ahrenkamp", "Bredenbach", "Cordsmeier", "Dahlbrink", "Ebbinghof", "Finkenrath", "Grotenhus", "Hölkeskamp",
    "Immenrode", "Jörgenshof", "Klevermann", "Lohbusch", "Middelkamp", "Niederste", "Overhage", "Pannenbecker",
    "Quandtorf", "Rüschendorf", "Stolterfoth", "Tegelkamp", "Uhlenbrock", "Varnhorst", "Wittelsbeck", "Zumkley",
)  # fmt: skip
_TRADES = (
    "Anlagenbau", "Antriebstechnik", "Bautechnik", "Brandschutz", "Dämmstoffe", "Druckguss", "Elektronik", "Energie",
    "Fahrzeugbau", "Feinkost", "Fördertechnik", "Gebäudetechnik", "Getränke", "Großhandel", "Holzbau", "Kältetechnik",
    "Klinikbedarf", "Kunststoffe", "Lacke", "Logistik", "Maschinenbau", "Medizintechnik", "Messtechnik", "Möbel",
    "Papier", "Pflege", "Pumpen", "Reisen", "Sanitär", "Schraubtechnik", "Software", "Spedition", "Stahlbau", "Textil",
    "Umwelttechnik", "Verpackungen", "Versicherungen", "Wärmetechnik", "Werkzeuge", "Zahntechnik",
)  # fmt: skip
_FORMS = (
    "GmbH", "AG", "GmbH & Co. KG", "KG", "SE", "e. V.", "gGmbH", "Holding GmbH", "Gruppe", "eG", "Service GmbH",
    "West GmbH", "Nord GmbH", "International GmbH", "Werke AG", "Vertriebs-GmbH", "Betriebs GmbH", "& Partner mbB",
    "Handels GmbH", "Systeme GmbH", "Technik GmbH", "Ost GmbH", "Süd GmbH", "Digital GmbH", "Stiftung",
)  # fmt: skip
_PAY = (
    "", "", "", "", "Ein Jahresgehalt von {low}.000 bis {high}.000 Euro", "{low}.000 - {high}.000 € brutto im Jahr",
    "Vergütung nach E 13 TVöD", "Eingruppierung bis EG 12 TV-L", "bis zu {high}.000 EUR p. a.",
)  # fmt: skip


def many(n: int, seed: int = 1, *, head_share: float = 0.1, near_share: float = 0.5) -> Iterator[Advert]:
    """Make n adverts, the same for the same seed, each of another employer (up to 24,000): no two are one job.

    `head_share` of them are heads of IT, `near_share` lie within 50 km of Dortmund; texts of about 3,000 characters.
    The advert number i is the same whatever n is.
    """
    employers = len(_NAMES) * len(_TRADES) * len(_FORMS)
    for number in range(n):
        chance = _chance(f"{seed}/{number}")
        head = chance.random() < head_share
        town = chance.choice(tuple(TOWNS_NEAR if chance.random() < near_share else TOWNS_FAR))
        # 7919 is prime to the number of employers: a walk that meets each once and mixes the names
        pick, form = divmod(number * 7919 % employers, len(_FORMS))
        name, trade = divmod(pick, len(_TRADES))
        employer = f"{_NAMES[name]} {_TRADES[trade]} {_FORMS[form]}"
        start, occupation = (chance.choice(_HEAD_TITLES), "Leiter/in - IT") if head else chance.choice(_OTHER_TITLES)
        title = start + chance.choice(_SCOPES).format(town=town) + chance.choice(_GENDERS)
        low = chance.randrange(48, 95)
        pay = chance.choice(_PAY).format(low=low, high=low + chance.randrange(8, 25))
        own = chance.random() < _OWN_SHARE
        refnr = f"10001-5{seed:02}{number:07}-S" if own else f"14225-{seed:02}{number:06}{chance.getrandbits(32):08x}-S"
        text = advert_text(refnr, title, employer, town, pay=pay, leading=head)
        more = advert_text(f"{refnr} more", title, employer, town, leading=head)
        stated: Advert = {}
        if chance.random() < _PAY_FIELDS_SHARE:
            stated = {"verguetungsangabe": "JAHRESGEHALT", "artDerVerguetung": "GEHALTSSPANNE",
                      "gehaltsspanneVon": low * 1000, "gehaltsspanneBis": (low + 12) * 1000}  # fmt: skip
        yield agency_advert(refnr, title, employer, town, hauptberuf=occupation,
                            stellenangebotsBeschreibung=f"{text}\n\nMehr über uns\n\n{more}",
                            _match="exact" if head else "no", **stated)  # fmt: skip
