"""A bot that calls every method of the official SDK's API, and writes down what became of each.

It begins when it has heard of a guild, of a message in a channel, in a DM, in a group and from a user, and of a button:
then it knows every id that it needs. `botpy_api.json` has the names of the `methods` that the SDK has, a list of
`[method, result, problems]`, where a problem is an answer that does not have the type that the SDK declares for it, and
a list of `[event, fields]` of what it heard.
"""

import asyncio
import enum
import inspect
import json
import os
import pathlib
import typing

import botpy
import botpy.message
from botpy.flags import Permission
from botpy.types.announce import AnnouncesType
from botpy.types.channel import ChannelSubType, ChannelType

KEYS = {"content": {"rows": [{"buttons": [{"id": "1"}]}]}}
PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d49484452")
LAST = "guild_member_remove"
RESULTS = pathlib.Path("botpy_api.json")
FORUM, VOICE, SCHEDULE = 10007, 2, 10006
KINDS = 7
"""Things the bot has to hear of before it begins."""


def coroutines(kind):
    """The public coroutine methods of a class."""
    return [name for name, _ in inspect.getmembers(kind, inspect.iscoroutinefunction) if name[0] != "_"]


MESSAGES = [kind for _, kind in inspect.getmembers(botpy.message, inspect.isclass) if kind is not botpy.BotAPI]
METHODS = coroutines(botpy.BotAPI) + [f"{kind.__name__}.{name}" for kind in MESSAGES for name in coroutines(kind)]


def problems(value, kind, place):  # noqa: C901, PLR0911 - a case for each way to declare a type
    """Where `value` does not have the declared type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if value is None or kind in (typing.Any, object) or kind is type(None):
        return []
    if origin is typing.Union:
        return min((problems(value, one, place) for one in arguments), key=len)
    if origin is typing.Literal:
        return [] if value in arguments else [f"{place}: {value!r} is none of {arguments}"]
    if origin is list or kind is list:
        if not isinstance(value, list):
            return [f"{place}: {type(value).__name__}, declared a list"]
        return (
            [found for item in value[:3] for found in problems(item, arguments[0], f"{place}[]")] if arguments else []
        )
    if origin is dict:
        return [] if isinstance(value, dict) else [f"{place}: {type(value).__name__}, declared an object"]
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return [] if value in [member.value for member in kind] else [f"{place}: {value!r} is no {kind.__name__}"]
    fields = typing.get_type_hints(kind) if isinstance(kind, type) and kind.__module__.startswith("botpy.") else {}
    if fields:
        if not isinstance(value, dict):
            return [f"{place}: {type(value).__name__}, declared {kind.__name__}"]
        absent = sorted(set(fields) - set(value))
        found = [f"{place}: without {', '.join(absent)}"] if absent else []
        return found + [part for name in fields for part in problems(value.get(name), fields[name], f"{place}.{name}")]
    if isinstance(kind, type) and type(value) is not kind:
        return [f"{place}: {type(value).__name__}, declared {kind.__name__}"]
    return []


class Caller(botpy.Client):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.known, self.results, self.heard = {}, [], []
        self.removed = asyncio.Event()

    def know(self, **ids):
        """Remember ids; with the last of them, begin."""
        begun = len(self.known) == KINDS
        self.known |= ids
        if len(self.known) == KINDS and not begun:
            asyncio.get_running_loop().create_task(self.work())

    async def on_guild_create(self, guild):
        self.know(guild=guild.id)

    async def on_at_message_create(self, message):
        self.know(message=message, user=message.author.id)

    async def on_direct_message_create(self, message):
        self.know(direct=message)

    async def on_c2c_message_create(self, message):
        self.know(c2c=message)

    async def on_group_at_message_create(self, message):
        self.know(group=message)

    async def on_interaction_create(self, interaction):
        self.know(interaction=interaction.id)

    async def call(self, method, **fields):
        """One method of the API; None where it failed."""
        return await self.note(method, getattr(self.api, method)(**fields), method)

    async def reply(self, message, beneath, **fields):
        """The reply of a message, which declares nothing itself: it hands on what the method beneath it answers."""
        await self.note(f"{type(message).__name__}.reply", message.reply(**fields), beneath)

    async def note(self, name, calling, declares):
        """The answer, noted with what is wrong about it; None where there is none."""
        try:
            answer = await calling
        except Exception as error:  # noqa: BLE001 - every failure is a result
            self.results.append([name, f"{type(error).__name__}: {error}", []])
            return None
        declared = typing.get_type_hints(getattr(botpy.BotAPI, declares)).get("return")
        # `str` is declared where there is no answer.
        found = [] if declared is str else problems(answer, declared, name)
        if declared is str and answer:
            found = [f"{name}: an answer where none is declared"]
        self.results.append([name, "ok", found])
        return answer

    async def work(self):
        await self.call_all()
        # The SDK handles an event in a task of its own: the last one may be on its way.
        await self.removed.wait()
        self.write()
        await self.known["c2c"].reply(content="all called", msg_seq=9)

    def write(self):
        RESULTS.write_text(json.dumps({"methods": METHODS, "results": self.results, "heard": self.heard}))

    async def call_all(self):
        guild, user = self.known["guild"], self.known["user"]
        text, message = self.known["message"].channel_id, self.known["message"].id
        by_type = await self.guilds(guild)
        await self.roles(guild, user)
        await self.channels(guild, user, text)
        await self.messages(text, message)
        await self.directs(guild, user)
        await self.voice(by_type[VOICE])
        await self.mutes(guild, user)
        await self.announcements(guild, text, message, by_type[FORUM])
        await self.permissions(guild, text)
        await self.schedules(by_type[SCHEDULE], text)
        await self.forum(by_type[FORUM])
        await self.chats()
        await self.replies()
        await self.call("get_delete_member", guild_id=guild, user_id=user, delete_history_msg_days=3)

    async def guilds(self, guild):
        """The guild's channels: a type and the id of one."""
        call = self.call
        await call("me")
        await call("get_ws_url")
        await call("me_guilds")
        await call("get_guild", guild_id=guild)
        channels = await call("get_channels", guild_id=guild)
        return {channel["type"]: channel["id"] for channel in channels}

    async def roles(self, guild, user):
        call = self.call
        role = (await call("create_guild_role", guild_id=guild, name="crew", color=4294927682, hoist=1))["role_id"]
        await call("update_guild_role", guild_id=guild, role_id=role, name="team")
        await call("get_guild_roles", guild_id=guild)
        await call("create_guild_role_member", guild_id=guild, role_id=role, user_id=user)
        await call("get_guild_role_members", guild_id=guild, role_id=role, limit=10)
        await call("delete_guild_role_member", guild_id=guild, role_id=role, user_id=user)
        await call("delete_guild_role", guild_id=guild, role_id=role)
        await call("get_guild_member", guild_id=guild, user_id=user)
        await call("get_guild_members", guild_id=guild, limit=10)

    async def channels(self, guild, user, text):
        call = self.call
        kinds = {"type": ChannelType.TEXT_CHANNEL, "sub_type": ChannelSubType.TALK}
        made = (await call("create_channel", guild_id=guild, name="new", **kinds))["id"]
        await call("get_channel", channel_id=made)
        await call("update_channel", channel_id=made, name="renamed")
        await call("delete_channel", channel_id=made)
        rights = {"add": Permission(view_permission=True), "remove": Permission(speak_permission=True)}
        await call("update_channel_user_permissions", channel_id=text, user_id=user, **rights)
        await call("get_channel_user_permissions", channel_id=text, user_id=user)
        await call("update_channel_role_permissions", channel_id=text, role_id="2", **rights)
        await call("get_channel_role_permissions", channel_id=text, role_id="2")

    async def directs(self, guild, user):
        call = self.call
        dms = await call("create_dms", guild_id=guild, user_id=user)
        await call("post_dms", guild_id=dms["guild_id"], content="psst")
        await call("post_dms", guild_id=dms["guild_id"], content="psst", file_image=PIXEL)
        await call("on_interaction_result", interaction_id=self.known["interaction"], code=0)

    async def voice(self, voice):
        call = self.call
        await call("get_voice_members", channel_id=voice)
        await call("on_microphone", channel_id=voice)
        await call("update_audio", channel_id=voice, audio_control={"audio_url": "https://a.example/s", "status": 0})
        await call("off_microphone", channel_id=voice)

    async def mutes(self, guild, user):
        call = self.call
        await call("mute_all", guild_id=guild, mute_seconds="60")
        await call("cancel_mute_all", guild_id=guild)
        await call("mute_member", guild_id=guild, user_id=user, mute_seconds="60")
        await call("mute_multi_member", guild_id=guild, user_ids=[user], mute_seconds="60")
        await call("cancel_mute_multi_member", guild_id=guild, user_ids=[user])

    async def announcements(self, guild, text, message, forum):
        call = self.call
        await call("create_announce", guild_id=guild, channel_id=text, message_id=message)
        recommended = [{"channel_id": forum, "introduce": "look"}]
        await call(
            "create_recommend_announce",
            guild_id=guild,
            announces_type=AnnouncesType.MEMBER,
            recommend_channels=recommended,
        )
        await call("delete_announce", guild_id=guild)

    async def permissions(self, guild, text):
        call = self.call
        await call("get_permissions", guild_id=guild)
        identify = {"path": "/guilds/{guild_id}/message/setting", "method": "GET"}
        demand = {"channel_id": text, "api_identify": identify, "desc": "why"}
        await call("post_permission_demand", guild_id=guild, **demand)

    async def forum(self, forum):
        call = self.call
        await call("post_thread", channel_id=forum, title="news", content="one", format=1)
        threads = await call("get_threads", channel_id=forum)
        thread = threads["threads"][0]["thread_info"]["thread_id"]
        await call("get_thread_detail", channel_id=forum, thread_id=thread)
        await call("delete_thread", channel_id=forum, thread_id=thread)

    async def chats(self):
        call = self.call
        openid, said = self.known["c2c"].author.user_openid, self.known["c2c"].id
        await call("post_c2c_message", openid=openid, content="hi", msg_id=said)
        await call("post_c2c_file", openid=openid, file_type=1, url="https://a.example/cat.png")
        openid, said = self.known["group"].group_openid, self.known["group"].id
        await call("post_group_message", group_openid=openid, content="hi", msg_id=said)
        await call("post_group_file", group_openid=openid, file_type=1, url="https://a.example/cat.png")

    async def replies(self):
        reply, known = self.reply, self.known
        await reply(known["message"], "post_message", content="hi")
        await reply(known["direct"], "post_dms", content="hi")
        # By itself the SDK numbers every answer 1, as the ones before: the platform drops what has a number twice.
        for scene, beneath in (("c2c", "post_c2c_message"), ("group", "post_group_message")):
            await reply(known[scene], beneath, content="again")
            await reply(known[scene], beneath, content="again", msg_seq=2)

    async def messages(self, text, message):
        call = self.call
        sent = (await call("post_message", channel_id=text, content="hi", msg_id=message))["id"]
        await call("post_message", channel_id=text, embed={"title": "t", "fields": [{"name": "n"}]}, msg_id=message)
        await call("post_message", channel_id=text, ark={"template_id": 23, "kv": []}, msg_id=message)
        await call("post_message", channel_id=text, content="hi", file_image=PIXEL, msg_id=message)
        await call("get_message", channel_id=text, message_id=sent)
        buttons = (await call("post_keyboard_message", channel_id=text, keyboard=KEYS))["id"]
        await call("patch_guild_message", channel_id=text, patch_msg_id=buttons, keyboard=KEYS)
        emoji = {"channel_id": text, "message_id": message, "emoji_type": 1, "emoji_id": "4"}
        await call("put_reaction", **emoji)
        await call("get_reaction_users", **emoji)
        await call("delete_reaction", **emoji)
        await call("put_pin", channel_id=text, message_id=message)
        await call("get_pins", channel_id=text)
        await call("delete_pin", channel_id=text, message_id=message)
        await call("recall_message", channel_id=text, message_id=sent, hidetip=True)

    async def schedules(self, schedule, text):
        call = self.call
        # Times that the test made for the world's own clock.
        start = int(os.environ["FAKEQQ_TEST_START"])
        plan = {
            "name": "tea", "start_timestamp": str(start), "end_timestamp": str(start + 3_600_000),
            "jump_channel_id": text, "remind_type": 2,
        }  # fmt: skip
        made = (await call("create_schedule", channel_id=schedule, **plan))["id"]
        await call("get_schedules", channel_id=schedule, since=str(start))
        await call("get_schedule", channel_id=schedule, schedule_id=made)
        await call("update_schedule", channel_id=schedule, schedule_id=made, **plan)
        await call("delete_schedule", channel_id=schedule, schedule_id=made)


def listen(event):
    """Note that the SDK has made its object of an event, and which fields of it have a value."""

    async def handler(self, thing):
        fields = (name for name in thing.__slots__ if name[0] != "_")
        self.heard.append([event, sorted(name for name in fields if getattr(thing, name, None) is not None)])
        if event == LAST:
            self.removed.set()

    setattr(Caller, f"on_{event}", handler)


for heard in (
    "channel_create", "channel_update", "channel_delete", "guild_member_update", "guild_member_remove",
    "message_reaction_add", "message_reaction_remove", "audio_start",
    "open_forum_thread_create", "open_forum_thread_delete",
):  # fmt: skip
    listen(heard)

asyncio.set_event_loop(asyncio.new_event_loop())  # the SDK asks for one, and newer Pythons make none by themselves
Caller(intents=botpy.Intents.default(), ext_handlers=False).run(
    appid=os.environ["FAKEQQ_APP_ID"], secret=os.environ["FAKEQQ_SECRET"]
)
