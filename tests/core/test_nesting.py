import json

import pytest

from core.stage import Stage, ending
from fakeqq.core.errors import ControlError, must_be_json
from fakeqq.core.nesting import NESTING_LIMIT, nests_too_deep, reads_too_deep


def nested(depth, *, of=list):
    value = "core"
    for _ in range(depth):
        value = [value] if of is list else {"a": value}
    return value


@pytest.mark.parametrize("of", [list, dict])
def test_the_limit_is_exact(of):
    assert not nests_too_deep(nested(NESTING_LIMIT, of=of))
    assert nests_too_deep(nested(NESTING_LIMIT + 1, of=of))


@pytest.mark.parametrize("value", [None, 5, "[" * 1000, [], {}, [[]] * 1000, {"a": ["["] * 500}])
def test_broad_is_not_deep(value):
    text = json.dumps(value)
    assert not reads_too_deep(text, value)
    assert not reads_too_deep(text.encode(), value)


def test_depth_is_found_in_text_and_bytes():
    value = nested(NESTING_LIMIT + 1)
    assert reads_too_deep(json.dumps(value), value)
    assert reads_too_deep(json.dumps(value).encode(), value)


@pytest.mark.parametrize("depth", [NESTING_LIMIT + 1, 500, 950])
def test_a_deep_frame_is_an_invalid_payload(depth):
    stage = Stage()
    peer = stage.connect()
    peer.take()
    assert peer.send('{"op":1,"d":' + "[" * depth + "]" * depth + "}") == [ending(4002)]


@pytest.mark.parametrize("depth", [NESTING_LIMIT + 2, 500, 950, 100_000])
def test_a_deep_body_is_malformed(depth):
    stage = Stage()
    reply = stage.request("POST", f"/v2/users/{stage.world.people.user().openid}/messages", b"[" * depth + b"]" * depth)
    assert reply.error == "request_malformed"
    noted = stage.entries("http.request")[-1]["body"]
    assert (noted if depth < 1000 else noted["begins"]).startswith("[[[")


UNSENDABLE = [nested(NESTING_LIMIT + 1), float("nan"), float("-inf"), "\ud800", {"\udfff": 1}, 10**5000]


@pytest.mark.parametrize("value", UNSENDABLE, ids=range(len(UNSENDABLE)))
def test_what_cannot_go_over_the_wire_is_refused(value):
    with pytest.raises(ControlError) as refused:
        must_be_json(value)
    assert refused.value.code == "not_json"


@pytest.mark.parametrize("value", [nested(NESTING_LIMIT), 10**4000, -0.0, "\x00\U0001f600", None])
def test_what_can_is_not(value):
    must_be_json(value)
