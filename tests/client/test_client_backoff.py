# ruff: noqa: S311 - dice that fall the same way each time
import random

import pytest

from reference_client.backoff import (
    ASKED_TO_LEAVE,
    IDENTIFY_SPACING,
    JITTER,
    QUICK_DISCONNECT,
    QUICK_DISCONNECTS,
    QUICK_PAUSE,
    RECONNECT_STEPS,
    STABLE_AFTER,
    UNTOLD_SPACING,
    Backoff,
    Ladder,
    SessionStarts,
)


class TestLadder:
    def test_steps_are_climbed_and_the_last_one_lasts(self):
        ladder = Ladder((1.0, 2.0, 5.0), random.Random(1))
        for step in (1.0, 2.0, 5.0, 5.0, 5.0):
            assert step * (1 - JITTER) <= ladder.next() <= step

    def test_waits_differ_between_bots(self):
        waits = {Ladder((60.0,), random.Random(seed)).next() for seed in range(20)}
        assert len(waits) == 20

    def test_reset_begins_at_the_foot(self):
        ladder = Ladder((1.0, 100.0), random.Random(1))
        ladder.next()
        ladder.reset()
        assert ladder.next() <= 1.0


class TestBackoff:
    def test_failures_climb(self):
        backoff = Backoff(random.Random(1))
        waits = [backoff.after_failure(0.0) for _ in RECONNECT_STEPS]
        assert waits == sorted(waits)

    @pytest.mark.parametrize("held", [QUICK_DISCONNECT, STABLE_AFTER - 0.1])
    def test_an_unstable_spell_goes_on_climbing(self, held):
        backoff = Backoff(random.Random(1))
        for _ in range(5):
            backoff.online(0.0)
            last = backoff.after_failure(held)
        assert last > RECONNECT_STEPS[-3]

    def test_a_stable_spell_starts_anew(self):
        backoff = Backoff(random.Random(1))
        for _ in range(5):
            backoff.after_failure(0.0)
        backoff.online(0.0)
        assert backoff.after_failure(STABLE_AFTER) <= RECONNECT_STEPS[0]

    def test_the_pause_comes_with_the_third_quick_disconnect_in_a_row(self):
        backoff = Backoff(random.Random(1))
        waits = []
        for held in (1.0, 1.0, QUICK_DISCONNECT + 1, 1.0, 1.0, 1.0):
            backoff.online(0.0)
            waits.append(backoff.after_failure(held))
        assert waits[-1] == QUICK_PAUSE
        assert QUICK_PAUSE not in waits[:-1]

    def test_a_failed_dial_does_not_count_as_quick(self):
        backoff = Backoff(random.Random(1))
        for _ in range(2):
            backoff.online(0.0)
            backoff.after_failure(1.0)
        assert backoff.after_failure(1.0) != QUICK_PAUSE

    def test_leaving_a_working_session_is_prompt_and_never_immediate(self):
        backoff = Backoff(random.Random(1))
        for _ in range(200):
            backoff.online(0.0)
            assert ASKED_TO_LEAVE[0] <= backoff.after_leaving(0.5) <= ASKED_TO_LEAVE[1]

    def test_leaving_after_a_stable_spell_forgives_what_was_before(self):
        backoff = Backoff(random.Random(1))
        for _ in range(QUICK_DISCONNECTS - 1):
            backoff.online(0.0)
            backoff.after_failure(0.0)
        backoff.online(0.0)
        backoff.after_leaving(STABLE_AFTER)
        backoff.online(0.0)
        assert backoff.after_failure(0.0) <= RECONNECT_STEPS[0]

    def test_leaving_after_a_short_spell_forgives_nothing(self):
        backoff = Backoff(random.Random(1))
        for _ in range(QUICK_DISCONNECTS - 1):
            backoff.online(0.0)
            backoff.after_failure(0.0)
        backoff.online(0.0)
        backoff.after_leaving(STABLE_AFTER - 0.1)
        backoff.online(0.0)
        assert backoff.after_failure(0.0) == QUICK_PAUSE

    def test_a_spell_is_as_long_as_the_time_since_it_began(self):
        backoff = Backoff(random.Random(1))
        for _ in range(QUICK_DISCONNECTS):
            backoff.online(1000.0)
            last = backoff.after_failure(1000.0)
        assert last == QUICK_PAUSE
        backoff.online(1000.0)
        assert backoff.after_failure(1000.0 + QUICK_DISCONNECT - 0.1) > RECONNECT_STEPS[0]

    def test_leaving_a_short_spell_at_a_late_hour_forgives_nothing(self):
        backoff = Backoff(random.Random(1))
        for _ in range(5):
            backoff.after_failure(1000.0)
        backoff.online(1000.0)
        backoff.after_leaving(1001.0)
        assert backoff.after_failure(1002.0) > RECONNECT_STEPS[-3]

    @pytest.mark.parametrize("forgiven_by", ["the pause", "a longer spell", "leaving"])
    def test_after_forgiveness_it_takes_as_many_quick_disconnects_again(self, forgiven_by):
        backoff = Backoff(random.Random(1))

        def quick():
            backoff.online(0.0)
            return backoff.after_failure(0.0)

        if forgiven_by == "the pause":
            while quick() != QUICK_PAUSE:
                pass
        backoff.online(0.0)
        if forgiven_by == "a longer spell":
            backoff.after_failure(QUICK_DISCONNECT)
        elif forgiven_by == "leaving":
            backoff.after_leaving(STABLE_AFTER)
        else:
            backoff._online_since = None
        assert [quick() == QUICK_PAUSE for _ in range(QUICK_DISCONNECTS)] == [False, False, True]

    def test_leaving_what_never_worked_climbs(self):
        backoff = Backoff(random.Random(1))
        assert backoff.after_leaving(0.0) < backoff.after_leaving(0.0) < backoff.after_leaving(0.0)


class TestSessionStarts:
    def told(self, **changes):
        starts = SessionStarts()
        limits = {"remaining": 100, "reset_after": 60.0, "concurrency": 1, "now": 0.0}
        starts.told(**limits | changes)
        return starts

    def test_before_anything_is_known_one_at_a_time(self):
        starts = SessionStarts()
        assert starts.reserve(10.0) == 10.0
        assert starts.reserve(10.0) == 10.0 + IDENTIFY_SPACING

    @pytest.mark.parametrize("concurrency", [1, 2, 5])
    def test_no_window_holds_more_than_the_concurrency(self, concurrency):
        starts = self.told(concurrency=concurrency)
        slots = [starts.reserve(0.0) for _ in range(20)]
        for index in range(len(slots) - concurrency):
            assert slots[index + concurrency] - slots[index] >= IDENTIFY_SPACING - 1e-9

    def test_a_released_slot_is_free_again(self):
        starts = self.told()
        starts.release(starts.reserve(0.0))
        assert starts.reserve(1.0) == 1.0

    def test_a_slot_may_be_given_back_after_its_window_is_forgotten(self):
        starts = self.told(remaining=4, reset_after=1000.0)
        first = starts.reserve(0.0)
        later = [starts.reserve(100.0), starts.reserve(200.0)]
        starts.release(first)
        assert starts.reserve(200.0) == later[-1] + IDENTIFY_SPACING
        assert starts.reserve(300.0) == 300.0
        assert starts.reserve(400.0) == 1000.0, "what was given back may be used once"

    def test_each_start_takes_one_from_the_budget(self):
        starts = self.told(remaining=3, reset_after=1000.0, concurrency=9)
        for _ in range(3):
            assert starts.reserve(0.0) == 0.0
            assert starts.admit(0.0) == 0.0
        assert starts.reserve(1.0) == 1000.0
        assert starts.admit(1000.0) == 1000.0

    def test_a_budget_that_is_not_used_up_is_not_filled_by_its_reset(self):
        starts = self.told(remaining=1, reset_after=10.0, concurrency=9)
        assert starts.admit(starts.reserve(20.0)) == 20.0
        assert starts._remaining == 0

    def test_a_start_that_was_reserved_before_the_budget_shrank_waits(self):
        starts = self.told(remaining=3, concurrency=3)
        assert [starts.reserve(0.0) for _ in range(2)] == [0.0, 0.0]
        starts.told(remaining=1, reset_after=50.0, concurrency=3, now=1.0)
        assert starts.admit(1.0) == 1.0
        assert starts.admit(2.0) == 51.0
        assert starts.admit(51.0) == 51.0
        assert starts.reserve(52.0) == 51.0 + UNTOLD_SPACING

    def test_a_budget_is_asked_for_again_at_its_reset(self):
        assert not SessionStarts().outdated(10.0)
        starts = self.told(reset_after=50.0)
        assert not starts.outdated(49.9)
        assert starts.outdated(50.0)

    def test_before_anything_is_known_nothing_is_counted(self):
        starts = SessionStarts()
        assert starts.admit(starts.reserve(0.0)) == 0.0
        starts.told(remaining=1, reset_after=1000.0, concurrency=1, now=10.0)
        assert starts.reserve(10.0) == 10.0

    def test_admission_counts_what_is_sent_not_what_is_reserved(self):
        starts = self.told()
        starts.reserve(0.0)
        starts.reserve(0.0)
        assert starts.admit(3.0) == 3.0
        assert starts.admit(6.0) == 3.0 + IDENTIFY_SPACING
        assert starts.admit(3.0 + IDENTIFY_SPACING) == 3.0 + IDENTIFY_SPACING

    def test_an_empty_budget_waits_for_its_reset_and_has_room_for_one_start_then(self):
        starts = self.told(remaining=0)
        for expected in (60.0, 60.0 + UNTOLD_SPACING, 60.0 + 2 * UNTOLD_SPACING):
            slot = starts.reserve(10.0)
            assert slot == expected
            assert starts.admit(slot) == slot

    def test_a_start_that_nobody_told_of_is_followed_by_others_only_when_they_are_told_of(self):
        starts = self.told(remaining=0, concurrency=3)
        assert starts.admit(starts.reserve(60.0)) == 60.0
        starts.told(remaining=2, reset_after=9.0, concurrency=3, now=61.0)
        assert [starts.admit(starts.reserve(61.0)) for _ in range(2)] == [61.0, 61.0]
        assert starts.reserve(62.0) == 70.0

    def test_a_start_that_was_used_is_not_counted_twice(self):
        starts = self.told(remaining=2, reset_after=1000.0)
        assert starts.admit(starts.reserve(0.0)) == 0.0
        assert starts.reserve(0.0) == IDENTIFY_SPACING

    def test_reservations_count_against_the_budget(self):
        starts = self.told(remaining=1, reset_after=1000.0)
        assert starts.reserve(0.0) == 0.0
        assert starts.reserve(0.0) == 1000.0
