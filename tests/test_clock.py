"""Business time while the system's is set forwards, back, and right again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chatserver.clock import STANDS, STEP, Clock

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOUR = 3600.0
MOMENT = timedelta(milliseconds=2)


class Told(Clock):
    """A system's time and a steady clock that the test tells."""

    def __init__(self) -> None:
        self.at, self.passed = START.timestamp(), 1000.0
        super().__init__()

    def wall(self) -> float:
        return self.at

    def steady(self) -> float:
        return self.passed

    def go(self, seconds: float, *, set_by: float = 0.0) -> datetime:
        """Time passes, and the system's is set meanwhile."""
        self.passed += seconds
        self.at += seconds + set_by
        return self.now()

    @property
    def theirs(self) -> datetime:
        """Another clock that agrees with the system's."""
        return datetime.fromtimestamp(self.at, UTC)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_time_passes() -> None:
    clock = Told()
    assert [clock.go(0.5), clock.go(HOUR), clock.doubted] == [after(0.5), after(HOUR + 0.5), False]


def test_a_step_moves_nothing_in_either_direction() -> None:
    for hours in (1, -1, 24 * 365):
        clock = Told()
        assert clock.go(5, set_by=hours * HOUR) == after(5)
        assert clock.doubted
        assert clock.go(5) == after(10)


def test_a_step_that_is_taken_back_leaves_no_doubt() -> None:
    clock = Told()
    clock.go(5, set_by=HOUR)
    assert (clock.go(60, set_by=-HOUR), clock.doubted) == (after(65), False)


def test_small_corrections_are_followed() -> None:
    clock = Told()
    assert (clock.go(5, set_by=-2), clock.doubted) == (after(3), False)


def test_a_machine_that_slept_has_not_been_set() -> None:
    clock = Told()
    assert (clock.go(8 * HOUR), clock.doubted) == (after(8 * HOUR), False)


def test_a_step_is_believed_when_it_has_stood_and_another_clock_agrees() -> None:
    clock = Told()
    clock.go(1, set_by=HOUR)
    clock.settle(clock.theirs)
    assert clock.doubted, "too soon"
    clock.go(STANDS)
    clock.settle(clock.theirs - timedelta(hours=1))
    assert clock.doubted, "the other clock was not set"
    clock.settle(clock.theirs)
    assert (clock.now(), clock.doubted) == (after(1 + STANDS + HOUR), False)


STEPS = st.floats(-1e6, 1e6).filter(lambda by: abs(by) > STEP + 1)


@given(st.lists(st.tuples(st.floats(0, 1e5), STEPS), max_size=12))
def test_whatever_the_clock_is_set_to_an_hour_lasts_an_hour(
    looks: list[tuple[float, float]],
) -> None:
    clock, passed, last = Told(), 0.0, START
    off = 0.0
    for seconds, set_by in looks:
        passed, off = passed + seconds, off + set_by
        now = clock.go(seconds, set_by=set_by)
        slack = timedelta(seconds=0 if clock.doubted else abs(off)) + MOMENT
        assert abs(now - after(passed)) <= slack
        assert clock.doubted == (abs(off) > STEP)
        if not clock.doubted:
            off = 0.0
            passed = (now - START).total_seconds()
        assert now >= last - slack
        last = now
