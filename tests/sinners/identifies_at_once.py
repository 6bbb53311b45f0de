"""Fails identify/invalid-session: a refused IDENTIFY is repeated without a pause."""

from sinning import Gateway, sin

from reference_client.backoff import Backoff, SessionStarts


class NoBackoff(Backoff):
    def after_failure(self, _now):
        return 0.0


class UnlimitedStarts(SessionStarts):
    def reserve(self, now):
        return now

    def admit(self, now):
        return now


class ImpatientGateway(Gateway):
    def __init__(self, **rest):
        super().__init__(**rest)
        self._backoff = NoBackoff(rest["random"])

    def _on_invalid_session(self, frame, now):
        return [*super()._on_invalid_session(frame, now), *self._leave(now, "op 9")]


if __name__ == "__main__":
    sin(gateway=ImpatientGateway, SessionStarts=UnlimitedStarts)
