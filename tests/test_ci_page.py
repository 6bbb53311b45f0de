"""The action and the jobs of docs/ci.md: they can be read, and what they type exists."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from fakeqq.cli import doctor, grade

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
WORKFLOW, JOB = (yaml.safe_load(block) for block in BLOCKS)

STUB = """#!/bin/sh
for word; do printf '%s\\n' "$word"; done > "$RUNNER_TEMP/words"
exit 3
"""


def steps_by_name():
    return {step["name"]: step for step in ACTION["runs"]["steps"]}


def read_by_grade(words):
    """The options that `fakeqq grade` makes of its words; what it does not know is an error."""
    context = grade.make_context("grade", list(words))
    return {name: value for name, value in context.params.items() if value not in (None, ())}


def graded_by(directory, inputs):
    """The step of the action run as a runner does it: its exit status, and the words that fakeqq got."""
    program = directory / "fakeqq" / "bin" / "fakeqq"
    program.parent.mkdir(parents=True)
    program.write_text(STUB)
    program.chmod(0o755)
    step = steps_by_name()["Grade the bot"]
    given = {name: spec.get("default", "") for name, spec in ACTION["inputs"].items()} | inputs
    environment = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found.group(1)], value)
        for name, value in step["env"].items()
    }
    files = {"GITHUB_OUTPUT": str(directory / "output"), "GITHUB_STEP_SUMMARY": str(directory / "summary.md")}
    run = subprocess.run(
        ["/usr/bin/env", "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        env=os.environ | files | environment | {"RUNNER_TEMP": str(directory)},
        check=False,
    )
    return run.returncode, (directory / "words").read_text().splitlines()


def test_the_action_is_complete():
    assert ACTION["runs"]["using"] == "composite"
    assert all("shell" in step for step in ACTION["runs"]["steps"] if "run" in step)
    assert {"command", "features", "known-failing", "level"} <= ACTION["inputs"].keys()
    assert [name for name, spec in ACTION["inputs"].items() if spec.get("required")] == ["command"]


def test_every_input_is_used_and_every_use_is_an_input():
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert used == set(ACTION["inputs"])


def test_no_input_stands_in_a_script():
    """It would be run as code; inputs come as variables."""
    assert not [step["name"] for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")]


def test_the_report_is_kept_whatever_came_of_it():
    step = steps_by_name()["Keep the report"]
    assert step["if"] == "always()"
    assert step["with"]["path"] == ACTION["outputs"]["report"]["value"]


def test_the_action_says_what_it_was_asked(tmp_path):
    inputs = {
        "command": "python 'my bot.py' --id {app_id} \"--say=a b\"",
        "features": "group,burst",
        "known-failing": "known failing.txt",
        "level": "S",
        "via": "shim",
    }
    status, (subcommand, *words) = graded_by(tmp_path, inputs)
    assert status == 3
    assert subcommand == "grade"
    assert read_by_grade(words) == {
        "features": "group,burst",
        "known_failing": "known failing.txt",
        "level": "S",
        "via": "shim",
        "report": str(tmp_path / "fakeqq-report"),
        "summary": str(tmp_path / "summary.md"),
        "command": ("python", "my bot.py", "--id", "{app_id}", "--say=a b"),
    }
    assert (tmp_path / "output").read_text() == f"report={tmp_path / 'fakeqq-report'}\n"


def test_what_was_not_asked_is_left_out(tmp_path):
    _, (_, *words) = graded_by(tmp_path, {"command": "./bot"})
    options = read_by_grade(words)
    assert options["command"] == ("./bot",)
    assert not {"features", "known_failing"} & options.keys()


def test_the_command_of_the_action_is_not_run_as_code(tmp_path):
    _, (_, *words) = graded_by(tmp_path, {"command": "bot '$(touch harm)' `touch harm`"})
    assert read_by_grade(words)["command"] == ("bot", "$(touch harm)", "`touch", "harm`")
    assert not list(tmp_path.rglob("harm"))


def test_the_workflow_of_the_page_uses_inputs_that_there_are():
    (job,) = WORKFLOW["jobs"].values()
    (step,) = [step for step in job["steps"] if "fakeqq" in step.get("uses", "")]
    assert step["with"].keys() <= ACTION["inputs"].keys()
    assert step["with"]["command"]


def test_the_page_lists_every_input():
    table = dict(re.findall(r"^\| `([\w-]+)` \| ?(.*?) ?\|", PAGE, re.MULTILINE))
    assert table.keys() == ACTION["inputs"].keys()
    for name, spec in ACTION["inputs"].items():
        usual = f"`{spec['default']}`" if spec.get("default") else "none"
        assert table[name] == ("" if spec.get("required") else usual)


@pytest.mark.parametrize(
    "line",
    [
        *(line for line in JOB["conformance"]["script"] if "fakeqq" in line),
        *re.findall(r"^\$ (fakeqq .*)$", PAGE, re.MULTILINE),
    ],
)
def test_a_command_of_the_page_can_be_typed(line):
    words = shlex.split(line)
    assert words[1] == "grade"
    assert read_by_grade(words[2:])["command"] == ("python", "bot.py")


def test_what_the_job_keeps_is_what_the_command_writes():
    conformance = JOB["conformance"]
    (line,) = [line for line in conformance["script"] if "grade" in line]
    report = read_by_grade(shlex.split(line)[2:])["report"]
    assert conformance["artifacts"]["paths"] == [report]
    assert conformance["artifacts"]["reports"]["junit"] == f"{report}/junit.xml"
    assert doctor.name == "doctor"
    assert "`fakeqq doctor`" in PAGE


def test_every_exit_status_is_told():
    from conformance.report.results import Exit  # noqa: PLC0415 - the suite is heavy, and only this test needs it

    told = {int(status) for status in re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE)}
    assert told == {int(status) for status in Exit}
