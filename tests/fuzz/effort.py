"""How many examples are thrown: the same few each time, or many new ones for `make fuzz`."""

import os

from hypothesis import HealthCheck, settings

# How many times as many examples as in the daily run; above 1 they are drawn anew each time.
FACTOR = int(os.environ.get("FAKEQQ_FUZZ_FACTOR", "1"))
_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)


def effort(examples=60, unhealthy=_SLOW):
    """Settings for a test of so many examples a day. A red random run prints how to repeat it."""
    return settings(
        max_examples=examples * FACTOR, derandomize=FACTOR == 1, deadline=None, database=None, print_blob=True,
        suppress_health_check=list(unhealthy),
    )  # fmt: skip
