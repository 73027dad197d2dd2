"""A power cut loses nothing that was said to be stored.

The writer is ours, in a process of its own, on the real file system. `strace` writes down each write, sync, truncation
and removal. A cut at any point of that record is then played: what was synced is there; what was not is there, is not,
or is half there, by chance. The file that remains is opened by SQLite as after a real cut.
"""

import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import ROOT

BATCHES, BATCH = 40, 5
WRITER = f"""
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from pipelines.storage import Batch, Storage
from tests.pipelines.test_storage import JOB, SEARCH, raw
folder = Path(sys.argv[1])
storage = Storage(folder / "jobs.db", folder / "raw.db")
run_id = storage.begin_run(SEARCH, datetime(2026, 11, 25, 3, 17, tzinfo=UTC))
for batch in range({BATCHES}):
    jobs = [(f"{{batch}}-{{each}}", replace(JOB, text=f"Text {{batch}} {{each}} " * 60)) for each in range({BATCH})]
    adverts = [(raw(name), job) for name, job in jobs]
    storage.store(Batch(accepted=adverts), run_id=run_id, night="2026-11-25")
    sys.stdout.write(f"stored {{batch}}\\n"); sys.stdout.flush()
    if batch % 15 == 14:
        storage.jobs.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
"""
_CALL = re.compile(r"^(?:\[pid +[0-9]+\] |[0-9]+ +)?(\w+)\((.*)\) += ([0-9]+)$")
_FILE = re.compile(r"^[0-9]+<((?:\\x[0-9a-f]{2})*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
SECTOR = 512


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that the writer asked of the file system."""

    what: str  # write, sync, sync names, truncate, remove, stored
    file: str = ""
    at: int = 0
    data: bytes = b""


@dataclass(slots=True)
class Disk:
    """What is safe, and what is not yet."""

    safe: dict[str, bytearray] = field(default_factory=dict)
    waiting: dict[str, list[Event]] = field(default_factory=dict)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    stored: int = 0

    def take(self, event: Event) -> None:
        if event.what == "stored":
            self.stored += 1
        elif event.what == "rename":
            self.renamed.append((event.file, event.data.decode()))
        elif event.what == "sync":
            for each in self.waiting.pop(event.file, []):
                _apply(self.safe, each)
        elif event.what == "sync names":  # of the folder: what was removed stays removed, what was renamed has its name
            for old, new in self.renamed:
                self.safe[new] = self.safe.pop(old)
            self.renamed = []
            for file, waiting in self.waiting.items():
                last = max((number for number, each in enumerate(waiting, 1) if each.what == "remove"), default=0)
                for each in waiting[:last]:
                    _apply(self.safe, each)
                self.waiting[file] = waiting[last:]
        else:
            self.waiting.setdefault(event.file, []).append(event)

    def cut(self, chance: random.Random) -> dict[str, bytearray]:
        """Return the files as a cut leaves them: each waiting write whole, half, or not at all."""
        files = {name: bytearray(content) for name, content in self.safe.items()}
        for waiting in self.waiting.values():
            for event in waiting:
                fate = chance.random()
                if fate < 0.4:
                    _apply(files, event)
                elif fate < 0.7 and event.what == "write":
                    for start in range(0, len(event.data), SECTOR):
                        if chance.random() < 0.5:
                            _apply(
                                files, Event("write", event.file, event.at + start, event.data[start : start + SECTOR])
                            )
        for old, new in self.renamed:
            if chance.random() < 0.5:
                files[new] = files.pop(old)
        return files


def _apply(files: dict[str, bytearray], event: Event) -> None:
    if event.what == "remove":
        files.pop(event.file, None)
        return
    content = files.setdefault(event.file, bytearray())
    if event.what == "truncate":
        del content[event.at :]
        content.extend(bytes(event.at - len(content)))
    else:
        content.extend(bytes(max(0, event.at - len(content))))
        content[event.at : event.at + len(event.data)] = event.data


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def events(record: Path, folder: Path) -> Iterator[Event]:
    """Read what strace wrote down, in its order; only the files of the folder count."""
    for line in record.read_text(encoding="ascii", errors="replace").splitlines():
        if call := _CALL.match(line):
            yield from _event(call[1], call[2], f"{folder}/")


def _event(name: str, arguments: str, folder: str) -> Iterator[Event]:
    if name in ("unlink", "unlinkat"):
        path = _bytes(_TEXT.findall(arguments)[0]).decode()
        if path.startswith(folder):
            yield Event("remove", path.removeprefix(folder))
        return
    if name.startswith("rename"):
        old, new = (_bytes(each).decode() for each in _TEXT.findall(arguments)[:2])
        if old.startswith(folder):
            yield Event("rename", old.removeprefix(folder), data=new.removeprefix(folder).encode())
        return
    found = _FILE.match(arguments)
    if not found:
        return
    path = _bytes(found[1]).decode()
    if name == "write" and path.startswith("pipe:"):
        if _bytes(_TEXT.findall(arguments)[0]).startswith(b"stored"):
            yield Event("stored")
    elif path == folder.rstrip("/") and name in ("fdatasync", "fsync"):
        yield Event("sync names")
    elif path.startswith(folder) and not path.endswith((".lock", "-shm")):
        yield from _of_file(name, arguments, path.removeprefix(folder))


def _of_file(name: str, arguments: str, file: str) -> Iterator[Event]:
    if name == "pwrite64":
        yield Event("write", file, int(arguments.rpartition(", ")[2]), _bytes(_TEXT.findall(arguments)[0]))
    elif name in ("fdatasync", "fsync"):
        yield Event("sync", file)
    elif name == "ftruncate":
        yield Event("truncate", file, int(arguments.rpartition(", ")[2]))


def recorded(folder: Path) -> list[Event]:
    """Run the writer under strace and return what it asked of the file system."""
    record = folder.parent / "record"
    subprocess.run(
        ["strace", "-f", "-yy", "-xx", "-s", "10000000", "-o", str(record), "-e",
         "trace=pwrite64,write,fdatasync,fsync,ftruncate,unlink,unlinkat,rename,renameat,renameat2",
         sys.executable, "-c", WRITER, str(folder)],
        cwd=ROOT, check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return [*events(record, folder)]


def survived(files: dict[str, bytearray], folder: Path) -> tuple[int, int]:
    """Let SQLite open the files; returns how many whole batches are there, and how many adverts beside."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    if not (folder / "jobs.db").exists():
        assert not (folder / "jobs.db-wal").exists(), "a log without its file"
        return 0, 0
    connection = sqlite3.connect(folder / "jobs.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'postings'").fetchone():
            return 0, 0
        counts = connection.execute(
            "SELECT count(*) FROM postings GROUP BY substr(source_id, 1, instr(source_id, '-'))"
        ).fetchall()
    finally:
        connection.close()
    whole = sum(count == BATCH for (count,) in counts)
    return whole, sum(count for (count,) in counts) - whole * BATCH


def prove(cuts: int = 400, *, seed: int = 1, tell: Callable[[str], object] = str) -> str:
    """Play so many cuts; returns the figure, raises AssertionError with what was lost."""
    chance = random.Random(seed)  # noqa: S311 - no secret, only moments
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / "written"
        folder.mkdir()
        all_events = recorded(folder)
        assert sum(each.what == "stored" for each in all_events) == BATCHES
        assert any(each.what == "sync" for each in all_events)
        moments = sorted(chance.randrange(len(all_events)) for _ in range(cuts))
        disk, at, torn = Disk(), 0, 0
        for number, moment in enumerate(moments, 1):
            while at < moment:
                disk.take(all_events[at])
                at += 1
            place = Path(name) / "after"
            place.mkdir()
            whole, partial = survived(disk.cut(chance), place)
            shutil.rmtree(place)
            assert whole >= disk.stored, (
                f"cut {number}: {disk.stored} batches were said to be stored, {whole} are there"
            )
            assert partial == 0, f"cut {number}: {partial} adverts of half a batch"
            torn += any(disk.waiting.values())
            if number % 50 == 0:
                tell(f"{number} of {cuts} cuts")
    return (
        f"{cuts} power cuts ({torn} amid writes that were not synced): 0 stored adverts lost, 0 halves, 0 damaged files"
    )


if __name__ == "__main__":
    print(prove(int(sys.argv[1]) if len(sys.argv) > 1 else 400, tell=lambda line: print(line, flush=True)))
