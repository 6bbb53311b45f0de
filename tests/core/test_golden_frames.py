"""What the core says, beside frames and bodies of documents and captures: same keys, order and types; values differ."""

import json
from pathlib import Path

import pytest

from core.stage import Stage, body_of
from fakeqq.core.gateway.connection import Connection

GOLDEN = Path(__file__).parent.parent / "golden"


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def shape(value):
    """Keys in their order with the shapes of their values; of a list, the shape of its first element."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value[:1]]
    return type(value).__name__


def ordered(value):
    """The shape as text, so that the order of keys counts."""
    return json.dumps(shape(value))


def raw(peer):
    return [output.text for output in peer.connection.take_outputs()]


@pytest.fixture
def spoken():
    """Every frame of a session's life, by name."""
    stage = Stage()
    peer = stage.connect()
    (hello,) = raw(peer)
    (ready,) = [json.dumps(frame, separators=(",", ":"), ensure_ascii=False) for frame in peer.identify()]
    (ack,) = peer.beat()
    session_id = next(iter(stage.world.sessions)).id
    Connection.ask_to_reconnect(peer.connection, stage.now, None, 0)
    (reconnect,) = raw(peer)
    peer.leave()
    later = stage.connect()
    later.take()
    (resumed,) = later.resume(session_id, 1)
    later.connection.invalidate(stage.now, resumable=False, then_close=None, after=0)
    (invalid,) = raw(later)
    return {
        "hello": json.loads(hello), "ready": json.loads(ready), "heartbeat_ack": ack,
        "reconnect": json.loads(reconnect),
        "resumed": resumed, "invalid_session": json.loads(invalid),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["hello", "ready", "heartbeat_ack", "reconnect", "resumed", "invalid_session"])
def test_a_gateway_frame(spoken, name):
    assert ordered(spoken[name]) == ordered(golden(name)["frame"])


@pytest.mark.parametrize("name", ["c2c_message_create", "group_at_message_create", "group_message_create"])
def test_a_message_event(name):
    stage = Stage(settings={"switches": {"group_msg_event": "full" if name == "group_message_create" else "at"}})
    peer, _ = stage.online()
    group = None if name.startswith("c2c") else stage.world.people.add_group().group_openid
    stage.say("你好", group=group)
    event = next(frame for frame in peer.take() if frame["t"] == name.upper())
    expected = golden(name)["frame"]
    assert list(event) == list(expected)
    assert _sorted(shape(event["d"])) == _sorted(shape(expected["d"]))


def _sorted(value):
    """Members of `d` come in no fixed order."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("name", ["gateway", "gateway_bot", "gateway_bot_observed", "token", "message_sent"])
def test_an_answer(name):
    stage = Stage()
    message = stage.say()
    body = {"appId": stage.world.app_id, "clientSecret": stage.world.secret}
    reply = {
        "gateway": lambda: stage.request("GET", "/gateway"),
        "gateway_bot": lambda: stage.request("GET", "/gateway/bot"),
        "gateway_bot_observed": lambda: stage.request("GET", "/gateway/bot"),
        "token": lambda: stage.request("POST", "/app/getAppAccessToken", body),
        "message_sent": lambda: stage.reply(message),
    }[name]()
    expected = golden(name)
    assert reply.status == expected["status"]
    assert ordered(body_of(reply)) == ordered(expected["body"])


def test_the_bot_itself():
    found = body_of(Stage().request("GET", "/users/@me"))
    expected = golden("users_me")["body"]
    assert {key: type(value) for key, value in found.items()} == {key: type(expected[key]) for key in found}
    assert int(found["id"]) > 0


@pytest.mark.parametrize("row", golden("errors")["errors"], ids=lambda row: f"{row['name']} {row.get('era', '')}")
def test_an_error_is_byte_for_byte_what_was_captured(row):
    stage = Stage(settings={"era": row.get("era", "late-2026")})
    stage.faults({"name": "f", "on": "http: GET /gateway", "do": [{"verb": "error", "name": row["name"]}]})
    reply = stage.request("GET", "/gateway")
    trace = golden("errors")["trace_id"]
    assert reply.status == row["status"]
    assert reply.body.decode().replace(reply.trace_id, trace) == row["text"]
    if "content_length" in row:
        assert len(reply.body) == row["content_length"]
