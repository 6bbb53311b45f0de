"""The file of sessions where it cannot be written: that is told once."""

import pytest

from reference_client.session_file import SessionFile


@pytest.fixture
def place(tmp_path):
    """A file in a folder that is not there yet."""
    return tmp_path / "later" / "sessions.json"


def test_a_file_that_cannot_be_written_is_told_once_until_it_can(place, caplog):
    caplog.set_level("INFO")
    kept = SessionFile(place)
    for text in ("one", "two", "three"):
        kept.write(text)
    assert caplog.text.count("sessions.not_kept") == 1
    place.parent.mkdir()
    kept.write("four")
    assert kept.read() == "four"
    assert caplog.text.count("sessions.kept_again") == 1
    place.unlink()
    place.parent.rmdir()
    kept.write("five")
    kept.write("six")
    assert caplog.text.count("sessions.not_kept") == 2


def test_a_file_that_cannot_be_removed_is_told_of(place, caplog):
    (place / "inside").mkdir(parents=True)
    SessionFile(place).remove()
    assert caplog.text.count("sessions.not_kept") == 1


def test_what_is_there_already_is_not_written_again(tmp_path, caplog):
    place = tmp_path / "sessions.json"
    kept = SessionFile(place)
    kept.write("one")
    place.write_text("changed", encoding="utf-8")
    kept.write("one")
    assert place.read_text(encoding="utf-8") == "changed"
    kept.remove()
    kept.remove()
    assert kept.read() == ""
    assert caplog.text == ""
