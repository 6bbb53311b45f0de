"""Fails startup/refused-then-up: three refused connections are the end (NousResearch/hermes-agent#25505)."""

from sinning import sin

import reference_client.http.api
from reference_client.answers import Loss, NoAnswer
from reference_client.tokens import TokenCache

TRIES = 3


class FiniteCache(TokenCache):
    _refusals = 0

    def answered(self, outcome, now):
        self._refusals += isinstance(outcome, NoAnswer) and outcome.loss is Loss.NOT_SENT
        if self._refusals == TRIES:
            raise ConnectionError(f"no connection in {TRIES} tries")
        return super().answered(outcome, now)


reference_client.http.api.TokenCache = FiniteCache

if __name__ == "__main__":
    sin()
