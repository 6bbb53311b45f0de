"""A button is pressed: the event of each scene, and what may be answered to it."""

import pytest

from core.guild_stage import GuildStage
from core.stage import body_of
from fakeqq.core.errors import ControlError
from fakeqq.core.events.buttons import Press, press
from fakeqq.core.people import ChatMessage

BITS = (1 << 25) | (1 << 26)
KEYBOARD = {"content": {"rows": [{"buttons": [
    {"id": "yes", "action": {"type": 1, "data": "y"}}, {"id": "no", "action": {"type": 1, "data": "n"}},
]}]}}  # fmt: skip


@pytest.mark.parametrize("in_group", [False, True])
def test_a_button_under_a_message_is_pressed(stage, in_group):
    peer, _ = stage.online(intents=BITS)
    people = stage.world.people
    user, group = people.user().openid, people.add_group().group_openid if in_group else None
    scene = "group" if in_group else "c2c"
    people.show(scene, group or user, ChatMessage("bot", "m1", "choose", 2, stage.now.world, keyboard=KEYBOARD))
    pressed = press(stage.world, Press(user=user, group=group, message_id="m1", button_id="no"), stage.now)
    assert (pressed["scene"], pressed["openid"]) == (scene, group or user)
    (frame,) = peer.take()
    assert frame["t"] == "INTERACTION_CREATE"
    assert frame["id"] == f"INTERACTION_CREATE:{pressed['interaction_id']}"
    assert frame["d"]["data"]["resolved"] == {"button_data": "n", "button_id": "no"}
    assert (frame["d"]["scene"], frame["d"]["chat_type"]) == (scene, 1 if in_group else 2)
    assert frame["d"]["group_member_openid" if in_group else "user_openid"] == user
    place = f"groups/{group}" if in_group else f"users/{user}"
    assert stage.request("POST", f"/v2/{place}/messages", {"content": "hi", "event_id": frame["id"]}).status == 200


@pytest.mark.parametrize(
    ("choice", "seconds", "refusal"),
    [
        ("unlimited", 3_600, None),
        ("3", 3, None),
        ("3", 3.1, "interaction_read_failed"),
        ("5", 5, None),
        ("5", 5.1, "interaction_read_failed"),
    ],
)
def test_how_long_an_interaction_waits(stage, choice, seconds, refusal):
    stage.set(switches={"interaction_life": choice})
    stage.world.emit("INTERACTION_CREATE", {"id": "i1"}, stage.now)
    stage.world.clock.advance(seconds)
    assert stage.request("PUT", "/interactions/i1", {"code": 0}).error == refusal


def test_a_repeated_delivery_does_not_make_an_interaction_younger(stage):
    stage.set(switches={"interaction_life": "3"})
    for _ in range(2):
        stage.world.emit("INTERACTION_CREATE", {"id": "i1"}, stage.now)
        stage.world.clock.advance(2)
    assert stage.request("PUT", "/interactions/i1", {"code": 0}).error == "interaction_read_failed"


def test_a_button_that_is_not_there(stage):
    with pytest.raises(ControlError, match="no message"):
        press(stage.world, Press(message_id="m1"), stage.now)
    user = stage.world.people.user().openid
    stage.world.people.show("c2c", user, ChatMessage("bot", "m1", "", 2, stage.now.world, keyboard=KEYBOARD))
    with pytest.raises(ControlError) as refused:
        press(stage.world, Press(message_id="m1", button_id="nope"), stage.now)
    assert refused.value.suggestion == "no"


@pytest.fixture
def guilds():
    stage = GuildStage()
    stage.listen()
    return stage


@pytest.mark.parametrize("scene", ["channel", "dm"])
def test_a_button_in_a_guild_is_pressed(guilds, scene):
    user = guilds.world.people.user().openid
    if scene == "channel":
        path, place = f"/channels/{guilds.text.id}/messages", {"channel": guilds.text.id}
        owner, where = guilds.text.id, {"guild_id": guilds.guild.id, "channel_id": guilds.text.id}
    else:
        direct = guilds.world.guilds.direct(user)
        path, place = f"/dms/{direct.guild_id}/messages", {"scene": "dm"}
        owner, where = direct.guild_id, {"guild_id": direct.guild_id, "channel_id": direct.channel_id}
    shown = guilds.ok("POST", path, {"markdown": {"content": "# choose"}, "keyboard": KEYBOARD})
    pressed = press(guilds.world, Press(**place, message_id=shown["id"]), guilds.now)
    ((event, data),) = guilds.heard()
    assert (event, data["id"], data["type"], data["data"]["type"]) == (
        "INTERACTION_CREATE", pressed["interaction_id"], 11, 11,
    )  # fmt: skip
    assert (data["scene"], data["chat_type"]) == ("guild", 0)
    assert {key: data[key] for key in where} == where
    assert not {"user_openid", "group_openid"} & set(data)
    member = guilds.world.guilds.member_id(user)
    assert data["data"]["resolved"] == {
        "button_data": "y", "button_id": "yes", "user_id": member, "message_id": shown["id"],
    }  # fmt: skip
    assert member in guilds.guild.members
    assert (pressed["openid"], pressed["group"], pressed["delivered"]) == (owner, None, 1)
    answer = guilds.call("POST", path, {"content": "thanks", "event_id": pressed["event_id"]})
    assert answer.status == 200
    assert guilds.world.people.chats(owner)[0]["messages"][-1]["reply_to"] == pressed["event_id"]
    guilds.ok("PUT", f"/interactions/{pressed['interaction_id']}", {"code": 0})


def test_a_press_in_direct_messages_is_not_answered_in_a_channel(guilds):
    pressed = press(guilds.world, Press(scene="dm", button_id="1"), guilds.now)
    answer = guilds.call(
        "POST", f"/channels/{guilds.text.id}/messages", {"content": "x", "event_id": pressed["event_id"]}
    )
    assert body_of(answer)["code"] == 304026
