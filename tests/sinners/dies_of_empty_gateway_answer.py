"""Fails startup/gateway-empty-body: takes nothing for an object without looking (tencent-connect/botpy#243)."""

from sinning import sin

from reference_client.answers import Answer
from reference_client.startup import read_gateway


def read_blindly(outcome):
    if isinstance(outcome, Answer) and outcome.succeeded and outcome.body is None and not outcome.text:
        outcome.body["url"]
    return read_gateway(outcome)


if __name__ == "__main__":
    sin(read_gateway=read_blindly)
