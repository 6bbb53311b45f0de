"""What holds for every test: property tests repeat, and a busy machine is not a failure."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# derandomize: the same examples on every machine, so that red here is red there. No deadline and no "too slow": both
# measure the machine, which other work shares.
settings.register_profile("fakeqq", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fakeqq")
