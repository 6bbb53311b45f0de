import pytest

from fakeqq.core.clock import WorldClock


def test_world_and_steady_time_flow_at_the_worlds_speed():
    clock = WorldClock(1000.0, 50.0, speed=10.0)
    assert clock.at(50.0)[:2] == (1000.0, 0.0)
    assert clock.at(53.0)[:2] == (1030.0, 30.0)


def test_a_jump_moves_world_time_only():
    clock = WorldClock(1000.0, 0.0)
    clock.advance(301)
    assert clock.at(1.0)[:2] == (1302.0, 1.0)


def test_a_frozen_clock_keeps_its_world_time_and_lets_steady_time_flow():
    clock = WorldClock(1000.0, 0.0)
    clock.set_frozen(True, 5.0)
    assert clock.at(9.0)[:2] == (1005.0, 9.0)
    clock.advance(60)
    assert clock.at(9.0).world == 1065.0
    clock.set_frozen(False, 10.0)
    assert clock.at(12.0)[:2] == (1067.0, 12.0)


def test_a_new_speed_counts_from_now_on():
    clock = WorldClock(1000.0, 0.0)
    clock.set_speed(10.0, 10.0)
    assert clock.at(11.0)[:2] == (1020.0, 20.0)


@pytest.mark.parametrize("speed", [0.5, 1.0, 10.0])
def test_real_time_of_a_deadline_is_the_inverse(speed):
    clock = WorldClock(0.0, 100.0, speed=speed)
    clock.set_speed(speed * 2, 107.0)
    assert clock.at(clock.real_at(42.0)).steady == pytest.approx(42.0)
