"""Fails dispatch/slow-handler: one worker for all, which waits when a handler waits."""

from sinning import sin

import reference_client.workers

reference_client.workers.MOST_WORKERS = 1

if __name__ == "__main__":
    sin()
