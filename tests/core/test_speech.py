"""What users say, in every scene, and what the bot is told of it."""

import pytest

from core.stage import Stage
from fakeqq.core.errors import ControlError
from fakeqq.core.events.speech import Speech, speak
from fakeqq.wire.intents import ALL_INTENTS


@pytest.fixture
def stage():
    return Stage(settings={"permitted_intents": int(ALL_INTENTS)})


def say(stage, text="ping", **fields):
    return speak(stage.world, Speech(text=text, **fields), stage.now)


def heard(peer):
    return [(frame["t"], frame["d"]) for frame in peer.take()]


def test_a_quote_refers_to_the_message_it_quotes(stage):
    peer, _ = stage.online()
    first = say(stage, "one")
    say(stage, "two", quote=first["message_id"])
    (_, one), (_, two) = heard(peer)
    index = one["message_scene"]["ext"][0].removeprefix("msg_idx=")
    assert two["message_type"] == 103
    assert two["message_scene"]["ext"][0] == f"ref_msg_idx={index}"
    assert two["msg_elements"] == [{"msg_idx": index, "message_type": 103, "content": "one"}]
    with pytest.raises(ControlError, match="to quote"):
        say(stage, quote="ROBOT1.0_nothing!")


def test_attachments_by_word_and_by_field(stage):
    peer, _ = stage.online()
    say(stage, attachments=("image", "voice", "video", "file", {"content_type": "image/png", "filename": "a.png"}))
    ((_, data),) = heard(peer)
    kinds = [part["content_type"] for part in data["attachments"]]
    assert kinds == ["image/jpeg", "voice", "video/mp4", "file", "image/png"]
    assert data["attachments"][4]["width"] == 1920
    assert data["attachments"][1]["asr_refer_text"]
    with pytest.raises(ControlError) as refused:
        say(stage, attachments=("imag",))
    assert refused.value.suggestion == "image"


def test_faces_stand_in_the_text(stage):
    peer, _ = stage.online()
    say(stage, "hi", faces=("[doge]",))
    ((_, data),) = heard(peer)
    assert data["content"] == 'hi<faceType=4,faceId="",ext="eyJ0ZXh0IjoiW2RvZ2VdIn0=">'


def test_all_messages_mode_is_a_groups_own(stage):
    peer, _ = stage.online()
    full, plain = (stage.world.people.add_group() for _ in range(2))
    full.full = True
    for group in (full, plain):
        say(stage, group=group.group_openid)
        say(stage, group=group.group_openid, mentions=())
    events = heard(peer)
    assert [event for event, _ in events] == ["GROUP_MESSAGE_CREATE"] * 2 + ["GROUP_AT_MESSAGE_CREATE"]
    assert events[0][1]["mentions"][0]["is_you"]
    assert events[0][1]["content"] == f"<@{stage.world.bot_openid}> ping"
    assert "mentions" not in events[1][1]
    assert events[2][1]["content"] == " ping"


def test_a_mention_may_arrive_as_both_events(stage):
    stage.set(switches={"group_msg_event": "both"})
    peer, _ = stage.online()
    said = say(stage, group=stage.world.people.add_group().group_openid)
    first, second = peer.take()
    assert (first["t"], second["t"]) == ("GROUP_AT_MESSAGE_CREATE", "GROUP_MESSAGE_CREATE")
    assert first["d"] == second["d"]
    assert first["id"] == said["event_id"]
    assert second["id"] == said["event_id"].replace("GROUP_AT_MESSAGE_CREATE:", "GROUP_MESSAGE_CREATE:")
    for number, frame in enumerate((first, second), start=1):
        body = {"content": "x", "event_id": frame["id"], "msg_seq": number}
        assert stage.request("POST", f"/v2/groups/{said['group']}/messages", body).status == 200
    say(stage, group=said["group"], mentions=())
    assert [event for event, _ in heard(peer)] == ["GROUP_MESSAGE_CREATE"]


def test_mentions_of_others_and_of_everybody(stage):
    peer, _ = stage.online()
    group, other = stage.world.people.add_group(), stage.world.people.add_user("other")
    group.full = True
    say(stage, group=group.group_openid, mentions=("bot", other.openid, "all"))
    ((_, data),) = heard(peer)
    assert [(entry["is_you"], entry["scope"]) for entry in data["mentions"]] == [
        (True, "single"), (False, "single"), (True, "all"),
    ]  # fmt: skip
    assert data["content"] == f"<@{stage.world.bot_openid}> <@{other.openid}> ping"
    with pytest.raises(ControlError, match="unknown mention"):
        say(stage, group=group.group_openid, mentions=("nobody",))


def test_a_bot_outside_the_group_is_told_nothing(stage):
    stage.online()
    group = stage.world.people.add_group()
    group.has_bot = False
    said = say(stage, group=group.group_openid)
    assert (said["delivered"], said["event_type"]) == (0, None)


def test_a_channel_and_its_guild_are_made_on_need(stage):
    peer, _ = stage.online(intents=(1 << 30) | (1 << 9) | (1 << 12))
    say(stage, guild="4194304", channel="77")
    say(stage, "aside", channel="77", mentions=())
    say(stage, "psst", scene="dm")
    (at, first), (every, same), (again, aside), (direct, private) = heard(peer)
    assert (at, every, again, direct) == (
        "AT_MESSAGE_CREATE", "MESSAGE_CREATE", "MESSAGE_CREATE", "DIRECT_MESSAGE_CREATE",
    )  # fmt: skip
    assert first == same
    assert (first["guild_id"], first["channel_id"], aside["channel_id"]) == ("4194304", "77", "77")
    assert first["content"] == f"<@!{stage.world.bot_id}> ping"
    assert aside["seq"] == first["seq"] + 1
    assert private["direct_message"] is True
    assert private["src_guild_id"] == "4194304" != private["guild_id"]
    assert stage.world.people.chats("77")[0]["messages"][0]["text"] == "ping"


def test_the_same_person_has_one_number_in_guilds(stage):
    peer, _ = stage.online(intents=1 << 30)
    for channel in ("77", "78"):
        say(stage, channel=channel)
    (_, one), (_, two) = heard(peer)
    assert one["author"]["id"] == two["author"]["id"] != stage.world.people.user().openid


def test_fields_go_over_what_was_said(stage):
    peer, _ = stage.online()
    said = say(stage, fields={"id": "ROBOT1.0_twice!", "timestamp": None})
    ((_, data),) = heard(peer)
    assert (data["id"], data["timestamp"]) == ("ROBOT1.0_twice!", None)
    assert said["message_id"] == "ROBOT1.0_twice!"
    assert stage.reply(said).status == 200
