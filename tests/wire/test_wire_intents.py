"""Intents against the documented list."""

from fakeqq.wire.intents import (
    ALL_INTENTS,
    DEFAULT_PERMISSIONS,
    EVENT_INTENTS,
    INTENT_ROWS,
    Intent,
)

ROWS = {row.name: row for row in INTENT_ROWS}


def test_bits_and_events_are_the_documented_ones(golden):
    for name, bit, events in golden("intents")["intents"]:
        assert ROWS[name].bit == bit
        assert set(ROWS[name].events) >= set(events)
        assert Intent[name] == 1 << bit


def test_events_of_later_pages_have_their_bit(golden):
    for name, bit, event, _ in golden("intents")["further"]:
        assert EVENT_INTENTS[event] is Intent[name]
        assert Intent[name] == 1 << bit


def test_only_private_bots_may_set_the_documented_bits(golden):
    assert [row.bit for row in INTENT_ROWS if row.private_only] == golden("intents")["private_only"]


def test_every_intent_has_one_row_in_order():
    assert [row.name for row in INTENT_ROWS] == [intent.name for intent in Intent]
    assert [row.bit for row in INTENT_ROWS] == sorted(row.bit for row in INTENT_ROWS)


def test_no_event_belongs_to_two_intents():
    events = [event for row in INTENT_ROWS for event in row.events]
    assert len(events) == len(set(events))
    assert set(EVENT_INTENTS) == {*events, "READY", "RESUMED"}


def test_ready_and_resumed_need_no_intent():
    assert EVENT_INTENTS["READY"] == EVENT_INTENTS["RESUMED"] == Intent(0)


def test_an_unknown_event_has_no_intent():
    assert EVENT_INTENTS.get("NO_SUCH_EVENT") is None


def test_default_permissions_are_those_of_a_public_bot():
    assert ALL_INTENTS & ~DEFAULT_PERMISSIONS == Intent.GUILD_MESSAGES | Intent.FORUMS_EVENT


def test_real_clients_may_identify_by_default():
    """The intents that ten adapters send: none may be refused by a fresh world."""
    for intents in (1107296256, 1174409216, 1174409219):
        assert intents & ~int(DEFAULT_PERMISSIONS) == 0
