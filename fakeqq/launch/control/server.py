"""A running server, as the control API shows it."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any, Self

import httpx2

from fakeqq.launch.control.calls import TIMEOUT, given
from fakeqq.launch.control.errors import ControlError, refusal, unreachable
from fakeqq.launch.control.world import WorldControl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fakeqq.launch.control.calls import Json


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
        response = self._request(method, path, body, timeout, query)
        try:
            return dict(response.json()) if response.content else {}
        except (ValueError, TypeError) as error:
            raise refusal(response) from error

    def read(self, path: str) -> bytes:
        """The bytes at `path`.

        Raises:
            ControlError: refused, or the server is not there.
        """
        return self._request("GET", path, None, TIMEOUT, {}).content

    def _request(self, method: str, path: str, body: Any, timeout: float, query: Mapping[str, Any]) -> httpx2.Response:
        try:
            response = self._client.request(method, self.url + path, json=body, params=given(**query), timeout=timeout)
        except httpx2.TimeoutException as error:
            raise ControlError("no_answer", f"{method} {path}: no answer from {self.url}", None) from error
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            raise unreachable(self.url, error) from error
        if response.is_success:
            return response
        raise refusal(response)

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
        snapshot: Mapping[str, Any] | None = None,
    ) -> WorldControl:
        """Make a world; what is not given is invented by the server.

        With a door of its own, the world has ports that belong to it alone: even what a bot sends before it is
        known (the upgrade, a wrong token) is in its journal. `Ready.through` points a child there. A `snapshot` of
        another world brings its people, chats, settings and clock.
        """
        body = given(app_id=app_id, secret=secret, settings=settings, own_door=own_door or None, snapshot=snapshot)
        answer = self.call("POST", "/worlds", body)
        return WorldControl(self, str(answer["app_id"]), str(answer["secret"]), answer.get("door"))

    def world(self, app_id: str) -> WorldControl:
        """A world that exists already."""
        return WorldControl(self, app_id)

    def scenarios(self) -> list[Json]:
        """The bad days that ship, each with what happens and why it is there."""
        return list(self.call("GET", "/scenarios")["scenarios"])

    def show_scenario(self, name: str) -> Json:
        """One of them whole, in the form that `WorldControl.scenario` takes."""
        return self.call("GET", f"/scenarios/{name}")

    def journal(self, since: int = 0, kind: str | None = None, limit: int | None = None) -> list[Json]:
        """Entries that belong to no world, after the id `since`."""
        return list(self.call("GET", "/journal", since=since, kind=kind, limit=limit)["entries"])

    def flush_journal(self) -> int:
        """Wait until everything noted so far is in the file of `--journal`; how many entries it holds.

        Raises:
            ControlError: the server keeps none, or some could not be kept.
        """
        return int(self.call("POST", "/journal/flush")["stored"])

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
                    raise refusal(response)
                for event in httpx2.EventSource(response):
                    entry = event.json()
                    if isinstance(entry, dict):
                        yield entry
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            raise unreachable(self.url, error) from error
