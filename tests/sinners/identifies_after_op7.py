"""Fails reconnect/op7-resumes: a fresh session after every recycling (openclaw/openclaw#65579)."""

from sinning import Gateway, sin

from fakeqq.wire.ops import Op


class WastefulGateway(Gateway):
    def __init__(self, **rest):
        super().__init__(**rest)
        self._on_op[Op.RECONNECT] = self._start_afresh

    def _start_afresh(self, frame, now):
        self.session_id = None
        return super()._on_reconnect(frame, now)


if __name__ == "__main__":
    sin(gateway=WastefulGateway)
