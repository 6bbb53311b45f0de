# ruff: noqa: S311 - dice that fall the same way each time
"""The reference client's cores under shells without sockets: what `client` and `http.webhook` do, as time jumps."""

import random

from simulated_answers import Answering

from reference_client.backoff import SessionStarts
from reference_client.gateway import Gateway
from reference_client.outputs import (
    AbortConnection,
    CloseConnection,
    Connect,
    Deliver,
    Prepare,
    Report,
    SendFrame,
    Stop,
)
from reference_client.phases import Phase
from reference_client.progress import Seen
from reference_client.sessions import decode_sessions, decode_token_calls, encode_sessions
from reference_client.startup import GatewayAddress, GatewayInfo, StartLadder, Trouble, read_gateway, trouble_with
from reference_client.webhook import Webhook

INTENTS = 1 << 25


class Receiver:
    """One shard's session machine and its one link."""

    def __init__(self, client, gateway):
        self.client, self.host, self.gateway = client, client.host, gateway
        self.link = None

    def opened(self, number):
        self.client.address.dialled(succeeded=True)
        self.client.obey(self, self.gateway.opened(number, self.host.now))

    def receive(self, number, text, sent_at):
        outputs = self.gateway.receive(number, text, self.host.now)
        if self.gateway.shard[0] == 0:
            self._hear(outputs, sent_at)
        self.client.obey(self, outputs)

    def _hear(self, outputs, sent_at):
        hearing = self.client.ledger.hearing
        for output in outputs:
            match output:
                case Report(_, "session.lost", _):
                    hearing.lost()
                case Report(_, "session.ready", _):
                    hearing.begun(sent_at)
        if self.gateway.phase is Phase.READY:
            hearing.heard(sent_at)

    def closed(self, number, code, reason):
        if not self.link.opened:
            self.client.address.dialled(succeeded=False)
        self.client.obey(self, self.gateway.closed(number, code, reason, self.host.now))


class Client(Answering):
    """One process of a bot that answers each message, and remembers what it could not deliver.

    Attributes:
        stopped: why it ends by itself, if it does; `at_stop` is called then.
        leaving: it was told to end.
    """

    at_stop = None

    def __init__(self, host, network, ledger, day, *, kept="", number=0):
        """`kept` is what the process before this one, the `number`-th, left in its file."""
        seed = day.seed + 1000 * number
        super().__init__(host, network, ledger, random.Random(seed), random.Random(seed + 1))
        self._shards = day.shards
        self.address = GatewayAddress(StartLadder(self._random))
        self.starts = SessionStarts()
        self.seen = Seen()
        self.receivers = []
        self._armed = None
        self.stopped = None
        self.leaving = False
        self._kept = kept
        saved = decode_sessions(kept, self._app_id, self._shards)
        self._tokens.restore(decode_token_calls(kept, self._app_id), host.now)
        if 0 not in saved:
            ledger.hearing.lost()
        self.spawn(self._come_online(saved))

    @property
    def online(self):
        return bool(self.receivers) and all(each.gateway.phase is Phase.READY for each in self.receivers)

    def is_heard_by(self, sessions):
        """Whether the platform has the session in which the first shard would hear what is said now."""
        if not self.receivers:
            return True
        first = self.receivers[0]
        known = first.gateway.session_id
        if known is None and first.link is not None and first.link.connection is not None:
            # Its READY is on the way.
            session = first.link.connection.session
            known = session.id if session is not None else None
        return known is None or any(session.id == known for session in sessions)

    # The end of the process

    def stop(self):
        """Say goodbye; handlers have until `die`."""
        self.leaving = True
        for receiver in self.receivers:
            self.obey(receiver, receiver.gateway.stop(to_return=True))

    def die(self):
        """End at once; what is in the file then."""
        super().die()
        self._note_presence()
        for receiver in self.receivers:
            if receiver.link is not None and not receiver.link.gone:
                receiver.link.abort()
        held = enumerate(receiver.gateway.saved() for receiver in self.receivers)
        sessions = {index: session for index, session in held if session is not None}
        if not self.receivers:  # before the first connection, the file is an earlier process's
            return self._kept
        if self.stopped:
            return ""
        return encode_sessions(self._app_id, self._shards, sessions, self._tokens.calls())

    # Coming online

    async def _come_online(self, saved):
        while wait := await self._ask_for_gateway(await self.token()):
            await self.host.sleep(wait)
        for index in range(self._shards):
            gateway = Gateway(
                intents=INTENTS, shard=(index, self._shards), starts=self.starts, seen=self.seen, random=self._random
            )
            if index in saved:
                gateway.restore(saved[index])
            receiver = Receiver(self, gateway)
            self.receivers.append(receiver)
            self.obey(receiver, gateway.start(self.host.now))

    async def _ask_for_gateway(self, token):
        outcome = await self.network.request(self.host, "GET", "/gateway/bot", self.headers(token))
        info, now = read_gateway(outcome), self.host.now
        if isinstance(info, GatewayInfo):
            self.address.learned(info, now)
            self.starts.told(
                remaining=info.remaining,
                reset_after=info.reset_after,
                concurrency=info.max_concurrency,
                now=now,
            )
            return 0.0
        trouble = trouble_with(outcome)
        if trouble is Trouble.TOKEN:
            self._tokens.refused(token)
        return self.address.failed(trouble, now)

    async def _prepare(self, receiver, refused_token):
        if refused_token is not None:
            self._tokens.refused(refused_token)
        token = await self.token()
        if self.address.wants_question(self.host.now, outdated=self.starts.outdated(self.host.now)):
            await self._ask_for_gateway(token)
        self.obey(receiver, receiver.gateway.prepared(token, self.host.now))

    # Orders

    def obey(self, receiver, outputs):  # noqa: C901, PLR0912 - one case for each order
        for output in outputs:
            match output:
                case Deliver(event):
                    self.spawn(self.handle(event, receiver.gateway.finished))
                case Prepare(refused_token):
                    self.spawn(self._prepare(receiver, refused_token))
                case Connect(number):
                    link = receiver.link
                    assert link is None or link.gone, f"shard {receiver.gateway.shard} dials beside a live connection"
                    assert self.stopped is None, f"dials, although it was told: {self.stopped}"
                    receiver.link = self.network.dial(number, receiver)
                case SendFrame(number, text):
                    self._note_frame(text)
                    if receiver.link.number == number:
                        receiver.link.send(text)
                case CloseConnection(number, code, _):
                    if receiver.link.number == number:
                        receiver.link.close(code)
                case AbortConnection(number):
                    if receiver.link.number == number:
                        receiver.link.abort()
                case Report(_, "session.lost", _):
                    if receiver.gateway.shard[0] == 0:
                        self.ledger.hearing.lost()
                case Stop(reason):
                    self.stopped = reason
                    self.ledger.stops.append(output.code)
                    self.at_stop(self)
        if outputs:
            self._note_presence()
        self._arm()

    def _note_presence(self):
        self.ledger.presence.note(self.online and not self.dead, self.host.now)

    def _note_frame(self, text):
        if text.startswith('{"op":2,'):
            self.ledger.identified_at.append(self.host.now)

    def _arm(self):
        deadlines = [each.gateway.next_deadline() for each in self.receivers]
        due = min((deadline for deadline in deadlines if deadline is not None), default=None)
        if due is not None and (self._armed is None or due < self._armed):
            self._armed = max(due, self.host.now)
            self.host.at(self._armed, self._tick, self._armed)

    def _tick(self, armed):
        if self.dead:
            return
        if self._armed == armed:
            self._armed = None
        for receiver in self.receivers:
            self.obey(receiver, receiver.gateway.tick(self.host.now))


class Pushed(Answering):
    """A bot that the platform calls, and the way there: requests and answers that are lost by chance.

    Attributes:
        lost: how many were.
    """

    online = True
    leaving = False
    stopped = None

    def __init__(self, host, network, ledger, day):
        super().__init__(host, network, ledger, random.Random(day.seed), random.Random(day.seed + 1))
        self._weather = random.Random(day.seed + 2)
        self.losses = day.deliveries
        self.lost = 0
        self.seen = Seen()
        self.receivers = ()
        self._webhook = Webhook(self._app_id, self._secret, self.seen)
        network.webhook = self
        ledger.hearing.begun(0.0)

    def deliver(self, webhook, delivery):
        """What the platform's shell does with a delivery."""
        self.host.clock.after(delivery.timeout, self._answered, webhook, delivery, None)
        if not self._is_lost():
            self.host.at(self.network.later(), self._receive, webhook, delivery)

    def _receive(self, webhook, delivery):
        headers = {name.lower(): value for name, value in delivery.headers.items()}
        reply = self._webhook.receive(headers, delivery.body)
        if reply.event is not None:
            self.spawn(self.handle(reply.event, lambda _: None))
        if not self._is_lost():
            self.host.clock.at(self.network.later(), self._answered, webhook, delivery, reply)

    def _is_lost(self):
        lost = self._weather.random() < self.losses
        self.lost += lost
        return lost

    def _answered(self, webhook, delivery, reply):
        self.network.acknowledge(webhook, delivery, reply)
