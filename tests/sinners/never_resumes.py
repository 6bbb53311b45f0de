"""Fails resume/missed-event: every reconnect is a new session (zeroclaw-labs/zeroclaw#4583)."""

from sinning import Gateway, sin


class ForgetfulGateway(Gateway):
    def _authenticate(self, now):
        if self.connection > 1:  # what an earlier process left is another matter
            self.session_id = None
        return super()._authenticate(now)


if __name__ == "__main__":
    sin(gateway=ForgetfulGateway)
