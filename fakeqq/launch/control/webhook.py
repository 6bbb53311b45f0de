"""Pushing events to an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.launch.control.calls import TIMEOUT, WorldCalls, given

if TYPE_CHECKING:
    from fakeqq.launch.control.calls import Json


class Webhook(WorldCalls):
    """The webhook, and deliveries that are forged, strange or repeated."""

    def webhook(self, url: str, **settings: Any) -> Json:
        """Push events to this address: `transport`, `timeout`, `retry_after`, `deliveries`."""
        return self._call("PUT", "/webhook", {"url": url, **settings})

    def validate_webhook(self, *, tamper: str | None = None, timeout: float = TIMEOUT) -> Json:
        """Op 13, forged if asked: `valid`, `why`, `status`, `body`; waits for them up to `timeout` real seconds."""
        return self._call("POST", "/webhook/validate", given(tamper=tamper), timeout=timeout)

    def push(self, text: str, *, tamper: str | None = None, style: str | None = None, timeout: float = TIMEOUT) -> Json:
        """One delivery, forged or written otherwise if asked: the receiver's `status`, `body`, `acked`, `why`."""
        return self._call("POST", "/webhook/push", given(text=text, tamper=tamper, style=style), timeout=timeout)

    def redeliver(self, timeout: float = TIMEOUT) -> Json:
        """The last event to the webhook again, as if its acknowledgement had been lost."""
        return self._call("POST", "/webhook/redeliver", timeout=timeout)

    def webhook_state(self) -> Json:
        """The address and the transport, and how many deliveries wait or are under way."""
        return self._call("GET", "/webhook")

    def remove_webhook(self) -> Json:
        """Events go to the sessions alone again; what waited is lost."""
        return self._call("DELETE", "/webhook")
