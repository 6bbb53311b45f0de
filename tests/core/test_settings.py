import json

import pytest
from pydantic import ValidationError

from fakeqq.core.errors import ControlError
from fakeqq.core.settings import WorldSettings
from fakeqq.wire.switches import SWITCHES


def test_defaults_are_those_of_the_tables():
    settings = WorldSettings()
    assert (settings.heartbeat_interval_ms, settings.token_lifetime, settings.session_lifetime) == (41250, 7200, 300)
    assert {row.name: settings.switch(row.name) for row in SWITCHES} == {row.name: row.default for row in SWITCHES}


def test_a_change_is_a_copy():
    before = WorldSettings()
    after = before.changed({"shards": 4, "era": "early-2026"})
    assert (before.shards, after.shards, str(after.era)) == (1, 4, "early-2026")


def test_switches_are_merged_name_by_name():
    settings = WorldSettings().changed({"switches": {"replay": "none"}}).changed({"switches": {"proactive": "refused"}})
    assert settings.switches == {"replay": "none", "proactive": "refused"}
    assert settings.changed({"shards": 2}).switches == settings.switches


@pytest.mark.parametrize("row", SWITCHES, ids=lambda row: row.name)
def test_every_choice_of_every_switch_can_be_made(row):
    for choice in row.choices:
        assert WorldSettings().changed({"switches": {row.name: choice}}).switch(row.name) == choice


@pytest.mark.parametrize(
    ("changes", "code", "suggestion"),
    [
        ({"shard": 2}, "unknown_setting", "shards"),
        ({"heartbeat_interval": 2}, "unknown_setting", "heartbeat_interval_ms"),
        ({"switches": {"replai": "none"}}, "unknown_switch", "replay"),
        ({"switches": {"replay": "exakt"}}, "unknown_choice", "exact"),
    ],
)
def test_an_unknown_word_gets_the_nearest_right_one(changes, code, suggestion):
    with pytest.raises(ControlError) as refused:
        WorldSettings().changed(changes)
    assert (refused.value.code, refused.value.suggestion) == (code, suggestion)


@pytest.mark.parametrize(
    "changes",
    [
        {"heartbeat_interval_ms": -1}, {"heartbeat_interval_ms": 10**400}, {"heartbeat_interval_ms": "x"},
        {"heartbeat_interval_ms": None}, {"heartbeat_interval_ms": 1.5}, {"token_lifetime": 0},
        {"token_lifetime": 86_401},
        {"token_lifetime": float("nan")}, {"session_lifetime": -1}, {"session_lifetime": float("inf")},
        {"session_lifetime": float("nan")}, {"session_lifetime": 10**400}, {"shards": 0}, {"shards": 1001},
        {"max_concurrency": 0}, {"max_concurrency": 10**400}, {"session_start_total": -1},
        {"session_start_total": 10**400}, {"permitted_intents": -1}, {"permitted_intents": 10**400},
        {"username": 5}, {"username": "\ud800"}, {"username": "x" * 10_000}, {"era": "1999"}, {"switches": []},
        {"switches": {"replay": 5}}, {"switches": {5: "exact"}}, {"switches": None},
    ],
    ids=lambda changes: ascii(changes)[:50],
)  # fmt: skip
def test_values_out_of_range_are_refused(changes):
    with pytest.raises((ControlError, ValidationError)):
        WorldSettings().changed(changes)


@pytest.mark.parametrize("changes", [{}, {"heartbeat_interval_ms": 0}, {"session_lifetime": 0}, {"username": "机器人"}])
def test_settings_are_shown_as_they_were_set(changes):
    shown = json.loads(json.dumps(WorldSettings().changed(changes).model_dump(mode="json"), allow_nan=False))
    assert {name: shown[name] for name in changes} == changes
