"""The address the platform's hosts have for a redirected child."""

from __future__ import annotations

PLATFORM_ADDRESS = "198.18.0.1"
"""Of 198.18.0.0/15, kept for benchmarks (RFC 2544, RFC 6890), so never a real host.

Not 127.0.0.1: at least one adapter (openclaw's qqbot) refuses names that resolve to loopback.
"""

PLATFORM_PORT = 443
