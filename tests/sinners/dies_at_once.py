"""Fails lifecycle/sigterm: ends without a word to the platform, as programs without a handler do."""

import os

from sinning import sin

import reference_client.bot
from reference_client.client import Client


class AbruptClient(Client):
    def stop(self):
        os._exit(0)


reference_client.bot.Client = AbruptClient

if __name__ == "__main__":
    sin()
