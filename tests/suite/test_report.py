"""What people are told: wire lines, the failure, the table, the results file; and no secret in any of them."""

import json
from pathlib import Path

import pytest

from conformance.catalogue import CATALOGUE
from conformance.harness.adapter import AdapterCommand
from conformance.options import Options
from conformance.outcome import Outcome
from conformance.report import document, page, results, summary, terminal, wire
from conformance.report.again import PACKAGE, again_command
from conformance.report.failure import failure_text
from conformance.verdict import Verdict
from fakeqq.launch.via import Via

TOKEN = "Zx9_secret_token"


def entry(number, kind, **fields):
    return {"id": number, "at": 1000.0 + number, "kind": kind, **fields}


def frame(number, kind, op, **fields):
    fields = {"connection": 3, "t": None, "s": None, "frame": {"op": op, "d": fields.pop("d", None)}, **fields}
    return entry(number, kind, op=op, **fields)


ENTRIES = [
    entry(
        1, "http.request", operation="POST /t", method="POST", path="/t", body={"appId": "1", "clientSecret": "s3cret"}
    ),
    entry(2, "http.response", request=1, status=200, error=None, fault=None, body={"access_token": TOKEN}),
    entry(3, "ws.open", path="/websocket"),
    frame(4, "ws.in", 2, d={"token": f"QQBot {TOKEN}", "intents": 7}),
    frame(5, "ws.out", 0, t="READY", s=1, d={"session_id": "one", "user": {"id": "2"}}),
    *[frame(number, "ws.in" if number % 2 else "ws.out", 1 if number % 2 else 11) for number in range(6, 16)],
    entry(16, "control", action="reconnect", details={"then_close": None}),
    frame(17, "ws.out", 7),
    entry(18, "fault", fault="dead-session", moment="receive: RESUME"),
    entry(19, "http.response", request=1, status=400, error="gateway_rate_limited", fault="limited", body=None),
    entry(20, "http.request", operation=None, method="GET", path="/nowhere", body=None),
    entry(21, "ws.in", connection=3, op=None, frame=None, text="{"),
    entry(22, "ws.close", connection=3, by="server", code=4009, reason="Session timed out"),
    entry(23, "ws.close", connection=3, by="client", code=None, reason=""),
    entry(24, "user.sees", text="ping1", reply_to=None),
    entry(25, "surprise", of="a later server"),
]
ENTRIES[2]["connection"] = 3


def test_the_transcript_reads_like_a_story():
    secrets = wire.secrets_in(ENTRIES)
    lines = [wire.redact(line, secrets) for line in wire.transcript(ENTRIES, zero=1000.0)]
    assert [line.lstrip() for line in lines] == [
        '+1.00 s bot -> POST /t {"appId": "1", "clientSecret": "[secret]"}',
        '+2.00 s      <- 200 {"access_token": "[secret]"}',
        "+3.00 s bot -> [3] opens a WebSocket",
        '+4.00 s bot -> [3] op 2 IDENTIFY {"token": "[secret]", "intents": 7}',
        '+5.00 s bot <- [3] op 0 READY s=1 {"session_id": "one"}',
        "… 10 heartbeats and ACKs",
        '+16.00 s ** reconnect {"then_close": null}',
        "+17.00 s bot <- [3] op 7 RECONNECT",
        "+18.00 s ** fault dead-session at receive: RESUME",
        "+19.00 s      <- 400 gateway_rate_limited (fault limited) empty body",
        "+20.00 s bot -> GET /nowhere (not modelled)",
        "+21.00 s bot -> [3] not a frame: '{'",
        "+22.00 s platform closes [3] with 4009 'Session timed out'",
        "+23.00 s bot closes [3] without a close frame",
        "+24.00 s user sees 'ping1', reply to None",
        '+25.00 s surprise {"of": "a later server"}',
    ]


def test_only_the_last_lines_are_shown_and_long_ones_are_cut():
    many = [entry(number, "user.said", text="x" * 500) for number in range(100)]
    lines = wire.transcript(many, zero=0)
    assert len(lines) == wire.LINES
    assert {len(line) for line in lines} == {wire.WIDTH}


def test_secrets_are_redacted_wherever_they_stand():
    secrets = wire.secrets_in(ENTRIES)
    assert secrets == {TOKEN, "s3cret"}
    printed = f"Authorization: QQBot {TOKEN}; secret=s3cret; other: QQBot unknownToken123"
    assert wire.redact(printed, secrets) == ("Authorization: QQBot [secret]; secret=[secret]; other: QQBot [secret]")


def outcome(verdict, row_id="reconnect/op7-leaves", **fields):
    return Outcome(id=row_id, row_id=row_id, verdict=verdict, seconds=1.25, **fields)


FAILED = outcome(
    Verdict.FAIL,
    expected="the bot leaves the connection by itself",
    observed="nothing of the kind within 18 s of the adapter's clock",
    wire=["  +17.00 s bot <- [3] op 7 RECONNECT"],
    output=["INFO waiting for the server to close"],
    connected=True,
)


def test_a_failure_says_everything_at_once():
    text = failure_text(FAILED, "pytest conformance/checks/reconnect.py::reconnect/op7-leaves")
    row = CATALOGUE["reconnect/op7-leaves"]
    assert text.startswith("FAIL  reconnect/op7-leaves  (must)  op 7 without a close\n")
    for needed in (
        row.requirement,
        row.fix,
        row.clause,
        *row.why,
        FAILED.expected,
        FAILED.observed,
        *FAILED.wire,
        *FAILED.output,
        "run again    pytest conformance/checks/reconnect.py::reconnect/op7-leaves",
    ):
        assert needed in text


def test_what_is_not_there_is_not_announced():
    text = failure_text(outcome(Verdict.WARN), "pytest")
    assert not {"expected", "observed", "wire", "output", "remark", "known"} & {
        line.split(" ")[0] for line in text.splitlines()
    }


def test_what_the_bot_has_no_part_in_offers_no_fix_for_it():
    text = failure_text(outcome(Verdict.BROKEN, observed="the server died"), "pytest")
    assert "the server died" in text
    assert not {"clause", "public", "usual"} & {line.split(" ")[0] for line in text.splitlines()}


def options(**fields):
    command = AdapterCommand(("python", "bot.py"), Via.ENV, 10.0)
    given = {"adapter": "python bot.py", "via": "auto", "speed": "auto", **fields}
    return Options(command=command, known_failing={}, results=None, report=None, summary=None, **given)


def test_the_command_that_runs_it_again_stands_where_the_run_was_started():
    command = again_command(options(via="env"), "send/msg-id-expired[40034005]", PACKAGE.parent)
    assert command == (
        "pytest 'conformance/checks/send.py::send/msg-id-expired[40034005]' --adapter 'python bot.py' --via env"
    )


def test_from_elsewhere_it_names_the_whole_path(tmp_path):
    command = again_command(options(adapter=None, speed="1"), "startup/online", tmp_path)
    assert command == f"pytest {PACKAGE}/checks/startup.py::startup/online --speed 1"


def test_the_table_has_every_case_below_its_chapter():
    told = [FAILED, outcome(Verdict.WARN, "startup/online", remarks=["no call within 59 s"])]
    text = terminal.render(options(), told, 61.5, color=False, width=120)
    lines = [line.rstrip() for line in text.splitlines()]
    assert "\x1b" not in text
    assert lines.index("reconnect") < next(n for n, line in enumerate(lines) if "op7-leaves" in line)
    assert any(line.split()[:4] == ["reconnect/op7-leaves", "M", "fail", "1.2"] for line in lines)
    assert any(line.startswith("no grade") and "1 fail, 1 warn in 61.5 s" in line for line in lines)
    assert "remark: startup/online: no call within 59 s" in lines


def test_what_is_not_modelled_is_told_in_every_report(tmp_path):
    told = [outcome(Verdict.PASS, name, unmodelled=["GET /friends"]) for name in ("startup/online", "send/passive")]
    line = "not modelled by fakeqq, answered with 404: GET /friends"
    assert terminal.render(options(), told, 1, color=False, width=120).count(line) == 1
    ending = results.Ending(seconds=2.5, date="2026-11-20T12:00:00+00:00", status=1, invoked_in=tmp_path)
    run = results.document(options(), told, ending)
    assert line[1:] in page.report_page(run)
    assert line[1:] in summary.summary(run)


def test_a_long_observation_does_not_squeeze_the_verdict():
    told = [outcome(Verdict.SETUP_FAILED, "startup/gateway-rate-limited", observed="x" * 400)]
    text = terminal.render(options(), told, 1, color=False, width=80)
    assert ["startup/gateway-rate-limited", "M", "set-up", "failed", "1.2"] in [
        line.split()[:5] for line in text.splitlines()
    ]


def test_the_whole_catalogue_has_a_grade():
    told = [outcome(Verdict.PASS, row_id) for row_id in CATALOGUE]
    assert "grade A" in terminal.render(options(), told, 1, color=False, width=120)
    assert "\x1b[" in terminal.render(options(), told, 1, color=True, width=120)


def test_the_results_file(tmp_path):
    path = tmp_path / "deep" / "results.json"
    ending = results.Ending(seconds=2.5, date="2026-11-20T12:00:00+00:00", status=1, invoked_in=tmp_path)
    results.write(path, document.encode(results.document(options(), [FAILED], ending)))
    read = json.loads(path.read_text(encoding="utf-8"))
    assert (read["format"], read["requirements"], read["grade"], read["exit"]) == (2, "2026-11", None, 1)
    assert read["counts"] == {"fail": 1}
    assert read["adapter"] == ["python", "bot.py"]
    (check,) = read["checks"]
    assert (check["id"], check["verdict"], check["level"]) == ("reconnect/op7-leaves", "fail", "M")
    assert check["why"] == list(CATALOGUE["reconnect/op7-leaves"].why)
    assert document.read(path).checks[0].verdict is Verdict.FAIL


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_style(verdict):
    assert verdict in terminal.STYLES


def test_the_package_is_where_the_checks_are():
    assert (PACKAGE / "checks" / "startup.py").is_file()
    assert Path(PACKAGE.name) == Path("conformance")
