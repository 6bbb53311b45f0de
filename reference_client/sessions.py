"""Sessions on paper: what a bot that stops must know to RESUME when it is started again.

They are written at a clean end only, and what was read is used once. A file that a crash left behind would be older
than the answers that were given since, and the platform's replay would have them given again.
"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SavedSession:
    """One shard's session, and the last event before which nothing is unfinished."""

    session_id: str
    seq: int


def encode_sessions(app_id: str, shards: int, sessions: dict[int, SavedSession]) -> str:
    """The sessions of a bot, by shard index, as a file holds them."""
    kept = {str(index): [session.session_id, session.seq] for index, session in sessions.items()}
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
        if isinstance(entry, list) and len(entry) == 2:
            session_id, seq = entry
            if isinstance(session_id, str) and session_id and type(seq) is int and seq >= 0:
                found[index] = SavedSession(session_id, seq)
    return found
