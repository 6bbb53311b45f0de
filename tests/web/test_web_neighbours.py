"""Two bots behind one door."""


async def test_both_are_known_at_the_door_and_all_else_is_the_first_ones(live):
    _, one = await live.control("POST", "/worlds", {"own_door": True, "settings": {"shards": 3}})
    await live.control("POST", f"/worlds/{one['app_id']}/clock", {"speed": 10})
    status, two = await live.control("POST", f"/worlds/{one['app_id']}/neighbours")
    assert status == 201
    base = one["door"]["api_base"]
    tokens = [await live.token(bot["app_id"], bot["secret"], base) for bot in (one, two)]

    ids = []
    for token in (*tokens, "nobody's"):
        async with live.http.get(f"{base}/users/@me", headers={"authorization": f"QQBot {token}"}) as answer:
            ids.append((answer.status, (await answer.json()).get("id")))
    first, second, third = ids
    assert first[0] == second[0] == 200
    assert first[1] != second[1]
    assert third[0] == 401

    calls = []
    for bot in (one, two):
        _, journal = await live.control("GET", f"/worlds/{bot['app_id']}/journal?kind=http.request")
        calls.append([entry["operation"] for entry in journal["entries"]])
    token_call, me = "POST /app/getAppAccessToken", "GET /users/@me"
    assert calls == [[token_call, me, me], [token_call, me]]
    _, clock = await live.control("GET", f"/worlds/{two['app_id']}/clock")
    _, settings = await live.control("PATCH", f"/worlds/{two['app_id']}/settings", {})
    assert (clock["speed"], settings["shards"]) == (10, 3)


async def test_a_stranger_is_not_known_at_the_door(live):
    _, one = await live.control("POST", "/worlds", {"own_door": True})
    await live.control("POST", f"/worlds/{one['app_id']}/neighbours")
    token = await live.token()
    headers = {"authorization": f"QQBot {token}"}
    async with live.http.get(f"{one['door']['api_base']}/users/@me", headers=headers) as answer:
        assert answer.status == 401
    body = {"appId": live.app_id, "clientSecret": live.secret}
    async with live.http.post(one["door"]["token_url"], json=body) as answer:
        assert (await answer.json())["code"] == 100007


async def test_a_removed_neighbour_is_a_stranger(live):
    _, one = await live.control("POST", "/worlds", {"own_door": True})
    _, two = await live.control("POST", f"/worlds/{one['app_id']}/neighbours")
    await live.control("DELETE", f"/worlds/{two['app_id']}")
    body = {"appId": two["app_id"], "clientSecret": two["secret"]}
    async with live.http.post(one["door"]["token_url"], json=body) as answer:
        assert (await answer.json())["code"] == 100007
