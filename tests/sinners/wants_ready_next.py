"""Fails identify/early-frames: the frame after IDENTIFY has to be READY, whatever else there is (nonebot)."""

import json

from sinning import Gateway, sin

from fakeqq.wire.ops import Op
from reference_client.phases import Phase


class HastyGateway(Gateway):
    def receive(self, connection, text, now):
        expected = json.loads(text)["op"] in {Op.DISPATCH, Op.INVALID_SESSION}
        if self.phase is Phase.AUTHENTICATING and not expected:
            return self._leave(now, "READY was expected")
        return super().receive(connection, text, now)


if __name__ == "__main__":
    sin(gateway=HastyGateway)
