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
        self.__class__ = ModuleType  # type: ignore[assignment]  # from now on like any other
        assert self.__spec__ and self.__spec__.loader  # noqa: S101, PT018 - set below
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


for _name in (
    "brief", "conditions", "diagnosis", "employers", "exporting", "feeds", "job_page", "metrics", "pay_scales",
    "publishing", "salaries", "skills", "text", "title_cleaning",
):  # fmt: skip
    _spec = importlib.util.find_spec(f"{__name__}.{_name}")
    assert _spec  # noqa: S101 - the file stands beside this one
    _module = importlib.util.module_from_spec(_spec)
    _module.__class__ = _WhenUsed
    sys.modules[_spec.name] = globals()[_name] = _module
