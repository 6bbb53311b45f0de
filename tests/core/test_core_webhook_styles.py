"""Forged deliveries, each wrong in its own way, and genuine ones that are written otherwise."""

import json

import pytest

from core.stage import APP_ID, SECRET
from core.webhook_stage import URL, answer, is_signed_by, take
from fakeqq.core.errors import ControlError
from fakeqq.core.events.speech import Speech
from fakeqq.core.webhooks.signatures import Signer
from fakeqq.core.webhooks.styles import STYLES, Style
from fakeqq.core.webhooks.tampering import MEANINGS, Tamper
from fakeqq.core.webhooks.webhook import WebhookSettings


def read_body(body):
    try:
        return json.loads(body)
    except ValueError:
        return None


# -- tampering ----------------------------------------------------------------------------------------------------


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


def test_a_neighbours_key_is_the_neighbours(stage, hook):
    other = stage.platform.create_world("102000002", "their-secret", {}, stage.real)
    other.webhook.configure(WebhookSettings(url=URL))
    stage.world.push(Speech(text="ping"), stage.now, tamper=Tamper.NEIGHBOUR_KEY)
    (delivery,) = take(stage)
    assert delivery.headers["X-Bot-Appid"] == APP_ID
    assert is_signed_by(delivery, "their-secret")
    assert hook.settings.url == other.webhook.settings.url


# -- genuine, and written otherwise -------------------------------------------------------------------------------


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
