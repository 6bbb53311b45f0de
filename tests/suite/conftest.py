"""Runs of checks for the tests that ask for them.

Checks wait more than they compute. So all runs that the selected tests will ask for are begun at once, as many side by
side as the machine bears, and each test waits for its own. Under pytest-xdist a worker does not know which tests it
will get; there each test begins its own runs.
"""

import os

import pytest
from suite_grader import Grader


def _wishes(item):
    """What a test's markers ask for: bot, cases, and how."""
    for mark in item.iter_markers("runs"):
        yield mark.args, mark.kwargs


@pytest.fixture(scope="session")
def grader(request):
    """All runs of the selected tests, begun."""
    grader = Grader()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        for item in request.session.items:
            for args, how in _wishes(item):
                grader.begin(*args, **how)
    yield grader
    grader.close()


def pytest_configure(config):
    """The marker by which a test says what it will ask the grader for."""
    config.addinivalue_line(
        "markers",
        "runs(words, case_ids, until_red=False): checks this test runs, and against which bot; side by side, or in "
        "turn until one is red",
    )


@pytest.fixture
def outcomes(request, grader):
    """What the test's own runs came to: case id to outcome."""
    wishes = list(_wishes(request.node))
    for args, how in wishes:
        grader.begin(*args, **how)
    return {case_id: outcome for args, how in wishes for case_id, outcome in grader.outcomes(*args, **how).items()}
