"""The kinds of source: each module here with a Source in it. To add one: CONTRIBUTING.md."""

import importlib
import pkgutil

from crawler.sources.base import Source


def _found() -> dict[str, Source]:
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return {source.kind: source() for source in sorted(Source.__subclasses__(), key=lambda each: each.kind)}


SOURCES: dict[str, Source] = _found()
