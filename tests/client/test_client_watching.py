from collections import Counter

import pytest

from reference_client.watching import Transition, Watch


@pytest.fixture
def seen():
    return []


@pytest.fixture
def watched(rig, seen):
    """A rig whose every step is looked at."""
    rig.counts = Counter()
    watch, usual = Watch(rig.counts, seen.append), rig.take

    def take(outputs):
        watch.look(rig.gateway, outputs)
        return usual(outputs)

    rig.take = take
    return rig


def test_each_change_of_phase_is_told_with_its_reason(watched, seen):
    watched.go_online()
    assert [(change.before, change.after) for change in seen] == [
        ("IDLE", "RESTING"),
        ("RESTING", "PREPARING"),
        ("PREPARING", "DIALLING"),
        ("DIALLING", "GREETING"),
        ("GREETING", "AUTHENTICATING"),
        ("AUTHENTICATING", "READY"),
    ]
    assert [change.reason for change in seen] == ["connection.next", "", "", "", "", "session.ready"]
    seen.clear()
    watched.event(2).event(3)
    assert seen == []
    watched.receive(op=7)
    assert seen == [Transition((0, 1), "READY", "LEAVING", "the platform asked for it (op 7)")]
    watched.close(4009)
    assert (seen[-1].after, seen[-1].reason[:4]) == ("RESTING", "4009")


def test_logins_and_connections_are_counted(watched):
    watched.go_online()
    assert watched.counts == {"connections": 1, "identifies": 1}
    for resumes in (1, 2, 3):
        watched.close(4009)
        watched.until_connect().come_back()
        assert watched.counts == {"connections": 1, "identifies": 1, "reconnects": resumes, "resumes": resumes}
        watched.resumed()
    watched.close(4006)
    watched.until_connect().come_back()
    assert watched.counts == {"connections": 1, "identifies": 2, "reconnects": 4, "resumes": 3}


def test_a_hook_that_fails_is_logged_and_stops_nothing(rig, caplog):
    def fail(_):
        raise LookupError

    watch = Watch(Counter(), fail)
    watch.look(rig.gateway, rig.gateway.start(0.0))
    assert "hook.failed problem=LookupError" in caplog.text


def test_without_a_hook_it_only_counts(rig):
    Watch(Counter(), None).look(rig.gateway, rig.gateway.start(0.0))
