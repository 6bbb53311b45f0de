import pytest

from reference_client.commands import MOST, Echo, Markdown, Streamed, read_command


@pytest.mark.parametrize("text", ["hello", "burst", "burst 0", "burst -1", "burst ²", f"burst {MOST + 1}", "stream x"])
def test_everything_else_is_echoed(text):
    assert read_command(text) == Echo((text,))


def test_a_picture_alone_is_answered_too():
    assert read_command("") == Echo(("(no text)",))


def test_a_burst_is_as_many_different_messages():
    texts = read_command("burst 3").texts
    assert len(set(texts)) == 3
    assert all("burst 3" in text for text in texts)


def test_a_stream_has_as_many_pieces():
    (pieces,) = read_command("stream 4").segments
    assert len(pieces) == 4
    assert pieces[0].startswith("stream 4")


def test_a_break_makes_two_streams():
    assert len(read_command("stream-break").segments) == 2


def test_markdown_is_taken_as_it_is():
    assert read_command("markdown # a *b*") == Markdown("# a *b*")
    assert isinstance(read_command("stream 1"), Streamed)
