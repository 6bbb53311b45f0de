"""A bot that behaves, on a stage's clock: it shows what a scenario does to the journal."""

import heapq
import json
from itertools import count

from core.stage import APP_ID, C2C, Stage
from fakeqq.core.gateway.connection import Phase
from fakeqq.core.gateway.outputs import SendText
from fakeqq.core.webhooks.signatures import Signer
from fakeqq.core.webhooks.webhook import WebhookSettings
from fakeqq.core.webhooks.webhook_answers import Answer
from fakeqq.wire import frames
from fakeqq.wire.close_codes import close_rule

PAUSE, PATIENCE, SPOKEN_EVERY = 5.0, 30.0, 60.0
DEFAULT_INTERVAL = 41.25


class Line:
    """One socket of the bot's."""

    def __init__(self, connection):
        self.connection = connection
        self.missing = 0
        self.interval = None
        self.logged_in = False
        self.left = False


class Bot:
    """Resumes what can be resumed, identifies otherwise, answers each message once, stops where it must.

    Args:
        webhook: listen at an address instead of a socket.
        signer: makes signatures of its secret.
        stage: where it plays beside others; only the first of them has users who speak.
        shard: which it is, of how many.
        begins: seconds until it logs in.
    """

    def __init__(self, scenario=None, *, webhook=False, signer=Signer, stage=None, shard=(0, 1), begins=0):
        self.stage = stage or Stage(scenario=scenario)
        self.shard = shard
        self.world = self.stage.world
        self.stage.platform.doors.own.add(APP_ID)
        self.signer = signer
        self.token, self.session, self.seq = None, None, None
        self.resumes_unanswered = 0
        self.lines, self.current = [], None
        self.stopped = False
        self.answered = set()
        self._agenda, self._order = [], count()
        if webhook:
            self.world.webhook.configure(WebhookSettings(url="http://127.0.0.1:9/"))
        else:
            self.later(begins, self.log_in)
        if shard[0] == 0:
            self.later(30, self.speak)
            self.later(1000, self.say_unasked)
            self.later(1500, self.stream)

    def run(self, seconds):
        """Let time pass for the bot, the platform and the scenario; returns the journal."""
        return play([self], seconds)

    def later(self, seconds, call, *arguments):
        heapq.heappush(self._agenda, (self.stage.real + seconds, next(self._order), call, arguments))

    def deadlines(self):
        if self._agenda:
            yield self._agenda[0][0]
        machines = [line.connection for line in self.lines] + [self.world.timeline, self.world.webhook]
        for machine in machines:
            deadline = machine.next_deadline() if machine else None
            if deadline is not None:
                yield self.world.clock.real_at(deadline)

    def tick(self):
        real = self.stage.real
        now = self.world.clock.at(real + 1e-9)
        for machine in [*(line.connection for line in self.lines), self.world.timeline, self.world.webhook]:
            if machine is not None and (deadline := machine.next_deadline()) is not None and deadline <= now.steady:
                machine.tick(now)
        while self._agenda and self._agenda[0][0] <= real:
            _, _, call, arguments = heapq.heappop(self._agenda)
            call(*arguments)

    # -- the socket -----------------------------------------------------------------------------------------------

    def log_in(self):
        if self.stopped:
            return
        if self.fetch_token() is None or self.ask("GET", "/gateway/bot") is None or not self.upgrade():
            self.later(PATIENCE, self.log_in)
            return
        connection = self.stage.platform.open_connection(self.world, self.stage.real)
        line = Line(connection)
        self.lines.append(line)
        self.current = line
        connection.opened("/websocket", self.stage.now)
        self.later(PATIENCE, self.give_up_waiting, line)

    def is_let_in(self):
        return self.stage.platform.doors.is_open(APP_ID)

    def upgrade(self):
        fault = self.world.faults.fire("connect")
        if fault is not None:
            self.world.note_fault(fault, "connect", self.stage.now)
        return fault is None

    def listen(self):
        busy = True
        while busy:
            busy = False
            if any(move.drop for move in self.stage.platform.doors.take_moves()):
                self.lose_all()
            for line in list(self.lines):
                for output in line.connection.take_outputs():
                    busy = True
                    self.hear(line, output)
                if line.left:
                    self.lines.remove(line)
            for delivery in self.world.webhook.take_deliveries(self.stage.now):
                busy = True
                self.world.webhook.answered(delivery.number, self.receive(delivery), self.stage.now)

    def lose_all(self):
        for line in self.lines:
            line.left = True
            line.connection.lost(None, "", self.stage.now, by_client=False)
            if line is self.current:
                self.closed(None)

    def hear(self, line, output):
        if line.left:
            return
        if not isinstance(output, SendText):
            line.left = True
            if line is self.current:
                self.closed(getattr(output, "code", None))
            return
        frame = json.loads(output.text)
        match frame["op"]:
            case 10 if line.interval is None:
                line.interval = frame["d"]["heartbeat_interval"] / 1000 or DEFAULT_INTERVAL
                self.say(line, self.login_frame())
                self.later(line.interval, self.beat, line)
            case 11:
                line.missing = 0
            case 7:
                self.later(10, self.leave, line)
                self.later(0, self.log_in)
            case 9:
                self.session = None
                self.later(2, self.reconnect, line)
            case 0:
                self.event(line, frame)

    def login_frame(self):
        if self.session is None:
            return frames.identify(f"QQBot {self.token}", C2C, self.shard)
        return frames.resume(f"QQBot {self.token}", self.session, self.seq)

    def event(self, line, frame):
        self.seq = frame.get("s", self.seq)
        if frame["t"] == "READY":
            self.session = frame["d"]["session_id"]
        if frame["t"] in {"READY", "RESUMED"}:
            line.logged_in = True
            self.resumes_unanswered = 0
        elif frame["t"] == "C2C_MESSAGE_CREATE":
            self.answer(frame["d"])

    def beat(self, line):
        if line.left or line.connection.phase is Phase.CLOSED:
            return
        if line.missing == 2:
            self.reconnect(line)
            return
        line.missing += 1
        self.say(line, frames.heartbeat(self.seq))
        self.later(line.interval, self.beat, line)

    def say(self, line, text):
        line.connection.receive(text, self.stage.now)

    def give_up_waiting(self, line):
        if not line.logged_in and line is self.current and not line.left:
            self.resumes_unanswered += self.session is not None
            if self.resumes_unanswered >= 2:
                self.session = None
            self.reconnect(line)

    def reconnect(self, line):
        if not line.left:
            self.leave(line)
            if line is self.current:
                self.later(PAUSE, self.log_in)

    def leave(self, line):
        if not line.left and line.connection.phase is not Phase.CLOSED:
            line.left = True
            line.connection.lost(4000, "", self.stage.now, by_client=True)

    def closed(self, code):
        rule = close_rule(code) if code is not None else None
        if rule is not None and rule.may_resume is False:
            self.session = None
            self.stopped = rule.may_identify is False
        if code == 4004:
            self.token = None
        self.later(PAUSE, self.log_in)

    # -- HTTP -----------------------------------------------------------------------------------------------------

    def fetch_token(self):
        if self.token is None:
            secrets = {"appId": APP_ID, "clientSecret": self.world.secret}
            answer = self.ask("POST", "/app/getAppAccessToken", secrets, token=False) or {}
            self.token = answer.get("access_token")
        return self.token

    def ask(self, method, path, body=None, *, token=None):
        """The answer's object, or None for anything but a success."""
        if not self.is_let_in():
            return None
        reply = self.stage.request(method, path, body, token=self.fetch_token() or "none" if token is None else token)
        if reply.error == "token_invalid":
            self.token = None
        if reply.hang or reply.disconnect or reply.status != 200:
            return None
        try:
            return json.loads(reply.body)
        except ValueError:
            return None

    def answer(self, message, attempt=1):
        if attempt == 1 and message["id"] in self.answered:
            return
        self.answered.add(message["id"])
        path = f"/v2/users/{message['author']['user_openid']}/messages"
        if self.ask("POST", path, {"content": "pong", "msg_id": message["id"], "msg_seq": 1}) is None and attempt < 3:
            self.later(PAUSE, self.answer, message, attempt + 1)

    def receive(self, delivery):
        """The bot's endpoint: proves itself, refuses forgeries, acknowledges and answers."""
        signer = self.signer(self.world.secret)
        timestamp = delivery.headers.get("X-Signature-Timestamp", "")
        if delivery.headers.get("X-Signature-Ed25519") != signer.sign(timestamp, delivery.body):
            return Answer(401, {}, b"")
        payload = json.loads(delivery.body or b"null") or {"op": 0, "t": None}
        if payload["op"] == 13:
            token = payload["d"]["plain_token"]
            signature = signer.sign(payload["d"]["event_ts"], token.encode())
            return Answer(200, {}, json.dumps({"plain_token": token, "signature": signature}).encode())
        if payload["t"] == "C2C_MESSAGE_CREATE":
            self.later(0, self.answer, payload["d"])
        return Answer(200, {}, b'{"op":12,"d":0}')

    # -- users ----------------------------------------------------------------------------------------------------

    def speak(self):
        self.stage.say()
        self.later(SPOKEN_EVERY, self.speak)

    def say_unasked(self):
        self.ask("POST", f"/v2/users/{self.world.people.user().openid}/messages", {"content": "by the way"})

    def stream(self, index=0, stream_id=None):
        """Three parts, a second apart; what a refused one leaves unsaid goes as a message, and the stream is closed."""
        user = f"/v2/users/{self.world.people.user().openid}"
        body = {"input_state": 10 if index == 2 else 1, "index": index, "content_raw": f"part {index}\n"}
        answer = self.ask("POST", f"{user}/stream_messages", {**body, "stream_msg_id": stream_id})
        if answer is None:
            taken = "".join(f"part {number}\n" for number in range(index))
            closing = {**body, "input_state": 10, "input_mode": "replace", "content_raw": taken}
            self.ask("POST", f"{user}/stream_messages", {**closing, "stream_msg_id": stream_id})
            self.ask("POST", f"{user}/messages", {"content": "the rest"})
        elif index < 2:
            self.later(1, self.stream, index + 1, answer["id"])


def play(bots, seconds):
    """Let time pass for the bots of one stage; returns the journal."""
    stage = bots[0].stage
    while True:
        for bot in bots:
            bot.listen()
        due = min((due for bot in bots for due in bot.deadlines()), default=None)
        if due is None or due > seconds:
            return stage.entries()
        stage.real = max(stage.real, due)
        for bot in bots:
            bot.tick()


def play_shards(scenario, count, seconds, *, apart=0):
    """As many bots as there are shards, which log in so many seconds after each other; returns the journal."""
    stage = Stage(scenario=scenario)
    bots = [Bot(stage=stage, shard=(index, count), begins=apart * index) for index in range(count)]
    return play(bots, seconds)
