"""The advert's text as plain words, without markup, control characters, e-mail addresses and phone numbers."""

import html
import re
import unicodedata

from w3lib.html import remove_tags

LONGEST = 100_000  # characters kept; the raw advert keeps all

_MARKUP = re.compile(r"</?[a-zA-Z!]")
_BLOCKS = re.compile(r"<(?:/p|br ?/?|/li|/div|/h[1-6]|/tr)>", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\ufeff]")  # and soft hyphens, zero widths
_SPACES = re.compile(r"[ \t\u00a0\u2007\u202f]{2,}|[\u00a0\u2007\u202f]")
# An e-mail address is found from its @, outwards: a pattern that begins with the name scans every word of the text.
_AT = re.compile(r"@|\((?:at|ät)\)|\[(?:at|ät)\]", re.IGNORECASE)
_NAME_REVERSED = re.compile(r" ?[\w.+-]{1,64}")
_DOMAIN_AFTER = re.compile(r" ?[\w-]{1,63}(?:(?: ?\.| ?\(dot\) ?| ?\[dot\] ?)[\w-]{1,63}){1,4}", re.IGNORECASE)
# What may be a phone number: at most 29 characters that begin and end with a digit. Found first, judged then: fast.
_NUMBER = re.compile(r"[+(0-9](?<![0-9.,].)[0-9 ()+/.–-]{5,27}[0-9](?![0-9])")
_CALL = re.compile(
    r"(?<![a-zäöüß])(?:tel|fon|phone|mobil|handy|fax|telefon|telefax|telephone|durchwahl|(?:ruf|telefon|mobil|fax)nummer|"
    r"(?:telefon|mobil|fax)nr)[.:]{0,2} {0,2}$",
    re.IGNORECASE,
)
# +49 …, 0049 …, 0231/…, (0231) …, 0171 …: after the area code at least five more digits.
_DIALLED = re.compile(
    r"\(?(?:\+|00)[1-9]|\(?0[1-9][0-9]{1,4}(?![0-9])\)? ?[/–-]? ?(?:[0-9] ?[–-]? ?){4,14}[0-9]|0[1-9][0-9]{8,12}\Z"
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
        text = remove_tags(_BLOCKS.sub("\n", text))
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\u2011", "-"))
    text = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be stored
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = _SPACES.sub(" ", text)
    return redact(text).strip() or None


def redact(text: str) -> str:
    """Replace e-mail addresses and phone numbers by [e-mail] and [phone]: they belong to persons, not to the job."""
    kept, done = [], 0
    for sign in _AT.finditer(text):
        if not text[sign.start() - 1 : sign.start()].strip("@"):  # nothing before it, or a row of them
            continue
        before = max(done, sign.start() - 65)
        name = _NAME_REVERSED.match(text[before : sign.start()][::-1])
        domain = _DOMAIN_AFTER.match(text, sign.end())
        if name and domain:
            kept += [text[done : sign.start() - name.end()], "[e-mail]"]
            done = domain.end()
    text = "".join([*kept, text[done:]])
    return _NUMBER.sub(_phone, text)


def _phone(number: re.Match[str]) -> str:
    """A number is a phone number when a word before says so, or when it starts like one: +49, 0049, 0231/."""
    if _DIALLED.match(number[0]) or _CALL.search(number.string[max(0, number.start() - 24) : number.start()]):
        return "[phone]"
    return number[0]
