"""The webhook's machine: what is delivered, when again, and to which addresses."""

import json

import pytest

from core.stage import APP_ID, SECRET
from core.webhook_stage import ACK, URL, answer, golden, is_signed_by, take
from fakeqq.core.errors import ControlError
from fakeqq.core.events.speech import Speech
from fakeqq.core.webhooks.webhook import CONCURRENCY, WAITING_LIMIT, WebhookSettings
from fakeqq.core.webhooks.webhook_answers import Answer, NoAnswer
from fakeqq.wire import limits

# -- what goes out ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("hook")
def test_an_event_is_delivered_as_captured(stage):
    said = stage.say()
    (delivery,) = take(stage)
    captured = golden("webhook_push")
    body = json.loads(delivery.body)
    assert list(body) == captured["keys"]
    assert (body["op"], body["id"], body["t"]) == (0, said["event_id"], "C2C_MESSAGE_CREATE")
    assert [name.lower() for name in delivery.headers] == captured["header_names"]
    assert {name.lower(): value for name, value in delivery.headers.items()}.items() >= captured["headers"].items()
    assert delivery.headers["X-Bot-Appid"] == APP_ID
    assert delivery.headers["X-Signature-Timestamp"] == str(int(stage.now.world))
    assert is_signed_by(delivery, SECRET)
    assert delivery.url == URL


@pytest.mark.usefixtures("hook")
def test_the_journal_has_the_raw_request_and_the_raw_answer(stage):
    stage.say()
    (delivery,) = take(stage)
    (request,) = stage.entries("webhook.request")
    assert request["body"].encode() == delivery.body
    assert request["headers"]["x-signature-method"] == "Ed25519"
    assert (request["purpose"], request["attempt"], request["tamper"]) == ("event", 1, None)
    response = answer(stage, delivery, Answer(200, {"X-Y": "z"}, b"ok"))
    assert response["request"] == request["id"]
    assert (response["status"], response["headers"], response["body"]) == (200, {"x-y": "z"}, "ok")
    assert response["acked"]


@pytest.mark.parametrize(
    ("transport", "pushed", "dispatched"), [("websocket", 0, 1), ("webhook", 1, 0), ("both", 1, 1)]
)
def test_the_transport_says_who_gets_an_event(stage, transport, pushed, dispatched):
    peer, _ = stage.online()
    stage.world.webhook.configure(WebhookSettings(url=URL, transport=transport))
    said = stage.say()
    assert len(take(stage)) == pushed
    assert len(peer.take()) == dispatched
    assert said["delivered"] == pushed + dispatched


def test_without_an_address_nothing_is_pushed(stage):
    stage.say()
    assert take(stage) == []
    assert stage.world.webhook.as_json()["transport"] == "websocket"


@pytest.mark.usefixtures("hook")
def test_an_event_without_listener_intents_is_pushed_too(stage):
    stage.world.raw_event("GUILD_CREATE", {"id": "1"}, None, stage.now)
    assert json.loads(take(stage)[0].body)["t"] == "GUILD_CREATE"


@pytest.mark.usefixtures("hook")
def test_replies_to_pushed_events_are_passive(stage):
    said = stage.say()
    answer(stage, take(stage)[0])
    assert stage.reply(said).status == 200
    event_reply = {"content": "again", "event_id": said["event_id"], "msg_seq": 2}
    assert stage.request("POST", f"/v2/users/{said['user']}/messages", event_reply).status == 200
    assert [seen["proactive"] for seen in stage.entries("user.sees")] == [False, False]


# -- again --------------------------------------------------------------------------------------------------------


def test_three_deliveries_with_one_id_then_never_again(stage, hook):
    stage.say()
    seen = []
    for _ in range(3):
        (delivery,) = take(stage)
        seen.append(delivery)
        answer(stage, delivery, Answer(500, {}, b""))
        stage.real += limits.WEBHOOK_RETRY_AFTER.value
        hook.tick(stage.now)
    assert take(stage) == []
    assert hook.next_deadline() is None
    assert len({delivery.body for delivery in seen}) == 1
    assert len({delivery.headers["X-Signature-Timestamp"] for delivery in seen}) == 3
    assert all(is_signed_by(delivery, SECRET) for delivery in seen)
    responses = stage.entries("webhook.response")
    assert [(entry["attempt"], entry["again_after"]) for entry in responses] == [(1, 1.0), (2, 1.0), (3, None)]


def test_not_again_before_its_time(stage, hook):
    stage.say()
    answer(stage, take(stage)[0], NoAnswer("no answer within 3 s"))
    assert hook.next_deadline() == stage.now.steady + limits.WEBHOOK_RETRY_AFTER.value
    stage.real += 0.5
    hook.tick(stage.now)
    assert take(stage) == []


def test_once_acknowledged_never_again(stage, hook):
    stage.say()
    answer(stage, take(stage)[0], Answer(200, {}, b'{"op":12,"d":1}'))
    stage.real += 1
    hook.tick(stage.now)
    answer(stage, take(stage)[0])
    assert hook.next_deadline() is None


@pytest.mark.usefixtures("hook")
@pytest.mark.parametrize(("choice", "outcome", "again_after"), [
    ("again", Answer(401, {}, b""), 1.0), ("given-up", Answer(400, {}, b""), None),
    ("given-up", Answer(499, {}, b""), None), ("given-up", Answer(302, {}, b""), 1.0),
    ("given-up", Answer(500, {}, b""), 1.0), ("given-up", NoAnswer("refused"), 1.0),
])  # fmt: skip
def test_whether_a_rejected_delivery_is_made_again(stage, choice, outcome, again_after):
    stage.set(switches={"webhook_4xx": choice})
    stage.say()
    response = answer(stage, take(stage)[0], outcome)
    assert (response["acked"], response["again_after"]) == (False, again_after)


@pytest.mark.usefixtures("hook")
def test_few_at_a_time_in_order(stage):
    ids = [stage.say(str(number))["event_id"] for number in range(CONCURRENCY + 2)]
    first = take(stage)
    assert take(stage) == []
    answer(stage, first[3])
    assert [delivery.parcel.event_id for delivery in [*first, *take(stage)]] == ids[: CONCURRENCY + 1]


@pytest.mark.usefixtures("hook")
def test_too_many_waiting_lose_the_oldest_and_say_so(stage):
    for _ in range(WAITING_LIMIT + 1):
        stage.world.raw_event("FRIEND_ADD", {}, None, stage.now)
    (lost,) = stage.entries("webhook.response")
    assert lost["request"] is None
    assert "never sent" in lost["why"]


# -- addresses and the end ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/x", "https://localhost:8443", "http://[::1]:80/", "http://127.9.9.9"]
)
def test_this_machine_is_welcome(stage, url):
    stage.world.webhook.configure(WebhookSettings(url=url))
    assert stage.world.webhook.takes_events


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://127.0.0.1/", "bad_url"),
        ("127.0.0.1:80", "bad_url"),
        ("http://", "bad_url"),
        ("http://127.0.0.1:99999/", "bad_url"),
        ("http://[::1", "bad_url"),
        ("http://example.com/", "foreign_url"),
        ("http://192.168.1.1/", "foreign_url"),
        ("http://localhost.example.com/", "foreign_url"),
    ],
)
def test_other_machines_are_refused(stage, url, code):
    with pytest.raises(ControlError) as refused:
        stage.world.webhook.configure(WebhookSettings(url=url))
    assert refused.value.code == code
    assert not stage.world.webhook.takes_events


def test_other_machines_are_welcome_where_the_server_allows_it(stage):
    stage.world.webhook.anywhere = True
    stage.world.webhook.configure(WebhookSettings(url="https://example.com/"))
    assert stage.world.webhook.takes_events


def test_what_needs_an_address_is_refused_without_one(stage):
    for ask in (
        lambda: stage.world.webhook.validate(stage.now),
        lambda: stage.world.push(Speech(text="ping"), stage.now),
        lambda: stage.world.webhook.repeat(stage.now),
    ):
        with pytest.raises(ControlError, match="no webhook"):
            ask()
    assert stage.entries("user.said") == []


def test_the_end_gives_everything_up_and_says_so(stage, hook):
    for _ in range(CONCURRENCY + 1):
        stage.say()
    under_way = take(stage)
    stage.platform.reset_world(APP_ID, stage.real)
    assert hook.take_cancelled() == [delivery.number for delivery in under_way]
    assert len(stage.entries("webhook.response")) == CONCURRENCY + 1
    hook.answered(under_way[0].number, ACK, stage.now)
    assert len(stage.entries("webhook.response")) == CONCURRENCY + 1
    assert stage.platform.world(APP_ID).webhook.settings is None


def test_a_removed_webhook_feeds_the_sessions_again(stage, hook):
    peer, _ = stage.online()
    hook.stop(stage.now)
    stage.say()
    assert len(peer.take()) == 1
