"""Search words of one or two letters (IT, HR): the index knows three letters at least, so it holds them as `it__`."""

import re
import sqlite3
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")

_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
_EMPTY_SEARCH = re.compile(rb"(?:^|&)_search=\+*(?=&|$)")
_SHORTEST = 3  # letters: the index stores three at a time


def escape_fts(query: str) -> str:
    """Return what a person typed as an FTS5 query: every word, or "quoted phrase", must occur.

    >>> escape_fts('IT leiter'), escape_fts('"head of it" c#')
    ('"it__" "leiter"', '"head of it" "c__"')
    """
    return " ".join(f'"{term}"' for term in _terms(query)) or '""'


@lru_cache(maxsize=64)  # asked for each job of a list
def _terms(query: str | None) -> tuple[str, ...]:
    terms = []
    for phrase, word in _TERM.findall((query or "").replace("\0", " ")):
        term = phrase.strip() or word
        if len(term) >= _SHORTEST:
            terms.append(term)
        elif letters := re.sub(r"\W", "", term):
            terms.append(letters.casefold() + "__")
    return tuple(terms)


def has_words(query: str, *texts: str | None) -> bool:
    """Say whether these texts have all words of a query, as the full-text index would; for one job 50 times quicker.

    >>> has_words("IT leiter", "IT-Leitung", None, "Leiterin it__"), has_words("IT leiter", "Leiterin")
    (True, False)
    """
    terms = _terms(query)
    everything = "\0".join(each for each in texts if each).lower()
    return bool(terms) and all(term.lower() in everything for term in terms)


# Datasette registers its own function of this name in the same hook; trylast lets ours replace it.
@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    conn.create_function("escape_fts", 1, escape_fts, deterministic=True)
    conn.create_function("has_words", 6, has_words, deterministic=True)


Application = Callable[[Any, Any, Any], Awaitable[None]]


# Datasette's filter form always sends its search field, and to search for nothing finds nothing: leave the field out.
@hookimpl
def asgi_wrapper() -> Callable[[Application], Application]:
    def wrapped(application: Application) -> Application:
        async def without_empty_search(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                scope = {**scope, "query_string": _EMPTY_SEARCH.sub(b"", scope.get("query_string", b""))}
            await application(scope, receive, send)

        return without_empty_search

    return wrapped
