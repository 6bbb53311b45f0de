"""Fails lifecycle/stays-quiet: what was stopped is started again by a child process (AstrBotDevs/AstrBot#5897)."""

import os

from sinning import sin

import reference_client.__main__
from reference_client.bot import Bot


class RestlessBot(Bot):
    def __init__(self, *who, **options):
        super().__init__(*who, **options)
        self._again = who, options

    def run(self):
        super().run()
        if os.fork() == 0:
            who, options = self._again
            Bot(*who, **options).run()


reference_client.__main__.Bot = RestlessBot

if __name__ == "__main__":
    sin()
