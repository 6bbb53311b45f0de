"""Every documented operation of the platform's HTTP API, and the way from a request to its operation."""

from dataclasses import dataclass, field

from fakeqq.wire.evidence import Evidence, Source
from fakeqq.wire.sources import BOT_OAS, DOCS_2025, DOCS_2026, DOCS_UPLOAD, DOCS_UPLOAD_PREPARE, OURS, botpy, nonebot

_SEEN: dict[str, Source] = {
    "D": DOCS_2025,
    "P": botpy("botpy/api.py"),
    "O": BOT_OAS,
    "N": DOCS_2026,
    "B": nonebot("nonebot/adapters/qq/bot.py"),
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path template.

    Attributes:
        path: a template such as `/v2/users/{openid}/messages`.
        seen_in: letters: D the 2025 documents, P botpy, O the OpenAPI file of 2022, N the 2026 documents,
            B NoneBot's adapter.
    """

    method: str
    path: str
    seen_in: str
    evidence: Evidence
    sources: tuple[Source, ...]
    name: str = field(init=False)
    """Method and template, such as `POST /v2/users/{openid}/messages`: the name in journals and faults."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", f"{self.method} {self.path}")


# One row to a line, columns aligned: method, path, seen in.
# fmt: off
_ROWS: tuple[tuple[str, str, str], ...] = (
    ("POST",   "/app/getAppAccessToken",                                             "D"),
    ("DELETE", "/channels/{channel_id}",                                             "DOP"),
    ("GET",    "/channels/{channel_id}",                                             "DOP"),
    ("PATCH",  "/channels/{channel_id}",                                             "DOP"),
    ("POST",   "/channels/{channel_id}/announces",                                   "DO"),
    ("DELETE", "/channels/{channel_id}/announces/{message_id}",                      "DO"),
    ("POST",   "/channels/{channel_id}/audio",                                       "DOP"),
    ("GET",    "/channels/{channel_id}/members/{user_id}/permissions",               "DOP"),
    ("PUT",    "/channels/{channel_id}/members/{user_id}/permissions",               "DOP"),
    ("POST",   "/channels/{channel_id}/messages",                                    "DOP"),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}",                       "DP"),
    ("GET",    "/channels/{channel_id}/messages/{message_id}",                       "OP"),
    ("PATCH",  "/channels/{channel_id}/messages/{message_id}",                       "P"),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions/{type}/{id}", "DOP"),
    ("GET",    "/channels/{channel_id}/messages/{message_id}/reactions/{type}/{id}", "DP"),
    ("PUT",    "/channels/{channel_id}/messages/{message_id}/reactions/{type}/{id}", "DOP"),
    ("DELETE", "/channels/{channel_id}/mic",                                         "DP"),
    ("PUT",    "/channels/{channel_id}/mic",                                         "DP"),
    ("GET",    "/channels/{channel_id}/online_nums",                                 "D"),
    ("GET",    "/channels/{channel_id}/pins",                                        "DOP"),
    ("DELETE", "/channels/{channel_id}/pins/{message_id}",                           "DOP"),
    ("PUT",    "/channels/{channel_id}/pins/{message_id}",                           "DOP"),
    ("GET",    "/channels/{channel_id}/roles/{role_id}/permissions",                 "DOP"),
    ("PUT",    "/channels/{channel_id}/roles/{role_id}/permissions",                 "DOP"),
    ("GET",    "/channels/{channel_id}/schedules",                                   "DOP"),
    ("POST",   "/channels/{channel_id}/schedules",                                   "DOP"),
    ("DELETE", "/channels/{channel_id}/schedules/{schedule_id}",                     "DOP"),
    ("GET",    "/channels/{channel_id}/schedules/{schedule_id}",                     "DOP"),
    ("PATCH",  "/channels/{channel_id}/schedules/{schedule_id}",                     "DOP"),
    ("GET",    "/channels/{channel_id}/threads",                                     "DP"),
    ("PUT",    "/channels/{channel_id}/threads",                                     "DP"),
    ("DELETE", "/channels/{channel_id}/threads/{thread_id}",                         "DP"),
    ("GET",    "/channels/{channel_id}/threads/{thread_id}",                         "DP"),
    ("GET",    "/channels/{channel_id}/voice/members",                               "P"),
    ("POST",   "/dms/{guild_id}/messages",                                           "DOP"),
    ("DELETE", "/dms/{guild_id}/messages/{message_id}",                              "D"),
    ("GET",    "/gateway",                                                           "DO"),
    ("GET",    "/gateway/bot",                                                       "DOP"),
    ("GET",    "/guilds/{guild_id}",                                                 "DOP"),
    ("POST",   "/guilds/{guild_id}/announces",                                       "DOP"),
    ("DELETE", "/guilds/{guild_id}/announces/{message_id}",                          "DOP"),
    ("GET",    "/guilds/{guild_id}/api_permission",                                  "DOP"),
    ("POST",   "/guilds/{guild_id}/api_permission/demand",                           "DOP"),
    ("GET",    "/guilds/{guild_id}/channels",                                        "DOP"),
    ("POST",   "/guilds/{guild_id}/channels",                                        "DOP"),
    ("GET",    "/guilds/{guild_id}/members",                                         "DOP"),
    ("DELETE", "/guilds/{guild_id}/members/{user_id}",                               "DOP"),
    ("GET",    "/guilds/{guild_id}/members/{user_id}",                               "DOP"),
    ("PATCH",  "/guilds/{guild_id}/members/{user_id}/mute",                          "DOP"),
    ("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}",               "DOP"),
    ("PUT",    "/guilds/{guild_id}/members/{user_id}/roles/{role_id}",               "DOP"),
    ("GET",    "/guilds/{guild_id}/message/setting",                                 "D"),
    ("PATCH",  "/guilds/{guild_id}/mute",                                            "DOP"),
    ("GET",    "/guilds/{guild_id}/roles",                                           "DOP"),
    ("POST",   "/guilds/{guild_id}/roles",                                           "DOP"),
    ("DELETE", "/guilds/{guild_id}/roles/{role_id}",                                 "DOP"),
    ("PATCH",  "/guilds/{guild_id}/roles/{role_id}",                                 "DOP"),
    ("GET",    "/guilds/{guild_id}/roles/{role_id}/members",                         "DP"),
    ("PUT",    "/interactions/{interaction_id}",                                     "DP"),
    ("GET",    "/users/@me",                                                         "DOP"),
    ("POST",   "/users/@me/dms",                                                     "DOP"),
    ("GET",    "/users/@me/guilds",                                                  "DOP"),
    ("POST",   "/v2/groups/{group_openid}/approval_join_request/{member_openid}",    "N"),
    ("POST",   "/v2/groups/{group_openid}/batch_remove_members",                     "N"),
    ("GET",    "/v2/groups/{group_openid}/bot_state",                                "N"),
    ("POST",   "/v2/groups/{group_openid}/files",                                    "DP"),
    ("GET",    "/v2/groups/{group_openid}/info",                                     "N"),
    ("GET",    "/v2/groups/{group_openid}/join_request_list",                        "N"),
    ("GET",    "/v2/groups/{group_openid}/member_blacklist",                         "N"),
    ("POST",   "/v2/groups/{group_openid}/member_blacklist",                         "N"),
    ("GET",    "/v2/groups/{group_openid}/members",                                  "N"),
    ("POST",   "/v2/groups/{group_openid}/members",                                  "B"),
    ("GET",    "/v2/groups/{group_openid}/members/{member_openid}",                  "N"),
    ("POST",   "/v2/groups/{group_openid}/messages",                                 "DP"),
    ("DELETE", "/v2/groups/{group_openid}/messages/{message_id}",                    "D"),
    ("GET",    "/v2/groups/{group_openid}/restrict_chat_setting",                    "N"),
    ("POST",   "/v2/groups/{group_openid}/restrict_chat_setting",                    "N"),
    ("POST",   "/v2/groups/{group_openid}/upload_part_finish",                       "N"),
    ("POST",   "/v2/groups/{group_openid}/upload_prepare",                           "N"),
    ("POST",   "/v2/users/{openid}/files",                                           "DP"),
    ("POST",   "/v2/users/{openid}/messages",                                        "DP"),
    ("DELETE", "/v2/users/{openid}/messages/{message_id}",                           "D"),
    ("POST",   "/v2/users/{openid}/stream_messages",                                 "N"),
    ("POST",   "/v2/users/{openid}/upload_part_finish",                              "N"),
    ("POST",   "/v2/users/{openid}/upload_prepare",                                  "N"),
)
# fmt: on


def _operation(method: str, path: str, seen_in: str) -> Operation:
    documented = seen_in not in ("P", "B")
    evidence = Evidence.DOCUMENTED if documented else Evidence.INFERRED
    return Operation(method, path, seen_in, evidence, tuple(_SEEN[letter] for letter in seen_in))


OPERATIONS: tuple[Operation, ...] = tuple(_operation(*row) for row in _ROWS)

STORAGE_OPERATIONS: tuple[Operation, ...] = (
    Operation("PUT", "/cos/{app_id}/{upload_id}/{part}", "N", Evidence.OUR_CHOICE, (DOCS_UPLOAD_PREPARE, OURS)),
    Operation("GET", "/cos/{app_id}/{file_uuid}", "N", Evidence.OUR_CHOICE, (DOCS_UPLOAD, OURS)),
)
"""The object storage behind pre-signed URLs: the platform's is another host, ours is this server. Paths are ours."""


class _Node:
    """One segment of the tree of templates."""

    __slots__ = ("literals", "operations", "parameter")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.operations: dict[str, tuple[Operation, tuple[str, ...]]] = {}


def _tree() -> _Node:
    root = _Node()
    for operation in (*OPERATIONS, *STORAGE_OPERATIONS):
        node, names = root, []
        for segment in operation.path[1:].split("/"):
            if segment[0] == "{":
                names.append(segment[1:-1])
                if node.parameter is None:
                    node.parameter = _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        node.operations[operation.method] = (operation, tuple(names))
    return root


_ROOT = _tree()


_METHODS = frozenset(operation.method for operation in OPERATIONS)


def find_operation(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation of a request and its path parameters; None for a route that nobody documents.

    `path` comes without a query and already percent-decoded. A trailing slash makes another path, as on the
    platform, where `GET /gateway/` is a 404. A literal wins over a parameter, and no second try is needed: no
    level of the tree has both.
    """
    segments = path.split("/")
    if segments.pop(0):
        return None
    node, values = _ROOT, []
    for segment in segments:
        below = node.literals.get(segment)
        if below is None:
            below = node.parameter
            if below is None or not segment:
                return None
            values.append(segment)
        node = below
    entry = node.operations.get(method)
    if entry is None:
        return None
    operation, names = entry
    return operation, dict(zip(names, values, strict=True))


def methods_of(path: str) -> frozenset[str]:
    """The methods that a path has; empty for an unknown path. Tells a 405 from a 404."""
    return frozenset(method for method in _METHODS if find_operation(method, path) is not None)
