"""The page docs/API.md: every operation, whether it is modelled, on what state, and how it refuses.

`python -m fakeqq.core.rest.api_page` prints it.
"""

from __future__ import annotations

import sys
from types import MappingProxyType
from typing import TYPE_CHECKING

from fakeqq.core.groups import rest_groups
from fakeqq.core.guild import guild_api
from fakeqq.core.rest.rest import HANDLERS
from fakeqq.wire.endpoints import OPERATIONS, STORAGE_OPERATIONS
from fakeqq.wire.errors import ERROR_GROUPS, error_row
from fakeqq.wire.hosts import TOKEN_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.wire.endpoints import Operation

_HEAD = """# API

Every documented operation of the platform's HTTP API, the object storage that uploads lead to, and what fakeqq makes
of each. Made from `fakeqq/wire/endpoints.py` and the routes of `fakeqq/core` by `make docs`; do not edit.

* **state**: what of the world the operation reads or changes, and the events it causes. An operation without it is
  *not modelled*: it answers as the platform answers an unknown route, 404, and the journal says `unmodelled`.
* **errors**: refusals beyond those of every call (no token, a dead token, a body that is no JSON object). A number is
  the answer's `code`; text, status and source of each are in [PROVENANCE](PROVENANCE.md). An operation on a guild or a
  channel is also refused with `permission_denied` (11253) where the guild has denied it.
* **evidence**: for the operation itself, and where it was seen: D the documents of 2025, N those of 2026, O the OpenAPI
  description of 2022, P the official Python SDK,
  B NoneBot's adapter.
"""

_MESSAGE_GROUPS = (
    "Passive replies",
    "Proactive messages",
    "Relation of bot, user and group",
    "Content",
    "Markdown, keyboards, ark",
)
# What the other operations work on: state, names of errors, groups of errors.
_OTHERS: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        f"POST {TOKEN_PATH}": ("the world's token and secret", (), ("Token endpoint",)),
        "GET /cos/{app_id}/{file_uuid}": ("the uploaded file", (), ("Object storage of uploads",)),
        "PUT /cos/{app_id}/{upload_id}/{part}": ("an upload in parts", (), ("Object storage of uploads",)),
        "GET /gateway": ("how often it was asked", ("gateway_rate_limited",), ()),
        "GET /gateway/bot": ("how often it was asked, logins of the day", ("gateway_rate_limited",), ()),
        "GET /users/@me": ("the bot", (), ()),
        "/messages": (
            "the chat, or an audit; what is answered, `msg_seq`, quotas",
            ("resource_not_found",),
            _MESSAGE_GROUPS,
        ),
        "/messages/{message_id}": ("the message is recalled", ("resource_not_found",), ("Recall",)),
        "/stream_messages": ("the message as it grows", ("resource_not_found",), ("Streams", "Passive replies")),
        "/files": ("the uploaded file", ("resource_not_found",), ("Uploads",)),
        "/upload_prepare": ("an upload in parts", ("resource_not_found",), ("Uploads",)),
        "/upload_part_finish": ("an upload in parts", ("resource_not_found",), ("Uploads",)),
    }
)


# Rows that nothing in the world leads to: failures inside the platform, and refusals nobody has a rule for.
_ONLY_BY_FAULT = (
    "bot_not_exist",
    "token_check_failed",
    "token_check_not_passed",
    "appid_wrong",
    "privilege_check_failed",
    "interface_forbidden",
    "appid_missing",
    "bot_token_not_supported",
    "guild_auth_not_passed",
    "robot_banned",
    "user_auth_check_failed",
    "appid_absent",
    "admin_check_failed",
    "robot_cancelled",
    "system_busy",
    "front_rate_limited",
    "front_bad_gateway",
    "front_unavailable",
    "front_timeout",
    "proactive_quota_insufficient",
    "subscription_not_authorised",
    "friend_check_failed",
    "bot_info_failed",
    "content_violation",
    "media_upload_failed",
    "media_convert_failed",
    "send_failed_group",
    "send_failed_c2c",
    "send_failed_generic",
    "command_parse_failed",
    "ark_send_failed",
    "recall_failed",
    "interaction_appid_failed",
    "interaction_appid_mismatch",
    "interaction_header_appid_failed",
    "interaction_preprocess_failed",
    "upload_timeout",
    "guild_image_upload_failed",
    "guild_image_download_failed",
    "guild_file_too_large",
    "guild_file_size_exceeded",
    "guild_markdown_template_field",
    "keyboard_not_allowed",
    "embed_too_long",
    "at_everyone_limited",
    "guild_message_struck",
    "guild_recall_invalid",
    "push_time_limited",
    "setting_guide_limited",
    "thread_rate_limited",
    "thread_links_limited",
    "thread_too_long",
    "thread_images_limited",
    "thread_videos_limited",
    "thread_title_too_long",
    "reaction_rate_limited",
    "safety_rate_limited",
    "guild_rate_limited",
)

_FAULTS_HEAD = """## Refusals that only a fault makes

Failures inside the platform, and refusals of which it is known how they look and not when they come. A fault with the
verb `error` makes each at any call: `{"on": "http: POST /v2/users/{openid}/messages", "do": [{"verb": "error", "name":
"content_violation"}]}`. Sources are in [PROVENANCE](PROVENANCE.md).

| error | status | code | text |
|---|---|---|---|"""


def render() -> str:
    """The page as Markdown text, ending with one newline."""
    rows = [_row(operation) for operation in (*OPERATIONS, *STORAGE_OPERATIONS)]
    modelled = sum(row[1] == "yes" for row in rows)
    table = ["| operation | modelled | state | errors | evidence |", "|---|---|---|---|---|"]
    table += [f"| {' | '.join(row)} |" for row in rows]
    faults = [f"| {' | '.join(_fault_row(name))} |" for name in _ONLY_BY_FAULT]
    head = [_HEAD, f"{modelled} of {len(rows)} operations are modelled.", ""]
    return "\n".join([*head, *table, "", _FAULTS_HEAD, *faults]) + "\n"


def _fault_row(name: str) -> tuple[str, str, str, str]:
    row = error_row(name)
    return f"`{name}`", str(row.status), str(row.code), row.message


def _row(operation: Operation) -> tuple[str, str, str, str, str]:
    evidence = f"{operation.evidence} ({operation.seen_in})"
    if operation.name not in HANDLERS and operation.name not in _OTHERS:
        return f"`{operation.name}`", "no", "", "`not_found` (404)", evidence
    state, errors, groups = _told(operation)
    words = [f"`{name}` ({error_row(name).code})" for name in errors]
    words += [f"those of [{group}](PROVENANCE.md)" for group in groups]
    return f"`{operation.name}`", "yes", state, ", ".join(words), evidence


def _told(operation: Operation) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """State, errors and groups of errors of a modelled operation."""
    for route in (*guild_api.ROUTES, *rest_groups.ROUTES):
        if route.operation == operation.name:
            return route.state, route.errors, ()
    # `/v2/users/{openid}/messages` is told by what follows the chat.
    told = _OTHERS.get(operation.name) or _OTHERS["/" + operation.path.split("/", 4)[4]]
    assert all(group in ERROR_GROUPS for group in told[2])
    return told


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(render())
