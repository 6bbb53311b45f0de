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
    DOCS_GATEWAY,
    DOCS_SEND,
    DOCS_TOKEN,
    DOCS_WEBSOCKET,
    FIELD_REPORT,
    OURS,
    docs_2026,
    issue,
)
from fakeqq.wire.switch_row import Switch
from fakeqq.wire.switches_guilds import GUILD_SWITCHES
from fakeqq.wire.switches_messages import MEDIA_SWITCHES, SENDING_SWITCHES
from fakeqq.wire.switches_streams import STREAM_SWITCHES

__all__ = ["CONTESTED", "SWITCHES", "Switch", "switch"]


_D, _O, _I, _C = Evidence.DOCUMENTED, Evidence.OBSERVED, Evidence.INFERRED, Evidence.OUR_CHOICE

_ERA = Switch(
    "era",
    DEFAULT_ERA.value,
    tuple(era.value for era in Era),
    "which of two answers an unknown token, an openid of another bot and a refused proactive message meet. A setting of "
    "its own, beside `switches`",
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
        "replay",
        "exact",
        ("exact", "overlap", "none"),
        "what RESUME replays: the events after `seq`, also the one at `seq`, or nothing",
        _D,
        (DOCS_WEBSOCKET, issue("agentscope-ai/QwenPaw", 7946), issue("NousResearch/hermes-agent", 106291)),
        "sources disagree: the documents say after `seq`; logs show handled events again, others none at all",
    ),
    Switch(
        "missed_heartbeats",
        "drop",
        ("drop", "close-4009", "ignore"),
        "what a connection that stopped its heartbeats meets: TCP gone, close 4009, or nothing",
        _O,
        (issue("NousResearch/hermes-agent", 20531), issue("NousResearch/hermes-agent", 24357)),
        "sources disagree: drops without a close frame after 60 to 90 s, and 4009 `Session timed out`",
    ),
    Switch(
        "resume_refusal",
        "invalid-session",
        ("invalid-session", "4006", "4902"),
        "how a RESUME of an unknown session is refused: op 9 and then a close, close 4006, or close 4902",
        _I,
        (DOCS_WEBSOCKET, issue("tencent-connect/bot-node-sdk", 94)),
        "sources disagree: the table gives 4006, logs show 4902 `reset by resume`, clients wait for op 9",
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
        "gateway_budget",
        "off",
        ("off", "real", "strict"),
        "how often `/gateway` and `/gateway/bot` may be asked: always, 2 a minute with a burst of 10, or 2",
        _D,
        (DOCS_GATEWAY, issue("NousResearch/hermes-agent", 18172)),
        "sources disagree on the burst: 10 are documented, a run met the refusal after about two. Off, so "
        "that a developer who restarts a bot all day is not locked out",
    ),
    Switch(
        "session_budget",
        "off",
        ("off", "real", "strict"),
        "when an IDENTIFY is refused with op 9 and close 4903: never, when `remaining` is 0, or also above "
        "`max_concurrency` in 5 s",
        _D,
        (DOCS_WEBSOCKET, issue("tencent-connect/openclaw-qqbot", 18)),
        "sources disagree by silence: the budget is documented, its refusal is not; op 9 and 4903 were seen on a bot "
        "that had logged in too often. Off, as a developer's restarts must not lock a bot out",
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
        "token_expiry",
        "ignored",
        ("ignored", "close-4004"),
        "what a live socket meets when the token it logged in with dies: nothing, or close 4004",
        _C,
        (OURS, issue("zhinjs/qq-official-bot", 98)),
        "sources disagree by silence: no report says that a socket dies with its token, and "
        "expired ones were seen to meet 4004 at login",
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
