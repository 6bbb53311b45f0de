"""IDENTIFY and RESUME: what is demanded of them, and which close code a mistake costs.

Sources: https://bot.q.qq.com/wiki/develop/api-v2/dev-prepare/interface-framework/event-emit.html; botgo@fe31c0d
`dto/websocket_payload.go`. A refused permission is announced by op 9 before the close frame tells the reason
(https://github.com/satorijs/satori/issues/226); about most other refusals nobody knows, and a switch chooses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from fakeqq.core.gateway import admission
from fakeqq.core.gateway.sessions import Session
from fakeqq.wire.close_codes import CloseCode
from fakeqq.wire.intents import ALL_INTENTS
from fakeqq.wire.ops import Op
from fakeqq.wire.switches import switch

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.gateway.connection import Connection
    from fakeqq.core.settings import WorldSettings
    from fakeqq.core.world import World

_PREFIX = "QQBot "
# What is told by op 9 before the close frame, by the choice of `refusal_op9`; the others are a bare close frame.
_SEEN = frozenset({CloseCode.DISALLOWED_INTENTS, CloseCode.CREATE_SESSION_ERROR})
_ANNOUNCED = {
    "seen": _SEEN,
    "some": _SEEN | {CloseCode.BOT_UNLISTED, CloseCode.BOT_BANNED},
    "every": frozenset(CloseCode),
}
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
    world = _welcome(connection, data, Op.IDENTIFY, now)
    if world is None:
        return
    shard, intents = _shard(data.get("shard")), data.get("intents")
    if shard is None:
        _refuse(connection, CloseCode.INVALID_SHARD, now)
    elif not _is_integer(intents) or intents < 0 or intents & ~int(ALL_INTENTS):
        _refuse(connection, CloseCode.INVALID_INTENTS, now)
    elif intents & ~world.settings.permitted_intents:
        # One bit without permission rejects the whole IDENTIFY (https://github.com/satorijs/satori/issues/363).
        _refuse(connection, CloseCode.DISALLOWED_INTENTS, now)
    elif admission.holds_too_many_guilds(world, shard):
        _refuse(connection, CloseCode.SHARDING_REQUIRED, now)
    elif admission.over_budget(world, now):
        # The reason seen for a bot that logged in too often: https://github.com/tencent-connect/openclaw-qqbot/issues/18
        _refuse(connection, CloseCode.CREATE_SESSION_ERROR, now)
    else:
        session = Session(world.identifiers.session_id(), shard, intents, made_at=now.world)
        world.sessions.add(session)
        admission.spend(world, now)
        connection.ready(session, world.bot_user(), now)


def resume(connection: Connection, data: Any, now: Instant) -> None:
    """Bring a session back on this socket, or say with a close code why not."""
    world = _welcome(connection, data, Op.RESUME, now)
    if world is None:
        return
    session_id, seq, settings = data.get("session_id"), data.get("seq"), world.settings
    session = None
    if isinstance(session_id, str):
        session = world.sessions.resumable(session_id, settings.session_lifetime, now.world)
    if session is None:
        _refuse_resume(connection, world, now)
    elif not _is_integer(seq) or not 0 <= seq <= session.s:
        _refuse(connection, CloseCode.INVALID_SEQ, now)
    elif session.intents & ~settings.permitted_intents:
        # Documented for "the next connection" after a permission is taken back.
        _refuse(connection, CloseCode.DISALLOWED_INTENTS, now)
    elif admission.resume_spends(world) and admission.over_budget(world, now):
        _refuse(connection, CloseCode.CREATE_SESSION_ERROR, now)
    else:
        if admission.resume_spends(world):
            admission.spend(world, now)
        _bring_back(connection, session, seq, world.settings, now)


def _bring_back(connection: Connection, session: Session, seq: int, settings: WorldSettings, now: Instant) -> None:
    """Attach the session to this socket and replay what it missed."""
    session.deaf = settings.deaf_after is not None and now.world - session.made_at >= settings.deaf_after
    # "overlap": events already handled come again, as in https://github.com/agentscope-ai/QwenPaw/issues/7946
    first = max(seq - 1, 0) if settings.switch("replay") == "overlap" else seq
    is_silent = session.deaf or settings.switch("replay") == "none"
    lost = 0 if is_silent else session.lost(seq)
    if lost:
        # No document says what the platform does with a session that missed too much. Our choice.
        connection.note(now, "replay.lost", session_id=session.id, seq=seq, count=lost)
    connection.resumed(session, [] if is_silent else list(session.missed(first)), now)


def _welcome(connection: Connection, data: Any, op: Op, now: Instant) -> World | None:
    """The world that lets this bot in; None when it was refused already."""
    if not isinstance(data, dict) or not isinstance(data.get("token"), str):
        connection.close(CloseCode.INVALID_PAYLOAD, now)
        return None
    world, token = connection.world, token_of(data, op)
    if world is None or not world.tokens.is_valid(token, now.world):
        _refuse(connection, CloseCode.AUTHENTICATION_FAILED, now)
        return None
    unwelcome = admission.unwelcome(world, connection.client)
    if unwelcome is not None:
        _refuse(connection, unwelcome, now)
        return None
    connection.token = token
    return world


def _refuse(connection: Connection, code: CloseCode, now: Instant) -> None:
    world = connection.world
    choice = world.settings.switch("refusal_op9") if world else switch("refusal_op9").default
    connection.refuse(code, now, announced=code in _ANNOUNCED[choice])


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
