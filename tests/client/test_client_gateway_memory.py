"""What the session machine counts and reserves, and when it begins to count anew."""

import pytest

from reference_client.backoff import RECONNECT_STEPS, SessionStarts
from reference_client.gateway import REFUSED_RESUMES
from reference_client.outputs import AbortConnection, Report
from reference_client.phases import PATIENCE, Phase
from reference_client.sessions import SavedSession

KEPT = SavedSession("kept", 7)


def resumes_until_identify(rig):
    """How often a machine whose connection is wanted resumes, each time in vain, before it identifies."""
    for resumes in range(REFUSED_RESUMES + 2):
        if rig.come_back()["op"] == 2:
            return resumes
        rig.close(4009).until_connect()
    raise AssertionError("it resumes for ever")


def test_it_has_not_begun(rig):
    assert rig.phase is Phase.IDLE


def test_a_session_of_an_earlier_process_is_tried_as_often_as_any(rig):
    rig.gateway.restore(KEPT)
    assert resumes_until_identify(rig.start()) == REFUSED_RESUMES


def test_a_connection_that_ends_before_the_login_refuses_no_resume(rig):
    rig.gateway.restore(KEPT)
    rig.start().close().until_connect()
    assert resumes_until_identify(rig) == REFUSED_RESUMES


def test_a_resume_that_brought_something_new_was_accepted(online):
    online.close(4009).until_connect().come_back()
    online.event(2).close(4009).until_connect()
    assert resumes_until_identify(online) == REFUSED_RESUMES


def test_a_session_that_replaces_another_is_tried_as_often_as_any(online):
    online.ready("session-2").close(4009).until_connect()
    assert resumes_until_identify(online) == REFUSED_RESUMES


@pytest.mark.parametrize("now", [0.0, 1000.0])
def test_the_first_question_for_a_sign_of_life_is_answered_at_once(make_rig, now):
    rig = make_rig(now=now).go_online()
    rig.forget()
    assert [frame["op"] for frame in rig.receive(op=1).frames()] == [1]


def test_a_reserved_start_that_came_to_nothing_delays_none(rig):
    rig.start().close()
    failed_at = rig.now
    rig.forget()
    assert rig.until_connect().gap_to_connect(failed_at) <= RECONNECT_STEPS[0]


def test_a_start_that_was_used_is_not_given_back(make_rig):
    starts = SessionStarts()
    rig = make_rig(starts=starts)
    starts.told(remaining=1, reset_after=100.0, concurrency=1, now=rig.now)
    began = rig.now
    rig.go_online().close(4006)
    rig.forget()
    assert rig.until_connect().gap_to_connect(began) >= 100.0


def test_a_budget_that_is_spent_before_the_login_ends_the_connection_in_time(make_rig):
    starts = SessionStarts()
    rig = make_rig(starts=starts).start()
    starts.told(remaining=0, reset_after=3600.0, concurrency=1, now=rig.now)
    rig.open().hello()
    assert rig.all(Report)[-1].details == {"why": "no session may be started now"}
    rig.advance(PATIENCE[Phase.LEAVING])
    assert rig.all(AbortConnection) == [AbortConnection(1)]


def test_the_platforms_own_words_are_told_with_a_session_that_is_lost(online):
    online.forget()
    online.close(4006, "gone")
    [lost] = [report for report in online.all(Report) if report.event == "session.lost"]
    assert lost.details["why"].endswith('(the platform says "gone")')


def test_it_is_told_how_the_next_connection_logs_in(rig):
    courses = [
        report.details["course"] for report in rig.go_online().close(4009).all(Report) if "course" in report.details
    ]
    assert courses == ["identify", "resume"]
