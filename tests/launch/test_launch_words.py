"""What a person reads and types: journal lines, faults, the banner, notes of running servers, the suite's command."""

import json
import os
import subprocess
import sys

import pytest

from fakeqq.launch import banner, fault_words, records, render, suite
from fakeqq.launch.errors import LaunchError
from fakeqq.launch.ready import Ready

ENTRIES = [
    (
        {"kind": "http.request", "operation": "GET /gateway", "method": "GET", "path": "/gateway", "body": None},
        "bot -> GET /gateway",
    ),
    (
        {"kind": "http.response", "request": 3, "status": 400, "error": "a", "fault": "f", "body": {"code": 1}},
        '     <- 400 a (fault f) {"code": 1}',
    ),
    ({"kind": "ws.open", "connection": 2, "path": "/websocket"}, "bot -> [2] opens a WebSocket"),
    (
        {"kind": "ws.in", "connection": 2, "op": 2, "frame": {"op": 2, "d": {"token": "QQBot abc", "intents": 1}}},
        'bot -> [2] op 2 IDENTIFY {"token": "[secret]", "intents": 1}',
    ),
    (
        {"kind": "ws.out", "connection": 2, "op": 0, "t": "READY", "s": 1, "frame": {"op": 0, "d": {}}},
        "bot <- [2] op 0 READY s=1",
    ),
    ({"kind": "ws.in", "connection": 2, "op": 99, "frame": {"op": 99}}, "bot -> [2] op 99 unknown op"),
    ({"kind": "ws.in", "connection": 2, "op": None, "frame": None, "text": "{"}, "bot -> [2] not a frame: '{'"),
    (
        {"kind": "ws.close", "connection": 2, "by": "server", "code": 4009, "reason": ""},
        "platform closes [2] with 4009",
    ),
    (
        {"kind": "ws.close", "connection": 2, "by": "client", "code": 1000, "reason": "bye"},
        "bot closes [2] with 1000 'bye'",
    ),
    ({"kind": "fault", "fault": "f", "moment": "ws: READY"}, "** fault f at ws: READY"),
    ({"kind": "control", "action": "say", "details": {}}, "** say {}"),
    ({"kind": "user.said", "user": "U", "text": "ping"}, "user says 'ping'"),
    ({"kind": "user.sees", "openid": "U", "text": "pong", "reply_to": "M"}, "user sees 'pong', reply to M"),
    (
        {"kind": "user.stream", "openid": "U", "part": "one ", "index": 1, "state": 1, "length": 9},
        "user sees a stream grow: 'one ' (index 1, state 1, 9 characters so far)",
    ),
    ({"kind": "new.kind", "x": [{"secret": "hush"}]}, 'new.kind {"x": [{"secret": "[secret]"}]}'),
]


@pytest.mark.parametrize(("entry", "text"), ENTRIES, ids=[entry["kind"] for entry, _ in ENTRIES])
def test_entry_is_one_line(entry, text):
    line = render.line({"id": 17, "at": 0.0, "elapsed": 1.25, **entry}, lambda text, _colour: text)
    assert line == f"   17     1.250 {text}"


def test_long_body_is_cut():
    request = {"kind": "http.request", "operation": None, "method": "POST", "path": "/x", "body": "x" * 1000}
    line = render.line(request, lambda text, _colour: text)
    assert len(line) < 250
    assert line.endswith("x…")


def test_refused_answer_is_red():
    painted = []
    for status in (200, 500):
        answer = {"kind": "http.response", "status": status}
        render.line(answer, lambda text, colour: painted.append((text, colour)) or text)
    assert [colour for text, colour in painted if "<-" in text] == ["green", "red"]


def test_fault_is_read_from_words():
    fault = fault_words.fault("ws: READY", "close", ["code=4009", "reason=by hand"], name=None, nth=2, times=None)
    assert fault == {
        "name": "ws: READY close",
        "on": "ws: READY",
        "nth": 2,
        "times": None,
        "do": [{"verb": "close", "code": 4009, "reason": "by hand"}],
    }
    with pytest.raises(LaunchError, match="FIELD=VALUE"):
        fault_words.fault("connect", "refuse", ["503"], name=None, nth=1, times=1)


def test_fault_is_told_in_words():
    row = {"name": "f", "on": "connect", "nth": 12, "times": None, "do": [{"verb": "refuse", "status": 503}], "hits": 4}
    assert fault_words.line(row) == "f: on connect, from the 12th, for ever: refuse status=503 [4 hits]"
    assert fault_words.line({**row, "nth": 2, "times": 3}).startswith("f: on connect, from the 2nd, times 3:")
    assert fault_words.settings_of({**row, "probability": None}) == {key: row[key] for key in row if key != "hits"}


def ready(port):
    values = dict.fromkeys(Ready.__dataclass_fields__, "x") | {"pid": os.getpid(), "port": port, "tls_port": 4433}
    return Ready(**values | {"control_url": f"http://127.0.0.1:{port}/_fakeqq", "secret": "s"})


def test_the_banner_s_lines_can_be_typed(tmp_path, monkeypatch):
    installed = tmp_path / ".venv" / "bin" / "fakeqq"
    installed.parent.mkdir(parents=True)
    installed.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    assert banner.program_name(str(installed)) == ".venv/bin/fakeqq"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert banner.program_name(str(installed)) == str(installed)
    monkeypatch.setenv("PATH", str(installed.parent))
    assert banner.program_name(str(installed)) == "fakeqq"
    assert banner.program_name("/lib/fakeqq/__main__.py") == f"{sys.executable} -m fakeqq"
    text = banner.render(json.loads(ready(1234).to_line()), str, str, ".venv/bin/fakeqq")
    assert ".venv/bin/fakeqq say ping" in text
    assert "$(.venv/bin/fakeqq env" in text


def test_banner_holds_what_a_person_needs():
    text = banner.render(json.loads(ready(1234).to_line()), str, str)
    assert "http://127.0.0.1:1234/_fakeqq" in text
    assert 'eval "$(fakeqq env nonebot --url http://127.0.0.1:1234/_fakeqq)"' in text
    assert "fakeqq say ping --url http://127.0.0.1:1234/_fakeqq --world x" in text
    assert "--url" not in banner.render(json.loads(ready(8787).to_line()), str, str)


def test_note_of_a_server_lasts_as_long_as_the_server(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert records.find(1234) is None
    with records.kept(ready(1234)):
        assert records.find(1234) == ready(1234)
        assert records.folder().stat().st_mode & 0o077 == 0
    assert records.find(1234) is None


def test_note_of_a_dead_server_does_not_count(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        child = process.pid
    values = {name: getattr(ready(1), name) for name in Ready.__dataclass_fields__}
    with records.kept(Ready(**values | {"pid": child})):
        assert records.find(1) is None


@pytest.mark.parametrize("left", ["absent", "a-file"])
def test_a_runtime_directory_that_is_gone_is_passed_over(tmp_path, monkeypatch, left):
    (tmp_path / "a-file").touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / left))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with records.kept(ready(1234)):
        assert records.find(1234) == ready(1234)
        assert records.folder().parent == tmp_path


def test_notes_are_not_left_where_others_can_read_them(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    records.folder().chmod(0o755)
    with pytest.raises(LaunchError, match="open to other users"):
        records.folder()


def test_grade_is_a_pytest_command():
    words = suite.command(
        ["python", "my bot.py"], {"via": "env", "junit": "r.xml", "json_file": "r.json", "workers": None}
    )
    assert words[1:4] == ["-P", "-m", "pytest"]
    assert words[4].endswith("conformance")
    assert words[5] == "--adapter=python 'my bot.py'"
    assert words[6:] == ["--via=env", "--junitxml=r.xml", "--results=r.json"]
    assert len(suite.command([], {})) == 5


def test_missing_suite_is_told(monkeypatch):
    monkeypatch.setattr(suite, "find_spec", lambda _name: None)
    for action in (lambda: suite.command([], {}), lambda: suite.table(lambda text, _colour: text)):
        with pytest.raises(LaunchError, match="not installed") as caught:
            action()
        assert caught.value.exit_code == 5


def test_check_is_explained():
    text = "\n".join(suite.explanation("send/passive", str))
    for word in ("send/passive", "must", "What happens", "What is required", "https://github.com/", "The usual fix"):
        assert word in text
    assert suite.explanation("send/passive[x]", str) == suite.explanation("send/passive", str)
    with pytest.raises(LaunchError, match="did you mean send/passive"):
        suite.explanation("send/pasive", str)
