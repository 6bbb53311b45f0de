"""Fails lifecycle/sigterm: leaves politely, and then its process stays (AstrBotDevs/AstrBot#6183)."""

import signal

from sinning import sin

import reference_client.bot
from reference_client.client import Client


class LingeringClient(Client):
    async def run(self):
        await super().run()
        signal.pause()


reference_client.bot.Client = LingeringClient

if __name__ == "__main__":
    sin()
