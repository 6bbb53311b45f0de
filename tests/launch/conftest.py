"""A small stand-in for the server: it answers HTTP in plain and in TLS, and adopts listening sockets."""

import contextlib
import json
import os
import socket
import ssl
import threading

import pytest

from fakeqq.launch import certificates
from fakeqq.launch.ready import Ready


class StandIn:
    """Answers every request with its host name and first line, as JSON; one thread per socket."""

    def __init__(self, directory):
        self.directory = directory
        self.files = certificates.issue(directory)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.files.chain, self.files.key)
        self.adopted = []
        self._sockets = []
        self.plain = self._listen(socket.create_server(("127.0.0.1", 0)), self._answer)
        self.tls = self._listen(socket.create_server(("127.0.0.1", 0)), self._answer_tls)
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        door.bind(str(directory / "adopt"))
        door.listen()
        self._listen(door, self._adopt)

    @property
    def ready(self):
        port = self.plain.getsockname()[1]
        base = f"http://127.0.0.1:{port}"
        return Ready(
            pid=os.getpid(),
            host="127.0.0.1",
            port=port,
            tls_port=self.tls.getsockname()[1],
            api_base=base,
            token_url=f"{base}/app/getAppAccessToken",
            gateway_url=f"ws://127.0.0.1:{port}/websocket",
            control_url=f"{base}/_fakeqq",
            app_id="102000001",
            secret="a-secret",
            ca_file=str(self.files.ca),
            adopt_socket=str(self.directory / "adopt"),
        )

    def _listen(self, listener, handler):
        self._sockets.append(listener)
        threading.Thread(target=self._accept, args=(listener, handler), daemon=True).start()
        return listener

    def _accept(self, listener, handler):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._serve, args=(connection, handler), daemon=True).start()

    def _serve(self, connection, handler):
        with contextlib.suppress(OSError), connection:
            handler(connection)

    def _answer(self, connection):
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(65536) or b"\r\n\r\n"
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        body = json.dumps({"host": headers.get("host"), "line": lines[0]}).encode()
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )

    def _answer_tls(self, connection):
        with self.context.wrap_socket(connection, server_side=True) as secure:
            self._answer(secure)

    def _adopt(self, connection):
        payload, descriptors, _flags, _address = socket.recv_fds(connection, 65536, 1)
        wanted = json.loads(payload)
        tls = wanted["tls"]
        listener = socket.socket(fileno=descriptors[0])
        self._listen(listener, self._answer_tls if tls else self._answer)
        self.adopted.append((tls, wanted["app_id"], listener.getsockname()))
        connection.sendall(b'{"ok": true}\n')
        connection.recv(1)

    def close(self):
        for listener in self._sockets:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()


@pytest.fixture
def stand_in(tmp_path_factory):
    # A unix socket's path must be short, which tmp_path is not with every test's name in it.
    server = StandIn(tmp_path_factory.mktemp("s"))
    yield server
    server.close()
