"""What the start page and a job's page show: rows for the templates, and links in Datasette's own tables."""

from collections.abc import Awaitable, Callable
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
_SHOWN = 100  # jobs on the start page; the table pages hold them all
_BERLIN = ZoneInfo("Europe/Berlin")
_NIGHT_MISSED = timedelta(hours=36)
_FILTERS = {"level": "Level", "match": "Match", "city": "Town", "employer": "Employer", "search": "Search"}

_OPEN_JOBS = f"""
    SELECT id, title, title_clean, employer, city, round(distance_km) AS km, url, level, match, match_reason, remote,
           pay_year_min, pay_year_max, pay_basis, pay_scale, pay_group_min, pay_group_max, pay_text,
           status, first_seen, apply_by, first_seen >= date('now', '-7 days') AS is_new
    FROM jobs WHERE %s ORDER BY first_seen DESC, match, published_on DESC, id LIMIT {_SHOWN}
"""
_COUNTS = """
    SELECT {column} AS value, count(*) AS jobs FROM jobs
    WHERE {where} AND {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 15
"""
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


def pay(job: Any) -> str | None:
    """Return the pay of a job as a person reads it: `62,000 to 75,000 € a year`."""
    low, high = job["pay_year_min"], job["pay_year_max"]
    if low is None and high is None:
        return None
    if low is None:
        return f"up to {high:,.0f} € a year"
    if high is None:
        return f"from {low:,.0f} € a year"
    return f"{low:,.0f} € a year" if low == high else f"{low:,.0f} to {high:,.0f} € a year"


def german_time(moment: str | None) -> str:
    """Return an ISO time as date and time in Germany, as the nights are counted."""
    return f"{datetime.fromisoformat(moment).astimezone(_BERLIN):%Y-%m-%d %H:%M}" if moment else ""


# ---------------------------------------------------------------- the start page


async def _start(datasette: Any, request: Any) -> dict[str, Any]:
    database = _jobs_database(datasette)
    if database is None:
        return {"missing": True}
    words = request.args.get("_search", "").strip()
    chosen = {name: request.args[name] for name in _FILTERS if request.args.get(name)}
    try:
        return {
            "words": words,
            "chosen": [(name, value, _link(chosen, words, **{name: None})) for name, value in chosen.items()],
            "hidden": list(chosen.items()),
            "query": urlencode({**chosen, **({"_search": words} if words else {})}),
            "jobs": await _rows(database, _OPEN_JOBS % _where(chosen, words), {**chosen, "words": words}),
            "matching": await _count(database, chosen, words),
            "open": await _count(database, {}, ""),
            "shown": _SHOWN,
            "filters": await _filters(database, chosen, words),
            "runs": await _runs(database),
            "running": await _rows(database, _RUNNING),
            "queries": await datasette.get_canned_queries(_DATABASE, None),
        }
    except (sqlite3.OperationalError, QueryInterrupted) as error:
        return {"fault": str(error)}


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


def _where(chosen: dict[str, str], words: str) -> str:
    conditions = ["status <> 'closed'", *(f"{name} = :{name}" for name in chosen)]
    if words:
        conditions.append("search_id IN (SELECT rowid FROM jobs_fts WHERE jobs_fts MATCH escape_fts(:words))")
    return " AND ".join(conditions)


async def _count(database: Any, chosen: dict[str, str], words: str) -> int:
    sql = f"SELECT count(*) AS jobs FROM jobs WHERE {_where(chosen, words)}"
    return int((await _rows(database, sql, {**chosen, "words": words}))[0]["jobs"])


def _link(chosen: dict[str, str], words: str, **changed: str | None) -> str:
    values = {**chosen, **({"_search": words} if words else {}), **changed}
    return "?" + urlencode({name: value for name, value in values.items() if value is not None})


async def _filters(database: Any, chosen: dict[str, str], words: str) -> list[dict[str, Any]]:
    """Return for each filter not chosen yet its values, with how many of the jobs now shown have each."""
    groups = []
    for column, label in _FILTERS.items():
        if column in chosen:
            continue
        sql = _COUNTS.format(column=column, where=_where(chosen, words))
        counts = await _rows(database, sql, {**chosen, "words": words})
        if len(counts) > 1:
            values = [(each["value"], each["jobs"], _link(chosen, words, **{column: each["value"]})) for each in counts]
            groups.append({"label": label, "values": values})
    return groups


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
