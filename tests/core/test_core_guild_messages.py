"""Messages in channels and DMs when they are what a guild takes, and what hangs on them: notices, pins, reactions."""

import pytest

from core.guild_stage import GuildStage, heard
from core.stage import body_of
from fakeqq.core.events.speech import Speech, speak


@pytest.fixture
def stage():
    made = GuildStage()
    made.listen()
    return made


# -- messages ---------------------------------------------------------------------------------------------------------

KEYS = {"content": {"rows": [{"buttons": [{"id": "1"}]}]}}


@pytest.mark.parametrize(
    ("body", "kind", "part"),
    [
        ({"content": "hi"}, 0, None),
        ({"content": "hi", "image": "https://a.example/cat.png"}, 7, "attachments"),
        ({"embed": {"title": "t", "prompt": "p", "fields": [{"name": "n"}]}}, 4, "embeds"),
        ({"ark": {"template_id": 23, "kv": [{"key": "#DESC#", "value": "d"}]}}, 3, "ark"),
        ({"markdown": {"content": "# hi"}}, 2, "markdown"),
        ({"markdown": {"custom_template_id": "1", "params": [{"key": "a", "values": ["b"]}]}}, 2, "markdown"),
        ({"markdown": {"content": "# hi"}, "keyboard": KEYS}, 2, "keyboard"),
        ({"keyboard": {"id": "1_2"}}, 0, "keyboard"),
        ({"content": "hi", "embed": None, "ark": None, "image": None, "event_id": None, "channel_id": "1"}, 0, None),
    ],
    ids=lambda part: str(part)[:40],
)
@pytest.mark.parametrize("scene", ["channel", "dm"])
def test_what_can_be_sent(stage, body, kind, part, scene):
    if scene == "channel":
        path, where = f"/channels/{stage.text.id}/messages", stage.text.id
    else:
        opened = stage.ok(
            "POST", "/users/@me/dms", {"recipient_id": stage.member.user_id, "source_guild_id": stage.guild.id}
        )
        where = opened["guild_id"]
        path = f"/dms/{where}/messages"
    sent = stage.ok("POST", path, body)
    assert sent["author"]["id"] == stage.world.bot_id
    assert (sent["guild_id"], sent.get("direct_message", False)) == (
        where if scene == "dm" else stage.guild.id,
        scene == "dm",
    )
    assert part is None or part in sent
    (seen,) = stage.entries("user.sees")
    assert (seen["scene"], seen["openid"], seen["message_id"], seen["msg_type"]) == (scene, where, sent["id"], kind)
    assert seen["proactive"] is True


def test_an_image_comes_as_a_form(stage):
    content = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    body = (
        b'--x\r\nContent-Disposition: form-data; name="content"\r\n\r\nhi\r\n'
        b'--x\r\nContent-Disposition: form-data; name="embed"; filename="embed"\r\n'
        b"Content-Type: application/json\r\n\r\n"
        b'{"embed": {"title": "t"}}\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file_image"; filename="cat.png"\r\n\r\n'
        + content
        + b"\r\n--x--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=x"}
    reply = stage.request("POST", f"/channels/{stage.text.id}/messages", body, headers=headers)
    sent = body_of(reply)
    assert (reply.status, sent["content"], sent["embeds"]) == (200, "hi", [{"title": "t", "prompt": ""}])
    assert (sent["attachments"][0]["filename"], sent["attachments"][0]["size"]) == ("cat.png", len(content))


@pytest.mark.parametrize("raw", [b"--x\r\n", b"nothing", b"--x\r\nbroken"])
def test_a_broken_form_is_refused(stage, raw):
    headers = {"content-type": "multipart/form-data; boundary=x"}
    reply = stage.request("POST", f"/channels/{stage.text.id}/messages", raw, headers=headers)
    assert reply.status == 400


def test_a_reply_names_a_message_or_its_event(stage):
    said = speak(stage.world, Speech(text="hello", channel=stage.text.id), stage.now)
    path = f"/channels/{stage.text.id}/messages"
    for field in ({"msg_id": said["message_id"]}, {"event_id": said["event_id"]}):
        stage.ok("POST", path, {"content": "x", **field})
    seen = stage.entries("user.sees")
    assert [entry["reply_to"] for entry in seen] == [said["message_id"], said["event_id"]]
    assert [entry["proactive"] for entry in seen] == [False, False]
    stage.world.clock.advance(299)
    stage.ok("POST", path, {"content": "x", "msg_id": said["message_id"]})
    stage.world.clock.advance(2)
    assert stage.call("POST", path, {"content": "x", "msg_id": said["message_id"]}).error == "guild_msg_id_expired"


def test_a_push_quota_is_over_with_the_day(stage):
    path = f"/channels/{stage.text.id}/messages"
    stage.guild.push_limit = 1
    stage.ok("POST", path, {"content": "x"})
    assert stage.call("POST", path, {"content": "x"}).error == "channel_push_limited"
    stage.ok("POST", path, {"content": "x", "msg_id": stage.user_says()})
    stage.world.clock.advance(86_400)
    stage.ok("POST", path, {"content": "x"})
    stage.set(switches={"proactive_quota": "off"})
    for _ in range(7):
        stage.ok("POST", path, {"content": "x"})


def test_read_change_and_recall(stage):
    message = stage.bot_says(keyboard=KEYS)
    path = f"/channels/{stage.text.id}/messages/{message}"
    before = stage.ok("GET", path)
    changed = stage.ok("PATCH", path, {"keyboard": {"content": {"rows": []}}, "markdown": {"content": "# new"}})
    assert "edited_timestamp" in changed
    assert changed["markdown"] == {"content": "# new"}
    assert (stage.ok("GET", path)["content"], before["content"]) == ("# new", "hi")
    stage.heard()
    reply = stage.call("DELETE", path, query="hidetip=true")
    assert (reply.status, reply.body) == (200, b"")
    for event in heard(stage, "MESSAGE_DELETE", "PUBLIC_MESSAGE_DELETE"):
        assert (event["message"]["id"], event["op_user"]["id"]) == (message, stage.world.bot_id)
    assert stage.call("GET", path).error == "guild_message_unavailable"
    assert [entry["message_id"] for entry in stage.entries("user.recall")] == [message]


def test_direct_messages(stage):
    wanted = {"recipient_id": stage.member.user_id, "source_guild_id": stage.guild.id}
    opened = stage.ok("POST", "/users/@me/dms", wanted)
    assert stage.ok("POST", "/users/@me/dms", wanted) == opened
    assert opened["create_time"] == str(int(stage.now.world))
    sent = stage.ok("POST", f"/dms/{opened['guild_id']}/messages", {"content": "psst"})
    assert (sent["src_guild_id"], sent["channel_id"]) == (stage.guild.id, opened["channel_id"])
    reply = stage.call("DELETE", f"/dms/{opened['guild_id']}/messages/{sent['id']}", query="hidetip=false")
    assert (reply.status, reply.body) == (200, b"")
    (event,) = heard(stage, "DIRECT_MESSAGE_DELETE")
    assert (event["message"]["guild_id"], event["message"]["id"]) == (opened["guild_id"], sent["id"])


def test_a_direct_message_is_answered(stage):
    said = speak(stage.world, Speech(text="psst", scene="dm"), stage.now)
    sent = stage.ok("POST", f"/dms/{said['openid']}/messages", {"content": "yes?", "msg_id": said["message_id"]})
    assert sent["direct_message"] is True


# -- boards -----------------------------------------------------------------------------------------------------------


def test_announcements_of_a_guild_end_one_another(stage):
    message = stage.bot_says()
    path = f"/guilds/{stage.guild.id}/announces"
    made = stage.ok("POST", path, {"channel_id": stage.text.id, "message_id": message})
    assert made == {
        "guild_id": stage.guild.id, "channel_id": stage.text.id, "message_id": message, "announces_type": 0,
        "recommend_channels": [],
    }  # fmt: skip
    recommended = [{"channel_id": stage.forum.id, "introduce": "look"}]
    made = stage.ok("POST", path, {"announces_type": 1, "recommend_channels": recommended})
    assert (made["message_id"], made["announces_type"], made["recommend_channels"]) == ("", 1, recommended)
    assert stage.call("DELETE", f"{path}/{message}").error == "announcement_message_mismatch"
    assert stage.call("DELETE", f"{path}/all").status == 204
    assert stage.guild.announcement is None


def test_announcements_of_a_channel(stage):
    message = stage.bot_says()
    path = f"/channels/{stage.text.id}/announces"
    made = stage.ok("POST", path, {"message_id": message})
    assert made == {"guild_id": stage.guild.id, "channel_id": stage.text.id, "message_id": message}
    assert stage.call("DELETE", f"{path}/{message}").status == 204
    assert stage.text.announced == ""


def test_pins(stage):
    path = f"/channels/{stage.text.id}/pins"
    first, second = stage.bot_says(), stage.bot_says()
    for message in (first, second, first):
        pinned = stage.ok("PUT", f"{path}/{message}", {})
    assert pinned == {"guild_id": stage.guild.id, "channel_id": stage.text.id, "message_ids": [second, first]}
    assert stage.ok("GET", path) == pinned
    assert stage.call("DELETE", f"{path}/{first}").status == 204
    assert stage.ok("GET", path)["message_ids"] == [second]
    stage.ok("DELETE", f"{path}/all")
    assert stage.ok("GET", path)["message_ids"] == []


def test_reactions(stage):
    message = stage.user_says()
    path = f"/channels/{stage.text.id}/messages/{message}/reactions"
    stage.heard()
    assert stage.call("PUT", f"{path}/1/277").status == 204
    (added,) = heard(stage, "MESSAGE_REACTION_ADD")
    assert added == {
        "user_id": stage.world.bot_id, "guild_id": stage.guild.id, "channel_id": stage.text.id,
        "target": {"id": message, "type": 0}, "emoji": {"id": "277", "type": 1},
    }  # fmt: skip
    reactions = stage.world.guilds.message("channel", stage.text.id, message).reactions
    reactions["1", "277"].append(stage.member.user_id)
    page = stage.ok("GET", f"{path}/1/277?limit=1")
    assert ([user["id"] for user in page["users"]], page["is_end"]) == ([stage.world.bot_id], False)
    page = stage.ok("GET", f"{path}/1/277?limit=1&cookie={page['cookie']}")
    assert ([user["id"] for user in page["users"]], page["cookie"], page["is_end"]) == (
        [stage.member.user_id],
        "",
        True,
    )
    assert stage.call("DELETE", f"{path}/1/277").status == 204
    heard(stage, "MESSAGE_REACTION_REMOVE")
    assert stage.ok("GET", f"{path}/2/128077") == {"users": [], "cookie": "", "is_end": True}
