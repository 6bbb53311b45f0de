"""Fails startup/token-transient: the first token must come at once (zeroclaw-labs/zeroclaw#4745)."""

from sinning import sin

import reference_client.http.api
from reference_client.answers import Answer
from reference_client.tokens import TokenCache

FAILED = 500


class HopefulCache(TokenCache):
    def answered(self, outcome, now):
        if isinstance(outcome, Answer) and outcome.status >= FAILED:
            raise ConnectionError(f"the token endpoint answered {outcome.status}")
        return super().answered(outcome, now)


reference_client.http.api.TokenCache = HopefulCache

if __name__ == "__main__":
    sin()
