"""The two READMEs say the same: commands, links, figures and headings."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md")]

BLOCK = re.compile(r"^```.*?$(.*?)^```", re.MULTILINE | re.DOTALL)
PLACEHOLDERS = {"命令…": "CMD…", "目录": "DIR", "文件…": "FILES…", "适配器": "ADAPTER", "名字": "NAME"}
"""What stands for a person's own word, in Chinese and in English."""


def in_english(word):
    for chinese, english in PLACEHOLDERS.items():
        word = word.replace(chinese, english)
    return word


def both(read):
    """What `read` finds in the English and in the Chinese page."""
    return tuple(map(read, PAGES))


def test_the_blocks_hold_the_same_commands():
    english, chinese = both(lambda page: re.sub(r"\s+#.*", "", "".join(BLOCK.findall(page))).split("\n"))
    assert english == chinese
    assert len(english) > 10


def test_the_prose_names_the_same_commands_and_links():
    english, chinese = both(lambda page: re.findall(r"`[^`\n]+`|\]\([^)]+\)", BLOCK.sub("", page)))
    others = {"](README.zh.md)", "](README.md)"}
    assert sorted(set(english) - others) == sorted({in_english(word) for word in chinese} - others)


def test_the_pages_have_the_same_shape():
    english, chinese = both(lambda page: [re.match(r"#*|\||\*", line)[0] for line in BLOCK.sub("", page).splitlines()])
    assert [mark for mark in english if mark] == [mark for mark in chinese if mark]


def test_the_pages_give_the_same_figures():
    english, chinese = both(lambda page: sorted(re.findall(r"\d+(?:\.\d+)?", page)))
    assert english == chinese
