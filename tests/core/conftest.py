import pytest

from core.stage import Stage


@pytest.fixture
def stage():
    return Stage()
