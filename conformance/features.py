"""What a bot may have beyond the echo, and what a row may ask for.

A message of the adapter contract reaches the bot in C2C; everything here is declared by the adapter, or found by a
probe.
"""

from __future__ import annotations

from enum import StrEnum


class Feature(StrEnum):
    """One thing that not every bot does; the values are what `adapter.toml` and `--features` hold."""

    GROUP = "group"  # answers in groups
    CHANNEL = "channel"  # answers in guild channels
    DM = "dm"  # answers in the direct messages of a guild
    SHARDS = "shards"  # opens as many connections as the gateway's answer recommends
    BURST = "burst"  # `burst N`
    STREAM = "stream"  # `stream N`
    STREAM_BREAK = "stream-break"  # `stream-break`
    MARKDOWN = "markdown"  # `markdown X`
    IMAGE = "image"  # `image`
    WEBHOOK = "webhook"  # FAKEQQ_TRANSPORT=webhook
