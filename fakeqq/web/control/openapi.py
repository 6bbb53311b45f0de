"""The OpenAPI document: the control API as FastAPI describes it, and beside it the platform's modelled operations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fakeqq.core.guild.guild_api import ROUTES
from fakeqq.core.rest.rest import HANDLERS
from fakeqq.wire.endpoints import find_operation
from fakeqq.wire.errors import error_row
from fakeqq.wire.hosts import TOKEN_PATH

if TYPE_CHECKING:
    from fastapi import FastAPI

_TOKEN_OPERATION = f"POST {TOKEN_PATH}"
# Every call can meet these, by the token it carries, the place it comes from, and its body.
_EVERYWHERE = ("token_missing", "token_invalid", "ip_not_allowed", "fixed_token_disabled", "request_malformed")
_TOKEN_ERRORS = ("appid_invalid", "secret_invalid", "token_internal_error", "token_rate_limited")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_PARAMETER = re.compile(r"\{(\w+)\}")
_ERROR_SCHEMA = {
    "type": "object",
    "required": ["message", "code"],
    "properties": {
        "message": {"type": "string"},
        "code": {"type": "integer"},
        "err_code": {"type": "integer"},
        "trace_id": {"type": "string"},
        "data": {"type": "object"},
    },
}
_CONTROL_ERROR_SCHEMA = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "suggestion"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "suggestion": {"type": ["string", "null"]},
            },
        }
    },
}
# What a control route answers besides its success; 422 is FastAPI's own, in our form.
_CONTROL_REFUSALS = {
    "401": "the control token is missing or wrong",
    "403": "a foreign web page or host name",
    "404": "no such world, user, group or message",
    "409": "it does not fit what is there",
    "413": "the body is too large",
    "422": "a field or a value that does not exist",
}


def install(app: FastAPI) -> None:
    """Have the application tell both; the document is made on first need."""
    describe = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = describe()
            _tell_refusals(schema)
            schema["paths"] |= _platform_paths()
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            schemas |= {"ControlError": _CONTROL_ERROR_SCHEMA, "PlatformError": _ERROR_SCHEMA}
            schema["components"]["securitySchemes"] = {
                "accessToken": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`QQBot ` and an access token of POST /app/getAppAccessToken",
                }
            }
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign] # FastAPI's way to extend the document


def _tell_refusals(schema: dict[str, Any]) -> None:
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/ControlError"}}}
    refusals = {code: {"description": text, "content": answer} for code, text in _CONTROL_REFUSALS.items()}
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"] |= refusals


def _platform_paths() -> dict[str, Any]:
    """Every modelled operation, by path and method."""
    states = {route.operation: route for route in ROUTES}
    paths: dict[str, Any] = {}
    for name in (_TOKEN_OPERATION, *HANDLERS):
        method, _, path = name.partition(" ")
        route = states.get(name)
        errors = _TOKEN_ERRORS if name == _TOKEN_OPERATION else (*_EVERYWHERE, *(route.errors if route else ()))
        operation: dict[str, Any] = {
            "tags": ["platform"],
            "operationId": _identifier(name),
            "summary": route.state if route else _summary(name),
            "parameters": [
                {"name": parameter, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
                for parameter in _PARAMETER.findall(path)
            ],
            "responses": _responses(errors),
        }
        if method in _WITH_BODY:
            schema = {"type": "object"}
            operation["requestBody"] = {"required": False, "content": {"application/json": {"schema": schema}}}
        if name != _TOKEN_OPERATION:
            operation["security"] = [{"accessToken": []}]
        paths.setdefault(path, {})[method.lower()] = operation
    return paths


def _responses(errors: tuple[str, ...]) -> dict[str, Any]:
    """The success and each refusal by its status; what a handler refuses besides is the default."""
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/PlatformError"}}}
    by_status: dict[int, list[str]] = {}
    for name in errors:
        row = error_row(name)
        by_status.setdefault(row.status, []).append(f"{row.code} {row.message}".strip())
    refusals = {
        str(status): {"description": "; ".join(texts), "content": body}
        for status, texts in by_status.items()
        if status >= 400
    }
    done = "done" if len(by_status.get(200, ())) == 0 else f"done, or {'; '.join(by_status[200])}"
    return {
        "200": {"description": done, "content": {"application/json": {"schema": {}}}},
        **refusals,
        "default": {"description": "a refusal in the platform's form, see docs/PROVENANCE.md", "content": body},
    }


def _summary(name: str) -> str:
    found = find_operation(*name.split(" ", 1))
    return found[0].name if found else name


def _identifier(name: str) -> str:
    return "platform_" + re.sub(r"\W+", "_", name).strip("_").lower()
