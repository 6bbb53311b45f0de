"""Fails startup/gateway-timeout: the one call for the address has no time-out (AstrBotDevs/AstrBot#6858)."""

import asyncio

from sinning import sin

from reference_client.answers import Loss, NoAnswer
from reference_client.http.api import Api


class PatientApi(Api):
    async def gateway(self, token):
        outcome = await super().gateway(token)
        if isinstance(outcome, NoAnswer) and outcome.loss is Loss.TIMEOUT:
            await asyncio.Event().wait()
        return outcome


if __name__ == "__main__":
    sin(Api=PatientApi)
