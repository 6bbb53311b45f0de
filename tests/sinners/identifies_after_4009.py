"""Fails reconnect/close-codes: 4009 without op 7 before it ends the session (openclaw/openclaw#65579)."""

from sinning import Gateway, sin

from fakeqq.wire.close_codes import CloseCode
from reference_client.phases import Phase


class WastefulGateway(Gateway):
    def _ended(self, code, reason, now):
        if code == CloseCode.SESSION_TIMED_OUT and self.phase is Phase.READY:
            self.session_id = None
        return super()._ended(code, reason, now)


if __name__ == "__main__":
    sin(gateway=WastefulGateway)
