"""Streams of frames: any sequence of requests against a plain model."""

from fuzz.effort import effort
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.stage import Stage, body_of

# The longest pass what is delivered in a second; twice one of them is more than a stream that is cut may hold.
TEXTS = st.sampled_from(["", "a", "ab", "b", "b" * 70, "a" * 1100])


def shown(stream):
    """What the user of the model sees."""
    return stream["text"][: len(stream["text"]) - stream["pending"]]


class FrameModel(RuleBasedStateMachine):
    """Any requests in any order: a plain list of texts says what the user sees."""

    @initialize(second=st.sampled_from(["refused", "allowed"]), empty=st.sampled_from(["refused", "accepted"]),
                delivery=st.sampled_from(["at-once", "paced"]), cut=st.sampled_from(["never", "2048"]))  # fmt: skip
    def begin(self, second, empty, delivery, cut):
        self.second, self.empty, self.delivery, self.cut = second, empty, delivery, cut
        self.stage = Stage()
        self.stage.set(switches={"s2_second_stream": second, "s2_empty_close": empty, "proactive_quota": "off",
                                 "s2_pace": "off", "s2_delivery": delivery, "s2_cut": cut})  # fmt: skip
        self.user = self.stage.world.people.user().openid
        self.streams = []

    @rule(which=st.integers(-2, 3), mode=st.sampled_from(["append", "replace"]), ends=st.integers(0, 3),
          index=st.integers(0, 8), text=TEXTS, extends=st.sampled_from(["", "text", "shown"]))  # fmt: skip
    def send(self, which, mode, ends, index, text, extends):
        self.settle()
        body = {"input_mode": mode, "input_state": 1 if ends else 10, "index": index, "content_raw": text}
        target = self.streams[which] if 0 <= which < len(self.streams) else None
        if target is not None:
            body["stream_msg_id"] = target["id"]
            if extends and mode == "replace":
                body["content_raw"] = (target["text"] if extends == "text" else shown(target)) + text
        elif which == -2:
            body["stream_msg_id"] = "unknown"
        now = self.stage.now.world
        allowed = self.allows(target, body, now)
        reply = self.stage.request("POST", f"/v2/users/{self.user}/stream_messages", body)
        is_late = allowed and target is not None and now - target["opened"] > 600
        assert (reply.status == 200) is (allowed and not is_late), (reply.error, body, target)
        assert (reply.error == "stream_timed_out") is is_late
        if allowed:
            target = self.apply(target, None if is_late else body_of(reply)["id"], body, now)
            assert is_late or body_of(reply)["remain_msg_len"] == target["pending"]

    @precondition(lambda self: getattr(self, "streams", None))
    @rule(mode=st.sampled_from(["append", "replace"]), ends=st.integers(0, 5), text=TEXTS.filter(bool))
    def carry_on(self, mode, ends, text):
        """What a good bot would send next."""
        self.send(len(self.streams) - 1, mode, ends, self.streams[-1]["index"] + 1, text, "text")

    def allows(self, target, body, now):
        text, is_end = body["content_raw"], body["input_state"] == 10
        if len(text) > 20_414:
            return False
        if target is None:
            taken = any(not other["over"] and now - other["opened"] <= 600 for other in self.streams)
            return (
                "stream_msg_id" not in body and not (is_end and not text) and not (taken and self.second == "refused")
            )
        if target["over"] or body["index"] <= target["index"]:
            return False
        if body["input_mode"] == "replace":
            return text.startswith(shown(target))
        return not (is_end and not text and self.empty == "refused")

    def apply(self, target, stream_id, body, now):
        if target is None:
            target = {"id": stream_id, "text": "", "opened": now, "pending": 0, "cut": False, "index": 0, "over": False}
            self.streams.append(target)
            flows = False
        else:
            flows = self.delivery == "paced" and body["input_state"] != 10 and now - target["opened"] <= 600
        text = body["content_raw"]
        if body["input_mode"] == "append":
            text = target["text"] + text
        target["cut"] = target["cut"] or (self.cut == "2048" and len(text.encode()) > 2048)
        if not target["cut"]:
            before = len(shown(target))
            target["since"] = target["since"] if target["pending"] else now
            target["text"], target["pending"] = text, len(text) - before if flows else 0
        target["index"], target["over"] = body["index"], body["input_state"] == 10
        return target

    @rule(seconds=st.sampled_from([1, 3, 200, 601]))
    def wait(self, seconds):
        self.stage.world.clock.advance(seconds)
        self.settle()

    def settle(self):
        """A second delivers 50 characters of each stream that has not been given up before."""
        self.stage.world.settle(self.stage.now)
        now = self.stage.now.world
        for stream in self.streams:
            if stream["pending"] and not stream.get("given_up") and not stream["over"]:
                due = min(stream["pending"], int(now - stream["since"]) * 50)
                stream["pending"] -= due
                stream["since"] = now
            stream["given_up"] = now - stream["opened"] > 600

    @invariant()
    def the_user_sees_the_models_text(self):
        if not hasattr(self, "streams"):
            return
        chats = self.stage.world.people.chats(self.user)
        lines = [line["text"] for line in chats[0]["messages"]] if chats else []
        assert lines == [shown(stream) for stream in self.streams]


TestAnyFrames = FrameModel.TestCase
TestAnyFrames.settings = settings(effort(60, [HealthCheck.too_slow]), stateful_step_count=25)
