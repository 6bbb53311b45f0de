"""The ways in which the platform ends what is live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.launch.control.calls import WorldCalls

if TYPE_CHECKING:
    from fakeqq.launch.control.calls import Json


class Connections(WorldCalls):
    """Connections, sessions and tokens. `connection` selects one; without it, all."""

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

    def mute_acks(self, muted: bool = True, *, connection: int | Any = ...) -> Json:
        """Stop (or start again) answering heartbeats."""
        return self._act("/connections/mute-acks", muted=muted, connection=connection)

    def forget_sessions(self) -> Json:
        """No session can be resumed from now on."""
        return self._call("POST", "/sessions/forget", {})

    def revoke_tokens(self) -> Json:
        """Every token given out so far is invalid from now on."""
        return self._call("POST", "/tokens/revoke", {})

    def stale_http(self, how: str) -> Json:
        """Every HTTP connection that the bot keeps idle dies: `reset` at once, or `eof` when it is used again.

        The answer's `connections` says how many.
        """
        return self._call("POST", "/http/stale", {"how": how})

    def refuse_connections(self, refused: bool = True, *, drop: bool = False) -> Json:
        """Have TCP connections to the world's own door refused by the kernel, or (False) let them in again.

        Live connections stay, unless `drop` is true: then those that came through that door are reset.

        Raises:
            ControlError: `no_own_door`: the world was made without one.
        """
        return self._call("POST", "/door", {"open": not refused, "drop": drop})

    def heartbeat(self, *, connection: int | Any = ...) -> Json:
        """Send op 1, which the documents allow the platform."""
        return self._act("/connections/heartbeat", connection=connection)
