"""Fails dispatch/large: reads frames of 32 KiB at most, and connects again for ever when a larger one comes."""

from sinning import sin

import reference_client.sockets

reference_client.sockets.LARGEST_FRAME = 32 * 1024

if __name__ == "__main__":
    sin()
