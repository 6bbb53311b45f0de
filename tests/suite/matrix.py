"""Every sinner against every check of its chapter: `python tests/suite/matrix.py`.

Writes tests/sinners/matrix.json and docs/SINNERS.md, which `tests/suite/test_matrix.py` holds against what there is.
The whole takes long; `--missing` runs only what the file does not know yet, and names of sinners or chapters only
those.
"""

import argparse
import json
import signal
import sys
import time
from concurrent.futures import as_completed

from suite_grader import CASES, SIDE_BY_SIDE, Grader
from suite_page import page
from suite_sinners import DATA, PAGE, all_sinners, chapter_cases, reds

from conformance.verdict import Verdict

KEPT_EVERY = 100
"""Runs after which the files are written, so that a run that is broken off is not lost."""


def write(seen):
    """Both files; a line for each sinner."""
    lines = [f"{json.dumps(name)}: {json.dumps(seen[name])}" for name in sorted(seen)]
    DATA.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    PAGE.write_text(page(seen), encoding="utf-8")


def known(sinners, seen):
    """What the file says of sinners and cases that there still are; what a busy machine left open is run again."""
    return {
        sinner.name: {
            case_id: seen[sinner.name][case_id]
            for case_id in chapter_cases(sinner.chapter)
            if seen.get(sinner.name, {}).get(case_id, Verdict.INCONCLUSIVE) != Verdict.INCONCLUSIVE
        }
        for sinner in sinners
    }


def is_wanted(sinner, names):
    """Whether the command line names it, its chapter, or nothing."""
    return not names or sinner.name in names or sinner.chapter in names


def run(pairs, seen, side_by_side):
    """Run these pairs of sinner and case, the longest first."""
    grader = Grader(side_by_side)
    began = time.monotonic()
    begun = {}
    try:
        for sinner, case_id in sorted(pairs, key=lambda pair: -CASES[pair[1]].check.takes):
            grader.begin(sinner.words, (case_id,))
            begun[grader.future(sinner.words, case_id)] = sinner, case_id
        for number, done in enumerate(as_completed(begun), start=1):
            sinner, case_id = begun[done]
            verdict = done.result().verdict.value
            seen[sinner.name][case_id] = verdict
            if number % KEPT_EVERY == 0:
                write(seen)
            elapsed = time.monotonic() - began
            print(f"{number}/{len(pairs)} {elapsed:6.0f} s  {sinner.name}: {case_id} {verdict}", flush=True)  # noqa: T201 (a program)
    finally:
        grader.close()


def wrong(sinners, seen):
    """What does not stand as it should, in words."""
    for sinner in sinners:
        for case_id in reds(seen[sinner.name]):
            if CASES[case_id].row.id != sinner.check_id:
                yield f"{sinner.name}: {case_id} is {seen[sinner.name][case_id]} too"
        own = {seen[sinner.name].get(case_id) for case_id in sinner.own_cases}
        if sinner.red not in own:
            yield f"{sinner.name}: {sinner.check_id} is {', '.join(sorted(map(str, own)))}, and should be {sinner.red}"


def main():
    """Run, write, and say what is wrong; 1 if something is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="SINNER|CHAPTER", help="only these")
    parser.add_argument("--missing", action="store_true", help="only what the file does not know")
    parser.add_argument("-n", type=int, default=SIDE_BY_SIDE, metavar="N", help="runs side by side")
    chosen = parser.parse_args()
    sinners = all_sinners()
    seen = known(sinners, json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {})
    pairs = [
        (sinner, case_id)
        for sinner in sinners
        if is_wanted(sinner, chosen.names)
        for case_id in chapter_cases(sinner.chapter)
        if not (chosen.missing and case_id in seen[sinner.name])
    ]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: the server and the bots are stopped, too
    try:
        run(pairs, seen, chosen.n)
    finally:
        write(seen)
    mistakes = list(wrong(sinners, seen))
    print("\n".join(mistakes) or f"{len(sinners)} sinners, each red in its own check and nowhere else")  # noqa: T201
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
