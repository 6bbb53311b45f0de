"""Errors of streams, of recalls and of answering an interaction."""

from fakeqq.wire.error_row import ErrorRow, standard
from fakeqq.wire.evidence import Evidence
from fakeqq.wire.sources import (
    DOCS_C2C_RECALL,
    DOCS_C2C_SEND,
    DOCS_GROUP_RECALL,
    DOCS_INTERACTION,
    DOCS_STREAM,
    FIELD_REPORT,
    astrbot,
    issue,
    satori,
)

_D, _O, _I = Evidence.DOCUMENTED, Evidence.OBSERVED, Evidence.INFERRED
_C2C = (DOCS_C2C_SEND,)
_NO_TEXT = "nobody saw its text"

_STREAM_TEXT = "the tables of July 2026 describe it, those of September do not; the wire text may differ"

STREAM_ERRORS: tuple[ErrorRow, ...] = (
    standard("stream_type_mismatch", None, 40034016, "流式消息msgtype不一致", _D, *_C2C, note=_STREAM_TEXT),
    standard(
        "stream_newline_missing",
        None,
        40034017,
        r"流式消息md分片需要\n结束",
        _O,
        issue("AstrBotDevs/AstrBot", 8498),
        astrbot("astrbot/core/platform/sources/qqofficial/qqofficial_message_event.py"),
        *_C2C,
        note="`\\n` is a backslash and the letter n; sources disagree whether every markdown chunk or only "
        "the last must end with a newline",
    ),
    standard("stream_ended", None, 40034018, "流式消息已结束", _D, *_C2C, note=_STREAM_TEXT),
    standard("stream_guide_ended", None, 40034019, "流式引导已结束", _D, *_C2C, note=_STREAM_TEXT),
    standard(
        "stream_timed_out",
        400,
        40034020,
        "同一流式消息发送超过时间限制",
        _O,
        FIELD_REPORT,
        *_C2C,
        status_evidence=_I,
        note="sources disagree on the text: the table prints 同一流式消息发送超时; the frame took effect",
    ),
    standard(
        "stream_other_active",
        400,
        40034021,
        "其它流式消息发送中",
        _O,
        FIELD_REPORT,
        *_C2C,
        note="sources disagree: the table writes 其他; a probe ran two streams in turn without it",
    ),
    standard("stream_superseded", None, 40034022, "已开启新的流式消息", _D, *_C2C, note=_STREAM_TEXT),
    standard("stream_chunk_too_long", None, 40054014, "流式消息分片过长", _D, *_C2C, note=_STREAM_TEXT),
    standard("stream_too_many_chunks", None, 40054015, "流式消息分片数超限", _D, *_C2C, note=_STREAM_TEXT),
    standard(
        "stream_index_not_increasing",
        404,
        40006,
        "请求参数index需要递增",
        _O,
        FIELD_REPORT,
        note="nobody wrote down its err_code: the older number stands in its place",
    ),
    standard(
        "stream_content_changed",
        404,
        40007,
        "已经提交的消息内容不可修改",
        _O,
        issue("langbot-app/LangBot", 2454),
        DOCS_STREAM,
        err_code=40113003,
        note="sources disagree on the text: the page prints 已下发内容前缀不可修改",
    ),
    standard("stream_internal_error", 500, 50001, "服务内部错误", _D, DOCS_STREAM, status_evidence=_I),
    standard(
        "stream_rate_limited",
        None,
        50002,
        "频率限制",
        _D,
        DOCS_STREAM,
        note="official clients back off on this number and on HTTP 429 alike",
    ),
    standard(
        "stream_continuation_without_msg_id",
        500,
        50015001,
        "",
        _O,
        FIELD_REPORT,
        status_evidence=_I,
        note="one client's notes; sources disagree: others sent frames without msg_id and got 200; " + _NO_TEXT,
    ),
)

RECALL_ERRORS: tuple[ErrorRow, ...] = (
    standard("recall_expired", None, 40064004, "已超出消息撤回时限", _D, DOCS_C2C_RECALL, DOCS_GROUP_RECALL),
    standard(
        "recall_invalid_params",
        400,
        40061001,
        "请求参数无效",
        _O,
        FIELD_REPORT,
        DOCS_C2C_RECALL,
        DOCS_GROUP_RECALL,
        note="captured for the id of a stream, which is not a message id",
    ),
    standard("recall_invalid_msg_id", None, 40061002, "请求参数msgid无效", _D, DOCS_C2C_RECALL),
    standard("recall_not_permitted", None, 40062003, "无操作权限", _D, DOCS_GROUP_RECALL),
    standard("recall_failed", None, 50065001, "消息撤回失败，请稍后重试", _D, DOCS_GROUP_RECALL),
    standard(
        "user_openid_invalid",
        None,
        306009,
        "用户openid无效",
        _D,
        DOCS_C2C_RECALL,
        note="sources disagree: the documents of 2025 define 306009 as 非与当前用户发送的消息",
    ),
)

INTERACTION_ERRORS: tuple[ErrorRow, ...] = (
    standard("interaction_invalid_params", None, 630001, "param invalid", _D, DOCS_INTERACTION),
    standard("interaction_appid_failed", None, 630002, "get appid failed", _D, DOCS_INTERACTION),
    standard("interaction_appid_mismatch", None, 630003, "appid invalid", _D, DOCS_INTERACTION),
    standard("interaction_store_failed", 500, 630004, "set interaction data failed", _D, DOCS_INTERACTION),
    standard("interaction_read_failed", 500, 630005, "get interaction data failed", _D, DOCS_INTERACTION),
    standard(
        "interaction_header_appid_failed",
        None,
        630006,
        "get header appid failed",
        _O,
        satori("adapters/qq/src/utils.ts"),
        DOCS_INTERACTION,
        note="seen when an interaction was answered; nobody wrote down the status",
    ),
    standard("interaction_too_large", None, 630007, "data too large", _D, DOCS_INTERACTION),
    standard("interaction_preprocess_failed", None, 630008, "interaction preprocess failed", _D, DOCS_INTERACTION),
)
