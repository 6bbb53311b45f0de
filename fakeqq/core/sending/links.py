"""Words of a text that the platform takes for URLs: file names and custom schemes among them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fakeqq.core.errors import PlatformError

if TYPE_CHECKING:
    from fakeqq.core.settings import WorldSettings

# `https://…`, `mqqapi://…`, `www.example.com`, `USER.md`, `crawler.py`: all were seen refused
# (https://github.com/Hazellol/astrbot_plugin_music-search/issues/2). Where exactly a word begins is our choice.
_LINK = re.compile(
    r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s<>()\"'，。]*"
    r"|(?<![A-Za-z0-9.-])(?:[A-Za-z0-9-]{1,63}\.){1,20}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)


def links_in(text: str) -> list[str]:
    """Every URL and everything that looks like one, in order; a word that comes twice is there twice."""
    return _LINK.findall(text)


def refuse_links(text: str, settings: WorldSettings) -> None:
    """Refuse a text with links where the world's switch says so.

    Raises:
        PlatformError: names the offending word, or all of them.
    """
    choice = settings.switch("urls")
    if choice == "allowed":
        return
    links = links_in(text)
    if links and choice == "40034028":
        raise PlatformError("url_not_allowed", links[0])
    if links:
        raise PlatformError("url_not_allowed_second_wording", ",".join(links))
