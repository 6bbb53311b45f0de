"""When the platform ends a connection by itself, and who may log in again."""

import pytest

from core.stage import APP_ID, DROPPED, SECRET, Stage, body_of, ending, said
from fakeqq.core.gateway.sessions import Event

TIMED_OUT = ending(4009, "Session timed out")


def beat(stage, peer, seconds, every=30.0):
    """Let time pass for a bot that keeps its heartbeats."""
    outputs = []
    for _ in range(int(seconds / every)):
        stage.flow(every)
        outputs += peer.take()
        peer.connection.receive('{"op":1,"d":1}', stage.now)
        outputs += [output for output in peer.take() if output != {"op": 11}]
    return outputs


@pytest.mark.parametrize("clock", ["steady", "world"])
def test_a_connection_is_recycled_after_half_an_hour(clock):
    stage = Stage(settings={"recycle_interval": 1800, "recycle_clock": clock})
    peer, session_id = stage.online()
    assert beat(stage, peer, 1770) == []
    assert beat(stage, peer, 60)[:2] == [{"op": 7}, TIMED_OUT]
    again = stage.connect()
    again.take()
    assert said(again.resume(session_id, 1)) == ["RESUMED"]
    assert beat(stage, again, 1740) == [], "a new connection has a life of its own"


@pytest.mark.parametrize(("choice", "early", "late"), [
    ("0", [{"op": 7}, TIMED_OUT], []), ("5", [{"op": 7}], [TIMED_OUT]), ("never", [{"op": 7}], []),
])  # fmt: skip
def test_the_grace_between_op_7_and_the_close(choice, early, late):
    switches = {"recycle_grace": choice, "missed_heartbeats": "ignore"}
    stage = Stage(settings={"recycle_interval": 1800, "switches": switches})
    peer, _ = stage.online()
    stage.flow(1804)
    assert peer.take() == early
    stage.flow(2)
    assert peer.take() == late
    stage.flow(3600)
    assert peer.take() == [], "one op 7 for each life"


@pytest.mark.parametrize(("clock", "ends"), [("steady", False), ("world", True)])
def test_only_world_time_jumps(clock, ends):
    stage = Stage(settings={"recycle_interval": 1800, "recycle_clock": clock})
    peer, _ = stage.online()
    stage.world.clock.advance(1800)
    stage.flow(1)
    assert (peer.take() == [{"op": 7}, TIMED_OUT]) is ends


def test_a_frozen_clock_recycles_nobody():
    stage = Stage(
        settings={"recycle_interval": 60, "recycle_clock": "world", "switches": {"missed_heartbeats": "ignore"}}
    )
    peer, _ = stage.online()
    stage.world.clock.set_frozen(True, stage.real)
    assert peer.connection.next_deadline() is None
    stage.world.clock.set_frozen(False, stage.real)
    assert peer.connection.next_deadline() is not None


def test_a_socket_dies_with_its_token():
    stage = Stage(settings={"switches": {"token_expiry": "close-4004"}, "token_lifetime": 100})
    peer, _ = stage.online()
    assert beat(stage, peer, 90) == []
    assert beat(stage, peer, 30) == [ending(4004)]


def test_a_revoked_token_closes_its_socket_at_the_next_look():
    stage = Stage(settings={"switches": {"token_expiry": "close-4004"}})
    peer, _ = stage.online()
    stage.world.tokens.revoke()
    stage.flow(1)
    assert peer.take() == [ending(4004)]


def test_by_default_a_socket_outlives_its_token():
    stage = Stage(settings={"token_lifetime": 100})
    peer, _ = stage.online()
    assert beat(stage, peer, 300) == []


def test_too_many_frames_in_a_minute():
    stage = Stage(settings={"frames_per_minute": 3})
    peer, _ = stage.online()
    assert said(peer.beat() + peer.beat()) == ["op11", "op11"]
    assert peer.beat() == [ending(4008)]


def test_an_old_session_resumes_and_stays_deaf():
    stage = Stage(settings={"deaf_after": 1000, "session_lifetime": 10_000})
    peer, session_id = stage.online()
    peer.leave()
    stage.say()
    stage.world.clock.advance(1000)
    again = stage.connect()
    again.take()
    assert said(again.resume(session_id, 1)) == ["RESUMED"]
    assert stage.say()["delivered"] == 0
    assert again.take() == []
    fresh, _ = stage.online()
    assert stage.say()["delivered"] == 1
    assert said(fresh.take()) == ["C2C_MESSAGE_CREATE"]


@pytest.mark.parametrize(("standing", "code"), [("unlisted", 4914), ("banned", 4915)])
def test_a_bot_of_bad_standing_is_told_so(standing, code):
    stage = Stage()
    peer, session_id = stage.online()
    stage.set(standing=standing)
    peer.leave()
    for login in ("identify", "resume"):
        again = stage.connect()
        again.take()
        outputs = again.identify() if login == "identify" else again.resume(session_id, 1)
        assert outputs == [{"op": 9, "d": False}, ending(code)]


def test_a_permission_taken_back_stops_its_event_and_the_next_login():
    stage = Stage()
    peer, session_id = stage.online()
    stage.set(permitted_intents=1)
    assert stage.say()["delivered"] == 0
    assert peer.take() == []
    refusal = [{"op": 9, "d": False}, ending(4014, "disallowed intents")]
    peer.leave()
    for login in (lambda again: again.identify(), lambda again: again.resume(session_id, 1)):
        again = stage.connect()
        again.take()
        assert login(again) == refusal


def test_an_address_that_is_not_allowed_is_refused_everywhere(stage):
    stage.set(allowed_ips=["203.0.113.9"])
    refused = stage.request("GET", "/gateway")
    assert (refused.status, body_of(refused)["code"]) == (401, 11298)
    peer = stage.connect()
    peer.take()
    assert said(peer.identify()) == ["op9", 4903]
    stage.set(allowed_ips=None)
    assert stage.request("GET", "/gateway").status == 200


def test_the_day_s_logins_are_counted():
    stage = Stage(settings={"session_start_total": 1, "switches": {"session_budget": "real"}})
    stage.online()
    peer = stage.connect()
    peer.take()
    assert peer.identify() == [{"op": 9, "d": False}, ending(4903, "create session error")]
    assert body_of(stage.request("GET", "/gateway/bot"))["session_start_limit"]["remaining"] == 0
    stage.world.clock.advance(86_400)
    stage.online()


def test_logins_faster_than_max_concurrency():
    stage = Stage(settings={"switches": {"session_budget": "strict"}})
    stage.online()
    peer = stage.connect()
    peer.take()
    assert said(peer.identify()) == ["op9", 4903]
    stage.real += 5
    stage.online()


def test_the_token_endpoint_has_a_budget():
    stage = Stage(settings={"switches": {"token_budget": "on"}})
    body = {"appId": APP_ID, "clientSecret": SECRET}
    answers = [body_of(stage.request("POST", "/app/getAppAccessToken", body, token=False)) for _ in range(11)]
    assert [answer.get("code") for answer in answers] == [None] * 10 + [100001]
    stage.world.clock.advance(60)
    assert "access_token" in body_of(stage.request("POST", "/app/getAppAccessToken", body, token=False))


def guild(number):
    """A guild id whose upper bits are this number."""
    return str(number << 22)


@pytest.mark.parametrize("shards", [1, 2, 3])
def test_which_shard_hears_what(shards):
    stage = Stage()
    bits = 1 | (1 << 25) | (1 << 30)
    peers = [stage.online(intents=bits, shard=(index, shards))[0] for index in range(shards)]
    for number in range(6):
        data = stage.world.default_event("GUILD_CREATE", {"id": guild(number)}, stage.now)
        stage.world.emit("GUILD_CREATE", data, stage.now)
        data = stage.world.default_event("AT_MESSAGE_CREATE", {"guild_id": guild(number)}, stage.now)
        stage.world.emit("AT_MESSAGE_CREATE", data, stage.now)
    stage.say()
    stage.say(group=stage.world.people.add_group().group_openid)
    for index, peer in enumerate(peers):
        frames = peer.take()
        mine = [number for number in range(6) if number % shards == index]
        assert [frame["d"]["id"] for frame in frames if frame["t"] == "GUILD_CREATE"] == list(map(guild, mine))
        assert [frame["d"]["guild_id"] for frame in frames if frame["t"] == "AT_MESSAGE_CREATE"] == list(
            map(guild, mine)
        )
        others = [frame["t"] for frame in frames if frame["t"][:3] in ("C2C", "GRO")]
        assert others == (["C2C_MESSAGE_CREATE", "GROUP_AT_MESSAGE_CREATE"] if index == 0 else [])


def test_a_shard_of_too_many_guilds():
    stage = Stage(settings={"guilds_per_shard": 2})
    for number in range(1, 4):
        stage.world.people.guilds.guild(guild(number))
    peer = stage.connect()
    peer.take()
    assert peer.identify() == [ending(4011)]
    stage.online(shard=(0, 2))
    stage.online(shard=(1, 2))


def test_the_shard_of_an_event():
    event = Event("GUILD_CREATE", "e", "{}", 1, 5 << 22)
    assert [event.belongs_to((index, 3)) for index in range(3)] == [False, False, True]
    assert Event("C2C_MESSAGE_CREATE", "e", "{}", 1).belongs_to((0, 3))


def test_a_half_open_socket_is_kept_and_a_stalled_one_too():
    stage = Stage()
    peer, _ = stage.online()
    stage.faults({"name": "f", "on": "dispatch: *", "do": [{"verb": "half-open"}]})
    stage.say()
    peer.take()
    stage.flow(1000)
    assert peer.take() == []
    stalled, _ = stage.online()
    stage.faults({"name": "f", "on": "dispatch: *", "do": [{"verb": "stall"}], "times": None})
    stage.say()
    stalled.connection.close(4009, stage.now)
    assert DROPPED not in stalled.take()
    assert stage.world.live_connections(stalled.connection.number)


def test_a_silent_bot_on_a_stalled_line_is_dropped_since_no_close_can_reach_it():
    stage = Stage(settings={"switches": {"missed_heartbeats": "close-4009"}})
    peer, _ = stage.online()
    stage.faults({"name": "f", "on": "dispatch: *", "do": [{"verb": "stall"}]})
    stage.say()
    peer.take()
    stage.flow(1000)
    assert DROPPED in peer.take()
    assert peer.connection.next_deadline() is None
