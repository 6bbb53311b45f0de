"""The sinners: which check each one breaks, with which others it is tried, and what the whole matrix came to.

`tests/sinners/matrix.json` holds the verdict of every sinner in every case of its chapter; docs/SINNERS.md is printed
from it. `python tests/suite/matrix.py` writes both.
"""

import ast
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from suite_grader import CASES

from conformance.catalogue import CATALOGUE
from conformance.verdict import Unmet, Verdict, weigh

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "sinners"
DATA = FOLDER / "matrix.json"
PAGE = ROOT / "docs" / "SINNERS.md"

COMPANIONS = 1
"""Further cases of its chapter that a sinner passes in every run of the tests; the matrix has them all."""


@dataclass(frozen=True)
class Sinner:
    """One bad bot.

    Attributes:
        name: its file's, without the ending.
        verb: `Fails`, or `Warns` for one that does what is asked and not what is recommended.
        check_id: the row that it breaks.
        sin: what it does, in the words of its docstring.
    """

    name: str
    verb: str
    check_id: str
    sin: str

    @property
    def words(self):
        """The command that starts it."""
        return (sys.executable, str(FOLDER / f"{self.name}.py"))

    @property
    def chapter(self):
        """The chapter of its check."""
        return self.check_id.partition("/")[0]

    @property
    def own_cases(self):
        """The cases of its check; first those that the matrix saw red."""
        seen = read_data().get(self.name, {})
        own = [case.id for case in CASES.values() if case.row.id == self.check_id]
        return tuple(sorted(own, key=lambda case_id: seen.get(case_id) != self.red))

    @property
    def red(self):
        """The verdict that its own check gives it."""
        return Verdict.WARN if self.verb == "Warns" else weigh(Unmet(""), CATALOGUE[self.check_id].level)


def read(path):
    """The sinner of a file; None for a module that is not one."""
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    found = re.match(r"(Fails|Warns) (\S+/\S+): (.+)", told, re.DOTALL)
    if found is None:
        return None
    verb, check_id, sin = found.groups()
    return Sinner(path.stem, verb, check_id, " ".join(sin.partition("\n\n")[0].split()))


def all_sinners():
    """Every sinner, by name."""
    return [sinner for path in sorted(FOLDER.glob("*.py")) if (sinner := read(path)) is not None]


def chapter_cases(chapter):
    """The ids of its cases, in order."""
    return [case.id for case in CASES.values() if case.row.chapter == chapter]


def companions(sinners, count=COMPANIONS):
    """For each sinner, by name, the cases of its chapter that it is tried with beside its own.

    The cases are handed out in turn, so that each serves about as often as any other; one that would never serve is
    given to the sinner with the fewest.
    """
    chosen = {sinner.name: [] for sinner in sinners}
    for chapter in dict.fromkeys(sinner.chapter for sinner in sinners):
        members = [sinner for sinner in sinners if sinner.chapter == chapter]
        cases = chapter_cases(chapter)
        served = dict.fromkeys(cases, 0)
        for sinner in members:
            others = [case_id for case_id in cases if CASES[case_id].row.id != sinner.check_id]
            chosen[sinner.name] = sorted(others, key=served.__getitem__)[:count]
            for case_id in chosen[sinner.name]:
                served[case_id] += 1
        for case_id in (case_id for case_id in cases if not served[case_id]):
            fit = [sinner.name for sinner in members if sinner.check_id != CASES[case_id].row.id]
            if fit:
                chosen[min(fit, key=lambda name: len(chosen[name]))].append(case_id)
    return chosen


def read_data():
    """What the last matrix saw: sinner to case to verdict."""
    return json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {}


def reds(verdicts):
    """The cases that are red by their level, or that went wrong in another way: of case id to verdict."""
    return [
        case_id
        for case_id, verdict in verdicts.items()
        if Verdict(verdict).is_failure or verdict == weigh(Unmet(""), CASES[case_id].row.level)
    ]
