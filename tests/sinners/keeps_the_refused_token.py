"""Fails identify/new-token-after-4004: comes back with the token that was refused (zhinjs/qq-official-bot#98)."""

from sinning import Gateway, sin

import reference_client.gateway
from reference_client.policy import Course, course_after


def course_with_the_token(code):
    course = course_after(code)
    return Course.RESUME if course is Course.NEW_TOKEN else course


reference_client.gateway.course_after = course_with_the_token

if __name__ == "__main__":
    sin(gateway=Gateway)
