"""A scenario at work and deliveries that are not over, in the document of a world and in the world made of it."""

import copy
import json

import pytest

from core.stage import Stage
from core.test_snapshots import restored
from fakeqq.core import snapshots
from fakeqq.core.errors import ControlError
from fakeqq.core.scenarios.scenario import parse
from fakeqq.core.webhooks.webhook import WebhookSettings
from fakeqq.core.webhooks.webhook_answers import Answer

URL = "http://127.0.0.1:9/"
DAY = parse(
    {
        "name": "my-day",
        "faults": [{"name": "busy", "on": "http: GET /gateway/bot", "times": 2, "do": [{"verb": "html"}]}],
        "timeline": [
            {"after": 10, "every": 20, "do": [{"act": "say", "text": "by itself"}]},
            {"on": "ws: READY", "nth": 3, "do": [{"act": "close", "code": 4009}]},
            {"on": "ws: READY", "after": 5, "do": [{"act": "drop"}, {"act": "mute-acks"}]},
        ],
    }
)


def taken(stage):
    return snapshots.take(stage.world, stage.now)


def pass_time(stage, seconds):
    stage.real += seconds
    stage.world.timeline.tick(stage.now)
    stage.world.webhook.tick(stage.now)


def deliver(stage, status=200):
    """Answer all that is due; returns the bodies."""
    deliveries = stage.world.webhook.take_deliveries(stage.now)
    for delivery in deliveries:
        stage.world.webhook.answered(delivery.number, Answer(status, {}, b'{"op":12}'), stage.now)
    return [delivery.body for delivery in deliveries]


def test_a_scenario_goes_on():
    stage = Stage(scenario=DAY)
    stage.online()
    stage.online()
    stage.request("GET", "/gateway/bot")
    pass_time(stage, 4)
    again = restored(taken(stage))
    assert again.world.timeline.scenario == DAY
    assert taken(again) == taken(stage)
    assert again.entries("scenario")[0]["details"] == {"restored": True}
    assert again.world.faults.as_json()[0]["hits"] == 1
    peer, _ = again.online()
    pass_time(again, 0)
    assert peer.take()[0].code == 4009, "the third login of the day"
    other, _ = again.online()
    pass_time(again, 1)
    assert other.take() == [], "the drop was for a connection of another world"
    assert again.world.acks_muted
    pass_time(again, 4)
    assert not again.entries("user.said")
    pass_time(again, 1)
    pass_time(again, 20)
    assert [entry["text"] for entry in again.entries("user.said")] == ["by itself"] * 2


def test_what_repeats_for_a_connection_ends_with_it():
    day = {"timeline": [{"on": "ws: READY", "after": 1, "every": 1, "do": [{"act": "say"}]}]}
    stage = Stage(scenario=parse(day))
    stage.online()
    again = restored(taken(stage))
    pass_time(again, 5)
    assert again.world.timeline.next_deadline() is None
    assert not again.entries("user.said")


def test_a_world_with_a_day_of_its_own_does_not_meet_the_servers():
    server = {"faults": [{"name": "server", "on": "connect", "do": [{"verb": "hang"}]}]}
    for document, expected in ((taken(Stage(scenario=DAY)), "busy"), (taken(Stage()), "server")):
        other = Stage(scenario=parse(server))
        world = other.platform.create_world("4242", None, {}, 0.0, snapshot=document)
        assert [fault["name"] for fault in world.faults.as_json()] == [expected]


def test_deliveries_go_on():
    stage = Stage()
    stage.world.webhook.configure(WebhookSettings(url=URL, retry_after=30))
    faults = [("late", 1, {"verb": "delay", "seconds": 8}), ("after the next", 2, {"verb": "swap"})]
    stage.faults(*({"name": name, "on": "webhook: EVENT", "nth": nth, "do": [do]} for name, nth, do in faults))
    said = [stage.say(f"number {number}")["event_id"] for number in range(3)]
    (third,) = stage.world.webhook.take_deliveries(stage.now)
    stage.world.webhook.answered(third.number, Answer(500, {}, b""), stage.now)
    (second,) = stage.world.webhook.take_deliveries(stage.now)
    said.append(stage.say("waiting")["event_id"])
    stage.real += 4
    again = restored(taken(stage))
    assert again.world.webhook.as_json() == {**stage.world.webhook.as_json(), "waiting": 4, "in_flight": 0}
    assert ids([second.body]) == [said[1]]
    assert ids(deliver(again)) == [said[1], said[3]], "under way there, made again here; then what waited"
    again.real += 4
    again.world.webhook.tick(again.now)
    assert ids(deliver(again)) == [said[0]], "four of its eight seconds were over"
    again.real += 22
    again.world.webhook.tick(again.now)
    (retried,) = again.world.webhook.take_deliveries(again.now)
    assert (retried.body, retried.parcel.attempt) == (third.body, 2)


def ids(bodies):
    return [json.loads(body)["id"] for body in bodies]


def test_the_last_event_can_still_come_again():
    stage = Stage()
    stage.world.webhook.configure(WebhookSettings(url=URL))
    stage.say()
    sent = deliver(stage)
    again = restored(taken(stage))
    again.world.webhook.repeat(again.now)
    assert deliver(again) == sent


def damaged(document, path, value):
    broken = copy.deepcopy(document)
    place = broken["shelves"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return broken


def test_promises_that_make_no_sense_are_refused():
    stage = Stage(scenario=DAY)
    stage.world.webhook.configure(WebhookSettings(url=URL))
    stage.say()
    document = taken(stage)
    (parcel,) = document["shelves"]["deliveries"]["waiting"]
    for path, value in [
        (("day", "occurrences"), [1]),
        (("day", "pending", 0, "step"), 3),
        (("day", "scenario", "timeline", 0, "do", 0, "act"), "sing"),
        (("deliveries", "waiting"), [parcel, parcel]),
        (("deliveries", "waiting", 0, "purpose"), "fun"),
    ]:
        broken = damaged(document, path, value)
        with pytest.raises(ControlError):
            stage.platform.create_world("4242", None, {}, 0.0, snapshot=broken)
        assert stage.platform.known("4242") is None
