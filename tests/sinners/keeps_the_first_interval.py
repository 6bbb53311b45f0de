"""Fails heartbeat/every-connection: the first HELLO rules for ever."""

from sinning import Gateway, sin


class StubbornGateway(Gateway):
    first_hello = None

    def _on_hello(self, frame, now):
        if self.first_hello is None:
            self.first_hello = frame
        return super()._on_hello(self.first_hello, now)


if __name__ == "__main__":
    sin(gateway=StubbornGateway)
