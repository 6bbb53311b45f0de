"""What one pytest session of the suite carries along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conformance.harness.bench import Bench
    from conformance.options import Options

OPTIONS: pytest.StashKey[Options] = pytest.StashKey()
BENCH: pytest.StashKey[Bench] = pytest.StashKey()

ATTACHED = "fakeqq"
"""The attribute by which an outcome travels with pytest's report, from a worker to the controller."""


SHARED = "fakeqq_shared"
"""What a worker's input calls the directory that all workers of a run on this machine share."""


def worker_count(config: pytest.Config) -> int:
    """How many workers the run has, as one of them was told; 0 outside of a worker."""
    return int(getattr(config, "workerinput", {}).get("workercount", 0))


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is one of pytest-xdist's workers, which run checks but report nothing."""
    return hasattr(config, "workerinput")
