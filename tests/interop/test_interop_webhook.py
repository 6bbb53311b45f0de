"""A released client that takes webhook deliveries is graded on them."""

import dataclasses

import pytest
from interop_clients import HERE, NONEBOT, need
from test_interop_grading import graded

pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]

WEBHOOK = dataclasses.replace(NONEBOT, bot="nonebot_webhook_echo.py")
KNOWN = HERE / "known_failing" / f"{NONEBOT.name}-webhook.txt"
DECLARED = """
features = ["channel", "webhook", "two-bots"]
webhook-path = "/qq/webhook"
"""


def test_it_takes_the_platforms_deliveries(tmp_path):
    need(WEBHOOK)
    (tmp_path / "adapter.toml").write_text(DECLARED)
    listed = {line.partition("#")[0].strip() for line in KNOWN.read_text().splitlines()} - {""}

    status, checks, printed = graded(WEBHOOK, KNOWN, tmp_path, "-k", "webhook/")

    verdicts = {name: check["verdict"] for name, check in checks.items()}
    assert status == 0, printed
    assert {name for name, verdict in verdicts.items() if verdict == "known-failing"} == listed
    assert verdicts["webhook/two-bots"] == "pass"
    assert verdicts["webhook/forged"] == "pass"
