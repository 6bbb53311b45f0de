"""Arbitrary requests at the platform's HTTP side."""

from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from fakeqq.wire.endpoints import OPERATIONS
from fuzz.effort import effort
from fuzz.strategies import as_json, documents, object_of, scalars, text, values
from fuzz.target import is_documented

methods = st.sampled_from(
    [b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS", b"TRACE", b"PROPFIND", b"M-SEARCH"]
)
printable = st.binary(max_size=20).map(lambda raw: bytes(byte for byte in raw if byte >= 32 and byte != 127).strip())
header_names = st.sampled_from([
    b"Authorization", b"Content-Type", b"X-Union-Appid", b"User-Agent", b"Expect", b"Upgrade", b"Accept", b"Origin",
    b"Range",
])  # fmt: skip
headers = st.lists(st.tuples(header_names, printable), max_size=4)
raw_paths = st.binary(max_size=30).map(lambda raw: b"/" + bytes(byte for byte in raw if byte > 32 and byte != 127))
segments = st.one_of(
    text.map(lambda word: quote(word.encode(errors="replace"))), st.sampled_from(["%00", "%ff", "..", "%2F", "@me"])
)
message_fields = {
    "content",
    "msg_type",
    "msg_id",
    "event_id",
    "msg_seq",
    "markdown",
    "media",
    "keyboard",
    "ark",
    "stream",
}


@st.composite
def operation_paths(draw):
    """A documented route with anything in its parameters."""
    path = draw(st.sampled_from(OPERATIONS)).path
    return "/".join(draw(segments) if part.startswith("{") else part for part in path.split("/")).encode()


paths = st.one_of(operation_paths(), raw_paths, operation_paths().map(lambda path: path + b"?a=%ff&&="))


@given(methods, paths, headers, documents, st.booleans())
@effort()
def test_any_request(target, method, path, headers, body, chunked):
    if any(name == b"Upgrade" for name, _ in headers):
        body = b""  # what follows an upgrade is no body
    status, answer = target.request(method, path, body, headers, chunked=chunked)
    assert is_documented(status, answer)


@given(st.sampled_from(OPERATIONS), segments, documents)
@effort()
def test_any_body_with_a_good_token(target, world, operation, segment, body):
    path = "/".join(segment if part.startswith("{") else part for part in operation.path.split("/"))
    good = [(b"Authorization", b"QQBot " + target.token(world).encode()), (b"Content-Type", b"application/json")]
    status, answer = target.request(operation.method.encode(), path.encode(), body, good)
    assert is_documented(status, answer)


@given(object_of(message_fields, st.one_of(scalars, values)), st.booleans())
@effort()
def test_any_message_to_a_user_who_is_there(target, world, message, passive):
    _, said = target.control("POST", f"/worlds/{world['app_id']}/say", {"text": "ping"})
    if passive:
        message = {"msg_id": said["message_id"], **message}
    good = [(b"Authorization", b"QQBot " + target.token(world).encode()), (b"Content-Type", b"application/json")]
    path = f"/v2/users/{said['user']}/messages".encode()
    status, answer = target.request(b"POST", path, as_json(message), good)
    assert is_documented(status, answer)


@given(st.one_of(documents, object_of({"appId", "clientSecret"}).map(as_json)), printable)
@effort()
def test_any_wish_for_a_token(target, body, content_type):
    for kind in (content_type, b"application/json"):
        status, _ = target.request(b"POST", b"/app/getAppAccessToken", body, [(b"Content-Type", kind)])
        assert status == 200


@given(st.binary(max_size=200))
@effort()
def test_any_bytes(target, raw):
    status, _ = target.exchange(raw + b"\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert status is None or status < 500
