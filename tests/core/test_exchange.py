"""One HTTP request: whose it is, and every way in which it is refused."""

import json

import pytest

from core.stage import APP_ID, EPOCH, SECRET, Stage, body_of
from fakeqq.core.rest import exchange
from fakeqq.wire.endpoints import OPERATIONS
from fakeqq.wire.errors import error_row

TOKEN = "/app/getAppAccessToken"
PAIR = {"appId": APP_ID, "clientSecret": SECRET}


def ask(stage, **more):
    return stage.request("GET", "/users/@me", **more)


# -- authentication -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authorization", "refusal"),
    [
        ("", "token_missing"), ("QQBot", "token_invalid"), ("QQBot ", "token_invalid"),
        ("QQBot nobody's", "token_invalid"),
        ("Bearer {}", "token_invalid"), ("qqbot {}", "token_invalid"), ("{}", "token_invalid"),
        ("QQBot  {}", "token_invalid"), ("QQBot {} ", "token_invalid"), ("Bot 102.{}", "fixed_token_disabled"),
        ("Bot", "fixed_token_disabled"), ("QQBot \x00", "token_invalid"), ("QQBot {}", None),
    ],
)  # fmt: skip
def test_who_is_let_in(stage, authorization, refusal):
    assert ask(stage, headers={"authorization": authorization.format(stage.token())}).error == refusal


def test_no_authorization_at_all_is_refused(stage):
    assert ask(stage, token=False).error == "token_missing"


@pytest.mark.parametrize(
    ("era", "status", "message", "err_code"),
    [
        ("early-2026", 500, "token not exist or expire", 11244),
        ("late-2026", 401, "AccessToken无效或过期", 40011027),
    ],
)
def test_a_dead_token_in_the_words_of_each_era(stage, era, status, message, err_code):
    stage.set(era=era)
    token = stage.token()
    stage.world.clock.advance(7200)
    reply = ask(stage, token=token)
    body = body_of(reply)
    assert (reply.status, body["message"], body["code"], body["err_code"]) == (status, message, 11244, err_code)
    assert list(body) == ["message", "code", "err_code", "trace_id"]
    assert body["trace_id"] == reply.trace_id


def test_the_old_token_works_in_its_last_minute(stage):
    old = stage.token()
    stage.world.clock.advance(7150)
    new = stage.token()
    assert old != new
    assert [ask(stage, token=token).error for token in (old, new)] == [None, None]
    stage.world.clock.advance(50)
    assert [ask(stage, token=token).error for token in (old, new)] == ["token_invalid", None]


@pytest.mark.parametrize("union", ["102999999", "", "nonsense", APP_ID])
def test_the_union_appid_changes_nothing(stage, union):
    assert ask(stage, headers={"x-union-appid": union}).error is None


# -- tokens ---------------------------------------------------------------------------------------------------------


def test_the_token_is_handed_out_with_a_string_of_seconds(stage):
    reply = stage.request("POST", TOKEN, PAIR, token=False)
    assert (reply.status, list(body_of(reply))) == (200, ["access_token", "expires_in"])
    assert body_of(reply)["expires_in"] == "7200"
    stage.world.clock.advance(100.5)
    assert body_of(stage.request("POST", TOKEN, PAIR, token=False)) == {
        "access_token": body_of(reply)["access_token"], "expires_in": "7099",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (PAIR, "text/plain", 100007), (PAIR, "application/x-www-form-urlencoded", 100007), (PAIR, "", 100007),
        (PAIR, "application/json; charset=utf-8", None), (PAIR, "Application/JSON", None),
        ({**PAIR, "clientSecret": "wrong"}, "application/json", 100016),
        ({**PAIR, "clientSecret": ""}, "application/json", 100016),
        ({**PAIR, "appId": int(APP_ID)}, "application/json", 100002),
        ({**PAIR, "clientSecret": 5}, "application/json", 100002),
        ({**PAIR, "clientSecret": None}, "application/json", 100002),
        ({"appId": APP_ID}, "application/json", 100002),
        ({}, "application/json", 100002),
        (["appId"], "application/json", 100002),
        (b"", "application/json", 100002),
        (b"appId=1&clientSecret=2", "application/json", 100002),
        (b"{", "application/json", 100002),
        (b"\xff", "application/json", 100002),
        ({**PAIR, "appId": ""}, "application/json", 100007),
        ({**PAIR, "appId": "abc"}, "application/json", 100007),
        ({**PAIR, "appId": "\u0661\u0662"}, "application/json", 100007),
        ({**PAIR, "appId": "1" * 21}, "application/json", 100007),
        ({**PAIR, "extra": None}, "application/json", None),
    ],
    ids=lambda part: ascii(part)[:50],
)  # fmt: skip
def test_the_token_endpoint_answers_200_whatever_is_wrong(stage, body, content_type, code):
    reply = stage.request("POST", TOKEN, body, token=False, headers={"content-type": content_type})
    assert reply.status == 200
    assert body_of(reply).get("code") == code
    if code is not None:
        assert list(body_of(reply)) == ["code", "message"]


def test_an_unknown_app_id_is_made_on_first_sight_with_its_secret(stage):
    pair = {"appId": "102777777", "clientSecret": "first"}
    assert "access_token" in body_of(stage.request("POST", TOKEN, pair, token=False))
    assert stage.platform.world("102777777").secret == "first"
    second = stage.request("POST", TOKEN, {**pair, "clientSecret": "second"}, token=False)
    assert body_of(second)["code"] == 100016


def test_a_strict_server_knows_only_what_was_declared():
    stage = Stage(strict=True)
    pair = {"appId": "102777777", "clientSecret": "first"}
    assert body_of(stage.request("POST", TOKEN, pair, token=False))["code"] == 100007
    assert "access_token" in body_of(stage.request("POST", TOKEN, PAIR, token=False))


# -- bodies and routes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [b"{", b"nonsense", b"\xff\xfe", b'"\xff"', b'{"\xff":1}',
     b'"\\ud800"', b"NaN", b"[]", b"5", b'"text"', b"true", b"{}x", b'{"a":1e999}',
     b"\xef\xbb\xbf{}", b"9" * 5000],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_malformed(stage, body):
    openid = stage.world.people.user().openid
    reply = stage.request("POST", f"/v2/users/{openid}/messages", body)
    assert (reply.status, reply.error) == (400, "request_malformed")
    assert reply.content_type == "application/json"


def test_null_and_nothing_are_an_empty_object(stage):
    openid = stage.world.people.user().openid
    for body in (b"", b"null", b"{}"):
        assert stage.request("POST", f"/v2/users/{openid}/messages", body).error == "content_invalid"


@pytest.mark.parametrize("path", ["/", "/nothing", "/gateway/", "/v2/users//messages", "/v2/users/a/b/messages", ""])
def test_an_unknown_route_is_404_and_counted_as_unmodelled(stage, path):
    reply = stage.request("GET", path)
    assert (reply.status, reply.unmodelled) == (404, True)
    assert stage.entries("http.request")[-1]["operation"] is None
    assert stage.entries("http.response")[-1]["unmodelled"] is True


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "HEAD", "NONSENSE", ""])
def test_another_method_of_a_known_path_is_405(stage, method):
    reply = stage.request(method, "/gateway/bot")
    assert (reply.status, reply.unmodelled) == (405, True)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_documented_operation_answers_and_is_named_in_the_journal(stage, operation):
    path = "/".join("1" if part.startswith("{") else part for part in operation.path.split("/"))
    reply = stage.request(operation.method, path, {})
    assert reply.status < 500 or reply.status == error_row(reply.error).status
    assert stage.entries("http.request")[-1]["operation"] == operation.name
    if reply.unmodelled:
        assert reply.status == 404


@pytest.mark.parametrize(
    ("path", "headers", "length"),
    [
        ("/v2/users/U/files", {"content-length": "30000000"}, 30_000_000),
        ("/v2/users/U/files", {}, None),
        ("/v2/users/U/files", {"content-length": "many"}, None),
        (f"/cos/{APP_ID}/upload_1/1", {"content-length": "30000000"}, 30_000_000),
        ("/nowhere", {}, None),
    ],
)
def test_an_oversized_body_gets_the_fronts_page_and_is_noted(stage, path, headers, length):
    method = "PUT" if path.startswith("/cos/") else "POST"
    request = exchange.Request(method, path, "", headers, b"", "ws://127.0.0.1:8787")
    reply = exchange.refuse_body(stage.platform, request, stage.real)
    exchange.answered(stage.platform, reply, stage.real)
    assert (reply.status, reply.content_type, reply.is_of_front) == (413, "text/html", True)
    asked, answered = stage.entries()
    assert (asked["kind"], asked["path"]) == ("http.request", path)
    assert asked["body"] == {"truncated": True, "bytes": length, "begins": ""}
    assert (answered["status"], answered["error"], answered["request"]) == (413, "body_too_large", asked["id"])


# -- the journal ----------------------------------------------------------------------------------------------------


def test_a_request_and_its_answer_are_noted(stage):
    stage.request(
        "GET",
        "/gateway",
        query="a=1",
        token="nobody's",
        headers={"user-agent": "me", "cookie": "x", "x-union-appid": "1"},
    )
    request, response = stage.entries()
    assert {key: request[key] for key in ("kind", "operation", "method", "path", "params", "query", "body")} == {
        "kind": "http.request", "operation": "GET /gateway", "method": "GET", "path": "/gateway", "params": {},
        "query": "a=1", "body": None,
    }  # fmt: skip
    assert sorted(request["headers"]) == ["authorization", "content-type", "user-agent", "x-union-appid"]
    assert (response["request"], response["status"], response["error"], response["fault"]) == (
        request["id"], 401, "token_invalid", None,
    )  # fmt: skip
    assert response["body"]["code"] == 11244


def test_path_parameters_are_noted(stage):
    stage.request("DELETE", "/v2/users/abc/messages/ROBOT1.0_x!")
    assert stage.entries("http.request")[0]["params"] == {"openid": "abc", "message_id": "ROBOT1.0_x!"}


# -- the gateway's address ------------------------------------------------------------------------------------------


def test_gateway_bot_tells_the_budget_of_session_starts(stage):
    first = body_of(stage.request("GET", "/gateway/bot"))
    assert first == {
        "url": "ws://127.0.0.1:8787/websocket", "shards": 1,
        "session_start_limit": {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1},
    }  # fmt: skip
    stage.online()
    stage.world.clock.advance(3600)
    stage.online()
    limit = body_of(stage.request("GET", "/gateway/bot"))["session_start_limit"]
    assert (limit["remaining"], limit["reset_after"]) == (998, 82_800_000)
    stage.world.clock.advance(82_800)
    assert body_of(stage.request("GET", "/gateway/bot"))["session_start_limit"]["remaining"] == 999


def test_the_window_of_session_starts_can_be_short(stage):
    stage.set(session_start_total=1, session_start_window=60)
    stage.online()
    stage.world.clock.advance(20)
    limit = body_of(stage.request("GET", "/gateway/bot"))["session_start_limit"]
    assert (limit["remaining"], limit["reset_after"]) == (0, 40_000)
    stage.world.clock.advance(40)
    limit = body_of(stage.request("GET", "/gateway/bot"))["session_start_limit"]
    assert (limit["remaining"], limit["reset_after"]) == (1, 60_000)


@pytest.mark.parametrize(("budget", "allowed"), [("off", 30), ("real", 10), ("strict", 2)])
def test_the_gateway_budget(stage, budget, allowed):
    stage.set(switches={"gateway_budget": budget})
    for _ in range(2):
        errors = [stage.request("GET", path).error for path in ("/gateway", "/gateway/bot") * 15]
        assert errors == [None] * allowed + ["gateway_rate_limited"] * (30 - allowed)
        stage.world.clock.advance(60)


@pytest.mark.parametrize(("scope", "error"), [("bot", None), ("machine", "gateway_rate_limited")])
def test_whose_calls_the_gateway_budget_counts(stage, scope, error):
    switches = {"gateway_budget": "strict", "gateway_budget_scope": scope}
    stage.set(switches=switches)
    neighbour = stage.platform.create_world("102000002", "other", {"switches": switches}, stage.real)
    token, _ = stage.platform.issue_token(neighbour, neighbour.clock.at(stage.real))
    assert [stage.request("GET", "/gateway").error for _ in range(3)] == [None, None, "gateway_rate_limited"]
    assert stage.request("GET", "/gateway/bot", token=token).error == error
    stage.world.clock.advance(60)
    assert [stage.request("GET", "/gateway", token=one).error for one in (token, None)] == [None, None]


# -- what the journal keeps of a body -------------------------------------------------------------------------------


def kept(stage, body):
    """What the journal keeps of a request's body."""
    stage.request("POST", "/v2/users/x/messages", body)
    return stage.entries("http.request")[-1]["body"]


def test_a_body_up_to_the_bound_is_kept_whole(stage):
    largest = {"content": "x" * (exchange.NOTED_BYTES - len('{"content":""}'))}
    assert len(json.dumps(largest, separators=(",", ":"))) == exchange.NOTED_BYTES
    assert kept(stage, largest) == largest


def test_of_a_larger_body_the_journal_keeps_the_beginning(stage):
    for size in (exchange.NOTED_BYTES, 5_000_000):
        body = json.dumps({"content": "\u00e9" * size}).encode()
        found = kept(stage, body)
        assert (found["truncated"], found["bytes"]) == (True, len(body))
        assert body.decode().startswith(found["begins"])
        assert 1000 < len(found["begins"]) < exchange.NOTED_BYTES


def test_small_but_deep_structures_count_by_their_bytes(stage):
    found = kept(stage, b"[" + b"0," * exchange.NOTED_BYTES + b"0]")
    assert (found["truncated"], found["bytes"]) == (True, 2 * exchange.NOTED_BYTES + 3)


def test_of_text_that_is_no_json_the_beginning_is_kept(stage):
    assert kept(stage, b"short \xff") == "short \ufffd"
    found = kept(stage, b"x" * 100_000)
    assert (found["truncated"], found["bytes"], set(found["begins"])) == (True, 100_000, {"x"})


def test_the_file_in_a_body_is_left_out_and_the_rest_stays(stage):
    body = {"file_type": 1, "file_data": "A" * 1_000_000}
    assert kept(stage, body) == {"file_type": 1, "file_data": "A" * 40 + "\u2026 (1000000 characters)"}


def test_a_long_answer_is_kept_in_part_too(stage):
    stage.faults({"name": "f", "on": "http: GET /gateway", "do": [{"verb": "answer", "body": ["x" * 100_000]}]})
    reply = stage.request("GET", "/gateway")
    assert len(reply.body) > 100_000
    (entry,) = stage.entries("http.response")
    assert (entry["body"]["truncated"], entry["body"]["bytes"]) == (True, len(reply.body))


# -- whose it is ----------------------------------------------------------------------------------------------------


class Common:
    """Requests at the common door of a server with two worlds."""

    def __init__(self):
        self.stage = Stage()
        self.other = self.stage.platform.create_world("102000002", "other", {}, 0.0)

    def send(self, method, path, body=b"", **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = exchange.Request(method, path, "", sent, raw, "ws://x", None)
        reply = exchange.answer(self.stage.platform, request, 0.0)
        exchange.answered(self.stage.platform, reply, 0.0)
        return reply


@pytest.fixture
def common():
    return Common()


def test_a_token_tells_whose_request_it_is_dead_or_alive(common):
    token = common.stage.token()
    common.stage.world.tokens.revoke()
    reply = common.send("GET", "/gateway", authorization=f"QQBot {token}")
    assert (reply.world, reply.error) == (common.stage.world, "token_invalid")


def test_the_union_appid_tells_it_when_the_token_does_not(common):
    reply = common.send("GET", "/gateway", authorization="QQBot nobody's", x_union_appid="102000002")
    assert (reply.world, reply.error) == (common.other, "token_invalid")


def test_the_app_id_tells_it_at_the_token_endpoint(common):
    body = {"appId": "102000002", "clientSecret": "wrong"}
    reply = common.send("POST", TOKEN, body, content_type="application/json")
    assert (reply.world, body_of(reply)["code"]) == (common.other, 100016)


def through_own_door(common, **request):
    """One request to the first world by its own door, with what belongs to the other world."""
    request = {
        "method": "GET",
        "path": "/gateway",
        "query": "",
        "headers": {},
        "body": b"",
        "origin": "ws://x",
    } | request
    reply = exchange.answer(common.stage.platform, exchange.Request(**request, door=common.stage.world), 0.0)
    exchange.answered(common.stage.platform, reply, 0.0)
    return reply


def test_at_a_worlds_own_door_another_worlds_token_is_refused_and_noted_there(common):
    token, _ = common.stage.platform.issue_token(common.other, common.other.clock.at(0.0))
    for headers in ({"authorization": f"QQBot {token}"}, {"authorization": "QQBot x", "x-union-appid": "102000002"}):
        reply = through_own_door(common, headers=headers)
        assert (reply.world, reply.error) == (common.stage.world, "token_invalid")
    assert [entry["kind"] for entry in common.stage.entries()] == ["http.request", "http.response"] * 2
    assert list(common.other.journal.since(0)) == []


@pytest.mark.parametrize("app_id", ["102000002", "102777777"])
def test_at_a_worlds_own_door_another_app_id_gets_no_token(common, app_id):
    body = json.dumps({"appId": app_id, "clientSecret": "other"}).encode()
    headers = {"content-type": "application/json"}
    reply = through_own_door(common, method="POST", path=TOKEN, headers=headers, body=body)
    assert (reply.world, reply.error) == (common.stage.world, "appid_invalid")
    assert common.stage.platform.known("102777777") is None


def test_what_belongs_to_nobody_is_noted_by_the_server(common):
    reply = common.send("GET", "/gateway")
    assert (reply.world, reply.error, reply.trace_id) == (None, "token_missing", "0" * 32)
    kinds = [entry["kind"] for entry in common.stage.platform.journal.since(0)]
    assert kinds == ["http.request", "http.response"]
    assert common.stage.entries() == []


def test_the_only_world_owns_everything(stage):
    request = exchange.Request("GET", "/gateway", "", {}, b"", "ws://x", None)
    assert exchange.answer(stage.platform, request, 0.0).world is stage.world
    assert stage.entries("http.request")[0]["at"] == EPOCH
