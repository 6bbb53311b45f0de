"""What the handler of a REST operation is given, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.world import World


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a shell found behind a URL; None: it could not be had."""

    data: bytes | None


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request.

    Attributes:
        origin: scheme and authority the client used for the gateway, e.g. `wss://api.sgroup.qq.com`.
        body: the JSON object or the form of the request, empty when there was none.
        query: each name's last value.
        fetched: the file behind the body's `url`, where URLs are fetched.
    """

    params: Mapping[str, str]
    body: dict[str, Any]
    origin: str
    query: Mapping[str, str] = field(default_factory=dict)
    fetched: Fetched | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """An answer with a status of its own; `body` None is an empty one."""

    code: int
    body: Any = None


NO_CONTENT = Status(204)


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer of bytes as they are; `etag` is the header's value, quotes and all."""

    body: bytes
    content_type: str
    etag: str | None = None


# A handler answers with the JSON of a 200, with None for an empty 200, with a `Status`, or `Raw`.
Handler = Callable[["World", Call, "Instant"], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One modelled operation, as docs/API.md prints it.

    Attributes:
        operation: its name in `fakeqq.wire.endpoints`.
        state: what of the world it reads or changes.
        errors: the rows it refuses with, beyond those of every call (token, shape of the body).
    """

    operation: str
    handler: Handler
    state: str
    errors: tuple[str, ...] = ()
