"""Fails reconnect/one-shard: a shard that has fallen waits until all the others have, too (botpy's connection.py)."""

from sinning import Gateway, sin


class ComradelyGateway(Gateway):
    def _ended(self, code, reason, now):
        outputs = super()._ended(code, reason, now)
        if self.shard[1] > 1:
            self._deadline = None
        return outputs


if __name__ == "__main__":
    sin(gateway=ComradelyGateway)
