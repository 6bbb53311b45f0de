"""The world as a check sees it: every word there is, on one stage."""

from __future__ import annotations

from conformance.harness.words.bot import BotWords
from conformance.harness.words.features import FeatureWords
from conformance.harness.words.platform import PlatformWords


class World(FeatureWords, BotWords, PlatformWords):
    """One bot's platform, and the bot."""
