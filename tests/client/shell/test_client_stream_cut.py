"""Streams whose requests are cancelled on their way, and streams after an outage, against a running server."""

import asyncio

import pytest
from client_running import SEND, SOON, await_online, sees

from reference_client.stream import SPACING, Dialect

BETWEEN = 1.1 * SPACING
"""Seconds after which the next piece is a request of its own."""

DIALECTS = [(Dialect.CHUNKS, "stream: CHUNK"), (Dialect.FRAMES, "stream: FRAME")]


def hold(world, moment, nth, seconds):
    """The answer to a part comes late; what it says is done at once."""
    verb = {"verb": "delay", "seconds": seconds}
    world.faults([{"name": "slow", "on": moment, "nth": nth, "times": 1, "do": [verb]}])


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize(("dialect", "moment"), DIALECTS)
def test_a_write_that_times_out_leaves_one_stream_that_shows_all_once(world, launch, dialect, moment, nth):
    timed_out = []

    async def handler(message):
        async with message.stream(dialect) as stream:
            if nth == 2:
                await stream.write("one ")
                await asyncio.sleep(BETWEEN)
            try:
                async with asyncio.timeout(0.2):
                    await stream.write("two ")
            except TimeoutError:
                timed_out.append(True)
            await stream.write("three")

    bot = launch()
    bot.bot.on_message(handler)
    await_online(world)
    hold(world, moment, nth, 0.6)
    world.say("go")
    (seen,) = sees(world, "three")
    assert (seen["text"].strip(), seen["unfinished"]) == ("one two three"[4 * (nth == 1) :], False)
    assert timed_out
    bot.stop()
    assert not [name for name in bot.bot.counts if name.startswith("refused_")]
    assert bot.bot.counts["sends"] == 1


@pytest.mark.parametrize(("dialect", "moment"), DIALECTS)
def test_a_bot_that_is_stopped_while_a_part_is_on_its_way_ends_the_stream(world, launch, dialect, moment):
    async def handler(message):
        async with message.stream(dialect) as stream:
            await stream.write("one ")
            await asyncio.sleep(BETWEEN)
            await stream.write("two")

    bot = launch()
    bot.bot.on_message(handler)
    await_online(world)
    hold(world, moment, 2, 2.0)
    world.say("go")
    world.wait({"kind": "fault", "fault": "slow"}, timeout=SOON)
    assert bot.stop() < 6.0
    (seen,) = sees(world, "one two")
    assert not seen["unfinished"]
    assert world.count({"kind": "user.sees"}) == 1


@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_stream_after_an_outage_is_not_lost_with_the_kept_connections(world, launch, dialect):
    together = 6

    async def handler(message):
        if message.text == "stream":
            async with message.stream(dialect) as stream:
                await stream.write("streamed")
        else:
            await message.reply(message.text)

    bot = launch()
    bot.bot.on_message(handler)
    await_online(world)
    verb = {"verb": "delay", "seconds": 0.5}
    world.faults([{"name": "slow", "on": f"http: {SEND}", "nth": 1, "times": together, "do": [verb]}])
    for number in range(together):
        world.say(f"busy {number}")
    sees(world, "busy", count=together)
    world.wait({"kind": "http.response", "operation": SEND}, count=together, timeout=SOON)
    world.stale_http("eof")
    world.say("stream")
    sees(world, "streamed")
    bot.stop()
    counts = bot.bot.counts
    assert (counts["sends"], counts.get("sends_failed", 0)) == (together + 1, 0)
