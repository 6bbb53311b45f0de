"""Fails reconnect/close-codes: 4009 ends the session (openclaw/openclaw#65579)."""

from sinning import Gateway, sin

import reference_client.gateway
from fakeqq.wire.close_codes import CloseCode
from reference_client.policy import Course, course_after


def course_of_a_stranger(code):
    return Course.IDENTIFY if code == CloseCode.SESSION_TIMED_OUT else course_after(code)


reference_client.gateway.course_after = course_of_a_stranger

if __name__ == "__main__":
    sin(gateway=Gateway)
