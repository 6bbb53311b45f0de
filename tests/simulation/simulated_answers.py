"""How the simulated bot answers: what `http.api`, `http.streams` and the façade do, as time jumps."""

import json
from collections import Counter

from hearing import Hearing, Presence

from fakeqq.wire.hosts import TOKEN_PATH
from reference_client.answers import Answer
from reference_client.messages import REPLIES, Scene, read_message
from reference_client.pauses import Pauses
from reference_client.sender import Delivered, Delivery, Remedy, Send, Sequences, remedy_for
from reference_client.stream import Dialect, Stream, Verdict
from reference_client.tokens import TokenCache

MOST_REPLIES = max(REPLIES.values())
MOST_PIECES = 6
STREAM_SHARE = 0.15
"""Of the messages in C2C."""


class Ledger:
    """What is known of a bot over all its processes.

    Attributes:
        handled: messages by text, how often a handler began with them.
        interrupted: messages whose handler was at work when its process ended, and how often.
        reported: replies by text, and why they were not delivered; None: they were.
        streamed: streams by the text that they answer: the pieces, and why they are not all there.
        hearing: what the first shard may have missed; the log says so.
        presence: how long all shards were online.
        stops: the reasons for which a process ended by itself.
    """

    def __init__(self):
        self.handled = Counter()
        self.interrupted = Counter()
        self.reported = {}
        self.streamed = {}
        self.hearing = Hearing()
        self.presence = Presence()
        self.identified_at = []
        self.stops = []


class Answering:
    """The part of one process that calls the API.

    Attributes:
        dead: the process has ended; nothing of it goes on.
        in_hand: texts whose handlers are at work.
    """

    def __init__(self, host, network, ledger, random, dice):
        self.host, self.network, self.ledger = host, network, ledger
        self._random, self._dice = random, dice
        self._app_id, self._secret = network.world.app_id, network.world.secret
        self.dead = False
        self.sequences = Sequences(random)
        self._pauses = Pauses()
        self._tokens = TokenCache(random)
        self._fetching = None
        self.in_hand = Counter()
        self.unfinished = 0

    def spawn(self, coroutine):
        self.host.spawn(coroutine, self)

    def die(self):
        """End at once; work in hand stays undone."""
        self.dead = True
        self.ledger.interrupted.update(+self.in_hand)

    async def handle(self, event, finished):
        """Answer an event's message in one of the ways that bots have, at their various paces."""
        self.unfinished += 1
        incoming = read_message(event)
        if incoming is not None:
            self.ledger.handled[incoming.text] += 1
            self.in_hand[incoming.text] += 1
            await self.host.sleep(self._dice.choice((0.0, 0.0, 0.1, 1.0, 3.0, 20.0)))
            if incoming.scene is Scene.C2C and self._dice.random() < STREAM_SHARE:
                await self._stream(incoming, self._dice.choice(tuple(Dialect)))
            else:
                for part in range(self._dice.choice((1, 1, 1, 2, REPLIES[incoming.scene]))):
                    text = f"{incoming.text}/{part}"
                    self.ledger.reported[text] = await self._reply(incoming, {"content": text, "msg_type": 0})
            self.in_hand[incoming.text] -= 1
        finished(event)
        self.unfinished -= 1

    async def _reply(self, incoming, content):
        """Why it was not delivered, or None."""
        body = {**content, "msg_id": incoming.id}
        delivery = Delivery(incoming.operation, body, sequences=self.sequences, numbered=True, random=self._random)
        step = delivery.begin()
        while isinstance(step, Send):
            await self.host.sleep(step.after)
            outcome, token = await self._try(incoming.path, step.body, fresh=step.fresh_connection)
            step = delivery.after(outcome)
            if isinstance(step, Send):
                self._slow_down(incoming.path, outcome, step.after)
            if isinstance(step, Send) and step.renew_token:
                self._tokens.refused(token)
        return None if isinstance(step, Delivered) else str(step.error)

    # Streams

    async def _stream(self, incoming, dialect):
        pieces = [f"<{incoming.text}{number}>" for number in range(self._dice.randrange(1, MOST_PIECES + 1))]
        path = incoming.path
        if dialect is Dialect.FRAMES:
            path = f"{path.removesuffix('/messages')}/stream_messages"
        stream, seqs = Stream(dialect, incoming.id, self.host.now), [None]
        for piece in pieces:
            stream.write(piece)
            part = stream.due(self.host.now)
            if part is not None:
                await self._part(incoming, path, stream, part, seqs)
            await self.host.sleep(self._dice.choice((0.0, 0.3, 2.0)))
        while (part := stream.closing()) is not None:
            await self.host.sleep(max(0.0, stream.due_at() - self.host.now))
            await self._part(incoming, path, stream, part, seqs)
        problem = "left open" if stream.left_open else None
        if stream.rest and stream.perhaps_shown:
            problem = "uncertain"
        elif stream.rest:
            problem = await self._reply(incoming, {"markdown": {"content": stream.rest}, "msg_type": 2}) or problem
        self.ledger.streamed[incoming.text] = (pieces, problem)

    async def _part(self, incoming, path, stream, part, seqs):
        if seqs[0] is None or stream.dialect is Dialect.CHUNKS:
            seqs[0] = self.sequences.allot(incoming.id)
        while True:
            outcome = await self._post(path, {**part.body, "msg_seq": seqs[0]}, fresh=stream.fresh_connection)
            if stream.after(part, outcome, self.host.now) is not Verdict.AGAIN:
                return
            self._slow_down(path, outcome, stream.wait)
            await self.host.sleep(stream.wait)
            part = stream.again(part)

    async def _post(self, path, body, *, fresh):
        outcome, token = await self._try(path, body, fresh=fresh)
        if isinstance(outcome, Answer) and not outcome.succeeded and remedy_for(outcome) is Remedy.NEW_TOKEN:
            self._tokens.refused(token)
            outcome, _ = await self._try(path, body, fresh=fresh)
        return outcome

    # One try

    async def _try(self, path, body, *, fresh):
        await self.host.sleep(self._pauses.slot(path, self.host.now) - self.host.now)
        token = await self.token()
        return await self._call(token, path, body, fresh=fresh), token

    def _slow_down(self, path, outcome, wait):
        if isinstance(outcome, Answer) and not outcome.succeeded and remedy_for(outcome) is Remedy.SLOW_DOWN:
            self._pauses.refused(path, outcome, wait, self.host.now)

    def _call(self, token, path, body, *, fresh):
        content = json.dumps(body).encode()
        return self.network.request(self.host, "POST", path, self.headers(token), content, fresh=fresh)

    # The token

    async def token(self):
        while True:
            now = self.host.now
            if self._fetching is None and self._tokens.wants_call(now):
                self._fetching = self.network.request(
                    self.host, "POST", TOKEN_PATH, {"content-type": "application/json"},
                    json.dumps({"appId": self._app_id, "clientSecret": self._secret}).encode(),
                )  # fmt: skip
                self._tokens.calling(now)
                self.spawn(self._fetch(self._fetching))
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

    def headers(self, token):
        return {
            "authorization": f"QQBot {token}", "content-type": "application/json", "x-union-appid": self._app_id,
        }  # fmt: skip
