"""Rules of sending that nobody has numbers for, or that hold for some bots only: off until a test sets them."""

import pytest

from core.guild_stage import GuildStage
from core.stage import body_of
from core.test_core_uploads import Uploader
from fakeqq.core.webhooks.webhook import WebhookSettings


@pytest.fixture
def user(stage):
    return stage.world.people.user()


@pytest.fixture
def group(stage):
    return stage.world.people.group(None)


def send(stage, target, **body):
    openid = getattr(target, "openid", None) or target.group_openid
    scene = "users" if hasattr(target, "openid") else "groups"
    return stage.request("POST", f"/v2/{scene}/{openid}/messages", {"content": "x", **body})


def code(reply):
    return None if reply.status == 200 else body_of(reply)["code"]


def keyboard(*buttons):
    return {"content": {"rows": [{"buttons": list(buttons)}]}}


# -- wordings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ("40034128", "回复消息失败，被动回复时间或者次数超过限制"),
        ("40034128-documented", "被动回复时间或次数超限"),
        ("500", "reply msg exceed limit"),
    ],
)
def test_how_a_reply_too_many_is_refused(stage, choice, message):
    stage.set(switches={"reply_limit_wording": choice, "c2c_reply_count": "4"})
    said = stage.say()
    replies = [stage.reply(said, msg_seq=number) for number in range(1, 6)]
    assert [reply.status for reply in replies[:4]] == [200] * 4
    assert body_of(replies[4])["message"] == message


@pytest.mark.parametrize(
    ("choice", "message"),
    [("documented", "模版参数中不能含有markdown语法"), ("spaced", "模版参数中不能含有 markdown 语法")],
)
def test_how_markdown_in_a_template_is_refused(stage, user, choice, message):
    stage.set(switches={"template_syntax_wording": choice})
    markdown = {"custom_template_id": "t", "params": [{"key": "k", "values": ["**loud**"]}]}
    refused = body_of(send(stage, user, msg_type=2, markdown=markdown))
    assert (refused["code"], refused["message"]) == (40034010, message)


@pytest.mark.parametrize(
    ("choice", "text", "forced", "expected"),
    [
        ("fail", "see ![a cat](https://a.example/cat.png)", True, 40034004),
        ("pass", "see ![a cat](https://a.example/cat.png)", True, None),
        ("fail", "see ![a cat](https://a.example/cat.png)", False, None),
        ("fail", "see ![a cat](https://a.example/cat.png)", None, None),
        ("fail", "see [a cat](https://a.example)", True, None),
        ("pass", "x", "yes", 40011000),
    ],
)
def test_images_that_must_be_there(stage, user, choice, text, forced, expected):
    stage.set(switches={"forced_images": choice})
    markdown = {"content": text, "force_verify_image_resource": forced}
    assert code(send(stage, user, msg_type=2, markdown=markdown)) == expected


# -- a bot that is not there ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("standing", ["unlisted", "banned"])
def test_a_bot_that_is_not_listed_may_be_offline_for_its_people(stage, user, group, standing):
    stage.set(standing=standing)
    assert code(send(stage, user)) is None
    stage.set(switches={"offline_bot": "unlisted"})
    frame = stage.request("POST", f"/v2/users/{user.openid}/stream_messages", {"content_raw": "x"})
    chunk = send(stage, user, stream={"state": 1})
    for reply in (send(stage, user), send(stage, group), frame, chunk):
        assert (reply.error, code(reply)) == ("bot_offline", 40054016)
    stage.set(standing="listed")
    assert code(send(stage, user)) is None


def test_a_bot_without_a_connection_may_be_offline(stage, user):
    stage.set(switches={"offline_bot": "disconnected"})
    assert code(send(stage, user)) == 40054016
    peer, _ = stage.online()
    assert code(send(stage, user)) is None
    peer.leave()
    assert code(send(stage, user)) == 40054016


def test_a_socket_that_has_not_logged_in_is_no_connection(stage, user):
    stage.set(switches={"offline_bot": "disconnected"})
    stage.connect()
    assert code(send(stage, user)) == 40054016


def test_a_webhook_is_as_good(stage, user):
    stage.set(switches={"offline_bot": "disconnected"})
    stage.world.webhook.configure(WebhookSettings(url="http://127.0.0.1:9/"))
    assert code(send(stage, user)) is None


def test_an_upload_that_sends_is_a_message_too(stage):
    stage.set(switches={"offline_bot": "disconnected"})
    uploader = Uploader(stage)
    file = {"file_type": 1, "url": "http://a.example/b.png"}
    assert code(uploader.call("files", **file, srv_send_msg=True)) == 40054016
    assert code(uploader.call("files", **file)) is None


def test_a_channel_may_want_a_connected_bot():
    stage = GuildStage()
    stage.set(switches={"channel_needs_gateway": "required"})
    path = f"/channels/{stage.text.id}/messages"
    refused = stage.call("POST", path, {"content": "x"})
    assert (refused.status, body_of(refused)) == (400, {"code": 304018, "message": "websocket link does not exist"})
    stage.listen()
    assert stage.call("POST", path, {"content": "x"}).status == 200


# -- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [{}, {"msg_type": 2, "markdown": {"content": "x" * 11}}], ids=["text", "markdown"])
def test_messages_may_be_too_long(stage, user, body):
    assert code(send(stage, user, **{"content": "x" * 11, **body})) is None
    stage.set(message_chars=10)
    assert code(send(stage, user, **{"content": "x" * 11, **body})) == 40054007
    assert code(send(stage, user, content="啊" * 10)) is None


@pytest.mark.parametrize(
    ("button", "fits"),
    [
        ({"render_data": {"label": "x" * 10}}, True),
        ({"render_data": {"label": "x" * 11}}, False),
        ({"action": {"modal": {"content": "x" * 40, "confirm_text": "x" * 4, "cancel_text": "x" * 4}}}, True),
        ({"action": {"modal": {"content": "x" * 41}}}, False),
        ({"action": {"modal": {"confirm_text": "x" * 5}}}, False),
        ({"action": {"modal": {"cancel_text": "x" * 5}}}, False),
        ({"action": {"modal": "x" * 50}, "render_data": {"label": 5}}, True),
    ],
    ids=str,
)
def test_texts_of_buttons_may_be_checked(user, group, stage, button, fits):
    assert code(send(stage, user, keyboard=keyboard(button))) is None
    stage.set(switches={"keyboard_texts": "checked"})
    expected = None if fits else 40011000
    assert [code(send(stage, target, keyboard=keyboard(button))) for target in (user, group)] == [expected] * 2
    guilds = GuildStage()
    guilds.set(switches={"keyboard_texts": "checked"})
    reply = guilds.call("POST", f"/channels/{guilds.text.id}/messages", {"content": "x", "keyboard": keyboard(button)})
    assert code(reply) == (None if fits else 304040)


def test_commands_may_be_too_long(stage, user):
    command = {"action": {"type": 2, "data": "x" * 11}}
    assert code(send(stage, user, keyboard=keyboard(command))) is None
    stage.set(command_chars=10)
    assert code(send(stage, user, keyboard=keyboard(command))) == 40034108
    assert code(send(stage, user, keyboard=keyboard({"action": {"type": 1, "data": "x" * 11}}))) is None


def test_subscriptions_may_be_too_many(stage, user, group):
    subscription = {"action": {"type": 4, "subscribe_data": {"template_ids": [{"template_id": 1}]}}}
    assert code(send(stage, user, keyboard=keyboard(*[subscription] * 5))) is None
    stage.set(subscribe_buttons=2)
    assert code(send(stage, user, keyboard=keyboard(*[subscription] * 3))) == 304062
    assert code(send(stage, user, keyboard=keyboard(*[subscription] * 2, {"action": {"type": 1}}))) is None
    assert code(send(stage, group, keyboard=keyboard(*[subscription] * 3))) is None


@pytest.mark.parametrize(("kind", "expected"), [(3, None), (4, None), (5, 40034106), (True, 40034106)])
def test_what_a_button_does(stage, user, kind, expected):
    assert code(send(stage, user, keyboard=keyboard({"action": {"type": kind}}))) == expected


# -- other words for the same -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("choice", "status", "text"), [("40034128", 400, "回复消息失败"), ("500", 500, "reply msg")])
def test_a_reply_too_many(stage, choice, status, text):
    stage.set(switches={"reply_limit_wording": choice})
    said = stage.say()
    for seq in range(4):
        stage.reply(said, msg_seq=seq)
    refused = stage.reply(said, msg_seq=5)
    assert refused.status == status
    assert body_of(refused)["message"].startswith(text)


@pytest.mark.parametrize(("choice", "expected"), [("40034032", 40034032), ("304080", 304080)])
def test_a_file_that_is_none(stage, user, choice, expected):
    stage.set(switches={"file_info_wording": choice})
    assert code(send(stage, user, msg_type=7, media={"file_info": "unknown"})) == expected


def test_an_answer_may_lack_what_is_optional(stage, user):
    stage.set(switches={"ext_info": "absent"})
    assert list(body_of(send(stage, user))) == ["id", "timestamp"]
    assert list(body_of(send(stage, user, stream={"state": 1}))) == ["id", "timestamp"]
    frame = stage.request("POST", f"/v2/users/{user.openid}/stream_messages", {"content_raw": "x"})
    assert list(body_of(frame)) == ["id", "timestamp", "remain_msg_len"]


def test_a_refusal_may_have_one_number(stage, user):
    stage.set(switches={"error_form": "err-code"})
    reply = send(stage, user, msg_id="unknown")
    assert list(body_of(reply)) == ["err_code", "message", "trace_id"]
    assert (reply.status, body_of(reply)["err_code"]) == (400, 40034024)
    stage.set(switches={"error_form": "both"})
    assert list(body_of(send(stage, user, msg_id="unknown"))) == ["message", "code", "err_code", "trace_id"]


def test_bodies_of_other_shapes_stay_as_they_are():
    stage = GuildStage()
    stage.set(switches={"error_form": "err-code"})
    assert list(body_of(stage.call("POST", "/channels/1/messages", {"content": "x"}))) == ["code", "message"]
    token = {"appId": stage.world.app_id, "clientSecret": "wrong"}
    assert list(body_of(stage.request("POST", "/app/getAppAccessToken", token, token=False))) == ["code", "message"]
