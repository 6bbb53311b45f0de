"""The shipped scenarios: each is reachable, says why it is there, and does to a well-behaved bot what it says."""

import functools
import re

import pytest

from core.scripted import Bot, play_shards
from core.stage import Stage
from fakeqq.core.errors import ControlError
from fakeqq.core.journal import Pattern
from fakeqq.core.scenarios import scenario_library
from fakeqq.core.scenarios.families import FAMILIES, WITHOUT_SCENARIO
from fakeqq.core.webhooks.signatures import Signer

NAMES = scenario_library.names()
# Longer than the longest scenario needs, steady seconds.
LONG = 2_700


@functools.cache
def run(name):
    bot = Bot(scenario_library.load(name), webhook=name.startswith("webhook"))
    return bot, bot.run(LONG)


@pytest.fixture(scope="module")
def calm():
    """Journals of bots that meet no scenario, by whether they listen to a webhook."""
    return {webhook: Bot(webhook=webhook).run(LONG) for webhook in (False, True)}


def test_there_is_one_for_each_family_of_outage():
    assert len(NAMES) >= 25


def test_every_family_of_outages_has_a_scenario_or_a_reason():
    staged = {family for scenario in scenario_library.every() for family in scenario.families}
    assert staged == set(FAMILIES)
    assert not staged & set(WITHOUT_SCENARIO)
    assert all(scenario.families for scenario in scenario_library.every())


@pytest.mark.parametrize("name", NAMES)
def test_says_what_it_is_and_why(name):
    scenario = scenario_library.load(name)
    assert scenario.name == name
    assert scenario.why
    assert all(re.match(r"https://[\w.-]+/\S+", url) for url in scenario.why)
    for text in (scenario.title, scenario.happens, scenario.expect):
        assert text.strip() == text
        assert text
    assert scenario.happens.endswith(".")
    assert scenario.expect.endswith(".")
    assert scenario.settings or scenario.faults or scenario.timeline


@pytest.mark.parametrize("name", NAMES)
def test_changes_the_journal_as_it_says(name, calm):
    scenario = scenario_library.load(name)
    _, journal = run(name)
    assert scenario.shows
    for where in scenario.shows:
        pattern = Pattern(where)
        assert any(pattern.matches(entry) for entry in journal), f"a run never shows {where}"
        assert not any(pattern.matches(entry) for entry in calm[name.startswith("webhook")]), (
            f"so does a calm day: {where}"
        )


@pytest.mark.parametrize("name", NAMES)
def test_every_fault_fires_and_every_step_happens(name):
    scenario = scenario_library.load(name)
    _, journal = run(name)
    fired = {entry["fault"] for entry in journal if entry["kind"] == "fault"}
    happened = {entry["action"] for entry in journal if entry["kind"] == "scenario" and "skipped" not in entry}
    assert {fault.name for fault in scenario.faults} <= fired
    assert {action.act for step in scenario.timeline for action in step.do} <= happened
    assert not [entry for entry in journal if "skipped" in entry]


FATAL = {"intents-refused", "bot-banned", "bot-unlisted"}
# The bot cannot hear for reasons that it cannot see.
DEAF = {"deaf-after-resume", "ip-not-allowed", "ip-taken-off-the-list"}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in FATAL | DEAF])
def test_a_good_bot_survives(name):
    """The last message of the run is answered, or is on its way."""
    _, journal = run(name)
    said = [entry["message_id"] for entry in journal if entry["kind"] == "user.said"]
    seen = [entry["reply_to"] for entry in journal if entry["kind"] == "user.sees"]
    assert set(said[-3:]) & set(seen)
    answers = [anchor for anchor in seen if anchor is not None]
    assert len(answers) == len(set(answers))


@pytest.mark.parametrize("name", sorted(FATAL))
def test_a_good_bot_stops_where_it_must(name):
    bot, journal = run(name)
    assert bot.stopped
    assert sum(entry["kind"] == "ws.open" for entry in journal) == 1


def dispatched(journal):
    return [
        entry["frame"]["id"] for entry in journal if entry["kind"] == "ws.out" and entry["t"] == "C2C_MESSAGE_CREATE"
    ]


def said(journal, text="ping"):
    return [entry["event_id"] for entry in journal if entry["kind"] == "user.said" and entry["text"] == text]


def test_an_overlapping_replay_repeats_events(calm):
    _, journal = run("replay-overlaps")
    assert len(dispatched(journal)) > len(set(dispatched(journal)))
    assert len(dispatched(calm[False])) == len(set(dispatched(calm[False])))


def test_a_lost_replay_never_brings_what_was_said_meanwhile():
    _, journal = run("replay-lost")
    assert not set(said(journal, "said while you were away")) & set(dispatched(journal))


def test_a_deaf_session_is_resumed_and_hears_nothing():
    _, journal = run("deaf-after-resume")
    assert said(journal)[-1] not in dispatched(journal)
    assert (
        journal[-1]["at"] - next(e["at"] for e in reversed(journal) if e["kind"] == "ws.out" and e["t"] == "RESUMED")
        < 400
    )


def test_withheld_acks_leave_heartbeats_unanswered():
    _, journal = run("acks-withheld")
    beats = sum(entry["kind"] == "ws.in" and entry["op"] == 1 for entry in journal)
    acks = sum(entry["kind"] == "ws.out" and entry["op"] == 11 for entry in journal)
    assert 2 <= beats - acks <= 3


def seen(journal):
    streams = [entry for entry in journal if entry["kind"] == "user.sees" and entry.get("stream")]
    return [(entry["text"], entry["unfinished"]) for entry in streams]


def test_a_stream_ends_before_its_last_part(calm):
    (whole,) = seen(calm[False])
    assert whole == ("part 0\npart 1\npart 2\n", False)
    _, journal = run("stream-outlives-its-time")
    assert seen(journal) == [("part 0\n", True)]
    _, journal = run("stream-stopped")
    assert seen(journal) == [("part 0\n", False)]
    assert [entry["text"] for entry in journal if entry["kind"] == "user.sees"].count("the rest") == 1


class FilledUpOnce(Signer):
    """The seed of a bot that appends its secret once, whatever is missing then."""

    def __init__(self, secret):
        seed = (secret + secret)[:32].ljust(32, "0")
        super().__init__(seed)


def test_a_short_secret_tells_who_fills_it_up_once():
    scenario = scenario_library.load("webhook-short-secret")
    for signer, is_valid in ((Signer, True), (FilledUpOnce, False)):
        journal = Bot(scenario, webhook=True, signer=signer).run(100)
        answers = [entry for entry in journal if entry["kind"] == "webhook.response"]
        assert all(entry["acked"] is is_valid for entry in answers)
        assert is_valid == any(entry["purpose"] == "validation" for entry in answers)
    stage = Stage(scenario=scenario)
    assert stage.platform.reset_world(stage.world.app_id, 0.0).secret == "0123456789"
    assert stage.world.secret == "0123456789", "known to whoever made the world, before anything happens"


def readies(journal):
    """Session ids by shard, in the order of their READY."""
    ready = [entry["frame"]["d"] for entry in journal if entry["kind"] == "ws.out" and entry["t"] == "READY"]
    return {tuple(data["shard"]): data["session_id"] for data in ready}


def closes(journal, code):
    return [entry["elapsed"] for entry in journal if entry["kind"] == "ws.close" and entry["code"] == code]


@pytest.mark.parametrize(("apart", "refused"), [(5, 0), (0, 3)])
def test_shards_that_take_turns_come_online_and_hasty_ones_are_refused(apart, refused):
    scenario = scenario_library.load("shards-in-haste")
    journal = play_shards(scenario, 3, 60, apart=apart)
    assert sorted(readies(journal)) == [(0, 3), (1, 3), (2, 3)]
    assert len(closes(journal, 4903)) == refused
    asked = [
        entry["body"]["shards"]
        for entry in journal
        if entry.get("operation") == "GET /gateway/bot" and entry["kind"] == "http.response"
    ]
    assert set(asked) == {3}


def test_each_of_two_lost_shards_resumes_its_own_session():
    journal = play_shards(scenario_library.load("two-shards-lost"), 2, 300)
    sessions = readies(journal)
    assert sorted(sessions) == [(0, 2), (1, 2)]
    assert closes(journal, 4009) == pytest.approx([60, 60])
    resumes = [entry["frame"]["d"] for entry in journal if entry["kind"] == "ws.in" and entry["op"] == 6]
    seqs = {resume["session_id"]: resume["seq"] for resume in resumes}
    assert seqs == {sessions[0, 2]: 2, sessions[1, 2]: 1}, "one of them has heard a message"
    resumed = [entry["s"] for entry in journal if entry["kind"] == "ws.out" and entry["t"] == "RESUMED"]
    assert len(resumed) == len(sessions)


def test_a_misspelt_name_is_refused_with_the_nearest():
    with pytest.raises(ControlError) as refused:
        scenario_library.load("reset-by-resum")
    assert (refused.value.status, refused.value.suggestion) == (404, "reset-by-resume")


@pytest.mark.parametrize(
    ("word", "suggested"),
    [
        ("recycled", {"recycled-without-end", "half-hour-recycle"}),
        ("token", {"token-dies", "short-lived-tokens"}),
        ("heartbeat", {"heartbeat-interval-zero", "heartbeats-on-every-connection"}),
        ("flaping", {"flapping"}),
        ("op9", {"op9-left-open", "op9-without-a-reason"}),
    ],
)
def test_an_unknown_name_is_answered_with_those_that_share_a_word(word, suggested):
    with pytest.raises(ControlError) as refused:
        scenario_library.load(word)
    assert {name for name in suggested if repr(name) in refused.value.message} == suggested
    assert repr(refused.value.suggestion) in refused.value.message


@pytest.mark.parametrize("word", ["zzzz", "", "a", "x" * 100_000, "a;b"])
def test_a_name_like_none_is_answered_with_the_list(word):
    with pytest.raises(ControlError) as refused:
        scenario_library.load(word)
    assert len(refused.value.message) < 1_000
