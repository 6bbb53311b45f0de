"""A rejected request consumes nothing: no reply, no msg_seq, no quota, no index, and nobody sees anything of it."""

import pickle

from hypothesis import given, settings
from hypothesis import strategies as st

from core.stage import Stage

ANCHORS = st.sampled_from(["message", "event", "old", "foreign", "unknown", None, 5])
STREAMS = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from([0, 1, 6, 10, 11, 20, "1"]),
        "index": st.integers(-1, 4),
        "id": st.sampled_from(["", None, "unknown", "own"]),
        "reset": st.booleans(),
    },
)
BODIES = st.fixed_dictionaries(
    {"anchor": ANCHORS},
    optional={
        "msg_type": st.sampled_from([0, 2, 3, 4, 6, 7, 99, "0", None]),
        "content": st.sampled_from(["x", "", "x.py", "x\n", 5, None]),
        "markdown": st.sampled_from([{"content": "x"}, {"content": ""}, {}, {"template_id": "t", "params": 5}, "x"]),
        "ark": st.sampled_from([{"template_id": 23}, {"template_id": 99}, {"template_id": 24, "kv": [{}]}]),
        "media": st.sampled_from([{"file_info": "x"}, {}, 5]),
        "input_notify": st.sampled_from([{"input_type": 1}, {"input_type": 9}, {"input_type": 1, "input_second": 99}]),
        "keyboard": st.sampled_from([{"id": "k"}, {}, {"content": {"rows": [{"buttons": []}] * 6}}]),
        "message_reference": st.sampled_from([{"message_id": "REFIDX_x"}, {"message_id": 5}, 5]),
        "is_wakeup": st.sampled_from([True, False, "yes"]),
        "msg_seq": st.sampled_from([1, 2, 3, "1", None]),
        "stream": STREAMS,
    },
)
FRAMES = st.fixed_dictionaries(
    {"anchor": ANCHORS},
    optional={
        "input_mode": st.sampled_from(["append", "replace", "x"]),
        "input_state": st.sampled_from([1, 10, 2]),
        "index": st.integers(-1, 4),
        "content_raw": st.sampled_from(["", "x", "xy", "y", "x.py", 5]),
        "stream_msg_id": st.sampled_from(["", "unknown", "own"]),
        "is_wakeup": st.booleans(),
        "msg_seq": st.integers(1, 3),
    },
)
REQUESTS = st.lists(
    st.one_of(st.tuples(st.just("users"), st.just("messages"), BODIES),
              st.tuples(st.just("groups"), st.just("messages"), BODIES),
              st.tuples(st.just("users"), st.just("stream_messages"), FRAMES)),
    max_size=30,
)  # fmt: skip


def state(stage):
    world = stage.world
    people = (world.people.users, world.people.groups, world.people._chats)
    return pickle.dumps((world.anchors, world.quotas, world.streams, world.audits, people))


@given(requests=REQUESTS, urls=st.sampled_from(["allowed", "40054010"]), monthly=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_rejected_request_changes_nothing(requests, urls, monthly):
    stage = Stage()
    stage.set(switches={"urls": urls, "proactive_quota": "monthly" if monthly else "verified"})
    group = stage.world.people.group(None).group_openid
    old = {"users": stage.say(), "groups": stage.say(group=group)}
    stage.world.clock.advance(3601)
    foreign = stage.say(user=stage.world.people.add_user().openid)
    new = {"users": stage.say(user=old["users"]["user"]), "groups": stage.say(group=group)}
    own = {}
    for scene, operation, fields in requests:
        body = dict(fields)
        anchor = body.pop("anchor")
        said = {"message": new[scene], "event": new[scene], "old": old[scene], "foreign": foreign}.get(anchor)
        if anchor == "event":
            body["event_id"] = said["event_id"]
        else:
            body["msg_id"] = said["message_id"] if said else anchor
        if "stream" in body and body["stream"].get("id") == "own":
            body["stream"] = {**body["stream"], "id": own.get("messages", "")}
        if body.get("stream_msg_id") == "own":
            body["stream_msg_id"] = own.get("stream_messages", "")
        openid = group if scene == "groups" else old["users"]["user"]
        before, seen = state(stage), len(stage.entries("user.sees"))
        reply = stage.request("POST", f"/v2/{scene}/{openid}/{operation}", body)
        assert reply.status == 200 or reply.error is not None
        assert reply.status != 500 or reply.error == "stream_continuation_without_msg_id"
        if reply.status != 200:
            assert state(stage) == before
            assert len(stage.entries("user.sees")) == seen
        elif "stream" in body or operation == "stream_messages":
            own[operation] = stage.entries("http.response")[-1]["body"]["id"]
