"""Watches: who wants to be told what, as `tell.toml` says; which of a search's news are for whom. Pure rules."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from typing import Any

from pipelines.dates import BERLIN
from pipelines.news import News, Post
from pipelines.spelling import fold

NEWS = ("new", "back", "changed", "closing", "closed")
LEVELS = ("cio", "head", "division", "department", "section", "team", "deputy")


class WatchError(Exception):
    """`tell.toml` cannot be read; the message says where and what to write."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One person's saved search: what is told, to whom, when. Empty lists and None ask for nothing."""

    name: str
    to: tuple[str, ...]  # names of environment variables; each holds an address as Apprise writes it
    search: str = "dortmund_itleiter"
    language: str = "en"
    news: tuple[str, ...] = ("new", "back", "changed", "closing")
    role: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    radius_km: float | None = None  # posts whose place is not known are told
    least_pay: float | None = None  # EUR a year that the post pays at most; posts that state none are told
    pay_known: bool = False  # only posts that state what they pay
    agencies: bool = True
    without_employers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()  # one of them must stand in the advert
    without_words: tuple[str, ...] = ()
    each: bool = False  # a message for each post; else one for all
    quiet: str = ""  # "21:00-07:00", German time: nothing is sent then, but afterwards
    empty: bool = False  # also say that there is nothing


_ALLOWED: dict[str, tuple[str, ...]] = {
    "news": NEWS, "level": LEVELS, "match": ("exact", "near"), "remote": ("none", "hybrid", "full", "unknown"),
    "language": ("en", "de"),
}  # fmt: skip
_KINDS: dict[Any, tuple[type, ...]] = {
    str: (str,), bool: (bool,), float | None: (int, float), tuple[str, ...]: (list,),
}  # fmt: skip


def read(text: str) -> list[Watch]:
    """Return the watches of a `tell.toml`; raises WatchError, which names the entry, the key, and what to write."""
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WatchError(f"this is no TOML: {error}") from error
    entries = stated.pop("watch", [])
    if stated or not isinstance(entries, list):
        raise WatchError(f"{', '.join(stated) or 'watch'}: each watch begins with a line [[watch]]")
    found = [_watch(each, number) for number, each in enumerate(entries, 1)]
    names = [each.name for each in found]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise WatchError(f"two watches have the name {', '.join(sorted(doubled))}")
    return found


def _watch(stated: Mapping[str, Any], number: int) -> Watch:
    where = f"watch {number}" + (f" ({stated['name']})" if isinstance(stated.get("name"), str) else "")
    known = {each.name: each.type for each in fields(Watch)}
    for key, value in stated.items():
        if key not in known:
            raise WatchError(f"{where}: {key} is not known; known are {', '.join(known)}")
        kinds = _KINDS[known[key]]
        wrong = not isinstance(value, kinds) or (bool not in kinds and isinstance(value, bool))
        if wrong or (isinstance(value, list) and not all(isinstance(each, str) for each in value)):
            what = {list: "a list of texts", str: "a text", bool: "true or false"}.get(kinds[0], "a number")
            raise WatchError(f"{where}: {key} is {what}, not {value!r:.60}")
        if bad := [each for each in _listed(value) if key in _ALLOWED and each not in _ALLOWED[key]]:
            raise WatchError(f"{where}: {key} knows {', '.join(_ALLOWED[key])}, not {', '.join(map(str, bad))}")
    _complete(stated, where)
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in stated.items()}
    return Watch(**values)


def _complete(stated: Mapping[str, Any], where: str) -> None:
    """Raise where something is missing, or not written as it must be."""
    for needed in ("name", "to"):
        if not stated.get(needed):
            raise WatchError(f"{where}: {needed} is missing")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", stated["name"]):
        raise WatchError(f"{where}: name is made of letters, digits, - and _: its feeds are called so")
    for variable in stated["to"]:
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", variable):
            raise WatchError(
                f"{where}: to names environment variables (TELL_MAIL), and one of these is no such name. Addresses hold"
                " passwords, so they stay out of this file"
            )
    if stated.get("quiet"):
        _hours(stated["quiet"], where)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _hours(quiet: str, where: str = "") -> tuple[time, time]:
    found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])", quiet)
    if not found:
        raise WatchError(f'{where}: quiet is written "21:00-07:00", not {quiet!r:.40}')
    numbers = [int(each) for each in found.groups()]
    return time(numbers[0], numbers[1]), time(numbers[2], numbers[3])


# ---------------------------------------------------------------- for whom


def chosen(news: News, watch: Watch) -> News:
    """Return what of the news is for this watch."""

    def those(name: str, posts: Iterable[Post]) -> tuple[Post, ...]:
        return tuple(post for post in posts if name in watch.news and is_wanted(post, watch))

    def pairs(name: str, found: Iterable[tuple[Post, Any]]) -> tuple[tuple[Post, Any], ...]:
        return tuple(each for each in found if name in watch.news and is_wanted(each[0], watch))

    return replace(
        news, new=those("new", news.new), back=those("back", news.back), closing=those("closing", news.closing),
        changed=pairs("changed", news.changed), closed=pairs("closed", news.closed),
    )  # fmt: skip


def is_wanted(post: Post, watch: Watch) -> bool:
    """Say whether a watch asks for a post. What a post does not state speaks for it, if the watch says nothing else."""
    stated = {"role": post.role, "level": post.level, "match": post.match, "remote": post.remote}
    known = {name: value for name, value in stated.items() if value not in (None, "unknown")}
    if any(getattr(watch, name) and value not in getattr(watch, name) for name, value in known.items()):
        return False
    if watch.radius_km is not None and post.distance_km is not None and post.distance_km > watch.radius_km:
        return False
    most = post.pay_year_max if post.pay_year_max is not None else post.pay_year_min
    if (watch.pay_known and most is None) or (watch.least_pay and most is not None and most < watch.least_pay):
        return False
    if not watch.agencies and post.employer_type == "agency":
        return False
    employer = fold(post.employer or "")
    if any(fold(each) in employer for each in watch.without_employers):
        return False
    text = fold(post.text)
    if watch.words and not any(_stands(each, text) for each in watch.words):
        return False
    return not any(_stands(each, text) for each in watch.without_words)


def _stands(word: str, text: str) -> bool:
    return re.search(rf"(?<![^\W_]){re.escape(fold(word))}(?![^\W_])", text) is not None


def apart(news: News) -> list[News]:
    """Return the same news one post at a time."""
    nothing = replace(news, new=(), back=(), changed=(), closing=(), closed=())
    found: list[dict[str, Any]] = [{name: (each,)} for name in NEWS for each in getattr(news, name)]
    return [replace(nothing, **each) for each in found]


# ---------------------------------------------------------------- when


def due(now: datetime, quiet: str) -> datetime:
    """Return the first moment from `now` on that is not in the quiet hours."""
    if not quiet:
        return now
    first, last = _hours(quiet)
    local = now.astimezone(BERLIN)
    inside = first <= local.time() < last if first <= last else local.time() >= first or local.time() < last
    if not inside:
        return now
    end = local.replace(hour=last.hour, minute=last.minute, second=0, microsecond=0)
    return (end if end > local else end + timedelta(days=1)).astimezone(now.tzinfo)
