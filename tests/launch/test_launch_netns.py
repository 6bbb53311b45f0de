"""The network namespace: its own names, its own address, and no way out."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import fakeqq
from fakeqq.launch import netns
from fakeqq.launch.adopt import hand_over
from fakeqq.launch.causes import CAUSES, explain
from fakeqq.launch.child import start
from fakeqq.launch.errors import LaunchError
from fakeqq.launch.via import Via, resolve

needs_namespaces = pytest.mark.skipif(netns.obstacle() is not None, reason=str(netns.obstacle()))


def output(stand_in, *command, **options):
    with start(command, stand_in.ready, app_id="77", secret="2", via=Via.NETNS, **options) as child:
        assert child.wait(30) == 0, child.stderr_tail()
        return child.stderr_tail(100)


@needs_namespaces
def test_two_sockets_are_handed_to_the_server_as_doors_of_the_childs_world(stand_in):
    output(stand_in, "true")
    assert stand_in.adopted == [
        (True, "77", ("198.18.0.1", 443)),
        (False, "77", ("127.0.0.1", stand_in.ready.port)),
    ]


@needs_namespaces
def test_the_plain_address_is_the_same_inside(stand_in):
    script = "import os, urllib.request as u; print(u.urlopen(os.environ['FAKEQQ_API_BASE'] + '/x').read().decode())"
    assert '"GET /x HTTP/1.1"' in output(stand_in, sys.executable, "-c", script)


@needs_namespaces
def test_nothing_gets_out(stand_in):
    listener = socket.create_server(("127.0.0.1", 0))
    script = (
        "import errno, socket, sys\n"
        "for address in (('1.1.1.1', 443), ('127.0.0.1', int(sys.argv[1]))):\n"
        "    handle = socket.socket(); handle.settimeout(20)\n"
        "    print(errno.errorcode[handle.connect_ex(address)])"
    )
    with listener:
        seen = output(stand_in, sys.executable, "-c", script, str(listener.getsockname()[1]))
    assert seen == "ENETUNREACH\nECONNREFUSED"


@needs_namespaces
def test_the_child_keeps_its_user(stand_in):
    script = "import os; print(os.getuid(), os.geteuid(), os.getgid())"
    assert output(stand_in, sys.executable, "-c", script) == f"{os.getuid()} {os.geteuid()} {os.getgid()}"


@needs_namespaces
def test_signals_are_as_a_shell_would_leave_them(stand_in):
    # Python itself ignores SIGPIPE (13) and SIGXFSZ (25); cat does not.
    seen = output(stand_in, "cat", "/proc/self/status")
    ignored = next(int(line.split()[1], 16) for line in seen.splitlines() if line.startswith("SigIgn"))
    assert not ignored & (1 << 12 | 1 << 24)


@needs_namespaces
def test_machine_files_stay_as_they_are(stand_in):
    before = [Path(path).read_text() for path in ("/etc/hosts", "/proc/mounts")]
    inside = output(stand_in, "cat", "/etc/hosts")
    after = [Path(path).read_text() for path in ("/etc/hosts", "/proc/mounts")]

    assert before == after
    assert [line for line in inside.splitlines() if "qq.com" in line] == [
        f"198.18.0.1\t{host}"
        for host in ("api.bot.qq.com", "api.sgroup.qq.com", "bots.qq.com", "sandbox.api.sgroup.qq.com")
    ]


@needs_namespaces
@pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("setpriv") is None, reason="needs root and setpriv to become nobody"
)
@pytest.mark.skipif(not os.access("/usr/bin/python3", os.X_OK), reason="needs a Python that everybody may execute")
def test_works_without_privileges(request):
    # The virtual environment may lie where nobody may look; these modules need only the standard library.
    copy = Path(tempfile.mkdtemp(prefix="fakeqq-test-"))
    request.addfinalizer(lambda: shutil.rmtree(copy))
    copy.chmod(0o755)
    shutil.copytree(Path(fakeqq.__file__).parent, copy / "fakeqq", ignore=shutil.ignore_patterns("__pycache__"))
    script = "from fakeqq.launch.netns import obstacle; print(obstacle())"
    run = subprocess.run(
        [shutil.which("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", script],
        env={"PYTHONPATH": str(copy), "PATH": os.environ["PATH"]},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert run.stdout == "None\n", run.stderr


def test_hosts_file_loses_lines_that_name_the_platform(tmp_path, monkeypatch):
    lines = ["127.0.0.1 localhost", "10.0.0.1 Bots.QQ.com", "10.0.0.2 my-bots.qq.com.example"]
    monkeypatch.setattr(netns, "_lines", lambda path: lines if path == "/etc/hosts" else [])
    ((source, target), *_) = netns.private_files(tmp_path)

    assert target == "/etc/hosts"
    assert (tmp_path / "hosts").read_text().splitlines()[:2] == [lines[0], lines[2]]
    assert source == str(tmp_path / "hosts")


@pytest.mark.parametrize("cause", CAUSES, ids=[cause.setting for cause in CAUSES])
def test_a_setting_that_forbids_is_named(tmp_path, cause):
    (tmp_path / cause.setting).parent.mkdir()
    (tmp_path / cause.setting).write_text(f"{cause.value}\n")
    assert explain(1, tmp_path) == (cause.meaning, f"{cause.remedy}\nOr use --via shim.")


@pytest.mark.parametrize(
    ("number", "word"), [(1, "container"), (22, "built without"), (28, "in use"), (None, "refused")]
)
def test_without_such_a_setting_the_error_number_tells(tmp_path, number, word):
    meaning, advice = explain(number, tmp_path)
    assert word in meaning
    assert "--via shim" in advice


def test_refused_step_is_told_with_cause():
    error = netns._refusal({"step": "uid_map", "errno": 1, "reason": "Operation not permitted"})
    assert "uid_map: Operation not permitted" in error.message
    assert error.exit_code == 2


def test_auto_is_the_strongest_that_works(monkeypatch):
    monkeypatch.setattr(netns, "obstacle", lambda: None)
    assert resolve(Via.AUTO) is Via.NETNS
    monkeypatch.setattr(netns, "obstacle", lambda: LaunchError("no"))
    assert resolve(Via.AUTO) is Via.SHIM
    assert resolve(Via.ENV) is Via.ENV


def test_a_server_that_is_gone_is_an_error(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(LaunchError, match="did not take"):
        hand_over(str(tmp_path / "absent"), listener, tls=True, app_id="1")
