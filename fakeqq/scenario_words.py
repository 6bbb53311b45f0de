"""`fakeqq scenarios`, and the scenario that a command line names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from fakeqq.launch.errors import LaunchError, unreadable
from fakeqq.launch.terminal import dim, paint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeqq.core.scenarios.scenario import Scenario

# Every import inside a command is there so that `fakeqq --help` answers at once.
# ruff: noqa: PLC0415

_LIST = "`fakeqq scenarios` lists those that ship."


def chosen(word: str) -> Scenario:
    """The scenario of this name or in this file.

    Raises:
        LaunchError: there is none, or the file says something that does not exist.
    """
    from pathlib import Path

    from fakeqq.core.errors import ControlError
    from fakeqq.core.scenarios import scenario_library
    from fakeqq.core.scenarios.scenario import parse_toml

    file = Path(word)
    try:
        if word in scenario_library.names() or not (file.is_file() or _names_a_file(word)):
            return scenario_library.load(word)
    except ControlError as error:
        raise LaunchError(error.message, _LIST, exit_code=2) from error
    if not file.is_file():
        raise LaunchError(f"there is no scenario file {word}", f"Write one (docs/FAULTS.md), or: {_LIST}", exit_code=2)
    name = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "inline"
    try:
        return parse_toml(file.read_text("utf-8"), name)
    except (OSError, UnicodeDecodeError) as error:
        raise LaunchError(f"{word}: {unreadable(error)}", exit_code=2) from error
    except ControlError as error:
        raise LaunchError(f"{word}: {error.message.removeprefix(f'{name}: ')}", exit_code=2) from error


def _names_a_file(word: str) -> bool:
    """Whether a person who wrote this meant a file: no scenario that ships has such a name."""
    return "/" in word or "." in word


@click.command()
@click.argument("scenario", required=False, metavar="[NAME|FILE]")
@click.option("--switches", is_flag=True, help="The contested rules that settings can switch, defaults first.")
@click.option("--schema", is_flag=True, help="The JSON Schema of a scenario file, for editors.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def scenarios(scenario: str | None, switches: bool, schema: bool, as_json: bool) -> None:
    """List the bad days that ship, or explain one: what happens, what a good bot does, and why it is there."""
    if schema:
        import json

        from fakeqq.core.scenarios.scenario import json_schema

        lines = iter([json.dumps(json_schema(), indent=2)])
    elif switches:
        lines = _switches_as_json() if as_json else _switches()
    elif as_json:
        lines = _as_json(scenario)
    else:
        lines = _list() if scenario is None else _explanation(chosen(scenario))
    click.echo("\n".join(lines))


def _list() -> Iterator[str]:
    from fakeqq.core.scenarios import scenario_library

    every = scenario_library.every()
    width = max(len(scenario.name) for scenario in every)
    yield from (f"{paint(f'{scenario.name:<{width}}', 'cyan')}  {scenario.title}" for scenario in every)
    yield dim("one of them: fakeqq scenarios NAME; in force: fakeqq serve --scenario NAME")


def _as_json(scenario: str | None) -> Iterator[str]:
    """One scenario in full, or all of them."""
    from fakeqq.core.scenarios import scenario_library

    for one in scenario_library.every() if scenario is None else [chosen(scenario)]:
        yield one.model_dump_json()


def _explanation(scenario: Scenario) -> Iterator[str]:
    yield click.style(scenario.title or scenario.name, bold=True)
    for heading, text in (("what happens", scenario.happens), ("a good bot", scenario.expect)):
        if text:
            yield from (f"  {paint(heading, 'cyan')}", *_wrapped(text))
    for heading, lines in (
        ("why", scenario.why),
        ("settings", [f"{name} = {value}" for name, value in scenario.settings.items()]),
        ("faults", [f"{fault.on}: {', '.join(verb.verb for verb in fault.do)}" for fault in scenario.faults]),
        ("by itself", [f"{step.on} + {step.after:g} s: {', '.join(action.act for action in step.do)}"
                       for step in scenario.timeline]),
    ):  # fmt: skip
        if lines:
            yield from (f"  {paint(heading, 'cyan')}", *(f"    {line}" for line in lines))
    if scenario.name != "inline":
        yield dim(f"  fakeqq serve --scenario {scenario.name}")


def _switches() -> Iterator[str]:
    from fakeqq.wire.switches import CONTESTED

    for switch in CONTESTED:
        others = [choice for choice in switch.choices if choice != switch.default]
        choices = f"{paint(switch.default, 'green')}{dim(' | ' + ' | '.join(others))}"
        yield f"{click.style(switch.name, bold=True)}  {choices}"
        yield from _wrapped(switch.meaning)


def _switches_as_json() -> Iterator[str]:
    import json

    from fakeqq.wire.switches import CONTESTED

    for switch in CONTESTED:
        row = {"name": switch.name, "default": switch.default, "choices": switch.choices, "meaning": switch.meaning}
        yield json.dumps(row, ensure_ascii=False)


def _wrapped(text: str) -> Iterator[str]:
    import textwrap

    yield from textwrap.wrap(text, width=100, initial_indent="    ", subsequent_indent="    ")
