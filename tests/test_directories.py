"""What a killed process leaves behind, and who may remove it."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from web.live import serving

from fakeqq.directories import OwnedDirectory

HOLD = "from fakeqq.directories import OwnedDirectory as D; d = D('tls'); print(d.name, flush=True); input()"


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def neighbour(place):
    """Another process with a directory of its own."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", HOLD], env={**os.environ, "TMPDIR": str(place)}, **pipes) as process:
        process.stdout.readline()
        yield process
        process.kill()


def test_a_dead_owners_directory_is_removed_by_the_next(place, neighbour):
    (left,) = place.iterdir()
    neighbour.send_signal(signal.SIGKILL)
    neighbour.wait()
    with OwnedDirectory("child") as directory:
        assert list(place.iterdir()) == [Path(directory)]
    assert list(place.iterdir()) == []
    assert left.name.startswith("fakeqq-tls-")


def test_a_living_owners_directory_stays(place, neighbour):
    (living,) = place.iterdir()
    OwnedDirectory("server").cleanup()
    assert list(place.iterdir()) == [living]
    assert neighbour.poll() is None


def test_what_has_no_owner_stays(place):
    for name in ("fakeqq-server-empty", "fakeqq-child-1", "other"):
        (place / name).mkdir()
    (place / "fakeqq-server-link").symlink_to(place / "other")
    (place / "other" / "owner").touch()
    before = sorted(place.iterdir())
    OwnedDirectory("server").cleanup()
    assert sorted(place.iterdir()) == before


async def test_a_server_that_stops_leaves_nothing(place):
    async with serving():
        assert len(list(place.iterdir())) == 1
    assert list(place.iterdir()) == []
