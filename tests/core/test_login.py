"""IDENTIFY and RESUME: every refusal, and what a good login brings."""

import json

import pytest

from core.stage import C2C, DROPPED, ending, said
from fakeqq.core.gateway.login import token_of
from fakeqq.wire import limits
from fakeqq.wire.intents import ALL_INTENTS, DEFAULT_PERMISSIONS, Intent
from fakeqq.wire.ops import Op


def identify(**data):
    return {"op": 2, "d": data}


def greeted(stage):
    peer = stage.connect()
    assert said(peer.take()) == ["op10"]
    return peer


@pytest.mark.parametrize(
    ("data", "op", "token"),
    [
        ({"token": "QQBot abc"}, Op.IDENTIFY, "abc"),
        ({"token": "QQBot abc"}, Op.RESUME, "abc"),
        ({"token": "abc"}, Op.IDENTIFY, ""),
        ({"token": "abc"}, Op.RESUME, "abc"),
        ({"token": "qqbot abc"}, Op.IDENTIFY, ""),
        ({"token": "QQBotabc"}, Op.IDENTIFY, ""),
        ({"token": "Bot abc"}, Op.IDENTIFY, ""),
        ({"token": "QQBot "}, Op.IDENTIFY, ""),
        ({"token": 5}, Op.IDENTIFY, ""),
        ({"token": None}, Op.RESUME, ""),
        ({}, Op.RESUME, ""),
        ([], Op.RESUME, ""),
        (None, Op.IDENTIFY, ""),
        ("QQBot abc", Op.IDENTIFY, ""),
    ],
)
def test_the_token_in_a_login(data, op, token):
    assert token_of(data, op) == token


def test_a_good_identify_gets_ready_as_its_first_dispatch(stage):
    peer = greeted(stage)
    (ready,) = peer.identify(shard=(0, 1))
    assert (ready["op"], ready["t"], ready["s"]) == (0, "READY", 1)
    assert ready["d"]["shard"] == [0, 1]
    assert ready["d"]["user"] == {"id": stage.world.bot_id, "username": "fakeqq bot", "bot": True}


@pytest.mark.parametrize("op", [2, 6])
@pytest.mark.parametrize("data", [None, [], "text", 5, True, {}, {"token": None}, {"token": 5}, {"token": ["QQBot x"]}])
def test_a_payload_of_the_wrong_shape_costs_4002(stage, op, data):
    assert greeted(stage).send({"op": op, "d": data}) == [ending(4002)]


@pytest.mark.parametrize("op", [2, 6])
def test_a_missing_payload_costs_4002(stage, op):
    assert greeted(stage).send({"op": op}) == [ending(4002)]


@pytest.mark.parametrize("prefix", ["", "Bot ", "qqbot ", "Bearer ", "QQBot", " QQBot ", "QQBot  "])
def test_a_garbled_prefix_costs_4004(stage, prefix):
    frame = identify(token=prefix + stage.token(), intents=C2C, shard=[0, 1])
    assert greeted(stage).send(frame) == [ending(4004)]


@pytest.mark.parametrize("token", ["", "QQBot ", "QQBot nobody's", "QQBot \x00", "QQBot " + "x" * 10_000])
def test_an_unknown_token_costs_4004(stage, token):
    stage.token()
    assert greeted(stage).send(identify(token=token, intents=C2C)) == [ending(4004)]
    assert greeted(stage).send({"op": 6, "d": {"token": token, "session_id": "x", "seq": 1}}) == [ending(4004)]


def test_an_expired_token_costs_4004(stage):
    token = stage.token()
    peer = greeted(stage)
    stage.world.clock.advance(7200)
    assert peer.identify(token=token) == [ending(4004)]
    assert said(greeted(stage).identify()) == ["READY"]


def test_a_revoked_token_costs_4004_also_in_resume(stage):
    token = stage.token()
    peer, session_id = stage.online()
    peer.leave()
    stage.world.tokens.revoke()
    assert greeted(stage).resume(session_id, 1, token=token) == [ending(4004)]
    assert said(greeted(stage).resume(session_id, 1)) == ["RESUMED"]


def test_an_open_socket_outlives_its_token(stage):
    peer, _ = stage.online()
    stage.world.tokens.revoke()
    assert said(peer.beat()) == ["op11"]
    assert stage.say()["delivered"] == 1


@pytest.mark.parametrize(
    "shard",
    [
        [], [0], [0, 1, 2], [1, 1], [0, 0], [-1, 1], [2, 1], [0, -1], ["0", "1"], [0.0, 1.0], [True, 2], [None, 1],
        "0,1", {}, 0, 1.5, True, False, [0, 10**30], [10**30, 10**31], [[0], [1]],
    ],
)  # fmt: skip
def test_a_wrong_shard_costs_4010(stage, shard):
    frame = identify(token=f"QQBot {stage.token()}", intents=C2C, shard=shard)
    assert greeted(stage).send(frame) == [ending(4010)]


@pytest.mark.parametrize("shard", [[0, 1], [1, 2], [3, 4], [9999, 10000]])
def test_a_right_shard_is_echoed(stage, shard):
    (ready,) = greeted(stage).identify(shard=shard)
    assert ready["d"]["shard"] == shard


@pytest.mark.parametrize("extra", [{}, {"shard": None}, {"shared": [0, 4]}])
def test_an_absent_shard_means_unsharded(stage, extra):
    (ready,) = greeted(stage).send(identify(token=f"QQBot {stage.token()}", intents=C2C, **extra))
    assert ready["d"]["shard"] == [0, 1]


@pytest.mark.parametrize("intents", [None, "33554432", 1.0, True, [], {}, -1, 1 << 2, C2C | 1 << 31, 1 << 63, 10**40])
def test_malformed_or_unknown_intents_cost_4013(stage, intents):
    frame = identify(token=f"QQBot {stage.token()}", intents=intents, shard=[0, 1])
    assert greeted(stage).send(frame) == [ending(4013)]


def test_absent_intents_cost_4013(stage):
    assert greeted(stage).send(identify(token=f"QQBot {stage.token()}")) == [ending(4013)]


@pytest.mark.parametrize("bit", [Intent.GUILD_MESSAGES, Intent.FORUMS_EVENT])
def test_one_bit_without_permission_costs_op_9_and_then_4014_with_its_text(stage, bit):
    outputs = greeted(stage).identify(intents=C2C | bit)
    assert outputs == [{"op": 9, "d": False}, ending(4014, "disallowed intents")]
    assert list(stage.world.sessions) == []


@pytest.mark.parametrize(("choice", "announced"), [
    ("seen", {4014}), ("some", {4014, 4915}), ("every", {4004, 4007, 4010, 4013, 4014, 4915}),
])  # fmt: skip
def test_which_refusals_op_9_announces(stage, choice, announced):
    stage.set(switches={"refusal_op9": choice})
    peer, session_id = stage.online()
    peer.leave()
    refusals = [
        greeted(stage).identify(token="nobody's"),
        greeted(stage).resume(session_id, 1, token="nobody's"),
        greeted(stage).resume(session_id, 99),
        greeted(stage).identify(shard=(1, 1)),
        greeted(stage).identify(intents=-1),
        greeted(stage).identify(intents=1 << 9),
    ]
    stage.set(standing="banned")
    refusals.append(greeted(stage).identify())
    assert [refusal[-1].code for refusal in refusals] == [4004, 4004, 4007, 4010, 4013, 4014, 4915]
    assert {refusal[-1].code for refusal in refusals if refusal[0] == {"op": 9, "d": False}} == announced


@pytest.mark.parametrize("policy", ["4006", "4902"])
def test_how_a_resume_of_no_known_session_is_refused_has_a_switch_of_its_own(stage, policy):
    stage.set(switches={"refusal_op9": "every", "resume_refusal": policy})
    assert said(greeted(stage).resume("nobody's", 1)) == [int(policy)]


def test_permitted_intents_can_be_set(stage):
    stage.set(permitted_intents=int(ALL_INTENTS))
    assert said(greeted(stage).identify(intents=int(ALL_INTENTS))) == ["READY"]
    stage.set(permitted_intents=0)
    assert said(greeted(stage).identify(intents=0)) == ["READY"]
    assert said(greeted(stage).identify(intents=1)) == ["op9", 4014]


def test_everything_a_public_bot_can_get_is_permitted(stage):
    assert said(greeted(stage).identify(intents=int(DEFAULT_PERMISSIONS))) == ["READY"]


def test_a_refused_identify_spends_no_session_start(stage):
    greeted(stage).identify(token="nobody's")
    greeted(stage).identify(intents=1 << 9)
    assert stage.world.session_start_limit(stage.now)["remaining"] == 1000
    greeted(stage).identify()
    assert stage.world.session_start_limit(stage.now)["remaining"] == 999


@pytest.mark.parametrize(("choice", "remaining", "outcome"), [("no", 1, ["RESUMED"]), ("yes", 0, ["op9", 4903])])
def test_whether_a_resume_spends_a_session_start(stage, choice, remaining, outcome):
    stage.set(session_start_total=2, switches={"session_budget": "real", "resume_spends": choice})
    peer, session_id = stage.online()
    for expected in (["RESUMED"], outcome):
        peer.leave()
        peer = greeted(stage)
        assert said(peer.resume(session_id, 1)) == expected
        assert stage.world.session_start_limit(stage.now)["remaining"] == remaining


@pytest.mark.parametrize(
    ("policy", "outputs"),
    [
        ("invalid-session", [{"op": 9, "d": False}, ending(4006)]),
        ("4006", [ending(4006)]),
        ("4902", [ending(4902, "reset by resume")]),
    ],
)
@pytest.mark.parametrize("session_id", ["nobody's", "", None, 5, [], {"a": 1}])
def test_a_resume_of_no_known_session_is_refused_as_the_switch_says(stage, policy, outputs, session_id):
    stage.set(switches={"resume_refusal": policy})
    assert greeted(stage).resume(session_id, 1) == outputs


def test_a_session_left_too_long_ago_is_unknown_and_the_clock_can_be_moved(stage):
    peer, session_id = stage.online()
    peer.leave()
    stage.world.clock.advance(301)
    assert said(greeted(stage).resume(session_id, 1)) == ["op9", 4006]


def test_another_bots_session_is_unknown(stage):
    _, session_id = stage.online()
    other = stage.platform.create_world("102000002", "other", {}, stage.real)
    token, _ = stage.platform.issue_token(other, other.clock.at(stage.real))
    peer = stage.connect(door=None)
    peer.take()
    assert said(peer.resume(session_id, 1, token=token)) == ["op9", 4006]


@pytest.mark.parametrize("op", [2, 6])
def test_at_a_worlds_own_door_another_worlds_token_costs_4004_and_is_noted_there(stage, op):
    other = stage.platform.create_world("102000002", "other", {}, stage.real)
    token, _ = stage.platform.issue_token(other, other.clock.at(stage.real))
    peer = stage.connect(own_door=True)
    peer.take()
    login = identify(token=f"QQBot {token}", intents=C2C, session_id="x", seq=1) | {"op": op}
    assert peer.send(login) == [ending(4004)]
    assert [entry["kind"] for entry in stage.entries()] == ["ws.open", "ws.out", "ws.in", "ws.close"]
    assert list(other.journal.since(0)) == []


@pytest.mark.parametrize("seq", [-1, 4, 10**30, None, "1", 1.0, True, []])
def test_a_wrong_seq_costs_4007(stage, seq):
    peer, session_id = stage.online()
    stage.say()
    stage.say()
    peer.leave()
    assert greeted(stage).resume(session_id, seq) == [ending(4007)]


@pytest.mark.parametrize(("policy", "seq", "numbers"), [
    ("exact", 4, []), ("exact", 3, [4]), ("exact", 1, [2, 3, 4]), ("exact", 0, [2, 3, 4]),
    ("overlap", 4, [4]), ("overlap", 2, [2, 3, 4]), ("overlap", 0, [2, 3, 4]),
    ("none", 4, []), ("none", 0, []),
])  # fmt: skip
def test_what_is_replayed(stage, policy, seq, numbers):
    stage.set(switches={"replay": policy})
    peer, session_id = stage.online()
    for _ in range(3):
        stage.say()
    originals = {frame["s"]: frame for frame in peer.take()}
    peer.leave()
    *replayed, resumed = greeted(stage).resume(session_id, seq)
    assert [frame["s"] for frame in replayed] == numbers
    assert replayed == [originals[number] for number in numbers], "byte for byte the same event"
    assert resumed == {"op": 0, "s": 5, "t": "RESUMED", "d": ""}


@pytest.mark.parametrize(("replay", "noted"), [("exact", 1), ("overlap", 1), ("none", 0)])
def test_what_has_left_the_replay_buffer_is_skipped_and_noted(stage, replay, noted):
    stage.set(switches={"replay": replay})
    peer, session_id = stage.online()
    peer.leave()
    for _ in range(int(limits.REPLAY_BUFFER_EVENTS.value) + 3):
        stage.say()
    greeted(stage).resume(session_id, 1)
    lost = stage.entries("replay.lost")
    assert [(entry["session_id"], entry["seq"], entry["count"]) for entry in lost] == [(session_id, 1, 3)] * noted


def test_what_happened_meanwhile_is_replayed_before_resumed(stage):
    peer, session_id = stage.online()
    peer.leave()
    assert stage.say("while you were out")["delivered"] == 0
    message, resumed = greeted(stage).resume(session_id, 1)
    assert (message["s"], message["d"]["content"]) == (2, "while you were out")
    assert (resumed["t"], resumed["s"], resumed["d"]) == ("RESUMED", 3, "")


def test_each_resumed_has_an_s_of_its_own(stage):
    peer, session_id = stage.online()
    for s in (2, 3, 4):
        peer.leave()
        peer = greeted(stage)
        (resumed,) = peer.resume(session_id, s - 1)
        assert resumed["s"] == s


@pytest.mark.parametrize("prefix", ["", "QQBot "])
def test_resume_takes_the_token_bare_and_prefixed(stage, prefix):
    peer, session_id = stage.online()
    peer.leave()
    frame = {"op": 6, "d": {"token": prefix + stage.token(), "session_id": session_id, "seq": 1}}
    assert said(greeted(stage).send(frame)) == ["RESUMED"]


def test_two_resumes_of_one_session_leave_the_younger_socket_in_charge(stage):
    first, session_id = stage.online()
    second, third = greeted(stage), greeted(stage)
    assert said(second.resume(session_id, 1)) == ["RESUMED"]
    assert said(third.resume(session_id, 2)) == ["RESUMED"]
    assert stage.say()["delivered"] == 1
    assert (said(first.take()), said(second.take())) == ([], [])
    (message,) = third.take()
    assert message["s"] == 4
    first.leave()
    second.leave()
    assert stage.say()["delivered"] == 1, "an older socket's end does not touch the session"


@pytest.mark.parametrize(("choice", "outputs"), [("both-stay", []), ("4902", [ending(4902, "reset by resume")])])
def test_what_the_older_socket_of_a_resumed_session_meets(stage, choice, outputs):
    stage.set(switches={"resume_while_attached": choice})
    older, session_id = stage.online()
    younger = greeted(stage)
    assert said(younger.resume(session_id, 1)) == ["RESUMED"]
    assert older.take() == outputs
    assert stage.say()["delivered"] == 1
    assert (older.take(), said(younger.take())) == ([], ["C2C_MESSAGE_CREATE"])
    assert older.connection.is_closed is bool(outputs)


def test_a_login_is_judged_by_the_clock_of_its_own_world(stage):
    stage.platform.create_world("102000002", "other", {}, stage.real)
    token = stage.token()
    stage.world.clock.advance(7201)
    peer = stage.connect(door=None)
    peer.take()
    assert peer.identify(token=token) == [ending(4004)]


def test_a_resume_is_judged_by_the_clock_of_its_own_world(stage):
    stage.platform.create_world("102000002", "other", {}, stage.real)
    peer, session_id = stage.online()
    peer.leave()
    stage.world.clock.advance(301)
    token = stage.token()
    late = stage.connect(door=None)
    late.take()
    assert said(late.resume(session_id, 1, token=token)) == ["op9", 4006]


def test_silence_is_counted_from_the_login_in_a_world_younger_than_its_server(stage):
    stage.real = 1000.0
    young = stage.platform.create_world("102000002", "other", {"heartbeat_interval_ms": 1000}, stage.real)
    token, _ = stage.platform.issue_token(young, young.clock.at(stage.real))
    peer = stage.connect(door=None)
    peer.take()
    peer.identify(token=token)
    stage.real += 2 * 41.25 - 0.001
    peer.connection.tick(young.clock.at(stage.real))
    assert peer.take() == []
    stage.real += 0.002
    peer.connection.tick(young.clock.at(stage.real))
    assert peer.take() == [DROPPED]
    assert [entry["elapsed"] for entry in young.journal.since(0) if entry.get("t") == "READY"] == [0.0]


def test_silence_is_judged_by_what_hello_told(stage):
    """A bot that follows HELLO is never silent: at the common door nobody knew its world's interval yet."""
    stage.set(heartbeat_interval_ms=1000)
    strangers = stage.connect(door=None)
    known = stage.connect()
    told = [peer.take()[0]["d"]["heartbeat_interval"] for peer in (strangers, known)]
    for peer in (strangers, known):
        peer.identify()
    stage.set(heartbeat_interval_ms=10)
    since = stage.real
    deadlines = [peer.connection.next_deadline() - since for peer in (strangers, known)]
    assert told == [41250, 1000]
    assert deadlines == [2 * interval / 1000 for interval in told]


def test_the_journal_keeps_what_a_refused_login_said(stage):
    greeted(stage).identify(token="nobody's")
    (entry,) = stage.entries("ws.in")
    assert json.dumps(entry["frame"]["d"]) == json.dumps({"token": "QQBot nobody's", "intents": C2C, "shard": [0, 1]})
