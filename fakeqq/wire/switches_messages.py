"""Switches of sending, recalling and uploading. Streams have a file of their own."""

from fakeqq.wire.evidence import Evidence
from fakeqq.wire.sources import (
    DOCS_C2C_RECALL,
    DOCS_C2C_SEND,
    DOCS_GROUP_RECALL,
    DOCS_GROUP_SEND,
    DOCS_GUILD_ARK,
    DOCS_POST_MESSAGES,
    DOCS_SEND,
    DOCS_STORAGE,
    DOCS_UPLOAD,
    DOCS_UPLOAD_PREPARE,
    FIELD_REPORT,
    OURS,
    docs_2026,
    issue,
    openclaw_qqbot,
)
from fakeqq.wire.switch_row import Switch

_D, _O, _I, _C = Evidence.DOCUMENTED, Evidence.OBSERVED, Evidence.INFERRED, Evidence.OUR_CHOICE
_BOTH = (DOCS_C2C_SEND, DOCS_GROUP_SEND)

SENDING_SWITCHES: tuple[Switch, ...] = (
    Switch(
        "c2c_reply_window",
        "3600",
        ("3600", "300"),
        "seconds in which a C2C message can be answered",
        _D,
        (DOCS_C2C_SEND, DOCS_SEND),
        "sources disagree on one page: its head says 60 minutes, its `msg_id` field says 5",
    ),
    Switch(
        "endpoint_rates",
        "off",
        ("off", "real"),
        "whether an operation that is called more often than its page allows is refused",
        _D,
        (docs_2026("autogen/api/v2_users_user_openid_messages.post"),),
        "the numbers are documented; nobody knows what a call too many is answered with, except for streams",
    ),
    Switch(
        "group_management",
        "allowed",
        ("allowed", "refused"),
        "whether the bot may use the group management API; refused, each call is answered with 11253",
        _D,
        (docs_2026("autogen/api/v2_groups_group_openid_info.get"),),
        "documented as open to invited bots only; nobody knows which those are. Allowed by default, so that what a bot "
        "does with it can be seen",
    ),
    Switch(
        "group_reply_count",
        "5",
        ("5", "unenforced"),
        "how many passive replies one group message allows",
        _D,
        (DOCS_GROUP_SEND, DOCS_SEND),
        "documented; nobody knows whether it is enforced: the count in C2C was not, in probes",
    ),
    Switch(
        "typing_counts",
        "yes",
        ("yes", "no"),
        "whether an input notification (msg_type 6) uses up one of the passive replies",
        _I,
        (FIELD_REPORT,),
        "nobody knows: two clients' notes say that it does, no document does",
    ),
    Switch(
        "message_event_reply",
        "allowed",
        ("allowed", "refused"),
        "whether `event_id` may name the event of a message: if not, 40034027",
        _D,
        _BOTH,
        "sources disagree on one page: its list of events has no messages, its example names one",
    ),
    Switch(
        "proactive_quota",
        "verified",
        ("verified", "unverified", "monthly", "off"),
        "how many messages may answer nothing: the numbers of 2026 for a verified or another bot (40034100), "
        "4 a month as in 2025 (22009), or any",
        _D,
        (*_BOTH, DOCS_SEND),
        "sources disagree across time",
    ),
    Switch(
        "not_in_group",
        "40034101",
        ("40034101", "40054003"),
        "which of two numbers a group gets that the bot has left",
        _D,
        (DOCS_GROUP_SEND,),
        "sources disagree: one table has both; nobody captured either",
    ),
    Switch(
        "native_markdown",
        "allowed",
        ("allowed", "refused"),
        "whether `markdown.content` may be sent: if not, 40034012",
        _D,
        (*_BOTH, issue("tencent-connect/openclaw-qqbot", 83)),
        "a permission of the bot until 2026-04-23, open to every bot since",
    ),
    Switch(
        "markdown_template",
        "allowed",
        ("allowed", "40034127", "304036"),
        "whether markdown templates may be used, and which of two numbers refuses them",
        _D,
        _BOTH,
        "a permission of the bot; the group table has both numbers",
    ),
    Switch(
        "template_syntax_wording",
        "documented",
        ("documented", "spaced"),
        "which of two texts a value of a markdown template meets that has markdown in it (40034010): without spaces "
        "around `markdown`, or with them",
        _D,
        (*_BOTH, FIELD_REPORT),
        "sources disagree: the tables have none, a client matches them",
    ),
    Switch(
        "forced_images",
        "pass",
        ("pass", "fail"),
        "what a markdown with an image and `force_verify_image_resource` meets: nothing, as no address is fetched; or "
        "40034004, as for an image that cannot be had",
        _D,
        _BOTH,
        "nobody knows what the platform verifies; the refusal is documented",
    ),
    Switch(
        "ark",
        "allowed",
        ("allowed", "refused"),
        "whether the templates 23, 24 and 37 may be sent: if not, 304004",
        _D,
        _BOTH,
        "a permission of the bot, given on request",
    ),
    Switch(
        "urls",
        "allowed",
        ("allowed", "40034028", "40054010"),
        "whether text, that of an ark or an embed included, may hold a URL or a word that looks like one, such as "
        "`USER.md`, and which text refuses it",
        _O,
        (FIELD_REPORT, issue("Hazellol/astrbot_plugin_music-search", 2), DOCS_GUILD_ARK),
        "sources disagree across time and scene: refused in 2025 and in groups, accepted in C2C markdown in 2026. The "
        "page of arks in guilds wants every link in a message registered; nobody reported one in an embed",
    ),
    Switch(
        "reference",
        "ref-idx",
        ("ref-idx", "either"),
        "what `message_reference.message_id` may be: a `REFIDX_…`, or a message id too; what it does not find is "
        "sent without a quote",
        _O,
        _BOTH,
        "sources disagree: probes and the C2C page have `REFIDX_…`, an example of the group page a message id. "
        "What an unknown one meets is our choice",
    ),
    Switch(
        "audit",
        "off",
        ("off", "202", "200"),
        "whether messages wait for a human's audit, and in which form that is told: status 202 with 304023 or "
        "304024, or 200: with `audit_id` to users and groups, with the body of the 202 in guilds; streams never wait",
        _O,
        (DOCS_POST_MESSAGES, issue("tencent-connect/botpy", 200), issue("nonebot/adapter-qq", 158)),
        "sources disagree: 202 is documented for guilds; 200 was captured in a group in 2024, and in direct messages "
        "with the other body in 2025; nobody reported an audit of a stream, so none is made",
    ),
    Switch(
        "reply_limit_wording",
        "40034128",
        ("40034128", "40034128-documented", "500"),
        "how a reply too many is refused: 40034128 with the text that was seen, or with that of the tables, or the "
        "status 500 of 2025, `reply msg exceed limit`",
        _O,
        (*_BOTH, issue("YesWeAreBot/YesImBot", 141)),
        "sources disagree across time",
    ),
    Switch(
        "offline_bot",
        "ignored",
        ("ignored", "unlisted", "disconnected"),
        "which bot's messages to users and groups are refused with 40054016: nobody's, those of one whose `standing` "
        "is not `listed`, or those of one that neither is logged in at the gateway nor has a webhook",
        _C,
        (OURS, *_BOTH),
        "nobody knows: the tables have the refusal and do not say when it comes",
    ),
    Switch(
        "channel_needs_gateway",
        "off",
        ("off", "required"),
        "whether a bot that neither is logged in at the gateway nor has a webhook may write to channels and direct "
        "messages: if not, 304018",
        _O,
        (DOCS_POST_MESSAGES, issue("tencent-connect/botpy", 37)),
        "documented for channels, and seen in 2022; nobody knows whether a webhook will do instead, which is our "
        "choice. Off, so that calls can be tried out alone",
    ),
    Switch(
        "keyboard_texts",
        "unchecked",
        ("unchecked", "checked"),
        "whether labels of more than 10 characters and confirmations of more than 40 and 4 are refused: in guilds with "
        "304040, elsewhere with 40011000",
        _C,
        (OURS, *_BOTH),
        "the lengths are documented; nobody knows what a longer text meets",
    ),
    Switch(
        "recall_answer",
        "object",
        ("object", "empty", "204"),
        "what a recall of users' and groups' answers: `{}`, nothing, or nothing with status 204",
        _D,
        (DOCS_C2C_RECALL, DOCS_GROUP_RECALL),
        "sources disagree on one page: `no body`, and an example with `{}`; a page about all calls has 204 for deletes",
    ),
    Switch(
        "ext_info",
        "present",
        ("present", "absent"),
        "whether the answer to a message to users and groups has `ext_info` with its `ref_idx`",
        _O,
        (issue("AstrBotDevs/AstrBot", 6931), *_BOTH),
        "sources disagree: optional in the documents, there in most captures and missing in one",
    ),
)

MEDIA_SWITCHES: tuple[Switch, ...] = (
    Switch(
        "file_info_wording",
        "40034032",
        ("40034032", "304080"),
        "which of two numbers a `file_info` meets that is unknown, too old or of the other scene",
        _O,
        (FIELD_REPORT, *_BOTH),
        "sources disagree: the first was seen, the second is documented",
    ),
    Switch(
        "file_info_life",
        "300",
        ("300", "0"),
        "seconds a `file_info` can be sent, as `ttl` says; 0: for ever",
        _D,
        (DOCS_UPLOAD,),
        "sources disagree: both are in the documents, as an example and as a rule; the real value was never published",
    ),
    Switch(
        "file_data",
        "7500000",
        ("7500000", "5000000", "10000000", "refused"),
        "how many bytes a file in `file_data` may have: a larger one meets 850012. Or whether the field is not known "
        "at all, so that the request has no file",
        _O,
        (FIELD_REPORT, issue("tencent-connect/botpy", 182), DOCS_UPLOAD),
        "sources disagree: failures are reported from 5, 7.5 and 10 MB on, and not always; the documents do not have "
        "the field, and one project's notes call it unsupported",
    ),
    Switch(
        "upload_block_size",
        "10485760",
        ("10485760", "5242880"),
        "bytes of each part of an upload but the last",
        _D,
        (DOCS_UPLOAD_PREPARE,),
        "sources disagree on one page: its example has 10 MB, its table 5",
    ),
    Switch(
        "upload_soft_limits",
        "documented",
        ("documented", "clients"),
        "how many megabytes images, videos and voices may have that are not shown as plain files: 20, 30 and 20, or "
        "30, 100 and 20",
        _D,
        (DOCS_UPLOAD, FIELD_REPORT),
        "sources disagree: the first are documented, the second are what official clients keep to",
    ),
    Switch(
        "part_index_base",
        "1",
        ("1", "0"),
        "the index of an upload's first part",
        _O,
        (DOCS_UPLOAD_PREPARE, FIELD_REPORT),
        "sources disagree: the documents count from 0, the real server was seen to count from 1",
    ),
    Switch(
        "upload_number_sizes",
        "refused",
        ("refused", "accepted"),
        "whether `file_size` and `block_size` may be numbers: if not, 850012",
        _O,
        (DOCS_UPLOAD_PREPARE, issue("AstrBotDevs/AstrBot", 9443)),
        "sources disagree: the documents and one report want strings, released clients send numbers",
    ),
    Switch(
        "upload_part_again",
        "accepted",
        ("accepted", "refused"),
        "whether a part can be put to its pre-signed URL twice: if not, the second time meets the storage's 403, and "
        "only a new upload_prepare helps",
        _O,
        (issue("tencent-connect/openclaw-qqbot", 277), DOCS_STORAGE),
        "sources disagree: object storage takes the same part again; after a PUT that broke off a client was refused "
        "each time. Nobody wrote the refusal down",
    ),
    Switch(
        "upload_prepare_form",
        "documented",
        ("documented", "flat"),
        "how upload_prepare answers: sizes as strings and `upload_config`, or sizes as numbers and the keys of "
        "`upload_config` beside `parts`. Where numbers are handed out they are taken back",
        _D,
        (DOCS_UPLOAD_PREPARE, openclaw_qqbot("src/api.ts")),
        "sources disagree: the second form is what an official client reads",
    ),
    Switch(
        "upload_quota_moment",
        "prepare",
        ("prepare", "files"),
        "which call tells that the day's volume is used up (40093002)",
        _I,
        (DOCS_UPLOAD, FIELD_REPORT),
        "sources disagree: clients get it from upload_prepare, the documents list it for files",
    ),
    Switch(
        "media_formats",
        "documented",
        ("documented", "family"),
        "what an image, a video and a voice may be: png and jpg, mp4, silk; or any image, video and sound (850019)",
        _D,
        (DOCS_UPLOAD, issue("tencent-connect/botpy", 198)),
        "sources disagree: the documents name these formats alone, clients send others",
    ),
)
