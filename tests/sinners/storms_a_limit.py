"""Fails send/rate-limited: too fast is answered with faster (QwenLM/qwen-code#5902)."""

from sinning import sin

import reference_client.pauses
import reference_client.sender

reference_client.pauses.PACE = 0.0
reference_client.sender.SLOW_STEPS = (0.0,) * 5

if __name__ == "__main__":
    sin()
