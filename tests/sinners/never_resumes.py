"""Fails resume/missed-event: every login is a new session (zeroclaw-labs/zeroclaw#4583)."""

from sinning import Gateway, sin


class ForgetfulGateway(Gateway):
    def _authenticate(self, now):
        self.session_id = None
        return super()._authenticate(now)


if __name__ == "__main__":
    sin(gateway=ForgetfulGateway)
