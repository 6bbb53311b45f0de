"""Fails heartbeat/absurd-interval: the timer is set to whatever HELLO says (QwenLM/qwen-code#5202)."""

from sinning import Gateway, sin

import reference_client.gateway

reference_client.gateway.sane_interval = lambda milliseconds: float(milliseconds or 0) / 1000

if __name__ == "__main__":
    sin(gateway=Gateway)
