"""What a child finds in its environment: where the platform is, and whom to trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeqq.launch.bundle import BUNDLE_VARIABLES
from fakeqq.wire.hosts import PLATFORM_HOSTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fakeqq.launch.ready import Ready
    from fakeqq.launch.webhook import Endpoint

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


def pointing(ready: Ready, app_id: str, secret: str, endpoint: Endpoint | None = None) -> dict[str, str]:
    """The variables that say where the platform is, and how events come, for every adapter that reads any of them.

    `QQ_API_BASE` and `QQ_AUTH_BASE` (the whole token URL) are settings of nonebot-adapter-qq;
    `QQ_API_BASE` and `QQ_TOKEN_URL` those of qqbot-agent-sdk.
    """
    by_webhook = {}
    if endpoint is not None:
        by_webhook = {"FAKEQQ_WEBHOOK_PORT": str(endpoint.port), "FAKEQQ_WEBHOOK_PATH": endpoint.path}
    return {
        "FAKEQQ_APP_ID": app_id,
        "FAKEQQ_SECRET": secret,
        "FAKEQQ_API_BASE": ready.api_base,
        "FAKEQQ_TOKEN_URL": ready.token_url,
        "FAKEQQ_SANDBOX": "0",
        "FAKEQQ_TRANSPORT": "webhook" if by_webhook else "websocket",
        **by_webhook,
        "QQ_API_BASE": ready.api_base,
        "QQ_AUTH_BASE": ready.token_url,
        "QQ_TOKEN_URL": ready.token_url,
    }


def trust(bundle: Path) -> dict[str, str]:
    """The variables that name the authorities; set even where the machine has preset them."""
    return dict.fromkeys(BUNDLE_VARIABLES, str(bundle))


def no_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """Keep proxies out of the way: a proxy looks names up by itself, and finds the real platform."""
    present = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    names = [name.strip() for name in present.split(",") if name.strip()]
    if "*" in names:
        return {"NO_PROXY": present, "no_proxy": present}
    names += [name for name in (*LOOPBACK_NAMES, *sorted(PLATFORM_HOSTS)) if name not in names]
    joined = ",".join(names)
    return {"NO_PROXY": joined, "no_proxy": joined}
