"""Fails send/stale-pool: its pool does not hear of a reset, and what is sent there is lost (hermes-agent#18172)."""

from sinning import sin

import reference_client.http.api
from reference_client.answers import ApiError, NoAnswer
from reference_client.http.origin import _Connection
from reference_client.sender import Delivery, Failed

HEARS = _Connection.connection_lost


def connection_lost(self, exc):
    reusable = self.reusable
    HEARS(self, exc)
    self.reusable = reusable


class LosingDelivery(Delivery):
    def after(self, outcome):
        if isinstance(outcome, NoAnswer) and outcome.detail == "the connection was closed meanwhile":
            return Failed(ApiError(self._operation, outcome))
        return super().after(outcome)


_Connection.connection_lost = connection_lost
reference_client.http.api.Delivery = LosingDelivery

if __name__ == "__main__":
    sin()
