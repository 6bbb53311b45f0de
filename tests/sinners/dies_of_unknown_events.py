"""Fails dispatch/unknown: reads a key of every event's `d`, and the process ends when there is none."""

import os

from sinning import Gateway, sin


class TrustingGateway(Gateway):
    def _on_dispatch(self, frame, now):
        if frame.get("d") is None:
            os._exit(1)
        return super()._on_dispatch(frame, now)


if __name__ == "__main__":
    sin(gateway=TrustingGateway)
