"""The rows, the functions that judge them, and the page that is printed from them belong together."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from conformance.catalogue import CATALOGUE, ROWS, UnknownCheckError, check_row
from conformance.registry import all_cases, cases_of, check
from conformance.report import catalogue_page

ROOT = Path(__file__).parent.parent.parent


def test_every_row_is_judged_in_the_module_of_its_chapter():
    judged = {case.row.id: case.check.judge.__module__ for case in all_cases()}
    assert judged == {row.id: f"conformance.checks.{row.chapter}" for row in ROWS}


def test_case_ids_are_unique_and_begin_with_their_rows():
    ids = [case.id for case in all_cases()]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9]+/[a-z0-9-]+(\[[a-z0-9-]+\])?", case_id) for case_id in ids)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_says_everything_a_report_needs(row):
    assert re.fullmatch(r"20\d\d-\d\d", row.since)
    assert "https://" in row.clause
    assert row.why
    assert all(link.startswith("https://github.com/") for link in row.why)
    for text in (row.happens, row.requirement, row.fix):
        assert text.endswith(".")
    assert not re.search(r"\.\s+[A-Z`]", row.requirement), "a requirement is one sentence"
    assert not row.title.endswith(".")


def test_a_judge_tells_its_requirement():
    assert all((case.check.judge.__doc__ or "").strip() for case in all_cases())


def test_an_unknown_id_suggests_the_nearest():
    with pytest.raises(UnknownCheckError, match=r"did you mean .*reconnect/op7-leaves"):
        check_row("reconnect/op7-leave")


def test_a_row_has_one_judge():
    mark = check("send/passive")
    with pytest.raises(ValueError, match="judged by answers_passively already"):
        mark(lambda _world: None)


def test_variants_are_cases_of_their_own():
    ids = [case.id for case in cases_of("conformance.checks.send")]
    assert ids[:3] == ["send/passive", "send/msg-id-expired[40034005]", "send/msg-id-expired[40034031]"]


def test_the_module_prints_the_page():
    words = [sys.executable, "-m", "conformance.catalogue"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == catalogue_page.render()


def test_the_suites_own_settings_are_installed_with_it():
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]
    settings = ROOT / "conformance" / "pyproject.toml"
    assert "pytest" in tomllib.loads(settings.read_text(encoding="utf-8"))["tool"]
    assert any(settings.match(pattern) for pattern in patterns["*"])


def test_docs_checks_is_printed_from_the_rows():
    page = (ROOT / "docs" / "CHECKS.md").read_text(encoding="utf-8")
    assert page == catalogue_page.render(), "run: make docs"
    assert all(f"### {check_id}\n" in page for check_id in CATALOGUE)


def test_the_page_says_that_each_scene_has_its_check():
    told = catalogue_page.HEAD.partition("* Each scene ")[2].partition("\n* ")[0]
    scenes = {f"dispatch/{scene}" for scene in ("c2c", "group", "group-full", "channel", "dm")}
    assert set(re.findall(r"`(dispatch/[\w-]+)`", told)) == scenes & set(CATALOGUE)
