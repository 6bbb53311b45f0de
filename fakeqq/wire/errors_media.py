"""Errors of uploads, and of the guild API."""

from fakeqq.wire.error_row import ErrorRow, legacy, standard
from fakeqq.wire.evidence import Evidence
from fakeqq.wire.sources import (
    DOCS_ERROR_CODES,
    DOCS_POST_MESSAGES,
    DOCS_STORAGE,
    DOCS_UPLOAD,
    FIELD_REPORT,
    issue,
    satori,
)

_D, _O, _I = Evidence.DOCUMENTED, Evidence.OBSERVED, Evidence.INFERRED
_BOTPY = "tencent-connect/botpy"

UPLOAD_ERRORS: tuple[ErrorRow, ...] = (
    standard(
        "media_download_failed",
        400,
        850026,
        "富媒体文件下载失败",
        _O,
        issue("tencent-connect/openclaw-qqbot", 44),
        DOCS_UPLOAD,
        err_code=40034001,
        status_evidence=_I,
        note="sources disagree on the text: the table prints 下载原始文件失败",
    ),
    standard(
        "media_format_unsupported",
        400,
        850019,
        "富媒体文件格式不支持",
        _O,
        issue(_BOTPY, 198),
        DOCS_UPLOAD,
        err_code=40034002,
        note="sources disagree on the text: the table prints 不支持的文件格式",
    ),
    standard(
        "upload_proxy_error",
        500,
        850012,
        "call inner proxy error",
        _O,
        issue(_BOTPY, 182),
        issue("AstrBotDevs/AstrBot", 9443),
        note="undocumented: large base64 bodies, file_size as a number, an empty sha1; may pass by itself",
    ),
    standard("upload_muted", None, 850018, "群被禁言或者机器人被禁言", _D, DOCS_UPLOAD),
    standard("upload_timeout", None, 850027, "发送数据超时", _D, DOCS_UPLOAD),
    standard("upload_too_large", None, 850031, "上传文件超过大小限制", _D, DOCS_UPLOAD, note="more than 200 MB"),
    standard("operation_unsupported", None, 10000, "不支持的操作", _D, DOCS_UPLOAD),
    standard(
        "upload_part_failed",
        400,
        40093001,
        "文件上传失败，请重试",
        _D,
        DOCS_UPLOAD,
        status_evidence=_I,
        note="clients retry every second until retry_timeout",
    ),
    standard(
        "upload_daily_quota_exceeded",
        400,
        40093002,
        "超过今天发送文件容量上限",
        _D,
        DOCS_UPLOAD,
        FIELD_REPORT,
        status_evidence=_I,
        note="sources disagree: clients get it from upload_prepare, whose page does not list it",
    ),
)


def _storage(name: str, status: int, code: str, text: str) -> ErrorRow:
    """A refusal of the object storage that parts are put to: XML of its own, with the status as number."""
    page = f"<?xml version='1.0' encoding='utf-8' ?><Error><Code>{code}</Code><Message>{text}</Message></Error>"
    return ErrorRow(name, status, status, None, page, None, "text", _D, (DOCS_STORAGE,), note=_STORAGE_NOTE)


_STORAGE_NOTE = "answered to a PUT or GET of a pre-signed URL, never by the API; nobody captured it"

STORAGE_ERRORS: tuple[ErrorRow, ...] = (
    _storage(
        "cos_signature_mismatch",
        403,
        "SignatureDoesNotMatch",
        "The Signature you specified is invalid.",
    ),
    _storage("cos_url_expired", 403, "AccessDenied", "Request has expired"),
    _storage("cos_part_exists", 403, "AccessDenied", "Access Denied."),
    _storage(
        "cos_size_mismatch", 400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size."
    ),
    _storage("cos_not_found", 404, "NoSuchKey", "The specified key does not exist."),
)

_OLD = "guild API"
_QUOTA = "a quota of guild messages; nobody captured the answer"


def _quota(name: str, code: int, message: str) -> ErrorRow:
    return legacy(name, None, code, message, _D, DOCS_ERROR_CODES, note=_QUOTA)


GUILD_ERRORS: tuple[ErrorRow, ...] = (
    legacy(
        "guild_url_not_allowed",
        403,
        304003,
        "url not allowed",
        _O,
        issue("AstrBotDevs/AstrBot", 13),
        note="sources disagree on the text: later 请求参数不允许包含url",
    ),
    legacy(
        "guild_not_connected",
        400,
        304018,
        "websocket link does not exist",
        _O,
        issue(_BOTPY, 37),
        note="the bot has no connection to that gateway",
    ),
    legacy("guild_image_upload_failed", 500, 304017, "upload image error", _O, issue(_BOTPY, 129), note=_OLD),
    legacy("guild_image_download_failed", 500, 40002, "download file err", _O, issue(_BOTPY, 128), note=_OLD),
    legacy("guild_file_too_large", None, 40014, "file too large", _I, FIELD_REPORT, note="a client matches it"),
    legacy("guild_file_size_exceeded", None, 304020, "file size exceeded", _I, FIELD_REPORT, DOCS_ERROR_CODES),
    legacy(
        "guild_markdown_not_allowed",
        500,
        304041,
        "reply message not allow markdown",
        _O,
        issue("nonebot/adapter-qq", 154),
        issue("nonebot/adapter-qq", 96),
        note="sources disagree on the text: 2023 had `reply messageg not allow markdown`",
    ),
    legacy(
        "guild_markdown_template_field",
        400,
        10001,
        "",
        _O,
        issue(_BOTPY, 127),
        note="a wrong template field; nobody saw its text. The documents call 10001 an unknown account",
    ),
    legacy(
        "channel_not_found",
        400,
        400,
        "频道不存在",
        _O,
        issue("liliMozi/openhanako", 656),
        note="a message to an id that is no channel; nobody saw its number: the status stands in its place",
    ),
    legacy(
        "push_awaits_audit",
        202,
        304023,
        "push message is waiting for audit now",
        _D,
        DOCS_POST_MESSAGES,
        DOCS_STORAGE,
        satori("adapters/qq/src/message.ts"),
        issue("nonebot/adapter-qq", 158),
        status_evidence=_O,
        note="`data.message_audit.audit_id` follows the two keys; sources disagree: 200 for a DM in 2025",
    ),
    legacy(
        "reply_awaits_audit",
        202,
        304024,
        "reply message is waiting for audit now",
        _D,
        DOCS_POST_MESSAGES,
        DOCS_STORAGE,
        satori("adapters/qq/src/message.ts"),
        note="as push_awaits_audit; the text is made after that one",
    ),
    legacy("guild_message_empty", None, 50006, "消息为空", _D, DOCS_ERROR_CODES, note=_OLD),
    legacy(
        "guild_msg_id_expired",
        None,
        304027,
        "回复的消息过期",
        _D,
        DOCS_ERROR_CODES,
        note="sources disagree on expiry in general; a report says groups never return this one",
    ),
    legacy("keyboard_not_allowed", None, 304037, "没有发消息按钮组件的权限", _D, DOCS_ERROR_CODES, note=_OLD),
    legacy("keyboard_not_found", None, 304038, "消息按钮组件不存在", _D, DOCS_ERROR_CODES, note=_OLD),
    legacy(
        "keyboard_parse_error",
        None,
        304039,
        "keyboard unmarshal error",
        _I,
        FIELD_REPORT,
        DOCS_ERROR_CODES,
        note="sources disagree on the text: the documents print 消息按钮组件解析错误",
    ),
    legacy("keyboard_content_error", None, 304040, "消息按钮组件消息内容错误", _D, DOCS_ERROR_CODES, note=_OLD),
    _quota("channel_rate_limited", 20028, "子频道消息触发限频"),
    _quota("push_time_limited", 304022, "推送消息时间限制"),
    _quota("channel_push_limited", 304045, "子频道主动消息数限频"),
    _quota("channel_push_not_allowed", 304046, "不允许在此子频道发主动消息"),
    _quota("push_channels_limited", 304047, "主动消息推送超过限制的子频道数"),
    _quota("guild_push_not_allowed", 304048, "不允许在此频道发主动消息"),
    _quota("direct_push_limited", 304049, "私信主动消息数限频"),
    _quota("direct_push_total_limited", 304050, "私信主动消息总量限频"),
    _quota("setting_guide_limited", 304052, "发消息设置引导超频"),
    _quota("thread_rate_limited", 503004, "超出发布帖子的频次限制"),
    _quota("api_permission_rate_limited", 610013, "已限频"),
    _quota("reaction_rate_limited", 620006, "操作限频"),
    _quota("schedule_rate_limited", 302012, "每天只能创建 10 个日程"),
    _quota("safety_rate_limited", 1100100, "安全打击：消息被限频"),
    _quota("guild_rate_limited", 1100308, "触发频道内限频"),
)
