"""The command line, as processes and in process."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

import fakeqq
from fakeqq import cli
from fakeqq.launch.control import Control
from fakeqq.launch.netns import obstacle
from fakeqq.launch.server import ServerProcess

FAKEQQ = [sys.executable, "-m", "fakeqq"]
BOT = """
import json, os, urllib.request
def call(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=20))
token = call("https://bots.qq.com/app/getAppAccessToken",
             {"appId": os.environ["FAKEQQ_APP_ID"], "clientSecret": os.environ["FAKEQQ_SECRET"]})
print("token for", token["expires_in"], flush=True)
"""


def run(*words, **options):
    return subprocess.run(
        [*FAKEQQ, *words], capture_output=True, text=True, timeout=50, check=False, stdin=subprocess.DEVNULL, **options
    )


@pytest.fixture(scope="module")
def server():
    with ServerProcess() as server:
        yield server


@pytest.fixture
def invoke(server):
    def invoke(*words, **options):
        return CliRunner().invoke(cli.main, words, env={"FAKEQQ_URL": server.ready.control_url}, **options)

    return invoke


@pytest.fixture
def world(server):
    with Control(server.ready.control_url) as control:
        control.reset()
        for row in control.worlds()[1:]:
            control.world(row["app_id"]).delete()
        yield control.world(server.ready.app_id)


def test_help_imports_only_click_and_the_standard_library():
    script = (
        "import sys; sys.argv[1:] = ['--help']; from fakeqq.cli import main; "
        "main(standalone_mode=False); print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30
    ).stdout
    foreign = {name.partition(".")[0] for name in loaded.splitlines()[-1].split()}
    foreign -= sys.stdlib_module_names | {"fakeqq", "click", "__main__"}
    # What an installation's own start-up loads (editable finders and the like) is not ours.
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert foreign - {name.partition(".")[0] for name in bare.stdout.split()} == set()
    assert "asyncio" not in loaded.splitlines()[-1].split()


def test_every_command_has_help(invoke):
    for name, command in cli.main.commands.items():
        answer = invoke(name, "--help")
        assert answer.exit_code == 0, name
        assert command.help


def test_version(invoke):
    assert invoke("version").output == f"{fakeqq.__version__}\n"
    assert fakeqq.__version__ in invoke("--version").output


@pytest.mark.usefixtures("world")
def test_say_and_journal(invoke):
    said = invoke("say", "ping")
    assert "says: ping" in said.stdout
    assert "no bot is connected" in said.stderr
    assert json.loads(invoke("say", "again", "--json").stdout)["delivered"] == 0

    shown = invoke("journal").stdout
    assert "says 'ping'" in shown
    assert "says 'again'" in shown
    entries = [json.loads(line) for line in invoke("journal", "--json", "--kind", "user.said").stdout.splitlines()]
    assert [entry["text"] for entry in entries] == ["ping", "again"]
    assert "says 'ping'" not in invoke("journal", "--since", str(entries[0]["id"])).stdout


def test_a_kind_that_no_entry_has_is_refused(invoke):
    wrong = invoke("journal", "--kind", "ws.inn")
    assert wrong.exit_code == 2
    assert "no journal entry is of kind 'ws.inn'; did you mean ws.in" in wrong.stderr
    assert "webhook.request" in wrong.stderr


def test_faults_answer_in_json_on_request(invoke, world, tmp_path):
    added = invoke("fault", "add", "ws: READY", "drop", "--probability", "0.5", "--json")
    (row,) = map(json.loads, added.stdout.splitlines())
    assert (row["probability"], row["do"]) == (0.5, [{"verb": "drop"}])
    assert "with probability 0.5" in invoke("fault", "list").stdout
    assert world.faults()[0]["probability"] == 0.5
    file = tmp_path / "faults.json"
    file.write_text(json.dumps([{"name": "c", "on": "connect", "do": [{"verb": "hang"}]}]))
    assert json.loads(invoke("fault", "set", str(file), "--json").stdout)["name"] == "c"
    for no_list in ("{}", "[1]", '"c"'):
        file.write_text(no_list)
        refused = invoke("fault", "set", str(file))
        assert refused.exit_code == 2
        assert "is no list of faults" in refused.stderr
    assert [row["name"] for row in world.faults()] == ["c"]
    assert invoke("fault", "clear", "--json").stdout == ""
    assert invoke("fault", "add", "ws: READY", "drop", "--probability", "0").exit_code == 2


def test_say_in_every_scene_and_with_a_quote(invoke, world):
    first = json.loads(invoke("say", "ping", "--channel", "77", "--json").stdout)
    assert first["event_type"] == "AT_MESSAGE_CREATE"
    assert json.loads(invoke("say", "ping", "--dm", "--json").stdout)["event_type"] == "DIRECT_MESSAGE_CREATE"
    said = json.loads(invoke("say", "ping", "--json").stdout)
    quoting = json.loads(invoke("say", "again", "--quote", said["message_id"], "--json").stdout)
    assert quoting["message_id"] != said["message_id"]
    assert json.loads(invoke("say", "ping", "--json", "--group").stdout)["event_type"] == "GROUP_AT_MESSAGE_CREATE"
    refused = invoke("say", "again", "--quote", "no-such-message")
    assert refused.exit_code == 2
    assert "no message 'no-such-message'" in refused.stderr
    assert [entry["scene"] for entry in world.journal(kind="user.said")] == ["channel", "dm", "c2c", "c2c", "group"]


def test_journal_follows(server, world):
    words = ["journal", "--follow", "--json", "--kind", "user.said", "--url", server.ready.control_url]
    with subprocess.Popen([*FAKEQQ, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        world.say("one")
        assert json.loads(process.stdout.readline())["text"] == "one"
        world.say("two")
        assert json.loads(process.stdout.readline())["text"] == "two"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


def test_faults(invoke, world, tmp_path):
    assert "no faults" in invoke("fault", "list").stdout
    added = invoke("fault", "add", "ws: READY", "close", "code=4009", "--times", "2", "--name", "a")
    assert added.exit_code == 0, added.output
    invoke("fault", "add", "connect", "refuse", "status=503", "--for-ever", "--name", "b")
    assert [fault["name"] for fault in world.faults()] == ["a", "b"]
    assert [json.loads(line)["times"] for line in invoke("fault", "list", "--json").stdout.splitlines()] == [2, None]

    file = tmp_path / "faults.json"
    file.write_text(json.dumps([{"name": "c", "on": "connect", "do": [{"verb": "disconnect"}]}]))
    assert invoke("fault", "set", str(file)).stdout.startswith("c: on connect")
    assert invoke("fault", "set", "-", input="{").exit_code == 2
    file.write_bytes(b"[\xff]")
    assert f"fakeqq: {file}: not UTF-8, at byte 1\n" in invoke("fault", "set", str(file)).stderr
    assert "no faults" in invoke("fault", "clear").stdout
    mistyped = invoke("fault", "add", "ws: READY", "close", "cod=4009")
    assert mistyped.exit_code == 2
    assert "unknown field at do.0.close.cod; did you mean 'code'?" in mistyped.stderr
    wrong = invoke("fault", "add", "ws: REDY", "drop")
    assert wrong.exit_code == 2
    assert wrong.stderr == "fakeqq: unknown moment 'ws: REDY'; did you mean 'ws: READY'?\n"


def test_which_world_must_be_said_when_there_are_several(server, invoke, world):
    with Control(server.ready.control_url) as control:
        other = control.create_world()
        answer = invoke("say", "ping")
        assert answer.exit_code == 2
        assert f"--world, one of: {world.app_id}, {other.app_id}" in answer.stderr
        assert invoke("say", "ping", "--world", other.app_id).exit_code == 0
        assert [entry["text"] for entry in other.journal(kind="user.said")] == ["ping"]
        other.delete()


def test_colour_only_where_somebody_sees_it(invoke, world, monkeypatch):
    world.say("ping")
    assert "\x1b[" not in invoke("journal").stdout
    assert "\x1b[" in invoke("journal", color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in invoke("journal", color=True).stdout


def test_checks_and_explain(invoke):
    assert "send/passive" in invoke("checks").stdout
    assert "The usual fix" in invoke("explain", "send/passive").stdout
    assert invoke("explain", "send/nothing").exit_code == 2


def test_doctor_prints_a_table(invoke):
    answer = invoke("doctor")
    assert answer.exit_code == 0
    assert re.search(r"--via env +works", answer.stdout)


def test_grade_becomes_pytest(invoke, monkeypatch):
    became = []
    monkeypatch.setattr(os, "execv", lambda program, words: became.append((program, words)))
    assert invoke("grade", "-k", "startup", "--", "python", "bot.py", "-k", "x").exit_code == 0
    ((program, words),) = became
    assert program == sys.executable
    assert "--adapter=python bot.py -k x" in words
    assert words[-2:] == ["-k", "startup"]


def test_grade_passes_on_what_may_be_said_twice_and_what_has_no_value(invoke, monkeypatch):
    called = []
    monkeypatch.setattr(os, "execv", lambda *arguments: called.append(arguments))
    words = ["--checks", "startup/*", "--checks", "send/*", "--chapter", "send", "--repeat", "2", "--hold", "-x"]
    assert invoke("grade", *words, "--requirements", "2026-11", "--write-known-failing", "k.txt").exit_code == 0
    ((_, passed),) = called
    assert passed[5:] == [
        "--chapter=send",
        "--checks=startup/*",
        "--checks=send/*",
        "--requirements=2026-11",
        "--write-known-failing=k.txt",
        "--repeat=2",
        "--hold",
        "-x",
    ]


def test_grade_leaves_to_the_adapters_file_what_is_not_said(invoke, monkeypatch):
    became = []
    monkeypatch.setattr(os, "execv", lambda _program, words: became.append(words))
    assert invoke("grade", "--features", "group,burst", "--adapter-file", "their/adapter.toml").exit_code == 0
    (words,) = became
    assert words[-2:] == ["--adapter-file=their/adapter.toml", "--features=group,burst"]


def first_lines(process, until):
    """What a process has printed when a line holds `until`; it is ended by the test's own time limit otherwise."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if until in line:
            return lines
    raise AssertionError(f"{until!r} was not printed: {lines}, {process.stderr.read()}")


def test_serve_tells_a_person_everything_and_env_finds_it(tmp_path):
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    with subprocess.Popen(
        [*FAKEQQ, "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        banner = "".join(first_lines(process, "Ctrl-C"))
        url = re.search(r"http://127\.0\.0\.1:\d+/_fakeqq", banner).group()
        secret = re.search(r"secret +(\S+)", banner).group(1)

        lines = run("env", "nonebot", "--url", url, env=environment).stdout
        assert f"export QQ_API_BASE={url.removesuffix('/_fakeqq')}" in lines
        assert secret in lines
        general = run("env", "--url", url, env=environment).stdout
        assert f"FAKEQQ_SECRET={secret}" in general
        assert "fakeqq env nonebot|" in general

        assert run("say", "ping", "--url", url, env=environment).returncode == 0
        assert any("says 'ping'" in line for line in first_lines(process, "says 'ping'"))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert errors == ""
    assert run("env", "--url", url, env=environment).returncode == 2


def test_serve_json_is_one_line_and_stops_on_sigterm():
    with subprocess.Popen(
        [*FAKEQQ, "serve", "--port", "0", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        ready = json.loads(process.stdout.readline())
        with Control(ready["control_url"]) as control:
            control.world(ready["app_id"]).say("ping")
        process.terminate()
        rest, errors = process.communicate(timeout=30)
    assert (rest, errors, process.returncode) == ("", "", 0)
    assert ready["tls_port"] > 0


@pytest.mark.parametrize(
    "via", ["shim", pytest.param("netns", marks=pytest.mark.skipif(obstacle() is not None, reason=str(obstacle())))]
)
def test_run_points_an_unmodified_bot_here(via):
    answer = run("run", "--port", "0", "--via", via, "--", sys.executable, "-c", BOT)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == "token for 7200\n"
    assert f"via {via}" in answer.stderr
    assert "POST /app/getAppAccessToken" in answer.stderr


def test_run_pushes_events_to_a_bot_that_listens():
    bot = (
        "import http.server, json, os, urllib.request as net\n"
        "class Heard(http.server.BaseHTTPRequestHandler):\n"
        "    def do_POST(self):\n"
        "        event = json.loads(self.rfile.read(int(self.headers['Content-Length'])))\n"
        "        print(self.path, event['t'])\n"
        "        self.send_response(200); self.end_headers()\n"
        "        heard.append(event)\n"
        "heard = []\n"
        "server = http.server.HTTPServer(('127.0.0.1', int(os.environ['FAKEQQ_WEBHOOK_PORT'])), Heard)\n"
        "say = os.environ['FAKEQQ_API_BASE'] + '/_fakeqq/worlds/' + os.environ['FAKEQQ_APP_ID'] + '/say'\n"
        "body = net.Request(say, b'{\"text\": \"ping\"}', {'content-type': 'application/json'})\n"
        "server.timeout = 1\n"
        "while not heard:\n"
        "    net.build_opener(net.ProxyHandler({})).open(body)\n"
        "    server.handle_request()\n"
    )
    answer = run("run", "--port", "0", "--via", "env", "--webhook", "/qq", "--", sys.executable, "-c", bot)
    assert answer.stdout == "/qq C2C_MESSAGE_CREATE\n", answer.stderr
    assert answer.returncode == 0


def test_webhook_is_a_path():
    answer = run("run", "--port", "0", "--webhook", "qq", "--", "true")
    assert answer.returncode == 2
    assert "--webhook /qq" in answer.stderr


def test_control_token_is_demanded_and_kept_from_the_bot(monkeypatch):
    monkeypatch.setenv("FAKEQQ_CONTROL_TOKEN", "hush")
    with ServerProcess() as server:
        words = ["say", "ping", "--url", server.ready.control_url]
        assert CliRunner().invoke(cli.main, words).exit_code == 0
        refused = CliRunner().invoke(cli.main, [*words, "--token", "wrong"])
    assert refused.exit_code == 2
    assert "--control-token" in refused.stderr
    answer = run("run", "--port", "0", "--via", "env", "--", "sh", "-c", "echo ${FAKEQQ_CONTROL_TOKEN:-none}")
    assert answer.stdout == "none\n"


@pytest.mark.parametrize(("script", "status"), [("exit 7", 7), ("kill -KILL $$", 137)])
def test_run_exits_with_the_bots_status(script, status):
    assert run("run", "--port", "0", "--via", "env", "--", "sh", "-c", script).returncode == status


def test_run_of_nothing_there_is_told():
    answer = run("run", "--port", "0", "--via", "env", "--", "no-such-bot")
    assert answer.returncode == 4
    assert "no-such-bot: command not found" in answer.stderr


def test_ctrl_c_stops_bot_and_server():
    bot = "import signal, sys; signal.signal(15, lambda *_: sys.exit(0)); print('up', flush=True); signal.pause()"
    with subprocess.Popen(
        [*FAKEQQ, "run", "--port", "0", "--via", "env", "--", sys.executable, "-c", bot],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.mark.skipif(shutil.which("script") is None, reason="needs a terminal made by script(1)")
def test_ready_text_is_coloured_in_a_terminal(server):
    command = f"{sys.executable} -m fakeqq say ping --url {server.ready.control_url} --world {server.ready.app_id}"
    answer = subprocess.run(
        [shutil.which("script"), "-qec", command, "/dev/null"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert "\x1b[" in answer.stdout
