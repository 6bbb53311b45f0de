"""Voice and live channels: who is in them, what the bot plays, whether it is on the microphone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.guild.guild_lookups import INVALID, find_channel, guild_of, integer, string
from fakeqq.core.guild.guild_views import member_json
from fakeqq.core.rest.calls import Call, Route

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.guild.guilds import Channel
    from fakeqq.core.world import World

# What can be asked of the player (docs/…/content/audio/model.md).
_START, _PAUSE, _RESUME, _STOP = range(4)


def online_nums(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    return {"online_nums": len(_voice(world, call).voices)}


def voice_members(world: World, call: Call, _now: Instant) -> list[dict[str, Any]]:
    channel = _voice(world, call)
    members = guild_of(world, channel).members
    return [member_json(world, members[user_id]) for user_id in channel.voices if user_id in members]


def control_audio(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """Start, pause, resume, stop; a start names what to play."""
    channel = _voice(world, call)
    status = integer(call.body, "status")
    if status > _STOP:
        raise PlatformError(INVALID)
    if status == _START:
        playing = {"audio_url": string(call.body, "audio_url"), "text": string(call.body, "text")}
        if not playing["audio_url"]:
            raise PlatformError(INVALID)
        channel.audio = {**playing, "status": status}
        _tell(world, "AUDIO_START", channel, now)
    elif status == _STOP:
        if channel.audio:
            _tell(world, "AUDIO_FINISH", channel, now)
        channel.audio = {}
    elif channel.audio:
        channel.audio["status"] = status
    return {}


def on_mic(world: World, call: Call, now: Instant) -> dict[str, Any]:
    channel = _voice(world, call)
    channel.on_mic = True
    _tell(world, "AUDIO_ON_MIC", channel, now)
    return {}


def off_mic(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """Off the microphone; one that was not on stays off, without an event."""
    channel = _voice(world, call)
    if channel.on_mic:
        _tell(world, "AUDIO_OFF_MIC", channel, now)
    channel.on_mic = False
    return {}


def _voice(world: World, call: Call) -> Channel:
    channel = find_channel(world, call.params["channel_id"])
    if not channel.has_voice:
        raise PlatformError("channel_without_voice")
    return channel


def _tell(world: World, event_type: str, channel: Channel, now: Instant) -> None:
    playing = {name: channel.audio.get(name, "") for name in ("audio_url", "text")}
    world.emit(event_type, {"guild_id": channel.guild_id, "channel_id": channel.id, **playing}, now)


_VOICE = ("unknown_channel", "guild_auth_check_failed", "channel_without_voice")

ROUTES = (
    Route("GET /channels/{channel_id}/online_nums", online_nums, "who is in the channel", _VOICE),
    Route("GET /channels/{channel_id}/voice/members", voice_members, "who is in the channel", _VOICE),
    Route(
        "POST /channels/{channel_id}/audio",
        control_audio,
        "what the bot plays; AUDIO_START, AUDIO_FINISH",
        (*_VOICE, INVALID),
    ),
    Route("PUT /channels/{channel_id}/mic", on_mic, "the bot is on the microphone; AUDIO_ON_MIC", _VOICE),
    Route("DELETE /channels/{channel_id}/mic", off_mic, "the bot is off the microphone; AUDIO_OFF_MIC", _VOICE),
)
