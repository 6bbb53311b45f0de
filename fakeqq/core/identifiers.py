"""Identifiers in the shapes the platform uses, from one seeded source of randomness per world."""

from __future__ import annotations

import base64
import string
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

# How many random bytes make an id as long as the captured ones
# (https://github.com/AstrBotDevs/AstrBot/issues/6931 prints whole ids).
_MESSAGE_ID_BYTES = 36
_REF_INDEX_BYTES = 16
_FILE_INFO_BYTES = 60
_TOKEN_BYTES = 48


class Identifiers:
    """Makes every id a world hands out.

    Args:
        random: the world's own source; two worlds with one seed hand out the same ids.
    """

    def __init__(self, random: Random) -> None:
        self._random = random

    def openid(self) -> str:
        """A user's or group's openid: 32 upper-case hex digits, as in the docs' examples."""
        return f"{self._random.getrandbits(128):032X}"

    def numeric(self) -> str:
        """A bot's or guild's numeric id as a string; botpy calls `int()` on it."""
        return str(self._random.randrange(10**18, 10**19))

    def channel_id(self) -> str:
        """A channel's id: seven digits, as in https://github.com/tencent-connect/bot-docs examples."""
        return str(self._random.randrange(10**6, 10**7))

    def interaction_id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def guild_message_id(self) -> str:
        """`08…`: hexadecimal, as message ids of guild channels are."""
        return f"08{self._random.getrandbits(144):036x}"

    def message_id(self) -> str:
        """`ROBOT1.0_…!`, as captured in https://github.com/AstrBotDevs/AstrBot/issues/6931."""
        text = base64.b64encode(self._random.randbytes(_MESSAGE_ID_BYTES), altchars=b".-").decode()
        return f"ROBOT1.0_{text}!"

    def event_id(self, event_type: str, message_id: str | None = None) -> str:
        """The envelope's `id`: the event type and, as captured in 2026, the message's letters and digits in lower case.

        Args:
            message_id: the message an event is about; other events have a UUID there.
        """
        if message_id is None:
            return f"{event_type}:{uuid.UUID(int=self._random.getrandbits(128), version=4)}"
        tail = "".join(filter(str.isalnum, message_id.removeprefix("ROBOT1.0_"))).lower()
        return f"{event_type}:{tail}"

    def ref_index(self) -> str:
        """`REFIDX_…==`, the id that a quote refers to."""
        return f"REFIDX_{base64.b64encode(self._random.randbytes(_REF_INDEX_BYTES)).decode()}"

    def file_info(self) -> str:
        """What stands for an uploaded file: base64 that only the platform reads."""
        return base64.b64encode(self._random.randbytes(_FILE_INFO_BYTES)).decode()

    def session_id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def trace_id(self) -> str:
        """32 lower-case hex digits, in the body and in `X-Tps-trace-ID`."""
        return f"{self._random.getrandbits(128):032x}"

    def plain_token(self) -> str:
        """What an address validation asks to sign: 20 letters and digits, as in the documented example."""
        return "".join(self._random.choices(string.ascii_letters + string.digits, k=20))

    def access_token(self) -> str:
        return base64.b64encode(self._random.randbytes(_TOKEN_BYTES), altchars=b"-_").decode()

    def secret(self) -> str:
        """32 letters and digits, the length of secrets the console shows."""
        return "".join(self._random.choices(string.ascii_letters + string.digits, k=32))
