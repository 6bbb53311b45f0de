"""Arbitrary bodies at every control route."""

import json
from functools import cache
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeqq.core.faults.faults import MOMENTS
from fakeqq.core.faults.verbs import VERBS, verb_name
from fakeqq.core.settings import WorldSettings
from fakeqq.web.control.api import PREFIX, build
from fuzz.effort import effort
from fuzz.strategies import as_json, documents, object_of, scalars, text, values

# The stream never ends; a new door is a port.
_LEFT_OUT = {"/_fakeqq/worlds/{app_id}/journal/stream"}


@cache
def document():
    return build().openapi()


ROUTES = sorted(
    (method.upper(), path)
    for path, item in document()["paths"].items()
    for method in item
    if path.startswith(PREFIX) and path not in _LEFT_OUT
)


def fields_of(method, path):
    """The names that the body of a route knows."""
    body = document()["paths"][path][method.lower()].get("requestBody")
    found = json.dumps(body) if body else ""
    names = set()
    for name, schema in document()["components"]["schemas"].items():
        if f'/{name}"' in found:
            names |= set(schema.get("properties", ()))
    if path.endswith("/settings"):
        names |= set(WorldSettings.model_fields)
    return names - {"own_door", "timeout"} or {"a"}


verbs = st.fixed_dictionaries(
    {"verb": st.one_of(st.sampled_from([verb_name(verb) for verb in VERBS]), scalars)},
    optional=dict.fromkeys(sorted({field for verb in VERBS for field in verb.model_fields} - {"verb"}), values),
)
faults = st.lists(
    st.one_of(
        values,
        st.fixed_dictionaries(
            {"name": st.one_of(text, values), "on": st.one_of(st.sampled_from(sorted(MOMENTS)), values),
             "do": st.one_of(st.lists(verbs, max_size=3), values)},
            optional={"nth": values, "times": values, "probability": values},
        ),
    ),
    max_size=3,
)  # fmt: skip
operators = st.dictionaries(
    st.sampled_from(["in", "gte", "lte", "contains", "exists", "not", "gt"]), values, max_size=2
)
where = st.dictionaries(
    st.one_of(text, st.sampled_from(["kind", "op", "frame.d.seq", "frame.d.0", "id"])),
    st.one_of(values, operators),
    max_size=3,
)


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=lambda part: part.removeprefix("/_fakeqq"))
def test_no_body_breaks_a_control_route(target, world, method, path):
    known = object_of(fields_of(method, path), st.one_of(scalars, values))
    if path.endswith("/faults"):
        bodies = st.one_of(documents, faults.map(as_json))
    elif path.endswith(("/wait", "/count")):
        bodies = st.one_of(documents, st.builds(lambda where, more: as_json({**more, "where": where}), where, known))
    else:
        bodies = st.one_of(documents, known.map(as_json), st.just(b""))
    names = st.one_of(st.just(world["app_id"]), text.map(lambda word: quote(word.encode(errors="replace"), safe="")))
    examples = 6 if method in ("GET", "DELETE") else 20

    @effort(examples)
    @given(bodies, names)
    def throw(body, name):
        where_to = path.replace("{app_id}", name)
        while "{" in where_to:
            where_to = where_to[: where_to.index("{")] + (name or "x") + where_to[where_to.index("}") + 1 :]
        if path.endswith("/wait"):
            body = in_no_time(body)
        status, answer = target.request(
            method.encode(), where_to.encode(), body, [(b"Content-Type", b"application/json")]
        )
        assert status < 500, answer
        if status >= 400:
            assert set(json.loads(answer)) >= {"error"} or status == 408
        if path in ("/_fakeqq/worlds", "/_fakeqq/worlds/{app_id}"):
            target.control("POST", "/worlds", {"app_id": world["app_id"], "secret": world["secret"]})

    throw()
    target.is_well()


def in_no_time(body):
    try:
        wish = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return as_json({**wish, "timeout": 0}) if isinstance(wish, dict) else body
