"""Fails reconnect/url-cached: every reconnect begins with a call of the gateway endpoint (hermes-agent#11489)."""

from sinning import sin

from reference_client.startup import GatewayAddress


class DoubtfulAddress(GatewayAddress):
    def doubtful(self, _now):
        return True


if __name__ == "__main__":
    sin(GatewayAddress=DoubtfulAddress)
