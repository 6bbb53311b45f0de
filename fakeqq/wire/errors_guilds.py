"""The business errors of the guild API: numbers and meanings of the official list, in the two-key shape.

Nobody captured these answers. Where the list begins a line with an English name, the text is what follows it;
which of several numbers of one family fits a situation is our choice, and the note says for what we use it.
"""

from fakeqq.wire.error_row import ErrorRow, legacy
from fakeqq.wire.evidence import Evidence
from fakeqq.wire.sources import DOCS_ERROR_CODES, botpy

_D = Evidence.DOCUMENTED


def _row(name: str, code: int, message: str, note: str) -> ErrorRow:
    return legacy(name, None, code, message, _D, DOCS_ERROR_CODES, note=note)


GUILD_BUSINESS_ERRORS: tuple[ErrorRow, ...] = (
    _row("unknown_account", 10001, "账号异常", "used for a user who is not in the guild"),
    _row("unknown_channel", 10003, "子频道异常", "used for an id that is no channel, or a channel of another type"),
    _row("unknown_guild", 10004, "频道异常", "used for a guild that does not exist, or does not have the bot"),
    _row("guild_request_invalid", 12002, "请求体错误", "used where a family has no number of its own"),
    _row("markdown_with_other_parts", 50037, "带有markdown消息只支持 markdown 或者 keyboard 组合", "guild messages"),
    _row("guild_message_unavailable", 50039, "获取消息失败", "used for a message that is not there, or was recalled"),
    _row("message_template_type_invalid", 50040, "消息模版类型错误", "used for an ark or embed that is no such object"),
    _row("markdown_value_empty", 50041, "markdown 有空值", "guild messages"),
    _row("reply_to_own_message", 50045, "不能回复机器人自己产生的消息", "guild messages"),
    _row("edit_without_keyboard", 50049, "只能修改含有 keyboard 元素的消息", "guild messages"),
    _row("edit_keyboard_empty", 50050, "修改消息时，keyboard 元素不能为空", "guild messages"),
    _row("edit_not_own", 50051, "只能修改机器人自己发送的消息", "guild messages"),
    _row("markdown_content_invalid", 50055, "无效的 markdown content", "guild messages"),
    _row(
        "guild_markdown_not_allowed_second_wording",
        50056,
        "不允许发送 markdown content",
        "sources disagree: 304041 was seen for it",
    ),
    _row("markdown_two_kinds", 50057, "markdown 参数只支持原生语法或者模版二选一", "guild messages"),
    _row(
        "channel_permissions_invalid", 301000, "参数错误", "used for a permission that is no number, or is for managing"
    ),
    _row("channel_permissions_not_admin", 301003, "修改子频道权限错误", "used for a bot that may not change them"),
    _row("channel_permissions_no_member", 301006, "非群成员没有查询权限", "used for a user who is not in the guild"),
    _row("schedule_invalid", 302000, "参数错误", "used for a schedule without a name, or an unknown kind of reminder"),
    _row("schedule_wrong_channel", 302001, "查询频道信息错误", "used for a channel that is not for schedules"),
    _row("schedule_not_found", 302003, "查询日程失败", "used for an id that never was a schedule of the channel"),
    _row("schedule_not_admin", 302010, "暂无修改日程权限", "schedules"),
    _row("schedule_deleted", 302011, "日程活动已被删除", "schedules"),
    _row("schedule_too_long", 302014, "日程持续时间超过 7 天，请重新选择", "schedules"),
    _row("schedule_in_the_past", 302015, "开始时间不能早于当前时间", "schedules"),
    _row("schedule_ends_before_start", 302016, "结束时间不能早于开始时间", "schedules"),
    _row("schedule_missing", 302017, "Schedule 对象为空", "schedules"),
    _row("schedule_time_invalid", 302018, "参数类型转换失败", "used for times that are no numbers"),
    _row("schedule_guild_rate_limited", 302021, "频道内当日新增活动达上限", "100 schedules a day in one guild"),
    _row("schedule_jump_other_guild", 302022, "不能绑定非当前频道的子频道", "schedules"),
    _row("schedule_jump_to_schedule", 302023, "开始时跳转不可绑定日程子频道", "schedules"),
    _row("schedule_jump_not_found", 302024, "绑定的子频道不存在", "schedules"),
    _row("guild_ark_not_allowed", 304004, "没有发 ark 消息权限", "used for a template beyond 23, 24, 34 and 37"),
    _row("embed_too_long", 304005, "embed 长度超限", "nobody knows the length"),
    _row("guild_image_invalid", 304010, "图片转存错误", "used for an image that is no address"),
    _row("at_everyone_limited", 304019, "@全体成员 次数超限", "nobody knows how often"),
    _row("guild_message_struck", 304025, "消息被打击", "moderation, which is not modelled"),
    _row("guild_msg_id_invalid", 304026, "回复的消息 id 错误", "used for an unknown message or event"),
    _row("dm_closed", 304031, "私信已关闭", "a guild that switched direct messages off"),
    _row("dm_not_found", 304032, "私信不存在", "direct messages"),
    _row("dm_not_member", 304034, "不是私信成员", "used for a recipient who is not in the guild"),
    _row("guild_recall_invalid", 306001, "撤回消息参数错误", "nobody knows which parameter: an id has its own numbers"),
    _row("guild_recall_msg_id_invalid", 306002, "消息 id 错误", "used for an unknown message"),
    _row(
        "guild_recall_not_permitted",
        306004,
        "没有撤回此消息的权限",
        "used for another's message, by a bot that is no administrator",
    ),
    _row("guild_recall_not_own", 306008, "非当前机器人发送的消息", "used in direct messages"),
    _row("guild_recall_expired", 306011, "超出可撤回消息时间", "missing in the list of 2026"),
    _row("announcement_invalid", 501001, "参数校验失败", "used where neither a message nor channels are given"),
    _row(
        "announcement_message_mismatch", 501005, "MessageID 错误", "used where another message is announced or pinned"
    ),
    _row("announcement_message_not_found", 501008, "MessageID 不存在", "announcements and pins"),
    _row("announcement_message_elsewhere", 501010, "此条消息非子频道内消息", "announcements and pins"),
    _row("pins_full", 501013, "精华消息超过最大数量", "20 in one channel"),
    _row("recommended_channels_full", 501016, "频道公告子频道推荐超过最大数量", "three in one guild"),
    _row("announcement_not_admin", 501017, "非频道主或管理员", "announcements and pins"),
    _row("recommended_channel_invalid", 501018, "推荐子频道 ID 无效", "used for channels that not everybody sees, too"),
    _row("announcement_type_invalid", 501019, "公告类型错误", "announcements"),
    _row("mute_user_invalid", 502003, "用户 id 无效", "mutes"),
    _row("mute_timestamp_malformed", 502005, "timestamp 不合法", "used for times that are no numbers"),
    _row("mute_timestamp_invalid", 502006, "timestamp 无效", "used where no time is given"),
    _row("thread_wrong_channel", 503003, "获取子频道信息失败", "used for a channel that is no forum"),
    _row("thread_title_empty", 503005, "帖子标题为空", "forum"),
    _row("thread_content_empty", 503006, "帖子内容为空", "forum"),
    _row("thread_not_found", 503012, "帖子不存在或已删除", "forum"),
    _row("thread_json_invalid", 503014, "帖子JSON内容解析失败", "forum"),
    _row("thread_format_invalid", 503015, "帖子内容转换失败", "used for an unknown format"),
    _row("thread_links_limited", 503016, "链接数量超过限制", "forum; nobody knows how many"),
    _row("thread_too_long", 503017, "字数超过限制", "forum; nobody knows the length"),
    _row("thread_images_limited", 503018, "图片数量超过限制", "forum; nobody knows how many"),
    _row("thread_videos_limited", 503019, "视频数量超过限制", "forum; nobody knows how many"),
    _row("thread_title_too_long", 503020, "标题长度超过限制", "forum; nobody knows the length"),
    _row("api_permission_invalid", 610008, "无效参数", "used for an operation that the platform does not have"),
    _row("api_permission_granted", 610010, "API 接口已授权", "API permissions"),
    _row("reaction_invalid", 620001, "表情表态无效参数", "used for an unknown message or kind of emoji"),
    _row("reaction_kinds_limited", 620002, "已经达到表情反应的类型数量上限", "the setting `reaction_kinds`"),
    _row("reaction_exists", 620003, "已经设置过该表情表态", "reactions"),
    _row("reaction_not_set", 620004, "没有设置过该表情表态", "reactions"),
    legacy(
        "channel_without_voice",
        400,
        10003,
        "子频道异常",
        Evidence.INFERRED,
        botpy("botpy/api.py"),
        status_evidence=_D,
        note="voice members, microphone, music or online numbers of a channel without voice; botpy's comment "
        "has the status; number and text are inferred from the family",
    ),
)
