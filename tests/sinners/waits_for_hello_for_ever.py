"""Fails startup/no-hello: an open socket is taken for a good one (openclaw/openclaw#106484)."""

from sinning import Gateway, sin

import reference_client.gateway
from reference_client.phases import PATIENCE, Phase

reference_client.gateway.PATIENCE = {**PATIENCE, Phase.GREETING: float("inf")}

if __name__ == "__main__":
    sin(gateway=Gateway)
