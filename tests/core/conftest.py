import pytest

from core.stage import Stage
from core.webhook_stage import URL
from fakeqq.core.webhooks.webhook import WebhookSettings


@pytest.fixture
def stage():
    return Stage()


@pytest.fixture
def hook(stage):
    """The webhook of the stage's world, which listens."""
    stage.world.webhook.configure(WebhookSettings(url=URL))
    return stage.world.webhook
