"""Fails identify/fatal-codes: knows 4014, and takes every other code for a passing trouble (satorijs/satori#363)."""

from sinning import Gateway, sin

import reference_client.gateway
from fakeqq.wire.close_codes import CloseCode
from reference_client.policy import Course, course_after


def course_of_an_optimist(code):
    course = course_after(code)
    return Course.IDENTIFY if course is Course.STOP and code != CloseCode.DISALLOWED_INTENTS else course


reference_client.gateway.course_after = course_of_an_optimist

if __name__ == "__main__":
    sin(gateway=Gateway)
