"""Reservations against text and data mining, as the W3C's TDMRep writes them: pure rules over what a host answered.

A file at /.well-known/tdmrep.json speaks for the host, the header `tdm-reservation` for an answer, the meta element of
the same name for a page; what comes later outranks what came before, and any value but 0 and 1 says nothing.
"""

import json
import re
from typing import Any

from scrapy.http import HtmlResponse, Response

FILE = "/.well-known/tdmrep.json"
_META = re.compile(r"<meta\b[^<>]{0,300}>", re.IGNORECASE)
_NAME = re.compile(r"""\bname\s{0,9}=\s{0,9}["']?tdm-reservation["'\s>/]""", re.IGNORECASE)
_CONTENT = re.compile(r"""\bcontent\s{0,9}=\s{0,9}["']?\s{0,9}([01])\s{0,9}(?:["'\s>/]|\Z)""", re.IGNORECASE)
_HEAD = 50_000  # characters of a page in which its head stands
_MOST_RULES = 1_000


def of_file(body: bytes, path: str) -> bool:
    """Say whether a host's tdmrep.json reserves a path (with its query): the first rule that matches decides.

    >>> of_file(b'[{"location": "/jobs/*", "tdm-reservation": 1}]', "/jobs/1"), of_file(b"<html>", "/jobs/1")
    (True, False)
    """
    try:
        rules = json.loads(body)
    except (ValueError, RecursionError):
        return False
    for rule in rules[:_MOST_RULES] if isinstance(rules, list) else []:
        if isinstance(rule, dict) and isinstance(rule.get("location"), str) and _matches(rule["location"], path):
            return _value(rule.get("tdm-reservation")) is True
    return False


def of_answer(response: Response) -> bool:
    """Say whether an answer reserves itself, by its header or, if it is a page, by its meta element."""
    reserved = _value((response.headers.get("tdm-reservation") or b"").decode("latin-1").strip())
    if isinstance(response, HtmlResponse):
        for element in _META.findall(response.text[:_HEAD]):
            if _NAME.search(element) and (content := _CONTENT.search(element)):
                reserved = content[1] == "1"
    return reserved is True


def _value(stated: Any) -> bool | None:
    return {"1": True, "0": False}.get(str(stated)) if not isinstance(stated, bool) else None


def _matches(location: str, path: str) -> bool:
    """Compare as robots.txt does: from the beginning, * for anything, $ for the end."""
    parts = location.removesuffix("$").split("*")[:20]
    at = len(parts[0])
    if not path.startswith(parts[0]):
        return False
    for part in parts[1:]:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return not location.endswith("$") or at == len(path) or (len(parts) > 1 and path.endswith(parts[-1]))
