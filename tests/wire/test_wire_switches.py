"""Switches."""

import pytest

from fakeqq.wire import limits
from fakeqq.wire.switches import CONTESTED, SWITCHES, switch

# The names and choices that settings, scenarios and the control API use.
CHOICES = {
    "c2c_reply_count": {"unenforced", "4", "5"},
    "replay": {"exact", "overlap", "none"},
    "missed_heartbeats": {"drop", "close-4009", "ignore"},
    "early_heartbeat": {"answered", "4003"},
    "resume_refusal": {"invalid-session", "4006", "4902"},
    "refusal_op9": {"seen", "some", "every"},
    "resume_spends": {"no", "yes"},
    "resume_while_attached": {"both-stay", "4902"},
    "client_close_1000": {"session-kept", "session-ended"},
    "webhook_4xx": {"again", "given-up"},
    "recycle_grace": {"0", "5", "never"},
    "control_frame_keys": {"absent", "null", "zero"},
    "expired_wording": {"first", "second", "third"},
    "proactive": {"allowed", "refused"},
    "gateway_budget": {"off", "real", "strict"},
    "gateway_budget_scope": {"bot", "machine"},
    "group_msg_event": {"at", "full", "both"},
    "error_form": {"both", "err-code"},
    "session_budget": {"off", "real", "strict"},
    "token_budget": {"off", "on"},
    "token_expiry": {"ignored", "close-4004"},
    "c2c_reply_window": {"3600", "300"},
    "endpoint_rates": {"off", "real"},
    "group_management": {"allowed", "refused"},
    "group_reply_count": {"5", "unenforced"},
    "typing_counts": {"yes", "no"},
    "message_event_reply": {"allowed", "refused"},
    "proactive_quota": {"verified", "unverified", "monthly", "off"},
    "not_in_group": {"40034101", "40054003"},
    "native_markdown": {"allowed", "refused"},
    "markdown_template": {"allowed", "40034127", "304036"},
    "ark": {"allowed", "refused"},
    "urls": {"allowed", "40034028", "40054010"},
    "reference": {"ref-idx", "either"},
    "audit": {"off", "202", "200"},
    "reply_limit_wording": {"40034128", "40034128-documented", "500"},
    "template_syntax_wording": {"documented", "spaced"},
    "forced_images": {"pass", "fail"},
    "offline_bot": {"ignored", "unlisted", "disconnected"},
    "channel_needs_gateway": {"off", "required"},
    "keyboard_texts": {"unchecked", "checked"},
    "recall_answer": {"object", "empty", "204"},
    "ext_info": {"present", "absent"},
    "stream_reply_count": {"once", "each"},
    "stream_life": {"600", "180"},
    "stream_in_group": {"ignored", "refused"},
    "s1_null_id": {"refused", "accepted"},
    "s1_index": {"increasing", "unchecked"},
    "s1_msg_seq": {"unique", "increasing"},
    "s1_newline": {"final", "every", "off"},
    "s1_idle": {"off", "10"},
    "s1_second_stream": {"refused", "supersedes", "allowed"},
    "s2_without_anchor": {"proactive", "refused"},
    "s2_frame_without_anchor": {"refused", "accepted"},
    "s2_second_stream": {"refused", "allowed"},
    "s2_empty_close": {"refused", "accepted"},
    "s2_after_close": {"40007", "40034018"},
    "s2_pace": {"50-per-second", "300-ms", "off"},
    "s2_delivery": {"at-once", "paced"},
    "s2_after_message": {"accepted", "40007"},
    "s2_display": {"growing", "separate"},
    "s2_cut": {"never", "2048"},
    "file_data": {"7500000", "5000000", "10000000", "refused"},
    "upload_block_size": {"10485760", "5242880"},
    "upload_soft_limits": {"documented", "clients"},
    "file_info_wording": {"40034032", "304080"},
    "file_info_life": {"300", "0"},
    "part_index_base": {"1", "0"},
    "upload_number_sizes": {"refused", "accepted"},
    "upload_part_again": {"accepted", "refused"},
    "upload_prepare_form": {"documented", "flat"},
    "upload_quota_moment": {"prepare", "files"},
    "media_formats": {"documented", "family"},
    "guild_markdown_wording": {"304041", "50056"},
    "guild_recall_window": {"unlimited", "120"},
    "interaction_life": {"unlimited", "3", "5"},
}


def test_names_and_choices():
    assert {row.name: set(row.choices) for row in SWITCHES} == CHOICES
    assert len(SWITCHES) == len(CHOICES)


def test_the_era_is_contested_and_no_switch():
    era, *switches = CONTESTED
    assert (era.name, era.default, set(era.choices)) == ("era", "late-2026", {"early-2026", "late-2026"})
    assert tuple(switches) == SWITCHES


@pytest.mark.parametrize("row", SWITCHES, ids=lambda row: row.name)
def test_the_default_is_one_of_several_choices(row):
    assert row.default in row.choices
    assert len(row.choices) == len(set(row.choices)) > 1


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("c2c_reply_count", limits.C2C_REPLY_COUNT),
        ("file_data", limits.FILE_DATA_MAX_BYTES),
        ("upload_block_size", limits.UPLOAD_BLOCK_BYTES),
    ],
)
def test_a_switch_about_a_number_follows_the_limit(name, limit):
    assert switch(name).default == str(limit.value)


def test_an_unknown_switch_is_refused_with_a_suggestion():
    with pytest.raises(KeyError, match="did you mean 'replay'"):
        switch("repaly")
    with pytest.raises(KeyError, match=r"no switch 'zzzz'\W*$"):
        switch("zzzz")
