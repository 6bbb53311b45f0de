"""Streams as the suite reads them: both dialects, whatever a client sends; and the reference client in the second."""

import pytest
from suite_grader import CASES, REFERENCE_CLIENT, is_red
from suite_sinners import all_sinners

from conformance.harness.journal import Message
from conformance.harness.streams import Ask, Dialect, parts_of, reading
from conformance.report.failure import failure_text
from conformance.verdict import Verdict

ASK = Ask(Message("stream 2 p", "m", "U", 1, 10), "U", ("stream2p", "(1/2)", "(2/2)"))
STREAM_CASES = tuple(case_id for case_id in CASES if case_id.startswith("stream/"))
FRAMES = ("env", "FAKEQQ_STREAM=frames")
SINNERS = {
    "changes_the_type": "stream/sequence",
    "mixes_two_readers": "stream/exactly-once",
    "leaves_streams_open": "stream/closes",
    "says_all_again": "stream/chunk-fails[for-good]",
    "expects_an_id": "stream/odd-answers[no-id]",
    "drops_what_is_too_long": "stream/too-long[40054018]",
}
"""Bots with one sin, and the case that finds it out; all of them can be made to write frames."""

ONLY_CHUNKS = {"stream/newline-error"}
"""The platform asks for newlines at the end of chunks; frames know no such rule."""


def grew(number, part, length, *, state=1, stream="s", openid="U"):
    return {
        "id": number, "kind": "user.stream", "openid": openid, "message_id": stream, "part": part, "length": length,
        "state": state,
    }  # fmt: skip


def sees(number, text, *, message="s", msg_type=2, **more):
    return {
        "id": number, "kind": "user.sees", "openid": "U", "message_id": message, "text": text, "msg_type": msg_type,
        **more,
    }  # fmt: skip


def post(number, body, *, openid="U", route="messages", status=200, answer=None):
    request = {
        "id": number, "at": float(number), "kind": "http.request", "method": "POST", "params": {"openid": openid},
        "path": f"/v2/users/{openid}/{route}", "body": body,
    }  # fmt: skip
    response = {
        "id": number + 1, "at": number + 0.5, "kind": "http.response", "request": number, "status": status,
        "body": answer, "fault": None,
    }  # fmt: skip
    return [request, response]


def test_chunks_are_put_together():
    told = reading([grew(11, "stream 2 p", 10), grew(12, " (1/2)", 16), grew(13, " (2/2)\n", 23, state=10)], ASK)
    assert told.whole
    assert not told.is_open
    assert [bubble.text for bubble in told.bubbles] == ["stream 2 p (1/2) (2/2)\n"]


def test_frames_replace_what_was_there():
    text = "stream 2 p (1/2)"
    told = reading([grew(11, text[:10], 10), grew(12, text, len(text))], ASK)
    assert told.bubbles[0].text == text
    assert told.is_open
    assert told.clean
    assert told.missing == ["(2/2)"]


def test_a_stream_that_nobody_closed_falls_back():
    told = reading([grew(11, "stream 2 p", 10), grew(12, " (1/2)", 16), sees(13, "stream 2 p", unfinished=True)], ASK)
    assert told.bubbles[0].text == "stream 2 p"
    assert told.missing == ["(1/2)", "(2/2)"]


@pytest.mark.parametrize(
    ("texts", "whole", "clean"),
    [
        (["stream 2 p (1/2) (2/2)"], True, True),
        (["prefix: stream 2 p\n", "(1/2)\n(2/2)"], True, True),
        (["stream 2 p (1/2)"], False, True),
        ([], False, True),
        (["stream 2 p (2/2)"], False, False),
        (["stream 2 p (1/2)", "stream 2 p (1/2) (2/2)"], False, False),
        (["(1/2) stream 2 p (2/2)"], False, False),
        (["stream 2 p (1/2) (2/2) (2/2)"], False, False),
    ],
)
def test_what_is_whole_and_what_is_clean(texts, whole, clean):
    told = reading([sees(11 + number, text, message=str(number)) for number, text in enumerate(texts)], ASK)
    assert (told.whole, told.clean) == (whole, clean)


def test_only_what_follows_the_command_in_its_chat_counts():
    entries = [sees(9, "stream 2 p"), grew(11, "stream 2 p", 10, openid="V"), sees(12, "ping other", message="x")]
    told = reading(entries, ASK)
    assert told.bubbles == ()
    assert str(told) == "nothing"


def test_pictures_are_counted():
    assert reading([sees(11, "", message="a", msg_type=7), sees(12, "", message="b", msg_type=7)], ASK).pictures == 2


def test_a_chunk_is_read():
    body = {"msg_type": 2, "markdown": {"content": "x"}, "stream": {"state": 10, "index": 3, "id": "s"}}
    (part,) = parts_of(post(11, body, answer={"id": "s"}), ASK)
    assert (part.dialect, part.stream_id, part.index, part.kind, part.ends) == (Dialect.CHUNKS, "s", 3, 2, True)
    assert (part.text, part.taken, part.granted_id, part.has_media) == ("x", True, "s", False)


def test_a_frame_is_read():
    body = {"input_state": 1, "content_type": "markdown", "content_raw": "x", "stream_msg_id": None}
    answer = {"code": 40007, "err_code": 40113003}
    (part,) = parts_of(post(11, body, route="stream_messages", status=404, answer=answer), ASK)
    assert (part.dialect, part.stream_id, part.names_null, part.index) == (Dialect.FRAMES, None, True, 0)
    assert (part.kind, part.ends, part.text, part.taken) == ("markdown", False, "x", False)
    assert {40007, 40113003} <= part.codes


@pytest.mark.parametrize("stream", [7, [], "x", {"state": "1", "index": None, "id": 5}, {"state": True}])
@pytest.mark.parametrize("answer", [None, [], "x", {"id": 5}, {"code": "1"}])
def test_nonsense_is_read_too(stream, answer):
    (part,) = parts_of(post(11, {"stream": stream, "markdown": "x"}, status=None, answer=answer), ASK)
    assert not part.taken
    assert part.granted_id is None


def test_other_calls_are_no_parts():
    entries = [
        *post(1, {"stream": {}}), *post(11, {"content": "x", "stream": None}), *post(13, {"stream": {}}, openid="V"),
        *post(15, None), *post(17, "text"),
    ]  # fmt: skip
    assert parts_of(entries, ASK) == []


@pytest.mark.timeout(300)
@pytest.mark.runs((*FRAMES, *REFERENCE_CLIENT), STREAM_CASES)
def test_the_reference_client_passes_with_frames_too(outcomes):
    verdicts = {case_id: outcome.verdict for case_id, outcome in outcomes.items()}
    told = "\n\n".join(failure_text(each, "") for each in outcomes.values() if each.verdict is not Verdict.PASS)
    expected = {case_id: Verdict.NOT_APPLICABLE if case_id in ONLY_CHUNKS else Verdict.PASS for case_id in STREAM_CASES}
    assert verdicts == expected, told


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "case_id",
    [
        pytest.param(
            SINNERS[sinner.name],
            id=sinner.name,
            marks=pytest.mark.runs((*FRAMES, *sinner.words), (SINNERS[sinner.name],)),
        )
        for sinner in all_sinners()
        if sinner.name in SINNERS
    ],
)
def test_sins_are_found_in_frames_too(outcomes, case_id):
    assert is_red(outcomes[case_id]), failure_text(outcomes[case_id], "")


def test_every_such_sinner_is_there():
    assert set(SINNERS) <= {sinner.name for sinner in all_sinners()}
