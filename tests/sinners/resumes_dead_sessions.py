"""Fails reconnect/close-codes: RESUME for ever with a session that is dead (NousResearch/hermes-agent#22179)."""

from sinning import Gateway, sin

import reference_client.gateway
from reference_client.policy import Course

reference_client.gateway.course_after = lambda _code: Course.RESUME


class FaithfulGateway(Gateway):
    def _count_refused_resume(self):
        """Forgive."""


if __name__ == "__main__":
    sin(gateway=FaithfulGateway)
