"""Known-failing files: what an entry is, and every way to write a wrong one."""

import re

import pytest

from conformance.known_failing import KnownFailingError, parse, read

IDS = ["heartbeat/follows-hello", "reconnect/close-codes[4006]", "reconnect/close-codes[4007]"]
WHY = "fixed 30 s https://github.com/tencent-connect/botpy/issues/1"


def test_entries_blank_lines_and_comments():
    text = f"# botpy 1.2.1\n\nheartbeat/follows-hello  # {WHY}\n reconnect/close-codes[4006] # https://x.example/1 #2\n"
    assert parse(text, IDS) == {
        "heartbeat/follows-hello": WHY,
        "reconnect/close-codes[4006]": "https://x.example/1 #2",
    }


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("heartbeat/follows-hello", r"file:1: heartbeat/follows-hello: write `heartbeat/follows-hello  # reason URL`"),
        ("heartbeat/follows-hello # it is slow", "# reason URL"),
        (f"heartbeat/follow-hello # {WHY}", "did you mean heartbeat/follows-hello"),
        (
            f"reconnect/close-codes # {WHY}",
            r"did you mean reconnect/close-codes\[4006\] or reconnect/close-codes\[4007\]",
        ),
        (f"heartbeat/follows-hello # {WHY}\nheartbeat/follows-hello # {WHY}", "file:2: .* is listed twice"),
    ],
)
def test_a_wrong_line_is_named_with_its_remedy(line, complaint):
    with pytest.raises(KnownFailingError, match=complaint):
        parse(line, IDS, name="file")


def test_a_file_that_is_not_there_is_a_mistake(tmp_path):
    path = tmp_path / "known.txt"
    with pytest.raises(KnownFailingError, match=rf"^{re.escape(str(path))}: No such file or directory$"):
        read(path, IDS)


def test_a_file_of_other_bytes_is_a_mistake(tmp_path):
    path = tmp_path / "known.txt"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(KnownFailingError, match=r"known\.txt: not UTF-8, at byte 0$"):
        read(path, IDS)


def test_a_file_is_read_as_utf8(tmp_path):
    path = tmp_path / "known.txt"
    path.write_text(f"heartbeat/follows-hello # 心跳 {WHY}", encoding="utf-8")
    assert read(path, IDS) == {"heartbeat/follows-hello": f"心跳 {WHY}"}
