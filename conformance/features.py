"""What a bot may have beyond the echo, and what a row may ask for.

A message of the adapter contract reaches the bot in C2C; everything here is declared by the adapter, or found by a
probe.
"""

from __future__ import annotations

import difflib
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


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
    TWO_BOTS = "two-bots"  # FAKEQQ_APP_ID_2, too, at the same webhook address


class UnknownFeatureError(ValueError):
    """A word that is no feature; the message lists them, or suggests the nearest."""


def read_features(words: Iterable[str]) -> frozenset[Feature]:
    """The features that these words name; empty words are left out.

    Raises:
        UnknownFeatureError: a word names none.
    """
    return frozenset(_feature(word.strip()) for word in words if word.strip())


def _feature(word: str) -> Feature:
    try:
        return Feature(word)
    except ValueError as error:
        near = difflib.get_close_matches(word, list(Feature), n=2)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(Feature)}"
        raise UnknownFeatureError(f"no feature is called {word!r}; {hint}") from error
