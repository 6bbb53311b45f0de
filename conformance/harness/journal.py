"""Reading the journal: raw JSON entries in, small questions answered.

An entry is the dictionary that the control API gave; nothing here knows the emulator's own types. The functions are
pure; `Journal` keeps a local copy of what the server has written so far.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fakeqq.launch.control import WorldControl

    Entry = Mapping[str, Any]

_ID_IN_PATH = re.compile(r"(?<=/)(?!v\d+/)[^/]*\d[^/]*")

PAGE = 1000
"""Entries per request to the journal."""


@dataclass(frozen=True, slots=True)
class Login:
    """An IDENTIFY or RESUME that the bot sent; `at` in seconds of the adapter's clock.

    `shard` and `token` are what stood there, of any JSON type; None when nothing did.
    """

    id: int
    at: float
    connection: int
    op: int
    session_id: str | None
    seq: int | None
    intents: int | None
    shard: Any = None
    token: Any = field(default=None, repr=False)

    @classmethod
    def of(cls, entry: Entry) -> Login:
        """Read the `ws.in` entry of op 2 or op 6; a client's nonsense in `d` becomes None."""
        frame = entry.get("frame")
        data = frame.get("d") if isinstance(frame, dict) else None
        data = data if isinstance(data, dict) else {}
        return cls(
            id=entry["id"],
            at=entry["at"],
            connection=entry["connection"],
            op=entry["op"],
            session_id=data.get("session_id"),
            seq=data.get("seq"),
            intents=data.get("intents"),
            shard=data.get("shard"),
            token=data.get("token"),
        )

    @property
    def is_resume(self) -> bool:
        """Whether it is op 6."""
        return self.op == Op.RESUME

    def __str__(self) -> str:
        if self.is_resume:
            return f"RESUME (op 6) of session {self.session_id} from s {self.seq}, on connection {self.connection}"
        return f"IDENTIFY (op 2) on connection {self.connection}"


@dataclass(frozen=True, slots=True)
class Message:
    """What a user said: `text` is a nonce, so that every answer can be told apart; `id` is the `msg_id`."""

    text: str
    id: str
    user: str
    delivered: int
    entry_id: int


@dataclass(frozen=True, slots=True)
class Session:
    """The session that a connection carries: its id, and the last `s` that was sent on it."""

    id: str
    last_s: int
    connection: int


@dataclass(frozen=True, slots=True)
class Send:
    """A call that posts a text of ours back: the request, and the answer once it is there."""

    request: Entry
    response: Entry | None

    @property
    def id(self) -> int:
        """Of the request's entry."""
        return int(self.request["id"])

    @property
    def msg_id(self) -> str | None:
        """The `msg_id` the bot put into the body; None when it is absent, null or empty."""
        return self._field("msg_id") or None

    @property
    def msg_seq(self) -> Any:
        """The `msg_seq` in the body; 1 where it is absent or null, as the platform reads it."""
        found = self._field("msg_seq")
        return 1 if found is None else found

    @property
    def msg_type(self) -> Any:
        """The `msg_type` in the body; 0, text, where it is absent or null."""
        return self._field("msg_type") or 0

    @property
    def accepted(self) -> bool:
        """Whether the platform took it."""
        status = self.response["status"] if self.response is not None else None
        return status is not None and 200 <= status < 300

    def __str__(self) -> str:
        status = self.response["status"] if self.response is not None else None
        return f"{self.request['method']} {self.request['path']}: " + (f"status {status}" if status else "no answer")

    def _field(self, name: str) -> Any:
        body = self.request.get("body")
        return body.get(name) if isinstance(body, dict) else None


def logins(entries: Iterable[Entry]) -> list[Login]:
    """Every IDENTIFY and RESUME, in order."""
    return [
        Login.of(entry) for entry in entries if entry["kind"] == "ws.in" and entry["op"] in (Op.IDENTIFY, Op.RESUME)
    ]


def calls(entries: Iterable[Entry], *operations: str) -> list[Entry]:
    """Every call of these operations, in order."""
    return [entry for entry in entries if entry["kind"] == "http.request" and entry["operation"] in operations]


def session_on(entries: Iterable[Entry], connection: int) -> Session | None:
    """The session of a connection, from READY or from the RESUME that was granted; None before either."""
    session_id: str | None = None
    asked: str | None = None
    last_s = 0
    for entry in entries:
        if entry.get("connection") != connection or not entry["kind"].startswith("ws."):
            continue
        if entry["kind"] == "ws.in" and entry["op"] == Op.RESUME:
            asked = Login.of(entry).session_id
        if entry["kind"] == "ws.out" and entry["op"] == Op.DISPATCH:
            last_s = max(last_s, entry["s"] or 0)
            if entry["t"] == "READY":
                session_id = entry["frame"]["d"]["session_id"]
            elif entry["t"] == "RESUMED":
                session_id = asked
    return None if session_id is None else Session(session_id, last_s, connection)


def sends(entries: Sequence[Entry], text: str) -> list[Send]:
    """Every POST whose body holds `text`, with its answer."""
    answers = {entry["request"]: entry for entry in entries if entry["kind"] == "http.response"}
    return [
        Send(entry, answers.get(entry["id"]))
        for entry in entries
        if entry["kind"] == "http.request" and entry["method"] == "POST" and holds(entry.get("body"), text)
    ]


def sights(entries: Iterable[Entry], text: str) -> list[Entry]:
    """Every bot message with `text` in it that a user sees."""
    return [entry for entry in entries if entry["kind"] == "user.sees" and text in (entry.get("text") or "")]


def holds(body: object, text: str) -> bool:
    """Whether `text` stands anywhere in a decoded body."""
    return text in (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False))


def gaps(stamps: Sequence[float]) -> list[float]:
    """The lengths between neighbours."""
    return [after - before for before, after in itertools.pairwise(stamps)]


def hastiest(logins: Sequence[Login]) -> int:
    """The id of the login that came soonest after the one before it."""
    return min(itertools.pairwise(logins), key=lambda pair: pair[1].at - pair[0].at)[1].id


def unmodelled(entries: Iterable[Entry]) -> list[str]:
    """Calls behind which the emulator has no state, each once: `METHOD path`, ids in the path as `*`."""
    entries = list(entries)
    answered = {entry["request"] for entry in entries if entry.get("unmodelled")}
    calls = (entry for entry in entries if entry["kind"] == "http.request" and entry["id"] in answered)
    return list(dict.fromkeys(f"{call['method']} {_ID_IN_PATH.sub('*', call['path'])}" for call in calls))


def connected(entries: Iterable[Entry]) -> bool:
    """Whether the adapter spoke to the platform at all."""
    return any(
        entry["kind"] in ("http.request", "ws.open", "ws.in")
        or (entry["kind"] == "webhook.response" and entry["status"] is not None)
        for entry in entries
    )


class Journal:
    """A local copy of one world's journal; `read` brings it up to date."""

    def __init__(self, control: WorldControl) -> None:
        self._control = control
        self.entries: list[Entry] = []

    def read(self) -> list[Entry]:
        """All entries so far, the oldest first."""
        while True:
            page = self._control.journal(since=self.last, limit=PAGE)
            self.entries.extend(page)
            if len(page) < PAGE:
                return self.entries

    @property
    def last(self) -> int:
        """The id of the newest entry in the copy; 0 when it is empty."""
        return int(self.entries[-1]["id"]) if self.entries else 0

    def since(self, entry_id: int) -> list[Entry]:
        """Up to date, only what came after an entry."""
        return [entry for entry in self.read() if entry["id"] > entry_id]
