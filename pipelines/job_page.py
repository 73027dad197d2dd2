"""A page with a job on it: its schema.org markup, however broken, and whether the job is still offered.

One broken block costs no neighbour: each script is read on its own, strictly first, then by named repairs. Rules and
their evidence: docs/sources.md, schema_org.
"""

import functools
import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from parsel import Selector

from pipelines.reference import rows

SCRIPTS, REPAIRED, REPAIRABLE = 100, 3, 60_000  # scripts read; of these guessed at; characters of one to be guessed at
DEPTH, NODES = 40, 20_000  # of a block that are walked through
RATIO = 1.8  # a page that declares so much more than it shows offers no job; real ones reach 1.5 (2,222 pages, 2026)
LEAST_DECLARED = 400  # characters of description below which the ratio says nothing
_OPENING = ("//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA[", "<!--")
_CLOSING = ("//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>", "//-->", "-->")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_BAD_ESCAPE = re.compile(r'\\(?=[^"\\/bfnrtu])')
_MISSING_COMMA = re.compile(r'(["\]}]|(?<=[0-9])|\b(?:true|false|null))(\s+)(?="[@A-Za-z][\w@]{0,40}"\s*:)')
_COMMENT = re.compile(r"(?:^|(?<=[\s,{\[}\]]))//[^\n\"]*$|/\*.*?\*/", re.MULTILINE | re.DOTALL)
_CLOSED = re.compile("|".join(row["pattern"] for row in rows("closing_phrases.csv")), re.IGNORECASE)


@dataclass(slots=True)
class Markup:
    """What a page's markup says: its JobPosting nodes in order, and the addresses of the jobs it lists."""

    postings: list[dict[str, Any]] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)  # what was needed to read a block, by name


def markup(page: str) -> Markup:
    """Read the schema.org markup of an HTML page: JSON-LD, and microdata where there is none. Raises nothing."""
    found = Markup()
    if "ld+json" in page.lower():
        for script in _scripts(page):
            for block, repair in _blocks(script, found.repairs):
                _collect(block, found)
                if repair:
                    found.repairs.append(repair)
    if not found.postings and "itemtype" in page and "JobPosting" in page:
        for node in _microdata(page):
            _collect(node, found)
    return found


def _scripts(page: str) -> Iterator[str]:
    scripts = _selector(page).xpath("//script[@type]")
    read = 0
    for script in scripts:
        if script.attrib["type"].split(";")[0].strip().lower() == "application/ld+json" and read < SCRIPTS:
            read += 1
            yield "".join(script.xpath("./text()").getall())


# ---------------------------------------------------------------- one block


def _blocks(text: str, repairs: list[str]) -> Iterator[tuple[Any, str | None]]:
    """Yield the JSON values of a script, each with the name of the repair that it took."""
    text = _unguarded(text.strip().lstrip("\ufeff"))
    if not text or text == "null":
        return
    for repair, attempt in _attempts(text, repairs):
        values = _values(attempt)
        if values is not None:
            for value in values:
                again = _values(value) if isinstance(value, str) else None  # JSON in a JSON text, once
                for each in [value] if again is None else again:
                    yield each, "encoded twice" if again is not None else repair
            return
    repairs.append("unreadable")


def _unguarded(text: str) -> str:
    """Take off what once hid scripts from old browsers, in the forms that are seen, at most two deep."""
    for _ in range(2):
        text = text.strip()
        opening = next((each for each in _OPENING if text.startswith(each)), "")
        closing = next((each for each in _CLOSING if text.endswith(each)), "")
        text = text.removeprefix(opening).removesuffix(closing)
    return text.strip()


def _attempts(text: str, repairs: list[str]) -> Iterator[tuple[str | None, str]]:
    yield None, text
    if "&" in text:
        yield "unescaped", html.unescape(text)
    tidied = _tidied(text)
    if tidied != text:
        yield "tidied", tidied
    if "&quot;" in text:
        yield "unescaped and tidied", _tidied(html.unescape(text))
    if len(text) <= REPAIRABLE and "JobPosting" in text and repairs.count("guessed") < REPAIRED:
        import json_repair  # noqa: PLC0415 - slow to load, and seldom needed

        guessed = json_repair.repair_json(text)
        if "JobPosting" in guessed:
            yield "guessed", guessed


def _tidied(text: str) -> str:
    """Mend what leaves one reading only: signs after the end, comments, commas too many or few, wrong escapes."""
    text = _BAD_ESCAPE.sub("", text.replace("\xa0", " ").replace("\ufeff", "")).strip()
    if "//" in text or "/*" in text:
        text = _COMMENT.sub("", text)
    end = max(text.rfind("}"), text.rfind("]"))
    text = _TRAILING_COMMA.sub(r"\1", text[: end + 1] if end >= 0 else text)
    return _MISSING_COMMA.sub(r"\1,\2", text).strip()


_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _: None)


def _values(text: str) -> list[Any] | None:
    """Read one JSON value after the other; None when the text is anything else."""
    values, position = [], 0
    try:
        while position < len(text):
            value, position = _DECODER.raw_decode(text, position)
            values.append(value)
            while position < len(text) and text[position] in " \t\r\n":
                position += 1
    except (ValueError, RecursionError):
        return None
    return values


# ---------------------------------------------------------------- the tree


_NAMES = {"@type", "type", "@id", "@context"}


def _types(node: dict[str, Any]) -> set[str]:
    stated = node.get("@type", node.get("type"))
    return {
        re.split(r"[/#:]", each)[-1].strip().lower()
        for each in (stated if isinstance(stated, list) else [stated])
        if isinstance(each, str)
    }


def _collect(block: Any, found: Markup) -> None:
    """Walk a block; take its JobPosting nodes, keys as schema.org writes them and references replaced."""
    nodes = [*_walk(block)]
    by_id = {node["@id"]: node for node, _ in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    for node, parents in nodes:
        types = _types(node)
        if "jobposting" in types and node.keys() - _NAMES and "jobposting" not in parents:
            found.postings.append(_plain(node, by_id))
        elif types & {"listitem"}:
            item = node.get("item")
            address = node.get("url") or (item if isinstance(item, str) else None)
            if isinstance(item, dict) and not _types(item) & {"jobposting"}:
                address = address or item.get("url") or item.get("@id")
            if isinstance(address, str):
                found.listed.append(address)


def _walk(block: Any) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    """Yield every object in the order it stands, with the types that it stands in."""
    open_ends: list[tuple[Any, int, frozenset[str]]] = [(block, 0, frozenset())]
    for _ in range(NODES):
        if not open_ends:
            return
        value, depth, parents = open_ends.pop()
        inner: Iterable[Any] = ()
        if isinstance(value, dict):
            value = {_key(key): each for key, each in value.items()}
            yield value, parents
            inner, parents = value.values(), parents | _types(value)
        elif isinstance(value, list):
            inner = value
        if depth < DEPTH:
            open_ends.extend(
                (each, depth + 1, parents) for each in reversed([*inner]) if isinstance(each, (dict, list))
            )


def _key(key: str) -> str:
    return key if key.startswith("@") else key[:1].lower() + key[1:]


def _plain(value: Any, by_id: dict[str, Any], depth: int = 0) -> Any:
    """Return a node with its keys in schema.org's spelling, its references followed once."""
    if isinstance(value, list):
        return [_plain(each, by_id, depth) for each in value[:200]] if depth < 8 else []
    if not isinstance(value, dict):
        return value
    if depth >= 8:
        return {}
    if value.keys() <= {"@id", "@type"} and isinstance(value.get("@id"), str):
        value = by_id.get(value["@id"], value)
        depth += 4  # a reference may lead in a circle
    return {_key(key): _plain(each, by_id, depth + 1) for key, each in value.items()}


def _microdata(page: str) -> Iterator[dict[str, Any]]:
    from extruct.w3cmicrodata import MicrodataExtractor  # noqa: PLC0415 - takes half a second to load, seldom needed

    try:
        items = MicrodataExtractor(nested=True).extract(page)
    except Exception:  # noqa: BLE001 - a fallback: what it cannot read is no markup
        return
    for item in items:
        yield _item(item)


def _item(item: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    def value(stated: Any) -> Any:
        if isinstance(stated, list):
            return [value(each) for each in stated]
        return _item(stated, depth + 1) if isinstance(stated, dict) and depth < 8 else stated

    stated = item.get("type")
    return {"@type": stated, **{name: value(each) for name, each in (item.get("properties") or {}).items()}}


# ---------------------------------------------------------------- the page itself


def canonical(page: str) -> str | None:
    """Return the address that a page states as its own (<link rel=canonical>)."""
    found = _selector(page).xpath("//link[contains(@rel, 'canonical')]/@href").get()
    return found.strip() if found and found.strip() else None


def titled(page: str, organisation: str | None) -> str | None:
    """Return a page's title without its organisation, for markup without one; None when it does not end in it."""
    stated = " ".join((_selector(page).xpath("//head/title/text()").get() or "").split())
    for sign in (" - ", " | ", " – ", " at ", " bei "):
        title, found, name = stated.rpartition(sign)
        if found and organisation and name.casefold().startswith(organisation.casefold()):
            return title or None
    return None


def withdrawn(page: str, description: str | None) -> str | None:
    """Say why a page with a job's markup does not offer it any more; None when it does.

    Its visible text says so in a known phrase, or is far shorter than the description that the markup declares.
    """
    shown = visible(page)
    if phrase := _CLOSED.search(shown):
        return f"the page says: “{phrase[0][:100]}”"
    declared = len(_words(description or ""))
    if declared >= LEAST_DECLARED and declared > RATIO * max(len(shown), 1):
        return f"the page shows {len(shown)} characters of the {declared} that it declares"
    return None


def visible(page: str) -> str:
    """Return the words of a page that a reader sees, without menus, headers and footers."""
    body = _selector(page).xpath(
        "//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template"
        " or ancestor::nav or ancestor::footer or ancestor::header or ancestor::head)]"
    )
    return " ".join(" ".join(body.getall()).split())


def _selector(page: str) -> Selector:
    """Parse a page; half a letter, which no encoding can hold, is no reason to give up."""
    return Selector(text=page.encode("utf-8", "replace").decode("utf-8"), type="html")


@functools.lru_cache(maxsize=8)
def _words(description: str) -> str:
    plain = html.unescape(html.unescape(description))
    return " ".join(re.sub(r"<[^<>]{1,500}>", " ", plain).split())
