"""Released clients, unmodified, come online by every way that can work for them, and answer."""

import re
import sys

import pytest
from interop_clients import CLIENTS, HERE, NONEBOT, need
from interop_programs import ANSWERS, FAKEQQ, STARTS, Program

from fakeqq.launch.via import Via, resolve

pytestmark = [pytest.mark.interop, pytest.mark.timeout(420)]

CASES = [pytest.param(client, way, id=f"{client.name}-{way}") for client in CLIENTS for way in client.ways]


def is_online(world):
    world.wait({"kind": "ws.out", "t": "READY"}, timeout=STARTS)


def answers(world, text, group=None):
    """A user speaks, and sees the same words as an answer to them."""
    said = world.say(text, group=group)
    (sight,) = world.wait({"kind": "user.sees", "text": {"contains": text}}, timeout=ANSWERS)
    assert sight["scene"] == ("c2c" if group is None else "group")
    assert sight["openid"] == (group or said["user"])
    assert sight["reply_to"] == said["message_id"]
    assert sight["proactive"] is False


@pytest.mark.parametrize(("client", "way"), CASES)
def test_a_client_comes_online_and_answers(client, way, tmp_path):
    need(client, way)
    command = [*FAKEQQ, "run", "--port", "0", "--via", way.value, "--", *client.command(way)]
    with Program(command, tmp_path) as program:
        is_online(program.world)
        answers(program.world, "ping 一 🐧")
        answers(program.world, "pong 二", group=program.world.group()["group_openid"])
        assert f"via {resolve(way)}" in program.printed


def test_the_lines_of_env_point_a_client_here(tmp_path):
    need(NONEBOT, Via.ENV)
    script = 'eval "$("$0" -m fakeqq env nonebot --url "$1")" && exec "$2" "$3"'
    with Program([*FAKEQQ, "serve", "--port", "0"], tmp_path) as server:
        shell = ["sh", "-c", script, sys.executable, server.control_url, *NONEBOT.command()]
        with Program(shell, tmp_path):
            is_online(server.world)
            answers(server.world, "ping")


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_bot_holds_no_address(client):
    source = (HERE / "bots" / client.bot).read_text()
    assert not re.search(r"://|\bqq\.com|127\.0|localhost|API_BASE|_URL\b", source)
