"""Fails token/refreshed: a token is good until somebody refuses it (QwenLM/qwen-code#5202)."""

from sinning import sin

import reference_client.http.api
from reference_client.tokens import TokenCache


class CarefreeCache(TokenCache):
    def answered(self, outcome, now):
        problem = super().answered(outcome, now)
        self._renew_at = self._expires_at = float("inf")
        return problem


reference_client.http.api.TokenCache = CarefreeCache

if __name__ == "__main__":
    sin()
