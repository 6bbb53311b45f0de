"""Fails reconnect/abnormal: a connection without a close frame ends the session (tencent-connect/bot-node-sdk#94)."""

from sinning import Gateway, sin

from reference_client.phases import Phase


class WastefulGateway(Gateway):
    def _ended(self, code, reason, now):
        if code is None and self.phase is Phase.READY:
            self.session_id = None
        return super()._ended(code, reason, now)


if __name__ == "__main__":
    sin(gateway=WastefulGateway)
