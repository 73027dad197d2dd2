"""What becomes of an advert: its stages, the rules of each, and the two files.

The modules named here compile hundreds of patterns, or are needed at the end of a run; each is read when something of
it is first used, so that a command asks its first host sooner. (Not `importlib.util.LazyLoader`: Scrapy looks at every
module's `__file__`, which would read them all.)
"""

import importlib.util
import sys
from types import ModuleType
from typing import Any


class _WhenUsed(ModuleType):
    """A module of which nothing has been used yet."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        read(self)
        return getattr(self, name)


def read(module: ModuleType) -> None:
    """Read a module of which nothing has been used yet, in up to 60 ms; any other stays as it is."""
    if isinstance(module, _WhenUsed):
        module.__class__ = ModuleType  # type: ignore[assignment]  # from now on like any other
        assert module.__spec__ and module.__spec__.loader  # noqa: S101, PT018 - set below
        module.__spec__.loader.exec_module(module)


def unread() -> list[ModuleType]:
    """Return the modules that a crawl will use, and of which nothing has been used yet, in the order of their use."""
    modules = (sys.modules[f"{__name__}.{name}"] for name in _OF_A_CRAWL)
    return [each for each in modules if isinstance(each, _WhenUsed)]


_OF_A_CRAWL = (
    "title_cleaning", "text", "employers", "salaries", "pay_scales", "conditions", "skills", "brief", "feeds",
)  # fmt: skip
for _name in (*_OF_A_CRAWL, "diagnosis", "exporting", "job_page", "metrics", "publishing"):
    _spec = importlib.util.find_spec(f"{__name__}.{_name}")
    assert _spec  # noqa: S101 - the file stands beside this one
    _module = importlib.util.module_from_spec(_spec)
    _module.__class__ = _WhenUsed
    sys.modules[_spec.name] = globals()[_name] = _module
