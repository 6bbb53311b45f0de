"""A running server, worlds on it, and bots in threads."""

import pytest
from client_running import Running, await_online

from fakeqq.launch.control import Control
from fakeqq.launch.server import ServerProcess


@pytest.fixture(scope="module")
def server():
    with ServerProcess() as process:
        yield process


@pytest.fixture
def world(server):
    """A world with a door of its own: all that comes through it is in its journal."""
    with Control(server.ready.control_url) as control:
        world = control.create_world(own_door=True)
        yield world
        world.delete()


@pytest.fixture
def launch(world):
    """Start bots of this world; all of them end with the test, and leave no task behind."""
    bots = []

    def start(**options):
        bots.append(Running(world, **options))
        return bots[-1]

    yield start
    for bot in bots:
        if bot.thread.is_alive():
            bot.stop()
        assert bot.tasks_left == []


@pytest.fixture
def online(world, launch):
    bot = launch()
    await_online(world)
    return bot
