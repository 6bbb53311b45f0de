"""The world as a check sees it: every word there is, on one stage."""

from __future__ import annotations

from conformance.harness.words.bot import BotWords
from conformance.harness.words.dispatch import DispatchWords
from conformance.harness.words.features import FeatureWords
from conformance.harness.words.heartbeat import HeartbeatWords
from conformance.harness.words.login import LoginWords
from conformance.harness.words.outage import OutageWords
from conformance.harness.words.platform import PlatformWords
from conformance.harness.words.process import ProcessWords
from conformance.harness.words.resumption import ResumeWords
from conformance.harness.words.shards import ShardWords
from conformance.harness.words.startup import StartupWords
from conformance.harness.words.streaming import StreamWords
from conformance.harness.words.token import TokenWords
from conformance.harness.words.webhook import WebhookWords


class World(
    HeartbeatWords,
    LoginWords,
    DispatchWords,
    OutageWords,
    ResumeWords,
    ShardWords,
    ProcessWords,
    StartupWords,
    TokenWords,
    StreamWords,
    FeatureWords,
    BotWords,
    WebhookWords,
    PlatformWords,
):
    """One bot's platform, and the bot."""
