"""Host names and fixed paths that clients of the platform hold as literals."""

API_HOSTS = ("api.sgroup.qq.com", "sandbox.api.sgroup.qq.com", "api.bot.qq.com")
"""Where the API and the gateway are; `api.bot.qq.com` since August 2026, the older two still answer."""

TOKEN_HOSTS = ("bots.qq.com", "api.bot.qq.com")
"""Where access tokens are given out."""

PLATFORM_HOSTS = ("api.sgroup.qq.com", "sandbox.api.sgroup.qq.com", "bots.qq.com", "api.bot.qq.com")
"""Every name that a certificate or a hosts file must hold."""

TOKEN_PATH = "/app/getAppAccessToken"  # noqa: S105 - a path, not a secret
WEBSOCKET_PATH = "/websocket"
"""Logged gateway addresses have no trailing slash; the 2025 documentation prints one."""

WEBHOOK_PORTS = (80, 443, 8080, 8443)
"""The ports that a webhook address may have."""
