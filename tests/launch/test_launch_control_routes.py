"""Each route of the control API has a named method in the client, and each method does what it says."""

import re

import pytest

from fakeqq.launch.control import Control, ControlError
from fakeqq.launch.server import ServerProcess

PREFIX = "/_fakeqq"


class Recorded(Control):
    """Remembers the method and path of every call."""

    def __init__(self, control_url):
        super().__init__(control_url)
        self.taken = set()
        self._client.event_hooks = {"request": [self._note]}

    def _note(self, request):
        self.taken.add((request.method, request.url.path.removeprefix(PREFIX)))


def people_come_and_go(world):
    ann, group = world.user("Ann")["openid"], world.group("friends")["group_openid"]
    assert [user["name"] for user in world.users()] == ["Ann"]
    assert [found["name"] for found in world.groups()] == ["friends"]
    assert world.remove_friend(ann)["event_type"] == "FRIEND_DEL"
    assert world.add_friend(ann)["event_type"] == "FRIEND_ADD"
    assert world.bot_leaves(group, ann)["event_type"] == "GROUP_DEL_ROBOT"
    assert world.bot_joins(group, ann)["event_type"] == "GROUP_ADD_ROBOT"
    assert world.member_leaves(group, ann)["event_type"] == "GROUP_MEMBER_REMOVE"
    assert world.bot_in_group(group, admin=True)["group_openid"] == group
    assert world.member_applies(group, ann, "let me in")["event_type"] == "GROUP_JOIN_REQUEST"
    assert world.member_joins(group, ann)["event_type"] == "GROUP_MEMBER_ADD"
    assert world.group_mode(group, True)["full"] is True
    assert world.say("hi", ann, group)["event_type"] == "GROUP_MESSAGE_CREATE"
    assert world.group_mode(group, None)["full"] is None
    assert world.reject(ann)["event_type"] == "C2C_MSG_REJECT"
    assert world.receive(ann, group)["event_type"] == "GROUP_MSG_RECEIVE"
    assert world.press(ann, group, button_id="1")["event_type"] == "INTERACTION_CREATE"
    assert world.chats(group)[0]["messages"][0]["text"] == "hi"


def what_the_bot_sent_is_judged_and_read(world):
    assert world.audits() == []
    with pytest.raises(ControlError, match="nobody"):
        world.decide_audit("nobody", passes=True)
    assert world.media() == []
    with pytest.raises(ControlError, match="nothing"):
        world.media_bytes("nothing")


def guilds(world):
    guild = world.guild("home", denied=[])["id"]
    assert [found["id"] for found in world.guilds()] == [guild]
    assert world.change_guild(guild, name="our home")["name"] == "our home"
    assert world.guild_view(guild)["name"] == "our home"
    text, voice = world.channel(guild, "talk")["id"], world.channel(guild, "loud", type=2)["id"]
    member = world.member(guild, "Bob")["user_id"]
    assert world.say("hi", channel=text)["scene"] == "channel"
    assert world.channel_view(text)["messages"][0]["content"].endswith("hi")
    assert world.visit_voice(voice, member)
    assert world.visit_voice(voice, member, inside=False)
    world.say("psst", scene="dm")
    assert len(world.direct_chats()) == 1
    world.delete_guild(guild)
    assert guild not in [found["id"] for found in world.guilds()]


def scenarios(control, world):
    assert "connection-lost" in [row["name"] for row in control.scenarios()]
    whole = control.show_scenario("short-lived-tokens")
    assert world.scenario("connection-lost")["scenario"] == "connection-lost"
    assert world.scenario(inline={**whole, "name": "of-my-own"})["settings"]["token_lifetime"] == 30
    assert world.current_scenario()["scenario"] == "of-my-own"
    assert world.end_scenario() == {"scenario": None, "pending": []}
    world.faults([{"name": "f", "on": "connect", "do": [{"verb": "hang"}]}])
    world.clear_faults()
    assert world.faults() == []


def a_snapshot_becomes_another_world(control, world):
    ann = world.user("Ann of the snapshot")
    twin = control.create_world("4243", snapshot=world.snapshot())
    assert ann in twin.users()
    assert (twin.app_id, twin.secret) == ("4243", world.secret)
    twin.delete()


def the_webhook(world):
    with pytest.raises(ControlError):
        world.validate_webhook()
    assert world.webhook("http://127.0.0.1:9/qq", timeout=0.1)["url"] == world.webhook_state()["url"]
    assert world.validate_webhook()["valid"] is False
    assert world.push("ping")["acked"] is False
    assert world.redeliver()["acked"] is False
    assert world.remove_webhook()["url"] is None
    assert world.change_secret("another-secret") == world.secret == "another-secret"
    assert world.neighbour().app_id != world.app_id


def connections(world):
    for action in (world.heartbeat, world.drop, world.reset_connections, world.half_open, world.stall,
                   world.reconnect, world.invalidate, world.mute_acks, lambda: world.close(4009)):  # fmt: skip
        assert action()["connections"] == []
    assert world.stale_http("eof") == {"connections": 0}
    assert world.refuse_connections() == {"open": False}
    assert world.connections() == world.sessions() == []
    world.forget_sessions()
    world.revoke_tokens()


def the_journal(control, world):
    assert control.journal(kind="ws.open") == []
    assert control.flush_journal() >= world.count({"kind": "user.said"})


def the_whole_world(control, world):
    control.health()
    control.version()
    assert world.app_id in [row["app_id"] for row in control.worlds()]
    assert world.summary()["app_id"] == world.app_id
    assert world.settings(token_lifetime=60)["token_lifetime"] == 60
    assert world.clock(frozen=True)["now"] == world.clock()["now"]
    assert world.event("ODD", {})["event_id"]
    assert [chat["scene"] for chat in world.chats()]
    assert world.wait({"kind": "user.said"})
    assert next(world.follow())["id"] == 1
    assert world.journal()[0]["id"] == 1
    world.reset()
    assert world.groups() == []
    world.delete()
    control.reset()
    assert world.app_id not in [row["app_id"] for row in control.worlds()]


def test_every_route_has_a_method_that_works(tmp_path):
    options = ["--journal", str(tmp_path / "kept")]
    with ServerProcess(options) as server, Recorded(server.ready.control_url) as control:
        world = control.create_world(own_door=True)
        people_come_and_go(world)
        what_the_bot_sent_is_judged_and_read(world)
        guilds(world)
        scenarios(control, world)
        a_snapshot_becomes_another_world(control, world)
        the_webhook(world)
        connections(world)
        the_journal(control, world)
        the_whole_world(control, world)
        taken = set(control.taken)
        described = control.call("GET", "/openapi.json")["paths"]
    routes = {
        (method.upper(), path.removeprefix(PREFIX))
        for path, methods in described.items()
        if path.startswith(f"{PREFIX}/")
        for method in methods
    }
    assert len(routes) > 70
    assert [route for route in routes if not any(_is(route, one) for one in taken)] == []


def _is(route, taken):
    """Whether this method and path are the route's, in which `{names}` stand for what differs."""
    method, template = route
    return taken[0] == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), taken[1]) is not None
