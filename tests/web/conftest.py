import logging

import pytest

from web.live import Complaints, serving


@pytest.fixture(autouse=True)
def complaints():
    """Fails the test when the server complains of itself, or asyncio of the server."""
    heard = Complaints()
    for name in ("fakeqq", "asyncio"):
        logging.getLogger(name).addHandler(heard)
    yield heard
    for name in ("fakeqq", "asyncio"):
        logging.getLogger(name).removeHandler(heard)
    assert heard.records == []


@pytest.fixture
async def live():
    async with serving() as running:
        yield running
