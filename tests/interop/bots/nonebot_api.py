"""A bot that calls every method of NoneBot's QQ adapter, and writes down what became of each.

It begins when it has heard of a message in a channel, in a DM, in a group and from a user, of a button, and of somebody
who asks to be let into the group: then it knows every id that it needs. The adapter reads each answer into its own
models, so an answer of another shape is an error of the call. `nonebot_api.json` has a list of `[method, result]`.
"""

import asyncio
import datetime as dt
import hashlib
import json
import os
import pathlib

import nonebot
from nonebot.adapters.qq import (
    Adapter,
    Bot,
    C2CMessageCreateEvent,
    DirectMessageCreateEvent,
    GroupAtMessageCreateEvent,
    GuildMessageEvent,
    InteractionCreateEvent,
)
from nonebot.adapters.qq.event import GroupJoinRequestEvent
from nonebot.adapters.qq.models import (
    APIPermissionDemandIdentify,
    AudioStatus,
    ChannelSubType,
    ChannelType,
    MessageMarkdown,
    MessageStream,
    RecommendChannel,
    RemindType,
)
from nonebot.adapters.qq.models.qq import Media, SetMemberMuteState

PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d49484452")
RESULTS = pathlib.Path("nonebot_api.json")
FORUM, VOICE, SCHEDULE = 10007, 2, 10006
KINDS = 6
"""Things the bot has to hear of before it begins."""

account = {"id": os.environ["FAKEQQ_APP_ID"], "secret": os.environ["FAKEQQ_SECRET"]}
intents = {"c2c_group_at_messages": True, "interaction": True, "direct_message": True, "at_messages": True}
nonebot.init(driver="~httpx+~websockets", _env_file=None, qq_bots=[{**account, "intent": intents}])
nonebot.get_driver().register_adapter(Adapter)


class Caller:
    """Calls, and what came of them."""

    def __init__(self):
        # What `Bot.send` can answer to is kept as it came.
        self.known, self.events, self.results, self.work = {}, [], [], None

    def know(self, bot, **ids):
        """Remember; with the last of them, begin."""
        self.known |= ids
        if len(self.known) == KINDS and self.work is None:
            self.work = asyncio.get_running_loop().create_task(self.run(bot))

    async def call(self, bot, method, **fields):
        """One method; None where it failed."""
        try:
            answer = await getattr(bot, method)(**fields)
        except Exception as error:  # noqa: BLE001 - every failure is a result
            self.results.append([method, f"{type(error).__name__}: {error!r}"])
            return None
        self.results.append([method, "ok"])
        return answer

    async def run(self, bot):
        def call(method, **fields):
            return self.call(bot, method, **fields)

        try:
            for event in self.events:
                await call("send", event=event, message="hi")  # with the number 1 in groups and to users
            await self.guilds(call)
            await self.chats(call)
            await self.groups(call)
        except Exception as error:  # noqa: BLE001 - so that the test sees it
            self.results.append(["", f"the caller broke: {error!r}"])
        self.write()
        openid, _ = self.known["c2c"]
        await bot.post_c2c_messages(openid=openid, msg_type=0, content="all called")

    def write(self):
        RESULTS.write_text(json.dumps(self.results))

    async def guilds(self, call):
        guild, text, message, user = self.known["channel"]
        await call("me")
        await call("url_get")
        await call("shard_url_get")
        await call("guilds", limit=10)
        await call("get_guild", guild_id=guild)
        by_type = {int(channel.type): channel.id for channel in await call("get_channels", guild_id=guild)}
        await self.members(call, guild, user)
        await self.channels(call, guild, text, user)
        await self.messages(call, guild, text, message, user)
        await self.boards(call, guild, text, message, by_type)
        await self.schedules(call, by_type[SCHEDULE])
        await call("send_to_channel", channel_id=text, message="hi", msg_id=message)
        direct = await call("post_dms", recipient_id=user, source_guild_id=guild)
        await call("send_to_dms", guild_id=direct.guild_id, message="psst")
        await call("put_interaction", interaction_id=self.known["button"], code=0)
        await call("delete_member", guild_id=guild, user_id=user, delete_history_msg_days=3)

    async def members(self, call, guild, user):
        await call("get_members", guild_id=guild, limit=10)
        await call("get_member", guild_id=guild, user_id=user)
        role = (await call("post_guild_role", guild_id=guild, name="crew", hoist=True)).role_id
        await call("patch_guild_role", guild_id=guild, role_id=role, name="team")
        await call("get_guild_roles", guild_id=guild)
        await call("put_guild_member_role", guild_id=guild, role_id=role, user_id=user)
        await call("get_role_members", guild_id=guild, role_id=role, limit=10)
        await call("delete_guild_member_role", guild_id=guild, role_id=role, user_id=user)
        await call("delete_guild_role", guild_id=guild, role_id=role)
        # What is not given the adapter sends as "None", here and for permissions: so everything is given.
        await call("patch_guild_mute", guild_id=guild, mute_end_timestamp=0)
        await call("patch_guild_member_mute", guild_id=guild, user_id=user, mute_end_timestamp=0)
        await call("patch_guild_mute_multi_member", guild_id=guild, user_ids=[user], mute_end_timestamp=0)
        await call("get_guild_api_permission", guild_id=guild)

    async def channels(self, call, guild, text, user):
        kinds = {"type": ChannelType.TEXT, "sub_type": ChannelSubType.TALK}
        made = (await call("post_channels", guild_id=guild, name="new", **kinds)).id
        await call("get_channel", channel_id=made)
        await call("patch_channel", channel_id=made, name="renamed")
        await call("delete_channel", channel_id=made)
        await call("put_channel_permissions", channel_id=text, user_id=user, add=1, remove=4)
        await call("get_channel_permissions", channel_id=text, user_id=user)
        await call("put_channel_roles_permissions", channel_id=text, role_id="2", add=1, remove=4)
        await call("get_channel_roles_permissions", channel_id=text, role_id="2")
        demand = APIPermissionDemandIdentify(path="/channels/{channel_id}/online_nums", method="GET")
        await call("post_api_permission_demand", guild_id=guild, channel_id=text, api_identify=demand, desc="why")

    async def messages(self, call, guild, text, message, user):
        await call("get_message_setting", guild_id=guild)
        sent = (await call("post_messages", channel_id=text, content="hi", msg_id=message)).id
        await call("post_messages", channel_id=text, content="look", file_image=PIXEL, msg_id=message)
        await call("get_message_of_id", channel_id=text, message_id=message)
        await call("delete_message", channel_id=text, message_id=sent, hidetip=True)
        emoji = {"channel_id": text, "message_id": message, "type": 1, "id": "4"}
        await call("put_message_reaction", **emoji)
        await call("get_reaction_users", **emoji)
        await call("delete_own_message_reaction", **emoji)
        direct = await call("post_dms", recipient_id=user, source_guild_id=guild)
        sent = (await call("post_dms_messages", guild_id=direct.guild_id, content="psst")).id
        await call("delete_dms_message", guild_id=direct.guild_id, message_id=sent)

    async def boards(self, call, guild, text, message, by_type):
        await call("put_pins_message", channel_id=text, message_id=message)
        await call("get_pins_message", channel_id=text)
        await call("delete_pins_message", channel_id=text, message_id=message)
        shown = [RecommendChannel(channel_id=by_type[FORUM], introduce="look")]
        await call("post_guild_announces", guild_id=guild, announces_type=0, recommend_channels=shown)
        await call("delete_guild_announces", guild_id=guild, message_id="all")
        forum = by_type[FORUM]
        await call("put_thread", channel_id=forum, title="news", content="one", format=1)
        threads = await call("get_threads_list", channel_id=forum)
        thread = threads.threads[0].thread_info.thread_id
        await call("get_thread", channel_id=forum, thread_id=thread)
        await call("delete_thread", channel_id=forum, thread_id=thread)
        voice = by_type[VOICE]
        await call("put_mic", channel_id=voice)
        await call("audio_control", channel_id=voice, audio_url="https://a.example/s", status=AudioStatus.START)
        await call("delete_mic", channel_id=voice)

    async def schedules(self, call, channel):
        start = dt.datetime.fromtimestamp(int(os.environ["FAKEQQ_TEST_START"]) / 1000, dt.UTC)
        span = {"start_timestamp": start, "end_timestamp": start + dt.timedelta(hours=1)}
        made = await call("post_schedule", channel_id=channel, name="tea", remind_type=RemindType.NO_REMIND, **span)
        await call("get_schedules", channel_id=channel)
        await call("get_schedule", channel_id=channel, schedule_id=made.id)
        await call("patch_schedule", channel_id=channel, schedule_id=made.id, name="more tea", **span,
                   remind_type=RemindType.NO_REMIND)  # fmt: skip
        await call("delete_schedule", channel_id=channel, schedule_id=made.id)

    async def chats(self, call):
        openid, message = self.known["c2c"]
        sent = await call("post_c2c_messages", openid=openid, msg_type=0, content="hi", msg_id=message, msg_seq=2)
        words = MessageMarkdown(content="**hi**")
        await call("post_c2c_messages", openid=openid, msg_type=2, markdown=words)
        part = MessageStream(state=1, index=1)
        await call("post_c2c_messages", openid=openid, msg_type=2, markdown=MessageMarkdown(content="flow\n"),
                   stream=part, msg_id=message, msg_seq=3)  # fmt: skip
        await call("delete_c2c_message", openid=openid, message_id=sent.id)
        await self.media(call, "c2c", "openid", self.known["c2c"])
        group, message = self.known["group"]
        sent = await call("post_group_messages", group_openid=group, msg_type=0, content="hi", msg_id=message,
                          msg_seq=2)  # fmt: skip
        await call("delete_group_message", group_openid=group, message_id=sent.id)
        await self.media(call, "group", "group_openid", self.known["group"])

    async def media(self, call, scene, name, known):
        place, message = {name: known[0]}, known[1]
        file = await call(f"post_{scene}_files", **place, file_type=1, file_data=PIXEL, srv_send_msg=False)
        await call(f"post_{scene}_messages", **place, msg_type=7, media=Media(file_info=file.file_info),
                   msg_id=message, msg_seq=5)  # fmt: skip
        sums = {"md5": hashlib.md5(PIXEL).hexdigest(), "sha1": hashlib.sha1(PIXEL).hexdigest()}  # noqa: S324 - the API's
        told = {"file_type": 1, "file_name": "a.png", "file_size": len(PIXEL), "md5_10m": sums["md5"]}
        plan = await call(f"post_{scene}_upload_prepare", **place, **told, **sums)
        for part in plan.parts:
            await call("put_upload_part", presigned_url=part.presigned_url, data=PIXEL)
            await call(f"post_{scene}_upload_part_finish", **place, upload_id=plan.upload_id,
                       part_index=part.index, block_size=len(PIXEL), md5=sums["md5"])  # fmt: skip
        await call(f"post_{scene}_files", **place, upload_id=plan.upload_id)
        await call(f"post_{scene}_upload", **place, file_type=1, file_name="a.png", file_data=PIXEL)
        await call(f"send_to_{scene}", **place, message="hi")

    async def groups(self, call):
        group, _ = self.known["group"]
        applicant, request = self.known["applicant"]
        place, by_openid = {"group_id": group}, {"group_openid": group}
        await call("get_group_info", **place)
        await call("get_group_bot_state", **place)
        await call("get_group_join_request_list", **place)
        await call("approval_join_request", **place, member_openid=applicant, op="approve", join_request_id=request)
        await call("post_group_members", **place, limit=10)
        await call("get_group_members", **by_openid)
        await call("get_group_member", **by_openid, member_openid=applicant)
        hour = dt.timedelta(hours=1)
        mute = SetMemberMuteState(op="add", member_openid=applicant, mute_expire_at=hour)
        await call("set_group_members_mute", **place, members=[mute])
        await call("get_group_mute_setting", **place)
        await call("batch_remove_group_members", **by_openid, member_openids=[applicant], add_to_member_blacklist=True)
        await call("get_group_member_blacklist", **by_openid)
        await call("post_group_member_blacklist", **by_openid, op="del", member_openids=[applicant])


caller = Caller()
heard = nonebot.on()


@heard.handle()
async def hear(bot: Bot, event: GuildMessageEvent | GroupAtMessageCreateEvent | C2CMessageCreateEvent):
    caller.events.append(event)
    if isinstance(event, DirectMessageCreateEvent):
        caller.know(bot, direct=event.guild_id)
    elif isinstance(event, GuildMessageEvent):
        caller.know(bot, channel=(event.guild_id, event.channel_id, event.id, event.author.id))
    elif isinstance(event, GroupAtMessageCreateEvent):
        caller.know(bot, group=(event.group_openid, event.id))
    else:
        caller.know(bot, c2c=(event.author.user_openid, event.id))


@heard.handle()
async def hear_of_people(bot: Bot, event: InteractionCreateEvent | GroupJoinRequestEvent):
    if isinstance(event, InteractionCreateEvent):
        caller.events.append(event)
        caller.know(bot, button=event.id)
    else:
        caller.know(bot, applicant=(event.member_openid, event.join_request_id))


if __name__ == "__main__":
    nonebot.run()
