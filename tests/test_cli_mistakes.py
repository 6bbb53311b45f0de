"""What a person mistypes, and what is not there: a line or two that say what to do, and the status for it."""

import http.server
import socket
import threading

import pytest
from click.testing import CliRunner

from fakeqq import cli


@pytest.fixture
def invoke():
    return lambda *words: CliRunner().invoke(cli.main, words)


@pytest.mark.parametrize(
    "words", [["no-such-command"], ["say"], ["serve", "--port", "x"], ["run", "--via", "magic", "true"]]
)
def test_wrong_words_exit_with_2(invoke, words):
    assert invoke(*words).exit_code == 2


@pytest.mark.parametrize("option", ["--json", "--junit", "--summary"])
def test_a_directory_is_no_file_to_write_a_grade_to(invoke, tmp_path, option):
    answer = invoke("grade", option, str(tmp_path), "--", "true")
    assert answer.exit_code == 2
    assert f"'{option}': File '{tmp_path}' is a directory" in answer.stderr


def test_a_text_that_was_taken_for_a_group_is_missed_in_words(invoke):
    answer = invoke("say", "--group", "hello")
    assert answer.exit_code == 2
    assert "Missing argument 'TEXT'. --group took 'hello' for the group's id: name the text first." in answer.stderr
    assert invoke("say").stderr.endswith("Missing argument 'TEXT'.\n")


def test_our_own_fault_exits_with_5(invoke, monkeypatch):
    monkeypatch.setattr("fakeqq.launch.suite.table", lambda _paint: 1 / 0)
    answer = invoke("checks")
    assert answer.exit_code == 5
    assert "ZeroDivisionError" in answer.stderr
    assert "fault of fakeqq itself" in answer.stderr


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(28, "No space left on device", "/x"), "fakeqq: No space left on device: /x"),
        (FileNotFoundError(2, "No usable temporary directory found"), "fakeqq: No usable temporary directory found"),
    ],
)
def test_what_the_system_refuses_is_told_without_a_traceback(invoke, monkeypatch, error, told):
    def refuse(_paint):
        raise error

    monkeypatch.setattr("fakeqq.launch.suite.table", refuse)
    answer = invoke("checks")
    assert (answer.exit_code, answer.stderr.splitlines()[0]) == (5, told)
    assert "Traceback" not in answer.stderr


@pytest.fixture
def stranger():
    """A web server that is no fakeqq: 404 for some paths, and 200 with a page for the others."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(404 if "missing" in self.path else 200)
            self.end_headers()
            self.wfile.write(b"<html>\n" + b"<p>nothing here</p>\n" * 40 + b"</html>\n")

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["", "/missing"])
def test_another_web_server_is_told_in_two_lines(invoke, stranger, path):
    answer = invoke("say", "ping", "--url", stranger + path)
    assert answer.exit_code == 2
    first, second = answer.stderr.splitlines()
    assert first.startswith(f"fakeqq: HTTP {404 if path else 200} from {stranger}{path}/worlds: <html> <p>nothing")
    assert len(first) < 200
    assert "/_fakeqq" in second


@pytest.mark.parametrize("port", ["1", "notaport"])
def test_no_server_exits_with_2(invoke, port):
    answer = invoke("say", "ping", "--url", f"http://127.0.0.1:{port}/_fakeqq")
    assert answer.exit_code == 2
    assert "fakeqq serve" in answer.stderr


def test_env_refuses_what_is_no_address(invoke):
    answer = invoke("env", "--url", "http://127.0.0.1:notaport/_fakeqq")
    assert answer.exit_code == 2
    assert "http://127.0.0.1:notaport/_fakeqq is no address" in answer.stderr


@pytest.mark.parametrize("words", [("--repeat", "x"), ("--repeat", "0"), ("-n", "x"), ("-n", "-1")])
def test_grade_refuses_what_is_no_number(invoke, words):
    answer = invoke("grade", *words)
    assert answer.exit_code == 2
    assert f"'{words[0]}'" in answer.stderr


def test_port_in_use_is_told(invoke):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = invoke("serve", "--port", str(taken.getsockname()[1]))
    assert answer.exit_code == 2
    assert "in use" in answer.stderr
    assert "--port 0" in answer.stderr


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "fast"])
def test_a_senseless_speed_is_refused(invoke, speed):
    answer = invoke("serve", "--speed", speed)
    assert answer.exit_code == 2
    assert (
        f"Invalid value for '--speed': {speed!r} is no speed; a number above 0 is needed, such as 10." in answer.stderr
    )


def test_a_host_that_is_not_here_is_told(invoke):
    answer = invoke("serve", "--host", "192.0.2.1", "--control-token", "x", "--port", "0")
    assert answer.exit_code == 2
    assert answer.stderr.splitlines() == [
        "fakeqq: cannot listen on 192.0.2.1: Cannot assign requested address",
        "  Name an address of this machine with --host, or leave it out.",
    ]


def test_other_hosts_need_a_token(invoke):
    answer = invoke("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104
    assert answer.exit_code == 2
    assert "--control-token" in answer.stderr
