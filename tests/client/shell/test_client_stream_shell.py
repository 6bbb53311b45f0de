"""The commands of the adapter contract, by the program itself against a running server."""

import os
import subprocess
import sys

import pytest
from client_running import SOON

from fakeqq.launch.control import Control


@pytest.fixture(params=["chunks", "frames"])
def world(server, request):
    """A world in which the reference client is online, with streams of one kind."""
    with Control(server.ready.control_url) as control:
        world = control.create_world(own_door=True)
        environment = os.environ | {
            "FAKEQQ_APP_ID": world.app_id,
            "FAKEQQ_SECRET": world.secret,
            "FAKEQQ_API_BASE": world.door["api_base"],
            "FAKEQQ_TOKEN_URL": world.door["token_url"],
            "FAKEQQ_STREAM": request.param,
        }
        bot = subprocess.Popen([sys.executable, "-m", "reference_client"], env=environment)
        try:
            world.wait({"kind": "ws.out", "t": "READY"}, timeout=SOON)
            yield world
        finally:
            bot.terminate()
            assert bot.wait(SOON) == 0
            world.delete()


def test_the_commands_are_carried_out(world):
    world.say("stream 3 ping")
    (seen,) = world.wait({"kind": "user.sees", "text": {"contains": "stream 3"}}, timeout=SOON)
    assert seen["text"].strip() == "stream 3 ping (1/3) (2/3) (3/3)"
    assert not seen["unfinished"]
    world.say("stream-break")
    world.wait({"kind": "user.sees", "text": {"contains": "(4/4)"}}, timeout=SOON)
    said = [entry["text"].strip() for entry in world.journal(kind="user.sees")][1:]
    assert said == ["stream-break (1/4) (2/4)", "(3/4) (4/4)"]


def test_pictures_are_messages_of_their_own(world):
    world.say("image ping")
    (seen,) = world.wait({"kind": "user.sees", "text": {"contains": "image ping"}}, timeout=SOON)
    assert (seen["msg_type"], seen["proactive"]) == (7, False)
    (chat,) = world.chats()
    assert chat["messages"][-1]["media"]["content_type"] == "image/png"
    world.say("stream-image")
    world.wait({"kind": "user.sees", "text": {"contains": "(2/2)"}}, timeout=SOON)
    said = [(entry["msg_type"], entry["text"].strip()) for entry in world.journal(kind="user.sees")][1:]
    assert said == [(2, "stream-image (1/2)"), (7, ""), (2, "(2/2)")]


def test_in_a_group_a_stream_is_one_ordinary_message(world):
    world.say("stream 3", group=world.group()["group_openid"])
    (seen,) = world.wait({"kind": "user.sees", "text": {"contains": "stream 3"}}, timeout=SOON)
    assert (seen["scene"], seen["text"].strip()) == ("group", "stream 3 (1/3) (2/3) (3/3)")
    world.say("markdown # title")
    (seen,) = world.wait({"kind": "user.sees", "text": "# title"}, timeout=SOON)
    assert seen["msg_type"] == 2
    world.say("burst 3")
    assert len(world.wait({"kind": "user.sees", "text": {"contains": "burst 3"}}, count=3, timeout=SOON)) == 3
