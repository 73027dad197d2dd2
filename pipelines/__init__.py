"""What adverts mean, and where they are kept; nothing here knows Scrapy but component.py."""

import sys

# sqlite-utils imports these wherever they are installed, half a second at each start, for frames that we never hand it.
_UNUSED = [name for name in ("pandas", "numpy") if name not in sys.modules]
sys.modules |= dict.fromkeys(_UNUSED)  # type: ignore[arg-type]  # None says to the import system: there is none
import sqlite_utils  # noqa: E402, F401

for _name in _UNUSED:
    del sys.modules[_name]
