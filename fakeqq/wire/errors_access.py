"""Errors of the token endpoint, of authentication, of the route and of the servers in front."""

from fakeqq.wire.eras import Era
from fakeqq.wire.error_row import ErrorRow, standard
from fakeqq.wire.evidence import Evidence, Source
from fakeqq.wire.sources import (
    DOCS_ERROR_CODES,
    DOCS_GATEWAY,
    DOCS_TOKEN,
    FIELD_REPORT,
    OURS,
    botgo,
    gensokyo,
    issue,
    openclaw_qqbot,
    satori,
)

_D, _O, _I, _C = Evidence.DOCUMENTED, Evidence.OBSERVED, Evidence.INFERRED, Evidence.OUR_CHOICE
_NO_CAPTURE = "number and meaning are documented; nobody captured the answer, its status or its wire text"
_NO_CODE = "nobody saw its number: the status stands in its place"
_QQBOT = "tencent-connect/openclaw-qqbot"
_BOTPY = "tencent-connect/botpy"


def _token(
    name: str, code: int, message: str, evidence: Evidence, *sources: Source, note: str = ""
) -> ErrorRow:
    return ErrorRow(name, 200, code, None, message, None, "token", evidence, sources, note, _D)


def _front(name: str, status: int, phrase: str, evidence: Evidence, *sources: Source, note: str) -> ErrorRow:
    return ErrorRow(name, status, status, None, phrase, None, "html", evidence, sources, note, evidence)


TOKEN_ERRORS: tuple[ErrorRow, ...] = (
    _token(
        "token_rate_limited",
        100001,
        "Too many requests",
        _D,
        DOCS_TOKEN,
        openclaw_qqbot("src/gateway.ts"),
        note="the number of calls behind it is not documented",
    ),
    _token(
        "token_internal_error",
        100002,
        "internal err",
        _O,
        issue("tencent-connect/bot-docs", 220),
        issue("tencent-connect/bot-docs", 225),
        issue(_BOTPY, 197),
        note="undocumented; appId sent as a number, or a form under a JSON header",
    ),
    _token(
        "appid_invalid",
        100007,
        "appid invalid",
        _O,
        DOCS_TOKEN,
        issue("zhinjs/qq-official-bot", 88),
        issue("XeronOwO/QQBot4Sharp", 1),
        note="an unknown, banned or deleted bot; also a Content-Type other than application/json",
    ),
    _token(
        "secret_invalid",
        100016,
        "invalid appid or secret",
        _D,
        DOCS_TOKEN,
        issue("TimeRainStarSky/Yunzai-QQBot-Plugin", 34),
        note="no capture shows whether an unknown app id gets this one or 100007",
    ),
    _token("bot_not_exist", 10004, "机器人不存在", _D, DOCS_TOKEN),
)

AUTHENTICATION_ERRORS: tuple[ErrorRow, ...] = (
    standard(
        "token_invalid",
        401,
        11244,
        "AccessToken无效或过期",
        _O,
        botgo("errs/err.go"),
        FIELD_REPORT,
        err_code=40011027,
        era=Era.LATE_2026,
        note="sources disagree across time: a report of 2026-09-29 against the older answer in the other era",
    ),
    standard(
        "token_invalid",
        500,
        11244,
        "token not exist or expire",
        _O,
        issue("Kloping/qqpd-bot-java", 39),
        botgo("errs/err.go"),
        era=Era.EARLY_2026,
        status_evidence=_I,
        note="sources disagree across time; the body is captured, three clients' tests name the status",
    ),
    standard(
        "token_missing",
        401,
        11241,
        "参数中缺少 token",
        _D,
        DOCS_ERROR_CODES,
        status_evidence=_C,
        note=_NO_CAPTURE,
    ),
    standard(
        "fixed_token_disabled",
        500,
        11245,
        "固定Token已禁用，请使用AccessToken鉴权，参考文档："
        "https://bot.q.qq.com/wiki/develop/api-v2/dev-prepare/interface-framework/api-use.html",
        _O,
        issue("satorijs/satori", 381),
        issue("Kloping/qqpd-bot-java", 47),
        issue("koishijs/koishi", 1502),
        note="for `Authorization: Bot appid.token`; body and status come from two reports",
    ),
    standard(
        "ip_not_allowed",
        401,
        11298,
        "接口访问源IP不在白名单",
        _O,
        issue(_BOTPY, 189),
        issue(_QQBOT, 240),
        issue("simple-robot/simpler-robot", 788),
        err_code=40023002,
        note="on /users/@me, /gateway and /gateway/bot; the sandbox host is said to skip the check",
    ),
    standard(
        "gateway_rate_limited",
        400,
        100017,
        "接口调用超过频率限制",
        _O,
        issue("NousResearch/hermes-agent", 18172),
        issue("esengine/DeepSeek-Reasonix", 7816),
        issue(_QQBOT, 17),
        DOCS_GATEWAY,
        err_code=40023001,
        note="400 and not 429; that status and numbers come together is joined from several reports",
    ),
    standard(
        "resource_not_found",
        400,
        11255,
        "请求的资源不存在(用户/群已注销)",
        _O,
        FIELD_REPORT,
        err_code=40011028,
        era=Era.LATE_2026,
        note="sources disagree across time; two reports of September 2026 have this one",
    ),
    standard(
        "resource_not_found",
        500,
        11255,
        "invalid request",
        _O,
        issue("liliMozi/openhanako", 656),
        issue(_QQBOT, 125),
        openclaw_qqbot("CHANGELOG.md"),
        era=Era.EARLY_2026,
        note="sources disagree across time; also for another bot's openid, or a group without the bot",
    ),
    standard(
        "permission_denied",
        None,
        11253,
        "check app privilege not pass",
        _O,
        satori("adapters/qq/src/utils.ts"),
        gensokyo("handlers/get_group_member_list.go"),
        note="an API that the bot was not granted; nobody wrote down the status",
    ),
    standard("token_check_failed", None, 11242, "校验 token 失败", _D, DOCS_ERROR_CODES, note=_NO_CAPTURE),
    standard(
        "token_check_not_passed", None, 11243, "校验 token 未通过", _D, DOCS_ERROR_CODES, note=_NO_CAPTURE
    ),
    standard("appid_wrong", None, 11251, "参数中的 appid 错误", _D, DOCS_ERROR_CODES, note=_NO_CAPTURE),
    standard(
        "privilege_check_failed", None, 11252, "检查应用权限失败", _D, DOCS_ERROR_CODES, note=_NO_CAPTURE
    ),
    standard("interface_forbidden", None, 11254, "应用接口被封禁", _D, DOCS_ERROR_CODES, note=_NO_CAPTURE),
    standard("appid_missing", None, 11261, "参数中缺少 appid", _D, DOCS_ERROR_CODES, note=_NO_CAPTURE),
    standard(
        "bot_token_not_supported",
        None,
        11262,
        "当前接口不支持使用机器人 Bot Token 调用",
        _D,
        DOCS_ERROR_CODES,
        note=_NO_CAPTURE,
    ),
    standard(
        "guild_auth_check_failed",
        None,
        11263,
        "检查频道权限失败",
        _D,
        DOCS_ERROR_CODES,
        issue(_BOTPY, 145),
        note="the number was seen when a guild id was passed as a channel id",
    ),
    standard(
        "guild_auth_not_passed", None, 11264, "检查小站权限未通过", _D, DOCS_ERROR_CODES, note=_NO_CAPTURE
    ),
    standard("robot_banned", None, 11265, "机器人已经被封禁", _D, DOCS_ERROR_CODES, note=_NO_CAPTURE),
    standard(
        "user_auth_check_failed", None, 11273, "检查用户权限失败", _D, DOCS_ERROR_CODES, note=_NO_CAPTURE
    ),
    standard(
        "user_auth_not_passed", None, 11274, "检查用户权限未通过", _D, DOCS_ERROR_CODES, note=_NO_CAPTURE
    ),
    standard("appid_absent", None, 11275, "无 appid", _D, DOCS_ERROR_CODES, note=_NO_CAPTURE),
    standard(
        "admin_check_failed",
        None,
        11281,
        "检查是否是管理员失败",
        _D,
        DOCS_ERROR_CODES,
        note="sources disagree: a plug-in's help text calls it a rate limit, the documents a system error",
    ),
    standard(
        "admin_check_not_passed",
        None,
        11282,
        "检查是否是管理员未通过",
        _D,
        DOCS_ERROR_CODES,
        note=_NO_CAPTURE,
    ),
    standard(
        "robot_cancelled",
        None,
        11700,
        "robot has canceled",
        _I,
        FIELD_REPORT,
        note="a deregistered bot; a client matches these words within a text that nobody shows in full",
    ),
)

ROUTE_ERRORS: tuple[ErrorRow, ...] = (
    standard(
        "not_found",
        404,
        404,
        "Not Found",
        _C,
        OURS,
        DOCS_ERROR_CODES,
        status_evidence=_D,
        note="the status is documented, the body was never captured",
    ),
    standard(
        "method_not_allowed",
        405,
        405,
        "Method Not Allowed",
        _C,
        OURS,
        DOCS_ERROR_CODES,
        status_evidence=_D,
        note="the status is documented, the body was never captured",
    ),
    standard(
        "system_busy",
        500,
        500,
        "系统繁忙，请稍后重试",
        _O,
        issue("AstrBotDevs/AstrBot", 7257),
        note="media sends, now and then, with 500 or 504; " + _NO_CODE,
    ),
    ErrorRow(
        "upgrade_required",
        426,
        426,
        None,
        'WebSocket protocol violation: Upgrade header "" does not contain websocket',
        None,
        "text",
        _O,
        (FIELD_REPORT,),
        "a plain GET of the WebSocket path",
        _O,
    ),
    _front(
        "body_too_large",
        413,
        "Request Entity Too Large",
        _O,
        FIELD_REPORT,
        note="the front named `stgw` refuses bodies of about 26.7 MB; the page's bytes are our choice",
    ),
    _front(
        "front_rate_limited",
        429,
        "Too Many Requests",
        _I,
        openclaw_qqbot("src/api.ts"),
        note="a client expects an HTML page with 429",
    ),
    _front(
        "front_bad_gateway",
        502,
        "Bad Gateway",
        _I,
        openclaw_qqbot("src/api.ts"),
        note="a client expects HTML",
    ),
    _front(
        "front_unavailable",
        503,
        "Service Temporarily Unavailable",
        _I,
        openclaw_qqbot("src/api.ts"),
        note="a client expects HTML",
    ),
    _front(
        "front_timeout",
        504,
        "Gateway Time-out",
        _I,
        openclaw_qqbot("src/api.ts"),
        note="a client expects HTML",
    ),
)
