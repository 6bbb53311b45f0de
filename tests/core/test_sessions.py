import pytest

from fakeqq.core.gateway.sessions import Event, Session, SessionTable
from fakeqq.wire import limits


def event(number=1, *, intent=1 << 25, guild_id=None):
    return Event("C2C_MESSAGE_CREATE", f"id-{number}", f'{{"n":{number}}}', intent, guild_id)


def session(name="a", *, intents=1 << 25, shard=(0, 1)):
    return Session(name, shard, intents)


def test_numbers_grow_by_one_and_only_events_are_kept():
    it = session()
    assert [it.number(), it.number(event(1)), it.number(), it.number(event(2))] == [1, 2, 3, 4]
    assert [(s, kept.id) for s, kept in it.missed(0)] == [(2, "id-1"), (4, "id-2")]


@pytest.mark.parametrize(("after", "numbers"), [(0, [2, 3, 4]), (2, [3, 4]), (3, [4]), (4, []), (99, [])])
def test_missed_is_what_is_numbered_above(after, numbers):
    it = session()
    it.number()
    for number in range(3):
        it.number(event(number))
    assert [s for s, _ in it.missed(after)] == numbers


def test_events_that_have_left_the_buffer_are_counted_without_the_sessions_own_frames():
    it = session()
    kept = int(limits.REPLAY_BUFFER_EVENTS.value)
    it.number()  # READY is 1
    for number in range(kept):
        it.number(event(number))
    assert it.lost(1) == 0
    it.number()  # RESUMED
    it.number(event(kept))
    assert (it.lost(1), it.lost(2)) == (1, 0)
    for number in range(kept):
        it.number(event(number))
    assert it.lost(1) == kept + 1
    assert it.lost(kept + 2) == 1
    assert it.lost(it.s) == 0


def test_the_replay_buffer_keeps_the_newest():
    it = session()
    kept = int(limits.REPLAY_BUFFER_EVENTS.value)
    for number in range(kept + 5):
        it.number(event(number))
    missed = list(it.missed(0))
    assert len(missed) == kept
    assert missed[-1][0] == kept + 5


@pytest.mark.parametrize(
    ("intents", "intent", "wanted"),
    [(1 << 25, 1 << 25, True), (1 << 30, 1 << 25, False), (0, 1 << 25, False), (0, 0, True), (3 << 24, 1 << 24, True)],
)
def test_an_event_needs_one_of_its_bits(intents, intent, wanted):
    assert session(intents=intents).wants(event(intent=intent)) is wanted


@pytest.mark.parametrize("count", [1, 2, 3, 7])
@pytest.mark.parametrize("guild_id", [0, 1 << 22, 5 << 22, (5 << 22) + 17, 1 << 62])
def test_a_guilds_event_goes_to_exactly_one_shard(count, guild_id):
    wanting = [index for index in range(count) if session(shard=(index, count)).wants(event(guild_id=guild_id))]
    assert wanting == [(guild_id >> 22) % count]


@pytest.mark.parametrize("count", [1, 4])
def test_an_event_without_a_guild_goes_to_shard_0(count):
    assert [index for index in range(count) if session(shard=(index, count)).wants(event())] == [0]


def test_a_detached_session_can_be_resumed_until_its_life_is_over():
    table = SessionTable()
    it = session()
    table.add(it)
    assert table.resumable("a", 300, 1e9) is it
    it.detached_at = 1000.0
    assert table.resumable("a", 300, 1300.0) is it
    assert table.resumable("a", 300, 1300.1) is None
    assert list(table) == []


def test_a_life_of_zero_ends_with_the_connection():
    table = SessionTable()
    it = session()
    table.add(it)
    it.detached_at = 1000.0
    assert table.resumable("a", 0, 1000.5) is None


def test_forgotten_sessions_are_unknown():
    table = SessionTable()
    for name in "abc":
        table.add(session(name))
    table.forget(next(iter(table)))
    assert table.resumable("a", 300, 0.0) is None
    assert table.forget_all() == 2
    assert table.resumable("b", 300, 0.0) is None
    table.forget(session("never there"))


def test_a_session_describes_itself():
    it = session(shard=(1, 4))
    it.number()
    it.detached_at = 5.0
    assert it.as_json() == {
        "session_id": "a", "shard": [1, 4], "intents": 1 << 25, "s": 1, "connection": None, "detached_at": 5.0,
    }  # fmt: skip
