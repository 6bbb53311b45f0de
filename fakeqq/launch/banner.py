"""What `fakeqq serve` tells a person when it is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def render(ready: Mapping[str, Any], bold: Callable[[str], str], dim: Callable[[str], str]) -> str:
    """The banner for a ready line; `bold` and `dim` colour a text, or leave it."""
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
        f'    eval "$(fakeqq env{url})"            {dim("or, for a known adapter:")}',
        f'    eval "$(fakeqq env nonebot{url})"',
        "  " + dim("let a user speak to it:"),
        f"    fakeqq say ping{url} --world {ready['app_id']}",
        "  " + dim("Ctrl-C stops the server; what goes over the wire follows"),
        "",
    ]
    return "\n".join(lines)


DEFAULT_PORT = 8787
