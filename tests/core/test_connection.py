"""One socket: the table of phases and ops, silence, op 7, op 9, dispatch, attribution."""

import pytest

from core.stage import C2C, DROPPED, Stage, ending, said
from fakeqq.core.gateway.connection import Phase
from fakeqq.wire.ops import Op


def greeted(stage):
    peer = stage.connect()
    peer.take()
    return peer


def ready(stage):
    return stage.online()[0]


def draining(stage):
    peer = ready(stage)
    peer.connection.ask_to_reconnect(stage.now, None, 0)
    assert said(peer.take()) == ["op7"]
    return peer


def closed(stage):
    peer = ready(stage)
    peer.connection.close(1000, stage.now)
    assert said(peer.take()) == [1000]
    return peer


IN_PHASE = {Phase.GREETED: greeted, Phase.READY: ready, Phase.DRAINING: draining, Phase.CLOSED: closed}
SENSELESS = [op for op in Op if op not in (Op.HEARTBEAT, Op.IDENTIFY, Op.RESUME)]
TABLE = {
    (Phase.GREETED, Op.HEARTBEAT): (["op11"], Phase.GREETED),
    (Phase.GREETED, Op.IDENTIFY): (["READY"], Phase.READY),
    (Phase.GREETED, Op.RESUME): (["op9", 4006], Phase.CLOSED),
    (Phase.READY, Op.HEARTBEAT): (["op11"], Phase.READY),
    (Phase.READY, Op.IDENTIFY): ([4005], Phase.CLOSED),
    (Phase.READY, Op.RESUME): ([4005], Phase.CLOSED),
    (Phase.DRAINING, Op.HEARTBEAT): (["op11"], Phase.DRAINING),
    (Phase.DRAINING, Op.IDENTIFY): ([4005], Phase.CLOSED),
    (Phase.DRAINING, Op.RESUME): ([4005], Phase.CLOSED),
    **{
        (phase, op): ([4001], Phase.CLOSED)
        for phase in (Phase.GREETED, Phase.READY, Phase.DRAINING)
        for op in SENSELESS
    },
    **{(Phase.CLOSED, op): ([], Phase.CLOSED) for op in Op},
}


def test_the_table_below_is_the_whole_product():
    assert set(TABLE) == {(phase, op) for phase in Phase for op in Op}


@pytest.mark.parametrize(("phase", "op"), list(TABLE), ids=lambda part: part.name)
def test_each_op_in_each_phase_is_a_transition_or_one_hang_up(stage, phase, op):
    peer = IN_PHASE[phase](stage)
    assert peer.connection.phase is phase
    payload = {"token": f"QQBot {stage.token()}", "intents": C2C, "session_id": "nobody's", "seq": 1}
    outputs, after = TABLE[phase, op]
    assert said(peer.send({"op": int(op), "d": payload})) == outputs
    assert peer.connection.phase is after


def test_a_heartbeat_before_the_login_costs_4003_by_switch(stage):
    stage.set(switches={"early_heartbeat": "4003"})
    assert greeted(stage).send({"op": 1, "d": None}) == [ending(4003)]
    assert said(ready(stage).send({"op": 1, "d": None})) == ["op11"]


@pytest.mark.parametrize("op", [-1, 3, 4, 5, 8, 14, 99, 10**30])
@pytest.mark.parametrize("phase", [Phase.GREETED, Phase.READY, Phase.DRAINING])
def test_an_op_of_no_meaning_costs_4001(stage, phase, op):
    assert IN_PHASE[phase](stage).send({"op": op}) == [ending(4001)]


@pytest.mark.parametrize(
    "raw",
    ["", " ", "{", "null", "[]", "5", '"op"', "{}", '{"op":null}', '{"op":"1"}', '{"op":1.0}', '{"op":true}', '{"d":1}',
     '{"op":1,"d":NaN}', '{"op":1,"d":1e999}', '{"op":1,"d":"\\ud800"}', "\ud800", '{"op":1}x', b'{"op":1}', b"",
     b"\xff", "[" * 100_000],
)  # fmt: skip
@pytest.mark.parametrize("phase", [Phase.GREETED, Phase.READY, Phase.DRAINING])
def test_what_is_no_frame_costs_4002(stage, phase, raw):
    assert IN_PHASE[phase](stage).send(raw) == [ending(4002)]
    assert IN_PHASE[Phase.CLOSED](stage).send(raw) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda peer, now: peer.connection.receive('{"op":1}', now),
        lambda peer, now: peer.connection.receive(b"\xff", now),
        lambda peer, now: peer.connection.close(4009, now),
        lambda peer, now: peer.connection.drop(now),
        lambda peer, now: peer.connection.ask_to_reconnect(now, 4009, 0),
        lambda peer, now: peer.connection.invalidate(now, resumable=True, then_close=4006, after=0),
        lambda peer, now: peer.connection.tick(now),
        lambda peer, now: peer.connection.lost(1000, "", now, by_client=True),
        lambda peer, now: peer.connection.lost(None, "", now, by_client=False),
    ],
)
def test_a_closed_connection_says_nothing_whatever_comes(stage, act):
    peer = closed(stage)
    act(peer, stage.now)
    stage.flow(10_000)
    peer.connection.tick(stage.now)
    stage.say()
    assert peer.take() == []
    assert peer.connection.phase is Phase.CLOSED
    assert peer.connection.next_deadline() is None
    assert stage.world.live_connections() == []


@pytest.mark.parametrize(
    "frame", [{"op": 1}, {"op": 1, "d": None}, {"op": 1, "d": 0}, {"op": 1, "s": 5}, {"op": 1, "d": "x"}]
)
@pytest.mark.parametrize("phase", [Phase.GREETED, Phase.READY, Phase.DRAINING])
def test_every_heartbeat_that_real_clients_send_is_answered(stage, phase, frame):
    assert IN_PHASE[phase](stage).send(frame) == [{"op": 11}]


# -- silence --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "outputs"),
    [("drop", [DROPPED]), ("close-4009", [ending(4009, "Session timed out")]), ("ignore", [])],
)
@pytest.mark.parametrize("phase", [Phase.READY, Phase.DRAINING])
def test_two_missed_heartbeats_end_the_connection_as_the_switch_says(stage, phase, policy, outputs):
    stage.set(switches={"missed_heartbeats": policy}, heartbeat_interval_ms=1000)
    peer = IN_PHASE[phase](stage)
    stage.flow(1.99)
    assert peer.take() == []
    stage.flow(0.02)
    assert peer.take() == outputs


def test_a_heartbeat_in_time_keeps_the_connection(stage):
    stage.set(heartbeat_interval_ms=1000)
    peer = ready(stage)
    for _ in range(10):
        stage.flow(1.9)
        assert said(peer.beat()) == ["op11"]
    stage.flow(2.01)
    assert peer.take() == [DROPPED]


def test_a_jump_of_the_worlds_clock_misses_no_heartbeat(stage):
    peer = ready(stage)
    stage.world.clock.advance(86_400)
    peer.connection.tick(stage.now)
    assert peer.take() == []
    assert said(peer.beat()) == ["op11"]


def test_a_socket_that_never_logged_in_is_borne(stage):
    peer = greeted(stage)
    stage.flow(100_000)
    assert peer.take() == []


def test_muted_acks_leave_heartbeats_unanswered_but_heard(stage):
    stage.set(heartbeat_interval_ms=1000)
    peer = ready(stage)
    stage.world.acks_muted = True
    for _ in range(3):
        stage.flow(1.9)
        assert peer.beat() == []
    stage.world.acks_muted = False
    assert said(peer.beat()) == ["op11"]


@pytest.mark.parametrize(
    ("choice", "keys"),
    [("absent", {}), ("null", {"s": None, "t": None, "id": None}), ("zero", {"s": 0, "t": "", "id": ""})],
)
def test_which_keys_frames_have_that_are_no_dispatches(stage, choice, keys):
    stage.set(heartbeat_interval_ms=45_000, switches={"control_frame_keys": choice})
    peer = stage.connect()
    said_so = [*peer.take(), *peer.beat(None)]
    peer.connection.ask_to_reconnect(stage.now, None, 0)
    peer.connection.invalidate(stage.now, resumable=False, then_close=None, after=0)
    said_so += peer.take()
    hello = {"op": 10, **keys, "d": {"heartbeat_interval": 45_000}}
    assert said_so == [hello, {"op": 11, **keys}, {"op": 7, **keys}, {"op": 9, **keys, "d": False}]
    assert [entry["frame"] for entry in stage.entries("ws.out")] == said_so
    stage.faults({"name": "f", "on": "ws: READY", "do": [{"verb": "invalid-session"}, {"verb": "reconnect"}]})
    assert peer.identify()[1:3] == [{"op": 9, **keys, "d": False}, {"op": 7, **keys}]


def test_hello_advertises_the_worlds_interval():
    stage = Stage(settings={"heartbeat_interval_ms": 1234})
    (hello,) = stage.connect().take()
    assert hello == {"op": 10, "d": {"heartbeat_interval": 1234}}


# -- op 7 and op 9 --------------------------------------------------------------------------------------------------


def test_op_7_is_followed_by_4009_and_the_session_can_be_resumed(stage):
    peer, session_id = stage.online()
    peer.connection.ask_to_reconnect(stage.now, 4009, 0)
    assert peer.take() == [{"op": 7}, ending(4009, "Session timed out")]
    assert said(greeted(stage).resume(session_id, 1)) == ["RESUMED"]


def test_op_7_with_the_close_later(stage):
    peer = ready(stage)
    peer.connection.ask_to_reconnect(stage.now, 4009, 5.0)
    assert peer.take() == [{"op": 7}]
    stage.flow(4.9)
    assert peer.take() == []
    stage.flow(0.2)
    assert said(peer.take()) == [4009]


def test_op_7_with_the_close_withheld_drains(stage):
    peer, session_id = stage.online()
    peer.connection.ask_to_reconnect(stage.now, None, 0)
    peer.take()
    assert stage.say("while draining")["delivered"] == 0
    assert peer.take() == []
    assert said(peer.beat()) == ["op11"]
    message, resumed = greeted(stage).resume(session_id, 1)
    assert (message["d"]["content"], resumed["t"]) == ("while draining", "RESUMED")


def test_op_7_before_a_login_leaves_the_login_open(stage):
    peer = greeted(stage)
    peer.connection.ask_to_reconnect(stage.now, None, 0)
    assert said(peer.take()) == ["op7"]
    assert said(peer.identify()) == ["READY"]


@pytest.mark.parametrize("resumable", [True, False])
def test_op_9_detaches_the_session_and_lets_the_bot_log_in_again(stage, resumable):
    peer, session_id = stage.online()
    peer.connection.invalidate(stage.now, resumable=resumable, then_close=None, after=0)
    assert peer.take() == [{"op": 9, "d": resumable}]
    assert stage.say()["delivered"] == 0
    assert said(peer.resume(session_id, 1)) == ["C2C_MESSAGE_CREATE", "RESUMED"]


def test_op_9_with_a_close_after_it(stage):
    peer = ready(stage)
    peer.connection.invalidate(stage.now, resumable=False, then_close=4014, after=2.0)
    assert said(peer.take()) == ["op9"]
    stage.flow(2.1)
    assert peer.take() == [ending(4014, "disallowed intents")]


# -- dispatch -------------------------------------------------------------------------------------------------------


def test_several_sessions_of_one_shard_are_all_fed(stage):
    peers = [ready(stage) for _ in range(3)]
    assert stage.say()["delivered"] == 3
    frames = [peer.take() for peer in peers]
    assert frames[0] == frames[1] == frames[2]


def test_only_shards_that_want_it_get_an_event(stage):
    peers = [stage.online(intents=1 << 30 | C2C, shard=(index, 2))[0] for index in range(2)]
    sent = stage.world.raw_event("AT_MESSAGE_CREATE", {"guild_id": str(3 << 22)}, None, stage.now)
    assert sent["delivered"] == 1
    assert [said(peer.take()) for peer in peers] == [[], ["AT_MESSAGE_CREATE"]]
    stage.say()
    assert [said(peer.take()) for peer in peers] == [["C2C_MESSAGE_CREATE"], []]


def test_an_event_goes_only_where_its_intent_was_asked_for(stage):
    deaf, _ = stage.online(intents=1 << 30)
    hearing, _ = stage.online()
    assert stage.say()["delivered"] == 1
    assert deaf.take() == []
    assert said(hearing.take()) == ["C2C_MESSAGE_CREATE"]


def test_an_event_of_no_known_intent_goes_to_everybody(stage):
    peer, _ = stage.online(intents=0)
    sent = stage.world.raw_event("ZZZ", {"a": [1, None, "你"]}, "an-id", stage.now)
    assert sent == {"event_id": "an-id", "delivered": 1, "known": False, "suggestion": None}
    assert peer.take() == [{"op": 0, "s": 2, "t": "ZZZ", "id": "an-id", "d": {"a": [1, None, "你"]}}]


def test_sessions_number_their_dispatches_each_on_its_own(stage):
    first = ready(stage)
    stage.say()
    second = ready(stage)
    stage.say()
    assert [frame["s"] for frame in first.take()] == [2, 3]
    assert [frame["s"] for frame in second.take()] == [2]


def test_the_bots_leaving_keeps_the_session(stage):
    peer, session_id = stage.online()
    peer.leave()
    (session,) = stage.world.sessions
    assert (session.id, session.connection, session.detached_at) == (session_id, None, stage.now.world)


# -- whose it is ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("choice", "code", "outcome"), [
    ("session-kept", 1000, ["RESUMED"]), ("session-ended", 1000, ["op9", 4006]),
    ("session-ended", 1001, ["RESUMED"]), ("session-ended", None, ["RESUMED"]),
])  # fmt: skip
def test_whether_the_bots_own_close_with_1000_ends_the_session(stage, choice, code, outcome):
    stage.set(switches={"client_close_1000": choice})
    peer, session_id = stage.online()
    peer.leave(code)
    assert said(greeted(stage).resume(session_id, 1)) == outcome


def test_an_older_sockets_close_with_1000_does_not_end_the_session_of_the_younger(stage):
    stage.set(switches={"client_close_1000": "session-ended"})
    older, session_id = stage.online()
    assert said(greeted(stage).resume(session_id, 1)) == ["RESUMED"]
    older.leave()
    assert stage.say()["delivered"] == 1


def test_a_socket_of_nobody_belongs_to_a_world_from_its_login_on(stage):
    peer = stage.connect(door=None)
    assert said(peer.take()) == ["op10"]
    assert said(peer.beat(None)) == ["op11"]
    assert stage.world.live_connections() == []
    stage.flow(5)
    assert said(peer.identify()) == ["READY"]
    assert stage.world.live_connections() == [peer.connection]
    entries = stage.entries()
    assert [entry["kind"] for entry in entries] == ["ws.open", "ws.out", "ws.in", "ws.out", "ws.in", "ws.out"]
    assert [entry["id"] for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert entries[4]["at"] - entries[0]["at"] == 5
    kept = [entry["kind"] for entry in stage.platform.journal.since(0)]
    assert kept == ["ws.open", "ws.out", "ws.in", "ws.out"]


def test_a_stale_token_still_tells_whose_socket_it_is(stage):
    token = stage.token()
    stage.world.tokens.revoke()
    peer = stage.connect(door=None)
    peer.take()
    assert said(peer.identify(token=token)) == [4004]
    assert [entry["kind"] for entry in stage.entries()] == ["ws.open", "ws.out", "ws.in", "ws.close"]


def test_the_only_worlds_socket_can_turn_out_to_be_anothers(stage):
    peer = greeted(stage)
    other = stage.platform.create_world("102000002", "other", {}, stage.real)
    token, _ = stage.platform.issue_token(other, other.clock.at(stage.real))
    assert said(peer.identify(token=token)) == ["READY"]
    assert stage.world.live_connections() == []
    assert other.live_connections() == [peer.connection]


def test_a_socket_that_says_much_and_never_who_it_is_is_remembered_within_bounds(stage):
    peer = stage.connect(door=None)
    for _ in range(3000):
        peer.beat(None)
    peer.identify()
    assert len(stage.entries()) < 2100


def test_the_journal_tells_who_ended_a_connection_and_how(stage):
    ready(stage).leave(1000)
    ready(stage).connection.close(4009, stage.now)
    ready(stage).connection.drop(stage.now)
    ready(stage).connection.lost(None, "", stage.now, by_client=True)
    ends = [(entry["by"], entry["code"], entry["reason"]) for entry in stage.entries("ws.close")]
    assert ends == [
        ("client", 1000, ""),
        ("server", 4009, "Session timed out"),
        ("server", None, ""),
        ("client", None, ""),
    ]


def test_a_connection_describes_itself(stage):
    peer, session_id = stage.online()
    assert peer.connection.as_json() == {
        "connection": 1, "phase": "ready", "session_id": session_id, "shard": [0, 1], "intents": C2C, "s": 1,
        "opened_at": stage.now.world,
    }  # fmt: skip
