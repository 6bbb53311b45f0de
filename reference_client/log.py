"""Log lines that a person and a program can read: `what.happened key=value key="two words"`, on stderr."""

import json
import logging
import sys
from collections.abc import Mapping
from typing import Any

logger = logging.getLogger("reference_client")

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/+")


def line(event: str, details: Mapping[str, Any]) -> str:
    """One log line. Values with anything but plain characters are printed as JSON strings."""
    return " ".join([event, *(f"{key}={_value(value)}" for key, value in details.items())])


def _value(value: Any) -> str:
    text = str(value)
    return text if text and _PLAIN.issuperset(text) else json.dumps(text, ensure_ascii=False)


def report(level: int, event: str, **details: Any) -> None:
    """Log an event, if anybody listens at that level."""
    if logger.isEnabledFor(level):
        logger.log(level, "%s", line(event, details))


def configure() -> None:
    """Send the package's log lines to stderr. For programs; importing the package configures nothing."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
