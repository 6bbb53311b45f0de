"""Fails reconnect/op7-leaves: waits for the server to close (NousResearch/hermes-agent#24357)."""

from sinning import Gateway, sin

from fakeqq.wire.ops import Op


class DeafGateway(Gateway):
    def __init__(self, **rest):
        super().__init__(**rest)
        del self._on_op[Op.RECONNECT]


if __name__ == "__main__":
    sin(gateway=DeafGateway)
