"""Every refusal that an operation of the guild API names: the call that meets it, and its body."""

import pytest

from core.guild_stage import GuildStage
from core.refusals_of_channels import OF_CHANNELS
from core.refusals_of_guilds import OF_GUILDS, deny
from core.refusals_of_messages import OF_MESSAGES, open_dm
from core.stage import body_of
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
# Operation, refusal, body or a function of the stage that makes it, and what happens before: it may return ids for the
# path. Refusals that follow from the path alone (`unknown_…`, another type of channel, rank) are made below.
CASES = [*OF_GUILDS, *OF_MESSAGES, *OF_CHANNELS]


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
