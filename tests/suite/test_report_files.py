"""The files of a report: what is in them, and that they can be read back."""

import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest
from suite_results import FAILED_ID, check, run_of

from conformance.report import badge, document, files, page, summary
from conformance.report.compare import compare
from conformance.report.document import Lane, ResultsError, Step
from conformance.report.ranking import worst_first
from conformance.report.timeline import STEPS, timeline
from conformance.row import Level
from conformance.verdict import Verdict

HOSTILE = '</script><img src=x onerror=alert(1)>|`"&'


class Tags(HTMLParser):
    """Every element of a page, and every address in it."""

    def __init__(self, text):
        super().__init__()
        self.names, self.fetched, self.links = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        for name, value in attrs:
            if name == "src" or (name == "href" and tag == "link"):
                self.fetched.append(value)
            elif name == "href":
                self.links.append(value)


def test_the_directory_holds_every_file(tmp_path):
    run = run_of(check())
    assert files.write_report(tmp_path / "deep", run) == tmp_path / "deep" / "report.html"
    written = {path.name for path in (tmp_path / "deep").iterdir()}
    assert written == {"report.html", "results.json", "summary.md", "badge.svg", "badge.json"}
    assert document.read(tmp_path / "deep" / "results.json") == run


def test_results_follow_the_published_schema():
    validator = jsonschema_rs.validator_for(json.loads(document.schema()))
    written = json.loads(document.encode(run_of(check(timeline=(Step(1.5, Lane.BOT, "HELLO", decisive=True),)))))
    assert validator.is_valid(written)
    del written["checks"][0]["verdict"]
    assert not validator.is_valid(written)


def test_the_published_schema_is_the_present_one():
    published = Path(__file__).parents[2] / "docs" / "results.schema.json"
    assert published.read_text(encoding="utf-8") == document.schema(), "run `make docs`"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not a results file"),
        (b"[]", "not a results file"),
        (b'{"format": 1}', "format 1, this version reads"),
        (b'{"format": %d}' % document.FORMAT, "missing required field"),
        (b"\xff\xfe", "not a results file"),
    ],
)
def test_what_is_no_results_file_is_refused(tmp_path, content, told):
    file = tmp_path / "x.json"
    file.write_bytes(content)
    with pytest.raises(ResultsError, match=told) as refused:
        document.read(file)
    assert str(file) in str(refused.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ResultsError, match="No such file"):
        document.read(tmp_path / "none.json")


def test_the_page_fetches_nothing_and_holds_every_case():
    run = run_of(check(), check("startup/online", verdict=Verdict.PASS, observed=""))
    text = page.report_page(run)
    tags = Tags(text)
    assert tags.fetched == ["data:,"]
    assert tags.names.count("details") == 2
    assert not re.search(r"@import|url\(", text)
    for needed in (FAILED_ID, run.checks[0].expected, run.checks[0].observed, "What to repair first"):
        assert needed in text


def test_what_a_bot_printed_cannot_become_markup():
    hostile = check(observed=HOSTILE, output=(HOSTILE,), timeline=(Step(0.0, Lane.BOT, HOSTILE),))
    tags = Tags(page.report_page(run_of(hostile)))
    assert "img" not in tags.names
    rows = [line for line in summary.summary(run_of(hostile)).splitlines() if line.startswith(f"| {FAILED_ID}")]
    assert [len(re.split(r"(?<!\\)\|", row)) for row in rows] == [6]


@pytest.mark.parametrize(("grade", "colour"), badge.COLOURS.items())
def test_the_badge_shows_the_grade(grade, colour):
    run = run_of(check(), grade=grade)
    drawn = ET.fromstring(badge.svg(run))  # noqa: S314 (written here)
    assert drawn.attrib["aria-label"] == f"fakeqq: grade {grade}"
    assert json.loads(badge.endpoint(run)) == {
        "schemaVersion": 1, "label": "fakeqq", "message": f"grade {grade}", "color": colour,
    }  # fmt: skip


def test_the_summary_is_added_to_what_stands_there(tmp_path):
    file = tmp_path / "step.md"
    file.write_text("before\n")
    files.append_summary(file, run_of(check()))
    text = file.read_text()
    assert text.startswith("before\n## fakeqq: no grade")
    assert "| reconnect | 1 | ❌ 1 fail |" in text


def test_the_most_harmful_come_first_and_each_row_once():
    advice = check("startup/online", level=Level.ADVICE, verdict=Verdict.INFO, why=("a", "b", "c", "d"))
    rare = check("send/passive", why=("a",))
    often = check("reconnect/close-codes", id="reconnect/close-codes[4006]", why=("a", "b"))
    again = msgspec.structs.replace(often, id="reconnect/close-codes[4007]")
    held = check("resume/missed-event", verdict=Verdict.PASS)
    assert worst_first((advice, rare, often, again, held)) == [often, rare, advice]


def test_two_runs_are_compared_case_by_case():
    ids = ("startup/online", "send/passive", "resume/missed-event", "heartbeat/ack-missing", "reconnect/op7-leaves")
    before = ("pass", "fail", "known-failing", "pass", "unsupported")
    after = ("fail", "pass", "fail", "inconclusive" if "inconclusive" in set(Verdict) else "broken", "unsupported")
    earlier = run_of(*(check(name, verdict=Verdict(verdict)) for name, verdict in zip(ids, before, strict=True)))
    later = run_of(
        *(check(name, verdict=Verdict(verdict)) for name, verdict in zip(ids, after, strict=True)),
        check("identify/invalid-session", verdict=Verdict.FAIL),
    )
    found = compare(earlier, later)
    assert [change.id for change in found.worse] == ["startup/online"]
    assert [change.id for change in found.better] == ["send/passive"]
    assert [change.id for change in found.other] == ["heartbeat/ack-missing", "identify/invalid-session"]
    assert found.same == 2
    assert compare(later, earlier).worse[0].id == "send/passive"


@pytest.mark.parametrize("lost", [Verdict.SETUP_FAILED, Verdict.BLOCKED, Verdict.BROKEN, Verdict.UNSUPPORTED])
def test_a_pass_that_nobody_sees_any_more_is_worse(lost):
    found = compare(run_of(check(verdict=Verdict.PASS)), run_of(check(verdict=lost)))
    assert [change.after for change in found.worse] == [lost]


def test_a_pass_that_was_not_run_again_is_worse_unless_it_was_not_selected():
    kept = check("startup/online", verdict=Verdict.PASS)
    passed, failed = check(verdict=Verdict.PASS), check("send/passive", verdict=Verdict.FAIL)
    earlier = run_of(kept, passed, failed)
    found = compare(earlier, run_of(kept))
    assert [(change.id, change.after) for change in found.worse] == [(passed.id, None)]
    assert [change.id for change in found.other] == [failed.id]
    chosen = compare(earlier, run_of(kept, left_out=(passed.id, failed.id)))
    assert (chosen.worse, chosen.other) == ((), ())
    assert [change.id for change in chosen.left_out] == [passed.id, failed.id]


def test_a_feature_that_was_never_there_is_no_loss():
    found = compare(run_of(check(verdict=Verdict.UNSUPPORTED)), run_of(check(verdict=Verdict.BROKEN)))
    assert (found.worse, len(found.other)) == ((), 1)


def entry(number, kind, **fields):
    return {"id": number, "at": 100.0 + number, "kind": kind, **fields}


def frame(number, kind, op, data=None):
    return entry(number, kind, connection=1, op=op, t=None, s=None, frame={"op": op, "d": data})


def test_the_timeline_has_lanes_and_folds_heartbeats():
    story = [
        entry(0, "control", action="clock", details={}),
        entry(1, "ws.open", connection=1, path="/websocket"),
        frame(2, "ws.in", 2, {"token": "QQBot very-secret"}),
        frame(3, "ws.in", 1),
        frame(4, "ws.out", 11),
        frame(5, "ws.in", 1),
        entry(6, "user.said", text="ping"),
        entry(7, "ws.close", connection=1, by="server", code=4009, reason=""),
        entry(8, "ws.close", connection=2, by="client", code=1000, reason=""),
    ]
    steps = timeline(story, zero=100.0, secrets={"very-secret"}, decisive=7)
    assert [(step.at, step.lane, step.decisive) for step in steps] == [
        (0.0, Lane.STAGE, False), (1.0, Lane.BOT, False), (2.0, Lane.BOT, False), (3.0, Lane.BEATS, False),
        (6.0, Lane.PEOPLE, False), (7.0, Lane.PLATFORM, True), (8.0, Lane.BOT, False),
    ]  # fmt: skip
    assert steps[3].text == "2 heartbeats, 1 ACK"
    assert "very-secret" not in "".join(step.text for step in steps)


def test_the_timeline_stays_around_the_decision():
    story = [entry(number, "user.said", text=str(number)) for number in range(400)]
    decided = timeline(story, zero=0, secrets=(), decisive=100)
    assert len(decided) == STEPS
    assert any(step.decisive for step in decided)
    undecided = timeline(story, zero=0, secrets=())
    assert len(undecided) == STEPS
    assert "399" in undecided[-1].text


def test_the_matrix_has_every_case_of_every_run():
    first = page.Column("one", run_of(check("startup/online", verdict=Verdict.PASS), grade="B"))
    second = page.Column("two", run_of(check("send/passive"), check("startup/online")))
    rows = dict(page.matrix_rows([first, second]))
    assert {name: [case_id for case_id, _ in cases] for name, cases in rows.items()} == {
        "startup": ["startup/online"], "send": ["send/passive"],
    }  # fmt: skip
    assert [cell and cell.verdict for cell in rows["send"][0][1]] == [None, Verdict.FAIL]
    assert Tags(page.matrix_page([first, second])).names.count("tr") == 6


def test_a_cause_comes_before_its_consequences():
    blocked = check("send/passive", verdict=Verdict.BLOCKED, why=("a", "b", "c"))
    also = check("send/msg-seq", id="send/msg-seq[one]", verdict=Verdict.BLOCKED, why=("a",))
    failed = msgspec.structs.replace(also, id="send/msg-seq[two]", verdict=Verdict.FAIL)
    should = check("resume/missed-event", level=Level.SHOULD, verdict=Verdict.WARN, why=("a", "b", "c", "d"))
    other = check("reconnect/close-codes", why=("a", "b"))
    silent = check("startup/online", why=())
    assert worst_first((should, blocked, also, failed, other, silent)) == [silent, other, failed, blocked, should]
    online = msgspec.structs.replace(silent, verdict=Verdict.BLOCKED)
    assert worst_first((online, other)) == [other, online]
