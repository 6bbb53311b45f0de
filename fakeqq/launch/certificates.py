"""A throw-away certificate authority for the platform's host names.

It lives in files inside a private directory. Nothing is ever added to the trust store of the machine: a child
is told about it by environment variables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakeqq.launch.address import PLATFORM_ADDRESS
from fakeqq.wire.hosts import PLATFORM_HOSTS

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Three PEM files: the authority's certificate, the server's chain, the server's private key."""

    ca: Path
    chain: Path
    key: Path


def issue(directory: Path) -> CertificateFiles:
    """Make an authority, and one certificate for every name a bot may use.

    `directory` must exist. The private key is readable by this user only.
    """
    import trustme  # noqa: PLC0415 (heavy, and only the server's start needs it)

    authority = trustme.CA(organization_name="fakeqq (throw-away, for tests)")
    certificate = authority.issue_cert(*sorted(PLATFORM_HOSTS), "localhost", "127.0.0.1", "::1", PLATFORM_ADDRESS)
    files = CertificateFiles(directory / "ca.pem", directory / "chain.pem", directory / "key.pem")
    authority.cert_pem.write_to_path(str(files.ca))
    files.chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    files.key.touch(mode=0o600)
    certificate.private_key_pem.write_to_path(str(files.key), append=True)
    return files
