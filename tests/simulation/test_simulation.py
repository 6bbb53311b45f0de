# ruff: noqa: S311 - dice that fall the same way each time
"""A quick storm, and proofs that the storm would notice what it is there to notice."""

import asyncio
import itertools
import random
import tomllib

import pytest
import storm
from bad_days import Day, as_toml, draw, draw_pushed, speak
from one_day import BadEndError, live

from fakeqq import scenario_words
from fakeqq.core.scenarios import scenario
from fakeqq.launch.control import Control
from fakeqq.launch.server import ServerProcess
from reference_client.bot import Bot
from reference_client.gateway import Gateway
from reference_client.messages import Scene
from reference_client.progress import Progress, Seen
from reference_client.sender import Sequences
from reference_client.startup import GatewayAddress
from reference_client.stream import Stream
from reference_client.webhook import Reply, Webhook

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


OUTAGE = [
    {"after": 30.0, "do": [{"act": "door", "open": False, "drop": True}, {"act": "forget-sessions"}]},
    {"after": 40.0, "do": [{"act": "door", "open": True}]},
]


def test_a_platform_that_restarts_loses_only_what_was_said_while_it_was_away():
    day = calm_day()
    day.steps = OUTAGE
    result = live(day)
    assert 0 < result.lost < result.messages


def test_what_a_fault_ate_excuses_no_other_loss(monkeypatch):
    day = calm_day()
    day.faults = [{"name": "eaten", "on": "dispatch: *", "nth": 3, "do": [{"verb": "garbage"}]}]
    day.steps = [{"after": 50.0, "do": [{"act": "close", "code": 4006, "forget": True}]}]
    assert live(day).lost >= 1
    calls, remember = itertools.count(), Seen.remember
    monkeypatch.setattr(Seen, "remember", lambda self, keys: remember(self, keys) or next(calls) == 10)
    with pytest.raises(BadEndError, match="was never heard"):
        live(day)


def test_a_session_that_is_forgotten_before_its_bot_knows_of_it_excuses_what_is_said_then():
    day = calm_day()
    day.faults = [{"name": "late", "on": "ws: READY", "do": [{"verb": "delay", "seconds": 5.0}]}]
    day.freezes = [(3.0, 20.0)]
    day.steps = [{"after": 8.0, "do": [{"act": "forget-sessions"}]}, {"after": 40.0, "do": [{"act": "drop"}]}]
    assert live(day).lost > 0


@pytest.mark.parametrize(("count", "problem"), [("4", "was one too many"), ("unenforced", "got 5 passive replies")])
def test_a_bot_that_answers_more_often_than_it_may_is_caught(monkeypatch, count, problem):
    day = calm_day()
    day.changes = {"switches": {"c2c_reply_count": count}}
    live(day)
    monkeypatch.setattr("simulated_answers.REPLIES", {Scene.C2C: 5, Scene.GROUP: 5})
    with pytest.raises(BadEndError, match=problem):
        live(day)


def test_a_reply_that_is_shown_too_late_is_caught(monkeypatch):
    day = calm_day()
    day.steps = [{"after": at, "do": [{"act": "advance", "seconds": 8000}]} for at in range(10, 90, 5)]
    live(day)
    monkeypatch.setattr("fakeqq.core.sending.messages.reply_window", lambda *_: 1e9)
    with pytest.raises(BadEndError, match="after its time"):
        live(day)


def test_a_bot_that_asks_for_the_gateway_at_each_reconnect_is_caught(monkeypatch):
    day = calm_day()
    day.changes = {"switches": {"gateway_budget": "strict"}}
    day.steps = [{"after": at, "do": [{"act": "drop"}]} for at in range(20, 60, 10)]
    live(day)
    monkeypatch.setattr(GatewayAddress, "wants_question", lambda *_, **__: True)
    with pytest.raises(BadEndError, match="over a budget"):
        live(day)


def test_a_bot_that_leaves_the_end_to_the_platform_is_caught_where_none_comes(monkeypatch):
    day = calm_day()
    day.changes = {"recycle_interval": 20.0, "switches": {"recycle_grace": "never"}}
    assert live(day).lost == 0
    monkeypatch.setattr(Gateway, "_on_reconnect", lambda *_: [])
    with pytest.raises(BadEndError, match="was answered 0 times"):
        live(day)


def test_session_starts_that_resumes_have_spent_are_not_held_against_a_bot():
    day = calm_day()
    day.steps = [{"after": 30.0 + seconds, "do": [{"act": "drop"}]} for seconds in range(4)]
    for spends in ("no", "yes"):
        day.changes = {"switches": {"session_budget": "strict", "resume_spends": spends}}
        live(day)


def test_calls_of_another_bot_of_the_machine_are_not_held_against_a_bot(monkeypatch):
    day = calm_day()
    day.changes = {"switches": {"gateway_budget": "strict", "gateway_budget_scope": "machine"}}
    day.neighbours = [0.0, 0.0]
    assert live(day).answers > 0
    monkeypatch.setattr("one_day.Budgets.disturbed", lambda *_: None)
    with pytest.raises(BadEndError, match="over a budget"):
        live(day)


@pytest.mark.parametrize("kill", [True, False])
def test_a_bot_that_restarts_loses_nothing(kill):
    day = calm_day()
    day.restarts = [(30.0, 8.0, kill), (60.0, 8.0, kill)]
    result = live(day)
    assert (result.faults, result.lost, result.reported) == (2, 0, 0)


def test_a_bot_that_forgets_in_a_restart_what_it_has_handled_is_caught(monkeypatch):
    monkeypatch.setattr(Progress, "was_handled_earlier", lambda *_: False)
    day = calm_day()
    day.restarts = [(at, 6.0, True) for at in (20.0, 40.0, 60.0, 80.0)]
    with pytest.raises(BadEndError, match="handled 2 times"):
        live(day)


def test_a_bot_that_restarts_again_and_again_has_one_budget_of_calls_for_tokens():
    day = calm_day()
    day.changes = {"switches": {"token_budget": "on"}}
    refused = [{"verb": "error", "name": "token_invalid"}]
    day.faults = [{"name": "refused", "on": "http: POST /v2/*/messages", "times": 10_000, "do": refused}]
    day.restarts = [(at, 6.0, True) for at in (22.0, 43.0)]
    live(day)


def test_a_bot_that_is_refused_stops_and_another_process_goes_on():
    day = calm_day()
    day.steps = [{"after": 30.0, "do": [{"act": "close", "code": 4915}]}]
    result = live(day)
    assert 0 < result.lost < result.messages


def test_a_stop_for_no_reason_is_caught(monkeypatch):
    monkeypatch.setattr("one_day.FATAL_CODES", (4914,))
    day = calm_day()
    day.steps = [{"after": 30.0, "do": [{"act": "close", "code": 4915}]}]
    with pytest.raises(BadEndError, match="stopped for good"):
        live(day)


def test_a_webhook_that_recognises_no_repetition_is_caught(monkeypatch):
    day = draw_pushed(random.Random(6), 6)
    day.deliveries = 0.3
    assert live(day).lost == 0
    monkeypatch.setattr(Seen, "remember", lambda *_: False)
    with pytest.raises(BadEndError, match=r"handled \d+ times"):
        live(day)


def test_a_webhook_that_refuses_what_is_genuine_is_caught_where_it_is_not_said_again(monkeypatch):
    day = draw_pushed(random.Random(6), 6)
    day.changes = {"switches": {"webhook_4xx": "given-up"}}
    live(day)
    receive = Webhook.receive
    calls = itertools.count()
    monkeypatch.setattr(
        Webhook, "receive",
        lambda self, *request: receive(self, *request) if next(calls) % 5 else Reply(401, b"", problem="busy"),
    )  # fmt: skip
    with pytest.raises(BadEndError, match="was never heard"):
        live(day)


def test_a_stream_that_says_again_what_was_perhaps_shown_is_caught(monkeypatch):
    day = calm_day()
    lost = [{"verb": "disconnect", "effect": "after"}]
    day.faults = [{"name": "lost", "on": "http: POST /v2/*/stream_messages", "times": 500, "do": lost}]
    live(day)
    monkeypatch.setattr(Stream, "perhaps_shown", False)
    with pytest.raises(BadEndError, match="the user reads"):
        live(day)


def test_what_a_storm_leaves_behind_can_be_played(tmp_path):
    day = storm.day_of(11)
    day.steps += OUTAGE
    file = storm.keep(day, tmp_path)
    chosen = scenario_words.chosen(str(file))
    assert len(chosen.faults) == len(day.faults)
    with ServerProcess(["--scenario", str(file)]) as server:
        assert server.ready.port > 0


async def test_a_shrunk_day_happens_on_a_live_server(monkeypatch, tmp_path):
    needed = {"name": "needed", "on": "ws: ACK", "times": 1, "do": [{"verb": "drop"}]}
    day = Day(8, shards=2, changes={"max_concurrency": 2})
    day.faults = [{"name": "other", "on": "connect", "times": 1, "do": [{"verb": "hang"}]}, needed]
    monkeypatch.setattr(storm, "problem_of", lambda day: "bad" if needed in day.faults else None)
    small = storm.shrink(day, "bad")
    with ServerProcess(["--scenario", str(storm.keep(small, tmp_path))]) as server:
        bot = Bot(server.ready.app_id, server.ready.secret, api_base=server.ready.api_base,
                  token_url=server.ready.token_url)  # fmt: skip
        online = asyncio.create_task(bot.start())
        with Control(server.ready.control_url) as control:
            world = control.world(server.ready.app_id)
            await asyncio.to_thread(world.wait, {"kind": "fault", "fault": "needed"}, timeout=20.0)
            await asyncio.to_thread(world.wait, {"kind": "ws.out", "t": "READY"}, count=2, timeout=20.0)
            assert sorted(each["shard"] for each in world.connections()) == [[0, 2], [1, 2]]
            assert [fault["name"] for fault in world.faults()] == ["needed"]
        bot.stop()
        await online
