"""A complete, realistic `d` for every event type of the intents table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fakeqq.core.events import payloads_guilds as guilds
from fakeqq.core.events import payloads_messages as messages
from fakeqq.core.events import payloads_relations as relations

if TYPE_CHECKING:
    from fakeqq.core.events.cast import Cast

Builder = Callable[["Cast"], dict[str, Any]]


def default_payload(event_type: str, cast: Cast) -> dict[str, Any] | None:
    """The `d` of an event as the platform would send it; None for a type nobody has documented."""
    builder = _BUILDERS.get(event_type)
    return builder(cast) if builder else None


def _group_message(cast: Cast) -> dict[str, Any]:
    """A message of all-messages mode with an @ of the bot, as in the captured event."""
    said = messages.Said(
        id=cast.identifiers.message_id(), text=f"<@{cast.bot.openid}> 你好", user=cast.user, at=cast.at,
        ref_index=cast.identifiers.ref_index(), mentions=(messages.bot_mention(cast.bot),),
    )  # fmt: skip
    return messages.group_message(said, cast.group)


def _channel_message(cast: Cast) -> dict[str, Any]:
    said = cast.said(f"<@!{cast.bot.id}> 你好", in_guild=True)
    member_id, channel = cast.member_id, cast.channel
    return messages.channel_message(said, cast.guild, channel, member_id, cast.bot)


def _interaction(cast: Cast) -> dict[str, Any]:
    button = {"button_data": "confirm:once", "button_id": "allow-once"}
    place = {"user_openid": cast.openid}
    return relations.button_pressed(cast.identifiers.interaction_id(), cast.app_id, "c2c", place, button, cast.at)


def _guild(cast: Cast) -> dict[str, Any]:
    return guilds.guild_event(cast.guild, cast.member_id)


def _channel(cast: Cast) -> dict[str, Any]:
    return guilds.channel_event(cast.channel, cast.guild.owner_id)


def _member(cast: Cast) -> dict[str, Any]:
    return guilds.member_event(cast.guild, cast.member_id, cast.user.name)


def _reaction(cast: Cast) -> dict[str, Any]:
    return guilds.reaction(cast.channel, cast.member_id, cast.identifiers.guild_message_id())


def _deleted(cast: Cast) -> dict[str, Any]:
    channel = cast.channel
    return guilds.deleted_message(channel.guild_id, channel.id, cast.member_id, cast.identifiers.guild_message_id())


def _deleted_direct(cast: Cast) -> dict[str, Any]:
    direct = cast.direct
    return guilds.deleted_message(
        direct.guild_id, direct.channel_id, cast.member_id, cast.identifiers.guild_message_id()
    )


def _group_status(cast: Cast) -> dict[str, Any]:
    return relations.group_status(cast.group.group_openid, cast.openid, cast.at)


def _group_member(cast: Cast) -> dict[str, Any]:
    return relations.group_member(cast.group.group_openid, cast.openid, cast.at)


def _user_status(cast: Cast) -> dict[str, Any]:
    return relations.user_status(cast.openid, cast.at)


def _audit(cast: Cast, message_id: str | None) -> dict[str, Any]:
    channel, audit_id = cast.channel, cast.identifiers.interaction_id()
    place = {"guild_id": channel.guild_id, "channel_id": channel.id}
    return guilds.audit_ended(place, audit_id, message_id, created_at=cast.at, ended_at=cast.at)


def _thread(cast: Cast) -> dict[str, Any]:
    return guilds.thread(cast.channel, cast.member_id, cast.at)


def _post(cast: Cast) -> dict[str, Any]:
    return guilds.post(cast.channel, cast.member_id, cast.at)


def _reply(cast: Cast) -> dict[str, Any]:
    return guilds.reply(cast.channel, cast.member_id, cast.at)


def _open_forum(cast: Cast) -> dict[str, Any]:
    return guilds.open_forum(cast.channel, cast.member_id)


def _voice_member(cast: Cast) -> dict[str, Any]:
    return guilds.voice_member(cast.channel, cast.member_id)


def _audio(cast: Cast) -> dict[str, Any]:
    return guilds.audio(cast.channel)


def _join_request(cast: Cast) -> dict[str, Any]:
    request_id = cast.identifiers.access_token()
    return relations.join_request(cast.group.group_openid, cast.openid, cast.user.name, request_id, cast.at)


_BUILDERS: Mapping[str, Builder] = MappingProxyType(
    {
        "C2C_MESSAGE_CREATE": lambda cast: messages.c2c_message(cast.said()),
        "GROUP_AT_MESSAGE_CREATE": lambda cast: messages.group_message(cast.said(" 你好"), cast.group),
        "GROUP_MESSAGE_CREATE": _group_message,
        "AT_MESSAGE_CREATE": _channel_message,
        "MESSAGE_CREATE": _channel_message,
        "DIRECT_MESSAGE_CREATE": lambda cast: messages.direct_message(
            cast.said(in_guild=True), cast.direct, cast.member_id, 1
        ),
        "MESSAGE_DELETE": _deleted,
        "PUBLIC_MESSAGE_DELETE": _deleted,
        "DIRECT_MESSAGE_DELETE": _deleted_direct,
        "FRIEND_ADD": lambda cast: relations.friend_added(cast.openid, cast.at),
        "FRIEND_DEL": _user_status,
        "C2C_MSG_REJECT": _user_status,
        "C2C_MSG_RECEIVE": _user_status,
        "GROUP_ADD_ROBOT": _group_status,
        "GROUP_DEL_ROBOT": _group_status,
        "GROUP_MSG_REJECT": _group_status,
        "GROUP_MSG_RECEIVE": _group_status,
        "GROUP_MEMBER_ADD": _group_member,
        "GROUP_MEMBER_REMOVE": _group_member,
        "GROUP_JOIN_REQUEST": _join_request,
        "SUBSCRIBE_MESSAGE_STATUS": lambda cast: relations.subscription(
            cast.openid, cast.identifiers.interaction_id(), cast.at
        ),
        "ENTER_AIO": lambda cast: relations.entered_aio(cast.openid),
        "INTERACTION_CREATE": _interaction,
        **dict.fromkeys(("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"), _guild),
        **dict.fromkeys(("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"), _channel),
        **dict.fromkeys(("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"), _member),
        **dict.fromkeys(("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"), _reaction),
        "MESSAGE_AUDIT_PASS": lambda cast: _audit(cast, cast.identifiers.guild_message_id()),
        "MESSAGE_AUDIT_REJECT": lambda cast: _audit(cast, None),
        **dict.fromkeys(("FORUM_THREAD_CREATE", "FORUM_THREAD_UPDATE", "FORUM_THREAD_DELETE"), _thread),
        **dict.fromkeys(("FORUM_POST_CREATE", "FORUM_POST_DELETE"), _post),
        **dict.fromkeys(("FORUM_REPLY_CREATE", "FORUM_REPLY_DELETE"), _reply),
        "FORUM_PUBLISH_AUDIT_RESULT": lambda cast: guilds.forum_audit(cast.channel, cast.member_id),
        **dict.fromkeys(
            (
                "OPEN_FORUM_THREAD_CREATE", "OPEN_FORUM_THREAD_UPDATE", "OPEN_FORUM_THREAD_DELETE",
                "OPEN_FORUM_POST_CREATE", "OPEN_FORUM_POST_DELETE", "OPEN_FORUM_REPLY_CREATE",
                "OPEN_FORUM_REPLY_DELETE",
            ),
            _open_forum,
        ),
        **dict.fromkeys(("AUDIO_START", "AUDIO_FINISH", "AUDIO_ON_MIC", "AUDIO_OFF_MIC"), _audio),
        **dict.fromkeys(
            ("AUDIO_OR_LIVE_CHANNEL_MEMBER_ENTER", "AUDIO_OR_LIVE_CHANNEL_MEMBER_EXIT"), _voice_member
        ),
    }
)  # fmt: skip
