"""Fails dispatch/large: reads frames of 32 KiB at most, and connects again for ever when a larger one comes."""

from sinning import sin

if __name__ == "__main__":
    sin(LARGEST_FRAME=32 * 1024)
