"""`python -m reference_client` as a process, and the example of its page, against a running server."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from client_running import SOON, await_online, sees

import reference_client
from reference_client.phases import Phase

PAGE = (Path(__file__).parents[3] / "docs" / "reference-client.md").read_text(encoding="utf-8")


def account(world):
    """What the environment of a program says of its account and of where the platform is."""
    return {
        "FAKEQQ_APP_ID": world.app_id,
        "FAKEQQ_SECRET": world.secret,
        "FAKEQQ_API_BASE": world.door["api_base"],
        "FAKEQQ_TOKEN_URL": world.door["token_url"],
    }


@pytest.fixture
def program(world):
    """`python -m reference_client` as a process."""
    started = []

    def start(**changes):
        process = subprocess.Popen(
            [sys.executable, "-m", "reference_client"],
            env=os.environ | account(world) | changes,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_the_program_echoes_and_ends_with_0_on_sigterm(world, program):
    process = program()
    await_online(world)
    world.say("ping")
    sees(world, "ping")
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=5)
    assert process.returncode == 0
    assert "session.ready" in log
    assert world.secret not in log
    token = world.journal(kind="http.response")[0]["body"]["access_token"]
    assert token
    assert token not in log


def test_the_program_ends_with_1_and_a_reason_when_the_platform_refuses(world, program):
    process = program()
    await_online(world)
    world.close(4915)
    _, log = process.communicate(timeout=5)
    assert process.returncode == 1
    assert "4915" in log
    assert "banned" in log


@pytest.mark.usefixtures("world")
def test_the_program_ends_soon_when_it_is_stopped_in_a_back_off(program):
    process = program(FAKEQQ_TOKEN_URL="http://127.0.0.1:1/app/getAppAccessToken")
    assert "token.failed" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=3)
    assert process.returncode == 0


@pytest.mark.usefixtures("world")
def test_the_program_says_what_it_needs(program):
    process = program(FAKEQQ_SECRET="")
    _, log = process.communicate(timeout=5)
    assert process.returncode == 2
    assert "FAKEQQ_SECRET" in log


def ended(*words):
    """The program started with words, and without any account."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FAKEQQ_")}
    command = [sys.executable, "-m", "reference_client", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_tells_of_every_variable_with_examples(word):
    helped = ended(word)
    assert (helped.returncode, helped.stderr) == (0, "")
    assert helped.stdout.startswith("Usage: python -m reference_client\n")
    source = Path(reference_client.__file__).with_name("__main__.py").read_text(encoding="utf-8")
    for name in set(re.findall(r'"(FAKEQQ_\w+)"', source)):
        assert f"  {name} " in helped.stdout, name
    assert "fakeqq run -- python -m reference_client" in helped.stdout


def test_a_word_that_it_does_not_know_is_refused():
    refused = ended("--port", "1")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "reference_client: it takes no words, not '--port'; see --help\n"


def test_without_an_account_it_says_how_to_get_one():
    refused = ended()
    assert refused.returncode == 2
    assert refused.stderr == "reference_client: set FAKEQQ_APP_ID and FAKEQQ_SECRET; see --help\n"


def test_the_example_of_the_page_tells_and_counts(world, monkeypatch, capsys):
    example = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    for name, value in account(world).items():
        monkeypatch.setenv(name, value)
    names = {}
    thread = threading.Thread(target=exec, args=(example, names))
    thread.start()
    await_online(world)
    world.say("one")
    sees(world, "you said one")
    names["bot"].stop()
    thread.join(SOON)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == str(names["bot"].counts)
    assert "shard 0: AUTHENTICATING -> READY session.ready" in lines


def test_the_page_names_every_phase():
    assert re.findall(r"^\| ([A-Z]+) \|", PAGE, re.MULTILINE) == [phase.name for phase in Phase]
