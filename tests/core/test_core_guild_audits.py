"""Messages to channels and direct messages that wait for a human's audit."""

import pytest

from core.guild_stage import GuildStage
from core.stage import body_of
from fakeqq.core import snapshots
from fakeqq.core.events.speech import Speech, speak


@pytest.fixture
def stage():
    return GuildStage()


def channel(stage):
    return f"/channels/{stage.text.id}/messages", {"guild_id": stage.guild.id, "channel_id": stage.text.id}


def direct(stage):
    opened = stage.world.guilds.open_dm(stage.member.user_id, stage.guild.id)
    return f"/dms/{opened.guild_id}/messages", {"guild_id": opened.guild_id, "channel_id": opened.channel_id}


ROOMS = pytest.mark.parametrize("room", [channel, direct])


def held(stage, path, choice="202", **fields):
    stage.set(switches={"audit": choice})
    return stage.call("POST", path, {"content": "hold me", **fields})


def audit_id(reply):
    return body_of(reply)["data"]["message_audit"]["audit_id"]


@ROOMS
@pytest.mark.parametrize("choice", ["202", "200"])
def test_an_unasked_message_is_told_in_either_status_with_the_documented_body(stage, room, choice):
    reply = held(stage, room(stage)[0], choice)
    assert (reply.status, reply.error) == (int(choice), None)
    body = body_of(reply)
    assert list(body) == ["code", "message", "data"]
    assert (body["code"], body["message"]) == (304023, "push message is waiting for audit now")
    assert audit_id(reply) == stage.world.audits.as_json()[0]["audit_id"]


def test_a_reply_has_a_number_of_its_own(stage):
    reply = held(stage, channel(stage)[0], msg_id=stage.user_says())
    assert (reply.status, body_of(reply)["code"]) == (202, 304024)


def test_so_has_a_reply_in_direct_messages(stage):
    said = speak(stage.world, Speech(text="psst", scene="dm"), stage.now)
    reply = held(stage, f"/dms/{said['openid']}/messages", msg_id=said["message_id"])
    assert body_of(reply)["code"] == 304024


@ROOMS
def test_nobody_sees_a_held_message(stage, room):
    path, _ = room(stage)
    held(stage, path)
    assert stage.entries("user.sees") == []
    assert stage.world.people.chats() == []
    (audit,) = stage.world.audits.as_json()
    scene = "channel" if room is channel else "dm"
    assert (audit["scene"], audit["text"], audit["verdict"]) == (scene, "hold me", "waiting")


@ROOMS
def test_a_passed_message_is_seen_and_can_be_read(stage, room):
    stage.listen()
    path, place = room(stage)
    sent_at = stage.now.world
    named = audit_id(held(stage, path))
    stage.world.clock.advance(60)
    stage.world.audits.decide(named, passes=True, world=stage.world, now=stage.now)
    ((event, data),) = stage.heard()
    assert event == "MESSAGE_AUDIT_PASS"
    assert {key: data[key] for key in place} == place
    assert (data["audit_id"], data["audit_time"] > data["create_time"]) == (named, True)
    assert set(data) == {"audit_id", "audit_time", "create_time", "message_id", *place}
    (seen,) = stage.entries("user.sees")
    assert (seen["text"], seen["message_id"]) == ("hold me", data["message_id"])
    (chat,) = stage.world.people.chats()
    assert [(line["text"], line["at"]) for line in chat["messages"]] == [("hold me", sent_at)]
    assert stage.call("DELETE", f"{path}/{data['message_id']}").status in (200, 204)


def test_get_knows_a_message_of_a_channel_only_once_it_has_passed(stage):
    path, _ = channel(stage)
    named = audit_id(held(stage, path, embed={"title": "t"}))
    waiting = stage.world.audits._by_id[named].message.id
    assert body_of(stage.call("GET", f"{path}/{waiting}"))["code"] == 50039
    stage.world.audits.decide(named, passes=True, world=stage.world, now=stage.now)
    message = stage.ok("GET", f"{path}/{waiting}")
    assert (message["content"], message["embeds"]) == ("hold me", [{"title": "t", "prompt": ""}])


@ROOMS
def test_a_rejected_message_is_never_seen(stage, room):
    stage.listen()
    path, place = room(stage)
    stage.world.audits.decide(audit_id(held(stage, path)), passes=False, world=stage.world, now=stage.now)
    ((event, data),) = stage.heard()
    assert event == "MESSAGE_AUDIT_REJECT"
    assert set(data) == {"audit_id", "audit_time", "create_time", *place}
    assert stage.entries("user.sees") == []
    assert stage.world.people.chats() == []


def test_a_held_message_counts_as_one_of_the_days(stage):
    path, _ = channel(stage)
    for _ in range(20):
        stage.world.clock.advance(2)
        assert held(stage, path).status == 202
    stage.world.clock.advance(2)
    assert body_of(held(stage, path))["code"] == 304045


def test_a_held_message_goes_into_a_snapshot(stage):
    path, _ = channel(stage)
    keyboard = {"content": {"rows": [{"buttons": [{"id": "1"}]}]}}
    named = audit_id(held(stage, path, keyboard=keyboard))
    document = snapshots.read(snapshots.take(stage.world, stage.now))
    other = stage.platform.create_world("102000002", "s", {}, 0.0)
    snapshots.restore(other, document, 0.0)
    now = other.clock.at(0.0)
    decided = other.audits.decide(named, passes=True, world=other, now=now)
    (message,) = other.guilds.messages("channel", stage.text.id)
    assert (message.text, message.parts["keyboard"], decided["verdict"]) == ("hold me", keyboard, "passed")
