"""Sending and recalling: windows, anchors, the msg_seq ledger, counts, shapes. A rejected request consumes nothing."""

import pytest

from core.stage import body_of


def group_said(stage):
    group = stage.world.people.add_group()
    return stage.say(group=group.group_openid)


def said_in(stage, scene):
    return group_said(stage) if scene == "group" else stage.say()


def error(reply):
    return reply.error


def test_a_reply_is_accepted_seen_and_shown(stage):
    message = stage.say("ping")
    reply = stage.reply(message, "pong", msg_seq=7)
    assert (reply.status, reply.error) == (200, None)
    (seen,) = stage.entries("user.sees")
    assert {key: seen[key] for key in ("scene", "openid", "text", "msg_type", "reply_to", "msg_seq", "proactive")} == {
        "scene": "c2c", "openid": message["user"], "text": "pong", "msg_type": 0, "reply_to": message["message_id"],
        "msg_seq": 7, "proactive": False,
    }  # fmt: skip
    assert seen["message_id"] == body_of(reply)["id"]
    (chat,) = stage.world.people.chats()
    assert [(line["from"], line["text"]) for line in chat["messages"]] == [("user", "ping"), ("bot", "pong")]


@pytest.mark.parametrize(("scene", "window"), [("c2c", 3600), ("group", 300)])
@pytest.mark.parametrize(("wording", "code"), [("first", 40034005), ("second", 40034031), ("third", 304103)])
def test_a_reply_is_in_time_until_the_window_is_over(stage, scene, window, wording, code):
    stage.set(switches={"expired_wording": wording})
    message = said_in(stage, scene)
    stage.world.clock.advance(window)
    assert stage.reply(message).status == 200
    stage.world.clock.advance(0.5)
    reply = stage.reply(message, msg_seq=2)
    assert (reply.status, body_of(reply)["code"]) == (400, code)


def test_a_frozen_clock_keeps_the_window_open(stage):
    message = group_said(stage)
    stage.world.clock.set_frozen(True, stage.real)
    stage.flow(10_000)
    assert stage.reply(message).status == 200


@pytest.mark.parametrize("key", ["msg_id", "event_id"])
def test_an_unknown_anchor_is_refused(stage, key):
    user = stage.world.people.user().openid
    body = {"content": "x", key: "ROBOT1.0_nobody's!"}
    assert error(stage.request("POST", f"/v2/users/{user}/messages", body)) == f"{key}_invalid"


def test_a_foreign_message_cannot_be_answered(stage):
    message = stage.say(user=stage.world.people.add_user().openid)
    other = stage.world.people.add_user().openid
    body = {"content": "x", "msg_id": message["message_id"]}
    assert error(stage.request("POST", f"/v2/users/{other}/messages", body)) == "msg_id_invalid"
    group = stage.world.people.add_group([]).group_openid
    assert error(stage.request("POST", f"/v2/groups/{group}/messages", body)) == "msg_id_invalid"


def test_the_bots_own_message_cannot_be_answered(stage):
    message = stage.say()
    own = body_of(stage.reply(message))["id"]
    assert error(stage.reply(message, msg_id=own)) == "msg_id_invalid"


def test_an_event_id_anchors_like_a_message_id_and_shares_its_ledger(stage):
    message = stage.say()
    assert stage.reply(message, msg_id=None, event_id=message["event_id"]).status == 200
    assert error(stage.reply(message)) == "message_duplicated"
    stage.world.clock.advance(3601)
    assert error(stage.reply(message, msg_id=None, event_id=message["event_id"])) == "event_id_expired"


def test_beside_a_message_id_the_event_id_is_not_looked_at(stage):
    assert stage.reply(stage.say(), event_id="anything").status == 200


@pytest.mark.parametrize("absent", [{"msg_id": None}, {"msg_id": ""}, {"msg_id": None, "event_id": None}])
def test_a_message_without_an_anchor_is_proactive(stage, absent):
    message = stage.say()
    assert stage.reply(message, **absent).status == 200
    assert stage.entries("user.sees")[0]["proactive"] is True
    stage.set(switches={"proactive": "refused"})
    refused = stage.reply(message, **absent)
    assert (refused.status, body_of(refused)["code"]) == (400, 40034105)
    stage.set(era="early-2026")
    assert body_of(stage.reply(message, **absent))["code"] == 40034102


def test_proactive_messages_have_no_ledger(stage):
    message = stage.say()
    assert [stage.reply(message, msg_id=None).status for _ in range(10)] == [200] * 10


# -- msg_seq and counts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [{}, {"msg_seq": None}, {"msg_seq": 1}])
@pytest.mark.parametrize("second", [{}, {"msg_seq": 1}])
def test_a_missing_msg_seq_is_1_and_each_is_used_once(stage, first, second):
    message = stage.say()
    assert stage.reply(message, **first).status == 200
    again = stage.reply(message, **second)
    assert (again.status, body_of(again)["code"]) == (400, 40054005)


def test_any_order_and_any_integer_will_do_as_msg_seq(stage):
    stage.set(switches={"c2c_reply_count": "unenforced"})
    message = stage.say()
    for seq in (10_000, 3, 72_016_803, 0, -5, 2**63, -(10**20)):
        assert stage.reply(message, msg_seq=seq).status == 200
        assert error(stage.reply(message, msg_seq=seq)) == "message_duplicated"


def test_each_message_has_a_ledger_of_its_own(stage):
    assert [stage.reply(stage.say()).status for _ in range(3)] == [200] * 3


@pytest.mark.parametrize(("choice", "allowed"), [("4", 4), ("5", 5), ("unenforced", 12)])
def test_how_many_replies_one_c2c_message_allows(stage, choice, allowed):
    stage.set(switches={"c2c_reply_count": choice})
    message = stage.say()
    errors = [error(stage.reply(message, msg_seq=seq)) for seq in range(1, 13)]
    assert errors == [None] * allowed + ["passive_limit_exceeded"] * (12 - allowed)


def test_a_group_message_allows_five_replies(stage):
    message = group_said(stage)
    errors = [error(stage.reply(message, msg_seq=seq)) for seq in range(1, 8)]
    assert errors == [None] * 5 + ["passive_limit_exceeded"] * 2


@pytest.mark.parametrize(
    "bad",
    [
        {"msg_type": 99}, {"content": ""}, {"msg_type": 2}, {"msg_seq": "1"}, {"content": 5}, {"msg_id": 5},
        {"msg_type": 7}, {"msg_id": "unknown"}, {"msg_type": 7, "media": {"file_info": ""}},
    ],
    ids=str,
)  # fmt: skip
def test_a_rejected_request_consumes_nothing(stage, bad):
    message = stage.say()
    assert stage.reply(message, **bad).status == 400
    assert stage.entries("user.sees") == []
    assert [error(stage.reply(message, msg_seq=seq)) for seq in range(1, 6)] == [None] * 4 + ["passive_limit_exceeded"]


# -- shapes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"content": "text"}, None),
        ({"content": "text", "msg_type": 0}, None),
        ({"content": "text", "msg_type": None}, None),
        ({"content": "text", "embed": None, "ark": None, "media": None, "stream": None, "openid": "x"}, None),
        ({}, "content_invalid"),
        ({"content": None}, "content_invalid"),
        ({"content": ""}, "content_invalid"),
        ({"content": 5}, "request_malformed"),
        ({"content": ["a"]}, "request_malformed"),
        ({"content": "x", "msg_type": "0"}, "request_malformed"),
        ({"content": "x", "msg_type": True}, "request_malformed"),
        ({"content": "x", "msg_type": 0.0}, "request_malformed"),
        ({"content": "x", "msg_type": 1}, "message_type_mismatch"),
        ({"content": "x", "msg_type": 4}, "message_type_mismatch"),
        ({"content": "x", "msg_type": -1}, "message_type_mismatch"),
        ({"content": "x", "msg_type": 10**30}, "message_type_mismatch"),
        ({"content": "x", "msg_seq": "1"}, "request_malformed"),
        ({"content": "x", "msg_seq": 1.5}, "request_malformed"),
        ({"content": "x", "msg_seq": False}, "request_malformed"),
        ({"content": "x", "msg_id": 5}, "request_malformed"),
        ({"content": "x", "msg_id": None, "event_id": {}}, "request_malformed"),
        ({"msg_type": 2, "markdown": {"content": "# hi"}}, None),
        ({"msg_type": 2, "markdown": {"content": "# hi"}, "content": "x"}, None),
        ({"msg_type": 2, "markdown": {"custom_template_id": "1"}}, None),
        ({"msg_type": 2, "markdown": {}, "keyboard": {"id": "1"}}, None),
        ({"msg_type": 2}, "markdown_invalid"),
        ({"msg_type": 2, "markdown": None}, "markdown_invalid"),
        ({"msg_type": 2, "markdown": {}}, "markdown_invalid"),
        ({"msg_type": 2, "markdown": "# hi"}, "markdown_invalid"),
        ({"msg_type": 3, "ark": {"template_id": 23}}, None),
        ({"msg_type": 6, "input_notify": {"input_type": 1, "input_second": 60}}, None),
        ({"msg_type": 7, "media": {"file_info": "abc"}}, "file_info_invalid"),
        ({"msg_type": 7}, "request_malformed"),
        ({"msg_type": 7, "media": {}}, "file_info_invalid"),
        ({"msg_type": 7, "media": {"file_info": 5}}, "file_info_invalid"),
    ],
    ids=lambda part: ascii(part)[:60],
)
def test_the_shape_of_each_type(stage, body, refusal):
    message = stage.say()
    reply = stage.request("POST", f"/v2/users/{message['user']}/messages", {"msg_id": message["message_id"], **body})
    assert reply.error == refusal
    assert reply.status == (200 if refusal is None else 400)


@pytest.mark.parametrize("path", ["/v2/users/{}/messages", "/v2/groups/{}/messages"])
@pytest.mark.parametrize(("era", "status", "err_code"), [("early-2026", 500, 11255), ("late-2026", 400, 40011028)])
def test_nobody_there(stage, path, era, status, err_code):
    stage.set(era=era)
    reply = stage.request("POST", path.format("0" * 32), {"content": "x"})
    assert (reply.status, body_of(reply)["code"], body_of(reply)["err_code"]) == (status, 11255, err_code)


def test_a_group_is_no_user(stage):
    message = group_said(stage)
    assert (
        error(stage.request("POST", f"/v2/users/{message['group']}/messages", {"content": "x"})) == "resource_not_found"
    )


def test_an_anchor_of_long_ago_is_forgotten(stage, monkeypatch):
    monkeypatch.setattr("fakeqq.core.sending.messages.ANCHOR_LIMIT", 4)
    first, *others = [stage.say() for _ in range(4)]
    assert error(stage.reply(first)) == "msg_id_invalid"
    assert stage.reply(others[-1]).status == 200


# -- recall ---------------------------------------------------------------------------------------------------------


def recall(stage, message, message_id):
    scene = f"groups/{message['group']}" if message["group"] else f"users/{message['user']}"
    return stage.request("DELETE", f"/v2/{scene}/messages/{message_id}")


@pytest.mark.parametrize("scene", ["c2c", "group"])
def test_a_message_of_the_bots_own_can_be_recalled_for_two_minutes(stage, scene):
    message = said_in(stage, scene)
    early, late = (body_of(stage.reply(message, msg_seq=seq))["id"] for seq in (1, 2))
    stage.world.clock.advance(120)
    reply = recall(stage, message, early)
    assert (reply.status, reply.body) == (200, b"{}")
    assert [entry["message_id"] for entry in stage.entries("user.recall")] == [early]
    stage.world.clock.advance(0.5)
    assert error(recall(stage, message, late)) == "recall_expired"
    (chat,) = stage.world.people.chats()
    assert [line["recalled"] for line in chat["messages"]] == [False, True, False]


@pytest.mark.parametrize(
    ("scene", "unknown", "foreign"),
    [
        ("c2c", "recall_invalid_msg_id", "recall_invalid_msg_id"),
        ("group", "recall_invalid_params", "recall_not_permitted"),
    ],
)
def test_what_cannot_be_recalled(stage, scene, unknown, foreign):
    message = said_in(stage, scene)
    own = body_of(stage.reply(message))["id"]
    assert error(recall(stage, message, "nothing")) == unknown
    assert error(recall(stage, message, message["message_id"])) == foreign
    assert recall(stage, message, own).status == 200
    assert error(recall(stage, message, own)) == unknown


@pytest.mark.parametrize(("scene", "refusal"), [("users", "user_openid_invalid"), ("groups", "resource_not_found")])
def test_a_recall_from_nobody(stage, scene, refusal):
    assert error(stage.request("DELETE", f"/v2/{scene}/{'0' * 32}/messages/x")) == refusal
