"""Operation codes of the gateway and of webhook pushes."""

from dataclasses import dataclass
from enum import IntEnum

from fakeqq.wire.evidence import Evidence, Source
from fakeqq.wire.sources import DOCS_OPCODES, DOCS_PAYLOAD


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


_D = Evidence.DOCUMENTED
_DOCS = (DOCS_PAYLOAD, DOCS_OPCODES)

# fmt: off - one row to a line, columns aligned
OP_ROWS: tuple[OpRow, ...] = (
    #     op                          sender    meaning
    OpRow(Op.DISPATCH, "server", "an event; READY and RESUMED are dispatches too", _D, _DOCS),
    OpRow(Op.HEARTBEAT, "both", "the client's sign of life; d = last s seen", _D, _DOCS),
    OpRow(Op.IDENTIFY, "client", "opens a new session", _D, _DOCS),
    OpRow(Op.RESUME, "client", "takes up a session after a drop", _D, _DOCS),
    OpRow(Op.RECONNECT, "server", "leave and come back with RESUME", _D, _DOCS),
    OpRow(Op.INVALID_SESSION, "server", "IDENTIFY or RESUME was refused", _D, _DOCS),
    OpRow(Op.HELLO, "server", "first frame of a connection; heartbeat interval", _D, _DOCS),
    OpRow(Op.HEARTBEAT_ACK, "server", "answer to a heartbeat", _D, _DOCS),
    OpRow(Op.HTTP_CALLBACK_ACK, "client", "webhook: the push was taken (d = 0)", _D, _DOCS),
    OpRow(Op.HTTP_CALLBACK_VALIDATION, "server", "webhook: prove that the address is yours", _D, _DOCS),
)
# fmt: on
