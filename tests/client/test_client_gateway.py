"""The session machine, on a clock that jumps: logging in, pulse, shards, and the end."""

from itertools import pairwise

import pytest

from reference_client.backoff import SessionStarts
from reference_client.gateway import LEAVING_CODE, LONGEST_QUEUE
from reference_client.outputs import (
    AbortConnection,
    CloseConnection,
    Connect,
    Deliver,
    Level,
    Prepare,
    Report,
    SendFrame,
)
from reference_client.phases import PATIENCE, Phase


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

    @pytest.mark.parametrize(("wait", "phase"), [(LONGEST_QUEUE, Phase.QUEUEING), (LONGEST_QUEUE + 1, Phase.LEAVING)])
    def test_a_short_wait_for_the_budget_is_spent_with_the_socket_open(self, make_rig, wait, phase):
        starts = SessionStarts()
        rig = make_rig(starts=starts).start().open()
        starts.told(remaining=0, reset_after=wait, concurrency=1, now=rig.now)
        rig.hello()
        assert (rig.phase, rig.logins()) == (phase, [])


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

    def test_nothing_is_due_before_the_start(self, rig):
        assert rig.gateway.next_deadline() is None
        assert rig.gateway.tick(rig.now) == []

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
