"""Each verb changes the outcome as its docstring says."""

import json

import pytest

from core.stage import DROPPED, body_of, ending, said
from fakeqq.core.errors import ControlError
from fakeqq.core.faults import verbs

OWN = {"op": 99, "d": "staged"}


def fault(on, *do, **more):
    return {"name": "f", "on": on, "do": [verb if isinstance(verb, dict) else {"verb": verb} for verb in do], **more}


def greeted(stage):
    peer = stage.connect()
    peer.take()
    return peer


# -- frames out -----------------------------------------------------------------------------------------------------

FRAME_OUTCOMES = [
    ([{"verb": "drop"}], []),
    ([{"verb": "twice"}], ["READY", "READY"]),
    ([{"verb": "send", "frame": OWN}], ["op99", "READY"]),
    ([{"verb": "garbage"}], ['{"op":0,"s":']),
    ([{"verb": "close", "code": 4903}], ["READY", 4903]),
    ([{"verb": "disconnect"}], ["READY", "drop"]),
    ([{"verb": "drop"}, {"verb": "close", "code": 4009}], [4009]),
    ([{"verb": "send", "frame": OWN}, {"verb": "twice"}, {"verb": "disconnect"}], ["op99", "READY", "READY", "drop"]),
]


@pytest.mark.parametrize(("do", "outcome"), FRAME_OUTCOMES, ids=lambda part: str(part)[:40])
def test_a_frame_verb_at_ready(stage, do, outcome):
    stage.faults(fault("ws: READY", *do))
    assert said(greeted(stage).identify()) == outcome
    assert said(greeted(stage).identify()) == ["READY"], "once"
    (entry,) = stage.entries("fault")
    assert (entry["fault"], entry["moment"], entry["connection"]) == ("f", "ws: READY", 1)


def test_twice_is_byte_for_byte(stage):
    stage.faults(fault("ws: READY", "twice"))
    first, second = greeted(stage).identify()
    assert first == second


def test_a_closing_fault_has_its_own_words_or_the_platforms(stage):
    stage.faults(fault("ws: READY", {"verb": "close", "code": 4903, "reason": "mine"}, times=1))
    assert greeted(stage).identify()[1] == ending(4903, "mine")
    stage.faults(fault("ws: READY", {"verb": "close", "code": 4903}))
    assert greeted(stage).identify()[1] == ending(4903, "create session error")


def test_swap_sends_a_frame_after_the_next_one(stage):
    peer, _ = stage.online()
    stage.faults(fault("dispatch: C2C_MESSAGE_CREATE", "swap"))
    for _ in range(3):
        stage.say()
    assert [frame["s"] for frame in peer.take()] == [3, 2, 4]


def test_delay_sends_a_frame_later(stage):
    peer, _ = stage.online()
    stage.faults(fault("dispatch: *", {"verb": "delay", "seconds": 5}))
    stage.say()
    stage.say()
    assert [frame["s"] for frame in peer.take()] == [3]
    stage.flow(4.9)
    assert peer.take() == []
    stage.flow(0.2)
    assert [frame["s"] for frame in peer.take()] == [2]


def test_a_delayed_frame_dies_with_its_connection(stage):
    peer, _ = stage.online()
    stage.faults(fault("dispatch: *", {"verb": "delay", "seconds": 5}))
    stage.say()
    peer.leave()
    stage.flow(10)
    assert peer.take() == []


@pytest.mark.parametrize("moment", ["HELLO", "ACK", "RECONNECT", "INVALID_SESSION", "RESUMED"])
def test_every_frame_of_the_gateway_can_be_withheld(stage, moment):
    stage.faults(fault(f"ws: {moment}", "drop"))
    peer = stage.connect()
    outputs = peer.take()
    outputs += peer.identify()
    session_id = next(iter(stage.world.sessions)).id
    outputs += peer.beat()
    peer.connection.invalidate(stage.now, resumable=True, then_close=None, after=0)
    outputs += peer.take() + peer.resume(session_id, 1)
    peer.connection.ask_to_reconnect(stage.now, None, 0)
    outputs += peer.take()
    names = {"op10": "HELLO", "op11": "ACK", "op7": "RECONNECT", "op9": "INVALID_SESSION"}
    assert [names.get(name, name) for name in said(outputs)] == [
        name for name in ["HELLO", "READY", "ACK", "INVALID_SESSION", "RESUMED", "RECONNECT"] if name != moment
    ]


def test_a_dropped_dispatch_is_kept_for_replay(stage):
    peer, session_id = stage.online()
    stage.faults(fault("dispatch: *", "drop"))
    stage.say("lost")
    assert peer.take() == []
    peer.leave()
    message, _ = greeted(stage).resume(session_id, 1)
    assert message["d"]["content"] == "lost"


def test_a_fault_can_cut_a_replay(stage):
    peer, session_id = stage.online()
    peer.leave()
    for _ in range(3):
        stage.say()
    stage.faults(fault("dispatch: *", "disconnect", nth=2))
    assert said(greeted(stage).resume(session_id, 1)) == ["C2C_MESSAGE_CREATE", "C2C_MESSAGE_CREATE", "drop"]
    *replayed, resumed = greeted(stage).resume(session_id, 3)
    assert [frame["s"] for frame in replayed] == [4]
    assert resumed["s"] > 4


@pytest.mark.parametrize("frame", [{}, {"t": None}, {"op": None}, {"op": "x"}, {"op": 0, "s": None, "t": "X", "d": []}])
def test_any_object_can_be_staged(stage, frame):
    stage.faults(fault("ws: READY", {"verb": "send", "frame": frame}))
    assert greeted(stage).identify()[0] == frame


@pytest.mark.parametrize(
    ("do", "outcome", "phase"),
    [
        ([{"verb": "reconnect"}], ["READY", "op7", 4009], "closed"),
        ([{"verb": "reconnect", "then_close": "never"}], ["READY", "op7"], "draining"),
        ([{"verb": "drop"}, {"verb": "reconnect", "then_close": 4900}], ["op7", 4900], "closed"),
        ([{"verb": "invalid-session"}], ["READY", "op9"], "greeted"),
        ([{"verb": "invalid-session", "then_close": 4014}], ["READY", "op9", 4014], "closed"),
        ([{"verb": "send", "frame": {"op": 7}}], ["op7", "READY"], "draining"),
        ([{"verb": "send", "frame": {"op": 9, "d": False}}], ["op9", "READY"], "greeted"),
    ],
    ids=str,
)
def test_the_end_of_a_session_can_come_with_a_frame(stage, do, outcome, phase):
    stage.faults(fault("ws: READY", *do))
    peer = greeted(stage)
    assert said(peer.identify()) == outcome
    assert peer.connection.phase.value == phase
    (session,) = stage.world.sessions
    assert (session.connection is peer.connection) == (phase == "draining")


def test_after_op7_at_a_frame_events_wait_for_resume(stage):
    peer, session_id = stage.online()
    stage.faults(fault("dispatch: *", {"verb": "reconnect", "after": 5}))
    stage.say("first")
    assert said(peer.take()) == ["C2C_MESSAGE_CREATE", "op7"]
    stage.say("second")
    assert said(peer.take()) == []
    assert said(peer.beat()) == ["op11"]
    stage.flow(5.1)
    assert said(peer.take()) == [4009]
    message, _ = greeted(stage).resume(session_id, 2)
    assert message["d"]["content"] == "second"


def test_a_delayed_frame_goes_before_its_op7(stage):
    peer, _ = stage.online()
    stage.faults(fault("dispatch: *", {"verb": "delay", "seconds": 2}, {"verb": "reconnect", "after": 1}))
    stage.say()
    assert peer.connection.is_ready
    stage.flow(2.1)
    assert said(peer.take()) == ["C2C_MESSAGE_CREATE", "op7"]
    stage.flow(1)
    assert said(peer.take()) == [4009]


@pytest.mark.parametrize("verb", ["reconnect", "invalid-session"])
def test_a_fault_at_every_frame_does_not_stand_at_what_it_sends(stage, verb):
    more = {"then_close": "never"} if verb == "reconnect" else {}
    stage.faults(fault("ws: *", {"verb": verb, **more}, times=None))
    peer = stage.connect()
    assert len(peer.take()) == 2
    peer.connection.ask_to_reconnect(stage.now, None, 0)
    assert len(peer.take()) == 2


# -- frames in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("do", "outcome"),
    [
        ([{"verb": "ignore"}], []),
        ([{"verb": "invalid-session"}], [{"op": 9, "d": False}]),
        ([{"verb": "invalid-session", "resumable": True}], [{"op": 9, "d": True}]),
        (
            [{"verb": "invalid-session", "then_close": 4014}],
            [{"op": 9, "d": False}, ending(4014, "disallowed intents")],
        ),
        ([{"verb": "reconnect"}], [{"op": 7}, ending(4009, "Session timed out")]),
        ([{"verb": "reconnect", "then_close": "never"}], [{"op": 7}]),
        ([{"verb": "close", "code": 4006}], [ending(4006)]),
        ([{"verb": "disconnect"}], [DROPPED]),
        ([{"verb": "send", "frame": OWN}], [OWN]),
        ([{"verb": "send", "frame": OWN}, {"verb": "disconnect"}], [OWN, DROPPED]),
    ],
    ids=str,
)
@pytest.mark.parametrize("moment", ["IDENTIFY", "HEARTBEAT", "*"])
def test_a_receive_verb_happens_instead_of_handling(stage, moment, do, outcome):
    stage.faults(fault(f"receive: {moment}", *do))
    peer = greeted(stage)
    outputs = peer.beat() if moment == "HEARTBEAT" else peer.identify()
    assert outputs == outcome
    assert list(stage.world.sessions) == []
    assert len(stage.entries("fault")) == 1


def test_an_invalid_session_with_its_close_later(stage):
    stage.faults(fault("receive: IDENTIFY", {"verb": "invalid-session", "then_close": 4903, "after": 0.1}))
    peer = greeted(stage)
    assert said(peer.identify()) == ["op9"]
    stage.flow(0.11)
    assert said(peer.take()) == [4903]


def test_a_resume_can_be_met_with_silence(stage):
    peer, session_id = stage.online()
    peer.leave()
    stage.faults(fault("receive: RESUME", "ignore"))
    peer = greeted(stage)
    assert peer.resume(session_id, 1) == []
    assert said(peer.resume(session_id, 1)) == ["RESUMED"]


# -- HTTP -----------------------------------------------------------------------------------------------------------

ON = "http: GET /users/@me"


def asked(stage, *do, on=ON, **more):
    stage.faults(fault(on, *do, **more))
    return stage.request("GET", "/users/@me")


def test_error_answers_in_the_platforms_own_words(stage):
    reply = asked(stage, {"verb": "error", "name": "gateway_rate_limited"})
    assert (reply.status, body_of(reply)["code"], body_of(reply)["err_code"]) == (400, 100017, 40023001)
    assert (reply.error, reply.fault) == ("gateway_rate_limited", "f")


def test_answer_answers_with_exactly_this(stage):
    reply = asked(stage, {"verb": "answer", "status": 503, "body": {"a": ["你", None]}})
    assert (reply.status, reply.body, reply.content_type) == (503, '{"a":["你",null]}'.encode(), "application/json")
    reply = asked(stage, {"verb": "answer", "body": "busy"})
    assert (reply.status, reply.body, reply.content_type) == (200, b"busy", "text/html")
    reply = asked(stage, {"verb": "answer", "body": "busy", "content_type": "text/plain"})
    assert reply.content_type == "text/plain"
    assert asked(stage, "answer").body == b""


def test_empty_keeps_the_status_only(stage):
    reply = asked(stage, "empty")
    assert (reply.status, reply.body) == (200, b"")
    reply = asked(stage, {"verb": "error", "name": "system_busy"}, "empty")
    assert (reply.status, reply.body) == (500, b"")


def test_truncate_keeps_the_length_and_sends_the_beginning(stage):
    reply = asked(stage, {"verb": "truncate", "bytes": 10})
    assert (reply.sent_bytes, len(reply.body) > 10) == (10, True)
    assert stage.entries("http.response")[-1]["body"] == reply.body[:10].decode()
    assert asked(stage, {"verb": "truncate", "bytes": 10**9}).sent_bytes == len(reply.body)


def test_malformed_is_not_json(stage):
    reply = asked(stage, "malformed")
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(reply.body)


def test_alter_changes_what_it_names_and_nothing_else(stage):
    do = {"verb": "alter", "put": {"username": None, "a.b": {"c": 1}, "id.x": 2}, "without": ["avatar", "no.such.key"]}
    true = body_of(asked(stage, {"verb": "delay", "seconds": 0}))
    del true["avatar"]
    assert body_of(asked(stage, do)) == {**true, "username": None, "a": {"b": {"c": 1}}, "id": {"x": 2}}
    assert "id" not in body_of(asked(stage, {"verb": "alter", "without": ["id"]}))


def test_alter_leaves_alone_what_is_no_object(stage):
    assert asked(stage, "malformed", {"verb": "alter", "put": {"a": 1}}).body == asked(stage, "malformed").body
    assert asked(stage, {"verb": "answer", "body": [1]}, {"verb": "alter", "without": ["a"]}).body == b"[1]"


@pytest.mark.parametrize("status", [403, 413, 429, 500, 502, 503, 504])
def test_html_is_a_page_of_the_server_in_front(stage, status):
    reply = asked(stage, {"verb": "html", "status": status})
    assert (reply.status, reply.content_type) == (status, "text/html")
    assert reply.body.startswith(b"<html>")
    assert str(status).encode() in reply.body


def test_content_type_leaves_the_rest_alone(stage):
    reply = asked(stage, {"verb": "content-type", "value": "application/json; charset=utf-8"})
    assert reply.content_type == "application/json; charset=utf-8"
    assert body_of(reply)["id"] == stage.world.bot_id


def test_delay_hang_and_disconnect_are_told_to_the_shell(stage):
    assert asked(stage, {"verb": "delay", "seconds": 2.5}).delay == 2.5
    assert asked(stage, "hang").hang
    reply = asked(stage, "disconnect")
    assert reply.disconnect
    assert stage.entries("http.response")[-1]["status"] is None


@pytest.mark.parametrize(
    ("do", "happens"),
    [
        ({"verb": "error", "name": "system_busy"}, False), ({"verb": "answer"}, False), ({"verb": "html"}, False),
        ({"verb": "hang"}, False), ({"verb": "disconnect"}, False), ({"verb": "disconnect", "effect": "before"}, False),
        ({"verb": "disconnect", "effect": "after"}, True), ({"verb": "empty"}, True), ({"verb": "malformed"}, True),
        ({"verb": "truncate", "bytes": 1}, True), ({"verb": "alter", "without": ["id"]}, True),
        ({"verb": "content-type", "value": "text/plain"}, True),
        ({"verb": "delay", "seconds": 1}, True), ({"verb": "answer", "effect": "after"}, True),
        ({"verb": "error", "name": "system_busy", "effect": "after"}, True),
    ],
    ids=str,
)  # fmt: skip
def test_which_verbs_let_the_effect_happen(stage, do, happens):
    message = stage.say()
    stage.faults(fault("http: POST /v2/users/{openid}/messages", do))
    stage.reply(message)
    assert len(stage.entries("user.sees")) == happens


def test_an_effect_can_be_answered_with_an_error(stage):
    message = stage.say()
    verb = {"verb": "error", "name": "stream_timed_out", "effect": "after"}
    stage.faults(fault("http: POST /v2/users/{openid}/messages", verb))
    reply = stage.reply(message)
    assert (reply.status, body_of(reply)["err_code"]) == (400, 40034020)
    assert stage.entries("user.sees")[0]["text"] == "pong"


PARTS = {
    "stream: CHUNK": ("messages", {"msg_type": 2, "markdown": {"content": "x"}, "stream": {"state": 1}}),
    "stream: FRAME": ("stream_messages", {"content_raw": "x"}),
}


@pytest.mark.parametrize("on", [*PARTS, "stream: *"])
def test_parts_of_streams_are_a_moment_of_their_own(stage, on):
    message = stage.say()
    stage.faults(fault(on, {"verb": "error", "name": "system_busy"}, times=None))
    assert stage.reply(message).status == 200
    for moment, (route, body) in PARTS.items():
        # Another number for each, and another user's stream: one at a time is the rule of another test.
        said = stage.say(user=stage.world.people.add_user().openid)
        reply = stage.request("POST", f"/v2/users/{said['user']}/{route}", {**body, "msg_id": said["message_id"]})
        assert (reply.fault == "f") == (on in (moment, "stream: *"))
    assert {entry["moment"] for entry in stage.entries("fault")} <= set(PARTS)


def test_a_null_stream_is_no_part_of_one(stage):
    message = stage.say()
    stage.faults(fault("stream: *", {"verb": "error", "name": "system_busy"}))
    assert stage.reply(message, stream=None).status == 200


def test_each_moment_of_a_request_counts_it_and_the_route_comes_first(stage):
    route, body = PARTS["stream: FRAME"]
    stage.faults(
        {**fault("stream: FRAME", {"verb": "html"}, nth=2), "name": "second part"},
        {**fault(f"http: POST /v2/users/{{openid}}/{route}", {"verb": "html"}), "name": "first call"},
    )
    said = stage.say()
    fired = [
        stage.request("POST", f"/v2/users/{said['user']}/{route}", {**body, "msg_id": said["message_id"]}).fault
        for _ in range(3)
    ]
    assert fired == ["first call", "second part", None]


@pytest.mark.parametrize("on", ["http: *", "http: GET /gateway*", "http: GET /gateway/bot"])
def test_a_star_covers_many_routes(stage, on):
    stage.faults(fault(on, {"verb": "html"}, times=None))
    assert stage.request("GET", "/gateway/bot").status == 502


def test_the_token_endpoint_has_faults_too(stage):
    stage.faults(fault("http: POST /app/getAppAccessToken", {"verb": "error", "name": "token_rate_limited"}))
    reply = stage.request("POST", "/app/getAppAccessToken", {"appId": "102000001", "clientSecret": "a-secret"})
    assert (reply.status, body_of(reply)) == (200, {"code": 100001, "message": "Too many requests"})


# -- what cannot be asked for ---------------------------------------------------------------------------------------

REFUSED = [
    {"verb": "close", "code": 999}, {"verb": "close", "code": 5000},
    *({"verb": "close", "code": code} for code in (1004, 1005, 1006, 1015, 1016, 2999)),
    {"verb": "close", "code": 4009, "reason": "x" * 124}, {"verb": "close", "code": 4009, "reason": "你" * 42},
    {"verb": "close", "code": 4009, "reason": "\ud800"},
    {"verb": "delay", "seconds": -1}, {"verb": "delay", "seconds": float("nan")}, {"verb": "delay", "seconds": 1e9},
    {"verb": "send", "frame": []}, {"verb": "send", "frame": {"a": float("inf")}},
    {"verb": "send", "frame": {"a": "\ud800"}}, {"verb": "send", "frame": {"a": 10**5000}},
]  # fmt: skip


@pytest.mark.parametrize("verb", REFUSED, ids=range(len(REFUSED)))
def test_a_frame_verb_that_no_socket_can_carry_out_is_refused(stage, verb):
    with pytest.raises(ControlError):
        stage.faults(fault("ws: READY", verb))


@pytest.mark.parametrize(
    "verb",
    [
        {"verb": "answer", "status": 199}, {"verb": "answer", "status": 600}, {"verb": "html", "status": 404},
        {"verb": "answer", "content_type": "a\r\nb: c"}, {"verb": "content-type", "value": "text/plain\x00"},
        {"verb": "content-type", "value": "你"}, {"verb": "answer", "body": float("nan")},
        {"verb": "truncate", "bytes": -1},
        {"verb": "answer", "body": "\ud800"}, {"verb": "disconnect", "effect": "during"},
    ],
    ids=ascii,
)  # fmt: skip
def test_an_http_verb_that_no_socket_can_carry_out_is_refused(stage, verb):
    with pytest.raises(ControlError):
        stage.faults(fault(ON, verb))


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1011, 1012, 1013, 1014, 3000, 4000, 4999])
def test_every_code_a_close_frame_may_carry_can_be_asked_for(stage, code):
    stage.faults(fault("ws: READY", {"verb": "close", "code": code}))
    assert said(greeted(stage).identify()) == ["READY", code]


def test_each_verb_has_a_name_and_a_docstring():
    names = [verbs.verb_name(verb) for verb in verbs.VERBS]
    assert len(set(names)) == len(names) == 31
    assert all(verb.__doc__ for verb in verbs.VERBS)
    kinds = ("http", "stream", "connect", "frame", "receive")
    assert {name for kind in kinds for name in verbs.verbs_for(kind)} == set(names)
