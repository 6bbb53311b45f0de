"""Commands that look at and drive a running server."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import click

from fakeqq.launch.errors import LaunchError, unreadable
from fakeqq.launch.terminal import complain, dim, paint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fakeqq.launch.control import WorldControl

# Every import inside a command is there so that `fakeqq --help` answers at once.
# ruff: noqa: PLC0415

DEFAULT_URL = "http://127.0.0.1:8787/_fakeqq"


def world_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Which server and which world."""
    for option in (
        click.option(
            "--token",
            metavar="TOKEN",
            envvar="FAKEQQ_CONTROL_TOKEN",
            help="What the server got as --control-token.",
        ),
        click.option("--world", metavar="APP_ID", help="Needed when several worlds have a bot."),
        click.option("--url", default=DEFAULT_URL, show_default=True, envvar="FAKEQQ_URL", help="Control URL."),
    ):
        command = option(command)
    return command


def chosen_world(url: str, world: str | None, token: str | None) -> WorldControl:
    """The world that is meant.

    Raises:
        LaunchError: no server, or several worlds and no word which.
    """
    from fakeqq.launch.control import Control

    control = Control(url, token)
    click.get_current_context().call_on_close(control.close)
    if world is not None:
        return control.world(world)
    names = [str(row["app_id"]) for row in control.worlds()]
    connected = [name for name in names if control.world(name).connections()] if len(names) > 1 else []
    for candidates in (names, connected):
        if len(candidates) == 1:
            return control.world(candidates[0])
    if not names:
        raise LaunchError("the server has no world yet", "Start a bot, or use --world APP_ID.", exit_code=2)
    raise LaunchError("the server has several worlds", f"Add --world, one of: {', '.join(names)}", exit_code=2)


def known_kind(_: click.Context, __: click.Parameter, kind: str | None) -> str | None:
    """A kind of journal entries, or nothing.

    Raises:
        LaunchError: there is no such kind.
    """
    from difflib import get_close_matches

    from fakeqq.wire.journal_kinds import KINDS

    if kind is None or kind in KINDS:
        return kind
    near = get_close_matches(kind, KINDS, n=1)
    hint = f"; did you mean {near[0]}" if near else ""
    raise LaunchError(f"no journal entry is of kind {kind!r}{hint}", f"Kinds: {', '.join(KINDS)}", exit_code=2)


def as_lines(values: Iterable[Any]) -> None:
    """JSON, one value per line."""
    for value in values:
        click.echo(json.dumps(value, ensure_ascii=False))


@click.command()
@click.argument("text", required=False, metavar="TEXT")
@click.option("--user", help="Who speaks; by default the world's first user.")
@click.option(
    "--group",
    is_flag=False,
    flag_value="",
    metavar="[OPENID]",
    help="Speak in this group, with an @ of the bot; without a value in the world's usual group.",
)
@click.option("--channel", help="Speak in this channel of a guild, with an @ of the bot.")
@click.option("--dm", is_flag=True, help="Speak in a direct message of a guild.")
@click.option("--quote", metavar="MESSAGE_ID", help="Quote this message of the chat.")
@click.option("--json", "as_json", is_flag=True, help="The server's answer as JSON.")
@world_options
def say(  # noqa: PLR0913 (an option is an argument)
    text: str | None,
    user: str | None,
    group: str | None,
    channel: str | None,
    dm: bool,
    quote: str | None,
    as_json: bool,
    **where: Any,
) -> None:
    """A user says TEXT to the bot."""
    if text is None:
        took = f" --group took {group!r} for the group's id: name the text first." if group else ""
        raise click.UsageError(f"Missing argument 'TEXT'.{took}")
    scene = "dm" if dm else "group" if group == "" else None
    answer = chosen_world(**where).say(text, user, group or None, scene=scene, channel=channel, quote=quote)
    if as_json:
        as_lines([answer])
        return
    click.echo(f"{paint('»', 'blue')} {answer['user']} says: {text}  {dim(answer['message_id'])}")
    if not answer["delivered"]:
        complain("no bot is connected that gets this event; one whose session is still alive gets it when it resumes")


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False))
@click.option("--since", type=click.IntRange(0), default=0, help="Only entries after this id.")
@click.option("--kind", callback=known_kind, help="Only entries of this kind, such as ws.in or http.request.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@world_options
def journal(file: str | None, since: int, kind: str | None, follow: bool, as_json: bool, **where: Any) -> None:
    """What went over the wire, and what the users saw: of a running server, or kept in FILE by one that has ended."""
    from fakeqq.launch import journal_file, render

    entries: Iterable[dict[str, Any]]
    if file is not None:
        if follow:
            raise LaunchError("a FILE is read once, not followed", "Leave --follow or FILE out.", exit_code=2)
        entries = journal_file.entries(file, world=where["world"], since=since, kind=kind)
    else:
        world = chosen_world(**where)
        entries = world.follow(since) if follow else world.pages(since, kind)
    with contextlib.suppress(KeyboardInterrupt):
        for entry in entries:
            if kind not in (None, entry.get("kind")):
                continue
            if as_json:
                as_lines([entry])
            else:
                click.echo(render.line(entry, paint))


@click.group()
def fault() -> None:
    """The faults of a running server."""


def show_faults(faults: Iterable[Mapping[str, Any]], as_json: bool) -> None:
    """The list, for a person or a program."""
    from fakeqq.launch import fault_words

    if as_json:
        as_lines(faults)
        return
    lines = [fault_words.line(row) for row in faults]
    click.echo("\n".join(lines) if lines else "no faults are set")


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")


@fault.command("list")
@json_option
@world_options
def fault_list(as_json: bool, **where: Any) -> None:
    """Show the faults and how often each has fired."""
    show_faults(chosen_world(**where).faults(), as_json)


@fault.command("add")
@click.argument("moment")
@click.argument("verb")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--name", help="By default the moment and the verb.")
@click.option("--nth", type=click.IntRange(1), default=1, show_default=True, help="The first time it fires.")
@click.option("--times", type=click.IntRange(1), default=1, show_default=True, help="How often it fires.")
@click.option("--for-ever", is_flag=True, help="Fire every time from then on.")
@click.option(
    "--probability", type=click.FloatRange(0, 1, min_open=True), help="Of firing at each of them; else it is certain."
)
@json_option
@world_options
def fault_add(  # noqa: PLR0913 (an option is an argument)
    moment: str,
    verb: str,
    fields: tuple[str, ...],
    name: str | None,
    nth: int,
    times: int,
    for_ever: bool,
    probability: float | None,
    as_json: bool,
    **where: Any,
) -> None:
    """Add one fault to the list.

    \b
    fakeqq fault add "http: GET /gateway*" error name=gateway_rate_limited --times 3
    fakeqq fault add "ws: READY" close code=4009
    fakeqq fault add connect refuse status=503 --for-ever
    """  # noqa: D301
    from fakeqq.launch import fault_words

    added = fault_words.fault(
        moment, verb, fields, name=name, nth=nth, times=None if for_ever else times, probability=probability
    )
    world = chosen_world(**where)
    present = [fault_words.settings_of(row) for row in world.faults()]
    show_faults(world.faults([*present, added]), as_json)


@fault.command("set")
@click.argument("file", type=click.File(encoding="utf-8"))
@json_option
@world_options
def fault_set(file: Any, as_json: bool, **where: Any) -> None:
    """Replace the list by the JSON list in FILE (- is stdin)."""
    try:
        faults = json.load(file)
    except UnicodeDecodeError as error:
        raise LaunchError(f"{file.name}: {unreadable(error)}", exit_code=2) from error
    except ValueError as error:
        raise LaunchError(f"{file.name} is not JSON: {error}", exit_code=2) from error
    if not isinstance(faults, list) or not all(isinstance(one, dict) for one in faults):
        form = '[{"name": "busy", "on": "http: GET /gateway*", "do": [{"verb": "empty"}]}]'
        raise LaunchError(f"{file.name} is no list of faults", f"Write it like this: {form}", exit_code=2)
    show_faults(chosen_world(**where).faults(faults), as_json)


@fault.command("clear")
@json_option
@world_options
def fault_clear(as_json: bool, **where: Any) -> None:
    """Remove all faults."""
    show_faults(chosen_world(**where).faults([]), as_json)
