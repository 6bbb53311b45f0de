"""Fails reconnect/close-codes: an internal error of the platform ends the bot (tencent-connect/bot-node-sdk#94)."""

from sinning import Gateway, sin

import reference_client.gateway
from reference_client.policy import Course, course_after


def course_of_a_quitter(code):
    return Course.STOP if code is not None and 4900 <= code <= 4913 else course_after(code)


reference_client.gateway.course_after = course_of_a_quitter

if __name__ == "__main__":
    sin(gateway=Gateway)
