"""Limits of time are stated for an ordinary machine; on a slower one they are longer, by what it is slower."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import process_time

# Processor seconds for a million additions on the machine of docs/performance.md. Reckoned: where they took 0.059,
# skills and conditions were found 2.2 times as slowly as there.
ORDINARY = 0.027
UNEVEN = 1.5  # a slow machine is not as much slower in everything


def slowness() -> float:
    """Return how many times as long work may take on this machine just now as on that one; 1 on one about as quick."""
    found = min(_count() for _ in range(3)) / ORDINARY
    return found * UNEVEN if found > 1.2 else 1.0


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail where what is done inside takes more processor time."""
    start = process_time()
    with no_clearing_up():
        yield
        took = process_time() - start
    if took >= seconds:
        assert took < seconds * slowness(), f"took {took * 1000:.0f} ms of {seconds * 1000:.0f} ms"


def least(work: Callable[[], object], seconds: float, rounds: int = 5) -> float:
    """Return the processor time of the quickest of some rounds; fail where it is more."""
    best = float("inf")
    for _ in range(rounds):
        start = process_time()
        with no_clearing_up():
            work()
            best = min(best, process_time() - start)
        if best < seconds:
            return best
    assert best < seconds * slowness(), f"took {best * 1000:.0f} ms of {seconds * 1000:.0f} ms"
    return best


@contextmanager
def no_clearing_up() -> Iterator[None]:
    """Leave what other tests left in memory alone: looking through it is none of the work that is timed."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _count() -> float:
    start, total = process_time(), 0
    for number in range(1_000_000):
        total += number
    return process_time() - start
