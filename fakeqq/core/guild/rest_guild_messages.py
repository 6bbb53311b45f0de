"""Messages of channels and direct messages: sending, reading, changing, taking back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.guild.guild_content import Posted
from fakeqq.core.guild.guild_images import keep_image
from fakeqq.core.guild.guild_lookups import find_channel, find_guild, find_message, guild_of, string
from fakeqq.core.guild.guild_sending import GuildDraft, read_draft, read_keyboard, read_markdown
from fakeqq.core.guild.guild_views import deleted_message, direct_message_json, message_json
from fakeqq.core.people import ChatMessage
from fakeqq.core.rest.calls import Call, Route, Status
from fakeqq.core.sending.audits import hold

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.guild.guilds import Channel, Direct, Guild, Room
    from fakeqq.core.world import World


def send(world: World, call: Call, now: Instant) -> dict[str, Any] | Status:
    """To a channel, as an answer within five minutes or, so many times a day, unasked."""
    channel = find_channel(world, call.params["channel_id"], "channel_not_found")
    guild = guild_of(world, channel)
    _check_reached(world)
    draft = read_draft(world, "channel", channel.id, call.body, now.world)
    _check_quotas(world, guild, channel, draft, now)
    guild.messages += 1
    place = {"guild_id": guild.id, "channel_id": channel.id}
    message = _post(world, "channel", channel.id, draft, guild.messages, place, now)
    if draft.reply_to is None:
        world.guild_quotas.pushed(guild, channel, now.world)
    return message if isinstance(message, Status) else message_json(world, guild, channel.id, message)


def read(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    channel = find_channel(world, call.params["channel_id"])
    message = find_message(world, "channel", channel.id, call.params["message_id"])
    if message is None:
        raise PlatformError("guild_message_unavailable")
    return message_json(world, guild_of(world, channel), channel.id, message)


def change(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """New markdown and a new keyboard for a message of the bot's own that has buttons."""
    channel = find_channel(world, call.params["channel_id"])
    message = find_message(world, "channel", channel.id, call.params["message_id"])
    if message is None:
        raise PlatformError("guild_message_unavailable")
    if message.author_id != world.bot_id:
        raise PlatformError("edit_not_own")
    if "keyboard" not in message.parts:
        raise PlatformError("edit_without_keyboard")
    if call.body.get("keyboard") is None:
        raise PlatformError("edit_keyboard_empty")
    parts = {"keyboard": read_keyboard(call.body["keyboard"], world.settings)}
    if call.body.get("markdown") is not None:
        parts["markdown"] = read_markdown(call.body["markdown"], world.settings)
        message.text = parts["markdown"].get("content") or ""
    message.parts.update(parts)
    message.edited_at = now.world
    shown = world.people.find_message("channel", channel.id, message.id)
    if shown is not None:
        shown.text, shown.keyboard = message.text, parts["keyboard"]
    return message_json(world, guild_of(world, channel), channel.id, message)


def recall(world: World, call: Call, now: Instant) -> None:
    """The bot's own message, or as an administrator anybody's."""
    channel = find_channel(world, call.params["channel_id"])
    guild = guild_of(world, channel)
    message = find_message(world, "channel", channel.id, call.params["message_id"])
    if message is None:
        raise PlatformError("guild_recall_msg_id_invalid")
    if message.author_id != world.bot_id and not guild.members[world.bot_id].is_administrator:
        raise PlatformError("guild_recall_not_permitted")
    _check_age(world, message, now)
    hide(world, "channel", channel.id, message, now)
    data = deleted_message(world, guild, guild.id, channel.id, message, world.bot_id)
    # A private-domain bot subscribes to the first, a public one to the second.
    for event_type in ("MESSAGE_DELETE", "PUBLIC_MESSAGE_DELETE"):
        world.emit(event_type, data, now)


def open_direct(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """Direct messages with a member of a guild that both are in; opening them again gives the same."""
    guild = find_guild(world, string(call.body, "source_guild_id"))
    member = guild.members.get(string(call.body, "recipient_id"))
    if member is None or member.bot:
        raise PlatformError("dm_not_member")
    if guild.no_dms:
        raise PlatformError("dm_closed")
    direct = world.guilds.open_dm(member.user_id, guild.id, now.world)
    created = int(direct.created_at or now.world)
    return {"guild_id": direct.guild_id, "channel_id": direct.channel_id, "create_time": str(created)}


def send_direct(world: World, call: Call, now: Instant) -> dict[str, Any] | Status:
    direct = _direct(world, call)
    guild = find_guild(world, direct.source_guild_id)
    _check_reached(world)
    draft = read_draft(world, "dm", direct.guild_id, call.body, now.world)
    if draft.reply_to is None:
        if world.settings.switch("proactive") == "refused":
            raise PlatformError("direct_push_limited")
        if world.settings.switch("proactive_quota") != "off":
            world.guild_quotas.check_direct(direct, now.world)
    seq = len(world.guilds.messages("dm", direct.guild_id)) + 1
    place = {"guild_id": direct.guild_id, "channel_id": direct.channel_id}
    message = _post(world, "dm", direct.guild_id, draft, seq, place, now)
    if draft.reply_to is None:
        world.guild_quotas.sent_direct(direct, now.world)
    return message if isinstance(message, Status) else direct_message_json(world, guild, direct, message)


def recall_direct(world: World, call: Call, now: Instant) -> None:
    """Only what the bot said itself."""
    direct = _direct(world, call)
    message = find_message(world, "dm", direct.guild_id, call.params["message_id"])
    if message is None:
        raise PlatformError("guild_recall_msg_id_invalid")
    if message.author_id != world.bot_id:
        raise PlatformError("guild_recall_not_own")
    _check_age(world, message, now)
    hide(world, "dm", direct.guild_id, message, now)
    guild = find_guild(world, direct.source_guild_id)
    data = deleted_message(world, guild, direct.guild_id, direct.channel_id, message, world.bot_id)
    world.emit("DIRECT_MESSAGE_DELETE", data, now)


def _check_reached(world: World) -> None:
    """Refuse a bot that no event would reach, where the world's switch demands that."""
    if world.settings.switch("channel_needs_gateway") == "required" and not world.is_reached:
        raise PlatformError("guild_not_connected")


def _check_quotas(world: World, guild: Guild, channel: Channel, draft: GuildDraft, now: Instant) -> None:
    limited = world.settings.switch("proactive_quota") != "off"
    if limited:
        world.guild_quotas.check_pace(channel.id, now.world)
    if draft.reply_to is not None:
        return
    if guild.silent or world.settings.switch("proactive") == "refused":
        raise PlatformError("guild_push_not_allowed")
    if guild.channel_ids and channel.id not in guild.channel_ids:
        raise PlatformError("channel_push_not_allowed")
    if limited:
        world.guild_quotas.check_push(guild, channel, now.world)


def _check_age(world: World, message: Posted, now: Instant) -> None:
    """Refuse to recall what is too old, where the world's switch has such an age."""
    window = world.settings.switch("guild_recall_window")
    if window != "unlimited" and now.world - message.at > float(window):
        raise PlatformError("guild_recall_expired")


def _direct(world: World, call: Call) -> Direct:
    direct = world.guilds.find_direct(call.params["guild_id"])
    if direct is None:
        raise PlatformError("dm_not_found")
    return direct


def _post(  # noqa: PLR0913 - who says what where, and how it is told
    world: World, room: Room, room_id: str, draft: GuildDraft, seq: int, place: dict[str, str], now: Instant
) -> Posted | Status:
    """Put the message into its room, or hold it for its audit, which is told with the status of the world's switch.

    https://github.com/nonebot/adapter-qq/issues/158 has the documented 202's body with status 200.
    """
    message_id = world.identifiers.guild_message_id()
    world.guild_quotas.spoke(room_id, now.world)
    message = Posted(message_id, world.bot_id, draft.text, now.world, seq, draft.reply_to, parts=draft.parts)
    media = None if draft.image is None else keep_image(world, room, draft.image, now).as_json()
    shown = ChatMessage(
        "bot", message_id, draft.shown, draft.msg_type, now.world, reply_to=draft.reply_to,
        keyboard=draft.parts.get("keyboard"), reference=draft.quoted, media=media,
    )  # fmt: skip
    noted = {
        "scene": room, "openid": room_id, "message_id": message_id, "text": draft.shown, "msg_type": draft.msg_type,
        "reply_to": draft.reply_to, "msg_seq": 1, "proactive": draft.reply_to is None,
    }  # fmt: skip
    audit = world.settings.switch("audit")
    if audit != "off":
        held = hold(world, room, room_id, shown, noted, now, place, message)
        return Status(int(audit), held.body)
    world.people.show(room, room_id, shown)
    world.journal.append(now, "user.sees", **noted)
    return world.guilds.keep(room, room_id, message)


def hide(world: World, room: Room, room_id: str, message: Posted, now: Instant) -> None:
    """Take a message away: nobody sees it any more, nor finds it among the pins. The latter is our choice."""
    message.recalled = True
    channel = world.guilds.find_channel(room_id)
    if channel is not None and message.id in channel.pins:
        channel.pins.remove(message.id)
    shown = world.people.find_message(room, room_id, message.id)
    if shown is not None:
        shown.recalled = True
    world.journal.append(now, "user.recall", scene=room, openid=room_id, message_id=message.id)


_PARTS = (
    "guild_not_connected",
    "guild_request_invalid",
    "guild_message_empty",
    "guild_msg_id_invalid",
    "guild_msg_id_expired",
    "reply_to_own_message",
    "guild_url_not_allowed",
    "message_template_type_invalid",
    "guild_ark_not_allowed",
    "guild_image_invalid",
    "markdown_with_other_parts",
    "markdown_content_invalid",
    "markdown_two_kinds",
    "markdown_value_empty",
    "guild_markdown_not_allowed",
    "guild_markdown_not_allowed_second_wording",
    "keyboard_parse_error",
    "keyboard_not_found",
    "keyboard_content_error",
    "guild_message_unavailable",
)
_CHANNEL = ("unknown_channel", "guild_auth_check_failed")

ROUTES = (
    Route(
        "POST /channels/{channel_id}/messages",
        send,
        "a message, or an audit of one; the day's pushes",
        (
            "channel_not_found",
            "guild_auth_check_failed",
            *_PARTS,
            "guild_push_not_allowed",
            "channel_push_not_allowed",
            "channel_push_limited",
            "push_channels_limited",
            "channel_rate_limited",
        ),
    ),
    Route(
        "GET /channels/{channel_id}/messages/{message_id}",
        read,
        "the message",
        (*_CHANNEL, "guild_message_unavailable"),
    ),
    Route(
        "PATCH /channels/{channel_id}/messages/{message_id}",
        change,
        "the message's markdown and keyboard",
        (
            *_CHANNEL,
            "guild_message_unavailable",
            "edit_not_own",
            "edit_without_keyboard",
            "edit_keyboard_empty",
            "keyboard_parse_error",
            "keyboard_not_found",
            "keyboard_content_error",
            "markdown_content_invalid",
            "markdown_two_kinds",
            "markdown_value_empty",
            "guild_url_not_allowed",
            "guild_markdown_not_allowed",
            "guild_markdown_not_allowed_second_wording",
        ),
    ),
    Route(
        "DELETE /channels/{channel_id}/messages/{message_id}",
        recall,
        "the message is recalled; MESSAGE_DELETE, PUBLIC_MESSAGE_DELETE",
        (*_CHANNEL, "guild_recall_msg_id_invalid", "guild_recall_not_permitted", "guild_recall_expired"),
    ),
    Route(
        "POST /users/@me/dms",
        open_direct,
        "the direct messages with a member",
        ("unknown_guild", "dm_not_member", "dm_closed", "guild_request_invalid"),
    ),
    Route(
        "POST /dms/{guild_id}/messages",
        send_direct,
        "a direct message, or an audit of one; the day's pushes",
        ("dm_not_found", *_PARTS, "direct_push_limited", "direct_push_total_limited"),
    ),
    Route(
        "DELETE /dms/{guild_id}/messages/{message_id}",
        recall_direct,
        "the direct message is recalled; DIRECT_MESSAGE_DELETE",
        ("dm_not_found", "guild_recall_msg_id_invalid", "guild_recall_not_own", "guild_recall_expired"),
    ),
)
