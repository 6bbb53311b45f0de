"""The façade, with the platform's place taken by a list."""

import asyncio
import base64
from collections import Counter

import pytest

from reference_client.answers import Answer, ApiError
from reference_client.bot import TOO_LONG, Bot, Message
from reference_client.messages import read_message
from reference_client.outputs import Event

C2C = {"id": "m", "content": "hello", "author": {"user_openid": "U"}}
CHANNEL = {"id": "m", "content": "hello", "channel_id": "7", "author": {"id": "3"}}


GROUP = {"id": "m", "content": "hello", "group_openid": "G", "author": {"member_openid": "U"}}


class Sent:
    """Takes everything but texts longer than `longest`."""

    def __init__(self, body=None, longest=10**6, code=40054007):
        self.calls = []
        self.answer = Answer(200, body)
        self.longest, self.code = longest, code
        self.counts = Counter()
        self.see_through = asyncio.create_task

    async def send(self, operation, path, body):
        if len(body.get("content", "")) > self.longest:
            raise ApiError(operation, Answer(400, {"code": self.code, "message": "no"}))
        self.calls.append((operation, path, body))
        return self.answer

    def note(self, *_):
        pass

    async def post(self, _path, body, **_):
        self.calls.append(("stream", _path, body))
        return Answer(200, {"id": "stream"})

    def allot(self, _msg_id):
        return len(self.calls) + 1


async def test_a_reply_is_passive_and_has_a_type():
    sent = Sent()
    await Message(read_message(Event("C2C_MESSAGE_CREATE", "e", C2C, 2, 1)), sent).reply("hi")
    body = {"content": "hi", "msg_id": "m", "msg_type": 0}
    assert sent.calls == [("POST /v2/users/{openid}/messages", "/v2/users/U/messages", body)]


async def test_channels_know_no_type():
    sent = Sent()
    await Message(read_message(Event("AT_MESSAGE_CREATE", "e", CHANNEL, 2, 1)), sent).reply("hi")
    assert sent.calls[0][2] == {"content": "hi", "msg_id": "m"}


@pytest.mark.parametrize(
    ("event", "texts"),
    [
        (Event("C2C_MESSAGE_CREATE", "e", C2C, 2, 1), ["1", "2", "3", "4\n5\n6"]),
        (Event("GROUP_AT_MESSAGE_CREATE", "e", GROUP, 2, 1), ["1", "2", "3", "4", "5\n6"]),
        (Event("AT_MESSAGE_CREATE", "e", CHANNEL, 2, 1), ["1", "2", "3", "4", "5", "6"]),
    ],
)
async def test_no_message_gets_more_replies_than_it_allows(event, texts):
    sent = Sent()
    await Message(read_message(event), sent).reply_all([str(number) for number in range(1, 7)])
    assert [body["content"] for _, _, body in sent.calls] == texts
    assert {body["msg_id"] for _, _, body in sent.calls} == {"m"}


async def test_texts_pictures_and_streams_share_the_replies_of_a_message():
    sent = Sent({"file_info": "info"})
    message = Message(read_message(Event("C2C_MESSAGE_CREATE", "e", C2C, 2, 1)), sent)
    await message.reply("one")
    await message.send_image(b"PNG")
    async with message.stream() as stream:
        await stream.write("two")
    sent.calls.clear()
    await message.reply_all(["3", "4", "5"])
    assert [body["content"] for _, _, body in sent.calls] == ["3\n4\n5"]


@pytest.mark.parametrize("code", sorted(TOO_LONG))
async def test_a_text_that_is_too_long_is_sent_in_parts(code):
    sent = Sent(longest=900, code=code)
    text = "".join(f"line {number} of many\n" for number in range(200))
    answer = await Message(read_message(Event("GROUP_AT_MESSAGE_CREATE", "e", GROUP, 2, 1)), sent).reply(text)
    parts = [body["content"] for _, _, body in sent.calls]
    assert "".join(parts) == text
    assert all(part.endswith("\n") for part in parts)
    assert answer is sent.answer


async def test_a_text_that_is_refused_however_short_is_given_up():
    sent = Sent(longest=1)
    with pytest.raises(ApiError, match="40054007"):
        await Message(read_message(Event("C2C_MESSAGE_CREATE", "e", C2C, 2, 1)), sent).reply("x" * 5000)
    assert not sent.calls


async def test_another_refusal_divides_nothing():
    sent = Sent(longest=1, code=40034105)
    with pytest.raises(ApiError, match="40034105"):
        await Message(read_message(Event("C2C_MESSAGE_CREATE", "e", C2C, 2, 1)), sent).reply("x" * 5000)


@pytest.mark.parametrize(
    ("event", "path"),
    [
        (Event("C2C_MESSAGE_CREATE", "e", C2C, 2, 1), "/v2/users/U"),
        (Event("GROUP_AT_MESSAGE_CREATE", "e", GROUP, 2, 1), "/v2/groups/G"),
    ],
)
@pytest.mark.parametrize(
    ("image", "given"),
    [
        (b"PNG", {"file_data": base64.b64encode(b"PNG").decode()}),
        ("https://example.org/a.png", {"url": "https://example.org/a.png"}),
    ],
)
async def test_a_picture_is_uploaded_and_then_sent_as_a_passive_message(event, path, image, given):
    sent = Sent({"file_uuid": "u", "file_info": "info", "ttl": 300})
    await Message(read_message(event), sent).send_image(image, "look")
    upload, message = sent.calls
    assert upload[1:] == (f"{path}/files", {"file_type": 1, "srv_send_msg": False, **given})
    assert message[1:] == (
        f"{path}/messages",
        {"msg_type": 7, "media": {"file_info": "info"}, "msg_id": "m", "content": "look"},
    )


@pytest.mark.parametrize("body", [None, [], {}, {"file_info": None}, {"file_info": ""}])
async def test_an_upload_without_a_file_info_sends_nothing(body):
    sent = Sent(body)
    with pytest.raises(ApiError, match="files failed"):
        await Message(read_message(Event("C2C_MESSAGE_CREATE", "e", C2C, 2, 1)), sent).send_image(b"PNG")
    assert len(sent.calls) == 1


async def test_a_guild_takes_no_uploads():
    sent = Sent()
    with pytest.raises(ValueError, match="scene channel"):
        await Message(read_message(Event("AT_MESSAGE_CREATE", "e", CHANNEL, 2, 1)), sent).send_image(b"PNG")
    assert not sent.calls


@pytest.mark.parametrize(
    ("event", "handled"),
    [
        (Event("C2C_MESSAGE_CREATE", "e", C2C, 2, 1), ["hello"]),
        (Event("C2C_MESSAGE_CREATE", "e", C2C | {"author": {"user_openid": "U", "bot": True}}, 2, 1), []),
        (Event("FRIEND_ADD", "e", {}, 2, 1), []),
        (Event("NOBODY_KNOWS", None, None, None, 1), []),
    ],
)
async def test_only_messages_of_people_are_handed_on(event, handled):
    bot, texts = Bot("1", "s"), []

    @bot.on_message
    async def take(message):
        texts.append(message.text)

    await bot._handle(Sent(), event)
    assert texts == handled


async def test_without_a_handler_nothing_happens():
    await Bot("1", "s")._handle(Sent(), Event("C2C_MESSAGE_CREATE", "e", C2C, 2, 1))


def test_an_unknown_option_is_refused():
    with pytest.raises(TypeError, match="colour"):
        Bot("1", "s", colour="red")


def test_a_bots_secret_is_not_in_its_representation():
    bot = Bot("1", "very-secret")
    assert "very-secret" not in repr(bot._client._config)


async def test_events_by_webhook_are_counted():
    bot = Bot("1", "s", webhook_port=0)
    assert bot.counts == {}
    await bot._webhook._receivers["1"]._handle(Event("FRIEND_ADD", "e", {}, 2, 1))
    assert bot.counts == {"events": 1}


async def test_an_account_that_comes_after_the_start_is_refused():
    bot = Bot("1", "s", webhook_port=0)
    bot.add_account("2", "t")
    bot.stop()
    await bot.start()
    with pytest.raises(RuntimeError, match="before it is started"):
        bot.add_account("3", "u")


async def test_a_bot_that_was_stopped_before_it_ran_ends_at_once():
    bot = Bot("1", "s", webhook_port=0)
    bot.stop()
    await bot.start()
    with pytest.raises(RuntimeError, match="runs once"):
        await bot.start()
