"""A world as a document, and a world made of it."""

import copy
import json

import pytest

from core.stage import Stage, body_of
from fakeqq.core import snapshots
from fakeqq.core.errors import ControlError
from fakeqq.core.events.speech import Speech, speak
from fakeqq.core.guild.guild_content import Posted


def lived_in():
    """A world in which something has happened."""
    stage = Stage(settings={"username": "old", "switches": {"replay": "none"}})
    world = stage.world
    stage.online()
    said = stage.say("hello")
    assert stage.reply(said).status == 200
    group = world.people.add_group("friends", [said["user"]])
    group.accepts = False
    in_group = stage.say("hi all", group=group.group_openid)
    speak(world, Speech(text="in a channel", guild="4194304", channel="77"), stage.now)
    speak(world, Speech(text="in private", scene="dm"), stage.now)
    message = world.guilds.keep("channel", "77", Posted("08ff", "1", "with reactions", stage.now.world))
    message.reactions[("1", "277")] = ["5"]
    world.clock.advance(100)
    return stage, said, in_group


def restored(document, **settings):
    snapshot = snapshots.read(json.loads(json.dumps(document)))
    stage = Stage()
    stage.platform.remove_world(stage.world.app_id, 0.0)
    stage.world = stage.platform.create_world(snapshot.app_id, snapshot.secret, {**snapshot.settings, **settings}, 0.0)
    snapshots.restore(stage.world, snapshot, 0.0)
    return stage


def test_a_world_comes_back_as_it_was():
    stage, _, _ = lived_in()
    document = snapshots.take(stage.world, stage.now)
    again = restored(document)
    assert snapshots.take(again.world, again.now) == document
    assert again.world.people.chats() == stage.world.people.chats()
    assert again.world.settings == stage.world.settings
    assert again.world.bot_user() == stage.world.bot_user()
    assert again.now.world == stage.now.world
    assert list(again.world.sessions) == []
    assert again.world.guilds.message("channel", "77", "08ff").reactions == {("1", "277"): ["5"]}


def test_the_ledger_comes_back():
    stage, said, in_group = lived_in()
    again = restored(snapshots.take(stage.world, stage.now))
    assert body_of(again.reply(said))["code"] == 40054005, "msg_seq 1 was used"
    assert again.reply(said, msg_seq=2).status == 200
    by_event = {"content": "x", "event_id": said["event_id"], "msg_seq": 2}
    twice = again.request("POST", f"/v2/users/{said['user']}/messages", by_event)
    assert body_of(twice)["code"] == 40054005, "both ids name one anchor"
    again.world.clock.advance(250)
    assert body_of(again.reply(in_group))["code"] == 40034005, "the window goes on"


def test_a_frozen_and_a_fast_clock_come_back():
    stage = Stage()
    stage.world.clock.set_speed(10, 0.0)
    stage.world.clock.set_frozen(True, 0.0)
    again = restored(snapshots.take(stage.world, stage.now))
    assert (again.world.clock.speed, again.world.clock.frozen) == (10, True)
    again.real = 50
    assert again.now.world == stage.now.world


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), 3), (("app_id",), "x"), (("clock", "now"), 1e300), (("clock", "speed"), 0), (("users",), {}),
        (("users", 0, "openid"), 5), (("chats", 0, "scene"), "cave"), (("anchors", 0, "at"), "today"),
        (("guilds", 0, "id"), "x"), (("guilds", 0, "joined_at"), 10**20), (("guilds", 0, "messages"), 10**20),
        (("rooms", 0, "messages", 0, "message", "at"), "now"), (("rooms", 0, "messages", 0, "message"), {}),
        (("member_ids",), {"a": "b"}), (("extra",), 1), (("clock", "now"), float("nan")),
    ],
)  # fmt: skip
def test_what_is_no_snapshot_is_refused(path, value):
    stage, _, _ = lived_in()
    document = copy.deepcopy(snapshots.take(stage.world, stage.now))
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ControlError):
        snapshots.read(document)


def test_an_empty_world_comes_back():
    stage = Stage()
    document = snapshots.take(stage.world, stage.now)
    assert snapshots.take(restored(document).world, stage.now) == document
