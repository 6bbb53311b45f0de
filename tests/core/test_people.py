import re

import pytest

from fakeqq.core.errors import ControlError


def test_openids_are_32_upper_case_hex_digits_and_unique(stage):
    openids = [stage.world.people.add_user().openid for _ in range(50)]
    openids += [stage.world.people.add_group().group_openid for _ in range(50)]
    assert all(re.fullmatch(r"[0-9A-F]{32}", openid) for openid in openids)
    assert len(set(openids)) == 100


def test_the_default_user_is_made_on_first_need_and_stays(stage):
    people = stage.world.people
    assert people.users == {}
    assert people.user() is people.user()
    first = people.user()
    people.add_user("later")
    assert people.user() is first


def test_names_are_given_or_invented(stage):
    people = stage.world.people
    assert [people.add_user("小明").name, people.add_user().name] == ["小明", "user 2"]
    assert [people.add_group("家").name, people.add_group().name] == ["家", "group 2"]


@pytest.mark.parametrize("openid", ["", "nobody", "0" * 32, "x" * 10_000])
def test_unknown_people_are_refused(stage, openid):
    people = stage.world.people
    people.add_user()
    for act in (people.user, people.group, lambda openid: people.add_group("g", [openid])):
        with pytest.raises(ControlError) as refused:
            act(openid)
        assert refused.value.status == 404
        assert len(refused.value.message) < 1000


def test_a_mistyped_openid_gets_the_nearest(stage):
    openid = stage.world.people.add_user().openid
    with pytest.raises(ControlError) as refused:
        stage.world.people.user(openid[:-1] + "x")
    assert refused.value.suggestion == openid


def test_a_crowd_is_refused(stage, monkeypatch):
    monkeypatch.setattr("fakeqq.core.people.PEOPLE_LIMIT", 3)
    people = stage.world.people
    people.add_user()
    people.add_group()
    people.add_user()
    for act in (people.add_user, people.add_group):
        with pytest.raises(ControlError) as refused:
            act()
        assert (refused.value.code, refused.value.status) == ("too_many", 409)


def test_a_chat_keeps_its_newest_messages(stage, monkeypatch):
    monkeypatch.setattr("fakeqq.core.people.CHAT_LIMIT", 3)
    for number in range(5):
        stage.say(str(number))
    (chat,) = stage.world.people.chats()
    assert [line["text"] for line in chat["messages"]] == ["2", "3", "4"]


def test_chats_are_separate(stage):
    people = stage.world.people
    first, second = people.add_user().openid, people.add_user().openid
    group = people.add_group("g", [first]).group_openid
    stage.say("a", user=first)
    stage.say("b", user=second)
    stage.say("c", user=first, group=group)
    assert [(chat["scene"], chat["openid"], chat["messages"][0]["text"]) for chat in people.chats()] == [
        ("c2c", first, "a"), ("c2c", second, "b"), ("group", group, "c"),
    ]  # fmt: skip
    assert [chat["openid"] for chat in people.chats(second)] == [second]
    assert people.chats("nobody") == []
