"""Fails stream/newline-error: a chunk that lacks its newline ends the stream; the text goes another way."""

from sinning import sin

import reference_client.stream

reference_client.stream._NEWLINE_MISSING = -1

if __name__ == "__main__":
    sin()
