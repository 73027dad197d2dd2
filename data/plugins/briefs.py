"""The brief of each search at /-/brief with its feeds, those of each watch at /-/feeds: files, served as they are."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from datasette import Response
from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")

_FEEDS = {".atom": "application/atom+xml; charset=utf-8", ".ics": "text/calendar; charset=utf-8"}
_LISTED = 14  # earlier briefs that the page leads to


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return [
        (r"^/-/brief$", _brief),
        (r"^/-/brief/(?P<search>[^/.]+)$", _brief),
        (r"^/-/brief/(?P<search>[^/.]+)/(?P<name>[0-9-]+)$", _brief),
        (r"^/-/brief/(?P<search>[^/.]+)/(?P<feed>jobs\.atom|deadlines\.ics)$", _feed),
        (r"^/-/feeds/(?P<feed>[A-Za-z0-9_-]+\.(atom|ics))$", _feed),
    ]


def _folder(datasette: Any) -> Path:
    """Where runs put their briefs: beside raw.db, which `scrapy serve` names, else in private/ beside jobs.db."""
    raw_db, jobs = os.environ.get("STELLWERK_RAW_DB"), datasette.databases.get("jobs")
    if raw_db:
        return Path(raw_db).parent / "briefs"
    return Path(jobs.path if jobs and jobs.path else "jobs.db").parent / "private" / "briefs"


async def _brief(datasette: Any, request: Any) -> Response:
    """Show a brief, the newest where none is named, of the search that ran last where none is named."""
    folder, asked = _folder(datasette), request.url_vars
    newest = {path.parent.name: path.stem for path in sorted(folder.glob("*/*.html"))}
    search = asked.get("search") or max(newest, key=lambda each: newest[each], default="")
    path = folder / search / f"{asked.get('name') or newest.get(search, '')}.html"
    words, language = "", "en"
    if search and path.is_file():
        page = path.read_text(encoding="utf-8")
        words = page.partition("<body>")[2].partition("</body>")[0]  # ours, and escaped when it was written
        language = page.partition('<html lang="')[2][:2]
    names = sorted((each.stem for each in (folder / search).glob("*.html")), reverse=True) if search else []
    shown = {
        "brief": words, "language": language, "search": search, "shown": path.stem,
        "earlier": names[:_LISTED], "others": sorted(set(newest) - {search}),
    }  # fmt: skip
    html = await datasette.render_template("brief.html", shown, request=request)
    return Response.html(html, status=200 if words else 404)


async def _feed(datasette: Any, request: Any) -> Response:
    asked = request.url_vars
    folder = _folder(datasette) / asked["search"] if "search" in asked else _folder(datasette).parent / "feeds"
    path = folder / asked["feed"]
    if not path.is_file():
        return Response.text("No run has written this feed yet.\n", status=404)
    return Response(path.read_bytes().decode(), content_type=_FEEDS[path.suffix])
