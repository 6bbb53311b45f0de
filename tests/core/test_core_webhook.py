"""The webhook's machine: what is delivered, when again, and what an answer is worth."""

import json
from pathlib import Path

import pytest

from core.stage import APP_ID, SECRET
from fakeqq.core.errors import ControlError
from fakeqq.core.events.speech import Speech
from fakeqq.core.webhooks import webhook_answers
from fakeqq.core.webhooks.signatures import Signer
from fakeqq.core.webhooks.styles import STYLES, Style
from fakeqq.core.webhooks.tampering import MEANINGS, Tamper
from fakeqq.core.webhooks.webhook import CONCURRENCY, WAITING_LIMIT, WebhookSettings
from fakeqq.core.webhooks.webhook_answers import Answer, NoAnswer, judge_push, judge_validation
from fakeqq.wire import limits, webhooks

GOLDEN = Path(__file__).parents[1] / "golden"
URL = "http://127.0.0.1:9000/qq"
ACK = Answer(200, {}, b'{"op":12,"d":0}')


@pytest.fixture
def hook(stage):
    stage.world.webhook.configure(WebhookSettings(url=URL))
    return stage.world.webhook


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))


def take(stage):
    return stage.world.webhook.take_deliveries(stage.now)


def answer(stage, delivery, outcome=ACK):
    stage.world.webhook.answered(delivery.number, outcome, stage.now)
    return stage.entries("webhook.response")[-1]


def read_body(body):
    try:
        return json.loads(body)
    except ValueError:
        return None


def is_signed_by(delivery, secret):
    signature = delivery.headers.get(webhooks.SIGNATURE_HEADER)
    timestamp = delivery.headers.get(webhooks.TIMESTAMP_HEADER, "")
    return signature == Signer(secret).sign(timestamp, delivery.body)


# -- what goes out ----------------------------------------------------------------------------------------------


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


# -- again ------------------------------------------------------------------------------------------------------


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


# -- what an answer is worth ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "acked"),
    [
        (200, b'{"op":12,"d":0}', True),
        (200, b'{"d":{},"op":12}', True),
        (200, b'{"opcode":12}', True),
        (200, b"", True),
        (204, b"", True),
        (200, b"ok", True),
        (200, b"\xff\xfe", True),
        (200, b'{"op":12,"d":1}', False),
        (200, b'{"op":11}', True),
        (201, b'{"op":12,"d":0}', False),
        (302, b"", False),
        (401, b"", False),
        (500, b'{"op":12,"d":0}', False),
    ],
)
def test_acknowledgements(status, body, acked):
    assert judge_push(Answer(status, {}, body)).acked is acked


def test_silence_is_no_acknowledgement():
    assert judge_push(NoAnswer("no answer within 3 s")) == (False, "no answer within 3 s")


# -- address validation -----------------------------------------------------------------------------------------


@pytest.fixture
def vector():
    return golden("webhook_validation")


def judge(vector, **changes):
    asked = json.loads(vector["text"])["d"]
    body = json.dumps({**vector["answer"], **changes}).encode()
    challenge = (asked["plain_token"], asked["event_ts"])
    neighbours = {"102999999": Signer("another-secret")}
    return judge_validation(Answer(200, {}, body), challenge, Signer(vector["secret"]), neighbours)


def test_the_documented_answer_is_right(vector):
    assert judge(vector).acked


def test_the_question_is_the_documented_one(vector):
    asked = json.loads(vector["text"])["d"]
    assert webhooks.validation(asked["plain_token"], asked["event_ts"]) == vector["text"]


def test_wrong_answers_are_told_apart(vector):
    signature = vector["answer"]["signature"]
    token = vector["answer"]["plain_token"]
    swapped = Signer(vector["secret"]).sign_swapped("1725442341", token.encode())
    neighbour = Signer("another-secret").sign("1725442341", token.encode())
    for changes, words in (
        ({"plain_token": "x"}, "plain_token"),
        ({"signature": None}, "no signature"),
        ({"signature": signature.upper()}, "lower case"),
        ({"signature": swapped}, "order is event_ts"),
        ({"signature": neighbour}, "bot 102999999"),
        ({"signature": "00" * 64}, "not of event_ts"),
    ):
        verdict = judge(vector, **changes)
        assert not verdict.acked
        assert words in verdict.why


@pytest.mark.parametrize("outcome", [Answer(404, {}, b""), Answer(200, {}, b"ok"), NoAnswer("refused")])
def test_no_answer_in_the_right_form_is_wrong(outcome):
    assert not judge_validation(outcome, ("a", "1"), Signer("s"), {}).acked


def test_validation_goes_over_the_same_road_and_is_not_repeated(stage, hook):
    number = hook.validate(stage.now)
    (delivery,) = take(stage)
    asked = json.loads(delivery.body)
    assert asked["op"] == 13
    assert len(asked["d"]["plain_token"]) == 20
    assert isinstance(asked["d"]["event_ts"], str)
    assert delivery.number == number
    assert is_signed_by(delivery, SECRET)
    assert not answer(stage, delivery, Answer(200, {}, b"ok"))["acked"]
    assert hook.next_deadline() is None


def test_a_neighbour_at_the_same_address_is_recognised(stage, hook):
    other = stage.platform.create_world("102000002", "their-secret", {}, stage.real)
    other.webhook.configure(WebhookSettings(url=URL))
    hook.validate(stage.now)
    (delivery,) = take(stage)
    asked = json.loads(delivery.body)["d"]
    signature = Signer("their-secret").sign(asked["event_ts"], asked["plain_token"].encode())
    body = json.dumps({"plain_token": asked["plain_token"], "signature": signature}).encode()
    assert "bot 102000002" in answer(stage, delivery, Answer(200, {}, body))["why"]


# -- tampering --------------------------------------------------------------------------------------------------


def test_every_tampering_has_a_meaning():
    assert set(MEANINGS) == set(Tamper)


@pytest.mark.parametrize("tamper", [tamper for tamper in Tamper if tamper is not Tamper.REPLAYED])
@pytest.mark.usefixtures("hook")
def test_a_forged_delivery_is_wrong_in_its_own_way(stage, tamper):
    stage.world.push(Speech(text="ping"), stage.now, tamper=tamper)
    (delivery,) = take(stage)
    (request,) = stage.entries("webhook.request")
    assert request["tamper"] == tamper.value
    headers, body = delivery.headers, delivery.body
    right_key = is_signed_by(delivery, SECRET)
    fresh = headers.get("X-Signature-Timestamp") == str(int(stage.now.world))
    assert {
        Tamper.UNSIGNED: not any(name.startswith("X-Signature") for name in headers),
        Tamper.WRONG_KEY: not right_key and headers["X-Bot-Appid"] == APP_ID,
        Tamper.CHANGED_BYTE: not right_key and json.loads(body)["id"].startswith("Z2C_MESSAGE_CREATE"),
        Tamper.SWAPPED: headers.get("X-Signature-Ed25519")
        == Signer(SECRET).sign_swapped(headers.get("X-Signature-Timestamp", ""), body),
        Tamper.STALE: right_key and not fresh,
        Tamper.OTHER_BOT: not right_key and headers["X-Bot-Appid"] != APP_ID,
        Tamper.NEIGHBOUR_KEY: not right_key and headers["X-Bot-Appid"] == APP_ID,
        Tamper.NULL: right_key and body == b"null",
        Tamper.EMPTY: right_key and body == b"",
        Tamper.LIST: right_key and isinstance(read_body(body), list),
        Tamper.NOT_JSON: right_key and body and read_body(body) is None,
        Tamper.UNKNOWN_OP: right_key and b'"op":99' in body,
        Tamper.NO_EVENT: right_key and b'"op":0' in body and b'"t"' not in body,
    }[tamper]


@pytest.mark.usefixtures("hook")
def test_a_replay_is_the_same_bytes_and_headers(stage):
    stage.say()
    (delivery,) = take(stage)
    answer(stage, delivery)
    stage.real += 100
    stage.world.push(Speech(text=""), stage.now, tamper=Tamper.REPLAYED)
    (replayed,) = take(stage)
    assert (replayed.body, replayed.headers) == (delivery.body, delivery.headers)


def test_a_repetition_is_the_same_event_signed_anew(stage, hook):
    stage.say()
    (delivery,) = take(stage)
    answer(stage, delivery)
    stage.real += 100
    hook.repeat(stage.now)
    (repeated,) = take(stage)
    assert repeated.body == delivery.body
    assert repeated.headers["X-Signature-Timestamp"] != delivery.headers["X-Signature-Timestamp"]
    assert is_signed_by(repeated, SECRET)


@pytest.mark.usefixtures("hook")
def test_nothing_can_be_replayed_before_something_was_delivered(stage):
    with pytest.raises(ControlError, match="no event"):
        stage.world.push(Speech(text=""), stage.now, tamper=Tamper.REPLAYED)


@pytest.mark.usefixtures("hook")
def test_nobody_says_a_forged_message_but_a_reply_to_it_is_seen(stage):
    forged = stage.world.push(Speech(text="ping"), stage.now, tamper=Tamper.UNSIGNED)
    assert stage.entries("user.said") == []
    assert stage.reply(forged).status == 200
    stage.world.push(Speech(text="ping"), stage.now)
    assert len(stage.entries("user.said")) == 1


# -- addresses and the end --------------------------------------------------------------------------------------


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


def test_tolerated_forms_are_named():
    for body, who in webhooks.TOLERATED_ACKS.items():
        assert who in webhook_answers.judge_push(Answer(200, {}, body.encode())).why


# -- genuine, and written otherwise -----------------------------------------------------------------------------


def test_every_style_has_a_meaning():
    assert set(STYLES) == set(Style)


@pytest.mark.parametrize("style", Style)
@pytest.mark.usefixtures("hook")
def test_a_style_changes_the_bytes_and_nothing_else(stage, style):
    usual, other = (
        stage.world.push(Speech(text="你好 a/b"), stage.now),
        stage.world.push(Speech(text="你好 a/b"), stage.now, style=style),
    )
    plain, styled = take(stage)
    assert [entry["style"] for entry in stage.entries("webhook.request")] == [None, style.value]
    headers, body = styled.headers, styled.body.decode()
    assert {
        Style.PRETTY: body.startswith('{\n  "op": 0,\n  "id": ') and body.endswith("}\n"),
        Style.REORDERED: list(json.loads(body)) == ["t", "d", "id", "op"],
        Style.ESCAPED: body.isascii() and "\\u4f60\\u597d a\\/b" in body,
        Style.NUMBERED: json.loads(body).get("s") == 1,
        Style.CHARSET: headers.get("Content-Type") == "application/json; charset=utf-8",
        Style.LOWER_CASE: all(name == name.lower() for name in headers),
        Style.UPPER_CASE: all(name == name.upper() for name in headers),
    }[style]
    assert {name.lower() for name in headers} == {name.lower() for name in plain.headers}
    signature, timestamp = (
        {name.lower(): value for name, value in headers.items()}[name]
        for name in ("x-signature-ed25519", "x-signature-timestamp")
    )
    assert signature == Signer(SECRET).sign(timestamp, styled.body)
    content = {key: value for key, value in json.loads(body).items() if key != "s"}
    assert usual["message_id"] != other["message_id"]
    assert content["d"]["content"] == json.loads(plain.body)["d"]["content"]
    assert content.keys() == json.loads(plain.body).keys()


def test_a_neighbours_key_is_the_neighbours(stage, hook):
    other = stage.platform.create_world("102000002", "their-secret", {}, stage.real)
    other.webhook.configure(WebhookSettings(url=URL))
    stage.world.push(Speech(text="ping"), stage.now, tamper=Tamper.NEIGHBOUR_KEY)
    (delivery,) = take(stage)
    assert delivery.headers["X-Bot-Appid"] == APP_ID
    assert is_signed_by(delivery, "their-secret")
    assert hook.settings.url == other.webhook.settings.url
