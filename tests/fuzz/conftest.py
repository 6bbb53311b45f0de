import pytest
from hypothesis import HealthCheck, settings

from fuzz.target import Target

# The same examples each time: a red run is red again.
settings.register_profile(
    "fuzz", max_examples=60, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@pytest.fixture(scope="module")
def target():
    with Target() as running:
        yield running
        running.is_well()


@pytest.fixture(scope="module")
def world(target):
    """A world that examples may wear out; in the end its journal and the server's show all that was sent."""
    _, made = target.control("POST", "/worlds", {"settings": {"switches": {"c2c_reply_count": "unenforced"}}})
    yield made
    for path in (f"/worlds/{made['app_id']}/journal", "/journal"):
        assert target.control("GET", f"{path}?limit=10000")[0] == 200
