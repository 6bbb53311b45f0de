"""The world as a check sees it: every word there is, on one stage."""

from __future__ import annotations

from conformance.harness.words.bot import BotWords
from conformance.harness.words.features import FeatureWords
from conformance.harness.words.heartbeat import HeartbeatWords
from conformance.harness.words.login import LoginWords
from conformance.harness.words.outage import OutageWords
from conformance.harness.words.platform import PlatformWords
from conformance.harness.words.shards import ShardWords


class World(HeartbeatWords, LoginWords, OutageWords, ShardWords, FeatureWords, BotWords, PlatformWords):
    """One bot's platform, and the bot."""
