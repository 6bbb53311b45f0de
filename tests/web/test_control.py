"""The control API: every route, and what it refuses."""

import asyncio
import io
import json

import pytest

from web.live import serving, until


async def test_the_servers_own_routes(live):
    assert await live.control("GET", "/health") == (200, {"status": "ok"})
    assert (await live.control("GET", "/version"))[0] == 200
    assert await live.control("GET", "/worlds") == (200, {"worlds": [{"app_id": live.app_id}]})
    assert (await live.control("GET", "/journal"))[1]["entries"] == []
    status, document = await live.control("GET", "/openapi.json")
    assert (status, document["info"]["title"]) == (200, "fakeqq")


async def test_a_world_is_made_shown_and_deleted(live):
    status, made = await live.control("POST", "/worlds")
    assert (status, len(made["secret"]), made["door"]) == (201, 32, None)
    wanted = {"app_id": "102999999", "secret": "s", "settings": {"shards": 3, "switches": {"replay": "none"}}}
    status, made = await live.control("POST", "/worlds", wanted)
    assert (status, made["app_id"], made["secret"], made["settings"]["shards"]) == (201, "102999999", "s", 3)
    assert (await live.control("POST", "/worlds", wanted))[0] == 409
    status, shown = await live.control("GET", "/worlds/102999999")
    assert (shown["app_id"], shown["settings"]["switches"]) == ("102999999", {"replay": "none"})
    assert await live.control("DELETE", "/worlds/102999999") == (200, {"deleted": "102999999"})
    assert (await live.control("GET", "/worlds/102999999"))[0] == 404


async def test_people_speak_and_chats_show_it(live):
    user = await live.do("POST", "/users", {"name": "小明"})
    assert (await live.do("GET", "/users"))["users"] == [user]
    group = await live.do("POST", "/groups", {"name": "g", "members": [user["openid"]]})
    assert (await live.do("GET", "/groups"))["groups"] == [group]
    assert (await live.do("POST", "/users"))["name"] == "user 2"
    assert (await live.do("POST", "/groups"))["members"] == []
    said = await live.do("POST", "/say", {"text": "ping", "user": user["openid"]})
    assert (said["event_type"], said["delivered"], said["group"]) == ("C2C_MESSAGE_CREATE", 0, None)
    said = await live.do("POST", "/say", {"text": "all", "group": group["group_openid"]})
    assert (said["event_type"], said["group"]) == ("GROUP_AT_MESSAGE_CREATE", group["group_openid"])
    chats = (await live.do("GET", "/chats"))["chats"]
    assert [(chat["scene"], chat["messages"][0]["text"]) for chat in chats] == [("c2c", "ping"), ("group", "all")]
    assert (await live.do("GET", f"/chats/{user['openid']}"))["chats"] == chats[:1]


async def test_raw_events(live):
    sent = await live.do("POST", "/events", {"type": "FRIEND_ADD", "data": {"openid": "x"}, "id": "an-id"})
    wanted = {"event_id": "an-id", "delivered": 0, "known": True, "suggestion": None}
    assert {name: sent[name] for name in wanted} == wanted
    assert (await live.do("POST", "/events", {"type": "FRIEND_AD"}))["suggestion"] == "FRIEND_ADD"


async def test_settings_clock_tokens_and_sessions(live):
    assert (await live.do("PATCH", "/settings", {"shards": 2, "era": "early-2026"}))["shards"] == 2
    before = await live.do("GET", "/clock")
    after = await live.do("POST", "/clock", {"advance": 301, "speed": 10, "frozen": True})
    assert (after["now"] - before["now"] >= 301, after["speed"], after["frozen"]) == (True, 10, True)
    assert (await live.do("GET", "/clock"))["now"] == after["now"], "frozen"
    await live.token()
    assert await live.do("POST", "/tokens/revoke") == {"revoked": 1}
    assert await live.do("GET", "/sessions") == {"sessions": []}
    assert await live.do("POST", "/sessions/forget") == {"forgotten": 0}


async def test_faults_are_set_shown_and_cleared(live):
    fault = {"name": "f", "on": "ws: READY", "do": [{"verb": "drop"}]}
    shown = await live.do("PUT", "/faults", [fault])
    assert (shown["faults"][0]["name"], shown["faults"][0]["hits"]) == ("f", 0)
    assert await live.do("GET", "/faults") == shown
    status, _ = await live.control("PUT", f"/worlds/{live.app_id}/faults", [{**fault, "on": "ws: REDY"}])
    assert status == 422
    assert await live.do("GET", "/faults") == shown
    assert await live.do("DELETE", "/faults") == {"faults": []}


async def test_connections_are_listed_and_acted_on(live):
    async with live.online() as first, live.online():
        listed = (await live.do("GET", "/connections"))["connections"]
        assert [each["phase"] for each in listed] == ["ready", "ready"]
        assert len((await live.do("GET", "/sessions"))["sessions"]) == 2
        number = listed[0]["connection"]
        both = [each["connection"] for each in listed]
        assert await live.do("POST", "/connections/mute-acks", {"muted": True}) == {"connections": both}
        wanted = {"connection": number, "then_close": None}
        assert await live.do("POST", "/connections/reconnect", wanted) == {"connections": [number]}
        assert json.loads(await first.recv()) == {"op": 7}
        assert await live.do("POST", "/connections/invalidate", {"connection": number}) == {"connections": [number]}
        assert json.loads(await first.recv()) == {"op": 9, "d": False}
        assert await live.do("POST", "/connections/drop", {"connection": number}) == {"connections": [number]}
        status, answer = await live.control("POST", f"/worlds/{live.app_id}/connections/drop", {"connection": number})
        assert (status, answer["error"]["code"]) == (404, "unknown_connection")
        assert len((await live.do("POST", "/connections/close", {"code": 4009}))["connections"]) == 1
        assert await live.do("POST", "/connections/reconnect") == {"connections": []}
        assert await live.do("POST", "/connections/invalidate") == {"connections": []}
        assert await live.do("POST", "/connections/drop") == {"connections": []}


async def test_a_reset_brings_the_first_day_back(live):
    async with live.online() as socket:
        await live.do("POST", "/say", {"text": "ping"})
        await live.do("PATCH", "/settings", {"shards": 2})
        shown = await live.do("POST", "/reset")
        assert (shown["users"], shown["sessions"], shown["settings"]["shards"]) == (0, 0, 1)
        await socket.recv()
        await socket.wait_closed()
        assert socket.close_code == 1006
    assert await live.token()
    assert (await live.control("POST", "/reset"))[1] == {"worlds": [live.app_id]}


async def test_a_reset_world_has_its_own_settings_and_its_door(live):
    body = {"settings": {"shards": 2}, "own_door": True}
    _, made = await live.control("POST", "/worlds", body)
    await live.control("PATCH", f"/worlds/{made['app_id']}/settings", {"shards": 5})
    _, shown = await live.control("POST", f"/worlds/{made['app_id']}/reset")
    assert shown["settings"]["shards"] == 2
    token = await live.token(made["app_id"], made["secret"], made["door"]["api_base"])
    async with live.socket(made["door"]["gateway_url"]) as socket:
        await live.login(socket, token=token)


async def test_the_servers_first_world_is_the_one_of_today(live):
    await live.do("POST", "/reset")
    assert live.server.first_world is live.world


async def test_the_journal_is_read_counted_and_waited_for(live):
    for number in range(5):
        await live.do("POST", "/say", {"text": str(number)})
    page = await live.do("GET", "/journal?limit=2&kind=user.said")
    assert ([entry["text"] for entry in page["entries"]], page["next"]) == (["0", "1"], page["entries"][-1]["id"])
    rest = await live.do("GET", f"/journal?since={page['next']}&kind=user.said")
    assert [entry["text"] for entry in rest["entries"]] == ["2", "3", "4"]
    where = {"kind": "user.said", "text": {"in": ["1", "3"]}}
    assert await live.do("POST", "/journal/count", {"where": where}) == {"count": 2}
    assert await live.do("POST", "/journal/count", {"where": where, "since": page["next"]}) == {"count": 1}
    assert [entry["text"] for entry in await live.wait(where, count=2)] == ["1", "3"]


@pytest.mark.parametrize("path", ["/journal", "/worlds/{}/journal"])
async def test_a_kind_that_no_entry_has_is_refused(live, path):
    status, answer = await live.control("GET", f"{path.format(live.app_id)}?kind=ws.inn")
    assert status == 422
    assert (answer["error"]["code"], answer["error"]["suggestion"]) == ("unknown_kind", "ws.in")


async def test_a_wait_ends_with_the_evidence(live):
    waiting = asyncio.create_task(live.wait({"kind": "user.said", "text": "now"}))
    await live.do("POST", "/say", {"text": "before"})
    await live.do("POST", "/say", {"text": "now"})
    assert [entry["text"] for entry in await waiting] == ["now"]
    assert live.world.journal.listeners == []


@pytest.mark.parametrize("wait", [0, 0.01])
async def test_a_wait_that_times_out_tells_what_came_nearest(live, wait):
    await live.do("POST", "/say", {"text": "other"})
    body = {"where": {"kind": "user.said", "text": "ping"}, "timeout": wait}
    status, answer = await live.control("POST", f"/worlds/{live.app_id}/journal/wait", body)
    assert (status, answer["error"]["code"], answer["matched"]) == (408, "timeout", 0)
    assert answer["nearest"][0]["differs"] == {"text": {"expected": "ping", "found": "other"}}
    assert live.world.journal.listeners == []


@pytest.mark.parametrize(("method", "path"), [("DELETE", ""), ("POST", "/reset")])
async def test_a_wait_ends_with_its_world(live, method, path):
    old = live.world.journal
    body = {"where": {"kind": "never"}, "timeout": 30}
    waiting = asyncio.create_task(live.control("POST", f"/worlds/{live.app_id}/journal/wait", body))
    await until(lambda: old.listeners)
    await live.do(method, path)
    status, answer = await asyncio.wait_for(waiting, 5)
    assert (status, answer["error"]["code"]) == (409, "world_gone")
    assert old.listeners == []


async def test_what_a_worlds_end_brings_about_can_be_waited_for(live):
    async with live.online():
        waiting = asyncio.create_task(live.wait({"kind": "ws.close", "by": "server"}))
        await until(lambda: live.world.journal.listeners)
        await live.do("POST", "/reset")
        (entry,) = await asyncio.wait_for(waiting, 5)
        assert entry["code"] is None


@pytest.mark.parametrize(("method", "path"), [("DELETE", ""), ("POST", "/reset")])
async def test_a_stream_ends_with_its_world_after_the_last_entry(live, method, path):
    url = f"{live.ready['control_url']}/worlds/{live.app_id}/journal/stream"
    async with live.online(), live.http.get(url) as stream:
        await live.do(method, path)
        text = await asyncio.wait_for(stream.text(), 5)
    entries = [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]
    assert entries[-1]["kind"] == "ws.close"


async def test_the_journal_streams_as_server_sent_events(live):
    await live.do("POST", "/say", {"text": "before"})
    url = f"{live.ready['control_url']}/worlds/{live.app_id}/journal/stream"
    async with live.http.get(url) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        event = [await stream.content.readline() for _ in range(3)]
        assert event[0] == b"id: 1\n"
        assert json.loads(event[1].removeprefix(b"data: "))["text"] == "before"
        await live.do("POST", "/say", {"text": "after"})
        event = [await stream.content.readline() for _ in range(3)]
        assert json.loads(event[1].removeprefix(b"data: "))["text"] == "after"


async def test_the_journal_shows_whatever_bots_sent(live):
    bodies = [
        b'{"a":123456789012345678901234567890}',
        b"\xff\xfe",
        b'"\\ud800"',
        b"[" * 950 + b"]" * 950,
        b'"\xff"',
        b"NaN",
        b"1e999",
    ]
    for body in bodies:
        answer = await live.call("POST", "/v2/users/x/messages", data=body)
        assert answer.status == 400
    async with live.socket() as socket:
        await live.login(socket)
        await socket.send('{"op":1,"d":' + "9" * 4000 + "}")
        assert json.loads(await socket.recv()) == {"op": 11}
        await socket.send('{"op":1,"d":' + "[" * 900 + "]" * 900 + "}")
        await socket.wait_closed()
    page = await live.do("GET", "/journal")
    assert len([entry for entry in page["entries"] if entry.get("path") == "/v2/users/x/messages"]) == len(bodies)
    await live.control("POST", f"/worlds/{live.app_id}/journal/wait", {"where": {"kind": "x", "op": 1}, "timeout": 0})


# -- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "suggestion"),
    [
        ("POST", "/worlds", {"appid": "1"}, "unknown_field", "app_id"),
        ("POST", "/worlds", {"settings": {"shard": 1}}, "unknown_setting", "shards"),
        ("POST", "/worlds", {"app_id": "abc"}, "bad_value", None),
        ("POST", "/worlds", {"app_id": "\u0661\u0662"}, "bad_value", None),
        ("POST", "/worlds", {"settings": {"shards": 0}}, "bad_value", None),
        ("GET", "/world", None, "unknown_route", "/_fakeqq/worlds"),
        ("PATCH", "W/settings", {"switches": {"replai": "none"}}, "unknown_switch", "replay"),
        ("POST", "W/say", {"txt": "x", "text": "x"}, "unknown_field", "text"),
        ("POST", "W/say", {}, "bad_value", None),
        ("POST", "W/say", {"text": "x", "user": "nobody"}, "unknown_user", None),
        ("POST", "W/say", {"text": "x", "group": ""}, "unknown_group", None),
        ("POST", "W/groups", {"members": ["nobody"]}, "unknown_user", None),
        ("POST", "W/events", {"type": ""}, "bad_value", None),
        ("GET", "W/chats/nobody", None, "unknown_chat", None),
        ("PUT", "W/faults", [{"name": "f", "on": "ws: REDY", "do": [{"verb": "drop"}]}], "unknown_moment", "ws: READY"),
        ("PUT", "W/faults", {"name": "f"}, "bad_value", None),
        ("POST", "W/clock", {"advance": -1}, "bad_value", None),
        ("POST", "W/clock", {"speed": 0}, "bad_value", None),
        ("POST", "W/clock", {"freeze": True}, "unknown_field", "frozen"),
        ("POST", "W/connections/close", {"code": 1006}, "bad_value", None),
        ("POST", "W/connections/close", {"code": 4009, "reason": "你" * 60}, "bad_value", None),
        ("POST", "W/connections/close", {"cod": 4009}, "bad_value", None),
        ("POST", "W/connections/reconnect", {"then_close": 1005}, "bad_value", None),
        ("POST", "W/connections/drop", {"connection": 99}, "unknown_connection", None),
        ("POST", "W/connections/mute-acks", {}, "bad_value", None),
        ("POST", "W/journal/wait", {"where": {"op": {"gt": 1}}}, "unknown_operator", "gte"),
        ("POST", "W/journal/wait", {"where": {}, "timeout": 601}, "bad_value", None),
        ("POST", "W/journal/wait", {"where": {}, "count": 0}, "bad_value", None),
        ("POST", "W/journal/count", {"were": {}, "where": {}}, "unknown_field", "where"),
        ("GET", "W/journal?since=-1", None, "bad_value", None),
        ("GET", "W/journal?limit=0", None, "bad_value", None),
        ("GET", "W/journal?limit=x", None, "bad_value", None),
    ],
)
async def test_a_mistake_is_refused_with_a_suggestion(live, method, path, body, code, suggestion):
    path = path.replace("W", f"/worlds/{live.app_id}", 1) if path.startswith("W") else path
    status, answer = await live.control(method, path, body)
    assert 400 <= status < 500
    assert list(answer) == ["error"]
    assert answer["error"]["code"] == code
    if suggestion is not None:
        assert answer["error"]["suggestion"] == suggestion
    assert set(answer["error"]) == {"code", "message", "suggestion"}


async def test_an_unknown_world_is_refused_with_the_nearest(live):
    almost = live.app_id[:-1] + "x"
    status, answer = await live.control("GET", f"/worlds/{almost}")
    assert (status, answer["error"]["code"], answer["error"]["suggestion"]) == (404, "unknown_world", live.app_id)


NO_BODY = [
    b"{", b"nonsense", b"5", b"\xff", b'{"text":"\\ud800"}', b'{"text":"\\udc00\\ud800"}', b'{"\\ud800":1}',
    b'{"text":"x","user":"\\ud800"}', b'{"text":NaN}', b'{"text":Infinity}', b'{"text":1e999}', b"[" * 100_000,
    b'{"text":' + b"[" * 900 + b"]" * 900 + b"}", b'{"text":' + b"9" * 5000 + b"}",
]  # fmt: skip


@pytest.mark.parametrize(
    "route",
    ["POST /worlds", "PATCH W/settings", "POST W/users", "POST W/say", "POST W/events", "PUT W/faults", "POST W/clock",
     "POST W/connections/close", "POST W/connections/reconnect", "POST W/journal/wait", "POST W/journal/count"],
)  # fmt: skip
async def test_what_is_no_json_is_refused_everywhere(live, route):
    method, path = route.split()
    path = path.replace("W", f"/worlds/{live.app_id}", 1) if path.startswith("W") else path
    for raw in NO_BODY:
        status, answer = await live.control(method, path, raw=raw)
        assert 400 <= status < 500, (raw[:40], answer)
    for raw in (b"", b"null"):
        assert (await live.control(method, path, raw=raw))[0] < 500


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/events", {"type": "X", "data": {"guild_id": "9" * 5000}}),
        ("/events", {"type": "X", "data": {"guild_id": "\u0661"}}),
        ("/events", {"type": "X", "data": 10**30}),
        ("/events", {"type": "READY", "data": None}),
        ("/events", {"type": "\u0000 \u2028", "data": "\u0000"}),
        ("/say", {"text": ""}),
        ("/say", {"text": "\u0000\U0001f600"}),
        ("/journal/count", {"where": {"frame.d.\u00b2": 1, "": 2, "....": 3}}),
        ("/journal/count", {"where": {"op": {"gte": 10**400}}}),
        ("/journal/count", {"where": {}, "since": 10**400}),
    ],
    ids=lambda part: ascii(part)[:60],
)
async def test_odd_but_harmless_bodies_are_taken(live, path, body):
    async with live.online() as socket:
        for _ in range(2):
            await live.do("POST", path, body)
        await live.do("POST", "/say", {"text": "still alive"})
        events = [json.loads(await socket.recv()) for _ in range(sum(path != "/journal/count" for _ in range(2)) + 1)]
        assert events[-1]["d"]["content"] == "still alive"
    await live.do("GET", "/journal")


async def test_a_far_future_is_refused_before_it_breaks_the_calendar(live):
    status = 200
    for _ in range(1000):
        status, _ = await live.control("POST", f"/worlds/{live.app_id}/clock", {"advance": 10 * 365 * 86_400})
        if status != 200:
            break
    assert status == 422
    await live.do("POST", "/say", {"text": "ping"})


async def test_a_body_over_the_bound_is_refused(live):
    status, answer = await live.control(
        "POST", f"/worlds/{live.app_id}/say", raw=io.BytesIO(b" " * (16 * 1024 * 1024 + 1))
    )
    assert (status, "error" in answer) == (413, True)


async def test_another_method_is_refused(live):
    status, answer = await live.control("DELETE", "/health")
    assert (status, "error" in answer) == (405, True)


# -- the guard ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403), ({"Host": "127.0.0.1.evil.example"}, 403), ({"Host": "["}, 403),
        ({"Host": "api.sgroup.qq.com"}, 403), ({"Host": "localhost:1"}, 200), ({"Host": "[::1]:80"}, 200),
        ({"Origin": "https://evil.example"}, 403), ({"Origin": "null"}, 403), ({"Origin": ""}, 403),
        ({"Origin": "http://["}, 403), ({"Origin": "http://\u00ff"}, 403), ({"Origin": "http://localhost:3000"}, 200),
        ({"Origin": "http://127.0.0.1"}, 200),
    ],
    ids=str,
)  # fmt: skip
async def test_no_page_of_others_drives_the_server(live, headers, status):
    found, answer = await live.control("GET", "/health", headers=headers)
    assert found == status
    assert ("error" in answer) == (status != 200)


@pytest.mark.parametrize(
    ("header", "status"),
    [(None, 401), ("", 401), ("Bearer wrong", 401), ("Bearer", 401), ("Bearer \u00ff", 401), ("Bearer right", 200)],
)
async def test_a_control_token_is_demanded_when_there_is_one(header, status):
    async with serving(control_token="right") as live:
        headers = {} if header is None else {"authorization": header}
        assert (await live.control("GET", "/health", headers=headers))[0] == status
        assert await live.token(), "bots need none"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "192.168.1.20:8787"}, 200), ({"Host": "fakeqq.lan"}, 200),
        ({"Host": "192.168.1.20:8787", "Authorization": "Bearer wrong"}, 401),
        ({"Host": "192.168.1.20:8787", "Origin": "http://192.168.1.20:8787"}, 403),
    ],
    ids=str,
)  # fmt: skip
async def test_with_a_control_token_the_server_may_be_called_by_any_name(headers, status):
    async with serving(host="0.0.0.0", control_token="right") as live:  # noqa: S104
        found, _ = await live.control("GET", "/health", headers={"Authorization": "Bearer right"} | headers)
        assert found == status
