"""The control client against a real server."""

import json
import os
import signal
import threading

import pytest

from fakeqq.launch.control import Control, ControlError, JournalTimeout
from fakeqq.launch.doctor import examine
from fakeqq.launch.errors import LaunchError
from fakeqq.launch.server import ServerProcess


@pytest.fixture(scope="module")
def server():
    with ServerProcess() as server:
        yield server


@pytest.fixture
def control(server):
    with Control(server.ready.control_url) as control:
        yield control


@pytest.fixture
def world(control):
    world = control.create_world()
    yield world
    world.delete()


def test_server_tells_where_it_is(server, control):
    ready = server.ready
    assert control.health() == {"status": "ok"}
    assert control.version()["version"]
    assert ready.app_id in [world["app_id"] for world in control.worlds()]
    assert ready.pid > 0
    assert os.path.exists(ready.ca_file)  # noqa: PTH110
    assert os.path.exists(ready.adopt_socket)  # noqa: PTH110


def test_world_is_made_as_asked(control):
    world = control.create_world("4242", "hush", {"heartbeat_interval_ms": 1000}, own_door=True)
    assert (world.app_id, world.secret) == ("4242", "hush")
    assert world.settings()["heartbeat_interval_ms"] == 1000
    assert world.settings(token_lifetime=60)["token_lifetime"] == 60
    assert world.door["port"] > 0
    world.delete()
    with pytest.raises(ControlError):
        world.summary()


def test_people_speak(world):
    user = world.user("Ann")
    group = world.group("friends", [user["openid"]])
    said = world.say("ping", user=user["openid"])
    assert said["event_type"] == "C2C_MESSAGE_CREATE"
    assert said["delivered"] == 0
    assert (
        world.say("ping", user=user["openid"], group=group["group_openid"])["event_type"] == "GROUP_AT_MESSAGE_CREATE"
    )
    assert [message["text"] for chat in world.chats(user["openid"]) for message in chat["messages"]] == ["ping"]
    assert {chat["scene"] for chat in world.chats()} == {"c2c", "group"}
    assert world.event("ODD_EVENT", {"x": 1})["event_id"]
    assert world.event("ODD_EVENT", None)["data"] is None


def test_what_is_said_can_be_anything(world):
    first = world.say("ping")
    assert world.say("pong", quote=first["message_id"], faces=["doge"], fields={"new": None})["scene"] == "c2c"
    with pytest.raises(ControlError, match="quoted"):
        world.say("pong", quoted=first["message_id"])


def test_nothing_goes_stale_where_nothing_is_kept(world):
    assert world.stale_http("reset") == {"connections": 0}
    with pytest.raises(ControlError):
        world.stale_http("softly")


def test_faults_are_replaced_and_read(world):
    wanted = {"name": "f", "on": "http: GET /gateway/bot", "do": [{"verb": "html", "status": 502}]}
    assert [fault["name"] for fault in world.faults([wanted])] == ["f"]
    assert world.faults()[0]["hits"] == 0
    assert world.faults([]) == []


def test_clock_moves(world):
    before = world.clock(frozen=True)["now"]
    assert world.clock(advance=301)["now"] == pytest.approx(before + 301)
    assert world.clock()["frozen"] is True


def test_actions_need_no_connection(world):
    for action in (
        world.reconnect, lambda: world.reconnect(then_close=None), lambda: world.reconnect(then_close=4009, after=1),
        world.invalidate, lambda: world.invalidate(resumable=True, then_close=None, forget=False),
        lambda: world.close(4009, "bye"), world.drop, world.mute_acks, lambda: world.mute_acks(False),
    ):  # fmt: skip
        assert action()["connections"] == []
    world.forget_sessions()
    world.revoke_tokens()
    assert world.connections() == []
    assert world.sessions() == []
    world.reset()


def test_wait_returns_what_matches(world):
    seen = []
    waiter = threading.Thread(
        target=lambda: seen.extend(world.wait({"kind": "user.said", "text": "later"}, timeout=30))
    )
    waiter.start()
    world.say("first")
    world.say("later")
    waiter.join(30)

    assert [entry["text"] for entry in seen] == ["later"]
    assert world.count({"kind": "user.said"}) == 2
    assert [entry["kind"] for entry in world.journal(kind="user.said")] == ["user.said"] * 2
    assert len(list(world.pages())) == len(world.journal())
    last = world.journal()[-1]["id"]
    assert world.journal(since=last) == list(world.pages(since=last)) == []


def test_wait_that_ends_tells_what_came_nearest(world):
    world.say("ping")
    with pytest.raises(JournalTimeout) as caught:
        world.wait({"kind": "user.said", "text": "pong"}, timeout=0.01)
    assert caught.value.matched == 0
    assert caught.value.nearest[0]["differs"]["text"] == {"expected": "pong", "found": "ping"}


def test_entries_are_followed_as_they_come(world):
    world.say("one")
    entries = world.follow()
    assert next(entry for entry in entries if entry["kind"] == "user.said")["text"] == "one"
    world.say("two")
    assert next(entry for entry in entries if entry["kind"] == "user.said")["text"] == "two"
    entries.close()


def test_mistakes_are_told_with_a_suggestion(control, world):
    with pytest.raises(ControlError) as caught:
        world.faults([{"name": "f", "on": "ws: REDY", "do": [{"verb": "drop"}]}])
    assert caught.value.exit_code == 2
    assert "READY" in caught.value.suggestion
    with pytest.raises(ControlError, match="nobody"):
        control.world("nobody").summary()


def test_server_that_is_not_there_is_named():
    with Control("http://127.0.0.1:1/_fakeqq") as control, pytest.raises(ControlError, match="fakeqq serve") as caught:
        control.health()
    assert caught.value.code == "unreachable"


def test_a_strangers_answer_is_shown(stand_in, server):
    with Control(f"{stand_in.ready.api_base}/_fakeqq") as control:
        assert control.call("GET", "/x")["line"] == "GET /_fakeqq/x HTTP/1.1"
    with Control(server.ready.api_base) as control, pytest.raises(ControlError, match="control API") as caught:
        control.call("GET", "/nothing-here")
    assert caught.value.code == "not_the_control_api"


def test_server_stops_and_leaves_no_files():
    server = ServerProcess().start()
    ready = server.ready
    server.stop()
    server.stop()

    assert not os.path.exists(ready.ca_file)  # noqa: PTH110
    assert not os.path.exists(ready.adopt_socket)  # noqa: PTH110
    with pytest.raises(LaunchError, match="not running"):
        _ = server.ready
    assert "not running" in repr(server)


def test_server_that_dies_is_ended_without_fuss(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # a killed server cannot remove its private directory
    server = ServerProcess().start()
    os.kill(server.ready.pid, signal.SIGKILL)
    server.stop()


def test_server_that_does_not_start_says_why():
    with pytest.raises(LaunchError, match="No such option") as caught:
        ServerProcess(["--no-such-option"]).start()
    assert caught.value.exit_code == 5


def test_doctor_tries_everything():
    findings = {finding.name: finding for finding in examine()}
    assert list(findings) == [
        "--via env", "--via shim (Python)", "--via shim (Node)", "--via netns", "--via auto", "--speed 10",
    ]  # fmt: skip
    assert findings["--via env"].works
    assert findings["--via shim (Python)"].works, findings["--via shim (Python)"]
    for finding in findings.values():
        assert finding.detail
        assert finding.works is not False or finding.advice
    assert json.dumps([finding.detail for finding in findings.values()])


def test_a_bad_day_is_staged_by_name(world):
    assert world.scenario("session-timed-out")["scenario"] == "session-timed-out"
    with pytest.raises(ControlError) as refused:
        world.scenario("session-timed-ou")
    assert refused.value.suggestion == "session-timed-out"


@pytest.mark.parametrize("deed", ["half_open", "stall"])
def test_a_line_is_broken_at_all_connections_or_at_one(world, deed):
    assert getattr(world, deed)() == {"connections": []}
    with pytest.raises(ControlError, match="no live connection 77"):
        getattr(world, deed)(connection=77)
