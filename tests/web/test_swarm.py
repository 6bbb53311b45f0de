"""The benchmark's swarm of bots: it sees what it is sent, and says what did not come."""

import importlib.util
from pathlib import Path

import pytest

from web.live import serving

SWARM = Path(__file__).parents[2] / "benchmarks" / "swarm.py"
EVENTS = 3


@pytest.fixture
def module(monkeypatch):
    spec = importlib.util.spec_from_file_location("swarm", SWARM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "INTERVAL_SECONDS", 0.02)
    return module


@pytest.fixture
async def live():
    async with serving() as server:
        yield server


async def two_bots(module, live):
    swarm = module.Swarm(live.ready["port"], EVENTS)
    await swarm.go_online([f"QQBot {await live.token()}"] * 2)
    return swarm


async def speak(live, swarm, text):
    """Say it, and wait until every bot has heard it; TCP keeps the order, so all before has come too."""
    said = await live.do("POST", "/say", {"text": text})
    await swarm.until(lambda: all(said["event_id"] in bot.seen for bot in swarm.bots))


async def test_all_came_and_every_heartbeat_was_answered(module, live):
    swarm = await two_bots(module, live)
    for number in range(EVENTS):
        await speak(live, swarm, f"event {number}")
    await swarm.until(lambda: swarm.acks >= 4)
    counted = await swarm.count(grace=5)
    assert (counted["received"], counted["lost"], counted["unanswered"]) == (2 * EVENTS, 0, 0)
    assert counted["beats"] == counted["acks"]
    assert counted["beats"] >= 4
    await end(swarm)


async def test_an_event_that_one_bot_did_not_get_is_lost(module, live):
    swarm = await two_bots(module, live)
    await live.faults({"name": "a-loss", "on": "dispatch: *", "do": [{"verb": "drop"}]})
    await live.do("POST", "/say", {"text": "lost to one"})
    for number in range(EVENTS - 1):
        await speak(live, swarm, f"event {number}")
    counted = await swarm.count(grace=0)
    assert (counted["received"], counted["lost"]) == (2 * EVENTS - 1, 1)
    await end(swarm)


async def test_an_ack_that_did_not_come_is_told(module, live):
    swarm = await two_bots(module, live)
    for number in range(EVENTS):
        await speak(live, swarm, f"event {number}")
    await live.faults({"name": "mute", "on": "ws: ACK", "nth": 1, "times": None, "do": [{"verb": "drop"}]})
    await live.wait({"kind": "fault", "fault": "mute"}, count=2)
    counted = await swarm.count(grace=0)
    assert counted["lost"] == 0
    assert counted["unanswered"] >= 1
    await end(swarm)


async def end(swarm):
    """Hang up without dialling again."""
    swarm.spawn = lambda work: work.close()
    for bot in swarm.bots:
        bot.link.rest()
        bot.link.transport.abort()
