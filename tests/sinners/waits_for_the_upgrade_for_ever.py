"""Fails startup/no-upgrade: a handshake without a time-out (openclaw/openclaw#106484)."""

from sinning import Gateway, sin

import reference_client.gateway
from reference_client.phases import PATIENCE, Phase

reference_client.gateway.PATIENCE = {**PATIENCE, Phase.DIALLING: float("inf")}

if __name__ == "__main__":
    sin(gateway=Gateway)
