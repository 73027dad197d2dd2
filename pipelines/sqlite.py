"""sqlite-utils, as all of us import it.

It imports pandas and numpy wherever they are installed, half a second at each start, for frames that we never hand it;
so they are hidden from it.
"""

import sys

_UNUSED = [name for name in ("pandas", "numpy") if name not in sys.modules]
sys.modules |= dict.fromkeys(_UNUSED)  # type: ignore[arg-type]  # None says to the import system: there is none
from sqlite_utils import Database, Migrations  # noqa: E402

for _name in _UNUSED:
    del sys.modules[_name]

__all__ = ["Database", "Migrations"]
