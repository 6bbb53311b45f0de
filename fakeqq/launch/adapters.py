"""How each known adapter is pointed at a local server: facts, as data.

An adapter with settings of its own gets them; the others hold the platform's addresses as literals, and only
`fakeqq run` reaches them.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakeqq.launch.errors import LaunchError

if TYPE_CHECKING:
    from fakeqq.launch.ready import Ready


_RUN = "It has no setting for the addresses. Start it with: fakeqq run -- COMMAND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """One adapter.

    Attributes:
        name: what a person types.
        package: the released package that was looked at.
        source: where it is published, or where its setting is written.
        aliases: other words for it.
        variables: environment variables; a value may hold names of `fields` in braces.
        code: lines for its configuration or source, likewise.
        note: what a person must know.
    """

    name: str
    package: str
    source: str
    aliases: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    code: str = ""
    note: str = _RUN


_SDK_VARIABLES = (
    ("QQ_API_BASE", "{api_base}"),
    ("QQ_TOKEN_URL", "{token_url}"),
    ("QQ_APP_ID", "{app_id}"),
    ("QQ_CLIENT_SECRET", "{secret}"),
)

_SATORI = """\
adapter-qq:
  id: "{app_id}"
  secret: {secret}
  token: unused
  type: public
  sandbox: false
  endpoint: {api_base}/
  authType: bot"""

_BOTGO = """\
constant.APIDomain = "{api_base}"
constant.SandBoxAPIDomain = "{api_base}"
constant.TokenDomain = "{api_base}\""""

ADAPTERS = (
    Adapter(
        name="nonebot",
        package="nonebot-adapter-qq 1.7.3",
        source="https://github.com/nonebot/adapter-qq",
        aliases=("nonebot2", "nonebot-adapter-qq", "nb"),
        variables=(
            ("QQ_API_BASE", "{api_base}"),
            ("QQ_AUTH_BASE", "{token_url}"),
            ("QQ_IS_SANDBOX", "false"),
            ("QQ_BOTS", "{nonebot_bots}"),
        ),
        note="The same names work in its .env file.",
    ),
    Adapter(
        name="qqbot-agent-sdk",
        package="qqbot-agent-sdk 1.2.2",
        source="https://pypi.org/project/qqbot-agent-sdk/1.2.2/",
        aliases=("agent-sdk",),
        variables=_SDK_VARIABLES,
        note="",
    ),
    Adapter(
        name="hermes",
        package="hermes-agent 0.19.0",
        source="https://github.com/NousResearch/hermes-agent/pull/90735",
        aliases=("hermes-agent",),
        variables=_SDK_VARIABLES,
        note=("Version 0.19.0 ignores both addresses; a pull request adds them. Start it with: fakeqq run -- COMMAND"),
    ),
    Adapter(
        name="satori",
        package="@satorijs/adapter-qq 4.11.0",
        source="https://koishi.chat/zh-CN/plugins/adapter/qq.html",
        aliases=("koishi", "adapter-qq", "@satorijs/adapter-qq", "@koishijs/plugin-adapter-qq"),
        code=_SATORI,
        note=("The token's address is a literal; authType bot asks for no token. With tokens: fakeqq run -- COMMAND"),
    ),
    Adapter(
        name="botgo",
        package="github.com/tencent-connect/botgo",
        source="https://github.com/tencent-connect/botgo/blob/42cb5b8/constant/constant.go",
        aliases=("go",),
        code=_BOTGO,
        note=(
            "Variables of its package `constant`, to be set before the first call. "
            "Or unchanged: fakeqq run --via netns -- COMMAND"
        ),
    ),
    Adapter(
        name="botpy",
        package="qq-botpy 1.2.1",
        source="https://github.com/tencent-connect/botpy",
        aliases=("qq-botpy",),
    ),
    Adapter(name="astrbot", package="AstrBot 4.14.6", source="https://github.com/AstrBotDevs/AstrBot"),
    Adapter(name="langbot", package="LangBot 4.11.2", source="https://github.com/langbot-app/LangBot"),
    Adapter(
        name="zhin",
        package="qq-official-bot 1.0.13",
        source="https://www.npmjs.com/package/qq-official-bot",
        aliases=("qq-official-bot",),
    ),
    Adapter(
        name="guild",
        package="qq-guild-bot 2.9.5",
        source="https://github.com/tencent-connect/bot-node-sdk",
        aliases=("qq-guild-bot", "bot-node-sdk"),
    ),
    Adapter(
        name="openclaw-qqbot",
        package="openclaw-qqbot 1.7.1",
        source="https://github.com/tencent-connect/openclaw-qqbot",
    ),
    Adapter(
        name="openclaw",
        package="@openclaw/qqbot 2026.7.35",
        source="https://github.com/openclaw/openclaw",
        aliases=("@openclaw/qqbot",),
        note="It refuses names that lead to loopback. Start it with: fakeqq run --via netns -- COMMAND",
    ),
)


def find(name: str) -> Adapter:
    """The adapter of a name or alias, upper or lower case.

    Raises:
        LaunchError: none; with the nearest names.
    """
    wanted = name.lower()
    words = {word.lower(): adapter for adapter in ADAPTERS for word in (adapter.name, *adapter.aliases)}
    if wanted in words:
        return words[wanted]
    near = difflib.get_close_matches(wanted, words, n=3, cutoff=0.5)
    known = ", ".join(adapter.name for adapter in ADAPTERS)
    advice = f"Did you mean {' or '.join(near)}? Known: {known}." if near else f"Known: {known}."
    raise LaunchError(f"no adapter has the name {name!r}", advice, exit_code=2)


def fields(ready: Ready) -> dict[str, str]:
    """What may stand in braces in a row."""
    bot = {
        "id": ready.app_id,
        "token": "unused",
        "secret": ready.secret,
        "intent": {"c2c_group_at_messages": True},
    }
    return {
        "api_base": ready.api_base,
        "token_url": ready.token_url,
        "app_id": ready.app_id,
        "secret": ready.secret,
        "nonebot_bots": json.dumps([bot]),
    }
