"""The whole client against a running server: real sockets, judged by the journal."""

import asyncio
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from fakeqq.launch.control import Control
from fakeqq.launch.server import ServerProcess
from reference_client import client as shell
from reference_client import startup, workers
from reference_client.bot import Bot
from reference_client.client import StoppedByPlatformError
from reference_client.http import origin as http
from reference_client.phases import Phase

PAGE = (Path(__file__).parents[2] / "docs" / "reference-client.md").read_text(encoding="utf-8")
SEND = "POST /v2/users/{openid}/messages"
SOON = 20.0


@pytest.fixture(scope="module")
def server():
    with ServerProcess() as process:
        yield process


@pytest.fixture
def world(server):
    """A world with a door of its own: all that comes through it is in its journal."""
    with Control(server.ready.control_url) as control:
        world = control.create_world(own_door=True)
        yield world
        world.delete()


class Running:
    """A bot in a thread, with an event loop of its own."""

    def __init__(self, world, **options):
        self.tasks_left = None
        self.error = None
        self.gates = {}
        self.handled = []
        self.bot = Bot(
            world.app_id,
            options.pop("secret", world.secret),
            api_base=options.pop("api_base", world.door["api_base"]),
            token_url=options.pop("token_url", world.door["token_url"]),
            **options,
        )
        self.bot.on_message(self.echo)
        self.thread = threading.Thread(target=lambda: asyncio.run(self.run()))
        self.thread.start()

    async def run(self):
        self.loop = asyncio.get_running_loop()
        try:
            await self.bot.start()
        except StoppedByPlatformError as error:
            self.error = error
        self.tasks_left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]

    async def echo(self, message):
        self.handled.append(message.text)
        if message.text.startswith("hang"):
            await asyncio.Event().wait()
        if message.text.startswith("stream"):
            async with message.stream() as stream:
                await stream.write("one")
        if message.text.startswith("fail"):
            raise LookupError
        for number in range(int(message.text.split()[1]) if message.text.startswith("burst") else 1):
            await message.reply(f"echo {message.text} {number}")

    def stop(self):
        """End it; the seconds that took."""
        began = time.monotonic()
        self.loop.call_soon_threadsafe(self.bot.stop)
        self.thread.join(10)
        assert not self.thread.is_alive()
        return time.monotonic() - began


@pytest.fixture
def launch(world):
    """Start bots of this world; all of them end with the test, and leave no task behind."""
    bots = []

    def start(**options):
        bots.append(Running(world, **options))
        return bots[-1]

    yield start
    for bot in bots:
        if bot.thread.is_alive():
            bot.stop()
        assert bot.tasks_left == []


@pytest.fixture
def online(world, launch):
    bot = launch()
    await_online(world)
    return bot


def await_online(world, count=1):
    world.wait({"kind": "ws.out", "t": {"in": ["READY", "RESUMED"]}}, count=count, timeout=SOON)


def sees(world, text, count=1):
    return world.wait({"kind": "user.sees", "text": {"contains": text}}, count=count, timeout=SOON)


def logins(world):
    return [entry["op"] for entry in world.journal(kind="ws.in") if entry["op"] in {2, 6}]


@pytest.mark.usefixtures("online")
def test_it_comes_online_and_answers_once(world):
    said = world.say("ping")
    answer = sees(world, "ping")[0]
    assert answer["reply_to"] == said["message_id"]
    assert not answer["proactive"]
    assert logins(world) == [2]
    assert world.count({"kind": "http.request", "operation": "POST /app/getAppAccessToken"}) == 1
    assert world.count({"kind": "http.request", "operation": "GET /gateway/bot"}) == 1


@pytest.mark.usefixtures("online")
def test_it_answers_in_groups(world):
    group = world.group()
    world.say("hello group", group=group["group_openid"])
    assert sees(world, "hello group")[0]["scene"] == "group"


def test_it_stops_soon_and_says_goodbye(world, online):
    assert online.stop() < 2.0
    closed = world.wait({"kind": "ws.close"}, timeout=SOON)[0]
    assert (closed["by"], closed["code"]) == ("client", 1000)


@pytest.mark.usefixtures("online")
def test_op_7_is_answered_by_leaving_and_resuming(world):
    world.say("before")
    sees(world, "before")
    world.reconnect(then_close=None)
    world.wait({"kind": "ws.out", "t": "RESUMED"}, timeout=SOON)
    world.say("after")
    sees(world, "after")
    assert logins(world) == [2, 6]
    assert len(world.connections()) == 1


@pytest.mark.usefixtures("online")
def test_what_was_said_meanwhile_is_answered_once(world):
    world.drop()
    world.say("are you there")
    sees(world, "are you there")
    await_online(world, 2)
    assert world.count({"kind": "user.sees"}) == 1


@pytest.mark.usefixtures("online")
def test_a_session_that_is_forgotten_is_begun_anew(world):
    world.forget_sessions()
    world.close(4009)
    world.wait({"kind": "ws.in", "op": 2}, count=2, timeout=SOON)
    await_online(world, 2)
    world.say("again")
    sees(world, "again")


def test_an_identify_that_must_wait_its_turn_leaves_when_its_turn_comes(world, launch):
    refusal = {"verb": "invalid-session", "resumable": False, "then_close": 4903, "after": 0}
    world.faults([{"name": "refused", "on": "receive: IDENTIFY", "nth": 1, "times": 1, "do": [refusal]}])
    launch()
    await_online(world)
    first, second = world.wait({"kind": "ws.in", "op": 2}, count=2, timeout=SOON)
    assert 5.0 <= second["elapsed"] - first["elapsed"] < 8.0


def test_silence_of_heartbeats_is_noticed(world, launch):
    world.settings(heartbeat_interval_ms=300)
    launch()
    await_online(world)
    world.wait({"kind": "ws.out", "op": 11}, count=2, timeout=SOON)
    world.mute_acks(True)
    world.wait({"kind": "ws.in", "op": 6}, timeout=SOON)
    world.mute_acks(False)
    await_online(world, 2)


def test_an_open_stream_whose_sends_hang_holds_up_no_stop(world, online, monkeypatch):
    monkeypatch.setattr(workers, "PARTING", 0.3)
    world.faults([{"name": "stuck", "on": f"http: {SEND}", "nth": 1, "times": None, "do": [{"verb": "hang"}]}])
    world.say("stream")
    world.wait({"kind": "fault", "fault": "stuck"}, timeout=SOON)
    assert online.stop() < 3.0


def test_run_works_in_any_thread_and_ends_with_stop(world):
    bot = Bot(world.app_id, world.secret, api_base=world.door["api_base"], token_url=world.door["token_url"])
    failures = []

    def run():
        try:
            bot.run()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    await_online(world)
    bot.stop()
    thread.join(5)
    assert not thread.is_alive()
    assert failures == []


def test_no_secret_and_no_token_is_ever_logged(world, launch, caplog):
    with caplog.at_level(logging.DEBUG):
        world.faults([{"name": "no", "on": f"http: {SEND}", "times": 1, "do": [{"verb": "html", "status": 502}]}])
        bot = launch()
        await_online(world)
        world.revoke_tokens()
        world.say("one")
        sees(world, "one")
        world.close(4004)
        await_online(world, 2)
        assert bot.stop() < 5.0
        wrong = launch(secret="quite-wrong")
        world.wait({"kind": "http.response", "error": "secret_invalid"}, timeout=SOON)
        assert wrong.stop() < 5.0
    bodies = [entry["body"] for entry in world.journal(kind="http.response")]
    tokens = [body["access_token"] for body in bodies if isinstance(body, dict) and "access_token" in body]
    assert len(tokens) >= 2
    assert "session.ready" in caplog.text
    for secret in (world.secret, "quite-wrong", *tokens):
        assert secret[:8] not in caplog.text, "a part of it is too much"


def test_it_can_be_asked_what_it_did_and_tells_of_each_transition(world, launch):
    told = []
    bot = launch(on_transition=told.append)
    await_online(world)
    world.faults([{"name": "no", "on": f"http: {SEND}", "times": 1, "do": [{"verb": "error", "name": "system_busy"}]}])
    world.say("one")
    sees(world, "one")
    world.close(4009)
    await_online(world, 2)
    bot.stop()
    expected = {"events": 1, "connections": 1, "reconnects": 1, "identifies": 1, "resumes": 1, "sends": 1}
    counts = bot.bot.counts
    assert expected.items() <= counts.items()
    assert (counts["sends_again"], [name for name in counts if name.startswith("refused_")]) == (
        1,
        ["refused_500"],
    )
    assert ("READY", "RESTING") in [(each.before, each.after) for each in told]
    assert told[-1].after == "STOPPED"


def test_the_example_of_the_page_tells_and_counts(world, monkeypatch, capsys):
    example = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    addresses = {"APP_ID": world.app_id, "SECRET": world.secret} | {
        "API_BASE": world.door["api_base"],
        "TOKEN_URL": world.door["token_url"],
    }
    for name, value in addresses.items():
        monkeypatch.setenv(f"FAKEQQ_{name}", value)
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


WAITS = {
    "for a token": ("http: POST /app/getAppAccessToken", {"verb": "hang"}),
    "to ask for a token again": ("http: POST /app/getAppAccessToken", {"verb": "html", "status": 502}),
    "for the address": ("http: GET /gateway/bot", {"verb": "hang"}),
    "to ask for the address again": ("http: GET /gateway/bot", {"verb": "html", "status": 502}),
    "for the upgrade": ("connect", {"verb": "hang"}),
    "to dial again": ("connect", {"verb": "refuse", "status": 503}),
    "for HELLO": ("ws: HELLO", {"verb": "drop"}),
    "for READY": ("ws: READY", {"verb": "drop"}),
}


@pytest.mark.parametrize("wait", WAITS)
async def test_start_can_be_cancelled_while_it_waits(world, wait):
    on, verb = WAITS[wait]
    world.faults([{"name": "stuck", "on": on, "nth": 1, "times": None, "do": [verb]}])
    bot = Bot(world.app_id, world.secret, api_base=world.door["api_base"], token_url=world.door["token_url"])
    start = asyncio.create_task(bot.start())
    await asyncio.to_thread(world.wait, {"kind": "fault", "fault": "stuck"}, timeout=SOON)
    start.cancel()
    done, _ = await asyncio.wait({start}, timeout=5.0)
    assert done
    assert start.cancelled()
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_a_fatal_code_ends_it_with_a_reason(world, online):
    world.close(4914)
    online.thread.join(10)
    assert "4914" in str(online.error)
    assert logins(world) == [2]


@pytest.mark.usefixtures("online")
def test_4004_brings_a_new_token(world):
    world.revoke_tokens()
    world.close(4004)
    world.wait({"kind": "ws.in", "op": {"in": [2, 6]}}, count=2, timeout=SOON)
    await_online(world, 2)
    assert world.count({"kind": "http.request", "operation": "POST /app/getAppAccessToken"}) == 2


@pytest.mark.usefixtures("online")
def test_a_revoked_token_is_replaced_on_a_send(world):
    world.revoke_tokens()
    world.say("still there")
    sees(world, "still there")
    assert world.count({"kind": "http.request", "operation": "POST /app/getAppAccessToken"}) == 2
    assert world.count({"kind": "http.request", "operation": SEND}) == 2


@pytest.mark.usefixtures("online")
def test_one_hanging_handler_and_one_failing_handler_stop_nobody(world):
    world.say("hang")
    world.say("fail")
    for number in range(20):
        world.say(f"quick-{number}.")
    for number in range(20):
        sees(world, f"quick-{number}.")


@pytest.mark.usefixtures("online")
def test_replies_are_numbered(world):
    world.say("burst 4")
    answers = sees(world, "burst", count=4)
    assert len({answer["msg_seq"] for answer in answers}) == 4


@pytest.mark.parametrize(
    "verb",
    [
        {"verb": "answer", "status": 500, "body": "busy"},
        {"verb": "error", "name": "system_busy"},
        {"verb": "disconnect", "effect": "before"},
        {"verb": "disconnect", "effect": "after"},
        {"verb": "truncate", "bytes": 5},
        {"verb": "empty"},
        {"verb": "html", "status": 502},
        {"verb": "error", "name": "msg_id_expired"},
        {"verb": "error", "name": "msg_id_expired_second_wording"},
        {"verb": "error", "name": "message_duplicated"},
        {"verb": "error", "name": "gateway_rate_limited"},
        {"verb": "error", "name": "msg_limit_exceed"},
    ],
    ids=lambda verb: "-".join(str(value) for value in verb.values()),
)
@pytest.mark.usefixtures("online")
def test_a_bad_moment_of_a_send_is_survived_and_the_user_sees_it_once(world, verb):
    world.faults([{"name": "bad", "on": f"http: {SEND}", "nth": 1, "times": 1, "do": [verb]}])
    world.say("first")
    world.say("second")
    sees(world, "first")
    sees(world, "second")
    assert world.count({"kind": "user.sees"}) == 2


@pytest.fixture
def quick_start(monkeypatch):
    """Start-up waits of a tenth; their lengths are tested with the cores."""
    monkeypatch.setattr(startup, "START_STEPS", (0.2, 0.3, 0.5))
    monkeypatch.setattr(startup, "LIMITED_PAUSE", 0.6)


@pytest.mark.parametrize("target", ["GET /gateway/bot", "POST /app/getAppAccessToken"])
@pytest.mark.parametrize(
    "verb",
    [
        {"verb": "empty"},
        {"verb": "answer", "status": 500, "body": "busy"},
        {"verb": "html", "status": 502},
        {"verb": "malformed"},
        {"verb": "answer", "status": 200, "body": None},
        {"verb": "answer", "status": 200, "body": {"url": None, "access_token": None}},
        {"verb": "error", "name": "gateway_rate_limited"},
        {"verb": "disconnect", "effect": "before"},
    ],
    ids=lambda verb: "-".join(str(value) for value in verb.values()),
)
@pytest.mark.usefixtures("quick_start")
def test_a_bad_start_is_survived(world, launch, target, verb):
    world.faults([{"name": "bad", "on": f"http: {target}", "nth": 1, "times": 2, "do": [verb]}])
    launch()
    await_online(world)
    assert world.faults()[0]["hits"] == 2
    world.say("hello")
    sees(world, "hello")


@pytest.mark.parametrize("url", ["wss://.x", f"wss://{'a' * 64}.com", "wss://[::1", "wss://a b"])
@pytest.mark.usefixtures("quick_start")
def test_an_address_that_is_none_is_survived(world, launch, url):
    limit = {"total": 1000, "remaining": 999, "reset_after": 1000, "max_concurrency": 1}
    verb = {"verb": "answer", "status": 200, "body": {"url": url, "shards": 1, "session_start_limit": limit}}
    world.faults([{"name": "bad", "on": "http: GET /gateway/bot", "nth": 1, "times": 1, "do": [verb]}])
    launch()
    await_online(world)


@pytest.mark.usefixtures("quick_start")
def test_a_slow_platform_is_given_up_and_asked_again(world, launch, monkeypatch):
    monkeypatch.setattr(http, "TIMEOUT", 0.5)
    world.faults([{"name": "hang", "on": "http: GET /gateway/bot", "nth": 1, "times": 1, "do": [{"verb": "hang"}]}])
    launch()
    await_online(world)


def test_rejected_credentials_are_not_hammered_with(world, launch):
    bot = launch(secret="wrong")
    world.wait({"kind": "http.response", "operation": "POST /app/getAppAccessToken"}, timeout=SOON)
    time.sleep(1.0)  # the absence of calls is what is looked for
    assert world.count({"kind": "http.request"}) == 1
    assert bot.stop() < 2.0


@pytest.mark.usefixtures("world", "quick_start")
def test_nobody_listening_is_waited_out(launch):
    bot = launch(token_url="http://127.0.0.1:1/app/getAppAccessToken")
    time.sleep(0.3)  # some refusals
    assert bot.thread.is_alive()
    assert bot.stop() < 2.0


@pytest.mark.parametrize("verb", [{"verb": "refuse", "status": 503}, {"verb": "disconnect"}])
def test_a_refused_upgrade_is_tried_again_without_asking_for_the_address(world, launch, verb):
    world.faults([{"name": "closed", "on": "connect", "nth": 1, "times": 2, "do": [verb]}])
    launch()
    await_online(world)
    assert world.count({"kind": "http.request", "operation": "GET /gateway/bot"}) == 1


def test_an_upgrade_that_hangs_is_stopped_at_once(world, launch):
    world.faults([{"name": "hang", "on": "connect", "nth": 1, "times": None, "do": [{"verb": "hang"}]}])
    bot = launch()
    world.wait({"kind": "fault", "fault": "hang"}, timeout=SOON)
    assert bot.stop() < 2.0


def test_shards_have_a_connection_each(world, launch):
    world.settings(shards=2, max_concurrency=2)
    launch()
    await_online(world, 2)
    assert sorted(connection["shard"] for connection in world.connections()) == [[0, 2], [1, 2]]


def test_a_mistake_of_ours_ends_the_client_instead_of_deafening_it(world, monkeypatch):
    def broken(*_arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(shell.Gateway, "opened", broken)
    bot = Bot(world.app_id, world.secret, api_base=world.door["api_base"], token_url=world.door["token_url"])
    with pytest.raises(ZeroDivisionError):
        asyncio.run(asyncio.wait_for(bot.start(), 10))


# The program


def environment(world, **changes):
    door = world.door
    given = {
        "FAKEQQ_APP_ID": world.app_id,
        "FAKEQQ_SECRET": world.secret,
        "FAKEQQ_API_BASE": door["api_base"],
        "FAKEQQ_TOKEN_URL": door["token_url"],
    }
    return {**os.environ, **given, **changes}


@pytest.fixture
def program(world):
    """`python -m reference_client` as a process."""
    started = []

    def start(**changes):
        process = subprocess.Popen(
            [sys.executable, "-m", "reference_client"],
            env=environment(world, **changes),
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
