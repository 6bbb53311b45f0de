"""Warns send/proactive-refused: what could not be sent is lost without a word."""

from sinning import sin

import reference_client.workers
from reference_client.log import report


def report_the_rest(level, event, **details):
    if event != "handler.failed":
        report(level, event, **details)


reference_client.workers.report = report_the_rest

if __name__ == "__main__":
    sin()
