"""The line of JSON a server prints when it is ready: everything needed to reach it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Where a running server is, and the world it made at the start.

    `tls_port` and `ca_file` are None when the server speaks no TLS; `adopt_socket` is None where the
    system has no unix sockets.
    """

    pid: int
    host: str
    port: int
    tls_port: int | None
    api_base: str
    token_url: str
    gateway_url: str
    control_url: str
    app_id: str
    secret: str
    ca_file: str | None
    adopt_socket: str | None

    @classmethod
    def from_mapping(cls, value: Mapping[str, Any]) -> Self:
        """Read the decoded line; keys that are not known are ignored, so that newer servers can be read.

        Raises:
            ValueError: a key is missing.
        """
        missing = [field.name for field in fields(cls) if field.name not in value]
        if missing:
            raise ValueError(f"the server's ready line lacks: {', '.join(missing)}")
        return cls(**{field.name: value[field.name] for field in fields(cls)})

    @classmethod
    def from_line(cls, line: str | bytes) -> Self:
        """Read the line itself.

        Raises:
            ValueError: it is not JSON, or not an object, or a key is missing.
        """
        value = json.loads(line)
        if not isinstance(value, dict):
            raise ValueError(f"the server's ready line is not a JSON object: {line!r}")  # noqa: TRY004 (JSON's own error is a ValueError)
        return cls.from_mapping(value)

    def through(self, door: Mapping[str, Any] | None) -> Self:
        """The same server by a world's own ports; unchanged without a door."""
        names = ("port", "tls_port", "api_base", "token_url", "gateway_url")
        return self if door is None else replace(self, **{name: door[name] for name in names})

    def to_line(self) -> str:
        """The line again, without a line break."""
        return json.dumps({"ready": True, **asdict(self)}, ensure_ascii=False)
