"""How well a fact is known, and where it stands."""

from dataclasses import dataclass
from enum import StrEnum


class Evidence(StrEnum):
    """The strength of what stands behind a row, strongest first."""

    DOCUMENTED = "documented"
    """Tencent says so: the official documentation, or a comment in an official SDK."""
    OBSERVED = "observed"
    """Seen on the real platform: a captured log, or a dated report of somebody who ran it."""
    INFERRED = "inferred"
    """Read from the code of clients that work in production: what they send, match or tolerate."""
    OUR_CHOICE = "our choice"
    """Nobody has evidence. We had to do something, and say so."""


@dataclass(frozen=True, slots=True)
class Source:
    """A public place that says it.

    Attributes:
        label: a short name, such as `botgo` or `satorijs/satori#226`.
        location: `owner/repository@commit path`, the address of a thread, or a description when no public
            address exists.
    """

    label: str
    location: str

    @property
    def url(self) -> str | None:
        """The public address, None where there is none."""
        if self.location.startswith("https://"):
            return self.location
        place, _, path = self.location.partition(" ")
        repository, at, commit = place.partition("@")
        if not at:
            return None
        kind = "tree" if path.endswith("/") or not path else "blob"
        return f"https://github.com/{repository}/{kind}/{commit}/{path}".rstrip("/")
