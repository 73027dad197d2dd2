"""Four hundred nights under the real scheduler: one run for each night and search, or a stated reason.

The program is the real one, on a clock that we set: both changes of the clocks, three nights on which the computer was
off, reboots, a start in 1970, a run that lasts into the next night, another crawl that holds the lock, one that is
killed. What it starts is a small crawl of our own that writes down the night it ran in.
"""

import json
import os
import shlex
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from schedule import BERLIN
from tests.conftest import ROOT

FIRST = datetime(2026, 9, 1, 12, 0, tzinfo=BERLIN)
SEARCHES = ("dortmund_itleiter", "hagen_controller")
# As `scrapy crawl` looks to the scheduler; its clock stands in a file, and so does what is to happen to it.
CRAWL = """
import json, os, signal, sqlite3, sys, time
folder = sys.argv[1]
spider = next((each[7:] for each in sys.argv if each.startswith("called=")), sys.argv[2])
plan = json.load(open(folder + "/now"))
connection = sqlite3.connect(folder + "/jobs.db", isolation_level=None, timeout=30)
fate = plan["fates"].get(spider, "")
if fate == "locked":
    sys.exit(6)
if fate == "killed" and not os.path.exists(folder + "/killed " + plan["now"][:10]):
    open(folder + "/killed " + plan["now"][:10], "w").close()
    connection.execute("INSERT INTO runs (search, started_at) VALUES (?, ?)", [spider, plan["now"]])
    os.kill(os.getpid(), signal.SIGKILL)
connection.execute("INSERT INTO runs (search, started_at, finished_at, exit_code) VALUES (?, ?, ?, 0)",
                   [spider, plan["now"], plan["now"]])
"""
# Sets the clock of the scheduler in this process to one moment after the other, and lets it settle in between.
DRIVER = """
import datetime, json, os, signal, sys, threading, time, time_machine, schedule
schedule.LOOK = 0.02
folder, steps = sys.argv.pop(1), json.load(open(sys.argv.pop(1)))
def settle(step):
    for _ in range(100):
        time.sleep(0.03)
        log = open(folder + "/said").read() if os.path.exists(folder + "/said") else ""
        if all(log.count(mark) >= count for mark, count in step["until"].items()):
            return
    print("WAITED IN VAIN", step, flush=True)
say = schedule.say
def told(message):
    with open(folder + "/said", "a") as file:
        print(message, file=file)
    say(message)
schedule.say = told
with time_machine.travel(datetime.datetime.fromisoformat(steps[0]["now"]), tick=False) as clock:
    def drive():
        for step in steps:
            with open(folder + "/now.part", "w") as file:
                json.dump(step, file)
            os.replace(folder + "/now.part", folder + "/now")
            clock.move_to(datetime.datetime.fromisoformat(step["now"]))
            settle(step)
        os.kill(os.getpid(), signal.SIGTERM)
    threading.Timer(0.3, drive).start()
    sys.exit(schedule.main())
"""


def lives(nights: int) -> Iterator[list[tuple[datetime, dict[str, str]]]]:
    """Yield the times from one start of the program to the next: moments, each with the fate of a search's crawl."""
    day = FIRST
    life: list[tuple[datetime, dict[str, str]]] = [(FIRST, {})]
    for night in range(1, nights + 1):
        due = (day + timedelta(days=night)).replace(hour=4, minute=18)
        if night % 97 in (40, 41, 42):  # three nights on which the computer is off
            if night % 97 == 40:
                yield life
            life = []
            continue
        if night % 97 == 43:
            life = [(due + timedelta(hours=5), {})]  # on again in the morning: the missed nights are caught up once
            continue
        fates = {}
        if night % 50 == 25:
            fates = {SEARCHES[0]: "locked"}
        if night % 60 == 30:
            fates = {SEARCHES[1]: "killed"}
        life.append((due, fates))
        if night % 70 == 10:  # a reboot in the afternoon; once with a clock that has lost its time
            yield life
            back = due + timedelta(hours=10)
            life = [(datetime(1970, 1, 1, 1, 0, tzinfo=BERLIN), {}), (back, {})] if night == 80 else [(back, {})]
    yield life


def prove(nights: int = 400, *, tell: Callable[[str], object] = str) -> str:
    """Live so many nights; returns the figure, raises AssertionError with the nights that are wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "crawl.py").write_text(CRAWL)
        (folder / "driver.py").write_text(DRIVER)
        (folder / "schedule.toml").write_text(
            "pause_minutes = 30\ntries = 1\n"
            + "".join(f'[[search]]\nname = "{each}"\n' for each in SEARCHES).replace(
                '"hagen_controller"\n', '"hagen_controller"\nrole = "controller"\nplace = "Hagen"\n'
            )
        )
        with sqlite3.connect(folder / "jobs.db") as connection:
            connection.execute(
                "CREATE TABLE runs (id INTEGER PRIMARY KEY, search TEXT NOT NULL, started_at TEXT NOT NULL,"
                " finished_at TEXT, exit_code INTEGER) STRICT"
            )
        connection.close()
        starts = 0
        for life in lives(nights):
            starts += 1
            live(folder, life)
            tell(f"start {starts}: up to {life[-1][0]:%Y-%m-%d}")
        return judged(folder, nights, starts)


def live(folder: Path, life: list[tuple[datetime, dict[str, str]]]) -> None:
    """Run the program from one start to its end, through the moments given."""
    (folder / "said").unlink(missing_ok=True)
    expected: Counter[str] = Counter()
    steps = []
    for number, (moment, fates) in enumerate(life):
        nightly = moment.hour == 4 and moment.minute == 18
        if nightly or _is_due(folder, moment, number):
            expected.update({f"{each}: started": 1 for each in SEARCHES})
        steps.append({"now": moment.isoformat(), "fates": fates, "until": dict(expected) or {"Running now": 1}})
        if moment.year == 1970:
            steps[-1]["until"] = {"the clock says": 1}
        if "killed" in fates.values():  # run again half an hour later
            expected.update({f"{SEARCHES[1]}: started": 1})
            later = moment + timedelta(minutes=31)
            steps.append({"now": later.isoformat(), "fates": fates, "until": dict(expected)})
    (folder / "steps").write_text(json.dumps(steps))
    (folder / "now").write_text(json.dumps(steps[0]))
    crawl = shlex.join([sys.executable, str(folder / "crawl.py"), str(folder)])
    done = subprocess.run(
        [sys.executable, str(folder / "driver.py"), str(folder), str(folder / "steps"), "--file",
         str(folder / "schedule.toml"), "--command", crawl],
        cwd=ROOT, capture_output=True, text=True, timeout=900, check=False,
        env=os.environ | {"STELLWERK_JOBS_DB": str(folder / "jobs.db"), "PYTHONPATH": str(ROOT),
                          "STELLWERK_RAW_DB": str(folder / "private" / "raw.db")},
    )  # fmt: skip
    assert done.returncode == 143, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert "WAITED IN VAIN" not in done.stdout, done.stdout[:6_000]


def _is_due(folder: Path, moment: datetime, number: int) -> bool:
    """Tell whether a start catches a night up: the last run that ended began before it was due."""
    if moment.year == 1970 or (number and moment.hour == 4):
        return False
    connection = sqlite3.connect(folder / "jobs.db")
    last = connection.execute("SELECT max(started_at) FROM runs WHERE finished_at IS NOT NULL").fetchone()[0]
    connection.close()
    due = moment.replace(hour=4, minute=17)
    return last is None or datetime.fromisoformat(last).astimezone(BERLIN) < due


def judged(folder: Path, nights: int, starts: int) -> str:
    """Hold what ran against what should have; raises AssertionError with the first night that is wrong."""
    connection = sqlite3.connect(folder / "jobs.db")
    ran = connection.execute("SELECT search, started_at, finished_at FROM runs ORDER BY id").fetchall()
    connection.close()
    diary = sqlite3.connect(folder / "private" / "schedule.db")
    reasons = [row[0] for row in diary.execute("SELECT what FROM decisions")]
    diary.close()
    counts = Counter(
        (search, datetime.fromisoformat(began).astimezone(BERLIN).date()) for search, began, ended in ran if ended
    )
    doubled = [key for key, count in counts.items() if count > 1]
    assert not doubled, f"twice: {doubled[:5]}"
    off = {night for night in range(1, nights + 1) if night % 97 in (40, 41, 42)}
    locked = {night for night in range(1, nights + 1) if night % 50 == 25} - off
    for night in range(1, nights + 1):
        day = (FIRST + timedelta(days=night)).date()
        for search in SEARCHES:
            should = night not in off and not (search == SEARCHES[0] and night in locked and night % 97 != 43)
            found = counts[search, day]
            assert (found == 1) == should, f"{search} on {day} (night {night}): {found} runs"
    skipped = sum("was skipped: another crawl is running" in each for each in reasons)
    killed = sum("the crawl was killed" in each for each in reasons)
    wrong = sum("nothing is run until it is right" in each for each in reasons)
    assert skipped == len([each for each in locked if each % 97 != 43])
    return (
        f"{nights} nights × {len(SEARCHES)} searches, {starts} starts: one run each; {skipped} skipped for a foreign"
        f" crawl, {killed} killed and run again, {len(off)} nights off, {wrong} start with a wrong clock, each with its"
        " reason"
    )


if __name__ == "__main__":
    print(prove(int(sys.argv[1]) if len(sys.argv) > 1 else 400, tell=lambda line: print(line, flush=True)))
