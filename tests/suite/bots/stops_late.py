"""Leaves politely when it is asked to stop, and its process lives on for longer than the suite has patience for."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "sinners"))

from sinning import sin

import reference_client.bot
from conformance.harness import pace
from reference_client.client import Client

TOO_LONG = pace.EXITS.adapter(1.0) + 10


class LingeringClient(Client):
    async def run(self):
        await super().run()
        time.sleep(TOO_LONG)  # noqa: ASYNC251 (that nothing goes on is the point)


reference_client.bot.Client = LingeringClient

if __name__ == "__main__":
    sin()
