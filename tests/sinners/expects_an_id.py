"""Fails stream/odd-answers: takes the id out of every answer without looking (AstrBotDevs/AstrBot#6131)."""

from sinning import sin

import reference_client.http.streams
from reference_client.answers import Answer
from reference_client.stream import Stream


class TrustingStream(Stream):
    def after(self, part, outcome, now):
        if isinstance(outcome, Answer) and outcome.succeeded and "id" not in (outcome.body or ()):
            raise LookupError("id")
        return super().after(part, outcome, now)


reference_client.http.streams.Stream = TrustingStream

if __name__ == "__main__":
    sin()
