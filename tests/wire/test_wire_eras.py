"""Eras."""

from fakeqq.wire.eras import DEFAULT_ERA, Era
from fakeqq.wire.errors import error_row


def test_the_default_is_the_newest():
    assert list(Era)[-1] is DEFAULT_ERA


def test_eras_answer_differently():
    """The three situations that the platform changed, as status, code and err_code."""

    def facts(name, era):
        row = error_row(name, era)
        return row.status, row.code, row.err_code

    assert facts("token_invalid", Era.EARLY_2026) == (500, 11244, 11244)
    assert facts("token_invalid", Era.LATE_2026) == (401, 11244, 40011027)
    assert facts("resource_not_found", Era.EARLY_2026) == (500, 11255, 11255)
    assert facts("resource_not_found", Era.LATE_2026) == (400, 11255, 40011028)
    assert facts("proactive_refused", Era.EARLY_2026) == (400, 40034102, 40034102)
    assert facts("proactive_refused", Era.LATE_2026) == (400, 40034105, 40034105)
