"""Fails webhook/ack-first: an event is acknowledged when its handler has ended."""

from sinning import sin

import reference_client.http.webhook
from reference_client.http.webhook import Receiver


class BusyReceiver(Receiver):
    async def receive(self, request):
        events = []
        self.workers.put = events.append
        response = await super().receive(request)
        for event in events:
            await self._handle(event)
        return response


if __name__ == "__main__":
    reference_client.http.webhook.Receiver = BusyReceiver
    sin()
