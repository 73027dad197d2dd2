"""A year of nights on two boards whose truth we know: nothing is closed wrongly, nothing stays open beyond the rule."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from pipelines.health import Certificate
from pipelines.storage import Batch
from tests.pipelines.test_storage import BOARD, COMPLETE, FIRST, JOB, PARTIAL, Nights, raw

OWN = "personio:muster"
NIGHTS_TO_CLOSE = {BOARD: 1, OWN: 2}


@dataclass
class Post:
    """An advert as the world knows it: on a board on some nights, with what it says from some night on."""

    number: str
    board: str
    shown: list[tuple[int, int]]  # nights from, up to and without
    changes: dict[int, str]

    def is_shown(self, night: int) -> bool:
        return any(start <= night < end for start, end in self.shown)

    def title(self, night: int) -> str:
        return max((since, title) for since, title in self.changes.items() if since <= night)[1]


def world(seed: int) -> list[Post]:
    """Posts that come, go, return for a second spell, change their title, and are listed anew under another number."""
    made = random.Random(seed)  # noqa: S311 - the same year each time
    posts = []
    for number in range(60):
        board, start = made.choice([BOARD, OWN]), made.randrange(-20, 330)
        end = start + made.choice([1, 3, 20, 45, 120])
        shown = [(start, end)]
        if number % 5 == 0:
            shown.append((end + made.choice([1, 2, 10, 50]), end + 80))
        changes = {-99: "IT-Leiter (m/w/d)"} | ({start + 3: "Leitung IT (m/w/d)"} if number % 4 == 0 else {})
        posts.append(Post(f"p{number}", board, shown, changes))
        if number % 6 == 0:  # the same firm advertises the post anew
            posts.append(Post(f"q{number}", board, [(end + 5, end + 40)], {-99: "IT-Leiter (m/w/d)"}))
    return posts


def outcomes(seed: int) -> Iterator[tuple[str, Certificate]]:
    """One board's nights: mostly complete, at times half read, at times not at all, once for three weeks."""
    made = random.Random(seed)  # noqa: S311 - the same year each time
    for night in range(365):
        if 200 <= night < 221:
            yield "failed", Certificate("failed", "HTTP 503")
        else:
            kind = made.choices(["complete", "half", "failed", "asleep"], [80, 8, 8, 4])[0]
            yield kind, {"complete": COMPLETE, "half": PARTIAL}.get(kind, Certificate("failed", "HTTP 503"))


def advert(post: Post, night: int) -> tuple[object, object]:
    title, number = post.title(night), post.number.replace("q", "p")
    job = replace(JOB, title=title, employer_key=f"firma {number}", text=f"Worte von {number}. " * 30)
    return raw(post.number, board=post.board, words=title), job


def test_a_year_of_nights(tmp_path: Path) -> None:
    made, posts = random.Random(3), world(11)  # noqa: S311 - the same year each time
    nights = Nights(tmp_path)
    plans = {board: list(outcomes(seed)) for seed, board in enumerate((BOARD, OWN), 5)}
    first_seen: dict[str, str] = {}
    certified_misses: dict[str, int] = {}
    last_seen: dict[str, int] = {}
    for night in range(365):
        boards = [board for board in (BOARD, OWN) if plans[board][night][0] != "asleep"]
        for board in boards:
            kind, certificate = plans[board][night]
            there = [post for post in posts if post.board == board and post.is_shown(night)]
            seen = there if kind == "complete" else [each for each in there if kind == "half" and made.random() < 0.5]
            nights.run(
                Batch(accepted=[advert(post, night) for post in seen]), days=night, certificate=certificate,  # type: ignore[misc]
                nights_to_close=NIGHTS_TO_CLOSE[board], boards=(board,),
            )  # fmt: skip
            for post in (each for each in posts if each.board == board):
                if post in seen:
                    certified_misses[post.number] = 0
                    last_seen[post.number] = night
                elif kind == "complete":
                    certified_misses[post.number] = certified_misses.get(post.number, 0) + 1
        known = {
            number: (status, since)
            for number, status, since in nights.ask("SELECT source_id, status, first_seen FROM postings")
        }
        for post in posts:
            if post.number not in last_seen:
                assert post.number not in known
                continue
            status, since = known[post.number]
            assert first_seen.setdefault(post.number, since) == since, f"night {night}: first_seen moved"
            rule = NIGHTS_TO_CLOSE[post.board]
            if certified_misses[post.number] >= rule:
                assert status == "closed", f"night {night}: {post.number} stays open beyond the rule"
            else:
                assert status != "closed", f"night {night}: {post.number} was closed wrongly"
            unseen = night - last_seen[post.number]
            if status == "open" and post.board in boards:
                assert unseen <= 14, f"night {night}: {post.number} is open though nobody saw it for {unseen} nights"

    day = (FIRST + timedelta(days=364)).date().isoformat()
    (spells,) = nights.ask("SELECT count(*) FROM job_states WHERE valid_from <= ?1 AND status <> 'closed'"
                           " AND (valid_to > ?1 OR valid_to IS NULL)", day)  # fmt: skip
    assert spells == nights.ask("SELECT count(*) FROM jobs WHERE status <> 'closed'")[0]
    relisted = nights.ask("SELECT count(*) FROM links WHERE kind = 're-listed'")[0][0]
    assert relisted >= 8
    assert nights.ask("SELECT count(*) FROM jobs WHERE listed_since > first_seen") == [(0,)]
    assert nights.ask("PRAGMA foreign_key_check") == []
    assert nights.ask(
        "SELECT count(*) FROM readings r JOIN postings p USING (search, board, source_id) WHERE leads"
    ) == [(0,)]
