"""Reading the journal: small answers from raw entries, and nothing assumed of what a client sends."""

from conformance.harness.journal import Login, connected, gaps, logins, sends, session_on, sights, unmodelled


def ws(number, kind, op, *, connection=1, t=None, s=None, d=None, at=0.0):
    frame = {"op": op, "d": d}
    return {"id": number, "at": at, "kind": kind, "connection": connection, "op": op, "t": t, "s": s, "frame": frame}


IDENTIFY = ws(1, "ws.in", 2, d={"token": "QQBot x", "intents": 7, "shard": [0, 1]})
READY = ws(2, "ws.out", 0, t="READY", s=1, d={"session_id": "one"})
MESSAGE = ws(3, "ws.out", 0, t="C2C_MESSAGE_CREATE", s=2, d={"content": "hi"})
RESUME = ws(4, "ws.in", 6, connection=2, d={"token": "QQBot x", "session_id": "one", "seq": 2}, at=9.5)
REPLAYED = ws(5, "ws.out", 0, connection=2, t="C2C_MESSAGE_CREATE", s=3, d={})
RESUMED = ws(6, "ws.out", 0, connection=2, t="RESUMED", s=4, d="")


def test_logins_in_order():
    first, second = logins([IDENTIFY, READY, RESUME])
    assert (first.is_resume, first.intents, first.session_id) == (False, 7, None)
    assert second == Login(id=4, at=9.5, connection=2, op=6, session_id="one", seq=2, intents=None, token="QQBot x")
    assert str(second) == "RESUME (op 6) of session one from s 2, on connection 2"


def test_a_login_of_nonsense_is_still_a_login():
    assert logins([ws(1, "ws.in", 6, d=None), ws(2, "ws.in", 2, d=[1])])[1].intents is None
    assert logins([{**IDENTIFY, "frame": None}])[0].intents is None


def test_the_session_of_a_new_login():
    session = session_on([IDENTIFY, READY, MESSAGE], 1)
    assert (session.id, session.last_s) == ("one", 2)


def test_the_session_of_a_resume_goes_on_counting():
    session = session_on([IDENTIFY, READY, MESSAGE, RESUME, REPLAYED, RESUMED], 2)
    assert (session.id, session.last_s, session.connection) == ("one", 4, 2)


def test_a_refused_resume_has_no_session():
    assert session_on([RESUME, ws(5, "ws.out", 9, connection=2, d=False)], 2) is None


def post(number, body, method="POST"):
    return {"id": number, "kind": "http.request", "method": method, "operation": "POST /x", "path": "/x", "body": body}


def answer(number, request, status):
    return {"id": number, "kind": "http.response", "request": request, "operation": "POST /x", "status": status}


def test_sends_with_their_answers():
    entries = [
        post(1, {"content": "you said ping1", "msg_id": "m"}),
        answer(2, 1, 400),
        post(3, {"markdown": {"content": "ping1"}, "msg_id": None}),
        answer(4, 3, 200),
        post(5, {"content": "ping2"}),
        post(6, "form ping1 data"),
        post(7, {"content": "ping1"}, method="GET"),
    ]
    refused, accepted, unanswered = sends(entries, "ping1")
    assert (refused.msg_id, refused.accepted) == ("m", False)
    assert (accepted.msg_id, accepted.accepted) == (None, True)
    assert (unanswered.response, unanswered.accepted) == (None, False)
    assert [(send.msg_seq, send.msg_type) for send in (refused, accepted, unanswered)] == [(1, 0)] * 3
    assert [str(send) for send in (refused, unanswered)] == ["POST /x: status 400", "POST /x: no answer"]


def test_a_dropped_call_was_not_accepted():
    (dropped,) = sends([post(1, {"content": "ping1", "msg_seq": 3, "msg_type": 7}), answer(2, 1, None)], "ping1")
    assert (dropped.accepted, dropped.msg_seq, dropped.msg_type) == (False, 3, 7)
    assert str(dropped) == "POST /x: no answer"


def test_sights_hold_the_word():
    seen = [{"kind": "user.sees", "text": text} for text in ("echo: ping1", "ping2", None)]
    assert sights(seen, "ping1") == [seen[0]]


def test_gaps_lie_between_neighbours():
    assert gaps([1.0, 3.0, 3.5]) == [2.0, 0.5]
    assert gaps([1.0]) == []


def test_connected_means_that_the_bot_spoke():
    assert not connected([{"kind": "control"}, {"kind": "user.said"}])
    assert connected([{"kind": "control"}, post(1, None)])


def test_calls_that_nothing_stands_behind_are_told_once_and_without_ids():
    story = []
    for number, path in ((1, "/v2/users/9AF0C1/friends"), (3, "/v2/users/9AF0C2/friends"), (5, "/gateway")):
        request = {"id": number, "kind": "http.request", "method": "GET", "path": path}
        answer = {"id": number + 1, "kind": "http.response", "request": number, "unmodelled": path != "/gateway"}
        story += [request, answer]
    assert unmodelled(story) == ["GET /v2/users/*/friends"]
