"""The page of the control API names every route, and no other."""

import re
from pathlib import Path

from fakeqq.web.control.api import PREFIX, build

PAGE = (Path(__file__).parents[1] / "docs" / "control-api.md").read_text("utf-8")
ROUTE = re.compile(r"`(GET|POST|PUT|PATCH|DELETE)(?: ([^\s`?]*)[^`]*)?`")


def nameless(path):
    """A path whose parameters have no names."""
    return re.sub(r"\{\w+\}", "{}", path)


def told(section, base):
    """The routes in the first column of a section's table; their paths begin at `base`."""
    part = PAGE.partition(f"\n## {section}")[2].partition("\n## ")[0]
    for row in re.findall(r"^\| (`.*?) \| ", part, re.MULTILINE):
        for method, path in ROUTE.findall(row):
            yield method, nameless(f"{base}/{path.lstrip('/')}".rstrip("/"))


def test_the_page_names_every_route():
    served = {
        (verb.upper(), nameless(path.removeprefix(PREFIX)))
        for path, verbs in build().openapi()["paths"].items()
        for verb in verbs
        if path.startswith(f"{PREFIX}/")
    }
    assert {*told("Server", ""), *told("World", "/worlds/{}")} == served
