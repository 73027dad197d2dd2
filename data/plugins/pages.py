"""What the start page and a job's page show: rows for the templates, and links in Datasette's own tables."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from datasette import handle_exception
from datasette.database import Database, QueryInterrupted
from datasette.utils import sqlite3
from markupsafe import Markup, escape
from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")

_DATABASE = "jobs"
_SHOWN = 50  # jobs on a page of the list
_COUNTED = 200  # of those that have common words, each of which is asked; more are "more than 200"
_QUICK = 0.25  # seconds that anybody may wait for a count
_RARE = 300  # one of so many open jobs: what else would be read to find the fifty of a page
_ASKED = 5_000  # of the jobs that have common words, the newest: if hardly any of them is shown, all are gone through
_NARROW = "jobs INDEXED BY jobs_open_filters"  # all that filters ask of an open job, in a tenth of the bytes
_HAS_WORDS = (
    "(SELECT has_words(:words, t.title, t.employer, t.place, t.text, t.spellings) FROM job_texts t"
    " WHERE t.search_id = jobs.search_id)"
)
_COMMON = 1_000  # jobs that have some words, or one in twenty, from which on these are common
_BERLIN = ZoneInfo("Europe/Berlin")
_NIGHT_MISSED = timedelta(hours=36)

# What the start page can be narrowed to, by the name in the address; columns that equal what was asked for ...
_EQUAL = {
    "level": "level", "remote": "remote", "employer_type": "employer_type", "match": "match", "city": "city",
    "employer": "employer", "search": "search",
}  # fmt: skip
# ... and conditions on numbers.
_NUMBERS = {
    "km": "distance_km <= :km",
    "pay_from": "coalesce(pay_year_max, pay_year_min) >= :pay_from",
    "days": "first_seen >= date('now', '-' || CAST(:days AS INTEGER) || ' days')",
}
_PAID = "coalesce(pay_year_max, pay_year_min) IS NOT NULL"
_CHOICES = {"km": (5, 10, 20, 30, 50, 100), "days": (1, 3, 7, 14, 30)}
_LISTED = ("level", "remote", "employer_type", "match")  # as choices with their counts
# Orders: what is compared, and the direction; each has its index in the file, written with the same words.
_ORDERS = {
    "new": ("first_seen", "DESC"),
    "pay": ("coalesce(pay_year_max, pay_year_min, 0)", "DESC"),
    "near": ("coalesce(distance_km, 100000)", "ASC"),
    "deadline": ("coalesce(apply_by, '9999')", "ASC"),
}
_OPEN_JOBS = """
    SELECT id, search_id, title, title_clean, employer, city, round(distance_km) AS km, url, level, match, match_reason,
           remote,
           pay_year_min, pay_year_max, pay_basis, pay_scale, pay_group_min, pay_group_max, pay_text,
           status, first_seen, apply_by, first_seen >= date('now', '-7 days') AS is_new,
           CAST(julianday(date('now')) - julianday(coalesce(listed_since, first_seen)) AS INTEGER) AS age,
           EXISTS (SELECT 1 FROM changes c WHERE c.job_id = jobs.id AND c.changed_on > jobs.first_seen
                   AND c.changed_on >= date('now', '-7 days')) AS is_changed,
           {key} AS sort_key
    FROM jobs WHERE {where} ORDER BY {key} {direction}, search_id {direction} LIMIT {limit}
"""
_COUNTS = (
    f"SELECT {{column}} AS value, count(*) AS jobs FROM {_NARROW} WHERE status <> 'closed'"
    " GROUP BY 1 ORDER BY 2 DESC, 1"
)
_LAST_RUNS = """
    SELECT r.id, r.search, r.started_at, r.finished_at, r.exit_code, count(b.board) AS boards,
           coalesce(sum(b.outcome = 'complete'), 0) AS complete, coalesce(sum(b.new), 0) AS new,
           coalesce(sum(b.changed), 0) AS changed, coalesce(sum(b.closed), 0) AS closed
    FROM runs r LEFT JOIN run_boards b ON b.run_id = r.id
    WHERE r.id IN (SELECT max(id) FROM runs WHERE finished_at IS NOT NULL GROUP BY search)
    GROUP BY r.id ORDER BY r.id DESC LIMIT 5
"""
_TROUBLE = """
    SELECT board, outcome, reason FROM run_boards
    WHERE run_id = ? AND outcome <> 'complete' ORDER BY board LIMIT 5
"""
_RUNNING = """
    SELECT started_at FROM runs WHERE finished_at IS NULL
    AND id > (SELECT coalesce(max(id), 0) FROM runs WHERE finished_at IS NOT NULL) ORDER BY id DESC LIMIT 1
"""
_JOB = """
    SELECT j.*, t.text, first_seen >= date('now', '-7 days') AS is_new
    FROM jobs j LEFT JOIN job_texts t ON t.job_id = j.id WHERE j.id = ?
"""
_JOB_PARTS = {
    "places": "SELECT city, postal_code, state FROM job_places WHERE job_id = ? ORDER BY position LIMIT 50",
    "skills": "SELECT skill, need, words FROM job_skills WHERE job_id = ? ORDER BY position LIMIT 100",
    "evidence": "SELECT field, words FROM job_evidence WHERE job_id = ? ORDER BY rowid LIMIT 50",
    "postings": "SELECT board, source_id, title, url, status, leads, first_seen, last_seen, closed_on, closed_reason"
    " FROM postings WHERE job_id = ? ORDER BY leads DESC, board, source_id LIMIT 100",
    "changes": "SELECT changed_on, field, old, new FROM changes WHERE job_id = ? ORDER BY run_id DESC, field LIMIT 200",
    "merges": "SELECT board, source_id, rule, signals, merged_on FROM merges WHERE job_id = ?"
    " ORDER BY merged_on, board, source_id LIMIT 100",
    "similar": "SELECT o.id, o.title_clean AS title, o.city, o.status FROM jobs j JOIN jobs o"
    " ON o.employer_key = j.employer_key AND o.search = j.search AND o.id <> j.id WHERE j.id = ?"
    " ORDER BY o.status = 'closed', o.first_seen DESC, o.id LIMIT 8",
    "links": "SELECT j.id, j.title, j.employer, l.kind, l.signals FROM links l JOIN jobs j"
    " ON j.id = CASE WHEN l.one = ?1 THEN l.other ELSE l.one END WHERE ?1 IN (l.one, l.other)"
    " ORDER BY l.kind, j.id LIMIT 50",
}


# ---------------------------------------------------------------- hooks


@hookimpl
def startup() -> None:
    # Where rich is installed, Datasette prints 200 lines with all variables for each mistyped address.
    # What is really an error still prints its traceback.
    handle_exception.rich = None


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    env.filters["web_url"] = web_url
    env.filters["pay"] = pay
    env.filters["german_time"] = german_time


@hookimpl
def extra_template_vars(
    template: str, view_name: str, request: Any, datasette: Any
) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def variables() -> dict[str, Any]:
        if view_name == "index":
            return {"start": await _start(datasette, request)}
        if template == "row-jobs-jobs.html":
            return {"job_page": lambda job_id: _job_page(datasette, job_id)}
        return {}

    return variables


@hookimpl
def render_cell(row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any) -> Markup | None:
    """Link a job's title to its page wherever a row of the jobs database shows both; write whole numbers readably."""
    if database != _DATABASE or table == "jobs" or value is None:
        return None
    keys = row.keys()
    if column == "title" and "id" in keys:
        return Markup('<a href="{}">{}</a>').format(datasette.urls.row(_DATABASE, "jobs", row["id"]), value)
    if (column == "km" or "year_m" in column) and isinstance(value, (int, float)):
        return escape(f"{value:,.0f}")
    return None


# ---------------------------------------------------------------- how values read


def web_url(url: str | None) -> str | None:
    """Return `url` if a browser may follow it (http, https), else None: adverts are written by strangers."""
    return url if url and url.lower().startswith(("https://", "http://")) else None


def pay(job: Any, t: Any) -> str | None:
    """Return the pay of a job as a person reads it, in the words `t`: `62,000 to 75,000 € a year`."""
    low, high = job["pay_year_min"], job["pay_year_max"]
    if low is None and high is None:
        return None
    if low is None or high is None:
        return str(t("pay.to", high=high) if low is None else t("pay.from", low=low))
    return str(t("pay.one", low=low) if low == high else t("pay.range", low=low, high=high))


def german_time(moment: str | None) -> str:
    """Return an ISO time as date and time in Germany, as the nights are counted."""
    return f"{datetime.fromisoformat(moment).astimezone(_BERLIN):%Y-%m-%d %H:%M}" if moment else ""


# ---------------------------------------------------------------- the start page


async def _start(datasette: Any, request: Any) -> dict[str, Any]:
    database = _jobs_database(datasette)
    if database is None:
        return {"missing": True}
    words = request.args.get("_search", "").strip()
    chosen = _chosen(request.args)
    order = request.args.get("sort") if request.args.get("sort") in _ORDERS else "new"
    after = request.args.get("after", "")
    try:
        summary = await counted(database, "summary", _summary)
        narrowed = bool(words or chosen)
        where, values, matching = await _matching(database, chosen, words, summary)
        common = _HAS_WORDS in where
        most = _COUNTED if common else summary["open"]
        rare = narrowed and not common and (bool(words) or matching * _RARE < summary["open"])
        jobs = await _listed(database, where, values, order, after, rare=rare)
        more = len(jobs) > _SHOWN
        jobs = jobs[:_SHOWN]
        sorting = {} if order == "new" else {"sort": order}
        return {
            "words": words,
            "chosen": [
                (name, value, _link(chosen, words, **sorting, **{name: None})) for name, value in chosen.items()
            ],
            "values": chosen,
            # On a phone the list comes first; its browser says so of itself ("Mobi", as all of them do).
            "filters_open": bool(chosen) or "Mobi" not in (request.headers.get("user-agent") or ""),
            "order": order,
            "orders": [*_ORDERS],
            "choices": _CHOICES,
            "listed": [(name, summary["counts"][name]) for name in _LISTED],
            "hidden": [(name, chosen[name]) for name in ("city", "employer", "search") if name in chosen],
            "towns": summary["counts"]["city"][:12],
            "searches": summary["counts"]["search"],
            "query": urlencode(
                {**{k: v for k, v in chosen.items() if k in _EQUAL}, **({"_search": words} if words else {})}
            ),
            "jobs": jobs,
            "matching": matching,
            "counted": most,
            "open": summary["open"],
            "shown": _SHOWN,
            "next": _link(chosen, words, **sorting, after=f"{jobs[-1]['sort_key']}~{jobs[-1]['search_id']}")
            if more
            else None,
            "first": _link(chosen, words, **sorting) if after else None,
            "town_link": lambda town: _link({**chosen, "city": town}, words, **sorting),
            "runs": await _runs(database),
            "running": await _rows(database, _RUNNING),
            "queries": await datasette.get_canned_queries(_DATABASE, None),
        }
    except (sqlite3.OperationalError, QueryInterrupted) as error:
        return {"fault": str(error)}


def _chosen(arguments: Any) -> dict[str, str]:
    """Return the filters of an address; what is no number where one belongs is left out."""
    chosen = {name: arguments[name] for name in _EQUAL if arguments.get(name)}
    for name in _NUMBERS:
        value = (arguments.get(name) or "").strip().replace(".", "").replace(",", "")
        if value.isascii() and value.isdigit() and len(value) < 10:
            chosen[name] = value
    if arguments.get("paid") == "1":
        chosen["paid"] = "1"
    return chosen


def _jobs_database(datasette: Any) -> Any:
    """Return the database, also when a first crawl has made it since Datasette was started; else None."""
    if _DATABASE not in datasette.databases:
        path = Path(datasette.config_dir or ".") / f"{_DATABASE}.db"
        if not path.is_file():
            return None
        datasette.add_database(Database(datasette, path=str(path), is_mutable=True))
    return datasette.databases[_DATABASE]


async def _rows(database: Any, sql: str, values: Any = ()) -> list[dict[str, Any]]:
    return [dict(row) for row in (await database.execute(sql, values)).rows]


async def _matching(
    database: Any, chosen: dict[str, str], words: str, summary: dict[str, Any]
) -> tuple[str, dict[str, Any], int]:
    """Return the condition for what matches, its values, and how many jobs do.

    Few jobs with these words are found by the full-text index, and counted. Where many have them, the list is read in
    its order and each job asked for them, and the count says "more than 200": all of them are never gathered.
    """
    where, values = _where(chosen), _values(chosen, words)
    if not words:
        if len(chosen) <= 1 and {*chosen} <= {*summary["counts"]}:
            known = {name: dict(summary["counts"][name]).get(value, 0) for name, value in chosen.items()}
            return where, values, next(iter(known.values()), summary["open"])
        return where, values, await _count(database, where, values, summary["open"])
    many = max(_COMMON, summary["open"] // 20)
    sql = "SELECT rowid FROM jobs_fts WHERE jobs_fts MATCH escape_fts(:words) ORDER BY rowid DESC LIMIT :many"
    found = [row["rowid"] for row in await _rows(database, sql, {"words": words, "many": many})]
    values["found"] = json.dumps(found if len(found) < many else found[:_ASKED])
    those = f"{where} AND search_id IN (SELECT value FROM json_each(:found))"
    matching = await _count(database, those, values, _COUNTED if len(found) == many else many)
    if len(found) < many:
        return those, values, matching
    if matching > _COUNTED:
        return f"{where} AND {_HAS_WORDS}", values, matching
    # Many jobs have the words, but hardly any of them is open and matches the filters.
    those = f"{where} AND search_id IN (SELECT rowid FROM jobs_fts WHERE jobs_fts MATCH escape_fts(:words))"
    return those, values, await _count(database, those, values, summary["open"])


def _where(chosen: dict[str, str]) -> str:
    conditions = ["status <> 'closed'", *(f"{column} = :{name}" for name, column in _EQUAL.items() if name in chosen)]
    conditions += [condition for name, condition in _NUMBERS.items() if name in chosen]
    if "paid" in chosen:
        conditions.append(_PAID)
    return " AND ".join(conditions)


def _values(chosen: dict[str, str], words: str) -> dict[str, Any]:
    return {"words": words} | {name: int(value) if name in _NUMBERS else value for name, value in chosen.items()}


async def _listed(
    database: Any, where: str, values: dict[str, Any], order: str, after: str, *, rare: bool
) -> list[dict[str, Any]]:
    """Return the jobs of a page and one more, from behind the job that `after` names (its sort key and number).

    In their order until enough are found; where few of the open jobs match (`rare`), these few are found first, in the
    narrow index jobs_open_filters, and put in order.
    """
    key, direction = _ORDERS[order]
    last, _, search_id = after.rpartition("~")
    if last:
        number = order in ("pay", "near")
        try:
            values |= {"last": float(last) if number else last, "last_id": int(search_id[:18])}
        except ValueError:
            return await _listed(database, where, values, order, "", rare=False)
        where += f" AND ({key}, search_id) {'<' if direction == 'DESC' else '>'} (:last, :last_id)"
    if rare:
        where = (
            f"jobs.rowid IN (SELECT rowid FROM {_NARROW} WHERE {where}"
            f" ORDER BY {key} {direction}, search_id {direction} LIMIT {_SHOWN + 1})"
        )
    sql = _OPEN_JOBS.format(key=key, direction=direction, where=where, limit=_SHOWN + 1)
    return await _rows(database, sql, values)


async def _count(database: Any, where: str, values: dict[str, Any], most: int) -> int:
    """Count the jobs, exactly up to `most`; more than that is one more."""
    sql = f"SELECT count(*) AS jobs FROM (SELECT 1 FROM {_NARROW} WHERE {where} LIMIT {most + 1})"
    return int((await _rows(database, sql, values))[0]["jobs"])


def _link(chosen: dict[str, str], words: str, **changed: str | None) -> str:
    values = {**chosen, **({"_search": words} if words else {}), **changed}
    return "?" + urlencode({name: value for name, value in values.items() if value is not None})


def stamp(database: Any) -> tuple[Any, ...]:
    """Return what changes with the day, and whenever anything was written into the file."""
    path = Path(database.path)
    states = [each.stat() for each in (path, path.with_name(f"{path.name}-wal")) if each.exists()]
    return (datetime.now(UTC).date(), *((state.st_mtime_ns, state.st_size) for state in states))


def _summary(connection: sqlite3.Connection) -> dict[str, Any]:
    counts = {
        name: [tuple(row) for row in connection.execute(_COUNTS.format(column=_EQUAL[name]))]
        for name in (*_LISTED, "city", "search")
    }
    return {"counts": counts, "open": sum(jobs for _, jobs in counts["match"])}


@dataclass(slots=True)
class _Counted:
    stamp: tuple[Any, ...]
    value: Any
    seconds: float


_counted: dict[tuple[str, str], _Counted] = {}
_counting: dict[tuple[str, str], asyncio.Task[Any]] = {}


async def counted(database: Any, name: str, count: Callable[[sqlite3.Connection], Any]) -> Any:
    """Return what `count` makes of the whole file, counted once for each state of it.

    Where that takes long (a million jobs), what was known is shown while it is counted anew: a crawl that keeps writing
    holds nobody up. Only the first reader waits.
    """
    key, now = (str(database.path), name), stamp(database)
    known = _counted.get(key)
    if known and known.stamp == now:
        return known.value
    if key not in _counting or _counting[key].done():
        _counting[key] = asyncio.create_task(_count_anew(database, key, now, count))
    if known and known.seconds > _QUICK:
        return known.value
    return await _counting[key]


async def _count_anew(database: Any, key: tuple[str, str], now: Any, count: Callable[[Any], Any]) -> Any:
    begun = time.monotonic()
    value = await database.execute_fn(count)
    _counted[key] = _Counted(now, value, time.monotonic() - begun)
    return value


async def _runs(database: Any) -> list[dict[str, Any]]:
    """Return the last finished run of each search, with the boards that were not complete."""
    runs = await _rows(database, _LAST_RUNS)
    for run in runs:
        run["trouble"] = await _rows(database, _TROUBLE, [run["id"]])
        run["late"] = datetime.now(UTC) - datetime.fromisoformat(run["started_at"]) > _NIGHT_MISSED
    return runs


# ---------------------------------------------------------------- a job's page


async def _job_page(datasette: Any, job_id: str) -> dict[str, Any]:
    database = datasette.databases[_DATABASE]
    columns = datasette.table_metadata(_DATABASE, "jobs").get("columns", {})
    page = {name: await _rows(database, sql, [job_id]) for name, sql in _JOB_PARTS.items()}
    (job,) = await _rows(database, _JOB, [job_id])
    return {"job": job, "columns": columns, **page}
