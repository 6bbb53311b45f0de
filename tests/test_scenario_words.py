"""`fakeqq scenarios`, and `--scenario` of the commands that start a server."""

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from fakeqq import cli
from fakeqq.core.scenarios import scenario_library
from fakeqq.launch.control import Control
from fakeqq.launch.errors import LaunchError
from fakeqq.scenario_words import chosen
from fakeqq.wire.switches import CONTESTED

FILE = """
title = "Mine"
[settings]
shards = 3
[[timeline]]
on = "ws: READY"
do = [{ act = "drop" }]
"""


def invoke(*words):
    return CliRunner().invoke(cli.main, ["scenarios", *words])


def test_the_list_names_every_one():
    listed = invoke().output.splitlines()
    assert [line.split()[0] for line in listed[:-1]] == scenario_library.names()


@pytest.mark.parametrize("name", scenario_library.names())
def test_one_is_explained_with_its_reports(name):
    scenario = scenario_library.load(name)
    explained = invoke(name).output
    assert explained.startswith(scenario.title)
    for url in scenario.why:
        assert url in explained
    assert f"fakeqq serve --scenario {name}" in explained


def test_switches_are_listed_with_their_defaults():
    output = invoke("--switches").output
    for switch in CONTESTED:
        assert f"{switch.name}  {switch.default} | " in output
    assert output.startswith("era  late-2026 | early-2026\n")


def test_the_schema_is_json():
    assert json.loads(invoke("--schema").output)["title"] == "Scenario"


def test_a_misspelt_name_is_refused_with_the_nearest():
    refused = invoke("flaping")
    assert refused.exit_code == 2
    assert "did you mean 'flapping'?" in refused.output


def test_a_file_of_ones_own(tmp_path):
    file = tmp_path / "My day.toml"
    file.write_text(FILE)
    assert chosen(str(file)).name == "my-day"
    assert invoke(str(file)).output.startswith("Mine")
    file.write_text(FILE.replace("drop", "dorp"))
    with pytest.raises(LaunchError, match=f"^{re.escape(str(file))}: unknown action 'dorp'; did you mean 'drop'"):
        chosen(str(file))
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(LaunchError, match=r"not UTF-8, at byte 0$"):
        chosen(str(file))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [('title = "x"\nfoo = 1', "unknown field at foo"), ("title =", "not TOML: "), ("shows = 1", "shows: Input should")],
)
def test_a_mistake_in_a_file_names_the_file_once(tmp_path, content, complaint):
    file = tmp_path / "day.toml"
    file.write_text(content)
    refused = invoke(str(file))
    assert refused.exit_code == 2
    assert refused.output.startswith(f"fakeqq: {file}: {complaint}")
    assert refused.output.count("day") == 1


@pytest.mark.parametrize("word", ["absent.toml", "days/absent", ".."])
def test_a_file_that_is_not_there_is_told_as_a_file(tmp_path, monkeypatch, word):
    monkeypatch.chdir(tmp_path)
    refused = invoke(word)
    assert refused.exit_code == 2
    assert refused.output.startswith(f"fakeqq: there is no scenario file {word}\n")
    assert "`fakeqq scenarios` lists those that ship" in refused.output


def test_serve_takes_one(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(FILE)
    words = [sys.executable, "-m", "fakeqq", "serve", "--port", "0", "--json", "--scenario", str(file)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        try:
            ready = json.loads(server.stdout.readline())
            assert ready["scenario"] == "mine"
            with Control(ready["control_url"]) as control:
                assert control.world(ready["app_id"]).summary()["settings"]["shards"] == 3
        finally:
            server.terminate()
    assert server.returncode == 0


def test_serve_refuses_a_misspelt_one():
    words = [sys.executable, "-m", "fakeqq", "serve", "--port", "0", "--scenario", "flaping"]
    refused = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 2
    assert "flapping" in refused.stderr


def test_scenarios_as_json():
    shown = CliRunner().invoke(cli.main, ["scenarios", "--json"]).stdout.splitlines()
    assert [json.loads(line)["name"] for line in shown] == scenario_library.names()
    (one,) = CliRunner().invoke(cli.main, ["scenarios", "flapping", "--json"]).stdout.splitlines()
    assert json.loads(one)["happens"] == scenario_library.load("flapping").happens
    rows = map(json.loads, CliRunner().invoke(cli.main, ["scenarios", "--switches", "--json"]).stdout.splitlines())
    assert [row["name"] for row in rows] == [switch.name for switch in CONTESTED]
