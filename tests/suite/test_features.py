"""Features: how they are declared, what is taken at its word, what is looked for, and once only."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.adapter_file import AdapterFile, AdapterFileError, find, read
from conformance.features import Feature, UnknownFeatureError, read_features
from conformance.harness.probes import Probes
from conformance.verdict import Blocked, Unsupported
from fakeqq.launch.via import Via

WHOLE = """
command = "python bot.py --quiet"
features = ["group", "stream-break"]
via = "env"
speed = 2.5
known-failing = "known.txt"
"""


@pytest.fixture
def file(tmp_path):
    """Write an adapter.toml; answers with its path."""

    def write(text):
        path = tmp_path / "adapter.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_whole_file(file):
    path = file(WHOLE)
    assert read(path) == AdapterFile(
        command="python bot.py --quiet",
        features=frozenset({Feature.GROUP, Feature.STREAM_BREAK}),
        via=Via.ENV,
        speed="2.5",
        known_failing=path.parent / "known.txt",
    )


def test_what_a_file_leaves_out_it_does_not_say(file):
    assert read(file("")) == AdapterFile()
    assert read(file("features = []")).features == frozenset()
    assert read(file('command = ["python", "my bot.py"]\nspeed = "auto"')).command == "python 'my bot.py'"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('feature = ["group"]', r"no key is called 'feature'; did you mean features\?"),
        ("xyz = 1", "there are: command, features, via, speed, known-failing"),
        ('features = ["groups"]', r"features: no feature is called 'groups'; did you mean group"),
        ('features = "group"', "write a list of names"),
        ('via = "magic"', "via: 'magic' is none of auto, env, shim, netns"),
        ("speed = true", "write a number"),
        ("command = []", "command: write"),
        ("command = 7", "command: write"),
        ("known-failing = 7", "write the name of a file"),
        ("command =", "Invalid value"),
    ],
)
def test_a_wrong_file_is_named_with_its_remedy(file, text, complaint):
    with pytest.raises(AdapterFileError, match=complaint) as raised:
        read(file(text))
    assert "adapter.toml" in str(raised.value)


def test_the_file_beside_the_run_is_found_and_another_one_can_be_named(file, tmp_path):
    assert find(None, tmp_path) == AdapterFile()
    path = file("speed = 3")
    assert find(None, tmp_path).speed == "3"
    elsewhere = tmp_path / "elsewhere.toml"
    path.rename(elsewhere)
    assert find(elsewhere, tmp_path).speed == "3"
    with pytest.raises(AdapterFileError, match=f"^{re.escape(str(path))}: No such file or directory$"):
        find(path, tmp_path)
    path.write_bytes(b"#\xff")
    with pytest.raises(AdapterFileError, match=r"adapter\.toml: not UTF-8, at byte 1$"):
        find(path, tmp_path)


def test_features_on_the_command_line():
    assert read_features(["group", " burst", "", ""]) == {Feature.GROUP, Feature.BURST}
    with pytest.raises(UnknownFeatureError, match="there are: group, channel"):
        read_features(["telepathy"])


class Look:
    """A probe that counts how often it was made."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def __call__(self, feature):
        self.asked.append(feature)
        return self.answer


def test_what_is_declared_is_taken_at_its_word(tmp_path):
    look = Look(answer=False)
    Probes(frozenset({Feature.GROUP}), look, tmp_path).demand((Feature.GROUP,))
    assert not look.asked


def test_what_is_found_runs_and_what_is_not_is_unsupported(tmp_path):
    Probes(frozenset(), Look(answer=True), tmp_path).demand((Feature.BURST,))
    with pytest.raises(Unsupported, match="has not the feature stream: not declared, and not found by a probe"):
        Probes(frozenset(), Look(answer=False), tmp_path).demand((Feature.STREAM,))


def test_nothing_is_looked_for_before_a_check_asks(tmp_path):
    look = Look(answer=False)
    Probes(frozenset(), look, tmp_path).demand(())
    assert not look.asked


def test_workers_of_one_run_look_once(tmp_path):
    look = Look(answer=True)
    workers = [Probes(frozenset(), look, tmp_path) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda worker: [worker.demand((Feature.DM,)) for _ in range(2)], workers))
    assert look.asked == [Feature.DM]


def test_a_probe_that_could_not_be_made_is_made_again(tmp_path):
    def look(_feature):
        raise Blocked("no server")

    with pytest.raises(Blocked):
        Probes(frozenset(), look, tmp_path).demand((Feature.DM,))
    Probes(frozenset(), Look(answer=True), tmp_path).demand((Feature.DM,))
