"""Fails lifecycle/leaks: what one connection needed is never given back (NousResearch/hermes-agent#18172)."""

from sinning import Gateway, sin

BUFFER = 2**20

kept = []


class HoardingGateway(Gateway):
    def opened(self, connection, now):
        kept.append(b"x" * BUFFER)
        return super().opened(connection, now)


if __name__ == "__main__":
    sin(gateway=HoardingGateway)
