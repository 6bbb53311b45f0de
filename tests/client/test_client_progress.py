import pytest

from reference_client.progress import MAX_LAG, Progress, Seen, identities


class TestProgress:
    def test_nothing_yet(self):
        progress = Progress()
        assert progress.highest is None
        assert progress.resume_from() is None

    @pytest.mark.parametrize("seq", [None, "3", 1.5, True, 0, -1, [], {}])
    def test_what_is_no_sequence_number_changes_nothing(self, seq):
        progress = Progress()
        assert progress.received(seq) is None
        assert progress.highest is None

    def test_the_highest_never_goes_back(self):
        progress = Progress()
        for seq in (1, 5, 3):
            assert progress.received(seq) == seq
        assert progress.highest == 5

    def test_resume_stays_before_the_oldest_unfinished(self):
        progress = Progress()
        for seq in (1, 2, 3, 4):
            progress.received(seq)
        for seq in (2, 3, 4):
            progress.begin(seq)
        progress.finish(2)
        progress.finish(4)
        assert progress.resume_from() == 2
        progress.finish(3)
        assert progress.resume_from() == 4

    def test_a_handler_that_hangs_holds_the_mark_only_so_long(self):
        progress = Progress()
        progress.received(10)
        progress.begin(10)
        progress.received(10 + MAX_LAG + 100)
        assert progress.resume_from() == 10 + 100
        assert progress.handled()[:2] == (10 + 101, 10 + 102)

    def test_a_mark_is_never_negative(self):
        progress = Progress()
        progress.received(1)
        progress.begin(1)
        assert progress.resume_from() == 0

    def test_what_is_finished_after_the_mark_is_named(self):
        progress = Progress()
        assert progress.handled() == ()
        for seq in (1, 2, 3, 4):
            progress.received(seq)
            progress.begin(seq)
        progress.finish(1)
        assert (progress.resume_from(), progress.handled()) == (1, ())
        progress.finish(4)
        progress.finish(3)
        assert (progress.resume_from(), progress.handled()) == (1, (3, 4))
        progress.finish(2)
        assert (progress.resume_from(), progress.handled()) == (4, ())

    def test_a_later_process_begins_where_the_earlier_one_was(self):
        progress = Progress()
        progress.restore(3, (5, 6))
        assert (progress.resume_from(), progress.handled()) == (3, (5, 6))
        assert [seq for seq in (None, 1, 2, 3, 4, 5, 6, 7) if progress.was_handled_earlier(seq)] == [1, 2, 3, 5, 6]
        progress.received(4)
        progress.begin(4)
        progress.received(5)
        assert (progress.resume_from(), progress.handled()) == (3, (5, 6))

    def test_a_process_without_a_predecessor_has_handled_nothing(self):
        assert not any(Progress().was_handled_earlier(seq) for seq in (None, 1, 2))

    def test_what_was_finished_earlier_is_named_until_it_is_received(self):
        progress = Progress()
        progress.restore(1, (2,))
        assert progress.handled() == (2,)
        progress.received(2)
        assert (progress.resume_from(), progress.handled()) == (2, ())

    def test_a_mark_of_zero_leaves_the_first_event_to_be_named(self):
        progress = Progress()
        for seq in (1, 2):
            progress.received(seq)
            progress.begin(seq)
        progress.finish(2)
        assert (progress.resume_from(), progress.handled()) == (0, (2,))
        progress.begin(2)
        progress.finish(1)
        assert (progress.resume_from(), progress.handled()) == (1, ())

    def test_events_without_a_number_are_not_tracked(self):
        progress = Progress()
        progress.received(7)
        progress.begin(None)
        progress.finish(None)
        assert progress.resume_from() == 7


class TestSeen:
    def test_any_known_id_is_a_repetition(self):
        seen = Seen()
        assert not seen.remember(["a", "m"])
        assert seen.remember(["a"])
        assert seen.remember(["b", "m"])
        assert seen.remember(["b"])

    def test_one_id_used_twice_in_one_event_is_no_repetition(self):
        assert not Seen().remember(["same", "same"])

    def test_no_id_is_never_a_repetition(self):
        seen = Seen()
        assert not seen.remember([])
        assert not seen.remember([])

    def test_the_oldest_is_forgotten(self):
        seen = Seen(capacity=3)
        for key in "abcd":
            seen.remember([key])
        assert seen.remember(["b"])
        assert seen.remember(["d"])
        assert not seen.remember(["a"])


@pytest.mark.parametrize(
    ("event_type", "event_id", "data", "expected"),
    [
        ("C2C_MESSAGE_CREATE", "e", {"id": "m"}, ["e", "m"]),
        ("GROUP_MESSAGE_CREATE", None, {"id": "m"}, ["m"]),
        ("INTERACTION_CREATE", "e", {"id": "m"}, ["e"]),
        ("C2C_MESSAGE_CREATE", "e", None, ["e"]),
        ("C2C_MESSAGE_CREATE", "", {"id": 5}, []),
    ],
)
def test_identities(event_type, event_id, data, expected):
    assert identities(event_type, event_id, data) == expected
