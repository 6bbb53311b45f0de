"""Rules that sources contest, or that nobody knows: each is a switch of a world.

The default is the choice that finds more bugs in a client without being wrong on the real platform.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from fakeqq.wire.eras import DEFAULT_ERA, Era
from fakeqq.wire.evidence import Evidence
from fakeqq.wire.sources import (
    DOCS_C2C_SEND,
    DOCS_SEND,
    DOCS_TOKEN,
    FIELD_REPORT,
    docs_2026,
    issue,
)
from fakeqq.wire.switch_row import Switch
from fakeqq.wire.switches_gateway import GATEWAY_SWITCHES
from fakeqq.wire.switches_guilds import GUILD_SWITCHES
from fakeqq.wire.switches_messages import MEDIA_SWITCHES, SENDING_SWITCHES
from fakeqq.wire.switches_streams import STREAM_SWITCHES

__all__ = ["CONTESTED", "SWITCHES", "Switch", "switch"]


_D, _O = Evidence.DOCUMENTED, Evidence.OBSERVED

_ERA = Switch(
    "era",
    DEFAULT_ERA.value,
    tuple(era.value for era in Era),
    "which of two answers an unknown token, an openid of another bot and a refused proactive message meet. A setting "
    "of its own, beside `switches`",
    _O,
    (issue("Kloping/qqpd-bot-java", 39), FIELD_REPORT),
    "sources disagree across time: dated reports bound the change, no announcement does",
)

SWITCHES: tuple[Switch, ...] = (
    Switch(
        "c2c_reply_count",
        "4",
        ("4", "5", "unenforced"),
        "how many passive replies one C2C message allows",
        _D,
        (DOCS_C2C_SEND, DOCS_SEND, issue("tencent-connect/botpy", 235)),
        "sources disagree: 4 in 2026, 5 in 2025, and more than five were delivered in probes. The smallest "
        "documented number is the default: a client that keeps to it works everywhere",
    ),
    Switch(
        "expired_wording",
        "first",
        ("first", "second", "third"),
        "which of three texts an expired `msg_id` gets: 40034005, 40034031 or 304103",
        _O,
        (issue("NousResearch/hermes-agent", 43467), FIELD_REPORT, DOCS_C2C_SEND),
        "sources disagree: the first two were seen for one situation; the tables have the first and the third",
    ),
    Switch(
        "proactive",
        "allowed",
        ("allowed", "refused"),
        "whether a message without `msg_id` and `event_id` is accepted",
        _O,
        (issue("AstrBotDevs/AstrBot", 7904), issue("tencent-connect/openclaw-qqbot", 43)),
        "sources disagree because it is a permission of the bot: both answers are common",
    ),
    Switch(
        "token_budget",
        "off",
        ("off", "on"),
        "whether the token endpoint refuses, with 100001, more than TOKEN_CALLS_PER_MINUTE calls in a minute",
        _D,
        (DOCS_TOKEN,),
        "sources disagree by silence: the refusal is documented, its number is not and is our choice",
    ),
    Switch(
        "group_msg_event",
        "at",
        ("at", "full", "both"),
        "how an @ of the bot in a group arrives: GROUP_AT_MESSAGE_CREATE, or GROUP_MESSAGE_CREATE as where "
        "the bot receives all messages, or there as both, with one message id",
        _D,
        (docs_2026("autogen/event/group_message_create"), issue("NousResearch/hermes-agent", 63761)),
        "sources disagree on full mode: one report has the new event alone, another has both events",
    ),
    Switch(
        "error_form",
        "both",
        ("both", "err-code"),
        "whether a refusal has `code` and `err_code`, or `err_code` alone",
        _O,
        (docs_2026("autogen/api/v2_users_user_openid_messages.post"), issue("bubbuild/bub-contrib", 57)),
        "sources disagree: the documents of 2026 print no `code`, every captured body has it",
    ),
    *GATEWAY_SWITCHES,
    *SENDING_SWITCHES,
    *MEDIA_SWITCHES,
    *STREAM_SWITCHES,
    *GUILD_SWITCHES,
)

CONTESTED: tuple[Switch, ...] = (_ERA, *SWITCHES)
"""All that is contested, for people to read: the era, which is set beside the switches, and the switches."""

_BY_NAME: Mapping[str, Switch] = MappingProxyType({row.name: row for row in SWITCHES})


def switch(name: str) -> Switch:
    """The row of a switch.

    Raises:
        KeyError: no such switch; the message suggests the nearest name.
    """
    try:
        return _BY_NAME[name]
    except KeyError:
        near = get_close_matches(name, _BY_NAME, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise KeyError(f"no switch {name!r}{hint}") from None
