"""A scenario as data: what is taken, and what is refused with the nearest right word."""

import json

import pytest

from fakeqq.core.errors import ControlError
from fakeqq.core.scenarios.scenario import json_schema, parse, parse_toml

READY = {"on": "ws: READY", "do": [{"act": "drop"}]}
FAULT = {"name": "f", "on": "ws: READY", "do": [{"verb": "drop"}]}


def test_everything_a_file_can_say():
    scenario = parse_toml(
        """
        title = "t"
        why = ["https://github.com/a/b/issues/1"]
        happens = "x."
        expect = "y."
        shows = [{ kind = "ws.out", op = 7 }]
        [settings]
        shards = 2
        switches = { replay = "none" }
        [[faults]]
        name = "f"
        on = "http: GET /gateway*"
        times = "for-ever"
        do = [{ verb = "error", name = "gateway_rate_limited" }]
        [[timeline]]
        on = "dispatch: C2C*"
        nth = 2
        times = "for-ever"
        after = 1.5
        every = 3
        do = [{ act = "faults", faults = [{ name = "g", on = "connect", do = [{ verb = "hang" }] }] }]
        """,
        "my-day",
    )
    assert (scenario.name, scenario.settings["shards"]) == ("my-day", 2)
    assert scenario.faults[0].times is None
    assert (scenario.timeline[0].nth, scenario.timeline[0].after, scenario.timeline[0].every) == (2, 1.5, 3)


@pytest.mark.parametrize(
    ("nth", "times", "fires"),
    [(1, 1, [1]), (2, 1, [2]), (2, 2, [2, 3]), (3, "for-ever", [3, 4, 5])],
)
def test_which_occurrences_count(nth, times, fires):
    (step,) = parse({"timeline": [{**READY, "nth": nth, "times": times}]}).timeline
    assert [occurrence for occurrence in range(1, 6) if step.fires_on(occurrence)] == fires


@pytest.mark.parametrize(
    ("raw", "code", "suggestion"),
    [
        ({"titel": "x"}, "unknown_field", "title"),
        ({"timeline": [{**READY, "afterr": 1}]}, "unknown_field", "after"),
        ({"timeline": [{**READY, "do": [{"act": "clsoe", "code": 4009}]}]}, "unknown_action", "close"),
        ({"timeline": [{**READY, "do": [{"act": "close", "cod": 4009}]}]}, "unknown_field", "code"),
        ({"timeline": [{**READY, "on": "ws: REDY"}]}, "unknown_moment", "ws: READY"),
        ({"timeline": [{**READY, "on": "webhook: ACKS"}]}, "unknown_moment", "webhook: ACK"),
        ({"timeline": [{**READY, "on": "http: GET /gatewai*"}]}, "unknown_moment", "http: GET /gateway"),
        ({"faults": [{**FAULT, "on": "ws: REDY"}]}, "unknown_moment", "ws: READY"),
        ({"faults": [{**FAULT, "do": [{"verb": "dorp"}]}]}, "unknown_verb", "drop"),
        ({"settings": {"heartbeat_interval": 1}}, "unknown_setting", "heartbeat_interval_ms"),
        ({"settings": {"switches": {"replays": "none"}}}, "unknown_switch", "replay"),
        ({"settings": {"switches": {"replay": "non"}}}, "unknown_choice", "none"),
        ({"settings": {"shards": "many"}}, "bad_value", None),
        ({"timeline": [{**READY, "do": [{"act": "settings", "change": {"shard": 1}}]}]}, "unknown_setting", "shards"),
        (
            {"timeline": [{**READY, "do": [{"act": "faults", "faults": [{**FAULT, "on": "x"}]}]}]},
            "unknown_moment",
            None,
        ),
        ({"timeline": [{**READY, "do": []}]}, "bad_scenario", None),
        ({"timeline": [{**READY, "every": 0}]}, "bad_scenario", None),
        ({"timeline": [{**READY, "after": -1}]}, "bad_scenario", None),
        ({"why": ["http://example.com/"]}, "bad_scenario", None),
        ({"name": "My Day"}, "bad_scenario", None),
        ({"faults": "none"}, "bad_scenario", None),
        ({"settings": "none"}, "bad_scenario", None),
        ({"shows": [{"op": {"bigger": 1}}]}, "unknown_operator", None),
        ([], "bad_scenario", None),
        (None, "bad_scenario", None),
    ],
)
def test_mistakes_are_refused_with_the_nearest_right_word(raw, code, suggestion):
    with pytest.raises(ControlError) as refused:
        parse(raw)
    assert refused.value.code == code
    if suggestion is not None:
        assert refused.value.suggestion == suggestion


@pytest.mark.parametrize("text", ["title = ", "a" * 10, "x = " + "[" * 100_000])
def test_what_is_no_toml_is_refused(text):
    with pytest.raises(ControlError) as refused:
        parse_toml(text, "my-day")
    assert refused.value.code == "not_toml"


def test_the_schema_is_for_files():
    schema = json_schema()
    json.dumps(schema)
    assert set(schema["properties"]) >= {"title", "why", "happens", "expect", "settings", "faults", "timeline", "shows"}
    assert {"const": "for-ever"} in schema["$defs"]["Fault"]["properties"]["times"]["anyOf"]
    assert schema["additionalProperties"] is False
