import pytest

from reference_client.heartbeat import FALLBACK_INTERVAL, GRACE, Beat, Heartbeat, sane_interval


@pytest.mark.parametrize(
    ("milliseconds", "seconds"), [(41250, 41.25), (1000, 1.0), (250.5, 0.2505), (100, 0.1), (600_000, 600.0)]
)
def test_sane_intervals_are_taken(milliseconds, seconds):
    assert sane_interval(milliseconds) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "milliseconds",
    [0, -1, -41250, 99, 600_001, 10**12, 10**400, None, "45000", True, [], {}, float("nan"), float("inf")],
)
def test_absurd_intervals_are_replaced(milliseconds):
    assert sane_interval(milliseconds) == FALLBACK_INTERVAL


def beats(heart, until, *, acknowledge=True):
    sent = []
    while heart.deadline() <= until:
        now = heart.deadline()
        beat = heart.tick(now)
        if beat is Beat.DEAD:
            return sent, now
        if beat is Beat.SEND:
            sent.append(now)
            if acknowledge:
                heart.acknowledged()
    return sent, None


def test_the_first_beat_is_at_once_then_one_each_interval():
    assert beats(Heartbeat(10.0, 5.0), 40.0) == ([5.0, 15.0, 25.0, 35.0], None)


def test_two_missed_acks_are_death_half_an_interval_after_the_second():
    assert beats(Heartbeat(10.0, 0.0), 100.0, acknowledge=False) == ([0.0, 10.0], 10.0 + GRACE * 10.0)


def test_an_ack_at_the_last_moment_saves():
    heart = Heartbeat(10.0, 0.0)
    heart.tick(0.0)
    heart.tick(10.0)
    heart.acknowledged()
    assert heart.tick(15.0) is Beat.WAIT
    assert heart.tick(20.0) is Beat.SEND
    assert heart.tick(30.0) is Beat.SEND


def test_a_tick_before_its_time_does_nothing():
    heart = Heartbeat(10.0, 0.0)
    heart.tick(0.0)
    assert heart.tick(9.9) is Beat.WAIT
    assert heart.deadline() == 10.0


def test_who_slept_reads_before_it_judges():
    heart = Heartbeat(10.0, 0.0)
    heart.tick(0.0)
    heart.tick(10.0)
    assert heart.tick(300.0) is not Beat.DEAD
    assert heart.deadline() > 300.0
    heart.acknowledged()
    assert heart.tick(306.0) is not Beat.DEAD


def test_a_late_tick_is_not_made_up_for_with_a_burst():
    heart = Heartbeat(10.0, 0.0)
    heart.tick(0.0)
    heart.acknowledged()
    assert heart.tick(95.0) is Beat.SEND
    assert heart.tick(95.0) is Beat.WAIT
    assert heart.deadline() == 105.0


def silent(interval=10.0):
    """A heart whose second beat is unanswered: it is to be given up half an interval later."""
    heart = Heartbeat(interval, 0.0)
    heart.tick(0.0)
    heart.tick(interval)
    return heart


def test_death_is_judged_when_the_tick_is_at_most_so_late_as_its_patience():
    assert silent().tick(15.0 + GRACE * 10.0) is Beat.DEAD
    assert silent().tick(15.0 + GRACE * 10.0 + 0.1) is not Beat.DEAD


def test_who_slept_judges_later():
    heart = silent()
    assert heart.tick(300.0) is Beat.SEND
    assert heart.deadline() == 300.0 + GRACE * 10.0
    assert heart.tick(300.0 + GRACE * 10.0) is Beat.DEAD


def test_a_tick_in_time_keeps_the_pace():
    heart = Heartbeat(10.0, 0.0)
    for due in (0.0, 10.0, 20.0):
        assert heart.tick(due + 1.0) is Beat.SEND
        heart.acknowledged()
        assert heart.deadline() == due + 10.0


def test_a_tick_one_interval_late_waits_for_the_next():
    heart = Heartbeat(10.0, 0.0)
    assert heart.tick(10.0) is Beat.SEND
    assert heart.deadline() == 20.0
