from itertools import pairwise

import pytest

from core.stage import EPOCH
from fakeqq.core.clock import Instant
from fakeqq.core.errors import ControlError
from fakeqq.core.journal import Journal, Pattern

NOW = Instant(EPOCH, 1.5, 0.0)
RESUME = {
    "id": 17, "at": EPOCH, "elapsed": 1.5, "kind": "ws.in", "op": 6, "text": None,
    "frame": {"d": {"seq": 3, "token": "QQBot abc", "list": ["a", {"b": 1}], "ok": True}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("where", "holds"),
    [
        ({}, True),
        ({"kind": "ws.in"}, True),
        ({"kind": "ws.out"}, False),
        ({"kind": "ws.in", "op": 6}, True),
        ({"kind": "ws.in", "op": 7}, False),
        ({"frame.d.seq": 3}, True),
        ({"frame.d.seq": 3.0}, False),
        ({"frame.d.seq": "3"}, False),
        ({"frame.d.ok": True}, True),
        ({"frame.d.ok": 1}, False),
        ({"frame.d.list.0": "a"}, True),
        ({"frame.d.list.1.b": 1}, True),
        ({"frame.d.list": ["a", {"b": 1}]}, True),
        ({"frame.d.list.2": None}, False),
        ({"frame.d.list.\u00b2": "a"}, False),
        ({"frame.d.list.-1": "a"}, False),
        ({"frame.d.list." + "9" * 5000: "a"}, False),
        ({"text": None}, True),
        ({"absent": None}, False),
        ({"": None}, False),
        ({"frame..seq": 3}, False),
        ({"kind.x": "w"}, False),
        ({"op": {"in": [2, 6]}}, True),
        ({"op": {"in": [2, 7]}}, False),
        ({"op": {"in": []}}, False),
        ({"absent": {"in": [None]}}, False),
        ({"op": {"gte": 6}}, True),
        ({"op": {"gte": 6.5}}, False),
        ({"op": {"lte": 6}}, True),
        ({"op": {"lte": 5}}, False),
        ({"kind": {"gte": 0}}, False),
        ({"frame.d.ok": {"gte": 0}}, False),
        ({"absent": {"lte": 5}}, False),
        ({"kind": {"contains": "in"}}, True),
        ({"kind": {"contains": "out"}}, False),
        ({"kind": {"contains": 5}}, False),
        ({"frame.d.list": {"contains": "a"}}, True),
        ({"frame.d.list": {"contains": "b"}}, False),
        ({"op": {"contains": 6}}, False),
        ({"absent": {"contains": ""}}, False),
        ({"op": {"not": 7}}, True),
        ({"op": {"not": 6}}, False),
        ({"text": {"not": None}}, False),
        ({"absent": {"not": 7}}, False),
        ({"op": {"exists": True}}, True),
        ({"op": {"exists": False}}, False),
        ({"absent": {"exists": False}}, True),
        ({"absent": {"exists": True}}, False),
        ({"text": {"exists": True}}, True),
    ],
    ids=lambda part: ascii(part)[:60],
)
def test_a_pattern_holds_when_all_its_parts_do(where, holds):
    assert Pattern(where).matches(RESUME) is holds
    assert (Pattern(where).differences(RESUME) == {}) is holds


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ({"op": {"above": 6}}, "unknown_operator"),
        ({"op": {}}, "bad_pattern"),
        ({"op": {"gte": 1, "lte": 2}}, "bad_pattern"),
        ({"op": {"gte": "1"}}, "bad_pattern"),
        ({"op": {"lte": None}}, "bad_pattern"),
        ({"op": {"in": 6}}, "bad_pattern"),
        ({"op": {"in": "26"}}, "bad_pattern"),
        ({"op": {"exists": 1}}, "bad_pattern"),
        ({"op": {"not": {"gte": 1}}}, "bad_pattern"),
        ({"op": {"contains": []}}, "bad_pattern"),
    ],
    ids=str,
)
def test_a_pattern_that_makes_no_sense_is_refused(where, code):
    with pytest.raises(ControlError) as refused:
        Pattern(where)
    assert refused.value.code == code


def test_a_mistyped_operator_gets_a_suggestion():
    with pytest.raises(ControlError) as refused:
        Pattern({"op": {"gt": 6}})
    assert refused.value.suggestion == "gte"


def test_differences_say_what_was_expected_and_what_was_there():
    pattern = Pattern({"kind": "ws.in", "op": {"gte": 7}, "absent": 1})
    assert pattern.differences(RESUME) == {
        "op": {"expected": {"gte": 7}, "found": 6}, "absent": {"expected": 1, "found": None},
    }  # fmt: skip


def filled(count, limit=1000):
    journal = Journal(limit)
    for number in range(1, count + 1):
        journal.append(NOW, "tick", number=number)
    return journal


@pytest.mark.parametrize("since", [0, 1, 4, 5, 9, 10, 11, 10**30])
@pytest.mark.parametrize("limit", [3, 6, 10, 1000])
def test_since_gives_what_is_kept_above_it_oldest_first(limit, since):
    ids = [entry["id"] for entry in filled(10, limit).since(since)]
    assert ids == [number for number in range(1, 11) if number > since and number > 10 - limit]


def test_ids_grow_by_one_for_ever_while_the_oldest_leave():
    journal = filled(10, limit=4)
    assert journal.last_id == 10
    assert journal.append(NOW, "tick") == 11
    entries = list(journal.since())
    assert all(younger["id"] == older["id"] + 1 for older, younger in pairwise(entries))


def test_an_entry_has_its_four_common_fields_first():
    journal = Journal()
    journal.append(NOW, "ws.in", op=1)
    (entry,) = journal.since()
    assert list(entry) == ["id", "at", "elapsed", "kind", "op"]
    assert (entry["at"], entry["elapsed"]) == (EPOCH, 1.5)


def test_an_adopted_entry_gets_a_new_id_and_keeps_its_own_time():
    journal = filled(3)
    foreign = {"id": 0, "at": 5.0, "elapsed": 0.5, "kind": "ws.open", "path": "/"}
    journal.adopt(foreign)
    *_, adopted = journal.since()
    assert adopted == {**foreign, "id": 4}
    assert foreign["id"] == 0


def test_an_entry_stays_as_it_was_when_what_it_shows_changes():
    journal, frame = Journal(), {"op": 1, "d": 1}
    journal.append(NOW, "ws.in", frame=frame)
    frame["d"] = 2
    (entry,) = journal.since()
    assert entry["frame"] == {"op": 1, "d": 1}


def test_listeners_hear_of_every_entry_as_it_comes():
    journal, heard = Journal(), []
    journal.listeners.append(heard.append)
    journal.append(NOW, "one")
    journal.adopt({"kind": "two"})
    assert [entry["kind"] for entry in heard] == ["one", "two"]


def test_the_nearest_are_those_that_miss_by_least_and_the_latest_of_equals_first():
    journal = Journal()
    for op in (1, 2, 6, 1):
        journal.append(NOW, "ws.in", op=op, t=None)
    journal.append(NOW, "ws.out", op=2, t="READY")
    pattern = Pattern({"kind": "ws.in", "op": 9, "t": None})
    nearest = journal.nearest(pattern)
    assert [near["entry"]["id"] for near in nearest] == [4, 3, 2]
    assert nearest[0]["differs"] == {"op": {"expected": 9, "found": 1}}
    assert [near["entry"]["id"] for near in journal.nearest(pattern, 3)] == [4]


def test_what_matches_is_not_near_and_what_shares_nothing_neither():
    journal = Journal()
    journal.append(NOW, "ws.in", op=6)
    journal.append(NOW, "http.request", path="/")
    assert journal.nearest(Pattern({"kind": "ws.in", "op": 6})) == []
    assert journal.nearest(Pattern({})) == []
