"""Sessions on paper: what a bot must know to RESUME when it is started again, after a stop or after a crash.

They are written whenever something has changed, so that a process that is killed leaves the truth behind. The replay
begins with the oldest event that was unfinished; the finished ones after it are named, and are not handled again.
"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SavedSession:
    """One shard's session, the last event before which nothing is unfinished, and finished events after that."""

    session_id: str
    seq: int
    handled: tuple[int, ...] = ()


def encode_sessions(app_id: str, shards: int, sessions: dict[int, SavedSession]) -> str:
    """The sessions of a bot, by shard index, as a file holds them."""
    kept = {str(index): [session.session_id, session.seq, session.handled] for index, session in sessions.items()}
    return json.dumps({"app_id": app_id, "shards": shards, "sessions": kept})


def decode_sessions(text: str, app_id: str, shards: int) -> dict[int, SavedSession]:
    """The sessions in `text`; none when it is another bot's, of another number of shards, or damaged."""
    try:
        saved: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(saved, dict) or (saved.get("app_id"), saved.get("shards")) != (app_id, shards):
        return {}
    sessions, found = saved.get("sessions"), {}
    for index in range(shards):
        entry = sessions.get(str(index)) if isinstance(sessions, dict) else None
        if isinstance(entry, list) and len(entry) == 3:
            session_id, seq, handled = entry
            if isinstance(session_id, str) and session_id and _is_number(seq) and _are_numbers(handled):
                found[index] = SavedSession(session_id, seq, tuple(handled))
    return found


def _is_number(value: Any) -> bool:
    return type(value) is int and value >= 0


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_number, value))
