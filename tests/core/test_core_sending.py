"""What a message may hold, who may get it, and what the user finally sees."""

import pytest

from core.stage import body_of
from fakeqq.core.errors import ControlError
from fakeqq.core.sending.messages import Anchor


@pytest.fixture
def user(stage):
    return stage.world.people.user()


@pytest.fixture
def group(stage):
    return stage.world.people.group(None)


def send(stage, target, **body):
    """A message to a user or a group; without an anchor it is proactive."""
    openid = getattr(target, "openid", None) or target.group_openid
    scene = "users" if hasattr(target, "openid") else "groups"
    return stage.request("POST", f"/v2/{scene}/{openid}/messages", body)


def last_seen(stage):
    return stage.world.people.chats()[-1]["messages"][-1]


# -- who may get it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "refusal", "code"),
    [({"is_friend": False}, "not_friend", 40054004), ({"accepts": False}, "user_refused", 40054013)],
)
def test_a_user_without_relation(stage, user, flags, refusal, code):
    for flag, value in flags.items():
        setattr(user, flag, value)
    reply = send(stage, user, content="x")
    assert (reply.error, body_of(reply)["err_code"]) == (refusal, code)


def test_who_takes_nothing_unasked_still_takes_replies(stage, user):
    message = stage.say(user=user.openid)
    user.accepts = False
    assert stage.reply(message).status == 200


@pytest.mark.parametrize(
    ("flags", "switches", "code"),
    [
        ({"has_bot": False}, {}, 40034101),
        ({"has_bot": False}, {"not_in_group": "40054003"}, 40054003),
        ({"bot_muted": True}, {}, 40054002),
        ({"accepts": False}, {}, 40034105),
    ],
)
def test_a_group_that_will_not_hear(stage, group, flags, switches, code):
    stage.set(switches=switches)
    for flag, value in flags.items():
        setattr(group, flag, value)
    assert body_of(send(stage, group, content="x"))["err_code"] == code


# -- anchors ----------------------------------------------------------------------------------------------------------


def test_the_short_window_is_a_switch(stage):
    stage.set(switches={"c2c_reply_window": "300"})
    message = stage.say()
    stage.world.clock.advance(301)
    assert stage.reply(message).error == "msg_id_expired"


def test_replies_in_a_group_may_be_unlimited(stage, group):
    stage.set(switches={"group_reply_count": "unenforced"})
    message = stage.say(group=group.group_openid)
    assert [stage.reply(message, msg_seq=seq).status for seq in range(1, 9)] == [200] * 8


def test_the_event_of_a_message_may_not_be_repliable(stage):
    message = stage.say()
    stage.set(switches={"message_event_reply": "refused"})
    reply = stage.reply(message, msg_id=None, event_id=message["event_id"])
    assert body_of(reply)["err_code"] == 40034027
    assert stage.reply(message).status == 200


def test_an_event_that_cannot_be_answered(stage, user):
    stage.world.anchors.add("FRIEND_DEL:1", Anchor("c2c", user.openid, stage.now.world, repliable=False))
    assert body_of(send(stage, user, content="x", event_id="FRIEND_DEL:1"))["err_code"] == 40034027


# -- types ------------------------------------------------------------------------------------------------------------


def buttons(rows, columns, **button):
    return {"content": {"rows": [{"buttons": [button] * columns}] * rows}}


ARK_24 = {"template_id": 24, "kv": [{"key": "#TITLE#", "value": "News"}, {"key": "#DESC#", "value": "of today"}]}
ARK_23 = {
    "template_id": 23,
    "kv": [
        {"key": "#PROMPT#", "value": "List"},
        {"key": "#LIST#", "obj": [{"obj_kv": [{"key": "desc", "value": "one"}, {"key": "link", "value": "two"}]}]},
    ],
}
TYPING = {"msg_type": 6, "input_notify": {"input_type": 1, "input_second": 30}}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"content": "hello"}, "hello"),
        ({"msg_type": 2, "markdown": {"content": "# hi"}, "content": "not shown"}, "# hi"),
        (
            {"msg_type": 2, "markdown": {"custom_template_id": "t", "params": [{"key": "k", "values": ["a", "b"]}]}},
            "a b",
        ),
        ({"msg_type": 2, "keyboard": {"id": "k"}, "markdown": {}}, ""),
        ({"msg_type": 3, "ark": ARK_24}, "News\nof today"),
        ({"msg_type": 3, "ark": ARK_23}, "List\none two"),
    ],
    ids=lambda part: str(part)[:40],
)
@pytest.mark.parametrize("scene", ["user", "group"])
def test_what_the_user_sees(stage, scene, body, text, request):
    assert send(stage, request.getfixturevalue(scene), **body).status == 200
    seen = last_seen(stage)
    assert (seen["from"], seen["text"], seen["msg_type"]) == ("bot", text, body.get("msg_type", 0))
    assert stage.entries("user.sees")[-1]["text"] == text


def markdown(*values):
    return {"msg_type": 2, "markdown": {"custom_template_id": "t", "params": [{"key": "k", "values": list(values)}]}}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"msg_type": 0, "markdown": {"content": "x"}}, 22006),
        ({"msg_type": 3}, 22006),
        ({"msg_type": 2, "markdown": {"content": ""}}, 40034011),
        (markdown(""), 40034008),
        (markdown(), 40034008),
        (markdown("a\nb"), 40034009),
        (markdown("**b**"), 40034010),
        (markdown(5), 40034124),
        ({"msg_type": 3, "ark": {"template_id": 25}}, 304004),
        ({"msg_type": 3, "ark": {"template_id": True}}, 304004),
        ({"msg_type": 3, "ark": {**ARK_24, "template_id": 37}}, 40011000),
        ({"msg_type": 3, "ark": {"template_id": 23, "kv": [{"key": "#LIST#", "obj": [5]}]}}, 40011000),
        ({"content": "x", "keyboard": {}}, 40011000),
        ({"content": "x", "keyboard": {"content": {"rows": 5}}}, 40011000),
        ({"content": "x", "keyboard": buttons(6, 1)}, 40034029),
        ({"content": "x", "keyboard": buttons(1, 6)}, 40034029),
        ({"content": "x", "keyboard": buttons(1, 1, action={"type": 9})}, 40034106),
        ({"content": "x", "message_reference": "REFIDX_x"}, 40011000),
        ({"content": "x", "message_reference": {"message_id": 5}}, 40011000),
    ],
    ids=lambda part: str(part)[:60],
)
@pytest.mark.parametrize("scene", ["user", "group"])
def test_a_wrong_shape(stage, scene, body, code, request):
    assert body_of(send(stage, request.getfixturevalue(scene), **body))["err_code"] == code


@pytest.mark.parametrize(
    "notify",
    [None, "x", {}, {"input_type": 2}, {"input_type": 1, "input_second": 61}, {"input_type": 1, "input_second": 0}],
    ids=str,
)
def test_a_wrong_input_notification(stage, user, notify):
    assert body_of(send(stage, user, msg_type=6, input_notify=notify))["err_code"] == 50059


def test_typing_is_shown_and_is_no_message(stage):
    message = stage.say()
    assert stage.reply(message, **TYPING).status == 200
    (typing,) = stage.entries("user.typing")
    assert (typing["seconds"], typing["reply_to"]) == (30, message["message_id"])
    assert stage.entries("user.sees") == []
    assert last_seen(stage)["from"] == "user"


@pytest.mark.parametrize(("choice", "replies"), [("yes", 3), ("no", 4)])
def test_whether_typing_uses_up_a_reply(stage, choice, replies):
    stage.set(switches={"typing_counts": choice})
    message = stage.say()
    stage.reply(message, **TYPING, msg_seq=100)
    accepted = [stage.reply(message, msg_seq=seq).status == 200 for seq in range(1, 7)]
    assert sum(accepted) == replies
    assert stage.reply(message, **TYPING, msg_seq=101).status == (200 if choice == "no" else 400)


@pytest.mark.parametrize("msg_type", [1, 4, 5, 6, 8, -1, 10**30])
def test_groups_have_an_error_of_their_own_for_unknown_types(stage, user, group, msg_type):
    sent = {"content": "x", "msg_type": msg_type, "embed": {"title": "x"}}
    assert send(stage, group, **sent).error == "message_type_invalid"
    if msg_type != 6:
        assert send(stage, user, **sent).error == "message_type_mismatch"


def test_there_is_no_typing_in_groups(stage, group):
    assert send(stage, group, **TYPING).error == "message_type_invalid"


def test_only_groups_refuse_a_style(stage, user, group):
    keyboard = buttons(1, 1, render_data={"style": 9})
    assert body_of(send(stage, group, content="x", keyboard=keyboard))["err_code"] == 305007
    assert send(stage, user, content="x", keyboard=keyboard).status == 200


def test_a_keyboard_is_shown_as_it_was_sent(stage, user):
    keyboard = buttons(5, 5, id="1", render_data={"label": "Yes", "style": 1}, action={"type": 2, "data": "/yes"})
    send(stage, user, msg_type=2, markdown={"content": "?"}, keyboard=keyboard)
    assert last_seen(stage)["keyboard"] == keyboard


@pytest.mark.parametrize(
    ("switches", "body", "code"),
    [
        ({"native_markdown": "refused"}, {"msg_type": 2, "markdown": {"content": "x"}}, 40034012),
        ({"markdown_template": "40034127"}, markdown("x"), 40034127),
        ({"markdown_template": "304036"}, markdown("x"), 304036),
        ({"ark": "refused"}, {"msg_type": 3, "ark": ARK_24}, 304004),
    ],
    ids=lambda part: str(part)[:40],
)
def test_permissions_of_the_bot(stage, user, switches, body, code):
    assert send(stage, user, **body).status == 200
    stage.set(switches=switches)
    assert body_of(send(stage, user, **body))["err_code"] == code


# -- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "hits"),
    [
        ("see www.example.com now", "www.example.com", "www.example.com"),
        ("read USER.md", "USER.md", "USER.md"),
        ("run crawler.py, then crawler.py", "crawler.py", "crawler.py,crawler.py"),
        ("mqqapi://forward/url", "mqqapi://forward/url", "mqqapi://forward/url"),
        ("看https://a.b/c?d=1 和 x.sh", "https://a.b/c?d=1", "https://a.b/c?d=1,x.sh"),
    ],
)
@pytest.mark.parametrize("kind", ["text", "markdown"])
def test_links_can_be_refused_in_two_ways(stage, user, text, first, hits, kind):
    body = {"content": text} if kind == "text" else {"msg_type": 2, "markdown": {"content": text}}
    assert send(stage, user, **body).status == 200
    stage.set(switches={"urls": "40034028"})
    refused = send(stage, user, **body)
    assert (refused.status, body_of(refused)["message"]) == (400, f"请求参数不允许包含url {first}")
    stage.set(switches={"urls": "40054010"})
    refused = send(stage, user, **body)
    assert (refused.status, body_of(refused)["message"]) == (400, f"消息发送失败, 不允许发送url {hits}")


@pytest.mark.parametrize("text", ["pong", "3.14", "e.g. this", "wait...", "a.1", "你好。再见", "x . y", "1.2.3.4"])
def test_ordinary_text_has_no_links(stage, user, text):
    stage.set(switches={"urls": "40034028"})
    assert send(stage, user, content=text).status == 200


@pytest.mark.parametrize("piece", ["a", "a.", "a-", "://", ".", "a://", "a+", "["])
def test_no_text_makes_the_search_for_links_slow(stage, user, piece):
    stage.set(switches={"urls": "40034028", "proactive_quota": "off"})
    reply = send(stage, user, content=piece * 300_000)
    assert reply.error in {None, "url_not_allowed"}


# -- references -------------------------------------------------------------------------------------------------------


def test_a_reference_to_the_bots_own_message_is_shown(stage, user):
    sent = body_of(send(stage, user, content="first"))
    send(stage, user, content="second", message_reference={"message_id": sent["ext_info"]["ref_idx"]})
    assert last_seen(stage)["reference"] == sent["id"]


def test_a_reference_to_what_a_user_said_is_shown(stage, user):
    peer, _ = stage.online()
    message = stage.say("first", user=user.openid)
    (event,) = peer.take()
    (ref_index,) = event["d"]["message_scene"]["ext"][0].split("=", 1)[1:]
    send(stage, user, content="second", message_reference={"message_id": ref_index})
    assert last_seen(stage)["reference"] == message["message_id"]


@pytest.mark.parametrize(("choice", "quotes"), [("ref-idx", False), ("either", True)])
def test_a_message_id_as_a_reference(stage, user, choice, quotes):
    stage.set(switches={"reference": choice})
    sent = body_of(send(stage, user, content="first"))
    send(stage, user, content="second", message_reference={"message_id": sent["id"]})
    assert last_seen(stage)["reference"] == (sent["id"] if quotes else None)


# -- recall -----------------------------------------------------------------------------------------------------------


def test_an_admin_may_take_back_what_others_said(stage, group):
    message = stage.say(group=group.group_openid)
    path = f"/v2/groups/{group.group_openid}/messages/{message['message_id']}"
    assert stage.request("DELETE", path).error == "recall_not_permitted"
    group.bot_is_admin = True
    assert stage.request("DELETE", path).status == 200
    assert last_seen(stage)["recalled"] is True


def test_nothing_is_taken_back_in_a_group_that_the_bot_has_left(stage, group):
    sent = body_of(send(stage, group, content="x"))
    path = f"/v2/groups/{group.group_openid}/messages/{sent['id']}"
    group.has_bot = False
    assert stage.request("DELETE", path).error == "recall_not_permitted"
    assert last_seen(stage)["recalled"] is False
    group.has_bot = True
    assert stage.request("DELETE", path).status == 200


@pytest.mark.parametrize(("choice", "status"), [("empty", 200), ("204", 204)])
def test_a_recall_may_answer_nothing(stage, user, choice, status):
    stage.set(switches={"recall_answer": choice})
    sent = body_of(send(stage, user, content="x"))
    reply = stage.request("DELETE", f"/v2/users/{user.openid}/messages/{sent['id']}")
    assert (reply.status, reply.body) == (status, b"")


# -- audits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("passive", "code"), [(False, 304023), (True, 304024)])
def test_a_message_may_wait_for_an_audit(stage, group, passive, code):
    stage.set(switches={"audit": "202"})
    message = stage.say(group=group.group_openid)
    reply = stage.reply(message, **({} if passive else {"msg_id": None}))
    body = body_of(reply)
    assert (reply.status, body["code"]) == (202, code)
    assert list(body) == ["code", "message", "data"]
    assert stage.entries("user.sees") == []
    (audit,) = stage.world.audits.as_json()
    assert audit["audit_id"] == body["data"]["message_audit"]["audit_id"]


def test_an_audit_may_be_told_with_status_200(stage, group):
    stage.set(switches={"audit": "200"})
    reply = send(stage, group, content="x")
    body = body_of(reply)
    assert reply.status == 200
    assert list(body) == ["id", "timestamp", "audit_id", "audit_tips"]
    assert body["id"] == body["audit_id"]
    assert body["audit_tips"] == "group push message is waiting for audit now"


@pytest.mark.parametrize(("passes", "event"), [(True, "MESSAGE_AUDIT_PASS"), (False, "MESSAGE_AUDIT_REJECT")])
def test_the_bot_is_told_how_an_audit_ended(stage, user, passes, event):
    peer, _ = stage.online(intents=1 << 27)
    stage.set(switches={"audit": "200"})
    audit_id = body_of(send(stage, user, content="held"))["audit_id"]
    ended = stage.world.audits.decide(audit_id, passes=passes, world=stage.world, now=stage.now)
    (frame,) = peer.take()
    assert (frame["t"], frame["d"]["audit_id"], ended["delivered"]) == (event, audit_id, 1)
    assert ("message_id" in frame["d"]) is passes
    assert [entry["text"] for entry in stage.entries("user.sees")] == (["held"] if passes else [])
    assert len(stage.world.people.chats()) == passes


def test_an_audit_ends_once(stage, user):
    stage.set(switches={"audit": "200"})
    audit_id = body_of(send(stage, user, content="held"))["audit_id"]
    decide = stage.world.audits.decide
    decide(audit_id, passes=False, world=stage.world, now=stage.now)
    for name, status in ((audit_id, 409), ("msg_tid_x", 404)):
        with pytest.raises(ControlError) as refused:
            decide(name, passes=True, world=stage.world, now=stage.now)
        assert refused.value.status == status
