"""One emulator, and a handful of bots at a time, for tests and programs that run checks for real."""

import dataclasses
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conformance.features import Feature
from conformance.harness.adapter import AdapterCommand
from conformance.harness.bench import Bench
from conformance.harness.calibration import Machine, calibrate
from conformance.harness.platform import Platform
from conformance.harness.run import run
from conformance.harness.speed import choose_speed
from conformance.registry import all_cases
from conformance.verdict import Unmet, Verdict, weigh
from fakeqq.launch.via import Via

SIDE_BY_SIDE = 4 * (os.cpu_count() or 1)
REFERENCE_CLIENT = (sys.executable, "-m", "reference_client")
SLOWER = (0.3, 0.1)
"""Further runs of a case of which the machine was too busy to tell: on a slower clock a late core means less."""

CASES = {case.id: case for case in all_cases()}


def is_red(outcome):
    """Whether the requirement was broken: a failure at a MUST, a warning at a SHOULD, an information at advice."""
    return outcome.verdict is weigh(Unmet(""), outcome.level)


class Grader:
    """Runs cases in threads, each pair of bot and case once. All bots are made of the reference client."""

    def __init__(self, side_by_side=SIDE_BY_SIDE):
        self.platform = Platform()
        self.platform.new_place()  # the server is there before the first thread needs it
        self.speed = choose_speed("auto", (sys.executable,), os.environ)
        self._machine = Machine.measured_as(calibrate())
        self._shared = tempfile.TemporaryDirectory(prefix="fakeqq-grader-")
        self._pool = ThreadPoolExecutor(side_by_side, thread_name_prefix="case")
        self._begun = {}

    def begin(self, words, case_ids, *, until_red=False):
        """Have cases run against the bot that these words start, side by side; or in turn, until one is red."""
        if until_red:
            self._once((words, case_ids), self._hunt, words, case_ids)
        else:
            for case_id in case_ids:
                self._once((words, case_id), self._run, words, case_id)

    def future(self, words, case_id):
        """A begun run."""
        return self._begun[words, case_id]

    def outcomes(self, words, case_ids, *, until_red=False):
        """What came of it: case id to outcome."""
        self.begin(words, case_ids, until_red=until_red)
        if until_red:
            return self._begun[words, case_ids].result()
        return {case_id: self._begun[words, case_id].result() for case_id in case_ids}

    def close(self):
        """Begun runs end; what waits is given up."""
        self._pool.shutdown(cancel_futures=True)
        self.platform.close()
        self._shared.cleanup()

    def _once(self, key, work, *arguments):
        if key not in self._begun:
            self._begun[key] = self._pool.submit(work, *arguments)

    def _run(self, words, case_id):
        outcome = self._try(words, case_id, self.speed, self._machine)
        for slower in SLOWER:
            if outcome.verdict is Verdict.INCONCLUSIVE:
                calm = dataclasses.replace(self._machine, calibration=calibrate())
                outcome = self._try(words, case_id, max(self.speed * slower, 1.0), calm)
        return outcome

    def _try(self, words, case_id, speed, machine):
        command = AdapterCommand(words, Via.ENV, speed, frozenset(Feature))
        bench = Bench.of(self.platform, command, shared=Path(self._shared.name), machine=machine)
        return run(CASES[case_id], bench)[0]

    def _hunt(self, words, case_ids):
        """Until one is red; all a second time if none was.

        What a killed bot had on disk is a race, lost once in hundreds of runs where ten bots share a core.
        """
        found = {}
        for case_id in (*case_ids, *case_ids):
            found[case_id] = self._run(words, case_id)
            if is_red(found[case_id]):
                break
        return found
