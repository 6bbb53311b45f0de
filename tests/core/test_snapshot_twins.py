"""A world and the world made of its snapshot: whatever is done to both, they answer alike."""

import json
from functools import cached_property
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from fuzz.effort import effort
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from core.stage import APP_ID, SECRET, Stage
from core.test_core_uploads import SMALL, Uploader, md5
from core.test_snapshots import restored
from fakeqq.core import snapshot_shelves, snapshots
from fakeqq.core.errors import ControlError
from fakeqq.core.events.speech import Speech, speak
from fakeqq.core.scenarios.scenario import parse
from fakeqq.core.webhooks.webhook import WebhookSettings
from fakeqq.core.webhooks.webhook_answers import Answer
from fakeqq.core.world import World

STRICT = {
    "gateway_budget": "strict", "session_budget": "strict", "token_budget": "on", "proactive_quota": "unverified",
    "endpoint_rates": "real", "missed_heartbeats": "ignore", "s2_delivery": "paced",
}  # fmt: skip
SETTINGS = (
    {"switches": STRICT, "session_start_total": 3},
    {"switches": {**STRICT, "audit": "200", "c2c_reply_count": "4", "proactive_quota": "monthly"}},
    {"switches": {"c2c_reply_count": "5", "missed_heartbeats": "ignore"}, "upload_daily_bytes": 2_500},
)
FAULTS = [
    {"name": "second", "on": "http: POST /v2/users/{openid}/messages", "nth": 2, "times": 2,
     "do": [{"verb": "error", "name": "system_busy"}]},
    {"name": "sometimes", "on": "http: GET /gateway*", "times": None, "probability": 0.5, "do": [{"verb": "html"}]},
    {"name": "refused", "on": "receive: IDENTIFY", "nth": 3, "do": [{"verb": "close", "code": 4903}]},
    {"name": "after the next", "on": "webhook: EVENT", "nth": 2, "times": 2, "do": [{"verb": "swap"}]},
    {"name": "late", "on": "webhook: EVENT", "nth": 5, "do": [{"verb": "delay", "seconds": 2}]},
]  # fmt: skip
DAY = {
    "name": "twins-day", "settings": {"username": "twin"}, "faults": FAULTS,
    "timeline": [
        {"on": "http: POST /v2/users/{openid}/messages", "nth": 2, "times": "for-ever", "after": 1.5,
         "do": [{"act": "mute-acks"}, {"act": "say", "text": "spoken to"}]},
        {"on": "receive: IDENTIFY", "nth": 2, "after": 2, "every": 1, "do": [{"act": "drop"}]},
        {"on": "webhook: ACK", "times": 3, "do": [{"act": "redeliver"}]},
        {"after": 3, "every": 2, "do": [{"act": "push"}]},
    ],
}  # fmt: skip


class Twin:
    """One of the two worlds, and what its bot has seen: the ids are the other's, too."""

    def __init__(self, stage, seen=None):
        self.stage = stage
        self.seen = seen or {
            "messages": [],
            "s1": [],
            "s2": [],
            "uploads": [],
            "infos": [],
            "presses": [],
            "audits": [],
        }

    @property
    def user(self):
        return self.stage.world.people.user().openid

    def act(self, name, number):
        """Do it and say what came of it, as text."""
        return json.dumps(getattr(self, name)(number), default=str)

    def call(self, method, path, body=None, keep=None, key="id", **options):
        reply = self.stage.request(method, path, body, **options)
        try:
            answer = json.loads(reply.body) if reply.body else None
        except ValueError:
            answer = reply.body.decode()
        if keep is not None and isinstance(answer, dict) and key in answer:
            self.seen[keep].append(answer[key])
        return [reply.status, answer, reply.error, reply.fault]

    def pick(self, kind, number):
        return self.seen[kind][number % len(self.seen[kind])] if self.seen[kind] else "unknown"

    # -- acts: each takes a number that chooses among what there is ----------------------------------------------

    def say(self, number):
        said = self.stage.say(f"message {number}")
        self.seen["messages"].append(said["message_id"])
        return said["message_id"]

    def reply(self, number):
        body = {"content": "answer", "msg_id": self.pick("messages", number), "msg_seq": number % 3 + 1}
        return self.send(body)

    def speak_unasked(self, number):
        return self.send({"content": "by the way", "is_wakeup": number % 4 == 0})

    def send(self, body):
        answer = self.call("POST", f"/v2/users/{self.user}/messages", body)
        if isinstance(answer[1], dict) and "audit_id" in answer[1]:
            self.seen["audits"].append(answer[1]["audit_id"])
        return answer

    def wake(self, number):
        """A message that calls a user back who has been silent for a day or more."""
        if number % 3 == 0:
            self.say(number)
            self.stage.world.clock.advance(86_500)
        return self.send({"content": "come back", "is_wakeup": True})

    def chunk(self, number):
        """The next part of a stream, the last part, or the first of another."""
        stream = self.seen["s1"][-1] if self.seen["s1"] and number % 4 else None
        if stream is None:
            stream = {"msg_id": self.say(number), "id": None, "parts": 0}
            self.seen["s1"].append(stream)
        stream["parts"] += 1
        said = {"state": 10 if number % 4 == 3 else 1, "index": stream["parts"], "id": stream["id"]}
        body = {"content": "part\n", "stream": {name: value for name, value in said.items() if value is not None},
                "msg_id": stream["msg_id"], "msg_seq": stream["parts"]}  # fmt: skip
        answer = self.call("POST", f"/v2/users/{self.user}/messages", body)
        stream["id"] = stream["id"] or (answer[1] or {}).get("id")
        return answer

    def frame(self, number):
        stream = self.seen["s2"][-1] if self.seen["s2"] and number % 4 else None
        if stream is None:
            stream = {"id": None, "parts": 0}
            self.seen["s2"].append(stream)
        stream["parts"] += 1
        body = {"input_state": 10 if number % 4 == 3 else 1, "index": stream["parts"], "content_raw": "part"}
        if stream["id"] is not None:
            body["stream_msg_id"] = stream["id"]
        answer = self.call("POST", f"/v2/users/{self.user}/stream_messages", body)
        stream["id"] = stream["id"] or (answer[1] or {}).get("id")
        return answer

    def post(self, number):
        """Speak unasked in one of three channels."""
        channel = str(71 + number % 3)
        speak(self.stage.world, Speech(text="in a channel", guild="4194304", channel=channel), self.stage.now)
        return self.call("POST", f"/channels/{channel}/messages", {"content": "by the way"})

    def upload(self, number):
        body = {"file_type": 1, "url": f"https://example.com/{number}.png"}
        return self.call("POST", f"/v2/users/{self.user}/files", body, "infos", "file_info")

    def prepare(self, _number):
        uploader = Uploader(self.stage)
        reply = uploader.prepare(SMALL)
        if reply.status == 200:
            self.seen["uploads"].append(json.loads(reply.body))
        return [reply.status, json.loads(reply.body)]

    def put(self, number):
        if not self.seen["uploads"]:
            return None
        url = urlsplit(self.pick("uploads", number)["parts"][0]["presigned_url"])
        return self.call("PUT", url.path, SMALL, query=url.query, token=False)[:1]

    def finish(self, number):
        if not self.seen["uploads"]:
            return None
        upload = self.pick("uploads", number)
        part = {"upload_id": upload["upload_id"], "part_index": 1, "block_size": len(SMALL), "md5": md5(SMALL)}
        first = self.call("POST", f"/v2/users/{self.user}/upload_part_finish", part)
        whole = {"upload_id": upload["upload_id"]}
        return first, self.call("POST", f"/v2/users/{self.user}/files", whole, "infos", "file_info")

    def show(self, number):
        media = {"file_info": self.pick("infos", number)}
        return self.send({"msg_type": 7, "media": media, "msg_id": self.pick("messages", number), "msg_seq": number})

    def press(self, number):
        self.stage.world.raw_event("INTERACTION_CREATE", {"id": f"press {number}"}, None, self.stage.now)
        self.seen["presses"].append(f"press {number}")

    def acknowledge(self, number):
        return self.call("PUT", f"/interactions/{self.pick('presses', number)}", {"code": 0})

    def audit(self, number):
        try:
            return self.stage.world.audits.decide(
                self.pick("audits", number), passes=number % 2 == 0, world=self.stage.world, now=self.stage.now
            )
        except ControlError as refusal:
            return refusal.code

    def gateway(self, _number):
        return self.call("GET", "/gateway/bot")

    def token(self, _number):
        body = {"appId": APP_ID, "clientSecret": SECRET}
        return self.call("POST", "/app/getAppAccessToken", body, token=False)

    def log_in(self, number):
        peer = self.stage.connect()
        peer.take()
        outputs = peer.identify(shard=(0, number % 2 + 1))
        peer.leave()
        return [getattr(output, "code", None) or output.get("t") or output["op"] for output in outputs]

    def arm(self, _number):
        self.stage.faults(*FAULTS)

    def bad_day(self, number):
        self.stage.world.stage(parse(DAY) if number % 4 else None, self.stage.now)

    def listen(self, number):
        settings = WebhookSettings(url="http://127.0.0.1:9/", transport="both", retry_after=number)
        self.stage.world.webhook.configure(settings)

    def deliver(self, number):
        """Answer what comes, well or badly; its clock may have been moved, and so its signature."""
        webhook, bodies = self.stage.world.webhook, []
        while deliveries := webhook.take_deliveries(self.stage.now):
            for delivery in deliveries:
                bodies.append([delivery.body, dict(delivery.headers), delivery.parcel.attempt])
                status = 200 if (number + len(bodies)) % 3 else 500
                webhook.answered(delivery.number, Answer(status, {}, b'{"op":12}'), self.stage.now)
        return bodies

    def mute(self, number):
        self.stage.world.acks_muted = number % 2 == 0

    def wait(self, number):
        self.stage.real += number / 4  # exact in floats, so that two clocks agree
        world, now = self.stage.world, self.stage.now
        world.settle(now)
        world.webhook.tick(now)
        if world.timeline is not None:
            world.timeline.tick(now)

    def jump(self, number):
        self.stage.world.clock.advance((1, 59, 301, 3_601, 86_401)[number % 5])
        self.stage.world.settle(self.stage.now)

    def look(self, _number):
        world = self.stage.world
        return [world.people.chats(), world.faults.as_json(), world.media.as_json(), world.audits.as_json(),
                world.acks_muted, world.webhook.as_json(), world.settings.username,
                world.timeline and world.timeline.scenario]  # fmt: skip


NAMES = sorted(name for name in vars(Twin) if name not in {"act", "call", "pick", "send", "user"} and name[0] != "_")
# So that something is promised more often than by chance.
BEGINNINGS = [
    (),
    (("listen", 3), ("arm", 1), ("say", 1)),
    (("bad_day", 1), ("listen", 1), ("say", 1), ("say", 2), ("log_in", 0)),
]
ACTS = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 11)), max_size=25)


@effort(100, [HealthCheck.too_slow])
@given(chosen=st.sampled_from(SETTINGS), begins=st.sampled_from(BEGINNINGS), before=ACTS, after=ACTS)
def test_what_is_done_to_both_has_the_same_effect(chosen, begins, before, after):
    first = Twin(Stage(settings=chosen))
    for name, number in (*begins, *before):
        first.act(name, number)
    first.stage.world.sessions.forget_all()
    first.stage.world.tokens.revoke()
    document = snapshots.take(first.stage.world, first.stage.now)
    second = Twin(restored(document), json.loads(json.dumps(first.seen)))
    assert snapshots.take(second.stage.world, second.stage.now) == document
    for twin in (first, second):
        vars(twin.stage.world.identifiers)["_random"] = Random(1)  # noqa: S311
        vars(twin.stage.world.faults)["_random"] = Random(2)  # noqa: S311
        twin.stage.token()
    for name, number in (*after, ("look", 0)):
        assert second.act(name, number) == first.act(name, number), name


SHELVES = {
    "quotas": {"_sent", "_wakeups"},
    "guild_quotas": {"_day", "_channels", "_directs", "_spoken"},
    "interactions": {"_by_id"},
    "audits": {"_by_id"},
    "media": {"blobs", "_by_uuid", "_by_info", "_bytes"},
    "uploads": {"_blobs", "_identifiers", "_by_id", "_bytes"},
    "faults": {"_random", "_armed", "_at"},
}
# What a world has and no document: what hangs on connections, and what is the server's.
LEFT_OUT = {"sessions", "tokens", "connections", "journal", "doors", "neighbours"}
KEPT = {
    *SHELVES, "app_id", "secret", "clock", "settings", "bot_id", "bot_openid", "people", "guilds", "uploaded",
    "budgets", "acks_muted", "webhook", "timeline", "anchors", "streams",
}  # fmt: skip
# Made anew by whoever holds the world.
TOOLS = {"identifiers", "on_timeline", "_blobs"}


def test_a_shelf_that_learns_to_remember_more_is_noticed():
    world = Stage().world
    assert {name: set(vars(getattr(world, name))) for name in SHELVES} == SHELVES
    assert set(vars(world.streams.chunks)) == {"_by_id", "_unfinished"}
    assert set(vars(world.streams.frames)) == {"_by_id", "_unfinished", "_frames"}
    budgets = {*snapshot_shelves.BY_WORLD_TIME, *snapshot_shelves.BY_STEADY_TIME, "calls"}
    assert budgets == set(world.budgets.__slots__)
    pending = {"_waiting", "_later", "_swapped", "_in_flight", "_last", "settings"}
    assert set(world.webhook.__slots__) - pending == {
        "world", "on_output", "neighbours", "anywhere", "_numbers", "_cancelled",
    }  # fmt: skip
    world.stage(parse(DAY), Stage().now)
    assert set(vars(world.timeline)) == {
        "scenario", "world", "_on_output", "_pending", "_order", "_occurrences", "_steps_at",
    }  # fmt: skip


def test_what_a_document_leaves_out_is_told():
    world = Stage().world
    shelves = {name for name, value in vars(World).items() if isinstance(value, cached_property)}
    assert set(vars(world)) | shelves == KEPT | TOOLS | LEFT_OUT
    page = Path(__file__).parents[2] / "docs" / "control-api.md"
    (row,) = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| `POST snapshot`")]
    _, left_out = row.split("; not ")
    assert all(word in left_out for word in LEFT_OUT)


def test_a_document_without_shelves_is_read_as_before():
    stage = Stage()
    document = snapshots.take(stage.world, stage.now)
    del document["shelves"]
    again = restored({**document, "version": 1})
    assert again.world.faults.as_json() == []
