"""The group management API: who is in a group, who may speak, who may come in."""

import pytest

from core.stage import body_of
from fakeqq.core.errors import ControlError
from fakeqq.core.events import relations
from fakeqq.core.events.buttons import Press, press
from fakeqq.core.groups import rest_groups
from fakeqq.wire.endpoints import OPERATIONS

PREFIX = "/v2/groups/{group_openid}/"
MANAGEMENT = [row for row in OPERATIONS if row.name in {route.operation for route in rest_groups.ROUTES}]
ADMINISTRATED = {
    "restrict_chat_setting", "join_request_list", "approval_join_request/{member_openid}", "batch_remove_members",
    "member_blacklist",
}  # fmt: skip


@pytest.fixture
def people(stage):
    return [stage.world.people.add_user(name) for name in ("ann", "bob", "cy", "dee")]


@pytest.fixture
def group(stage, people):
    group = stage.world.people.add_group("readers", [person.openid for person in people[:3]])
    group.bot_is_admin = True
    return group


@pytest.fixture
def call(stage, group):
    def ask(method, path, body=None, query=""):
        return stage.request(method, f"/v2/groups/{group.group_openid}/{path}", body, query=query)

    return ask


def test_what_is_known_of_a_group(call, group, stage):
    assert body_of(call("GET", "info")) == {
        "group_openid": group.group_openid, "group_name": "readers", "group_finger_memo": "", "group_class_text": "",
        "group_tags": [], "group_member_num": 4,
    }  # fmt: skip
    state = body_of(call("GET", "bot_state"))
    assert state["member_openid"] == stage.world.bot_openid
    assert (state["member_role"], state["recv_msg_setting"], state["allow_proactive_msg"]) == (
        "admin", "only_mention", True,
    )  # fmt: skip


def test_members_come_by_thirties(stage, call, group):
    group.members += [stage.world.people.add_user().openid for _ in range(40)]
    first = body_of(call("GET", "members"))
    rest = body_of(call("GET", "members", query=f"cursor={first['next_cursor']}"))
    assert (len(first["members"]), len(rest["members"]), rest["next_cursor"]) == (30, 13, "")
    assert [one["member_openid"] for one in first["members"] + rest["members"]] == group.members
    assert first["members"][0]["member_role"] == "owner"
    older = body_of(call("POST", "members", {"limit": 40, "start_index": 2}))
    assert (len(older["members"]), older["next_index"]) == (40, 42)
    assert "next_index" not in body_of(call("POST", "members", {"limit": 40, "start_index": 3}))


def test_one_member(call, people):
    assert body_of(call("GET", f"members/{people[1].openid}"))["username"] == "bob"
    assert call("GET", f"members/{people[3].openid}").error == "resource_not_found"


def test_who_is_muted_says_nothing_until_the_time_is_over(stage, call, people, group):
    bob = people[1].openid
    until = rest_groups.timestamp(stage.now.world + 60)
    assert call("POST", "restrict_chat_setting", {"members": [mute("add", bob, until)]}).status == 200
    assert [one["username"] for one in body_of(call("GET", "restrict_chat_setting"))["members"]] == ["bob"]
    with pytest.raises(ControlError, match="muted here"):
        stage.say(user=bob, group=group.group_openid)
    stage.say(user=people[2].openid, group=group.group_openid)
    stage.flow(61)
    stage.say(user=bob, group=group.group_openid)
    assert body_of(call("GET", "restrict_chat_setting"))["members"] == []


def mute(op, openid, until=""):
    return {"op": op, "member_openid": openid, "mute_expire_at": until}


def test_a_mute_is_lifted_and_nothing_happens_where_one_is_refused(stage, call, people):
    ann, bob = people[0].openid, people[1].openid
    until = rest_groups.timestamp(stage.now.world + 60)
    assert call("POST", "restrict_chat_setting", {"members": [mute("add", bob, until), mute("add", ann, until)]}).error
    assert body_of(call("GET", "restrict_chat_setting"))["members"] == []
    call("POST", "restrict_chat_setting", {"members": [mute("add", bob, until)]})
    call("POST", "restrict_chat_setting", {"members": [mute("del", bob)]})
    assert body_of(call("GET", "restrict_chat_setting"))["members"] == []


@pytest.mark.parametrize("until", [None, 5, "tomorrow", "2026-01-01T00:00:00", ""])
def test_a_mute_needs_a_moment_with_its_zone(call, people, until):
    wanted = {"members": [mute("add", people[1].openid, until)]}
    assert call("POST", "restrict_chat_setting", wanted).error == "request_malformed"


def apply(stage, group, person):
    return rest_groups.apply_to_join(stage.world, group.group_openid, person.openid, "please", stage.now)


def test_an_applicant_is_let_in(stage, call, people, group):
    peer, _session = stage.online()
    done = apply(stage, group, people[3])
    assert [frame["t"] for frame in peer.take()] == ["GROUP_JOIN_REQUEST"]
    (listed,) = body_of(call("GET", "join_request_list"))["list"]
    assert (listed["join_request_id"], listed["verify_info"]["verify_message"]) == (done["join_request_id"], "please")
    path = f"approval_join_request/{people[3].openid}"
    assert call("POST", path, {"op": "approve", "join_request_id": "another"}).error == "resource_not_found"
    assert call("POST", path, {"op": "approve", "join_request_id": done["join_request_id"]}).status == 200
    assert people[3].openid in group.members
    assert body_of(call("GET", "join_request_list"))["list"] == []


def test_an_applicant_is_refused_for_good(stage, call, people, group):
    apply(stage, group, people[3])
    path = f"approval_join_request/{people[3].openid}"
    call("POST", path, {"op": "decline", "reject_reason": "no", "add_to_member_blacklist": True})
    assert people[3].openid not in group.members
    assert [one["username"] for one in body_of(call("GET", "member_blacklist"))["users"]] == ["dee"]


def test_who_is_on_the_blacklist_neither_speaks_nor_asks_nor_comes_in(stage, call, people, group):
    dee = people[3].openid
    applied = apply(stage, group, people[3])
    call("POST", "member_blacklist", {"op": "add", "member_openids": [dee]})
    deeds = [
        lambda: stage.say(user=dee, group=group.group_openid),
        lambda: press(stage.world, Press(user=dee, group=group.group_openid, button_id="1"), stage.now),
        lambda: apply(stage, group, people[3]),
        lambda: relations.take_member(stage.world, group.group_openid, dee, stage.now, inside=True),
    ]
    for deed in deeds:
        with pytest.raises(ControlError, match="blacklist here") as refused:
            deed()
        assert (refused.value.status, refused.value.code) == (409, "blacklisted")
    let_in = {"op": "approve", "join_request_id": applied["join_request_id"]}
    assert call("POST", f"approval_join_request/{dee}", let_in).status == 200
    assert group.records.blacklist == {}
    for deed in deeds:
        deed()


@pytest.mark.parametrize("by_the_bot", [True, False])
def test_who_is_out_of_the_group_says_nothing_until_they_are_back(stage, call, people, group, by_the_bot):
    bob = people[1].openid
    if by_the_bot:
        call("POST", "batch_remove_members", {"member_openids": [bob]})
    else:
        relations.take_member(stage.world, group.group_openid, bob, stage.now, inside=False)
    deeds = [
        lambda: stage.say(user=bob, group=group.group_openid),
        lambda: press(stage.world, Press(user=bob, group=group.group_openid, button_id="1"), stage.now),
    ]
    for deed in deeds:
        with pytest.raises(ControlError, match="has left here") as refused:
            deed()
        assert (refused.value.status, refused.value.code) == (409, "not_inside")
    apply(stage, group, people[1])
    relations.take_member(stage.world, group.group_openid, bob, stage.now, inside=True)
    for deed in deeds:
        deed()


def test_only_an_administrator_is_told_of_applications(stage, people, group):
    group.bot_is_admin = False
    assert apply(stage, group, people[3])["event_type"] is None


def test_members_are_removed_and_listed(call, people, group):
    leaving = [people[1].openid, people[2].openid]
    done = body_of(call("POST", "batch_remove_members", {"member_openids": leaving, "add_to_member_blacklist": True}))
    assert done == {"remove_members_result": "success", "add_to_member_blacklist_fail_openids": []}
    assert group.members == [people[0].openid]
    assert len(body_of(call("GET", "member_blacklist", query="limit=1"))["users"]) == 1
    assert body_of(call("POST", "member_blacklist", {"op": "del", "member_openids": leaving})) == {"fail_openids": []}
    assert body_of(call("GET", "member_blacklist"))["users"] == []


def test_who_is_inside_cannot_be_put_on_the_list(call, people):
    both = [people[0].openid, people[3].openid]
    done = body_of(call("POST", "member_blacklist", {"op": "add", "member_openids": [*both, "A-STRANGER"]}))
    assert done == {"fail_openids": [people[0].openid]}
    assert [one["username"] for one in body_of(call("GET", "member_blacklist"))["users"]] == ["dee", ""]


@pytest.mark.parametrize("operation", MANAGEMENT, ids=lambda row: row.name)
def test_the_platform_refuses_whom_it_has_not_invited(stage, call, operation):
    stage.world.settings.switches["group_management"] = "refused"
    path = operation.path.removeprefix(PREFIX).format(member_openid="X")
    assert body_of(call(operation.method, path, {}))["code"] == 11253


@pytest.mark.parametrize("operation", MANAGEMENT, ids=lambda row: row.name)
def test_some_of_it_is_for_administrators(call, group, operation):
    group.bot_is_admin = False
    template = operation.path.removeprefix(PREFIX)
    refused = call(operation.method, template.format(member_openid="X"), {}).error == "permission_denied"
    assert refused == (template in ADMINISTRATED)


@pytest.mark.parametrize("operation", MANAGEMENT, ids=lambda row: row.name)
def test_a_group_without_the_bot_is_not_found(stage, call, people, group, operation):
    relations.take_bot(stage.world, group.group_openid, people[0].openid, stage.now, inside=False)
    path = operation.path.removeprefix(PREFIX).format(member_openid="X")
    assert call(operation.method, path, {}).error == "resource_not_found"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "restrict_chat_setting", {"members": {}}),
        ("POST", "restrict_chat_setting", {"members": [{}] * 11}),
        ("POST", "restrict_chat_setting", {"members": ["x"]}),
        ("POST", "batch_remove_members", {"member_openids": []}),
        ("POST", "batch_remove_members", {"member_openids": [1]}),
        ("POST", "batch_remove_members", {"member_openids": ["x"] * 21}),
        ("POST", "member_blacklist", {"op": "burn", "member_openids": ["x"]}),
        ("POST", "approval_join_request/x", {"op": "think"}),
        ("POST", "members", {"limit": "many"}),
    ],
)
def test_nonsense_is_refused(call, method, path, body):
    assert call(method, path, body).error == "request_malformed"


@pytest.mark.parametrize(("path", "query"), [("members", "cursor=x"), ("member_blacklist", "limit=-1")])
def test_nonsense_in_the_query_is_refused(call, path, query):
    assert call("GET", path, query=query).error == "request_malformed"
