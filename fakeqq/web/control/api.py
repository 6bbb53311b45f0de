"""Builds the control application and gives every mistake one form: `{"error": {"code", "message", "suggestion"}}`."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Receive, Send

from fakeqq import __version__
from fakeqq.core.errors import ControlError, did_you_mean, nearest
from fakeqq.web.control import (
    connections,
    deeds,
    guilds,
    journal,
    messages,
    neighbours,
    openapi,
    scenarios,
    webhook,
    worlds,
)
from fakeqq.web.control.guard import refusal
from fakeqq.web.control.state import STATE, ControlState, Server
from fakeqq.web.control_loader import PREFIX

# A control request's body; sequences of faults and texts of users are far below. Our choice.
_MAX_BODY = 16 * 1024 * 1024

server_routes = APIRouter(tags=["server"])


class _Json(Response):
    """JSON encoded once, compact, without a second pass over the content."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


@server_routes.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@server_routes.get("/version")
async def version() -> dict[str, str]:
    return {"version": __version__}


@server_routes.post("/reset")
async def reset(server: Server) -> dict[str, Any]:
    """Every world back to its first day."""
    names = [world.app_id for world in server.platform.worlds()]
    for app_id in names:
        server.platform.reset_world(app_id, server.clock())
    server.flush()
    return {"worlds": names}


@cache
def build() -> FastAPI:
    """The control application, without its guard; all servers of a process share it, as its routes are made slowly."""
    app = FastAPI(
        title="fakeqq",
        version=__version__,
        summary="The QQ Open Platform on one laptop: the control API",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # its page loads scripts from a host of others
        redoc_url=None,
        default_response_class=_Json,
    )
    openapi.install(app)
    parts = (
        server_routes,
        *(
            part.router
            for part in (worlds, neighbours, deeds, messages, guilds, connections, journal, webhook, scenarios)
        ),
    )
    for part in parts:
        app.include_router(part, prefix=PREFIX)
    app.add_exception_handler(ControlError, _on_control_error)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _on_invalid)  # type: ignore[arg-type]
    app.add_exception_handler(ValidationError, _on_invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _on_http_error)  # type: ignore[arg-type]

    return app


class Guarded:
    """The control application of one server, behind the guard: foreign pages and oversized bodies do not reach it."""

    def __init__(self, state: ControlState, own_host: str, token: str | None) -> None:
        self._app = build()
        self._state = state
        self._own_host = own_host
        self._token = token

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refused = refusal(headers, self._own_host, self._token)
        if refused is not None:
            await _error(*refused)(scope, receive, send)
            return
        left = _MAX_BODY

        async def bounded() -> Any:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413, f"a control request carries at most {_MAX_BODY} bytes")
            return message

        async def answer(message: Any) -> None:
            kept = self._state.journal_file
            if kept is not None and message["type"] == "http.response.start" and scope["method"] != "GET":
                await kept.flush()  # what was asked for and is answered is on disk, and survives the server's death
            await send(message)

        await self._app({**scope, STATE: self._state}, bounded, answer)


def _error(status: int, code: str, message: str, suggestion: str | None = None) -> Response:
    return _Json({"error": {"code": code, "message": message, "suggestion": suggestion}}, status_code=status)


async def _on_control_error(_: Request, error: ControlError) -> Response:
    return _error(error.status, error.code, error.message, error.suggestion)


async def _on_invalid(request: Request, error: RequestValidationError | ValidationError) -> Response:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    if first["type"] == "extra_forbidden":
        word = str(first["loc"][-1])
        suggestion = nearest(word, _known_fields(request))
        return _error(422, "unknown_field", f"unknown field {word!r}{did_you_mean(suggestion)}", suggestion)
    code = "not_json" if first["type"] == "json_invalid" else "bad_value"
    return _error(422, code, f"{place}: {first['msg']}" if place else str(first["msg"]))


async def _on_http_error(request: Request, error: HTTPException) -> Response:
    if error.status_code == 404:
        routes = (path for path in request.app.openapi()["paths"] if path.startswith(PREFIX))
        suggestion = nearest(request.url.path, routes)
        return _error(404, "unknown_route", f"no control route {request.url.path}", suggestion)
    return _error(error.status_code, "http_error", str(error.detail))


def _known_fields(request: Request) -> list[str]:
    """The fields of the body model of the route that was asked."""
    route = request.scope.get("route")
    field = getattr(route, "body_field", None)
    model = getattr(field, "field_info", None)
    annotation = getattr(model, "annotation", None)
    models = [annotation, *getattr(annotation, "__args__", ())]
    return [name for model in models for name in getattr(model, "model_fields", {})]
