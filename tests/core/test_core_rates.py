"""How often an operation may be called, where a world demands it."""

import pytest

from core.stage import body_of


@pytest.fixture
def openid(stage):
    return stage.world.people.user().openid


@pytest.fixture
def strict(stage):
    stage.set(switches={"endpoint_rates": "real"})
    return stage


def recall(stage, openid):
    return stage.request("DELETE", f"/v2/users/{openid}/messages/unknown").error


def test_eleven_recalls_in_a_second_are_one_too_many(strict, openid):
    told = [recall(strict, openid) for _ in range(11)]
    assert told == ["recall_invalid_msg_id"] * 10 + ["gateway_rate_limited"]
    strict.flow(1)
    assert recall(strict, openid) == "recall_invalid_msg_id"


def test_nothing_is_counted_by_default(stage, openid):
    assert "gateway_rate_limited" not in [recall(stage, openid) for _ in range(30)]


def test_streams_are_refused_with_a_number_of_their_own(strict, openid):
    path = f"/v2/users/{openid}/stream_messages"
    replies = [strict.request("POST", path, {}) for _ in range(51)]
    assert [reply.error for reply in replies].count("stream_rate_limited") == 1
    assert body_of(replies[-1])["code"] == 50002


def test_group_calls_count_by_the_minute(strict):
    group = strict.world.people.add_group()
    path = f"/v2/groups/{group.group_openid}"
    assert [strict.request("GET", f"{path}/info").status for _ in range(31)].count(400) == 1
    assert [strict.request("GET", f"{path}/members").status for _ in range(61)].count(400) == 1
    strict.flow(59)
    assert strict.request("GET", f"{path}/info").status == 400
    strict.flow(1)
    assert strict.request("GET", f"{path}/info").status == 200
