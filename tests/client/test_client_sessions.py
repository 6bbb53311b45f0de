import contextlib
import os
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeqq.launch.control import Control
from fakeqq.launch.server import ServerProcess
from reference_client.outputs import Deliver
from reference_client.sessions import SavedSession, decode_sessions, decode_token_calls, encode_sessions

SOON = 20.0
SESSIONS = {0: SavedSession("a", 7, (9, 10)), 2: SavedSession("b", 0)}


def test_what_was_written_is_read():
    assert decode_sessions(encode_sessions("1", 3, SESSIONS), "1", 3) == SESSIONS


@pytest.mark.parametrize(("app_id", "shards"), [("2", 3), ("1", 2)])
def test_another_bots_sessions_are_not_taken(app_id, shards):
    assert decode_sessions(encode_sessions("1", 3, SESSIONS), app_id, shards) == {}


@pytest.mark.parametrize(
    "entry",
    [
        '["a"]',
        '["a", 1]',
        '["a", -1, []]',
        '["", 1, []]',
        '["a", true, []]',
        "[1, 1, []]",
        '["a", "1", []]',
        '["a", 1, 2]',
        '["a", 1, ["2"]]',
        '["a", 1, [-2]]',
        "null",
        '{"a": 1}',
    ],
)
def test_a_damaged_session_is_passed_over(entry):
    text = f'{{"app_id": "1", "shards": 2, "sessions": {{"0": {entry}, "1": ["b", 2, [4]]}}}}'
    assert decode_sessions(text, "1", 2) == {1: SavedSession("b", 2, (4,))}


@pytest.mark.parametrize("sessions", ["null", "[]", '"0"'])
def test_what_are_no_sessions_are_none(sessions):
    assert decode_sessions(f'{{"app_id": "1", "shards": 1, "sessions": {sessions}}}', "1", 1) == {}


@given(st.text())
def test_no_text_breaks_it(text):
    assert decode_sessions(text, "1", 1) == {}
    assert decode_token_calls(text, "1") == []


def test_the_calls_for_a_token_stand_beside_the_sessions():
    text = encode_sessions("1", 1, {}, (1.5, 2.5))
    assert decode_token_calls(text, "1") == [1.5, 2.5]
    assert decode_token_calls(text, "2") == []


@pytest.mark.parametrize("calls", ["null", "7.5", "[1.5, null]", '["1.5"]', "[true]", f"[{10**400}]", '{"a": 1.5}'])
def test_damaged_calls_are_passed_over(calls):
    text = f'{{"app_id": "1", "shards": 1, "sessions": {{"0": ["a", 1, []]}}, "token_calls": {calls}}}'
    assert decode_token_calls(text, "1") == []
    assert decode_sessions(text, "1", 1) == {0: SavedSession("a", 1)}


def test_a_machine_that_is_restored_resumes(rig):
    rig.gateway.restore(SavedSession("kept", 7))
    login = rig.start().come_back()
    assert (login["op"], login["d"]["session_id"], login["d"]["seq"]) == (6, "kept", 7)
    assert rig.gateway.saved() == SavedSession("kept", 7)


def test_what_is_unfinished_is_asked_for_again(online):
    online.event(2).event(3)
    assert online.gateway.saved().seq == 1


def test_what_is_finished_after_the_mark_is_named(online):
    online.event(2).event(3).event(4)
    for delivered in online.all(Deliver)[-2:]:
        online.gateway.finished(delivered.event)
    assert online.gateway.saved() == SavedSession(online.gateway.session_id, 1, (3, 4))


def test_what_an_earlier_process_finished_is_not_handled_again(rig):
    rig.gateway.restore(SavedSession("kept", 1, (3, 4)))
    rig.start().come_back()
    rig.event(2)
    assert rig.gateway.saved() == SavedSession("kept", 1, (3, 4))
    rig.event(3).event(4).event(5)
    assert [delivered.event.seq for delivered in rig.all(Deliver)] == [2, 5]
    assert rig.gateway.saved() == SavedSession("kept", 1, (3, 4))


def test_a_machine_without_a_session_has_none_to_save(rig):
    assert rig.gateway.saved() is None


@pytest.fixture
def stage(tmp_path):
    """A world, the environment of its bot, and the file in which the bot keeps its session."""
    with ServerProcess() as server, Control(server.ready.control_url) as control:
        world, kept = control.create_world(own_door=True), tmp_path / "sessions.json"
        environment = os.environ | {
            "FAKEQQ_APP_ID": world.app_id,
            "FAKEQQ_SECRET": world.secret,
            "FAKEQQ_API_BASE": world.door["api_base"],
            "FAKEQQ_TOKEN_URL": world.door["token_url"],
            "FAKEQQ_SESSION_FILE": str(kept),
        }

        yield world, environment, kept


@contextlib.contextmanager
def running(environment):
    """The reference bot; killed at the end, if it still runs."""
    bot = subprocess.Popen([sys.executable, "-m", "reference_client"], env=environment)
    try:
        yield bot
    finally:
        bot.kill()
        bot.wait(SOON)


def until(holds):
    """Wait for what a program writes down; a user sees an answer before the program hears that it arrived."""
    end = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def known_to_be_handled(kept, app_id):
    session = decode_sessions(kept.read_text(encoding="utf-8"), app_id, 1).get(0)
    return () if session is None else session.handled


def calls_for_tokens(kept, app_id):
    return decode_token_calls(kept.read_text(encoding="utf-8"), app_id)


def seen(world):
    return [entry["text"] for entry in world.journal(kind="user.sees")]


def test_a_restarted_program_resumes_and_answers_what_it_missed(stage):
    world, environment, kept = stage
    with running(environment) as bot:
        world.wait({"kind": "ws.out", "t": "READY"}, timeout=SOON)
        world.say("first")
        world.wait({"kind": "user.sees"}, timeout=SOON)
        bot.terminate()
        assert bot.wait(SOON) == 0
    assert kept.stat().st_mode & 0o077 == 0
    [first_call] = calls_for_tokens(kept, world.app_id)
    world.say("meanwhile")
    with running(environment) as bot:
        world.wait({"kind": "user.sees"}, count=2, timeout=SOON)
        bot.terminate()
        assert bot.wait(SOON) == 0
    assert seen(world) == ["first", "meanwhile"]
    assert calls_for_tokens(kept, world.app_id) == [
        pytest.approx(first_call, abs=0.3),
        pytest.approx(time.time(), abs=SOON),
    ]
    assert world.count({"kind": "ws.in", "op": 2}) == 1


def test_a_killed_program_answers_what_was_unfinished_and_nothing_else(stage):
    world, environment, kept = stage
    hang = {"name": "hang", "on": "http: POST /v2/users/{openid}/messages", "nth": 2, "do": [{"verb": "hang"}]}
    world.faults([hang])
    with running(environment):
        world.wait({"kind": "ws.out", "t": "READY"}, timeout=SOON)
        world.say("first")
        world.wait({"kind": "user.sees"}, timeout=SOON)
        world.say("unfinished")
        world.wait({"kind": "fault", "fault": "hang"}, timeout=SOON)
        world.say("third")
        world.wait({"kind": "user.sees"}, count=2, timeout=SOON)
        until(lambda: known_to_be_handled(kept, world.app_id) == (4,))
    with running(environment):
        world.wait({"kind": "user.sees"}, count=3, timeout=SOON)
        world.say("last")
        world.wait({"kind": "user.sees"}, count=4, timeout=SOON)
    assert seen(world) == ["first", "third", "unfinished", "last"]
    assert world.count({"kind": "ws.in", "op": 2}) == 1


def test_a_bot_that_is_refused_leaves_no_session(stage):
    world, environment, kept = stage
    with running(environment) as bot:
        world.wait({"kind": "ws.out", "t": "READY"}, timeout=SOON)
        world.say("first")
        world.wait({"kind": "user.sees"}, timeout=SOON)
        assert kept.exists()
        world.close(4915)
        assert bot.wait(SOON) == 1
    assert not kept.exists()
