"""Sources, and the rule that every row has one."""

import re

from fakeqq.wire import sources
from fakeqq.wire.close_codes import CLOSE_CODES
from fakeqq.wire.endpoints import OPERATIONS
from fakeqq.wire.errors import ERRORS
from fakeqq.wire.evidence import Evidence, Source
from fakeqq.wire.intents import INTENT_ROWS
from fakeqq.wire.limits import LIMITS
from fakeqq.wire.ops import OP_ROWS
from fakeqq.wire.sources import FIELD_REPORT, OURS
from fakeqq.wire.switches import CONTESTED

ROWS = [*OP_ROWS, *CLOSE_CODES.values(), *INTENT_ROWS, *LIMITS, *CONTESTED, *ERRORS, *OPERATIONS]


def name_of(row):
    return f"{type(row).__name__}-{getattr(row, 'name', getattr(row, 'op', row))}-{getattr(row, 'era', None)}"


def names(rows):
    """The names of offending rows: the answer a failing test should give."""
    return [name_of(row) for row in rows]


def test_every_row_has_sources_and_evidence():
    assert not names(row for row in ROWS if not isinstance(row.evidence, Evidence))
    assert not names(row for row in ROWS if not row.sources)
    assert not names(row for row in ROWS if len(set(row.sources)) != len(row.sources))


def test_sources_are_public_places():
    places = {source for row in ROWS for source in row.sources}
    assert all(source.url is not None for source in places - {FIELD_REPORT, OURS})
    assert not [source for source in places if "idx:" in source.location or "shared" in source.location]


def test_our_choice_names_ourselves_and_nothing_else_does():
    assert not names(row for row in ROWS if (OURS in row.sources) != (row.evidence is Evidence.OUR_CHOICE))


def test_a_row_without_public_evidence_is_explained():
    assert not names(row for row in ROWS if set(row.sources) <= {FIELD_REPORT, OURS} and not row.note)


def test_every_switch_says_why_it_is_one():
    why = ("sources disagree", "nobody knows", "a permission of the bot")
    for row in CONTESTED:
        assert any(words in row.note for words in why), row.name


def test_rows_of_two_eras_say_that_sources_disagree():
    for row in ERRORS:
        if row.era is not None:
            assert "sources disagree" in row.note


def test_our_choices_are_few_and_known():
    ours = {row.name for row in ROWS if row.evidence is Evidence.OUR_CHOICE}
    assert ours == {
        "going_away",
        "MISSED_HEARTBEATS",
        "SESSION_LIFETIME",
        "REPLAY_BUFFER_EVENTS",
        "MAX_FRAME_BYTES",
        "TOKEN_CALLS_PER_MINUTE",
        "WEBHOOK_RETRY_AFTER",
        "S1_CHUNK_BYTES",
        "S1_CHUNKS",
        "S2_DELIVERED_PER_SECOND",
        "UPLOAD_DAILY_BYTES",
        "offline_bot",
        "keyboard_texts",
        "stream_in_group",
        "stream_reply_count",
        "token_expiry",
        "resume_while_attached",
        "client_close_1000",
        "webhook_4xx",
        "guild_recall_window",
        "not_found",
        "method_not_allowed",
    }


def test_pins_name_a_commit():
    pins = [value for value in vars(sources).values() if isinstance(value, Source)]
    for pin in pins:
        if "@" in pin.location:
            assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{7,40}( \S+)?", pin.location), pin


def test_one_location_has_one_label():
    labels = {}
    for row in ROWS:
        for source in row.sources:
            assert labels.setdefault(source.location, source.label) == source.label
