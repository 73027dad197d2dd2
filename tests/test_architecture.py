"""The rules of the house: who may import whom, where SQL stands, and what every kind and every table must say."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler import boards
from crawler.sources import SOURCES
from pipelines.reference import TABLES, rows
from tests.conftest import ROOT

PIPELINES = sorted((ROOT / "pipelines").glob("*.py"))
CODE = [*PIPELINES, *sorted((ROOT / "crawler").rglob("*.py"))]
NORMALISERS = {
    # What each may import from pipelines beside the shared vocabulary.
    "text": set[str](),
    "roles": set[str](),
    "title_cleaning": set[str](),
    "titles": {"roles", "title_cleaning"},
    "skills": set[str](),
    "conditions": set[str](),
    "industries": set[str](),
    "salaries": {"pay_scales"},
    "pay_scales": set[str](),
    "places": set[str](),
    "employers": set[str](),
    "dates": set[str](),
    "job_page": set[str](),
    "relevance": {"titles"},
}
SHARED = {"items", "reference", "spelling", "vocabulary"}
PURE = [*NORMALISERS, "items", "reference", "spelling", "duplicates", "history", "health"]
SQL = re.compile(
    r"\b(?:SELECT\s.+?\sFROM|INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE\s+(?:OR\s+\w+\s+)?[\w{}]+\s+SET|DELETE\s+FROM"
    r"|CREATE\s+(?:TABLE|INDEX|VIEW|TRIGGER|VIRTUAL|TEMP)|ALTER\s+TABLE|DROP\s+TABLE|PRAGMA\s+\w)",
    re.DOTALL,
)


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the full name of each module (and of each name taken from one) that is imported anywhere in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{each.name}" for each in node.names)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def literals(tree: ast.Module) -> Iterator[str]:
    """Yield every text in a file that is not a docstring; the fixed parts of an f-string as one text."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values)


def is_from(name: str, *packages: str) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in packages)


# ---------------------------------------------------------------- who imports whom


def test_meaning_runs_without_scrapy() -> None:
    code = (
        "import sys, pipelines.normalise, pipelines.storage\n"
        "print(sorted({each.partition('.')[0] for each in sys.modules} & {'scrapy', 'twisted', 'crawler'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == "[]\n"


def test_crawl_reads_of_scrapy_what_it_uses() -> None:
    lists = ("EXTENSIONS", "SPIDER_MIDDLEWARES", "DOWNLOADER_MIDDLEWARES")
    script = (
        "import sys\nfrom scrapy.utils.project import get_project_settings\nsettings = get_project_settings()\n"
        f"for name in {lists}:\n"
        "    print(*settings.get_component_priority_dict_with_base(name))\n"
        "print(sorted({'aiohttp', 'requests', 'urllib3', 'tldextract'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    classes = [[each.rpartition(".")[2] for each in line.split()] for line in done.stdout.splitlines()]
    assert classes == [
        ["CoreStats", "LogCount", "CloseSpider", "Progress"],
        ["StartSpiderMiddleware"],
        [
            "DownloadTimeoutMiddleware", "DefaultHeadersMiddleware", "UserAgentMiddleware", "HttpCompressionMiddleware",
            "DownloaderStats", "Politeness",
        ],
        ["[]"],
    ]  # fmt: skip


READ_AHEAD = """
import sys
from datetime import date
import pipelines
from crawler.searches import Search
from pipelines import normalise
from pipelines.items import Posting

unread = pipelines.unread()
for module in unread:
    pipelines.read(module)
print(len(unread), len(pipelines.unread()))
waiting = [each for each in sys.modules.values() if type(each) is pipelines._WhenUsed]
advert = Posting(
    source_id="1", title="IT-Leiter (m/w/d)", url="https://zeche.example/1", employer="Zeche SE",
    description="Entgelt nach TVöD EG 14, 30 Tage Urlaub, Erfahrung mit SAP.",
)
print(normalise.normalise(advert, Search("it-leiter", "Dortmund").wanted(), date(2026, 11, 26)).pay_basis)
print([each.__spec__.name for each in waiting if type(each) is not pipelines._WhenUsed])
"""


def test_what_a_crawl_uses_is_read_ahead_a_module_at_a_time() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ_AHEAD], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.stdout == "9 0\npay scale\n[]\n", done.stderr


@pytest.mark.parametrize("path", PIPELINES, ids=lambda each: each.stem)
def test_pipelines_never_import_the_crawler(path: Path) -> None:
    assert [name for name in imported(parsed(path)) if is_from(name, "crawler", "schedule", "tests")] == []


@pytest.mark.parametrize("path", [each for each in PIPELINES if each.stem != "component"], ids=lambda each: each.stem)
def test_component_alone_speaks_scrapy(path: Path) -> None:
    assert [name for name in imported(parsed(path)) if is_from(name, "scrapy", "twisted")] == []


@pytest.mark.parametrize("name", NORMALISERS)
def test_normaliser_knows_no_other_normaliser(name: str) -> None:
    own = {
        each.split(".")[1] if each.startswith("pipelines.") else each
        for each in imported(parsed(ROOT / "pipelines" / f"{name}.py"))
        if is_from(each, "pipelines")
    }

    assert own - SHARED - NORMALISERS[name] == set()


@pytest.mark.parametrize("name", PURE)
def test_pure_module_knows_no_database_no_network_and_no_chance(name: str) -> None:
    forbidden = ("scrapy", "twisted", "sqlite3", "sqlite_utils", "apsw", "random", "socket", "urllib.request", "time",
                 "os", "subprocess", "requests", "httpx")  # fmt: skip

    assert [each for each in imported(parsed(ROOT / "pipelines" / f"{name}.py")) if is_from(each, *forbidden)] == []


@pytest.mark.parametrize("name", PURE)
def test_pure_module_asks_no_clock(name: str) -> None:
    tree = parsed(ROOT / "pipelines" / f"{name}.py")
    asked = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]

    assert [each for each in asked if each in ("now", "today", "utcnow")] == []


@pytest.mark.parametrize("path", sorted((ROOT / "crawler" / "sources").glob("*.py")), ids=lambda each: each.stem)
def test_source_stores_and_normalises_nothing(path: Path) -> None:
    forbidden = ("sqlite3", "sqlite_utils", "pipelines.storage", "pipelines.normalise", "pipelines.text", "logging",
                 "crawler.spiders", "crawler.middlewares")  # fmt: skip

    assert [name for name in imported(parsed(path)) if is_from(name, *forbidden)] == []


@pytest.mark.parametrize("path", sorted((ROOT / "crawler" / "sources").glob("*.py")), ids=lambda each: each.stem)
def test_source_catches_nothing(path: Path) -> None:
    assert [node.lineno for node in ast.walk(parsed(path)) if isinstance(node, ast.Try)] == []


def test_schedule_starts_the_crawler_as_a_process_and_never_imports_it() -> None:
    forbidden = ("crawler", "scrapy", "twisted")

    assert [name for name in imported(parsed(ROOT / "schedule.py")) if is_from(name, *forbidden)] == []


# ---------------------------------------------------------------- SQL

WITH_SQL = {
    "storage.py", "migrations.py", "files.py", "snapshots.py", "publishing.py", "forgetting.py", "diagnosis.py",
    "news.py", "outbox.py", "exporting.py", "summaries.py",
}  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [each for each in CODE if each.name not in WITH_SQL],
    ids=lambda each: str(each.relative_to(ROOT)),
)
def test_sql_stands_in_its_files_alone(path: Path) -> None:
    assert [text for text in literals(parsed(path)) if SQL.search(text)] == []


def test_the_test_for_sql_would_find_it() -> None:
    found = [text for text in literals(parsed(ROOT / "pipelines" / "storage.py")) if SQL.search(text)]

    assert len(found) > 20


# ---------------------------------------------------------------- the whole population


def test_every_kind_has_its_terms_and_every_row_its_kind() -> None:
    assert boards.terms().keys() == SOURCES.keys()


@pytest.mark.parametrize("kind", SOURCES)
def test_kind_is_the_name_of_its_module(kind: str) -> None:
    assert type(SOURCES[kind]).__module__ == f"crawler.sources.{kind}"


@pytest.mark.parametrize("kind", SOURCES)
def test_kind_says_where_its_protocol_is_described(kind: str) -> None:
    module = sys.modules[type(SOURCES[kind]).__module__]

    assert re.search(r"https?://\S+", module.__doc__ or "")


@pytest.mark.parametrize("kind", boards.terms())
def test_kind_says_its_terms_and_why_it_is_on_or_off(kind: str) -> None:
    (row,) = [each for each in rows("sources.csv") if each["kind"] == kind]

    assert len(row["terms"]) > 40
    assert row["why"].startswith("On: " if row["on"] == "yes" else "Off: ")
    assert float(row["pace_seconds"]) >= 0.5


TABLE_FILES = sorted(TABLES.rglob("*.csv"))


@pytest.mark.parametrize("path", TABLE_FILES, ids=lambda each: str(each.relative_to(TABLES)))
def test_table_says_on_top_what_it_is_and_where_it_is_from(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    header = next(line for line in lines if not line.startswith("#")).split(",")

    assert lines[0].startswith("# ")
    assert any("ource:" in line for line in comments) or {"source", "terms"} & set(header)


@pytest.mark.parametrize("path", TABLE_FILES, ids=lambda each: str(each.relative_to(TABLES)))
def test_table_says_its_date(path: Path) -> None:
    assert re.search(r"\b20[0-9]{2}-[0-9]{2}\b", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted((TABLES / "roles").glob("*.toml")), ids=lambda each: each.stem)
def test_role_says_on_top_what_it_is_and_its_date(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]

    assert first.startswith("# ")
    assert re.search(r"\b20[0-9]{2}-[0-9]{2}\b", path.read_text(encoding="utf-8"))
