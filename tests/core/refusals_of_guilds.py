"""Refusals of what is asked of a guild, its members and roles.

The shape of a case is told in `test_core_guild_refusals`.
"""

from core.refusals_of_messages import nothing

DEMAND = {"api_identify": {"path": "/guilds/{guild_id}/members", "method": "GET"}, "desc": "why"}
DEMANDED = "GET /guilds/{guild_id}/members"
ROLE = "/guilds/{guild_id}/roles/{role_id}"
GRANT = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
MUTE, MUTE_ONE = "PATCH /guilds/{guild_id}/mute", "PATCH /guilds/{guild_id}/members/{user_id}/mute"
USER_RIGHTS = "/channels/{channel_id}/members/{user_id}/permissions"
ROLE_RIGHTS = "/channels/{channel_id}/roles/{role_id}/permissions"


def deny(stage, *names):
    stage.guild.denied = set(names)


def demand(stage, **fields):
    return {"channel_id": stage.text.id, **DEMAND, **fields}


def demands(stage, count):
    deny(stage, DEMANDED)
    for _ in range(count):
        stage.ok("POST", f"/guilds/{stage.guild.id}/api_permission/demand", demand(stage))


OF_GUILDS = [
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
]
