"""Default events: complete, in the shape of the golden files, and answerable."""

import json
from pathlib import Path

import pytest

from core.stage import Stage, body_of
from fakeqq.core.errors import ControlError
from fakeqq.core.events.events import merged
from fakeqq.wire.intents import ALL_INTENTS, EVENT_INTENTS

GOLDEN = Path(__file__).parents[1] / "golden"
TYPES = sorted(set(EVENT_INTENTS) - {"READY", "RESUMED"})


def shape(value):
    """Keys and types, deeply; of lists the first element."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return type(value).__name__


def event(stage, event_type, **fields):
    return stage.world.default_event(event_type, fields, stage.now)


@pytest.mark.parametrize("event_type", TYPES)
def test_every_event_type_has_a_default_that_reaches_its_subscriber(event_type):
    stage = Stage(settings={"permitted_intents": int(ALL_INTENTS)})
    peer, _ = stage.online(intents=int(ALL_INTENTS))
    data = event(stage, event_type)
    assert stage.world.raw_event(event_type, data, None, stage.now)["delivered"] == 1
    (frame,) = peer.take()
    assert frame["t"] == event_type
    assert frame["d"] == data
    assert json.loads(json.dumps(data)) == data


@pytest.mark.parametrize(
    "name",
    ["c2c_message_create", "group_at_message_create", "group_message_create", "friend_add", "group_add_robot",
     "group_member_add", "interaction_create"],
)  # fmt: skip
def test_a_default_has_the_shape_of_the_golden_event(name):
    stage = Stage()
    golden = json.loads((GOLDEN / f"{name}.json").read_text())["frame"]
    data = event(stage, golden["t"])
    assert shape(data) == shape(golden["d"])
    peer, _ = stage.online(intents=(1 << 24) | (1 << 25) | (1 << 26))
    stage.world.emit(golden["t"], data, stage.now)
    (frame,) = peer.take()
    assert frame["id"].startswith(f"{golden['t']}:")
    assert frame["id"].partition(":")[2] == frame["id"].partition(":")[2].lower()


def test_the_event_id_of_a_message_is_made_of_its_id(stage):
    peer, _ = stage.online()
    said = stage.say()
    (frame,) = peer.take()
    tail = "".join(filter(str.isalnum, said["message_id"].removeprefix("ROBOT1.0_"))).lower()
    assert frame["id"] == said["event_id"] == f"C2C_MESSAGE_CREATE:{tail}"


def test_fields_go_over_the_default_key_by_key(stage):
    data = event(stage, "GROUP_MESSAGE_CREATE", mentions=None, author={"member_role": "owner"}, extra=1)
    plain = event(stage, "GROUP_MESSAGE_CREATE")
    assert data["mentions"] is None
    assert data["author"] == {**plain["author"], "member_role": "owner"}
    assert data["extra"] == 1
    assert merged({"a": {"b": 1, "c": [1, 2]}}, {"a": {"c": [3]}}) == {"a": {"b": 1, "c": [3]}}


def test_an_event_nobody_has_documented_has_no_default(stage):
    with pytest.raises(ControlError) as refused:
        event(stage, "C2C_MESSAGE_CREATED")
    assert refused.value.suggestion == "C2C_MESSAGE_CREATE"


@pytest.mark.parametrize("event_type", ["C2C_MESSAGE_CREATE", "GROUP_AT_MESSAGE_CREATE"])
def test_an_injected_message_can_be_answered(stage, event_type):
    data = event(stage, event_type)
    stage.world.emit(event_type, data, stage.now)
    group = data.get("group_openid")
    said = {"message_id": data["id"], "user": data["author"]["id"], "group": group}
    assert stage.reply(said).status == 200


@pytest.mark.parametrize(
    ("event_type", "status"),
    [("FRIEND_ADD", 200), ("C2C_MSG_RECEIVE", 200), ("INTERACTION_CREATE", 200), ("C2C_MSG_REJECT", 400),
     ("FRIEND_DEL", 400)],
)  # fmt: skip
def test_which_events_a_reply_may_name(stage, event_type, status):
    sent = stage.world.emit(event_type, event(stage, event_type), stage.now)
    user = stage.world.people.user().openid
    body = {"content": "hi", "event_id": sent["event_id"]}
    reply = stage.request("POST", f"/v2/users/{user}/messages", body)
    assert reply.status == status
    assert status == 200 or body_of(reply)["code"] == 40034027
