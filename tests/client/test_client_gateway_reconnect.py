"""How the session machine comes back: the waits, the codes, RESUME and what is kept for it."""

import json

import pytest

from fakeqq.wire.close_codes import CLOSE_CODES
from reference_client.backoff import ASKED_TO_LEAVE, QUICK_PAUSE, RECONNECT_STEPS
from reference_client.gateway import LEAVING_CODE, REFUSED_RESUMES
from reference_client.outputs import CloseConnection, Connect, Deliver, Report, Stop
from reference_client.phases import PATIENCE, Phase
from reference_client.sessions import SavedSession

FIRST_STEP = RECONNECT_STEPS[0]


class TestReconnect:
    def test_a_session_that_is_lost_at_every_op_7_is_begun_later_and_later(self, rig):
        rig.start()
        gaps = []
        for _ in range(8):
            rig.open().hello().ready().receive(op=7)
            rig.forget()
            since = rig.now
            rig.close(4006).until_connect()
            gaps.append(rig.gap_to_connect(since))
        assert [gap for gap in gaps if gap >= QUICK_PAUSE] == [QUICK_PAUSE, QUICK_PAUSE]
        assert sum(gaps) > 2 * QUICK_PAUSE + sum(RECONNECT_STEPS[2:4])

    def test_op_7_leaves_by_itself_and_resumes(self, online):
        online.event(2)
        online.gateway.finished(online.all(Deliver)[0].event)
        online.forget()
        online.receive(op=7)
        assert online.all(CloseConnection) == [CloseConnection(1, LEAVING_CODE, "")]
        online.close(LEAVING_CODE).until_connect()
        login = online.come_back()
        assert login == {"op": 6, "d": {"token": "QQBot token-0", "session_id": "session-1", "seq": 2}}

    def test_op_7_and_the_late_close_make_one_connection(self, online):
        online.receive(op=7).advance(PATIENCE[Phase.LEAVING]).until_connect()
        online.close(4009, "Session timed out", number=1)
        assert online.phase is Phase.DIALLING
        online.open()
        online.close(4009, "Session timed out", number=1)
        online.hello().resumed(2)
        online.close(4009, "Session timed out", number=1)
        assert online.phase is Phase.READY
        assert [output.connection for output in online.all(Connect)] == [1, 2]

    def test_op_7_then_a_code_that_forbids_going_on(self, online):
        online.receive(op=7).close(4914)
        assert len(online.all(Stop)) == 1

    def test_op_7_many_times_stays_prompt_and_online(self, online):
        for cycle in range(150):
            left = online.now
            online.forget()
            online.receive(op=7).close(4009).until_connect()
            assert ASKED_TO_LEAVE[0] <= online.now - left <= ASKED_TO_LEAVE[1]
            assert online.come_back()["op"] == 6
            online.resumed(cycle + 2)
        assert online.phase is Phase.READY

    def test_frames_of_an_older_connection_are_ignored(self, online):
        online.close(4009).until_connect().open().hello()
        online.forget()
        text = json.dumps({"op": 0, "t": "C2C_MESSAGE_CREATE", "s": 9, "id": "x", "d": {"id": "y"}})
        assert online.gateway.receive(1, text, online.now) == []

    def test_every_failure_waits_longer_up_to_the_last_step(self, rig):
        rig.start()
        gaps = []
        for _ in range(10):
            failed = rig.now
            rig.close(None, "connection refused").until_connect()
            gaps.append(rig.now - failed)
        assert sum(gaps[:4]) > 10, "never more than a few tries in the first 20 s"
        assert gaps[:5] == sorted(gaps[:5])
        assert all(RECONNECT_STEPS[-1] * 0.8 <= gap <= RECONNECT_STEPS[-1] for gap in gaps[5:])

    def test_an_open_socket_or_a_hello_does_not_make_the_next_wait_short(self, rig):
        rig.start()
        gaps = []
        for _ in range(4):
            rig.open().hello()
            failed = rig.now
            rig.close(4903).until_connect()
            gaps.append(rig.now - failed)
        assert gaps == sorted(gaps)
        assert gaps[-1] > RECONNECT_STEPS[2]

    def test_a_stable_spell_makes_the_next_wait_short_again(self, rig):
        rig.start()
        for _ in range(5):
            rig.close().until_connect()
        rig.open().hello().ready()
        for _ in range(20):
            rig.advance(40.0).receive(op=11)
        dropped = rig.now
        rig.close().until_connect()
        assert rig.now - dropped <= FIRST_STEP

    def test_three_quick_disconnects_earn_a_pause(self, online):
        gaps = []
        for _ in range(3):
            online.advance(1.0)
            dropped = online.now
            online.close(4009).until_connect()
            gaps.append(online.now - dropped)
            online.come_back()
            online.resumed()
        assert max(gaps[:2]) < RECONNECT_STEPS[2]
        assert gaps[2] == pytest.approx(QUICK_PAUSE)


class TestCloseCodes:
    @pytest.mark.parametrize("code", [*sorted(CLOSE_CODES), 1005, 1011, 3000, 4444, 4999, None])
    def test_the_next_step_is_the_one_of_the_row(self, online, code):
        row = CLOSE_CODES.get(code)
        online.advance(60.0).close(code, "why")
        if row is not None and row.may_resume is False and row.may_identify is False:
            assert [stop.code for stop in online.all(Stop)] == [code]
            assert str(code) in online.all(Stop)[0].reason
            assert row.meaning in online.all(Stop)[0].reason
            assert online.phase is Phase.STOPPED
            assert online.gateway.next_deadline() is None
            return
        online.until_connect()
        expected = 2 if row is not None and row.may_resume is False else 6
        assert online.come_back()["op"] == expected

    def test_4004_asks_for_one_new_token_and_uses_it(self, online):
        online.close(4004).until_connect()
        assert online.tokens == 1
        assert online.come_back()["d"]["token"] == "QQBot token-1"
        online.resumed().advance(60).receive(op=11).close(4009).until_connect()
        assert online.tokens == 1

    def test_4004_speaks_of_the_token_and_never_costs_the_session(self, online):
        online.close(4004).until_connect()
        for _ in range(2 * REFUSED_RESUMES):
            assert online.come_back()["op"] == 6
            online.close(4004).until_connect()

    def test_4004_on_identify_keeps_asking_with_growing_gaps(self, rig):
        rig.start()
        gaps = []
        for _ in range(4):
            rig.open().hello()
            refused = rig.now
            rig.close(4004).until_connect()
            gaps.append(rig.now - refused)
        assert gaps[-1] > gaps[0]
        assert rig.tokens == 4

    @pytest.mark.parametrize("code", [4006, 4007, 4900, 4902, 4903, 4913])
    def test_a_resume_refused_with_a_dead_sessions_code_identifies_at_once(self, online, code):
        online.close(4009).until_connect()
        assert online.come_back()["op"] == 6
        online.close(code).until_connect()
        assert online.come_back()["op"] == 2

    @pytest.mark.parametrize("code", [None, 1000, 1001, 1006, 4000, 4003, 4005, 4008, 4009, 4321])
    def test_a_resume_that_keeps_failing_is_given_up_after_some_tries(self, online, code):
        online.close(None).until_connect()
        for _ in range(REFUSED_RESUMES):
            assert online.come_back()["op"] == 6
            online.close(code).until_connect()
        assert online.come_back()["op"] == 2

    def test_a_resume_that_replays_something_new_was_accepted_even_if_the_connection_dies(self, online):
        for number in range(2, 3 * REFUSED_RESUMES):
            online.close(None)
            assert online.until_connect().come_back()["op"] == 6
            online.event(number)

    def test_a_resume_that_replays_only_what_is_known_counts_as_refused(self, online):
        online.event(2)
        for _ in range(REFUSED_RESUMES):
            online.close(None)
            assert online.until_connect().come_back()["op"] == 6
            online.event(2)
        online.close(None)
        assert online.until_connect().come_back()["op"] == 2

    def test_a_lost_session_is_reported_once(self, online):
        online.receive(op=9, d=False).close(4006).until_connect().come_back()
        online.ready("session-2")
        lost = [each for each in online.all(Report) if each.event == "session.lost"]
        assert [each.details["why"] for each in lost] == ["op 9"]

    def test_a_session_that_the_platform_replaced_is_reported_lost(self, online):
        online.close(4009).until_connect().come_back()
        online.ready("session-2")
        assert [each.event for each in online.all(Report)].count("session.lost") == 1

    def test_a_resume_that_succeeds_forgives_the_ones_that_failed(self, online):
        for _ in range(2 * REFUSED_RESUMES):
            online.advance(60.0).receive(op=11).close(4009).until_connect()
            assert online.come_back()["op"] == 6
            online.close(None).until_connect()
            assert online.come_back()["op"] == 6
            online.resumed()

    def test_failed_dials_do_not_cost_the_session(self, online):
        online.close(None).until_connect()
        for _ in range(20):
            online.close(None, "refused").until_connect()
        assert online.come_back()["op"] == 6


class TestInvalidSession:
    def test_the_close_code_is_waited_for_and_decides(self, rig):
        rig.start().open().hello().receive(op=9, d=False)
        assert not rig.all(CloseConnection)
        rig.advance(1.0).close(4014, "disallowed intents")
        assert "disallowed intents" in rig.all(Stop)[0].reason

    def test_without_a_close_it_leaves_by_itself_and_identifies_later_and_later(self, rig):
        rig.start()
        gaps = []
        for _ in range(4):
            rig.open().hello()
            rig.receive(op=9, d=False)
            refused = rig.now
            rig.advance(PATIENCE[Phase.REFUSED])
            assert rig.phase is Phase.LEAVING
            rig.close(LEAVING_CODE).until_connect()
            gaps.append(rig.now - refused)
        assert gaps[0] >= 1.0
        assert gaps == sorted(gaps)

    @pytest.mark.parametrize("code", [None, 4009, 4903, 1000])
    def test_false_in_a_session_ends_the_session_whatever_else_is_said(self, online, code):
        online.receive(op=9, d=False).close(code).until_connect()
        login = online.come_back()
        assert login["op"] == 2
        assert login["d"]["intents"] == 1 << 25

    def test_true_in_a_session_resumes(self, online):
        online.receive(op=9, d=True).advance(PATIENCE[Phase.REFUSED]).close(LEAVING_CODE).until_connect()
        assert online.come_back()["op"] == 6

    def test_true_as_the_answer_to_resume_is_believed_only_so_often(self, online):
        online.close(4009).until_connect()
        for _ in range(REFUSED_RESUMES):
            assert online.come_back()["op"] == 6
            online.receive(op=9, d=True).close(None).until_connect()
        assert online.come_back()["op"] == 2

    @pytest.mark.parametrize("data", [None, "true", 1, {}])
    def test_anything_but_true_is_false(self, online, data):
        online.receive(op=9, d=data).close(None).until_connect()
        assert online.come_back()["op"] == 2

    def test_a_second_op_9_or_an_op_7_changes_nothing(self, online):
        online.receive(op=9, d=False)
        online.forget()
        online.receive(op=9, d=True).receive(op=7)
        assert online.outputs == []


class TestResume:
    def test_empty_d_is_fine(self, online):
        online.close(4009).until_connect()
        online.come_back()
        online.resumed(2)
        assert online.phase is Phase.READY

    def test_what_is_replayed_again_is_delivered_once(self, online):
        online.event(2).event(3).receive(op=7).close(4009).until_connect()
        online.come_back()
        online.event(2).event(3).event(4).resumed(5)
        assert [deliver.event.seq for deliver in online.all(Deliver)] == [2, 3, 4]

    def test_a_message_is_known_by_its_own_id_under_another_event_type(self, online):
        online.event(2, message_id="m", kind="GROUP_AT_MESSAGE_CREATE")
        online.event(3, message_id="m", kind="GROUP_MESSAGE_CREATE")
        assert len(online.all(Deliver)) == 1

    def test_resume_asks_from_the_oldest_unfinished_event(self, online):
        for s in (2, 3, 4, 5):
            online.event(s)
        for deliver in online.all(Deliver):
            if deliver.event.seq != 3:
                online.gateway.finished(deliver.event)
        online.close(4009).until_connect()
        assert online.come_back()["d"]["seq"] == 2

    def test_the_heartbeat_still_names_the_highest(self, online):
        online.event(2).event(3)
        online.forget()
        online.tick()
        assert online.frames() == [{"op": 1, "d": 3}]

    def test_an_event_of_the_last_session_does_not_move_the_new_ones_mark(self, online):
        online.event(2)
        old = online.all(Deliver)[0].event
        online.close(4006).until_connect()
        online.come_back()
        online.ready("session-2").event(2, event_id="other", message_id="other")
        online.gateway.finished(old)
        online.close(4009).until_connect()
        login = online.come_back()
        assert login["d"]["session_id"] == "session-2"
        assert login["d"]["seq"] == 1

    def test_a_resume_answered_with_ready_takes_the_new_session(self, online):
        online.event(50).close(4009).until_connect()
        online.come_back()
        online.ready("session-2", s=1).close(4009).until_connect()
        login = online.come_back()
        assert (login["d"]["session_id"], login["d"]["seq"]) == ("session-2", 1)

    def test_a_dispatch_that_overtakes_ready_counts(self, rig):
        rig.start().open().hello().event(2).ready(s=1).event(3)
        for deliver in rig.all(Deliver):
            rig.gateway.finished(deliver.event)
        rig.close(4009).until_connect()
        assert rig.come_back()["d"]["seq"] == 3

    def test_a_ready_sent_twice_changes_nothing(self, online):
        online.event(2).ready(s=1)
        online.forget()
        online.tick()
        assert online.frames() == [{"op": 1, "d": 2}]

    def test_no_seq_at_all_resumes_from_zero(self, rig):
        rig.start().open().hello().receive(op=0, t="READY", d={"session_id": "x"})
        rig.close(4009).until_connect()
        assert rig.come_back()["d"]["seq"] == 0


class TestSessionOfAnEarlierProcess:
    def test_it_is_resumed_and_what_was_handled_is_not_handled_again(self, rig):
        rig.gateway.restore(SavedSession("kept", 1, (3,)))
        login = rig.start().come_back()
        assert (login["op"], login["d"]["session_id"], login["d"]["seq"]) == (6, "kept", 1)
        rig.event(2).event(3).resumed()
        assert [delivered.event.seq for delivered in rig.all(Deliver)] == [2]
        assert rig.gateway.saved() == SavedSession("kept", 1, (3,))

    def test_work_that_ends_after_the_return_counts(self, rig):
        rig.gateway.restore(SavedSession("kept", 1))
        rig.start().come_back()
        rig.event(2)
        rig.gateway.finished(rig.all(Deliver)[0].event)
        assert rig.gateway.saved() == SavedSession("kept", 2)

    def test_without_a_seq_everything_is_asked_for(self, rig):
        rig.start().open().hello().receive(op=0, t="READY", d={"session_id": "a"})
        assert rig.gateway.saved() == SavedSession("a", 0)

    def test_without_a_session_there_is_none(self, rig):
        assert rig.gateway.saved() is None
