"""Released clients that take webhook deliveries are graded on them."""

import pytest
from interop_clients import BY_WEBHOOK, need
from test_interop_grading import graded, known

pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]


@pytest.mark.parametrize("client", BY_WEBHOOK, ids=lambda client: client.name)
def test_it_takes_the_platforms_deliveries(client, tmp_path):
    need(client)
    file, listed = known(f"{client.name}-webhook")

    status, checks, printed = graded(
        client, file, tmp_path, "--adapter-file", str(client.adapter_file), "--chapter", "webhook"
    )

    verdicts = {name: check["verdict"] for name, check in checks.items()}
    assert status == 0, printed
    assert {name for name, verdict in verdicts.items() if verdict == "known-failing"} == listed
    assert verdicts["webhook/validation[short]"] == verdicts["webhook/forged"] == "pass"
    assert verdicts["webhook/two-bots"] == ("pass" if "two-bots" in client.adapter_file.read_text() else "unsupported")
