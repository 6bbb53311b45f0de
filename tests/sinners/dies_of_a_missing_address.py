"""Fails startup/gateway-malformed: any object will have a `url` (tencent-connect/botpy#243)."""

from sinning import sin

from reference_client.answers import Answer
from reference_client.startup import read_gateway


def read_blindly(outcome):
    if isinstance(outcome, Answer) and outcome.succeeded and isinstance(outcome.body, dict):
        outcome.body["url"].strip()
    return read_gateway(outcome)


if __name__ == "__main__":
    sin(read_gateway=read_blindly)
