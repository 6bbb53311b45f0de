"""Fails startup/gateway-malformed: logs in as shard 0 of whatever `shards` holds (AstrBotDevs/AstrBot#9063)."""

import dataclasses

from sinning import Gateway, sin

from reference_client.answers import Answer
from reference_client.startup import GatewayInfo, read_gateway

told = []


class GullibleGateway(Gateway):
    def __init__(self, **rest):
        super().__init__(**{**rest, "shard": (0, told[-1])})


def read_gullibly(outcome):
    if not isinstance(outcome, Answer) or not isinstance(outcome.body, dict):
        return read_gateway(outcome)
    info = read_gateway(dataclasses.replace(outcome, body={**outcome.body, "shards": 1}))
    if isinstance(info, GatewayInfo):
        told.append(outcome.body.get("shards"))
    return info


if __name__ == "__main__":
    sin(gateway=GullibleGateway, read_gateway=read_gullibly)
