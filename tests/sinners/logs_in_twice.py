"""Fails startup/online: two connections log in for the one shard (AstrBotDevs/AstrBot#5897)."""

import dataclasses

from sinning import Gateway, sin

from reference_client.startup import GatewayInfo, read_gateway


class AloneGateway(Gateway):
    """Claims the one shard, whatever its number."""

    def __init__(self, **rest):
        super().__init__(**{**rest, "shard": (0, 1)})


def read_two_shards(outcome):
    info = read_gateway(outcome)
    return dataclasses.replace(info, shards=2, max_concurrency=2) if isinstance(info, GatewayInfo) else info


if __name__ == "__main__":
    sin(gateway=AloneGateway, read_gateway=read_two_shards)
