"""What `fakeqq serve` tells a person when it is ready."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def render(
    ready: Mapping[str, Any], bold: Callable[[str], str], dim: Callable[[str], str], program: str = "fakeqq"
) -> str:
    """The banner for a ready line; `bold` and `dim` colour a text, or leave it; `program` is how a shell calls us."""
    rows = [
        ("API base", ready["api_base"]),
        ("token URL", ready["token_url"]),
        ("gateway", ready["gateway_url"]),
        ("control", ready["control_url"]),
        ("app id", ready["app_id"]),
        ("secret", ready["secret"]),
    ]
    if ready.get("tls_port") is not None:
        rows.insert(3, ("TLS", f"https://{ready['host']}:{ready['tls_port']}, authority {ready['ca_file']}"))
    if ready.get("scenario"):
        rows.append(("scenario", ready["scenario"]))
    url = "" if ready["port"] == DEFAULT_PORT else f" --url {ready['control_url']}"
    lines = [bold(f"fakeqq is ready on {ready['api_base']}"), ""]
    lines += [f"  {dim(f'{name:<10}')} {value}" for name, value in rows]
    lines += [
        "",
        "  " + dim("point a bot here, in its shell:"),
        f'    eval "$({program} env{url})"            {dim("or, for a known adapter:")}',
        f'    eval "$({program} env nonebot{url})"',
        "  " + dim("let a user speak to it:"),
        f"    {program} say ping{url} --world {ready['app_id']}",
        "  " + dim("Ctrl-C stops the server; what goes over the wire follows"),
        "",
    ]
    return "\n".join(lines)


def program_name(started_as: str) -> str:
    """What a person types to call this program again: its name where the shell finds it, its path elsewhere.

    `started_as` is `sys.argv[0]`; `python -m fakeqq` has the path of a module there.
    """
    path = Path(started_as)
    if path.suffix == ".py":
        return f"{shlex.quote(sys.executable)} -m fakeqq"
    if shutil.which(path.name) is not None:
        return path.name
    absolute = path.absolute()
    inside = absolute.is_relative_to(Path.cwd())
    return shlex.quote(str(absolute.relative_to(Path.cwd()) if inside else absolute))


DEFAULT_PORT = 8787
