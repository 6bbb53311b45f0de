# ruff: noqa: S311 - dice that fall the same way each time
"""The reference client's cores under a shell without sockets: what `client` and `http.api` do, as time jumps."""

import json
import random
from collections import Counter

from fakeqq.wire.hosts import TOKEN_PATH
from reference_client.backoff import SessionStarts
from reference_client.gateway import Gateway
from reference_client.messages import read_message
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
from reference_client.sender import Delivered, Delivery, Send, Sequences
from reference_client.startup import GatewayAddress, GatewayInfo, StartLadder, Trouble, read_gateway, trouble_with
from reference_client.tokens import TokenCache

INTENTS = 1 << 25
MOST_REPLIES = 3


class Receiver:
    """One shard's session machine and its one link."""

    def __init__(self, client, gateway):
        self.client, self.host, self.gateway = client, client.host, gateway
        self.link = None

    def opened(self, number):
        self.client.address.dialled(succeeded=True)
        self.client.obey(self, self.gateway.opened(number, self.host.now))

    def receive(self, number, text):
        self.client.obey(self, self.gateway.receive(number, text, self.host.now))

    def closed(self, number, code, reason):
        if not self.link.opened:
            self.client.address.dialled(succeeded=False)
        self.client.obey(self, self.gateway.closed(number, code, reason, self.host.now))


class Client:
    """A bot that answers each message, with up to `MOST_REPLIES` parts, and remembers what it could not deliver.

    Attributes:
        blind_until: when the first shard got the session that it has now; what was said before may have been missed,
            and the log says so.
    """

    def __init__(self, host, network, seed, shards):
        self.host, self.network, self._shards = host, network, shards
        self._random = random.Random(seed)
        self._dice = random.Random(seed + 1)
        self._app_id, self._secret = network.world.app_id, network.world.secret
        self.address = GatewayAddress()
        self.starts = SessionStarts()
        self.seen = Seen()
        self.sequences = Sequences()
        self._tokens = TokenCache(self._random)
        self._fetching = None
        self.receivers = []
        self._armed = None
        self.handled = Counter()
        self.unfinished = 0
        self.answered = Counter()
        self.reported = {}
        self.blind_until = float("inf")
        self.identified_at = []
        self.stopped = None
        host.spawn(self._come_online())

    @property
    def online(self):
        return bool(self.receivers) and all(each.gateway.phase is Phase.READY for each in self.receivers)

    # Coming online

    async def _come_online(self):
        ladder = StartLadder(self._random)
        while self.address.info is None:
            trouble = await self._ask_for_gateway(await self._token())
            if trouble is not None:
                await self.host.sleep(ladder.after(trouble))
        for index in range(self._shards):
            gateway = Gateway(
                intents=INTENTS, shard=(index, self._shards), starts=self.starts, seen=self.seen, random=self._random
            )
            receiver = Receiver(self, gateway)
            self.receivers.append(receiver)
            self.obey(receiver, gateway.start(self.host.now))

    async def _ask_for_gateway(self, token):
        outcome = await self.network.request(self.host, "GET", "/gateway/bot", self._headers(token))
        info, now = read_gateway(outcome), self.host.now
        self.address.asked(now)
        if isinstance(info, GatewayInfo):
            self.address.learned(info, now)
            self.starts.told(
                total=info.total,
                remaining=info.remaining,
                reset_after=info.reset_after,
                concurrency=info.max_concurrency,
                now=now,
            )
            return None
        trouble = trouble_with(outcome)
        if trouble is Trouble.TOKEN:
            self._tokens.refused(token)
        return trouble

    async def _prepare(self, receiver, refused_token):
        if refused_token is not None:
            self._tokens.refused(refused_token)
        token = await self._token()
        if self.address.doubtful(self.host.now):
            await self._ask_for_gateway(token)
        self.obey(receiver, receiver.gateway.prepared(token, self.host.now))

    # Orders

    def obey(self, receiver, outputs):  # noqa: C901, PLR0912 - one case for each order
        for output in outputs:
            match output:
                case Deliver(event):
                    self.unfinished += 1
                    self.host.spawn(self._handle(receiver.gateway, event))
                case Prepare(refused_token):
                    self.host.spawn(self._prepare(receiver, refused_token))
                case Connect(number):
                    link = receiver.link
                    assert link is None or link.gone, f"shard {receiver.gateway._shard} dials beside a live connection"
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
                    if receiver.gateway._shard[0] == 0:
                        self.blind_until = float("inf")
                case Report(_, "session.ready", _):
                    if receiver.gateway._shard[0] == 0:
                        self.blind_until = min(self.blind_until, self.host.now)
                case Stop(reason):
                    self.stopped = reason
        self._arm()

    def _note_frame(self, text):
        if text.startswith('{"op":2,'):
            self.identified_at.append(self.host.now)

    def _arm(self):
        deadlines = [each.gateway.next_deadline() for each in self.receivers]
        due = min((deadline for deadline in deadlines if deadline is not None), default=None)
        if due is not None and (self._armed is None or due < self._armed):
            self._armed = max(due, self.host.now)
            self.host.at(self._armed, self._tick, self._armed)

    def _tick(self, armed):
        if self._armed == armed:
            self._armed = None
        for receiver in self.receivers:
            self.obey(receiver, receiver.gateway.tick(self.host.now))

    # Answering

    async def _handle(self, gateway, event):
        incoming = read_message(event)
        if incoming is not None:
            self.handled[incoming.text] += 1
            await self.host.sleep(self._dice.choice((0.0, 0.0, 0.1, 1.0, 3.0, 20.0)))
            for part in range(self._dice.choice((1, 1, 1, 2, MOST_REPLIES))):
                await self._reply(incoming, f"{incoming.text}/{part}")
            self.answered[incoming.text] += 1
        gateway.finished(event)
        self.unfinished -= 1

    async def _reply(self, incoming, text):
        body = {"content": text, "msg_id": incoming.id, "msg_type": 0}
        delivery = Delivery(incoming.operation, body, sequences=self.sequences, numbered=True, random=self._random)
        step = delivery.begin()
        while isinstance(step, Send):
            await self.host.sleep(step.after)
            token = await self._token()
            content = json.dumps(step.body).encode()
            headers = self._headers(token)
            fresh = step.fresh_connection
            step = delivery.after(
                await self.network.request(self.host, "POST", incoming.path, headers, content, fresh=fresh)
            )
            if isinstance(step, Send) and step.renew_token:
                self._tokens.refused(token)
        self.reported[text] = None if isinstance(step, Delivered) else str(step.error)

    # The token

    async def _token(self):
        while True:
            now = self.host.now
            if self._fetching is None and self._tokens.wants_call(now):
                self._fetching = self.network.request(
                    self.host, "POST", TOKEN_PATH, {"content-type": "application/json"},
                    json.dumps({"appId": self._app_id, "clientSecret": self._secret}).encode(),
                )  # fmt: skip
                self._tokens.calling(now)
                self.host.spawn(self._fetch(self._fetching))
            token = self._tokens.usable(now)
            if token is not None:
                return token
            if self._fetching is not None:
                await self._fetching
                await self.host.sleep(0.0)
            else:
                await self.host.sleep(max(0.001, self._tokens.next_call() - now))

    async def _fetch(self, wait):
        outcome = await wait
        self._fetching = None
        self._tokens.answered(outcome, self.host.now)

    def _headers(self, token):
        return {
            "authorization": f"QQBot {token}", "content-type": "application/json", "x-union-appid": self._app_id,
        }  # fmt: skip
