"""The program in webhook mode, against a running server that pushes to it."""

import os
import socket
import subprocess
import sys
import time

import httpx2
import pytest
from client_running import SOON

from fakeqq.launch.control import Control
from fakeqq.launch.server import ServerProcess
from reference_client.bot import Bot


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_listener(port):
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nobody listens")


def test_it_proves_its_address_answers_pushes_and_refuses_forgeries():
    with ServerProcess() as server, Control(server.ready.control_url) as control:
        world, port = control.create_world(own_door=True), free_port()
        environment = os.environ | {
            "FAKEQQ_APP_ID": world.app_id,
            "FAKEQQ_SECRET": world.secret,
            "FAKEQQ_API_BASE": world.door["api_base"],
            "FAKEQQ_TOKEN_URL": world.door["token_url"],
            "FAKEQQ_TRANSPORT": "webhook",
            "FAKEQQ_WEBHOOK_PORT": str(port),
        }
        bot = subprocess.Popen([sys.executable, "-m", "reference_client"], env=environment)
        try:
            await_listener(port)
            address = f"{server.ready.control_url}/worlds/{world.app_id}/webhook"
            httpx2.put(address, json={"url": f"http://127.0.0.1:{port}/qq"}).raise_for_status()
            assert httpx2.post(f"{address}/validate", timeout=SOON).json()["valid"]
            world.say("by webhook")
            (seen,) = world.wait({"kind": "user.sees"}, timeout=SOON)
            assert seen["text"] == "by webhook"
            forged = httpx2.post(f"{address}/push", json={"text": "forged", "tamper": "unsigned"}, timeout=SOON).json()
            assert forged["status"] == 401
            assert world.count({"kind": "user.sees"}) == 1
        finally:
            bot.terminate()
            assert bot.wait(SOON) == 0


def test_two_bots_have_one_port_and_each_its_own_secret():
    with ServerProcess() as server, Control(server.ready.control_url) as control:
        first = control.create_world(own_door=True)
        second, port = first.neighbour(), free_port()
        environment = os.environ | {
            "FAKEQQ_APP_ID": first.app_id,
            "FAKEQQ_SECRET": first.secret,
            "FAKEQQ_APP_ID_2": second.app_id,
            "FAKEQQ_SECRET_2": second.secret,
            "FAKEQQ_API_BASE": first.door["api_base"],
            "FAKEQQ_TOKEN_URL": first.door["token_url"],
            "FAKEQQ_TRANSPORT": "webhook",
            "FAKEQQ_WEBHOOK_PORT": str(port),
        }
        bot = subprocess.Popen([sys.executable, "-m", "reference_client"], env=environment)
        try:
            await_listener(port)
            for world, text in ((first, "to the first"), (second, "to the second")):
                world.webhook(f"http://127.0.0.1:{port}/qq")
                assert world.validate_webhook(timeout=SOON)["valid"]
                world.say(text)
                (seen,) = world.wait({"kind": "user.sees"}, timeout=SOON)
                assert seen["text"] == text
            assert second.push("forged", tamper="neighbour-key", timeout=SOON)["status"] == 401
        finally:
            bot.terminate()
            assert bot.wait(SOON) == 0


def test_without_a_port_there_is_one_account():
    with pytest.raises(ValueError, match="webhook_port"):
        Bot("1", "s").add_account("2", "t")


def test_without_a_port_it_says_what_is_missing():
    environment = os.environ | {"FAKEQQ_APP_ID": "1", "FAKEQQ_SECRET": "s", "FAKEQQ_TRANSPORT": "webhook"}
    run = subprocess.run(
        [sys.executable, "-m", "reference_client"], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "FAKEQQ_WEBHOOK_PORT" in run.stderr
