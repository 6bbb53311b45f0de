"""Fails startup/gateway-5xx: 500 and 502 are worth another try, 504 is the end (AstrBotDevs/AstrBot#9063)."""

from sinning import sin

from reference_client.answers import Answer
from reference_client.startup import read_gateway

UNLISTED = 504


def read_by_list(outcome):
    if isinstance(outcome, Answer) and outcome.status == UNLISTED:
        raise ConnectionError("gateway answered 504")
    return read_gateway(outcome)


if __name__ == "__main__":
    sin(read_gateway=read_by_list)
