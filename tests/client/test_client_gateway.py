"""The session machine, on a clock that jumps."""

import json
from itertools import pairwise

import pytest

from fakeqq.wire.close_codes import CLOSE_CODES
from reference_client.backoff import ASKED_TO_LEAVE, QUICK_PAUSE, RECONNECT_STEPS, SessionStarts
from reference_client.gateway import LEAVING_CODE, REFUSED_RESUMES
from reference_client.outputs import (
    AbortConnection,
    CloseConnection,
    Connect,
    Deliver,
    Level,
    Prepare,
    Report,
    SendFrame,
    Stop,
)
from reference_client.phases import PATIENCE, Phase
from reference_client.sessions import SavedSession

FIRST_STEP = RECONNECT_STEPS[0]


class TestComingOnline:
    def test_identifies_once_and_becomes_ready(self, rig):
        rig.go_online()
        assert rig.phase is Phase.READY
        assert rig.logins() == [
            {"op": 2, "d": {"token": "QQBot token-0", "intents": 1 << 25, "shard": [0, 1], "properties": {}}}
        ]

    def test_has_a_token_before_it_dials(self, rig):
        rig.start()
        assert [type(output) for _, output in rig.outputs if not isinstance(output, Report)] == [Prepare, Connect]

    @pytest.mark.parametrize(
        "frame",
        [
            {"op": 11},
            {"op": 1, "d": None},
            {"op": 99, "d": {"what": "ever"}},
            {"op": 0, "t": "NOBODY_KNOWS", "d": None},
            {"op": 0, "s": 3, "d": {}},
            {"op": 10},
        ],
    )
    def test_odd_frames_before_ready_are_tolerated(self, rig, frame):
        rig.start().open().hello().receive(**frame).ready()
        assert rig.phase is Phase.READY
        assert [sent["op"] for sent in rig.frames()] == [2], "a command before READY may cost a 4003"
        assert not rig.all(CloseConnection)

    @pytest.mark.parametrize("text", ["", "not json", "[]", "{}", '{"op":"2"}', b"\xff", '{"op":true}'])
    def test_what_is_no_frame_is_reported_and_survived(self, online, text):
        online.take(online.gateway.receive(online.number, text, online.now))
        assert online.phase is Phase.READY
        assert any(report.event == "frame.unreadable" for report in online.all(Report))

    @pytest.mark.parametrize("data", [None, "", [], 7, {}, {"session_id": 5}, {"session_id": ""}])
    def test_ready_without_a_session_is_online_and_identifies_next_time(self, rig, data):
        rig.start().open().hello().receive(op=0, t="READY", s=1, d=data)
        assert rig.phase is Phase.READY
        rig.close(4009).until_connect()
        assert rig.come_back()["op"] == 2

    def test_no_report_holds_the_token(self, online):
        online.close(4004).until_connect()
        online.come_back()
        assert not any("token-" in str(report) for report in online.all(Report))


class TestDeadlines:
    def test_an_upgrade_that_is_never_answered_is_given_up(self, rig):
        rig.start().advance(PATIENCE[Phase.DIALLING])
        assert rig.all(AbortConnection) == [AbortConnection(1)]
        rig.until_connect()
        assert rig.number == 2

    def test_a_missing_hello_ends_the_connection(self, rig):
        rig.start().open().advance(PATIENCE[Phase.GREETING])
        assert rig.all(CloseConnection) == [CloseConnection(1, LEAVING_CODE, "")]
        rig.close().until_connect()
        assert rig.number == 2

    def test_an_identify_without_an_answer_is_tried_again(self, rig):
        rig.start().open().hello().advance(PATIENCE[Phase.AUTHENTICATING])
        assert len(rig.all(CloseConnection)) == 1
        rig.close(LEAVING_CODE).until_connect()
        assert rig.come_back()["op"] == 2

    def test_a_resume_answered_by_silence_becomes_identify(self, online):
        online.close(4009).until_connect()
        assert online.come_back()["op"] == 6
        online.advance(PATIENCE[Phase.AUTHENTICATING]).close().until_connect()
        assert online.come_back()["op"] == 2

    def test_a_long_replay_is_no_silence(self, online):
        online.close(4009).until_connect()
        online.come_back()
        for s in range(2, 12):
            online.advance(PATIENCE[Phase.AUTHENTICATING] - 1).event(s)
        online.resumed(12)
        assert online.phase is Phase.READY
        assert len(online.all(Deliver)) == 10

    def test_a_close_that_is_not_answered_is_not_waited_for(self, online):
        online.receive(op=7)
        assert online.phase is Phase.LEAVING
        online.advance(PATIENCE[Phase.LEAVING])
        assert online.all(AbortConnection) == [AbortConnection(1)]
        online.until_connect()
        assert online.come_back()["op"] == 6


class TestHeartbeats:
    def test_the_pace_is_the_one_of_hello(self, rig):
        rig.start().open().hello(13.0).ready()
        rig.forget()
        start = rig.now
        for _ in range(5):
            deadline = rig.gateway.next_deadline()
            rig.now = deadline
            rig.tick().receive(op=11)
        sent = [at - start for at, output in rig.outputs if isinstance(output, SendFrame)]
        assert sent == [0.0, 13.0, 26.0, 39.0, 52.0]

    def test_a_new_connection_has_the_new_pace_and_nothing_of_the_old(self, online):
        online.advance(1).receive(op=11).close(4009).until_connect()
        online.open().hello(10.0).resumed(2)
        online.forget()
        start = online.now
        for _ in range(3):
            online.now = online.gateway.next_deadline()
            online.tick().receive(op=11)
        assert [at - start for at, output in online.outputs if isinstance(output, SendFrame)] == [0.0, 10.0, 20.0]

    def test_d_is_the_highest_dispatch_s_whatever_control_frames_carry(self, online):
        online.event(7).event(5)
        online.receive(op=11, s=0).receive(op=11, s=None).receive(op=10, s=900, d={})
        online.receive(op=0, t="X", s="12").receive(op=0, t="Y", s=True).receive(op=0, t="Z", s=-3)
        online.forget()
        online.tick()
        assert online.frames() == [{"op": 1, "d": 7}]

    def test_a_ready_without_s_leaves_d_null(self, rig):
        rig.start().open().hello().receive(op=0, t="READY", d={"session_id": "x"})
        rig.forget()
        rig.tick()
        assert rig.frames() == [{"op": 1, "d": None}]

    def test_missing_acks_end_the_connection_within_three_intervals(self, online):
        online.tick().receive(op=11)
        online.forget()
        silent_from = online.now
        online.until_connect()
        assert online.now - silent_from < 3 * 40.0
        assert online.come_back()["op"] == 6

    def test_one_late_ack_is_survived_on_every_connection(self, online):
        for _ in range(2):
            online.tick().receive(op=11).advance(40.0).advance(45.0).receive(op=11).advance(100.0 - 85.0)
            online.receive(op=11)
            assert online.phase is Phase.READY
            online.close(4009).until_connect()
            online.come_back()
            online.resumed()

    def test_doubled_acks_do_not_change_the_pace(self, online):
        online.tick()
        online.forget()
        for _ in range(10):
            online.receive(op=11).receive(op=11).advance(40.0)
        assert len(online.frames()) == 10

    def test_quiet_is_healthy(self, online):
        for _ in range(1000):
            online.advance(40.0).receive(op=11)
        assert online.phase is Phase.READY
        assert online.number == 1

    def test_the_server_may_ask_and_a_burst_of_asking_is_not_answered_with_a_burst(self, online):
        online.tick()
        online.forget()
        for _ in range(50):
            online.receive(op=1, d=None)
        assert online.frames() == [{"op": 1, "d": 1}]


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


class TestShards:
    def test_identifies_are_spaced_and_sockets_do_not_wait_open(self, make_rig):
        starts = SessionStarts()
        starts.told(remaining=1000, reset_after=86400, concurrency=1, now=1000.0)
        identified = []
        rigs = [make_rig(shard=(index, 3), starts=starts) for index in range(3)]
        for rig in rigs:
            rig.take(rig.gateway.start(rig.now))
        for rig in rigs:
            rig.until_connect().open().hello()
            identified.append(rig.now)
            assert rig.logins()[0]["d"]["shard"] == list(rig.gateway.shard)
        gaps = [later - earlier for earlier, later in pairwise(identified)]
        assert all(5.0 < gap < 6.0 for gap in gaps)

    def test_a_slow_dial_waits_for_its_turn_with_the_socket_open(self, make_rig):
        starts = SessionStarts()
        slow, quick = make_rig(shard=(0, 2), starts=starts), make_rig(shard=(1, 2), starts=starts)
        slow.start()
        slow.now += 4.0
        slow.open().hello()
        quick.start().open().hello()
        assert quick.phase is Phase.QUEUEING
        quick.advance(5.2)
        assert quick.phase is Phase.AUTHENTICATING
        first = next(at for at, output in slow.outputs if isinstance(output, SendFrame))
        second = next(at for at, output in quick.outputs if isinstance(output, SendFrame))
        assert second - first > 5.0

    def test_a_resting_shard_does_not_hold_up_another(self, make_rig):
        starts = SessionStarts()
        first, second = make_rig(shard=(0, 2), starts=starts), make_rig(shard=(1, 2), starts=starts)
        first.start()
        for _ in range(8):
            first.close(None, "refused").until_connect()
        first.close(None, "refused")
        second.now = first.now
        asked = second.now
        second.start()
        assert second.now - asked < 6.0

    def test_a_resting_shard_does_not_hold_the_last_start_of_the_budget(self, make_rig):
        starts = SessionStarts()
        starts.told(remaining=1, reset_after=5000.0, concurrency=1, now=1000.0)
        first, second = make_rig(shard=(0, 2), starts=starts), make_rig(shard=(1, 2), starts=starts)
        first.start().close(None, "refused")
        second.start()
        assert second.now - first.now < 6.0

    def test_each_shard_resumes_its_own_session(self, make_rig):
        starts = SessionStarts()
        rigs = [make_rig(shard=(index, 2), starts=starts) for index in range(2)]
        for index, rig in enumerate(rigs):
            rig.start().open().hello().advance(6).ready(f"session-{index}")
        for index, rig in enumerate(rigs):
            rig.close(4009).until_connect()
            assert rig.come_back()["d"]["session_id"] == f"session-{index}"

    def test_an_empty_budget_is_waited_for(self, make_rig):
        starts = SessionStarts()
        starts.told(remaining=0, reset_after=500.0, concurrency=1, now=1000.0)
        rig = make_rig(starts=starts)
        rig.take(rig.gateway.start(rig.now))
        rig.advance(499.0)
        assert not rig.all(Connect)
        rig.advance(2.0)
        assert len(rig.all(Connect)) == 1

    def test_a_budget_that_was_used_up_meanwhile_is_waited_for_without_a_socket(self, make_rig):
        starts = SessionStarts()
        rig = make_rig(starts=starts).start().open()
        starts.told(remaining=0, reset_after=500.0, concurrency=1, now=rig.now)
        rig.hello()
        assert (rig.phase, rig.logins()) == (Phase.LEAVING, [])
        rig.close(LEAVING_CODE).forget()
        rig.advance(490.0)
        assert not rig.all(Connect)
        rig.advance(20.0)
        assert len(rig.all(Connect)) == 1
        assert rig.come_back()["op"] == 2


class TestWhatComesAtTheWrongTime:
    """What a shell that is late tells, and what a platform says out of turn."""

    def test_a_handshake_told_twice_changes_nothing(self, rig):
        rig.start().open().hello()
        assert rig.gateway.opened(rig.number, rig.now) == []
        assert rig.phase is Phase.AUTHENTICATING

    @pytest.mark.parametrize("offset", [-1, 1])
    def test_a_handshake_of_another_connection_is_given_up(self, rig, offset):
        rig.start()
        other = rig.number + offset
        assert rig.gateway.opened(other, rig.now) == [AbortConnection(other)]
        assert rig.phase is Phase.DIALLING

    def test_a_handshake_that_comes_while_resting_is_given_up(self, rig):
        rig.start().close()
        assert rig.phase is Phase.RESTING
        assert rig.gateway.opened(rig.number, rig.now) == [AbortConnection(rig.number)]

    def test_a_frame_of_a_connection_that_is_gone_is_passed_over(self, online):
        online.close(4009).forget()
        online.event(9)
        assert online.outputs == []

    def test_a_close_of_a_connection_that_is_gone_is_passed_over(self, online):
        online.close(4009)
        deadline = online.gateway.next_deadline()
        assert online.gateway.closed(online.number, 4915, "", online.now) == []
        assert online.gateway.next_deadline() == deadline

    def test_a_tick_before_anything_is_due_does_nothing(self, rig):
        rig.start().open()
        assert rig.gateway.tick(rig.gateway.next_deadline() - 0.001) == []
        assert rig.phase is Phase.GREETING

    def test_a_tick_between_two_heartbeats_does_nothing(self, online):
        online.tick().forget()
        assert online.gateway.tick(online.now + 1.0) == []

    @pytest.mark.parametrize("event_type", ["READY", "RESUMED"])
    def test_a_session_is_not_opened_before_it_was_asked_for(self, rig, event_type):
        rig.start().open().receive(op=0, t=event_type, s=1, d={"session_id": "x"})
        assert rig.phase is Phase.GREETING
        assert rig.gateway.saved() is None

    @pytest.mark.parametrize("event_type", ["READY", "RESUMED"])
    def test_a_session_is_not_opened_after_op_9(self, rig, event_type):
        rig.start().open().hello().receive(op=9, d=False).receive(op=0, t=event_type, s=1, d={"session_id": "x"})
        assert rig.phase is Phase.REFUSED
        assert rig.gateway.saved() is None


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


class TestStop:
    def test_who_wants_to_return_leaves_the_session_alive(self, online):
        assert online.gateway.stop(to_return=True) == [CloseConnection(1, LEAVING_CODE, "")]

    def test_leaving_is_cut_short(self, online):
        online.receive(op=7)
        assert online.gateway.stop() == [AbortConnection(1)]

    def test_a_reserved_start_is_given_back(self, make_rig):
        starts = SessionStarts()
        starts.told(remaining=1, reset_after=500.0, concurrency=5, now=1000.0)
        make_rig(starts=starts).start().gateway.stop()
        assert starts.reserve(1000.0) == 1000.0

    def test_an_open_socket_is_closed_with_1000(self, online):
        assert online.gateway.stop() == [CloseConnection(1, 1000, "")]
        assert online.gateway.next_deadline() is None
        online.close(1000)
        assert online.phase is Phase.STOPPED

    def test_dialling_is_aborted(self, rig):
        rig.start()
        assert rig.gateway.stop() == [AbortConnection(1)]
        assert rig.gateway.opened(1, rig.now) == [AbortConnection(1)]

    def test_resting_and_preparing_end_silently(self, rig):
        assert rig.gateway.stop() == []
        assert rig.gateway.prepared("token", rig.now) == []

    def test_a_stop_is_an_error_in_words(self, online):
        online.close(4915)
        reports = [report for report in online.all(Report) if report.level >= Level.WARNING]
        assert "banned" in reports[-1].details["close"]
