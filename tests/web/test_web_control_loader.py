"""Health is answered while the control application loads behind the server; everything else waits for it."""

import threading

from fakeqq.web.control_loader import ControlLoader


def scope(path, host="127.0.0.1"):
    return {"type": "http", "method": "GET", "path": path, "headers": [(b"host", host.encode())]}


class Heavy:
    """A control application that takes until `may_load` to be built."""

    def __init__(self):
        self.may_load = threading.Event()
        self.asked = []

    def load(self):
        assert self.may_load.wait(10)
        return self

    async def __call__(self, scope, _receive, _send):
        self.asked.append(scope["path"])


async def test_health_is_answered_while_the_rest_still_loads():
    heavy, sent = Heavy(), []
    loader = ControlLoader(heavy.load, "127.0.0.1", None)

    async def send(message):
        sent.append(message)

    await loader(scope("/_fakeqq/health"), None, send)
    assert [message.get("status") or message["body"] for message in sent] == [200, b'{"status":"ok"}']
    heavy.may_load.set()
    await loader(scope("/_fakeqq/worlds"), None, send)
    await loader(scope("/_fakeqq/health"), None, send)
    assert heavy.asked == ["/_fakeqq/worlds", "/_fakeqq/health"]
    await loader.close()


async def test_a_foreign_page_waits_for_the_guard():
    heavy, sent = Heavy(), []
    loader = ControlLoader(heavy.load, "127.0.0.1", None)
    heavy.may_load.set()
    await loader(scope("/_fakeqq/health", host="evil.example"), None, sent.append)
    assert heavy.asked == ["/_fakeqq/health"]
    assert sent == []
    await loader.close()
