import logging

import pytest

from reference_client.log import line, logger, report


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({}, "it.happened"),
        ({"a": 1, "b": "two"}, "it.happened a=1 b=two"),
        ({"a": "two words"}, 'it.happened a="two words"'),
        ({"a": 'say "hi"'}, 'it.happened a="say \\"hi\\""'),
        ({"a": "line\nbreak"}, 'it.happened a="line\\nbreak"'),
        ({"a": ""}, 'it.happened a=""'),
        ({"a": "白名单"}, 'it.happened a="白名单"'),
    ],
)
def test_lines(details, expected):
    assert line("it.happened", details) == expected


def test_reports_go_to_the_packages_logger(caplog):
    with caplog.at_level(logging.INFO, logger=logger.name):
        report(20, "seen", a=1)
        report(10, "not.seen")
    assert [record.getMessage() for record in caplog.records] == ["seen a=1"]


def test_importing_configures_nothing():
    assert logger.handlers == []
