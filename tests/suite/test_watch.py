"""Waiting: it ends with the evidence, with the span, or with the process."""

import pytest

from conformance.harness import watch
from conformance.harness.pace import Span
from conformance.harness.watch import Watch
from conformance.verdict import SetupFailed, Unmet
from fakeqq.launch.control import JournalTimeout

SHORT = Span(0.2, 0, "")
LONG = Span(3600, 0, "")


class Control:
    """Answers waits from a list of entries; what is not there times out at once."""

    def __init__(self, *entries):
        self.entries = entries
        self.asked = []

    def wait(self, where, since, timeout):
        self.asked.append((where, since, timeout))
        for entry in self.entries:
            kinds = where["kind"]["in"] if isinstance(where["kind"], dict) else [where["kind"]]
            if entry["id"] > since and entry["kind"] in kinds:
                return [entry]
        raise JournalTimeout("nothing", 0, [])


class Adapter:
    def __init__(self, status=None):
        self.is_started = True
        self.status = status

    def exit_status(self):
        return self.status

    def could_not_run(self):
        return self.status in (126, 127)


ENTRIES = ({"id": 1, "kind": "a", "n": 1}, {"id": 2, "kind": "b", "n": 2}, {"id": 3, "kind": "a", "n": 3})


def test_the_first_entry_that_matches():
    watching = Watch(Control(*ENTRIES), Adapter(), 1)
    assert watching.occurs({"kind": "a"}, since=0, within=SHORT)["id"] == 1
    assert watching.occurs({"kind": "a"}, since=1, within=SHORT)["id"] == 3


def test_a_predicate_refines_the_pattern():
    watching = Watch(Control(*ENTRIES), Adapter(), 1)
    assert watching.occurs({"kind": "a"}, since=0, within=SHORT, such_that=lambda entry: entry["n"] > 1)["id"] == 3


def test_a_span_without_the_entry_ends():
    control = Control()
    assert Watch(control, Adapter(), 1).occurs({"kind": "a"}, since=0, within=SHORT) is None
    assert control.asked[0][2] <= 0.2


def test_a_fast_clock_shortens_the_span():
    control = Control()
    assert Watch(control, Adapter(), 10).occurs({"kind": "a"}, since=0, within=SHORT) is None
    assert control.asked[0][2] <= 0.02


def test_no_poll_is_longer_than_a_slice():
    control = Control({"id": 1, "kind": "a"})
    Watch(control, Adapter(), 1).occurs({"kind": "a"}, since=0, within=LONG)
    assert control.asked[0][2] <= watch.SLICE


def test_a_process_that_has_ended_ends_the_wait():
    with pytest.raises(Unmet, match="exited with status 3") as raised:
        Watch(Control(), Adapter(3), 1).first({"kind": "a"}, since=0, within=LONG, expected="a sign")
    assert raised.value.expected == "a sign"


@pytest.mark.parametrize(("since", "decisive"), [(1, 2), (2, 2), (3, None)])
def test_what_had_called_for_the_missing_thing_is_decisive(since, decisive):
    story = ({"id": 1, "kind": "ws.out"}, {"id": 2, "kind": "control"}, {"id": 3, "kind": "ws.out"})
    with pytest.raises(Unmet) as raised:
        Watch(Control(*story), Adapter(), 1).first({"kind": "ws.in"}, since=since, within=SHORT, expected="a login")
    assert raised.value.decisive == decisive


def test_its_last_words_count():
    assert Watch(Control(*ENTRIES), Adapter(0), 1).first({"kind": "b"}, since=0, within=LONG, expected="")["id"] == 2


def test_a_signal_is_named():
    with pytest.raises(Unmet, match="ended by signal 11"):
        Watch(Control(), Adapter(-11), 1).first({"kind": "a"}, since=0, within=LONG, expected="")


def test_a_command_that_a_shell_cannot_run_is_no_failure_of_the_bot():
    with pytest.raises(SetupFailed, match="could not be run"):
        Watch(Control(), Adapter(127), 1).first({"kind": "a"}, since=0, within=LONG, expected="")


def test_the_waited_time_is_told_in_the_adapters_seconds():
    with pytest.raises(Unmet, match="within 2 s of the adapter's clock"):
        Watch(Control(), Adapter(), 10).first({"kind": "a"}, since=0, within=Span(1, 0.1, ""), expected="")


class Taken:
    """A machine that takes ten seconds whenever it is asked."""

    slowness = 3.0

    def mark(self):
        return self

    def lost(self, _mark):
        return 10.0


def test_time_that_passes_is_not_prolonged_by_a_busy_machine():
    control = Control(*ENTRIES)
    watching = Watch(control, Adapter(), 1, Taken())
    assert watching.passes({"kind": "z"}, since=0, during=SHORT) is None
    assert len(control.asked) == 1
    assert control.asked[0][2] <= 0.2


def test_what_should_not_happen_is_found_while_time_passes():
    watching = Watch(Control(*ENTRIES), Adapter(), 1)
    assert watching.passes({"kind": "a"}, since=0, during=LONG, such_that=lambda entry: entry["n"] > 1)["id"] == 3
    assert Watch(Control(), Adapter(status=0), 1).passes({"kind": "a"}, since=0, during=LONG) is None
