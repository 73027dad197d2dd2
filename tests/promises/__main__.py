"""`python -m tests.promises [NAME …]`: the whole proof, about an hour; one line for each promise with its figure."""

import importlib
import sys
import time
from pathlib import Path

NAMES = ("hostile", "power_cuts", "year", "nights", "lies", "kills", "guards")


def main(names: list[str]) -> int:
    """Prove the promises named, or all; exit code 1 when one is broken, 2 for a name that is none."""
    if unknown := [name for name in names if name not in NAMES]:
        print(f"{', '.join(unknown)}: promises are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    broken = 0
    for name in names or NAMES:
        module = importlib.import_module(f"tests.promises.{name}")
        print(f"{name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        start = time.monotonic()
        try:
            told = f"kept. {module.prove()}"
        except AssertionError as error:
            told, broken = f"BROKEN: {error}", broken + 1
        print(f"  {told} [{time.monotonic() - start:.0f} s]", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    assert Path("pyproject.toml").exists(), "start it in the project's folder"
    sys.exit(main(sys.argv[1:]))
