"""Refusals of what hangs in a channel: announcements, pins, reactions, schedules, threads.

The shape of a case is told in `test_core_guild_refusals`.
"""

from core.refusals_of_messages import nothing, own_plain

ANNOUNCE = "POST /guilds/{guild_id}/announces"
CHANNEL_ANNOUNCE = "POST /channels/{channel_id}/announces"
SCHEDULES, SCHEDULE = "/channels/{channel_id}/schedules", "/channels/{channel_id}/schedules/{schedule_id}"
THREADS = "PUT /channels/{channel_id}/threads"
REACTION = "/channels/{channel_id}/messages/{message_id}/reactions/{type}/{id}"


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


def other_guild(stage):
    return next(iter(stage.world.guilds.add_guild("other").channels))


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


OF_CHANNELS = [
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
]
