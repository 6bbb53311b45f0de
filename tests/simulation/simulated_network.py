# ruff: noqa: S311 - dice that fall the same way each time
"""The platform's core behind a network without sockets: what the web shell does, on a clock that jumps."""

import random

from simulated_time import Wait

from fakeqq.core.faults import verbs
from fakeqq.core.gateway.outputs import CloseSocket, CutFrame, DropSocket, ResetSocket, SendText
from fakeqq.core.platform import Platform, PlatformOptions
from fakeqq.core.rest import exchange
from fakeqq.core.webhooks.webhook_answers import Answer as Acknowledgement
from fakeqq.core.webhooks.webhook_answers import NoAnswer as Missing
from reference_client.answers import Answer, Loss, NoAnswer, read_answer

EPOCH = 1_780_000_000.0
_NEXT_DOOR = {"switches": {"gateway_budget": "real", "gateway_budget_scope": "machine"}}
TIMEOUT = 15.0
IDLE_LIMIT = 15.0
SLOWEST = 0.05
SOONEST = 0.01
"""Seconds until a machine is asked again whose deadline is over, so that one which cannot act costs no time."""


class Link:
    """One WebSocket connection, both ends. What is sent first arrives first."""

    def __init__(self, network, number, receiver):
        self.network, self.number, self.receiver = network, number, receiver
        self.connection = None
        self.opened = self.gone = False
        self._up = self._down = 0.0

    def to_client(self, call, *arguments):
        self._down = max(self._down, self.network.later())
        self.receiver.host.at(self._down, self._if_there, call, arguments)

    def to_platform(self, call, *arguments):
        self._up = max(self._up, self.network.later())
        self.network.clock.at(self._up, self._if_accepted, call, arguments)

    # The client's end

    def send(self, text):
        if self.opened and not self.gone:
            self.to_platform(self._hear, text)

    def close(self, code):
        if self.opened and not self.gone:
            self.to_platform(self._closed_by_client, code)

    def abort(self):
        self.gone = True
        self.to_platform(self._closed_by_client, None)

    # The platform's end

    def _hear(self, text):
        self.connection.receive(text, self.network.instant())
        self.network.flush()

    def _closed_by_client(self, code):
        silent = self.connection.out.half_open or self.connection.out.stalled
        if not self.connection.is_closed:
            self.connection.lost(code, "", self.network.instant(), by_client=True)
        if code is not None and not silent:
            self.to_client(self.end, code, "")
        self.network.forget(self)

    def end(self, code, reason):
        self.gone = True
        self.receiver.closed(self.number, code, reason)

    def _if_there(self, call, arguments):
        if not self.gone:
            call(*arguments)

    def _if_accepted(self, call, arguments):
        if self.connection is not None:
            call(*arguments)


class Network:
    """One world of one platform, and the way there."""

    def __init__(self, clock, seed):
        self.clock = clock
        self._random = random.Random(seed)
        self.platform = Platform(PlatformOptions(epoch=EPOCH, real=0.0, random=random.Random, seed=seed, strict=True))
        self.world = self.platform.create_world("102000001", "a secret of the bot's", {}, 0.0)
        self.platform.doors.own.add(self.world.app_id)
        self._neighbour = self.platform.create_world("102000002", "another secret", _NEXT_DOOR, 0.0)
        self.webhook = None
        self._links = {}
        self._timers = {}
        self._kept_until = 0.0

    def instant(self):
        return self.world.clock.at(self.clock.now)

    def later(self):
        """When something that leaves now is there."""
        return self.clock.now + SLOWEST * self._random.random()

    # Sockets

    def dial(self, number, receiver):
        link = Link(self, number, receiver)
        self.clock.at(self.later(), self._upgrade, link)
        return link

    def _upgrade(self, link):
        if link.gone:
            return
        if not self._is_open:
            link.to_client(link.end, None, "refused")
            return
        delay = 0.0
        fault = self.world.faults.fire("connect")
        if fault is not None:
            self.world.note_fault(fault, "connect", self.instant())
            for verb in fault.do:
                match verb:
                    case verbs.Refuse() | verbs.Disconnect() | verbs.Reset():
                        link.to_client(link.end, None, "refused")
                        return
                    case verbs.Hang():
                        return
                    case verbs.Delay():
                        delay += verb.seconds
        self.clock.after(delay, self._accept, link)

    def _accept(self, link):
        if link.gone:
            return
        link.connection = self.platform.open_connection(self.world, self.clock.now)
        self._links[link.connection] = link
        link.to_client(self._opened, link)
        link.connection.opened("/websocket", self.instant())
        self.flush()

    def _opened(self, link):
        link.opened = True
        link.receiver.opened(link.number)

    def forget(self, link):
        self._links.pop(link.connection, None)

    def flush(self):
        """Carry out what the platform has decided, and remember when it wants to be asked again."""
        while waiting := self.platform.take_connections_with_output():
            for connection in waiting:
                link = self._links.get(connection)
                for output in connection.take_outputs():
                    if link is not None:
                        self._perform(link, output)
                if link is not None and connection.deadline_moved:
                    connection.deadline_moved = False
                    self._arm(connection)
        for timeline in self.platform.take_timelines_with_output():
            self._arm(timeline)
        self._open_and_close()
        for webhook in self.platform.take_webhooks_with_output():
            for delivery in webhook.take_deliveries(self.instant()):
                self.webhook.deliver(webhook, delivery)
            self._arm(webhook)

    def _open_and_close(self):
        for move in self.platform.doors.take_moves():
            if move.drop:
                for connection in self.world.live_connections():
                    connection.drop(self.instant())
                self.flush()

    def acknowledge(self, webhook, delivery, reply):
        """Tell the platform what came of a delivery; None: nothing came in time. The first news counts."""
        outcome = Missing("no answer in time") if reply is None else Acknowledgement(reply.status, {}, reply.body)
        webhook.answered(delivery.number, outcome, self.instant())
        self.flush()

    @property
    def _is_open(self):
        return self.platform.doors.is_open(self.world.app_id)

    def _perform(self, link, output):
        match output:
            case SendText():
                link.to_client(link.receiver.receive, link.number, output.text, self.clock.now)
            case CloseSocket():
                link.to_client(link.end, output.code, output.reason)
                self.forget(link)
            case DropSocket() | ResetSocket() | CutFrame():
                link.to_client(link.end, None, "")
                self.forget(link)

    def _arm(self, machine):
        deadline = machine.next_deadline()
        if deadline is None:
            return
        due = max(self.clock.now + SOONEST, self.world.clock.real_at(deadline))
        armed = self._timers.get(machine)
        if armed is None or due < armed:
            self._timers[machine] = due
            self.clock.at(due, self._tick, machine, due)

    def _tick(self, machine, due):
        if self._timers.get(machine) == due:
            del self._timers[machine]
        machine.tick(self.instant())
        self.flush()
        if machine not in self._timers:
            self._arm(machine)

    # HTTP

    def request(self, host, method, path, headers, body=b"", *, fresh=False):
        """A `Wait` for an Answer or a NoAnswer."""
        wait = Wait()
        kept = not fresh and self.clock.now < self._kept_until
        request = exchange.Request(method, path, "", headers, body, "ws://platform", self.world)
        self.clock.at(self.later(), self._answer, request, wait, host, kept)
        host.at(self.clock.now + TIMEOUT, wait.end, NoAnswer(Loss.TIMEOUT, "nothing in time"))
        return wait

    def ask_next_door(self):
        """Another bot of the machine asks for the gateway."""
        token, _ = self.platform.issue_token(self._neighbour, self._neighbour.clock.at(self.clock.now))
        headers = {"authorization": f"QQBot {token}"}
        request = exchange.Request("GET", "/gateway/bot", "", headers, b"", "ws://platform", self._neighbour)
        exchange.answer(self.platform, request, self.clock.now)

    def _answer(self, request, wait, host, kept):
        if not self._is_open:
            host.at(self.later(), wait.end, NoAnswer(Loss.NOT_SENT, "connection refused"))
            return
        reply = exchange.answer(self.platform, request, self.clock.now)
        self.flush()
        if not (reply.hang or reply.half_open):
            self.clock.after(reply.delay, self._leave, reply, wait, host, kept)

    def _leave(self, reply, wait, host, kept):
        exchange.answered(self.platform, reply, self.clock.now)
        self._kept_until = 0.0
        if reply.stalls:
            return
        if not reply.is_answer:
            # A kept connection that had died tells that the platform saw nothing; these faults say which it was.
            stale = kept and reply.fault is not None and "unseen" in reply.fault
            outcome = NoAnswer(Loss.STALE if stale else Loss.DROPPED, "the connection ended")
        elif reply.sent_bytes is not None and reply.sent_bytes < len(reply.body):
            outcome = Answer(reply.status, text="body cut short")
        else:
            self._kept_until = self.clock.now + IDLE_LIMIT
            outcome = read_answer(reply.status, {}, reply.body)
        host.at(self.later(), wait.end, outcome)
