"""Refusals of messages to channels, of direct messages, and of answers to buttons.

The shape of a case is told in `test_core_guild_refusals`.
"""

from fakeqq.core.events.speech import Speech, speak

KEYS = {"content": {"rows": [{"buttons": [{"id": "1"}]}]}}
LINKED = [
    {"content": "see https://a.example"},
    {"custom_template_id": "1", "params": [{"key": "a", "values": ["README.md"]}]},
]
PATCH = "PATCH /channels/{channel_id}/messages/{message_id}"


def nothing(_stage):
    pass


def send(name, body, prepare=nothing):
    """Refusals of the two ways to send: the same parts."""
    return [
        ("POST /channels/{channel_id}/messages", name, body, prepare),
        ("POST /dms/{guild_id}/messages", name, body, prepare),
    ]


def push(stage, count, channel=None):
    channel = channel or stage.text
    for _ in range(count):
        stage.world.clock.advance(2)
        stage.ok("POST", f"/channels/{channel.id}/messages", {"content": "push"})


def open_dm(stage, count=0):
    direct = stage.world.guilds.open_dm(stage.member.user_id, stage.guild.id, stage.now.world)
    for _ in range(count):
        stage.ok("POST", f"/dms/{direct.guild_id}/messages", {"content": "push"})
    return direct.guild_id


def own_dm(stage):
    return stage.ok("POST", f"/dms/{open_dm(stage)}/messages", {"content": "mine"})["id"]


def others(stage):
    for _ in range(200):
        member = stage.world.guilds.add_member(stage.guild.id)
        direct = stage.world.guilds.open_dm(member.user_id, stage.guild.id)
        stage.world.guild_quotas.sent_direct(direct, stage.now.world)


def burst(stage):
    message = stage.user_says()
    for _ in range(5):
        stage.ok("POST", f"/channels/{stage.text.id}/messages", {"content": "x", "msg_id": message})


def own_keyboard(stage):
    return {"message_id": stage.bot_says(keyboard=KEYS)}


def own_plain(stage):
    return {"message_id": stage.bot_says()}


def of_user(stage):
    return {"message_id": stage.user_says()}


def interaction(stage, answered=False):
    stage.world.emit("INTERACTION_CREATE", {"id": "i1"}, stage.now)
    if answered:
        stage.ok("PUT", "/interactions/i1", {"code": 0})
    return {"interaction_id": "i1"}


def expired(stage):
    message = stage.user_says()
    stage.world.clock.advance(301)
    return message


def too_old(stage, message):
    """The message when two minutes are over, where that is too late for a recall."""
    stage.set(switches={"guild_recall_window": "120"})
    stage.world.clock.advance(120.1)
    return message


def sent_dm(stage):
    """A direct message of the bot's own."""
    said = user_dm(stage)
    sent = stage.ok("POST", f"/dms/{said['guild_id']}/messages", {"content": "x", "msg_id": said["message_id"]})
    return {"guild_id": said["guild_id"], "message_id": sent["id"]}


def user_dm(stage):
    said = speak(stage.world, Speech(text="psst", scene="dm"), stage.now)
    return {"guild_id": said["openid"], "message_id": said["message_id"]}


def expired_dm(stage):
    said = user_dm(stage)
    stage.dm = said["guild_id"]
    stage.world.clock.advance(301)
    return said["message_id"]


OF_MESSAGES = [
    *send(
        "guild_not_connected",
        {"content": "x"},
        lambda stage: stage.set(switches={"channel_needs_gateway": "required"}),
    ),
    *send("guild_request_invalid", {"content": 5}),
    *send("guild_message_empty", {"content": "", "embed": None}),
    *send("guild_msg_id_invalid", {"content": "x", "msg_id": "unknown"}),
    *[
        row
        for body in (
            {"content": "see https://a.example"},
            {"ark": {"template_id": 24, "kv": [{"key": "#LINK#", "value": "https://a.example"}]}},
            {"ark": {"template_id": 23, "kv": [{"key": "#LIST#", "obj": [{"obj_kv": [{"value": "README.md"}]}]}]}},
            {"embed": {"title": "see https://a.example"}},
            {"content": "look", "embed": {"fields": [{"name": "README.md"}]}},
        )
        for row in send("guild_url_not_allowed", body, lambda stage: stage.set(switches={"urls": "40034028"}))
    ],
    *[
        row
        for markdown in LINKED
        for row in send(
            "guild_url_not_allowed",
            {"markdown": markdown},
            lambda stage: stage.set(switches={"urls": "40054010"}),
        )
    ],
    *[
        (
            PATCH,
            "guild_url_not_allowed",
            {"keyboard": KEYS, "markdown": markdown},
            lambda stage: (own_keyboard(stage), stage.set(switches={"urls": "40034028"}))[0],
        )
        for markdown in LINKED
    ],
    *send("message_template_type_invalid", {"embed": "x"}),
    *send("guild_ark_not_allowed", {"ark": {"template_id": 99, "kv": []}}),
    *send("guild_image_invalid", {"image": "cat.png"}),
    *send("markdown_with_other_parts", {"content": "x", "markdown": {"content": "# x"}}),
    *send("markdown_content_invalid", {"markdown": {}}),
    *send("markdown_two_kinds", {"markdown": {"content": "# x", "custom_template_id": "1"}}),
    *send("markdown_value_empty", {"markdown": {"custom_template_id": "1", "params": [{"key": "a", "values": [""]}]}}),
    *send(
        "guild_markdown_not_allowed",
        {"markdown": {"content": "# x"}},
        lambda stage: stage.set(switches={"native_markdown": "refused"}),
    ),
    *send(
        "guild_markdown_not_allowed_second_wording",
        {"markdown": {"content": "# x"}},
        lambda stage: stage.set(switches={"native_markdown": "refused", "guild_markdown_wording": "50056"}),
    ),
    *send("keyboard_parse_error", {"keyboard": []}),
    *send("keyboard_not_found", {"keyboard": {"id": ""}}),
    *send("keyboard_content_error", {"keyboard": {"content": {"rows": [{"buttons": []}] * 6}}}),
    *send("guild_message_unavailable", {"content": "x", "message_reference": {"message_id": "unknown"}}),
    (
        "POST /channels/{channel_id}/messages",
        "guild_msg_id_expired",
        lambda stage: {"content": "x", "msg_id": expired(stage)},
        nothing,
    ),
    (
        "POST /dms/{guild_id}/messages",
        "guild_msg_id_expired",
        lambda stage: {"content": "x", "msg_id": expired_dm(stage)},
        nothing,
    ),
    (
        "POST /channels/{channel_id}/messages",
        "reply_to_own_message",
        lambda stage: {"content": "x", "msg_id": stage.bot_says()},
        nothing,
    ),
    (
        "POST /dms/{guild_id}/messages",
        "reply_to_own_message",
        lambda stage: {"content": "x", "msg_id": own_dm(stage)},
        nothing,
    ),
    *[
        ("POST /channels/{channel_id}/messages", name, {"content": "x"}, prepare)
        for name, prepare in [
            ("channel_not_found", lambda _: {"channel_id": "1"}),
            ("guild_push_not_allowed", lambda stage: setattr(stage.guild, "silent", True)),
            ("channel_push_not_allowed", lambda stage: setattr(stage.guild, "channel_ids", ["1"])),
            ("channel_push_limited", lambda stage: push(stage, 20)),
            ("push_channels_limited", lambda stage: (push(stage, 1, stage.forum), push(stage, 1, stage.voice))[2:]),
            ("channel_rate_limited", burst),
        ]
    ],
    ("GET /channels/{channel_id}/messages/{message_id}", "guild_message_unavailable", None, nothing),
    (PATCH, "guild_message_unavailable", {"keyboard": KEYS}, nothing),
    (PATCH, "edit_not_own", {"keyboard": KEYS}, of_user),
    (PATCH, "edit_without_keyboard", {"keyboard": KEYS}, own_plain),
    (PATCH, "edit_keyboard_empty", {}, own_keyboard),
    (PATCH, "keyboard_parse_error", {"keyboard": {"content": 5}}, own_keyboard),
    (PATCH, "keyboard_not_found", {"keyboard": {}}, own_keyboard),
    (PATCH, "keyboard_content_error", {"keyboard": {"content": {"rows": [{}] * 6}}}, own_keyboard),
    (PATCH, "markdown_content_invalid", {"keyboard": KEYS, "markdown": 5}, own_keyboard),
    (PATCH, "markdown_two_kinds", {"keyboard": KEYS, "markdown": {"content": "x", "template_id": 1}}, own_keyboard),
    (PATCH, "markdown_value_empty", {"keyboard": KEYS, "markdown": {"content": "x", "params": [{}]}}, own_keyboard),
    (
        PATCH,
        "guild_markdown_not_allowed",
        {"keyboard": KEYS, "markdown": {"content": "x"}},
        lambda stage: (own_keyboard(stage), stage.set(switches={"native_markdown": "refused"}))[0],
    ),
    (
        PATCH,
        "guild_markdown_not_allowed_second_wording",
        {"keyboard": KEYS, "markdown": {"content": "x"}},
        lambda stage: (
            own_keyboard(stage),
            stage.set(switches={"native_markdown": "refused", "guild_markdown_wording": "50056"}),
        )[0],
    ),
    (
        "DELETE /channels/{channel_id}/messages/{message_id}",
        "guild_recall_expired",
        None,
        lambda stage: too_old(stage, own_plain(stage)),
    ),
    ("DELETE /channels/{channel_id}/messages/{message_id}", "guild_recall_msg_id_invalid", None, nothing),
    (
        "DELETE /channels/{channel_id}/messages/{message_id}",
        "guild_recall_not_permitted",
        None,
        lambda stage: (of_user(stage), stage.demote())[0],
    ),
    ("POST /users/@me/dms", "guild_request_invalid", {"source_guild_id": 5}, nothing),
    ("POST /users/@me/dms", "unknown_guild", {"source_guild_id": "1", "recipient_id": "1"}, nothing),
    (
        "POST /users/@me/dms",
        "dm_not_member",
        lambda stage: {"source_guild_id": stage.guild.id, "recipient_id": "1"},
        nothing,
    ),
    (
        "POST /users/@me/dms",
        "dm_closed",
        lambda stage: {"source_guild_id": stage.guild.id, "recipient_id": stage.member.user_id},
        lambda stage: setattr(stage.guild, "no_dms", True),
    ),
    *[
        (f"{method} /dms/{{guild_id}}/messages{rest}", "dm_not_found", {"content": "x"}, lambda _: {"guild_id": "1"})
        for method, rest in (("POST", ""), ("DELETE", "/{message_id}"))
    ],
    (
        "POST /dms/{guild_id}/messages",
        "direct_push_limited",
        {"content": "x"},
        lambda stage: {"guild_id": open_dm(stage, 2)},
    ),
    ("POST /dms/{guild_id}/messages", "direct_push_total_limited", {"content": "x"}, others),
    ("DELETE /dms/{guild_id}/messages/{message_id}", "guild_recall_msg_id_invalid", None, nothing),
    (
        "DELETE /dms/{guild_id}/messages/{message_id}",
        "guild_recall_expired",
        None,
        lambda stage: too_old(stage, sent_dm(stage)),
    ),
    ("DELETE /dms/{guild_id}/messages/{message_id}", "guild_recall_not_own", None, user_dm),
    ("PUT /interactions/{interaction_id}", "interaction_invalid_params", {"code": 6}, interaction),
    ("PUT /interactions/{interaction_id}", "interaction_too_large", {"code": 0, "data": "x" * 20_000}, interaction),
    ("PUT /interactions/{interaction_id}", "interaction_read_failed", {"code": 0}, nothing),
    (
        "PUT /interactions/{interaction_id}",
        "interaction_store_failed",
        {"code": 0},
        lambda stage: interaction(stage, True),
    ),
]
