"""Lateness: one limit at every speed, and what the bot stood in the queue for is not its own."""

import pytest

from conformance.harness.calibration import Strain
from conformance.harness.pace import Span
from conformance.harness.words.stage import Stage
from conformance.verdict import Inconclusive, Unmet

LIMIT = Span(60, 3, "")


class Queued(Strain):
    """A machine that kept the bot waiting for two real seconds."""

    def lost_by_bot(self, since):
        del since
        return 2.0


def stage(speed, strain=None):
    return Stage(control=None, adapter=None, speed=speed, strain=strain)


@pytest.mark.parametrize("speed", [1, 10, 40])
def test_the_limit_is_the_same_at_every_speed(speed):
    stage(speed).took_at_most(LIMIT, since=100.0, until={"id": 7, "at": 163.0})
    with pytest.raises(Unmet, match="after 64 s") as raised:
        stage(speed).took_at_most(LIMIT, since=100.0, until={"id": 7, "at": 164.0})
    assert (raised.value.off_by, raised.value.decisive) == (1.0, 7)


def test_the_queue_is_taken_off_what_it_was_missed_by():
    with pytest.raises(Unmet) as raised:
        stage(10, Queued()).took_at_most(LIMIT, since=0.0, until={"id": 7, "at": 93.0})
    assert raised.value.off_by == 10.0
    with pytest.raises(Inconclusive, match="waited 20 s for a core"):
        stage(10, Queued()).took_at_most(LIMIT, since=0.0, until={"id": 7, "at": 83.0})
