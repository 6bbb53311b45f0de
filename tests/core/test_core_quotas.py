"""Messages that answer nothing: quotas, and calling a silent user back."""

import pytest

from core.stage import body_of

DAY = 86_400


def send(stage, scene, openid, **body):
    return stage.request("POST", f"/v2/{scene}/{openid}/messages", {"content": "x", **body})


def accepted(stage, scene, openids, times):
    """How many of `times` messages, to the openids in turn, go through at one moment."""
    return sum(send(stage, scene, openids[turn % len(openids)]).status == 200 for turn in range(times))


@pytest.fixture
def users(stage):
    return [stage.world.people.add_user().openid for _ in range(5)]


@pytest.fixture
def groups(stage):
    return [stage.world.people.add_group().group_openid for _ in range(5)]


@pytest.mark.parametrize(("bot", "second"), [("verified", 10), ("unverified", 5)])
def test_so_many_to_users_in_a_second(stage, users, bot, second):
    stage.set(switches={"proactive_quota": bot})
    assert accepted(stage, "users", users, 15) == second
    refused = send(stage, "users", users[0])
    assert body_of(refused)["err_code"] == 40034100
    stage.world.clock.advance(1)
    assert send(stage, "users", users[0]).status == 200


@pytest.mark.parametrize(("bot", "minute"), [("verified", 60), ("unverified", 30)])
def test_so_many_to_groups_in_a_minute(stage, groups, bot, minute):
    stage.set(switches={"proactive_quota": bot})
    assert accepted(stage, "groups", groups, 70) == minute
    stage.world.clock.advance(60)
    assert send(stage, "groups", groups[0]).status == 200


def test_so_many_to_one_receiver_in_a_minute_and_a_day(stage, users):
    sent = 0
    for _ in range(3 * DAY // 60 // 60):
        stage.world.clock.advance(60)
        for _ in range(4):
            stage.world.clock.advance(1)
            sent += accepted(stage, "users", users[:1], 6)
            if sent >= 1000:
                break
    assert sent == 1000
    assert body_of(send(stage, "users", users[0]))["err_code"] == 40034100
    stage.world.clock.advance(10)
    assert send(stage, "users", users[1]).status == 200
    stage.world.clock.advance(DAY)
    assert send(stage, "users", users[0]).status == 200


def test_twenty_to_one_receiver_in_a_minute(stage, users):
    sent = 0
    for _ in range(5):
        sent += accepted(stage, "users", users[:1], 6)
        stage.world.clock.advance(1)
    assert sent == 20


def test_four_a_month_as_in_2025(stage, groups):
    stage.set(switches={"proactive_quota": "monthly"})
    assert accepted(stage, "groups", groups[:1], 6) == 4
    refused = send(stage, "groups", groups[0])
    assert (body_of(refused)["code"], body_of(refused)["message"]) == (22009, "msg limit exceed")
    stage.world.clock.advance(30 * DAY)
    assert send(stage, "groups", groups[0]).status == 200


def test_a_refused_message_spends_nothing(stage, users):
    for _ in range(50):
        assert send(stage, "users", users[0], content="").status == 400
    assert accepted(stage, "users", users[:1], 20) == 10


def test_replies_spend_no_quota(stage, users):
    stage.set(switches={"c2c_reply_count": "unenforced"})
    message = stage.say(user=users[0])
    assert [stage.reply(message, msg_seq=seq).status for seq in range(40)] == [200] * 40
    assert accepted(stage, "users", users, 15) == 10


def test_no_quota_at_all(stage, users):
    stage.set(switches={"proactive_quota": "off"})
    assert accepted(stage, "users", users, 100) == 100


# -- is_wakeup --------------------------------------------------------------------------------------------------------


def wake(stage, openid, **body):
    return send(stage, "users", openid, is_wakeup=True, **body)


@pytest.mark.parametrize("days", [0, 0.9, 1.5, 5, 20])
def test_one_wakeup_in_each_period(stage, users, days):
    stage.say(user=users[0])
    stage.world.clock.advance(days * DAY)
    assert wake(stage, users[0]).status == 200
    assert body_of(wake(stage, users[0]))["err_code"] == 40034122


def test_four_periods_in_thirty_days_and_then_none(stage, users):
    stage.say(user=users[0])
    codes = []
    for _ in range(40):
        reply = wake(stage, users[0])
        codes.append(reply.error)
        stage.world.clock.advance(DAY)
    assert codes.count(None) == 4
    assert set(codes[30:]) == {"wakeup_not_supported"}
    stage.say(user=users[0])
    assert wake(stage, users[0]).status == 200


def test_a_user_who_never_spoke_is_not_woken(stage, users):
    assert body_of(wake(stage, users[0]))["err_code"] == 40034123


def test_a_wakeup_needs_no_proactive_permission_and_no_anchor(stage, users):
    stage.set(switches={"proactive": "refused"})
    message = stage.say(user=users[0])
    assert wake(stage, users[0], msg_id=message["message_id"]).error == "request_malformed"
    assert wake(stage, users[0]).status == 200
    assert send(stage, "users", users[0], is_wakeup="yes").error == "request_malformed"
