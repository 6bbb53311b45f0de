"""Operation codes."""

from fakeqq.wire.ops import OP_ROWS, Op

# KarinJS/karin-plugin-adapter-qqbot@1f5a06c api-docs/dev-prepare/event-emit/payload.md, table of opcodes
DOCUMENTED = {
    0: "Dispatch",
    1: "Heartbeat",
    2: "Identify",
    6: "Resume",
    7: "Reconnect",
    9: "Invalid Session",
    10: "Hello",
    11: "Heartbeat ACK",
    12: "HTTP Callback ACK",
    13: "回调地址验证",
}


def test_numbers_are_the_documented_ones():
    assert {op.value for op in Op} == DOCUMENTED.keys()


def test_names_are_the_documented_ones():
    named = {op.value: op.name.replace("_", " ").title() for op in Op}
    english = {number: name.title() for number, name in DOCUMENTED.items() if name.isascii()}
    assert named.items() >= english.items()


def test_every_op_has_one_row():
    assert [row.op for row in OP_ROWS] == list(Op)


def test_senders_are_known():
    assert {row.sender for row in OP_ROWS} == {"server", "client", "both"}
