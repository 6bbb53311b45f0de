"""Operation codes of the gateway and of webhook pushes."""

from dataclasses import dataclass
from enum import IntEnum

from fakeqq.wire.evidence import Evidence, Source
from fakeqq.wire.sources import DOCS_OPCODES, DOCS_PAYLOAD, botgo, botpy, issue


class Op(IntEnum):
    """The `op` of a frame."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11
    HTTP_CALLBACK_ACK = 12
    HTTP_CALLBACK_VALIDATION = 13


@dataclass(frozen=True, slots=True)
class OpRow:
    """One operation code: who sends it and what it means."""

    op: Op
    sender: str
    meaning: str
    evidence: Evidence
    sources: tuple[Source, ...]
    note: str = ""


_DOCS = (DOCS_PAYLOAD, DOCS_OPCODES)

# One row to a line, columns aligned: op, sender, meaning.
# fmt: off
_FACTS: tuple[tuple[Op, str, str], ...] = (
    (Op.DISPATCH,                 "server", "an event; READY and RESUMED are dispatches too"),
    (Op.HEARTBEAT,                "both",   "a sign of life; d is the last s that came, or null"),
    (Op.IDENTIFY,                 "client", "opens a new session"),
    (Op.RESUME,                   "client", "takes up a session after a drop"),
    (Op.RECONNECT,                "server", "leave this connection and resume on another"),
    (Op.INVALID_SESSION,          "server", "IDENTIFY or RESUME was refused"),
    (Op.HELLO,                    "server", "first frame of a connection; how often to send heartbeats"),
    (Op.HEARTBEAT_ACK,            "server", "answer to a heartbeat"),
    (Op.HTTP_CALLBACK_ACK,        "client", "webhook: the push has arrived"),
    (Op.HTTP_CALLBACK_VALIDATION, "server", "webhook: prove that this address is yours"),
)
# fmt: on

_NOTES = {
    Op.HEARTBEAT: "sources disagree: the documents let the server send it too, no report ever saw that",
    Op.INVALID_SESSION: "only `d` false was ever seen; that true means resumable is an analogy of clients",
    Op.HELLO: "sources disagree on the interval: see the limit HEARTBEAT_INTERVAL_MS",
    Op.HEARTBEAT_ACK: "sources disagree: the text gives every frame an `s`, the example has none",
    Op.HTTP_CALLBACK_ACK: "`d` 0 on success; botgo answers 1 when its handler failed",
}
_EXTRA: dict[Op, tuple[Source, ...]] = {
    Op.HEARTBEAT: (botpy("botpy/gateway.py"),),
    Op.INVALID_SESSION: (issue("tencent-connect/openclaw-qqbot", 18),),
    Op.HTTP_CALLBACK_ACK: (botgo("interaction/webhook/webhook.go"),),
}

OP_ROWS: tuple[OpRow, ...] = tuple(
    OpRow(op, sender, meaning, Evidence.DOCUMENTED, _DOCS + _EXTRA.get(op, ()), _NOTES.get(op, ""))
    for op, sender, meaning in _FACTS
)
