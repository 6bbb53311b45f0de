import pytest

from core.stage import APP_ID, SECRET, Stage, said
from fakeqq.core import snapshots
from fakeqq.core.errors import ControlError


def test_a_declared_world_has_what_was_asked_for(stage):
    world = stage.platform.create_world("102000002", "s", {"shards": 2}, stage.real)
    assert (world.app_id, world.secret, world.settings.shards) == ("102000002", "s", 2)
    assert stage.platform.worlds() == [stage.world, world]
    assert stage.platform.known("102000002") is world


def test_an_invented_world_looks_like_the_consoles(stage):
    world = stage.platform.create_world(None, None, {}, stage.real)
    assert (len(world.app_id), world.app_id[:3], world.app_id.isdecimal(), len(world.secret)) == (9, "102", True, 32)
    assert world.bot_id.isdecimal()


def test_a_taken_app_id_is_refused(stage):
    with pytest.raises(ControlError) as refused:
        stage.platform.create_world(APP_ID, None, {}, stage.real)
    assert (refused.value.code, refused.value.status) == ("world_exists", 409)


def test_a_bad_setting_makes_no_world(stage):
    with pytest.raises(ControlError):
        stage.platform.create_world("102000002", None, {"shard": 1}, stage.real)
    assert stage.platform.known("102000002") is None


def test_an_unknown_world_is_refused_with_the_nearest(stage):
    with pytest.raises(ControlError) as refused:
        stage.platform.world("102000009")
    assert (refused.value.status, refused.value.suggestion) == (404, APP_ID)


def test_too_many_worlds_are_refused_and_not_made_on_sight(stage, monkeypatch):
    monkeypatch.setattr("fakeqq.core.platform.WORLD_LIMIT", 2)
    stage.platform.create_world(None, None, {}, stage.real)
    with pytest.raises(ControlError, match="at most 2"):
        stage.platform.create_world(None, None, {}, stage.real)
    assert stage.platform.first_sight("102777777", "s", stage.real) is None


@pytest.mark.parametrize("strict", [True, False])
def test_first_sight(strict):
    stage = Stage(strict=strict)
    assert (stage.platform.first_sight("102777777", "s", stage.real) is None) is strict
    assert stage.platform.first_sight(APP_ID, "other", stage.real) is stage.world
    assert stage.world.secret == SECRET


def test_the_sole_world_is_sole_only_alone(stage):
    assert stage.platform.sole_world() is stage.world
    stage.platform.create_world(None, None, {}, stage.real)
    assert stage.platform.sole_world() is None
    for world in stage.platform.worlds():
        stage.platform.remove_world(world.app_id, stage.real)
    assert stage.platform.sole_world() is None


def test_a_removed_worlds_sockets_are_dropped_and_its_tokens_dead(stage):
    token = stage.token()
    peer, _ = stage.online()
    stage.platform.remove_world(APP_ID, stage.real)
    assert said(peer.take()) == ["drop"]
    assert stage.platform.world_of_token(token) is None


def test_a_reset_world_keeps_its_name_its_secret_and_nothing_else(stage):
    token = stage.token()
    peer, session_id = stage.online()
    stage.say()
    stage.set(shards=4)
    fresh = stage.platform.reset_world(APP_ID, stage.real)
    assert "drop" in said(peer.take())
    assert (fresh.app_id, fresh.secret, fresh.settings.shards) == (APP_ID, SECRET, 1)
    assert (fresh.journal.last_id, list(fresh.sessions), fresh.people.users) == (0, [], {})
    assert not fresh.tokens.is_valid(token, stage.now.world)
    late = stage.connect(door=fresh)
    late.take()
    assert said(late.resume(session_id, 1, token=token)) == [4004]


def test_a_reset_world_is_what_it_was_created_as(stage):
    stage.platform.create_world("102000002", "s", {"shards": 2, "switches": {"replay": "none"}}, stage.real)
    world = stage.platform.known("102000002")
    world.settings = world.settings.changed({"shards": 5, "username": "x", "switches": {"replay": "overlap"}})
    for _ in range(2):
        fresh = stage.platform.reset_world("102000002", stage.real)
        assert (fresh.settings.shards, fresh.settings.username) == (2, "fakeqq bot")
        assert fresh.settings.switch("replay") == "none"


def test_a_world_made_of_a_snapshot_is_reset_to_it(stage):
    said_first = stage.say("first")
    kept = snapshots.take(stage.world, stage.now)
    settings = {"shards": 3}
    other = stage.platform.create_world("102000002", "s", settings, stage.real, snapshot=kept)
    assert (other.bot_id, other.settings.shards) == (stage.world.bot_id, 3)
    other.say("second", said_first["user"], None, other.clock.at(stage.real))
    stage.real += 1000.0
    fresh = stage.platform.reset_world("102000002", stage.real)
    assert (fresh.bot_id, fresh.settings.shards, list(fresh.people.users)) == (
        stage.world.bot_id, 3, [said_first["user"]]
    )  # fmt: skip
    (chat,) = fresh.people.chats()
    assert [message["text"] for message in chat["messages"]] == ["first"]
    assert fresh.clock.at(stage.real).world == kept["clock"]["now"]


def test_worlds_share_nothing(stage):
    other = stage.platform.create_world("102000002", "other", {}, stage.real)
    peer, _ = stage.online()
    other.say("not for you", None, None, other.clock.at(stage.real))
    other.clock.advance(10_000)
    other.tokens.revoke()
    assert peer.take() == []
    assert said(peer.beat()) == ["op11"]
    assert [entry for entry in stage.entries() if entry["kind"] == "user.said"] == []


def test_the_same_seed_makes_the_same_ids():
    def ids():
        stage = Stage()
        message = stage.say()
        return stage.world.bot_id, stage.token(), message["message_id"], message["event_id"], message["user"]

    assert ids() == ids()


def test_connections_are_numbered_across_worlds_and_told_once_to_the_shell(stage):
    other = stage.platform.create_world("102000002", "other", {}, stage.real)
    first, second = stage.connect(), stage.connect(door=other)
    assert [peer.connection.number for peer in (first, second)] == [1, 2]
    waiting = stage.platform.take_connections_with_output()
    assert waiting == [first.connection, second.connection]
    assert stage.platform.take_connections_with_output() == []


def test_a_watcher_hears_of_every_world(stage):
    heard = []
    stage.platform.watch(lambda world, entry: heard.append((world.app_id, entry["kind"])))
    stage.say()
    other = stage.platform.create_world("102000002", "other", {}, stage.real)
    other.say("x", None, None, other.clock.at(stage.real))
    assert [pair for pair in heard if pair[1] == "user.said"] == [(APP_ID, "user.said"), ("102000002", "user.said")]


def test_a_token_of_long_ago_is_nobodys(stage, monkeypatch):
    monkeypatch.setattr("fakeqq.core.platform.TOKENS_REMEMBERED", 2)
    tokens = []
    for _ in range(3):
        tokens.append(stage.token())
        stage.world.tokens.revoke()
    assert [stage.platform.world_of_token(token) for token in tokens] == [None, stage.world, stage.world]
