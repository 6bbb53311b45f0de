"""Arbitrary frames at the gateway."""

import contextlib
import json

from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from fuzz.effort import effort
from fuzz.strategies import as_json, deep, documents, object_of, scalars, values

fields = {"op", "d", "s", "t", "id"}
ops = st.one_of(st.integers(-2, 15), scalars)
logins = object_of({"token", "intents", "shard", "session_id", "seq", "properties"}, st.one_of(scalars, values))
frames = st.one_of(
    st.fixed_dictionaries({"op": ops}, optional={"d": st.one_of(logins, values), "s": values, "t": values}),
    object_of(fields),
)
deep_frames = deep.map(lambda inner: b'{"op":1,"d":%s}' % inner.encode())
messages = st.one_of(frames.map(as_json), documents, deep_frames)
steps = st.lists(st.tuples(messages, st.booleans()), min_size=1, max_size=5)


def throw(socket, what):
    with contextlib.suppress(ConnectionClosed):
        for raw, as_text in what:
            socket.send(raw.decode(errors="replace") if as_text else raw)


@given(steps, st.booleans())
@effort()
def test_anything_before_a_login(target, what, abrupt):
    with target.connect() as socket:
        throw(socket, what)
        if abrupt:
            socket.socket.close()


@given(steps, st.booleans())
@effort()
def test_anything_after_a_login(target, world, what, abrupt):
    token = f"QQBot {target.token(world)}"
    with target.connect() as socket:
        socket.send(json.dumps({"op": 2, "d": {"token": token, "intents": 1 << 25}}))
        throw(socket, what)
        if abrupt:
            socket.socket.close()


@given(logins, st.sampled_from([2, 6]))
@effort()
def test_anything_beside_a_good_token(target, world, login, op):
    login = {**login, "token": f"QQBot {target.token(world)}"}
    with target.connect() as socket:
        throw(socket, [(as_json({"op": op, "d": login}), True)])


@given(st.lists(st.binary(min_size=1, max_size=30), max_size=4))
@effort()
def test_bytes_that_are_no_websocket(target, what):
    with target.connect() as socket, contextlib.suppress(OSError):
        for raw in what:
            socket.socket.sendall(raw)
        socket.socket.close()
