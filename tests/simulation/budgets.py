"""What the platform counts against a bot: calls, logins, and passive replies to one message."""

from collections import defaultdict, deque

from reference_client.messages import REPLIES, Scene

GATEWAY = "GET /gateway/bot"
MINUTE = 60.0
WINDOWS = {"c2c": 3600.0, "group": 300.0}
"""Seconds in which a message may be answered (`c2c_reply_window` as it is when nobody sets it)."""


class Budgets:
    """Reads the journal of one day.

    Attributes:
        process: the number of the bot's process that is at work.
        refused: calls and logins that were refused because there were too many.
    """

    def __init__(self, world, clock):
        self._world, self._clock = world, clock
        self.process = 0
        self.refused = 0
        self._asked = deque(maxlen=20)
        self._excused_until = 0.0
        self._said = {}
        self._shown = defaultdict(set)
        self._late = []
        self._over = []
        self._on = {
            "http.request": self._request, "http.response": self._response, "fault": self._fault,
            "ws.close": self._close, "user.said": self._say, "user.sees": self._see,
        }  # fmt: skip

    def disturbed(self, seconds=0.0):
        """An answer of the gateway endpoint may be lost for so long; that excuses what is asked in a minute after."""
        self._excused_until = max(self._excused_until, self._clock.now + seconds + MINUTE)

    def look(self, entry):
        """Take an entry of the journal."""
        handle = self._on.get(entry["kind"])
        if handle is not None:
            handle(entry)

    def _request(self, entry):
        if entry["operation"] == GATEWAY:
            self._asked.append((self._clock.now, self.process))

    def _response(self, entry):
        if entry["error"] is not None and entry["fault"] is None:
            self._refuse(entry)

    def _fault(self, entry):
        if entry["moment"] == f"http: {GATEWAY}":
            self.disturbed()

    def _close(self, entry):
        # Nothing tells a bot that its RESUMEs are counted.
        is_told = self._world.settings.switch("resume_spends") == "no"
        self.refused += is_told and entry["by"] == "server" and entry["code"] == 4903

    def _say(self, entry):
        self._said[entry["message_id"]] = (entry["text"], entry["scene"], entry["at"])

    def _see(self, entry):
        if entry["proactive"] or entry["reply_to"] not in self._said:
            return
        _, scene, said_at = self._said[entry["reply_to"]]
        self._shown[entry["reply_to"]].add(entry["message_id"])
        if entry.get("stream") is None and entry["at"] - said_at > WINDOWS[scene]:
            self._late.append(entry["text"])

    def _refuse(self, entry):
        match entry["error"]:
            case "token_rate_limited":
                self.refused += 1
            case "gateway_rate_limited":
                # A process that asks again after an answer that was lost, or after another process, cannot know.
                lately = {process for at, process in self._asked if self._clock.now - at <= MINUTE}
                self.refused += self._clock.now > self._excused_until and len(lately) == 1
            case "passive_limit_exceeded":
                request = next(self._world.journal.since(entry["request"] - 1))
                self._over.append(request["body"]["msg_id"])

    def problem(self, interrupted):
        """What went wrong, or None; `interrupted`: by text, how often a process ended in the midst of an answer."""
        if self.refused:
            return f"{self.refused} calls or logins over a budget"
        if self._late:
            return f"{self._late[0]!r} was shown as a reply after its time"
        for message_id in self._over:
            text = self._said[message_id][0]
            if not interrupted[text]:
                return f"a reply to {text!r} was one too many"
        for message_id, shown in self._shown.items():
            text, scene, _ = self._said[message_id]
            if len(shown) > self._most(scene, interrupted[text]):
                return f"{text!r} got {len(shown)} passive replies"
        return None

    def _most(self, scene, interrupted):
        limit = self._world.settings.switch(f"{scene}_reply_count")
        return REPLIES[Scene(scene)] * (1 + interrupted) if limit == "unenforced" else int(limit)
