"""The kinds of source. To add one: a file here, a line below, a row in data/tables/sources.csv (CONTRIBUTING.md)."""

from crawler.sources.arbeitsagentur import Arbeitsagentur
from crawler.sources.base import Source

SOURCES: dict[str, Source] = {source.kind: source for source in (Arbeitsagentur(),)}
