"""Each guard is needed: taken away, a test fails.

The project is copied, one guard is taken out of the copy, and the test that stands for it must fail there; untouched,
it must pass.
"""

import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT


@dataclass(frozen=True, slots=True)
class Guard:
    """What protects, how it is taken away, and the test that must notice."""

    name: str
    file: str
    there: str
    away: str
    test: str


def guards() -> list[Guard]:
    """Return the guards of tests/tables/guards.toml."""
    table = tomllib.loads((ROOT / "tests" / "tables" / "guards.toml").read_text(encoding="utf-8"))
    return [Guard(**each) for each in table["guard"]]


def passes(folder: Path, test: str) -> bool:
    """Run a test of a copy of the project."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--timeout", "170", test],
        cwd=folder, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), f"{test} was not run: {done.stdout[-500:]}"
    return done.returncode == 0


def copied(folder: Path) -> Path:
    """Copy what the repository holds."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def needed(guard: Guard) -> str:
    """Take one guard away in a copy; returns its line, raises AssertionError when no test notices."""
    with tempfile.TemporaryDirectory() as name:
        folder = copied(Path(name))
        whole = (folder / guard.file).read_text(encoding="utf-8")
        assert whole.count(guard.there) == 1, f"{guard.name}: {guard.there!r} stands {whole.count(guard.there)} times"
        (folder / guard.file).write_text(whole.replace(guard.there, guard.away), encoding="utf-8")
        assert not passes(folder, guard.test), f"{guard.name}: taken away, {guard.test} still passes"
        (folder / guard.file).write_text(whole, encoding="utf-8")
        assert passes(folder, guard.test), f"{guard.name}: {guard.test} fails with the guard in place"
    return guard.name


def prove(*, tell: Callable[[str], object] = str) -> str:
    """Take each guard away, two at a time; returns the figure, raises AssertionError with all that were not needed."""
    broken = []
    with ThreadPoolExecutor(2) as pool:
        for guard, done in [(each, pool.submit(needed, each)) for each in guards()]:
            if error := done.exception():
                broken.append(str(error))
            tell(f"{guard.name}: {error or 'its test fails without it'}")
    assert not broken, "; ".join(broken)
    return f"{len(guards())} guards taken away one by one: a test failed each time, and passed with the guard in place"


if __name__ == "__main__":
    print(prove(tell=lambda line: print(line, flush=True)))
