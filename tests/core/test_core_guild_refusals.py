"""Every refusal that an operation of the guild API names: the call that meets it, and its body."""

import pytest

from core.guild_stage import GuildStage
from core.stage import body_of
from fakeqq.core.events.speech import Speech, speak
from fakeqq.core.guild.guild_api import ROUTES
from fakeqq.wire.errors import error_row

# What a bot that is no administrator is told, by the operation.
_NOT_ADMIN = {
    "admin_check_not_passed",
    "channel_permissions_not_admin",
    "announcement_not_admin",
    "schedule_not_admin",
    "guild_recall_not_permitted",
}
KEYS = {"content": {"rows": [{"buttons": [{"id": "1"}]}]}}


def nothing(_stage):
    pass


def send(name, body, prepare=nothing):
    """Refusals of the two ways to send: the same parts."""
    return [
        ("POST /channels/{channel_id}/messages", name, body, prepare),
        ("POST /dms/{guild_id}/messages", name, body, prepare),
    ]


def fill_pins(stage):
    stage.text.pins = [str(number) for number in range(20)]


def fill_schedules(stage, count=10, creator=None):
    for index in range(count):
        stage.ok("POST", f"/channels/{stage.schedule.id}/schedules", {"schedule": plan(stage)})
        if creator is not None:
            list(stage.schedule.schedules.values())[index].creator_id = creator


def plan(stage, **fields):
    return {
        "name": "tea",
        "start_timestamp": stage.hour(1),
        "end_timestamp": stage.hour(2),
        "remind_type": "0",
        **fields,
    }


def push(stage, count, channel=None):
    channel = channel or stage.text
    for _ in range(count):
        stage.world.clock.advance(2)
        stage.ok("POST", f"/channels/{channel.id}/messages", {"content": "push"})


def deny(stage, *names):
    stage.guild.denied = set(names)


DEMAND = {"api_identify": {"path": "/guilds/{guild_id}/members", "method": "GET"}, "desc": "why"}
DEMANDED = "GET /guilds/{guild_id}/members"


def demand(stage, **fields):
    return {"channel_id": stage.text.id, **DEMAND, **fields}


def demands(stage, count):
    deny(stage, DEMANDED)
    for _ in range(count):
        stage.ok("POST", f"/guilds/{stage.guild.id}/api_permission/demand", demand(stage))


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


def other_guild(stage):
    return next(iter(stage.world.guilds.add_guild("other").channels))


def burst(stage):
    message = stage.user_says()
    for _ in range(5):
        stage.ok("POST", f"/channels/{stage.text.id}/messages", {"content": "x", "msg_id": message})


def reacted(stage):
    message = stage.bot_says()
    stage.ok("PUT", f"/channels/{stage.text.id}/messages/{message}/reactions/1/4")
    return {"message_id": message, "id": "4"}


def deleted_schedule(stage):
    made = stage.ok("POST", f"/channels/{stage.schedule.id}/schedules", {"schedule": plan(stage)})
    stage.ok("DELETE", f"/channels/{stage.schedule.id}/schedules/{made['id']}")
    return {"schedule_id": made["id"]}


def a_schedule(stage):
    made = stage.ok("POST", f"/channels/{stage.schedule.id}/schedules", {"schedule": plan(stage)})
    return {"schedule_id": made["id"]}


def thread_of_another(stage):
    stage.ok("PUT", f"/channels/{stage.forum.id}/threads", {"title": "t", "content": "c", "format": 1})
    (thread,) = stage.forum.threads.values()
    thread.author_id = stage.member.user_id
    stage.demote()
    return {"thread_id": thread.id}


def own_keyboard(stage):
    return {"message_id": stage.bot_says(keyboard=KEYS)}


def own_plain(stage):
    return {"message_id": stage.bot_says()}


def of_user(stage):
    return {"message_id": stage.user_says()}


def pinned_nothing(stage):
    return {"message_id": stage.bot_says()}


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


ANNOUNCE = "POST /guilds/{guild_id}/announces"
CHANNEL_ANNOUNCE = "POST /channels/{channel_id}/announces"
LINKED = [
    {"content": "see https://a.example"},
    {"custom_template_id": "1", "params": [{"key": "a", "values": ["README.md"]}]},
]
PATCH = "PATCH /channels/{channel_id}/messages/{message_id}"
ROLE = "/guilds/{guild_id}/roles/{role_id}"
GRANT = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
MUTE, MUTE_ONE = "PATCH /guilds/{guild_id}/mute", "PATCH /guilds/{guild_id}/members/{user_id}/mute"
SCHEDULES, SCHEDULE = "/channels/{channel_id}/schedules", "/channels/{channel_id}/schedules/{schedule_id}"
THREADS = "PUT /channels/{channel_id}/threads"
REACTION = "/channels/{channel_id}/messages/{message_id}/reactions/{type}/{id}"
USER_RIGHTS = "/channels/{channel_id}/members/{user_id}/permissions"
ROLE_RIGHTS = "/channels/{channel_id}/roles/{role_id}/permissions"

# Operation, refusal, body or a function of the stage that makes it, and what happens before: it may return ids for the
# path. Refusals that follow from the path alone (`unknown_…`, another type of channel, rank) are made below.
CASES = [
    ("GET /users/@me/guilds", "guild_request_invalid", None, lambda _: {"?": "limit=many"}),
    ("GET /guilds/{guild_id}/members", "guild_request_invalid", None, lambda _: {"?": "after=-1"}),
    (f"GET {ROLE}/members", "guild_request_invalid", None, lambda _: {"role_id": "77"}),
    ("POST /guilds/{guild_id}/channels", "guild_request_invalid", {"name": "", "type": 0}, nothing),
    ("PATCH /channels/{channel_id}", "guild_request_invalid", {}, nothing),
    ("POST /guilds/{guild_id}/roles", "guild_request_invalid", {}, nothing),
    (f"PATCH {ROLE}", "guild_request_invalid", {"color": 2**32}, nothing),
    (f"DELETE {ROLE}", "guild_request_invalid", None, lambda _: {"role_id": "1"}),
    (f"PUT {GRANT}", "guild_request_invalid", {"channel": {"id": None}}, lambda _: {"role_id": "5"}),
    (f"DELETE {GRANT}", "guild_request_invalid", None, lambda _: {"role_id": "4"}),
    (f"PUT {GRANT}", "unknown_account", None, lambda _: {"user_id": "1"}),
    (f"DELETE {GRANT}", "unknown_account", None, lambda _: {"user_id": "1"}),
    ("GET /guilds/{guild_id}/members/{user_id}", "unknown_account", None, lambda _: {"user_id": "1"}),
    ("DELETE /guilds/{guild_id}/members/{user_id}", "unknown_account", None, lambda _: {"user_id": "1"}),
    ("DELETE /guilds/{guild_id}/members/{user_id}", "guild_request_invalid", {"add_blacklist": "yes"}, nothing),
    (
        "DELETE /guilds/{guild_id}/members/{user_id}",
        "user_auth_not_passed",
        None,
        lambda stage: {"user_id": stage.guild.owner_id},
    ),
    *[(mute, "mute_timestamp_malformed", {"mute_seconds": "soon"}, nothing) for mute in (MUTE, MUTE_ONE)],
    *[(mute, "mute_timestamp_invalid", {"mute_seconds": None}, nothing) for mute in (MUTE, MUTE_ONE)],
    (MUTE, "mute_user_invalid", {"mute_seconds": "1", "user_ids": [5]}, nothing),
    (MUTE_ONE, "mute_user_invalid", {"mute_seconds": "1"}, lambda _: {"user_id": "1"}),
    (MUTE_ONE, "user_auth_not_passed", {"mute_seconds": "1"}, lambda stage: {"user_id": stage.guild.owner_id}),
    *[
        (f"{method} {USER_RIGHTS}", "channel_permissions_no_member", {"add": "1"}, lambda _: {"user_id": "1"})
        for method in ("GET", "PUT")
    ],
    (f"PUT {USER_RIGHTS}", "channel_permissions_invalid", {"add": "2"}, nothing),
    (f"PUT {ROLE_RIGHTS}", "channel_permissions_invalid", {"add": "None", "remove": "4"}, nothing),
    (f"GET {ROLE_RIGHTS}", "channel_permissions_invalid", None, lambda _: {"role_id": "77"}),
    *[
        ("POST /guilds/{guild_id}/api_permission/demand", *rest)
        for rest in [
            ("unknown_channel", lambda stage: demand(stage, channel_id="1"), nothing),
            (
                "api_permission_invalid",
                lambda stage: demand(stage, api_identify={"path": "/x", "method": "GET"}),
                nothing,
            ),
            ("api_permission_granted", demand, nothing),
            ("api_permission_rate_limited", demand, lambda stage: demands(stage, 3)),
        ]
    ],
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
    (ANNOUNCE, "announcement_invalid", {}, nothing),
    (ANNOUNCE, "announcement_message_not_found", lambda s: {"channel_id": s.text.id, "message_id": "x"}, nothing),
    (
        ANNOUNCE,
        "announcement_message_elsewhere",
        lambda stage: {"channel_id": stage.voice.id, "message_id": stage.bot_says()},
        nothing,
    ),
    (ANNOUNCE, "announcement_type_invalid", {"announces_type": 7, "recommend_channels": [{}]}, nothing),
    (ANNOUNCE, "recommended_channels_full", {"recommend_channels": [{}] * 4}, nothing),
    (ANNOUNCE, "recommended_channel_invalid", {"recommend_channels": [{"channel_id": "1"}]}, nothing),
    ("DELETE /guilds/{guild_id}/announces/{message_id}", "announcement_message_mismatch", None, nothing),
    (CHANNEL_ANNOUNCE, "announcement_invalid", {"message_id": 5}, nothing),
    (CHANNEL_ANNOUNCE, "announcement_message_not_found", {"message_id": "x"}, nothing),
    (
        CHANNEL_ANNOUNCE,
        "announcement_message_elsewhere",
        lambda stage: {"message_id": stage.bot_says()},
        lambda stage: {"channel_id": stage.voice.id},
    ),
    ("DELETE /channels/{channel_id}/announces/{message_id}", "announcement_message_mismatch", None, nothing),
    ("PUT /channels/{channel_id}/pins/{message_id}", "announcement_message_not_found", None, nothing),
    (
        "PUT /channels/{channel_id}/pins/{message_id}",
        "announcement_message_elsewhere",
        None,
        lambda stage: {"channel_id": stage.voice.id, "message_id": stage.bot_says()},
    ),
    (
        "PUT /channels/{channel_id}/pins/{message_id}",
        "pins_full",
        None,
        lambda stage: (own_plain(stage), fill_pins(stage))[0],
    ),
    ("DELETE /channels/{channel_id}/pins/{message_id}", "announcement_message_mismatch", None, nothing),
    *[(f"{method} {REACTION}", "reaction_invalid", None, nothing) for method in ("PUT", "DELETE", "GET")],
    (f"PUT {REACTION}", "reaction_exists", None, reacted),
    (
        f"PUT {REACTION}",
        "reaction_kinds_limited",
        None,
        lambda stage: (reacted(stage) | {"id": "5"}, stage.set(reaction_kinds=1))[0],
    ),
    (f"DELETE {REACTION}", "reaction_not_set", None, own_plain),
    (f"GET {REACTION}", "guild_request_invalid", None, lambda stage: {**own_plain(stage), "?": "limit=x"}),
    (f"GET {SCHEDULES}", "schedule_invalid", None, lambda _: {"?": "since=x"}),
    *[
        (operation, name, body, prepare)
        for operation, prepare in ((f"POST {SCHEDULES}", nothing), (f"PATCH {SCHEDULE}", a_schedule))
        for name, body in [
            ("schedule_missing", {}),
            ("schedule_invalid", lambda stage: {"schedule": plan(stage, remind_type="9")}),
            ("schedule_time_invalid", lambda stage: {"schedule": plan(stage, start_timestamp="soon")}),
            ("schedule_in_the_past", lambda stage: {"schedule": plan(stage, start_timestamp=stage.hour(-1))}),
            ("schedule_ends_before_start", lambda stage: {"schedule": plan(stage, end_timestamp=stage.hour(0.5))}),
            ("schedule_too_long", lambda stage: {"schedule": plan(stage, end_timestamp=stage.hour(24 * 8))}),
            ("schedule_jump_not_found", lambda stage: {"schedule": plan(stage, jump_channel_id="1")}),
            ("schedule_jump_other_guild", lambda stage: {"schedule": plan(stage, jump_channel_id=other_guild(stage))}),
            ("schedule_jump_to_schedule", lambda stage: {"schedule": plan(stage, jump_channel_id=stage.schedule.id)}),
        ]
    ],
    (f"POST {SCHEDULES}", "schedule_rate_limited", lambda stage: {"schedule": plan(stage)}, fill_schedules),
    (
        f"POST {SCHEDULES}",
        "schedule_guild_rate_limited",
        lambda stage: {"schedule": plan(stage)},
        lambda stage: fill_schedules(stage, 100, stage.member.user_id),
    ),
    *[
        (f"{method} {SCHEDULE}", name, {"schedule": {}}, prepare)
        for method in ("GET", "PATCH", "DELETE")
        for name, prepare in (("schedule_not_found", nothing), ("schedule_deleted", deleted_schedule))
    ],
    (THREADS, "thread_title_empty", {"content": "c"}, nothing),
    (THREADS, "thread_content_empty", {"title": "t"}, nothing),
    (THREADS, "thread_format_invalid", {"title": "t", "content": "c", "format": 9}, nothing),
    (THREADS, "thread_json_invalid", {"title": "t", "content": "{}", "format": 4}, nothing),
    *[
        (f"{method} /channels/{{channel_id}}/threads/{{thread_id}}", "thread_not_found", None, nothing)
        for method in ("GET", "DELETE")
    ],
    ("DELETE /channels/{channel_id}/threads/{thread_id}", "admin_check_not_passed", None, thread_of_another),
    ("POST /channels/{channel_id}/audio", "guild_request_invalid", {"status": 0}, nothing),
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


def by_path():
    """The refusals that follow from the path or the bot's rank alone."""
    written = {(operation, name) for operation, name, *_ in CASES}
    for route in ROUTES:
        for name in route.errors:
            if (route.operation, name) in written:
                continue
            if name == "unknown_guild":
                yield route.operation, name, None, lambda _: {"guild_id": "1"}
            elif name == "unknown_channel":
                yield route.operation, name, None, lambda _: {"channel_id": "1"}
            elif name == "guild_auth_check_failed":
                yield route.operation, name, None, lambda stage: {"channel_id": stage.guild.id}
            elif name in ("schedule_wrong_channel", "thread_wrong_channel", "channel_without_voice"):
                yield route.operation, name, None, lambda stage: {"channel_id": stage.text.id}
            elif name in _NOT_ADMIN:
                yield route.operation, name, None, lambda stage: stage.demote()


ALL_CASES = [*CASES, *by_path()]


def path_of(stage, template, ids):
    home = (
        stage.schedule if "schedules" in template
        else stage.forum if "threads" in template
        else stage.voice if template.endswith(("/audio", "/mic", "/online_nums", "/voice/members"))
        else stage.text
    )  # fmt: skip
    given = {
        "channel_id": home.id, "user_id": stage.member.user_id, "role_id": "2", "message_id": "unknown", "type": "1",
        "id": "4", "schedule_id": "1", "thread_id": "1", "interaction_id": "unknown",
        "guild_id": getattr(stage, "dm", None) or open_dm(stage) if template.startswith("/dms") else stage.guild.id,
        **ids,
    }  # fmt: skip
    return template.format_map(given), ids.get("?", "")


@pytest.mark.parametrize(
    ("operation", "name", "body", "prepare"), ALL_CASES, ids=lambda part: part if isinstance(part, str) else ""
)
def test_a_refusal(operation, name, body, prepare):
    stage = GuildStage()
    ids = prepare(stage)
    sent = body(stage) if callable(body) else body
    method, _, template = operation.partition(" ")
    path, query = path_of(stage, template, ids if isinstance(ids, dict) else {})
    before = len(stage.entries("user.sees"))
    reply = stage.call(method, path, sent, query)
    assert reply.error == name
    row = error_row(name)
    assert reply.status == row.status
    if row.shape == "legacy":
        assert body_of(reply) == {"code": row.code, "message": row.message}
        assert list(body_of(reply)) == ["code", "message"]
    assert len(stage.entries("user.sees")) == before


def test_every_refusal_that_a_route_names_has_a_case_and_none_else():
    named = {(route.operation, name) for route in ROUTES for name in route.errors}
    assert {(operation, name) for operation, name, *_ in ALL_CASES} == named


IN_GUILDS = [route for route in ROUTES if route.operation.partition(" ")[2].startswith(("/guilds/", "/channels/"))]


@pytest.mark.parametrize("route", IN_GUILDS, ids=lambda route: route.operation)
def test_what_a_guild_denies_is_refused_before_anything_else(route):
    stage = GuildStage()
    deny(stage, route.operation)
    method, _, template = route.operation.partition(" ")
    path, _ = path_of(stage, template, {})
    assert stage.call(method, path).error == "permission_denied"
