"""Operations, and the way from a request to its operation."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeqq.wire.endpoints import OPERATIONS, find_operation, methods_of

SEGMENTS = [*{segment for row in OPERATIONS for segment in row.path.split("/")[1:]}, "", "x", "@me", "7"]


def filled(operation):
    """The operation's path with a value for each parameter, and those values by name."""
    names = re.findall(r"\{(\w+)\}", operation.path)
    values = {name: f"value-{index}" for index, name in enumerate(names)}
    return operation.path.format(**values), values


def slow_find(method, path):
    """The same answer, found by trying every template as a regular expression."""
    hits = [
        row
        for row in OPERATIONS
        if row.method == method and re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(row.path)), path)
    ]
    return min(hits, key=lambda row: row.path.count("{"), default=None)


def test_there_are_all_documented_operations():
    assert len(OPERATIONS) == 85
    assert len({row.name for row in OPERATIONS}) == 85


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda row: row.name)
def test_every_operation_is_found_with_its_parameters(operation):
    path, values = filled(operation)
    assert find_operation(operation.method, path) == (operation, values)
    assert operation.method in methods_of(path)


def test_the_name_is_method_and_template():
    operation, parameters = find_operation("POST", "/v2/users/A1B2/messages")
    assert operation.name == "POST /v2/users/{openid}/messages"
    assert parameters == {"openid": "A1B2"}


def test_a_literal_wins_over_a_parameter():
    assert find_operation("GET", "/users/@me")[0].name == "GET /users/@me"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/gateway/"),
        ("GET", ""),
        ("GET", "/"),
        ("GET", "gateway"),
        ("GET", "//gateway"),
        ("GET", "/v2/users/A1B2/messages"),
        ("POST", "/v2/users//messages"),
        ("POST", "/v2/users/A1B2/messages/1/2"),
        ("POST", "/v3/users/A1B2/messages"),
        ("get", "/gateway"),
        ("GET", "/{openid}"),
    ],
)
def test_what_nobody_documents_is_not_found(method, path):
    assert find_operation(method, path) is None


def test_methods_tell_a_wrong_method_from_an_unknown_path():
    assert methods_of("/channels/1") == {"GET", "PATCH", "DELETE"}
    assert methods_of("/v2/users/A1B2/messages") == {"POST"}
    assert methods_of("/v2/users") == frozenset()
    assert methods_of("/no/such/path") == frozenset()


@given(st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]), st.lists(st.sampled_from(SEGMENTS), max_size=8))
def test_agrees_with_the_slow_way(method, segments):
    path = "/" + "/".join(segments)
    found = find_operation(method, path)
    expected = slow_find(method, path)
    assert (None if found is None else found[0]) == expected
