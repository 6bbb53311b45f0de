"""Fails send/rate-limited: one try every fifteen seconds, however often it is refused."""

from sinning import sin

import reference_client.sender

reference_client.sender.SLOW_STEPS = (15.0,) * 5

if __name__ == "__main__":
    sin()
