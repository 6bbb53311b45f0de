"""One HTTP request through the platform: whose it is, what the fault says, what the answer is.

The shell reads the request, calls `answer`, does what the `Reply` says (wait, send, hang, disconnect) and calls
`answered` when the reply left.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from fakeqq.core.errors import PlatformError
from fakeqq.core.faults import verbs
from fakeqq.core.faults.altering import altered
from fakeqq.core.gateway import admission
from fakeqq.core.media.rest_media import STORAGE_HANDLERS, UPLOADS, url_of
from fakeqq.core.nesting import reads_too_deep
from fakeqq.core.rest import trouble
from fakeqq.core.rest.callers import TOKEN_OPERATION, authenticate, world_of
from fakeqq.core.rest.calls import Call, Raw, Status
from fakeqq.core.rest.forms import read_form
from fakeqq.core.rest.rates import check_call, spend_call, spend_gateway_call
from fakeqq.core.rest.rest import HANDLERS
from fakeqq.wire.endpoints import find_operation, methods_of
from fakeqq.wire.errors import error_row, error_text, html_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.faults.faults import Fault
    from fakeqq.core.platform import Platform
    from fakeqq.core.rest.calls import Fetched
    from fakeqq.core.world import World

JSON = "application/json"  # exactly, without a charset: botpy compares the whole string
HTML = "text/html"
_CONTENT_TYPES = {"html": HTML, "text": "text/plain"}
_NOTED_HEADERS = ("authorization", "content-type", "user-agent", "x-union-appid")
# The trace id of a request that belongs to no world.
_NO_TRACE = "0" * 32
# The row of the front that measures bodies before the application sees them.
_TOO_LARGE = "body_too_large"
# The largest body that the journal keeps whole, in bytes as it was sent. Our choice: messages are far below.
NOTED_BYTES = 64 * 1024
# How much it keeps of a larger one, bytes; and of a file in base64, characters.
_NOTED_BEGINNING = 2_000
_NOTED_FILE = 40


@dataclass(frozen=True, slots=True)
class Request:
    """What the shell read.

    Attributes:
        path: decoded, without the query.
        client: the peer's address.
        headers: names in lower case.
        origin: scheme and authority for gateway URLs, as this client reached the server.
        door: the world whose own door was used, or None at the common one.
        fetched: the file behind the URL of an upload, where the shell fetches such.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    origin: str
    door: World | None = None
    client: str = ""
    fetched: Fetched | None = None


@dataclass(slots=True)
class Reply:
    """What the shell shall do.

    Attributes:
        delay: steady seconds to wait before anything else.
        hang: never answer.
        disconnect: close the TCP connection instead of answering.
        reset: end it with RST instead.
        half_open: read nothing more and never answer.
        sent_bytes: send only so many bytes of the body, then close; None sends all.
        stalls: keep the connection open after `sent_bytes` instead of closing it.
        bytes_per_second: how fast the body leaves; None at once.
        etag: of a stored part or file, for the header of that name.
    """

    status: int
    body: bytes
    trace_id: str
    content_type: str = JSON
    world: World | None = None
    operation: str | None = None
    error: str | None = None
    fault: str | None = None
    unmodelled: bool = False
    request_entry: int = 0
    delay: float = 0.0
    hang: bool = False
    disconnect: bool = False
    sent_bytes: int | None = None
    reset: bool = False
    half_open: bool = False
    stalls: bool = False
    bytes_per_second: float | None = None
    etag: str | None = None

    @property
    def is_answer(self) -> bool:
        """Whether a status goes out at all."""
        return not (self.disconnect or self.reset or self.hang or self.half_open)

    @property
    def is_of_front(self) -> bool:
        """Whether the front answers, with headers of its own and no trace id."""
        return self.error == _TOO_LARGE


def answer(platform: Platform, request: Request, real: float) -> Reply:
    """Decide about one request; its effects have happened when this returns."""
    found = find_operation(request.method, request.path)
    operation = found[0].name if found else None
    stored = STORAGE_HANDLERS.get(operation or "")
    body, body_error = ({"bytes": len(request.body)}, False) if stored else _decode(request.body)
    world = (
        platform.known(found[1]["app_id"]) if stored and found else world_of(platform, request, operation, body, real)
    )
    now = platform.now(world, real)
    noted = body if stored else _noted(body, request.body)
    entry = _note(platform, world, request, operation, found[1] if found else {}, noted, now)
    moment, fault = trouble.fault_for(world, operation, body)
    effect_happens = fault is None or not trouble.replaces_effect(fault)
    reply = Reply(200, b"", world.identifiers.trace_id() if world else _NO_TRACE, world=world, operation=operation)
    if effect_happens:
        try:
            done = _perform(
                platform, request, operation, found[1] if found else {}, body, body_error, world, now, reply
            )
            if isinstance(done, Raw):
                reply.content_type, reply.body, reply.etag = done.content_type, done.body, done.etag
            else:
                if isinstance(done, Status):
                    reply.status, done = done.code, done.body
                reply.body = _encode(done)
        except PlatformError as refusal:
            _refuse(reply, refusal.name, world, refusal.detail)
    reply.request_entry = entry
    if fault is not None and world is not None:
        reply.fault = fault.name
        world.note_fault(fault, moment, now, request=entry)
        _suffer(reply, fault, world)
    return reply


def url_to_fetch(platform: Platform, request: Request, real: float) -> str | None:
    """The URL of the file that a request uploads, where the request would be taken; changes nothing.

    A shell that fetches asks for it before it asks for the answer: who has no right to upload makes nobody fetch, and
    neither does a request that a fault keeps from its effect.
    """
    found = find_operation(request.method, request.path)
    if found is None or found[0].name not in UPLOADS:
        return None
    operation, params = found[0].name, found[1]
    body = _decode(request.body)[0]
    if not isinstance(body, dict):
        return None
    world = world_of(platform, request, operation, body, real)
    now = platform.now(world, real)
    try:
        owner = authenticate(platform, request.headers.get("authorization", ""), request.client, world, now)
        check_call(owner, operation, now)
        if trouble.keeps_next_from_effect(owner, operation):
            return None
        return url_of(owner, operation, Call(params, body, request.origin), now)
    except PlatformError:
        return None


def refuse_upgrade(platform: Platform, request: Request, real: float) -> Reply:
    """A WebSocket upgrade at a path that is not the gateway's: nothing is found there. Our choice."""
    world = world_of(platform, request, None, None, real)
    reply = Reply(404, b"", world.identifiers.trace_id() if world else _NO_TRACE, world=world, unmodelled=True)
    _refuse(reply, "not_found", world)
    reply.request_entry = _note(platform, world, request, None, {}, None, platform.now(world, real))
    return reply


def answered(platform: Platform, reply: Reply, real: float) -> None:
    """Note what the client was sent, at the moment it was."""
    world = reply.world
    journal = world.journal if world else platform.journal
    sent = reply.body if reply.sent_bytes is None else reply.body[: reply.sent_bytes]
    body = _noted(_decode(sent)[0], sent) if reply.is_answer else None
    journal.append(
        platform.now(world, real), "http.response", request=reply.request_entry, operation=reply.operation,
        status=reply.status if reply.is_answer else None, body=body, error=reply.error, fault=reply.fault,
        **({"unmodelled": True} if reply.unmodelled else {}),
    )  # fmt: skip


def refuse_body(platform: Platform, request: Request, real: float) -> Reply:
    """The size-limit front's answer to a body over the bound: HTML, long before the application.

    Args:
        request: without its body, of which the journal keeps the announced length; None where none was announced.
    """
    found = find_operation(request.method, request.path)
    operation, params = (found[0].name, found[1]) if found else (None, {})
    stored = operation in STORAGE_HANDLERS
    world = platform.known(params["app_id"]) if stored else world_of(platform, request, operation, None, real)
    reply = Reply(413, b"", _NO_TRACE, world=world, operation=operation)
    _refuse(reply, _TOO_LARGE, world)
    length = request.headers.get("content-length", "")
    body = {"truncated": True, "bytes": int(length) if length.isdecimal() else None, "begins": ""}
    reply.request_entry = _note(platform, world, request, operation, params, body, platform.now(world, real))
    return reply


def _note(  # noqa: PLR0913 - the parts of an entry
    platform: Platform,
    world: World | None,
    request: Request,
    operation: str | None,
    params: Mapping[str, str],
    body: Any,
    now: Instant,
) -> int:
    """Note a request in the journal it belongs to; returns the entry's id."""
    journal = world.journal if world else platform.journal
    headers = {name: request.headers[name] for name in _NOTED_HEADERS if name in request.headers}
    return journal.append(
        now, "http.request", operation=operation, method=request.method, path=request.path, params=params,
        query=request.query, headers=headers, body=body,
    )  # fmt: skip


def _perform(  # noqa: PLR0913 - one request's whole context
    platform: Platform,
    request: Request,
    operation: str | None,
    params: Mapping[str, str],
    body: Any,
    body_error: bool,
    world: World | None,
    now: Instant,
    reply: Reply,
) -> Any:
    if operation is None:
        reply.unmodelled = True
        raise PlatformError("method_not_allowed" if methods_of(request.path) else "not_found")
    if operation == TOKEN_OPERATION:
        return _token(platform, request, body, body_error, world, now)
    if operation in STORAGE_HANDLERS:
        # A pre-signed URL needs no token: its signature is the right.
        if world is None:
            raise PlatformError("cos_not_found")
        return STORAGE_HANDLERS[operation](world, params, dict(parse_qsl(request.query)), request.body, now)
    handler = HANDLERS.get(operation)
    if handler is None:
        reply.unmodelled = True
        raise PlatformError("not_found")
    owner = authenticate(platform, request.headers.get("authorization", ""), request.client, world, now)
    if body_error:
        body = read_form(request.headers.get("content-type", ""), request.body)
    if not isinstance(body, dict) and (body_error or body is not None):
        raise PlatformError("request_malformed")
    query = dict(parse_qsl(request.query)) if request.query else {}
    spend_call(owner, operation, now)
    spend_gateway_call(platform, owner, operation, now)
    return handler(owner, Call(params, body or {}, request.origin, query, request.fetched), now)


def _token(  # noqa: PLR0913 - the token endpoint sees the raw request
    platform: Platform, request: Request, body: Any, body_error: bool, world: World | None, now: Instant
) -> dict[str, Any]:
    """Hand the world's token out; every failure has status 200 (docs: do not judge by the status).

    Refusals by content type and by JSON types follow https://github.com/zhinjs/qq-official-bot/issues/88 and
    https://github.com/tencent-connect/bot-docs/issues/220.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise PlatformError("appid_invalid")
    if body_error or not isinstance(body, dict):
        raise PlatformError("token_internal_error")
    app_id, secret = body.get("appId"), body.get("clientSecret")
    if not isinstance(app_id, str) or not isinstance(secret, str):
        raise PlatformError("token_internal_error")
    if world is None or world.app_id != app_id:
        raise PlatformError("appid_invalid")
    if not admission.spend_token_call(world, now):
        raise PlatformError("token_rate_limited")
    if world.secret is None:
        world.secret = secret
    if world.secret != secret:
        raise PlatformError("secret_invalid")
    value, remaining = platform.issue_token(world, now)
    # A string, although the docs' table says number: botpy and botgo break on an integer.
    return {"access_token": value, "expires_in": str(remaining)}


def _decode(body: bytes) -> tuple[Any, bool]:
    """The body as JSON, or as much of it as the journal keeps as text; whether it should have been JSON and was not."""
    if not body:
        return None, False
    try:
        value = msgspec.json.decode(body)
        if not reads_too_deep(body, value):
            return value, False
    except (ValueError, RecursionError):
        pass  # not JSON, not UTF-8, or nested beyond the stack
    return body[:NOTED_BYTES].decode(errors="replace"), True


def _noted(body: Any, raw: bytes) -> Any:
    """A body as the journal keeps it: without the megabytes of a file in base64, and only the beginning of a giant."""
    kept = raw
    if isinstance(body, dict) and isinstance(body.get("file_data"), str) and len(body["file_data"]) > _NOTED_BEGINNING:
        size = len(body["file_data"])
        body = {**body, "file_data": f"{body['file_data'][:_NOTED_FILE]}… ({size} characters)"}
        kept = _encode(body)
    if len(kept) <= NOTED_BYTES:
        return body
    begins = kept[:_NOTED_BEGINNING].decode(errors="replace")
    return {"truncated": True, "bytes": len(raw), "begins": begins}


def _encode(answer: Any) -> bytes:
    return b"" if answer is None else msgspec.json.encode(answer)


def _refuse(reply: Reply, name: str, world: World | None, detail: str = "") -> None:
    """Fill the reply from an error row, in the shape its evidence shows."""
    row = error_row(name, world.settings.era) if world else error_row(name)
    message = f"{row.message} {detail}" if detail else row.message
    reply.status, reply.error, reply.etag = row.status, row.name, None
    without_code = world is not None and world.settings.switch("error_form") == "err-code"
    reply.body = error_text(row, reply.trace_id, message, without_code=without_code).encode()
    reply.content_type = _CONTENT_TYPES.get(row.shape, JSON)


def _suffer(reply: Reply, fault: Fault, world: World) -> None:  # noqa: C901, PLR0912 - one case for each verb
    """What the verbs make of the reply, in their order."""
    for verb in fault.do:
        match verb:
            case verbs.Error():
                _refuse(reply, verb.name, world)
            case verbs.Answer():
                reply.status, reply.etag = verb.status, None
                is_text = isinstance(verb.body, str)
                reply.body = verb.body.encode() if isinstance(verb.body, str) else _encode(verb.body)
                reply.content_type = verb.content_type or (HTML if is_text else JSON)
            case verbs.Empty():
                reply.body = b""
            case verbs.Truncate():
                reply.sent_bytes = min(verb.bytes, len(reply.body))
            case verbs.Stall():
                reply.sent_bytes, reply.stalls = min(verb.bytes, len(reply.body)), True
            case verbs.SlowDrip():
                reply.bytes_per_second = verb.bytes_per_second
            case verbs.Malformed():
                reply.body = reply.body[:-1]
            case verbs.Alter():
                reply.body = altered(reply.body, verb.put, verb.without)
            case verbs.Html():
                reply.status, reply.content_type = verb.status, HTML
                reply.body = html_page(verb.status, HTTPStatus(verb.status).phrase).encode()
            case verbs.ContentType():
                reply.content_type = verb.value
            case verbs.Delay():
                reply.delay += verb.seconds
            case verbs.Hang():
                reply.hang = True
            case verbs.Disconnect():
                reply.disconnect = True
            case verbs.Reset():
                reply.reset = True
            case verbs.HalfOpen():
                reply.half_open = True
            case _:
                pass  # refused when the fault was set
