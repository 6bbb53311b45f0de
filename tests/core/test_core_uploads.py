"""Uploads in parts, end to end: announced, put to our own pre-signed URLs, finished, made into one file."""

import hashlib
from urllib.parse import urlsplit

import pytest

from core.stage import body_of
from fakeqq.core.rest import exchange

BLOCK = 10_485_760
HEAD = 10_002_432


def video(size):
    return (b"\0\0\0\x18ftypmp42" + bytes(range(256)) * (size // 256 + 1))[:size]


def md5(data):
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


SMALL = video(1000)


def announcement(data, **changes):
    digests = {
        "md5": md5(data),
        "sha1": hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        "md5_10m": md5(data[:HEAD]),
    }
    return {"file_type": 2, "file_size": str(len(data)), "file_name": "demo.mp4", **digests, **changes}


class Uploader:
    def __init__(self, stage, scene="users"):
        self.stage = stage
        people = stage.world.people
        self.base = f"/v2/users/{people.user().openid}" if scene == "users" else (
            f"/v2/groups/{people.group(None).group_openid}"
        )  # fmt: skip

    def call(self, operation, **body):
        return self.stage.request("POST", f"{self.base}/{operation}", body)

    def prepare(self, data, **changes):
        return self.call("upload_prepare", **announcement(data, **changes))

    def put(self, part, data):
        url = urlsplit(part["presigned_url"])
        return self.stage.request("PUT", url.path, data, query=url.query, token=False)

    def finish(self, upload, part, data, **changes):
        body = {"upload_id": upload["upload_id"], "part_index": part["index"], "block_size": part["block_size"],
                "md5": md5(data)}  # fmt: skip
        return self.call("upload_part_finish", **{**body, **changes})

    def whole(self, data, order=None, **changes):
        """Everything up to the last call."""
        upload = body_of(self.prepare(data, **changes))
        parts = list(zip(upload["parts"], blocks(data), strict=True))
        for turn in order or range(len(parts)):
            part, block = parts[turn]
            assert self.put(part, block).status == 200
            assert self.finish(upload, part, block).body == b"{}"
        return upload


def blocks(data):
    return [data[start : start + BLOCK] for start in range(0, len(data), BLOCK)]


@pytest.fixture
def uploader(stage):
    return Uploader(stage)


def code(reply):
    return None if reply.status == 200 else body_of(reply)["code"]


@pytest.mark.parametrize("scene", ["users", "groups"])
@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_a_file_of_two_parts(stage, scene, order):
    uploader = Uploader(stage, scene)
    data = video(BLOCK + 2_000_000)
    upload = uploader.whole(data, order)
    answer = body_of(uploader.call("files", file_type=2, srv_send_msg=False, upload_id=upload["upload_id"]))
    assert list(answer) == ["file_uuid", "file_info", "ttl", "raw_url"]
    assert stage.world.media.read(answer["file_uuid"])[1] == data
    url = urlsplit(answer["raw_url"])
    downloaded = stage.request("GET", url.path, token=False)
    assert (downloaded.body, downloaded.content_type) == (data, "video/mp4")
    body = {"msg_type": 7, "media": {"file_info": answer["file_info"]}}
    assert stage.request("POST", f"{uploader.base}/messages", body).status == 200


def test_the_answer_of_prepare_has_the_documented_shape(stage, uploader):
    upload = body_of(uploader.prepare(video(BLOCK + 1)))
    assert list(upload) == ["upload_id", "block_size", "parts", "upload_config"]
    assert upload["block_size"] == str(BLOCK)
    assert [(part["index"], part["block_size"]) for part in upload["parts"]] == [(1, str(BLOCK)), (2, "1")]
    assert upload["upload_config"] == {"concurrency": 1, "retry_timeout": 300, "retry_delay": 1}
    for number, part in enumerate(upload["parts"], start=1):
        url = urlsplit(part["presigned_url"])
        assert (url.scheme, url.netloc) == ("http", "127.0.0.1:8787")
        assert f"partNumber={number}&sign=" in url.query
    stage.set(switches={"upload_block_size": "5242880"})
    halves = body_of(uploader.prepare(video(BLOCK + 1)))
    assert (halves["block_size"], [part["block_size"] for part in halves["parts"]]) == (
        "5242880",
        ["5242880", "5242880", "1"],
    )
    stage.set(switches={"upload_block_size": "10485760", "part_index_base": "0"})
    assert [part["index"] for part in body_of(uploader.prepare(video(BLOCK + 1)))["parts"]] == [0, 1]


def test_prepare_may_answer_in_the_form_that_an_official_client_reads(stage, uploader):
    stage.set(switches={"upload_prepare_form": "flat"})
    data = video(BLOCK + 1)
    upload = body_of(uploader.prepare(data))
    assert list(upload) == ["upload_id", "block_size", "parts", "concurrency", "retry_timeout", "retry_delay"]
    assert [upload["block_size"], *(part["block_size"] for part in upload["parts"])] == [BLOCK, BLOCK, 1]
    assert (upload["concurrency"], upload["retry_timeout"]) == (1, 300)
    for part, block in zip(upload["parts"], (data[:BLOCK], data[BLOCK:]), strict=True):
        uploader.put(part, block)
        assert code(uploader.finish(upload, part, block)) is None


@pytest.mark.parametrize(("choice", "status"), [("accepted", 200), ("refused", 403)])
def test_a_part_that_is_put_again(stage, uploader, choice, status):
    stage.set(switches={"upload_part_again": choice})
    upload = body_of(uploader.prepare(SMALL))
    (part,) = upload["parts"]
    assert uploader.put(part, bytes(999)).status == 400
    assert [uploader.put(part, SMALL).status for _ in range(2)] == [200, status]
    assert code(uploader.finish(upload, part, SMALL)) is None


def test_storage_names_what_it_took(uploader):
    (part,) = body_of(uploader.prepare(SMALL))["parts"]
    assert uploader.put(part, SMALL).etag == f'"{md5(SMALL)}"'
    assert uploader.put(part, bytes(999)).etag is None


def test_a_client_on_tls_puts_its_parts_there_too(uploader, monkeypatch):
    request = exchange.Request

    def over_tls(*parts):
        return request(*parts[:5], "wss://api.sgroup.qq.com", *parts[6:])

    monkeypatch.setattr(exchange, "Request", over_tls)
    upload = body_of(uploader.prepare(SMALL))
    assert upload["parts"][0]["presigned_url"].startswith("https://api.sgroup.qq.com/cos/")


def test_an_upload_id_alone_is_enough(uploader):
    upload = uploader.whole(SMALL)
    assert code(uploader.call("files", upload_id=upload["upload_id"])) is None


def test_a_plain_file_has_no_raw_url(uploader):
    upload = uploader.whole(SMALL, file_type=4)
    assert "raw_url" not in body_of(uploader.call("files", upload_id=upload["upload_id"]))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"file_size": 1000}, 850012),
        ({"file_size": ""}, 850012),
        ({"file_size": "0"}, 850012),
        ({"file_size": "-5"}, 850012),
        ({"file_size": "٣"}, 850012),
        ({"file_size": "9" * 5000}, 850012),
        ({"file_size": None}, 850012),
        ({"file_name": ""}, 850012),
        ({"file_name": None}, 850012),
        ({"sha1": ""}, 850012),
        ({"sha1": None}, 850012),
        ({"md5": "xyz"}, 850012),
        ({"md5": "g" * 32}, 850012),
        ({"md5_10m": 5}, 850012),
        ({"file_type": 9}, 10000),
        ({"file_type": None}, 10000),
        ({"file_size": "200000000"}, None),
        ({"file_size": "200000001"}, 850031),
        ({"md5": "A" * 32}, None),
    ],
    ids=lambda part: str(part)[:40],
)
def test_what_prepare_demands(uploader, changes, expected):
    reply = uploader.prepare(SMALL, **changes)
    assert code(reply) == expected
    assert reply.status == (500 if expected == 850012 else 400 if expected else 200)


def test_numbers_may_do_for_sizes(stage, uploader):
    stage.set(switches={"upload_number_sizes": "accepted"})
    upload = body_of(uploader.prepare(SMALL, file_size=len(SMALL)))
    (part,) = upload["parts"]
    uploader.put(part, SMALL)
    assert code(uploader.finish(upload, part, SMALL, block_size=len(SMALL))) is None


def test_a_part_is_finished_when_it_is_there(uploader):
    upload = body_of(uploader.prepare(SMALL))
    (part,) = upload["parts"]
    early = uploader.finish(upload, part, SMALL)
    assert (early.status, body_of(early)["message"]) == (400, "文件上传失败，请重试")
    uploader.put(part, bytes(1000))
    assert code(uploader.finish(upload, part, SMALL)) == 40093001
    assert code(uploader.finish(upload, part, SMALL, block_size="999")) == 40093001
    uploader.put(part, SMALL)
    assert code(uploader.finish(upload, part, SMALL)) is None
    assert code(uploader.finish(upload, part, SMALL)) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"upload_id": "none"}, 10000),
        ({"upload_id": None}, 10000),
        ({"part_index": 9}, 10000),
        ({"part_index": "1"}, 40011000),
        ({"md5": None}, 850012),
        ({"md5": "x"}, 40093001),
        ({"block_size": 1000}, 850012),
    ],
    ids=str,
)
def test_what_part_finish_demands(uploader, changes, expected):
    upload = body_of(uploader.prepare(SMALL))
    (part,) = upload["parts"]
    uploader.put(part, SMALL)
    assert code(uploader.finish(upload, part, SMALL, **changes)) == expected


def test_a_file_with_a_missing_part(uploader):
    upload = body_of(uploader.prepare(SMALL))
    assert code(uploader.call("files", upload_id=upload["upload_id"])) == 40093001


@pytest.mark.parametrize("digest", ["md5", "sha1", "md5_10m"])
def test_the_whole_must_be_what_was_announced(uploader, digest):
    upload = uploader.whole(SMALL, **{digest: hashlib.sha512(b"").hexdigest()[: 40 if digest == "sha1" else 32]})
    assert code(uploader.call("files", upload_id=upload["upload_id"])) == 850026


def test_md5_10m_is_of_the_documented_head(uploader):
    data = video(BLOCK + 10)
    upload = uploader.whole(data, md5_10m=md5(data[:BLOCK]))
    assert code(uploader.call("files", upload_id=upload["upload_id"])) == 850026


def test_the_format_is_told_by_the_bytes(uploader):
    upload = uploader.whole(SMALL, file_type=1)
    assert code(uploader.call("files", upload_id=upload["upload_id"])) == 850019
    assert code(uploader.call("files", upload_id=upload["upload_id"], file_type=2)) is None


def test_an_upload_is_for_one_chat_and_one_file(stage, uploader):
    upload = uploader.whole(SMALL)
    assert code(Uploader(stage, "groups").call("files", upload_id=upload["upload_id"])) == 10000
    assert code(uploader.call("files", upload_id=upload["upload_id"])) is None
    assert code(uploader.call("files", upload_id=upload["upload_id"])) == 10000


# -- the object storage -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        (("sign=", "sign=0"), 403, b"SignatureDoesNotMatch"),
        (("/upload_", "/upload_x"), 403, b"SignatureDoesNotMatch"),
        (("/1?", "/2?"), 403, b"SignatureDoesNotMatch"),
        (("/102000001/", "/102000009/"), 404, b"NoSuchKey"),
    ],
)
def test_only_our_own_urls_take_bytes(uploader, change, status, word):
    (part,) = body_of(uploader.prepare(SMALL))["parts"]
    refused = uploader.put({"presigned_url": part["presigned_url"].replace(*change)}, SMALL)
    assert refused.status == status
    assert word in refused.body


def test_a_url_gets_old(stage, uploader):
    (part,) = body_of(uploader.prepare(SMALL))["parts"]
    stage.world.clock.advance(3600)
    assert uploader.put(part, SMALL).status == 200
    stage.world.clock.advance(1)
    refused = uploader.put(part, SMALL)
    assert (refused.status, b"Request has expired" in refused.body) == (403, True)


@pytest.mark.parametrize("size", [0, 999, 1001])
def test_a_part_has_its_size(uploader, size):
    (part,) = body_of(uploader.prepare(SMALL))["parts"]
    assert uploader.put(part, bytes(size)).status == 400


def test_a_finished_part_stays_as_it_is(stage, uploader):
    upload = uploader.whole(SMALL)
    assert uploader.put(upload["parts"][0], bytes(1000)).status == 200
    answer = body_of(uploader.call("files", upload_id=upload["upload_id"]))
    assert stage.world.media.read(answer["file_uuid"])[1] == SMALL


def test_the_journal_counts_the_bytes_of_a_part(stage, uploader):
    uploader.whole(SMALL)
    (entry,) = [entry for entry in stage.entries("http.request") if entry["method"] == "PUT"]
    assert (entry["operation"], entry["body"]) == ("PUT /cos/{app_id}/{upload_id}/{part}", {"bytes": 1000})


def test_a_fault_can_stand_before_a_part(stage, uploader):
    (part,) = body_of(uploader.prepare(SMALL))["parts"]
    stage.faults({"name": "storage-down", "on": "http: PUT /cos/{app_id}/{upload_id}/{part}",
                  "do": [{"verb": "answer", "status": 503, "body": "busy"}]})  # fmt: skip
    assert [uploader.put(part, SMALL).status for _ in range(2)] == [503, 200]


@pytest.mark.parametrize("missing", ["/cos/102000001/uuid_none", "/cos/1/uuid_none"])
def test_a_file_that_is_not_there(stage, missing):
    assert stage.request("GET", missing, token=False).status == 404


def test_a_raw_url_lives_for_an_hour(stage, uploader):
    answer = body_of(uploader.call("files", upload_id=uploader.whole(SMALL)["upload_id"]))
    stage.world.clock.advance(3600)
    read = stage.request("GET", urlsplit(answer["raw_url"]).path, token=False)
    assert (read.status, read.body, read.etag) == (200, SMALL, f'"{md5(SMALL)}"')
    stage.world.clock.advance(1)
    assert stage.request("GET", urlsplit(answer["raw_url"]).path, token=False).status == 403


# -- the day's volume -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", ["prepare", "files"])
def test_the_days_volume_is_told_by_one_of_two_calls(stage, uploader, choice):
    stage.set(upload_daily_bytes=1500, switches={"upload_quota_moment": choice})
    assert code(uploader.call("files", upload_id=uploader.whole(SMALL)["upload_id"])) is None
    second = uploader.prepare(SMALL)
    if choice == "prepare":
        assert (second.status, body_of(second)["code"]) == (400, 40093002)
        return
    upload = uploader.whole(SMALL)
    for _ in range(2):
        assert code(uploader.call("files", upload_id=upload["upload_id"])) == 40093002
    stage.world.clock.advance(86_400)
    assert code(uploader.call("files", upload_id=upload["upload_id"])) is None


def test_unfinished_uploads_make_room(stage, uploader, monkeypatch):
    monkeypatch.setattr("fakeqq.core.media.uploads.UPLOAD_LIMIT", 2)
    first = uploader.whole(SMALL)
    for _ in range(2):
        uploader.whole(SMALL)
    assert code(uploader.call("files", upload_id=first["upload_id"])) == 10000
    assert len(stage.world.media.blobs._data) == 2
