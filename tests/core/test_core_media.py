"""Uploads at once: what a file may be, where its `file_info` can be sent, and for how long."""

import base64

import pytest

from core.stage import body_of
from fakeqq.core.errors import ControlError
from fakeqq.core.rest import exchange
from fakeqq.core.rest.calls import Fetched
from fakeqq.wire.frames import encode

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
FILES = {
    "png": PNG,
    "jpg": b"\xff\xd8\xff\xe0" + b"j" * 20,
    "gif": b"GIF89a" + b"g" * 20,
    "mp4": b"\0\0\0\x18ftypmp42" + b"m" * 20,
    "webm": b"\x1aE\xdf\xa3" + b"w" * 20,
    "silk": b"\x02#!SILK_V3" + b"s" * 20,
    "wav": b"RIFF\0\0\0\0WAVE" + b"w" * 20,
    "text": b"plain text",
}


def upload(stage, openid, *, scene="users", **body):
    return stage.request("POST", f"/v2/{scene}/{openid}/files", body)


def encoded(data):
    return base64.b64encode(data).decode()


@pytest.fixture
def user(stage):
    return stage.world.people.user().openid


@pytest.fixture
def group(stage):
    return stage.world.people.group(None).group_openid


def show(stage, scene, openid, file_info, **body):
    return stage.request(
        "POST", f"/v2/{scene}/{openid}/messages", {"msg_type": 7, "media": {"file_info": file_info}, **body}
    )


def last_shown(stage):
    return stage.world.people.chats()[-1]["messages"][-1]


def test_a_file_is_uploaded_shown_and_read_back(stage, user):
    answer = body_of(upload(stage, user, file_type=1, file_data=encoded(PNG), file_name="a.png"))
    assert (list(answer), answer["ttl"]) == (["file_uuid", "file_info", "ttl"], 300)
    assert show(stage, "users", user, answer["file_info"], content="look").status == 200
    shown = last_shown(stage)
    assert (shown["text"], shown["msg_type"]) == ("look", 7)
    assert shown["media"] == {
        "file_uuid": answer["file_uuid"], "file_type": 1, "file_name": "a.png", "content_type": "image/png",
        "size": len(PNG), "url": None,
    }  # fmt: skip
    file, data = stage.world.media.read(answer["file_uuid"])
    assert (data, file.content_type) == (PNG, "image/png")


def test_a_url_is_taken_and_not_fetched(stage, user):
    answer = body_of(upload(stage, user, file_type=1, url="https://example.com/a/cat.png?x=1", srv_send_msg=False))
    show(stage, "users", user, answer["file_info"])
    media = last_shown(stage)["media"]
    assert (media["url"], media["file_name"], media["size"]) == ("https://example.com/a/cat.png?x=1", "cat.png", None)
    with pytest.raises(ControlError, match="nobody fetched"):
        stage.world.media.read(answer["file_uuid"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"file_type": 1}, 40011000),
        ({"file_type": 1, "url": 5}, 850026),
        ({"file_type": 1, "url": "ftp://example.com/x"}, 850026),
        ({"file_type": 1, "url": ""}, 850026),
        ({"file_type": 0, "url": "https://example.com/x"}, 10000),
        ({"file_type": 5, "url": "https://example.com/x"}, 10000),
        ({"url": "https://example.com/x"}, 10000),
        ({"file_type": "1", "url": "https://example.com/x"}, 40011000),
        ({"file_type": 1, "url": "https://example.com/x", "srv_send_msg": "no"}, 40011000),
        ({"file_type": 1, "url": "https://example.com/x", "file_name": 5}, 40011000),
        ({"file_type": 1, "file_data": 5}, 40011000),
        ({"file_type": 1, "file_data": "not base64!"}, 850019),
        ({"file_type": 1, "file_data": "base64://aGk="}, 850019),
        ({"file_type": 1, "file_data": ""}, 850019),
        ({"file_type": 1, "upload_id": "upload_none"}, 10000),
        ({"file_type": 1, "upload_id": 5}, 10000),
    ],
    ids=str,
)
def test_a_wrong_upload(stage, user, body, code):
    assert body_of(upload(stage, user, **body))["code"] == code
    assert stage.world.media.as_json() == []


@pytest.mark.parametrize(
    ("file_type", "documented", "family"),
    [
        (1, {"png", "jpg"}, {"png", "jpg", "gif"}),
        (2, {"mp4"}, {"mp4", "webm"}),
        (3, {"silk"}, {"silk", "wav"}),
        (4, set(FILES), set(FILES)),
    ],
)
def test_which_formats_are_taken(stage, user, file_type, documented, family):
    for choice, expected in (("documented", documented), ("family", family)):
        stage.set(switches={"media_formats": choice})
        replies = {name: upload(stage, user, file_type=file_type, file_data=encoded(FILES[name])) for name in FILES}
        assert {name for name, reply in replies.items() if reply.status == 200} == expected
        for reply in replies.values():
            if reply.status != 200:
                body = body_of(reply)
                assert (reply.status, body["code"], body["err_code"]) == (400, 850019, 40034002)
                assert body["message"] == "富媒体文件格式不支持"


def test_a_large_base64_body_meets_the_inner_proxy(stage, user):
    assert upload(stage, user, file_type=4, file_data=encoded(b"x" * 7_500_000)).status == 200
    reply = upload(stage, user, file_type=4, file_data=encoded(b"x" * 7_500_003))
    assert (reply.status, body_of(reply)["message"]) == (500, "call inner proxy error")


def test_the_journal_keeps_no_megabytes(stage, user):
    upload(stage, user, file_type=4, file_data=encoded(b"x" * 100_000))
    (request,) = [entry for entry in stage.entries("http.request") if entry["path"].endswith("/files")]
    assert len(request["body"]["file_data"]) < 100


@pytest.mark.parametrize(("choice", "bytes_"), [("5000000", 5_000_000), ("10000000", 10_000_000)])
def test_how_large_a_base64_body_may_be_is_contested(stage, user, choice, bytes_):
    stage.set(switches={"file_data": choice})
    bytes_ -= bytes_ % 3
    assert upload(stage, user, file_type=4, file_data=encoded(b"x" * bytes_)).status == 200
    assert body_of(upload(stage, user, file_type=4, file_data=encoded(b"x" * (bytes_ + 3))))["code"] == 850012


def test_base64_may_not_be_known_at_all(stage, user):
    stage.set(switches={"file_data": "refused"})
    assert upload(stage, user, file_type=1, file_data=encoded(PNG)).error == "request_malformed"
    both = {"file_data": encoded(PNG), "url": "https://a.example/cat.png"}
    answer = body_of(upload(stage, user, file_type=1, **both))
    assert stage.world.media.find(answer["file_uuid"]).url == both["url"]


CAT = "https://a.example/cat.png"


def url_upload(stage, user, fetched=None):
    """A request as a shell that fetches URLs has it."""
    body = encode({"file_type": 1, "url": CAT}).encode()
    headers = {"content-type": "application/json", "authorization": f"QQBot {stage.token()}"}
    return exchange.Request("POST", f"/v2/users/{user}/files", "", headers, body, "ws://a", fetched=fetched)


@pytest.mark.parametrize(
    ("verb", "fetches"),
    [
        ({"verb": "error", "name": "request_malformed"}, False),
        ({"verb": "answer", "status": 500}, False),
        ({"verb": "html", "status": 502}, False),
        ({"verb": "disconnect"}, False),
        ({"verb": "reset"}, False),
        ({"verb": "hang"}, False),
        ({"verb": "half-open"}, False),
        ({"verb": "error", "name": "request_malformed", "effect": "after"}, True),
        ({"verb": "disconnect", "effect": "after"}, True),
        ({"verb": "empty"}, True),
        ({"verb": "delay", "seconds": 1}, True),
    ],
)
def test_nothing_is_fetched_for_a_call_that_a_fault_keeps_from_its_effect(stage, user, verb, fetches):
    stage.faults({"name": "f", "on": "http: POST /v2/users/*/files", "nth": 2, "do": [verb]})
    met = []
    for _ in range(3):
        request = url_upload(stage, user)
        url = exchange.url_to_fetch(stage.platform, request, stage.real)
        met.append((url, exchange.answer(stage.platform, request, stage.real).fault))
    assert met == [(CAT, None), (CAT if fetches else None, "f"), (CAT, None)]


@pytest.mark.parametrize(
    ("choice", "size", "shown_as"),
    [
        ("documented", 20_000_000, 1),
        ("documented", 20_000_001, 4),
        ("clients", 20_000_001, 1),
        ("clients", 30_000_001, 4),
    ],
)
def test_an_image_over_the_soft_limit_is_shown_as_a_file(stage, user, choice, size, shown_as):
    stage.set(switches={"upload_soft_limits": choice})
    request = url_upload(stage, user, Fetched(PNG.ljust(size, b"x")))
    answer = body_of(exchange.answer(stage.platform, request, stage.real))
    assert stage.world.media.find(answer["file_uuid"]).file_type == shown_as


# -- file_info --------------------------------------------------------------------------------------------------------


def test_a_file_info_lives_as_long_as_its_ttl(stage, user):
    file_info = body_of(upload(stage, user, file_type=1, file_data=encoded(PNG)))["file_info"]
    stage.world.clock.advance(300)
    assert show(stage, "users", user, file_info).status == 200
    stage.world.clock.advance(0.5)
    reply = show(stage, "users", user, file_info)
    assert (reply.status, body_of(reply)["message"]) == (400, "请求参数file_info无效")


def test_a_file_info_may_live_for_ever(stage, user):
    stage.set(switches={"file_info_life": "0"})
    answer = body_of(upload(stage, user, file_type=1, file_data=encoded(PNG)))
    assert answer["ttl"] == 0
    stage.world.clock.advance(10**6)
    assert show(stage, "users", user, answer["file_info"]).status == 200


@pytest.mark.parametrize("own", ["users", "groups"])
def test_a_file_is_for_one_scene(stage, user, group, own):
    owner = {"users": user, "groups": group}
    file_info = body_of(upload(stage, owner[own], scene=own, file_type=1, file_data=encoded(PNG)))["file_info"]
    results = {scene: show(stage, scene, openid, file_info).status for scene, openid in owner.items()}
    assert results == {own: 200, ({"users", "groups"} - {own}).pop(): 400}


def test_a_file_of_one_user_can_be_sent_to_another(stage, user):
    file_info = body_of(upload(stage, user, file_type=1, file_data=encoded(PNG)))["file_info"]
    other = stage.world.people.add_user().openid
    assert [show(stage, "users", openid, file_info).status for openid in (user, other, user)] == [200] * 3


# -- srv_send_msg -----------------------------------------------------------------------------------------------------


def test_an_upload_may_be_sent_at_once(stage, user):
    answer = body_of(upload(stage, user, file_type=1, file_data=encoded(PNG), srv_send_msg=True))
    shown = last_shown(stage)
    assert (shown["id"], shown["media"]["file_uuid"], shown["msg_type"]) == (answer["id"], answer["file_uuid"], 7)
    assert stage.entries("user.sees")[0]["proactive"] is True


def test_sending_at_once_has_the_quota_of_proactive_messages(stage, group):
    stage.set(switches={"proactive_quota": "monthly"})
    body = {"file_type": 1, "file_data": encoded(PNG), "srv_send_msg": True}
    replies = [upload(stage, group, scene="groups", **body) for _ in range(5)]
    assert [reply.status for reply in replies] == [200] * 4 + [400]
    assert body_of(replies[-1])["message"] == "msg limit exceed"
    assert len(stage.world.media.as_json()) == 4
    stage.set(switches={"proactive_quota": "off", "proactive": "refused"})
    assert upload(stage, group, scene="groups", **body).error == "proactive_refused"
    assert upload(stage, group, scene="groups", **{**body, "srv_send_msg": False}).status == 200


def test_the_quota_of_2026_answers_with_the_older_number(stage, user):
    body = {"file_type": 1, "file_data": encoded(PNG), "srv_send_msg": True}
    assert [upload(stage, user, **body).error for _ in range(11)] == [None] * 10 + ["msg_limit_exceed"]


def test_an_upload_sent_at_once_may_wait_for_an_audit(stage, user):
    stage.set(switches={"audit": "202"})
    answer = upload(stage, user, file_type=1, file_data=encoded(PNG), srv_send_msg=True)
    (audit,) = stage.world.audits.as_json()
    assert (answer.status, body_of(answer)["code"]) == (202, 304023)
    assert body_of(answer)["data"]["message_audit"]["audit_id"] == audit["audit_id"]
    assert body_of(answer)["file_info"]
    assert "id" not in body_of(answer)


def test_an_audit_can_be_told_with_200(stage, user):
    stage.set(switches={"audit": "200"})
    answer = upload(stage, user, file_type=1, file_data=encoded(PNG), srv_send_msg=True)
    (audit,) = stage.world.audits.as_json()
    assert (answer.status, body_of(answer)["audit_id"]) == (200, audit["audit_id"])


# -- who and how much -------------------------------------------------------------------------------------------------


def test_who_cannot_be_uploaded_to(stage, user, group):
    body = {"file_type": 1, "file_data": encoded(PNG)}
    assert upload(stage, "0" * 32, **body).error == "resource_not_found"
    stage.world.people.groups[group].bot_muted = True
    assert body_of(upload(stage, group, scene="groups", **body))["code"] == 850018
    stage.world.people.users[user].is_friend = False
    assert upload(stage, user, **body).error == "not_friend"


def test_a_days_volume_is_bounded(stage, user):
    stage.set(upload_daily_bytes=2 * len(PNG))
    body = {"file_type": 1, "file_data": encoded(PNG)}
    assert [upload(stage, user, **body).error for _ in range(3)] == [None, None, "upload_daily_quota_exceeded"]
    stage.world.clock.advance(86_400)
    assert upload(stage, user, **body).status == 200


def test_old_files_make_room(stage, user, monkeypatch):
    monkeypatch.setattr("fakeqq.core.media.media.BYTES_LIMIT", 2 * len(PNG))
    answers = [body_of(upload(stage, user, file_type=1, file_data=encoded(PNG))) for _ in range(3)]
    kept = [file["file_uuid"] for file in stage.world.media.as_json()]
    assert kept == [answer["file_uuid"] for answer in answers[1:]]
    assert show(stage, "users", user, answers[0]["file_info"]).error == "file_info_invalid"
    assert len(stage.world.media.blobs._data) == 2


def test_a_world_that_goes_takes_its_bytes_along(stage, user):
    upload(stage, user, file_type=1, file_data=encoded(PNG))
    blobs = stage.world.media.blobs
    assert len(blobs._data) == 1
    stage.platform.remove_world(stage.world.app_id, stage.real)
    assert blobs._data == {}
