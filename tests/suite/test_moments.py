"""Which entry a word looks at, and how long it goes on, whatever the rhythm of the machine."""

from types import SimpleNamespace

import pytest

from conformance.harness import pace
from conformance.harness.pace import Span
from conformance.harness.speed import FAST
from conformance.harness.world import World
from conformance.verdict import Unmet
from fakeqq.core.clock import Instant
from fakeqq.core.journal import Journal, Pattern
from fakeqq.launch.control import JournalTimeout

SPEED = 1000.0


class Platform:
    """A journal, a clock, and users who are answered at once, after so many who are not; a word costs `hindrance`."""

    def __init__(self, hindrance=0.0, lost=0):
        self.lost = lost
        self.log = Journal()
        self.now = 0.0
        self.hindrance = hindrance
        self.said_at = []

    def note(self, kind, **fields):
        return self.log.append(Instant(self.now, self.now, self.now), kind, **fields)

    def journal(self, since, limit):
        return list(self.log.since(since))[:limit]

    def wait(self, where, since, timeout):
        found = [entry for entry in self.journal(since, 1000) if Pattern(where).matches(entry)]
        if not found:
            self.now += timeout * SPEED
            raise JournalTimeout("nothing", 0, [])
        return found[:1]

    def clock(self):
        return {"now": self.now}

    def say(self, text, user=None):
        self.said_at.append(self.now)
        self.note("user.said", text=text, message_id=text)
        self.note("webhook.request", purpose="event", attempt=1, body=text)
        if len(self.said_at) > self.lost:
            self.note("user.sees", text=text)
        self.now += self.hindrance
        return {"message_id": text, "user": user, "delivered": 1}


def world_on(platform, speed=SPEED):
    return World(platform, SimpleNamespace(is_started=False, exit_status=lambda: None), speed)


def answered(platform, request, *, acked):
    platform.note("webhook.response", purpose="event", attempt=1, request=request, acked=acked)


def test_the_answer_to_a_delivery_is_not_the_late_answer_to_an_earlier_one():
    platform = Platform()
    world = world_on(platform)
    world.user_says()
    message = world.user_says()
    requests = [entry["id"] for entry in platform.log.since() if entry["kind"] == "webhook.request"]
    answered(platform, requests[0], acked=True)
    answered(platform, requests[1], acked=False)
    assert not world.first_answer_to_delivery(message)["acked"]


def test_a_message_counts_from_the_moment_it_is_said():
    platform = Platform()
    world = world_on(platform)
    platform.note("http.request")
    before = platform.note("http.response")
    assert world.user_says().entry_id == before


def test_the_last_message_is_said_when_the_token_is_dead_however_slow_the_rest():
    for hindrance in (0.0, 1.0, 4.0):
        platform = Platform(hindrance)
        call = platform.note("http.request", operation="POST /app/getAppAccessToken")
        platform.note("http.response", request=call)
        world_on(platform).users_speak_until_the_token_is_dead(pace.TOKEN_LIFE)
        assert platform.said_at[-1] > pace.TOKEN_LIFE.seconds
        assert platform.said_at[-2] <= pace.TOKEN_LIFE.seconds


@pytest.fixture
def briefly(monkeypatch):
    """Nobody waits for the answers that never come."""
    monkeypatch.setattr(pace, "ANSWERS", Span(0, 0.01, "the fake platform answers at once, or never"))


@pytest.mark.usefixtures("briefly")
def test_a_message_that_a_hurried_clock_lost_is_followed_by_another():
    world_on(Platform(lost=pace.HURRIED_MESSAGES - 1)).bot_answers()
    with pytest.raises(Unmet):
        world_on(Platform(lost=pace.HURRIED_MESSAGES)).bot_answers()


@pytest.mark.usefixtures("briefly")
def test_no_message_is_lost_where_the_clock_is_not_hurried():
    platform = Platform(lost=1)
    with pytest.raises(Unmet):
        world_on(platform, speed=FAST).bot_answers()
    assert len(platform.said_at) == 1
