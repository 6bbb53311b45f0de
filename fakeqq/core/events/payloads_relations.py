"""The `d` of events between people and the bot: friends, groups, members, permissions to write, buttons.

Shapes follow the examples of the event pages kept in KarinJS/karin-plugin-adapter-qqbot@1f5a06c
api-docs/autogen/event/. Times are integers here, unlike those of messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.events.events import timestamp

if TYPE_CHECKING:
    from fakeqq.core.people import Scene

BUTTON = 11
_CHAT_TYPES: dict[Scene, int] = {"channel": 0, "dm": 0, "group": 1, "c2c": 2}


def friend_added(openid: str, at: float) -> dict[str, Any]:
    return {"openid": openid, "timestamp": int(at), "scene": 1001, "scene_param": "", "author": {"union_openid": ""}}


def user_status(openid: str, at: float) -> dict[str, Any]:
    """FRIEND_DEL, C2C_MSG_REJECT and C2C_MSG_RECEIVE."""
    return {"openid": openid, "timestamp": int(at)}


def group_status(group_openid: str, op_member_openid: str, at: float) -> dict[str, Any]:
    """GROUP_ADD_ROBOT, GROUP_DEL_ROBOT, GROUP_MSG_REJECT and GROUP_MSG_RECEIVE."""
    return {"group_openid": group_openid, "op_member_openid": op_member_openid, "timestamp": int(at)}


def group_member(group_openid: str, openid: str, at: float) -> dict[str, Any]:
    """GROUP_MEMBER_ADD and GROUP_MEMBER_REMOVE."""
    return {"timestamp": int(at), "group_openid": group_openid, "member_openid": openid, "user_openid": openid}


def join_request(  # noqa: PLR0913 - who asks whom, when, and how
    group_openid: str, openid: str, name: str, request_id: str, at: float, text: str = "让我进来吧"
) -> dict[str, Any]:
    return {
        "group_openid": group_openid,
        "join_request_id": request_id,
        "member_openid": openid,
        "username": name,
        "apply_at": timestamp(at),
        "apply_source": "self_apply",
        "verify_info": {"method": "verify_message", "verify_message": text},
    }


def subscription(openid: str, subscribe_id: str, at: float) -> dict[str, Any]:
    """SUBSCRIBE_MESSAGE_STATUS: only SDKs tell its shape."""
    result = {
        "template_id": 1,
        "custom_template_id": "",
        "op": 1,
        "subscribe_id": subscribe_id,
        "subscribe_ts": int(at),
        "update_ts": int(at),
    }
    return {"openid": openid, "result": [result]}


def entered_aio(openid: str) -> dict[str, Any]:
    """ENTER_AIO: tencent-connect/botgo dto names its two keys."""
    return {"user_openid": openid, "from_source": "default"}


def button_pressed(  # noqa: PLR0913 - the parts of an interaction
    interaction_id: str,
    app_id: str,
    scene: Scene,
    place: dict[str, Any],
    button: dict[str, Any],
    at: float,
) -> dict[str, Any]:
    """INTERACTION_CREATE of a message's button.

    Args:
        place: who pressed where, by the keys of the scene, e.g. `user_openid`.
        button: `button_id`, `button_data` and what else stands in `resolved`.
    """
    return {
        "application_id": app_id,
        "chat_type": _CHAT_TYPES[scene],
        "data": {"resolved": button, "type": BUTTON},
        **place,
        "id": interaction_id,
        "scene": "guild" if scene in ("channel", "dm") else scene,
        "timestamp": timestamp(at),
        "type": BUTTON,
        "version": 1,
    }
