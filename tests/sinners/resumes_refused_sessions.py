"""Fails resume/rejected: neither op 9 nor a close code ends a session (NousResearch/hermes-agent#22179)."""

from sinning import Gateway, sin

import reference_client.gateway
from reference_client.policy import Course

reference_client.gateway.course_after = lambda _code: Course.RESUME


class StubbornGateway(Gateway):
    def _count_refused_resume(self):
        """Forgive."""

    def _on_invalid_session(self, frame, now):
        return super()._on_invalid_session({**frame, "d": True}, now)


if __name__ == "__main__":
    sin(gateway=StubbornGateway)
