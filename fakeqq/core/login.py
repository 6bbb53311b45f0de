"""IDENTIFY and RESUME: what is demanded of them, and which close code a mistake costs.

Sources: https://bot.q.qq.com/wiki/develop/api-v2/dev-prepare/interface-framework/event-emit.html; botgo@fe31c0d
`dto/websocket_payload.go`. A refused permission is announced by op 9 before the close frame tells the reason
(https://github.com/satorijs/satori/issues/226); other refusals are a bare close frame, which is our choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from fakeqq.core.sessions import Session
from fakeqq.wire.close_codes import CloseCode
from fakeqq.wire.intents import ALL_INTENTS
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.connection import Connection
    from fakeqq.core.world import World

_PREFIX = "QQBot "
# A shard count no bot has; keeps arithmetic and memory sane. Our choice.
_MOST_SHARDS = 10_000


def token_of(data: Any, op: Op | None) -> str:
    """The access token in an IDENTIFY or RESUME, or an empty string.

    IDENTIFY wants the prefix `QQBot `; RESUME takes it with and without: the docs show it bare and botgo sends it bare,
    all others prefix it.
    """
    token = data.get("token") if isinstance(data, dict) else None
    if not isinstance(token, str):
        return ""
    if token.startswith(_PREFIX):
        return token.removeprefix(_PREFIX)
    return token if op is Op.RESUME else ""


def identify(connection: Connection, data: Any, now: Instant) -> None:
    """Open a new session, or say with a close code why not."""
    if not isinstance(data, dict) or not isinstance(data.get("token"), str):
        connection.close(CloseCode.INVALID_PAYLOAD, now)
        return
    world = connection.world
    if world is None or not world.tokens.is_valid(token_of(data, Op.IDENTIFY), now.world):
        connection.refuse(CloseCode.AUTHENTICATION_FAILED, now, announced=False)
        return
    shard = _shard(data.get("shard"))
    if shard is None:
        connection.refuse(CloseCode.INVALID_SHARD, now, announced=False)
        return
    intents: Any = data.get("intents")
    if not _is_integer(intents) or intents < 0 or intents & ~int(ALL_INTENTS):
        connection.refuse(CloseCode.INVALID_INTENTS, now, announced=False)
        return
    if intents & ~world.settings.permitted_intents:
        # One bit without permission rejects the whole IDENTIFY (https://github.com/satorijs/satori/issues/363).
        connection.refuse(CloseCode.DISALLOWED_INTENTS, now, announced=True)
        return
    session = Session(world.identifiers.session_id(), shard, intents)
    world.sessions.add(session)
    world.session_starts.append(now.world)
    connection.ready(session, world.bot_user(), now)


def resume(connection: Connection, data: Any, now: Instant) -> None:
    """Attach a session to this socket and replay what it missed, or refuse."""
    if not isinstance(data, dict) or not isinstance(data.get("token"), str):
        connection.close(CloseCode.INVALID_PAYLOAD, now)
        return
    world = connection.world
    if world is None or not world.tokens.is_valid(token_of(data, Op.RESUME), now.world):
        connection.refuse(CloseCode.AUTHENTICATION_FAILED, now, announced=False)
        return
    session_id: Any = data.get("session_id")
    seq: Any = data.get("seq")
    session = None
    if isinstance(session_id, str):
        session = world.sessions.resumable(session_id, world.settings.session_lifetime, now.world)
    if session is None:
        _refuse_resume(connection, world, now)
        return
    if not _is_integer(seq) or not 0 <= seq <= session.s:
        connection.refuse(CloseCode.INVALID_SEQ, now, announced=False)
        return
    policy = world.settings.switch("replay")
    # "overlap": events already handled come again, as in https://github.com/agentscope-ai/QwenPaw/issues/7946
    first = max(seq - 1, 0) if policy == "overlap" else seq
    missed = [] if policy == "none" else list(session.missed(first))
    connection.resumed(session, missed, now)


def _refuse_resume(connection: Connection, world: World, now: Instant) -> None:
    """A session nobody knows: three ways were seen or are documented, the switch chooses."""
    match world.settings.switch("resume_refusal"):
        case "4902":
            connection.refuse(CloseCode.RESET_BY_RESUME, now, announced=False)
        case "4006":
            connection.refuse(CloseCode.INVALID_SESSION, now, announced=False)
        case _:
            connection.refuse(CloseCode.INVALID_SESSION, now, announced=True)


def _shard(value: Any) -> tuple[int, int] | None:
    """`[index, count]`; absent means unsharded (https://bot.q.qq.com/wiki, and clients that leave it out)."""
    if value is None:
        return (0, 1)
    if not isinstance(value, list) or len(value) != 2 or not all(_is_integer(part) for part in value):
        return None
    index, shards = value
    return (index, shards) if 0 <= index < shards <= _MOST_SHARDS else None


def _is_integer(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
