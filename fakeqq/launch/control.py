"""The control API for programs that are not asynchronous: the suite, the command line, a test."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any, Self

import httpx2

from fakeqq.launch.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Json = dict[str, Any]

TIMEOUT = 10.0
"""Seconds for an ordinary call; waiting for the journal adds its own time."""


class ControlError(LaunchError):
    """A refused call.

    Attributes:
        code: the error's name, such as `unknown_field`; `unreachable` when no server answers.
        message: what is wrong.
        suggestion: what to write or do instead; None when there is nothing to suggest.
    """

    def __init__(self, code: str, message: str, suggestion: str | None) -> None:
        super().__init__(message, suggestion or "", exit_code=2)
        self.code = code
        self.suggestion = suggestion


class JournalTimeout(ControlError):  # noqa: N818 (often it is the verdict, not an error)
    """A wait for journal entries that did not come.

    Attributes:
        matched: how many did come.
        nearest: the entries that came closest, each `{"entry": {…}, "differs": {path: {"expected", "found"}}}`.
    """

    def __init__(self, message: str, matched: int, nearest: list[dict[str, Any]]) -> None:
        super().__init__("timeout", message, None)
        self.matched = matched
        self.nearest = nearest


class Control:
    """A running server."""

    def __init__(self, control_url: str, token: str | None = None) -> None:
        """`control_url` is the ready line's; `token` what the server got as --control-token."""
        self.url = control_url.rstrip("/")
        # Proxies and authorities of the environment are for the network; this is loopback. Making the default
        # TLS context would cost most of a short command's time.
        self._client = httpx2.Client(
            headers={"authorization": f"Bearer {token}"} if token else {},
            trust_env=False,
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            timeout=TIMEOUT,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def call(self, method: str, path: str, body: Any = None, *, timeout: float = TIMEOUT, **query: Any) -> Json:
        """One call; `path` is below the control URL; query values of None are left out.

        Raises:
            ControlError: refused, or the server is not there.
            JournalTimeout: a wait ended without what was waited for.
        """
        parameters = {name: value for name, value in query.items() if value is not None}
        try:
            response = self._client.request(method, self.url + path, json=body, params=parameters, timeout=timeout)
        except httpx2.TimeoutException as error:
            raise ControlError("no_answer", f"{method} {path}: no answer from {self.url}", None) from error
        except httpx2.TransportError as error:
            raise unreachable(self.url, error) from error
        if response.is_success:
            return dict(response.json()) if response.content else {}
        raise _refusal(response)

    def health(self) -> Json:
        """Whether it is there."""
        return self.call("GET", "/health")

    def version(self) -> Json:
        """Its version."""
        return self.call("GET", "/version")

    def worlds(self) -> list[Json]:
        """Every world, each with its `app_id`."""
        return list(self.call("GET", "/worlds")["worlds"])

    def create_world(
        self,
        app_id: str | None = None,
        secret: str | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        own_door: bool = False,
    ) -> WorldControl:
        """Make a world; what is not given is invented by the server.

        With a door of its own, the world has ports that belong to it alone: even what a bot sends before it is
        known (the upgrade, a wrong token) is in its journal. `Ready.through` points a child there.
        """
        body = {"app_id": app_id, "secret": secret, "settings": settings, "own_door": own_door or None}
        given = {name: value for name, value in body.items() if value is not None}
        answer = self.call("POST", "/worlds", given)
        return WorldControl(self, str(answer["app_id"]), str(answer["secret"]), answer.get("door"))

    def world(self, app_id: str) -> WorldControl:
        """A world that exists already."""
        return WorldControl(self, app_id)

    def reset(self) -> None:
        """The whole server back to its first state."""
        self.call("POST", "/reset")

    def follow(self, path: str, since: int) -> Iterator[Json]:
        """Journal entries as they are written, for ever (server-sent events).

        Raises:
            ControlError: refused, or the server is not there any more.
        """
        try:
            with self._client.stream(
                "GET", self.url + path, params={"since": since}, timeout=httpx2.Timeout(TIMEOUT, read=None)
            ) as response:
                if not response.is_success:
                    response.read()
                    raise _refusal(response)
                for event in httpx2.EventSource(response):
                    entry = event.json()
                    if isinstance(entry, dict):
                        yield entry
        except httpx2.TransportError as error:
            raise unreachable(self.url, error) from error


class WorldControl:
    """One world. `secret` is known when it was made here; `door` when it has one of its own."""

    def __init__(self, control: Control, app_id: str, secret: str | None = None, door: Json | None = None) -> None:
        self.door = door
        self.app_id = app_id
        self.secret = secret
        self._control = control

    def __repr__(self) -> str:
        return f"<WorldControl {self.app_id} of {self._control.url}>"

    def _call(self, method: str, path: str, body: Any = None, **options: Any) -> Json:
        return self._control.call(method, f"/worlds/{self.app_id}{path}", body, **options)

    def _act(self, path: str, /, **body: Any) -> Json:
        """A POST whose body leaves out what was not given."""
        return self._call("POST", path, {name: value for name, value in body.items() if value is not ...})

    def summary(self) -> Json:
        """The world at a glance."""
        return self._call("GET", "")

    def settings(self, **changes: Any) -> Json:
        """Change settings; the answer holds all of them."""
        return self._call("PATCH", "/settings", changes)

    def user(self, name: str | None = None) -> Json:
        """A new user: `openid`, `name`."""
        return self._call("POST", "/users", {} if name is None else {"name": name})

    def group(self, name: str | None = None, members: Sequence[str] | None = None) -> Json:
        """A new group: `group_openid`, `name`, `members`."""
        body = {"name": name, "members": None if members is None else list(members)}
        return self._call("POST", "/groups", {key: value for key, value in body.items() if value is not None})

    def say(
        self, text: str, user: str | None = None, group: str | None = None, *, scene: str | None = None, **more: Any
    ) -> Json:
        """A user speaks to the bot: `message_id`, `event_id`, `event_type`, `delivered`, `user`.

        `scene` is `c2c`, `group`, `channel` or `dm`; a place of this kind is made when there is none. `more` are the
        further fields of the call: `quote`, `faces`, `attachments`, `fields` over the finished event.
        """
        body = {"text": text, "user": user, "group": group, "scene": scene, **more}
        return self._call("POST", "/say", {key: value for key, value in body.items() if value is not None})

    def event(self, type: str, data: Mapping[str, Any] | None, event_id: str | None = None) -> Json:  # noqa: A002 (the API's word)
        """A raw dispatch, whose `d` may be null: `event_id`, `delivered`."""
        body: Json = {"type": type, "data": None if data is None else dict(data)}
        return self._call("POST", "/events", body if event_id is None else {**body, "id": event_id})

    def faults(self, faults: Sequence[Mapping[str, Any]] | None = None) -> list[Json]:
        """Replace the whole list in one call; without an argument, read it. Each has its `hits`."""
        if faults is None:
            return list(self._call("GET", "/faults")["faults"])
        return list(self._call("PUT", "/faults", [dict(fault) for fault in faults])["faults"])

    def clock(self, *, advance: float | None = None, speed: float | None = None, frozen: bool | None = None) -> Json:
        """Move the world's clock; without an argument, read it: `now`, `speed`, `frozen`."""
        body = {"advance": advance, "speed": speed, "frozen": frozen}
        given = {name: value for name, value in body.items() if value is not None}
        return self._call("POST", "/clock", given) if given else self._call("GET", "/clock")

    def connections(self) -> list[Json]:
        """The live connections."""
        return list(self._call("GET", "/connections")["connections"])

    def sessions(self) -> list[Json]:
        """The sessions that could be resumed."""
        return list(self._call("GET", "/sessions")["sessions"])

    def reconnect(self, *, then_close: Any = ..., after: float | Any = ..., connection: int | Any = ...) -> Json:
        """Send op 7; the server's default is close 4009 at once, None withholds it."""
        return self._act("/connections/reconnect", then_close=then_close, after=after, connection=connection)

    def invalidate(
        self,
        *,
        resumable: bool | Any = ...,
        then_close: Any = ...,
        after: float | Any = ...,
        forget: bool | Any = ...,
        connection: int | Any = ...,
    ) -> Json:
        """Send op 9."""
        return self._act(
            "/connections/invalidate",
            resumable=resumable,
            then_close=then_close,
            after=after,
            forget=forget,
            connection=connection,
        )

    def close(
        self, code: int, reason: str | Any = ..., *, forget: bool | Any = ..., connection: int | Any = ...
    ) -> Json:
        """Close with a code."""
        return self._act("/connections/close", code=code, reason=reason, forget=forget, connection=connection)

    def drop(self, *, connection: int | Any = ...) -> Json:
        """Cut the TCP connection without a close frame."""
        return self._act("/connections/drop", connection=connection)

    def reset_connections(self, *, connection: int | Any = ...) -> Json:
        """End the TCP connection with RST."""
        return self._act("/connections/reset", connection=connection)

    def half_open(self, *, connection: int | Any = ...) -> Json:
        """Read nothing more, and keep the socket."""
        return self._act("/connections/half-open", connection=connection)

    def stall(self, *, connection: int | Any = ...) -> Json:
        """Let nothing more out, and keep the socket."""
        return self._act("/connections/stall", connection=connection)

    def scenario(self, name: str) -> Json:
        """Stage a bad day that ships."""
        return self._call("POST", "/scenario", {"name": name})

    def refuse_connections(self, refused: bool = True, *, drop: bool = False) -> Json:
        """Have TCP connections to the world's own door refused by the kernel, or (False) let them in again.

        Live connections stay, unless `drop` is true: then those that came through that door are reset.

        Raises:
            ControlError: `no_own_door`: the world was made without one.
        """
        return self._call("POST", "/door", {"open": not refused, "drop": drop})

    def stale_http(self, how: str) -> Json:
        """Every HTTP connection that the bot keeps idle dies: `reset` at once, or `eof` when it is used again.

        The answer's `connections` says how many.
        """
        return self._call("POST", "/http/stale", {"how": how})

    def mute_acks(self, muted: bool = True, *, connection: int | Any = ...) -> Json:
        """Stop (or start again) answering heartbeats."""
        return self._act("/connections/mute-acks", muted=muted, connection=connection)

    def forget_sessions(self) -> Json:
        """No session can be resumed from now on."""
        return self._call("POST", "/sessions/forget", {})

    def revoke_tokens(self) -> Json:
        """Every token given out so far is invalid from now on."""
        return self._call("POST", "/tokens/revoke", {})

    def neighbour(self) -> WorldControl:
        """A fresh world that shares this one's door: the second bot of one program."""
        made = self._call("POST", "/neighbours", {})
        return WorldControl(self._control, str(made["app_id"]), str(made["secret"]), self.door)

    def change_secret(self, secret: str | None = None) -> str:
        """Another secret from now on, an invented one when none is given; returns it."""
        self.secret = str(self._call("PUT", "/secret", {} if secret is None else {"secret": secret})["secret"])
        return self.secret

    def webhook(self, url: str, **settings: Any) -> Json:
        """Push events to this address: `transport`, `timeout`, `retry_after`, `deliveries`."""
        return self._call("PUT", "/webhook", {"url": url, **settings})

    def validate_webhook(self, *, tamper: str | None = None, timeout: float = TIMEOUT) -> Json:
        """Op 13, forged if asked: `valid`, `why`, `status`, `body`; waits for them up to `timeout` real seconds."""
        return self._call("POST", "/webhook/validate", {} if tamper is None else {"tamper": tamper}, timeout=timeout)

    def push(self, text: str, *, tamper: str | None = None, style: str | None = None, timeout: float = TIMEOUT) -> Json:
        """One delivery, forged or written otherwise if asked: the receiver's `status`, `body`, `acked`, `why`."""
        body = {"text": text, "tamper": tamper, "style": style}
        given = {name: value for name, value in body.items() if value is not None}
        return self._call("POST", "/webhook/push", given, timeout=timeout)

    def redeliver(self, timeout: float = TIMEOUT) -> Json:
        """The last event to the webhook again, as if its acknowledgement had been lost."""
        return self._call("POST", "/webhook/redeliver", timeout=timeout)

    def chats(self, openid: str | None = None) -> list[Json]:
        """What the users see: every chat, or those of one user or group."""
        return list(self._call("GET", "/chats" if openid is None else f"/chats/{openid}")["chats"])

    def journal(self, since: int = 0, kind: str | None = None, limit: int | None = None) -> list[Json]:
        """Entries after the id `since`, at most `limit` (the server's default: 1000)."""
        return list(self._call("GET", "/journal", since=since, kind=kind, limit=limit)["entries"])

    def pages(self, since: int = 0, kind: str | None = None) -> Iterator[Json]:
        """All entries after the id `since`, however many there are."""
        while True:
            page = self._call("GET", "/journal", since=since, kind=kind)
            yield from page["entries"]
            if not page["entries"] or int(page["next"]) <= since:
                return
            since = int(page["next"])

    def wait(self, where: Mapping[str, Any], since: int = 0, count: int = 1, timeout: float = 10.0) -> list[Json]:
        """The first `count` entries that match, waiting for them up to `timeout` real seconds.

        Raises:
            JournalTimeout: they did not come; it says what came instead.
        """
        body = {"where": dict(where), "since": since, "count": count, "timeout": timeout}
        return list(self._call("POST", "/journal/wait", body, timeout=timeout + TIMEOUT)["entries"])

    def count(self, where: Mapping[str, Any], since: int = 0) -> int:
        """How many entries match."""
        return int(self._call("POST", "/journal/count", {"where": dict(where), "since": since})["count"])

    def follow(self, since: int = 0) -> Iterator[Json]:
        """Entries as they are written, for ever."""
        return self._control.follow(f"/worlds/{self.app_id}/journal/stream", since)

    def delete(self) -> None:
        """Remove the world with all that is connected to it."""
        self._call("DELETE", "")

    def reset(self) -> None:
        """The world back to its first state; connections are dropped."""
        self._call("POST", "/reset", {})


def unreachable(url: str, error: Exception) -> ControlError:
    """The error for a server that does not answer."""
    return ControlError(
        "unreachable",
        f"no fakeqq server answers at {url} ({error})",
        "Start one with `fakeqq serve`, or name its address with --url.",
    )


def _refusal(response: httpx2.Response) -> ControlError:
    """The server's own words for a refused call, whatever shape they have."""
    try:
        value = response.json()
        error = value["error"]
        code, message = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError):
        text = response.text.strip()[:500]
        return ControlError(
            "not_the_control_api",
            f"HTTP {response.status_code} from {response.request.url}: {text or '(no body)'}",
            "Is this the address of a fakeqq server's control API (…/_fakeqq)?",
        )
    if code == "timeout":
        return JournalTimeout(message, int(value.get("matched", 0)), list(value.get("nearest", [])))
    return ControlError(code, message, error.get("suggestion"))
