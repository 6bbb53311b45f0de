"""Friends, groups, permissions to write: the events, and what they mean for sending."""

from core.stage import body_of
from fakeqq.core.events import relations

BITS = (1 << 24) | (1 << 25) | (1 << 26)


def write(stage, openid, scene="users", **fields):
    return stage.request("POST", f"/v2/{scene}/{openid}/messages", {"content": "hi", **fields})


def test_who_removed_the_bot_cannot_be_written_to(stage):
    peer, _ = stage.online()
    said = stage.say()
    user = said["user"]
    relations.befriend(stage.world, user, stage.now, friend=False)
    refused = stage.reply(said)
    assert (refused.status, body_of(refused)["code"]) == (400, 40054004)
    added = relations.befriend(stage.world, user, stage.now, friend=True)
    assert stage.reply(said).status == 200
    assert [frame["t"] for frame in peer.take()] == ["C2C_MESSAGE_CREATE", "FRIEND_DEL", "FRIEND_ADD"]
    assert write(stage, user, event_id=added["event_id"]).status == 200


def test_a_user_refuses_messages_that_answer_nothing(stage):
    peer, _ = stage.online()
    said = stage.say()
    relations.accept(stage.world, said["user"], None, stage.now, accepts=False)
    assert body_of(write(stage, said["user"]))["code"] == 40054013
    assert stage.reply(said).status == 200, "an answer is taken"
    again = relations.accept(stage.world, said["user"], None, stage.now, accepts=True)
    assert write(stage, said["user"]).status == 200
    assert write(stage, said["user"], event_id=again["event_id"]).status == 200
    assert [frame["t"] for frame in peer.take()][1:] == ["C2C_MSG_REJECT", "C2C_MSG_RECEIVE"]


def test_a_group_refuses_messages_that_answer_nothing(stage):
    peer, _ = stage.online()
    group = stage.world.people.add_group().group_openid
    relations.accept(stage.world, None, group, stage.now, accepts=False)
    assert body_of(write(stage, group, "groups"))["code"] == 40034105
    relations.accept(stage.world, None, group, stage.now, accepts=True)
    assert write(stage, group, "groups").status == 200
    assert [frame["t"] for frame in peer.take()] == ["GROUP_MSG_REJECT", "GROUP_MSG_RECEIVE"]


def test_the_bot_is_put_out_of_a_group_and_taken_in_again(stage):
    peer, _ = stage.online()
    group = stage.world.people.add_group().group_openid
    relations.take_bot(stage.world, group, None, stage.now, inside=False)
    assert body_of(write(stage, group, "groups"))["code"] == 40034101
    joined = relations.take_bot(stage.world, group, None, stage.now, inside=True)
    assert write(stage, group, "groups", event_id=joined["event_id"]).status == 200
    assert [frame["t"] for frame in peer.take()] == ["GROUP_DEL_ROBOT", "GROUP_ADD_ROBOT"]


def test_members_come_and_go(stage):
    peer, _ = stage.online(intents=BITS)
    group, user = stage.world.people.add_group(), stage.world.people.add_user()
    for inside in (True, True, False):
        relations.take_member(stage.world, group.group_openid, user.openid, stage.now, inside=inside)
    assert group.members == []
    frames = peer.take()
    assert [frame["t"] for frame in frames] == ["GROUP_MEMBER_ADD"] * 2 + ["GROUP_MEMBER_REMOVE"]
    assert isinstance(frames[0]["d"]["timestamp"], int)
