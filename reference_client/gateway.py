"""The session of one shard, without a socket and without a clock.

Theory of operation
-------------------
A shard owns one *session* at most (id and sequence numbers) and one *connection* at most. Sessions outlive
connections: a connection ends for a hundred harmless reasons, and the question is always the same one,
answered in one place (`_ended`): RESUME, IDENTIFY, ask for a new token first, or stop.

    RESTING -> PREPARING -> DIALLING -> GREETING -> (QUEUEING ->) AUTHENTICATING -> READY
       ^                                                                              |
       +------- LEAVING (we closed) / REFUSED (op 9, waiting for the close code) <----+

Every arrow back leads through RESTING, so no two connections can be alive, and no retry can be immediate.
Each connection has a number; whatever arrives for another number than the current one is history and is
ignored. That is what keeps the close event of a superseded socket from tearing down its successor
(openclaw/openclaw#78890).

The shell calls `opened`, `receive`, `closed`, `prepared` and `finished` when these things happen, `tick` when
`next_deadline` has come, and obeys the outputs in order. No input raises.
"""

from typing import TYPE_CHECKING, Any

from fakeqq.wire import frames
from fakeqq.wire.ops import Op
from reference_client.backoff import Backoff, SessionStarts
from reference_client.heartbeat import Beat, Heartbeat, sane_interval
from reference_client.outputs import (
    AbortConnection,
    CloseConnection,
    Connect,
    Deliver,
    Event,
    Level,
    Output,
    Prepare,
    Report,
    SendFrame,
    Stop,
)
from reference_client.phases import CONNECTED, PATIENCE, Phase
from reference_client.policy import Course, course_after, explain
from reference_client.progress import Progress, Seen, identities
from reference_client.sessions import SavedSession

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

REFUSED_RESUMES = 2
"""RESUMEs without RESUMED after which the session is given up, when nothing said outright that it is dead."""

HEARTBEAT_REPLY_SPACING = 1.0
"""Seconds between two answers to op 1 from the platform, so that a burst of them is not answered with a
burst."""

LONGEST_QUEUE = 10.0
"""Seconds in which a greeted connection may wait for its IDENTIFY: two windows of the platform's. A longer wait is for
the budget's reset; it is spent without a socket, and the budget is asked for at its end."""

LEAVING_CODE = 4000
"""The code we close with when we mean to RESUME. 1000 would say that we are done; what the platform makes of
either is not known, and in the protocol this one was modelled on 1000 ends the session."""

_DONE_CODE = 1000


class Gateway:
    """The session machine of one shard."""

    def __init__(
        self, *, intents: int, shard: tuple[int, int], starts: SessionStarts, seen: Seen, random: "Random"
    ) -> None:
        """`starts` and `seen` are shared by all shards of a bot."""
        self.phase = Phase.IDLE
        self.session_id: str | None = None
        self.connection = 0
        self._intents = intents
        self.shard = shard
        self._starts = starts
        self._seen = seen
        self._backoff = Backoff(random)
        self._progress = Progress()
        self._session_number = 0
        self._deadline: float | None = None
        self._heartbeat: Heartbeat | None = None
        self._heartbeat_reply_after = 0.0
        self._interval = 0.0
        self._token = ""
        self._refused_token: str | None = None
        self._slot: float | None = None
        self._resuming = False
        self._refused_resumes = 0
        self._lost_session: str | None = None
        self._by_own_decision = False
        self._on_op: dict[int, Callable[[dict[str, Any], float], list[Output]]] = {
            Op.DISPATCH: self._on_dispatch,
            Op.HEARTBEAT: self._on_heartbeat,
            Op.RECONNECT: self._on_reconnect,
            Op.INVALID_SESSION: self._on_invalid_session,
            Op.HELLO: self._on_hello,
            Op.HEARTBEAT_ACK: self._on_heartbeat_ack,
        }
        self._on_deadline: dict[Phase, Callable[[float], list[Output]]] = {
            Phase.RESTING: self._rested,
            Phase.DIALLING: self._given_up,
            Phase.GREETING: self._not_greeted,
            Phase.QUEUEING: self._authenticate,
            Phase.AUTHENTICATING: self._not_answered,
            Phase.REFUSED: self._not_closed,
            Phase.LEAVING: self._given_up,
        }

    # What happens outside

    def start(self, now: float) -> list[Output]:
        """Begin; the first connection is due now or when a session may be started."""
        return self._rest(now, 0.0)

    def prepared(self, token: str, now: float) -> list[Output]:
        """An access token is at hand."""
        if self.phase is not Phase.PREPARING:
            return []
        self._token, self._refused_token = token, None
        self.connection += 1
        self._enter(Phase.DIALLING, now)
        return [Connect(self.connection)]

    def opened(self, connection: int, now: float) -> list[Output]:
        """The WebSocket handshake of `connection` is done."""
        if connection != self.connection or self.phase in {Phase.RESTING, Phase.PREPARING, Phase.STOPPED}:
            return [AbortConnection(connection)]
        if self.phase is not Phase.DIALLING:
            return []
        self._enter(Phase.GREETING, now)
        return []

    def receive(self, connection: int, text: str | bytes, now: float) -> list[Output]:
        """A frame came. Unknown ops, events and fields survive; what is no frame at all is reported."""
        if connection != self.connection:
            return []
        if self.phase not in CONNECTED and self.phase is not Phase.LEAVING:
            return []
        try:
            frame = frames.decode(text)
        except frames.FrameError as error:
            return [Report(Level.WARNING, "frame.unreadable", {"problem": str(error)})]
        handler = self._on_op.get(frame["op"])
        if handler is None:
            return [Report(Level.DEBUG, "frame.unknown_op", {"op": frame["op"]})]
        return handler(frame, now)

    def closed(self, connection: int, code: int | None, reason: str, now: float) -> list[Output]:
        """`connection` is gone, or could not be opened; `code` is None when no close frame came."""
        if connection != self.connection:
            return []
        if self.phase in CONNECTED or self.phase in {Phase.DIALLING, Phase.LEAVING}:
            return self._ended(code, reason, now)
        return []

    def finished(self, event: Event) -> None:
        """Work on a delivered event is over."""
        if event.session == self._session_number:
            self._progress.finish(event.seq)

    def restore(self, saved: SavedSession) -> None:
        """Before `start`: begin with the session of an earlier process."""
        self._begin_session()
        self._progress.restore(saved.seq, saved.handled)
        self.session_id = saved.session_id

    def saved(self) -> SavedSession | None:
        """The session for a later process, or None without one."""
        if self.session_id is None:
            return None
        return SavedSession(self.session_id, self._progress.resume_from() or 0, self._progress.handled())

    def stop(self, *, to_return: bool = False) -> list[Output]:
        """End for good, politely where a socket is open; `to_return`: another process will RESUME."""
        phase, connection = self.phase, self.connection
        self._enter(Phase.STOPPED)
        self._release_slot()
        if phase in CONNECTED:
            return [CloseConnection(connection, LEAVING_CODE if to_return else _DONE_CODE, "")]
        return [AbortConnection(connection)] if phase in {Phase.DIALLING, Phase.LEAVING} else []

    # Time

    def next_deadline(self) -> float | None:
        """The earliest moment at which `tick` has something to do. READY, where the pulse beats, has no other end."""
        return self._deadline if self._heartbeat is None else self._heartbeat.deadline()

    def tick(self, now: float) -> list[Output]:
        """Do what is due at `now`; harmless when nothing is."""
        if self._heartbeat is not None:
            beat = self._heartbeat.tick(now)
            if beat is Beat.SEND:
                return [SendFrame(self.connection, frames.heartbeat(self._progress.highest))]
            if beat is Beat.DEAD:
                return self._leave(now, "heartbeats are not answered")
        if self._deadline is None or now < self._deadline:
            return []
        return self._on_deadline[self.phase](now)

    def _rested(self, now: float) -> list[Output]:
        if self.session_id is None and self._slot is None:
            self._slot = self._starts.reserve(now)
            if self._slot > now:
                self._enter(Phase.RESTING, until=self._slot)
                return [Report(Level.INFO, "session.must_wait", {"seconds": round(self._slot - now, 2)})]
        self._enter(Phase.PREPARING)
        return [Prepare(self._refused_token)]

    def _given_up(self, now: float) -> list[Output]:
        return [AbortConnection(self.connection), *self._ended(None, "no answer in time", now)]

    def _not_greeted(self, now: float) -> list[Output]:
        return self._leave(now, "no HELLO in time")

    def _not_closed(self, now: float) -> list[Output]:
        return self._leave(now, "op 9 without a close")

    def _not_answered(self, now: float) -> list[Output]:
        """Silence is taken as a refusal: a session that cannot be resumed must not be tried for ever."""
        self._forget_session("no answer to the login in time")
        return self._leave(now, "no answer to the login in time")

    # Frames

    def _on_hello(self, frame: dict[str, Any], now: float) -> list[Output]:
        data = frame.get("d")
        self._interval = sane_interval(data.get("heartbeat_interval") if isinstance(data, dict) else None)
        return self._authenticate(now) if self.phase is Phase.GREETING else []

    def _on_heartbeat_ack(self, _frame: dict[str, Any], _now: float) -> list[Output]:
        if self._heartbeat is not None:
            self._heartbeat.acknowledged()
        return []

    def _on_heartbeat(self, _frame: dict[str, Any], now: float) -> list[Output]:
        """The platform asks for a sign of life. Before READY it gets none: a command then may cost a 4003."""
        if self.phase is not Phase.READY or now < self._heartbeat_reply_after:
            return []
        self._heartbeat_reply_after = now + HEARTBEAT_REPLY_SPACING
        return [SendFrame(self.connection, frames.heartbeat(self._progress.highest))]

    def _on_reconnect(self, _frame: dict[str, Any], now: float) -> list[Output]:
        """Op 7. The platform usually closes at once; a client that waits for that is deaf if it does not."""
        if self.phase not in CONNECTED or self.phase is Phase.REFUSED:
            return []
        return self._leave(now, "the platform asked for it (op 7)")

    def _on_invalid_session(self, frame: dict[str, Any], now: float) -> list[Output]:
        """Op 9. `d` true says that the session lives on; only false has ever been seen."""
        if self.phase not in CONNECTED or self.phase is Phase.REFUSED:
            return []
        resumable = frame.get("d") is True
        if not resumable:
            self._forget_session("op 9")
        elif self._resuming:
            self._count_refused_resume()
        self._resuming = False
        self._enter(Phase.REFUSED, now)
        return [Report(Level.WARNING, "session.invalid", {"resumable": resumable})]

    def _on_dispatch(self, frame: dict[str, Any], now: float) -> list[Output]:
        event_type = frame.get("t")
        data = frame.get("d")
        highest = self._progress.highest
        seq = self._progress.received(frame.get("s"))
        if event_type == "READY":
            return self._on_ready(frame, now)
        if event_type == "RESUMED":
            return self._on_resumed(now)
        if not isinstance(event_type, str):
            return [Report(Level.WARNING, "dispatch.without_type", {"t": event_type})]
        if self.phase is Phase.AUTHENTICATING:
            self._enter(Phase.AUTHENTICATING, now)
            if self._progress.highest != highest:
                # Something new is replayed: the RESUME was accepted, whatever becomes of this connection.
                self._resuming, self._refused_resumes = False, 0
        event_id = frame.get("id")
        if not isinstance(event_id, str):
            event_id = None
        if self._seen.remember(identities(event_type, event_id, data)) or self._progress.was_handled_earlier(seq):
            return [Report(Level.DEBUG, "dispatch.repeated", {"t": event_type, "id": event_id})]
        self._progress.begin(seq)
        return [Deliver(Event(event_type, event_id, data, seq, self._session_number))]

    def _on_ready(self, frame: dict[str, Any], now: float) -> list[Output]:
        if self.phase not in {Phase.AUTHENTICATING, Phase.READY}:
            return []
        data = frame.get("d")
        session_id = data.get("session_id") if isinstance(data, dict) else None
        if not (isinstance(session_id, str) and session_id):
            session_id = None  # without one there is nothing to resume, but the bot is online
        lost: list[Output] = []
        if self.session_id not in {None, session_id}:
            # A RESUME answered with another session: its numbers begin anew.
            self._forget_session("the platform opened another one")
            lost = self._report_lost_session()
            self._begin_session()
            self._progress.received(frame.get("s"))
        self.session_id = session_id
        return [*lost, *self._online(now, "session.ready")]

    def _on_resumed(self, now: float) -> list[Output]:
        if self.phase not in {Phase.AUTHENTICATING, Phase.READY}:
            return []
        return self._online(now, "session.resumed")

    def _online(self, now: float, report: str) -> list[Output]:
        if self.phase is Phase.READY:
            return []
        self._enter(Phase.READY)
        self._resuming = False
        self._refused_resumes = 0
        self._heartbeat = Heartbeat(self._interval, now)
        self._backoff.online(now)
        return [Report(Level.INFO, report, {"shard": list(self.shard), "heartbeat": self._interval})]

    # Steps

    def _authenticate(self, now: float) -> list[Output]:
        """RESUME when there is a session, else IDENTIFY, for which all shards share the platform's budget."""
        token = f"QQBot {self._token}"
        if self.session_id is not None:
            self._resuming = True
            self._enter(Phase.AUTHENTICATING, now)
            # A seq of null might pass for a malformed payload, which is fatal; 0 asks for everything.
            seq = self._progress.resume_from() or 0
            return [SendFrame(self.connection, frames.resume(token, self.session_id, seq))]
        admitted = self._starts.admit(now)
        if admitted > now + LONGEST_QUEUE:
            return self._leave(now, "no session may be started now")
        if admitted > now:
            self._enter(Phase.QUEUEING, until=admitted)
            return []
        self._slot = None
        self._begin_session()
        self._enter(Phase.AUTHENTICATING, now)
        return [SendFrame(self.connection, frames.identify(token, self._intents, self.shard, {}))]

    def _leave(self, now: float, why: str) -> list[Output]:
        """Say goodbye to a connection; what comes next is decided when it is gone."""
        self._by_own_decision = self.phase is Phase.READY
        self._enter(Phase.LEAVING, now)
        return [
            Report(Level.INFO, "connection.leaving", {"why": why}),
            CloseConnection(self.connection, LEAVING_CODE, ""),
        ]

    def _ended(self, code: int | None, reason: str, now: float) -> list[Output]:
        """The connection is gone: decide how to go on."""
        course = course_after(code)
        report = Report(Level.WARNING, "connection.ended", {"close": explain(code, reason), "phase": self.phase.name})
        if self._resuming and course is not Course.NEW_TOKEN:
            self._count_refused_resume()
        self._resuming = False
        if course is Course.STOP:
            self._enter(Phase.STOPPED)
            self._release_slot()
            return [report, Stop(f"the platform closed with {explain(code, reason)}", code)]
        if course is Course.NEW_TOKEN:
            self._refused_token = self._token
        elif course is Course.IDENTIFY:
            self._forget_session(explain(code, reason))
        if self._by_own_decision and self.session_id is not None:  # another session would cost a start of the budget
            return [report, *self._rest(now, self._backoff.after_leaving(now))]
        return [report, *self._rest(now, self._backoff.after_failure(now))]

    def _rest(self, now: float, seconds: float) -> list[Output]:
        self._by_own_decision = False
        self._release_slot()
        self._enter(Phase.RESTING, until=now + seconds)
        course = Course.IDENTIFY if self.session_id is None else Course.RESUME
        lost = self._report_lost_session()
        return [*lost, Report(Level.INFO, "connection.next", {"seconds": round(seconds, 2), "course": course})]

    def _count_refused_resume(self) -> None:
        self._refused_resumes += 1
        if self._refused_resumes >= REFUSED_RESUMES:
            self._forget_session(f"{self._refused_resumes} RESUMEs came to nothing")

    def _begin_session(self) -> None:
        self._session_number += 1
        self._progress = Progress()

    def _forget_session(self, why: str) -> None:
        """Give the session up, and with it the events that came while no connection was there."""
        if self.session_id is not None:
            self._lost_session = why
        self.session_id = None
        self._refused_resumes = 0
        self._resuming = False

    def _report_lost_session(self) -> list[Output]:
        why, self._lost_session = self._lost_session, None
        return [] if why is None else [Report(Level.WARNING, "session.lost", {"why": why, "shard": list(self.shard)})]

    def _release_slot(self) -> None:
        if self._slot is not None:
            self._starts.release(self._slot)
            self._slot = None

    def _enter(self, phase: Phase, now: float | None = None, *, until: float | None = None) -> None:
        """Go to `phase`; it ends `until` then, or from `now` on when patience with it does, or by an event."""
        self.phase = phase
        self._deadline = until if now is None else now + PATIENCE[phase]
        if phase is not Phase.READY:
            self._heartbeat = None
