"""One gateway socket, as the platform sees it: a table of phases, and what an op out of place costs the bot.

The shell feeds `receive` and `lost`, asks `next_deadline` and calls `tick` when it has come, and sends what
`take_outputs` returns, in order. Nothing leaves a closed connection.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from enum import Enum
from itertools import count
from typing import TYPE_CHECKING, Any

from fakeqq.core import login, rewriting, verbs
from fakeqq.core.nesting import reads_too_deep
from fakeqq.wire import frames, limits
from fakeqq.wire.close_codes import CloseCode, close_rule
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakeqq.core.clock import Instant
    from fakeqq.core.faults import Fault
    from fakeqq.core.journal import Entry, Journal
    from fakeqq.core.sessions import Event, Session
    from fakeqq.core.world import World


class Phase(Enum):
    GREETED = "greeted"  # HELLO sent; IDENTIFY or RESUME is due
    READY = "ready"  # authenticated; dispatches flow
    DRAINING = "draining"  # op 7 sent; heartbeats are still answered, dispatches wait for RESUME
    CLOSED = "closed"  # absorbing


# What may be said in each phase. DRAINING still answers heartbeats: a bot that ignores op 7 looks healthy to itself,
# which is how https://github.com/tencent-connect/openclaw-qqbot/issues/254 goes deaf.
_ALLOWED: dict[Phase, frozenset[Op]] = {
    Phase.GREETED: frozenset({Op.IDENTIFY, Op.RESUME, Op.HEARTBEAT}),
    Phase.READY: frozenset({Op.HEARTBEAT}),
    Phase.DRAINING: frozenset({Op.HEARTBEAT}),
    Phase.CLOSED: frozenset(),
}
# What an op that is not allowed costs; ops of no meaning to the server cost INVALID_OPCODE everywhere.
_REFUSALS: dict[tuple[Phase, Op], CloseCode] = {
    (Phase.READY, Op.IDENTIFY): CloseCode.ALREADY_AUTHENTICATED,
    (Phase.READY, Op.RESUME): CloseCode.ALREADY_AUTHENTICATED,
    (Phase.DRAINING, Op.IDENTIFY): CloseCode.ALREADY_AUTHENTICATED,
    (Phase.DRAINING, Op.RESUME): CloseCode.ALREADY_AUTHENTICATED,
}

_MISSED_HEARTBEATS = float(limits.MISSED_HEARTBEATS.value)
# Entries kept for the world of a socket that has not said whose it is; a login needs a handful. Our choice.
_UNATTRIBUTED_LIMIT = 1_000
# A frame that is no JSON in any reading.
_GARBAGE = '{"op":0,"s":'


@dataclass(frozen=True, slots=True)
class SendText:
    text: str


@dataclass(frozen=True, slots=True)
class CloseSocket:
    """Close with a close frame."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class DropSocket:
    """Close the TCP connection without a close frame."""


Output = SendText | CloseSocket | DropSocket


class Connection:
    """A socket between the upgrade and its end.

    Args:
        number: names the connection in the journal and the control API; unique per server.
        world: the world whose door was used, when that is known before the bot has said who it is.
        find_world: the world whose bot holds this access token, or None.
        journal: where entries go while no world is known.
        on_output: called when there is something to send, or an earlier deadline.

    Attributes:
        deadline_moved: `next_deadline` may be earlier than the shell knows; the shell clears it.
    """

    def __init__(  # noqa: PLR0913 - a connection stands between a server, a world and a shell
        self,
        number: int,
        world: World | None,
        find_world: Callable[[str], World | None],
        journal: Journal,
        on_output: Callable[[Connection], None],
        now: Instant,
    ) -> None:
        self.number = number
        self.world = world
        self.session: Session | None = None
        self.phase = Phase.GREETED
        self.opened_at = now.world
        self._find_world = find_world
        self._server_journal = journal
        self._on_output = on_output
        self._unattributed: deque[Entry] = deque(maxlen=_UNATTRIBUTED_LIMIT)
        self._outputs: list[Output] = []
        self._held: list[Output] = []
        self._later: list[tuple[float, int, Output]] = []
        self._order = count()
        self._heard_at: float | None = None
        self.deadline_moved = False

    # -- what the shell calls -------------------------------------------------------------------------------------

    def opened(self, path: str, now: Instant) -> None:
        """The upgrade is done: greet."""
        self._note(now, "ws.open", path=path)
        if self.world is not None:
            self.world.connections[self.number] = self
        interval = int(self.world.settings.heartbeat_interval_ms if self.world else limits.HEARTBEAT_INTERVAL_MS.value)
        self._say("ws: HELLO", frames.hello(interval), now, op=Op.HELLO, d={"heartbeat_interval": interval})

    def receive(self, text: str | bytes, now: Instant) -> None:
        """Handle one message from the bot; bytes are a binary message."""
        if self.phase is Phase.CLOSED:
            return
        try:
            frame = _read(text)
        except frames.FrameError:
            shown = text if isinstance(text, str) else f"{len(text)} bytes of a binary message"
            self._note(now, "ws.in", op=None, t=None, s=None, frame=None, text=shown[:2000])
            self.close(CloseCode.INVALID_PAYLOAD, now)
            return
        self._hear(frame, now)

    def lost(self, code: int | None, reason: str, now: Instant, *, by_client: bool) -> None:
        """The socket is gone; the session waits for RESUME. `code` is None when no close frame came."""
        if self.phase is not Phase.CLOSED or by_client:
            self._note(now, "ws.close", by="client" if by_client else "server", code=code, reason=reason)
        self._leave(now)

    def next_deadline(self) -> float | None:
        """Steady seconds at which `tick` is due, or None."""
        deadlines = [self._later[0][0]] if self._later else []
        patience = self._patience()
        if patience is not None:
            deadlines.append(patience)
        return min(deadlines, default=None)

    def tick(self, now: Instant) -> None:
        """Send what was delayed until now; end the connection when the bot has been silent for too long."""
        while self._later and self._later[0][0] <= now.steady:
            _, _, output = heapq.heappop(self._later)
            self._put(output, now)
        patience = self._patience()
        if patience is not None and patience <= now.steady and self.world is not None:
            if self.world.settings.switch("missed_heartbeats") == "close-4009":
                self.close(CloseCode.SESSION_TIMED_OUT, now)
            else:
                self.drop(now)

    def take_outputs(self) -> list[Output]:
        outputs, self._outputs = self._outputs, []
        return outputs

    # -- what the world calls -------------------------------------------------------------------------------------

    def dispatch(self, s: int, event: Event, now: Instant) -> None:
        text = frames.dispatch(event.type, s, event.id, event.data_json)
        self._say(f"dispatch: {event.type}", text, now, op=Op.DISPATCH, t=event.type, s=s, id=event.id, d=event.data)

    def ready(self, session: Session, user: dict[str, Any], now: Instant) -> None:
        """A new session is attached: READY is its first dispatch."""
        self._attach(session, now)
        data = {"version": 1, "session_id": session.id, "user": user, "shard": list(session.shard)}
        self._announce("READY", session.number(), data, now)

    def resumed(self, session: Session, missed: list[tuple[int, Event]], now: Instant) -> None:
        """A session came back: what it missed, then RESUMED, whose `d` is an empty string."""
        self._attach(session, now)
        for s, event in missed:
            self.dispatch(s, event, now)
        self._announce("RESUMED", session.number(), "", now)

    def ask_to_reconnect(self, now: Instant, then_close: int | None, after: float) -> None:
        """Op 7: the connection's life is over. The session stays; what happens meanwhile is kept for RESUME."""
        if self.phase is Phase.READY:
            self.phase = Phase.DRAINING
        self._say("ws: RECONNECT", frames.reconnect(), now, op=Op.RECONNECT)
        self._close_later(then_close, None, after, now)

    def invalidate(self, now: Instant, *, resumable: bool, then_close: int | None, after: float) -> None:
        """Op 9: the session is not valid. The bot may log in again on this socket, which is our choice."""
        self._detach(now)
        if self.phase is not Phase.CLOSED:
            self.phase = Phase.GREETED
        text = frames.invalid_session(resumable)
        self._say("ws: INVALID_SESSION", text, now, op=Op.INVALID_SESSION, d=resumable)
        self._close_later(then_close, None, after, now)

    def refuse(self, code: int, now: Instant, *, announced: bool) -> None:
        """Refuse a login: a close frame with the reason, op 9 before it where the platform was seen to announce it."""
        if announced:
            self.invalidate(now, resumable=False, then_close=code, after=0)
        else:
            self.close(code, now)

    def close(self, code: int, now: Instant, reason: str | None = None) -> None:
        self._put(CloseSocket(code, _reason(code) if reason is None else reason), now)

    def drop(self, now: Instant) -> None:
        self._put(DropSocket(), now)

    def attribute(self, world: World) -> None:
        """The bot has said who it is: its world takes over what was noted so far."""
        if self.world is world:
            return
        if self.world is not None:
            self.world.connections.pop(self.number, None)
        self.world = world
        world.connections[self.number] = self
        for entry in self._unattributed:
            world.journal.adopt(entry)
        self._unattributed.clear()

    def as_json(self) -> dict[str, Any]:
        session = self.session
        return {
            "connection": self.number,
            "phase": self.phase.value,
            "session_id": session.id if session else None,
            "shard": list(session.shard) if session else None,
            "intents": session.intents if session else None,
            "s": session.s if session else None,
            "opened_at": self.opened_at,
        }

    # -- hearing --------------------------------------------------------------------------------------------------

    def _hear(self, frame: dict[str, Any], now: Instant) -> None:
        op = _op(frame["op"])
        if op in (Op.IDENTIFY, Op.RESUME):
            world = self._find_world(login.token_of(frame.get("d"), op))
            if world is not None:
                self.attribute(world)
                now = world.clock.at(now.real)
        self._note(now, "ws.in", op=frame["op"], t=None, s=None, frame=frame)
        if op is None:
            self.close(CloseCode.INVALID_OPCODE, now)
            return
        fault = self.world.faults.fire(f"receive: {op.name}") if self.world else None
        if fault is not None and self.world is not None:
            self.world.note_fault(fault, f"receive: {op.name}", now, connection=self.number)
            self._suffer(fault, now)
        elif op not in _ALLOWED[self.phase]:
            misplaced = op in (Op.IDENTIFY, Op.RESUME, Op.HEARTBEAT)
            fallback = CloseCode.NOT_AUTHENTICATED if misplaced else CloseCode.INVALID_OPCODE
            self.close(_REFUSALS.get((self.phase, op), fallback), now)
        elif op is Op.HEARTBEAT:
            self._heartbeat(now)
        elif op is Op.IDENTIFY:
            login.identify(self, frame.get("d"), now)
        else:
            login.resume(self, frame.get("d"), now)

    def _heartbeat(self, now: Instant) -> None:
        self._heard_at = now.steady
        if self.world is None or not self.world.acks_muted:
            self._say("ws: ACK", frames.heartbeat_ack(), now, op=Op.HEARTBEAT_ACK)

    def _suffer(self, fault: Fault, now: Instant) -> None:
        """A fault stands at a received frame: the frame is not handled, the verbs happen instead."""
        for verb in fault.do:
            match verb:
                case verbs.Send():
                    self._put(SendText(frames.encode(verb.frame)), now)
                case verbs.InvalidSession():
                    self.invalidate(now, resumable=verb.resumable, then_close=verb.then_close, after=verb.after)
                case verbs.Close():
                    self.close(verb.code, now, verb.reason)
                case verbs.Disconnect():
                    self.drop(now)
                case _:
                    pass  # Ignore: not handling the frame is all it does

    # -- speaking -------------------------------------------------------------------------------------------------

    def _announce(self, event_type: str, s: int, data: Any, now: Instant) -> None:
        """READY and RESUMED: dispatches of the session itself; the documented examples carry no event id."""
        text = frames.dispatch(event_type, s, None, frames.encode(data))
        self._say(f"ws: {event_type}", text, now, op=Op.DISPATCH, t=event_type, s=s, d=data)

    def _say(self, moment: str, text: str, now: Instant, **frame: Any) -> None:
        """Send a frame, unless a fault stands at this moment."""
        if self.phase is Phase.CLOSED:
            return
        fault = self.world.faults.fire(moment) if self.world else None
        if fault is None:
            self._put(SendText(text), now, frame)
            self._release(now)
            return
        if self.world is not None:
            self.world.note_fault(fault, moment, now, connection=self.number)
        self._rewrite(fault, text, frame, now)

    def _rewrite(self, fault: Fault, text: str, frame: dict[str, Any], now: Instant) -> None:
        """What the fault makes of one frame. Touches no socket."""
        plan = rewriting.plan(fault)
        for staged in plan.before:
            self._put(SendText(frames.encode(staged)), now)
        if plan.garbage:
            text, frame = _GARBAGE, {}
        if plan.swapped:
            self._held.extend([SendText(text)] * plan.copies)
        else:
            for _ in range(plan.copies):
                self._put_later(SendText(text), plan.delay, now, frame)
            self._release(now)
        for ending in plan.endings:
            if isinstance(ending, verbs.Close):
                self._close_later(ending.code, ending.reason, plan.delay, now)
            else:
                self._put_later(DropSocket(), plan.delay, now)

    def _release(self, now: Instant) -> None:
        """After a frame: those that a swap held back."""
        while self._held:
            self._put(self._held.pop(0), now)

    def _close_later(self, code: int | None, reason: str | None, after: float, now: Instant) -> None:
        if code is not None:
            self._put_later(CloseSocket(code, _reason(code) if reason is None else reason), after, now)

    def _put_later(self, output: Output, after: float, now: Instant, frame: dict[str, Any] | None = None) -> None:
        if after <= 0:
            self._put(output, now, frame)
        else:
            heapq.heappush(self._later, (now.steady + after, next(self._order), output))
            self.deadline_moved = True
            self._on_output(self)

    def _put(self, output: Output, now: Instant, frame: dict[str, Any] | None = None) -> None:
        """The one way out: noted in the journal, then handed to the shell."""
        if self.phase is Phase.CLOSED:
            return
        if isinstance(output, SendText):
            self._note_sent(output.text, frame, now)
        elif isinstance(output, CloseSocket):
            self._note(now, "ws.close", by="server", code=output.code, reason=output.reason)
            self._leave(now)
        else:
            self._note(now, "ws.close", by="server", code=None, reason="")
            self._leave(now)
        self._outputs.append(output)
        self._on_output(self)

    def _note_sent(self, text: str, frame: dict[str, Any] | None, now: Instant) -> None:
        if frame is None:  # a delayed, held or staged frame: read back what is about to be sent
            try:
                frame = frames.decode(text)
            except frames.FrameError:
                frame = {}
        if frame:
            self._note(now, "ws.out", op=int(frame["op"]), t=frame.get("t"), s=frame.get("s"), frame=frame)
        else:
            self._note(now, "ws.out", op=None, t=None, s=None, frame=None, text=text)

    def _note(self, now: Instant, kind: str, **fields: Any) -> None:
        if self.world is not None:
            self.world.journal.append(now, kind, connection=self.number, **fields)
            return
        self._server_journal.append(now, kind, connection=self.number, **fields)
        self._unattributed.append(
            {
                "id": 0,
                "at": now.world,
                "elapsed": now.steady,
                "kind": kind,
                "connection": self.number,
                **fields,
            }
        )

    # -- coming and going -----------------------------------------------------------------------------------------

    def _attach(self, session: Session, now: Instant) -> None:
        previous = session.connection
        if previous is not None and previous is not self:
            # A resumed session has one socket; the older stays open and gets nothing more. Our choice.
            previous.session = None
        session.connection, session.detached_at = self, None
        self.session = session
        self.phase = Phase.READY
        self._heard_at = now.steady
        self.deadline_moved = True

    def _detach(self, now: Instant) -> None:
        if self.session is not None:
            self.session.connection, self.session.detached_at = None, now.world
            self.session = None

    def _leave(self, now: Instant) -> None:
        self._detach(now)
        self.phase = Phase.CLOSED
        self._later.clear()
        self._held.clear()
        if self.world is not None:
            self.world.connections.pop(self.number, None)

    def _patience(self) -> float | None:
        """When the bot has been silent for too long, steady seconds."""
        world = self.world
        watched = self.phase in (Phase.READY, Phase.DRAINING) and self._heard_at is not None and world is not None
        if not watched or world is None or world.settings.switch("missed_heartbeats") == "ignore":
            return None
        interval = world.settings.heartbeat_interval_ms / 1000
        return None if interval <= 0 or self._heard_at is None else self._heard_at + _MISSED_HEARTBEATS * interval


def _read(text: str | bytes) -> dict[str, Any]:
    """The frame in a message of the bot's; the gateway speaks in text messages only."""
    if isinstance(text, bytes):
        raise frames.FrameError("a binary message")
    frame = frames.decode(text)
    if reads_too_deep(text, frame):
        raise frames.FrameError("nested too deeply")
    return frame


def _op(value: int) -> Op | None:
    try:
        return Op(value)
    except ValueError:
        return None


def _reason(code: int) -> str:
    rule = close_rule(code)
    return rule.reason if rule else ""
