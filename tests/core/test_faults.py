"""When a fault fires, and what is refused when faults are set."""

from random import Random

import pytest

from core.stage import said
from fakeqq.core.errors import ControlError
from fakeqq.core.faults.faults import FAULT_LIMIT, MOMENTS, FaultPlan, parse_fault
from fakeqq.core.faults.verbs import verbs_for


def fault(**changes):
    return {"name": "f", "on": "ws: READY", "do": [{"verb": "drop"}], **changes}


def plan_of(seed=1):
    return FaultPlan(Random(seed))  # noqa: S311 - chance that repeats


def hits(plan, moment, times):
    return [number for number in range(1, times + 1) if plan.fire(moment)]


@pytest.mark.parametrize(
    ("window", "fired"),
    [({}, [1]), ({"nth": 3}, [3]), ({"times": 2}, [1, 2]), ({"nth": 2, "times": 3}, [2, 3, 4]),
     ({"times": None}, [1, 2, 3, 4, 5, 6]), ({"nth": 4, "times": None}, [4, 5, 6])],
)  # fmt: skip
def test_on_which_occurrences_a_fault_fires(window, fired):
    plan = plan_of()
    plan.replace([fault(**window)])
    assert hits(plan, "ws: READY", 6) == fired
    assert plan.as_json()[0]["hits"] == len(fired)


def test_other_moments_do_not_count():
    plan = plan_of()
    plan.replace([fault(nth=2)])
    assert hits(plan, "ws: RESUMED", 5) == []
    assert hits(plan, "ws: READY", 3) == [2]


def test_a_pattern_counts_all_it_covers():
    plan = plan_of()
    plan.replace([fault(on="dispatch: C2C_*", nth=2)])
    assert plan.fire("dispatch: C2C_MESSAGE_CREATE") is None
    assert plan.fire("dispatch: GROUP_AT_MESSAGE_CREATE") is None
    assert plan.fire("dispatch: C2C_MSG_REJECT").name == "f"


def test_the_first_in_the_list_wins_and_all_that_match_count():
    plan = plan_of()
    plan.replace([fault(name="second time", nth=2), fault(name="first two", times=2)])
    assert [plan.fire("ws: READY").name for _ in range(2)] == ["first two", "second time"]
    assert plan.fire("ws: READY") is None
    assert [(each["name"], each["hits"]) for each in plan.as_json()] == [("second time", 1), ("first two", 2)]


def test_chance_is_seeded():
    def run(seed):
        plan = plan_of(seed)
        plan.replace([fault(times=None, probability=0.5)])
        return hits(plan, "ws: READY", 200)

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert 60 < len(run(1)) < 140


def test_what_comes_next_is_told_before_it_comes():
    plan = plan_of()
    plan.replace([fault(nth=2), fault(name="sometimes", times=None, probability=0.5)])
    for _ in range(50):
        told = [plan.next("ws: READY") for _ in range(3)]
        assert told == [plan.fire("ws: READY")] * 3
    assert sum(each["hits"] for each in plan.as_json()) > 1


def test_a_new_list_starts_counting_anew():
    plan = plan_of()
    plan.replace([fault()])
    assert hits(plan, "ws: READY", 3) == [1]
    plan.replace([fault()])
    assert plan.as_json()[0]["hits"] == 0
    assert hits(plan, "ws: READY", 3) == [1]
    plan.replace([])
    assert hits(plan, "ws: READY", 3) == []


@pytest.mark.parametrize("bad", [fault(on="ws: REDY"), fault(do=[]), fault(nth=0), "text", None, 5, [], {}])
def test_a_bad_list_changes_nothing(bad):
    plan = plan_of()
    plan.replace([fault(nth=2)])
    plan.fire("ws: READY")
    with pytest.raises(ControlError):
        plan.replace([fault(name="new"), bad])
    assert [each["name"] for each in plan.as_json()] == ["f"]
    assert plan.fire("ws: READY").name == "f", "still counting"


def test_too_many_faults_are_refused():
    plan = plan_of()
    plan.replace([fault()] * FAULT_LIMIT)
    with pytest.raises(ControlError, match="200"):
        plan.replace([fault()] * (FAULT_LIMIT + 1))


@pytest.mark.parametrize(
    ("bad", "code", "suggestion"),
    [
        (fault(on="ws: REDY"), "unknown_moment", "ws: READY"),
        (fault(on="http: GET /gatway/bot"), "unknown_moment", "http: GET /gateway/bot"),
        (fault(on="conect"), "unknown_moment", "connect"),
        (fault(on="receive: IDENTITY"), "unknown_moment", "receive: IDENTIFY"),
        (fault(on="dispatch: C2C_MESSAGE_CREAT"), "unknown_moment", "dispatch: C2C_MESSAGE_CREATE"),
        (fault(on="dispatch: NOTHING_LIKE_IT*"), "unknown_moment", None),
        (fault(on="*"), "unknown_moment", None),
        (fault(do=[{"verb": "drp"}]), "unknown_verb", "drop"),
        (fault(do=[{"verb": "close", "cod": 4009, "code": 4009}]), "unknown_field", "code"),
        (fault(nht=2), "unknown_field", "nth"),
        (fault(on="http: *", do=[{"verb": "error", "name": "gateway_rate_limitd"}]), "unknown_error",
         "gateway_rate_limited"),
    ],
)  # fmt: skip
def test_an_unknown_word_is_refused_with_the_nearest_right_one(bad, code, suggestion):
    with pytest.raises(ControlError) as refused:
        parse_fault(bad)
    assert refused.value.code == code
    if suggestion is not None:
        assert refused.value.suggestion == suggestion


@pytest.mark.parametrize(
    "bad",
    [
        {}, {"name": "f"}, fault(name=""), fault(name=None), fault(name="x" * 101), fault(name="\ud800"), fault(on=""),
        fault(on=None), fault(nth=0), fault(nth="x"), fault(nth=1.5), fault(times=0), fault(probability=0),
        fault(probability=1.1), fault(probability=float("nan")), fault(do=None), fault(do=[]), fault(do={}),
        fault(do=[{}]), fault(do=[{"verb": None}]), fault(do=[{"verb": {"a": 1}}]), fault(do=["drop"]),
        fault(do=[{"verb": "drop"}] * 21), fault(**{"\ud800": 1}),
    ],
    ids=ascii,
)  # fmt: skip
def test_a_value_out_of_range_is_refused_with_its_place(bad):
    with pytest.raises(ControlError) as refused:
        parse_fault(bad)
    assert refused.value.status == 422
    refused.value.message.encode()


@pytest.mark.parametrize("on", ["ws: READY", "http: GET /gateway", "receive: IDENTIFY", "connect", "dispatch: *"])
def test_a_verb_out_of_place_is_refused_and_told_what_fits(on):
    kind = {"w": "frame", "h": "http", "r": "receive", "c": "connect", "d": "frame"}[on[0]]
    examples = {
        "error": {"name": "system_busy"}, "truncate": {"bytes": 1}, "content-type": {"value": "a/b"},
        "delay": {"seconds": 1}, "send": {"frame": {}}, "close": {"code": 4009},
        "slow-drip": {"bytes_per_second": 100}, "cut": {"bytes": 1},
    }  # fmt: skip
    everything = {name for each in ("http", "frame", "receive", "connect") for name in verbs_for(each)}
    for name in everything:
        given = fault(on=on, do=[{"verb": name, **examples.get(name, {})}])
        if name in verbs_for(kind):
            assert parse_fault(given).do[0].verb == name
        else:
            with pytest.raises(ControlError, match="cannot happen") as refused:
                parse_fault(given)
            assert refused.value.code == "verb_out_of_place"


@pytest.mark.parametrize("moment", sorted(MOMENTS))
def test_every_moment_can_be_named(moment):
    verb = {
        "http": "hang",
        "stream": "hang",
        "connect": "hang",
        "frame": "drop",
        "receive": "ignore",
        "webhook": "drop",
    }[MOMENTS[moment]]
    assert parse_fault(fault(on=moment, do=[{"verb": verb}])).on == moment


def test_a_pattern_with_brackets_is_a_pattern_like_any_other(stage):
    peer, _ = stage.online()
    stage.faults(fault(on="dispatch: [CG]*_CREATE"))
    stage.say()
    assert said(peer.take()) == []
