"""What a run was like, as Prometheus reads it from a text file (node_exporter's textfile collector). Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_HELP = {
    "stellwerk_run_start_seconds": "When the last run began, in seconds since 1970",
    "stellwerk_run_end_seconds": "When the last run ended",
    "stellwerk_run_exit_code": "Exit code of the last run: 0 complete, 3 degraded, 4 nothing delivered, 5 storage",
    "stellwerk_run_requests": "Requests of the last run",
    "stellwerk_boards": "Boards of the last run, by outcome",
    "stellwerk_adverts": "Adverts of the last run, by what became of them",
    "stellwerk_jobs": "Jobs, by status",
    "stellwerk_jobs_of_run": "Jobs that were new, changed or closed in the last run",
    "stellwerk_alarms": "Fields that boards have begun to lack and still lack",
}


def text(
    search: str, *, began: float, ended: float, exit_code: int, requests: int, jobs: Mapping[str, int], alarms: int,
    boards: Iterable[Mapping[str, Any]],
) -> str:  # fmt: skip
    """Return the file; `boards` are rows of table run_boards, `jobs` counts by status, times are seconds since 1970."""
    rows = list(boards)
    outcomes: dict[str, int] = {}
    for row in rows:
        outcome = str(row["outcome"]).partition("(")[0]
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    adverts = {name: sum(row[name] for row in rows) for name in ("accepted", "merged", "filtered", "quarantined")}
    happened = {name: sum(row[name] for row in rows) for name in ("new", "changed", "closed")}
    samples: dict[str, list[tuple[dict[str, str], float]]] = {
        "stellwerk_run_start_seconds": [({}, began)],
        "stellwerk_run_end_seconds": [({}, ended)],
        "stellwerk_run_exit_code": [({}, exit_code)],
        "stellwerk_run_requests": [({}, requests)],
        "stellwerk_boards": [({"outcome": name}, count) for name, count in sorted(outcomes.items())],
        "stellwerk_adverts": [({"fate": name}, count) for name, count in adverts.items()],
        "stellwerk_jobs": [({"status": name}, count) for name, count in sorted(jobs.items())],
        "stellwerk_jobs_of_run": [({"event": name}, count) for name, count in happened.items()],
        "stellwerk_alarms": [({}, alarms)],
    }
    return "\n".join(_lines(search, samples)) + "\n"


def _lines(search: str, samples: Mapping[str, list[tuple[dict[str, str], float]]]) -> Iterator[str]:
    for name, found in samples.items():
        yield f"# HELP {name} {_HELP[name]}"
        yield f"# TYPE {name} gauge"
        for labels, value in found:
            told = ",".join(f'{key}="{_escaped(text)}"' for key, text in {"search": search, **labels}.items())
            yield f"{name}{{{told}}} {value:.17g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
