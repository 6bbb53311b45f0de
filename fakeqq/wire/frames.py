"""Frames of the gateway: built byte for byte, read with care.

Every frame is compact JSON text, UTF-8 and not escaped. Keys that have no value are left out, as a rule: the
documentation prints `{"op":11}`, and no raw capture of op 7, 9, 10 or 11 exists that shows otherwise.

Sources: KarinJS/karin-plugin-adapter-qqbot@1f5a06c api-docs/dev-prepare/event-emit/ payload.md, websocket.md
and webhook.md.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from json.encoder import encode_basestring
from types import MappingProxyType
from typing import Any, NoReturn

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


NO_KEYS: Mapping[str, Any] = MappingProxyType({})
CONTROL_KEYS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "absent": NO_KEYS,
        "null": MappingProxyType({"s": None, "t": None, "id": None}),
        "zero": MappingProxyType({"s": 0, "t": "", "id": ""}),
    }
)
"""What ops 7, 9, 10 and 11 have of a dispatch's keys, by the choice of the switch `control_frame_keys`."""


def encode(value: object) -> str:
    """Compact JSON text of a value, not escaped to ASCII.

    Raises:
        TypeError: the value holds something that JSON cannot say.
        ValueError: NaN, an infinity, or an object that contains itself.
    """
    return _ENCODER.encode(value)


@cache
def _bare(op: int, keys: tuple[tuple[str, Any], ...]) -> str:
    """A frame without `d`. There is a handful: each is encoded once, as every heartbeat is answered by one."""
    return encode({"op": op, **dict(keys)})


class FrameError(ValueError):
    """The text is not a frame; the message says why."""


def hello(interval_ms: int, keys: Mapping[str, Any] = NO_KEYS) -> str:
    """Op 10, the server's first frame: how often to send a heartbeat, in milliseconds."""
    return encode({"op": 10, **keys, "d": {"heartbeat_interval": interval_ms}})


def heartbeat_ack(keys: Mapping[str, Any] = NO_KEYS) -> str:
    """Op 11, the answer to a heartbeat."""
    return _bare(11, tuple(keys.items()))


def reconnect(keys: Mapping[str, Any] = NO_KEYS) -> str:
    """Op 7: leave this connection and resume on a new one."""
    return _bare(7, tuple(keys.items()))


def invalid_session(resumable: bool, keys: Mapping[str, Any] = NO_KEYS) -> str:
    """Op 9: IDENTIFY or RESUME was refused. Only `false` has ever been seen on the wire."""
    return encode({"op": 9, **keys, "d": resumable})


def dispatch(event_type: str, s: int, event_id: str | None, data_json: str) -> str:
    """Op 0: an event. `data_json`, its `d`, goes in as it is: encoded once, sent to many connections.

    READY and RESUMED have no event id in the documentation: `event_id` None leaves the key out.
    """
    if event_id is None:
        return f'{{"op":0,"s":{s},"t":{encode_basestring(event_type)},"d":{data_json}}}'
    return f'{{"op":0,"s":{s},"t":{encode_basestring(event_type)},"id":{encode_basestring(event_id)},"d":{data_json}}}'


def heartbeat(seq: int | None) -> str:
    """Op 1: `d` is the highest `s` received, null before the first dispatch."""
    return '{"op":1,"d":null}' if seq is None else f'{{"op":1,"d":{seq}}}'


def identify(token: str, intents: int, shard: Sequence[int], properties: Mapping[str, Any] | None = None) -> str:
    """Op 2. `token` goes out as given: it is the caller who writes `QQBot <access token>`."""
    data: dict[str, Any] = {"token": token, "intents": int(intents), "shard": list(shard)}
    if properties is not None:
        data["properties"] = dict(properties)
    return encode({"op": 2, "d": data})


def resume(token: str, session_id: str, seq: int | None) -> str:
    """Op 6. `token` goes out as given: it is the caller who writes `QQBot <access token>`."""
    return encode({"op": 6, "d": {"token": token, "session_id": session_id, "seq": seq}})


def decode(text: str | bytes) -> dict[str, Any]:
    """The frame in `text`: an object with an integer `op`; all else in it stays as it came.

    What comes back can be encoded again: NaN, infinities and lone surrogates are refused, as is what Python's
    parser cannot hold (nesting beyond its stack, numbers of thousands of digits).

    Raises:
        FrameError: not UTF-8, not JSON, not an object, no `op`, or an `op` that is not an integer.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode()
        elif not text.isascii():
            text.encode()
        frame = _DECODER.decode(text)
        if _SURROGATE in text or _SURROGATE_UPPER in text:
            encode(frame).encode()
    except RecursionError:
        raise FrameError("nested too deeply") from None
    except UnicodeError as error:
        raise FrameError(f"not UTF-8: {error.reason if isinstance(error, _REASONED) else error}") from None
    except ValueError as error:
        raise FrameError(f"not JSON: {error}") from None
    if not isinstance(frame, dict):
        raise FrameError(f"a frame is an object, not {_json_type(frame)}")
    if "op" not in frame:
        raise FrameError("the frame has no op")
    op = frame["op"]
    if type(op) is not int:  # a bool is an int to isinstance
        raise FrameError(f"op is an integer, not {_json_type(op)}")
    return frame


_SURROGATE, _SURROGATE_UPPER = "\\ud", "\\uD"  # how an escaped surrogate begins; pairs of them are fine
_REASONED = (UnicodeDecodeError, UnicodeEncodeError)


def _json_type(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number of JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError("a number is too large")
    return value


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
