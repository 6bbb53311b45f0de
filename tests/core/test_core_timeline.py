"""The timeline: after which moment, on which occurrence, what happens by itself, and to whom."""

import pytest

from core.stage import APP_ID, C2C, Stage, said
from fakeqq.core.doors import Move
from fakeqq.core.scenarios.actions import ACTIONS, action_name
from fakeqq.core.scenarios.scenario import parse
from fakeqq.core.webhooks.webhook import WebhookSettings


def stage_with(*timeline, **rest):
    return Stage(scenario=parse({"name": "my-day", "timeline": list(timeline), **rest}))


def pass_time(stage, seconds):
    stage.real += seconds
    stage.world.timeline.tick(stage.world.clock.at(stage.real + 1e-9))


def test_settings_and_faults_are_in_force_from_the_first_day():
    stage = stage_with(settings={"shards": 3}, faults=[{"name": "f", "on": "ws: READY", "do": [{"verb": "twice"}]}])
    assert stage.world.settings.shards == 3
    peer = stage.connect()
    peer.take()
    assert said(peer.identify()) == ["READY", "READY"]
    assert stage.entries("scenario")[0]["action"] == "begin"


def test_a_step_waits_for_its_moment_and_its_time():
    stage = stage_with({"on": "ws: READY", "after": 60, "do": [{"act": "reconnect"}]})
    assert stage.world.timeline.next_deadline() is None
    stage.real = 5.0
    peer, _ = stage.online()
    assert stage.world.timeline.next_deadline() == 65.0
    pass_time(stage, 59)
    assert peer.take() == []
    pass_time(stage, 1)
    assert said(peer.take()) == ["op7", 4009]
    (entry,) = [entry for entry in stage.entries("scenario") if entry["action"] == "reconnect"]
    assert entry["about"] == peer.connection.number


def test_it_is_done_to_the_connection_of_the_moment():
    stage = stage_with({"on": "ws: READY", "nth": 2, "do": [{"act": "close", "code": 4009}]})
    first, _ = stage.online()
    second, _ = stage.online()
    pass_time(stage, 0)
    assert first.take() == []
    assert said(second.take()) == [4009]


def test_a_moment_about_no_connection_means_all():
    stage = stage_with({"after": 10, "do": [{"act": "drop"}]})
    first, _ = stage.online()
    second, _ = stage.online()
    pass_time(stage, 10)
    assert said(first.take()) == said(second.take()) == ["drop"]


def test_every_lasts_as_long_as_the_connection():
    stage = stage_with({"on": "ws: READY", "after": 1, "every": 2, "do": [{"act": "say"}]})
    peer, _ = stage.online()
    for _ in range(5):
        pass_time(stage, 1)
    assert len(peer.take()) == 3
    peer.leave()
    pass_time(stage, 10)
    assert stage.world.timeline.next_deadline() is None


def test_what_a_late_timer_missed_is_made_up_for():
    stage = stage_with({"after": 1, "every": 1, "do": [{"act": "say"}]})
    pass_time(stage, 5)
    assert len(stage.entries("user.said")) == 5


def test_every_from_the_start_has_no_end():
    stage = stage_with({"after": 10, "every": 10, "do": [{"act": "say"}]})
    for _ in range(3):
        pass_time(stage, 10)
    assert len(stage.entries("user.said")) == 3
    assert stage.world.timeline.next_deadline() == 40.0


def stream(stage, route, **body):
    reply = stage.request("POST", f"/v2/users/{stage.world.people.user().openid}/{route}", body)
    assert reply.status == 200


@pytest.mark.parametrize(
    ("moment", "make"),
    [
        ("connect", lambda stage: stage.connect()),
        ("ws: HELLO", lambda stage: stage.connect()),
        ("receive: IDENTIFY", lambda stage: stage.online()),
        ("ws: READY", lambda stage: stage.online()),
        ("receive: HEARTBEAT", lambda stage: stage.online()[0].beat()),
        ("ws: ACK", lambda stage: stage.online()[0].beat()),
        ("ws: RECONNECT", lambda stage: stage.online()[0].connection.ask_to_reconnect(stage.now, None, 0)),
        ("ws: INVALID_SESSION", lambda stage: stage.connect().identify(intents=C2C | 1 << 9)),
        ("receive: RESUME", lambda stage: stage.connect().resume("x", 1)),
        ("ws: RESUMED", lambda stage: stage.connect().resume(stage.online()[1], 1)),
        ("dispatch: C2C_MESSAGE_CREATE", lambda stage: (stage.online(), stage.say())),
        ("dispatch: *", lambda stage: (stage.online(), stage.say())),
        ("stream: CHUNK", lambda stage: stream(stage, "messages", content="x\n", stream={"state": 1})),
        ("stream: FRAME", lambda stage: stream(stage, "stream_messages", content_raw="x")),
        ("http: GET /gateway/bot", lambda stage: stage.request("GET", "/gateway/bot")),
    ],
)
def test_moments_are_those_of_faults(moment, make):
    stage = stage_with({"on": moment, "do": [{"act": "revoke-tokens"}]})
    make(stage)
    assert stage.world.timeline.next_deadline() is not None


ONLINE = {
    "reconnect": ({}, ["op7", 4009]),
    "invalidate": ({"then_close": 4006}, ["op9", 4006]),
    "close": ({"code": 1000}, [1000]),
    "drop": ({}, ["drop"]),
    "say": ({}, ["C2C_MESSAGE_CREATE"]),
}


@pytest.mark.parametrize("act", ONLINE)
def test_what_a_bot_meets(act):
    fields, met = ONLINE[act]
    stage = stage_with({"after": 1, "do": [{"act": act, **fields}]})
    peer, _ = stage.online()
    pass_time(stage, 1)
    assert said(peer.take()) == met


def test_a_withheld_close_never_comes():
    stage = stage_with({"after": 1, "do": [{"act": "reconnect", "then_close": "never"}]})
    peer, _ = stage.online()
    pass_time(stage, 1)
    assert said(peer.take()) == ["op7"]


def do(stage_or_none=None, **action):
    stage = stage_or_none or stage_with({"after": 1, "do": [action]})
    pass_time(stage, 1)
    return stage


def test_what_changes_in_the_world():
    stage = stage_with({"after": 1, "do": [{"act": "mute-acks"}, {"act": "forget-sessions"}, {"act": "revoke-tokens"}]})
    token = stage.token()
    peer, _ = stage.online()
    do(stage)
    assert peer.beat() == []
    assert list(stage.world.sessions) == []
    assert not stage.world.tokens.is_valid(token, stage.now.world)
    before = stage.now.world
    assert do(act="advance", seconds=3600).now.world == before + 3600
    assert do(act="settings", change={"shards": 4}).world.settings.shards == 4
    faults = [{"name": "f", "on": "connect", "times": "for-ever", "do": [{"verb": "hang"}]}]
    assert do(act="faults", faults=faults).world.faults.as_json()[0]["times"] is None
    assert do(act="say", group=True).entries("user.said")[0]["scene"] == "group"


def test_the_door_is_closed_until_it_is_opened_or_the_day_ends():
    stage = stage_with({"after": 1, "do": [{"act": "door", "open": False, "drop": True}]})
    doors = stage.platform.doors
    doors.own.add(APP_ID)
    do(stage)
    assert not doors.is_open(APP_ID)
    stage.world.stage(parse({"timeline": [{"after": 1, "do": [{"act": "door", "open": True}]}]}), stage.now)
    assert doors.is_open(APP_ID)
    do(stage)
    opened = Move(APP_ID, is_open=True)
    assert doors.take_moves() == [Move(APP_ID, is_open=False, drop=True), opened, opened]


def test_what_goes_to_the_webhook():
    acts = [{"act": "push"}, {"act": "push", "tamper": "unsigned"}, {"act": "validate"}]
    stage = stage_with({"after": 1, "do": acts}, {"after": 2, "do": [{"act": "redeliver"}]})
    stage.world.webhook.configure(WebhookSettings(url="http://127.0.0.1/"))
    do(stage)
    first = stage.world.webhook.take_deliveries(stage.now)
    do(stage)
    (again,) = stage.world.webhook.take_deliveries(stage.now)
    assert [delivery.parcel.purpose.value for delivery in first] == ["staged", "staged", "validation"]
    assert again.body == first[0].body


def test_every_action_is_tested_here():
    tested = {*ONLINE, "mute-acks", "forget-sessions", "revoke-tokens", "advance", "settings", "faults", "door", "push",
              "redeliver", "validate"}  # fmt: skip
    assert tested == {action_name(action) for action in ACTIONS}


def test_what_cannot_happen_is_noted_and_the_rest_happens():
    stage = do(stage_with({"after": 1, "do": [{"act": "validate"}, {"act": "say"}]}))
    skipped = [entry for entry in stage.entries("scenario") if "skipped" in entry]
    assert [(entry["action"], "no webhook" in entry["skipped"]) for entry in skipped] == [("validate", True)]
    assert len(stage.entries("user.said")) == 1


def test_a_scenario_that_feeds_itself_is_bounded(monkeypatch):
    monkeypatch.setattr("fakeqq.core.scenarios.timeline.PENDING_LIMIT", 20)
    stage = stage_with({"on": "dispatch: *", "times": "for-ever", "do": [{"act": "say"}, {"act": "say"}]})
    stage.online()
    stage.say()
    for _ in range(8):
        pass_time(stage, 1)
    assert len(stage.world.timeline.as_json()["pending"]) == 20


def test_another_scenario_takes_over_and_none_ends_it():
    stage = stage_with({"every": 10, "do": [{"act": "say"}]}, settings={"shards": 2})
    stage.world.stage(
        parse({"name": "other", "faults": [{"name": "f", "on": "connect", "do": [{"verb": "hang"}]}]}), stage.now
    )
    assert stage.world.timeline.as_json() == {"scenario": "other", "pending": []}
    stage.world.stage(None, stage.now)
    assert stage.world.timeline is None
    assert stage.world.faults.as_json() == []
    assert stage.world.settings.shards == 2
    stage.online()
    assert [entry["action"] for entry in stage.entries("scenario")] == ["begin", "end", "begin", "end"]


def test_a_reset_begins_the_day_anew():
    stage = stage_with({"after": 10, "do": [{"act": "say"}]})
    stage.real = 100.0
    fresh = stage.platform.reset_world(APP_ID, stage.real)
    assert fresh.timeline.scenario.name == "my-day"
    assert fresh.timeline.next_deadline() == fresh.clock.at(stage.real).steady + 10


def test_the_platform_says_whose_timer_has_moved():
    stage = stage_with({"on": "ws: READY", "do": [{"act": "drop"}]})
    stage.platform.take_timelines_with_output()
    stage.online()
    assert stage.platform.take_timelines_with_output() == [stage.world.timeline]
    assert stage.platform.take_timelines_with_output() == []
