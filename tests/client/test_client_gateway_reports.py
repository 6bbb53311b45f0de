"""What the session machine tells its operator: level, name and details of every report, in order."""

import pytest

from reference_client.backoff import SessionStarts
from reference_client.outputs import AbortConnection, Connect, Deliver, Event, Level, Report, SendFrame
from reference_client.phases import PATIENCE, Phase

SHARD = [0, 1]
ENDED = "4009: the connection's life is over"


def reports(rig):
    """All reports since the last call; waits, which are drawn, and where they lead to are left out."""
    found = [(output.level, output.event, output.details) for output in rig.all(Report)]
    rig.forget()
    return [report for report in found if report[1] != "connection.next"]


def ended(phase, close=ENDED):
    return (Level.WARNING, "connection.ended", {"close": close, "phase": phase})


def leaving(why):
    return (Level.INFO, "connection.leaving", {"why": why})


def lost(why):
    return (Level.WARNING, "session.lost", {"why": why, "shard": SHARD})


@pytest.fixture
def resuming(online):
    """A machine that waits for the answer to its RESUME."""
    online.close(4009).until_connect().come_back()
    online.forget()
    return online


def test_coming_online(rig):
    assert reports(rig.go_online()) == [(Level.INFO, "session.ready", {"shard": SHARD, "heartbeat": 40.0})]


def test_coming_back(resuming):
    assert reports(resuming.resumed(2)) == [(Level.INFO, "session.resumed", {"shard": SHARD, "heartbeat": 40.0})]


def test_what_is_odd(online):
    online.forget()
    online.take(online.gateway.receive(online.number, "[]", online.now))
    online.receive(op=99).receive(op=0, s=2).event(3, "e").event(3, "e").receive(op=9, d=True)
    assert reports(online) == [
        (Level.WARNING, "frame.unreadable", {"problem": "a frame is an object, not an array"}),
        (Level.DEBUG, "frame.unknown_op", {"op": 99}),
        (Level.WARNING, "dispatch.without_type", {"t": None}),
        (Level.DEBUG, "dispatch.repeated", {"t": "C2C_MESSAGE_CREATE", "id": "e"}),
        (Level.WARNING, "session.invalid", {"resumable": True}),
    ]


def test_leaving_when_asked(online):
    online.forget()
    assert reports(online.receive(op=7).close(4009)) == [
        leaving("the platform asked for it (op 7)"),
        ended("LEAVING"),
    ]


def test_heartbeats_without_answers(online):
    online.forget()
    online.advance(100.0 + PATIENCE[Phase.LEAVING])
    assert reports(online)[:2] == [
        leaving("heartbeats are not answered"),
        ended("LEAVING", "connection lost (no answer in time)"),
    ]


def test_a_dial_without_an_answer(rig):
    rig.start().advance(PATIENCE[Phase.DIALLING])
    assert reports(rig) == [ended("DIALLING", "connection lost (no answer in time)")]


def test_no_hello_and_no_answer_to_the_goodbye(rig):
    rig.start().open().advance(PATIENCE[Phase.GREETING] + PATIENCE[Phase.LEAVING])
    assert rig.all(AbortConnection) == [AbortConnection(1)]
    assert reports(rig) == [leaving("no HELLO in time"), ended("LEAVING", "connection lost (no answer in time)")]


def test_op_9_without_a_close_and_no_answer_to_the_goodbye(online):
    online.forget()
    online.receive(op=9, d=False).advance(PATIENCE[Phase.REFUSED] + PATIENCE[Phase.LEAVING])
    assert online.all(AbortConnection) == [AbortConnection(1)]
    assert reports(online) == [
        (Level.WARNING, "session.invalid", {"resumable": False}),
        leaving("op 9 without a close"),
        ended("LEAVING", "connection lost (no answer in time)"),
        lost("op 9"),
    ]


def test_no_answer_to_the_login_and_none_to_the_goodbye(resuming):
    resuming.advance(PATIENCE[Phase.AUTHENTICATING] + PATIENCE[Phase.LEAVING])
    assert reports(resuming) == [
        leaving("no answer to the login in time"),
        ended("LEAVING", "connection lost (no answer in time)"),
        lost("no answer to the login in time"),
    ]


def test_a_replay_that_stops_in_the_middle_is_left(resuming):
    resuming.event(2).advance(PATIENCE[Phase.AUTHENTICATING])
    assert reports(resuming) == [leaving("no answer to the login in time")]


def test_another_session_than_was_asked_for(resuming):
    assert reports(resuming.ready("other", 1)) == [
        lost("the platform opened another one"),
        (Level.INFO, "session.ready", {"shard": SHARD, "heartbeat": 40.0}),
    ]


def test_a_session_that_dies_with_its_connection(online):
    online.forget()
    why = "4006: the session id is invalid"
    assert reports(online.close(4006)) == [ended("READY", why), lost(why)]


def test_resumes_that_come_to_nothing(resuming):
    for _ in range(2):
        resuming.close(4009).until_connect().come_back()
    assert reports(resuming) == [
        ended("AUTHENTICATING"),
        ended("AUTHENTICATING"),
        lost("2 RESUMEs came to nothing"),
    ]


def test_an_empty_budget(make_rig):
    starts = SessionStarts()
    starts.told(remaining=0, reset_after=500.128, concurrency=1, now=1000.0)
    rig = make_rig(starts=starts)
    rig.take(rig.gateway.start(rig.now)).tick()
    assert reports(rig) == [(Level.INFO, "session.must_wait", {"seconds": 500.13})]


def test_a_wait_is_told_with_what_follows_it(online):
    online.forget()
    online.close(4009)
    (told,) = [report for report in online.all(Report) if report.event == "connection.next"]
    due = online.gateway.next_deadline() - online.now
    assert (told.level, told.details) == (Level.INFO, {"seconds": round(due, 2), "course": "resume"})
    online.close(number=online.number)
    assert online.gateway.next_deadline() - online.now == due


def test_the_first_connection_is_due_at_once(rig):
    rig.take(rig.gateway.start(rig.now)).tick()
    assert rig.all(Connect) == [Connect(1)]


def test_frames_go_to_the_connection_that_is_there(online):
    online.tick().receive(op=1).close(4009).until_connect().come_back()
    assert [frame.connection for frame in online.all(SendFrame)] == [1, 1, 1, 2]


@pytest.mark.parametrize(("event_id", "known"), [("e", "e"), (None, None), (7, None)])
def test_an_event_is_handed_out_as_it_came(online, event_id, known):
    data = {"anything": 1}
    online.receive(op=0, t="SOME_EVENT", s=5, id=event_id, d=data)
    assert online.all(Deliver) == [Deliver(Event("SOME_EVENT", known, data, 5, 1))]


def test_an_event_that_is_no_message_is_known_by_its_own_id(online):
    for s in (5, 6):
        online.receive(op=0, t="SOME_EVENT", s=s, id="same", d={})
    assert len(online.all(Deliver)) == 1
