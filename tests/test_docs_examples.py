"""What the pages tell to type can be typed: commands, options, scenarios, jobs of make, JSON and TOML."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from conformance import adapter_file
from fakeqq import cli
from fakeqq.core.faults.faults import parse_fault
from fakeqq.core.scenarios import scenario_library

ROOT = Path(__file__).parents[1]
PAGES = {path.name: path.read_text("utf-8") for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]}
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page, *languages):
    """The fenced blocks in one of these languages."""
    return [text for language, text in BLOCK.findall(PAGES[page]) if language in languages]


def typed(page):
    """The command lines of a page's blocks, without prompt and comment."""
    for block in blocks(page, "sh", "console"):
        for line in block.splitlines():
            yield re.sub(r"\s{2,}#.*", "", line.removeprefix("$ "))


def command_of(words):
    """The command that words begin with, and what is left for it."""
    command, words = cli.main, list(words)
    while words and isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    return command, words


LINES = sorted({line for page in PAGES for line in typed(page) if line.startswith("fakeqq ")})
INLINE = sorted({word for text in PAGES.values() for word in re.findall(r"`(fakeqq [a-z][^`\n]*)`", text)})


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_a_block_can_be_typed(line):
    command, words = command_of(shlex.split(line)[1:])
    context = command.make_context(command.name, words)
    if context.params.get("scenario"):
        assert context.params["scenario"] in scenario_library.names()


@pytest.mark.parametrize("text", INLINE)
def test_a_command_in_the_text_exists_with_its_options(text):
    command, words = command_of(re.findall(r"[^\s\[\]]+", text)[1:])
    known = {name for parameter in command.params for name in parameter.opts}
    ours = words[: words.index("--")] if "--" in words else words
    assert {word for word in ours if word.startswith("-")} <= known


def test_every_job_of_make_exists():
    jobs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {job for text in PAGES.values() for job in re.findall(r"(?:`|^)make ([a-z]+)\b", text, re.MULTILINE)}
    assert named <= jobs
    assert "run" in named


@pytest.mark.parametrize("page", PAGES)
def test_blocks_of_data_can_be_read(page):
    for text in blocks(page, "json"):
        json.loads(text)
    for text in blocks(page, "toml"):
        tomllib.loads(text)


def test_the_fault_of_the_control_api_is_one():
    (example,) = blocks("control-api.md", "json")
    fault = parse_fault(json.loads(example))
    assert (fault.name, fault.times) == ("busy", 3)


def test_the_adapter_file_of_the_contract_is_one(tmp_path):
    (example,) = blocks("adapter-contract.md", "toml")
    file = tmp_path / "adapter.toml"
    file.write_text(example, encoding="utf-8")
    assert adapter_file.read(file).command == "python bot.py"
    assert set(re.findall(r"^([a-z-]+) =", example, re.MULTILINE)) == set(adapter_file.KEYS)
