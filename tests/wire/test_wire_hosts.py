"""Host names and paths."""

from urllib.parse import urlsplit

from fakeqq.wire import hosts


def test_platform_hosts_are_all_of_them():
    assert set(hosts.PLATFORM_HOSTS) == {*hosts.API_HOSTS, *hosts.TOKEN_HOSTS}
    assert len(hosts.PLATFORM_HOSTS) == 4


def test_golden_gateway_addresses_are_on_known_hosts(golden):
    for name in ("gateway", "gateway_bot", "gateway_bot_observed"):
        address = urlsplit(golden(name)["body"]["url"])
        assert address.hostname in hosts.API_HOSTS
        assert address.path == hosts.WEBSOCKET_PATH
