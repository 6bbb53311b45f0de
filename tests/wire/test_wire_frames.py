"""Frames: byte for byte out, with care in."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeqq.wire import frames
from fakeqq.wire.frames import FrameError
from fakeqq.wire.switches import switch

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
FRAMES = st.dictionaries(TEXT, JSON, max_size=4).flatmap(lambda rest: st.integers().map(lambda op: {**rest, "op": op}))


def test_hello_is_the_documented_text(golden):
    assert frames.hello(45_000) == golden("hello")["text"]


def test_heartbeat_ack_is_the_documented_text(golden):
    assert frames.heartbeat_ack() == golden("heartbeat_ack")["text"]


def test_reconnect_is_the_golden_text(golden):
    assert frames.reconnect() == golden("reconnect")["text"]


def test_invalid_session_says_whether_to_resume(golden):
    assert frames.invalid_session(resumable=False) == golden("invalid_session")["text"]
    assert frames.decode(frames.invalid_session(resumable=True)) == {"op": 9, "d": True}


def test_control_frames_with_the_keys_of_a_dispatch():
    assert set(frames.CONTROL_KEYS) == set(switch("control_frame_keys").choices)
    null, zero = frames.CONTROL_KEYS["null"], frames.CONTROL_KEYS["zero"]
    assert frames.hello(45_000, null) == '{"op":10,"s":null,"t":null,"id":null,"d":{"heartbeat_interval":45000}}'
    assert frames.heartbeat_ack(null) == '{"op":11,"s":null,"t":null,"id":null}'
    assert frames.reconnect(zero) == '{"op":7,"s":0,"t":"","id":""}'
    assert frames.invalid_session(resumable=False, keys=zero) == '{"op":9,"s":0,"t":"","id":"","d":false}'


def test_heartbeat_is_the_documented_text(golden):
    assert frames.heartbeat(251) == golden("heartbeat")["text"]
    assert frames.heartbeat(None) == golden("heartbeat")["first_text"]


def test_identify_is_the_documented_text(golden):
    data = golden("identify")["frame"]["d"]
    made = frames.identify(data["token"], data["intents"], data["shard"], data["properties"])
    assert made == golden("identify")["text"]


def test_identify_leaves_absent_properties_out():
    assert "properties" not in frames.decode(frames.identify("QQBot t", 1 << 25, (0, 1)))["d"]


def test_resume_is_the_documented_text(golden):
    assert frames.resume("my_token", "session_id_i_stored", 1337) == golden("resume")["text"]


@pytest.mark.parametrize("name", ["ready", "resumed"])
def test_dispatch_without_event_id_is_the_documented_text(golden, name):
    frame = golden(name)["frame"]
    made = frames.dispatch(frame["t"], frame["s"], None, frames.encode(frame["d"]))
    assert made == golden(name)["text"]


@pytest.mark.parametrize("name", ["c2c_message_create", "group_at_message_create", "group_message_create"])
def test_dispatch_splices_the_encoded_event(golden, name):
    frame = golden(name)["frame"]
    made = frames.dispatch(frame["t"], frame["s"], frame["id"], frames.encode(frame["d"]))
    assert json.loads(made) == frame
    assert list(json.loads(made)) == list(frame)


@given(TEXT, st.integers(), st.none() | TEXT, JSON)
def test_dispatch_escapes_its_names(event_type, s, event_id, data):
    expected = {"op": 0, "s": s, "t": event_type, "id": event_id, "d": data}
    if event_id is None:
        del expected["id"]
    assert frames.dispatch(event_type, s, event_id, frames.encode(data)) == frames.encode(expected)


def test_encode_is_compact_and_not_escaped():
    assert frames.encode({"text": "你好", "list": [1, 2]}) == '{"text":"你好","list":[1,2]}'


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_encode_refuses_what_json_has_not(number):
    with pytest.raises(ValueError, match="JSON compliant"):
        frames.encode({"op": number})


@given(FRAMES)
def test_round_trip(frame):
    assert frames.decode(frames.encode(frame)) == frame
    assert frames.decode(frames.encode(frame).encode()) == frame


@given(st.binary() | st.text() | JSON.map(json.dumps) | FRAMES.map(json.dumps))
def test_decode_answers_with_a_frame_or_a_frame_error(text):
    try:
        frame = frames.decode(text)
    except FrameError:
        return
    assert type(frame["op"]) is int
    assert frames.decode(frames.encode(frame).encode()) == frame


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ('{"op":1} trailing', "not JSON"),
        ('{"op":1}{"op":1}', "not JSON"),
        ("[]", "not an array"),
        ("null", "not null"),
        ("1", "not a number"),
        ('"op"', "not a string"),
        ("{}", "no op"),
        ('{"op":null}', "not null"),
        ('{"op":true}', "not a boolean"),
        ('{"op":"1"}', "not a string"),
        ('{"op":1.0}', "not a number"),
        ('{"op":{}}', "not an object"),
        ('{"op":1,"d":NaN}', "NaN"),
        ('{"op":1,"d":-Infinity}', "-Infinity"),
        ('{"op":1,"d":1e999}', "too large"),
        ('{"op":1,"d":' + "9" * 5000 + "}", "not JSON"),
        ('{"op":1,"d":' + "[" * 200_000, "nested too deeply"),
        ('{"op":1,"d":"\\ud800"}', "not UTF-8"),
        ('{"op":1,"d":"\\UD800"}', "not JSON"),
        ('{"op":1,"d":"\\uDC00"}', "not UTF-8"),
        ('{"op":1,"d":"\ud800"}', "not UTF-8"),
        ('{"op":1,"\\udfff":0}', "not UTF-8"),
        (b'{"op":1,"d":"\xff"}', "not UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"),
    ],
)
def test_decode_says_what_is_wrong(text, reason):
    with pytest.raises(FrameError, match=reason):
        frames.decode(text)


def test_decode_takes_an_escaped_pair_of_surrogates():
    assert frames.decode('{"op":1,"d":"\\ud83d\\ude00"}')["d"] == "😀"


def test_decode_keeps_what_it_does_not_know():
    assert frames.decode('{"op":99,"later":[1]}') == {"op": 99, "later": [1]}
