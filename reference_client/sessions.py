"""Sessions on paper: what a bot must know to RESUME when it is started again, after a stop or after a crash.

They are written whenever something has changed, so that a process that is killed leaves the truth behind. The replay
begins with the oldest event that was unfinished; the finished ones after it are named, and are not handled again.
The last calls for a token stand beside them: a bot that is started again and again has one budget of such calls.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SavedSession:
    """One shard's session, the last event before which nothing is unfinished, and finished events after that."""

    session_id: str
    seq: int
    handled: tuple[int, ...] = ()


def encode_sessions(
    app_id: str, shards: int, sessions: dict[int, SavedSession], token_calls: Sequence[float] = ()
) -> str:
    """The sessions of a bot, by shard index, as a file holds them; `token_calls` in seconds since 1970."""
    kept = {str(index): [session.session_id, session.seq, session.handled] for index, session in sessions.items()}
    return json.dumps({"app_id": app_id, "shards": shards, "sessions": kept, "token_calls": token_calls})


def decode_sessions(text: str, app_id: str, shards: int) -> dict[int, SavedSession]:
    """The sessions in `text`; none when it is another bot's, of another number of shards, or damaged."""
    saved = _read(text, app_id)
    if saved.get("shards") != shards:
        return {}
    sessions, found = saved.get("sessions"), {}
    for index in range(shards):
        entry = sessions.get(str(index)) if isinstance(sessions, dict) else None
        if isinstance(entry, list) and len(entry) == 3:
            session_id, seq, handled = entry
            if isinstance(session_id, str) and session_id and _is_number(seq) and _are_numbers(handled):
                found[index] = SavedSession(session_id, seq, tuple(handled))
    return found


def decode_token_calls(text: str, app_id: str) -> list[float]:
    """The calls for a token in `text`, in seconds since 1970; none when they are another bot's, or damaged."""
    calls = _read(text, app_id).get("token_calls")
    if not isinstance(calls, list) or not all(type(call) is float for call in calls):
        return []
    return calls


def _read(text: str, app_id: str) -> dict[str, Any]:
    try:
        saved = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return saved if isinstance(saved, dict) and saved.get("app_id") == app_id else {}


def _is_number(value: Any) -> bool:
    return type(value) is int and value >= 0


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_number, value))
