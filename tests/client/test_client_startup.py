# ruff: noqa: S311 - dice that fall the same way each time
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeqq.wire.limits import GATEWAY_CALLS_PER_MINUTE
from reference_client.answers import Answer, Loss, NoAnswer
from reference_client.startup import (
    ASK_AGAIN_AFTER_DIALS,
    ASK_AGAIN_SPACING,
    BUDGET_SPACING,
    LIMITED_PAUSE,
    MAX_RESET,
    MAX_SHARDS,
    REJECTED_PAUSE,
    START_STEPS,
    GatewayAddress,
    GatewayInfo,
    StartLadder,
    Trouble,
    read_gateway,
    trouble_with,
)

LIMIT = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
GOOD = {"url": "wss://api.sgroup.qq.com/websocket", "shards": 2, "session_start_limit": LIMIT}


def answer(status=200, body=None):
    return Answer(status, body)


@pytest.mark.parametrize(
    ("outcome", "trouble"),
    [
        (NoAnswer(Loss.TIMEOUT, "x"), Trouble.TRANSIENT),
        (NoAnswer(Loss.NOT_SENT, "x"), Trouble.TRANSIENT),
        (answer(500), Trouble.TRANSIENT),
        (answer(502), Trouble.TRANSIENT),
        (answer(504, {"code": 1}), Trouble.TRANSIENT),
        (answer(599), Trouble.TRANSIENT),
        (answer(200), Trouble.TRANSIENT),
        (answer(200, {"code": 100001, "message": "Too many requests"}), Trouble.TRANSIENT),
        (answer(200, {"code": 100002, "message": "internal err"}), Trouble.TRANSIENT),
        (answer(400, {"code": 100017, "err_code": 40023001}), Trouble.RATE_LIMITED),
        (answer(400, {"err_code": 40023001}), Trouble.RATE_LIMITED),
        (answer(429), Trouble.RATE_LIMITED),
        (answer(401, {"code": 11244, "err_code": 40011027}), Trouble.TOKEN),
        (answer(500, {"code": 11244, "err_code": 11244}), Trouble.TOKEN),
        (answer(401, {"code": 11298, "err_code": 40023002}), Trouble.REJECTED),
        (answer(200, {"code": 100016, "message": "invalid appid or secret"}), Trouble.REJECTED),
        (answer(200, {"code": 100007, "message": "appid invalid"}), Trouble.REJECTED),
        (answer(400), Trouble.REJECTED),
        (answer(404), Trouble.REJECTED),
    ],
)
def test_what_a_failure_means(outcome, trouble):
    assert trouble_with(outcome) is trouble


class TestLadder:
    def test_transient_failures_climb_and_never_end(self):
        ladder = StartLadder(random.Random(1))
        waits = [ladder.after(Trouble.TRANSIENT) for _ in range(50)]
        assert waits[0] <= START_STEPS[0]
        assert waits[:4] == sorted(waits[:4])
        assert max(waits) <= START_STEPS[-1]

    def test_a_rate_limit_is_respected_from_the_first_time(self):
        assert StartLadder(random.Random(1)).after(Trouble.RATE_LIMITED) >= LIMITED_PAUSE

    def test_rejected_credentials_are_tried_once_a_minute(self):
        ladder = StartLadder(random.Random(1))
        assert all(ladder.after(Trouble.REJECTED) >= REJECTED_PAUSE for _ in range(10))

    @pytest.mark.parametrize("seed", range(10))
    def test_where_two_calls_a_minute_are_counted_one_is_refused_and_no_more(self, seed):
        ladder, now, counted, refused = StartLadder(random.Random(seed)), 0.0, [], 0
        while now < 3600.0:
            if sum(now - at < 60.0 for at in counted) < GATEWAY_CALLS_PER_MINUTE.value:
                counted.append(now)
                now += ladder.after(Trouble.TRANSIENT)
            else:
                refused += 1
                now += ladder.after(Trouble.RATE_LIMITED)
        assert refused == 1

    def test_success_begins_anew(self):
        ladder = StartLadder(random.Random(1))
        for _ in range(4):
            ladder.after(Trouble.TRANSIENT)
        ladder.succeeded()
        assert ladder.after(Trouble.TRANSIENT) <= START_STEPS[0]


class TestGatewayAnswer:
    def test_a_good_answer_is_read(self):
        assert read_gateway(answer(body=GOOD)) == GatewayInfo(
            url="wss://api.sgroup.qq.com/websocket",
            shards=2,
            total=1000,
            remaining=999,
            reset_after=14_400.0,
            max_concurrency=1,
        )

    @pytest.mark.parametrize("url", ["ws://127.0.0.1:8787/websocket", "wss://api.bot.qq.com/websocket/"])
    def test_addresses_of_all_kinds_are_taken(self, url):
        assert isinstance(read_gateway(answer(body=GOOD | {"url": url})), GatewayInfo)

    @pytest.mark.parametrize(
        "url",
        [
            None, "", 7, "https://x", "wss://", "api.sgroup.qq.com", "wss://a b", "ws://x:99999", "ws://[",
            "ws://a\n", "ws://x:0", "wss://.x", f"wss://{'a' * 64}.com", "wss://a..b", "wss://[::1",
        ],
    )  # fmt: skip
    def test_garbage_is_no_address(self, url):
        assert "url" in read_gateway(answer(body=GOOD | {"url": url}))

    @pytest.mark.parametrize("shards", [None, 0, -1, "1", 1.5, True, 10**9])
    def test_absurd_shards_are_refused(self, shards):
        assert "shards" in read_gateway(answer(body=GOOD | {"shards": shards}))

    @pytest.mark.parametrize("key", sorted(LIMIT))
    @pytest.mark.parametrize("value", [None, -1, "5", 10**15, True, [], "absent"])
    def test_absurd_limits_are_refused(self, key, value):
        limit = LIMIT | {key: value}
        if value == "absent":
            del limit[key]
        assert key in read_gateway(answer(body=GOOD | {"session_start_limit": limit}))

    @pytest.mark.parametrize("limit", [None, [], 5, "x"])
    def test_a_missing_limit_is_refused(self, limit):
        assert "session_start_limit" in read_gateway(answer(body=GOOD | {"session_start_limit": limit}))

    def test_a_concurrency_of_zero_is_refused(self):
        limit = LIMIT | {"max_concurrency": 0}
        assert "max_concurrency" in read_gateway(answer(body=GOOD | {"session_start_limit": limit}))

    @pytest.mark.parametrize("outcome", [answer(), answer(200, []), answer(500, GOOD), NoAnswer(Loss.TIMEOUT, "t")])
    def test_everything_else_is_said_in_words(self, outcome):
        assert isinstance(read_gateway(outcome), str)
        assert read_gateway(outcome)

    @pytest.mark.parametrize(
        ("outcome", "words"),
        [
            (answer(), "the answer is empty"),
            (answer(200, []), "the answer is not a JSON object"),
            (Answer(200, None, text="<html>"), "the answer is not a JSON object"),
            (answer(200, {}), "session_start_limit is missing"),
            (answer(200, GOOD | {"url": "x"}), "url is missing or is no WebSocket address"),
        ],
    )
    def test_what_is_wrong_is_said_exactly(self, outcome, words):
        assert read_gateway(outcome) == words

    @pytest.mark.parametrize(
        ("key", "least", "most"),
        [
            ("shards", 1, MAX_SHARDS),
            ("total", 0, 10**9),
            ("remaining", 0, 10**9),
            ("reset_after", 0, int(MAX_RESET * 1000)),
            ("max_concurrency", 1, 10**6),
        ],
    )
    def test_numbers_are_taken_up_to_their_bounds(self, key, least, most):
        def read(value):
            if key == "shards":
                return read_gateway(answer(body=GOOD | {key: value}))
            return read_gateway(answer(body=GOOD | {"session_start_limit": LIMIT | {key: value}}))

        assert all(isinstance(read(value), GatewayInfo) for value in (least, most))
        assert read(most + 1) == f"{key} is missing or absurd"

    @given(st.dictionaries(st.sampled_from(sorted(GOOD)), st.none() | st.integers() | st.text() | st.just(LIMIT)))
    def test_no_answer_breaks_it(self, changes):
        assert isinstance(read_gateway(answer(body=GOOD | changes)), (str, GatewayInfo))


def known():
    """An address that was learned at 0 s."""
    address = GatewayAddress(StartLadder(random.Random(1)))
    address.learned(read_gateway(answer(body=GOOD)), 0.0)
    return address


class TestAddress:
    def test_one_that_was_never_learned_may_be_asked_for_at_once(self):
        address = GatewayAddress(StartLadder(random.Random(1)))
        assert address.info is None
        assert address.wants_question(0.0, outdated=True)
        for _ in range(ASK_AGAIN_AFTER_DIALS):
            assert not address.doubtful(0.0)
            address.dialled(succeeded=False)
        assert address.doubtful(0.0)

    def test_what_was_learned_is_kept(self):
        assert known().info == read_gateway(answer(body=GOOD))

    def test_it_is_doubted_after_some_failed_dials_and_rarely(self):
        address = known()
        later = ASK_AGAIN_SPACING + 1
        for _ in range(ASK_AGAIN_AFTER_DIALS):
            assert not address.doubtful(later)
            address.dialled(succeeded=False)
        assert not address.doubtful(ASK_AGAIN_SPACING - 1)
        assert address.doubtful(later)
        address.failed(Trouble.TRANSIENT, later)
        for _ in range(50):
            address.dialled(succeeded=False)
        assert not address.doubtful(later + ASK_AGAIN_SPACING - 1)
        assert address.doubtful(later + ASK_AGAIN_SPACING)

    def test_a_dial_that_succeeds_restores_trust(self):
        address = known()
        for _ in range(ASK_AGAIN_AFTER_DIALS):
            address.dialled(succeeded=False)
        address.dialled(succeeded=True)
        for _ in range(ASK_AGAIN_AFTER_DIALS):
            assert not address.doubtful(10**6)
            address.dialled(succeeded=False)

    def test_an_outdated_budget_is_asked_for_within_the_documented_rate(self):
        address = known()
        assert not address.wants_question(BUDGET_SPACING - 0.1, outdated=True)
        assert address.wants_question(BUDGET_SPACING, outdated=True)
        assert not address.wants_question(BUDGET_SPACING, outdated=False)

    def test_failed_questions_for_the_budget_climb_the_ladder_of_every_start(self):
        address, now, gaps = known(), 100.0, []
        for _ in START_STEPS:
            assert address.wants_question(now, outdated=True)
            gaps.append(address.failed(Trouble.TRANSIENT, now))
            assert not address.wants_question(now + gaps[-1] - 0.1, outdated=True)
            now += gaps[-1]
        assert gaps == sorted(gaps)
        assert address.failed(Trouble.RATE_LIMITED, now) >= LIMITED_PAUSE
        address.learned(address.info, now)
        assert address.failed(Trouble.TRANSIENT, now) <= START_STEPS[0]

    def test_a_doubtful_address_is_asked_for_whatever_the_budget(self):
        address = known()
        for _ in range(ASK_AGAIN_AFTER_DIALS):
            address.dialled(succeeded=False)
        assert address.wants_question(ASK_AGAIN_SPACING, outdated=False)
