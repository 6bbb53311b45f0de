"""Fails stream/too-fast: what was too fast comes again at once (QwenLM/qwen-code#5902)."""

from sinning import sin

import reference_client.http.streams
from reference_client.stream import Stream


class HurriedStream(Stream):
    def after(self, part, outcome, now):
        verdict = super().after(part, outcome, now)
        self.wait = 0.0
        return verdict


reference_client.http.streams.Stream = HurriedStream

if __name__ == "__main__":
    sin()
