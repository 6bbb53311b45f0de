"""Unmodified programs reach a TLS server of ours under the platform's names, with certificates checked."""

import ast
import json
import os
import shutil
import subprocess
import sys
from importlib.resources import files

import pytest

from fakeqq.launch import shim
from fakeqq.launch.child import start
from fakeqq.launch.errors import LaunchError
from fakeqq.launch.netns import obstacle
from fakeqq.launch.via import Via
from fakeqq.wire.hosts import PLATFORM_HOSTS

NETNS = pytest.param(Via.NETNS, marks=pytest.mark.skipif(obstacle() is not None, reason=str(obstacle())))
WAYS = [Via.SHIM, NETNS]
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")

ASYNCIO = """
import asyncio, ssl, sys
async def main():
    reader, writer = await asyncio.open_connection(sys.argv[1], 443, ssl=ssl.create_default_context())
    writer.write(f"GET /asyncio HTTP/1.1\\r\\nHost: {sys.argv[1]}\\r\\n\\r\\n".encode())
    print((await reader.read()).decode().rpartition("\\r\\n")[2])
    writer.close()
asyncio.run(main())
"""
# What a client on anyio does: it resolves first, and connects to the address it got.
RESOLVE_FIRST = """
import asyncio, ssl, sys
async def main():
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(sys.argv[1], 443, type=1)
    context = ssl.create_default_context()
    reader, writer = await asyncio.open_connection(*found[0][4], ssl=context, server_hostname=sys.argv[1])
    writer.write(f"GET /resolved HTTP/1.1\\r\\nHost: {sys.argv[1]}\\r\\n\\r\\n".encode())
    print((await reader.read()).decode().rpartition("\\r\\n")[2])
    writer.close()
asyncio.run(main())
"""
HTTP_CLIENT = """
import http.client, ssl, sys
connection = http.client.HTTPSConnection(sys.argv[1], context=ssl.create_default_context(), timeout=20)
connection.request("GET", "/sync")
print(connection.getresponse().read().decode())
"""
HTTPS_GET = """
require("https").get(`https://${process.argv[1]}/https`, (answer) => {
  answer.on("data", (data) => console.log(String(data)));
});
"""
FETCH = "fetch(`https://${process.argv[1]}/fetch`).then((answer) => answer.text()).then(console.log);"
LOOKUP_FIRST = """
const dns = require("dns"), tls = require("tls"), host = process.argv[1];
dns.promises.lookup(host, { all: true }).then((found) => {
  const socket = tls.connect({ host: found[0].address, port: 443, servername: host }, () => {
    if (!socket.authorized) throw new Error("not verified");
    socket.write(`GET /looked-up HTTP/1.1\\r\\nHost: ${host}\\r\\n\\r\\n`);
  });
  let text = "";
  socket.on("data", (data) => { text += data; });
  socket.on("end", () => console.log(text.split("\\r\\n").pop()));
});
"""
ES_MODULE = """
import { lookup } from "node:dns";
import { promisify } from "node:util";
import tls from "node:tls";
const host = process.argv[1];
const { address, family } = await promisify(lookup)(host);
if (address !== "198.18.0.1" || family !== 4) throw new Error(`resolved to ${address}`);
const request = `GET /module HTTP/1.1\\r\\nHost: ${host}\\r\\n\\r\\n`;
const socket = tls.connect(443, host, { servername: host }, () => socket.write(request));
let text = "";
for await (const data of socket) text += data;
console.log(text.split("\\r\\n").pop());
"""
PYTHON = (ASYNCIO, "asyncio"), (RESOLVE_FIRST, "resolved"), (HTTP_CLIENT, "sync")
NODE = (HTTPS_GET, "https"), (FETCH, "fetch"), (LOOKUP_FIRST, "looked-up"), (ES_MODULE, "module")


def answer(stand_in, command, via, **options):
    with start(command, stand_in.ready, app_id="1", secret="2", via=via, **options) as child:
        status = child.wait(40)
        assert status == 0, child.stderr_tail()
        return child.stderr_tail()


@pytest.mark.parametrize("via", WAYS)
@pytest.mark.parametrize(("script", "path"), PYTHON, ids=[path for _, path in PYTHON])
@pytest.mark.parametrize("host", ["api.sgroup.qq.com", "API.BOT.QQ.COM"])
def test_python_child(stand_in, via, script, path, host):
    seen = json.loads(answer(stand_in, [sys.executable, "-c", script, host], via))
    assert seen == {"host": host.lower(), "line": f"GET /{path} HTTP/1.1"}


@needs_node
@pytest.mark.parametrize("via", WAYS)
@pytest.mark.parametrize(("script", "path"), NODE, ids=[path for _, path in NODE])
def test_node_child(stand_in, via, script, path):
    kind = "module" if script is ES_MODULE else "commonjs"
    command = ["node", f"--input-type={kind}", "-e", script, "api.sgroup.qq.com"]
    assert json.loads(answer(stand_in, command, via)) == {"host": "api.sgroup.qq.com", "line": f"GET /{path} HTTP/1.1"}


@pytest.mark.parametrize("via", WAYS)
@pytest.mark.parametrize("host", PLATFORM_HOSTS)
def test_every_host_of_the_platform_leads_here(stand_in, via, host):
    assert json.loads(answer(stand_in, [sys.executable, "-c", HTTP_CLIENT, host], via))["host"] == host


@pytest.mark.parametrize("via", WAYS)
def test_a_certificate_of_nobody_is_still_refused(stand_in, via, tmp_path):
    empty = tmp_path / "none.pem"
    empty.write_text("")
    command = [sys.executable, "-c", HTTP_CLIENT, "api.sgroup.qq.com"]
    trust = {"SSL_CERT_FILE": "/dev/null", "SSL_CERT_DIR": str(tmp_path)}
    with start(command, stand_in.ready, app_id="1", secret="2", via=via, extra_environment=trust) as child:
        assert child.wait(30) == 1
        assert "CERTIFICATE_VERIFY_FAILED" in child.stderr_tail(1)


def test_shim_leaves_other_names_and_ports_alone(stand_in):
    script = "import socket; print(socket.gethostbyname('localhost'), socket.getaddrinfo(b'bots.qq.com', 80)[0][4][0])"
    assert answer(stand_in, [sys.executable, "-c", script], Via.SHIM) == "127.0.0.1 198.18.0.1"


def test_shim_runs_the_sitecustomize_it_hides(stand_in, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text("print('theirs', __name__)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    script = "import sitecustomize, socket; print(sitecustomize.__file__, socket.gethostbyname('bots.qq.com'))"

    seen = answer(stand_in, [sys.executable, "-c", script], Via.SHIM)
    assert seen == f"theirs sitecustomize\n{tmp_path / 'sitecustomize.py'} 198.18.0.1"


@needs_node
def test_shim_keeps_the_node_options_that_are_there(stand_in, monkeypatch):
    monkeypatch.setenv("NODE_OPTIONS", "--title=theirs")
    script = "require('dns').lookup('bots.qq.com', (error, address) => console.log(process.title, address));"
    assert answer(stand_in, ["node", "-e", script], Via.SHIM) == "theirs 198.18.0.1"


@needs_node
def test_shim_works_in_a_directory_with_a_blank_and_quotes(tmp_path):
    odd = tmp_path / 'a "b" \\ c'
    odd.mkdir()
    variables = shim.install(odd, 4433, {})
    script = "require('dns').lookup('bots.qq.com', (error, address) => console.log(address));"
    run = subprocess.run(
        [shutil.which("node"), "-e", script],
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert run.stdout == "198.18.0.1\n"


def test_python_shim_is_readable_by_old_pythons():
    source = files("fakeqq.launch").joinpath("python_shim.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))


def test_shim_needs_tls(tmp_path):
    with pytest.raises(LaunchError, match="TLS port"):
        shim.install(tmp_path, None, {})
