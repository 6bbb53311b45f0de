"""Fails identify/concurrency: takes two seconds for five (tencent-connect/botgo)."""

from sinning import sin

import reference_client.backoff

reference_client.backoff.IDENTIFY_SPACING = 2.0

if __name__ == "__main__":
    sin()
