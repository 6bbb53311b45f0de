"""Fails stream/chunk-fails: a stream that broke in the middle is followed by the whole text (felinics/Memoh#1275)."""

from sinning import sin

import reference_client.http.streams
from reference_client.stream import _FULL, _OVER, Stream, Verdict


class AnxiousStream(Stream):
    failed = False

    def after(self, part, outcome, now):
        verdict = super().after(part, outcome, now)
        codes = set(getattr(outcome, "codes", ()))
        self.failed = self.failed or (verdict is Verdict.OVER and not codes & (_FULL | _OVER))
        return verdict

    @property
    def rest(self):
        return self._text if self.failed else super().rest

    @property
    def perhaps_shown(self):
        return super().perhaps_shown and not self.failed


reference_client.http.streams.Stream = AnxiousStream

if __name__ == "__main__":
    sin()
