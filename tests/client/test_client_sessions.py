import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeqq.launch.control import Control
from fakeqq.launch.server import ServerProcess
from reference_client.sessions import SavedSession, decode_sessions, encode_sessions

SOON = 20.0
SESSIONS = {0: SavedSession("a", 7), 2: SavedSession("b", 0)}


def test_what_was_written_is_read():
    assert decode_sessions(encode_sessions("1", 3, SESSIONS), "1", 3) == SESSIONS


@pytest.mark.parametrize(("app_id", "shards"), [("2", 3), ("1", 2)])
def test_another_bots_sessions_are_not_taken(app_id, shards):
    assert decode_sessions(encode_sessions("1", 3, SESSIONS), app_id, shards) == {}


@pytest.mark.parametrize(
    "entry", ['["a"]', '["a", -1]', '["", 1]', '["a", true]', "[1, 1]", '["a", "1"]', "null", '{"a": 1}']
)
def test_a_damaged_session_is_passed_over(entry):
    text = f'{{"app_id": "1", "shards": 2, "sessions": {{"0": {entry}, "1": ["b", 2]}}}}'
    assert decode_sessions(text, "1", 2) == {1: SavedSession("b", 2)}


@given(st.text())
def test_no_text_breaks_it(text):
    assert decode_sessions(text, "1", 1) == {}


def test_a_machine_that_is_restored_resumes(rig):
    rig.gateway.restore(SavedSession("kept", 7))
    login = rig.start().come_back()
    assert (login["op"], login["d"]["session_id"], login["d"]["seq"]) == (6, "kept", 7)
    assert rig.gateway.saved() == SavedSession("kept", 7)


def test_what_is_unfinished_is_asked_for_again(online):
    online.event(2).event(3)
    assert online.gateway.saved().seq == 1


def test_a_machine_without_a_session_has_none_to_save(rig):
    assert rig.gateway.saved() is None


def test_a_restarted_program_resumes_and_answers_what_it_missed(tmp_path):
    with ServerProcess() as server, Control(server.ready.control_url) as control:
        world, kept = control.create_world(own_door=True), tmp_path / "sessions.json"
        environment = os.environ | {
            "FAKEQQ_APP_ID": world.app_id,
            "FAKEQQ_SECRET": world.secret,
            "FAKEQQ_API_BASE": world.door["api_base"],
            "FAKEQQ_TOKEN_URL": world.door["token_url"],
            "FAKEQQ_SESSION_FILE": str(kept),
        }

        def run(until, say=None):
            bot = subprocess.Popen([sys.executable, "-m", "reference_client"], env=environment)
            try:
                world.wait({"kind": "ws.out", "t": until}, timeout=SOON)
                if say:
                    world.say(say)
                world.wait({"kind": "user.sees"}, count=1 if say else 2, timeout=SOON)
            finally:
                bot.terminate()
                assert bot.wait(SOON) == 0

        run("READY", say="first")
        assert kept.stat().st_mode & 0o077 == 0
        world.say("meanwhile")
        run("RESUMED")
        assert [entry["text"] for entry in world.journal(kind="user.sees")] == ["first", "meanwhile"]
        assert world.count({"kind": "ws.in", "op": 2}) == 1
