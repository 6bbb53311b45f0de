"""Fails lifecycle/leaks: an HTTP client for each connection, never closed (NousResearch/hermes-agent#18172)."""

import socket

from sinning import Gateway, sin

kept = []


class HoardingGateway(Gateway):
    def opened(self, connection, now):
        kept.append(socket.socket())
        return super().opened(connection, now)


if __name__ == "__main__":
    sin(gateway=HoardingGateway)
