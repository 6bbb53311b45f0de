"""Every public coroutine method of the official Python SDK's API and of its messages, called by the SDK itself."""

import dataclasses
import json
import time

import pytest
from interop_clients import BOTPY, need
from interop_programs import ANSWERS, FAKEQQ, STARTS, Program

from fakeqq.launch.control import Control

pytestmark = [pytest.mark.interop, pytest.mark.timeout(420)]

CALLER = dataclasses.replace(BOTPY, bot="botpy_api.py")
DEMANDED = "GET /guilds/{guild_id}/message/setting"

# Where the SDK declares another type than the documents print, and ours is the documents'.
DECLARED_OTHERWISE = {
    "mention_everyone: bool, declared str",
    "remind_type: '2' is none of (0, 1, 2, 3, 4, 5)",
    "mute_multi_member: an answer where none is declared",
}

# What the SDK does not get done by itself (tencent-connect/botpy@e25f3e8): its form counts on a private name that
# aiohttp has had until 3.11 (botpy/http.py), and it numbers every answer to a message 1 (botpy/api.py).
NO_FORM = "AttributeError: '_FormData' object has no attribute '_is_processed'"
TWICE = "ServerError: 消息被去重，请检查请求msgseq"
KNOWN_FAILING = [
    ["post_message", NO_FORM, []],
    ["post_dms", NO_FORM, []],
    ["C2CMessage.reply", TWICE, []],
    ["GroupMessage.reply", TWICE, []],
]

# Events that the calls cause, with the fields that the SDK's objects have a value for. It has no parser for
# AUDIO_ON_MIC and AUDIO_OFF_MIC, as the documents name them: it waits for ON_MIC and OFF_MIC.
CAUSED = {
    "channel_create": {"id", "name", "type", "sub_type", "position", "owner_id", "event_id"},
    "channel_update": {"id", "name"},
    "channel_delete": {"id", "name"},
    "guild_member_update": {"user", "nick", "roles", "joined_at", "guild_id", "event_id"},
    "guild_member_remove": {"user", "guild_id"},
    "message_reaction_add": {"user_id", "channel_id", "guild_id", "emoji", "target", "event_id"},
    "message_reaction_remove": {"user_id", "emoji", "target"},
    "audio_start": {"channel_id", "guild_id", "audio_url", "text", "event_id"},
    "open_forum_thread_create": {"guild_id", "channel_id", "author_id"},
    "open_forum_thread_delete": {"guild_id", "channel_id", "author_id"},
}


def table(results):
    width = max(len(method) for method, _, _ in results)
    return "\n".join(f"{method:{width}}  {result}  {'; '.join(found)}".rstrip() for method, result, found in results)


def test_every_method_is_answered_with_what_the_sdk_expects(tmp_path, monkeypatch):
    need(CALLER)
    monkeypatch.setenv("FAKEQQ_TEST_START", str(int((time.time() + 3600) * 1000)))
    with Program([*FAKEQQ, "run", "--port", "0", "--", *CALLER.command()], tmp_path) as program:
        world = program.world
        world.wait({"kind": "ws.out", "t": "READY"}, timeout=STARTS)
        with Control(program.control_url) as control:
            place = f"/worlds/{world.app_id}"
            guild = control.call("POST", f"{place}/guilds", {"name": "home", "denied": [DEMANDED]})
            text = guild["channels"][0]["id"]
            control.call("POST", f"{place}/say", {"text": "hello", "channel": text})
            world.say("hello", scene="dm")
            world.say("hello")
            world.say("hello", group=world.group()["group_openid"])
            button = {"id": "a-button", "type": 11, "data": {"type": 11, "resolved": {"button_id": "1"}}}
            world.event("INTERACTION_CREATE", button)
            world.wait({"kind": "user.sees", "text": "all called"}, timeout=ANSWERS)
            told = json.loads((tmp_path / "botpy_api.json").read_text())
    results = told["results"]
    print(table(results))  # noqa: T201 - the table is what this test is for

    assert {method for method, _, _ in results} == set(told["methods"])
    assert [line for line in results if line[1] != "ok"] == KNOWN_FAILING
    wrong = [
        problem
        for _, _, found in results
        for problem in found
        if ": without " not in problem and not any(problem.endswith(known) for known in DECLARED_OTHERWISE)
    ]
    assert wrong == []
    heard = {event: set(fields) for event, fields in told["heard"]}
    assert heard.keys() == CAUSED.keys()
    assert {event: fields - heard[event] for event, fields in CAUSED.items() if fields - heard[event]} == {}
