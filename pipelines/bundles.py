"""Bundles: what the crawl of one shard has read, in one file that another program stores. JSON, one item a line.

The first line says what it is, the last that it is whole: a file without it, as of a crawl that was killed, is not
read. The same items come out in the same order as they went in: to store a bundle is to store the crawl.
"""

import base64
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from pipelines.files import StorageError, synced
from pipelines.health import Ledger, Listing
from pipelines.items import HostFile, ListCopy, Place, Posting, RawPosting, Rejection

FORM = 1
ENDING = ".bundle.gz"

Item = list[RawPosting] | ListCopy | Ledger


@dataclass(frozen=True, slots=True)
class Hosts:
    """What hosts say of themselves, by address, and how often each was asked this night, by origin."""

    files: dict[str, HostFile]
    asked: dict[str, int]


class BundleError(StorageError):
    """A file is no bundle, not whole, or not of this search; the message says which and what to do."""


class Bundle:
    """A bundle that is being written: under another name until it is whole."""

    def __init__(self, path: Path, search: str, shard: str) -> None:
        """Begin it; raises StorageError where it cannot be written."""
        self.path = path
        self._part = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: TextIO = gzip.open(self._part, "wt", encoding="utf-8", compresslevel=1)  # noqa: SIM115 - close()
        except OSError as error:
            raise StorageError(f"{path} could not be written ({error}). Nothing was fetched.") from error
        self._count = 0
        self._line("bundle", {"form": FORM, "search": search, "shard": shard})

    def write(self, item: Item | Hosts) -> None:
        """Add an item; raises StorageError where the disk is full."""
        if isinstance(item, list):
            self._line("adverts", [_advert(each) for each in item])
        elif isinstance(item, ListCopy):
            self._line("list", asdict(item) | {"body": _text(item.body)})
        elif isinstance(item, Ledger):
            told = asdict(item)
            for listing in told["listings"].values():
                listing["ids"] = sorted(listing["ids"])
            self._line("ledger", told)
        else:
            files = {url: asdict(each) | {"body": _text(each.body)} for url, each in item.files.items()}
            self._line("hosts", {"files": files, "asked": item.asked})

    def close(self, requests: int) -> None:
        """Say that it is whole, and give it its name; `requests`: how many were sent."""
        self._line("end", {"items": self._count, "requests": requests})
        try:
            self._file.close()
            synced(self._part)
            self._part.replace(self.path)
        except OSError as error:
            raise self._unwritten(error) from error

    def discard(self) -> None:
        """Leave nothing behind: a bundle that is not whole would only be refused."""
        self._file.close()
        self._part.unlink(missing_ok=True)

    def _line(self, kind: str, content: Any) -> None:
        try:
            self._file.write(json.dumps({kind: content}, ensure_ascii=False, separators=(",", ":")) + "\n")
        except OSError as error:
            raise self._unwritten(error) from error
        self._count += 1

    def _unwritten(self, error: OSError) -> StorageError:
        return StorageError(f"{self.path} could not be written ({error}). The shard counts as not read.")


@dataclass(frozen=True, slots=True)
class End:
    """The last line: how many requests were sent."""

    requests: int


def read(path: Path, search: str) -> Iterator[Item | Hosts | End]:
    """Yield the items of a bundle of this search; raises BundleError at once, before the first, where it is none."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            last = ""
            first = file.readline()
            count = 1
            for last in file:  # noqa: B007 - the last one is looked at
                count += 1
        head, end = json.loads(first).get("bundle", {}), json.loads(last or "{}").get("end", {})
    except (OSError, EOFError, ValueError) as error:
        raise BundleError(f"{path} is no whole bundle ({error}). Its boards count as not read.") from error
    if head.get("form") != FORM or end.get("items") != count - 1:
        raise BundleError(f"{path} is no whole bundle of this version. Its boards count as not read.")
    if head.get("search") != search:
        raise BundleError(f"{path} is of the search {head.get('search')}, not of {search}. Nothing of it was stored.")
    return _items(path)


def _items(path: Path) -> Iterator[Item | Hosts | End]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            ((kind, content),) = json.loads(line).items()
            if kind == "adverts":
                yield [_raw(each) for each in content]
            elif kind == "list":
                yield ListCopy(**content | {"body": _bytes(content["body"])})
            elif kind == "ledger":
                yield _ledger(content)
            elif kind == "hosts":
                files = {
                    url: HostFile(**each | {"body": _bytes(each["body"])}) for url, each in content["files"].items()
                }
                yield Hosts(files, content["asked"])
            elif kind == "end":
                yield End(content["requests"])


def _advert(raw: RawPosting) -> dict[str, Any]:
    told = {name: value for name, value in asdict(raw).items() if value is not None}
    if raw.payload is not None:
        told["payload"] = _text(raw.payload)
    if raw.posting is not None:
        told["posting"] = {name: value for name, value in told["posting"].items() if value is not None}
    return told


def _raw(told: Mapping[str, Any]) -> RawPosting:
    stated = dict(told)
    if "payload" in stated:
        stated["payload"] = _bytes(stated["payload"])
    if "posting" in stated:
        posting = stated["posting"]
        posting["places"] = tuple(Place(**each) for each in posting["places"])
        stated["posting"] = Posting(**posting)
    if "rejection" in stated:
        stated["rejection"] = Rejection(**stated["rejection"])
    return RawPosting(**stated)


def _ledger(told: Mapping[str, Any]) -> Ledger:
    listings = {name: Listing(**each | {"ids": set(each["ids"])}) for name, each in told["listings"].items()}
    return Ledger(**{**told, "listings": listings})


def _text(content: bytes | None) -> str | None:
    return None if content is None else base64.b85encode(content).decode("ascii")


def _bytes(written: str | None) -> bytes | None:
    return None if written is None else base64.b85decode(written)
