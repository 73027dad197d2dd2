"""`scrapy export`, the data dictionary and the notebook: each over a real jobs.db."""

import csv
import importlib.util
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from data.build_dictionary import dictionary
from pipelines import exporting
from pipelines.files import StorageError
from tests.conftest import ROOT, scrapy
from tests.test_datasette import make_database

WITHOUT = "not in this environment; ./run pytest brings it, or uv sync --group analysis"


@pytest.fixture(scope="module")
def jobs_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "jobs.db"
    make_database(path)
    return path


def test_csv_is_safe_to_open(jobs_db: Path, tmp_path: Path) -> None:
    with sqlite3.connect(jobs_db) as connection:
        connection.execute("UPDATE jobs SET employer = '=cmd()' WHERE id = '000000000004'")
    connection.close()
    out, count = exporting.export(jobs_db, "open_jobs", tmp_path / "open.csv")

    assert out.read_bytes().startswith(b"\xef\xbb\xbftitle,employer,city,km,")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (count, len(rows)) == (12, 12)
    assert (rows[0]["title"], rows[0]["employer"], rows[0]["km"]) == ("CIO", "'=cmd()", "2")
    assert [each.name for each in tmp_path.iterdir()] == ["open.csv"]


def test_json_is_an_array_of_rows(jobs_db: Path, tmp_path: Path) -> None:
    exporting.export(jobs_db, "changes", tmp_path / "changes.json")
    rows = json.loads((tmp_path / "changes.json").read_text(encoding="utf-8"))

    assert {"job_id", "run_id", "changed_on", "field", "old", "new"} == {*rows[0]}
    assert [row["new"] for row in rows if row["field"] == "pay_text"] == ["62.000 bis 75.000 €"]
    exporting.export(jobs_db, "links", tmp_path / "none.json")
    assert json.loads((tmp_path / "none.json").read_text(encoding="utf-8")) == []


def test_parquet_has_types_also_where_all_is_empty(
    jobs_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason=f"pyarrow is {WITHOUT}")
    monkeypatch.setattr(exporting, "_AT_ONCE", 5)
    _, count = exporting.export(jobs_db, "jobs", tmp_path / "jobs.parquet")
    table = parquet.read_table(tmp_path / "jobs.parquet")
    types = {field.name: str(field.type) for field in table.schema}

    assert (count, table.num_rows) == (16, 16)
    assert (types["pay_year_min"], types["team_size_min"], types["title"], types["budget_eur"]) == (
        "double", "int64", "string", "int64",
    )  # fmt: skip
    assert table.column("id").to_pylist()[0] == "000000000004"
    assert min(each for each in table.column("pay_year_min").to_pylist() if each) == 60000.0
    exporting.export(jobs_db, "open_jobs", tmp_path / "open.parquet")
    assert str(parquet.read_table(tmp_path / "open.parquet").schema.field("km").type) == "int64"


def test_what_cannot_be_exported_is_told(jobs_db: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"must end in \.csv, \.json, \.parquet\. Nothing was written"):
        exporting.export(jobs_db, "jobs", tmp_path / "jobs.xlsx")
    with pytest.raises(StorageError, match="there is no table 'readings' to export"):
        exporting.export(jobs_db, "readings", tmp_path / "jobs.csv")
    (tmp_path / "taken.csv").mkdir()
    with pytest.raises(StorageError, match=r"taken\.csv could not be written"):
        exporting.export(jobs_db, "jobs", tmp_path / "taken.csv")
    assert [each.name for each in tmp_path.iterdir()] == ["taken.csv"]


def test_command(jobs_db: Path, tmp_path: Path) -> None:
    env = {"STELLWERK_JOBS_DB": str(jobs_db)}
    done = scrapy(tmp_path, "export", str(tmp_path / "o.csv"), **env)
    wrong = scrapy(tmp_path, "export", str(tmp_path / "o.txt"), **env)
    early = scrapy(tmp_path, "export", str(tmp_path / "p.csv"), STELLWERK_JOBS_DB=str(tmp_path / "none.db"))

    assert done.stdout == f"{tmp_path / 'o.csv'}: 12 rows of open_jobs. What the columns hold: docs/data.md\n"
    assert (done.returncode, wrong.returncode, early.returncode) == (0, 2, 2)
    assert "its name ending in .csv, .json, .parquet" in wrong.stdout + wrong.stderr
    assert "run a crawl first" in early.stdout


def test_the_data_dictionary_is_the_one_of_this_schema() -> None:
    written = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")

    assert written == dictionary(), "run ./run python data/build_dictionary.py"
    assert "| `distance_km` | real | Distance from the searched town" in written
    assert "| `content_hash` | text | " in written


def test_the_notebook_runs_from_top_to_bottom(jobs_db: Path, tmp_path: Path) -> None:
    for name in ("pandas", "matplotlib"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is {WITHOUT}")
    cells = json.loads((ROOT / "docs" / "analysis.ipynb").read_text(encoding="utf-8"))["cells"]
    assert [each["outputs"] for each in cells if each["cell_type"] == "code" and each["outputs"]] == []
    script = tmp_path / "cells.py"
    script.write_text("\n".join("".join(each["source"]) for each in cells if each["cell_type"] == "code"))
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)], cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PATH": "", "HOME": str(tmp_path), "MPLBACKEND": "agg", "STELLWERK_JOBS_DB": str(jobs_db)},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("16 jobs, 12 of them open\n44% of the adverts have pay\n")
