"""A limit of time fails what takes too long, on a slow machine too."""

import pytest

from tests import stopwatch


def test_what_takes_ten_times_as_long_as_it_may_fails_on_any_machine() -> None:
    work = stopwatch._count  # a million additions

    with pytest.raises(AssertionError, match="ms of 3 ms"), stopwatch.within(stopwatch.ORDINARY / 10):
        work()
    with pytest.raises(AssertionError, match="ms of 3 ms"):
        stopwatch.least(work, stopwatch.ORDINARY / 10)


def test_what_takes_a_third_of_its_time_passes_on_any_machine() -> None:
    with stopwatch.within(stopwatch.ORDINARY * 3):
        stopwatch._count()
    assert stopwatch.least(stopwatch._count, stopwatch.ORDINARY * 3) > 0
