"""What people in channels and direct messages finally see of the bot, as `chats` shows it."""

import pytest

from core.guild_stage import GuildStage
from core.stage import body_of
from fakeqq.core.snapshots import read, take

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
def stage():
    made = GuildStage()
    made.listen()
    return made


def channel(stage):
    return f"/channels/{stage.text.id}/messages", stage.text.id


def direct(stage):
    wanted = {"recipient_id": stage.member.user_id, "source_guild_id": stage.guild.id}
    opened = stage.ok("POST", "/users/@me/dms", wanted)
    return f"/dms/{opened['guild_id']}/messages", opened["guild_id"]


ROOMS = pytest.mark.parametrize("room", [channel, direct])


def latest(stage, room_id):
    """The latest message in the chat."""
    (chat,) = stage.world.people.chats(room_id)
    return chat["messages"][-1]


def send_form(stage, path, data, name=b"cat.png"):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="content"\r\n\r\nlook\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file_image"; filename="' + name + b'"\r\n\r\n'
        b"" + data + b"\r\n--x--\r\n"
    )
    return stage.request("POST", path, body, headers={"content-type": "multipart/form-data; boundary=x"})


ARK = {
    "template_id": 23,
    "kv": [
        {"key": "#DESC#", "value": "a list"},
        {"key": "#LIST#", "obj": [{"obj_kv": [{"key": "desc", "value": "one"}, {"key": "link", "value": "two"}]}]},
    ],
}
EMBED = {"title": "t", "prompt": "p", "fields": [{"name": "first"}, {"name": "second"}]}


@ROOMS
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"ark": ARK}, "a list\none two"),
        ({"content": "above", "ark": ARK}, "above\na list\none two"),
        ({"embed": EMBED}, "t\nfirst\nsecond"),
        ({"ark": {"template_id": 34, "kv": [{"key": "#X#", "value": 5}, {"key": "#Y#", "obj": "?"}]}}, ""),
    ],
    ids=["ark", "content and ark", "embed", "ark of other forms"],
)
def test_the_texts_of_arks_and_embeds_are_read(stage, room, body, text):
    path, room_id = room(stage)
    sent = stage.ok("POST", path, body)
    assert latest(stage, room_id)["text"] == text
    assert stage.entries("user.sees")[-1]["text"] == text
    assert sent["content"] == body.get("content", "")


@ROOMS
def test_a_quote_shows_what_it_quotes(stage, room):
    path, room_id = room(stage)
    stage.set(switches={"proactive_quota": "off"})
    first = stage.ok("POST", path, {"content": "first"})["id"]
    stage.ok("POST", path, {"content": "second", "message_reference": {"message_id": first}})
    assert latest(stage, room_id)["reference"] == first
    lost = {"message_id": "nothing", "ignore_get_message_error": True}
    stage.ok("POST", path, {"content": "third", "message_reference": lost})
    assert latest(stage, room_id)["reference"] is None


@ROOMS
def test_an_image_by_its_address_is_shown(stage, room):
    path, room_id = room(stage)
    stage.ok("POST", path, {"content": "look", "image": "https://a.example/pets/cat.png?size=1"})
    media = latest(stage, room_id)["media"]
    assert (media["url"], media["file_name"], media["size"]) == (
        "https://a.example/pets/cat.png?size=1",
        "cat.png",
        None,
    )
    assert media in stage.world.media.as_json()


@ROOMS
def test_the_bytes_of_an_image_are_kept(stage, room):
    path, room_id = room(stage)
    answer = body_of(send_form(stage, path, PNG))
    media = latest(stage, room_id)["media"]
    assert (media["file_type"], media["file_name"], media["content_type"]) == (1, "cat.png", "image/png")
    assert media["size"] == len(PNG)
    assert stage.world.media.read(media["file_uuid"])[1] == PNG
    (shown,) = answer["attachments"]
    assert shown == {"url": "", "filename": "cat.png", "size": len(PNG), "content_type": "image/png"}


def test_an_image_of_a_channel_is_in_the_snapshot(stage):
    path, _ = channel(stage)
    send_form(stage, path, PNG)
    document = take(stage.world, stage.now)
    read(document)
    assert list(document["shelves"]["files"]["blobs"].values())
    assert document["rooms"][0]["messages"][-1]["message"]["parts"]["attachments"][0]["size"] == len(PNG)


@ROOMS
def test_a_refused_image_is_not_kept(stage, room):
    path, _ = room(stage)
    stage.set(switches={"proactive": "refused"})
    assert send_form(stage, path, PNG).status >= 400
    assert stage.world.media.as_json() == []


@pytest.mark.parametrize("given", [{"filename": "cat.png", "size": 5}, {"filename": "cat.png", "data": "aGk="}, "cat"])
def test_a_file_needs_a_form(stage, given):
    path, _ = channel(stage)
    assert stage.call("POST", path, {"content": "x", "file_image": given}).error == "guild_image_invalid"


def test_a_message_held_for_an_audit_shows_its_image_when_it_passes(stage):
    path, room_id = channel(stage)
    stage.set(switches={"audit": "202"})
    audit = body_of(send_form(stage, path, PNG))["data"]["message_audit"]["audit_id"]
    assert stage.world.people.chats(room_id) == []
    stage.world.audits.decide(audit, passes=True, world=stage.world, now=stage.now)
    assert latest(stage, room_id)["media"]["size"] == len(PNG)


def test_a_message_can_be_recalled_at_any_age_by_default(stage):
    path, _ = channel(stage)
    sent = stage.ok("POST", path, {"content": "x"})["id"]
    stage.world.clock.advance(3_600)
    assert stage.call("DELETE", f"{path}/{sent}").status == 200


def test_more_users_of_one_reaction_are_no_more_kinds(stage):
    stage.set(reaction_kinds=1)
    message = stage.bot_says()
    reactions = stage.world.guilds.message("channel", stage.text.id, message).reactions
    reactions[("1", "4")] = [stage.member.user_id]
    place = f"/channels/{stage.text.id}/messages/{message}/reactions/1"
    stage.ok("PUT", f"{place}/4")
    assert stage.call("PUT", f"{place}/5").error == "reaction_kinds_limited"
