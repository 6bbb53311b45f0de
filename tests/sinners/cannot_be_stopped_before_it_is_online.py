"""Fails startup/cancel-while-waiting: SIGTERM is heard by what runs once it is online (AstrBotDevs/AstrBot#6940)."""

from sinning import sin

import reference_client.bot
from reference_client.client import Client


class DeafClient(Client):
    def stop(self):
        if self._gateways:
            super().stop()


reference_client.bot.Client = DeafClient

if __name__ == "__main__":
    sin()
