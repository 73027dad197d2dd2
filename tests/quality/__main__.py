"""`python -m tests.quality NAME [FILE]`: measure one part on a labelled file; NAME is a module of this package."""

import importlib
import sys
from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def main(argv: list[str]) -> int:
    """Hand over to the module that was asked for; exit code 2 when there is none."""
    if not argv or argv[0] not in NAMES:
        print(f"usage: python -m tests.quality {{{','.join(NAMES)}}} [FILE]", file=sys.stderr)
        return 2
    module = importlib.import_module(f"tests.quality.{argv[0]}")
    return int(module.main(argv[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
