"""Every link of a page leads to a file, and to a heading of it."""

import re
import shutil
import subprocess
import unicodedata
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[1]
GIT = shutil.which("git")
COMMAND = [GIT or "git", "ls-files", "-z"]
LISTED = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, text=True, check=False).stdout if GIT else ""
TRACKED = sorted(filter(None, LISTED.split("\0")))
PAGES = [name for name in TRACKED if name.endswith(".md")]

FENCE = re.compile(r"^ {0,3}(```+|~~~+).*?^ {0,3}\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
LINK = re.compile(
    r"\]\(<?([^\s)>]+)>?(?:\s+\"[^\"]*\")?\)|^ {0,3}\[[^\]]+\]: (\S+)|<a [^>]*href=\"([^\"]+)", re.MULTILINE
)
HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$", re.MULTILINE)
NAMED = re.compile(r"<a [^>]*(?:id|name)=\"([^\"]+)")

pytestmark = pytest.mark.skipif(not PAGES, reason="this is no git repository")


def links(text):
    """What the page's links lead to, code left out."""
    return ["".join(found) for found in LINK.findall(CODE.sub("", FENCE.sub("", text)))]


def anchors(text):
    """The anchors that GitHub gives to a page's headings, and those that the page names itself."""
    prose = FENCE.sub("", text)
    made = set(NAMED.findall(prose))
    for heading in HEADING.findall(prose):
        plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        kept = (letter for letter in plain.lower() if letter in " -_" or unicodedata.category(letter)[0] in "LNM")
        slug = "".join(kept).replace(" ", "-")
        # A heading that was there before gets a number: the first again is -1.
        made.add(next(name for name in (slug, *(f"{slug}-{number}" for number in range(1, 999))) if name not in made))
    return made


def broken(page):
    """The links of a page that lead nowhere."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in links(text):
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        place, _, anchor = unquote(link).partition("#")
        target = ((ROOT / page).parent / place).resolve() if place else ROOT / page
        inside = target.relative_to(ROOT).as_posix() if target.is_relative_to(ROOT) else "outside"
        exists = inside in TRACKED or any(name.startswith(f"{inside}/") for name in TRACKED)
        if not exists or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            yield link


def test_a_link_that_leads_nowhere_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("test_docs_links.ROOT", tmp_path)
    monkeypatch.setattr("test_docs_links.TRACKED", ["a.md", "docs/b.md"])
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "b.md").write_text(
        "# Here\n[up](../a.md) [self](#here) [no](#there) [web](https://x.test/#y)\n"
    )
    (tmp_path / "a.md").write_text("[b](docs/b.md#here) [folder](docs/) [out](../c) [no](c.md) [no](docs/b.md#there)\n")
    assert list(broken("docs/b.md")) == ["#there"]
    assert list(broken("a.md")) == ["../c", "c.md", "docs/b.md#there"]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    assert list(broken(page)) == []


def test_anchors_are_made_as_on_github():
    page = "# What `it` *is*: a_b, 1.2!\n## Again\n## Again\n## 两条命令\n```\n# no heading\n```\n### [Link](x.md)\n"
    assert anchors(page) == {"what-it-is-a_b-12", "again", "again-1", "两条命令", "link"}


def test_links_in_code_are_none():
    text = '[a](b.md#c) `[d](e)` [f](<g> "h")\n```\n[i](j)\n```\n[k]: l.md\n'
    assert links(text) == ["b.md#c", "g", "l.md"]
