"""What people do and see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.launch.control.calls import WorldCalls, given

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fakeqq.launch.control.calls import Json


class People(WorldCalls):
    """Users and groups: they speak, press, come, go, and see what the bot sent."""

    def user(self, name: str | None = None) -> Json:
        """A new user: `openid`, `name`."""
        return self._call("POST", "/users", given(name=name))

    def group(self, name: str | None = None, members: Sequence[str] | None = None) -> Json:
        """A new group: `group_openid`, `name`, `members`."""
        return self._call("POST", "/groups", given(name=name, members=None if members is None else list(members)))

    def say(
        self, text: str, user: str | None = None, group: str | None = None, *, scene: str | None = None, **more: Any
    ) -> Json:
        """A user speaks to the bot: `message_id`, `event_id`, `event_type`, `delivered`, `user`.

        `scene` is `c2c`, `group`, `channel` or `dm`; a place of this kind is made when there is none. `more` are the
        further fields of the call: `quote`, `faces`, `attachments`, `fields` over the finished event.
        """
        return self._call("POST", "/say", given(text=text, user=user, group=group, scene=scene, **more))

    def event(self, type: str, data: Mapping[str, Any] | None, event_id: str | None = None) -> Json:  # noqa: A002 (the API's word)
        """A raw dispatch, whose `d` may be null: `event_id`, `delivered`."""
        body: Json = {"type": type, "data": None if data is None else dict(data)}
        return self._call("POST", "/events", body if event_id is None else {**body, "id": event_id})

    def chats(self, openid: str | None = None) -> list[Json]:
        """What the users see: every chat, or those of one user or group."""
        return list(self._call("GET", "/chats" if openid is None else f"/chats/{openid}")["chats"])

    def users(self) -> list[Json]:
        """Every user of the world."""
        return list(self._call("GET", "/users")["users"])

    def groups(self) -> list[Json]:
        """Every group of the world."""
        return list(self._call("GET", "/groups")["groups"])

    def press(
        self, user: str | None = None, group: str | None = None, *, message_id: str | None = None, **more: Any
    ) -> Json:
        """A user presses a button, the first under `message_id` unless told otherwise: INTERACTION_CREATE.

        `more` are the further fields of the call: `scene`, `channel`, `button_id`, `button_data`.
        """
        return self._call("POST", "/press", given(user=user, group=group, message_id=message_id, **more))

    def add_friend(self, user: str | None = None) -> Json:
        """A user adds the bot: FRIEND_ADD."""
        return self._call("POST", "/friends/add", given(user=user))

    def remove_friend(self, user: str | None = None) -> Json:
        """A user removes the bot, and cannot be written to any more: FRIEND_DEL."""
        return self._call("POST", "/friends/remove", given(user=user))

    def bot_joins(self, group: str, user: str | None = None) -> Json:
        """A member takes the bot into the group: GROUP_ADD_ROBOT."""
        return self._call("POST", f"/groups/{group}/join", given(user=user))

    def bot_leaves(self, group: str, user: str | None = None) -> Json:
        """A member puts the bot out of the group: GROUP_DEL_ROBOT."""
        return self._call("POST", f"/groups/{group}/leave", given(user=user))

    def member_joins(self, group: str, user: str | None = None) -> Json:
        """A user joins the group: GROUP_MEMBER_ADD."""
        return self._call("POST", f"/groups/{group}/members/join", given(user=user))

    def member_leaves(self, group: str, user: str | None = None) -> Json:
        """A user leaves the group: GROUP_MEMBER_REMOVE."""
        return self._call("POST", f"/groups/{group}/members/leave", given(user=user))

    def member_applies(self, group: str, user: str | None = None, text: str | None = None) -> Json:
        """A user asks to be let into the group: GROUP_JOIN_REQUEST, if the bot is an administrator there."""
        return self._call("POST", f"/groups/{group}/members/apply", given(user=user, text=text))

    def group_mode(self, group: str, full: bool | None) -> Json:
        """Whether the bot gets every message of the group; None follows the world's switch."""
        return self._call("PUT", f"/groups/{group}/mode", {"full": full})

    def bot_in_group(self, group: str, *, muted: bool | None = None, admin: bool | None = None) -> Json:
        """Mute the bot in the group, or make it an administrator there; nobody tells the bot."""
        return self._call("PATCH", f"/groups/{group}/bot", given(muted=muted, admin=admin))

    def reject(self, user: str | None = None, group: str | None = None) -> Json:
        """Messages that answer nothing are refused from now on: C2C_MSG_REJECT or GROUP_MSG_REJECT."""
        return self._call("POST", "/reject", given(user=user, group=group))

    def receive(self, user: str | None = None, group: str | None = None) -> Json:
        """Messages that answer nothing are taken again: C2C_MSG_RECEIVE or GROUP_MSG_RECEIVE."""
        return self._call("POST", "/receive", given(user=user, group=group))

    def audits(self) -> list[Json]:
        """Messages that waited or wait for an audit, oldest first."""
        return list(self._call("GET", "/audits")["audits"])

    def decide_audit(self, audit_id: str, *, passes: bool) -> Json:
        """End an audit: MESSAGE_AUDIT_PASS, and the users see the message, or MESSAGE_AUDIT_REJECT."""
        return self._call("POST", f"/audits/{audit_id}", {"verdict": "pass" if passes else "reject"})

    def media(self) -> list[Json]:
        """What the bot uploaded, oldest first; each with its `file_uuid`."""
        return list(self._call("GET", "/media")["media"])

    def media_bytes(self, file_uuid: str) -> bytes:
        """The bytes of an uploaded file."""
        return self._control.read(f"/worlds/{self.app_id}/media/{file_uuid}")
