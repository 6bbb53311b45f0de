import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_client.messages import Scene, halves, join_parts, read_message
from reference_client.outputs import Event

C2C = {"id": "m", "content": " hello ", "author": {"user_openid": "U1", "bot": False}}
GROUP = {"id": "m", "content": "hello", "group_openid": "G1", "author": {"member_openid": "M1"}}
CHANNEL = {"id": "m", "content": "hello", "channel_id": "7", "guild_id": "9", "author": {"id": "3"}}


def event(kind, data):
    return Event(kind, "e", data, 2, 1)


@pytest.mark.parametrize(
    ("kind", "data", "scene", "path", "author"),
    [
        ("C2C_MESSAGE_CREATE", C2C, Scene.C2C, "/v2/users/U1/messages", "U1"),
        ("GROUP_AT_MESSAGE_CREATE", GROUP, Scene.GROUP, "/v2/groups/G1/messages", "M1"),
        ("GROUP_MESSAGE_CREATE", GROUP, Scene.GROUP, "/v2/groups/G1/messages", "M1"),
        ("AT_MESSAGE_CREATE", CHANNEL, Scene.CHANNEL, "/channels/7/messages", "3"),
        ("MESSAGE_CREATE", CHANNEL, Scene.CHANNEL, "/channels/7/messages", "3"),
        ("DIRECT_MESSAGE_CREATE", CHANNEL, Scene.DIRECT, "/dms/9/messages", "3"),
    ],
)
def test_each_scene_is_read_and_has_its_route(kind, data, scene, path, author):
    message = read_message(event(kind, data))
    assert (message.scene, message.id, message.text, message.path, message.author) == (
        scene,
        "m",
        "hello",
        path,
        author,
    )
    assert message.raw is data


def test_operations_hide_who_is_written_to():
    assert read_message(event("C2C_MESSAGE_CREATE", C2C)).operation == "POST /v2/users/{openid}/messages"
    assert read_message(event("AT_MESSAGE_CREATE", CHANNEL)).operation == "POST /channels/{id}/messages"


@pytest.mark.parametrize("content", [None, 5, [], {}])
def test_a_message_without_text_is_a_message(content):
    assert read_message(event("C2C_MESSAGE_CREATE", C2C | {"content": content})).text == ""


def test_other_bots_are_known():
    assert read_message(event("C2C_MESSAGE_CREATE", C2C | {"author": {"user_openid": "U", "bot": True}})).by_bot
    assert not read_message(event("C2C_MESSAGE_CREATE", C2C)).by_bot


def test_an_id_cannot_leave_its_place_in_the_path():
    data = C2C | {"author": {"user_openid": "../../x?y#z"}}
    assert read_message(event("C2C_MESSAGE_CREATE", data)).path == "/v2/users/..%2F..%2Fx%3Fy%23z/messages"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("FRIEND_ADD", C2C),
        ("C2C_MESSAGE_CREATE", None),
        ("C2C_MESSAGE_CREATE", "text"),
        ("C2C_MESSAGE_CREATE", {**C2C, "id": None}),
        ("C2C_MESSAGE_CREATE", {**C2C, "author": None}),
        ("C2C_MESSAGE_CREATE", {**C2C, "author": {}}),
        ("GROUP_MESSAGE_CREATE", C2C),
    ],
)
def test_what_cannot_be_answered_is_no_message(kind, data):
    assert read_message(event(kind, data)) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.dictionaries(st.sampled_from(["id", "author", "content", "user_openid", "bot"]), inner),
)


@given(JSON)
def test_no_data_breaks_the_reading(data):
    message = read_message(event("C2C_MESSAGE_CREATE", data))
    assert message is None or message.id


@given(st.lists(st.text(st.characters(exclude_characters="\n"))), st.none() | st.integers(-1, 9))
def test_parts_are_joined_when_too_many_and_nothing_is_lost(texts, most):
    parts = join_parts(texts, most)
    assert "\n".join(parts).split("\n") == "\n".join(texts).split("\n")
    assert len(parts) <= len(texts) if most is None else len(parts) <= max(most, 1)
    if most is None or len(texts) <= most:
        assert parts == texts


def test_without_parts_there_is_nothing_to_send():
    assert join_parts([], 0) == []


@pytest.mark.parametrize("author", [None, 5, [], {}, *({"member_openid": name} for name in (None, 5, {}, []))])
def test_a_speaker_without_a_name_has_none(author):
    message = read_message(event("GROUP_MESSAGE_CREATE", GROUP | {"author": author}))
    assert (message.author, message.by_bot) == ("", False)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("abcd", ("ab", "cd")),
        ("ab", ("a", "b")),
        ("one two three", ("one ", "two three")),
        ("one two three four five", ("one two ", "three four five")),
        ("abc d", ("abc ", "d")),
        ("a b\nc d e f g h", ("a b\n", "c d e f g h")),
        ("1\n2\n3\n4", ("1\n", "2\n3\n4")),
        ("\nabcd", ("\na", "bcd")),
        ("abcd\n", ("ab", "cd\n")),
    ],
)
def test_a_text_is_divided_where_it_hurts_least(text, parts):
    assert halves(text) == parts
