"""A child is pointed at the server, watched, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from fakeqq.launch.child import start
from fakeqq.launch.errors import LaunchError
from fakeqq.launch.netns import obstacle
from fakeqq.launch.tail import FILE_BYTES, TAIL_BYTES, Tail
from fakeqq.launch.via import Via

WAYS = [
    Via.ENV,
    Via.SHIM,
    pytest.param(Via.NETNS, marks=pytest.mark.skipif(obstacle() is not None, reason=str(obstacle()))),
]


@pytest.fixture
def launch(stand_in):
    children = []

    def launch(*command, via=Via.ENV, **options):
        child = start(command, stand_in.ready, app_id="1024", secret="s3cret", via=via, **options)
        children.append(child)
        return child

    yield launch
    for child in children:
        child.kill()


def is_gone(pid):
    """Whether a process is no more, or only waits to be collected by a parent that is not us."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as handle:  # noqa: PTH123
            return handle.read().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


@pytest.mark.parametrize("via", WAYS)
def test_command_words_and_environment_carry_the_credentials(launch, stand_in, via):
    script = "import os, sys; print(sys.argv[1:], os.environ['FAKEQQ_APP_ID'], os.environ['FAKEQQ_API_BASE'])"
    child = launch(sys.executable, "-c", script, "--id={app_id}", "{secret}", "{other}", via=via)

    assert child.wait(30) == 0
    assert child.stderr_tail() == f"['--id=1024', 's3cret', '{{other}}'] 1024 {stand_in.ready.api_base}"


@pytest.mark.parametrize("via", WAYS)
def test_exit_status_is_the_programs_own(launch, via):
    assert launch("sh", "-c", "exit 7", via=via).wait(30) == 7
    assert launch("sh", "-c", "kill -KILL $$", via=via).wait(30) == -signal.SIGKILL


@pytest.mark.parametrize("via", WAYS)
def test_missing_command_is_named(launch, via):
    with pytest.raises(LaunchError, match="no-such-bot: command not found") as caught:
        launch("no-such-bot", via=via)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("via", WAYS)
def test_file_that_may_not_be_executed_is_named(launch, tmp_path, via):
    script = tmp_path / "bot.py"
    script.write_text("print()")
    with pytest.raises(LaunchError, match="permission denied"):
        launch(str(script), via=via)


@pytest.mark.parametrize("via", WAYS)
def test_a_directory_is_no_command(launch, tmp_path, via):
    with pytest.raises(LaunchError, match=f"^{tmp_path}: is a directory"):
        launch(str(tmp_path), via=via)


def test_script_without_interpreter_is_named(launch, tmp_path):
    script = tmp_path / "bot"
    script.write_text("print()")
    script.chmod(0o755)
    with pytest.raises(LaunchError, match="not a program"):
        launch(str(script))


def test_empty_command_and_missing_directory_are_refused(launch, tmp_path):
    with pytest.raises(LaunchError, match="no command"):
        launch()
    with pytest.raises(LaunchError, match="there is no directory"):
        launch("true", working_directory=tmp_path / "absent")


@pytest.mark.parametrize("via", WAYS)
def test_working_directory_cannot_break_the_launch(launch, tmp_path, via):
    (tmp_path / "socket.py").write_text("raise SystemExit('the wrong socket')")
    child = launch("sh", "-c", "pwd", via=via, working_directory=tmp_path)

    assert child.wait(30) == 0
    assert child.stderr_tail() == str(tmp_path)


@pytest.mark.parametrize("via", WAYS)
def test_terminate_asks_first(launch, via):
    script = (
        "import os, signal, sys\n"
        "def stop(*_): os.write(1, b'stopped\\n'); sys.exit(3)\n"
        "signal.signal(signal.SIGTERM, stop); os.write(1, b'ready\\n'); signal.pause()"
    )
    child = launch(sys.executable, "-c", script, via=via)
    wait_for_output(child, "ready")

    assert child.terminate() == 3
    assert child.stderr_tail() == "ready\nstopped"


def wait_for_output(child, text):
    """The output is read by a thread; its lock is the only thing to wait on."""
    with child._tail.grown:
        assert child._tail.grown.wait_for(lambda: text in child._tail.text(), timeout=30)


def test_terminate_kills_what_does_not_listen(launch):
    script = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    child = launch(sys.executable, "-c", script)
    wait_for_output(child, "deaf")

    assert child.terminate(grace=0.05) == -signal.SIGKILL


@pytest.mark.parametrize("via", WAYS)
def test_no_member_of_the_group_survives_its_leader(launch, via):
    child = launch("sh", "-c", "sleep 1000 & echo $!", via=via)

    assert child.wait(30) == 0
    assert is_gone(int(child.stderr_tail()))


@pytest.mark.skipif(sys.platform != "linux", reason="strays are found through /proc")
@pytest.mark.parametrize("via", WAYS)
def test_daemon_that_left_the_group_does_not_survive(launch, via):
    daemon = "import os, signal; os.setsid(); print(os.getpid(), flush=True); signal.pause()"
    child = launch("sh", "-c", f'{sys.executable} -c "{daemon}" & wait', via=via)
    wait_for_output(child, "\n")
    child.terminate()

    assert is_gone(int(child.stderr_tail()))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a look ends the group, too")
@pytest.mark.parametrize(("last", "status"), [("exit 5", 5), ("kill -KILL $$", -signal.SIGKILL)])
def test_a_look_at_the_exit_spares_what_was_left_behind(launch, last, status):
    child = launch("sh", "-c", f"sleep 1000 & echo $!; {last}")

    assert child.has_exited(30)
    assert child.peek() == status
    wait_for_output(child, "\n")
    assert not is_gone(int(child.stderr_tail()))
    assert child.poll() == child.peek() == status
    assert is_gone(int(child.stderr_tail()))


def test_a_look_at_what_runs(launch):
    child = launch(sys.executable, "-c", "import signal; signal.pause()")
    assert child.peek() is None

    child.ask_to_stop()
    assert child.has_exited(30)
    assert child.peek() == -signal.SIGTERM


def test_one_thread_may_wait_while_another_ends(launch):
    child = launch(sys.executable, "-c", "import signal; signal.pause()")
    statuses = []
    waiter = threading.Thread(target=lambda: statuses.append(child.wait()))
    waiter.start()
    child.kill()
    waiter.join(30)

    assert statuses == [-signal.SIGKILL]
    assert child.poll() == child.returncode == -signal.SIGKILL


def test_wait_gives_up_and_the_child_lives(launch):
    child = launch(sys.executable, "-c", "import signal; signal.pause()")
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.01)
    assert child.poll() is None
    assert "running" in repr(child)


def test_output_goes_into_the_file_too(launch, tmp_path):
    child = launch("sh", "-c", "echo out; echo err >&2", output=tmp_path / "log")

    assert child.wait(30) == 0
    assert (tmp_path / "log").read_text() == "out\nerr\n"
    assert child.output == tmp_path / "log"
    assert child.stderr_tail(1) == "err"


def test_output_is_bounded(tmp_path):
    read_end, write_end = os.pipe()
    tail = Tail(read_end, tmp_path / "log")
    block = b"x" * 1023 + b"\n"
    with open(write_end, "wb") as pipe:  # noqa: PTH123 (a descriptor)
        pipe.writelines(block for _ in range(FILE_BYTES // len(block) + 100))
    tail.finish(30)

    assert len(tail.text()) == TAIL_BYTES
    assert tail.lines(2) == "x" * 1023 + "\n" + "x" * 1023
    written = (tmp_path / "log").read_bytes()
    assert FILE_BYTES < len(written) < FILE_BYTES + 100
    assert written.endswith(b"left out]\n")


def test_private_files_go_with_the_child(launch):
    child = launch("sh", "-c", 'test -s "$SSL_CERT_FILE" && echo "$SSL_CERT_FILE"')
    assert child.wait(30) == 0
    assert not os.path.exists(child.stderr_tail())  # noqa: PTH110


def test_extra_environment_has_the_last_word(launch):
    child = launch(
        "sh", "-c", "echo $FAKEQQ_CHECK $QQ_API_BASE", extra_environment={"FAKEQQ_CHECK": "a/b", "QQ_API_BASE": "x"}
    )
    child.wait(30)
    assert child.stderr_tail() == "a/b x"
