"""Messages, streams and uploads over real sockets, and the control routes about them."""

import base64
import hashlib
import io
import json

import pytest

from fakeqq.web.blobs import IN_MEMORY_BYTES, DiskBlobs

BLOCK = 10_485_760


def md5(data):
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


async def post(live, path, **body):
    answer = await live.call("POST", path, json=body)
    return answer.status, json.loads(answer.body)


@pytest.fixture
async def user(live):
    return (await live.do("POST", "/users"))["openid"]


@pytest.fixture
async def group(live):
    return (await live.do("POST", "/groups"))["group_openid"]


async def test_a_large_file_goes_up_in_parts_and_comes_back(live, user):
    data = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 45_000
    base = f"/v2/users/{user}"
    sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    status, upload = await post(
        live, f"{base}/upload_prepare", file_type=2, file_size=str(len(data)), file_name="a.mp4", md5=md5(data),
        sha1=sha1, md5_10m=md5(data[:10_002_432]),
    )  # fmt: skip
    assert (status, len(upload["parts"])) == (200, 2)
    for number, part in enumerate(upload["parts"]):
        block = data[number * BLOCK : (number + 1) * BLOCK]
        async with live.http.put(part["presigned_url"], data=io.BytesIO(block)) as answer:
            assert (answer.status, answer.headers["etag"]) == (200, f'"{md5(block)}"')
        finish = {"upload_id": upload["upload_id"], "part_index": part["index"], "md5": md5(block)}
        finish["block_size"] = part["block_size"]
        assert await post(live, f"{base}/upload_part_finish", **finish) == (200, {})
    status, file = await post(live, f"{base}/files", upload_id=upload["upload_id"])
    assert status == 200
    status, _ = await post(live, f"{base}/messages", msg_type=7, media={"file_info": file["file_info"]})
    assert status == 200
    (chat,) = (await live.do("GET", f"/chats/{user}"))["chats"]
    assert chat["messages"][0]["media"]["file_uuid"] == file["file_uuid"]
    url = f"{live.ready['control_url']}/worlds/{live.app_id}/media/{file['file_uuid']}"
    for address in (url, file["raw_url"]):
        async with live.http.get(address) as answer:
            assert (answer.status, answer.headers["content-type"]) == (200, "video/mp4")
            assert await answer.read() == data


async def test_media_are_listed_and_an_unknown_one_is_not_found(live, user):
    _, file = await post(live, f"/v2/users/{user}/files", file_type=4, file_data=base64.b64encode(b"hi").decode())
    assert [kept["file_uuid"] for kept in (await live.do("GET", "/media"))["media"]] == [file["file_uuid"]]
    status, answer = await live.control("GET", f"/worlds/{live.app_id}/media/{file['file_uuid']}x")
    assert (status, answer["error"]["suggestion"]) == (404, file["file_uuid"])


async def test_a_body_over_the_fronts_bound_is_html(live, user):
    answer = await live.call("POST", f"/v2/users/{user}/files", data=io.BytesIO(bytes(26_214_401)))
    assert (answer.status, answer.headers["content-type"]) == (413, "text/html")
    assert answer.headers["server"] == "stgw"
    refused = [entry for entry in (await live.do("GET", "/journal"))["entries"] if entry.get("status") == 413]
    assert [entry["error"] for entry in refused] == ["body_too_large"]


async def test_a_fault_speaks_as_the_front_does(live, user):
    too_large = {"verb": "error", "name": "body_too_large"}
    await live.do("PUT", "/faults", [{"name": "front", "on": "http: POST /v2/*", "do": [too_large]}])
    answer = await live.call("POST", f"/v2/users/{user}/messages", json={"content": "hi"})
    assert (answer.status, answer.headers["server"], "x-tps-trace-id" in answer.headers) == (413, "stgw", False)


async def test_an_audit_is_decided_from_outside(live, user):
    await live.do("PATCH", "/settings", {"switches": {"audit": "202"}})
    status, held = await post(live, f"/v2/users/{user}/messages", content="held")
    assert status == 202
    (audit,) = (await live.do("GET", "/audits"))["audits"]
    assert audit["audit_id"] == held["data"]["message_audit"]["audit_id"]
    assert (await live.do("GET", "/chats"))["chats"] == []
    ended = await live.do("POST", f"/audits/{audit['audit_id']}", {"verdict": "pass"})
    assert (ended["verdict"], ended["event_type"]) == ("passed", "MESSAGE_AUDIT_PASS")
    assert (await live.do("GET", "/chats"))["chats"][0]["messages"][0]["text"] == "held"
    status, _ = await live.control("POST", f"/worlds/{live.app_id}/audits/x", {"verdict": "perhaps"})
    assert status == 422


async def test_a_bot_is_muted_and_unmuted_in_a_group(live, group):
    assert (await live.do("PATCH", f"/groups/{group}/bot", {"muted": True}))["bot_muted"] is True
    assert (await post(live, f"/v2/groups/{group}/messages", content="x"))[1]["err_code"] == 40054002
    changed = await live.do("PATCH", f"/groups/{group}/bot", {"muted": False, "admin": True})
    assert (changed["bot_muted"], changed["bot_is_admin"]) == (False, True)
    assert (await post(live, f"/v2/groups/{group}/messages", content="x"))[0] == 200


async def test_a_stream_that_nobody_ends_is_seen_to_fall_back(live, user):
    path = f"/v2/users/{user}/messages"
    _, first = await post(live, path, content="one ", stream={"state": 1, "index": 0})
    await post(live, path, content="two", stream={"state": 1, "index": 1, "id": first["id"]})
    assert (await live.do("GET", "/chats"))["chats"][0]["messages"][0]["text"] == "one two"
    await live.do("POST", "/clock", {"advance": 601})
    (seen,) = await live.wait({"kind": "user.sees", "message_id": first["id"]})
    assert (seen["text"], seen["unfinished"]) == ("one ", True)
    assert (await live.do("GET", "/chats"))["chats"][0]["messages"][0]["text"] == "one "


@pytest.mark.parametrize("size", [0, IN_MEMORY_BYTES, IN_MEMORY_BYTES + 1])
def test_blobs_small_and_large(tmp_path, size):
    blobs = DiskBlobs(tmp_path / "media")
    assert blobs.get("a") is None
    blobs.put("a", b"other" * 100_000)
    blobs.put("a", b"x" * size)
    assert blobs.get("a") == b"x" * size
    blobs.delete("a")
    blobs.delete("a")
    assert blobs.get("a") is None
    assert list((tmp_path / "media").iterdir()) == []
