"""Fails identify/invalid-session: op 9 sets a flag, and the socket that nobody closes is kept (botpy)."""

from sinning import Gateway, sin

from reference_client.phases import Phase


class StayingGateway(Gateway):
    def next_deadline(self):
        return None if self.phase is Phase.REFUSED else super().next_deadline()

    def tick(self, now):
        return [] if self.phase is Phase.REFUSED else super().tick(now)


if __name__ == "__main__":
    sin(gateway=StayingGateway)
