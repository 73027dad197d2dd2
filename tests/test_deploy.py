"""What deploy/ holds: read as the programs read it that it is for, as far as these are here."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import watches
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_no_fault(path: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    told = [line for line in done.stderr.splitlines() if "is not executable" not in line and path.name in line]
    assert told == []


def test_services_stop_the_crawl_once_and_may_write_their_folder_alone() -> None:
    for name in ("stellwerk.service", "stellwerk-night.service"):
        service = unit(DEPLOY / name)["Service"]
        assert service["KillMode"] == "mixed"
        assert service["ProtectSystem"] == "strict"
        assert service["ReadWritePaths"] == service["WorkingDirectory"] == "/opt/stellwerk"
        assert service["User"] == "stellwerk"
    timer = unit(DEPLOY / "stellwerk-night.timer")["Timer"]
    assert timer["OnCalendar"] == "*-*-* 04:17:00 Europe/Berlin"
    assert timer["Persistent"] == "true"


def test_commands_are_those_of_the_scheduler() -> None:
    told = subprocess.run(
        [sys.executable, "schedule.py", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    text = "".join(path.read_text() for path in DEPLOY.iterdir())
    options = set(re.findall(r"schedule\.py\"?,? \"?(--[a-z]+)", text))

    assert options == {"--once", "--status"}
    assert all(option in told.stdout for option in options)


def test_example_of_who_is_told_what_is_read() -> None:
    (watch,) = watches.read((DEPLOY / "tell.toml").read_text())
    everything = re.sub(r"^# (\w+ = )", r"\1", (DEPLOY / "tell.toml").read_text(), flags=re.MULTILINE)
    (full,) = watches.read(everything)

    assert watch == watches.Watch("me", ("TELL_MAIL",))
    assert (full.level, full.radius_km, full.least_pay, full.quiet, full.empty) == (
        ("cio", "head"), 30, 80_000, "21:00-07:00", True,
    )  # fmt: skip
