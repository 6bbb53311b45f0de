# ruff: noqa: S311 - dice that fall the same way each time
"""A quick storm, and proofs that the storm would notice what it is there to notice."""

import random
import tomllib

import pytest
import storm
from bad_days import Day, as_toml, draw, speak
from one_day import BadEndError, live

from fakeqq.core.scenarios import scenario
from reference_client.progress import Seen
from reference_client.sender import Sequences

QUICK = 2_000


def test_a_storm_of_every_kind_of_fault_breaks_nothing():
    totals, day, problem = storm.storm(seed=7, faults=QUICK)
    assert problem is None, f"{problem}; again: storm.py --day {day.seed}"
    assert totals.answers > QUICK / 4, "a bot that is never there proves nothing"


def calm_day():
    return speak(Day(5), random.Random(5), 100.0)


def test_on_a_calm_day_every_message_is_answered():
    result = live(calm_day())
    assert (result.faults, result.lost, result.reported) == (0, 0, 0)
    assert result.answers >= result.messages


def test_the_same_day_ends_the_same_way():
    first, second = (live(draw(random.Random(12), 12, gentle=False)) for _ in range(2))
    assert vars(first) == vars(second)


def test_a_client_that_recognises_no_repetition_is_caught(monkeypatch):
    monkeypatch.setattr(Seen, "remember", lambda *_: False)
    day = calm_day()
    day.faults = [{"name": "twice", "on": "dispatch: *", "times": 20, "do": [{"verb": "twice"}]}]
    with pytest.raises(BadEndError, match="handled 2 times"):
        live(day)


def test_a_client_that_numbers_anew_for_each_try_is_caught(monkeypatch):
    numbers = iter(range(1, 10_000))
    monkeypatch.setattr(Sequences, "allot", lambda *_: next(numbers))
    monkeypatch.setattr(
        "reference_client.sender.Delivery._after_loss",
        lambda self, _: storm_send(self, self._sequences.allot("")),
    )
    day = calm_day()
    lost = [{"verb": "disconnect", "effect": "after"}]
    day.faults = [{"name": "lost", "on": "http: POST /v2/*/messages", "times": 3, "do": lost}]
    with pytest.raises(BadEndError, match="the user sees"):
        live(day)


def storm_send(delivery, number):
    from reference_client.sender import Send  # noqa: PLC0415

    delivery._body["msg_seq"] = number
    return Send(dict(delivery._body), after=0.1)


def test_a_bad_day_shrinks_to_what_is_needed(monkeypatch):
    needed = {"name": "needed", "on": "ws: ACK", "do": [{"verb": "drop"}]}

    def fails_with_it(day):
        return "BadEndError: 17 of them" if needed in day.faults else None

    monkeypatch.setattr(storm, "problem_of", fails_with_it)
    day = draw(random.Random(3), 3, gentle=False)
    day.faults.insert(7, needed)
    small = storm.shrink(day, storm.kind_of("BadEndError: 3 of them"))
    assert (small.faults, small.steps, small.freezes, small.speech) == ([needed], [], [], [])


def test_a_day_is_printed_as_a_scenario_that_can_be_played():
    day = draw(random.Random(4), 4, gentle=False)
    parsed = scenario.parse({"name": "storm", **tomllib.loads(as_toml(day))})
    assert [fault.on for fault in parsed.faults] == [fault["on"] for fault in day.faults]
    assert len(parsed.timeline) >= len(day.steps)
