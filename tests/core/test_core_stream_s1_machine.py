"""Streams of chunks: any sequence of requests against a plain model."""

from fuzz.effort import effort
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.stage import Stage, body_of

TEXTS = st.sampled_from(["", "a", "b\n", "\n", "啊"])


class ChunkModel(RuleBasedStateMachine):
    """Any requests in any order: a plain list of texts says what the user sees."""

    @initialize(newline=st.sampled_from(["final", "every", "off"]),
                second=st.sampled_from(["refused", "supersedes", "allowed"]),
                checked=st.booleans())  # fmt: skip
    def begin(self, newline, second, checked):
        self.newline, self.second, self.checked = newline, second, checked
        self.stage = Stage()
        self.stage.set(
            switches={"s1_newline": newline, "s1_second_stream": second, "proactive_quota": "off",
                      "s1_index": "increasing" if checked else "unchecked"}
        )  # fmt: skip
        self.user = self.stage.world.people.user().openid
        self.streams = []  # [id, state of the text, text, first text, index, opened, type]

    @rule(which=st.integers(-2, 3), state=st.sampled_from([1, 1, 1, 5, 6, 10, 11, 20]), index=st.integers(0, 8),
          reset=st.booleans(), text=TEXTS, msg_type=st.sampled_from([0, 2, 2]))  # fmt: skip
    def send(self, which, state, index, reset, text, msg_type):
        now = self.stage.now.world
        target = None
        stream = {"state": state, "index": index, "reset": reset}
        if which == -2:
            stream["id"] = "unknown"
        elif 0 <= which < len(self.streams):
            target = self.streams[which]
            stream["id"] = target["id"]
        allowed = self.allows(target, stream, text, msg_type, now)
        body = {"msg_type": msg_type, "stream": stream, "content": text, "markdown": {"content": text}}
        reply = self.stage.request("POST", f"/v2/users/{self.user}/messages", body)
        assert (reply.status == 200) is allowed, (reply.error, stream, target)
        if allowed:
            self.apply(target, body_of(reply)["id"], stream, text, msg_type, now)

    @precondition(lambda self: getattr(self, "streams", None))
    @rule(text=TEXTS, state=st.sampled_from([1, 1, 1, 10, 11, 20]))
    def carry_on(self, text, state):
        """What a good bot would send next."""
        last = self.streams[-1]
        self.send(len(self.streams) - 1, state, last["index"] + 1, False, text, last["type"])

    def allows(self, target, stream, text, msg_type, now):
        state, ends = stream["state"], 6 <= stream["state"] <= 10
        demanded = self.newline == "every" or (self.newline == "final" and ends)
        if demanded and msg_type == 2 and state <= 10 and text and not text.endswith("\n"):
            return False
        if target is None:
            taken = any(other["phase"] == "open" and now - other["opened"] <= 600 for other in self.streams)
            return (
                "id" not in stream and state <= 10 and not stream["reset"] and not (taken and self.second == "refused")
            )
        if now - target["opened"] > 600 or target["phase"] == "superseded" or target["type"] != msg_type:
            return False
        if self.checked and not stream["reset"] and stream["index"] <= target["index"]:
            return False
        if target["phase"] == "open":
            return state <= 10
        return state > 10 and not stream["reset"] and target["phase"] != "over"

    def apply(self, target, stream_id, stream, text, msg_type, now):
        if target is None:
            if self.second == "supersedes":
                for other in self.streams:
                    if other["phase"] == "open":
                        other["phase"] = "superseded"
            target = {"id": stream_id, "phase": "open", "text": text, "first": text, "opened": now, "type": msg_type}
            self.streams.append(target)
        elif stream["reset"]:
            target["text"] = target["first"] = text
        elif stream["state"] <= 10:
            target["text"] += text
        assert stream_id == target["id"]
        target["index"] = stream["index"]
        if stream["state"] > 15:
            target["phase"] = "over"
        elif stream["state"] > 5 and target["phase"] == "open":
            target["phase"] = "ended"

    @rule(seconds=st.sampled_from([1, 200, 601]))
    def wait(self, seconds):
        self.stage.world.clock.advance(seconds)
        self.stage.world.settle(self.stage.now)

    @invariant()
    def the_user_sees_the_models_text(self):
        if not hasattr(self, "streams"):
            return
        now = self.stage.now.world
        for stream in self.streams:
            if stream["phase"] in {"open", "superseded"} and now - stream["opened"] > 600:
                stream["text"] = stream["first"]
        chats = self.stage.world.people.chats(self.user)
        shown = [line["text"] for line in chats[0]["messages"]] if chats else []
        assert shown == [stream["text"] for stream in self.streams]


TestAnyChunks = ChunkModel.TestCase
TestAnyChunks.settings = settings(effort(60, [HealthCheck.too_slow]), stateful_step_count=25)
