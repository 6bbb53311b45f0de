"""The page docs/FAULTS.md: moments, verbs, actions and shipped scenarios, made from what checks them.

`python -m fakeqq.core.faults.fault_page` prints it.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from fakeqq.core.faults.faults import MOMENTS, Fault
from fakeqq.core.faults.verbs import CONNECT, FRAME, HTTP, RECEIVE, STREAM, VERBS, WEBHOOK, verb_name, verbs_for
from fakeqq.core.scenarios import scenario_library
from fakeqq.core.scenarios.actions import ACTIONS, action_name
from fakeqq.core.scenarios.scenario import START, WEBHOOK_ACK, Step
from fakeqq.core.webhooks.styles import STYLES
from fakeqq.core.webhooks.tampering import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydantic import BaseModel

    from fakeqq.core.scenarios.scenario import Scenario

_HEAD = """# Faults and scenarios

What can go wrong here, when, and the bad days that ship with fakeqq. Made by `make docs` from the models that check
every fault and scenario; do not edit.

A **fault** stands at a moment and says what becomes of the frame or answer there. A **scenario** is a named bad day:
settings, faults, and a timeline of what happens by itself.

```sh
fakeqq serve --scenario half-hour-recycle
fakeqq scenarios reset-by-resume
fakeqq fault add "http: GET /gateway*" error name=gateway_rate_limited --times 3
```"""

_KINDS = (
    (HTTP, "An operation of the platform's HTTP API, e.g. `http: GET /gateway/bot`; `*` stands for any characters."),
    (STREAM, "A part of a stream, by the one route or the other; the operation itself counts, too, and goes first."),
    (CONNECT, "The WebSocket upgrade: `connect`."),
    (FRAME, "A frame that is about to be sent: `ws: …` or `dispatch: EVENT_TYPE`."),
    (RECEIVE, "A frame of the bot's that has come in; it is not handled, the verbs happen instead."),
    (WEBHOOK, "A delivery to the webhook that is about to be made; each of an event's redeliveries counts."),
)


def render() -> str:
    """The page as Markdown text, ending with one newline."""
    parts = [_HEAD, _faults(), _moments(), _verbs(), _scenario_files(), _actions(), _forgeries(), _styles(), _library()]
    return "\n\n".join(parts) + "\n"


def _faults() -> str:
    words = {
        "name": "what the journal calls it",
        "on": "the moment",
        "nth": "the first occurrence of the moment on which it fires, counted from the moment the fault was set",
        "times": 'on how many occurrences; null, in TOML `"for-ever"`: all from `nth` on',
        "probability": "of firing on each of them, drawn from the world's seed; null: always",
        "do": "verbs, in their order",
    }
    rows = [(f"`{name}`", _default(Fault, name), words[name]) for name in Fault.model_fields]
    return "## A fault\n\n" + _table(("field", "default", "meaning"), rows)


def _moments() -> str:
    rows = []
    for kind, meaning in _KINDS:
        exact = [
            moment for moment, its_kind in MOMENTS.items() if its_kind == kind and not moment.startswith("dispatch")
        ]
        shown = ", ".join(f"`{moment}`" for moment in exact) if kind != HTTP else "every operation of [API.md](API.md)"
        rows.append((meaning, shown, ", ".join(f"`{verb}`" for verb in verbs_for(kind))))
    return "## Moments\n\n" + _table(("moment", "which", "verbs there"), rows)


def _verbs() -> str:
    rows = [(f"`{verb_name(verb)}`", _fields(verb, "verb"), _doc(verb)) for verb in VERBS]
    return "## Verbs\n\n" + _table(("verb", "fields", "what happens"), rows)


def _scenario_files() -> str:
    return f"""## A scenario file

TOML: `title`, `why` (addresses of public reports), `happens`, `expect`, `families`, `secret` (the bot's from the
beginning, told by the ready line), `settings`, `faults`, `timeline` and `shows` (journal patterns that a run meets).
`fakeqq scenarios --schema` prints the JSON Schema for editors. A step of the timeline:

{_table(("field", "default", "meaning"), [
    ("`on`", _default(Step, "on"), f"a moment as above (of a stream: a part was taken), `{START}`, `{WEBHOOK_ACK}`"),
    ("`nth`", _default(Step, "nth"), "the first occurrence that counts"),
    ("`times`", _default(Step, "times"), 'how many of them, or `"for-ever"`'),
    ("`after`", _default(Step, "after"), "seconds of steady time after the moment"),
    ("`every`", _default(Step, "every"), "and again after so many seconds, while the moment's connection lives"),
    ("`do`", "", "actions, in their order"),
])}"""  # fmt: skip


def _actions() -> str:
    rows = [(f"`{action_name(action)}`", _fields(action, "act"), _doc(action)) for action in ACTIONS]
    return "## Actions\n\n" + _table(("action", "fields", "what happens"), rows)


def _forgeries() -> str:
    rows = [(f"`{tamper.value}`", meaning) for tamper, meaning in MEANINGS.items()]
    text = "What can be wrong with a webhook delivery: `tamper` of the action `push` and of `POST …/webhook/push`."
    return f"## Forged deliveries\n\n{text}\n\n" + _table(("tamper", "meaning"), rows)


def _styles() -> str:
    rows = [(f"`{style.value}`", meaning) for style, meaning in STYLES.items()]
    text = "How a genuine webhook delivery may be written: `style` of the action `push` and of `POST …/webhook/push`."
    return f"## Deliveries written otherwise\n\n{text}\n\n" + _table(("style", "meaning"), rows)


def _library() -> str:
    scenarios = scenario_library.every()
    return "\n\n".join((f"## The {len(scenarios)} scenarios that ship", *map(_scenario, scenarios)))


def _scenario(scenario: Scenario) -> str:
    lines = [f"### {scenario.name}", "", f"**{scenario.title}.** {scenario.happens}", ""]
    lines += [f"*A good bot:* {scenario.expect}", ""]
    lines += ["*Why:* " + ", ".join(f"[{_label(url)}]({url})" for url in scenario.why)]
    return "\n".join(lines)


def _label(url: str) -> str:
    """`owner/repository#number` for a thread, the path for anything else."""
    parts = url.removeprefix("https://github.com/").split("/")
    return f"{parts[0]}/{parts[1]}#{parts[3]}" if len(parts) == 4 and parts[3].isdigit() else "/".join(parts)


def _fields(model: type[BaseModel], tag: str) -> str:
    shown = [f"`{name}`{_given(model, name)}" for name in model.model_fields if name != tag]
    return ", ".join(shown)


def _given(model: type[BaseModel], name: str) -> str:
    default = _default(model, name)
    return f" = {default}" if default else ""


def _default(model: type[BaseModel], name: str) -> str:
    field = model.model_fields[name]
    return "" if field.is_required() else f"`{json.dumps(field.get_default(call_default_factory=True))}`"


def _doc(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split())


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(render())
