"""Fails identify/remaining-zero: logs in although no session start is left (nonebot)."""

from sinning import sin

from reference_client.backoff import SessionStarts


class BlindStarts(SessionStarts):
    def told(self, **limits):
        super().told(**{**limits, "remaining": 1000})


if __name__ == "__main__":
    sin(SessionStarts=BlindStarts)
