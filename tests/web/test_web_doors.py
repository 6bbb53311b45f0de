"""A world's own door, closed and opened again: real TCP, refused by the kernel."""

import asyncio
import json
import socket
import ssl

import pytest

from fakeqq.launch import certificates
from fakeqq.web import listeners
from web.live import serving, until
from web.test_adopt import Visitor


class Place:
    """A world with a door of its own."""

    def __init__(self, live, made):
        self.live = live
        self.app_id, self.secret, self.door = made["app_id"], made["secret"], made["door"]

    async def move(self, **body):
        return await self.live.control("POST", f"/worlds/{self.app_id}/door", body)

    async def journal(self, kind):
        _, answer = await self.live.control("GET", f"/worlds/{self.app_id}/journal?kind={kind}")
        return answer["entries"]

    async def login(self, socket):
        await self.live.login(socket, token=await self.live.token(self.app_id, self.secret))


async def place_of(live):
    _, made = await live.control("POST", "/worlds", {"own_door": True})
    return Place(live, made)


@pytest.fixture
async def place(live):
    return await place_of(live)


async def reach(port):
    """Connect and leave; raises as the kernel says."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await writer.wait_closed()


async def test_a_closed_door_refuses_and_an_open_one_lets_in(place):
    for _ in range(3):
        assert await place.move(open=False) == (200, {"open": False})
        with pytest.raises(ConnectionRefusedError):
            await reach(place.door["port"])
        assert await place.move(open=True) == (200, {"open": True})
        await reach(place.door["port"])


async def test_the_port_stays_the_worlds(place):
    await place.move(open=False)
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", place.door["port"]))


async def test_both_ports_are_closed(tmp_path):
    files = certificates.issue(tmp_path)
    async with serving(tls_port=0, tls_chain=files.chain, tls_key=files.key) as live:
        place = await place_of(live)
        await place.move(open=False)
        for port in (place.door["port"], place.door["tls_port"]):
            with pytest.raises(ConnectionRefusedError):
                await reach(port)
        await place.move(open=True)
        context = ssl.create_default_context(cafile=files.ca)
        async with live.http.get(f"https://127.0.0.1:{place.door['tls_port']}/gateway", ssl=context) as answer:
            assert answer.status == 401


async def test_who_was_inside_stays(live, place):
    async with live.socket(place.door["gateway_url"]) as socket:
        await place.login(socket)
        await place.move(open=False)
        await socket.send('{"op":1,"d":1}')
        assert json.loads(await socket.recv())["op"] == 11


async def test_who_was_inside_is_reset_if_wanted(live, place):
    reader, _ = await asyncio.open_connection("127.0.0.1", place.door["port"])
    async with live.socket(place.door["gateway_url"]) as silent, live.socket(place.door["gateway_url"]) as socket:
        await place.login(socket)
        await silent.recv()
        await place.move(open=False, drop=True)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        for each in (socket, silent):
            await each.wait_closed()
            assert each.close_code == 1006
    await until(lambda: not live.server.platform.world(place.app_id).live_connections())
    assert [(entry["by"], entry["code"]) for entry in await place.journal("ws.close")] == [("server", None)] * 2


async def test_other_doors_stay_open(live, place):
    other = await place_of(live)
    async with live.online() as elsewhere:
        await place.move(open=False, drop=True)
        await reach(other.door["port"])
        await elsewhere.send('{"op":1,"d":1}')
        assert json.loads(await elsewhere.recv())["op"] == 11


async def test_who_waits_to_be_accepted_is_refused_too(place):
    listener = next(iter(place.live.server._listeners.of(place.app_id)))
    with socket.socket() as waiting:
        waiting.connect(("127.0.0.1", place.door["port"]))
        listener.shut()
        with pytest.raises(ConnectionResetError):
            waiting.recv(1)


async def test_a_world_behind_the_common_door_is_told_what_to_do(live):
    status, answer = await live.control("POST", f"/worlds/{live.app_id}/door", {"open": False})
    assert (status, answer["error"]["code"], answer["error"]["suggestion"]) == (409, "no_own_door", "own_door")
    assert "POST /_fakeqq/worlds" in answer["error"]["message"]
    await reach(live.ready["port"])


BEFORE_LOGIN = [
    ("PUT", "faults", [{"name": "f", "on": "connect", "do": [{"verb": "hang"}]}]),
    ("PUT", "faults", [{"name": "f", "on": "ws: HELLO", "do": [{"verb": "drop"}]}]),
    ("POST", "scenario", {"name": "no-hello"}),
    ("POST", "scenario", {"name": "upgrade-unanswered"}),
    ("PATCH", "settings", {"heartbeat_interval_ms": 200}),
]


@pytest.mark.parametrize(("method", "what", "body"), BEFORE_LOGIN)
async def test_what_comes_before_a_login_needs_a_door_of_its_own_beside_other_worlds(live, place, method, what, body):
    path = f"/worlds/{live.app_id}"
    before = await live.control("GET", path)
    status, answer = await live.control(method, f"{path}/{what}", body)
    assert (status, answer["error"]["code"], answer["error"]["suggestion"]) == (409, "no_own_door", "own_door")
    assert (await live.control("GET", path))[1]["settings"] == before[1]["settings"]
    assert (await live.control("GET", f"{path}/faults"))[1] == {"faults": []}
    assert (await live.control(method, f"/worlds/{place.app_id}/{what}", body))[0] == 200


@pytest.mark.parametrize(("method", "what", "body"), BEFORE_LOGIN)
async def test_the_only_world_needs_no_door_of_its_own(live, method, what, body):
    assert (await live.control(method, f"/worlds/{live.app_id}/{what}", body))[0] == 200


async def test_a_handed_socket_is_closed_and_opened_too(live):
    _, made = await live.control("POST", "/worlds")
    place = Place(live, made)
    visitor = Visitor(live.ready["adopt_socket"])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        # As in a namespace, where the port was asked for by its number.
        listening.close()
        with socket.create_server(("127.0.0.1", port)) as again:
            visitor.hand_in({"tls": False, "app_id": place.app_id}, again)
            assert await visitor.answer() == {"ok": True}
    assert await place.move(open=False) == (200, {"open": False})
    with pytest.raises(ConnectionRefusedError):
        await reach(port)
    await place.move(open=True)
    await reach(port)
    visitor.leave()
    await until(lambda: not live.server._listeners.of(place.app_id))
    assert (await place.move(open=False))[0] == 409


async def test_a_socket_handed_in_while_the_door_is_closed_waits_for_it_to_open(live, place):
    await place.move(open=False)
    visitor = Visitor(live.ready["adopt_socket"])
    with socket.create_server(("127.0.0.1", 0)) as finder:
        port = finder.getsockname()[1]
    with socket.create_server(("127.0.0.1", port)) as listening:
        visitor.hand_in({"tls": False, "app_id": place.app_id}, listening)
        assert await visitor.answer() == {"ok": True}
    with pytest.raises(ConnectionRefusedError):
        await reach(port)
    await place.move(open=True)
    await reach(port)
    visitor.leave()


@pytest.mark.parametrize("end", ["reset", "delete"])
async def test_a_world_that_begins_anew_or_ends_leaves_no_closed_door(live, place, end):
    await place.move(open=False)
    if end == "reset":
        await live.control("POST", f"/worlds/{place.app_id}/reset")
        await reach(place.door["port"])
    else:
        await live.control("DELETE", f"/worlds/{place.app_id}")
        assert live.server._listeners.of(place.app_id) == []
        assert live.server.platform.doors.is_open(place.app_id)


async def test_a_server_stops_while_doors_are_closed_or_open_at_that_moment():
    async with serving() as live:
        closed, opening = await place_of(live), await place_of(live)
        await closed.move(open=False)
        await opening.move(open=False)
        live.server.platform.doors.move(opening.app_id, is_open=True)
        live.server.flush()


async def test_the_last_word_counts(live, place):
    doors = live.server.platform.doors
    for is_open in (False, True, False):
        doors.move(place.app_id, is_open=is_open)
    live.server.flush()
    await live.server._doors.settled()
    with pytest.raises(ConnectionRefusedError):
        await reach(place.door["port"])


async def test_a_scenario_closes_the_door_for_a_while(live, place):
    steps = [
        {"on": "ws: READY", "do": [{"act": "door", "open": False, "drop": True}]},
        {"on": "ws: READY", "after": 0.3, "do": [{"act": "door", "open": True}]},
    ]
    await live.control("POST", f"/worlds/{place.app_id}/scenario", {"inline": {"timeline": steps}})
    async with live.socket(place.door["gateway_url"]) as socket:
        await place.login(socket)
        await socket.wait_closed()
    with pytest.raises(ConnectionRefusedError):
        await reach(place.door["port"])
    where = {"kind": "scenario", "action": "door", "details.open": True}
    await live.control("POST", f"/worlds/{place.app_id}/journal/wait", {"where": where})
    await live.server._doors.settled()
    await reach(place.door["port"])


async def test_a_scenario_without_a_door_to_close_says_so(live):
    steps = [{"do": [{"act": "door", "open": False}]}]
    await live.do("POST", "/scenario", {"inline": {"timeline": steps}})
    (entry,) = await live.wait({"kind": "scenario", "skipped": {"exists": True}})
    assert "own_door" in entry["skipped"]


async def test_where_a_listening_socket_cannot_be_shut_the_port_is_bound_again(place, monkeypatch):
    class Stubborn(socket.socket):
        def shutdown(self, how):
            raise OSError(how)

    monkeypatch.setattr(listeners.socket, "create_server", make_stubborn(Stubborn))
    listener = next(iter(place.live.server._listeners.of(place.app_id)))
    listener._socket = Stubborn(fileno=listener._socket.detach())
    for _ in range(2):
        await place.move(open=False)
        await until(lambda: not listening(place.door["port"]))
        await place.move(open=True)
        await reach(place.door["port"])


def make_stubborn(kind):
    real = socket.create_server
    return lambda *arguments, **options: kind(fileno=real(*arguments, **options).detach())


def listening(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
