"""Fails identify/shape: logs in as the first of two shards where one is recommended; the other half is nobody's."""

from sinning import Gateway, sin


class HalfGateway(Gateway):
    def __init__(self, **rest):
        index, count = rest["shard"]
        super().__init__(**{**rest, "shard": (index, count + 1)})


if __name__ == "__main__":
    sin(gateway=HalfGateway)
