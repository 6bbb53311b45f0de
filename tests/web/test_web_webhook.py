"""Webhook deliveries over real sockets, to receivers of every kind."""

import asyncio
import contextlib
import json

import pytest
from aiohttp import web

from fakeqq.core.webhooks.signatures import Signer
from web.live import serving

ACK = {"op": 12, "d": 0}


class Receiver:
    """A bot's HTTP endpoint; `behave` answers each request, `heard` keeps them."""

    def __init__(self, live):
        self.live = live
        self.heard = []
        self.behave = self.acknowledge
        self.url = ""
        self.arrived, self.over = asyncio.Event(), asyncio.Event()

    async def serve(self, request):
        body = await request.read()
        self.heard.append((request.headers.copy(), body, request.transport.get_extra_info("peername")))
        return await self.behave(body)

    async def hang(self, _body):
        self.arrived.set()
        await self.over.wait()
        return web.Response()

    async def acknowledge(self, body):
        payload = json.loads(body)
        if payload["op"] != 13:
            return web.json_response(ACK)
        asked = payload["d"]
        signature = Signer(self.live.secret).sign(asked["event_ts"], asked["plain_token"].encode())
        return web.json_response({"plain_token": asked["plain_token"], "signature": signature})


@contextlib.asynccontextmanager
async def receiving(live):
    receiver = Receiver(live)
    app = web.Application()
    app.router.add_route("*", "/qq", receiver.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/qq"
    try:
        yield receiver
    finally:
        receiver.over.set()
        await runner.cleanup()


@pytest.fixture
async def receiver(live):
    async with receiving(live) as receiver:
        await live.do("PUT", "/webhook", {"url": receiver.url, "retry_after": 0})
        yield receiver


async def test_an_event_arrives_signed_and_a_reply_to_it_is_passive(live, receiver):
    said = await live.do("POST", "/say", {"text": "你好"})
    (response,) = await live.wait({"kind": "webhook.response", "acked": True})
    assert (response["status"], json.loads(response["body"]), response["why"]) == (200, ACK, "op 12 with d 0")
    ((headers, body, _),) = receiver.heard
    assert json.loads(body)["d"]["content"] == "你好"
    assert headers["User-Agent"] == "QQBot-Callback"
    assert headers["Connection"].lower() == "close"
    assert set(headers) - {"Host", "Content-Length", "Connection"} == {
        "Content-Type", "User-Agent", "X-Bot-Appid", "X-Signature-Ed25519", "X-Signature-Timestamp",
        "X-Signature-Method", "X-Tps-trace-ID",
    }  # fmt: skip
    assert headers["X-Signature-Ed25519"] == Signer(live.secret).sign(headers["X-Signature-Timestamp"], body)
    reply = {"content": "hello", "msg_id": said["message_id"]}
    assert (await live.call("POST", f"/v2/users/{said['user']}/messages", json=reply)).status == 200
    (seen,) = await live.wait({"kind": "user.sees"})
    assert (seen["reply_to"], seen["proactive"]) == (said["message_id"], False)


async def test_three_deliveries_over_three_connections(live, receiver):
    async def refuse(_body):
        return web.Response(status=503)

    receiver.behave = refuse
    await live.do("POST", "/say", {"text": "ping"})
    responses = await live.wait({"kind": "webhook.response"}, count=3)
    assert [entry["again_after"] for entry in responses] == [0, 0, None]
    assert len({body for _, body, _ in receiver.heard}) == 1
    assert len({address for _, _, address in receiver.heard}) == 3
    assert (await live.do("GET", "/webhook"))["waiting"] == 0


async def test_silence_is_waited_for_no_longer_than_told(live, receiver):
    receiver.behave = receiver.hang
    await live.do("PUT", "/webhook", {"url": receiver.url, "timeout": 0.1, "deliveries": 1})
    await live.do("POST", "/say", {"text": "ping"})
    (response,) = await live.wait({"kind": "webhook.response"})
    assert (response["acked"], response["why"], response["status"]) == (False, "no answer within 0.1 s", None)


async def test_nobody_listens(live, unused_tcp_port):
    await live.do("PUT", "/webhook", {"url": f"http://127.0.0.1:{unused_tcp_port}/", "deliveries": 1})
    await live.do("POST", "/say", {"text": "ping"})
    (response,) = await live.wait({"kind": "webhook.response"})
    assert not response["acked"]
    assert response["why"].startswith("no answer: ")


async def test_an_answer_without_end_is_not_read_to_its_end(live, receiver):
    async def pour(_body):
        return web.Response(body=b"x" * 1_000_000)

    receiver.behave = pour
    await live.do("POST", "/say", {"text": "ping"})
    (response,) = await live.wait({"kind": "webhook.response"})
    assert len(response["body"]) == 64 * 1024


async def test_an_address_proves_that_it_knows_the_secret(live, receiver):
    assert await live.do("POST", "/webhook/validate") == {
        "valid": True, "why": "signed with this bot's secret", "status": 200,
        "body": (await live.do("GET", "/journal?kind=webhook.response"))["entries"][-1]["body"],
    }  # fmt: skip

    async def echo(body):
        return web.json_response({"plain_token": json.loads(body)["d"]["plain_token"], "signature": "00"})

    receiver.behave = echo
    answer = await live.do("POST", "/webhook/validate")
    assert (answer["valid"], answer["status"]) == (False, 200)


async def test_a_validation_may_be_somebody_elses(live, receiver):
    for tamper in ("unsigned", "wrong-key", "swapped"):
        assert (await live.do("POST", "/webhook/validate", {"tamper": tamper}))["valid"]  # it signs for anybody
        headers, body, _ = receiver.heard[-1]
        right = Signer(live.secret).sign(headers.get("X-Signature-Timestamp", ""), body)
        assert headers.get("X-Signature-Ed25519") != right
        assert json.loads(body)["op"] == 13
    found, _ = await live.control("POST", f"/worlds/{live.app_id}/webhook/validate", {"tamper": "null"})
    assert found == 422


async def test_two_bots_on_one_path(live, receiver):
    """Both bots are answered with the first one's secret: the second is told whose it was."""
    other = {"app_id": "102999999", "secret": "another-secret"}
    assert (await live.control("POST", "/worlds", other))[0] == 201
    assert (await live.control("PUT", "/worlds/102999999/webhook", {"url": receiver.url}))[0] == 200
    assert (await live.do("POST", "/webhook/validate"))["valid"]
    _, answer = await live.control("POST", "/worlds/102999999/webhook/validate")
    assert not answer["valid"]
    assert f"bot {live.app_id}" in answer["why"]
    await live.control("POST", "/worlds/102999999/say", {"text": "ping"})
    await live.control(
        "POST", "/worlds/102999999/journal/wait", {"where": {"kind": "webhook.response", "purpose": "event"}}
    )
    headers, body, _ = receiver.heard[-1]
    assert headers["X-Bot-Appid"] == "102999999"
    assert headers["X-Signature-Ed25519"] == Signer("another-secret").sign(headers["X-Signature-Timestamp"], body)


@pytest.mark.parametrize(
    "tamper", ["unsigned", "wrong-key", "changed-byte", "swapped", "stale", "other-bot", "null", "empty"]
)
async def test_a_forgery_arrives_once_and_its_verdict_comes_back(live, receiver, tamper):
    async def verify(body):
        headers = receiver.heard[-1][0]
        signature = Signer(live.secret).sign(headers.get("X-Signature-Timestamp", ""), body)
        return web.Response(status=200 if headers.get("X-Signature-Ed25519") == signature else 401)

    receiver.behave = verify
    pushed = await live.do("POST", "/webhook/push", {"tamper": tamper})
    rightly_signed = tamper in {"stale", "null", "empty"}
    assert (pushed["status"], pushed["acked"]) == ((200, True) if rightly_signed else (401, False))
    (request,) = (await live.do("GET", "/journal?kind=webhook.request"))["entries"]
    assert (request["id"], request["tamper"], request["purpose"]) == (pushed["request"], tamper, "staged")
    assert request["body"].encode() == receiver.heard[0][1]


async def test_a_replay_repeats_what_was_delivered(live, receiver):
    first = await live.do("POST", "/webhook/push", {"text": "once"})
    assert first["acked"]
    replayed = await live.do("POST", "/webhook/push", {"tamper": "replayed"})
    assert replayed["status"] == 200
    (one, two) = receiver.heard
    assert one[1] == two[1]
    assert one[0]["X-Signature-Ed25519"] == two[0]["X-Signature-Ed25519"]


async def test_what_is_written_otherwise_arrives_as_it_was_written(live, receiver):
    pushed = await live.do("POST", "/webhook/push", {"text": "a/b", "style": "pretty"})
    assert pushed["acked"]
    ((_, body, _),) = receiver.heard
    assert body.startswith(b'{\n  "op": 0')
    await live.do("POST", "/webhook/push", {"style": "charset"})
    assert receiver.heard[-1][0]["Content-Type"] == "application/json; charset=utf-8"
    reply = {"content": "hello", "msg_id": pushed["message_id"]}
    assert (await live.call("POST", f"/v2/users/{pushed['user']}/messages", json=reply)).status == 200


async def test_an_event_comes_again_when_its_acknowledgement_is_said_to_be_lost(live, receiver):
    first = await live.do("POST", "/webhook/push", {"text": "once"})
    again = await live.do("POST", "/webhook/redeliver")
    assert again["acked"]
    assert again["request"] > first["request"]
    (one, two) = (json.loads(body)["id"] for _, body, _ in receiver.heard)
    assert one == two == first["event_id"]


async def test_a_changed_secret_signs_from_then_on(live, receiver):
    token = {"appId": live.app_id, "clientSecret": live.secret}
    answer = await live.do("PUT", "/secret", {"secret": "123456abcdef"})
    assert answer == {"app_id": live.app_id, "secret": "123456abcdef"}
    await live.do("POST", "/webhook/push")
    ((headers, body, _),) = receiver.heard
    signature = Signer("123456abcdef").sign(headers["X-Signature-Timestamp"], body)
    assert headers["X-Signature-Ed25519"] == signature
    assert not (await live.do("POST", "/webhook/validate"))["valid"]
    refused = await live.call("POST", "/app/getAppAccessToken", token="none", json=token)
    assert json.loads(refused.body)["code"] == 100016
    assert len((await live.do("PUT", "/secret"))["secret"]) == 32


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/webhook/push", {"style": "fancy"}, 422, "bad_value"),
        ("POST", "/webhook/push", {"style": "pretty", "tamper": "null"}, 422, "tamper_and_style"),
        ("POST", "/webhook/redeliver", None, 409, "no_webhook"),
        ("PUT", "/secret", {"secret": ""}, 422, "bad_value"),
        ("PUT", "/webhook", {"url": "http://example.com/"}, 422, "foreign_url"),
        ("PUT", "/webhook", {"url": "nonsense"}, 422, "bad_url"),
        ("PUT", "/webhook", {"url": "http://127.0.0.1/", "transprt": "both"}, 422, "unknown_field"),
        ("PUT", "/webhook", {"url": "http://127.0.0.1/", "transport": "pigeon"}, 422, "bad_value"),
        ("PUT", "/webhook", {}, 422, "bad_value"),
        ("POST", "/webhook/push", {"tamper": "unsinged"}, 422, "bad_value"),
        ("POST", "/webhook/push", {}, 409, "no_webhook"),
        ("POST", "/webhook/validate", None, 409, "no_webhook"),
    ],
)
async def test_mistakes_are_refused(live, method, path, body, status, code):
    found, answer = await live.control(method, f"/worlds/{live.app_id}{path}", body)
    assert (found, answer["error"]["code"]) == (status, code)


async def test_deliveries_under_way_end_with_the_webhook(live, receiver):
    receiver.behave = receiver.hang
    pushing = asyncio.create_task(live.do("POST", "/webhook/push"))
    await asyncio.wait_for(receiver.arrived.wait(), 5)
    assert (await live.do("DELETE", "/webhook"))["url"] is None
    assert (await asyncio.wait_for(pushing, 5))["why"] == "given up: the webhook was removed"
    await live.do("POST", "/say", {"text": "ping"})
    assert (await live.do("GET", "/webhook")) == {"url": None, "transport": "websocket", "waiting": 0, "in_flight": 0}


async def test_a_server_that_stops_leaves_no_delivery_behind():
    async with serving() as live, receiving(live) as receiver:
        receiver.behave = receiver.hang
        await live.do("PUT", "/webhook", {"url": receiver.url, "timeout": 60})
        await live.do("POST", "/say", {"text": "ping"})
        await asyncio.wait_for(receiver.arrived.wait(), 5)


async def test_a_faster_world_waits_less(live, receiver):
    async def refuse(_body):
        return web.Response(status=500)

    receiver.behave = refuse
    await live.do("POST", "/clock", {"speed": 1000})
    await live.do("PUT", "/webhook", {"url": receiver.url, "timeout": 600, "retry_after": 300})
    await live.do("POST", "/say", {"text": "ping"})
    first, second = await live.wait({"kind": "webhook.response"}, count=2)
    assert second["elapsed"] - first["elapsed"] >= 300


# -- faults on the way ------------------------------------------------------------------------------------------


async def on_the_way(live, *verbs, on="webhook: EVENT"):
    await live.faults({"name": "on-the-way", "on": on, "do": list(verbs)})


async def fault_entry(live):
    (entry,) = await live.wait({"kind": "fault", "fault": "on-the-way"})
    return entry


async def test_a_cut_delivery_is_no_request_and_comes_again(live, receiver):
    await on_the_way(live, {"verb": "cut", "bytes": 60})
    await live.do("POST", "/say", {"text": "ping"})
    await live.wait({"kind": "webhook.response", "acked": True})
    broken, whole = await live.wait({"kind": "webhook.response"}, count=2)
    assert (broken["status"], broken["why"], broken["acked"]) == (None, "broken off by a fault", False)
    assert whole["attempt"] == 2
    assert len(receiver.heard) == 1
    assert (await fault_entry(live))["delivery"] == broken["delivery"]


@pytest.mark.parametrize(
    "verbs", [[{"verb": "cut", "bytes": 60}], [{"verb": "reset"}], [{"verb": "cut", "bytes": 9}, {"verb": "reset"}]]
)
async def test_what_a_receiver_sees_of_a_delivery_broken_off(live, verbs):
    seen = asyncio.get_running_loop().create_future()

    async def read(reader, writer):
        data, end = b"", "eof"
        try:
            while part := await reader.read(65536):
                data += part
        except ConnectionResetError:
            end = "reset"
        writer.close()
        if not seen.done():
            seen.set_result((data, end))

    async with await asyncio.start_server(read, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        await live.do("PUT", "/webhook", {"url": f"http://127.0.0.1:{port}/qq?a=b", "deliveries": 1})
        await on_the_way(live, *verbs)
        await live.do("POST", "/say", {"text": "ping"})
        data, end = await asyncio.wait_for(seen, 5)
    size = verbs[0].get("bytes")
    assert end == ("reset" if verbs[-1]["verb"] == "reset" else "eof")
    if size is None:
        head, _, body = data.partition(b"\r\n\r\n")
        assert head.startswith(b"POST /qq?a=b HTTP/1.1\r\nHost: 127.0.0.1:")
        assert json.loads(body)["d"]["content"] == "ping"
    else:
        assert len(data) == size
    (response,) = await live.wait({"kind": "webhook.response"})
    assert response["why"] == "broken off by a fault"


async def test_a_delivery_lost_doubled_or_late(live, receiver):
    for verb, arrivals in (({"verb": "drop"}, 1), ({"verb": "twice"}, 2), ({"verb": "delay", "seconds": 0.05}, 1)):
        receiver.heard.clear()
        await on_the_way(live, verb)
        mark = live.world.journal.last_id
        await live.do("POST", "/say", {"text": "ping"})
        await live.wait({"kind": "webhook.response", "acked": True}, since=mark, count=arrivals)
        assert len(receiver.heard) == arrivals, verb
        assert len({body for _, body, _ in receiver.heard}) == 1, verb


async def test_two_deliveries_out_of_order(live, receiver):
    await on_the_way(live, {"verb": "swap"})
    await live.do("POST", "/say", {"text": "first"})
    await live.do("POST", "/say", {"text": "second"})
    await live.wait({"kind": "webhook.response", "acked": True}, count=2)
    assert [json.loads(body)["d"]["content"] for _, body, _ in receiver.heard] == ["second", "first"]
