"""Whether the bot has a feature that it does not declare: one quick look at the wire for each."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from conformance.features import Feature
from conformance.harness import pace
from conformance.harness.words.bot import BotWords
from conformance.harness.words.webhook import WebhookWords
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.harness.journal import Entry

SHARDS = 2
"""The smallest number that tells such a bot from others."""

PAIR = 2
"""Numbers in `shard`: which, of how many."""


class FeatureWords(BotWords, WebhookWords):
    """Probes. Each starts the bot itself, and answers whether it was seen to do the thing."""

    def bot_has(self, feature: Feature) -> bool:
        """Whether the bot does it.

        Raises:
            Blocked: the bot is not well.
        """
        return PROBES[feature](self)

    def speaks_in(self, scene: str) -> bool:
        """An answer to what is said in this scene."""
        self.bot_is_online()
        text = f"ping{secrets.token_hex(4)}"
        since = self._journal_end()
        said = self._control.say(text, scene=scene)
        where = {"kind": "user.sees", "text": {"contains": text}}
        return bool(said["delivered"]) and self._watch.occurs(where, since=since, within=pace.PROBE) is not None

    def obeys(self, command: str, sign: Callable[[Entry], bool]) -> bool:
        """Such a call after this message in C2C."""
        self.bot_is_online()
        since = self._journal_end()
        self._control.say(command)
        calls = {"kind": "http.request", "method": "POST"}
        return self._watch.occurs(calls, since=since, within=pace.PROBE, such_that=sign) is not None

    def answers_in_bursts(self) -> bool:
        """A second answer to one message."""
        self.bot_is_online()
        since = self._journal_end()
        self._control.say("burst 3")
        first = self._watch.occurs({"kind": "user.sees"}, since=since, within=pace.PROBE)
        if first is None:
            return False
        return self._watch.occurs({"kind": "user.sees"}, since=first["id"], within=pace.PROBE) is not None

    def serves_two_bots(self) -> bool:
        """Anything that needs the second bot's credentials."""
        with self.second_bot() as second:
            self.open_for_both(second)
            self.address_is_validated()
            return second.is_served()

    def opens_shards(self) -> bool:
        """IDENTIFY for a shard of as many as the gateway recommends."""
        self._control.settings(shards=SHARDS)
        self.bot_starts()
        first = self._watch.first(
            {"kind": "ws.in", "op": Op.IDENTIFY.value}, since=0, within=pace.STARTS, expected="the bot logs in"
        )
        return _shard_count(first) == SHARDS


def _shard_count(identify: Entry) -> int | None:
    frame = identify.get("frame")
    data = frame.get("d") if isinstance(frame, dict) else None
    shard = data.get("shard") if isinstance(data, dict) else None
    return shard[1] if isinstance(shard, list) and len(shard) == PAIR else None


def _body(call: Entry) -> Mapping[str, Any]:
    body = call.get("body")
    return body if isinstance(body, dict) else {}


def _streams(call: Entry) -> bool:
    return bool(_body(call).get("stream")) or (call.get("operation") or "").endswith("/stream_messages")


def _formats(call: Entry) -> bool:
    return bool(_body(call).get("markdown"))


def _shows_image(call: Entry) -> bool:
    """Any of the ways to an image: an upload, a media message, a channel's `image` or form."""
    body = _body(call)
    return (call.get("operation") or "").endswith("/files") or bool(body.get("media") or body.get("image"))


PROBES: Mapping[Feature, Callable[[FeatureWords], bool]] = {
    Feature.GROUP: lambda world: world.speaks_in("group"),
    Feature.CHANNEL: lambda world: world.speaks_in("channel"),
    Feature.DM: lambda world: world.speaks_in("dm"),
    Feature.SHARDS: lambda world: world.opens_shards(),
    Feature.BURST: lambda world: world.answers_in_bursts(),
    Feature.STREAM: lambda world: world.obeys("stream 3", _streams),
    Feature.STREAM_BREAK: lambda world: world.obeys("stream-break", _streams),
    Feature.MARKDOWN: lambda world: world.obeys("markdown **x**", _formats),
    Feature.IMAGE: lambda world: world.obeys("image", _shows_image),
    Feature.WEBHOOK: lambda world: world.listens_by_webhook(),
    Feature.TWO_BOTS: lambda world: world.serves_two_bots(),
}
