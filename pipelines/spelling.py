"""One spelling for comparing, and the spellings a search must find: no normaliser, so each may use it."""

import functools
import re

_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_DIGRAPH = re.compile(r"(?<![aeq])ue|(?<!e)oe|ae")
_UMLAUT = {"ae": "ä", "oe": "ö", "ue": "ü"}
_WORD = re.compile(r"\w{1,40}")
# A name of capitals and digits, written in one or in two: NIS2, NIS-2, NIS 2; S/4HANA; ISO 27001; E13. Found from its
# number, for digits are rare in a text.
_NUMBER = re.compile(r"\d\d{0,4}[A-Za-z]{0,6}\b")  # begins with one sign, which re finds quickly
_NAME = re.compile(r"\b([A-ZÄÖÜ]{1,6})([-‑–/ ]?)\Z")
_LONGEST_NAME = 8  # letters, and the sign behind them


def fold(text: str) -> str:
    """Return `text` in small letters with ä, ö, ü, ß as two letters: one spelling for comparing.

    >>> fold("Müller & Söhne")
    'mueller & soehne'
    """
    # casefold has made ß two letters already; replacing letter by letter is ten times faster than translate
    return text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")


def spellings(*texts: str | None) -> str | None:
    """Return the further spellings under which the search index must find these texts, or None.

    Words with umlauts as two letters and the other way round; words of one or two letters (IT, HR) as `it__`, since the
    index knows three letters at least; names with a number in one word and with a hyphen. Sorted, each once.

    >>> spellings("IT-Leiter Müller", "Faerber")
    'Mueller färber it__'
    >>> spellings("nach NIS-2"), spellings("SAP S/4HANA")
    ('2__ NIS2', 'S-4HANA S4HANA s__')
    """
    found = {_further(word) for text in texts if text for word in {*_WORD.findall(text)}}
    found.discard("")
    for text in texts:
        for number in _NUMBER.finditer(text or ""):
            before = number.string[max(0, number.start() - _LONGEST_NAME) : number.start()]
            if before[-1:].isdigit():  # the end of a longer one
                continue
            if name := _NAME.search(before):
                found |= {f"{name[1]}{number[0]}", f"{name[1]}-{number[0]}"} - {f"{name[0]}{number[0]}"}
    return " ".join(sorted(found)) or None


@functools.lru_cache(maxsize=50_000)  # adverts share their words: most of a text is known
def _further(word: str) -> str:
    if len(word) <= 2:  # the index's tokens have three letters
        return word.casefold() + "__"
    if not word.isascii():
        return word.translate(_FOLDED)
    small = word.casefold()
    if "ue" in small or "oe" in small or "ae" in small:
        umlauts = _DIGRAPH.sub(lambda pair: _UMLAUT[pair[0]], small)
        return umlauts if umlauts != small else ""
    return ""
