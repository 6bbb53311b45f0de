import pytest

from fuzz.target import Target


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
