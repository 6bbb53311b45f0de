"""One gateway socket, as the platform sees it: its phases, and what an op out of place costs the bot.

The shell feeds `receive` and `lost`, asks `next_deadline` and calls `tick` when it has come, and does what
`take_outputs` returns, in order. Nothing leaves a closed connection.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

import msgspec

from fakeqq.core.budgets import Window
from fakeqq.core.faults import rewriting
from fakeqq.core.gateway import deadlines, login
from fakeqq.core.gateway.outbox import Outbox, reason_of
from fakeqq.core.gateway.outputs import CloseSocket, DropSocket, SendText
from fakeqq.core.nesting import reads_too_deep
from fakeqq.wire import frames, limits
from fakeqq.wire.close_codes import CloseCode
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.gateway.outputs import Output
    from fakeqq.core.gateway.sessions import Event, Session
    from fakeqq.core.journal import Entry, Journal
    from fakeqq.core.world import World


class Phase(Enum):
    GREETED = "greeted"  # HELLO sent; IDENTIFY or RESUME is due
    READY = "ready"  # authenticated; dispatches flow
    DRAINING = "draining"  # op 7 sent; heartbeats are still answered, dispatches wait for RESUME
    CLOSED = "closed"  # absorbing


_MINUTE_SECONDS = 60.0
_NORMAL_CLOSURE = 1000  # https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1
# Entries kept for the world of a socket that has not said whose it is; a login needs a handful. Our choice.
_UNATTRIBUTED_LIMIT = 1_000


class Connection:
    """A socket between the upgrade and its end.

    Args:
        number: names the connection in the journal and the control API; unique per server.
        world: the world it belongs to as long as no token tells of another, or None.
        find_world: the world whose bot holds this access token, or None.
        journal: where entries go while no world is known.
        on_output: called when there is something to send, or an earlier deadline.
        client: the peer's address.
        own_door: `world` is certain, whatever token the bot shows: the door is that world's own.

    Attributes:
        deadline_moved: `next_deadline` may be earlier than the shell knows; the shell clears it.
        ready_at: when the bot was logged in on this socket, or None.
        token: the access token it logged in with.
        heard_at: steady seconds of the last heartbeat, or of the login.
        heartbeat_interval_ms: what HELLO told, by which silence is judged: at the common door nobody knew the world.
        is_closed: whether `phase` is CLOSED, for the hot path.
    """

    def __init__(  # noqa: PLR0913 - a connection stands between a server, a world and a shell
        self,
        number: int,
        world: World | None,
        find_world: Callable[[str], World | None],
        journal: Journal,
        on_output: Callable[[Connection], None],
        now: Instant,
        client: str = "",
        *,
        own_door: bool = False,
    ) -> None:
        self.number = number
        self.world = world
        self.client = client
        self.session: Session | None = None
        self.phase = Phase.GREETED
        self.is_closed = False
        self.opened_at = now.world
        self.ready_at: Instant | None = None
        self.token = ""
        self.heard_at: float | None = None
        self.heartbeat_interval_ms = int(limits.HEARTBEAT_INTERVAL_MS.value)
        self.out = Outbox(self, on_output)
        self._find_world = find_world
        self._own_door = own_door
        self._server_journal = journal
        self._unattributed: list[Entry] = []
        self._heard = Window()
        self.deadline_moved = False

    @property
    def is_ready(self) -> bool:
        return self.phase is Phase.READY

    @property
    def is_logged_in(self) -> bool:
        return self.phase in (Phase.READY, Phase.DRAINING)

    def chooses(self, switch: str, choice: str) -> bool:
        """Whether a switch of the world stands so; with no world none does."""
        return self.world is not None and self.world.settings.switch(switch) == choice

    @property
    def control_keys(self) -> Mapping[str, Any]:
        """What frames that are no dispatches have of a dispatch's keys."""
        return frames.CONTROL_KEYS[self.world.settings.switch("control_frame_keys")] if self.world else frames.NO_KEYS

    @property
    def last_s(self) -> int | None:
        """The last number given out to the session, or None without one."""
        return self.session.s if self.session else None

    # -- what the shell calls -------------------------------------------------------------------------------------

    def opened(self, path: str, now: Instant) -> None:
        """The upgrade is done: greet."""
        self.note(now, "ws.open", path=path)
        if self.world is not None:
            self.world.connections[self.number] = self
            self.heartbeat_interval_ms = self.world.settings.heartbeat_interval_ms
        interval, keys = self.heartbeat_interval_ms, self.control_keys
        text = frames.hello(interval, keys)
        self.out.say("ws: HELLO", text, now, op=Op.HELLO, **keys, d={"heartbeat_interval": interval})

    def receive(self, text: str | bytes, now: Instant) -> None:
        """Handle one message from the bot; bytes are a binary message."""
        if self.phase is Phase.CLOSED or self.out.half_open:
            return
        if self._too_fast(now):
            self.close(CloseCode.RATE_LIMITED, now)
            return
        try:
            frame = _read(text)
        except frames.FrameError:
            shown = text if isinstance(text, str) else f"{len(text)} bytes of a binary message"
            # Half a character, which no socket brings, is no JSON.
            legible = shown[:2000].encode(errors="replace").decode()
            self.note(now, "ws.in", op=None, t=None, s=None, frame=None, text=legible)
            self.close(CloseCode.INVALID_PAYLOAD, now)
            return
        self._hear(frame, now)

    def lost(self, code: int | None, reason: str, now: Instant, *, by_client: bool) -> None:
        """The socket is gone; the session waits for RESUME, as a rule. `code` is None when no close frame came."""
        if self.phase is not Phase.CLOSED or by_client:
            self.note(now, "ws.close", by="client" if by_client else "server", code=code, reason=reason)
        gives_up = by_client and code == _NORMAL_CLOSURE and self.chooses("client_close_1000", "session-ended")
        if gives_up and self.world is not None and self.session is not None:
            self.world.sessions.forget(self.session)
        self._leave(now)

    def next_deadline(self) -> float | None:
        """Steady seconds at which `tick` is due, or None."""
        dues = [due for due in (self.out.next_deadline(), deadlines.next_due(self)) if due is not None]
        return min(dues, default=None)

    def tick(self, now: Instant) -> None:
        """Send what was delayed until now; end the connection when its time has come."""
        self.out.send_due(now)
        deadlines.enforce(self, now)

    def take_outputs(self) -> list[Output]:
        return self.out.take()

    # -- what the world calls -------------------------------------------------------------------------------------

    def dispatch(self, s: int, event: Event, now: Instant) -> None:
        text = frames.dispatch(event.type, s, event.id, event.data_json)
        data = msgspec.Raw(event.data_json)  # the journal keeps JSON: encoded once is enough
        self.out.say(f"dispatch: {event.type}", text, now, op=Op.DISPATCH, t=event.type, s=s, id=event.id, d=data)

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
        self._drain()
        keys = self.control_keys
        self.out.say("ws: RECONNECT", frames.reconnect(keys), now, op=Op.RECONNECT, **keys)
        self.out.close_later(then_close, None, after, now)

    def invalidate(self, now: Instant, *, resumable: bool, then_close: int | None, after: float) -> None:
        """Op 9: the session is not valid. The bot may log in again on this socket, which is our choice."""
        self._give_up_session(now)
        keys = self.control_keys
        text = frames.invalid_session(resumable, keys)
        self.out.say("ws: INVALID_SESSION", text, now, op=Op.INVALID_SESSION, **keys, d=resumable)
        self.out.close_later(then_close, None, after, now)

    def refuse(self, code: int, now: Instant, *, announced: bool) -> None:
        """Refuse a login: a close frame with the reason, op 9 before it where the platform was seen to announce it."""
        if announced:
            self.invalidate(now, resumable=False, then_close=code, after=0)
        else:
            self.close(code, now)

    def close(self, code: int, now: Instant, reason: str | None = None) -> None:
        self.out.put(CloseSocket(code, reason_of(code) if reason is None else reason), now)

    def drop(self, now: Instant) -> None:
        self.out.put(DropSocket(), now)

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
        if op in (Op.IDENTIFY, Op.RESUME) and not self._own_door:
            world = self._find_world(login.token_of(frame.get("d"), op))
            if world is not None:
                self.attribute(world)
                now = world.clock.at(now.real)
        self.note(now, "ws.in", op=frame["op"], t=None, s=None, frame=frame)
        if op is None:
            self.close(CloseCode.INVALID_OPCODE, now)
            return
        fault = self.world.faults.fire(f"receive: {op.name}") if self.world else None
        if fault is not None and self.world is not None:
            self.world.note_fault(fault, f"receive: {op.name}", now, connection=self.number)
            rewriting.suffer(self, fault, now)
        elif op is Op.HEARTBEAT:
            self._heartbeat(now)
        elif op not in (Op.IDENTIFY, Op.RESUME):
            self.close(CloseCode.INVALID_OPCODE, now)
        elif self.is_logged_in:
            self.close(CloseCode.ALREADY_AUTHENTICATED, now)
        elif op is Op.IDENTIFY:
            login.identify(self, frame.get("d"), now)
        else:
            login.resume(self, frame.get("d"), now)

    def _too_fast(self, now: Instant) -> bool:
        """Whether the bot said more in the last minute than its world allows."""
        allowed = self.world.settings.frames_per_minute if self.world else None
        if allowed is None:
            return False
        self._heard.note(now.steady)
        return self._heard.count(now.steady, _MINUTE_SECONDS) > allowed

    def _heartbeat(self, now: Instant) -> None:
        # DRAINING still answers: a bot that ignores op 7 looks healthy to itself, which is how bots went deaf
        # (https://github.com/NousResearch/hermes-agent/pull/25702).
        if self.phase is Phase.GREETED and self.chooses("early_heartbeat", "4003"):
            self.close(CloseCode.NOT_AUTHENTICATED, now)
            return
        self.heard_at = now.steady
        if self.world is None or not self.world.acks_muted:
            keys = self.control_keys
            self.out.say("ws: ACK", frames.heartbeat_ack(keys), now, op=Op.HEARTBEAT_ACK, **keys)

    # -- speaking -------------------------------------------------------------------------------------------------

    def _announce(self, event_type: str, s: int, data: Any, now: Instant) -> None:
        """READY and RESUMED: dispatches of the session itself; the documented examples carry no event id."""
        text = frames.dispatch(event_type, s, None, frames.encode(data))
        self.out.say(f"ws: {event_type}", text, now, op=Op.DISPATCH, t=event_type, s=s, d=data)

    def unknown_event(self, event_type: str) -> str:
        """A dispatch of a type nobody knows, as text; it takes the session's next number, if there is a session."""
        frame: dict[str, Any] = {"op": int(Op.DISPATCH), "t": event_type, "id": f"{event_type}:{self.number}", "d": {}}
        if self.session is not None:
            frame["s"] = self.session.number()
        return frames.encode(frame)

    def send_unknown_event(self, event_type: str, now: Instant) -> None:
        self.out.put(SendText(self.unknown_event(event_type)), now)

    def said_by_test(self, op: int, now: Instant) -> None:
        """A frame that a test staged has gone out: what the bot is told holds here, too."""
        if op == Op.RECONNECT:
            self._drain()
        elif op == Op.INVALID_SESSION:
            self._give_up_session(now)

    def send_heartbeat(self, now: Instant) -> None:
        """Op 1 from the server: documented as possible, so a bot must bear it."""
        self.out.put(SendText(frames.heartbeat(self.last_s)), now)

    def note(self, now: Instant, kind: str, **fields: Any) -> None:
        if self.world is not None:
            self.world.journal.add(now, kind, {"connection": self.number, **fields})
            return
        self._server_journal.append(now, kind, connection=self.number, **fields)
        entry = {"id": 0, "at": now.world, "elapsed": now.steady, "kind": kind, "connection": self.number, **fields}
        if len(self._unattributed) < _UNATTRIBUTED_LIMIT:
            self._unattributed.append(entry)

    # -- coming and going -----------------------------------------------------------------------------------------

    def _attach(self, session: Session, now: Instant) -> None:
        previous = session.connection
        session.connection, session.detached_at = self, None
        self.session = session
        self.phase = Phase.READY
        self.ready_at = now
        self.heard_at = now.steady
        self.deadline_moved = True
        if previous is not None:
            previous.session = None  # a session has one socket: the older gets nothing more
            if previous.chooses("resume_while_attached", "4902"):
                previous.close(CloseCode.RESET_BY_RESUME, now)

    def _detach(self, now: Instant) -> None:
        if self.session is not None:
            self.session.connection, self.session.detached_at = None, now.world
            self.session = None

    def _drain(self) -> None:
        if self.phase is Phase.READY:
            self.phase = Phase.DRAINING

    def _give_up_session(self, now: Instant) -> None:
        self._detach(now)
        if self.phase is not Phase.CLOSED:
            self.phase = Phase.GREETED

    def ended(self, code: int | None, reason: str, now: Instant) -> None:
        """The server ends the connection; the outbox hands the ending to the shell."""
        self.note(now, "ws.close", by="server", code=code, reason=reason)
        self._leave(now)

    def _leave(self, now: Instant) -> None:
        self._detach(now)
        self.phase = Phase.CLOSED
        self.is_closed = True
        self.out.clear()
        if self.world is not None:
            self.world.connections.pop(self.number, None)


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
