"""Fails identify/invalid-session: every refusal is followed by the same pause (satorijs/satori#363)."""

from sinning import Gateway, sin

from reference_client.backoff import Backoff


class ForgetfulGateway(Gateway):
    def __init__(self, **rest):
        super().__init__(**rest)
        self._random = rest["random"]

    def _on_invalid_session(self, frame, now):
        self._backoff = Backoff(self._random)
        return super()._on_invalid_session(frame, now)


if __name__ == "__main__":
    sin(gateway=ForgetfulGateway)
