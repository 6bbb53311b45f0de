import pytest

from reference_client.commands import MOST, PICTURE, Aside, Echo, Markdown, Picture, Streamed, read_command


@pytest.mark.parametrize(
    "text",
    ["hello", "burst", "burst 0", "burst -1", "burst ²", f"burst {MOST + 1}", "stream x", "stream x 3", "markdown"],
)
def test_everything_else_is_echoed(text):
    assert read_command(text) == Echo((text,))


def test_a_picture_alone_is_answered_too():
    assert read_command("") == Echo(("(no text)",))


@pytest.mark.parametrize("nonce", ["", " ping12"])
def test_a_burst_is_as_many_different_messages(nonce):
    texts = read_command(f"burst 3{nonce}").texts
    assert texts == tuple(f"burst 3{nonce} ({number}/3)" for number in (1, 2, 3))


def test_a_burst_may_be_as_long_as_allowed():
    assert len(read_command(f"burst {MOST}").texts) == MOST


@pytest.mark.parametrize("nonce", ["", " ping12"])
def test_a_stream_is_the_text_and_as_many_pieces(nonce):
    assert read_command(f"stream 2{nonce}") == Streamed((f"stream 2{nonce}", " (1/2)", " (2/2)"))


def test_a_break_is_between_two_pieces():
    parts = read_command("stream-break ping12").parts
    assert parts == ("stream-break ping12", " (1/4)", " (2/4)", Aside.TOOL, " (3/4)", " (4/4)")


def test_a_picture_is_between_two_pieces():
    assert read_command("stream-image p").parts == ("stream-image p", " (1/2)", Aside.PICTURE, " (2/2)")


def test_markdown_is_taken_as_it_is():
    assert read_command("markdown # a *b*") == Markdown("# a *b*")


@pytest.mark.parametrize("text", ["image", "image ping12"])
def test_a_picture_is_asked_for_with_or_without_more_words(text):
    assert read_command(text) == Picture(text)


def test_the_picture_is_a_png():
    assert PICTURE.startswith(b"\x89PNG\r\n\x1a\n")
