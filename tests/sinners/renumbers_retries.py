"""Fails send/lost-answer: a second try has a number of its own, and the user reads the text twice."""

from sinning import sin

import reference_client.http.api
from reference_client.sender import Delivery


class RenumberingDelivery(Delivery):
    def after(self, outcome):
        if "msg_seq" in self._body:
            self._body["msg_seq"] = self._sequences.allot(self._body["msg_id"])
        return super().after(outcome)


reference_client.http.api.Delivery = RenumberingDelivery

if __name__ == "__main__":
    sin()
