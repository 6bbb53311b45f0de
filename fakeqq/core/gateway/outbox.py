"""How a connection speaks: a fault may rewrite a frame, the journal notes it, the shell is handed it."""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING, Any

from fakeqq.core.faults import rewriting, verbs
from fakeqq.core.gateway.outputs import (
    CloseSocket,
    CutFrame,
    DropSocket,
    ResetSocket,
    SendText,
    StopReading,
    StopSending,
)
from fakeqq.wire import frames
from fakeqq.wire.close_codes import close_rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakeqq.core.clock import Instant
    from fakeqq.core.faults.faults import Fault
    from fakeqq.core.gateway.connection import Connection
    from fakeqq.core.gateway.outputs import Output

# What the journal shows of a frame; None has it read back from the text.
_Frame = dict[str, Any] | None
# A frame that is no JSON in any reading.
_GARBAGE = '{"op":0,"s":'


class Outbox:
    """The outputs of one connection.

    Args:
        on_output: called when there is something to send, or an earlier deadline.

    Attributes:
        stalled: nothing leaves any more, frames and close frames alike, until TCP ends.
        half_open: nothing is heard any more.
    """

    def __init__(self, connection: Connection, on_output: Callable[[Connection], None]) -> None:
        self._connection = connection
        self._on_output = on_output
        self._outputs: list[Output] = []
        self._held: list[tuple[Output, _Frame]] = []
        self._later: list[tuple[float, int, Output, _Frame]] = []
        self._order = count()
        self.stalled = False
        self.half_open = False

    def take(self) -> list[Output]:
        outputs, self._outputs = self._outputs, []
        return outputs

    def next_deadline(self) -> float | None:
        """Steady seconds at which something delayed is due, or None."""
        return self._later[0][0] if self._later else None

    def send_due(self, now: Instant) -> None:
        while self._later and self._later[0][0] <= now.steady:
            _, _, output, frame = heapq.heappop(self._later)
            self.put(output, now, frame)

    def clear(self) -> None:
        """The connection is over; what was delayed or held back is not sent."""
        self._later.clear()
        self._held.clear()

    def wake(self) -> None:
        """Have the shell look at the deadlines again."""
        self._connection.deadline_moved = True
        self._on_output(self._connection)

    def say(self, moment: str, text: str, now: Instant, **frame: Any) -> None:
        """Send a frame, unless a fault stands at this moment."""
        connection = self._connection
        if connection.is_closed:
            return
        world = connection.world
        fault = world.faults.fire(moment) if world else None
        if fault is None:
            self.put(SendText(text), now, frame)
            if self._held:
                self._release(now)
            return
        if world is not None:
            world.note_fault(fault, moment, now, connection=connection.number)
        self._rewrite(fault, text, frame, now)

    def send_frame(self, frame: dict[str, Any], now: Instant) -> None:
        """Send a frame that a test staged."""
        self.put(SendText(frames.encode(frame)), now)

    def close_later(self, code: int | None, reason: str | None, after: float, now: Instant) -> None:
        if code is not None:
            self.put_later(CloseSocket(code, reason_of(code) if reason is None else reason), after, now)

    def put_later(self, output: Output, after: float, now: Instant, frame: _Frame = None) -> None:
        if after <= 0:
            self.put(output, now, frame)
        else:
            heapq.heappush(self._later, (now.steady + after, next(self._order), output, frame))
            self.wake()

    def put(self, output: Output, now: Instant, frame: _Frame = None) -> None:
        """The one way out: noted in the journal, then handed to the shell."""
        connection = self._connection
        if connection.is_closed:
            return
        if self.stalled and isinstance(output, SendText | CloseSocket):
            return
        if isinstance(output, SendText):
            if frame:  # the hot path
                connection.note(now, "ws.out", op=int(frame["op"]), t=frame.get("t"), s=frame.get("s"), frame=frame)
            else:
                self._note_sent(output.text, frame, now)
        else:
            self._change(output, frame, now)
        self._outputs.append(output)
        self._on_output(connection)

    def _change(self, output: Output, frame: _Frame, now: Instant) -> None:
        """What an output that is no plain frame means for the connection."""
        match output:
            case CutFrame():
                self._note_sent(output.text, frame, now, cut=output.size)
                self._connection.ended(None, "", now)
            case CloseSocket():
                self._connection.ended(output.code, output.reason, now)
            case DropSocket() | ResetSocket():
                self._connection.ended(None, "", now)
            case StopReading():
                self.half_open = True
            case StopSending():
                self.stalled = True
            case _:
                pass

    def _rewrite(self, fault: Fault, text: str, frame: dict[str, Any], now: Instant) -> None:
        """What the fault makes of one frame. Touches no socket."""
        plan = rewriting.plan(fault, self._connection.last_s)
        for change in plan.line:
            self.put(change, now)
        for staged in plan.before:
            self.send_frame(staged, now)
        if plan.garbage:
            text, frame = _GARBAGE, {}
        text = _padded(text, plan.padded_to)
        if plan.cut is not None:
            self.put_later(CutFrame(text, plan.cut), plan.delay, now, frame)
            return
        if plan.swapped:
            self._held.extend([(SendText(text), frame)] * plan.copies)
        else:
            for _ in range(plan.copies):
                self.put_later(SendText(text), plan.delay, now, frame)
            self._release(now)
        for event_type in plan.unknown_events:
            self.put_later(SendText(self._connection.unknown_event(event_type)), plan.delay, now)
        for ending in plan.endings:
            self._end(ending, plan.delay, now)

    def _end(self, ending: rewriting.Ending, after: float, now: Instant) -> None:
        match ending:
            case verbs.Close():
                self.close_later(ending.code, ending.reason, after, now)
            case verbs.Reconnect():
                # Put, not said: a fault at every frame would stand at this one, too, and so for ever.
                self.put_later(SendText(frames.reconnect(self._connection.control_keys)), after, now)
                self.close_later(verbs.code_or_none(ending.then_close), None, after + ending.after, now)
            case verbs.InvalidSession():
                text = frames.invalid_session(ending.resumable, self._connection.control_keys)
                self.put_later(SendText(text), after, now)
                self.close_later(ending.then_close, None, after + ending.after, now)
            case _:
                self.put_later(rewriting.ENDINGS[type(ending)], after, now)

    def _release(self, now: Instant) -> None:
        """After a frame: those that a swap held back."""
        while self._held:
            output, frame = self._held.pop(0)
            self.put(output, now, frame)

    def _note_sent(self, text: str, frame: _Frame, now: Instant, **more: Any) -> None:
        if frame is None:  # a staged frame: read back what is about to be sent
            try:
                frame = frames.decode(text)
            except frames.FrameError:
                frame = {}
        note = self._connection.note
        if frame:
            note(now, "ws.out", op=int(frame["op"]), t=frame.get("t"), s=frame.get("s"), frame=frame, **more)
            self._connection.said_by_test(frame["op"], now)
        else:
            note(now, "ws.out", op=None, t=None, s=None, frame=None, text=text, **more)


def _padded(text: str, size: int) -> str:
    """The frame with one unknown key more, `size` bytes in all; a frame that is as long already stays as it is."""
    missing = size - len(text.encode()) - len(',"padding":""')
    if missing < 0:
        return text
    filler = "x" * missing
    return f'{text.removesuffix("}")},"padding":"{filler}"}}'


def reason_of(code: int) -> str:
    """The platform's own text for a close code, or nothing."""
    rule = close_rule(code)
    return rule.reason if rule else ""
