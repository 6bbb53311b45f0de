"""One file of certificate authorities: the machine's own ones plus ours.

`SSL_CERT_FILE` and its relatives replace a client's authorities, they do not add to them. A child that talks
to us and to, say, a language model needs both.
"""

from __future__ import annotations

import os
import ssl
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BUNDLE_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""OpenSSL and everything on it, Go, httpx · requests · curl · Node."""

_USUAL_PLACES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, Alpine
)


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    """Files that may hold authorities: those the environment names, and the first of the machine's own."""
    for variable in BUNDLE_VARIABLES:
        if environment.get(variable):
            yield Path(environment[variable])
    own = [ssl.get_default_verify_paths().openssl_cafile, *_USUAL_PLACES]
    certifi = find_spec("certifi")
    if certifi is not None and certifi.origin:
        own.append(os.fspath(Path(certifi.origin).with_name("cacert.pem")))
    for place in own:
        if Path(place).is_file():
            yield Path(place)
            return


def merge(ca_file: Path, target: Path, environment: Mapping[str, str]) -> Path:
    """Write `target`: our authority first, then every distinct one found. Unreadable files are left out."""
    seen: set[Path] = set()
    parts = [ca_file.read_bytes()]
    for candidate in _candidates(environment):
        try:
            resolved = candidate.resolve(strict=True)
            if resolved not in seen:
                seen.add(resolved)
                parts.append(resolved.read_bytes())
        except OSError:
            continue
    target.write_bytes(b"\n".join(part.rstrip() for part in parts) + b"\n")
    return target
