"""The pictures at /-/pictures: the stored queries picture_… of metadata.yaml, drawn as SVG on our side.

A picture is a function from rows and words to an SVG, or None where there is too little to draw. Everything that a
colour says is also said by a shape, a place or a number.
"""

import itertools
import json
import math
from collections.abc import Callable
from typing import Any

from datasette import Response
from datasette.plugins import pm
from datasette.utils import sqlite3
from markupsafe import Markup, escape
from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")

Rows = list[dict[str, Any]]
_WIDTH, _LEFT, _RIGHT = 600, 46, 14
_BANDS = (("pic.entry", 4500, 5900), ("pic.experienced", 7000, 8200))  # EUR a month, as the README states them
_LONGEST_NAME = 30
_RINGS = (10, 25, 50, 100, 200)  # km
_KM_A_DEGREE = 111.2


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return [(r"^/-/pictures$", _page)]


async def _page(datasette: Any, request: Any) -> Response:
    words, pages = pm.get_plugin("words.py"), pm.get_plugin("pages.py")
    t = words.Words(words.language(request))
    database = pages._jobs_database(datasette)  # noqa: SLF001 - one place opens a file made since the start
    shown, counted_at = [], ""
    if database is not None:
        results, counted_at = await _results(datasette, database)
        for name, (query, draw) in _PICTURES.items():
            svg = draw(results[query], t) if results[query] else None
            shown.append({"name": name, "query": query, "svg": _whole(name, svg, t) if svg else None})
    found = {"pictures": shown, "counted_at": counted_at}
    return Response.html(await datasette.render_template("pictures.html", found, request=request))


async def _results(datasette: Any, database: Any) -> tuple[dict[str, Rows], str]:
    """Return the rows of all queries and when they were counted: by the last run, or "" where the queries were run now.

    A file of an older version, or one whose first run has not ended, has nothing counted yet.
    """
    pages = pm.get_plugin("pages.py")
    stored = {query: await datasette.get_canned_query("jobs", query, None) for query, _ in _PICTURES.values()}

    def ask(connection: sqlite3.Connection) -> tuple[dict[str, Rows], str]:
        try:
            counted = {row["query"]: row for row in connection.execute("SELECT * FROM summaries")}
        except sqlite3.OperationalError:  # no such table: an older version's
            counted = {}
        if counted.keys() >= stored.keys():
            return ({query: json.loads(counted[query]["rows"]) for query in stored},
                    min(counted[query]["counted_at"] for query in stored))  # fmt: skip
        return {name: [dict(row) for row in connection.execute(each["sql"])] for name, each in stored.items()}, ""

    found: tuple[dict[str, Rows], str] = await pages.counted(database, "pictures", ask)
    return found


# ---------------------------------------------------------------- strokes


def _whole(name: str, drawing: tuple[int, list[str]], t: Any) -> Markup:
    height, parts = drawing
    head = Markup(
        '<svg viewBox="0 0 {w} {h}" role="img" aria-labelledby="{n}-title {n}-desc" xmlns="http://www.w3.org/2000/svg">'
        '<title id="{n}-title">{title}</title><desc id="{n}-desc">{desc}</desc>'
    ).format(w=_WIDTH, h=height, n=f"picture-{name}", title=t(f"pic.{name}"), desc=t(f"pic.{name}.desc"))
    return head + Markup("".join(parts)) + Markup("</svg>")  # noqa: S704 - made of _text and numbers alone


def _text(x: float, y: float, words: str, anchor: str = "start", style: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{style}">{escape(words)}</text>'


def _rect(x: float, y: float, width: float, height: float, style: str, title: str = "") -> str:
    told = f"<title>{escape(title)}</title>" if title else ""
    size = f'width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" {size} class="{style}">{told}</rect>'


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style}"/>'


def _path(points: list[tuple[float, float]], style: str = "line") -> str:
    return f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" class="{style}"/>'


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"


def _step(top: float) -> float:
    """Return a round distance between grid lines, so that about four of them reach `top`."""
    rough = max(top, 1) / 4
    power = 10 ** math.floor(math.log10(rough))
    return float(max(1, next(each * power for each in (1, 2, 5, 10) if each * power >= rough)))


def _spread(index: int, count: int) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (index + 0.5) / count


# ---------------------------------------------------------------- the pictures


def _pay(rows: Rows, t: Any) -> tuple[int, list[str]]:
    left, row_height, top = 210, 40, 40
    low = min([4000, *(row["quarter"] for row in rows)])
    high = max([9000, *(row["three_quarters"] for row in rows)])
    low, high = math.floor(low / 1000) * 1000, math.ceil(high / 1000) * 1000
    bottom = top + row_height * len(rows)

    def x(value: float) -> float:
        return float(left + (_WIDTH - left - 24) * (value - low) / (high - low))

    parts = []
    for key, start, end in _BANDS:
        parts += [_rect(x(start), top - 12, x(end) - x(start), bottom - top + 12, "band"),
                  _text((x(start) + x(end)) / 2, top - 20, t(key), "middle", "pale")]  # fmt: skip
    step = 1000 if high - low <= 7000 else math.ceil((high - low) / 5000) * 1000
    for value in range(low, high + 1, step):
        parts += [_line(x(value), top, x(value), bottom, "grid"),
                  _text(x(value), bottom + 18, t.number(value), "middle", "pale")]  # fmt: skip
    for index, row in enumerate(rows):
        y = top + row_height * index
        told = f"{t.number(row['quarter'])} – {t.number(row['median'])} – {t.number(row['three_quarters'])} €"
        parts += [
            _text(0, y + 17, f"{t.value('level', row['level'])} ({t.number(row['jobs'])})"),
            _text(0, y + 32, t.value("pay_basis", row["pay_basis"]), style="pale"),
            _rect(x(row["quarter"]), y + 8, x(row["three_quarters"]) - x(row["quarter"]), 18, "light", told),
            _line(x(row["median"]), y + 5, x(row["median"]), y + 29, "tick"),
        ]
    return bottom + 26, parts


def _time(rows: Rows, t: Any) -> tuple[int, list[str]] | None:
    if len(rows) < 2:
        return None
    top, middle, low = 24, 190, 275
    most = max(row["open"] for row in rows) or 1
    flow = max(max(row["new"], row["closed"]) for row in rows) or 1
    step = _step(most)
    parts = []
    for number in range(int(most / step) + 1):
        y = middle - (middle - top) * number * step / most
        parts += [
            _line(_LEFT, y, _WIDTH - _RIGHT, y, "grid"),
            _text(_LEFT - 6, y + 4, t.number(number * step), "end", "pale"),
        ]
    wide = (_WIDTH - _LEFT - _RIGHT) / len(rows) * 0.7
    points = []
    for index, row in enumerate(rows):
        x = _spread(index, len(rows))
        up, down = 35 * row["new"] / flow, 35 * row["closed"] / flow
        told = (
            f"{row['week']}: {t('pic.open')} {row['open']}, {t('new')} {row['new']}, {t('pic.closed')} {row['closed']}"
        )
        parts += [
            _rect(x - wide / 2, low - up, wide, up, "fill", told),
            _rect(x - wide / 2, low + 1, wide, down, "down", told),
        ]
        points.append((x, middle - (middle - top) * row["open"] / most))
    parts += [
        _path(points), _line(_LEFT, low, _WIDTH - _RIGHT, low, "axis"),
        _text(_LEFT, top - 9, t("pic.open")), _text(0, low - 6, t("new")), _text(0, low + 18, t("pic.gone")),
        _text(_spread(0, len(rows)), low + 56, rows[0]["week"], "start", "pale"),
        _text(_WIDTH - _RIGHT, low + 56, rows[-1]["week"], "end", "pale"),
    ]  # fmt: skip
    return low + 64, parts


def survival(rows: Rows) -> list[tuple[int, float]]:
    """Return the Kaplan-Meier curve: after each number of days the share that is still open.

    >>> survival([{"days": 1, "closed": 1, "still_open": 1}, {"days": 4, "closed": 1, "still_open": 1}])
    [(0, 1.0), (1, 0.75), (4, 0.375)]
    """
    left = sum(row["closed"] + row["still_open"] for row in rows)
    share, curve = 1.0, [(0, 1.0)]
    for row in rows:
        share *= 1 - row["closed"] / left
        left -= row["closed"] + row["still_open"]
        curve.append((row["days"], share))
    return curve


def _close(rows: Rows, t: Any) -> tuple[int, list[str]] | None:
    if sum(row["closed"] for row in rows) < 5:
        return None
    curve = survival(rows)
    top, bottom = 14, 230
    last = max(curve[-1][0], 1)

    def at(days: float, share: float) -> tuple[float, float]:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * days / last, bottom - (bottom - top) * share

    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        x, y = at(0, share)
        parts += [_line(x, y, _WIDTH - _RIGHT, y, "grid"), _text(x - 6, y + 4, f"{share:.0%}", "end", "pale")]
    step = int(_step(last))
    for days in range(0, last + 1, step):
        parts.append(_text(at(days, 0)[0], bottom + 18, str(days), "middle", "pale"))
    points = [at(*curve[0])]
    for (_, before), (days, share) in itertools.pairwise(curve):
        points += [at(days, before), at(days, share)]
    parts += [_path(points), _text(_WIDTH - _RIGHT, bottom + 34, t("pic.days"), "end", "pale")]
    half = next((days for days, share in curve if share <= 0.5), None)
    if half is not None:
        x, y = at(half, 0.5)
        parts += [_line(x, y, x, bottom, "axis"), f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" class="fill"/>',
                  _text(min(x + 10, _WIDTH - 200), y - 10, t("pic.half", n=half))]  # fmt: skip
    return bottom + 40, parts


def _employers(rows: Rows, t: Any) -> tuple[int, list[str]]:
    left, most = 230, max(row["open_jobs"] for row in rows)
    parts = []
    for index, row in enumerate(rows):
        y, wide = 24 * index, (_WIDTH - left - 50) * row["open_jobs"] / most
        parts += [_text(0, y + 16, _short(row["employer"])), _rect(left, y + 4, wide, 16, "fill"),
                  _text(left + wide + 6, y + 16, t.number(row["open_jobs"]))]  # fmt: skip
    return 24 * len(rows) + 6, parts


def _skills(rows: Rows, t: Any) -> tuple[int, list[str]] | None:
    skills: dict[str, Rows] = {}
    for row in rows:
        skills.setdefault(row["skill"], []).append(row)
    ordered = sorted(skills.items(), key=lambda each: -each[1][-1]["percent"])
    most = max(row["percent"] for row in rows) or 1
    months = [row["month"] for row in ordered[0][1]]
    parts = [_text(240, 14, months[0], "start", "pale"), _text(_WIDTH - 60, 14, months[-1], "end", "pale")]
    for index, (skill, series) in enumerate(ordered):
        y = 26 + 34 * index
        points = [(300 + 190 * place / max(len(series) - 1, 1), y + 24 - 22 * row["percent"] / most)
                  for place, row in enumerate(series)]  # fmt: skip
        parts += [
            _text(0, y + 18, _short(skill)), _text(285, y + 18, f"{t.number(series[0]['percent'])} %", "end", "pale"),
            _path(points) if len(points) > 1 else "", _text(_WIDTH - 44, y + 18, f"{t.number(series[-1]['percent'])} %", "end"),  # noqa: E501
            f'<circle cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="3.5" class="fill"/>',
        ]  # fmt: skip
    return 30 + 34 * len(ordered), parts


def _ring(km: float, radius: float, middle: float, style: str) -> list[str]:
    dashes = "" if style == "line" else ' stroke-dasharray="3 4"'
    return [f'<circle cx="{_WIDTH / 2}" cy="{middle}" r="{radius:.1f}" class="{style}"{dashes}/>',
            _text(_WIDTH / 2 + 3, middle + radius - 4, f"{km:g} km", "start", "pale")]  # fmt: skip


def _map(rows: Rows, t: Any) -> tuple[int, list[str]]:
    first = rows[0]
    nearest = min(rows, key=lambda row: row["km"])  # of a search that no run has described yet
    lat, lon = (
        (nearest["lat"], nearest["lon"]) if first["radius_km"] is None else (first["centre_lat"], first["centre_lon"])
    )
    radius = first["radius_km"] or 0
    middle, reach = 250, max(max(row["km"] for row in rows) * 1.1, radius * 1.1, 10)
    scale = 235 / reach
    stretch = math.cos(math.radians(lat))
    most = max(row["open_jobs"] for row in rows)
    parts = []
    for ring in (each for each in _RINGS if each <= reach * 1.05 and abs(each - radius) > reach / 12):
        parts += _ring(ring, ring * scale, middle, "axis")
    if radius:
        parts += _ring(radius, radius * scale, middle, "line")
    taken: list[tuple[float, float]] = []
    labels: list[str] = []
    for row in rows:
        x = _WIDTH / 2 + (row["lon"] - lon) * _KM_A_DEGREE * stretch * scale
        y = middle - (row["lat"] - lat) * _KM_A_DEGREE * scale
        size = max(3.0, 26 * math.sqrt(row["open_jobs"] / most))
        told = escape(f"{row['city']}: {row['open_jobs']}")
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" class="light"><title>{told}</title></circle>')
        if len(labels) < 12 and all(abs(x - a) > 95 or abs(y - b) > 16 for a, b in taken):
            taken.append((x, y))
            labels.append(_text(x, y + 4, f"{row['city']} {t.number(row['open_jobs'])}", "middle"))
    return 500, parts + labels


def _share(rows: Rows, t: Any) -> tuple[int, list[str]]:
    top, bottom = 14, 190
    parts = []
    for percent in (0, 25, 50, 75, 100):
        y = bottom - (bottom - top) * percent / 100
        parts += [_line(_LEFT, y, _WIDTH - _RIGHT, y, "grid"), _text(_LEFT - 6, y + 4, f"{percent} %", "end", "pale")]
    wide = min(48, (_WIDTH - _LEFT - _RIGHT) / len(rows) * 0.7)
    for index, row in enumerate(rows):
        x, tall = _spread(index, len(rows)), (bottom - top) * row["percent"] / 100
        parts.append(
            _rect(
                x - wide / 2, bottom - tall, wide, tall, "fill", f"{row['month']}: {row['percent']} % / {row['jobs']}"
            )
        )
        if len(rows) <= 12:
            parts += [_text(x, bottom - tall - 5, t.number(row["percent"]), "middle"),
                      _text(x, bottom + 18, row["month"][2:], "middle", "pale")]  # fmt: skip
    if len(rows) > 12:
        parts += [_text(_LEFT, bottom + 18, rows[0]["month"], "start", "pale"),
                  _text(_WIDTH - _RIGHT, bottom + 18, rows[-1]["month"], "end", "pale")]  # fmt: skip
    return bottom + 26, parts


_PICTURES: dict[str, tuple[str, Callable[[Rows, Any], tuple[int, list[str]] | None]]] = {
    "pay": ("picture_pay", _pay),
    "time": ("picture_openings", _time),
    "close": ("picture_time_to_close", _close),
    "employers": ("picture_employers", _employers),
    "skills": ("picture_skills", _skills),
    "map": ("picture_map", _map),
    "share": ("picture_pay_stated", _share),
}
