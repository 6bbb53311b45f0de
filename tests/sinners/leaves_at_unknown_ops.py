"""Fails dispatch/unknown: an op that it does not know is a reason to connect again."""

import json

from sinning import Gateway, sin

KNOWN = {0, 1, 7, 9, 10, 11}


class StrictGateway(Gateway):
    def receive(self, connection, text, now):
        if connection == self.connection and json.loads(text)["op"] not in KNOWN:
            return self._leave(now, "an unknown op")
        return super().receive(connection, text, now)


if __name__ == "__main__":
    sin(gateway=StrictGateway)
