"""The golden files themselves: that each names its source and says one thing only."""

import json
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parents[1] / "golden").glob("*.json"))


def test_there_are_golden_files():
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_names_its_source(path):
    content = json.loads(path.read_text("utf-8"))
    rows = [row for value in content.values() if isinstance(value, list) for row in value]
    sources = [content.get("source"), *(row.get("source") for row in rows if isinstance(row, dict))]
    assert any(sources), "every golden file says where it was copied from"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_text_says_what_the_object_says(path):
    content = json.loads(path.read_text("utf-8"))
    expected = content.get("frame", content.get("body"))
    if "text" in content and expected is not None:
        assert json.loads(content["text"]) == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shows_nobody(path):
    """Openids here are the documents' rotations of A1B2C3D4E5F6; anything else might be a person's."""
    rotations = {("A1B2C3D4E5F6" * 4)[start : start + 32] for start in range(0, 12, 2)}

    def openids(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                if key.endswith("openid") and isinstance(inner, str) and inner:
                    yield inner
                yield from openids(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from openids(inner)

    assert set(openids(json.loads(path.read_text("utf-8")))) <= rotations


def test_event_ids_are_made_from_message_ids(golden):
    for name in ("c2c_message_create", "group_at_message_create", "group_message_create"):
        frame = golden(name)["frame"]
        tail = frame["d"]["id"].removeprefix("ROBOT1.0_")
        assert frame["id"] == f"{frame['t']}:" + "".join(filter(str.isalnum, tail)).lower()


@pytest.mark.parametrize("name", ["group_at_message_create", "group_message_create"])
def test_group_events_have_what_real_clients_need(golden, name):
    data = golden(name)["frame"]["d"]
    assert data["group_id"] == data["group_openid"]
    assert data["author"].keys() >= {"id", "member_openid", "member_role", "bot"}
    assert isinstance(data["message_scene"]["ext"], list)
    assert data["timestamp"].endswith("+08:00")


def test_c2c_event_has_what_real_clients_need(golden):
    data = golden("c2c_message_create")["frame"]["d"]
    assert data.keys() >= {"id", "content", "timestamp", "author", "message_scene", "message_type"}
    assert data["author"]["id"] == data["author"]["user_openid"]
    assert isinstance(data["message_scene"]["ext"], list)
    assert data["timestamp"].endswith("+08:00")
