"""Bad days at random: faults and happenings as data, in the form that scenarios have."""

from dataclasses import dataclass, field
from typing import Any

from fakeqq.wire.switches import switch

# Close codes after which a bot may come back, and one that no table knows. Others end a bot, rightly.
HARMLESS_CODES = (1000, 1001, 4008, 4009, 4900, 4913, 4777)
DEADLY_CODES = (4006, 4007, 4902)
FATAL_CODES = (4914, 4915)

FORGED = "forged."
CHAOS_SECONDS = 300.0
MOST_STEPS = 100  # of one scenario
CALM = (0.0, 0.5, 0.8, 0.95)
"""Shares of what costs a connection that days leave out: a bot that is never online meets few of the other faults."""
_SOCKET_SWITCHES = (
    "gateway_budget", "gateway_budget_scope", "missed_heartbeats", "resume_refusal", "token_expiry", "c2c_reply_count",
    "refusal_op9", "resume_spends", "resume_while_attached", "client_close_1000", "recycle_grace", "control_frame_keys",
)  # fmt: skip
SEND = "http: POST /v2/*/messages"
TOKEN = "http: POST /app/getAppAccessToken"
GATEWAY = "http: GET /gateway/bot"


@dataclass
class Day:
    """What one run meets.

    Attributes:
        changes: of the world's settings.
        faults, steps: of a scenario.
        freezes: (moment, seconds) in which the bot's machine stands still.
        restarts: (moment, seconds, whether it was killed) in which the bot's program does not run.
        neighbours: moments at which another bot of the machine asks for the gateway.
        deliveries: how often a webhook delivery, or the answer to it, is lost; None: the bot has a connection.
        speech: (moment, text, user, whether in the group).
    """

    seed: int
    shards: int = 1
    changes: dict[str, Any] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    freezes: list[tuple[float, float]] = field(default_factory=list)
    restarts: list[tuple[float, float, bool]] = field(default_factory=list)
    neighbours: list[float] = field(default_factory=list)
    deliveries: float | None = None
    speech: list[tuple[float, str, str, bool]] = field(default_factory=list)
    patience: float = 900.0


def draw(dice, seed, *, gentle):
    """A day. A gentle one leaves sessions and events alone, so that nothing at all may be lost without a report."""
    switches = _drawn_switches(dice, _SOCKET_SWITCHES) | {
        "session_budget": "strict", "token_budget": "on", "replay": dice.choice(("exact", "overlap")),
    }  # fmt: skip
    changes = {"heartbeat_interval_ms": dice.choice((1000, 2000, 5000, 41_250)), "switches": switches}
    day = Day(seed, dice.choice((1, 1, 2, 3)), changes)
    if not gentle and dice.random() < 0.1:
        changes |= {"session_start_total": 12, "heartbeat_interval_ms": 41_250}
        day.patience = 90_000.0
    if dice.random() < 0.3:
        changes |= {"token_lifetime": dice.choice((90.0, 300.0))}
    if not gentle and dice.random() < 0.2:
        changes |= {"session_lifetime": dice.choice((0.0, 20.0))}
    if dice.random() < 0.3:
        lives = {"recycle_interval": dice.choice((10.0, 30.0, 90.0)), "recycle_clock": dice.choice(("steady", "world"))}
        changes |= lives
    kinds = (*GENTLE_FAULTS, *(() if gentle else WILD_FAULTS))
    day.faults = [_fault(dice, number, *dice.choice(kinds)) for number in range(dice.randrange(20, 190))]
    calm = dice.choice(CALM)
    day.faults = [fault for fault in day.faults if not _wrecks(fault) or dice.random() >= calm]
    happenings = (*GENTLE_HAPPENINGS, *(() if gentle else WILD_HAPPENINGS))
    day.steps = [
        {"after": round(CHAOS_SECONDS * dice.random(), 2), "do": [dice.choice(happenings)(dice)]}
        for _ in range(dice.randrange(1, 40 if gentle else 95))
        if dice.random() >= calm
    ]
    day.freezes = [
        (round(CHAOS_SECONDS * dice.random(), 2), round(dice.choice((0.5, 5.0, 40.0)) * dice.random(), 2))
        for _ in range(dice.randrange(4))
    ]
    if switches["gateway_budget_scope"] == "machine":
        day.neighbours = [round(CHAOS_SECONDS * dice.random(), 2) for _ in range(dice.randrange(12))]
    if not gentle:
        day.restarts = [
            (round(CHAOS_SECONDS * dice.random(), 2), round(6.0 + 20.0 * dice.random(), 2), dice.random() < 0.5)
            for _ in range(dice.choice((0, 0, 0, 1, 1, 2, 4)))
        ]
        day.steps += _outages(dice)
        if dice.random() < 0.2:
            fatal = _act("close", code=FATAL_CODES)(dice)
            day.steps.append({"after": round(CHAOS_SECONDS * dice.random(), 2), "do": [fatal]})
    return speak(day, dice, CHAOS_SECONDS)


def _outages(dice):
    """Restarts of the platform: every connection ends, nobody is let in for a while, nothing is remembered."""
    for _ in range(dice.choice((0, 0, 0, 1, 2))):
        at = round(CHAOS_SECONDS * dice.random(), 2)
        lost = [{"act": "forget-sessions"}, {"act": "revoke-tokens"}]
        yield {"after": at, "do": [{"act": "door", "open": False, "drop": True}, *lost]}
        yield {"after": round(at + 30.0 * dice.random(), 2), "do": [{"act": "door", "open": True}]}


def draw_pushed(dice, seed):
    """A day of a bot whose events are delivered to its webhook."""
    switches = _drawn_switches(dice, ("webhook_4xx",)) | {"token_budget": "on"}
    day = Day(seed, changes={"switches": switches}, deliveries=dice.choice((0.0, 0.05, 0.3)))
    kinds = [kind for kind in GENTLE_FAULTS if kind[0] in {SEND, TOKEN}]
    day.faults = [_fault(dice, number, *dice.choice(kinds)) for number in range(dice.randrange(20, 190))]
    happenings = (*PUSHED_HAPPENINGS, _act("revoke-tokens"))
    day.steps = [
        {"after": round(CHAOS_SECONDS * dice.random(), 2), "do": [dice.choice(happenings)(dice)]}
        for _ in range(dice.randrange(1, 95))
    ]
    return speak(day, dice, CHAOS_SECONDS)


def _drawn_switches(dice, names):
    return {name: dice.choice(switch(name).choices) for name in names}


def speak(day, dice, seconds):
    at, number = 1.0, 0
    while (at := at + dice.expovariate(dice.choice((0.25, 0.8, 20.0)))) < seconds:
        number += 1
        user = dice.choice(("ann", "bob", "cho"))
        day.speech.append((round(at, 2), f"m{number}.", user, dice.random() < 0.3))
    return day


def _fault(dice, number, on, make):
    verbs, note = make(dice), ""
    if verbs[0]["verb"] in {"disconnect", "reset"} and on.startswith("http") and verbs[0].get("effect") != "after":
        note = " unseen"
    return {
        "name": f"{number}{note}",
        "on": on,
        "nth": dice.randrange(1, 100),
        "times": dice.choice((10, 40, 100, 300))
        if {verb["verb"] for verb in verbs} <= BEARABLE
        else dice.choice((1, 1, 1, 2)),
        "do": verbs,
    }


def _wrecks(fault):
    """Whether it costs a connection."""
    return not fault["on"].startswith("http") and not {verb["verb"] for verb in fault["do"]} <= BEARABLE


def _one(verb, **fields):
    """One verb; a field may be drawn."""
    return lambda dice: [{"verb": verb, **{key: _drawn(dice, value) for key, value in fields.items()}}]


def _drawn(dice, value):
    return dice.choice(value) if isinstance(value, tuple) else value


def _act(act, **fields):
    return lambda dice: {"act": act, **{key: _drawn(dice, value) for key, value in fields.items()}}


_EFFECTS = ("before", "after")
_HTTP = (
    _one("disconnect", effect=_EFFECTS),
    _one("reset", effect=_EFFECTS),
    _one("hang"),
    _one("delay", seconds=(0.2, 2.0, 14.0, 20.0)),
    _one("html", status=(429, 500, 502, 503, 504)),
    _one("error", name=("system_busy", "token_invalid")),
    _one("truncate", bytes=(0, 5, 30)),
    _one("malformed"),
    _one("empty"),
    _one("stall", bytes=(0, 20)),
)
GENTLE_FAULTS = (
    *((SEND, make) for make in _HTTP),
    *((SEND, make) for make in _HTTP),
    *((SEND, _one("error", name=name)) for name in (
        "gateway_rate_limited", "msg_limit_exceed", "proactive_rate_limited", "msg_id_expired", "msg_id_invalid",
        "passive_limit_exceeded", "permission_denied", "resource_not_found",
    )),
    *((TOKEN, make) for make in _HTTP),
    (TOKEN, _one("error", name=("token_internal_error", "token_rate_limited", "secret_invalid"))),
    *((GATEWAY, make) for make in _HTTP),
    (GATEWAY, _one("error", name="gateway_rate_limited")),
    ("ws: HELLO", _one("delay", seconds=(0.5, 3.0))),
    ("ws: HELLO", _one("twice")),
    ("ws: ACK", _one("drop")),
    ("ws: ACK", _one("twice")),
    ("ws: ACK", _one("delay", seconds=(0.3, 2.0))),
    ("ws: ACK", _one("heartbeat")),
    ("ws: ACK", _one("unknown-op", op=(5, 99))),
    ("ws: ACK", _one("disconnect")),
    ("dispatch: *", _one("twice")),
    ("dispatch: *", _one("heartbeat")),
    ("dispatch: *", _one("disconnect")),
    ("dispatch: *", _one("cut", bytes=(1, 40))),
    ("dispatch: *", _one("close", code=HARMLESS_CODES)),
    ("dispatch: *", _one("oversized", bytes=3000)),
    ("receive: HEARTBEAT", _one("ignore")),
    ("receive: HEARTBEAT", _one("disconnect")),
    ("receive: HEARTBEAT", _one("half-open")),
    ("receive: HEARTBEAT", _one("stall")),
    ("receive: HEARTBEAT", _one("close", code=HARMLESS_CODES)),
    ("connect", _one("refuse", status=(429, 503))),
    ("connect", _one("disconnect")),
    ("connect", _one("hang")),
    ("connect", _one("delay", seconds=(1.0, 20.0))),
)  # fmt: skip
WILD_FAULTS = (
    ("ws: HELLO", _one("drop")),
    ("ws: HELLO", _one("garbage")),
    ("ws: HELLO", _one("close", code=(*HARMLESS_CODES, *DEADLY_CODES))),
    ("ws: READY", _one("drop")),
    ("ws: READY", _one("twice")),
    ("ws: READY", _one("garbage")),
    ("ws: READY", _one("swap")),
    ("ws: READY", _one("delay", seconds=(1.0, 20.0))),
    ("ws: READY", _one("close", code=(*HARMLESS_CODES, *DEADLY_CODES))),
    ("ws: RESUMED", _one("drop")),
    ("ws: RESUMED", _one("twice")),
    ("ws: RESUMED", _one("delay", seconds=(1.0, 20.0))),
    ("ws: RESUMED", _one("disconnect")),
    ("ws: INVALID_SESSION", _one("drop")),
    ("ws: INVALID_SESSION", _one("twice")),
    ("ws: RECONNECT", _one("twice")),
    ("dispatch: *", _one("drop")),
    ("dispatch: *", _one("garbage")),
    ("dispatch: *", _one("swap")),
    ("dispatch: *", _one("delay", seconds=(0.5, 10.0))),
    ("dispatch: *", _one("unknown-event", type="NEVER_SEEN")),
    ("dispatch: *", _one("close", code=DEADLY_CODES)),
    ("receive: IDENTIFY", _one("ignore")),
    ("receive: IDENTIFY", _one("disconnect")),
    ("receive: IDENTIFY", _one("close", code=(*HARMLESS_CODES, *DEADLY_CODES, 4004))),
    ("receive: IDENTIFY", _one("invalid-session", resumable=(True, False), then_close=(None, 4009), after=(0, 1))),
    ("receive: RESUME", _one("ignore")),
    ("receive: RESUME", _one("disconnect")),
    ("receive: RESUME", _one("close", code=(*HARMLESS_CODES, *DEADLY_CODES, 4004))),
    ("receive: RESUME", _one("invalid-session", resumable=(True, False), then_close=(None, 4009, 4006), after=(0, 1))),
)
GENTLE_HAPPENINGS = (
    _act("reconnect", then_close=(4009, "never"), after=(0, 0.2, 3)),
    _act("reconnect", then_close=(4009, "never"), after=(0, 0.2, 3)),
    _act("drop"),
    _act("close", code=HARMLESS_CODES),
    _act("revoke-tokens"),
    _act("mute-acks", muted=(True, False)),
    _act("mute-acks", muted=False),
    _act("advance", seconds=(30, 400, 4000, 8000)),
)
WILD_HAPPENINGS = (
    _act("forget-sessions"),
    _act("close", code=DEADLY_CODES, forget=(True, False)),
    _act("invalidate", resumable=(True, False), then_close=("never", 4009, 4006), after=(0, 1), forget=(True, False)),
)
PUSHED_HAPPENINGS = (
    _act("redeliver"),
    _act("redeliver"),
    _act("push", text=FORGED, tamper=("unsigned", "wrong-key", "changed-byte", "other-bot", "not-json", "unknown-op")),
    _act("validate"),
)
BEARABLE = frozenset(
    {"twice", "heartbeat", "unknown-op", "oversized", "error", "html", "malformed", "empty", "truncate"}
)
"""Verbs that leave the connection alone: they may come in long rows and the bot is still there for other faults."""

EATERS = frozenset({"drop", "garbage", "swap", "delay"})
"""What may take a dispatch away for good: the session has numbered it, and nothing repeats it."""


def as_toml(day):
    """The day as a scenario file; what the form has no word for stands in comments."""
    lines = [f"# seed {day.seed}, {day.shards} shards"]
    lines += [f"# the bot's machine stands still for {seconds} s at {at} s" for at, seconds in day.freezes]
    lines += [f"# the bot is {_ENDS[kill]} at {at} s and comes back {gap} s later" for at, gap, kill in day.restarts]
    lines += [f"# another bot of the machine asks for the gateway at {at} s" for at in day.neighbours]
    settings = {"shards": day.shards, **day.changes}
    lines += ["[settings]", *(f"{key} = {_toml(value)}" for key, value in settings.items())]
    for table, entries in (("faults", day.faults), ("timeline", day.steps)):
        for entry in entries:
            lines += ["", f"[[{table}]]", *(f"{key} = {_toml(value)}" for key, value in entry.items())]
    said = [{"after": at, "do": [{"act": "say", "text": text, "group": group}]} for at, text, _, group in day.speech]
    for entry in said[: MOST_STEPS - len(day.steps)]:
        lines += ["", "[[timeline]]", *(f"{key} = {_toml(value)}" for key, value in entry.items())]
    return "\n".join(lines) + "\n"


_ENDS = {True: "killed", False: "stopped"}


def _toml(value):
    match value:
        case dict():
            inside = (f"{key} = {_toml(each)}" for key, each in value.items() if each is not None)
            return f"{{ {', '.join(inside)} }}"
        case list() | tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case _:
            return str(value)
