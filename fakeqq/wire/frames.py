"""Frames of the gateway: built byte for byte, read with care.

Every frame is compact JSON text, UTF-8 and not escaped. Keys that have no value are left out: the documentation
prints `{"op":11}`, and no raw capture of op 7, 9, 10 or 11 exists that shows otherwise.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)

encode = _ENCODER.encode
"""Compact JSON text of a value, not escaped to ASCII. `ValueError` for NaN and infinities."""

_HEARTBEAT_ACK = '{"op":11}'
_RECONNECT = '{"op":7}'


class FrameError(ValueError):
    """The text is not a frame; the message says why."""


def hello(interval_ms: int) -> str:
    """Op 10, the server's first frame: how often to send a heartbeat, in milliseconds."""
    return f'{{"op":10,"d":{{"heartbeat_interval":{interval_ms}}}}}'


def heartbeat_ack() -> str:
    """Op 11, the answer to a heartbeat."""
    return _HEARTBEAT_ACK


def reconnect() -> str:
    """Op 7: leave this connection and resume on a new one."""
    return _RECONNECT


def invalid_session(resumable: bool) -> str:
    """Op 9: IDENTIFY or RESUME was refused. Only `false` has ever been seen on the wire."""
    return '{"op":9,"d":true}' if resumable else '{"op":9,"d":false}'


def dispatch(event_type: str, s: int, event_id: str | None, data_json: str) -> str:
    """Op 0: an event, `data_json` being its `d` already encoded. No `id` when `event_id` is None."""
    named = "" if event_id is None else f'"id":{encode(event_id)},'
    return f'{{"op":0,"s":{s},"t":{encode(event_type)},{named}"d":{data_json}}}'


def webhook_dispatch(event_type: str, event_id: str, data_json: str) -> str:
    """Op 0 as a webhook body: key order as captured, no `s`."""
    return f'{{"op":0,"id":{encode(event_id)},"d":{data_json},"t":{encode(event_type)}}}'


def webhook_validation(plain_token: str, event_ts: str) -> str:
    """Op 13 as a webhook body, key order as documented; `event_ts` is a string of epoch seconds."""
    return f'{{"d":{{"plain_token":{encode(plain_token)},"event_ts":{encode(event_ts)}}},"op":13}}'


def heartbeat(seq: int | None) -> str:
    """Op 1: `d` is the highest `s` received, null before the first dispatch."""
    return '{"op":1,"d":null}' if seq is None else f'{{"op":1,"d":{seq}}}'


def identify(
    token: str, intents: int, shard: Sequence[int], properties: Mapping[str, Any] | None = None
) -> str:
    """Op 2. `token` goes out as given: the caller writes `QQBot <access token>`."""
    data: dict[str, Any] = {"token": token, "intents": intents, "shard": list(shard)}
    if properties is not None:
        data["properties"] = dict(properties)
    return encode({"op": 2, "d": data})


def resume(token: str, session_id: str, seq: int | None) -> str:
    """Op 6. `token` goes out as given: the caller writes `QQBot <access token>`."""
    return encode({"op": 6, "d": {"token": token, "session_id": session_id, "seq": seq}})


def decode(text: str | bytes) -> dict[str, Any]:
    """The frame in `text`: an object with an integer `op`; everything else in it is kept as it came.

    Raises:
        FrameError: not UTF-8, not JSON, not an object, no `op`, or an `op` that is not an integer.
    """
    try:
        frame = _DECODER.decode(text if isinstance(text, str) else text.decode())
    except RecursionError:
        raise FrameError("nested too deeply") from None
    except ValueError as error:
        raise FrameError(f"not JSON: {error}") from None
    if not isinstance(frame, dict):
        raise FrameError(f"a frame is a JSON object, not {type(frame).__name__}")
    if "op" not in frame:
        raise FrameError("the frame has no op")
    op = frame["op"]
    if type(op) is not int:
        raise FrameError(f"op is an integer, not {type(op).__name__}")
    return frame


def _refuse_constant(name: str) -> NoReturn:
    raise FrameError(f"not JSON: {name}")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
