"""Fails identify/same-intents: every op 9 costs one more intent (KarinJS/karin-plugin-adapter-qqbot)."""

from sinning import Gateway, sin

from fakeqq.wire.intents import Intent


class GuessingGateway(Gateway):
    def _on_invalid_session(self, frame, now):
        others = self._intents & ~Intent.GROUP_AND_C2C_EVENT
        self._intents -= others & -others
        return super()._on_invalid_session(frame, now)


if __name__ == "__main__":
    sin(gateway=GuessingGateway)
