"""The whole client against a running server: real sockets, judged by the journal."""

import asyncio
import logging
import threading

import pytest
from client_running import SEND, SOON, await_online, logins, sees

from reference_client import client as shell
from reference_client import workers
from reference_client.bot import Bot
from reference_client.http import api, streams


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
    for holder in (workers, api, streams):
        monkeypatch.setattr(holder, "PARTING", 0.3)
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


def test_a_handler_that_ends_cancelled_is_told_of_and_its_event_is_finished(world, launch, tmp_path, caplog):
    handled = []

    async def handler(message):
        handled.append(message.text)
        if message.text == "cancelled":
            raise asyncio.CancelledError
        await message.reply(message.text)

    for number in (1, 2):
        bot = launch(session_file=str(tmp_path / "sessions.json"))
        bot.bot.on_message(handler)
        await_online(world, number)
        if number == 1:
            world.say("cancelled")
        world.say(f"after {number}.")
        sees(world, f"after {number}.")
        bot.stop()
    assert handled == ["cancelled", "after 1.", "after 2."]
    assert caplog.text.count("handler.failed") == 1
    assert logins(world) == [2, 6]


def test_a_bot_runs_once(world, launch):
    bot = launch()
    await_online(world)
    bot.stop()
    with pytest.raises(RuntimeError, match="runs once"):
        bot.bot.run()


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


def test_a_mistake_of_ours_ends_the_client_instead_of_deafening_it(world, monkeypatch):
    def broken(*_arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(shell.Gateway, "opened", broken)
    bot = Bot(world.app_id, world.secret, api_base=world.door["api_base"], token_url=world.door["token_url"])
    with pytest.raises(ZeroDivisionError):
        asyncio.run(asyncio.wait_for(bot.start(), 10))
