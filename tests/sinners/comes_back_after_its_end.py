"""Fails lifecycle/stays-quiet: what was stopped is started again by a child process (AstrBotDevs/AstrBot#5897)."""

import os

from sinning import sin

import reference_client.__main__
from reference_client.bot import Bot


class RestlessBot(Bot):
    def run(self):
        super().run()
        if os.fork() == 0:
            super().run()


reference_client.__main__.Bot = RestlessBot

if __name__ == "__main__":
    sin()
