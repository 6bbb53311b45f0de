"""Bots that shall take deliveries and do not, or do it elsewhere; and how the suite finds out who does."""

import dataclasses
import os
import sys
from pathlib import Path

import pytest
from suite_grader import REFERENCE_CLIENT

from conformance.adapter_file import AdapterFileError, read
from conformance.features import Feature
from conformance.harness.adapter import AdapterCommand
from conformance.harness.bench import Bench
from conformance.harness.calibration import QUIET, Machine
from conformance.harness.pace import Span
from conformance.harness.platform import Platform
from conformance.harness.probes import look
from conformance.harness.run import run
from conformance.harness.speed import choose_speed
from conformance.harness.words import webhook
from conformance.harness.words.features import PROBES
from conformance.registry import all_cases
from conformance.verdict import Verdict
from fakeqq.launch.via import Via

CASES = {case.id: case for case in all_cases()}
MACHINE = Machine.measured_as(QUIET)
SHORT = Span(0, 4, "the bots of these tests never get ready")

SERVER = """
import http.server, os, sys
class Server(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(int(sys.argv[1])); self.end_headers()
http.server.HTTPServer(('127.0.0.1', int(os.environ['FAKEQQ_WEBHOOK_PORT'])), Server).serve_forever()
"""

SOCKET_ONLY = """
import os
for name in ("FAKEQQ_TRANSPORT", "FAKEQQ_WEBHOOK_PORT"):
    os.environ.pop(name, None)
from reference_client.__main__ import main
main()
"""

HASTY_BUT_BUSY = """
import runpy, sys
import reference_client.http.origin
reference_client.http.origin.TIMEOUT = 0.2
sys.path.insert(0, sys.argv[1])
runpy.run_path(sys.argv[1] + "/acknowledges_when_it_is_done.py", run_name="__main__")
"""


class PatientPlatform(Platform):
    """Does not give up, as most bots of this module never say a word."""

    def heard_of_adapter(self, connected):
        """Forget it."""


@pytest.fixture(scope="module")
def platform():
    platform = PatientPlatform()
    yield platform
    platform.close()


def command_of(*words, **more):
    return AdapterCommand(tuple(words), Via.ENV, 1.0, frozenset({Feature.WEBHOOK}), **more)


def outcome_of(platform, command, case_id="webhook/validation[short]"):
    bench = Bench.of(platform, command, shared=Path("/nonexistent"), machine=MACHINE)
    return run(CASES[case_id], bench)[0]


def test_one_that_ends_is_not_waited_for(platform):
    outcome = outcome_of(platform, command_of(sys.executable, "-c", "raise SystemExit(7)"))
    assert outcome.verdict is Verdict.FAIL
    assert outcome.observed == "the process exited with status 7"
    assert outcome.seconds < 15


def test_one_that_does_not_listen_is_told_where_it_should(platform, monkeypatch):
    monkeypatch.setattr(webhook.pace, "STARTS", SHORT)
    outcome = outcome_of(platform, command_of("sleep", "60"))
    assert (outcome.verdict, outcome.observed) == (Verdict.FAIL, "nobody listens there")
    assert outcome.expected == "the bot listens on FAKEQQ_WEBHOOK_PORT"


def test_in_other_checks_that_is_a_prerequisite(platform, monkeypatch):
    monkeypatch.setattr(webhook.pace, "STARTS", SHORT)
    outcome = outcome_of(platform, command_of("sleep", "60"), "webhook/forged")
    assert outcome.verdict is Verdict.BLOCKED


def test_one_with_a_path_of_its_own_is_reminded_to_declare_it(platform, monkeypatch):
    monkeypatch.setattr(webhook.pace, "OPENS", Span(0, 1, "this path never opens"))
    command = command_of(sys.executable, "-c", SERVER, "404", webhook_path="/elsewhere")
    outcome = outcome_of(platform, command)
    assert outcome.verdict is Verdict.FAIL
    assert outcome.observed.endswith("/elsewhere; declare its webhook-path?")
    assert outcome.connected


def test_a_wrong_answer_is_not_asked_for_again(platform):
    outcome = outcome_of(platform, command_of(sys.executable, "-c", SERVER, "200"))
    assert (outcome.verdict, outcome.observed) == (Verdict.FAIL, "the body is not a JSON object")
    asked = [line for line in outcome.wire if "op 13" in line or "validation" in line]
    assert len(asked) <= 2


def test_one_that_gives_up_its_reply_before_the_platform_does_is_seen_all_the_same(platform, monkeypatch):
    monkeypatch.setattr(webhook.pace, "ACKNOWLEDGES", Span(300, 5, "longer than this bot tries to send"))
    sinners = Path(__file__).parents[1] / "sinners"
    command = command_of(sys.executable, "-c", HASTY_BUT_BUSY, str(sinners))
    command = dataclasses.replace(command, speed=choose_speed("auto", command.words, os.environ))
    outcome = outcome_of(platform, command, "webhook/ack-first")
    assert outcome.observed == "the handler had first waited for its reply until it gave that up"


def test_who_listens_has_the_feature_and_who_logs_in_has_not(platform):
    plain = AdapterCommand(REFERENCE_CLIENT, Via.ENV, 1.0)
    assert look(Feature.WEBHOOK, platform, plain, MACHINE)
    socket_only = AdapterCommand((sys.executable, "-c", SOCKET_ONLY), Via.ENV, 1.0)
    assert not look(Feature.WEBHOOK, platform, socket_only, MACHINE)


def test_who_serves_the_second_bot_has_the_feature_and_who_knows_one_alone_has_not(platform):
    assert look(Feature.TWO_BOTS, platform, AdapterCommand(REFERENCE_CLIENT, Via.ENV, 1.0), MACHINE)
    alone = ("env", "FAKEQQ_APP_ID_2=", "FAKEQQ_SECRET_2=", *REFERENCE_CLIENT)
    assert not look(Feature.TWO_BOTS, platform, AdapterCommand(alone, Via.ENV, 1.0), MACHINE)


def test_every_feature_is_looked_for():
    assert set(PROBES) == set(Feature)


def test_a_path_of_its_own_is_declared(tmp_path):
    file = tmp_path / "adapter.toml"
    file.write_text('webhook-path = "/qq/webhook"')
    assert read(file).webhook_path == "/qq/webhook"
    file.write_text('webhook-path = "qq"')
    with pytest.raises(AdapterFileError, match="write a path"):
        read(file)
