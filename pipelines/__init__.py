"""What becomes of an advert: its stages, the rules of each, and the two files.

The modules named here compile hundreds of patterns, or are needed at the end of a run; each is read when something of
it is first used, so that a command asks its first host sooner. (Not `importlib.util.LazyLoader`: Scrapy looks at every
module's `__file__`, which would read them all.)
"""

import importlib.util
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any


class _WhenUsed(ModuleType):
    """A module of which nothing has been used yet."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        _read(self)
        return getattr(self, name)


def _read(module: ModuleType) -> None:
    module.__class__ = ModuleType  # from now on like any other
    assert module.__spec__ and module.__spec__.loader  # noqa: S101, PT018 - set below
    module.__spec__.loader.exec_module(module)


def read_ahead() -> Iterator[None]:
    """Read what a crawl will use, one module before each yield, up to 60 ms each; what has been read is passed over."""
    for name in _OF_A_CRAWL:
        if isinstance(module := sys.modules[f"{__name__}.{name}"], _WhenUsed):
            _read(module)
            yield


_OF_A_CRAWL = (
    "title_cleaning", "text", "employers", "salaries", "pay_scales", "conditions", "skills", "brief", "feeds",
)  # fmt: skip
for _name in (*_OF_A_CRAWL, "diagnosis", "exporting", "job_page", "metrics", "publishing"):
    _spec = importlib.util.find_spec(f"{__name__}.{_name}")
    assert _spec  # noqa: S101 - the file stands beside this one
    _module = importlib.util.module_from_spec(_spec)
    _module.__class__ = _WhenUsed
    sys.modules[_spec.name] = globals()[_name] = _module
