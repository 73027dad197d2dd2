"""The advert's text as plain words, without markup, control characters, e-mail addresses and phone numbers."""

import html
import re
import unicodedata

from w3lib.html import remove_tags

LONGEST = 100_000  # characters kept; the raw advert keeps all

_MARKUP = re.compile(r"</?[a-zA-Z!]")
_BLOCKS = re.compile(r"<(?:/p|br ?/?|/li|/div|/h[1-6]|/tr)>", re.IGNORECASE)
_AT_AS_TAG = re.compile(r"<(?:at|ät)>", re.IGNORECASE)  # erika<at>beispiel.example: no markup
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200d\u2060-\u2064\ufeff]"
)  # and soft hyphens, zero widths
_WIDE_SPACES = "\u00a0\u2007\u2009\u202f"
_SPACES = re.compile(r"[ \t][ \t]+")
# Letters and signs of other scripts that look like ours: full-width forms, and @ as a small form.
_LOOKS_LIKE = b"\xef"  # all of them begin with it in UTF-8, and few others do
_AS_ASCII: dict[int, str | int | None] = {0xFE6B: "@", **{0xFEE0 + code: code for code in range(0x21, 0x7F)}}
# An e-mail address is found from its @, outwards: a pattern that begins with the name scans every word of the text.
# Where "at" stands in the open, the name must look like one: "look at page.example" is none.
# Either begins with one of few signs, which re finds quickly; what may follow depends on the sign.
_AT_SIGN = re.compile(r"[@%\[({|*«<∂](?:(?<=@)|(?<=%)40|(?<=[\[({|*«<]) ?(?i:at|ät|@|a) ?[\])}|*»>]|(?<=\w∂)(?=\w))")
_AT_WORD = re.compile(r"[ _-]-?[aAäÄ][tT]-?[ _-](?=[\w-]{2,40} ?(?i:\.|punkt|dot))")
_NAME_REVERSED = re.compile(r" ?[\w.+'-]{1,64}(?: (?:tnkup|tod) [\w-]{1,30})?", re.IGNORECASE)
_SPELT_NAME_REVERSED = re.compile(r" ?[\w+'-]{1,40}(?: ?\. ?|[_-]| (?:tnkup|tod) )[\w.+'-]{1,40}", re.IGNORECASE)
_DOT = r"(?: ?\. ?| ?[\[({] ?(?:dot|punkt|\.) ?[\])}] ?| (?:dot|punkt) )"
_DOMAIN_AFTER = re.compile(rf"[ \])]?[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,4}}", re.IGNORECASE)
_SPACED = re.compile(r"(?<!\w)(?:[\w.-] ){3,40}@(?: [\w.-](?!\w)){3,40}")  # e r i k a @ b e i s p i e l
# What may be a phone number: at most 31 characters that begin and end with a digit. Found first, judged then: fast.
_NUMBER = re.compile(r"[+(0-9](?<![0-9.,].)(?<![a-z]/.)(?:(?<=[0-9])|[ +]{0,2}[0-9])[0-9 ()+/.–—-]{4,29}[0-9](?![0-9])")
# The words behind which a number is one to call.
_CALL = (
    "tel", "fon", "phone", "mobil", "handy", "fax", "telefon", "telefax", "telephone", "telefonisch", "hotline",
    "whatsapp", "ruf", "fernruf", "durchwahl", "rufnummer", "telefonnummer", "mobilnummer", "faxnummer",
    "telefonnr", "mobilnr", "faxnr", "tel.nr", "tel.-nr", "tel-nr", "☎", "☏", "📞", "📱",
)  # fmt: skip
_EXTENSION = re.compile(r"[dD](?=[uUwW])(?<![a-zA-ZäöüßÄÖÜ].)(?i:urchwahl|w)[.:]{0,2} {0,2}[-–]? ?[0-9]{2,5}(?![0-9])")
# +49 …, 0049 …: nine digits at least. 0231/…, (0231) …, 0171 …: after the area code at least five more digits.
_ABROAD = re.compile(r"\(?(?:\+|00)[1-9]")
_DIALLED = re.compile(
    r"\(?0[1-9][0-9]{1,4}(?![0-9])\)? ?[/–—.-]? ?(?:[0-9] ?[–—.-]? ?){4,14}[0-9]|0[1-9][0-9]{8,12}\Z"
    r"|\(?0[1-9] [0-9]{2,3}\)? ?[/–-] ?(?:[0-9] ?[–-]? ?){4,14}[0-9]"
    r"|\(0[1-9] [0-9]{2,3}\) ?(?:[0-9] ?[–-]? ?){4,14}[0-9]"
    r"|0 [1-9][0-9]{1,3} [0-9]{4,9}\Z|0(?: [0-9]){7,14}\Z"
)


def plain(text: str | None) -> str | None:
    """Return the words of `text`: no markup, entities or control characters; contact data replaced by […].

    At most LONGEST characters. None when nothing is left.
    """
    if not text:
        return None
    text = text[:LONGEST]
    if "&" in text:
        text = html.unescape(text)
    if "<" in text and _MARKUP.search(text):
        text = _AT_AS_TAG.sub("@", text)
        text = remove_tags(_BLOCKS.sub("\n", text))
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\u2011", "-"))
    text = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be stored
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    for wide in _WIDE_SPACES:
        text = text.replace(wide, " ")
    if "  " in text or "\t" in text:
        text = _SPACES.sub(" ", text)
    return redact(text).strip() or None


def redact(text: str) -> str:
    """Replace e-mail addresses and phone numbers by [e-mail] and [phone]: they belong to persons, not to the job."""
    if _LOOKS_LIKE in text.encode("utf-8", "replace"):
        text = text.translate(_AS_ASCII)
    kept, done = [], 0
    for sign in sorted((*_AT_SIGN.finditer(text), *_AT_WORD.finditer(text)), key=re.Match.start):
        if not text[sign.start() - 1 : sign.start()].strip("@"):  # nothing before it, or a row of them
            continue
        domain = _DOMAIN_AFTER.match(text, sign.end())
        if domain is None:
            continue
        before = text[max(done, sign.start() - 75) : sign.start()][::-1]
        if name := (_SPELT_NAME_REVERSED if sign[0][:1] in ("", " ", "_", "-") else _NAME_REVERSED).match(before):
            kept += [text[done : sign.start() - name.end()], "[e-mail]"]
            done = domain.end()
    text = "".join([*kept, text[done:]])
    if "@" in text:
        text = _SPACED.sub("[e-mail]", text)
    return _NUMBER.sub(_phone, _EXTENSION.sub("[phone]", text))


def _phone(number: re.Match[str]) -> str:
    """A number is a phone number when a word before says so, or when it starts like one: +49, 0049, 0231/."""
    written = number[0]
    if _ABROAD.match(written) and sum(sign.isdigit() for sign in written) >= _ABROAD_DIGITS:
        return "[phone]"
    if _DIALLED.match(written) or _called(number.string[max(0, number.start() - 32) : number.start()]):
        return "[phone]"
    return written


def _called(before: str) -> bool:
    """Say whether the last word before a number says that it is one to call."""
    before = before.casefold().rstrip(" .:")
    before = before.removesuffix(" unter der nummer").removesuffix(" unter")
    if not before.endswith(_CALL):
        return False
    return any(before.endswith(word) and not before[: -len(word)][-1:].isalpha() for word in _CALL)


_ABROAD_DIGITS = 9
