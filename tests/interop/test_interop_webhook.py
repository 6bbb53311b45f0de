"""Released clients that take webhook deliveries are graded on them."""

import dataclasses

import pytest
from interop_clients import HERE, NONEBOT, QQ_OFFICIAL_BOT, need
from test_interop_grading import graded

pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]

DECLARED = [
    (
        dataclasses.replace(NONEBOT, bot="nonebot_webhook_echo.py"),
        'features = ["channel", "webhook", "two-bots"]\nwebhook-path = "/qq/webhook"\n',
    ),
    (
        dataclasses.replace(QQ_OFFICIAL_BOT, bot="qq_official_bot_webhook_echo.cjs"),
        'features = ["channel", "webhook"]\n',
    ),
]


@pytest.mark.parametrize(("client", "declared"), DECLARED, ids=[client.name for client, _ in DECLARED])
def test_it_takes_the_platforms_deliveries(client, declared, tmp_path):
    need(client)
    (tmp_path / "adapter.toml").write_text(declared)
    known = HERE / "known_failing" / f"{client.name}-webhook.txt"
    listed = {line.partition("#")[0].strip() for line in known.read_text().splitlines()} - {""}

    status, checks, printed = graded(client, known, tmp_path, "-k", "webhook/")

    verdicts = {name: check["verdict"] for name, check in checks.items()}
    assert status == 0, printed
    assert {name for name, verdict in verdicts.items() if verdict == "known-failing"} == listed
    assert verdicts["webhook/validation[short]"] == verdicts["webhook/forged"] == "pass"
    assert verdicts["webhook/two-bots"] == ("pass" if "two-bots" in declared else "unsupported")
