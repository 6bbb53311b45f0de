"""How the command line speaks: colours, errors, exit codes."""

from __future__ import annotations

from typing import Any

import click

from fakeqq.launch.errors import LaunchError

OUR_FAULT = 5


class Commands(click.Group):
    """Known errors are told in a few lines; unknown ones are our own fault and exit with 5."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except LaunchError as error:
            complain(error.message, error.advice)
            ctx.exit(error.exit_code)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except OSError as error:
            where = "" if error.filename is None else f": {error.filename}"
            complain(f"{error.strerror or error}{where}", "The system refused what fakeqq needs.")
            ctx.exit(OUR_FAULT)
        except Exception:  # noqa: BLE001 (the last resort: nothing else may look like a failed check)
            import traceback  # noqa: PLC0415 (a crash need not be quick)

            traceback.print_exc()
            complain("this is a fault of fakeqq itself", "Please report it, with the lines above.")
            ctx.exit(OUR_FAULT)


def complain(message: str, advice: str = "") -> None:
    """An error for a person, on stderr."""
    click.echo(f"{click.style('fakeqq:', fg='red', bold=True)} {message}", err=True)
    for line in advice.splitlines():
        click.echo(f"  {line}", err=True)


def paint(text: str, colour: str) -> str:
    """Colour a text; click takes the colour out again where nobody would see it."""
    return click.style(text, fg=colour)


def dim(text: str) -> str:
    """Less important than the rest."""
    return click.style(text, fg="bright_black")
