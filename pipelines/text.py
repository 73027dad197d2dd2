"""The advert's text as plain words, without markup, control characters, e-mail addresses and phone numbers."""

import html
import re
import unicodedata

from w3lib.html import remove_tags

LONGEST = 100_000  # characters kept; the raw advert keeps all

_MARKUP = re.compile(r"</?(?:p|br|div|li|ul|ol|h[1-6]|b|strong|i|em|span|a|table|tr|td)\b", re.IGNORECASE)
_BLOCKS = re.compile(r"<(?:/p|br ?/?|/li|/div|/h[1-6]|/tr)>", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\ufeff]")  # and soft hyphens, zero widths
_SPACES = re.compile(r"[ \t\u00a0\u2007\u202f]{2,}")
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64} ?(?:@|\(at\)|\[at\]|\(ät\)|\[ät\]) ?[\w-]{1,63}(?: ?\.[\w-]{1,63}){1,4}", re.IGNORECASE
)
# A number is a phone number when a word says so, or when it starts like one: +49, 0049, or 0 and an area code.
_PHONE = re.compile(
    r"(?:(?:Tel|Fon|Phone|Mobil|Handy|Fax|Durchwahl|Rufnummer)[a-z]{0,10}[.:]{0,2} {0,2}"
    r"\(?\+?[0-9][0-9 ()/.–-]{4,24}[0-9])"
    r"|(?:(?<![0-9.,+])(?:\+|00)[1-9][0-9]{0,2}[ ()/–-]{0,3}[0-9(][0-9 ()/–-]{5,20}[0-9])"
    r"|(?:(?<![0-9.,+])0[1-9][0-9]{1,4}[ ]?[/–-][ ]?[0-9][0-9 –-]{3,14}[0-9])",
    re.IGNORECASE,
)


def plain(text: str | None) -> str | None:
    """Return the words of `text`: no markup, entities or control characters; contact data replaced by […].

    At most LONGEST characters. None when nothing is left.
    """
    if not text:
        return None
    text = text[:LONGEST]
    if "<" in text and _MARKUP.search(text):
        text = remove_tags(_BLOCKS.sub("\n", text))
    if "&" in text:
        text = html.unescape(text)
    text = _CONTROL.sub("", text.replace("\r\n", "\n"))
    text = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be stored
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = _SPACES.sub(" ", text)
    return redact(text).strip() or None


def redact(text: str) -> str:
    """Replace e-mail addresses and phone numbers by [e-mail] and [phone]: they belong to persons, not to the job."""
    if "@" in text or "at)" in text or "at]" in text or "ät" in text:
        text = _EMAIL.sub("[e-mail]", text)
    return _PHONE.sub("[phone]", text)
