"""The command line: reads words, calls the rest. Each command imports what it needs when it runs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

import fakeqq
from fakeqq import report_words, scenario_words
from fakeqq.launch import drive
from fakeqq.launch.errors import LaunchError
from fakeqq.launch.terminal import Commands, dim, paint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from fakeqq.web.server import ServeOptions

# Every import inside a command is there so that `fakeqq --help` answers at once.
# ruff: noqa: PLC0415

_FILE = click.Path(dir_okay=False)
VIAS = click.Choice(["auto", "env", "shim", "netns"])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(fakeqq.__version__, prog_name="fakeqq")
@click.pass_context
def main(ctx: click.Context) -> None:
    """The QQ Open Platform on one laptop, with a bad day on demand, and a report card for any adapter.

    \b
    Exit status: 0 as expected, 1 an unexpected failure, 2 wrong usage,
    3 a known-failures entry is stale, 4 the adapter did not start or connect, 5 our own fault.
    """  # noqa: D301 (click's mark for a paragraph that is not wrapped)
    if os.environ.get("NO_COLOR"):
        ctx.color = False


for command in (
    drive.say, drive.journal, drive.fault, scenario_words.scenarios, report_words.compare, report_words.matrix,
):  # fmt: skip
    main.add_command(command)


# -- the server -------------------------------------------------------------------------------------------------


def speed(_: click.Context, __: click.Parameter, value: str) -> float:
    """A number of seconds per second."""
    try:
        number = float(value)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise click.BadParameter(f"{value!r} is no speed; a number above 0 is needed, such as 10.")
    return number


def serve_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a server, for the two commands that start one."""
    port = click.IntRange(0, 65535)
    eras = click.Choice(["early-2026", "late-2026"])
    for words, settings in (
        (["--control-token"], {"metavar": "TOKEN", "envvar": "FAKEQQ_CONTROL_TOKEN",
                               "help": "Demanded of whoever drives the server; needed for other hosts than loopback."}),
        (["--webhook-anywhere"], {"is_flag": True, "help": "Webhooks may be pushed to other machines too."}),
        (["--fetch-urls"], {"is_flag": True, "help": "Fetch what bots upload by URL; otherwise a URL is only noted."}),
        (["--scenario"], {"metavar": "NAME|FILE", "help": "The bad day that bots meet; see `fakeqq scenarios`."}),
        (["--seed"], {"type": int, "help": "Makes invented ids repeat."}),
        (["--journal"], {"type": click.Path(dir_okay=False), "metavar": "FILE",
                         "help": "Keep the journal in this file too; `fakeqq journal FILE` opens it again."}),
        (["--strict"], {"is_flag": True, "help": "Only declared app ids exist."}),
        (["--era"], {"type": eras, "default": "late-2026",
                     "help": "Which behaviour, where the platform changed in 2026."}),
        (["--speed"], {"metavar": "N", "callback": speed, "default": "1",
                       "help": "How many times faster the clock runs."}),
        (["--tls-port"], {"type": port, "default": 0, "help": "TLS; 0 takes any free one."}),
        (["--port"], {"type": port, "default": 8787, "help": "HTTP and WebSocket; 0 takes any free one."}),
        (["--host"], {"default": "127.0.0.1", "help": "Address to listen on."}),
    ):  # fmt: skip
        command = click.option(*words, show_default="default" in settings, **settings)(command)
    return command


@main.command()
@serve_options
@click.option("--json", "as_json", is_flag=True, help="One line of JSON when ready, nothing else on stdout.")
def serve(as_json: bool, **options: Any) -> None:
    """Run the emulator until Ctrl-C."""
    import contextlib
    import json

    from fakeqq.launch import banner, records
    from fakeqq.launch.ready import Ready
    from fakeqq.web import server

    with private_directory() as directory, contextlib.ExitStack() as until_end:

        def announce(ready: dict[str, Any]) -> None:
            if as_json:
                click.echo(json.dumps(ready))
                return
            until_end.enter_context(records.kept(Ready.from_mapping(ready)))
            program = banner.program_name(sys.argv[0])
            click.echo(banner.render(ready, lambda text: click.style(text, bold=True), dim, program))

        on_entry = None if as_json else live(err=False)
        try:
            status = server.run(server.serve(settings(directory, options), announce=announce, on_entry=on_entry))
        except OSError as error:
            raise cannot_listen(error, options) from error
    sys.exit(status)


@main.command(context_settings={"ignore_unknown_options": False})
@serve_options
@click.option("--via", type=VIAS, default="auto", show_default=True, help="How CMD is pointed here.")
@click.option("--webhook", metavar="PATH", help="Push events to CMD at this path; FAKEQQ_WEBHOOK_PORT is its port.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- CMD...")
def run(via: str, webhook: str | None, command: tuple[str, ...], **options: Any) -> None:
    """Run the emulator, and CMD pointed at it, unmodified. Exits with CMD's status."""
    from fakeqq.web.server import run as run_loop

    with private_directory() as directory:
        try:
            status = run_loop(run_both(settings(directory, options), command, via, webhook))
        except OSError as error:
            raise cannot_listen(error, options) from error
    sys.exit(status if status >= 0 else 128 - status)


async def run_both(options: ServeOptions, command: tuple[str, ...], via: str, webhook: str | None) -> int:
    """Serve, and run the command until it ends or somebody stops us; returns its status.

    Raises:
        LaunchError: it cannot be started, or the path is no path.
    """
    import asyncio
    import signal

    from fakeqq.core.webhooks.webhook import WebhookSettings
    from fakeqq.launch.child import start
    from fakeqq.launch.ready import Ready
    from fakeqq.launch.via import Via
    from fakeqq.web.server import Server

    if webhook is not None and not webhook.startswith("/"):
        raise LaunchError(
            f"--webhook takes a path, not {webhook!r}", "Write it with a slash: --webhook /qq", exit_code=2
        )
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Server(options) as server:
        server.platform.watch(live(err=True))
        ready = Ready.from_mapping(server.ready)
        child = await asyncio.to_thread(
            start,
            command,
            ready,
            app_id=ready.app_id,
            secret=ready.secret,
            via=Via(via),
            speed=options.speed,
            inherit=True,
            webhook_path=webhook,
        )
        if child.webhook_url is not None:
            server.platform.world(ready.app_id).webhook.configure(WebhookSettings(url=child.webhook_url))
        where = f"{ready.api_base}, via {child.via}; a user speaks: fakeqq say ping --url {ready.control_url}"
        click.echo(dim(f"fakeqq: {where}"), err=True)
        ended = asyncio.create_task(asyncio.to_thread(child.wait))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not ended.done():
            await asyncio.to_thread(child.terminate)
        return await ended


def private_directory() -> Any:
    """A directory that only this user can read, for the certificates; it goes with the server."""
    from fakeqq.directories import OwnedDirectory

    return OwnedDirectory("tls")


def settings(directory: str, options: Mapping[str, Any]) -> ServeOptions:
    """The server's options, from the command line's words.

    Raises:
        LaunchError: the combination is refused.
    """
    import ipaddress
    from pathlib import Path

    from fakeqq.launch.certificates import issue
    from fakeqq.web.server import ServeOptions
    from fakeqq.wire.eras import Era

    try:
        is_loopback = options["host"] == "localhost" or ipaddress.ip_address(options["host"]).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback and not options["control_token"]:
        raise LaunchError(
            f"--host {options['host']} lets other machines drive this server",
            "Add --control-token TOKEN, or leave --host out to stay on this machine.",
            exit_code=2,
        )
    scenario = scenario_words.chosen(options["scenario"]) if options["scenario"] else None
    journal = journal_path(options["journal"]) if options["journal"] else None
    files = issue(Path(directory))
    return ServeOptions(
        **{**options, "era": Era(options["era"]), "scenario": scenario, "journal": journal},
        tls_chain=files.chain,
        tls_key=files.key,
        ca_file=files.ca,
    )


def journal_path(file: str) -> Path:
    """The file of `--journal`, which can be written.

    Raises:
        LaunchError: it cannot, or is something else.
    """
    import sqlite3
    from pathlib import Path

    from fakeqq.web import journal_file

    path = Path(file)
    try:
        journal_file.check(path)
    except sqlite3.Error as error:
        advice = "Name a new file, or one that --journal has written before, in a directory that exists."
        raise LaunchError(f"no journal can be kept in {file}: {error}", advice, exit_code=2) from error
    return path


def cannot_listen(error: OSError, options: Mapping[str, Any]) -> LaunchError:
    """What a person can do about a port that could not be opened."""
    import errno

    if error.errno == errno.EADDRINUSE:
        return LaunchError(
            f"port {options['port']} (or --tls-port) on {options['host']} is in use",
            "Perhaps another fakeqq runs there. Stop it, or take any free port: --port 0",
            exit_code=2,
        )
    if error.errno == errno.EACCES:
        advice = "Ports below 1024 need privileges; take a higher one, or --port 0."
        return LaunchError(f"port {options['port']} on {options['host']} is not allowed", advice, exit_code=2)
    # asyncio adds the address to the system's words, which are said already.
    reason = (error.strerror or str(error)).partition(" (while ")[0]
    advice = "Name an address of this machine with --host, or leave it out."
    return LaunchError(f"cannot listen on {options['host']}: {reason}", advice, exit_code=2)


def live(*, err: bool) -> Callable[[Any, Mapping[str, Any]], None]:
    """A printer of journal entries as they happen."""
    from fakeqq.launch import render

    def show(_world: Any, entry: Mapping[str, Any]) -> None:
        click.echo(render.line(entry, paint), err=err)

    return show


# -- adapters and this machine ----------------------------------------------------------------------------------


@main.command()
@click.argument("adapter", required=False)
@click.option(
    "--url", default=drive.DEFAULT_URL, show_default=True, envvar="FAKEQQ_URL", help="The server's control URL."
)
def env(adapter: str | None, url: str) -> None:
    """Lines that point a shell's programs at a running server: eval "$(fakeqq env nonebot)"."""
    from urllib.parse import urlsplit

    from fakeqq.launch import adapters, records, shell_lines

    known = adapters.find(adapter) if adapter is not None else None
    try:
        port = urlsplit(url).port or 80
    except ValueError as error:
        raise LaunchError(f"{url} is no address: {error}", exit_code=2) from error
    ready = records.find(port)
    if ready is None:
        raise LaunchError(
            f"no `fakeqq serve` of yours runs at {url}", "Start one, or name its address with --url.", exit_code=2
        )
    lines = shell_lines.general(ready) if known is None else shell_lines.for_adapter(ready, known)
    click.echo("\n".join(lines))


@main.command()
def doctor() -> None:
    """Try every way of pointing a program here, and say which work on this machine."""
    from fakeqq.launch import doctor as examination

    click.echo(examination.machine())
    works = {True: paint("works", "green"), False: paint("fails", "red"), None: paint("untried", "yellow")}
    for finding in examination.examine():
        click.echo(f"  {finding.name:<22} {works[finding.works]:<16} {finding.detail}")
        for line in finding.advice.splitlines():
            click.echo(f"  {'':<30} {line}")


# -- the suite --------------------------------------------------------------------------------------------------


def workers(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """What pytest-xdist takes for a number of workers."""
    if value in (None, "auto") or value.isdecimal():
        return value
    raise click.BadParameter(f"{value!r} is neither a number nor auto.")


@main.command()
@click.option("--adapter-file", metavar="FILE", help="What CMD's author declares, else adapter.toml where this is run.")
@click.option("--features", metavar="a,b,c", help="What CMD has beyond the echo, such as group, stream, webhook.")
@click.option("--via", type=VIAS, help="How CMD is pointed at the emulator.  [default: auto]")
@click.option("--speed", metavar="auto|N", help="How fast CMD's clock runs.  [default: auto]")
@click.option("--level", type=click.Choice(["M", "S", "A"]), help="Up to which level: must, should, advice.")
@click.option("--chapter", metavar="NAME", multiple=True, help="Only this chapter; may be given again.")
@click.option("--checks", metavar="PATTERN", multiple=True, help="Only such ids: 'reconnect/*,startup/online'.")
@click.option("--requirements", metavar="YEAR-MONTH", help="Grade by this requirement set.  [default: the newest]")
@click.option("--known-failing", metavar="FILE", help="Failures that are known; one that passes is news.")
@click.option("--write-known-failing", metavar="FILE", help="Write what failed as such a file.")
@click.option("--repeat", metavar="N", type=click.IntRange(1), help="Each check N times; tells which are not the same.")
@click.option("--hold", is_flag=True, default=None, help="Leave the one check's world and bot alone until Enter.")
@click.option("--junit", type=_FILE, metavar="FILE", help="Write a JUnit report.")
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write the results as JSON.")
@click.option("--report", metavar="DIR", help="Write report.html, results.json, junit.xml, summary.md and badges.")
@click.option(
    "--summary", type=_FILE, metavar="FILE", help="Add the summary in Markdown to a file ($GITHUB_STEP_SUMMARY)."
)
@click.option("-k", "expression", metavar="EXPRESSION", help="Only checks whose id matches, as in pytest.")
@click.option("-n", "workers", metavar="N", callback=workers, help="How many checks at once, or auto.")
@click.option("-x", "first", is_flag=True, default=None, help="Stop at the first failure.")
@click.option("-v", "verbose", is_flag=True, default=None, help="Each check with its verdict while it runs.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="-- CMD...")
def grade(command: tuple[str, ...], **options: Any) -> None:
    """Run the conformance suite against CMD (without one: against the reference client)."""
    from fakeqq.launch import suite

    sys.stdout.flush()
    words = suite.command(command, options)
    os.execv(words[0], words)  # noqa: S606 (pytest in our place: its output, its Ctrl-C, its status)


@main.command()
def checks() -> None:
    """List what the suite checks."""
    from fakeqq.launch import suite

    click.echo("\n".join(suite.table(paint)))


@main.command()
@click.argument("check_id", metavar="ID")
def explain(check_id: str) -> None:
    """One check: what happens, what is required, why, the source, the usual fix."""
    from fakeqq.launch import suite

    click.echo("\n".join(suite.explanation(check_id, lambda text: click.style(text, bold=True))))


@main.command()
def version() -> None:
    """The version of fakeqq."""
    click.echo(fakeqq.__version__)
