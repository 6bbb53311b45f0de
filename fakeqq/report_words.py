"""`fakeqq compare` and `fakeqq matrix`: what is made of the results of several runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fakeqq.launch.errors import LaunchError
from fakeqq.launch.terminal import dim, paint

if TYPE_CHECKING:
    from collections.abc import Sequence

# Every import inside a command is there so that `fakeqq --help` answers at once.
# ruff: noqa: PLC0415

FILE = click.Path(dir_okay=False, path_type=str)


@click.command()
@click.argument("before", type=FILE, metavar="A.json")
@click.argument("after", type=FILE, metavar="B.json")
@click.option("--json", "as_json", is_flag=True, help="The changes as JSON.")
def compare(before: str, after: str, as_json: bool) -> None:
    """What got better and what got worse from run A to run B; exit status 1 when something got worse.

    A check that held in A and did not run in B is worse, unless B's selection left it out; that is told.

    The files are those of `fakeqq grade --json FILE`, or results.json of `--report DIR`.
    """
    from conformance.report.compare import NothingInCommonError
    from conformance.report.compare import compare as changes_between

    earlier, later = _results(before), _results(after)
    try:
        found = changes_between(earlier, later)
    except NothingInCommonError as error:
        raise LaunchError(str(error), "Grade both times with the same selection of checks.", exit_code=2) from error
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(found))
    else:
        _show("worse", found.worse, "red")
        _show("better", found.better, "green")
        _show("changed otherwise", found.other, "yellow")
        if found.left_out:
            held = sum(change.held for change in found.left_out)
            told = f"{len(found.left_out)} checks of the earlier run, of which {held} held"
            click.echo(f"{paint('not selected this time:', 'yellow')} {told}")
        click.echo(
            f"{len(found.worse)} worse, {len(found.better)} better, {found.same} the same; "
            f"grade {earlier.grade or '-'} -> {later.grade or '-'}"
        )
    if found.worse:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="[NAME=]FILE...")
@click.option("-o", "--output", type=FILE, default="matrix.html", show_default=True, help="The page to write.")
def matrix(files: tuple[str, ...], output: str) -> None:
    """Write one page that shows several adapters side by side, check by check."""
    from pathlib import Path

    from conformance.report.page import Column, matrix_page

    columns = []
    for word in files:
        name, _, file = word.rpartition("=")
        columns.append(Column(name or Path(file).stem, _results(file)))
    try:
        Path(output).write_text(matrix_page(columns), encoding="utf-8")
    except OSError as error:
        raise LaunchError(f"{output}: {error.strerror}", "Name a file that can be written.", exit_code=2) from error
    click.echo(f"wrote {output}")


def _results(file: str) -> Any:
    from pathlib import Path

    from conformance.report.document import ResultsError, read

    try:
        return read(Path(file))
    except ResultsError as error:
        advice = "Write one with `fakeqq grade --json FILE -- CMD`."
        raise LaunchError(str(error), advice, exit_code=2) from error


def _show(heading: str, changes: Sequence[Any], colour: str) -> None:
    if not changes:
        return
    click.echo(paint(heading, colour))
    for change in changes:
        told = f"{change.before or 'not run'} -> {change.after or 'not run'}"
        click.echo(f"  {change.id}  {told}  {dim(change.observed)}".rstrip())
